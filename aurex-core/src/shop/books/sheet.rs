//! A report as tables: what a spreadsheet or a file of comma-separated values is made of.
//!
//! Amounts are whole units and the place of their decimal point, never floats: whoever writes the file prints their
//! digits.

use crate::money::print_decimal;
use crate::time::Date;

/// One table of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name: at most 31 of letters, figures, spaces and dashes, as spreadsheets demand.
    pub name: String,
    /// What it shows, for whoever has it printed.
    pub title: String,
    /// The names of its columns.
    pub columns: Vec<&'static str>,
    /// Its rows, each with a cell a column.
    pub rows: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, whatever it begins with.
    Text(String),
    /// A day.
    Date(Date),
    /// A number of units, of which so many places are behind the point.
    Number {
        /// The units.
        units: i64,
        /// The places behind the point.
        decimals: u32,
    },
}

impl Cell {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An amount, or nothing where it is zero: the empty side of a ledger.
    pub const fn side(units: i64, decimals: u32) -> Self {
        if units == 0 { Self::Empty } else { Self::Number { units, decimals } }
    }

    /// An amount.
    pub const fn number(units: i64, decimals: u32) -> Self {
        Self::Number { units, decimals }
    }

    /// A count.
    pub fn count(units: impl Into<i64>) -> Self {
        Self::Number { units: units.into(), decimals: 0 }
    }

    /// As text: what a file of comma-separated values shows.
    pub fn printed(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Date(date) => date.to_string(),
            Self::Number { units, decimals } => print_decimal(*units, *decimals, None),
        }
    }
}

/// Milligrams have three places as grams.
pub const GRAMS_OF_MG: u32 = 3;
/// Nanograms have nine places as grams.
pub const GRAMS_OF_NG: u32 = 9;
