//! A write without an audit entry: the seal carries what the entry commits to, and only a permit makes one.

use aurex_core::{audit::Draft, audit::Sealed, tenancy::Scope};

fn seal(scope: Scope, draft: Draft) -> Sealed {
    Sealed { scope, action: "rate.post", draft, seed: [0; 32], key: None }
}

fn main() {}
