//! Laws that hold for the notes of every bill, in whatever order and for whatever amounts they are asked for.

use std::sync::atomic::{AtomicU64, Ordering};

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::chance::Entropy;
use crate::ledger::{JournalEntryId, VoucherNumber};
use crate::measure::{FineMass, Fineness, Mass, Metal, Ratio};
use crate::money::{Currency, Money, Rounding};
use crate::shop::accounts::{opening_chart, receivable};
use crate::shop::actions::NoteLimits;
use crate::shop::identifiers::{Hsn, StateCode};
use crate::shop::invoices::{Bill, Invoice, InvoiceId, InvoiceKind, InvoiceLine, InvoiceState};
use crate::shop::parties::PartyId;
use crate::shop::stock::{Item, ItemId, ItemState, LotId, MovementId, StockMovement};
use crate::tenancy::Id as _;
use crate::text::{Label, Name};
use crate::time::{Timestamp, parse_date};

/// Ids one after the other.
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let next = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        for (byte, from) in bytes.iter_mut().zip(next.iter().rev().cycle()) {
            *byte = *from;
        }
    }
}

fn inr(minor: i64) -> Money {
    Money::new(minor, Currency::INR).unwrap()
}

fn id(n: u16) -> Uuid {
    Uuid::from_u128(u128::from(n) + 1)
}

/// What a line is worth: metal, wastage, making, stones, other; the two discounts as shares; the rate; its net weight,
/// or a piece.
#[derive(Debug, Clone)]
struct Sold {
    charges: [i64; 5],
    discounts: (i64, i64),
    tax_ppm: i32,
    net: i64,
    is_piece: bool,
}

prop_compose! {
    fn sold()(
        charges in [0..9_000_000_i64, 0..90_000_i64, 0..900_000_i64, 0..90_000_i64, 0..9_000_i64],
        discounts in prop_oneof![3 => Just((0, 0)), 2 => (0..=400_000_i64, 0..=600_000_i64), 1 => Just((1_000_000, 0))],
        tax_ppm in proptest::sample::select(vec![0, 2_500, 30_000, 30_001, 50_000]),
        net in 1..20_000_i64,
        is_piece: bool,
    ) -> Sold {
        Sold { charges, discounts, tax_ppm, net, is_piece }
    }
}

fn bill_line(number: u16, of: &Sold, between: bool) -> InvoiceLine {
    let [metal, wastage, making, stones, other] = of.charges.map(inr);
    let gross: i64 = of.charges.iter().sum();
    let discount = gross * of.discounts.0 / 1_000_000;
    let bill_discount = (gross - discount) * of.discounts.1 / 1_000_000;
    let taxable = inr(gross - discount - bill_discount);
    let tax = |parts| taxable.mul_div(i64::from(of.tax_ppm), parts, Rounding::HalfAwayFromZero).unwrap();
    let (half, whole) = (tax(2_000_000), tax(1_000_000));
    let zero = inr(0);
    let (cgst, sgst, igst) = if between { (zero, zero, whole) } else { (half, half, zero) };
    let net = Mass::new(of.net).unwrap();
    let fineness = Fineness::new(916_000).unwrap();
    InvoiceLine {
        invoice: InvoiceId::from_uuid(id(0)),
        line: number,
        huid: None,
        lock: None,
        item: of.is_piece.then(|| ItemId::from_uuid(id(number))),
        lot: (!of.is_piece).then(|| LotId::from_uuid(id(number))),
        description: Name::new("Gold").unwrap(),
        metal: Metal::Gold,
        hsn: Hsn::parse("71131911").unwrap(),
        gross: net,
        less: Mass::ZERO,
        rate_id: None,
        rate_amount: inr(1),
        rate_per: net,
        fineness,
        wastage: None,
        making: None,
        stones: Vec::new(),
        other_charges: Vec::new(),
        net,
        wastage_mass: Mass::ZERO,
        chargeable: net,
        fine: net.fine(fineness).unwrap(),
        metal_value: metal,
        wastage_value: wastage,
        making_value: making,
        stones_value: stones,
        other_value: other,
        gross_value: inr(gross),
        discount: inr(discount),
        bill_discount: inr(bill_discount),
        taxable,
        tax_rate: Ratio::from_ppm(of.tax_ppm),
        cgst,
        sgst,
        igst,
    }
}

fn sum<T>(of: &[T], part: impl Fn(&T) -> Money) -> Money {
    Money::try_sum(Currency::INR, of.iter().map(part)).unwrap()
}

