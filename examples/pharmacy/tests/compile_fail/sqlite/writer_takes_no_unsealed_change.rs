//! A writer, given what nobody sealed.

use aurex_pharmacy::dispense::Dispensed;
use aurex_store_sqlite::SqliteWriter;

async fn write(writer: &mut SqliteWriter, change: Dispensed) {
    let _ = writer.apply_with(change, |_conn| Box::pin(async { Ok(()) })).await;
}

fn main() {}
