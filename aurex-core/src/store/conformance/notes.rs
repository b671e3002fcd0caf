//! Bills put right after they were issued: credit and debit notes, refunds, and the undo of each.

use super::till::*;
use super::{Shop, World};
use crate::ledger::Balance;
use crate::measure::Metal;
use crate::money::Money;
use crate::rbac::Role;
use crate::service::shop as service;
use crate::shop::accounts::For;
use crate::shop::invoices::{InvoiceId, InvoiceState};
use crate::shop::notes::{
    BillNoteId, BillNoteLine, Goods, NewCreditLine, NewCreditNote, NoteKind, NoteWithLines,
};
use crate::shop::parties::PartyId;
use crate::shop::receipts::PaymentMode;
use crate::shop::refunds::NewRefund;
use crate::shop::stock::ItemState;
use crate::store::{NoteFilter, PageRequest};
use crate::text::Note;

fn reason() -> Note {
    Note::new("Wrong paper").unwrap()
}

/// What every account holds, debits less credits.
async fn nets(shop: &Shop) -> Vec<(crate::ledger::AccountId, i64)> {
    let balances = shop.reader().await.all_balances().await.unwrap();
    balances.iter().map(|b| (b.account, Balance::net(b))).filter(|(_, net)| *net != 0).collect()
}

async fn credit(shop: &Shop, role: Role, new: &NewCreditNote) -> &'static str {
    shop.tick();
    let scope = shop.scope(role).await;
    code(service::issue_credit_note(&shop.road, &scope, None, new).await)
}

async fn cancel(shop: &Shop, id: BillNoteId) -> &'static str {
    shop.tick();
    let owner = shop.owner().await;
    code(service::cancel_credit_note(&shop.road, &owner, None, id, reason()).await)
}

async fn state_of(shop: &Shop, bill: InvoiceId) -> InvoiceState {
    shop.reader().await.invoice(bill).await.unwrap().unwrap().invoice.state
}

/// The ring comes back: what the sale posted is mirrored in money and metal, and undoing the note posts the sale again.
pub async fn a_piece_that_comes_back_is_credited_whole_and_the_note_can_be_undone(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let ring = shop.item("R-1").await;
    let before_sale = nets(&shop).await;
    let bill = shop.issue(&bill_of(asha.id, &[ring.id])).await.invoice;
    let sold = nets(&shop).await;
    let previewed =
        service::preview_credit_note(&shop.road, &shop.owner().await, &credit_of(bill.id, &[])).await;
    let previewed = previewed.unwrap();

    let NoteWithLines { note, lines } = shop.credit(&credit_of(bill.id, &[])).await;
    assert_eq!(note.number.as_str(), "CN/26-27/000001");
    assert_eq!((&note.invoice_number, note.invoice_date), (&bill.number, bill.business_date));
    assert_eq!((note.taxable, note.cgst, note.sgst), (bill.taxable, bill.cgst, bill.sgst));
    assert_eq!((note.total, note.round_off, note.payable), (bill.total, bill.round_off, bill.payable));
    assert_eq!((previewed.note.payable, previewed.lines.len()), (note.payable, lines.len()));
    let line = lines.first().unwrap();
    assert_eq!((line.pieces, line.fine.ng(), line.cost), (1, 3_105_240_000, paise(4_000_000)));
    assert_eq!(nets(&shop).await, before_sale, "every account is where it was before the sale");
    let mut reader = shop.reader().await;
    assert_eq!(reader.item(ring.id).await.unwrap().unwrap().state, ItemState::InStock);
    assert_eq!(state_of(&shop, bill.id).await, InvoiceState::Credited);
    assert_eq!(reader.note(note.id).await.unwrap().unwrap().lines, lines);

    let owner = shop.owner().await;
    shop.tick();
    assert_eq!(
        code(service::cancel_invoice(&shop.road, &owner, None, bill.id, reason()).await),
        "invoice.has_notes"
    );
    assert_eq!(credit(&shop, Role::Owner, &credit_of(bill.id, &[])).await, "note.bill_credited");
    let statement = service::statement(&shop.road, &owner, asha.id, None, None).await.unwrap();
    let running: Vec<i64> = statement.entries.iter().map(|line| line.balance).collect();
    assert_eq!(running, [5_184_500, 0]);

    assert_eq!(cancel(&shop, note.id).await, "done");
    assert_eq!(nets(&shop).await, sold, "and undone it is sold again");
    assert_eq!(state_of(&shop, bill.id).await, InvoiceState::Issued);
    assert_eq!(shop.reader().await.item(ring.id).await.unwrap().unwrap().state, ItemState::Sold);
    assert_eq!(cancel(&shop, note.id).await, "note.already_cancelled");
    let again = shop.credit(&credit_of(bill.id, &[])).await.note;
    assert_eq!(again.number.as_str(), "CN/26-27/000002", "the number stays used");
    let cancelled = shop.sell(asha.id, "R-2").await.invoice;
    shop.cancel(cancelled.id).await;
    assert_eq!(credit(&shop, Role::Owner, &credit_of(cancelled.id, &[])).await, "note.bill_cancelled");
}

