//! Returns of goods and services tax, on the wire. All amounts are minor units of the report's currency.

use aurex_core::money::Currency;
use aurex_core::shop::books as core;
use aurex_core::time::Date;
use poem_openapi::Object;

use super::books::kind;

/// A value and the tax on it.
#[derive(Debug, Clone, Object)]
pub struct TaxSumsView {
    /// The value that tax is computed on.
    pub taxable: i64,
    /// Integrated tax.
    pub igst: i64,
    /// Central tax.
    pub cgst: i64,
    /// State tax.
    pub sgst: i64,
}

impl From<core::TaxSums> for TaxSumsView {
    fn from(sums: core::TaxSums) -> Self {
        Self { taxable: sums.taxable, igst: sums.igst, cgst: sums.cgst, sgst: sums.sgst }
    }
}

/// A rate and what bears it.
#[derive(Debug, Clone, Object)]
pub struct ReturnRateView {
    /// The whole rate of GST, in parts per million.
    pub rate_ppm: i32,
    /// What bears it.
    pub sums: TaxSumsView,
}

/// A document that is declared by itself.
#[derive(Debug, Clone, Object)]
pub struct ReturnDocumentView {
    /// `tax_invoice`, `credit_note` or `debit_note`.
    pub kind: String,
    /// The buyer's GSTIN.
    pub gstin: Option<String>,
    /// The buyer's name.
    pub buyer: String,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: String,
    /// What it comes to, round-off included.
    pub value: i64,
    /// The code of the state where the goods are supplied.
    pub place_of_supply: String,
    /// The number of the bill that a note is against.
    pub invoice_number: Option<String>,
    /// That bill's date.
    pub invoice_date: Option<String>,
    /// By rate.
    pub rates: Vec<ReturnRateView>,
}

impl From<core::ReturnDocument> for ReturnDocumentView {
    fn from(document: core::ReturnDocument) -> Self {
        let against = document.against.as_ref();
        let rates = document.rates.iter();
        Self {
            kind: kind(document.kind),
            gstin: document.gstin.as_ref().map(|gstin| gstin.as_str().to_owned()),
            buyer: document.buyer.to_string(),
            number: document.number.to_string(),
            date: document.date.to_string(),
            value: document.value,
            place_of_supply: document.place.to_string(),
            invoice_number: against.map(|bill| bill.number.to_string()),
            invoice_date: against.map(|bill| bill.date.to_string()),
            rates: rates.map(|r| ReturnRateView { rate_ppm: r.rate_ppm, sums: r.sums.into() }).collect(),
        }
    }
}

/// Supplies to unregistered buyers that are declared together.
#[derive(Debug, Clone, Object)]
pub struct SmallSuppliesView {
    /// The code of the state where the goods are supplied.
    pub place_of_supply: String,
    /// Whether that is another state than the shop's.
    pub inter_state: bool,
    /// The whole rate of GST, in parts per million.
    pub rate_ppm: i32,
    /// Less what credit notes took back: it may be negative.
    pub sums: TaxSumsView,
}

/// Supplies by HSN code and rate, less what credit notes took back.
#[derive(Debug, Clone, Object)]
pub struct HsnView {
    /// The HSN code.
    pub hsn: String,
    /// The whole rate of GST, in parts per million.
    pub rate_ppm: i32,
    /// Net weight; the return's unit is grams.
    pub net_mg: i64,
    /// Taxable value and tax.
    pub value: i64,
    /// What bears the rate.
    pub sums: TaxSumsView,
}

impl From<core::HsnRow> for HsnView {
    fn from(row: core::HsnRow) -> Self {
        Self {
            hsn: row.hsn.as_str().to_owned(),
            rate_ppm: row.rate_ppm,
            net_mg: row.net_mg,
            value: row.value,
            sums: row.sums.into(),
        }
    }
}

/// Supplies without tax, less what credit notes took back.
#[derive(Debug, Clone, Object)]
pub struct UntaxedView {
    /// To registered buyers of other states.
    pub inter_registered: i64,
    /// To registered buyers of the shop's own.
    pub intra_registered: i64,
    /// To unregistered buyers of other states.
    pub inter_unregistered: i64,
    /// To unregistered buyers of the shop's own.
    pub intra_unregistered: i64,
}

impl From<core::UntaxedSums> for UntaxedView {
    fn from(sums: core::UntaxedSums) -> Self {
        Self {
            inter_registered: sums.inter_registered,
            intra_registered: sums.intra_registered,
            inter_unregistered: sums.inter_unregistered,
            intra_unregistered: sums.intra_unregistered,
        }
    }
}

/// The documents of one series.
#[derive(Debug, Clone, Object)]
pub struct IssuedSeriesView {
    /// `tax_invoice`, `bill_of_supply`, `credit_note` or `debit_note`.
    pub kind: String,
    /// What their numbers begin with.
    pub series: String,
    /// The lowest number.
    pub first: String,
    /// The highest number.
    pub last: String,
    /// How many numbers were used.
    pub issued: u32,
    /// How many of them were cancelled.
    pub cancelled: u32,
    /// How many between the lowest and the highest are not there: 0, or somebody must explain it.
    pub missing: u32,
}

