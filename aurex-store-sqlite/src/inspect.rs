//! Rows as they stand, whatever they say; and a copy of a tenant's rows to drill on.
//!
//! A reader of rows that are not believed asks for all rows of the tenant's file, not for the tenant's: a row in it that
//! says it is another's is what somebody looks for.
//!
//! The copy is SQLite's own temporary database (an empty file name): in memory and, where it grows, in a file without a
//! name that nobody else can open and that is gone with the connection. The tenant's file is attached read only for the
//! copying, one transaction, and detached before anything is altered.

use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use aurex_core::store::{
    Cell, InspectReads, RawRow, Read, Scratch, StoreError, TABLES, key_columns, table_of,
};
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow};
use sqlx::{
    Column as _, ConnectOptions as _, Connection as _, Row as _, Sqlite, SqliteConnection, TypeInfo as _,
};
use sqlx::{ValueRef as _, sqlite::SqliteValueRef};

use crate::error::failure;
use crate::raw;
use crate::turn::SqliteTurn;

/// The table's name and the columns of its key, where its rows can be inspected.
fn inspected(table: &str) -> Read<(&'static str, Vec<&'static str>)> {
    let found = table_of(table).and_then(|table| Some((table.name, key_columns(table.name)?)));
    found.ok_or_else(|| StoreError::corrupt("a table that is not inspected"))
}

/// A page of rows as they stand.
pub(crate) fn page(
    table: &str,
    after: Option<&[Cell]>,
    limit: u16,
) -> Read<Query<'static, Sqlite, SqliteArguments>> {
    let (name, key) = inspected(table)?;
    let order = if key.is_empty() { "tenant_id".to_owned() } else { key.join(", ") };
    let beyond = match after {
        Some(_) if !key.is_empty() => {
            format!("WHERE ({}) > ({})", key.join(", "), vec!["?"; key.len()].join(", "))
        }
        _ => String::new(),
    };
    let statement = format!("SELECT * FROM {name} {beyond} ORDER BY {order} LIMIT {limit}");
    let query = raw::inspecting(statement);
    Ok(match after {
        Some(after) if !key.is_empty() => after.iter().fold(query, bound),
        _ => query,
    })
}

pub(crate) fn bound<'q>(
    query: Query<'q, Sqlite, SqliteArguments>,
    cell: &Cell,
) -> Query<'q, Sqlite, SqliteArguments> {
    match cell {
        Cell::Null => query.bind(None::<i64>),
        Cell::Bool(yes) => query.bind(i64::from(*yes)),
        Cell::Int(n) => query.bind(*n),
        Cell::Text(text) | Cell::Date(text) => query.bind(text.clone()),
        Cell::Bytes(bytes) => query.bind(bytes.clone()),
        Cell::Id(id) => query.bind(id.as_bytes().to_vec()),
    }
}

/// Reads rows of one statement; they share the names of their columns.
pub(crate) fn reading() -> impl FnMut(SqliteRow) -> Result<RawRow, sqlx::Error> + Send {
    let mut names: Option<Arc<[String]>> = None;
    move |row| {
        let names = names
            .get_or_insert_with(|| row.columns().iter().map(|column| column.name().to_owned()).collect());
        let cells = (0..row.len()).map(|at| cell(&row, at)).collect::<Result<_, _>>()?;
        Ok(RawRow::new(Arc::clone(names), cells))
    }
}

fn cell(row: &SqliteRow, at: usize) -> Result<Cell, sqlx::Error> {
    let value: SqliteValueRef<'_> = row.try_get_raw(at)?;
    if value.is_null() {
        return Ok(Cell::Null);
    }
    Ok(match value.type_info().name() {
        "INTEGER" => Cell::Int(row.try_get_unchecked(at)?),
        "BLOB" => Cell::Bytes(row.try_get_unchecked(at)?),
        _ => Cell::Text(row.try_get_unchecked(at)?),
    })
}

