//! What the shapes promise, whatever the figures.

use proptest::prelude::*;

use super::*;
use crate::ledger::{Account, AccountId, AccountState, Balance, Class, Commodity, VoucherNumber};
use crate::measure::{Mass, Ratio};
use crate::money::{Currency, Money};
use crate::shop::identifiers::{Gstin, Hsn, StateCode};
use crate::shop::parties::PartyId;
use crate::store::{Against, AgedSums, TaxDocument, TaxDocumentKind, TaxRow};
use crate::tenancy::Id as _;
use crate::text::{Label, Name};
use crate::time::{Date, Timestamp, parse_date};

fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

fn rupees(minor: i64) -> Money {
    Money::new(minor, Currency::INR).unwrap()
}

/// Bills of 3 %: `taxable` in rupees, to a state, by somebody with a GSTIN or without.
fn document(kind: TaxDocumentKind, number: &str, place: &str, registered: bool, taxable: i64) -> TaxDocument {
    let (taxable, tax) = (taxable * 100, taxable * 3);
    let (half, whole) = if place == "29" { (tax / 2, 0) } else { (0, tax) };
    TaxDocument {
        id: uuid::Uuid::nil(),
        kind,
        number: VoucherNumber::new(number).unwrap(),
        date: day("2026-11-23"),
        place: StateCode::parse(place).unwrap(),
        value: rupees(taxable + tax),
        cancelled: false,
        tax_effect: true,
        buyer: Name::new("Asha").unwrap(),
        gstin: registered.then(|| Gstin::parse("27AAECG3736E1C2").unwrap()),
        against: None,
        rows: vec![TaxRow {
            hsn: Hsn::parse("71131911").unwrap(),
            rate: Ratio::from_ppm(30_000),
            net: Mass::new(3_390).unwrap(),
            taxable: rupees(taxable),
            cgst: rupees(half),
            sgst: rupees(half),
            igst: rupees(whole),
        }],
    }
}

fn declared(documents: &[TaxDocument]) -> Gstr1 {
    let home = StateCode::parse("29").unwrap();
    let mut builder = Gstr1Builder::new(home, Currency::INR, day("2026-11-01"), day("2026-11-30"));
    for document in documents {
        builder.add(document).unwrap();
    }
    builder.finish().unwrap()
}

#[test]
fn a_bill_stands_in_the_table_that_its_buyer_place_and_value_ask_for() {
    use TaxDocumentKind::TaxInvoice;
    let report = declared(&[
        document(TaxInvoice, "INV/26-27/000001", "27", true, 10_000),
        document(TaxInvoice, "INV/26-27/000002", "27", false, 97_100),
        // ₹1,00,000 exactly is not more than it.
        TaxDocument {
            value: rupees(10_000_000),
            ..document(TaxInvoice, "INV/26-27/000003", "27", false, 97_000)
        },
        document(TaxInvoice, "INV/26-27/000004", "29", false, 500_000),
    ]);
    assert_eq!((report.b2b.len(), report.b2c_large.len(), report.b2c_small.len()), (1, 1, 2));
    assert_eq!(report.b2c_large.first().unwrap().number.as_str(), "INV/26-27/000002");
    let taxable: i64 = [10_000, 97_100, 97_000, 500_000].iter().map(|rupees| rupees * 100).sum();
    assert_eq!(report.totals.taxable, taxable);
    assert_eq!(report.hsn_b2b.first().unwrap().net_mg, 3_390);
}

#[test]
fn a_note_lowers_the_table_that_its_bill_stands_in() {
    use TaxDocumentKind::{CreditNote, DebitNote, TaxInvoice};
    let bill = document(TaxInvoice, "INV/26-27/000001", "29", false, 10_000);
    let against = Against { number: bill.number.clone(), date: bill.date, value: bill.value, taxed: true };
    let note = |kind, number, taxable| TaxDocument {
        against: Some(against.clone()),
        ..document(kind, number, "29", false, taxable)
    };
    let late = TaxDocument { tax_effect: false, ..note(CreditNote, "CN/26-27/000002", 4_000) };
    let cancelled = TaxDocument { cancelled: true, ..note(CreditNote, "CN/26-27/000004", 4_000) };
    let report = declared(&[
        bill.clone(),
        note(CreditNote, "CN/26-27/000001", 3_000),
        late,
        cancelled,
        note(DebitNote, "DN/26-27/000001", 1_000),
    ]);
    let small = report.b2c_small.first().unwrap().sums;
    assert_eq!((small.taxable, small.cgst, small.sgst), (800_000, 12_000, 12_000));
    assert_eq!(report.totals, small);
    assert_eq!((report.notes_registered.len(), report.notes_unregistered.len()), (0, 0));
    let credit = report.documents.iter().find(|series| series.kind == CreditNote).unwrap();
    assert_eq!((credit.issued, credit.cancelled, credit.missing), (3, 1, 1), "the third is not there");
    assert_eq!((credit.first.as_str(), credit.last.as_str()), ("CN/26-27/000001", "CN/26-27/000004"));
}

#[test]
fn a_bill_of_supply_bears_no_tax_and_is_declared_without() {
    let bill = document(TaxDocumentKind::BillOfSupply, "INV/26-27/000001", "27", false, 10_000);
    let report = declared(&[TaxDocument { tax_effect: false, ..bill }]);
    assert_eq!(report.untaxed.inter_unregistered, 1_000_000);
    assert_eq!((report.totals, report.hsn_b2c.len()), (TaxSums::default(), 0));
}

#[test]
fn a_sum_out_of_range_is_no_figure() {
    let huge = |n: u128| {
        let account = Account {
            id: AccountId::from_uuid(uuid::Uuid::from_u128(n)),
            code: Label::new(format!("{n}")).unwrap(),
            name: Name::new("Cash").unwrap(),
            class: Class::Asset,
            commodity: Commodity::Currency(Currency::INR),
            purpose: Label::new("cash").unwrap(),
            party: None,
            state: AccountState::Open,
            opened_at: Timestamp::from_micros(0),
        };
        let balance =
            Balance { account: account.id, commodity: account.commodity, debit: i64::MAX, credit: 0 };
        (account, balance)
    };
    assert!(trial_balance(vec![huge(1)]).is_ok());
    assert_eq!(trial_balance(vec![huge(1), huge(2)]), Err(OutOfRange));
    let upto = [huge(1), huge(2)];
    let sums = BalanceSheetSums { upto: &upto, of_year: &[] };
    assert_eq!(balance_sheet(sums, Currency::INR, day("2026-11-23")), Err(OutOfRange));
}

proptest! {
    /// What is owed at each age is no more than was billed at that age, and together it is the balance.
    #[test]
    fn ages_sum_to_the_balance(balance in -1_000_000_i64..1_000_000, debits in any::<[u16; 3]>()) {
        let debits = debits.map(i64::from);
        let party = PartyId::from_uuid(uuid::Uuid::nil());
        let sums = AgedSums { party, name: Name::new("Asha").unwrap(), balance, debits };
        let aged = aged_party(sums).unwrap();
        prop_assert_eq!(aged.owed.iter().sum::<i64>() - aged.credit, balance);
        prop_assert!(aged.owed.iter().all(|owed| *owed >= 0) && aged.credit >= 0);
        for (owed, billed) in aged.owed.iter().zip(debits) {
            prop_assert!(*owed <= billed);
        }
    }
}
