//! Cash by person: what was paid out beyond the law's limit of a day, and linked cash for the register against money
//! laundering.
//!
//! Records of one telephone number or PAN are one person, and so are those that a chain of such records joins.

use std::collections::BTreeMap;

use chrono::Datelike as _;

use super::sheet::{Cell, Sheet};
use super::sheets::sheet;
use super::{OutOfRange, added};
use crate::money::Currency;
use crate::shop::cash::CashOfDay;
use crate::shop::identifiers::{Pan, Phone};
use crate::shop::law::{cash_paid_out_unreported, linked_cash_from};
use crate::shop::parties::PartyId;
use crate::time::Date;

/// What one person is known by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum KnownBy {
    Record(PartyId),
    Phone(String),
    Pan(String),
}

/// The cash of one person, under whichever of their records it passed.
#[derive(Debug, Clone, Default)]
pub struct PersonsCash {
    known_by: Vec<KnownBy>,
    /// Day by day and record by record.
    pub days: Vec<CashOfDay>,
}

/// Gathers cash by person; each row comes with the PAN of its party, if it has one.
pub fn by_person(rows: impl IntoIterator<Item = (CashOfDay, Option<Pan>)>) -> Vec<PersonsCash> {
    let mut who: BTreeMap<KnownBy, usize> = BTreeMap::new();
    let mut persons: BTreeMap<usize, PersonsCash> = BTreeMap::new();
    for (index, (row, pan)) in rows.into_iter().enumerate() {
        let phone = row.phone.as_ref().map(Phone::as_str).map(str::to_owned).map(KnownBy::Phone);
        let pan = pan.map(|pan| KnownBy::Pan(pan.reveal().to_owned()));
        let mut known_by: Vec<_> = [KnownBy::Record(row.party)].into_iter().chain(phone).chain(pan).collect();
        let found: Vec<usize> = known_by.iter().filter_map(|by| who.get(by).copied()).collect();
        let mut person = PersonsCash::default();
        for same in found {
            if let Some(other) = persons.remove(&same) {
                known_by.extend(other.known_by);
                person.days.extend(other.days);
            }
        }
        person.days.push(row);
        for by in &known_by {
            who.insert(by.clone(), index);
        }
        person.known_by = known_by;
        persons.insert(index, person);
    }
    persons.into_values().collect()
}

