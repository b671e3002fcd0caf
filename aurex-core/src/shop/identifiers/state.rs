//! The two-digit state codes of the goods and services tax.

use std::fmt;

use super::IdentifierError;

/// What a state code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateKind {
    /// A state of the union.
    State,
    /// A union territory.
    UnionTerritory,
    /// A code that was merged or split and is found on old registrations only.
    Retired,
    /// No state: foreign country, other territory, centre jurisdiction.
    Special,
}

struct Row {
    code: u8,
    kind: StateKind,
    name: &'static str,
}

const fn row(code: u8, kind: StateKind, name: &'static str) -> Row {
    Row { code, kind, name }
}

/// Source: state code list of the GST e-invoice master codes. 25 was merged into 26 in January 2020, 28 became 37
/// after the division of 2014; 38 is Ladakh.
static TABLE: [Row; 41] = {
    use StateKind::{Retired, Special, State, UnionTerritory};
    [
        row(1, UnionTerritory, "Jammu and Kashmir"),
        row(2, State, "Himachal Pradesh"),
        row(3, State, "Punjab"),
        row(4, UnionTerritory, "Chandigarh"),
        row(5, State, "Uttarakhand"),
        row(6, State, "Haryana"),
        row(7, UnionTerritory, "Delhi"),
        row(8, State, "Rajasthan"),
        row(9, State, "Uttar Pradesh"),
        row(10, State, "Bihar"),
        row(11, State, "Sikkim"),
        row(12, State, "Arunachal Pradesh"),
        row(13, State, "Nagaland"),
        row(14, State, "Manipur"),
        row(15, State, "Mizoram"),
        row(16, State, "Tripura"),
        row(17, State, "Meghalaya"),
        row(18, State, "Assam"),
        row(19, State, "West Bengal"),
        row(20, State, "Jharkhand"),
        row(21, State, "Odisha"),
        row(22, State, "Chhattisgarh"),
        row(23, State, "Madhya Pradesh"),
        row(24, State, "Gujarat"),
        row(25, Retired, "Daman and Diu"),
        row(26, UnionTerritory, "Dadra and Nagar Haveli and Daman and Diu"),
        row(27, State, "Maharashtra"),
        row(28, Retired, "Andhra Pradesh (before division)"),
        row(29, State, "Karnataka"),
        row(30, State, "Goa"),
        row(31, UnionTerritory, "Lakshadweep"),
        row(32, State, "Kerala"),
        row(33, State, "Tamil Nadu"),
        row(34, UnionTerritory, "Puducherry"),
        row(35, UnionTerritory, "Andaman and Nicobar Islands"),
        row(36, State, "Telangana"),
        row(37, State, "Andhra Pradesh"),
        row(38, UnionTerritory, "Ladakh"),
        row(96, Special, "Foreign Country"),
        row(97, Special, "Other Territory"),
        row(99, Special, "Centre Jurisdiction"),
    ]
};

/// A state code of the goods and services tax, two digits: `27` is Maharashtra.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateCode(u8);

impl StateCode {
    /// Reads the two digits.
    ///
    /// # Errors
    /// [`IdentifierError::StateUnknown`] for anything that is not in the table.
    pub fn parse(text: &str) -> Result<Self, IdentifierError> {
        let &[tens @ b'0'..=b'9', units @ b'0'..=b'9'] = text.as_bytes() else {
            return Err(IdentifierError::StateUnknown);
        };
        let code = Self((tens - b'0') * 10 + (units - b'0'));
        code.row().map(|_| code).ok_or(IdentifierError::StateUnknown)
    }

    /// Every code of the table, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|row| Self(row.code))
    }

    /// The name of the state in English.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("", |row| row.name)
    }

    /// What the code stands for.
    #[must_use]
    pub fn kind(self) -> StateKind {
        self.row().map_or(StateKind::Special, |row| row.kind)
    }

    /// The number of the code.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// INVARIANT: there is a row for every value, because only [`StateCode::parse`] and [`StateCode::all`] make one.
    fn row(self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.code == self.0)
    }
}

/// The two digits.
impl fmt::Display for StateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}", self.0)
    }
}

impl fmt::Debug for StateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StateCode({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_and_codes_ascend() {
        let codes: Vec<_> = StateCode::all().collect();
        assert!(codes.is_sorted() && codes.len() == 41);
        for code in codes {
            assert_eq!(StateCode::parse(&code.to_string()), Ok(code));
            assert!(!code.name().is_empty());
        }
    }

    #[test]
    fn codes_outside_the_table_are_refused() {
        for text in ["", "0", "00", "39", "95", "98", "7", "027", "2a", "+7", "२७"] {
            assert_eq!(StateCode::parse(text), Err(IdentifierError::StateUnknown), "{text:?}");
        }
    }

    #[test]
    fn codes_that_are_no_state_say_so() {
        let kind = |text| StateCode::parse(text).unwrap().kind();
        assert_eq!(kind("27"), StateKind::State);
        assert_eq!(kind("07"), StateKind::UnionTerritory);
        assert_eq!(kind("28"), StateKind::Retired);
        assert_eq!(kind("96"), StateKind::Special);
        assert_eq!(kind("97"), StateKind::Special);
    }
}
