//! Cash: how much is taken from one person in a day, for one transaction and for one occasion, and that metal at the exchange
//! rate is never turned into money.

use super::metal::{old_bangle, paid};
use super::till::*;
use super::{Shop, World};
use crate::measure::RateKind;
use crate::rbac::Role;
use crate::service::{ServiceError, shop as service};
use crate::shop::bookings::{Advance, NewAdvance, NewBooking, PaidAhead};
use crate::shop::identifiers::{Gstin, Pan, Phone};
use crate::shop::metal::NewOldMetal;
use crate::shop::parties::{NewParty, Party};
use crate::shop::rates::NewRate;
use crate::shop::receipts::{NewReceipt, PaymentMode};
use crate::tenancy::Scope;
use crate::text::{Label, Note};

const DAY: i64 = 86_400;
/// A paisa less than two lakh.
const MOST: i64 = 19_999_999;

async fn record(shop: &Shop, new: NewParty) -> Party {
    shop.tick();
    let owner = shop.owner().await;
    service::record_customer(&shop.road, &owner, None, new).await.unwrap().value
}

/// Somebody with a telephone number of their own.
fn somebody(name: &str, phone: &str) -> NewParty {
    NewParty { phone: Some(Phone::parse(phone).unwrap()), ..customer(name) }
}

async fn took(shop: &Shop, owner: &Scope, new: &NewReceipt) -> &'static str {
    shop.tick();
    code(service::record_receipt(&shop.road, owner, None, new).await)
}

async fn ahead(shop: &Shop, owner: &Scope, new: &NewAdvance) -> &'static str {
    shop.tick();
    code(service::take_advance(&shop.road, owner, None, new).await)
}

fn cash_ahead(party: &Party, minor: i64) -> NewAdvance {
    NewAdvance { mode: PaymentMode::Cash, ..advance_of(party.id, minor, None) }
}

fn tomorrow(shop: &Shop) -> Scope {
    shop.clock.advance(DAY);
    shop.vouched(shop.member(Role::Owner).id, Role::Owner)
}

/// Receipts and advances count together; a cheque to bearer and cash paid into the bank too; an account-payee cheque and a
/// transfer never. What was reversed is free again, and the refusal says what may still be taken.
pub async fn less_than_two_lakh_is_taken_in_cash_from_one_person_in_a_day(world: &World) {
    let shop = world.shop("meena").await;
    let owner = shop.owner().await;
    let asha = record(&shop, somebody("Asha", "+919820011111")).await;
    let cash = |mode, minor| money(asha.id, mode, minor, &[]);
    let first = shop.take(&cash(PaymentMode::Cash, 5_000_000)).await.receipt.id;
    shop.take(&cash(PaymentMode::CashDeposit, 5_000_000)).await;
    shop.take(&cash(PaymentMode::ChequeOther, 5_000_000)).await;
    let exempt = [PaymentMode::Upi, PaymentMode::Card, PaymentMode::Bank, PaymentMode::ChequeAccountPayee];
    for mode in exempt {
        assert_eq!(took(&shop, &owner, &cash(mode, 90_000_000)).await, "done", "{mode}");
    }
    assert_eq!(ahead(&shop, &owner, &cash_ahead(&asha, 5_000_000)).await, "cash.day_limit");
    shop.tick();
    let refused =
        service::record_receipt(&shop.road, &owner, None, &cash(PaymentMode::Cash, 5_000_000)).await;
    let refusal = match refused {
        Err(ServiceError::Refused(refusal)) => Some((refusal.to_string(), refusal.pointer())),
        _ => None,
    };
    let (says, pointer) = refusal.unwrap();
    assert!(says.contains("INR 200000.00") && says.contains("INR 49999.99"), "{says}");
    assert_eq!(pointer.as_deref(), Some("/amount"));
    assert_eq!(ahead(&shop, &owner, &cash_ahead(&asha, 4_999_999)).await, "done");
    assert_eq!(took(&shop, &owner, &cash(PaymentMode::Cash, 1)).await, "cash.day_limit");
    let booked = NewBooking {
        paid: Some(PaidAhead {
            mode: PaymentMode::Cash,
            amount: paise(100),
            reference: None,
            occasion: None,
        }),
        ..booking_of(asha.id, 2_000, 1)
    };
    shop.rate(1_280_000).await;
    shop.tick();
    assert_eq!(code(service::book_rate(&shop.road, &owner, None, &booked).await), "cash.day_limit");
    shop.reverse(first).await;
    assert_eq!(took(&shop, &owner, &cash(PaymentMode::Cash, 5_000_001)).await, "cash.day_limit");
    assert_eq!(took(&shop, &owner, &cash(PaymentMode::Cash, 5_000_000)).await, "done");
    let owner = tomorrow(&shop);
    assert_eq!(took(&shop, &owner, &cash(PaymentMode::Cash, MOST)).await, "done");
    super::rebuild::log_and_tables_agree(&shop).await;
}

