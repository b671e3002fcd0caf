//! One sealed change applied twice.

use aurex_core::{audit::Sealed, store::Writer};

async fn twice(writer: &mut dyn Writer, sealed: Sealed) {
    let _ = writer.apply(sealed.clone()).await;
    let _ = writer.apply(sealed).await;
}

fn main() {}
