//! A write without a permit: bare rows.

use aurex_core::store::{Fact, Writer};

async fn write(writer: &mut dyn Writer, rows: Vec<Fact>) {
    let _ = writer.apply(rows).await;
}

fn main() {}
