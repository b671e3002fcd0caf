//! Tables are a projection of the log: rebuilt from the entries' bodies, they are the same to the value.
//!
//! And the sums beside them are what they sum: balances of postings, stock of movements, settlements of bills. The
//! books balance for each commodity, and metal conversion plus all owned metal is nothing.

use std::collections::BTreeMap;

use super::log::{log_is_sound, whole_log};
use super::machine::{OneShop, play_all};
use super::player::Player;
use super::{Shop, World};
use crate::audit::{Body, Record, Value};
use crate::ledger::{Account, JournalEntry, Posting, Series};
use crate::measure::Metal;
use crate::money::Money;
use crate::shop::accounts::For;
use crate::shop::bookings::{Advance, AdvanceState, Booking};
use crate::shop::invoices::{Invoice, InvoiceLine, InvoiceState};
use crate::shop::metal::MetalVoucher;
use crate::shop::notes::{BillNote, BillNoteLine, NoteKind, NoteState};
use crate::shop::payments::OutgoingPayment;
use crate::shop::receipts::{PaymentReceipt, ReceiptState, Settlement};
use crate::shop::refunds::{Refund, RefundState};
use crate::shop::stock::{Item, ItemState, StockMovement};
use crate::shop::vouchers::JournalVoucher;
use crate::store::{Fact, InvoiceFilter, PageRequest, Row, TABLES, TableKind};
use crate::tenancy::Id as _;

type Rows = BTreeMap<Vec<u8>, Vec<(u8, Value)>>;

/// A row's place: its key in binary form.
fn place(keys: impl IntoIterator<Item = Value>) -> Vec<u8> {
    Value::List(keys.into_iter().collect()).to_bytes()
}

/// Every table as the log tells it: the last image of each key.
async fn told(shop: &Shop) -> BTreeMap<String, Rows> {
    let mut tables = BTreeMap::<String, Rows>::new();
    for stored in whole_log(shop).await {
        for put in Body::from_openings(&stored.openings).unwrap().puts {
            let table = crate::store::table_of(&put.table).unwrap();
            let keys =
                table.fields.iter().filter(|spec| spec.class == crate::audit::Class::Key).map(|spec| {
                    put.fields
                        .iter()
                        .find(|(tag, _)| *tag == spec.tag)
                        .map_or(Value::Null, |(_, v)| v.clone())
                });
            let rows = tables.entry(put.table.clone()).or_default();
            let before = rows.insert(place(keys), put.fields);
            assert_eq!(before.is_none(), put.is_new, "a row of {} is new once", table.name);
        }
    }
    tables
}

async fn rows<R: Row + Record>(shop: &Shop) -> Vec<R> {
    let facts = shop.reader().await.facts(R::TABLE).await.unwrap();
    facts.iter().filter_map(R::of).cloned().collect()
}

/// Compares every table of facts with the log, and every kept sum with what it sums.
pub(super) async fn log_and_tables_agree(shop: &Shop) {
    let told = told(shop).await;
    let is_fact = |kind| matches!(kind, TableKind::State | TableKind::AppendOnly);
    for table in TABLES.iter().filter(|table| is_fact(table.kind)) {
        let facts = shop.reader().await.facts(table.name).await.unwrap();
        let images = facts.iter().map(Fact::image);
        let kept: Rows = images.map(|image| (place(image.key()), image.fields)).collect();
        assert_eq!(kept.len(), facts.len());
        assert_eq!(&kept, told.get(table.name).unwrap_or(&Rows::new()), "{}", table.name);
    }
    // The same by what an operator calls, dealt into parts.
    super::inspection::is_as_its_log_tells(shop, 400).await;
    books_are_sound(shop).await;
}

