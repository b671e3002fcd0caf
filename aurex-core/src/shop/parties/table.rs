//! Somebody as they stand in a list that people keep.

use super::{Address, NewOpening, NewParty, OpeningSide};
use crate::money::Currency;
use crate::shop::identifiers::{Gstin, Pan, Phone, StateCode};
use crate::shop::tables::{Cells, Column, RowProblem, money_of};
use crate::text::{Email, Name};

/// The columns of a table of customers, suppliers or goldsmiths.
pub const PARTY_COLUMNS: &[Column] = &[
    Column { name: "name", needed: true, says: "the name on bills" },
    Column { name: "phone", needed: false, says: "the telephone number, ten digits or with +91" },
    Column { name: "email", needed: false, says: "an email address" },
    Column { name: "gstin", needed: false, says: "the GSTIN, fifteen letters and digits" },
    Column { name: "pan", needed: false, says: "the PAN, ten letters and digits" },
    Column { name: "state", needed: false, says: "the GST code of the state of delivery, 29 or 07" },
    Column { name: "address", needed: false, says: "the address on one line" },
    Column {
        name: "owes_us",
        needed: false,
        says: "what they owed the shop when the books began, 1,28,000.00",
    },
    Column { name: "we_owe", needed: false, says: "what the shop owed them when the books began" },
];

/// A row of such a table.
#[derive(Debug, Clone)]
pub struct PartyRow {
    /// Who.
    pub new: NewParty,
    /// What stood between them and the shop.
    pub opening: Option<NewOpening>,
}

/// What a row of a table says.
///
/// # Errors
/// Everything that is wrong with the row.
///
/// ```
/// use aurex_core::money::Currency;
/// use aurex_core::shop::parties::{PARTY_COLUMNS, party_of_row};
/// use aurex_core::shop::tables::Cells;
///
/// let cells = Cells::of(PARTY_COLUMNS, 2, [("name", "Asha Rao"), ("phone", "98200 98200"), ("owes_us", "1,28,000")]);
/// let row = party_of_row(&cells, Currency::INR).map_err(|wrong| format!("{wrong:?}"))?;
/// assert_eq!(row.new.phone.map(|phone| phone.as_str().to_owned()).as_deref(), Some("+919820098200"));
/// assert_eq!(row.opening.map(|opening| opening.amount.minor()), Some(12_800_000));
/// # Ok::<(), String>(())
/// ```
pub fn party_of_row(cells: &Cells, currency: Currency) -> Result<PartyRow, Vec<RowProblem>> {
    let mut wrong = Vec::new();
    let money = |text: &str| money_of(text, currency).filter(|money| money.minor() > 0);
    let name = cells.needed("name", &mut wrong, |text| Name::new(text).ok());
    let phone = cells.optional("phone", &mut wrong, phone_of);
    let email = cells.optional("email", &mut wrong, |text| Email::new(text).ok());
    let gstin = cells.optional("gstin", &mut wrong, |text| Gstin::parse(&text.to_uppercase()).ok());
    let pan = cells.optional("pan", &mut wrong, |text| Pan::parse(&text.to_uppercase()).ok());
    let state = cells.optional("state", &mut wrong, |text| StateCode::parse(text).ok());
    let address = cells.optional("address", &mut wrong, |text| Address::new(text).ok());
    let owes = cells.optional("owes_us", &mut wrong, money);
    let owed = cells.optional("we_owe", &mut wrong, money);
    if owes.is_some() && owed.is_some() {
        wrong.push(cells.problem_of("we_owe", "row.both_sides", "one of the two owed the other, not both"));
    }
    let side = if owes.is_some() { OpeningSide::OwedToShop } else { OpeningSide::OwedByShop };
    let opening = owes.or(owed).map(|amount| NewOpening { amount, side, reason: None });
    match name {
        Some(name) if wrong.is_empty() => {
            let new = NewParty { name, phone, email, gstin, pan, state, address, identity: None };
            Ok(PartyRow { new, opening })
        }
        _ => Err(wrong),
    }
}

/// A telephone number as it is written down, with blanks and dashes.
fn phone_of(text: &str) -> Option<Phone> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')')).collect();
    let whole = match digits.len() {
        10 => format!("+91{digits}"),
        11 if digits.starts_with('0') => format!("+91{}", digits.trim_start_matches('0')),
        12 if digits.starts_with("91") => format!("+{digits}"),
        _ => digits,
    };
    Phone::parse(&whole).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(pairs: &[(&'static str, &str)]) -> Result<PartyRow, Vec<&'static str>> {
        let cells = Cells::of(PARTY_COLUMNS, 7, pairs.iter().copied());
        party_of_row(&cells, Currency::INR)
            .map_err(|wrong| wrong.into_iter().map(|problem| problem.column).collect())
    }

    #[test]
    fn numbers_are_read_as_they_are_written_down() {
        for written in ["9820098200", "98200 98200", "098200-98200", "919820098200", "+91 98200 98200"] {
            let read = row(&[("name", "Asha"), ("phone", written)]).unwrap().new.phone.unwrap();
            assert_eq!(read.as_str(), "+919820098200", "{written}");
        }
    }

    #[test]
    fn everything_that_is_wrong_with_a_row_is_named() {
        let wrong = [
            ("phone", "12"),
            ("email", "at home"),
            ("gstin", "24AANFA2641L1ZK"),
            ("pan", "X"),
            ("state", "Goa"),
            ("owes_us", "0"),
            ("we_owe", "1,28"),
        ];
        assert_eq!(
            row(&wrong).unwrap_err(),
            ["name", "phone", "email", "gstin", "pan", "state", "owes_us", "we_owe"]
        );
        assert_eq!(row(&[("name", "Asha"), ("owes_us", "1"), ("we_owe", "1")]).unwrap_err(), ["we_owe"]);
    }

    proptest! {
        #[test]
        fn no_row_panics(texts in proptest::collection::vec(".{0,12}", 9)) {
            let names = PARTY_COLUMNS.iter().map(|column| column.name);
            let _ = row(&names.zip(texts.iter().map(String::as_str)).collect::<Vec<_>>());
        }
    }
}
