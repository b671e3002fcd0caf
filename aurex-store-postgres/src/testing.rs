//! Databases for tests, for whoever embeds the store: each a copy of a migrated template, removed when the test ends.
//!
//! They need a server whose superuser the tests are, which nothing but tests runs on; `scripts/with-postgres` starts one.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};

use crate::migrate::MIGRATIONS;
use crate::options::{Policy, PostgresOptions};
use crate::{migrate, raise_on_foreign_rows, raw};

/// Why there is no database for a test.
pub type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// A database with this build's schema that lives as long as this value.
///
/// ```no_run
/// # async fn f() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// use aurex_store_postgres::testing::TestDatabase;
/// use aurex_store_postgres::{Policy, PostgresStore};
///
/// let server = "postgres://postgres:password@127.0.0.1:5432/postgres";
/// // Under this policy a statement that forgot its tenant fails instead of finding nothing.
/// let database = TestDatabase::fresh(server, Policy::Raises).await?;
/// let (store, authority) = PostgresStore::open(database.url(), database.options()).await?;
/// # let _ = (store, authority);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct TestDatabase {
    server: String,
    name: String,
    url: String,
    policy: Policy,
}

impl TestDatabase {
    /// Copies the template, making it first where nobody has.
    ///
    /// # Errors
    /// What PostgreSQL says.
    pub async fn fresh(server: &str, policy: Policy) -> Result<Self, Trouble> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let template = template(server, policy).await?;
        // Tests may be processes of their own; their numbers come round again.
        let name = format!("aurex_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut conn = connect(server).await?;
        raw::send(&mut conn, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        raw::send(&mut conn, format!("CREATE DATABASE {name} TEMPLATE {template}")).await?;
        conn.close().await?;
        let url = url_of(server, &name);
        Ok(Self { server: server.to_owned(), name, url, policy })
    }

    /// Its URL, as the server's superuser.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Options that fit it, with few connections: many tests run at once.
    #[must_use]
    pub fn options(&self) -> PostgresOptions {
        PostgresOptions { writers: 3, readers: 3, policy: self.policy, ..PostgresOptions::default() }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (server, name) = (self.server.clone(), self.name.clone());
        // On a thread of its own, for a runtime may be ending around us. One that is left behind harms nobody.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let mut conn = connect(&server).await?;
                raw::send(&mut conn, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
                Ok::<_, Trouble>(())
            })
        });
        if !matches!(dropping.join(), Ok(Ok(()))) {
            tracing::warn!(database = self.name, "a test's database was left behind");
        }
    }
}

async fn connect(url: &str) -> Result<PgConnection, sqlx::Error> {
    PgConnectOptions::from_str(url)?.disable_statement_logging().connect().await
}

fn url_of(server: &str, database: &str) -> String {
    let (address, settings) = server.split_once('?').map_or((server, None), |(a, s)| (a, Some(s)));
    // The last slash of `postgres://host/name`, where there is a name.
    let address = match address.rsplit_once('/') {
        Some((front, _)) if !front.ends_with('/') => front,
        _ => address,
    };
    let settings = settings.map_or_else(String::new, |settings| format!("?{settings}"));
    format!("{address}/{database}{settings}")
}

/// The template, which whoever comes first makes. It is named by everything that goes into it.
async fn template(server: &str, policy: Policy) -> Result<String, Trouble> {
    let mut hasher = DefaultHasher::new();
    for migration in MIGRATIONS.iter() {
        (migration.version, &migration.description, &migration.checksum).hash(&mut hasher);
    }
    include_str!("walls/raising.sql").hash(&mut hasher);
    include_str!("roles.rs").hash(&mut hasher);
    include_str!("migrate.rs").hash(&mut hasher);
    include_str!("testing.rs").hash(&mut hasher);
    let name = format!("aurex_template_{}_{:016x}", format!("{policy:?}").to_lowercase(), hasher.finish());

    let mut conn = connect(server).await?;
    // The lock ends with the session.
    raw::run(&mut conn, "SELECT pg_advisory_lock(hashtextextended('aurex.template', 0))").await?;
    let there = format!("SELECT 1 FROM pg_database WHERE datname = '{name}' AND datistemplate");
    if raw::send(&mut conn, there).await?.is_empty() {
        raw::send(&mut conn, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        raw::send(&mut conn, format!("CREATE DATABASE {name} TEMPLATE template0")).await?;
        let url = url_of(server, &name);
        migrate(&url, &PostgresOptions::default()).await?;
        if policy == Policy::Raises {
            let mut template = connect(&url).await?;
            raise_on_foreign_rows(&mut template).await?;
            template.close().await?;
        }
        // Tests have clocks of their own, and workspaces end by them.
        let mut clock = connect(&url).await?;
        raw::run(&mut clock, "CREATE SCHEMA aurex_test_clock").await?;
        clock.close().await?;
        // Nobody may be connected to what is copied.
        let done = format!("ALTER DATABASE {name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false");
        raw::send(&mut conn, done).await?;
    }
    conn.close().await?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_named_in_the_servers_url() {
        for (server, expected) in [
            ("postgres://me:pw@host:5/postgres", "postgres://me:pw@host:5/t"),
            ("postgres://host", "postgres://host/t"),
            ("postgres://host/x?sslmode=disable", "postgres://host/t?sslmode=disable"),
        ] {
            assert_eq!(url_of(server, "t"), expected);
        }
    }
}