/// A second record of the same telephone number, of the same PAN, or of a GSTIN with the PAN in it is no second person.
pub async fn records_of_one_person_share_the_limit(world: &World) {
    let shop = world.shop("meena").await;
    let owner = shop.owner().await;
    let pan = || Some(Pan::parse("AAGCQ4821K").unwrap());
    let gstin = Some(Gstin::parse("29AAGCQ4821K1Z2").unwrap());
    let asha = record(&shop, NewParty { pan: pan(), ..somebody("Asha", "+919820011111") }).await;
    let by_phone = record(&shop, somebody("A. Rao", "+919820011111")).await;
    let by_pan = record(&shop, NewParty { pan: pan(), ..somebody("Asha R", "+919820022222") }).await;
    let by_gstin = record(&shop, NewParty { gstin, ..somebody("Rao & Co", "+919820033333") }).await;
    let other = record(&shop, somebody("Bela", "+919820044444")).await;
    shop.take(&money(asha.id, PaymentMode::Cash, 10_000_000, &[])).await;
    for same in [&by_phone, &by_pan, &by_gstin] {
        let new = money(same.id, PaymentMode::Cash, 10_000_000, &[]);
        assert_eq!(took(&shop, &owner, &new).await, "cash.day_limit", "{}", same.name);
    }
    assert_eq!(took(&shop, &owner, &money(other.id, PaymentMode::Cash, MOST, &[])).await, "done");
    // And the other way round.
    shop.take(&money(by_gstin.id, PaymentMode::Cash, 9_999_999, &[])).await;
    assert_eq!(took(&shop, &owner, &money(asha.id, PaymentMode::Cash, 1, &[])).await, "cash.day_limit");
}