/// Compares every kept sum with what it sums, and looks for gaps between numbers.
pub(super) async fn books_are_sound(shop: &Shop) {
    let (postings, entries) = (rows::<Posting>(shop).await, rows::<JournalEntry>(shop).await);
    let mut reader = shop.reader().await;
    let mut sides = BTreeMap::<_, (i64, i64)>::new();
    for posting in &postings {
        let (debit, credit) = sides.entry(posting.account).or_default();
        *(if posting.amount > 0 { debit } else { credit }) += posting.amount.abs();
    }
    let kept = reader.all_balances().await.unwrap();
    let kept: BTreeMap<_, _> = kept.iter().map(|b| (b.account, (b.debit, b.credit))).collect();
    assert_eq!(kept, sides, "balances are sums of postings");

    for entry in &entries {
        let mut sums = BTreeMap::<&str, i64>::new();
        for posting in postings.iter().filter(|posting| posting.entry == entry.id) {
            *sums.entry(posting.commodity.code()).or_default() += posting.amount;
        }
        assert!(sums.values().all(|sum| *sum == 0), "{} does not balance", entry.narration);
    }

    // By purpose, whosever the account is: a goldsmith's holdings are the shop's metal.
    let accounts = rows::<Account>(shop).await;
    let held = |purpose: For| {
        let of = |account: &Account| account.purpose.as_str() == purpose.purpose();
        let ids: Vec<_> = accounts.iter().filter(|account| of(account)).map(|account| account.id).collect();
        postings.iter().filter(|p| ids.contains(&p.account)).map(|p| p.amount).sum::<i64>()
    };
    let movements = rows::<StockMovement>(shop).await;
    for metal in Metal::ALL {
        let in_stock = held(For::StockFine(metal)) + held(For::OldMetalFine(metal));
        let owned = in_stock + held(For::HoldingFine(metal));
        assert_eq!(held(For::Conversion(metal)) + owned, 0, "conversion of {}", metal.code());
        for purpose in [For::StockFine(metal), For::OldMetalFine(metal), For::HoldingFine(metal)] {
            assert!(held(purpose) >= 0, "less than nothing of {}", metal.code());
        }
    }
    nobody_holds_less_than_nothing(&accounts, &postings);
    let moved: i64 = movements.iter().map(|movement| movement.fine.ng()).sum();
    let both = |stock: fn(Metal) -> For, old: fn(Metal) -> For| -> i64 {
        Metal::ALL.into_iter().map(|metal| held(stock(metal)) + held(old(metal))).sum()
    };
    assert_eq!(moved, both(For::StockFine, For::OldMetalFine), "movements equal the metal posted");
    let at_cost = both(For::StockCost, For::OldMetalCost);
    assert_eq!(movements.iter().map(|movement| movement.cost.minor()).sum::<i64>(), at_cost);

    for (lot, on_hand) in reader.lots(PageRequest::first(1000)).await.unwrap().items {
        let of_lot = || movements.iter().filter(|movement| movement.lot == Some(lot.id));
        assert_eq!(on_hand.mass.mg(), of_lot().map(|m| m.mass.mg()).sum::<i64>(), "{}", lot.id.uuid());
        assert_eq!(on_hand.fine.ng(), of_lot().map(|m| m.fine.ng()).sum::<i64>());
        assert_eq!(on_hand.cost.minor(), of_lot().map(|m| m.cost.minor()).sum::<i64>());
        assert!(!on_hand.mass.is_negative());
    }
    numbers_have_no_gap(shop).await;
    let settlements = rows::<Settlement>(shop).await;
    let bills = reader.invoices(InvoiceFilter::default(), PageRequest::first(1000)).await.unwrap().items;
    for (bill, settled) in bills {
        let sum: i64 = settlements.iter().filter(|s| s.invoice == bill.id).map(|s| s.amount.minor()).sum();
        assert_eq!(settled.minor(), sum, "{}", bill.number);
        assert!((0..=bill.payable.minor() + bill.debited.minor()).contains(&sum));
    }
    notes_are_sound(shop).await;
    bookings_are_sound(shop, held(For::Advances)).await;
    assert!(held(For::Cash) >= 0, "more cash went out than there was");
}

