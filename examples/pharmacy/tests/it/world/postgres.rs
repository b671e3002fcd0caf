//! A store on PostgreSQL, in a database of the test's own.

use aurex_pharmacy::postgres;
use aurex_store_postgres::testing::TestDatabase;
use aurex_store_postgres::{Policy, PostgresOptions, PostgresStore, raise_on_foreign_rows};
use sqlx::{Connection as _, PgConnection};

use super::{Keeps, World};

pub struct Postgres {
    pub store: PostgresStore,
    pub database: TestDatabase,
    options: PostgresOptions,
}

/// The server, as its superuser.
#[expect(clippy::disallowed_methods, reason = "which server tests run on is the environment's to say")]
fn server() -> String {
    std::env::var("AUREX_TEST_POSTGRES_URL").expect(
        "these tests need a PostgreSQL server: run scripts/test, or set AUREX_TEST_POSTGRES_URL to a superuser's URL",
    )
}

impl Postgres {
    /// Where a statement fails that forgot its tenant, the pharmacy's too.
    pub async fn world() -> World {
        let World { pharmacy, kept, sign_in, trusted } = Self::open(Policy::Raises).await;
        World { pharmacy, kept: Box::new(kept) as Box<dyn Keeps>, sign_in, trusted }
    }

    /// With the store's schema and not yet the pharmacy's.
    pub async fn database(policy: Policy) -> TestDatabase {
        TestDatabase::fresh(&server(), policy).await.unwrap()
    }

    pub async fn open(policy: Policy) -> World<Self> {
        let database = Self::database(policy).await;
        postgres::migrate(database.url()).await.unwrap();
        if policy == Policy::Raises {
            let mut conn = PgConnection::connect(database.url()).await.unwrap();
            raise_on_foreign_rows(&mut conn).await.unwrap();
            conn.close().await.unwrap();
        }
        let options = PostgresOptions { own_tables: postgres::options().own_tables, ..database.options() };
        let (store, authority) = PostgresStore::open(database.url(), options.clone()).await.unwrap();
        World::on(store.clone(), authority, Self { store, database, options })
    }

    /// Why the store would not be opened now; none when it would.
    pub async fn refusal(&self) -> Option<String> {
        use std::error::Error as _;
        let opened = PostgresStore::open(self.database.url(), self.options.clone()).await;
        opened.err().map(|error| error.source().map_or_else(|| error.to_string(), ToString::to_string))
    }

    /// A plain connection, acting as this role.
    pub async fn plain(&self, role: &str) -> PgConnection {
        let mut conn = PgConnection::connect(self.database.url()).await.unwrap();
        run(&mut conn, &format!("SET ROLE {role}")).await.unwrap();
        conn
    }
}

/// What somebody might type who has a login. What PostgreSQL answers to it, as its code and its words.
#[expect(clippy::disallowed_methods, reason = "a test tries statements that no macro would pass")]
pub async fn run(conn: &mut PgConnection, sql: &str) -> Result<(), String> {
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(conn).await;
    done.map(drop).map_err(|error| match error.as_database_error() {
        Some(refused) => format!("{} {}", refused.code().unwrap_or_default(), refused.message()),
        None => error.to_string(),
    })
}
