//! A scope from the key of the sign-in service, which is all that a request handler could ever come by.

use aurex_core::tenancy::{MemberId, RequestFacts, Scope, SignInKey, TenantId};

fn scope(key: &SignInKey, tenant: TenantId, member: MemberId) -> Scope {
    key.founder(tenant, member, RequestFacts::default())
}

fn main() {}
