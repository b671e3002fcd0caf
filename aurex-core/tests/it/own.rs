//! What core does for rows and actions that it does not know.

use aurex_core::audit::{Body, Change, Draft, Place, Record as _, Subject, Value, personal_places};
use aurex_core::erasure::{ERASED, ErasureBasis, OwnKnown, Retention, decide_erase_own};
use aurex_core::identity::actions::{ErasePersonal, RequestApproval};
use aurex_core::identity::approvals::{
    ApproveKnown, Approved, AskKnown, Consent, NewApproval, decide_approve, decide_ask,
};
use aurex_core::rbac::{Action as _, Role};
use aurex_core::service::access::SignedIn;
use aurex_core::service::{Known, Presented, ServiceError, read_audit};
use aurex_core::store::{PageRequest, Store as _, Table, TableKind};
use aurex_core::tenancy::{ApprovalId, Scope};
use aurex_core::time::{Clock as _, Zone};

use crate::support::*;

aurex_core::action! {
    /// Put a medicine on the shelf.
    pub struct StockUp = "medicine.stock_up"; owner
}

aurex_core::record! {
    /// A medicine on the shelf.
    pub struct Medicine in "medicine" {
        /// Its code.
        code: String = 1 [key],
        /// Pieces on hand.
        pieces: i64 = 2,
    }
}

aurex_core::record! {
    /// A place for medicines.
    pub struct Shelf in "shelf" {
        /// Its code.
        code: String = 1 [key],
    }
}

struct StockedUp(Medicine, Shelf, Medicine);

impl Change for StockedUp {
    type By = StockUp;
    fn subject(&self) -> Subject {
        Subject::new("medicine", &self.0.code)
    }
    fn record(self, draft: &mut Draft) {
        draft.insert_own(&self.0);
        draft.insert_own(&self.1);
        draft.update_own(&self.0, &self.2);
    }
}

fn medicine(pieces: i64) -> Medicine {
    Medicine { code: "B1".to_owned(), pieces }
}

fn stocked_up() -> StockedUp {
    StockedUp(medicine(4), Shelf { code: "S1".to_owned() }, medicine(9))
}

#[tokio::test]
async fn sealed_rows_come_back_by_their_type_and_in_their_order() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let permit = owner.scope.permit::<StockUp>().unwrap();
    let sealed = permit.seal(stocked_up(), &*world.road.entropy);
    assert_eq!(sealed.own_rows().collect::<Vec<&Medicine>>(), [&medicine(4), &medicine(9)]);
    assert_eq!(sealed.own_rows::<Shelf>().count(), 1);
    assert_eq!(sealed.own_rows::<aurex_core::tenancy::Workspace>().count(), 0);
    assert_eq!(sealed.facts().count(), 0);
}

/// A use case of an embedder's, as far as core goes with it.
async fn stock_up(world: &World, scope: &Scope, key: &Presented) -> Result<Option<u64>, ServiceError> {
    let permit = scope.permit::<StockUp>()?;
    let mut turn = world.store.writer(scope, &*world.road.clock).await?;
    let known = world.road.known_key(&mut *turn, scope, StockUp::CODE, Some(key)).await?;
    if let Known::Replayed(_) = known {
        return Ok(None);
    }
    let sealed = permit.seal(stocked_up(), &*world.road.entropy);
    let kept = known.keep(&sealed.subject().id, &*turn);
    let receipt = turn.apply(sealed.with_key(kept)).await?;
    turn.commit().await?;
    Ok(Some(receipt.seq))
}

fn presented(pieces: i64) -> Presented {
    Presented { key: "k1".to_owned(), content: vec![("/pieces".to_owned(), pieces.to_string())] }
}

#[tokio::test]
async fn a_key_covers_an_embedders_use_case() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    assert!(stock_up(&world, &owner.scope, &presented(4)).await.unwrap().is_some());
    assert_eq!(stock_up(&world, &owner.scope, &presented(4)).await.unwrap(), None, "replayed");
    assert_eq!(code(stock_up(&world, &owner.scope, &presented(5)).await), "idempotency.key_reused");
    let cashier = world.member(&owner.scope, "zaveri", "cashier", Role::Cashier).await;
    assert_eq!(code(stock_up(&world, &cashier.scope, &presented(4)).await), "permission.denied");
}

#[tokio::test]
async fn the_log_shows_an_embedders_fields_by_the_names_it_is_given() {
    const TABLES: &[Table] = &[Table::of::<Medicine>(TableKind::State)];
    let world = World::new();
    let owner = world.open("zaveri").await;
    stock_up(&world, &owner.scope, &presented(4)).await.unwrap();
    let page = PageRequest::first(1);
    let entry =
        read_audit(&world.road, &owner.scope, &Default::default(), page).await.unwrap().items.remove(0);
    let fields = |entry: &aurex_core::service::AuditEntryView| -> Vec<String> {
        entry.changes.iter().map(|change| change.field.clone()).collect()
    };
    assert_eq!(fields(&entry), ["medicine.?", "medicine.?", "shelf.?", "medicine.?"]);
    let named = entry.with_own_tables(TABLES);
    assert_eq!(fields(&named), ["medicine.code", "medicine.pieces", "shelf.?", "medicine.pieces"]);
    assert_eq!(named.changes.last().unwrap().after, Some(Value::Int(9)));
}

aurex_core::record! {
    /// Somebody's visit.
    pub struct Visit in "visit" {
        /// Its number.
        number: i64 = 1 [key],
        /// Who came.
        patient: String = 2 [personal],
        /// What was paid.
        paid: i64 = 3,
    }
}

