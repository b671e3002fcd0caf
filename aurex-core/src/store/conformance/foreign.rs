//! The foreign-id sweep: another shop's ids find nothing, exactly as ids that never existed.
//!
//! Every read that takes an id is asked three times: the owner's own id (which must find something, or the sweep proves
//! nothing), another shop's, and a random one. The last two answers must be the same, to the letter.

#![expect(clippy::indexing_slicing, reason = "a case that finds nobody where it put somebody has failed")]

use std::fmt::Debug;

use super::metal::{finished, grain_bill, old_bangle, paid};
use super::scene::Scene;
use super::till::*;
use super::vouchers::by_hand;
use super::{Shop, World};
use crate::ledger::{AccountId, JournalEntryId};
use crate::rbac::Role;
use crate::service::{Presented, shop as service};
use crate::shop::accounts::For;
use crate::shop::actions::PostRate;
use crate::shop::bookings::{AdvanceId, BookingId};
use crate::shop::invoices::InvoiceId;
use crate::shop::metal::{MetalVoucherId, NewGoldsmithIssue, NewWriteOff, WrittenOff};
use crate::shop::notes::{BillNoteId, NoteKind};
use crate::shop::parties::{PartyId, PartyKind, PartyPatch};
use crate::shop::payments::PaymentId;
use crate::shop::rates::RateId;
use crate::shop::receipts::{NewReceipt, PaymentMode, ReceiptId};
use crate::shop::refunds::{NewRefund, RefundId};
use crate::shop::stock::{ItemId, ItemPatch, LotId};
use crate::shop::vouchers::{JournalVoucherId, VoucherAccount};
use crate::store::{
    AdvanceFilter, AuditFilter, BillNeeds, BookingFilter, GoodsId, InvoiceFilter, KeyHolder, LookupKey,
    MetalVoucherFilter, NoteFilter, PageRequest, Reader,
};
use crate::tenancy::{ApiTokenId, Id as _, MemberId, SessionId};
use crate::text::{Email, Label, Note};
use crate::time::Clock as _;

/// One id of every noun, and what else rows are found by.
struct Ids {
    member: MemberId,
    email: Email,
    session: SessionId,
    token: ApiTokenId,
    rate: RateId,
    party: PartyId,
    account: AccountId,
    item: ItemId,
    tag: Label,
    huid: String,
    lot: LotId,
    invoice: InvoiceId,
    receipt: ReceiptId,
    note: BillNoteId,
    refund: RefundId,
    booking: BookingId,
    advance: AdvanceId,
    entry: JournalEntryId,
    goldsmith: PartyId,
    voucher: MetalVoucherId,
    payment: PaymentId,
    by_hand: JournalVoucherId,
    key: String,
}

impl Ids {
    async fn of(scene: &Scene) -> Self {
        let Scene { shop, token, rate, party, item, lot, bill, receipt, note, refund, booking, advance } =
            scene;
        Self {
            member: shop.member(Role::Manager).id,
            email: shop.member(Role::Manager).email.clone(),
            session: shop.session(Role::Manager).id,
            token: token.id,
            rate: rate.id,
            party: party.id,
            account: shop.receivable(party.id).await,
            item: item.id,
            tag: item.tag.clone(),
            huid: item.huid.as_ref().unwrap().as_str().to_owned(),
            lot: lot.id,
            invoice: bill.invoice.id,
            receipt: receipt.receipt.id,
            note: note.note.id,
            refund: refund.id,
            booking: booking.id,
            advance: advance.id,
            entry: bill.invoice.entry,
            goldsmith: shop.goldsmith_of_the_scene().await,
            voucher: shop.first_voucher().await,
            payment: shop.first_payment().await,
            by_hand: shop.pay_rent().await,
            key: "posted once".to_owned(),
        }
    }

