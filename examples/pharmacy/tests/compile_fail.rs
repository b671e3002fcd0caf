//! What the pharmacy cannot write: each file in `compile_fail/` is one way around its road, and none of them compiles. The
//! `.stderr` beside it holds the compiler's words, so that a file cannot come to fail for another reason.
//!
//! After a change of the types, or with another compiler than the workspace's, renew the words with
//! `TRYBUILD=overwrite cargo test -p aurex-pharmacy --test compile_fail`, and read the difference.

use aurex_core::audit::Sealed;
use aurex_core::chance::Entropy;
use aurex_core::rbac::Permit;
use aurex_core::store::StoreError;
use aurex_core::tenancy::{Scope, Slug};
use aurex_core::time::Clock;
use aurex_pharmacy::actions::DispenseMedicine;
use aurex_pharmacy::dispense::Dispensed;
use aurex_store_sqlite::SqliteStore;

#[test]
fn no_way_around_the_pharmacys_road_compiles() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}

/// The road itself does compile, in the same words: what a case leaves out is all that keeps it from compiling.
const _: fn() = || {
    let _ = (the_road::seal, the_road::found, the_road::read, the_road::write);
};

mod the_road {
    use aurex_core::store::Store as _;

    use super::*;

    pub(super) fn seal(
        permit: Permit<'_, DispenseMedicine>,
        change: Dispensed,
        entropy: &dyn Entropy,
    ) -> Sealed {
        permit.seal(change, entropy)
    }

    pub(super) async fn found(store: &SqliteStore, slug: &Slug, founding: Sealed, clock: &dyn Clock) {
        let _ = store.found(slug, founding, clock).await;
    }

    #[expect(clippy::disallowed_methods, reason = "a test has no database to check against")]
    pub(super) async fn read(store: &SqliteStore, scope: &Scope) -> Result<(), StoreError> {
        let select = sqlx::query("SELECT 1").map(|_: sqlx::sqlite::SqliteRow| ());
        store.open_reader(scope).await?.own().optional(select).await.map(drop)
    }

    pub(super) async fn write(
        store: &SqliteStore,
        scope: &Scope,
        sealed: Sealed,
        clock: &dyn Clock,
    ) -> Result<(), StoreError> {
        let mut writer = store.open_writer(scope, clock).await?;
        writer.apply_with(sealed, |_conn| Box::pin(async { Ok(()) })).await.map(drop)
    }
}