/// A bill is one transaction however many days it is paid on, with the bookings that it uses; so is a booking by itself.
pub async fn one_bill_takes_less_than_two_lakh_in_cash_on_however_many_days(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = record(&shop, somebody("Asha", "+919820011111")).await;
    let mut rings = Vec::new();
    for tag in ["R-1", "R-2", "R-3", "R-4", "R-5"] {
        rings.push(shop.item(tag).await.id);
    }
    let booking = shop.book(&booking_of(asha.id, 2_000, 1)).await.booking.id;
    let for_booking = |minor| NewAdvance { booking: Some(booking), ..cash_ahead(&asha, minor) };
    let mut at_lock = bill_of(asha.id, &rings);
    if let Some(first) = at_lock.lines.first_mut() {
        first.booking = Some(booking);
    }
    let bill = shop.issue(&at_lock).await;
    let owner = shop.owner().await;
    let of_bill = |minor| money(asha.id, PaymentMode::Cash, minor, &[(bill.invoice.id, minor)]);
    let loose = shop.take_ahead(&cash_ahead(&asha, 5_000_000)).await;
    let booked: Advance = shop.take_ahead(&for_booking(5_000_000)).await;
    assert_eq!(took(&shop, &owner, &by_advance(&booked, bill.invoice.id, 5_000_000)).await, "done");

    let owner = tomorrow(&shop);
    assert_eq!(took(&shop, &owner, &of_bill(15_000_000)).await, "cash.transaction_limit");
    assert_eq!(took(&shop, &owner, &of_bill(12_000_000)).await, "done");
    let owner = tomorrow(&shop);
    // ₹1.7 lakh by now; ₹50,000 that were paid ahead in cash for nothing in particular are too much for it.
    let by_loose = |minor| by_advance(&loose, bill.invoice.id, minor);
    assert_eq!(took(&shop, &owner, &by_loose(3_000_000)).await, "cash.transaction_limit");
    assert_eq!(took(&shop, &owner, &by_loose(2_999_999)).await, "done");
    assert_eq!(took(&shop, &owner, &of_bill(1)).await, "cash.transaction_limit");
    let rest = money(asha.id, PaymentMode::Bank, 100, &[(bill.invoice.id, 100)]);
    assert_eq!(took(&shop, &owner, &rest).await, "done");
    assert_eq!(ahead(&shop, &owner, &for_booking(15_000_000)).await, "cash.transaction_limit");
    assert_eq!(ahead(&shop, &owner, &for_booking(14_999_999)).await, "done");
}

/// What is paid for one wedding counts together, over days and modes of cash, in whatever case its name is typed.
pub async fn one_occasion_takes_less_than_two_lakh_in_cash_from_one_person(world: &World) {
    let shop = world.shop("meena").await;
    let asha = record(&shop, somebody("Asha", "+919820011111")).await;
    let bela = record(&shop, somebody("Bela", "+919820044444")).await;
    let occasion = |text: &str| Some(Label::new(text).unwrap());
    let paid_for = |party: &Party, text: &str, minor| NewReceipt {
        occasion: occasion(text),
        ..money(party.id, PaymentMode::Cash, minor, &[])
    };
    let receipt = shop.take(&paid_for(&asha, "Wedding", 15_000_000)).await.receipt;
    assert_eq!(receipt.occasion.as_ref().map(Label::as_str), Some("wedding"));
    let owner = tomorrow(&shop);
    let for_wedding = NewAdvance { occasion: occasion("WEDDING"), ..cash_ahead(&asha, 5_000_000) };
    assert_eq!(ahead(&shop, &owner, &for_wedding).await, "cash.occasion_limit");
    assert_eq!(took(&shop, &owner, &paid_for(&asha, "wedding", 4_999_999)).await, "done");
    assert_eq!(took(&shop, &owner, &paid_for(&asha, "diwali", 5_000_000)).await, "done");
    assert_eq!(took(&shop, &owner, &paid_for(&bela, "wedding", MOST)).await, "done");
    super::rebuild::log_and_tables_agree(&shop).await;
}