aurex_core::action! {
    /// Note a visit.
    pub struct NoteVisit = "visit.note"; owner
}

struct Visited(Visit);

impl Change for Visited {
    type By = NoteVisit;
    fn subject(&self) -> Subject {
        Subject::new("patient", "W-17")
    }
    fn record(self, draft: &mut Draft) {
        draft.insert_own(&self.0);
    }
}

async fn opened(world: &World, by: &Scope) -> (usize, Vec<Place>) {
    let entries = world.log(by).await;
    let places = entries.iter().flat_map(|stored| {
        personal_places(stored.entry.seq, &stored.openings, |put| put.table == Visit::TABLE).unwrap()
    });
    (entries.len(), places.collect())
}

/// Asks as the owner for what `about` names, and lets the admin approve it.
async fn consent(world: &World, owner: &SignedIn, admin: &SignedIn, about: &str) -> Consent {
    let new = NewApproval {
        action: ErasePersonal::CODE,
        subject: about.to_owned(),
        command: format!("{{\"patient\":\"{about}\"}}"),
    };
    let now = world.clock.now();
    let known = AskKnown {
        asker: owner.member.id,
        session: owner.scope.session().unwrap(),
        waiting: Vec::new(),
        now,
    };
    let asked = decide_ask(new, &known, ApprovalId::new(now, &*world.road.entropy)).unwrap();
    let approval = asked.approval.clone();
    let permit = owner.scope.permit::<RequestApproval>().unwrap();
    let mut turn = world.store.writer(&owner.scope, &*world.road.clock).await.unwrap();
    turn.apply(permit.seal(asked, &*world.road.entropy)).await.unwrap();
    turn.commit().await.unwrap();
    let known = ApproveKnown {
        asker: owner.member.clone(),
        asked_as: Role::Owner,
        by: admin.member.id,
        session: admin.scope.session(),
        others_could: true,
        now: world.clock.now(),
        approval,
    };
    let seen = known.approval.digest;
    decide_approve(known, &seen, None).unwrap()
}

/// What an embedder's patients are erased by: two persons, the law's minimum, personal fields alone, every proof kept.
#[tokio::test]
async fn rows_that_core_does_not_know_are_erased_on_the_same_road() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let admin = world.member(&owner.scope, "zaveri", "asha", Role::Admin).await;
    let visit = Visit { number: 1, patient: "Quetzal Rao".to_owned(), paid: 90_000 };
    let permit = owner.scope.permit::<NoteVisit>().unwrap();
    let sealed = permit.seal(Visited(visit.clone()), &*world.road.entropy);
    let mut turn = world.store.writer(&owner.scope, &*world.road.clock).await.unwrap();
    turn.apply(sealed).await.unwrap();
    turn.commit().await.unwrap();
    let (_, places) = opened(&world, &owner.scope).await;
    assert_eq!(places.len(), 1);

    let about = || Subject::new("patient", "W-17");
    let today = Zone::INDIA.date_of(world.clock.now());
    let gone = Visit { patient: ERASED.to_owned(), ..visit.clone() };
    let known = |rows: (Visit, Visit)| OwnKnown {
        rows: vec![rows],
        places: places.clone(),
        kept_for: Retention::Contact,
        last_document: None,
        last_processing: today,
        today,
    };
    let basis = ErasureBasis::ConsentWithdrawn;
    let consent = consent(&world, &owner, &admin, "W-17").await;
    let refused = |about: Subject, known: OwnKnown<Visit>| {
        decide_erase_own(about, basis, known, &consent).map(drop).unwrap_err().code()
    };
    let rows = || (visit.clone(), gone.clone());
    assert_eq!(refused(Subject::new("patient", "W-18"), known(rows())), "erasure.not_approved");
    let paid = Visit { paid: 0, ..gone.clone() };
    assert_eq!(refused(about(), known((visit.clone(), paid))), "erasure.not_personal", "never an amount");
    let mut others = known(rows());
    others.places[0].at.field = "member.name".to_owned();
    assert_eq!(refused(about(), others), "erasure.not_personal", "nobody else's fields");
    let in_books = OwnKnown { kept_for: Retention::Books, last_document: Some(today), ..known(rows()) };
    assert_eq!(refused(about(), in_books), "erasure.held");
    let nothing = OwnKnown { places: Vec::new(), ..known((gone.clone(), gone.clone())) };
    assert_eq!(refused(about(), nothing), "erasure.nothing_left");

    let change = decide_erase_own(about(), basis, known(rows()), &consent).unwrap();
    let permit = admin.scope.permit::<ErasePersonal>().unwrap();
    let sealed = permit.seal(Approved::new(change, consent, Vec::new()), &*world.road.entropy);
    assert_eq!(sealed.own_rows::<Visit>().collect::<Vec<_>>(), [&gone], "for the embedder's SQL");
    let mut turn = world.store.writer(&admin.scope, &*world.road.clock).await.unwrap();
    turn.apply(sealed).await.unwrap();
    turn.commit().await.unwrap();

    let (entries, left) = opened(&world, &owner.scope).await;
    assert!(left.iter().all(|place| place.value == Value::Text(ERASED.to_owned())), "{left:?}");
    let last = world.log(&owner.scope).await.pop().unwrap();
    assert_eq!((last.entry.action.as_str(), last.entry.seq), ("personal.erase", entries as u64 - 1));
    let body = Body::from_openings(&last.openings).unwrap();
    assert_eq!(body.erased().unwrap(), [places[0].at.clone()]);
    assert!(!format!("{body:?}").contains("Quetzal"), "the entry of an erasure is not where it lives on");
}
