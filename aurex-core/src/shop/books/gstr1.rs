//! Outward supplies of a period as the return GSTR-1 asks for them (Rule 59 of the CGST Rules; the tables' numbers are
//! those of Form GSTR-1).
//!
//! What the return names one by one is added one by one, so that a year of a busy shop is folded as it is read; sales over
//! the counter, which it never names, come as sums. A cancelled document counts
//! among those issued and nowhere else. A credit note after the statutory date changes no tax and is not declared.

use std::collections::BTreeMap;

use super::{OutOfRange, added, less};
use crate::ledger::VoucherNumber;
use crate::money::Currency;
use crate::shop::identifiers::{Gstin, Hsn, StateCode};
use crate::shop::law;
use crate::store::{Against, CounterSales, TaxDocument, TaxDocumentKind, TaxRow};
use crate::text::Name;
use crate::time::Date;

/// A value and the tax on it, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TaxSums {
    /// The value that tax is computed on.
    pub taxable: i64,
    /// Integrated tax.
    pub igst: i64,
    /// Central tax.
    pub cgst: i64,
    /// State tax.
    pub sgst: i64,
}

impl TaxSums {
    fn of(row: &TaxRow) -> Self {
        Self {
            taxable: row.taxable.minor(),
            igst: row.igst.minor(),
            cgst: row.cgst.minor(),
            sgst: row.sgst.minor(),
        }
    }

    /// More by `other`.
    ///
    /// # Errors
    /// [`OutOfRange`].
    pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        Ok(Self {
            taxable: added(self.taxable, other.taxable)?,
            igst: added(self.igst, other.igst)?,
            cgst: added(self.cgst, other.cgst)?,
            sgst: added(self.sgst, other.sgst)?,
        })
    }

    /// Less by `other`.
    ///
    /// # Errors
    /// [`OutOfRange`].
    pub fn minus(self, other: Self) -> Result<Self, OutOfRange> {
        Ok(Self {
            taxable: less(self.taxable, other.taxable)?,
            igst: less(self.igst, other.igst)?,
            cgst: less(self.cgst, other.cgst)?,
            sgst: less(self.sgst, other.sgst)?,
        })
    }

    /// All tax.
    ///
    /// # Errors
    /// [`OutOfRange`].
    pub fn tax(self) -> Result<i64, OutOfRange> {
        added(added(self.igst, self.cgst)?, self.sgst)
    }
}

/// A rate of tax and what bears it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateRow {
    /// The whole rate of GST, parts per million.
    pub rate_ppm: i32,
    /// What bears it.
    pub sums: TaxSums,
}

/// A document that is declared by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnDocument {
    /// What it is.
    pub kind: TaxDocumentKind,
    /// The buyer's GSTIN.
    pub gstin: Option<Gstin>,
    /// The buyer's name.
    pub buyer: Name,
    /// Its number.
    pub number: VoucherNumber,
    /// Its date.
    pub date: Date,
    /// What it comes to, round-off included, in minor units.
    pub value: i64,
    /// Where the goods are supplied.
    pub place: StateCode,
    /// The bill that a note is against.
    pub against: Option<Against>,
    /// By rate.
    pub rates: Vec<RateRow>,
}

/// Supplies to unregistered buyers that are declared together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmallRow {
    /// Where the goods are supplied.
    pub place: StateCode,
    /// Whether that is another state than the shop's.
    pub inter_state: bool,
    /// The whole rate of GST, parts per million.
    pub rate_ppm: i32,
    /// Less what credit notes took back, more by debit notes: it may be negative.
    pub sums: TaxSums,
}

/// Supplies by HSN code and rate, less what credit notes took back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HsnRow {
    /// The HSN code.
    pub hsn: Hsn,
    /// The whole rate of GST, parts per million.
    pub rate_ppm: i32,
    /// Net weight in milligrams; the return's unit is grams (GMS).
    pub net_mg: i64,
    /// Taxable value and tax.
    pub value: i64,
    /// What bears the rate.
    pub sums: TaxSums,
}

