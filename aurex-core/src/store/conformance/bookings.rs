//! Rates locked and money paid ahead: what bills, receipts and refunds make of both, and the undo of each.

#![expect(clippy::indexing_slicing, reason = "a case that finds fewer locks than it made has failed")]

use super::till::*;
use super::{Shop, World};
use crate::measure::{Metal, Rate};
use crate::rbac::Role;
use crate::service::shop as service;
use crate::shop::accounts::For;
use crate::shop::bookings::{
    Advance, AskedRate, Booking, BookingId, BookingState, LockPolicy, LockStanding, NewAdvance, NewBooking,
};
use crate::shop::invoices::{InvoiceLine, NewBill};
use crate::shop::receipts::{NewReceipt, PaymentMode};
use crate::shop::refunds::NewRefund;
use crate::store::{AdvanceFilter, BookingFilter, PageRequest};
use crate::tenancy::Scope;
use crate::text::Note;

const DAY: i64 = 86_400;

fn reason() -> Note {
    Note::new("Wrong paper").unwrap()
}

async fn kept(shop: &Shop, id: BookingId) -> Booking {
    shop.reader().await.booking(id).await.unwrap().unwrap()
}

async fn left(shop: &Shop, advance: &Advance) -> i64 {
    shop.reader().await.advance(advance.id).await.unwrap().unwrap().left()
}

async fn billed(shop: &Shop, scope: &Scope, bill: &NewBill) -> &'static str {
    shop.tick();
    code(service::issue_invoice(&shop.road, scope, None, bill).await)
}

async fn cancel(shop: &Shop, id: BookingId) -> &'static str {
    shop.tick();
    let owner = shop.owner().await;
    code(service::cancel_booking(&shop.road, &owner, None, id, reason()).await)
}

/// What a line took of a booking: weight, the rate's amount and the value.
fn lock_of(line: &InvoiceLine) -> (i64, i64, i64) {
    let lock = line.lock.unwrap();
    (lock.mass.mg(), lock.rate_amount.minor(), lock.value.minor())
}

/// Two grams at ₹12,800, the rest of the ring at the ₹13,000 of the day it is sold: both stand on the line, and cancelling
/// the bill gives the weight back.
pub async fn a_bill_takes_a_booked_rate_for_its_weight_and_the_days_beyond_it(world: &World) {
    let shop = world.shop("meena").await;
    let board = shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let booked = shop.book(&booking_of(asha.id, 2_000, 1_000_000)).await;
    let booking = &booked.booking;
    assert_eq!((booking.number.as_str(), booked.standing), ("BKG/26-27/000001", LockStanding::Open));
    assert_eq!((booking.rate_id, booking.rate_amount), (Some(board.id), paise(1_280_000)));
    assert_eq!((booking.advanced, booking.least_advance), (paise(1_000_000), paise(1_000_000)));
    let advance = booked.advances.first().unwrap();
    assert_eq!((advance.number.as_str(), advance.booking), ("ADV/26-27/000001", Some(booking.id)));
    assert_eq!((shop.holds(For::Upi).await, shop.holds(For::Advances).await), (1_000_000, -1_000_000));
    assert_eq!(shop.owes(asha.id).await, 0, "an advance is no credit on the customer's own account");

    shop.rate(1_300_000).await;
    let ring = shop.item("R-1").await;
    let bill = bill_at(booking.id, asha.id, &[ring.id]);
    let previewed = service::preview_invoice(&shop.road, &shop.owner().await, &bill).await.unwrap();
    let issued = shop.issue(&bill).await;
    let line = issued.lines.first().unwrap();
    // 2.000 g × ₹12,800 and 1.390 g × ₹13,000; making 16 % of both.
    assert_eq!(lock_of(line), (2_000, 1_280_000, 2_560_000));
    assert_eq!((line.metal_value, line.making_value), (paise(4_367_000), paise(698_720)));
    assert_eq!(line.rate_amount, paise(1_300_000));
    assert_eq!(previewed.priced.totals.payable, issued.invoice.payable);
    assert_eq!(previewed.priced.lines, [line.priced().unwrap()]);
    let stored = shop.reader().await.invoice(issued.invoice.id).await.unwrap().unwrap();
    assert_eq!(stored.lines, issued.lines, "what was agreed stands on the line");
    let used = kept(&shop, booking.id).await;
    assert_eq!((used.used, used.standing(shop.today())), (mg(2_000), LockStanding::UsedUp));
    let owner = shop.owner().await;
    let other = shop.item("R-2").await;
    assert_eq!(billed(&shop, &owner, &bill_at(booking.id, asha.id, &[other.id])).await, "booking.used_up");

    shop.cancel(issued.invoice.id).await;
    assert_eq!(kept(&shop, booking.id).await.used, mg(0));
    assert_eq!(billed(&shop, &owner, &bill_at(booking.id, asha.id, &[other.id])).await, "done");
    super::rebuild::log_and_tables_agree(&shop).await;
}