/// Bills know what their notes come to; no part of a line is credited beyond what it has, and a bill that is credited as
/// a whole is credited to the paisa, part by part. A piece is in the shop when its movements say so.
async fn notes_are_sound(shop: &Shop) {
    let (bills, notes) = (rows::<Invoice>(shop).await, rows::<BillNote>(shop).await);
    let (lines, credited_lines) = (rows::<InvoiceLine>(shop).await, rows::<BillNoteLine>(shop).await);
    for bill in &bills {
        let standing = |kind| {
            let mine = notes.iter().filter(move |note| note.invoice == bill.id && note.kind == kind);
            mine.filter(|note| note.state == NoteState::Issued)
        };
        let sum =
            |kind, part: fn(&BillNote) -> Money| standing(kind).map(|note| part(note).minor()).sum::<i64>();
        assert_eq!(bill.debited.minor(), sum(NoteKind::DebitNote, |note| note.payable));
        let credited = |part| sum(NoteKind::CreditNote, part);
        assert_eq!(bill.credited.minor(), credited(|note| note.payable), "{}", bill.number);
        assert!(bill.credited.minor() <= bill.payable.minor());
        let is_whole = bill.state == InvoiceState::Credited;
        if is_whole {
            let foot = |of: &Invoice| [of.taxable, of.cgst, of.sgst, of.igst, of.total, of.round_off];
            let taken = [
                credited(|note| note.taxable),
                credited(|note| note.cgst),
                credited(|note| note.sgst),
                credited(|note| note.igst),
                credited(|note| note.total),
                credited(|note| note.round_off),
            ];
            assert_eq!(taken, foot(bill).map(Money::minor), "{}", bill.number);
        }
        let notes: Vec<_> = standing(NoteKind::CreditNote).map(|note| note.id).collect();
        assert_eq!(notes.is_empty(), matches!(bill.state, InvoiceState::Issued | InvoiceState::Cancelled));
        for line in lines.iter().filter(|line| line.invoice == bill.id) {
            let mine = credited_lines
                .iter()
                .filter(|taken| taken.invoice_line == line.line && notes.contains(&taken.note));
            let mut left = parts_of_line(line);
            for taken in mine {
                for (left, taken) in left.iter_mut().zip(parts_of_note(taken)) {
                    *left -= taken;
                }
            }
            assert!(left.iter().all(|left| *left >= 0), "{} line {}", bill.number, line.line);
            // A line that was given away has nothing to take; its goods may stay with the customer either way.
            let [money @ .., _, _, _] = left;
            assert!(!is_whole || line.taxable.is_zero() || money == [0; 9], "{}", bill.number);
        }
    }
    let movements = rows::<StockMovement>(shop).await;
    for item in rows::<Item>(shop).await {
        let of_item = movements.iter().filter(|movement| movement.item == Some(item.id));
        let there = of_item.map(|movement| movement.pieces).sum::<i64>();
        assert_eq!(there, i64::from(item.state == ItemState::InStock), "{}", item.tag);
    }
}

/// A booking's weight is what bills that stand took of it, an advance's use what receipts and refunds that stand took; what
/// is left of all advances is what the books owe.
async fn bookings_are_sound(shop: &Shop, owed: i64) {
    let standing: Vec<_> = rows::<Invoice>(shop)
        .await
        .into_iter()
        .filter(|bill| bill.state != InvoiceState::Cancelled)
        .collect();
    let lines = rows::<InvoiceLine>(shop).await;
    let advances = rows::<Advance>(shop).await;
    for booking in rows::<Booking>(shop).await {
        let stands = |line: &&InvoiceLine| standing.iter().any(|bill| bill.id == line.invoice);
        let locks = lines.iter().filter(stands).filter_map(|line| line.lock);
        let used: i64 = locks.filter(|lock| lock.booking == booking.id).map(|lock| lock.mass.mg()).sum();
        assert_eq!(booking.used.mg(), used, "{}", booking.number);
        assert!(used <= booking.weight.mg(), "{}", booking.number);
        let paid = advances.iter().filter(|advance| advance.booking == Some(booking.id));
        let paid = paid.filter(|advance| advance.state == AdvanceState::Taken);
        assert_eq!(booking.advanced.minor(), paid.map(|advance| advance.amount.minor()).sum::<i64>());
    }
    for line in lines {
        let Some(part) = line.lock else { continue };
        assert!(part.value.minor() <= line.metal_value.minor() && part.mass <= line.chargeable);
    }
    let (receipts, refunds) = (rows::<PaymentReceipt>(shop).await, rows::<Refund>(shop).await);
    for advance in &advances {
        let taken = receipts.iter().filter(|receipt| receipt.state == ReceiptState::Recorded);
        let taken = taken.filter(|receipt| receipt.advance == Some(advance.id)).map(|r| r.amount.minor());
        let back = refunds.iter().filter(|refund| refund.state == RefundState::Paid);
        let back = back.filter(|refund| refund.advance == Some(advance.id)).map(|r| r.amount.minor());
        assert_eq!(advance.used.minor(), taken.chain(back).sum::<i64>(), "{}", advance.number);
        assert!((0..=advance.amount.minor()).contains(&advance.used.minor()));
    }
    assert_eq!(
        advances.iter().map(Advance::left).sum::<i64>(),
        -owed,
        "the books owe what is left of advances"
    );
}

