//! A reader, given a change that was sealed.

use aurex_core::audit::Sealed;
use aurex_store_sqlite::SqliteReader;

async fn write(reader: &mut SqliteReader, sealed: Sealed) {
    let _ = reader.apply_with(sealed, |_conn| Box::pin(async { Ok(()) })).await;
}

fn main() {}