/// A lock is a rate of its own: on a day whose board is empty it sells what it covers and nothing more.
pub async fn a_booking_sells_where_the_day_has_no_rate(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let booking = shop.book(&booking_of(asha.id, 5_000, 1_000_000)).await.booking;
    let rings = [shop.item("R-1").await, shop.item("R-2").await];
    shop.clock.advance(DAY);
    let owner = shop.vouched(shop.member(Role::Owner).id, Role::Owner);
    assert_eq!(billed(&shop, &owner, &bill_of(asha.id, &[rings[0].id])).await, "rate.none_for_date");
    let bill = bill_at(booking.id, asha.id, &[rings[0].id]);
    shop.tick();
    let issued = service::issue_invoice(&shop.road, &owner, None, &bill).await.unwrap().value;
    assert_eq!(issued.invoice.payable, paise(5_184_500), "the published price card, at the booked rate");
    let line = issued.lines.first().unwrap();
    assert_eq!((lock_of(line), line.rate_id), ((3_390, 1_280_000, 4_339_200), None));
    // 1.610 g are left; a ring of 3.390 g needs a rate for the rest.
    let more = bill_at(booking.id, asha.id, &[rings[1].id]);
    assert_eq!(billed(&shop, &owner, &more).await, "rate.none_for_date");
}

/// The booked rate, the lower of both, or the booked rate for what was paid: up and down.
pub async fn each_policy_gives_its_own_rate(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let book = async |policy| {
        // ₹20,000 pay for 1.562 g at ₹12,800, cut to the milligram.
        shop.book(&NewBooking { policy, ..booking_of(asha.id, 2_000, 2_000_000) }).await.booking.id
    };
    let bookings = [
        book(LockPolicy::Locked).await,
        book(LockPolicy::LowerOf).await,
        book(LockPolicy::Proportional).await,
    ];
    let ring = shop.item("R-1").await;
    let locks = async || {
        let owner = shop.owner().await;
        let mut locks = Vec::new();
        for id in bookings {
            let bill = bill_at(id, asha.id, &[ring.id]);
            let preview = service::preview_invoice(&shop.road, &owner, &bill).await.unwrap();
            let part = preview.priced.lines.first().unwrap().locked.unwrap();
            locks.push((part.mass.mg(), part.rate.amount().minor()));
        }
        locks
    };
    shop.rate(1_300_000).await;
    assert_eq!(locks().await, [(2_000, 1_280_000), (2_000, 1_280_000), (1_562, 1_280_000)]);
    shop.rate(1_270_000).await;
    assert_eq!(locks().await, [(2_000, 1_280_000), (2_000, 1_270_000), (1_562, 1_280_000)]);
    let [.., proportional] = bookings;
    shop.take_ahead(&advance_of(asha.id, 1_000_000, Some(proportional))).await;
    assert_eq!(locks().await[2], (2_000, 1_280_000), "₹30,000 pay for more than the booking is of");
}

