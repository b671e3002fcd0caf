//! Law as data: each row with the date it takes effect and its source. Nothing here is a constant in code elsewhere.

use chrono::Datelike as _;

use crate::measure::{Metal, Ratio};
use crate::money::Currency;
use crate::time::{Date, FinancialYear, parse_date, plus_days};

/// A rate of tax on a heading, from a date on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TaxClass {
    /// The HSN heading or SAC, by its first digits.
    pub heading: &'static str,
    /// The whole GST, parts per million.
    pub rate_ppm: i32,
    /// In force from this day.
    pub from: &'static str,
    /// Where it stands. `unconfirmed` says that nobody has compared the row with the text in force.
    pub source: &'static str,
}

/// Rates of GST, newest first within a heading.
pub const TAX_CLASSES: &[TaxClass] = &[
    TaxClass {
        heading: "7113",
        rate_ppm: 30_000,
        from: "2017-07-01",
        source: "Notification 1/2017-CT(R), Schedule V; unconfirmed",
    },
    TaxClass {
        heading: "7114",
        rate_ppm: 30_000,
        from: "2017-07-01",
        source: "Notification 1/2017-CT(R), Schedule V; unconfirmed",
    },
    TaxClass {
        heading: "7106",
        rate_ppm: 30_000,
        from: "2017-07-01",
        source: "Notification 1/2017-CT(R), Schedule V; unconfirmed",
    },
    TaxClass {
        heading: "7108",
        rate_ppm: 30_000,
        from: "2017-07-01",
        source: "Notification 1/2017-CT(R), Schedule V; unconfirmed",
    },
    TaxClass {
        heading: "7110",
        rate_ppm: 30_000,
        from: "2017-07-01",
        source: "Notification 1/2017-CT(R), Schedule V; unconfirmed",
    },
    TaxClass {
        heading: "9988",
        rate_ppm: 50_000,
        from: "2017-07-01",
        source: "Notification 11/2017-CT(R), job work; unconfirmed",
    },
];

/// A fineness that is hallmarked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grade {
    /// The metal.
    pub metal: Metal,
    /// The fineness, parts per million.
    pub ppm: u32,
    /// Where it stands.
    pub source: &'static str,
}

const fn gold(thousandths: u32) -> Grade {
    Grade { metal: Metal::Gold, ppm: thousandths * 1_000, source: "IS 1417; unconfirmed" }
}

const fn silver(thousandths: u32) -> Grade {
    Grade { metal: Metal::Silver, ppm: thousandths * 1_000, source: "IS 2112; unconfirmed" }
}

/// Grades of the Indian hallmarking standards.
pub const GRADES: &[Grade] = &[
    gold(375),
    gold(585),
    gold(750),
    gold(833),
    gold(916),
    gold(958),
    gold(995),
    gold(999),
    silver(800),
    silver(835),
    silver(925),
    silver(958),
    silver(970),
    silver(990),
    silver(999),
];

/// The taxable value from which an unregistered buyer's name, address and state must stand on the bill, in paise, with
/// its source: Rule 46(e) of the CGST Rules, ₹50,000.
pub const NAMED_BUYER_FROM_MINOR: i64 = 5_000_000;

/// Until when a credit note may lower the tax of a bill, from a date on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreditNoteDeadline {
    /// The month, in the calendar year in which the bill's financial year ends.
    pub month: u32,
    /// The last day of it.
    pub day: u32,
    /// For bills of financial years that end on this day or later.
    pub from: &'static str,
    /// Where it stands.
    pub source: &'static str,
}

/// The last days for declaring credit notes, newest first. The annual return, when it is filed earlier, ends the time
/// earlier; that is known once returns are kept.
pub const CREDIT_NOTE_DEADLINES: &[CreditNoteDeadline] = &[
    CreditNoteDeadline {
        month: 11,
        day: 30,
        from: "2022-03-31",
        source: "CGST Act 2017 s. 34(2) as amended by the Finance Act 2022; unconfirmed",
    },
    // The return for September was due on the 20th of October.
    CreditNoteDeadline {
        month: 10,
        day: 20,
        from: "2017-07-01",
        source: "CGST Act 2017 s. 34(2) as enacted, s. 39; unconfirmed",
    },
];

/// The last day on which a credit note against a bill of this date lowers the tax.
pub fn credit_note_deadline(bill: Date) -> Date {
    let ends = FinancialYear::of(bill).next().first_day();
    let last = |row: &CreditNoteDeadline| Date::from_ymd_opt(ends.year(), row.month, row.day);
    let year_end = plus_days(ends, -1);
    CREDIT_NOTE_DEADLINES
        .iter()
        .find(|row| parse_date(row.from).is_ok_and(|from| from <= year_end))
        .and_then(last)
        .unwrap_or(year_end)
}

/// Cash that may be paid out to one person in a day without being reported, from a date on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashPaidOut {
    /// The most, in minor units.
    pub most_minor: i64,
    /// Of this currency.
    pub currency: Currency,
    /// In force from this day.
    pub from: &'static str,
    /// Where it stands.
    pub source: &'static str,
}

