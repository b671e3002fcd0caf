//! What there can be only one of, and what is never changed. Decisions look first; these are the walls behind them.

use super::forge::{insert, replace};
use super::scene::Scene;
use super::till::*;
use super::world::refusal;
use super::{Shop, World};
use crate::identity::actions::AddMember;
use crate::identity::member::{ApiToken, Member, Session};
use crate::ledger::{Account, AccountId, JournalEntry, JournalEntryId};
use crate::rbac::Role;
use crate::shop::invoices::{Invoice, InvoiceId};
use crate::shop::notes::{BillNote, BillNoteId};
use crate::shop::receipts::{PaymentReceipt, ReceiptId};
use crate::shop::refunds::{Refund, RefundId};
use crate::shop::stock::{Item, ItemId, ItemState};
use crate::store::{Fact, KeptKey, KeyHolder, LookupKey, StoreError, TABLES, TableKind};
use crate::tenancy::{ApiTokenId, MemberId, SessionId};
use crate::text::Label;
use crate::time::Clock as _;

/// Asks a shop to store `row` as a new one, and says how it answers.
async fn put(shop: &Shop, row: impl Into<Fact>, is_new: bool) -> Result<(), StoreError> {
    let scope = shop.owner().await;
    let before = shop.reader().await.head().await.unwrap();
    let mut turn = shop.writer(&scope).await.unwrap();
    let seal = if is_new { insert::<AddMember> } else { replace::<AddMember> };
    match turn.apply(seal(&scope, &*shop.entropy, vec![row.into()])).await {
        Ok(_) => turn.commit().await,
        Err(error) => {
            drop(turn);
            assert_eq!(shop.reader().await.head().await.unwrap(), before, "nothing was stored");
            Err(error)
        }
    }
}

fn assert_duplicate(answer: Result<(), StoreError>, of: &str) {
    match answer {
        Err(StoreError::Duplicate { table }) => assert_eq!(table, of),
        other => unreachable!("a second {of} was answered with {other:?}"),
    }
}

/// An address, a token's hash, a code, a tag, a number: one of each in a workspace.
pub async fn a_second_row_of_a_unique_name_is_refused(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let Scene { shop, token, item, bill, receipt, party, note, refund, .. } = &scene;
    let (now, entropy) = (shop.clock.now(), &*shop.entropy);
    let member = Member { id: MemberId::new(now, entropy), ..shop.member(Role::Cashier).clone() };
    assert_duplicate(put(shop, member, true).await, "member");
    let session = Session { id: SessionId::new(now, entropy), ..shop.session(Role::Cashier).clone() };
    assert_duplicate(put(shop, session, true).await, "session");
    let token = ApiToken { id: ApiTokenId::new(now, entropy), ..token.clone() };
    assert_duplicate(put(shop, token, true).await, "api_token");
    let account = shop.receivable(party.id).await;
    let account = shop.reader().await.account(account).await.unwrap().unwrap();
    let account = Account { id: AccountId::new(now, entropy), ..account };
    assert_duplicate(put(shop, account, true).await, "account");
    let by_tag = Item { id: ItemId::new(now, entropy), huid: None, ..item.clone() };
    assert_duplicate(put(shop, by_tag, true).await, "item");
    let invoice = Invoice { id: InvoiceId::new(now, entropy), ..bill.invoice.clone() };
    assert_duplicate(put(shop, invoice, true).await, "invoice");
    let receipt = PaymentReceipt { id: ReceiptId::new(now, entropy), ..receipt.receipt.clone() };
    assert_duplicate(put(shop, receipt, true).await, "receipt");
    let again = BillNote { id: BillNoteId::new(now, entropy), ..note.note.clone() };
    assert_duplicate(put(shop, again, true).await, "bill_note");
    let refund = Refund { id: RefundId::new(now, entropy), ..refund.clone() };
    assert_duplicate(put(shop, refund, true).await, "refund");
}

/// A hallmark id is unique while its piece is live. A sold piece's may come back over the counter.
pub async fn a_hallmark_id_is_unique_while_its_piece_is_live(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let (shop, item) = (&scene.shop, &scene.item);
    let id = || ItemId::new(shop.clock.now(), &*shop.entropy);
    let again = |tag: &str| Item { id: id(), tag: Label::new(tag).unwrap(), ..item.clone() };
    assert_duplicate(put(shop, again("B"), true).await, "item");
    let sold = Item { state: ItemState::Sold, version: 2, ..item.clone() };
    put(shop, sold, false).await.unwrap();
    let huid = item.huid.as_ref().unwrap().as_str();
    assert_eq!(shop.reader().await.item_by_huid(huid).await.unwrap(), None, "nobody live has it");
    let back = again("C");
    put(shop, back.clone(), true).await.unwrap();
    assert_eq!(shop.reader().await.item_by_huid(huid).await.unwrap().map(|found| found.id), Some(back.id));
    assert_duplicate(put(shop, again("D"), true).await, "item");
    assert_duplicate(put(shop, item.clone(), false).await, "item");
}