/// Expired, cancelled, short of its advance, another's or of another fineness: the bill is refused and says why. It is never
/// priced at another rate in silence.
pub async fn a_lock_that_does_not_hold_is_told(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let (asha, bela) = (shop.customer("Asha").await, shop.customer("Bela").await);
    let ring = shop.item("R-1").await;
    let owner = shop.owner().await;
    let short = shop.book(&booking_of(asha.id, 5_000, 1_000_000)).await;
    let bill = |id: BookingId| bill_at(id, asha.id, &[ring.id]);
    let theirs = bill_at(short.booking.id, bela.id, &[ring.id]);
    assert_eq!(billed(&shop, &owner, &theirs).await, "booking.not_found");

    // The cheque bounced: the lock waits until as much is paid again.
    let advance = short.advances.first().unwrap();
    shop.tick();
    let reversed = service::reverse_advance(&shop.road, &owner, None, advance.id, reason()).await;
    assert_eq!(code(reversed), "done");
    assert_eq!(shop.holds(For::Advances).await, 0);
    assert_eq!(billed(&shop, &owner, &bill(short.booking.id)).await, "booking.advance_short");
    shop.take_ahead(&advance_of(asha.id, 999_999, Some(short.booking.id))).await;
    assert_eq!(billed(&shop, &owner, &bill(short.booking.id)).await, "booking.advance_short");
    shop.take_ahead(&advance_of(asha.id, 1, Some(short.booking.id))).await;
    let previewed = service::preview_invoice(&shop.road, &owner, &bill(short.booking.id)).await;
    assert_eq!(code(previewed.map(|preview| preview.priced)), "done");

    assert_eq!(cancel(&shop, short.booking.id).await, "done");
    assert_eq!(cancel(&shop, short.booking.id).await, "booking.already_cancelled");
    assert_eq!(billed(&shop, &owner, &bill(short.booking.id)).await, "booking.cancelled");
    shop.tick();
    let late = advance_of(asha.id, 1, Some(short.booking.id));
    assert_eq!(code(service::take_advance(&shop.road, &owner, None, &late).await), "booking.cancelled");

    let fine =
        NewBooking { fineness: fineness(750_000), rate: None, ..booking_of(asha.id, 5_000, 1_000_000) };
    shop.tick();
    assert_eq!(code(service::book_rate(&shop.road, &owner, None, &fine).await), "rate.none_for_date");
    let expires = shop.today();
    let today = shop.book(&NewBooking { expires, ..booking_of(asha.id, 5_000, 1_000_000) }).await.booking;
    shop.clock.advance(DAY);
    let owner = shop.vouched(shop.member(Role::Owner).id, Role::Owner);
    shop.tick();
    service::post_rate(&shop.road, &owner, None, gold_rate(1_280_000)).await.unwrap();
    assert_eq!(billed(&shop, &owner, &bill(today.id)).await, "booking.expired");
    shop.tick();
    let late = advance_of(asha.id, 1, Some(today.id));
    assert_eq!(code(service::take_advance(&shop.road, &owner, None, &late).await), "booking.expired");
    let seen = service::booking(&shop.road, &owner, today.id).await.unwrap();
    assert_eq!((seen.standing, seen.booking.state), (LockStanding::Expired, BookingState::Open));
    let yesterday = NewBill { date: Some(expires), ..bill(today.id) };
    let previewed = service::preview_invoice(&shop.road, &owner, &yesterday).await;
    assert_eq!(code(previewed.map(|preview| preview.priced)), "done", "a bill of its last day may be late");
}

