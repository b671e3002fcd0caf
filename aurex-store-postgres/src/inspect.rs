//! Rows as they stand, whatever they say; and a copy of a tenant's rows to drill on.
//!
//! The copy is temporary tables: a session of its own sees them and no other, they end with it, and nothing but `pg_temp`
//! is ever written. They are made by the role that serves, behind the same wall as everything it reads, in one REPEATABLE
//! READ transaction. That takes the right to make temporary tables in the database, which PostgreSQL gives to everybody
//! unless somebody took it away, and no right of the owner's. They have no guard, no key and no policy, so that nothing
//! stands in the way of an alteration: which is what the superuser of a server has, and what a drill is about.

use std::sync::Arc;

use async_trait::async_trait;
use aurex_core::store::{
    Cell, InspectReads, RawRow, Read, Scratch, StoreError, TABLES, key_columns, table_of,
};
use aurex_core::tenancy::TenantId;
use sqlx::postgres::{PgArguments, PgRow, PgValueRef};
use sqlx::query::Query;
use sqlx::{Column as _, Connection as _, PgConnection, Postgres, Row as _, TypeInfo as _, ValueRef as _};

use crate::connect::Pool;
use crate::error::failure;
use crate::opening;
use crate::raw;
use crate::turn::PostgresTurn;

/// The table's name and the columns of its key, where its rows can be inspected.
fn inspected(table: &str) -> Read<(&'static str, Vec<&'static str>)> {
    let found = table_of(table).and_then(|table| Some((table.name, key_columns(table.name)?)));
    found.ok_or_else(|| StoreError::corrupt("a table that is not inspected"))
}

/// The columns to look at. The transaction of an entry says something to the guards and nothing to the log.
fn columns(table: &str) -> &'static str {
    if table == "audit_entry" {
        "tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, outcome"
    } else {
        "*"
    }
}

/// A page of rows as they stand, out of `schema`.
pub(crate) fn page(
    schema: &str,
    tenant: TenantId,
    table: &str,
    after: Option<&[Cell]>,
    limit: u16,
) -> Read<Query<'static, Postgres, PgArguments>> {
    let (name, key) = inspected(table)?;
    let order = if key.is_empty() { "tenant_id".to_owned() } else { key.join(", ") };
    let (beyond, values) = match after {
        Some(after) if !key.is_empty() => {
            let (places, values) = placed(after, 2);
            (format!("AND ({}) > ({})", key.join(", "), places.join(", ")), values)
        }
        _ => (String::new(), Vec::new()),
    };
    let columns = columns(name);
    let statement = format!(
        "SELECT {columns} FROM {schema}.{name} WHERE tenant_id = $1 {beyond} ORDER BY {order} LIMIT {limit}"
    );
    Ok(values.into_iter().fold(raw::inspecting(statement).bind(tenant.uuid()), bound))
}

/// Cells as places in a statement, and those of them that have to be bound. Nothing has no type, and stands as itself.
fn placed(cells: &[Cell], first: usize) -> (Vec<String>, Vec<&Cell>) {
    let mut values = Vec::new();
    let places = cells
        .iter()
        .map(|cell| match cell {
            Cell::Null => "NULL".to_owned(),
            cell => {
                values.push(cell);
                let place = first + values.len() - 1;
                if matches!(cell, Cell::Date(_)) {
                    format!("${place}::text::date")
                } else {
                    format!("${place}")
                }
            }
        })
        .collect();
    (places, values)
}

fn bound<'q>(query: Query<'q, Postgres, PgArguments>, cell: &Cell) -> Query<'q, Postgres, PgArguments> {
    match cell {
        Cell::Null => query,
        Cell::Bool(yes) => query.bind(*yes),
        Cell::Int(n) => query.bind(*n),
        Cell::Text(text) | Cell::Date(text) => query.bind(text.clone()),
        Cell::Bytes(bytes) => query.bind(bytes.clone()),
        Cell::Id(id) => query.bind(*id),
    }
}

/// Reads rows of one statement; they share the names of their columns.
pub(crate) fn reading() -> impl FnMut(PgRow) -> Result<RawRow, sqlx::Error> + Send {
    let mut names: Option<Arc<[String]>> = None;
    move |row| {
        let names = names
            .get_or_insert_with(|| row.columns().iter().map(|column| column.name().to_owned()).collect());
        let cells = (0..row.len()).map(|at| cell(&row, at)).collect::<Result<_, _>>()?;
        Ok(RawRow::new(Arc::clone(names), cells))
    }
}

