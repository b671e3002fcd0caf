//! A permit that no policy gave.

use aurex_core::{rbac::Permit, rbac::Unlimited, shop::actions::PostRate, tenancy::Scope};
use std::marker::PhantomData;

fn permit(scope: &Scope) -> Permit<'_, PostRate> {
    Permit { scope, limits: Unlimited, action: PhantomData }
}

fn main() {}
