//! A workspace that arrives from another store: one transaction on a connection of its own, behind the same wall and under
//! the same guards as every write. Nobody else sees it before it commits.
//!
//! Its rows come as JSON, a statement a page: PostgreSQL reads each value as its column's type, so that numbers become truth
//! and text dates. Only bytes are told apart here, from the identifiers that other stores keep as bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use async_trait::async_trait;
use aurex_core::store::{Arrival, Cell, InspectReads, RawRow, Read, StoreError, arriving_tables};
use aurex_core::tenancy::{Slug, TenantId};
use serde_json::{Map, Value};
use sqlx::postgres::PgRow;
use sqlx::{Connection as _, PgConnection, Row as _};
use uuid::Uuid;

use crate::error::failure;
use crate::inspect::{page, reading};
use crate::opening;
use crate::raw;
use crate::store::PostgresStore;

/// A transaction being filled.
pub(crate) struct PostgresArrival {
    store: PostgresStore,
    tenant: TenantId,
    conn: PgConnection,
    /// The columns of the tables that rows were put into, and whether each is an identifier: so nothing but a name of our
    /// own enters a statement.
    columns: BTreeMap<&'static str, BTreeMap<String, bool>>,
}

impl PostgresArrival {
    pub(crate) async fn begin(
        store: PostgresStore,
        tenant: TenantId,
        slug: &Slug,
    ) -> Result<Self, StoreError> {
        let pool = &store.shared.writers;
        // Out of the pool for good: a shop's rows may take longer than any statement of a server's that serves.
        let mut conn = pool.acquire().await.map_err(failure)?.detach();
        let of = opening::standing(tenant, pool.role.as_deref());
        let message = format!(
            "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
             BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; {of};"
        );
        raw::send(&mut conn, message).await.map_err(failure)?;
        let entered = sqlx::query_scalar!(
            r#"SELECT aurex.open_workspace($1, $2) AS "is_open!""#,
            tenant.uuid(),
            slug.as_str()
        );
        let entered = entered.fetch_one(&mut conn).await.map_err(failure)?;
        let arrival = Self { store, tenant, conn, columns: BTreeMap::new() };
        if entered {
            return Ok(arrival);
        }
        Box::new(arrival).abandon().await;
        Err(StoreError::SlugTaken)
    }

    /// Sees that a table travels and that all these columns are its own; answers which of its columns are identifiers.
    async fn known(&mut self, table: &str, named: &[&str]) -> Read<(&'static str, &BTreeMap<String, bool>)> {
        let none = || StoreError::corrupt("a row of a table or with a column that there is not");
        let table = arriving_tables().find(|of| *of == table).ok_or_else(none)?;
        if !self.columns.contains_key(table) {
            let own = "SELECT attname::text, atttypid = 'uuid'::regtype FROM pg_catalog.pg_attribute
                       WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped";
            let own = raw::inspecting(own.to_owned()).bind(format!("aurex.{table}"));
            let own = own.try_map(|row: PgRow| Ok((row.try_get(0)?, row.try_get(1)?)));
            let own: Vec<(String, bool)> = own.fetch_all(&mut self.conn).await.map_err(failure)?;
            self.columns.insert(table, own.into_iter().collect());
        }
        let own = self.columns.get(table).ok_or_else(none)?;
        let is_own = |name: &&str| !matches!(*name, "tenant_id" | "tx") && own.contains_key(*name);
        if named.iter().all(is_own) { Ok((table, own)) } else { Err(none()) }
    }

    async fn end(mut self, statement: &'static str) -> Result<(), StoreError> {
        raw::run(&mut self.conn, statement).await.map_err(failure)?;
        if let Err(error) = self.conn.close().await {
            tracing::warn!(%error, "a connection did not end in order");
        }
        Ok(())
    }
}

/// A cell as PostgreSQL reads it out of JSON.
fn json(cell: &Cell, is_id: bool) -> Result<Value, StoreError> {
    Ok(match cell {
        Cell::Null => Value::Null,
        Cell::Bool(yes) => Value::from(*yes),
        Cell::Int(n) => Value::from(*n),
        Cell::Text(text) | Cell::Date(text) => Value::from(text.as_str()),
        Cell::Id(id) => Value::from(id.to_string()),
        Cell::Bytes(bytes) if is_id => {
            let id =
                Uuid::from_slice(bytes).map_err(|_| StoreError::corrupt("an identifier that is none"))?;
            Value::from(id.to_string())
        }
        Cell::Bytes(bytes) => {
            let mut text = String::with_capacity(2 + 2 * bytes.len());
            text.push_str("\\x");
            for byte in bytes {
                // Writing to a string does not fail.
                let _ = write!(text, "{byte:02x}");
            }
            Value::from(text)
        }
    })
}

#[async_trait]
impl InspectReads for PostgresArrival {
    async fn raw_rows(&mut self, table: &str, after: Option<&[Cell]>, limit: u16) -> Read<Vec<RawRow>> {
        // What was put in has plain keys, what is read has this store's own: pages go on from what was read.
        let page = page("aurex", self.tenant, table, after, limit)?;
        page.try_map(reading()).fetch_all(&mut self.conn).await.map_err(failure)
    }
}

#[async_trait]
impl Arrival for PostgresArrival {
    async fn put_rows(&mut self, table: &str, rows: &[RawRow]) -> Read<()> {
        let Some(first) = rows.first() else { return Ok(()) };
        let names: Vec<&str> =
            first.columns().map(|(name, _)| name).filter(|name| *name != "tenant_id").collect();
        let tenant = self.tenant.uuid();
        let (table, own) = self.known(table, &names).await?;
        let mut objects = Vec::with_capacity(rows.len());
        for row in rows {
            let mut object = Map::new();
            for name in &names {
                let is_id = own.get(*name).copied().unwrap_or(false);
                object.insert((*name).to_owned(), json(row.get(name), is_id)?);
            }
            objects.push(Value::Object(object));
        }
        let names = names.join(", ");
        let insert = format!(
            "INSERT INTO aurex.{table} (tenant_id, {names})
             SELECT $1, {names} FROM json_populate_recordset(NULL::aurex.{table}, $2::text::json)"
        );
        let rows = Value::Array(objects).to_string();
        let insert = raw::inspecting(insert).bind(tenant).bind(rows);
        insert.execute(&mut self.conn).await.map(drop).map_err(failure)
    }

    async fn finish(self: Box<Self>) -> Result<(), StoreError> {
        let (store, tenant) = (self.store.clone(), self.tenant);
        self.end("COMMIT").await?;
        store.shared.turns.note(tenant);
        Ok(())
    }

    async fn abandon(self: Box<Self>) {
        if let Err(error) = self.end("ROLLBACK").await {
            tracing::warn!(%error, "a connection that was given up did not end in order");
        }
    }
}