/// An advance pays a bill of its booking; what is left goes back when the booking is cancelled; nothing goes twice, and the
/// reversal of each gives it back.
pub async fn an_advance_settles_a_bill_or_goes_back_and_never_twice(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let (asha, bela) = (shop.customer("Asha").await, shop.customer("Bela").await);
    let owner = shop.owner().await;
    let booked = shop.book(&booking_of(asha.id, 5_000, 3_000_000)).await;
    let advance = booked.advances.first().unwrap().clone();
    let rings = [shop.item("R-1").await, shop.item("R-2").await];
    let bill = shop.issue(&bill_at(booked.booking.id, asha.id, &[rings[0].id])).await.invoice;
    let plain = shop.issue(&bill_of(asha.id, &[rings[1].id])).await.invoice;
    let take = async |new: NewReceipt| {
        shop.tick();
        service::record_receipt(&shop.road, &owner, None, &new).await
    };
    let pay_back = async |new: NewRefund| {
        shop.tick();
        service::pay_refund(&shop.road, &owner, None, &new).await
    };
    let of_advance =
        |minor| NewRefund { advance: Some(advance.id), ..refund_of(asha.id, PaymentMode::Upi, minor) };
    assert_eq!(code(take(by_advance(&advance, plain.id, 1)).await), "receipt.advance_of_booking");
    assert_eq!(code(take(by_advance(&advance, bill.id, 3_000_001)).await), "receipt.more_than_advance");
    let unsaid = NewReceipt { advance: None, ..by_advance(&advance, bill.id, 1) };
    assert_eq!(code(take(unsaid).await), "receipt.advance_needed");
    let cash = NewReceipt { mode: PaymentMode::Cash, ..by_advance(&advance, bill.id, 1) };
    assert_eq!(code(take(cash).await), "receipt.advance_needed");
    let loose = NewReceipt { allocations: Vec::new(), ..by_advance(&advance, bill.id, 1) };
    assert_eq!(code(take(loose).await), "receipt.advance_not_allocated");
    let theirs = NewReceipt { party: bela.id, ..by_advance(&advance, bill.id, 1) };
    assert_eq!(code(take(theirs).await), "invoice.not_found");

    let taken = take(by_advance(&advance, bill.id, 2_000_000)).await.unwrap().value.receipt;
    assert_eq!((taken.number.as_str(), taken.advance), ("RCT/26-27/000001", Some(advance.id)));
    assert_eq!((shop.holds(For::Advances).await, left(&shop, &advance).await), (-1_000_000, 1_000_000));
    assert_eq!(shop.owes(asha.id).await, bill.payable.minor() + plain.payable.minor() - 2_000_000);
    shop.tick();
    let used = service::reverse_advance(&shop.road, &owner, None, advance.id, reason()).await;
    assert_eq!(code(used), "advance.used");
    assert_eq!(code(pay_back(of_advance(1)).await), "refund.booking_stands");

    assert_eq!(cancel(&shop, booked.booking.id).await, "done");
    assert_eq!(code(pay_back(of_advance(1_000_001)).await), "refund.more_than_advance");
    let refund = pay_back(of_advance(600_000)).await.unwrap().value;
    assert_eq!((shop.holds(For::Advances).await, left(&shop, &advance).await), (-400_000, 400_000));
    assert_eq!(
        code(take(by_advance(&advance, plain.id, 400_000)).await),
        "done",
        "free for any bill of theirs"
    );
    assert_eq!(code(take(by_advance(&advance, plain.id, 1)).await), "receipt.more_than_advance");
    shop.tick();
    service::reverse_refund(&shop.road, &owner, None, refund.id, reason()).await.unwrap();
    shop.reverse(taken.id).await;
    assert_eq!((left(&shop, &advance).await, shop.holds(For::Advances).await), (2_600_000, -2_600_000));
    let by_note = NewRefund { mode: PaymentMode::Advance, ..of_advance(1) };
    assert_eq!(code(pay_back(by_note).await), "refund.mode");
    super::rebuild::log_and_tables_agree(&shop).await;
}

/// Sixteen tills reach for one booking and one advance: each milligram is sold at the locked rate once, and each rupee pays
/// once.
pub async fn two_tills_never_use_the_same_grams_or_the_same_rupees(world: &World) {
    const TILLS: i64 = 16;
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    // Enough for ten bills of 100 mg, and for five payments.
    let booked = shop.book(&booking_of(asha.id, 1_000, 500_000)).await;
    let (booking, advance) = (booked.booking.id, booked.advances.first().unwrap().clone());
    let lot = shop.lot(TILLS * 100).await;
    let mut tills = Vec::new();
    for _ in 0..TILLS {
        let (shop, cashier, advance) = (shop.clone(), shop.cashier().await, advance.clone());
        let mut bill = bill_of_lot(asha.id, lot.id, 100);
        bill.lines[0].booking = Some(booking);
        tills.push(tokio::spawn(async move {
            let issued = service::issue_invoice(&shop.road, &cashier, None, &bill).await;
            let Ok(issued) = issued else { return (code(issued), 0, "") };
            let locked = lock_of(issued.value.lines.first().unwrap()).0;
            let by = by_advance(&advance, issued.value.invoice.id, 100_000);
            ("done", locked, code(service::record_receipt(&shop.road, &cashier, None, &by).await))
        }));
    }
    let (mut locked, mut refused, mut paid) = (0, 0, 0);
    for till in tills {
        let (bill, mass, receipt) = till.await.unwrap();
        assert!(matches!(bill, "done" | "booking.used_up"), "{bill}");
        assert!(matches!(receipt, "" | "done" | "receipt.more_than_advance"), "{receipt}");
        locked += mass;
        refused += i64::from(bill == "booking.used_up");
        paid += i64::from(receipt == "done");
    }
    assert_eq!((locked, refused, paid), (1_000, 6, 5));
    assert_eq!((kept(&shop, booking).await.used, left(&shop, &advance).await), (mg(1_000), 0));
    super::rebuild::log_and_tables_agree(&shop).await;
}

