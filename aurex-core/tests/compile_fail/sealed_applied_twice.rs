//! One sealed change applied again after it was used up.

use aurex_core::{audit::Sealed, store::Writer};

async fn twice(writer: &mut dyn Writer, sealed: Sealed) {
    let _ = writer.apply(sealed).await;
    let _ = writer.apply(sealed).await;
}

fn main() {}