/// Old metal at the exchange rate settles a bill and nothing else: no payment, and no refund of a bill that it settled.
pub async fn metal_at_the_exchange_rate_is_never_paid_out(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let owner = shop.owner().await;
    let asha = shop.customer("Asha").await;
    let kind = RateKind::Exchange;
    shop.tick();
    let rate = NewRate { kind, fineness: fineness(900_000), ..gold_rate(1_200_000) };
    service::post_rate(&shop.road, &owner, None, rate).await.unwrap();
    let bought = shop.take_old(&NewOldMetal { rate_kind: kind, ..old_bangle(asha.id) }).await.voucher;
    assert_eq!((bought.rate_kind, bought.total), (Some(kind), paise(11_400_000)));
    let pay = async |minor| {
        shop.tick();
        let new = paid(asha.id, PaymentMode::Upi, minor, Some(bought.id));
        code(service::record_payment(&shop.road, &owner, None, &new).await)
    };
    assert_eq!(pay(1).await, "payment.exchange_metal");
    // Three thousand in money and the rest in metal; then the goods come back.
    let bill = shop.sell(asha.id, "R-1").await.invoice;
    let (in_money, owed) = (300_000, bill.payable.minor());
    shop.take(&money(asha.id, PaymentMode::Upi, in_money, &[(bill.id, in_money)])).await;
    let in_metal = owed - in_money;
    let settling = money(asha.id, PaymentMode::OldMetal, in_metal, &[(bill.id, in_metal)]);
    shop.take(&NewReceipt { old_metal: Some(bought.id), ..settling }).await;
    let note = shop.credit(&credit_of(bill.id, &[])).await.note;
    assert_eq!(shop.reader().await.exchange_given_back(asha.id).await.unwrap(), in_metal);
    let refund = async |minor| {
        shop.tick();
        let new = crate::shop::refunds::NewRefund {
            note: Some(note.id),
            reason: Some(Note::new("Goods came back").unwrap()),
            ..refund_of(asha.id, PaymentMode::Upi, minor)
        };
        code(service::pay_refund(&shop.road, &owner, None, &new).await)
    };
    assert_eq!(refund(in_money + 1).await, "refund.of_exchange_metal");
    assert_eq!(refund(in_money).await, "done");
    assert_eq!(refund(1).await, "refund.of_exchange_metal");
    super::rebuild::log_and_tables_agree(&shop).await;
}

/// Two records of one telephone number, cash in and cash out: the register knows one person.
pub async fn cash_is_reported_by_person(world: &World) {
    let shop = world.shop("meena").await;
    let asha = record(&shop, somebody("Asha", "+919820011111")).await;
    let again = record(&shop, somebody("A. Rao", "+919820011111")).await;
    let bela = record(&shop, somebody("Bela", "+919820044444")).await;
    for day in 0..6 {
        let party = if day % 2 == 0 { &asha } else { &again };
        shop.take(&money(party.id, PaymentMode::Cash, 16_000_000, &[])).await;
        shop.take(&money(bela.id, PaymentMode::CashDeposit, 16_000_000, &[])).await;
        shop.clock.advance(DAY);
    }
    let owner = shop.vouched(shop.member(Role::Owner).id, Role::Owner);
    for party in [&asha, &again] {
        shop.tick();
        let back = refund_of(party.id, PaymentMode::Cash, 2_000_000 + i64::from(party.id == asha.id));
        service::pay_refund(&shop.road, &owner, None, &back).await.unwrap();
    }
    let days = service::Days { from: Some(crate::time::parse_date("2026-11-20").unwrap()), to: None };
    let read = service::report_sheets(&shop.road, &owner, service::BooksReport::Cash, days).await.unwrap();
    let printed = |name: &str| {
        let sheet = read.iter().find(|sheet| sheet.name == name).unwrap();
        let of_row = |row: &Vec<crate::shop::books::sheet::Cell>| {
            row.iter().map(crate::shop::books::sheet::Cell::printed).collect::<Vec<_>>().join("|")
        };
        sheet.rows.iter().map(of_row).collect::<Vec<_>>()
    };
    let today = shop.today();
    assert_eq!(printed("Cash paid out"), [format!("{today}|A. Rao / Asha|40000.01")]);
    assert_eq!(printed("Linked cash"), ["2026-11|A. Rao / Asha|960000.00|40000.01|1000000.01"]);
    assert_eq!(printed("Linked cash by day").len(), 8);
    let cashier = shop.cashier().await;
    let refused = service::report_sheets(&shop.road, &cashier, service::BooksReport::Cash, days).await;
    assert!(matches!(refused, Err(ServiceError::Denied(_))), "the books are not the till's");
}