/// A cashier locks the board's rate for thirty days with a tenth paid; whoever may go further has a higher role.
pub async fn how_far_a_rate_is_locked_is_the_roles_limit(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let as_role = async |role, new: &NewBooking| {
        shop.tick();
        let scope = shop.scope(role).await;
        code(service::book_rate(&shop.road, &scope, None, new).await)
    };
    // Ten grams come to ₹1,28,000.
    let tenth = booking_of(asha.id, 10_000, 1_280_000);
    assert_eq!(as_role(Role::Cashier, &tenth).await, "done");
    let less = booking_of(asha.id, 10_000, 1_279_999);
    assert_eq!(as_role(Role::Cashier, &less).await, "booking.unpaid_beyond_limit");
    assert_eq!(as_role(Role::Admin, &NewBooking { paid: None, ..less.clone() }).await, "done");
    let agreed = NewBooking { least_advance: Some(paise(1_280_000)), ..less };
    assert_eq!(as_role(Role::Owner, &agreed).await, "booking.paid_less_than_agreed");
    let at = |minor| AskedRate { amount: paise(minor), per: mg(1_000) };
    let lower = |minor| NewBooking { rate: Some(at(minor)), ..booking_of(asha.id, 10_000, 1_300_000) };
    assert_eq!(as_role(Role::Cashier, &lower(1_279_999)).await, "booking.rate_beyond_limit");
    assert_eq!(as_role(Role::Cashier, &lower(1_300_000)).await, "done");
    assert_eq!(as_role(Role::Manager, &lower(1_216_000)).await, "done", "5 % below");
    assert_eq!(as_role(Role::Manager, &lower(1_215_999)).await, "booking.rate_beyond_limit");
    assert_eq!(as_role(Role::Owner, &lower(0)).await, "rate.not_positive");
    let until = |days| NewBooking { expires: crate::time::plus_days(shop.today(), days), ..tenth.clone() };
    assert_eq!(as_role(Role::Cashier, &until(30)).await, "done");
    assert_eq!(as_role(Role::Cashier, &until(31)).await, "booking.expires_beyond_limit");
    assert_eq!(as_role(Role::Owner, &until(-1)).await, "booking.expires_in_the_past");
    assert_eq!(as_role(Role::Auditor, &tenth).await, "permission.denied");
    let nothing = NewBooking { weight: mg(0), ..tenth.clone() };
    assert_eq!(as_role(Role::Owner, &nothing).await, "booking.no_weight");
}

/// What the open locks come to: weight, average, today's value and the difference, by last day.
pub async fn the_position_of_open_locks_adds_up(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let near = crate::time::plus_days(shop.today(), 3);
    let first = shop.book(&booking_of(asha.id, 10_000, 2_000_000)).await.booking;
    shop.rate(1_300_000).await;
    shop.book(&NewBooking { expires: near, ..booking_of(asha.id, 5_000, 2_000_000) }).await;
    let ring = shop.item("R-1").await;
    shop.issue(&bill_at(first.id, asha.id, &[ring.id])).await;
    let gone = shop.book(&booking_of(asha.id, 7_000, 2_000_000)).await.booking;
    cancel(&shop, gone.id).await;
    shop.rate(1_310_000).await;
    let owner = shop.owner().await;
    let positions = service::booking_positions(&shop.road, &owner).await.unwrap();
    let gold = &positions[0];
    assert_eq!(positions.len(), 1, "one metal is booked: {positions:?}");
    // 6.610 g at ₹12,800 and 5.000 g at ₹13,000.
    assert_eq!((gold.metal, gold.bookings, gold.open), (Metal::Gold, 2, mg(11_610)));
    assert_eq!(gold.locked_value, paise(8_460_800 + 6_500_000));
    assert_eq!(gold.average_gram, paise(1_288_613));
    assert_eq!(gold.rate.map(|rate: Rate| rate.amount()), Some(paise(1_310_000)));
    assert_eq!(gold.value_today, Some(paise(15_209_100)));
    assert_eq!(gold.difference, Some(paise(-248_300)));
    let days: Vec<_> = gold.by_expiry.iter().map(|day| (day.expires, day.open.mg())).collect();
    assert_eq!(days, [(near, 5_000), (first.expires, 6_610)]);
}