/// An entry of the journal is reversed at most once.
pub async fn an_entry_is_reversed_at_most_once(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let shop = &scene.shop;
    let original = shop.reader().await.journal(scene.bill.invoice.entry).await.unwrap().unwrap().0;
    let reversal = || JournalEntry {
        id: JournalEntryId::new(shop.clock.now(), &*shop.entropy),
        reverses: Some(original.id),
        ..original.clone()
    };
    put(shop, reversal(), true).await.unwrap();
    assert_duplicate(put(shop, reversal(), true).await, "journal_entry");
    let plain = || JournalEntry { reverses: None, ..reversal() };
    put(shop, plain(), true).await.unwrap();
    put(shop, plain(), true).await.unwrap();
}

/// What is append-only is neither replaced nor put twice, not even by itself.
pub async fn rows_of_append_only_tables_are_never_put_again(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let mut tried = 0;
    for table in TABLES.iter().filter(|table| table.kind == TableKind::AppendOnly) {
        let rows = scene.shop.reader().await.facts(table.name).await.unwrap();
        let row = rows.first().cloned().unwrap();
        for is_new in [true, false] {
            assert_duplicate(put(&scene.shop, row.clone(), is_new).await, table.name);
            tried += 1;
        }
        assert_eq!(scene.shop.reader().await.facts(table.name).await.unwrap(), rows);
    }
    assert!(tried >= 14);
}

/// A row of a table of state stands in the place of the one before, as a whole.
pub async fn a_row_of_state_replaces_the_one_before(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let (shop, before) = (&scene.shop, &scene.party);
    let after =
        crate::shop::parties::Party { phone: None, gstin: None, address: None, version: 2, ..before.clone() };
    let parties = shop.reader().await.facts("party").await.unwrap().len();
    put(shop, after.clone(), false).await.unwrap();
    let mut reader = shop.reader().await;
    assert_eq!(reader.party(before.id).await.unwrap(), Some(after));
    assert_eq!(reader.facts("party").await.unwrap().len(), parties);
}

/// A key that is alive is kept once, whatever a decision thought it had looked up.
pub async fn a_live_idempotency_key_is_kept_once(world: &World) {
    let shop = world.shop("meena").await;
    let scope = shop.owner().await;
    let kept = |at| KeptKey {
        lookup: LookupKey {
            holder: KeyHolder::of(&scope).unwrap(),
            action: "member.add",
            key: "k".to_owned(),
        },
        fields: vec![("/a".to_owned(), [7; 16])],
        resource: "mem_1".to_owned(),
        at,
    };
    for expected in [true, false] {
        let mut turn = shop.writer(&scope).await.unwrap();
        let key = kept(turn.now());
        let sealed = insert::<AddMember>(&scope, &*shop.entropy, Vec::new()).with_key(Some(key.clone()));
        let answer = turn.apply(sealed).await;
        if expected {
            answer.unwrap();
            turn.commit().await.unwrap();
            assert_eq!(shop.reader().await.kept_key(&key.lookup).await.unwrap(), Some(key));
        } else {
            assert!(matches!(refusal(answer), StoreError::Duplicate { table: "idempotency_key" }));
        }
    }
}

/// What stands in a store's way stands in no other shop's.
pub async fn unique_names_are_unique_by_tenant(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let rupa = world.shop("rupa").await;
    put(&rupa, scene.item.clone(), true).await.unwrap();
    assert_eq!(rupa.reader().await.item(scene.item.id).await.unwrap().as_ref(), Some(&scene.item));
    // The bill needs somebody to be made out to and an entry that posts it; neither is Meena's.
    put(&rupa, scene.party.clone(), true).await.unwrap();
    let entry = scene.shop.reader().await.journal(scene.bill.invoice.entry).await.unwrap().unwrap().0;
    put(&rupa, entry, true).await.unwrap();
    put(&rupa, scene.bill.invoice.clone(), true).await.unwrap();
    let worth = (scene.bill.invoice.payable, paise(0));
    let bill = rupa.reader().await.invoice(scene.bill.invoice.id).await.unwrap().unwrap();
    assert_eq!((bill.invoice.payable, bill.settled), worth, "what Meena settled is not Rupa's");
    assert_eq!(bill.lines, []);
}