/// Supplies without tax (table 8), in minor units, less what credit notes took back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UntaxedSums {
    /// To registered buyers of other states.
    pub inter_registered: i64,
    /// To registered buyers of our own.
    pub intra_registered: i64,
    /// To unregistered buyers of other states.
    pub inter_unregistered: i64,
    /// To unregistered buyers of our own.
    pub intra_unregistered: i64,
}

impl UntaxedSums {
    /// All of them.
    ///
    /// # Errors
    /// [`OutOfRange`].
    pub fn total(self) -> Result<i64, OutOfRange> {
        super::total([
            self.inter_registered,
            self.intra_registered,
            self.inter_unregistered,
            self.intra_unregistered,
        ])
    }
}

/// The documents of one series in the period (table 13).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedSeries {
    /// What they are.
    pub kind: TaxDocumentKind,
    /// What their numbers begin with: series and year.
    pub series: String,
    /// The lowest number.
    pub first: VoucherNumber,
    /// The highest number.
    pub last: VoucherNumber,
    /// How many numbers were used.
    pub issued: u32,
    /// How many of them were cancelled.
    pub cancelled: u32,
    /// How many numbers between the lowest and the highest are not there. Numbering has no gap: anything but 0 asks for an
    /// explanation, a number dated into another period for one.
    pub missing: u32,
}

/// The return's tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gstr1 {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The currency of the amounts.
    pub currency: Currency,
    /// 4A: to registered buyers, bill by bill.
    pub b2b: Vec<ReturnDocument>,
    /// 5: large ones to unregistered buyers of other states, bill by bill.
    pub b2c_large: Vec<ReturnDocument>,
    /// 7: all others to unregistered buyers, by place and rate.
    pub b2c_small: Vec<SmallRow>,
    /// 8: without tax.
    pub untaxed: UntaxedSums,
    /// 9B: notes to registered buyers.
    pub notes_registered: Vec<ReturnDocument>,
    /// 9B: notes to unregistered buyers against what stands in table 5.
    pub notes_unregistered: Vec<ReturnDocument>,
    /// 12: by HSN code, to registered buyers.
    pub hsn_b2b: Vec<HsnRow>,
    /// 12: by HSN code, to unregistered buyers.
    pub hsn_b2c: Vec<HsnRow>,
    /// 13: documents issued.
    pub documents: Vec<IssuedSeries>,
    /// All taxed supplies, less credit notes, more by debit notes.
    pub totals: TaxSums,
}

/// Folds documents into the tables.
#[derive(Debug, Clone)]
pub struct Gstr1Builder {
    from: Date,
    to: Date,
    home: StateCode,
    currency: Currency,
    b2b: Vec<ReturnDocument>,
    b2c_large: Vec<ReturnDocument>,
    notes_registered: Vec<ReturnDocument>,
    notes_unregistered: Vec<ReturnDocument>,
    small: BTreeMap<(StateCode, i32), TaxSums>,
    untaxed: UntaxedSums,
    /// By whether the buyer is registered, code and rate: net weight and sums.
    hsn: BTreeMap<(bool, Hsn, i32), (i64, TaxSums)>,
    issued: BTreeMap<(&'static str, String), Issued>,
    totals: TaxSums,
}

#[derive(Debug, Clone)]
struct Issued {
    kind: TaxDocumentKind,
    first: (u32, VoucherNumber),
    last: (u32, VoucherNumber),
    issued: u32,
    cancelled: u32,
}

/// A number's series and its place in it: `INV/26-27/000123` is 123 of `INV/26-27`.
fn place_in_series(number: &VoucherNumber) -> (String, u32) {
    match number.as_str().rsplit_once('/') {
        Some((series, place)) => (series.to_owned(), place.parse().unwrap_or(0)),
        None => (String::new(), 0),
    }
}

/// Whether the document takes back.
const fn takes_back(kind: TaxDocumentKind) -> bool {
    matches!(kind, TaxDocumentKind::CreditNote)
}

impl Gstr1Builder {
    /// The return of a shop in `home` for the days `from..=to`.
    pub fn new(home: StateCode, currency: Currency, from: Date, to: Date) -> Self {
        Self {
            from,
            to,
            home,
            currency,
            b2b: Vec::new(),
            b2c_large: Vec::new(),
            notes_registered: Vec::new(),
            notes_unregistered: Vec::new(),
            small: BTreeMap::new(),
            untaxed: UntaxedSums::default(),
            hsn: BTreeMap::new(),
            issued: BTreeMap::new(),
            totals: TaxSums::default(),
        }
    }

