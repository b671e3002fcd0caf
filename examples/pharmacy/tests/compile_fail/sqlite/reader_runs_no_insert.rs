//! A reader, given a statement that answers no rows.

use aurex_store_sqlite::SqliteReader;

async fn write(reader: &mut SqliteReader) {
    let insert = sqlx::query("INSERT INTO dispensing DEFAULT VALUES");
    let _ = reader.own().optional(insert).await;
}

fn main() {}
