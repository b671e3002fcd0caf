//! Erasure: what was erased is in no table and no entry, what was not still proves itself.

use super::forge::forge;
use super::log::{log_is_sound, whole_log};
use super::rebuild::log_and_tables_agree;
use super::till::*;
use super::{Shop, World};
use crate::audit::{Body, Erased, Record as _, Value};
use crate::erasure::{CustomerField, ERASED, ErasureBasis};
use crate::identity::actions::{ChangeMember, ErasePersonal};
use crate::identity::approvals::Approval;
use crate::rbac::{Action as _, Role};
use crate::service::access::approve;
use crate::service::shop as service;
use crate::service::{ServiceError, ask_customer_erasure, customer_erasure};
use crate::shop::identifiers::{Gstin, Pan, Phone};
use crate::shop::invoices::{InvoiceId, InvoiceParties};
use crate::shop::parties::{Address, Identity, IdentityKind, NewParty, Party, PartyId, PartyPatch};
use crate::shop::receipts::PaymentMode;
use crate::store::StoreError;
use crate::tenancy::Id as _;
use crate::text::{Email, Label, Name};

/// A customer with something in every personal field, each of which holds the words of `canary`.
pub fn canary(canary: &str) -> NewParty {
    NewParty {
        name: Name::new(format!("{canary} Zaveri")).unwrap(),
        phone: Some(Phone::parse("+919812345670").unwrap()),
        email: Some(Email::new(&format!("{canary}@example.in")).unwrap()),
        gstin: Some(Gstin::parse("29AAGCQ4821K1Z2").unwrap()),
        pan: Some(Pan::parse("AAGCQ4821K").unwrap()),
        state: None,
        address: Some(Address::new(format!("7 {canary} Road, Mysuru")).unwrap()),
        identity: Some(Identity { document: IdentityKind::Passport, last_four: Label::new("Q482").unwrap() }),
    }
}

impl Shop {
    /// Records such a customer, and changes their name, telephone number and address.
    pub async fn plant(&self, words: &str) -> Party {
        self.tick();
        let owner = self.owner().await;
        let party = service::record_customer(&self.road, &owner, None, canary(words)).await.unwrap().value;
        self.tick();
        let patch = PartyPatch {
            name: Some(Name::new(format!("{words} Zaveri-Rao")).unwrap()),
            phone: Some(Some(Phone::parse("+919812345671").unwrap())),
            address: Some(Some(Address::new(format!("9 {words} Street, Mysuru")).unwrap())),
            ..PartyPatch::default()
        };
        let done = service::change_customer(&self.road, &owner, party.id, party.version, patch).await;
        done.unwrap().value
    }

    /// Sells them a piece and takes the money.
    pub async fn buys(&self, id: PartyId) -> InvoiceId {
        self.rate(1_280_000).await;
        let bill = self.sell(id, "R-1").await.invoice;
        let payable = bill.payable.minor();
        self.take(&money(id, PaymentMode::Upi, payable, &[(bill.id, payable)])).await;
        bill.id
    }

    /// Erases all of them when the years of their last bill are over.
    pub async fn is_let_go(&self, id: PartyId) {
        self.clock.advance(10 * 366 * 24 * 3600);
        self.erase(id, &[]).await.unwrap();
    }

    /// Erases fields of a customer: the owner asks, the admin approves.
    ///
    /// # Errors
    /// What either is refused.
    pub async fn erase(&self, id: PartyId, fields: &[CustomerField]) -> Result<Approval, ServiceError> {
        self.tick();
        let (owner, basis) = (self.owner().await, ErasureBasis::ConsentWithdrawn);
        let asked = ask_customer_erasure(&self.road, &owner, None, id, basis, fields.to_vec(), None);
        let asked = asked.await?.value;
        self.tick();
        let admin = self.scope(Role::Admin).await;
        Ok(approve(&self.road, &admin, None, asked.id, &asked.digest, None).await?.value)
    }
}

/// Whether any value that the store answers with has these words in it.
async fn says(shop: &Shop, words: &str) -> bool {
    let has = |value: &Value| format!("{value:?}").contains(words);
    let mut facts = shop.reader().await.facts(Party::TABLE).await.unwrap();
    facts.extend(shop.reader().await.facts(InvoiceParties::TABLE).await.unwrap());
    let in_log = whole_log(shop).await.into_iter().flat_map(|stored| stored.openings);
    facts.iter().any(|fact| fact.values().iter().any(has))
        || in_log.into_iter().any(|opening| has(&Value::from_bytes(&opening.content).unwrap()))
}

