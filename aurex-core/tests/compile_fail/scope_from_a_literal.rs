//! A scope built from a literal.

use aurex_core::tenancy::Scope;
use std::sync::Arc;

fn scope<Inner>(inner: Inner) -> Scope {
    Scope(Arc::new(inner))
}

fn main() {}
