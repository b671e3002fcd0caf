//! The working for GSTR-3B: what the documents of a period say, beside what the tax accounts say.
//!
//! It is a working, no return: the accountant sets credit off and pays. Where documents and accounts differ, the
//! difference stands in the open: payments of tax and vouchers written by hand are the usual reasons.

use super::{Gstr1, OutOfRange, TaxSums, UntaxedSums, less};
use crate::ledger::{Account, Balance};
use crate::shop::accounts::For;
use crate::shop::identifiers::StateCode;

/// Supplies to unregistered buyers of one other state (3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlaceRow {
    /// Where the goods are supplied.
    pub place: StateCode,
    /// The value that tax is computed on, in minor units.
    pub taxable: i64,
    /// Integrated tax.
    pub igst: i64,
}

/// Input tax of the period's purchases (4), from the accounts of input tax, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InputTax {
    /// Integrated tax.
    pub igst: i64,
    /// Central tax.
    pub cgst: i64,
    /// State tax.
    pub sgst: i64,
}

/// What the accounts of tax owed say of the period, credits less debits, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BooksOfTax {
    /// Integrated tax.
    pub igst: i64,
    /// Central tax.
    pub cgst: i64,
    /// State tax.
    pub sgst: i64,
}

/// The working.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gstr3b {
    /// 3.1(a): outward taxable supplies, less credit notes, more by debit notes.
    pub outward: TaxSums,
    /// 3.1(c): outward supplies without tax.
    pub untaxed: UntaxedSums,
    /// 3.2: of 3.1(a), to unregistered buyers of other states.
    pub inter_state_unregistered: Vec<PlaceRow>,
    /// 4: input tax.
    pub input: InputTax,
    /// Outward tax less input tax by head, before credit of one head is used for another; negative is credit left over.
    pub payable: InputTax,
    /// What the accounts of tax owed say of the same days.
    pub books: BooksOfTax,
    /// What of the books no bill or note of the days explains: payments of tax, vouchers written by hand.
    pub other_postings: BooksOfTax,
}

/// Debits less credits of the accounts for a purpose.
fn moved(sums: &[(Account, Balance)], purpose: &str) -> Result<i64, OutOfRange> {
    let of_purpose = sums.iter().filter(|(account, _)| account.purpose.as_str() == purpose);
    of_purpose.map(|(_, balance)| super::net(balance)).try_fold(0, |sum, net| super::added(sum, net?))
}

/// The working, from the return of outward supplies and the sums of exactly its days.
///
/// # Errors
/// [`OutOfRange`].
pub fn gstr3b(outward: &Gstr1, sums: &[(Account, Balance)]) -> Result<Gstr3b, OutOfRange> {
    let owed = |purpose: For| less(0, moved(sums, &purpose.purpose())?);
    let books = BooksOfTax { igst: owed(For::Igst)?, cgst: owed(For::Cgst)?, sgst: owed(For::Sgst)? };
    let paid = |purpose: For| moved(sums, &purpose.purpose());
    let input =
        InputTax { igst: paid(For::InputIgst)?, cgst: paid(For::InputCgst)?, sgst: paid(For::InputSgst)? };
    let totals = outward.totals;
    Ok(Gstr3b {
        outward: totals,
        untaxed: outward.untaxed,
        inter_state_unregistered: by_place(outward)?,
        input,
        payable: InputTax {
            igst: less(totals.igst, input.igst)?,
            cgst: less(totals.cgst, input.cgst)?,
            sgst: less(totals.sgst, input.sgst)?,
        },
        books,
        other_postings: BooksOfTax {
            igst: less(books.igst, totals.igst)?,
            cgst: less(books.cgst, totals.cgst)?,
            sgst: less(books.sgst, totals.sgst)?,
        },
    })
}

fn by_place(outward: &Gstr1) -> Result<Vec<PlaceRow>, OutOfRange> {
    let mut places: std::collections::BTreeMap<StateCode, TaxSums> = std::collections::BTreeMap::new();
    for row in outward.b2c_small.iter().filter(|row| row.inter_state) {
        let sums = places.entry(row.place).or_default();
        *sums = sums.plus(row.sums)?;
    }
    for document in &outward.b2c_large {
        let sums = places.entry(document.place).or_default();
        for rate in &document.rates {
            *sums = sums.plus(rate.sums)?;
        }
    }
    for note in &outward.notes_unregistered {
        let takes_back = note.kind == crate::store::TaxDocumentKind::CreditNote;
        let sums = places.entry(note.place).or_default();
        for rate in &note.rates {
            *sums = if takes_back { sums.minus(rate.sums)? } else { sums.plus(rate.sums)? };
        }
    }
    let row =
        |(place, sums): (StateCode, TaxSums)| PlaceRow { place, taxable: sums.taxable, igst: sums.igst };
    Ok(places.into_iter().map(row).collect())
}
