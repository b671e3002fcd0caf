//! Of the statements of `change.sql` those whose tables have rows, as one message.
//!
//! A statement without rows writes nothing, but costs some microseconds to bind, start and end, and a change touches a
//! third of the tables at most. What is left out is left out whole: order and words stay those of the file, which the
//! build checks as one.

use std::sync::LazyLock;

use sqlx::query::Query;
use sqlx::sqlite::SqliteArguments;
use sqlx::{SqlStr, Sqlite};
use uuid::Uuid;

use super::batch::Batch;
use crate::raw;

/// How every statement begins that is fed with rows: these are its first parameter, all others the tenant.
const FED: &str = "WITH put (fact) AS MATERIALIZED (SELECT value FROM json_each(?))";

/// The kept sums, and the tables whose rows they are made of. Every other statement is fed with its own table's rows.
const SUMS: &[(&str, &str)] =
    &[("balance", "posting"), ("lot_on_hand", "stock_movement"), ("invoice_settled", "settlement")];

/// One statement of the file.
#[derive(Debug)]
struct Statement {
    sql: String,
    rows_of: Option<String>,
    tenants: usize,
}

impl Statement {
    fn of(sql: &str) -> Self {
        let fed = sql.strip_prefix(FED);
        let rows_of = fed.and_then(table_of).map(|table| {
            let sum = SUMS.iter().find(|(sum, _)| *sum == table);
            sum.map_or(table, |(_, of)| of).to_owned()
        });
        let tenants = fed.map_or(0, |rest| rest.matches('?').count());
        Self { sql: sql.to_owned(), rows_of, tenants }
    }
}

/// The table that a statement writes.
fn table_of(sql: &str) -> Option<&str> {
    let (_, rest) = sql.split_once("INSERT INTO ").or_else(|| sql.split_once("DELETE FROM "))?;
    rest.split_whitespace().next()
}

static STATEMENTS: LazyLock<Vec<Statement>> = LazyLock::new(|| statements(&super::whole()));

fn statements(sql: &SqlStr) -> Vec<Statement> {
    let lines = sql.as_str().lines().filter(|line| !line.starts_with("--"));
    let sql = lines.collect::<Vec<_>>().join("\n");
    sql.split(';').map(str::trim).filter(|sql| !sql.is_empty()).map(Statement::of).collect()
}

type Bound = Query<'static, Sqlite, SqliteArguments>;

/// The message for these rows. `first` gives the parameters of the statements that come before any rows, `last` those of
/// the statements behind them.
pub(super) fn message(
    tenant: Uuid,
    rows: &Batch,
    first: impl FnOnce(Bound) -> Bound,
    last: impl FnOnce(Bound) -> Bound,
) -> Bound {
    let sent = |statement: &&Statement| statement.rows_of.as_ref().is_none_or(|table| rows.has(table));
    let mut sql = String::new();
    for statement in STATEMENTS.iter().filter(sent) {
        sql.push_str(&statement.sql);
        sql.push_str(";\n");
    }
    let mut bound = first(raw::message(sql));
    for statement in STATEMENTS.iter().filter(sent) {
        let Some(table) = &statement.rows_of else { continue };
        bound = bound.bind(rows.of(table).to_owned());
        for _ in 0..statement.tenants {
            bound = bound.bind(tenant);
        }
    }
    last(bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A line of the file a statement, the first two and the last without rows.
    #[test]
    fn a_statement_is_fed_with_the_rows_of_its_table() {
        let [head, entry, fed @ .., closing] = &STATEMENTS[..] else { panic!("few statements") };
        for (statement, begins) in [
            (head, "UPDATE head SET"),
            (entry, "INSERT INTO audit_entry ("),
            (closing, "UPDATE head SET applying"),
        ] {
            assert!(statement.sql.starts_with(begins) && statement.rows_of.is_none(), "{statement:?}");
        }
        for statement in fed {
            assert!(statement.rows_of.is_some() && statement.tenants > 0, "{statement:?}");
            assert!(
                statement.sql.split('\'').skip(1).step_by(2).all(|text| !text.contains('?')),
                "{statement:?}"
            );
        }
        assert!(fed.len() > 20);
        let of = |sum: &str| {
            let head = format!("INSERT INTO {sum} (");
            fed.iter().find(|statement| statement.sql.contains(&head)).unwrap().rows_of.clone()
        };
        assert_eq!(of("balance").as_deref(), Some("posting"));
        assert_eq!(of("lot_on_hand").as_deref(), Some("stock_movement"));
        assert_eq!(of("invoice_settled").as_deref(), Some("settlement"));
        assert_eq!(of("posting").as_deref(), Some("posting"));
    }

    #[test]
    fn nothing_of_the_file_is_lost_in_taking_it_apart() {
        let plain = |sql: &str| {
            let lines = sql.lines().filter(|line| !line.starts_with("--"));
            lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ").replace(" ;", ";")
        };
        let together: String = STATEMENTS.iter().map(|statement| format!("{};\n", statement.sql)).collect();
        assert!(plain(&together) == plain(include_str!("change.sql")));
    }
}