/// A customer who never bought: everything goes, from the row, from every entry, and the log still proves itself.
pub async fn what_is_erased_is_gone_from_table_and_log_and_every_proof_still_holds(world: &World) {
    let shop = world.shop("meena").await;
    let other = shop.customer("Asha").await;
    let party = shop.plant("Quetzal").await;
    assert!(says(&shop, "Quetzal").await && says(&shop, "981234567").await);
    let before = whole_log(&shop).await;

    let approval = shop.erase(party.id, &[]).await.unwrap();
    assert!(!says(&shop, "Quetzal").await);
    assert!(!says(&shop, "981234567").await && !says(&shop, "AAGCQ4821K").await);
    let erased = shop.reader().await.party(party.id).await.unwrap().unwrap();
    assert_eq!(erased.name.as_str(), ERASED);
    let gone = [erased.phone.is_none(), erased.email.is_none(), erased.gstin.is_none()];
    assert!(gone.into_iter().all(|gone| gone) && erased.pan.is_none() && erased.address.is_none());
    assert_eq!(
        (erased.state, erased.version),
        (party.state, party.version + 1),
        "a state is no personal field"
    );
    assert_eq!(shop.reader().await.party(other.id).await.unwrap(), Some(other));

    // Not a byte of an entry has changed, and the log names both persons, the basis and the places.
    let after = whole_log(&shop).await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!((&before.bytes, before.leaf), (&after.bytes, after.leaf));
    }
    let last = after.last().unwrap();
    let admin = shop.member(Role::Admin).id.to_string();
    assert_eq!((last.entry.action.as_str(), &last.entry.actor.id), (ErasePersonal::CODE, &admin));
    let body = Body::from_openings(&last.openings).unwrap();
    let note = |name: &str| body.notes.iter().find(|(of, _)| of == name).map(|(_, value)| value.clone());
    assert_eq!(note("basis"), Some(Value::Text("consent_withdrawn".to_owned())));
    assert_eq!(note("asked_by"), Some(Value::Text(approval.asked_by.to_string())));
    let listed = body.erased().unwrap();
    let of = |field: &str| listed.iter().filter(|place| place.field == field).count();
    assert_eq!((of("party.name"), of("party.name.before"), of("party.pan")), (2, 1, 2));
    log_is_sound(&shop).await;
    log_and_tables_agree(&shop).await;
}

/// Whoever bought stands in the books: name, address and tax numbers stay eight years, and only what is free goes.
pub async fn what_the_books_keep_is_not_erased_with_the_rest(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let party = shop.plant("Quetzal").await;
    let bill = shop.sell(party.id, "R-1").await;
    assert_eq!(code(shop.erase(party.id, &[CustomerField::Phone]).await), "erasure.account_open");
    let payable = bill.invoice.payable.minor();
    shop.take(&money(party.id, PaymentMode::Upi, payable, &[(bill.invoice.id, payable)])).await;

    let head = shop.reader().await.head().await.unwrap();
    let refused = shop.erase(party.id, &[CustomerField::Phone, CustomerField::Name]).await.unwrap_err();
    let ServiceError::Refused(refused) = refused else { unreachable!("{refused}") };
    let faults = refused.faults();
    assert_eq!((refused.code(), faults.len()), ("erasure.held", 1));
    let fault = faults.into_iter().next().unwrap();
    assert_eq!(fault.pointer, "/fields/1");
    assert!(fault.message.contains("2035-04-01") && fault.message.contains("books.eight_years"), "{fault}");
    assert_eq!(shop.reader().await.head().await.unwrap(), head, "a refused question leaves nothing");

    let owner = shop.owner().await;
    let standing = customer_erasure(&shop.road, &owner, party.id).await.unwrap();
    let free: Vec<_> = standing.iter().filter(|of| of.held.is_none()).map(|of| of.field).collect();
    assert_eq!(free, [CustomerField::Phone, CustomerField::Email]);
    shop.erase(party.id, &free).await.unwrap();
    assert!(!says(&shop, "981234567").await && !says(&shop, "quetzal@").await);
    let left = shop.reader().await.party(party.id).await.unwrap().unwrap();
    assert_eq!((&left.name, &left.address, left.phone), (&party.name, &party.address, None));
    let said = shop.reader().await.invoice_parties(bill.invoice.id).await.unwrap().unwrap();
    let kept = (said.buyer_name.clone(), said.buyer_address.clone(), said.buyer_gstin.clone());
    assert_eq!((kept, said.buyer_phone.clone()), ((party.name, party.address, party.gstin), None));
    log_is_sound(&shop).await;
    log_and_tables_agree(&shop).await;

    // In time the rest goes too, from the entry of the first erasure as well, whose row still said the name.
    shop.clock.advance(10 * 366 * 24 * 3600);
    shop.erase(party.id, &[]).await.unwrap();
    assert!(!says(&shop, "Quetzal").await && !says(&shop, "AAGCQ4821K").await);
    let erased = shop.reader().await.invoice_parties(bill.invoice.id).await.unwrap().unwrap();
    assert!(erased.is_erased());
    let stays = InvoiceParties {
        buyer_name: Name::new(ERASED).unwrap(),
        buyer_gstin: None,
        buyer_address: None,
        ..said
    };
    assert_eq!(erased, stays, "the shop's own particulars and a state are no personal fields");
    log_is_sound(&shop).await;
    log_and_tables_agree(&shop).await;
}

