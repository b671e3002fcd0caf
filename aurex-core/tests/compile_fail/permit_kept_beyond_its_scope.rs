//! A permit that outlives the request it was granted in.

use aurex_core::{rbac::Permit, shop::actions::PostRate, tenancy::Scope};

fn keep(scope: Scope) -> Option<Permit<'static, PostRate>> {
    scope.permit().ok()
}

fn main() {}