/// Bookings by state and customer, advances by booking and customer, page by page.
pub async fn bookings_and_advances_are_listed_newest_first(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let (asha, bela) = (shop.customer("Asha").await, shop.customer("Bela").await);
    let one = shop.book(&booking_of(asha.id, 1_000, 500_000)).await.booking;
    let two = shop.book(&booking_of(bela.id, 1_000, 500_000)).await.booking;
    let three = shop.book(&booking_of(asha.id, 1_000, 500_000)).await.booking;
    cancel(&shop, one.id).await;
    let bookings = async |filter| {
        let found = shop.reader().await.bookings(filter, PageRequest::first(9)).await.unwrap().items;
        found.iter().map(|booking| booking.id).collect::<Vec<_>>()
    };
    let any = BookingFilter::default;
    assert_eq!(bookings(any()).await, [three.id, two.id, one.id]);
    assert_eq!(bookings(BookingFilter { party: Some(asha.id), ..any() }).await, [three.id, one.id]);
    let open = BookingFilter { state: Some(BookingState::Open), ..any() };
    assert_eq!(bookings(open).await, [three.id, two.id]);
    assert_eq!(bookings(BookingFilter { party: Some(asha.id), ..open }).await, [three.id]);
    let mut reader = shop.reader().await;
    let page = reader.bookings(any(), PageRequest::first(2)).await.unwrap();
    let rest = reader.bookings(any(), PageRequest { after: page.next, limit: 2 }).await.unwrap();
    assert_eq!((page.items.len(), rest.items.len(), rest.next), (2, 1, None));

    let more = shop.take_ahead(&advance_of(asha.id, 100, Some(three.id))).await;
    let loose = shop.take_ahead(&NewAdvance { booking: None, ..advance_of(bela.id, 100, None) }).await;
    let advances = async |filter| {
        let found = shop.reader().await.advances(filter, PageRequest::first(9)).await.unwrap().items;
        found.iter().map(|advance| advance.number.to_string()).collect::<Vec<_>>()
    };
    let any = AdvanceFilter::default;
    assert_eq!(advances(any()).await.len(), 5);
    let of_three = AdvanceFilter { booking: Some(three.id), ..any() };
    assert_eq!(advances(of_three).await, ["ADV/26-27/000004", "ADV/26-27/000003"]);
    assert_eq!(advances(AdvanceFilter { party: Some(bela.id), ..of_three }).await, Vec::<String>::new());
    assert_eq!(
        advances(AdvanceFilter { party: Some(bela.id), ..any() }).await,
        [loose.number.to_string(), "ADV/26-27/000002".to_owned()]
    );
    let page =
        shop.reader().await.advances(any(), PageRequest { after: Some(loose.id), limit: 1 }).await.unwrap();
    assert_eq!((page.items, page.next), (vec![more.clone()], Some(more.id)));
}

/// Fifty thousand flat: the bill gets the discount that makes it so, within the role's limit, and is issued as it was shown.
pub async fn a_bill_comes_to_the_figure_bargained_at_the_counter(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let ring = shop.item("R-1").await;
    let target = |minor| NewBill { target: Some(paise(minor)), ..bill_of(asha.id, &[ring.id]) };
    let owner = shop.owner().await;
    let previewed = service::preview_invoice(&shop.road, &owner, &target(5_000_000)).await.unwrap();
    let totals = previewed.priced.totals;
    assert_eq!(totals.payable, paise(5_000_000));
    // The smallest discount: ₹48,544.17 and 3 % of it come to ₹50,000.49.
    assert_eq!((totals.taxable, totals.bill_discount), (paise(4_854_417), paise(179_055)));
    let both = NewBill { discount: Some(paise(1)), ..target(5_000_000) };
    assert_eq!(billed(&shop, &owner, &both).await, "invoice.discount_and_target");
    let cashier = shop.cashier().await;
    assert_eq!(billed(&shop, &cashier, &target(4_000_000)).await, "invoice.discount_beyond_limit");
    shop.tick();
    let issued = service::issue_invoice(&shop.road, &cashier, None, &target(5_000_000)).await.unwrap().value;
    assert_eq!((issued.invoice.payable, issued.invoice.taxable), (totals.payable, totals.taxable));
    let above = service::preview_invoice(&shop.road, &owner, &target(9_000_000)).await.unwrap();
    assert_eq!(
        (above.priced.totals.payable, above.priced.totals.bill_discount),
        (paise(5_184_500), paise(0))
    );
}