/// What may be paid out in cash, newest first: ₹10,000 to a person in a day.
pub const CASH_PAID_OUT: &[CashPaidOut] = &[CashPaidOut {
    most_minor: 1_000_000,
    currency: Currency::INR,
    from: "2017-04-01",
    source: "Income-tax Act 1961 s. 40A(3) as amended by the Finance Act 2017, kept on in the Act of 2025; unconfirmed",
}];

/// The most cash that goes out to one person on `date` without being reported, in minor units; `None` where there is no
/// such limit.
pub fn cash_paid_out_unreported(date: Date, currency: Currency) -> Option<i64> {
    let in_force =
        |row: &&CashPaidOut| row.currency == currency && parse_date(row.from).is_ok_and(|from| from <= date);
    CASH_PAID_OUT.iter().find(in_force).map(|row| row.most_minor)
}

/// Cash that may be taken from one person in a day, for one transaction, and for one occasion, from a date on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashReceived {
    /// It stays below this, in minor units.
    pub below_minor: i64,
    /// Of this currency.
    pub currency: Currency,
    /// In force from this day.
    pub from: &'static str,
    /// Where it stands.
    pub source: &'static str,
}

/// What may be taken in cash, newest first: less than ₹2 lakh.
pub const CASH_RECEIVED: &[CashReceived] = &[
    CashReceived {
        below_minor: 20_000_000,
        currency: Currency::INR,
        from: "2026-04-01",
        source: "Income-tax Act 2025 s. 186; unconfirmed",
    },
    CashReceived {
        below_minor: 20_000_000,
        currency: Currency::INR,
        from: "2017-04-01",
        source: "Income-tax Act 1961 s. 269ST, inserted by the Finance Act 2017; unconfirmed",
    },
];

/// What is taken in cash on `date` from one person, for one transaction and for one occasion stays below this, in minor
/// units; `None` where there is no such limit.
pub fn cash_received_below(date: Date, currency: Currency) -> Option<i64> {
    let in_force =
        |row: &&CashReceived| row.currency == currency && parse_date(row.from).is_ok_and(|from| from <= date);
    CASH_RECEIVED.iter().find(in_force).map(|row| row.below_minor)
}

/// Linked cash that is entered in the register against money laundering, from a date on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinkedCash {
    /// From this much with one person in a calendar month, in minor units.
    pub from_minor: i64,
    /// Of this currency.
    pub currency: Currency,
    /// In force from this day.
    pub from: &'static str,
    /// Where it stands.
    pub source: &'static str,
}

/// From which linked cash is registered, newest first: ₹10 lakh.
pub const LINKED_CASH: &[LinkedCash] = &[LinkedCash {
    from_minor: 100_000_000,
    currency: Currency::INR,
    from: "2020-12-28",
    source: "PML (Maintenance of Records) Rules 2005 r. 3(1), for dealers in precious metals since G.S.R. 799(E) of \
             28 December 2020; unconfirmed",
}];

/// From how much linked cash with one person in a calendar month is registered on `date`, in minor units.
pub fn linked_cash_from(date: Date, currency: Currency) -> Option<i64> {
    let in_force =
        |row: &&LinkedCash| row.currency == currency && parse_date(row.from).is_ok_and(|from| from <= date);
    LINKED_CASH.iter().find(in_force).map(|row| row.from_minor)
}

/// Above what value a sale to an unregistered buyer of another state is declared by itself, from a date on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct B2cLarge {
    /// Bills of more than this, in minor units.
    pub above_minor: i64,
    /// Of this currency.
    pub currency: Currency,
    /// In force from this day.
    pub from: &'static str,
    /// Where it stands.
    pub source: &'static str,
}

/// The thresholds of table 5 of GSTR-1, newest first: ₹1 lakh, before ₹2.5 lakh.
pub const B2C_LARGE: &[B2cLarge] = &[
    B2cLarge {
        above_minor: 10_000_000,
        currency: Currency::INR,
        from: "2024-08-01",
        source: "CGST Rules 2017 r. 59(4) as amended by Notification 12/2024-CT; unconfirmed",
    },
    B2cLarge {
        above_minor: 25_000_000,
        currency: Currency::INR,
        from: "2017-07-01",
        source: "CGST Rules 2017 r. 59(4) as enacted; unconfirmed",
    },
];

/// Above what value, in minor units, a sale to an unregistered buyer of another state is large on `date`; `None` where
/// there is no such threshold.
pub fn b2c_large_above(date: Date, currency: Currency) -> Option<i64> {
    let in_force =
        |row: &&B2cLarge| row.currency == currency && parse_date(row.from).is_ok_and(|from| from <= date);
    B2C_LARGE.iter().find(in_force).map(|row| row.above_minor)
}

/// The turnover from which bills to registered buyers are registered, from a date on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EInvoiceTurnover {
    /// More than this in a year since 2017-18, in crore rupees.
    pub above_crore: i64,
    /// For bills of this day and later.
    pub from: &'static str,
    /// Where it stands.
    pub source: &'static str,
}