/// Part of loose metal, an allowance, the rest: never more than the bill, and in the end exactly the bill.
pub async fn partial_notes_sum_to_the_bill_part_by_part(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_234_567).await;
    let asha = shop.customer("Asha").await;
    let (lot, ring) = (shop.lot(10_007).await, shop.item("R-1").await);
    let before_sale = nets(&shop).await;
    let mut new = bill_of_lot(asha.id, lot.id, 3_331);
    new.lines.extend(bill_of(asha.id, &[ring.id]).lines);
    new.discount = Some(paise(12_347));
    let bill = shop.issue(&new).await;
    let id = bill.invoice.id;
    let part = NewCreditLine { returned: Some(mg(1_111)), ..back(1) };
    let refused = |line| credit_of(id, &[line]);
    let mut notes = vec![shop.credit(&credit_of(id, &[part])).await];
    notes.push(shop.credit(&credit_of(id, &[allowance(2, 33_333), part])).await);
    let too_heavy = NewCreditLine { returned: Some(mg(1_110)), ..back(1) };
    assert_eq!(credit(&shop, Role::Owner, &refused(too_heavy)).await, "note.bad_weight");
    let too_much = allowance(2, bill.lines.last().unwrap().taxable.minor());
    assert_eq!(credit(&shop, Role::Owner, &refused(too_much)).await, "note.more_than_left");
    for wrong in [allowance(2, 0), allowance(2, -1)] {
        assert_eq!(credit(&shop, Role::Owner, &refused(wrong)).await, "note.bad_value");
    }
    assert_eq!(credit(&shop, Role::Owner, &refused(back(3))).await, "note.no_such_line");
    assert_eq!(credit(&shop, Role::Owner, &credit_of(id, &[back(2), back(2)])).await, "note.line_twice");
    assert_eq!(state_of(&shop, id).await, InvoiceState::PartlyCredited);
    notes.push(shop.credit(&credit_of(id, &[])).await);

    assert_eq!(state_of(&shop, id).await, InvoiceState::Credited);
    assert_eq!(nets(&shop).await, before_sale);
    let of_line = |line: u16, part: fn(&BillNoteLine) -> Money| {
        let lines = notes.iter().flat_map(|note| &note.lines).filter(|of| of.invoice_line == line);
        lines.map(|of| part(of).minor()).sum::<i64>()
    };
    for line in &bill.lines {
        for (part, whole) in [
            ((|of| of.metal_value) as fn(&BillNoteLine) -> Money, line.metal_value),
            (|of| of.making_value, line.making_value),
            (|of| of.bill_discount, line.bill_discount),
            (|of| of.taxable, line.taxable),
            (|of| of.cgst, line.cgst),
            (|of| of.sgst, line.sgst),
        ] {
            assert_eq!(of_line(line.line, part), whole.minor());
        }
    }
    let payable: i64 = notes.iter().map(|note| note.note.payable.minor()).sum();
    assert_eq!(payable, bill.invoice.payable.minor());
    let (_, on_hand) = shop.reader().await.lot(lot.id).await.unwrap().unwrap();
    assert_eq!((on_hand.mass.mg(), on_hand.cost), (10_007, paise(1_000_000)));
    assert_eq!(shop.owes(asha.id).await, 0);
}

