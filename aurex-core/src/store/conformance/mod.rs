//! The conformance kit: every behaviour of the ports as a named case that any backend runs with one line.
//!
//! ```ignore
//! async fn fresh() -> aurex_core::store::conformance::Fixture { … }
//!
//! aurex_core::conformance!(fresh);
//! ```
//!
//! expands to one `#[tokio::test]` a case, named as the case is, so that a backend's test run reads as the list of what
//! it keeps. The calling crate has `tokio` with `macros` and `rt-multi-thread` among its own dev-dependencies.
//!
//! A case is a plain function of a [`World`]: it opens shops on its own scripted time and chance, walks the same service
//! functions as everybody, and looks at the store through the ports alone. It reports by panicking, as tests do.
//!
//! | file | idea |
//! |---|---|
//! | `world`, `shop`, `till`, `script` | what cases play with |
//! | `forge` | changes that no decision would make, to see them refused |
//! | `day` | a whole day, to the paisa and the nanogram |

#![expect(
    clippy::unwrap_used,
    reason = "a case is a test that other crates run: it reports by panicking, like any test"
)]

mod forge;
mod script;
mod shop;
mod till;
mod world;

pub mod day;

pub use script::{ScriptedClock, ScriptedEntropy};
pub use shop::Shop;
pub use till::*;
pub use world::{Fixture, World};

/// Runs every case of the kit against the stores that `$factory`, the name of an `async fn() -> Fixture` in scope, makes.
#[macro_export]
macro_rules! conformance {
    ($factory:ident) => {
        $crate::conformance! { @cases $factory;
            day {
                a_shops_day_comes_out_to_the_paisa_and_the_nanogram
                a_cancelled_bill_is_mirrored_exactly
                a_reversed_receipt_opens_the_bill_again
            }
        }
    };
    (@cases $factory:ident; $($group:ident { $($case:ident)* })*) => {
        $($crate::conformance! { @group $factory; $group { $($case)* } })*
    };
    (@group $factory:ident; $group:ident { $($case:ident)* }) => {
        mod $group {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let world = $crate::store::conformance::World::of(super::$factory().await);
                    $crate::store::conformance::$group::$case(&world).await;
                    drop(world.end().await);
                }
            )*
        }
    };
}