    /// Adds the bills of the period that are declared together.
    ///
    /// # Errors
    /// [`OutOfRange`].
    pub fn add_counter(&mut self, sales: &CounterSales) -> Result<(), OutOfRange> {
        for numbers in &sales.numbers {
            let ends = (&numbers.first, &numbers.last);
            self.count(numbers.kind, ends, numbers.issued, numbers.cancelled);
        }
        for (kind, row) in &sales.rows {
            let sums = TaxSums::of(row);
            if *kind == TaxDocumentKind::TaxInvoice {
                let (mass, by_code) = self.hsn.entry((false, row.hsn.clone(), row.rate.ppm())).or_default();
                (*mass, *by_code) = (added(*mass, row.net.mg())?, by_code.plus(sums)?);
                let small = self.small.entry((self.home, row.rate.ppm())).or_default();
                *small = small.plus(sums)?;
                self.totals = self.totals.plus(sums)?;
            } else {
                let untaxed = &mut self.untaxed.intra_unregistered;
                *untaxed = added(*untaxed, sums.taxable)?;
            }
        }
        Ok(())
    }

    /// Adds a document of the period.
    ///
    /// # Errors
    /// [`OutOfRange`].
    pub fn add(&mut self, document: &TaxDocument) -> Result<(), OutOfRange> {
        let number = &document.number;
        self.count(document.kind, (number, number), 1, u32::from(document.cancelled));
        if document.cancelled {
            return Ok(());
        }
        let is_taxed = match &document.against {
            Some(bill) => bill.taxed,
            None => document.kind == TaxDocumentKind::TaxInvoice,
        };
        if !is_taxed {
            return self.add_untaxed(document);
        }
        if !document.tax_effect {
            return Ok(());
        }
        self.add_hsn(document)?;
        for row in &document.rows {
            let sums = TaxSums::of(row);
            self.totals =
                if takes_back(document.kind) { self.totals.minus(sums)? } else { self.totals.plus(sums)? };
        }
        let is_note = document.against.is_some();
        match (document.gstin.is_some(), self.is_large(document)) {
            (true, _) if is_note => self.notes_registered.push(declared(document)?),
            (true, _) => self.b2b.push(declared(document)?),
            (false, true) if is_note => self.notes_unregistered.push(declared(document)?),
            (false, true) => self.b2c_large.push(declared(document)?),
            (false, false) => self.add_small(document)?,
        }
        Ok(())
    }

    /// Whether the sale goes to another state and is of more than the threshold of its day; a note stands where its bill
    /// stood.
    fn is_large(&self, document: &TaxDocument) -> bool {
        let (value, date) = match &document.against {
            Some(bill) => (bill.value, bill.date),
            None => (document.value, document.date),
        };
        let threshold = law::b2c_large_above(date, self.currency);
        document.place != self.home && threshold.is_some_and(|above| value.minor() > above)
    }

    fn count(
        &mut self,
        kind: TaxDocumentKind,
        (lowest, highest): (&VoucherNumber, &VoucherNumber),
        issued_more: u32,
        cancelled_more: u32,
    ) {
        let (series, lowest_place) = place_in_series(lowest);
        let (_, highest_place) = place_in_series(highest);
        let issued = self.issued.entry((kind.code(), series)).or_insert_with(|| Issued {
            kind,
            first: (lowest_place, lowest.clone()),
            last: (highest_place, highest.clone()),
            issued: 0,
            cancelled: 0,
        });
        if lowest_place < issued.first.0 {
            issued.first = (lowest_place, lowest.clone());
        }
        if highest_place > issued.last.0 {
            issued.last = (highest_place, highest.clone());
        }
        issued.issued = issued.issued.saturating_add(issued_more);
        issued.cancelled = issued.cancelled.saturating_add(cancelled_more);
    }