impl PersonsCash {
    /// The names of their records.
    fn names(&self) -> String {
        let mut names: Vec<_> = self.days.iter().map(|row| row.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        names.join(" / ")
    }

    fn sums<K: Ord>(&self, of: impl Fn(&CashOfDay) -> K) -> Result<BTreeMap<K, Sums>, OutOfRange> {
        let mut sums: BTreeMap<K, Sums> = BTreeMap::new();
        for row in &self.days {
            let sum = sums.entry(of(row)).or_insert(Sums { last: row.date, received: 0, paid_out: 0 });
            sum.last = sum.last.max(row.date);
            sum.received = added(sum.received, row.received)?;
            sum.paid_out = added(sum.paid_out, row.paid_out)?;
        }
        Ok(sums)
    }
}

#[derive(Debug, Clone, Copy)]
struct Sums {
    last: Date,
    received: i64,
    paid_out: i64,
}

/// Cash paid out to one person in a day beyond the law's limit; linked cash of a calendar month; and each day of the linked.
///
/// # Errors
/// [`OutOfRange`].
pub fn cash_sheets(
    persons: &[PersonsCash],
    currency: Currency,
    (from, to): (Date, Date),
) -> Result<Vec<Sheet>, OutOfRange> {
    let decimals = currency.exponent();
    let amount = |minor| Cell::number(minor, decimals);
    let (mut out, mut linked, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for person in persons {
        for (date, sums) in person.sums(|row| row.date)? {
            if cash_paid_out_unreported(date, currency).is_some_and(|most| sums.paid_out > most) {
                out.push(vec![Cell::Date(date), Cell::text(person.names()), amount(sums.paid_out)]);
            }
        }
        for (month, sums) in person.sums(month_of)? {
            let together = added(sums.received, sums.paid_out)?;
            if linked_cash_from(sums.last, currency).is_none_or(|from| together < from) {
                continue;
            }
            let figures = [sums.received, sums.paid_out, together].map(amount);
            let head = [Cell::text(month.clone()), Cell::text(person.names())];
            linked.push(head.into_iter().chain(figures).collect());
            for row in person.days.iter().filter(|row| month_of(row) == month) {
                let figures = [row.received, row.paid_out].map(|minor| Cell::side(minor, decimals));
                let head = [Cell::text(month.clone()), Cell::Date(row.date), Cell::text(row.name.as_str())];
                lines.push(head.into_iter().chain(figures).collect());
            }
        }
    }
    out.sort_by_key(|row: &Vec<Cell>| row.iter().map(Cell::printed).collect::<Vec<_>>());
    let title = |what: &str| format!("{what} in {}, {from} to {to}", currency.code());
    let out_columns = ["Date", "Person", "Paid out"];
    let linked_columns = ["Month", "Person", "Received", "Paid out", "Together"];
    let line_columns = ["Month", "Date", "Party", "Received", "Paid out"];
    Ok(vec![
        sheet(
            "Cash paid out",
            title("Cash paid out to one person in a day beyond the limit"),
            &out_columns,
            out,
        ),
        sheet("Linked cash", title("Linked cash of one person in a calendar month"), &linked_columns, linked),
        sheet("Linked cash by day", title("Linked cash day by day"), &line_columns, lines),
    ])
}

fn month_of(row: &CashOfDay) -> String {
    format!("{}-{:02}", row.date.year(), row.date.month())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::Id as _;
    use crate::text::Name;
    use crate::time::parse_date;

    fn row(party: u128, phone: &str, date: &str, received: i64, paid_out: i64) -> CashOfDay {
        CashOfDay {
            date: parse_date(date).unwrap(),
            party: PartyId::from_uuid(uuid::Uuid::from_u128(party)),
            name: Name::new(format!("No. {party}")).unwrap(),
            phone: Some(Phone::parse(phone).unwrap()),
            gstin: None,
            pan: None,
            received,
            paid_out,
        }
    }

    #[test]
    fn records_that_a_chain_of_numbers_joins_are_one_person() {
        let pan = || Some(Pan::parse("AAGCQ4821K").unwrap());
        let rows = [
            (row(1, "+919820011111", "2026-11-02", 30_000_000, 0), None),
            (row(2, "+919820022222", "2026-11-03", 30_000_000, 0), pan()),
            (row(3, "+919820033333", "2026-11-04", 99_999_999, 0), None),
            (row(4, "+919820011111", "2026-11-28", 20_000_000, 20_000_000), pan()),
            (row(4, "+919820011111", "2026-12-01", 50_000_000, 1_000_000), pan()),
        ];
        let persons = by_person(rows);
        assert_eq!(persons.len(), 2);
        let period = (parse_date("2026-11-01").unwrap(), parse_date("2026-12-31").unwrap());
        let sheets = cash_sheets(&persons, Currency::INR, period).unwrap();
        let printed: Vec<Vec<String>> = sheets
            .iter()
            .map(|sheet| {
                sheet
                    .rows
                    .iter()
                    .map(|row| row.iter().map(Cell::printed).collect::<Vec<_>>().join("|"))
                    .collect()
            })
            .collect();
        let [out, linked, lines] = printed.try_into().unwrap();
        assert_eq!(out, ["2026-11-28|No. 1 / No. 2 / No. 4|200000.00"], "₹10,000 on another day pass");
        assert_eq!(linked, ["2026-11|No. 1 / No. 2 / No. 4|800000.00|200000.00|1000000.00"]);
        assert_eq!(lines.len(), 3);
    }
}
