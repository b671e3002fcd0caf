//! An embedder's change putting rows of core's tables: a member, say, with a role of their choice.

use aurex_core::{audit::Draft, identity::member::Member};

fn record(draft: &mut Draft, member: Member) {
    draft.insert(member);
}

fn main() {}
