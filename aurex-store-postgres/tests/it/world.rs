//! A database for each test: a copy of a migrated template, dropped when the test ends.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::str::FromStr as _;
use std::sync::atomic::{AtomicU32, Ordering};

use aurex_store_postgres::{Policy, PostgresOptions, migrate, raise_on_foreign_rows};
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection, Row as _};

/// The server, as its superuser.
#[expect(clippy::disallowed_methods, reason = "which server tests run on is the environment's to say")]
pub fn server() -> String {
    std::env::var("AUREX_TEST_POSTGRES_URL").expect(
        "these tests need a PostgreSQL server: run scripts/test, or set AUREX_TEST_POSTGRES_URL to a superuser's URL",
    )
}

/// Few connections a store, for many tests run at once.
pub fn options(policy: Policy) -> PostgresOptions {
    PostgresOptions { writers: 3, readers: 3, policy, ..PostgresOptions::default() }
}

/// A database that lives as long as this value.
pub struct Database {
    pub name: String,
}

impl Database {
    /// With this build's schema.
    pub async fn migrated(policy: Policy) -> Self {
        let template = template(policy).await;
        Self::made(&format!("TEMPLATE {template}")).await
    }

    /// With nothing in it.
    pub async fn empty() -> Self {
        Self::made("TEMPLATE template0").await
    }

    async fn made(like: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // Every test is a process of its own.
        let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let name = format!("aurex_test_{process}_{count}");
        let mut conn = connect(&server()).await;
        // Process numbers come round again.
        run(&mut conn, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
        drop_roles(&mut conn, &name).await.unwrap();
        run(&mut conn, &format!("CREATE DATABASE {name} {like}")).await.unwrap();
        conn.close().await.unwrap();
        Self { name }
    }

    /// Options with a prefix of this database's own, for tests that change a role; its roles are dropped with it.
    pub fn options(&self) -> PostgresOptions {
        PostgresOptions { role_prefix: self.name.clone(), ..options(Policy::Filters) }
    }

    /// A login of this database's own, with these attributes; answers its name, which begins as the database's.
    pub async fn login(&self, attributes: &str) -> String {
        let login = format!("{}_login", self.name);
        let create = format!("CREATE ROLE {login} LOGIN PASSWORD '{login}' {attributes}");
        run(&mut self.superuser().await, &create).await.unwrap();
        login
    }

    /// As the server's superuser.
    pub fn url(&self) -> String {
        url_of(&self.name)
    }

    /// As another login, whose password is its name.
    pub fn url_as(&self, login: &str) -> String {
        let url = self.url();
        let (_, host) = url.rsplit_once('@').expect("the server's URL names a user");
        format!("postgres://{login}:{login}@{host}")
    }

    /// A connection as the server's superuser.
    pub async fn superuser(&self) -> PgConnection {
        connect(&self.url()).await
    }

    /// A connection as which the application works.
    pub async fn app(&self) -> PgConnection {
        let mut conn = self.superuser().await;
        run(&mut conn, "SET ROLE aurex_app").await.unwrap();
        conn
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let name = self.name.clone();
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let mut conn = connect(&server()).await;
                run(&mut conn, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
                drop_roles(&mut conn, &name).await
            })
        });
        if !std::thread::panicking() {
            dropped.join().expect("no panic").expect("the database is dropped");
        }
    }
}

/// The roles that begin as this database, and whatever its tests made.
async fn drop_roles(conn: &mut PgConnection, name: &str) -> Result<(), String> {
    let own = format!("SELECT string_agg(rolname, ', ') FROM pg_roles WHERE starts_with(rolname, '{name}_')");
    match rows(conn, &own).await.remove(0).remove(0) {
        None => Ok(()),
        Some(roles) => run(conn, &format!("DROP OWNED BY {roles}; DROP ROLE {roles}")).await,
    }
}

fn url_of(database: &str) -> String {
    let server = server();
    let (address, settings) =
        server.split_once('?').map_or((&*server, ""), |(address, rest)| (address, rest));
    let (address, _) = address.rsplit_once('/').expect("the server's URL names a database");
    let mark = if settings.is_empty() { "" } else { "?" };
    format!("{address}/{database}{mark}{settings}")
}

pub async fn connect(url: &str) -> PgConnection {
    PgConnectOptions::from_str(url).unwrap().disable_statement_logging().connect().await.unwrap()
}

/// The template, which whoever comes first makes. It is named by everything that goes into it.
async fn template(policy: Policy) -> String {
    let mut hasher = DefaultHasher::new();
    for migration in sqlx::migrate!().iter() {
        (migration.version, &migration.description, &migration.checksum).hash(&mut hasher);
    }
    include_str!("../../src/walls/raising.sql").hash(&mut hasher);
    include_str!("../../src/roles.rs").hash(&mut hasher);
    include_str!("../../src/migrate.rs").hash(&mut hasher);
    let name = format!("aurex_template_{}_{:016x}", format!("{policy:?}").to_lowercase(), hasher.finish());

    let mut conn = connect(&server()).await;
    run(&mut conn, "SELECT pg_advisory_lock(hashtextextended('aurex.template', 0))").await.unwrap();
    let there = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}' AND datistemplate");
    if number(&mut conn, &there).await == 0 {
        run(&mut conn, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.unwrap();
        run(&mut conn, &format!("CREATE DATABASE {name} TEMPLATE template0")).await.unwrap();
        let url = url_of(&name);
        migrate(&url, &options(policy)).await.unwrap();
        if policy == Policy::Raises {
            let mut template = connect(&url).await;
            raise_on_foreign_rows(&mut template).await.unwrap();
            template.close().await.unwrap();
        }
        // Nobody may be connected to what is copied.
        let done = format!("ALTER DATABASE {name} WITH IS_TEMPLATE true ALLOW_CONNECTIONS false");
        run(&mut conn, &done).await.unwrap();
    }
    // The lock ends with the session.
    conn.close().await.unwrap();
    name
}

/// What a shop's neighbour might type. What PostgreSQL answers to it, as its code and its words.
#[expect(clippy::disallowed_methods, reason = "a test tries statements that no macro would pass")]
pub async fn run(conn: &mut PgConnection, sql: &str) -> Result<(), String> {
    let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(conn).await;
    done.map(drop).map_err(|error| match error.as_database_error() {
        Some(refused) => format!("{} {}", refused.code().unwrap_or_default(), refused.message()),
        None => error.to_string(),
    })
}

/// The rows of a query, each column as text.
#[expect(clippy::disallowed_methods, reason = "a test asks what no macro would pass")]
pub async fn rows(conn: &mut PgConnection, sql: &str) -> Vec<Vec<Option<String>>> {
    let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(conn).await.unwrap();
    let texts = |row: &PgRow| (0..row.len()).map(|column| row.try_get_unchecked(column).unwrap()).collect();
    rows.iter().map(texts).collect()
}

/// The one number that a query answers.
pub async fn number(conn: &mut PgConnection, sql: &str) -> i64 {
    rows(conn, sql).await[0][0].as_ref().unwrap().parse().unwrap()
}
