//! A write without a permit: what was decided, applied as it is.

use aurex_core::{shop::rates::RatePosted, store::Writer};

async fn write(writer: &mut dyn Writer, change: RatePosted) {
    let _ = writer.apply(change).await;
}

fn main() {}