const fn e_invoice_above(above_crore: i64, from: &'static str, source: &'static str) -> EInvoiceTurnover {
    EInvoiceTurnover { above_crore, from, source }
}

/// From which turnover, newest first.
pub const E_INVOICE_TURNOVERS: &[EInvoiceTurnover] = &[
    e_invoice_above(5, "2023-08-01", "Notification 10/2023-CT; unconfirmed"),
    e_invoice_above(10, "2022-10-01", "Notification 17/2022-CT; unconfirmed"),
    e_invoice_above(20, "2022-04-01", "Notification 1/2022-CT; unconfirmed"),
    e_invoice_above(50, "2021-04-01", "Notification 5/2021-CT; unconfirmed"),
    e_invoice_above(100, "2021-01-01", "Notification 88/2020-CT; unconfirmed"),
    e_invoice_above(500, "2020-10-01", "Notifications 13/2020-CT and 61/2020-CT; unconfirmed"),
];

/// The turnover above which a bill of `date` to a registered buyer is registered, in crore rupees; none before there were
/// e-invoices.
pub fn e_invoice_turnover(date: Date) -> Option<i64> {
    let in_force = |row: &&EInvoiceTurnover| parse_date(row.from).is_ok_and(|from| from <= date);
    E_INVOICE_TURNOVERS.iter().find(in_force).map(|row| row.above_crore)
}

/// The rate of tax on `hsn` on `date`; `None` where no row of the table covers it.
pub fn tax_rate(hsn: &str, date: Date) -> Option<Ratio> {
    TAX_CLASSES
        .iter()
        .filter(|class| hsn.starts_with(class.heading))
        .find(|class| parse_date(class.from).is_ok_and(|from| from <= date))
        .map(|class| Ratio::from_ppm(class.rate_ppm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_has_a_date_that_parses() {
        for class in TAX_CLASSES {
            assert!(parse_date(class.from).is_ok(), "{}", class.heading);
        }
        let from = CREDIT_NOTE_DEADLINES.iter().map(|row| row.from);
        let from = from.chain(B2C_LARGE.iter().map(|row| row.from));
        let from = from.chain(LINKED_CASH.iter().map(|row| row.from));
        let from = from.chain(CASH_RECEIVED.iter().map(|row| row.from));
        for from in from.chain(CASH_PAID_OUT.iter().map(|row| row.from)) {
            assert!(parse_date(from).is_ok(), "{from}");
        }
    }

    #[test]
    fn credit_notes_lower_the_tax_until_november_after_the_year() {
        let day = |text| parse_date(text).unwrap();
        for (bill, last) in [
            ("2026-04-01", "2027-11-30"),
            ("2027-03-31", "2027-11-30"),
            ("2021-04-01", "2022-11-30"),
            ("2021-03-31", "2021-10-20"),
        ] {
            assert_eq!(credit_note_deadline(day(bill)), day(last), "{bill}");
        }
    }

    #[test]
    fn ten_thousand_rupees_a_day_go_out_in_cash_without_a_report() {
        let day = |text| parse_date(text).unwrap();
        assert_eq!(cash_paid_out_unreported(day("2026-11-23"), Currency::INR), Some(1_000_000));
        assert_eq!(cash_paid_out_unreported(day("2017-03-31"), Currency::INR), None);
    }

    #[test]
    fn less_than_two_lakh_is_taken_in_cash() {
        let day = |text| parse_date(text).unwrap();
        for (date, below) in
            [("2026-11-23", Some(20_000_000)), ("2026-03-31", Some(20_000_000)), ("2017-03-31", None)]
        {
            assert_eq!(cash_received_below(day(date), Currency::INR), below, "{date}");
        }
    }

    #[test]
    fn a_sale_to_another_state_is_large_above_one_lakh_since_august_2024() {
        let day = |text| parse_date(text).unwrap();
        for (date, above) in [("2026-11-23", 10_000_000), ("2024-07-31", 25_000_000)] {
            assert_eq!(b2c_large_above(day(date), Currency::INR), Some(above), "{date}");
        }
        assert_eq!(b2c_large_above(day("2017-06-30"), Currency::INR), None);
    }

    #[test]
    fn ever_smaller_shops_register_their_bills() {
        let day = |text| parse_date(text).unwrap();
        for (date, above) in [
            ("2020-09-30", None),
            ("2020-10-01", Some(500)),
            ("2022-09-30", Some(20)),
            ("2023-07-31", Some(10)),
            ("2026-11-23", Some(5)),
        ] {
            assert_eq!(e_invoice_turnover(day(date)), above, "{date}");
        }
    }

    #[test]
    fn gold_jewellery_bears_three_percent_since_gst_began() {
        let day = |text| parse_date(text).unwrap();
        assert_eq!(tax_rate("71131911", day("2026-11-23")), Some(Ratio::from_ppm(30_000)));
        assert_eq!(tax_rate("71131911", day("2017-06-30")), None);
        assert_eq!(tax_rate("8471", day("2026-11-23")), None);
    }
}
