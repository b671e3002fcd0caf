//! The schemas of the four kinds of files, and whether a file has the one that this build was compiled with.
//!
//! A migrated template is made once a process, in memory; new files are copies of it. A file that is opened must have
//! the template's tables, indexes and triggers word for word; if it does not, it is migrated, and if it still does
//! not, it is refused. Tables that an embedder added are left alone, but nothing may be added to ours.

mod fingerprint;

use std::path::Path;

use aurex_core::store::StoreError;
use sqlx::migrate::Migrator;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, SqliteConnection};
use tokio::sync::OnceCell;

use self::fingerprint::Fingerprint;
use crate::error::{failure, io};
use crate::folder::{sound_file, sync_folder, write_new};
use crate::own_tables::OwnTables;

/// One kind of file.
pub(crate) struct Schema {
    migrations: Migrator,
    template: OnceCell<Template>,
}

struct Template {
    bytes: Vec<u8>,
    fingerprint: Fingerprint,
}

/// The directory.
pub(crate) static DIRECTORY: Schema = Schema::of(sqlx::migrate!("migrations/directory"));
/// What precedes a tenant.
pub(crate) static HOUSE: Schema = Schema::of(sqlx::migrate!("migrations/house"));
/// One tenant.
pub(crate) static TENANT: Schema = Schema::of(sqlx::migrate!("migrations/tenant"));
/// One tenant's housekeeping.
pub(crate) static TENANT_HOUSE: Schema = Schema::of(sqlx::migrate!("migrations/tenant_house"));

impl Schema {
    const fn of(migrations: Migrator) -> Self {
        Self { migrations, template: OnceCell::const_new() }
    }

    async fn template(&self) -> Result<&Template, StoreError> {
        self.template.get_or_try_init(|| self.build()).await
    }

    async fn build(&self) -> Result<Template, StoreError> {
        let options = SqliteConnectOptions::new().in_memory(true).disable_statement_logging();
        let mut conn = options.connect().await.map_err(failure)?;
        self.migrate(&mut conn).await?;
        let fingerprint = Fingerprint::of(&mut conn).await?;
        let bytes = conn.serialize(None).await.map_err(failure)?.as_ref().to_vec();
        Ok(Template { bytes, fingerprint })
    }

    /// `run_direct` and not `run`: the future of the latter is not `Send` for every lifetime of a borrowed connection.
    async fn migrate(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        self.migrations.run_direct(None, conn, false).await.map_err(StoreError::failed)
    }

    /// Writes an empty database that was not there.
    pub(crate) async fn create(&self, path: &Path) -> Result<(), StoreError> {
        write_new(path, &self.template().await?.bytes)
    }

    /// Writes an empty database if there is none, whole or not at all.
    pub(crate) async fn ensure(&self, path: &Path) -> Result<(), StoreError> {
        if sound_file(path)? {
            return Ok(());
        }
        let mut new = path.as_os_str().to_owned();
        new.push(".new");
        let new = Path::new(&new);
        crate::folder::remove_database(new)?;
        self.create(new).await?;
        std::fs::rename(new, path).map_err(io)?;
        path.parent().map_or(Ok(()), sync_folder)
    }

    /// As [`Schema::check`], with an embedder's own tables made in between; ours must come out of it unchanged.
    pub(crate) async fn check_with(
        &self,
        conn: &mut SqliteConnection,
        own_tables: Option<OwnTables>,
    ) -> Result<(), StoreError> {
        self.check(conn).await?;
        let Some(make) = own_tables else { return Ok(()) };
        make(conn).await?;
        self.check(conn).await
    }

    /// Brings an opened database to this build's schema, or refuses it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] names the table that differs.
    pub(crate) async fn check(&self, conn: &mut SqliteConnection) -> Result<(), StoreError> {
        let template = self.template().await?;
        if template.fingerprint.drift(&Fingerprint::of(conn).await?).is_none() {
            return Ok(());
        }
        self.migrate(conn).await?;
        match template.fingerprint.drift(&Fingerprint::of(conn).await?) {
            None => Ok(()),
            Some(table) => Err(StoreError::corrupt(format!("the schema of {table} is not this build's"))),
        }
    }
}
