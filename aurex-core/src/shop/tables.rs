//! Tables that people keep and bring: a row as its cells, and what is wrong with it, by line and column.

mod read;

use std::collections::BTreeMap;

pub(in crate::shop) use read::{fineness_of, grams_of, money_of, weight_of};

/// A column of a table that can be brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub name: &'static str,
    /// Whether a table must have it.
    pub needed: bool,
    /// What stands in it.
    pub says: &'static str,
}

/// The cells of a row by their headings; one that is empty is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cells {
    columns: &'static [Column],
    line: u64,
    cells: BTreeMap<&'static str, String>,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// The line of the table, from 1, the heading counted.
    pub line: u64,
    /// The column; empty for the row as a whole.
    pub column: &'static str,
    /// The stable code.
    pub code: &'static str,
    /// The same for people. It never repeats what stands there.
    pub message: String,
}

impl Cells {
    /// The cells of the row on a line. Blanks around a text are not its own.
    pub fn of<'t>(
        columns: &'static [Column],
        line: u64,
        cells: impl IntoIterator<Item = (&'static str, &'t str)>,
    ) -> Self {
        let cells = cells.into_iter().map(|(name, text)| (name, text.trim().to_owned()));
        Self { columns, line, cells: cells.filter(|(_, text)| !text.is_empty()).collect() }
    }

    /// The line of the table.
    #[must_use]
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// What stands in a column, which must have something.
    pub fn needed<T>(
        &self,
        column: &'static str,
        wrong: &mut Vec<RowProblem>,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        if !self.cells.contains_key(column) {
            wrong.push(self.problem(column, "cell.missing", "this cell must not be empty"));
        }
        self.optional(column, wrong, read)
    }

    /// What stands in a column, if anything.
    pub fn optional<T>(
        &self,
        column: &'static str,
        wrong: &mut Vec<RowProblem>,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = read(self.cells.get(column)?);
        if value.is_none() {
            wrong.push(self.problem(column, "cell.unreadable", "this cell cannot be read"));
        }
        value
    }

    /// A problem with a cell that was read by itself without one.
    pub fn problem_of(&self, column: &'static str, code: &'static str, message: &str) -> RowProblem {
        RowProblem { line: self.line, column, code, message: message.to_owned() }
    }

    fn problem(&self, column: &'static str, code: &'static str, what: &str) -> RowProblem {
        let says = self.columns.iter().find(|each| each.name == column).map_or("", |each| each.says);
        RowProblem { line: self.line, column, code, message: format!("{what}; it says {says}") }
    }
}
