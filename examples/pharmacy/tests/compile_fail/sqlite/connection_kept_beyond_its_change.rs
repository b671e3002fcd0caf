//! The connection of one change, kept for later.

use aurex_core::audit::Sealed;
use aurex_store_sqlite::SqliteWriter;
use sqlx::SqliteConnection;

async fn write<'w>(writer: &'w mut SqliteWriter, sealed: Sealed) -> &'w mut SqliteConnection {
    let (_, kept) = writer.apply_with(sealed, |conn| Box::pin(async move { Ok(conn) })).await.unwrap();
    kept
}

fn main() {}
