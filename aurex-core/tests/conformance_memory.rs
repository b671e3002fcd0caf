//! The reference store keeps everything that it asks of others.

use aurex_core::store::conformance::Fixture;

async fn fresh() -> Fixture {
    Fixture::in_memory()
}

aurex_core::conformance!(fresh);