/// Outward supplies as GSTR-1 asks for them.
#[derive(Debug, Clone, Object)]
pub struct Gstr1View {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The currency of all amounts.
    pub currency: String,
    /// Table 4A: to registered buyers.
    pub b2b: Vec<ReturnDocumentView>,
    /// Table 5: large ones to unregistered buyers of other states.
    pub b2c_large: Vec<ReturnDocumentView>,
    /// Table 7: all others to unregistered buyers.
    pub b2c_small: Vec<SmallSuppliesView>,
    /// Table 8: without tax.
    pub untaxed: UntaxedView,
    /// Table 9B: notes to registered buyers.
    pub notes_registered: Vec<ReturnDocumentView>,
    /// Table 9B: notes to unregistered buyers against what stands in table 5.
    pub notes_unregistered: Vec<ReturnDocumentView>,
    /// Table 12: to registered buyers.
    pub hsn_b2b: Vec<HsnView>,
    /// Table 12: to unregistered buyers.
    pub hsn_b2c: Vec<HsnView>,
    /// Table 13: documents issued.
    pub documents: Vec<IssuedSeriesView>,
    /// All taxed supplies, less credit notes, more by debit notes.
    pub totals: TaxSumsView,
}

impl From<core::Gstr1> for Gstr1View {
    fn from(report: core::Gstr1) -> Self {
        let small = report.b2c_small.into_iter().map(|row| SmallSuppliesView {
            place_of_supply: row.place.to_string(),
            inter_state: row.inter_state,
            rate_ppm: row.rate_ppm,
            sums: row.sums.into(),
        });
        let documents = report.documents.into_iter().map(|series| IssuedSeriesView {
            kind: kind(series.kind),
            series: series.series,
            first: series.first.to_string(),
            last: series.last.to_string(),
            issued: series.issued,
            cancelled: series.cancelled,
            missing: series.missing,
        });
        let declared = |documents: Vec<core::ReturnDocument>| documents.into_iter().map(Into::into).collect();
        let hsn = |rows: Vec<core::HsnRow>| rows.into_iter().map(Into::into).collect();
        Self {
            from: report.from.to_string(),
            to: report.to.to_string(),
            currency: report.currency.code().to_owned(),
            b2b: declared(report.b2b),
            b2c_large: declared(report.b2c_large),
            b2c_small: small.collect(),
            untaxed: report.untaxed.into(),
            notes_registered: declared(report.notes_registered),
            notes_unregistered: declared(report.notes_unregistered),
            hsn_b2b: hsn(report.hsn_b2b),
            hsn_b2c: hsn(report.hsn_b2c),
            documents: documents.collect(),
            totals: report.totals.into(),
        }
    }
}

/// Tax by head.
#[derive(Debug, Clone, Object)]
pub struct TaxHeadsView {
    /// Integrated tax.
    pub igst: i64,
    /// Central tax.
    pub cgst: i64,
    /// State tax.
    pub sgst: i64,
}

impl From<core::InputTax> for TaxHeadsView {
    fn from(tax: core::InputTax) -> Self {
        Self { igst: tax.igst, cgst: tax.cgst, sgst: tax.sgst }
    }
}

impl From<core::BooksOfTax> for TaxHeadsView {
    fn from(tax: core::BooksOfTax) -> Self {
        Self { igst: tax.igst, cgst: tax.cgst, sgst: tax.sgst }
    }
}

/// Supplies to unregistered buyers of one other state.
#[derive(Debug, Clone, Object)]
pub struct PlaceView {
    /// The state's code.
    pub place_of_supply: String,
    /// The value that tax is computed on.
    pub taxable: i64,
    /// Integrated tax.
    pub igst: i64,
}

/// The working for GSTR-3B.
#[derive(Debug, Clone, Object)]
pub struct Gstr3bView {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The currency of all amounts.
    pub currency: String,
    /// 3.1(a): outward taxable supplies.
    pub outward: TaxSumsView,
    /// 3.1(c): outward supplies without tax.
    pub untaxed: UntaxedView,
    /// 3.2: to unregistered buyers of other states.
    pub inter_state_unregistered: Vec<PlaceView>,
    /// 4: input tax.
    pub input: TaxHeadsView,
    /// Outward tax less input tax, before credit of one head is used for another; negative is credit left over.
    pub payable: TaxHeadsView,
    /// What the accounts of tax owed were credited with in the same days, less their debits.
    pub books: TaxHeadsView,
    /// What of the books no bill or note of the days explains.
    pub other_postings: TaxHeadsView,
}

impl Gstr3bView {
    /// The wire's form.
    #[must_use]
    pub fn of(working: core::Gstr3b, (from, to): (Date, Date), currency: Currency) -> Self {
        let places = working.inter_state_unregistered.into_iter().map(|row| PlaceView {
            place_of_supply: row.place.to_string(),
            taxable: row.taxable,
            igst: row.igst,
        });
        Self {
            from: from.to_string(),
            to: to.to_string(),
            currency: currency.code().to_owned(),
            outward: working.outward.into(),
            untaxed: working.untaxed.into(),
            inter_state_unregistered: places.collect(),
            input: working.input.into(),
            payable: working.payable.into(),
            books: working.books.into(),
            other_postings: working.other_postings.into(),
        }
    }
}
