//! A database for each test: a copy of a migrated template, dropped when the test ends.

use std::str::FromStr as _;
use std::sync::atomic::{AtomicU32, Ordering};

use aurex_store_postgres::testing::TestDatabase;
use aurex_store_postgres::{Policy, PostgresOptions};
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
    copy: Option<TestDatabase>,
}

impl Database {
    /// With this build's schema.
    pub async fn migrated(policy: Policy) -> Self {
        let copy = TestDatabase::fresh(&server(), policy).await.unwrap();
        let (_, name) = copy.url().rsplit_once('/').unwrap();
        let name = name.split('?').next().unwrap().to_owned();
        Self { name, copy: Some(copy) }
    }

    /// With nothing in it.
    pub async fn empty() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // Every test is a process of its own; their numbers come round again.
        let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let name = format!("aurex_empty_{process}_{count}");
        let mut conn = connect(&server()).await;
        drop_with_roles(&mut conn, &name).await.unwrap();
        run(&mut conn, &format!("CREATE DATABASE {name} TEMPLATE template0")).await.unwrap();
        conn.close().await.unwrap();
        Self { name, copy: None }
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
        drop(self.copy.take());
        let name = self.name.clone();
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async { drop_with_roles(&mut connect(&server()).await, &name).await })
        });
        let dropped = dropped.join();
        if !std::thread::panicking() {
            dropped.expect("no panic").expect("the database is dropped");
        }
    }
}

/// With the roles whose names begin as the database's.
async fn drop_with_roles(conn: &mut PgConnection, name: &str) -> Result<(), String> {
    run(conn, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
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