/// What is credited without goods coming back is a discount: a manager's has a limit, over all notes of the bill.
pub async fn an_allowance_is_a_discount_within_the_roles_limit(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let bill = shop.sell(asha.id, "R-1").await.invoice;
    let fifth = bill.taxable.minor() / 5;
    let allow = |minor| credit_of(bill.id, &[allowance(1, minor)]);
    let beyond = "note.allowance_beyond_limit";
    assert_eq!(credit(&shop, Role::Cashier, &allow(1)).await, "permission.denied");
    assert_eq!(credit(&shop, Role::Manager, &allow(fifth + 1)).await, beyond);
    assert_eq!(credit(&shop, Role::Manager, &allow(fifth)).await, "done");
    assert_eq!(credit(&shop, Role::Manager, &allow(100)).await, beyond);
    // The goods come back: what was an allowance becomes part of their price.
    assert_eq!(credit(&shop, Role::Manager, &credit_of(bill.id, &[])).await, "done");
    assert_eq!(shop.owes(asha.id).await, 0);
    let late = shop.sell(asha.id, "R-2").await.invoice;
    shop.clock.advance(32 * 86_400);
    let manager = shop.vouched(shop.member(Role::Manager).id, Role::Manager);
    let answer = service::issue_credit_note(&shop.road, &manager, None, &credit_of(late.id, &[])).await;
    assert_eq!(code(answer), "note.window_over");
}

/// After 30 November behind the financial year the tax stays due: the note says so, or is refused.
pub async fn after_the_statutory_date_a_credit_note_leaves_the_tax(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let bill = shop.sell(asha.id, "R-1").await.invoice;
    // The shop's day is in November 2026; the last day is the 30th of November 2027.
    shop.clock.advance(400 * 86_400);
    let owner = shop.vouched(shop.member(Role::Owner).id, Role::Owner);
    let taxed = credit_of(bill.id, &[]);
    let answer = service::issue_credit_note(&shop.road, &owner, None, &taxed).await;
    assert_eq!(code(answer), "note.past_statutory_date");
    let untaxed = NewCreditNote { without_tax: true, ..taxed };
    let note = service::issue_credit_note(&shop.road, &owner, None, &untaxed).await.unwrap().value.note;
    assert_eq!((note.taxable, note.cgst, note.sgst), (bill.taxable, paise(0), paise(0)));
    assert!(!note.tax_effect);
    let mut reader = shop.road.store.reader(&owner).await.unwrap();
    let after = reader.invoice(bill.id).await.unwrap().unwrap();
    assert_eq!(after.invoice.state, InvoiceState::PartlyCredited);
    let open = after.invoice.open(after.settled).unwrap();
    assert_eq!(open, bill.payable.checked_sub(note.payable).unwrap(), "the tax is still owed");
}

/// A piece that was sold again, grain that was used, money that went back: the note stays as it is.
pub async fn a_note_whose_goods_or_money_are_gone_is_not_cancelled(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let (asha, bela) = (shop.customer("Asha").await, shop.customer("Bela").await);
    let (ring, lot) = (shop.item("R-1").await, shop.lot(5_000).await);
    let first = shop.issue(&bill_of(asha.id, &[ring.id])).await.invoice;
    let note = shop.credit(&credit_of(first.id, &[])).await.note;
    let second = shop.issue(&bill_of(bela.id, &[ring.id])).await.invoice;
    assert_eq!(cancel(&shop, note.id).await, "note.goods_gone");
    // It is not on the first bill any more, and comes back by the second.
    shop.credit(&credit_of(second.id, &[])).await;
    assert_eq!(cancel(&shop, note.id).await, "done");

    let grain = shop.issue(&bill_of_lot(asha.id, lot.id, 5_000)).await.invoice;
    let note = shop.credit(&credit_of(grain.id, &[back(1)])).await.note;
    shop.issue(&bill_of_lot(bela.id, lot.id, 1)).await;
    assert_eq!(cancel(&shop, note.id).await, "note.goods_gone");

    let chara = shop.customer("Chara").await;
    let paid = shop.sell(chara.id, "R-2").await.invoice;
    shop.take(&money(chara.id, PaymentMode::Cash, 5_184_500, &[(paid.id, 5_184_500)])).await;
    let note = shop.credit(&credit_of(paid.id, &[])).await.note;
    assert_eq!(shop.owes(chara.id).await, -5_184_500, "what was paid stands to the customer's credit");
    let refund = NewRefund { note: Some(note.id), ..refund_of(chara.id, PaymentMode::Cash, 5_184_500) };
    let refund = shop.pay_back(&refund).await;
    assert_eq!(cancel(&shop, note.id).await, "note.refunded");
    shop.tick();
    let owner = shop.owner().await;
    service::reverse_refund(&shop.road, &owner, None, refund.id, reason()).await.unwrap();
    assert_eq!(cancel(&shop, note.id).await, "done");
    assert_eq!((shop.owes(chara.id).await, shop.holds(For::Cash).await), (0, 5_184_500));
}