/// A bill of these lines, and all that a note of it asks to know.
fn known(sold: &[Sold], between: bool) -> CreditKnown {
    let entropy = Counting(AtomicU64::new(1));
    let (now, today) = (Timestamp::from_micros(0), parse_date("2026-11-23").unwrap());
    let lines: Vec<_> = sold.iter().zip(1..).map(|(of, n)| bill_line(n, of, between)).collect();
    let party = PartyId::from_uuid(id(0));
    let [taxable, cgst, sgst, igst] = [
        sum(&lines, |line| line.taxable),
        sum(&lines, |line| line.cgst),
        sum(&lines, |line| line.sgst),
        sum(&lines, |line| line.igst),
    ];
    let total = sum(&[taxable, cgst, sgst, igst], |part| *part);
    let payable = total.round_to_multiple(100, Rounding::HalfAwayFromZero).unwrap();
    let invoice = Invoice {
        id: InvoiceId::from_uuid(id(0)),
        kind: InvoiceKind::TaxInvoice,
        number: VoucherNumber::new("INV/26-27/000001").unwrap(),
        party,
        business_date: today,
        issued_at: now,
        place_of_supply: StateCode::parse("29").unwrap(),
        taxable,
        cgst,
        sgst,
        igst,
        total,
        round_off: payable.checked_sub(total).unwrap(),
        payable,
        pricing_policy: Label::new("IN-2026-1").unwrap(),
        entry: JournalEntryId::from_uuid(id(0)),
        state: InvoiceState::Issued,
        cancel_reason: None,
        cancelled_at: None,
        revision: 1,
        version: 1,
        credited: inr(0),
        debited: inr(0),
    };
    let movements = lines.iter().map(|line| StockMovement {
        id: MovementId::from_uuid(id(line.line)),
        entry: invoice.entry,
        item: line.item,
        lot: line.lot,
        pieces: if line.item.is_some() { -1 } else { 0 },
        mass: line.net.checked_neg().unwrap(),
        fine: line.fine.checked_neg().unwrap(),
        cost: line.net.mg().checked_neg().map(|minor| inr(minor * 37)).unwrap(),
        effective: today,
    });
    let items = lines.iter().filter_map(|line| {
        Some(Item {
            id: line.item?,
            tag: Label::new(format!("T-{}", line.line)).unwrap(),
            description: line.description.clone(),
            huid: None,
            metal: line.metal,
            fineness: line.fineness,
            gross: line.gross,
            less: line.less,
            stones: Vec::new(),
            making: None,
            hsn: line.hsn.clone(),
            cost: inr(1),
            state: ItemState::Sold,
            created_at: now,
            version: 1,
        })
    });
    let mut accounts = opening_chart(Currency::INR, now, &entropy).unwrap();
    accounts.push(receivable(party, Currency::INR, now, &entropy).unwrap());
    CreditKnown {
        movements: movements.collect(),
        items: items.collect(),
        bill: Bill { invoice, lines, settled: inr(0) },
        notes: Vec::new(),
        huid_taken: Vec::new(),
        series: None,
        accounts,
        today,
        now,
    }
}

fn ask(lines: Vec<NewCreditLine>, without_tax: bool) -> NewCreditNote {
    let reason_code = NoteReason::SalesReturn;
    NewCreditNote { invoice: InvoiceId::from_uuid(id(0)), reason_code, reason: None, without_tax, lines }
}

const ALL: NoteLimits = NoteLimits { days: 1, allowance: Ratio::from_ppm(1_000_000) };

/// Issues a note, and lets what is known be what it made of it. Whether it was issued.
fn issue(known: &mut CreditKnown, new: &NewCreditNote) -> bool {
    let n = u16::try_from(known.notes.len()).unwrap();
    let ids = NoteIds {
        note: BillNoteId::from_uuid(id(n)),
        entry: JournalEntryId::from_uuid(id(n + 1)),
        movements: known.bill.lines.iter().map(|line| MovementId::from_uuid(id(line.line))).collect(),
    };
    let Ok(issued) = decide_credit(known, &ALL, new, &ids) else { return false };
    for item in &mut known.items {
        let came_back = issued.lines.iter().any(|line| line.item == Some(item.id) && line.pieces == 1);
        item.state = if came_back { ItemState::InStock } else { item.state };
    }
    known.bill.invoice = issued.invoice;
    known.notes.push(NoteWithLines { note: issued.note, lines: issued.lines });
    true
}

/// What the notes that stand took of a line.
fn taken(known: &CreditKnown, line: u16) -> Vec<&BillNoteLine> {
    let standing = known.notes.iter().filter(|note| note.credits());
    standing.flat_map(|note| &note.lines).filter(|of| of.invoice_line == line).collect()
}

type Part = fn(&BillNoteLine) -> Money;

