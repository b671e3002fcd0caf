//! The connection of one change, kept for later.

use aurex_core::audit::Sealed;
use aurex_store_postgres::PostgresWriter;
use sqlx::PgConnection;

async fn write<'w>(writer: &'w mut PostgresWriter, sealed: Sealed) -> &'w mut PgConnection {
    let (_, kept) = writer.apply_with(sealed, |conn| Box::pin(async move { Ok(conn) })).await.unwrap();
    kept
}

fn main() {}