    fn add_untaxed(&mut self, document: &TaxDocument) -> Result<(), OutOfRange> {
        let sum = match (document.gstin.is_some(), document.place != self.home) {
            (true, true) => &mut self.untaxed.inter_registered,
            (true, false) => &mut self.untaxed.intra_registered,
            (false, true) => &mut self.untaxed.inter_unregistered,
            (false, false) => &mut self.untaxed.intra_unregistered,
        };
        for row in &document.rows {
            let value = row.taxable.minor();
            *sum = if takes_back(document.kind) { less(*sum, value)? } else { added(*sum, value)? };
        }
        Ok(())
    }

    fn add_hsn(&mut self, document: &TaxDocument) -> Result<(), OutOfRange> {
        for row in &document.rows {
            let key = (document.gstin.is_some(), row.hsn.clone(), row.rate.ppm());
            let (mass, sums) = self.hsn.entry(key).or_default();
            if takes_back(document.kind) {
                (*mass, *sums) = (less(*mass, row.net.mg())?, sums.minus(TaxSums::of(row))?);
            } else {
                (*mass, *sums) = (added(*mass, row.net.mg())?, sums.plus(TaxSums::of(row))?);
            }
        }
        Ok(())
    }

    fn add_small(&mut self, document: &TaxDocument) -> Result<(), OutOfRange> {
        for row in &document.rows {
            let sums = self.small.entry((document.place, row.rate.ppm())).or_default();
            let of_row = TaxSums::of(row);
            *sums = if takes_back(document.kind) { sums.minus(of_row)? } else { sums.plus(of_row)? };
        }
        Ok(())
    }

    /// The tables.
    ///
    /// # Errors
    /// [`OutOfRange`].
    pub fn finish(self) -> Result<Gstr1, OutOfRange> {
        let (mut hsn_b2b, mut hsn_b2c) = (Vec::new(), Vec::new());
        for ((registered, hsn, rate_ppm), (net_mg, sums)) in self.hsn {
            let value = added(sums.taxable, sums.tax()?)?;
            let row = HsnRow { hsn, rate_ppm, net_mg, value, sums };
            if registered { hsn_b2b.push(row) } else { hsn_b2c.push(row) }
        }
        let home = self.home;
        let small = self.small.into_iter().map(|((place, rate_ppm), sums)| {
            let inter_state = place != home;
            SmallRow { place, inter_state, rate_ppm, sums }
        });
        let documents = self.issued.into_iter().map(|((_, series), issued)| {
            let span = issued.last.0.saturating_sub(issued.first.0).saturating_add(1);
            IssuedSeries {
                kind: issued.kind,
                series,
                first: issued.first.1,
                last: issued.last.1,
                issued: issued.issued,
                cancelled: issued.cancelled,
                missing: span.saturating_sub(issued.issued),
            }
        });
        Ok(Gstr1 {
            from: self.from,
            to: self.to,
            currency: self.currency,
            b2b: self.b2b,
            b2c_large: self.b2c_large,
            b2c_small: small.collect(),
            untaxed: self.untaxed,
            notes_registered: self.notes_registered,
            notes_unregistered: self.notes_unregistered,
            hsn_b2b,
            hsn_b2c,
            documents: documents.collect(),
            totals: self.totals,
        })
    }
}

/// A document by itself, its lines summed by rate.
fn declared(document: &TaxDocument) -> Result<ReturnDocument, OutOfRange> {
    let mut rates: BTreeMap<i32, TaxSums> = BTreeMap::new();
    for row in &document.rows {
        let sums = rates.entry(row.rate.ppm()).or_default();
        *sums = sums.plus(TaxSums::of(row))?;
    }
    Ok(ReturnDocument {
        kind: document.kind,
        gstin: document.gstin.clone(),
        buyer: document.buyer.clone(),
        number: document.number.clone(),
        date: document.date,
        value: document.value.minor(),
        place: document.place,
        against: document.against.clone(),
        rates: rates.into_iter().map(|(rate_ppm, sums)| RateRow { rate_ppm, sums }).collect(),
    })
}