/// There is nothing to erase of who was erased, until something new is recorded.
pub async fn an_erased_customer_is_erased_once(world: &World) {
    let shop = world.shop("meena").await;
    let party = shop.plant("Quetzal").await;
    shop.erase(party.id, &[CustomerField::Email]).await.unwrap();
    assert_eq!(code(shop.erase(party.id, &[CustomerField::Email]).await), "erasure.nothing_left");
    shop.erase(party.id, &[]).await.unwrap();
    assert_eq!(code(shop.erase(party.id, &[]).await), "erasure.nothing_left");
    let party = shop.reader().await.party(party.id).await.unwrap().unwrap();
    let email = Some(Some(Email::new("again@example.in").unwrap()));
    let (owner, patch) = (shop.owner().await, PartyPatch { email, ..PartyPatch::default() });
    service::change_customer(&shop.road, &owner, party.id, party.version, patch).await.unwrap();
    shop.erase(party.id, &[]).await.unwrap();
    assert!(!says(&shop, "again@").await);
    log_is_sound(&shop).await;
    log_and_tables_agree(&shop).await;
}

/// No other action empties an opening, nor this one a body or what is not there.
pub async fn only_an_erasure_empties_what_opens_an_entry(world: &World) {
    let shop = world.shop("meena").await;
    shop.plant("Quetzal").await;
    let stored = whole_log(&shop).await.into_iter().last().unwrap();
    let place = |slot| {
        let opening = stored.openings.iter().find(|opening| opening.slot == slot);
        let field = opening.map_or("party.name", |opening| opening.name.as_str()).to_owned();
        vec![Erased { entry: stored.entry.seq, slot, field }]
    };
    let owner = shop.owner().await;
    let (personal, body, nowhere) = (place(3), place(0), place(9_999));
    let other = forge::<ChangeMember>(&owner, &*shop.entropy, move |draft| draft.erase(personal));
    let of_body = forge::<ErasePersonal>(&owner, &*shop.entropy, move |draft| draft.erase(body));
    let of_nothing = forge::<ErasePersonal>(&owner, &*shop.entropy, move |draft| draft.erase(nowhere));
    for (sealed, is_foreign) in [(other, true), (of_body, true), (of_nothing, false)] {
        let mut turn = shop.writer(&owner).await.unwrap();
        let refused = turn.apply(sealed).await.unwrap_err();
        assert_eq!(matches!(refused, StoreError::ForeignSeal), is_foreign, "{refused}");
        assert!(matches!(turn.commit().await, Err(StoreError::Spoiled)));
    }
    assert_eq!(whole_log(&shop).await.into_iter().last().unwrap(), stored);
}

/// What finds a customer's values is the index of subjects: so no entry about anything else puts a customer's row, and what
/// a bill says of them is put by entries about the bill or about them.
pub async fn every_change_of_a_customer_is_about_that_customer(world: &World) {
    let shop = super::scene::Scene::set(world, "meena").await.shop;
    shop.plant("Quetzal").await;
    let (mut puts, mut bills) = (0, 0);
    for stored in whole_log(&shop).await {
        for put in Body::from_openings(&stored.openings).unwrap().puts {
            if put.table == Party::TABLE {
                let id = Value::Id(stored.entry.subject_id.parse::<PartyId>().unwrap().uuid());
                assert!(put.fields.contains(&(1, id)), "{}", stored.entry.action);
                puts += 1;
            }
            if put.table == InvoiceParties::TABLE {
                let subject = &stored.entry.subject_id;
                let ids = [1, 2].map(|tag| put.fields.iter().find(|(of, _)| *of == tag).unwrap().1.clone());
                let bill = subject.parse::<InvoiceId>().map(|id| Value::Id(id.uuid()));
                let party = subject.parse::<PartyId>().map(|id| Value::Id(id.uuid()));
                let [of_bill, of_party] = ids;
                assert!(bill.is_ok_and(|id| id == of_bill) || party.is_ok_and(|id| id == of_party));
                bills += 1;
            }
        }
    }
    assert!(puts > 2 && bills > 0);
}
