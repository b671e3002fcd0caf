//! Voucher numbers: consecutive, without a gap, one series a kind and financial year.
//!
//! A number is allocated inside the transaction that issues the document, under the tenant's turn. If the document does
//! not commit, neither does the number.

use std::fmt;

use crate::text::Label;
use crate::time::{Date, FinancialYear};

crate::codes! {
    /// Which documents share a series.
    pub enum SeriesKind {
        /// Tax invoices and bills of supply.
        Invoice = "invoice",
        /// Money received.
        Receipt = "receipt",
        /// Credit notes.
        CreditNote = "credit_note",
        /// Debit notes.
        DebitNote = "debit_note",
        /// Money paid back.
        Refund = "refund",
        /// Old metal taken in.
        OldMetalPurchase = "old_metal_purchase",
        /// Purchases from suppliers.
        Purchase = "purchase",
        /// Metal given out to goldsmiths: the challans that go with it.
        GoldsmithIssue = "goldsmith_issue",
        /// Goods received from goldsmiths.
        GoldsmithReceipt = "goldsmith_receipt",
        /// Melting, and stock written off.
        StockVoucher = "stock_voucher",
        /// Money paid out.
        Payment = "payment",
        /// Receipt vouchers: money paid ahead.
        ReceiptVoucher = "receipt_voucher",
        /// Bookings of a rate.
        Booking = "booking",
        /// Journal vouchers: entries written by hand.
        Journal = "journal",
    }
}

crate::record! {
    /// A series: where its numbering stands.
    pub struct Series in "series" {
        /// Its documents.
        kind: SeriesKind = 1 [key],
        /// Its prefix, `INV`.
        prefix: Label = 2 [key],
        /// The calendar year in which the financial year starts.
        year: i32 = 3 [key],
        /// The next number.
        next: u32 = 4,
        /// The date of the last document; no later number has an earlier date.
        last_date: Date = 5,
    }
}

/// A voucher's printed number: `INV/26-27/000123`.
///
/// At most 16 characters of `A–Z 0–9 / -`, not beginning with 0, / or -: the e-invoice rule, stricter than Rule 46(b)
/// of the CGST Rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VoucherNumber(String);

impl VoucherNumber {
    /// Checks a number.
    ///
    /// # Errors
    /// [`NumberError::Form`] when it breaks the e-invoice rule.
    pub fn new(text: impl Into<String>) -> Result<Self, NumberError> {
        let text = text.into();
        let first = text.bytes().next().is_some_and(|b| b.is_ascii_uppercase() || matches!(b, b'1'..=b'9'));
        let rest = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b"/-".contains(&b));
        if first && rest && text.len() <= 16 { Ok(Self(text)) } else { Err(NumberError::Form) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VoucherNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for VoucherNumber {
    type Err = NumberError;
    fn from_str(text: &str) -> Result<Self, NumberError> {
        Self::new(text)
    }
}
crate::text_columns!(VoucherNumber);

/// Why no number can be allocated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberError {
    /// Not of the form that the law allows.
    #[error("a voucher number has at most 16 of A–Z, 0–9, / and -, and begins with a letter or 1–9")]
    Form,
    /// The series already has a later document.
    #[error("the series already has a document dated {last}")]
    DateOrder {
        /// The date of its last document.
        last: Date,
    },
    /// The series is full.
    #[error("the series has no number left in this year")]
    Exhausted,
}

/// A number taken from a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allocated {
    /// The number.
    pub number: VoucherNumber,
    /// The series as it was; `None` when this is its first document of the year.
    pub before: Option<Series>,
    /// The series as it shall be.
    pub after: Series,
}

impl Series {
    /// Takes the next number of the series (`kind`, `prefix`) for a document dated `date`. `current` is the series as
    /// stored for that date's financial year, if there is one.
    ///
    /// # Errors
    /// [`NumberError`] when dates would decrease, the year's numbers are used up, or the prefix is too long.
    pub fn allocate(
        kind: SeriesKind,
        prefix: &Label,
        current: Option<&Self>,
        date: Date,
    ) -> Result<Allocated, NumberError> {
        let year = FinancialYear::of(date);
        let next = match current {
            Some(series) if series.last_date > date => {
                return Err(NumberError::DateOrder { last: series.last_date });
            }
            Some(series) => series.next,
            None => 1,
        };
        if next > 999_999 {
            return Err(NumberError::Exhausted);
        }
        let number = VoucherNumber::new(format!("{prefix}/{}/{next:06}", year.label()))?;
        let after = Self {
            kind,
            prefix: prefix.clone(),
            year: year.starts_in(),
            next: next.saturating_add(1),
            last_date: date,
        };
        Ok(Allocated { number, before: current.cloned(), after })
    }
}

impl Allocated {
    /// Puts the series as it shall be.
    #[cfg_attr(not(feature = "shop"), expect(dead_code, reason = "the shop is the first domain that posts"))]
    pub(crate) fn record(self, draft: &mut crate::audit::Draft) {
        match self.before {
            Some(before) => draft.update(&before, self.after),
            None => draft.insert(self.after),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::parse_date;

    #[test]
    fn numbers_follow_the_year_and_never_go_back_in_date() {
        let prefix = Label::new("INV").unwrap();
        let day = |text| parse_date(text).unwrap();
        let first = Series::allocate(SeriesKind::Invoice, &prefix, None, day("2026-11-23")).unwrap();
        assert_eq!(first.number.as_str(), "INV/26-27/000001");
        let again = |date| Series::allocate(SeriesKind::Invoice, &prefix, Some(&first.after), day(date));
        assert_eq!(again("2026-11-23").unwrap().number.as_str(), "INV/26-27/000002");
        assert_eq!(again("2026-11-22"), Err(NumberError::DateOrder { last: day("2026-11-23") }));
    }

    #[test]
    fn numbers_have_the_form_that_the_law_allows() {
        for good in ["A", "1", "INV/26-27/000123", "A-1"] {
            assert!(VoucherNumber::new(good).is_ok(), "{good}");
        }
        for bad in ["", "0A", "/A", "-A", "a1", "A_1", "INV/26-27/0001234", "A 1"] {
            assert_eq!(VoucherNumber::new(bad), Err(NumberError::Form), "{bad}");
        }
    }
}