/// Ten grams are locked and a bill uses two of them: the advance pays for those, and not for whatever else stands on the bill,
/// because it holds the lock of the other eight. When nothing is locked any more it pays for all.
pub async fn a_bookings_advance_settles_the_lines_that_use_it(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let owner = shop.owner().await;
    let booked = shop.book(&booking_of(asha.id, 5_000, 9_000_000)).await;
    let advance = booked.advances.first().unwrap();
    let rings = [shop.item("R-1").await.id, shop.item("R-2").await.id];
    let mut bill = bill_of(asha.id, &rings);
    if let Some(first) = bill.lines.first_mut() {
        first.booking = Some(booked.booking.id);
    }
    let issued = shop.issue(&bill).await;
    let line = issued.lines.first().unwrap();
    let most = [line.taxable, line.cgst, line.sgst].iter().map(|part| part.minor()).sum::<i64>();
    let settle = async |minor| took(&shop, &owner, &by_advance(advance, issued.invoice.id, minor)).await;
    assert_eq!(settle(most + 1).await, "receipt.more_than_booked");
    assert_eq!(settle(most - 1).await, "done");
    assert_eq!(settle(2).await, "receipt.more_than_booked");
    assert_eq!(settle(1).await, "done");
    assert_eq!(settle(1).await, "receipt.more_than_booked");
    // The rest of the weight is used: nothing is locked that the money would have to hold.
    let last = shop.item("R-3").await.id;
    shop.issue(&bill_at(booked.booking.id, asha.id, &[last])).await;
    assert_eq!(settle(1).await, "done");
}

/// A loss within the limit is agreed to once for the same gold and day, however often it goes through the pot.
pub async fn the_same_gold_is_not_lost_a_little_each_time_it_is_melted(world: &World) {
    let shop = world.shop("meena").await;
    let manager = shop.scope(Role::Manager).await;
    let limit = |mass: i64| mass - mass / 100;
    let melt = async |scope: &Scope, lot, milligrams: i64, out: i64| {
        let new = crate::shop::metal::NewMelt {
            lines: vec![(lot, mg(milligrams))],
            description: crate::text::Name::new("Bar").unwrap(),
            fineness: fineness(GOLD_916),
            mass: mg(out),
            reason: None,
        };
        shop.tick();
        service::melt_metal(&shop.road, scope, None, &new).await
    };
    let grain = shop.lot(200_000).await.id;
    let bar = melt(&manager, grain, 100_000, limit(100_000)).await.unwrap().value;
    let bar = bar.lines.last().and_then(|line| line.lot).unwrap();
    let mut lost = 1_000;
    let mut last = (bar, limit(100_000));
    let refused = loop {
        let (lot, mass) = last;
        match melt(&manager, lot, mass, limit(mass)).await {
            Ok(done) => {
                lost += mass - limit(mass);
                last = (done.value.lines.last().and_then(|line| line.lot).unwrap(), limit(mass));
            }
            Err(error) => break error.code().unwrap(),
        }
        assert!(lost < 50_000, "the gold went up in smoke");
    };
    assert_eq!(refused, "metal.loss_of_day_beyond_limit");
    assert_eq!(code(melt(&manager, last.0, last.1, last.1 - 1).await), "done", "what is left may be lost");
    assert_eq!(code(melt(&manager, grain, 100_000, limit(100_000)).await), "done", "and fresh metal may be");
}

/// An opening balance is from before the books: where something else was posted since, it is refused.
pub async fn an_opening_balance_comes_before_anything_else(world: &World) {
    use crate::shop::parties::{Customers, NewOpening, OpeningSide};
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let owner = shop.owner().await;
    let open = async |side| {
        shop.tick();
        let new = NewOpening { amount: paise(500_000), side, reason: None };
        code(service::open_balance::<Customers>(&shop.road, &owner, None, asha.id, &new).await)
    };
    assert_eq!(open(OpeningSide::OwedToShop).await, "done");
    assert_eq!(open(OpeningSide::OwedByShop).await, "done", "what was wrong is put right");
    let bill = shop.sell(asha.id, "R-1").await;
    assert_eq!(open(OpeningSide::OwedByShop).await, "opening.has_traded");
    shop.cancel(bill.invoice.id).await;
    assert_eq!(
        open(OpeningSide::OwedByShop).await,
        "opening.has_traded",
        "a cancelled bill stays in the books"
    );
}
