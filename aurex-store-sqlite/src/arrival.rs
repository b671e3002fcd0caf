//! A workspace that arrives from another store: built in a file of its own, as one that is founded is, and read there before
//! it exists.
//!
//! The guards hold as for everybody: rows come in while the file's head says that an entry is being appended, which it says
//! from the head's own arrival to [`Arrival::finish`], in one transaction that nobody else sees.

use std::collections::BTreeMap;
use std::path::PathBuf;

use async_trait::async_trait;
use aurex_core::store::{Arrival, Cell, InspectReads, RawRow, Read, StoreError, arriving_tables};
use aurex_core::tenancy::{Slug, TenantId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, Row as _, SqliteConnection};

use crate::connect::{Use, connect};
use crate::error::{failure, io};
use crate::folder::{remove_database, sync_folder};
use crate::found::is_taken;
use crate::inspect::{bound, page, reading};
use crate::raw;
use crate::schema::TENANT;
use crate::store::SqliteStore;

/// As many values as one statement binds; SQLite takes 32,766.
const VALUES_AT_ONCE: usize = 4_000;

/// A file being filled.
pub(crate) struct SqliteArrival {
    store: SqliteStore,
    tenant: TenantId,
    slug: Slug,
    new: PathBuf,
    conn: Option<SqliteConnection>,
    /// The columns of the tables that rows were put into, so that nothing but a name of our own enters a statement.
    columns: BTreeMap<&'static str, Vec<String>>,
}

impl SqliteArrival {
    pub(crate) async fn begin(store: SqliteStore, tenant: TenantId, slug: &Slug) -> Result<Self, StoreError> {
        let shared = &store.shared;
        if shared.directory.is_taken(slug, tenant).await? {
            return Err(StoreError::SlugTaken);
        }
        let new = shared.folder.founding(tenant);
        remove_database(&new)?;
        TENANT.create(&new).await?;
        let mut conn = connect(&new, Use::Write).await?;
        if let Some(make) = shared.options.own_tables {
            make(&mut conn).await?;
        }
        raw::run(&mut conn, "BEGIN IMMEDIATE").await.map_err(failure)?;
        let id = tenant.uuid();
        sqlx::query!("INSERT INTO tenant (tenant_id) VALUES (?)", id)
            .execute(&mut conn)
            .await
            .map_err(failure)?;
        Ok(Self { store, tenant, slug: slug.clone(), new, conn: Some(conn), columns: BTreeMap::new() })
    }

    fn conn(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        self.conn.as_mut().ok_or(StoreError::Spoiled)
    }

    /// Sees that a table travels and that all these columns are its own.
    async fn known(&mut self, table: &str, named: &[&str]) -> Read<&'static str> {
        let none = || StoreError::corrupt("a row of a table or with a column that there is not");
        let table = arriving_tables().find(|of| *of == table).ok_or_else(none)?;
        if !self.columns.contains_key(table) {
            let own = raw::inspecting("SELECT name FROM pragma_table_info(?)".to_owned()).bind(table);
            let own = own.try_map(|row: SqliteRow| row.try_get::<String, _>(0));
            let own = own.fetch_all(self.conn()?).await.map_err(failure)?;
            self.columns.insert(table, own);
        }
        let own = self.columns.get(table).ok_or_else(none)?;
        let is_own =
            |name: &&str| !matches!(*name, "tenant_id" | "applying") && own.iter().any(|of| of == name);
        if named.iter().all(is_own) { Ok(table) } else { Err(none()) }
    }

    async fn settle(&mut self) -> Result<(), StoreError> {
        let id = self.tenant.uuid();
        let mut conn = self.conn.take().ok_or(StoreError::Spoiled)?;
        sqlx::query!("UPDATE head SET applying = 0 WHERE tenant_id = ?", id)
            .execute(&mut conn)
            .await
            .map_err(failure)?;
        raw::run(&mut conn, "COMMIT").await.map_err(failure)?;
        raw::run(&mut conn, "PRAGMA wal_checkpoint(TRUNCATE)").await.map_err(failure)?;
        conn.close().await.map_err(failure)?;
        let shared = &self.store.shared;
        let path = shared.folder.tenant(self.tenant);
        std::fs::File::open(&self.new).and_then(|file| file.sync_all()).map_err(io)?;
        std::fs::rename(&self.new, &path).map_err(io)?;
        sync_folder(&shared.folder.tenants())?;
        match shared.directory.enter(&self.slug, self.tenant).await {
            Ok(()) => {
                shared.turns.note(self.tenant);
                Ok(())
            }
            Err(StoreError::Failed(error)) if is_taken(&*error) => {
                remove_database(&path)?;
                Err(StoreError::SlugTaken)
            }
            Err(error) => Err(error),
        }
    }

    async fn clear(&mut self) {
        if let Some(conn) = self.conn.take()
            && let Err(error) = conn.close().await
        {
            tracing::warn!(%error, "a connection did not end in order");
        }
        if let Err(error) = remove_database(&self.new) {
            tracing::warn!(%error, "what was arriving is removed at the next start");
        }
    }
}

#[async_trait]
impl InspectReads for SqliteArrival {
    async fn raw_rows(&mut self, table: &str, after: Option<&[Cell]>, limit: u16) -> Read<Vec<RawRow>> {
        page(table, after, limit)?.try_map(reading()).fetch_all(self.conn()?).await.map_err(failure)
    }
}

#[async_trait]
impl Arrival for SqliteArrival {
    async fn put_rows(&mut self, table: &str, rows: &[RawRow]) -> Read<()> {
        let Some(first) = rows.first() else { return Ok(()) };
        let names: Vec<&str> =
            first.columns().map(|(name, _)| name).filter(|name| *name != "tenant_id").collect();
        let table = self.known(table, &names).await?;
        let tenant = Cell::Id(self.tenant.uuid());
        // The head comes first and lets everything else in.
        let applying = (table == "head").then_some(Cell::Int(1));
        let beside = if applying.is_some() { ", applying" } else { "" };
        let width = names.len() + 1 + usize::from(applying.is_some());
        let places = format!("({})", vec!["?"; width].join(", "));
        for rows in rows.chunks(VALUES_AT_ONCE.checked_div(width).unwrap_or(1).max(1)) {
            let all = vec![places.as_str(); rows.len()].join(", ");
            let insert =
                format!("INSERT INTO {table} (tenant_id, {}{beside}) VALUES {all}", names.join(", "));
            let mut insert = raw::inspecting(insert);
            for row in rows {
                insert = bound(insert, &tenant);
                for name in &names {
                    insert = bound(insert, row.get(name));
                }
                insert = applying.iter().fold(insert, bound);
            }
            insert.execute(self.conn()?).await.map_err(failure)?;
        }
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<(), StoreError> {
        let settled = self.settle().await;
        if settled.is_err() {
            self.clear().await;
        }
        settled
    }

    async fn abandon(mut self: Box<Self>) {
        self.clear().await;
    }
}