fn parts_of_line(line: &InvoiceLine) -> [i64; 12] {
    let pieces = i64::from(line.item.is_some());
    let money =
        [line.metal_value, line.wastage_value, line.making_value, line.stones_value, line.other_value];
    let [metal, wastage, making, stones, other] = money.map(Money::minor);
    let taxes = [line.cgst, line.sgst, line.igst].map(Money::minor);
    let [cgst, sgst, igst] = taxes;
    let taxable = line.taxable.minor();
    [taxable, metal, wastage, making, stones, other, cgst, sgst, igst, pieces, line.net.mg(), line.fine.ng()]
}

fn parts_of_note(line: &BillNoteLine) -> [i64; 12] {
    let money =
        [line.metal_value, line.wastage_value, line.making_value, line.stones_value, line.other_value];
    let [metal, wastage, making, stones, other] = money.map(Money::minor);
    let [cgst, sgst, igst] = [line.cgst, line.sgst, line.igst].map(Money::minor);
    let taxable = line.taxable.minor();
    let goods = (line.pieces, line.net.mg(), line.fine.ng());
    [taxable, metal, wastage, making, stones, other, cgst, sgst, igst, goods.0, goods.1, goods.2]
}

/// Every goldsmith holds so much or nothing, at some cost or none, and what is not there costs nothing.
fn nobody_holds_less_than_nothing(accounts: &[Account], postings: &[Posting]) {
    let net = |account: &Account| -> i64 {
        postings.iter().filter(|p| p.account == account.id).map(|p| p.amount).sum()
    };
    for metal in Metal::ALL {
        let of = |purpose: For, account: &&Account| account.purpose.as_str() == purpose.purpose();
        for fine in accounts.iter().filter(|account| of(For::HoldingFine(metal), account)) {
            let cost = accounts.iter().find(|a| a.party == fine.party && of(For::HoldingCost(metal), a));
            let (fine, cost) = (net(fine), net(cost.unwrap()));
            assert!(fine >= 0 && cost >= 0 && (fine > 0 || cost == 0), "{fine} at {cost}");
        }
    }
}

/// Every series of documents runs from 1 to the number before its next, each used once.
async fn numbers_have_no_gap(shop: &Shop) {
    let mut documents = BTreeMap::<String, Vec<u32>>::new();
    let bills = rows::<Invoice>(shop).await.into_iter().map(|bill| bill.number);
    let receipts = rows::<PaymentReceipt>(shop).await.into_iter().map(|receipt| receipt.number);
    let notes = rows::<BillNote>(shop).await.into_iter().map(|note| note.number);
    let refunds = rows::<Refund>(shop).await.into_iter().map(|refund| refund.number);
    let vouchers = rows::<MetalVoucher>(shop).await.into_iter().map(|voucher| voucher.number);
    let payments = rows::<OutgoingPayment>(shop).await.into_iter().map(|payment| payment.number);
    let bookings = rows::<Booking>(shop).await.into_iter().map(|booking| booking.number);
    let advances = rows::<Advance>(shop).await.into_iter().map(|advance| advance.number);
    let by_hand = rows::<JournalVoucher>(shop).await.into_iter().map(|voucher| voucher.number);
    let numbers = bills.chain(receipts).chain(notes).chain(refunds).chain(vouchers).chain(payments);
    for number in numbers.chain(bookings).chain(advances).chain(by_hand) {
        let (series, place) = number.as_str().rsplit_once('/').unwrap();
        documents.entry(series.to_owned()).or_default().push(place.parse().unwrap());
    }
    let mut given = 0;
    for (series, mut places) in documents {
        places.sort_unstable();
        assert_eq!(places, (1..=u32::try_from(places.len()).unwrap()).collect::<Vec<_>>(), "{series}");
        given += places.len();
    }
    let kept: u32 = rows::<Series>(shop).await.iter().map(|series| series.next - 1).sum();
    assert_eq!(usize::try_from(kept).unwrap(), given, "a number that no document has");
}

/// Whatever a shop did, the log tells its tables.
pub async fn tables_are_what_the_log_tells(world: &World) {
    let runtime = tokio::runtime::Handle::current();
    let done = std::cell::Cell::new(0_usize);
    play_all::<OneShop>(3, 60..=90, |number, acts| {
        runtime.block_on(async {
            let mut player = Player::begin(world.shop(&format!("shop-{number}")).await).await;
            for act in acts {
                player.play(act).await;
            }
            log_is_sound(&player.shop).await;
            log_and_tables_agree(&player.shop).await;
            done.set(done.get() + player.done());
        });
    });
    assert!(done.get() > 30, "a script that is always refused proves nothing");
}
