//! A store on SQLite in a temporary folder.

use std::path::PathBuf;

use aurex_core::tenancy::TenantId;
use aurex_pharmacy::sqlite;
use aurex_store_sqlite::{SqliteOptions, SqliteStore};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};
use tempfile::TempDir;

use super::{Keeps, World};

pub struct Sqlite(TempDir);

impl Sqlite {
    pub async fn world() -> World {
        let World { pharmacy, kept, sign_in, trusted } = Self::open().await;
        World { pharmacy, kept: Box::new(kept) as Box<dyn Keeps>, sign_in, trusted }
    }

    pub async fn open() -> World<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (store, authority) = SqliteStore::open(folder.path(), sqlite::options()).await.unwrap();
        World::on(store, authority, Self(folder))
    }

    /// The store as another program beside this one would open it.
    pub async fn reopened(&self) -> SqliteStore {
        let options = SqliteOptions { beside_a_server: true, ..sqlite::options() };
        SqliteStore::open(self.0.path(), options).await.unwrap().0
    }

    fn file(&self, tenant: TenantId) -> PathBuf {
        self.0.path().join("tenants").join(format!("{}.db", tenant.uuid()))
    }

    /// A plain connection, with not one setting of ours.
    pub async fn plain(&self, tenant: TenantId) -> SqliteConnection {
        SqliteConnectOptions::new().filename(self.file(tenant)).connect().await.unwrap()
    }
}

/// What somebody might type who has the file.
#[expect(clippy::disallowed_methods, reason = "a test tries statements that no macro would pass")]
pub async fn run(conn: &mut SqliteConnection, sql: &str) -> Result<(), String> {
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(conn).await;
    done.map(drop).map_err(|error| error.to_string())
}