/// Every sum over the notes is the bill's, line by line, part by part, tax by tax.
fn assert_whole(known: &CreditKnown) {
    for line in &known.bill.lines {
        let of = taken(known, line.line);
        let parts: [(Part, Money); 11] = [
            (|of| of.metal_value, line.metal_value),
            (|of| of.wastage_value, line.wastage_value),
            (|of| of.making_value, line.making_value),
            (|of| of.stones_value, line.stones_value),
            (|of| of.other_value, line.other_value),
            (|of| of.discount, line.discount),
            (|of| of.bill_discount, line.bill_discount),
            (|of| of.taxable, line.taxable),
            (|of| of.cgst, line.cgst),
            (|of| of.sgst, line.sgst),
            (|of| of.igst, line.igst),
        ];
        for (part, whole) in parts {
            assert_eq!(sum(&of, |of| part(of)), whole);
        }
        assert_eq!(Mass::try_sum(of.iter().map(|of| of.net)).unwrap(), line.net);
        assert_eq!(FineMass::try_sum(of.iter().map(|of| of.fine)).unwrap(), line.fine);
        assert_eq!(sum(&of, |of| of.cost), inr(line.net.mg() * 37));
        assert_eq!(of.iter().map(|of| of.pieces).sum::<i64>(), i64::from(line.item.is_some()));
    }
    let bill = &known.bill.invoice;
    let standing: Vec<_> = known.notes.iter().filter(|note| note.credits()).collect();
    assert_eq!(sum(&standing, |note| note.note.total), bill.total);
    assert_eq!(sum(&standing, |note| note.note.round_off), bill.round_off);
    assert_eq!(sum(&standing, |note| note.note.payable), bill.payable);
    assert_eq!((bill.state, bill.credited), (InvoiceState::Credited, bill.payable));
}

fn requests() -> impl Strategy<Value = Vec<(Vec<NewCreditLine>, bool)>> {
    let line = (1..5_u16, any::<bool>(), weighted(0.5, 1..20_000_i64), weighted(0.7, 0..4_000_000_i64));
    let line = line.prop_map(|(line, back, net, taxable)| NewCreditLine {
        line,
        goods: if back { Goods::Returned } else { Goods::Kept },
        returned: net.filter(|_| back).map(|net| Mass::new(net).unwrap()),
        taxable: taxable.map(inr),
    });
    vec((vec(line, 1..3), any::<bool>()), 0..12)
}

proptest! {
    /// And some of the notes are cancelled before the last one is issued.
    #[test]
    fn whatever_notes_come_before_the_last_one_makes_all_sum_to_the_bill(
        sold in vec(sold(), 1..5),
        between: bool,
        requests in requests(),
    ) {
        let mut known = known(&sold, between);
        for (lines, is_cancelled) in requests {
            if issue(&mut known, &ask(lines, false)) && is_cancelled {
                // As cancelling leaves it.
                let note = known.notes.last_mut().unwrap();
                note.note.state = NoteState::Cancelled;
                let pieces: Vec<_> = note.lines.iter().filter(|line| line.pieces == 1).map(|line| line.item).collect();
                for item in known.items.iter_mut().filter(|item| pieces.contains(&Some(item.id))) {
                    item.state = ItemState::Sold;
                }
                let credited = known.bill.invoice.credited.checked_sub(note.note.payable).unwrap();
                known.bill.invoice.credited = credited;
                known.bill.invoice.state = InvoiceState::PartlyCredited;
            }
            prop_assert!(known.bill.invoice.credited.minor() <= known.bill.invoice.payable.minor());
        }
        let is_something = known.bill.invoice.payable != known.bill.invoice.credited
            || known.bill.lines.iter().any(|line| taken(&known, line.line).iter().map(|of| of.net.mg()).sum::<i64>() < line.net.mg())
            || known.bill.invoice.state != InvoiceState::Credited;
        prop_assert!(issue(&mut known, &ask(Vec::new(), false)) || !is_something);
        assert_whole(&known);
        prop_assert!(!issue(&mut known, &ask(Vec::new(), false)), "nothing is credited twice");
    }

    /// A note without tax takes no tax, and the tax of what it took is not taken by a later one either.
    #[test]
    fn the_tax_of_what_was_credited_without_it_stays_due(sold in vec(sold(), 1..3), part in 0..=1_000_000_i64) {
        let mut known = known(&sold, false);
        let lines = known.bill.lines.iter().map(|line| NewCreditLine {
            line: line.line,
            goods: Goods::Kept,
            returned: None,
            taxable: Some(line.taxable.mul_div(part, 1_000_000, Rounding::Floor).unwrap()),
        });
        let lines: Vec<_> = lines.filter(|line| line.taxable.is_some_and(|value| !value.is_zero())).collect();
        prop_assume!(!lines.is_empty() && known.bill.invoice.total != known.bill.invoice.taxable);
        prop_assert!(issue(&mut known, &ask(lines, true)));
        let _ = issue(&mut known, &ask(Vec::new(), false));
        for line in &known.bill.lines {
            let of = taken(&known, line.line);
            prop_assert_eq!(sum(&of, |of| of.taxable), line.taxable);
            let untaxed = of.first().filter(|of| of.note == known.notes[0].note.id).map_or(0, |of| of.taxable.minor());
            let taxed = line.taxable.minor() - untaxed;
            let due = i128::from(line.cgst.minor()) * i128::from(taxed);
            let credited = i128::from(sum(&of, |of| of.cgst).minor()) * i128::from(line.taxable.minor().max(1));
            prop_assert!((credited - due).abs() <= i128::from(line.taxable.minor().max(1)), "within a paisa");
        }
    }
}
