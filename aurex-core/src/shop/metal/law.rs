//! What the law says of paying for metal in cash, as data.

use crate::money::{Currency, Money};
use crate::time::{Date, parse_date};

/// A limit on cash paid to one person in a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashLimit {
    /// In force from this day.
    pub from: &'static str,
    /// The most that passes without a warning, in paise.
    pub minor: i64,
    /// Where it stands.
    pub source: &'static str,
}

/// Cash paid out to one person in a day, newest first.
const CASH_PAID_OUT: &[CashLimit] = &[
    CashLimit {
        from: "2026-04-01",
        minor: 1_000_000,
        source: "Income-tax Act 2025, in the place of section 40A(3) of the Act of 1961; section unconfirmed",
    },
    CashLimit { from: "2017-04-01", minor: 1_000_000, source: "Income-tax Act 1961, section 40A(3)" },
];

/// Above which sum cash paid to one person on `date` is warned of and reported; `None` where no limit is known, as in
/// any other currency.
pub fn cash_paid_out_limit(currency: Currency, date: Date) -> Option<Money> {
    if currency != Currency::INR {
        return None;
    }
    let in_force = |limit: &&CashLimit| parse_date(limit.from).is_ok_and(|from| from <= date);
    CASH_PAID_OUT.iter().find(in_force).and_then(|limit| Money::new(limit.minor, currency).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cash_paid_out_is_limited_to_ten_thousand_rupees() {
        let day = |text| parse_date(text).unwrap();
        let limit = |date| cash_paid_out_limit(Currency::INR, day(date)).map(Money::minor);
        assert_eq!(limit("2026-11-23"), Some(1_000_000));
        assert_eq!(limit("2026-03-31"), Some(1_000_000));
        assert_eq!(limit("2017-03-31"), None);
        assert!(CASH_PAID_OUT.iter().all(|limit| parse_date(limit.from).is_ok()));
    }
}