    /// Ids that no store has ever seen.
    fn random(scene: &Scene) -> Self {
        let (now, entropy) = (scene.shop.clock.now(), &*scene.shop.entropy);
        Self {
            member: MemberId::new(now, entropy),
            email: Email::new("nobody@shop.example").unwrap(),
            session: SessionId::new(now, entropy),
            token: ApiTokenId::new(now, entropy),
            rate: RateId::new(now, entropy),
            party: PartyId::new(now, entropy),
            account: AccountId::new(now, entropy),
            item: ItemId::new(now, entropy),
            tag: Label::new("NO-SUCH-TAG").unwrap(),
            huid: "ZZ99ZZ".to_owned(),
            lot: LotId::new(now, entropy),
            invoice: InvoiceId::new(now, entropy),
            receipt: ReceiptId::new(now, entropy),
            note: BillNoteId::new(now, entropy),
            refund: RefundId::new(now, entropy),
            booking: BookingId::new(now, entropy),
            advance: AdvanceId::new(now, entropy),
            entry: JournalEntryId::new(now, entropy),
            goldsmith: PartyId::new(now, entropy),
            voucher: MetalVoucherId::new(now, entropy),
            payment: PaymentId::new(now, entropy),
            by_hand: JournalVoucherId::new(now, entropy),
            key: "never posted".to_owned(),
        }
    }
}

impl Shop {
    async fn first_voucher(&self) -> MetalVoucherId {
        let (all, few) = (MetalVoucherFilter::default(), PageRequest::first(9));
        self.reader().await.metal_vouchers(all, few).await.unwrap().items.last().unwrap().id
    }

    async fn first_payment(&self) -> PaymentId {
        self.reader().await.payments(None, PageRequest::first(9)).await.unwrap().items.last().unwrap().id
    }

    async fn goldsmith_of_the_scene(&self) -> PartyId {
        let of_kind = PartyKind::Goldsmith;
        self.reader().await.parties(of_kind, None, PageRequest::first(9)).await.unwrap().items[0].id
    }
}

fn say<T: Debug>(answer: Result<T, crate::store::StoreError>) -> String {
    format!("{:?}", answer.map_err(|error| error.to_string()))
}

