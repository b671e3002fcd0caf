//! A writer's own reads, given a statement that answers no rows.

use aurex_store_postgres::PostgresWriter;

async fn write(writer: &mut PostgresWriter) {
    let insert = sqlx::query("INSERT INTO pharmacy.dispensing DEFAULT VALUES");
    let _ = writer.own().all(insert).await;
}

fn main() {}
