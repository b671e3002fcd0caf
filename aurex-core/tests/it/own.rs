//! What core does for rows and actions that it does not know.

use aurex_core::audit::{Change, Draft, Subject, Value};
use aurex_core::rbac::{Action as _, Role};
use aurex_core::service::{Known, Presented, ServiceError, read_audit};
use aurex_core::store::{PageRequest, Store as _, Table, TableKind};
use aurex_core::tenancy::Scope;

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