/// What a reader answers to each question that takes an id.
async fn answers(
    reader: &mut dyn Reader,
    ids: &Ids,
    today: crate::time::Date,
) -> Vec<(&'static str, String)> {
    let few = PageRequest::first(50);
    let needs = BillNeeds {
        party: ids.party,
        items: vec![ids.item],
        lots: vec![ids.lot],
        date: today,
        prefixes: Vec::new(),
        key: None,
    };
    let known = reader.known_for_bill(&needs).await.map(|known| {
        (known.party, known.items, known.lots, known.accounts.iter().filter(|a| a.party.is_some()).count())
    });
    let of_party = InvoiceFilter { party: Some(ids.party), ..InvoiceFilter::default() };
    let against = NoteFilter { invoice: Some(ids.invoice), ..NoteFilter::default() };
    let theirs = NoteFilter { party: Some(ids.party), ..NoteFilter::default() };
    let of_goldsmith = MetalVoucherFilter { party: Some(ids.goldsmith), ..MetalVoucherFilter::default() };
    let booked = BookingFilter { party: Some(ids.party), ..BookingFilter::default() };
    let ahead = AdvanceFilter { party: Some(ids.party), ..AdvanceFilter::default() };
    let for_booking = AdvanceFilter { booking: Some(ids.booking), ..AdvanceFilter::default() };
    let actor = AuditFilter { actor: Some(ids.member.to_string()), ..AuditFilter::default() };
    let subject = AuditFilter { subject: Some(ids.invoice.to_string()), ..AuditFilter::default() };
    let lookup =
        LookupKey { holder: KeyHolder::Member(ids.member), action: "rate.post", key: ids.key.clone() };
    let accounts = reader.accounts_for(Some(ids.party.uuid())).await;
    let accounts = accounts.map(|rows| rows.into_iter().filter(|a| a.party.is_some()).collect::<Vec<_>>());
    vec![
        ("member", say(reader.member(ids.member).await)),
        ("member_by_email", say(reader.member_by_email(&ids.email).await)),
        ("credential", say(reader.credential(ids.member).await)),
        ("session", say(reader.session(ids.session).await)),
        ("open_sessions", say(reader.open_sessions(ids.member).await)),
        ("api_token", say(reader.api_token(ids.token).await)),
        ("api_tokens", say(reader.api_tokens(Some(ids.member), PageRequest::first(50)).await)),
        ("posted_rate", say(reader.posted_rate(ids.rate).await)),
        ("party", say(reader.party(ids.party).await)),
        ("item", say(reader.item(ids.item).await)),
        ("item_by_tag", say(reader.item_by_tag(&ids.tag).await)),
        ("item_by_huid", say(reader.item_by_huid(&ids.huid).await)),
        ("lot", say(reader.lot(ids.lot).await)),
        ("movements", say(reader.movements(ids.entry).await)),
        (
            "movements_of a piece",
            say(reader.movements_of(GoodsId::Item(ids.item), PageRequest::first(9)).await),
        ),
        ("movements_of a lot", say(reader.movements_of(GoodsId::Lot(ids.lot), PageRequest::first(9)).await)),
        ("metal_voucher", say(reader.metal_voucher(ids.voucher).await)),
        ("metal_vouchers", say(reader.metal_vouchers(of_goldsmith, PageRequest::first(9)).await)),
        ("payment", say(reader.payment(ids.payment).await)),
        ("payments", say(reader.payments(Some(ids.goldsmith), PageRequest::first(9)).await)),
        ("cash_paid", say(reader.cash_paid(ids.goldsmith, today).await)),
        ("old_metal_open", say(reader.old_metal_open(ids.party).await)),
        ("known_for_bill", say(known)),
        ("invoice", say(reader.invoice(ids.invoice).await)),
        ("invoice parties", say(reader.invoice_parties(ids.invoice).await)),
        ("bills saying", say(reader.bills_saying(ids.party, PageRequest::first(9)).await)),
        ("invoices", say(reader.invoices(of_party, PageRequest::first(50)).await)),
        ("receipt", say(reader.receipt(ids.receipt).await)),
        ("receipts", say(reader.receipts(Some(ids.party), PageRequest::first(50)).await)),
        ("note", say(reader.note(ids.note).await)),
        ("notes_against", say(reader.notes_against(ids.invoice).await)),
        ("notes of a bill", say(reader.notes(against, PageRequest::first(50)).await)),
        ("notes of a customer", say(reader.notes(theirs, PageRequest::first(50)).await)),
        ("refund", say(reader.refund(ids.refund).await)),
        ("refunds_of", say(reader.refunds_of(ids.note).await)),
        ("refunds", say(reader.refunds(Some(ids.party), PageRequest::first(50)).await)),
        ("booking", say(reader.booking(ids.booking).await)),
        ("bookings", say(reader.bookings(booked, PageRequest::first(50)).await)),
        ("advance", say(reader.advance(ids.advance).await)),
        ("advances of a customer", say(reader.advances(ahead, PageRequest::first(50)).await)),
        ("advances of a booking", say(reader.advances(for_booking, PageRequest::first(50)).await)),
        ("accounts_for", say(accounts)),
        ("account", say(reader.account(ids.account).await)),
        ("balances", say(reader.balances(&[ids.account]).await)),
        ("postings", say(reader.postings(ids.account, None, None, PageRequest::first(50)).await)),
        ("balance_before", say(reader.balance_before(ids.account, crate::time::plus_days(today, 1)).await)),
        ("journal", say(reader.journal(ids.entry).await)),
        ("entries by actor", say(reader.entries(&actor, few).await.map(|page| page.items.len()))),
        ("entries by subject", say(reader.entries(&subject, few).await.map(|page| page.items.len()))),
        ("kept_key", say(reader.kept_key(&lookup).await)),
    ]
}

