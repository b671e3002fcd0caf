//! A permit that no policy gave.

use aurex_core::{rbac::Permit, rbac::Unlimited, shop::actions::ReverseReceipt, tenancy::Scope};
use std::marker::PhantomData;

fn permit(scope: &Scope) -> Permit<'_, ReverseReceipt> {
    Permit { scope, limits: Unlimited, action: PhantomData }
}

fn main() {}