/// More is due on a bill, taxed as it is; what was paid of it holds the note in place.
pub async fn a_debit_note_makes_more_due_until_it_is_cancelled(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let bill = shop.sell(asha.id, "R-1").await.invoice;
    let sold = nets(&shop).await;
    let owner = shop.owner().await;
    let debit = async |new: &_| {
        shop.tick();
        service::issue_debit_note(&shop.road, &owner, None, new).await
    };
    assert_eq!(code(debit(&debit_of(bill.id, 1, 0)).await), "note.bad_value");
    assert_eq!(code(debit(&debit_of(bill.id, 2, 1)).await), "note.no_such_line");
    let note = debit(&debit_of(bill.id, 1, 100_033)).await.unwrap().value.note;
    assert_eq!(note.number.as_str(), "DN/26-27/000001");
    // 1.5 % of ₹1,000.33 is ₹15.00, twice; ₹1,030.33 is ₹1,030.
    assert_eq!((note.cgst, note.sgst, note.total), (paise(1_500), paise(1_500), paise(103_033)));
    assert_eq!((note.round_off, note.payable), (paise(-33), paise(103_000)));
    let making = shop.holds(For::Making).await;
    assert_eq!(making, -694_272 - 100_033);
    assert_eq!(shop.owes(asha.id).await, 5_184_500 + 103_000);
    shop.tick();
    assert_eq!(
        code(service::cancel_invoice(&shop.road, &owner, None, bill.id, reason()).await),
        "invoice.has_notes"
    );

    let all = 5_184_500 + 103_000;
    let paid = shop.take(&money(asha.id, PaymentMode::Upi, all, &[(bill.id, all)])).await;
    let undo = async || {
        shop.tick();
        code(service::cancel_debit_note(&shop.road, &owner, None, note.id, reason()).await)
    };
    assert_eq!(undo().await, "note.settled");
    shop.reverse(paid.receipt.id).await;
    assert_eq!(undo().await, "done");
    assert_eq!(nets(&shop).await, sold);
    assert_eq!(cancel(&shop, note.id).await, "resource.not_found", "a debit note is no credit note");
}

/// A refund is paid from the customer's credit, of the note it names, and of cash that is there; above ₹10,000 in a day
/// it says so.
pub async fn money_goes_back_from_credit_alone_and_no_more_cash_than_there_is(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let owner = shop.owner().await;
    let pay = async |new: NewRefund| {
        shop.tick();
        service::pay_refund(&shop.road, &owner, None, &new).await
    };
    let cash = |minor| refund_of(asha.id, PaymentMode::Cash, minor);
    assert_eq!(code(pay(cash(1)).await), "refund.more_than_credit");
    let bill = shop.sell(asha.id, "R-1").await.invoice;
    shop.take(&money(asha.id, PaymentMode::Upi, 4_000_000, &[(bill.id, 4_000_000)])).await;
    shop.take(&money(asha.id, PaymentMode::Cash, 1_184_500, &[(bill.id, 1_184_500)])).await;
    let note = shop.credit(&credit_of(bill.id, &[allowance(1, 2_000_000)])).await.note;
    assert_eq!(note.payable, paise(2_060_000));
    let of_note = |new| NewRefund { note: Some(note.id), ..new };
    assert_eq!(code(pay(of_note(cash(0))).await), "refund.not_positive");
    assert_eq!(code(pay(cash(1_184_501)).await), "refund.cash_short");
    let upi = |minor| refund_of(asha.id, PaymentMode::Upi, minor);
    assert_eq!(code(pay(of_note(upi(2_060_001))).await), "refund.more_than_note");
    let first = pay(of_note(cash(1_000_000))).await.unwrap().value;
    assert_eq!((first.number.as_str(), first.over_cash_limit), ("RFV/26-27/000001", false));
    let second = pay(of_note(cash(1))).await.unwrap().value;
    assert!(second.over_cash_limit, "one paisa above ₹10,000 on a day");
    assert_eq!(code(pay(of_note(upi(1_060_000))).await), "refund.more_than_note");
    let third = pay(of_note(upi(1_059_999))).await.unwrap().value;
    assert!(!third.over_cash_limit);
    assert_eq!((shop.owes(asha.id).await, shop.holds(For::Cash).await), (0, 184_499));
    assert_eq!(shop.holds(For::Upi).await, 4_000_000 - 1_059_999);
    let other = shop.customer("Bela").await;
    let theirs = NewRefund { party: other.id, ..of_note(upi(1)) };
    assert_eq!(code(pay(theirs).await), "credit_note.not_found");

    let reverse = async || {
        shop.tick();
        code(service::reverse_refund(&shop.road, &owner, None, second.id, reason()).await)
    };
    assert_eq!(reverse().await, "done");
    assert_eq!(reverse().await, "refund.already_reversed");
    assert_eq!((shop.owes(asha.id).await, shop.holds(For::Cash).await), (-1, 184_500));
    assert_eq!(shop.holds(For::StockCost(Metal::Gold)).await, 0, "the ring is the customer's");
    assert_eq!(shop.holds(For::CostOfGoods).await, 4_000_000);
}