#[async_trait]
impl InspectReads for SqliteTurn<'_> {
    async fn raw_rows(&mut self, table: &str, after: Option<&[Cell]>, limit: u16) -> Read<Vec<RawRow>> {
        self.held.all(page(table, after, limit)?.try_map(reading())).await
    }
}

/// A copy of one tenant's rows.
pub(crate) struct SqliteScratch {
    conn: SqliteConnection,
}

impl SqliteScratch {
    /// Copies the tables of a tenant's file.
    pub(crate) async fn of(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename("")
            .foreign_keys(false)
            .pragma("trusted_schema", "OFF")
            .statement_cache_capacity(256)
            .disable_statement_logging();
        let mut conn = options.connect().await.map_err(failure)?;
        let path = file
            .to_str()
            .ok_or_else(|| StoreError::failed("the store's folder has a name that is no text"))?;
        let uri =
            format!("file:{}?mode=ro", path.replace('%', "%25").replace('?', "%3f").replace('#', "%23"));
        raw::inspecting("ATTACH ? AS shop".to_owned()).bind(uri).execute(&mut conn).await.map_err(failure)?;
        raw::run(&mut conn, "BEGIN").await.map_err(failure)?;
        for (name, key) in TABLES.iter().filter_map(|table| Some((table.name, key_columns(table.name)?))) {
            let copy = format!("CREATE TABLE main.{name} AS SELECT * FROM shop.{name}");
            raw::define(&mut conn, copy).await.map_err(failure)?;
            if !key.is_empty() {
                let index = format!("CREATE INDEX main.{name}_key ON {name} ({})", key.join(", "));
                raw::define(&mut conn, index).await.map_err(failure)?;
            }
        }
        raw::run(&mut conn, "COMMIT").await.map_err(failure)?;
        raw::run(&mut conn, "DETACH shop").await.map_err(failure)?;
        Ok(Self { conn })
    }
}

#[async_trait]
impl InspectReads for SqliteScratch {
    async fn raw_rows(&mut self, table: &str, after: Option<&[Cell]>, limit: u16) -> Read<Vec<RawRow>> {
        page(table, after, limit)?.try_map(reading()).fetch_all(&mut self.conn).await.map_err(failure)
    }
}

#[async_trait]
impl Scratch for SqliteScratch {
    async fn begin(&mut self) -> Read<()> {
        raw::run(&mut self.conn, "BEGIN").await.map_err(failure)
    }

    async fn undo(&mut self) -> Read<()> {
        raw::run(&mut self.conn, "ROLLBACK").await.map_err(failure)
    }

    async fn put_row(&mut self, table: &str, row: &RawRow) -> Read<()> {
        let (name, _) = inspected(table)?;
        let (columns, cells): (Vec<&str>, Vec<&Cell>) = row.columns().unzip();
        let places = vec!["?"; columns.len()].join(", ");
        let insert =
            raw::inspecting(format!("INSERT INTO {name} ({}) VALUES ({places})", columns.join(", ")));
        let insert = cells.into_iter().fold(insert, bound);
        insert.execute(&mut self.conn).await.map(drop).map_err(failure)
    }

    async fn remove_row(&mut self, table: &str, key: &[Cell]) -> Read<u64> {
        let (name, columns) = inspected(table)?;
        let of_key = if columns.is_empty() {
            "1".to_owned()
        } else {
            columns.iter().map(|column| format!("{column} IS ?")).collect::<Vec<_>>().join(" AND ")
        };
        let delete = raw::inspecting(format!("DELETE FROM {name} WHERE {of_key}"));
        let delete = key.iter().fold(delete, bound);
        delete.execute(&mut self.conn).await.map(|done| done.rows_affected()).map_err(failure)
    }

    async fn close(self: Box<Self>) {
        if let Err(error) = self.conn.close().await {
            tracing::warn!(%error, "a connection did not end in order");
        }
    }
}
