//! A shop that does what the input says: every operation through the service functions, every law after each.
//!
//! | file | idea |
//! |---|---|
//! | `deployment` | the shop and its clock |
//! | `values` | bytes as figures, texts and choices |
//! | `play` | who acts, and which operation comes next |
//! | `till` | rates, customers, stock, bills, money |
//! | `people` | members, sessions, passwords, tokens, settings |
//! | `turns` | a turn that is held, filled and dropped |
//! | `looks` | reading, in pages of any size |
//! | `keys` | what idempotency keys promise |
//! | `heard` | answers without their values |
//! | `laws`, `books` | what holds afterwards |

#![expect(clippy::unwrap_used, reason = "the laws report by panicking, which is what a fuzzer looks for")]

mod books;
mod deployment;
mod heard;
mod keys;
mod laws;
mod looks;
mod people;
mod play;
mod till;
mod turns;
mod values;

use tokio::runtime::{Builder, Runtime};

use self::play::Play;

thread_local! {
    static RUNTIME: Runtime = Builder::new_current_thread().enable_time().build().unwrap();
}

/// The input is a sequence of operations in a fresh shop on the store in memory.
///
/// After every one of them the entries balance for each commodity, kept sums are what they sum, numbers have no gap,
/// the log is gapless and its tree right, the tables are the log's replay, and what was refused has changed nothing.
pub fn shop_operations(data: &[u8]) {
    RUNTIME.with(|runtime| runtime.block_on(play(data)));
}

/// How many changes an input makes: a seed whose every operation is refused would teach nothing.
#[must_use]
pub fn changes(data: &[u8]) -> u64 {
    RUNTIME.with(|runtime| runtime.block_on(play(data)))
}

async fn play(data: &[u8]) -> u64 {
    let mut play = Play::begin(data).await;
    let begun = play.follower.head.frontier.size();
    // More operations than that only repeat themselves, and cost the square of their number.
    for _ in 0..40 {
        if play.draw.is_over() {
            break;
        }
        play.step().await;
    }
    play.follower.the_root_is_right();
    play.follower.head.frontier.size() - begun
}
