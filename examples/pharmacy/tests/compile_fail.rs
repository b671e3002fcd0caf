//! What the pharmacy cannot write: each file in `compile_fail/` is one way around its road, in sealing or on one of the
//! stores, and none of them compiles. The `.stderr` beside it holds the compiler's words, so that a file cannot come to
//! fail for another reason.
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
use aurex_store_postgres::PostgresStore;
use aurex_store_sqlite::SqliteStore;

#[test]
fn no_way_around_the_pharmacys_road_compiles() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*/*.rs");
}

/// The road itself does compile, in the same words: what a case leaves out is all that keeps it from compiling.
const _: fn() = || {
    let _ = (seal, on_sqlite::found, on_sqlite::read, on_sqlite::write);
    let _ = (on_postgres::found, on_postgres::read, on_postgres::write);
};

fn seal(permit: Permit<'_, DispenseMedicine>, change: Dispensed, entropy: &dyn Entropy) -> Sealed {
    permit.seal(change, entropy)
}

macro_rules! the_road {
    ($on:ident, $Store:ident, $Row:ty) => {
        mod $on {
            use aurex_core::store::Store as _;

            use super::*;

            pub(super) async fn found(store: &$Store, slug: &Slug, founding: Sealed, clock: &dyn Clock) {
                let _ = store.found(slug, founding, clock).await;
            }

            #[expect(clippy::disallowed_methods, reason = "a test has no database to check against")]
            pub(super) async fn read(store: &$Store, scope: &Scope) -> Result<(), StoreError> {
                let select = sqlx::query("SELECT 1").map(|_: $Row| ());
                store.open_reader(scope).await?.own().optional(select).await.map(drop)
            }

            pub(super) async fn write(
                store: &$Store,
                scope: &Scope,
                sealed: Sealed,
                clock: &dyn Clock,
            ) -> Result<(), StoreError> {
                let mut writer = store.open_writer(scope, clock).await?;
                writer.apply_with(sealed, |_conn| Box::pin(async { Ok(()) })).await.map(drop)
            }
        }
    };
}

the_road!(on_sqlite, SqliteStore, sqlx::sqlite::SqliteRow);
the_road!(on_postgres, PostgresStore, sqlx::postgres::PgRow);