async fn two_scenes(world: &World) -> (Scene, Scene) {
    let scene = Scene::set(world, "meena").await;
    // Somebody whose address, tag and hallmark no other shop knows: the kinds of name that two shops can share are told
    // apart elsewhere.
    let manager = scene.shop.scope(Role::Manager).await;
    let posted: Presented = key("posted once", &[("/amount", "1")]);
    let rate = service::post_rate(&scene.shop.road, &manager, Some(&posted), gold_rate(1_281_000)).await;
    rate.unwrap();
    let other = world.shop("rupa").await;
    other.rate(1_280_000).await;
    let party = other.customer("Rupa's own").await;
    let (item, lot) = (other.item("RUPA").await, other.lot(1000).await);
    let bill = other.sell(party.id, "RUPA-SOLD").await;
    let receipt = other.take(&money(party.id, PaymentMode::Upi, 100, &[])).await;
    let token = other.token(Role::Manager).await;
    let rate = other.rate(1_290_000).await;
    let note = other.credit(&credit_of(bill.invoice.id, &[allowance(1, 100)])).await;
    other.take(&money(party.id, PaymentMode::Upi, 9_000_000, &[])).await;
    let refund = other.pay_back(&refund_of(party.id, PaymentMode::Upi, 100)).await;
    let booked = other.book(&booking_of(party.id, 1_000, 500_000)).await;
    let (booking, advance) = (booked.booking, booked.advances.first().unwrap().clone());
    let other =
        Scene { shop: other, token, rate, party, item, lot, bill, receipt, note, refund, booking, advance };
    (scene, other)
}

/// Through the ports: every read, every noun.
pub async fn another_shops_ids_find_nothing_exactly_as_ids_that_never_existed(world: &World) {
    let (meena, rupa) = two_scenes(world).await;
    let today = meena.shop.today();
    let (mut own, random) = (Ids::of(&meena).await, Ids::random(&meena));
    let found = answers(&mut *meena.shop.reader().await, &own, today).await;
    // The shops' managers share an address by construction; a stranger's is asked for instead.
    own.email = Email::new("nobody-either@shop.example").unwrap();
    let foreign = answers(&mut *rupa.shop.reader().await, &own, today).await;
    let unknown = answers(&mut *rupa.shop.reader().await, &random, today).await;
    for ((found, foreign), unknown) in found.iter().zip(&foreign).zip(&unknown) {
        assert_eq!(foreign, unknown, "a foreign id must answer as an unknown one");
        assert_ne!(found.1, unknown.1, "{}: the owner's own id must find something", found.0);
    }
    assert_eq!(found.len(), 50);

    // A writer is a reader: under the turn the wall stands as well.
    let scope = rupa.shop.owner().await;
    let mut turn = rupa.shop.writer(&scope).await.unwrap();
    for (foreign, unknown) in foreign.iter().zip(answers(&mut *turn, &own, today).await) {
        assert_eq!(*foreign, unknown);
    }
}

