//! What SQLite says a schema is, for comparing it with what it should be.

use std::collections::{BTreeMap, BTreeSet};

use aurex_core::store::StoreError;
use sqlx::SqliteConnection;

use crate::error::failure;

/// Every table, index and trigger with the words that made it. Kept whole rather than hashed: it is a few kilobytes,
/// and a difference can name its table.
pub(super) struct Fingerprint {
    objects: BTreeMap<(String, String), Object>,
}

#[derive(PartialEq, Eq)]
struct Object {
    table: String,
    sql: Option<String>,
}

impl Fingerprint {
    pub(super) async fn of(conn: &mut SqliteConnection) -> Result<Self, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT type AS "kind!", name AS "name!", tbl_name AS "table!", sql
               FROM sqlite_master WHERE name NOT LIKE 'sqlite\_stat%' ESCAPE '\'"#
        )
        .fetch_all(conn)
        .await
        .map_err(failure)?;
        let objects = rows
            .into_iter()
            .map(|row| ((row.kind, row.name), Object { table: row.table, sql: row.sql }))
            .collect();
        Ok(Self { objects })
    }

    /// The first table on which `live` differs from this.
    pub(super) fn drift<'a>(&'a self, live: &'a Self) -> Option<&'a str> {
        let ours: BTreeSet<&str> = self.objects.values().map(|object| object.table.as_str()).collect();
        let changed = self.objects.iter().find(|(key, object)| live.objects.get(*key) != Some(*object));
        let added = || {
            live.objects.iter().find(|(key, object)| {
                ours.contains(object.table.as_str()) && !self.objects.contains_key(*key)
            })
        };
        changed.or_else(added).map(|(_, object)| object.table.as_str())
    }
}