async fn found(shop: &Shop, filter: NoteFilter) -> Vec<String> {
    let notes = shop.reader().await.notes(filter, PageRequest::first(9)).await.unwrap();
    notes.items.iter().map(|note| note.number.to_string()).collect()
}

/// Notes by kind, bill, customer and date; refunds by customer and note; page by page.
pub async fn notes_and_refunds_are_listed_newest_first(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let (asha, bela) = (shop.customer("Asha").await, shop.customer("Bela").await);
    let owner = shop.owner().await;
    let bills = [shop.sell(asha.id, "R-1").await.invoice, shop.sell(bela.id, "R-2").await.invoice];
    for bill in &bills {
        let kept = NewCreditLine { goods: Goods::Kept, ..allowance(1, 100_000) };
        shop.credit(&credit_of(bill.id, &[kept])).await;
        shop.tick();
        service::issue_debit_note(&shop.road, &owner, None, &debit_of(bill.id, 1, 100_000)).await.unwrap();
    }
    let any = NoteFilter::default;
    let [first, second] = &bills;
    let numbers = ["DN/26-27/000002", "CN/26-27/000002", "DN/26-27/000001", "CN/26-27/000001"];
    assert_eq!(found(&shop, any()).await, numbers);
    let of_kind = NoteFilter { kind: Some(NoteKind::CreditNote), ..any() };
    assert_eq!(found(&shop, of_kind).await, [numbers[1], numbers[3]]);
    let against = NoteFilter { invoice: Some(first.id), ..any() };
    assert_eq!(found(&shop, against).await, numbers[2..]);
    let theirs = NoteFilter { party: Some(bela.id), ..any() };
    assert_eq!(found(&shop, theirs).await, numbers[..2]);
    let both = NoteFilter { invoice: Some(second.id), party: Some(asha.id), ..any() };
    assert_eq!(found(&shop, both).await, Vec::<String>::new());
    let tomorrow = crate::time::plus_days(shop.today(), 1);
    assert_eq!(found(&shop, NoteFilter { from: Some(tomorrow), ..any() }).await, Vec::<String>::new());
    assert_eq!(found(&shop, NoteFilter { to: Some(shop.today()), ..any() }).await.len(), 4);
    let mut reader = shop.reader().await;
    let page = reader.notes(any(), PageRequest::first(3)).await.unwrap();
    let rest = reader.notes(any(), PageRequest { after: page.next, limit: 3 }).await.unwrap();
    assert_eq!((page.items.len(), rest.items.len(), rest.next), (3, 1, None));
    let against = reader.notes_against(second.id).await.unwrap();
    assert_eq!(against.iter().map(|note| note.lines.len()).collect::<Vec<_>>(), [1, 1]);

    let pay = async |party: PartyId, minor| {
        shop.take(&money(party, PaymentMode::Upi, 9_000_000, &[])).await;
        shop.pay_back(&refund_of(party, PaymentMode::Upi, minor)).await
    };
    let (one, two) = (pay(asha.id, 100).await, pay(bela.id, 200).await);
    let refunds = async |of| shop.reader().await.refunds(of, PageRequest::first(9)).await.unwrap().items;
    assert_eq!(refunds(None).await, [two.clone(), one.clone()]);
    assert_eq!(refunds(Some(asha.id)).await, [one]);
    let page = shop.reader().await.refunds(None, PageRequest::first(1)).await.unwrap();
    assert_eq!((page.items, page.next), (vec![two.clone()], Some(two.id)));
}