/// Through the use cases: commands and reads with a foreign id are refused with the words for an unknown one.
pub async fn commands_with_foreign_ids_are_refused_as_with_unknown_ones(world: &World) {
    let (meena, rupa) = two_scenes(world).await;
    let mut answered = Vec::new();
    let (rupa_das, today) = (rupa.shop.goldsmith().await, rupa.shop.today());
    let given = |party, lot| NewGoldsmithIssue { party, lines: vec![(lot, mg(10))] };
    let made = |party| finished(party, "K-1", 100, &[]);
    let gone =
        |item| NewWriteOff { lines: vec![WrittenOff::Piece(item)], reason: Note::new("because").unwrap() };
    let out = |party, voucher| paid(party, PaymentMode::Upi, 100, voucher);
    let bank = rupa.shop.line_for(For::Bank).await;
    for ids in [Ids::of(&meena).await, Ids::random(&meena)] {
        let (road, owner) = (&rupa.shop.road, rupa.shop.owner().await);
        let reason = || Note::new("because").unwrap();
        let cash = |party, bills: &[(InvoiceId, i64)]| money(party, PaymentMode::Cash, 100, bills);
        let (party, item) = (rupa.party.id, rupa.item.id);
        let against_note =
            |party, note| NewRefund { note: Some(note), ..refund_of(party, PaymentMode::Upi, 1) };
        let of_advance = |party, advance| NewReceipt {
            advance: Some(advance),
            ..money(party, PaymentMode::Advance, 1, &[])
        };
        let advance_back =
            |party, advance| NewRefund { advance: Some(advance), ..refund_of(party, PaymentMode::Upi, 1) };
        let patch = PartyPatch::default();
        answered.push([
            code(service::customer(road, &owner, ids.party).await),
            code(service::change_customer(road, &owner, ids.party, 1, patch).await),
            code(service::statement(road, &owner, ids.party, None, None).await),
            code(service::item(road, &owner, ids.item).await),
            code(service::describe_item(road, &owner, ids.item, 1, ItemPatch::default()).await),
            code(service::invoice(road, &owner, ids.invoice).await),
            code(service::receipt(road, &owner, ids.receipt).await),
            code(
                service::account_postings(road, &owner, ids.account, None, None, PageRequest::first(9)).await,
            ),
            code(service::preview_invoice(road, &owner, &bill_of(ids.party, &[item])).await),
            code(service::issue_invoice(road, &owner, None, &bill_of(ids.party, &[item])).await),
            code(service::issue_invoice(road, &owner, None, &bill_of(party, &[ids.item])).await),
            code(service::issue_invoice(road, &owner, None, &bill_of_lot(party, ids.lot, 10)).await),
            code(service::cancel_invoice(road, &owner, None, ids.invoice, reason()).await),
            code(service::record_receipt(road, &owner, None, &cash(ids.party, &[])).await),
            code(service::record_receipt(road, &owner, None, &cash(party, &[(ids.invoice, 100)])).await),
            code(service::reverse_receipt(road, &owner, None, ids.receipt, reason()).await),
            code(service::preview_credit_note(road, &owner, &credit_of(ids.invoice, &[])).await),
            code(service::issue_credit_note(road, &owner, None, &credit_of(ids.invoice, &[])).await),
            code(service::cancel_credit_note(road, &owner, None, ids.note, reason()).await),
            code(service::note(road, &owner, NoteKind::CreditNote, ids.note).await),
            code(service::preview_debit_note(road, &owner, &debit_of(ids.invoice, 1, 1)).await),
            code(service::issue_debit_note(road, &owner, None, &debit_of(ids.invoice, 1, 1)).await),
            code(service::cancel_debit_note(road, &owner, None, ids.note, reason()).await),
            code(service::pay_refund(road, &owner, None, &refund_of(ids.party, PaymentMode::Upi, 1)).await),
            code(service::pay_refund(road, &owner, None, &against_note(party, ids.note)).await),
            code(service::refund(road, &owner, ids.refund).await),
            code(service::reverse_refund(road, &owner, None, ids.refund, reason()).await),
            code(service::buy_old_metal(road, &owner, None, &old_bangle(ids.party)).await),
            code(service::issue_to_goldsmith(road, &owner, None, &given(rupa_das.id, ids.lot)).await),
            code(service::issue_to_goldsmith(road, &owner, None, &given(ids.goldsmith, rupa.lot.id)).await),
            code(service::receive_from_goldsmith(road, &owner, None, &made(ids.goldsmith)).await),
            code(
                service::record_purchase(road, &owner, None, &grain_bill(ids.goldsmith, "1", today, 9)).await,
            ),
            code(service::write_off_stock(road, &owner, None, &gone(ids.item)).await),
            code(service::cancel_metal_voucher(road, &owner, None, ids.voucher, reason()).await),
            code(service::metal_voucher(road, &owner, ids.voucher).await),
            code(service::payment(road, &owner, ids.payment).await),
            code(service::reverse_payment(road, &owner, None, ids.payment, reason()).await),
            code(service::record_payment(road, &owner, None, &out(rupa_das.id, Some(ids.voucher))).await),
            code(service::record_payment(road, &owner, None, &out(ids.goldsmith, None)).await),
            code(service::journal_voucher(road, &owner, ids.by_hand).await),
            code(service::reverse_journal_voucher(road, &owner, None, ids.by_hand, reason()).await),
            code(
                service::record_journal_voucher(
                    road,
                    &owner,
                    None,
                    &by_hand(bank, VoucherAccount::Account(ids.account), 1),
                )
                .await,
            ),
            code(
                service::record_journal_voucher(
                    road,
                    &owner,
                    None,
                    &by_hand(bank, VoucherAccount::Party(ids.party), 1),
                )
                .await,
            ),
            code(service::goldsmith_holdings(road, &owner, ids.goldsmith).await),
            code(service::item_movements(road, &owner, ids.item, PageRequest::first(9)).await),
            code(service::lot_movements(road, &owner, ids.lot, PageRequest::first(9)).await),
            code(service::book_rate(road, &owner, None, &booking_of(ids.party, 1_000, 100)).await),
            code(service::booking(road, &owner, ids.booking).await),
            code(service::cancel_booking(road, &owner, None, ids.booking, reason()).await),
            code(service::take_advance(road, &owner, None, &advance_of(ids.party, 1, None)).await),
            code(service::take_advance(road, &owner, None, &advance_of(party, 1, Some(ids.booking))).await),
            code(service::advance(road, &owner, ids.advance).await),
            code(service::reverse_advance(road, &owner, None, ids.advance, reason()).await),
            code(service::issue_invoice(road, &owner, None, &bill_at(ids.booking, party, &[item])).await),
            code(service::record_receipt(road, &owner, None, &of_advance(party, ids.advance)).await),
            code(service::pay_refund(road, &owner, None, &advance_back(party, ids.advance)).await),
        ]);
    }
    let [foreign, unknown] = answered.as_slice() else { unreachable!("two rounds were asked") };
    assert_eq!(foreign, unknown);
    assert!(foreign.iter().all(|code| code.ends_with("not_found")), "{foreign:?}");
}

