//! A write without the tenant's turn.

use aurex_core::{audit::Sealed, store::Reader};

async fn write(reader: &mut dyn Reader, sealed: Sealed) {
    let _ = reader.apply(sealed).await;
}

fn main() {}
