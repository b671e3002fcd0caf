//! A writer's own reads, given a statement that answers no rows.

use aurex_store_sqlite::SqliteWriter;

async fn write(writer: &mut SqliteWriter) {
    let insert = sqlx::query("INSERT INTO dispensing DEFAULT VALUES");
    let _ = writer.own().all(insert).await;
}

fn main() {}