/// Two shops may give the same tag, hallmark id, address, number and key; each finds its own.
pub async fn names_are_a_shops_own(world: &World) {
    use crate::rbac::Action as _;
    let (meena, rupa) = (Scene::set(world, "meena").await, world.shop("rupa").await);
    rupa.rate(1_280_000).await;
    let party = rupa.customer("Asha").await;
    let twin = rupa.item(meena.item.tag.as_str()).await;
    assert_eq!(rupa.reader().await.item_by_tag(&meena.item.tag).await.unwrap().unwrap().id, twin.id);
    assert_eq!(meena.shop.reader().await.item_by_tag(&twin.tag).await.unwrap().unwrap().id, meena.item.id);
    let bill = rupa.sell(party.id, "R-1").await;
    assert_eq!(bill.invoice.number, meena.bill.invoice.number);
    for shop in [&meena.shop, &rupa] {
        let owner = shop.owner().await;
        let presented = key("the same key", &[("/amount", "1")]);
        shop.tick();
        let done =
            service::post_rate(&shop.road, &owner, Some(&presented), gold_rate(1_282_000)).await.unwrap();
        assert!(!done.replayed);
        let lookup = LookupKey {
            holder: KeyHolder::of(&owner).unwrap(),
            action: PostRate::CODE,
            key: "the same key".to_owned(),
        };
        let kept = shop.reader().await.kept_key(&lookup).await.unwrap().unwrap();
        assert_eq!(kept.resource, done.value.id.to_string());
    }
}
