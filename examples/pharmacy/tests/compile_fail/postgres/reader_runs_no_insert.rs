//! A reader, given a statement that answers no rows.

use aurex_store_postgres::PostgresReader;

async fn write(reader: &mut PostgresReader) {
    let insert = sqlx::query("INSERT INTO pharmacy.dispensing DEFAULT VALUES");
    let _ = reader.own().optional(insert).await;
}

fn main() {}
