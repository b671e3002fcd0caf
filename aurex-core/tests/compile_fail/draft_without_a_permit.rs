//! A write without a permit: what a change would write, gathered and applied.

use aurex_core::{audit::Draft, store::Writer};

async fn write(writer: &mut dyn Writer, draft: Draft) {
    let _ = writer.apply(draft).await;
}

fn main() {}
