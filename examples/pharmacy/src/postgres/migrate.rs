//! Making the pharmacy's tables beside the store's.

use std::error::Error;

use aurex_store_postgres::guard_table;
use sqlx::migrate::Migrator;
use sqlx::{Connection as _, PgConnection};

use super::{TABLES, options};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Brings the database at `url` to this build's schema: the store's, then ours. Run again it changes nothing. The login
/// is one that may make roles and schemas; the store is then served with a lesser one.
///
/// # Errors
/// What the store's migration or PostgreSQL refuses.
pub async fn migrate(url: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
    aurex_store_postgres::migrate(url, &options()).await?;
    let mut conn = PgConnection::connect(url).await?;
    own(&mut conn).await?;
    conn.close().await?;
    Ok(())
}

/// Our tables belong to the store's owner, as which they are made. The role as which the store works owns nothing, and is
/// given its privileges when the guards stand.
async fn own(conn: &mut PgConnection) -> Result<(), Box<dyn Error + Send + Sync>> {
    // Servers that start together come one after the other; the lock ends with the session.
    sqlx::query!("SELECT pg_advisory_lock(hashtextextended('pharmacy.migrate', 0))")
        .execute(&mut *conn)
        .await?;
    sqlx::query!("CREATE SCHEMA IF NOT EXISTS pharmacy AUTHORIZATION aurex_owner")
        .execute(&mut *conn)
        .await?;
    sqlx::query!("SET ROLE aurex_owner").execute(&mut *conn).await?;
    // Where the migrations' own table goes; our statements name the schema.
    sqlx::query!("SET search_path = pharmacy").execute(&mut *conn).await?;
    // `run_direct` and not `run`: the future of the latter is not `Send` for every lifetime of a borrowed connection.
    MIGRATIONS.run_direct(None, conn, false).await?;
    for (table, guard) in TABLES {
        guard_table(conn, table, *guard).await?;
    }
    sqlx::query!("GRANT USAGE ON SCHEMA pharmacy TO aurex_app").execute(&mut *conn).await?;
    sqlx::query!("GRANT SELECT, INSERT, UPDATE ON pharmacy.medicine_batch TO aurex_app")
        .execute(&mut *conn)
        .await?;
    sqlx::query!("GRANT SELECT, INSERT ON pharmacy.dispensing TO aurex_app").execute(conn).await?;
    Ok(())
}
