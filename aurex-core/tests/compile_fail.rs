//! What cannot be written: each file in `compile_fail/` is one way around the road, and none of them compiles. The
//! `.stderr` beside it holds the compiler's words, so that a file cannot come to fail for another reason.
//!
//! After a change of the types, or with another compiler than the workspace's, renew the words with
//! `TRYBUILD=overwrite cargo test -p aurex-core --test compile_fail`, and read the difference.

use aurex_core::audit::Sealed;
use aurex_core::chance::Entropy;
use aurex_core::rbac::Denied;
use aurex_core::shop::{actions::PostRate, rates::RatePosted};
use aurex_core::store::{Receipt, Store, StoreError, Writer};
use aurex_core::tenancy::Scope;
use aurex_core::time::Clock;

#[test]
fn asvs_v8_3_1_no_way_around_the_road_compiles() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

/// The road itself does compile, in the same words: what a case leaves out is all that keeps it from compiling.
const _: fn() = || {
    let _ = (the_road::seal, the_road::read, the_road::write);
};

mod the_road {
    use super::*;

    pub(super) fn seal(scope: &Scope, change: RatePosted, entropy: &dyn Entropy) -> Result<Sealed, Denied> {
        Ok(scope.permit::<PostRate>()?.seal(change, entropy))
    }

    pub(super) async fn read(store: &dyn Store, scope: &Scope) -> Result<(), StoreError> {
        store.reader(scope).await.map(drop)
    }

    pub(super) async fn write(
        store: &dyn Store,
        scope: &Scope,
        sealed: Sealed,
        clock: &dyn Clock,
    ) -> Result<Receipt, StoreError> {
        let mut writer: Box<dyn Writer> = store.writer(scope, clock).await?;
        let receipt = writer.apply(sealed).await?;
        writer.commit().await?;
        Ok(receipt)
    }
}