fn cell(row: &PgRow, at: usize) -> Result<Cell, sqlx::Error> {
    let value: PgValueRef<'_> = row.try_get_raw(at)?;
    if value.is_null() {
        return Ok(Cell::Null);
    }
    Ok(match value.type_info().name() {
        "BOOL" => Cell::Bool(row.try_get(at)?),
        "INT8" => Cell::Int(row.try_get(at)?),
        "BYTEA" => Cell::Bytes(row.try_get(at)?),
        "UUID" => Cell::Id(row.try_get(at)?),
        "DATE" => Cell::Date(row.try_get::<chrono::NaiveDate, _>(at)?.to_string()),
        _ => Cell::Text(row.try_get(at)?),
    })
}

#[async_trait]
impl InspectReads for PostgresTurn<'_> {
    async fn raw_rows(&mut self, table: &str, after: Option<&[Cell]>, limit: u16) -> Read<Vec<RawRow>> {
        self.held.all(page("aurex", self.tenant, table, after, limit)?.try_map(reading())).await
    }
}

/// A copy of one tenant's rows.
pub(crate) struct PostgresScratch {
    conn: PgConnection,
    tenant: TenantId,
}

impl PostgresScratch {
    /// Copies a tenant's rows on a connection that leaves the pool for it.
    pub(crate) async fn of(pool: &Pool, tenant: TenantId) -> Result<Self, StoreError> {
        let mut conn = pool.acquire().await.map_err(failure)?.detach();
        let of = opening::standing(tenant, pool.role.as_deref());
        // A shop's copy may take longer than any statement of a server's that serves.
        let mut message = format!(
            "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
             BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE; {of};"
        );
        for (name, key) in TABLES.iter().filter_map(|table| Some((table.name, key_columns(table.name)?))) {
            let columns = columns(name);
            message.push_str(&format!(
                "CREATE TEMPORARY TABLE {name} AS SELECT {columns} FROM aurex.{name} WHERE tenant_id = '{}';",
                tenant.uuid()
            ));
            if !key.is_empty() {
                message.push_str(&format!("CREATE INDEX ON pg_temp.{name} ({});", key.join(", ")));
            }
        }
        message.push_str("COMMIT; SELECT 1 FROM pg_temp.head");
        let heads = raw::send(&mut conn, message).await.map_err(failure)?;
        if heads.is_empty() { Err(StoreError::NoSuchTenant) } else { Ok(Self { conn, tenant }) }
    }
}

#[async_trait]
impl InspectReads for PostgresScratch {
    async fn raw_rows(&mut self, table: &str, after: Option<&[Cell]>, limit: u16) -> Read<Vec<RawRow>> {
        let page = page("pg_temp", self.tenant, table, after, limit)?;
        page.try_map(reading()).fetch_all(&mut self.conn).await.map_err(failure)
    }
}

#[async_trait]
impl Scratch for PostgresScratch {
    async fn begin(&mut self) -> Read<()> {
        raw::run(&mut self.conn, "BEGIN").await.map_err(failure)
    }

    async fn undo(&mut self) -> Read<()> {
        raw::run(&mut self.conn, "ROLLBACK").await.map_err(failure)
    }

    async fn put_row(&mut self, table: &str, row: &RawRow) -> Read<()> {
        let (name, _) = inspected(table)?;
        let (columns, cells): (Vec<&str>, Vec<Cell>) =
            row.columns().map(|(column, cell)| (column, cell.clone())).unzip();
        let (places, values) = placed(&cells, 1);
        let insert =
            format!("INSERT INTO pg_temp.{name} ({}) VALUES ({})", columns.join(", "), places.join(", "));
        let insert = values.into_iter().fold(raw::inspecting(insert), bound);
        insert.execute(&mut self.conn).await.map(drop).map_err(failure)
    }

    async fn remove_row(&mut self, table: &str, key: &[Cell]) -> Read<u64> {
        let (name, columns) = inspected(table)?;
        let (places, values) = placed(key, 1);
        let of_key = if columns.is_empty() {
            "true".to_owned()
        } else {
            format!("({}) = ({})", columns.join(", "), places.join(", "))
        };
        let delete = raw::inspecting(format!("DELETE FROM pg_temp.{name} WHERE {of_key}"));
        let delete = values.into_iter().fold(delete, bound);
        delete.execute(&mut self.conn).await.map(|done| done.rows_affected()).map_err(failure)
    }

    async fn close(self: Box<Self>) {
        if let Err(error) = self.conn.close().await {
            tracing::warn!(%error, "a connection did not end in order");
        }
    }
}
