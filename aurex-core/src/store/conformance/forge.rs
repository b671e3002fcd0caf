//! Changes that no decision would make: invalid ones, to see them refused, and plain ones, to set a scene.
//!
//! They exist inside core only. Outside, a change of core's tables comes from a decision or not at all.

use std::marker::PhantomData;

use crate::audit::{Change, Draft, Observation, Sealed, Subject};
use crate::identity::actions::CollectObservations;
use crate::rbac::Action;
use crate::store::Fact;
use crate::tenancy::Scope;

type Write = Box<dyn FnOnce(&mut Draft) + Send>;

/// Anything at all, as a change of `A`.
pub(super) struct Forged<A> {
    subject: Subject,
    write: Write,
    action: PhantomData<fn() -> A>,
}

impl<A: Action> Change for Forged<A> {
    type By = A;

    fn subject(&self) -> Subject {
        self.subject.clone()
    }

    fn record(self, draft: &mut Draft) {
        (self.write)(draft);
    }
}

/// Seals whatever `write` writes, under action `A`.
pub(super) fn forge<A: Action>(
    scope: &Scope,
    entropy: &dyn crate::chance::Entropy,
    write: impl FnOnce(&mut Draft) + Send + 'static,
) -> Sealed {
    let change =
        Forged::<A> { subject: Subject::new("scene", "1"), write: Box::new(write), action: PhantomData };
    scope.permit::<A>().unwrap().seal(change, entropy)
}

/// Seals new rows.
pub(super) fn insert<A: Action>(
    scope: &Scope,
    entropy: &dyn crate::chance::Entropy,
    rows: Vec<Fact>,
) -> Sealed {
    forge::<A>(scope, entropy, move |draft| {
        for row in rows {
            put(draft, row, true);
        }
    })
}

/// Seals rows in place of the ones with their keys, without saying what was there before.
pub(super) fn replace<A: Action>(
    scope: &Scope,
    entropy: &dyn crate::chance::Entropy,
    rows: Vec<Fact>,
) -> Sealed {
    forge::<A>(scope, entropy, move |draft| {
        for row in rows {
            put(draft, row, false);
        }
    })
}

/// Seals observations as the collector does.
pub(super) fn observed(
    scope: &Scope,
    entropy: &dyn crate::chance::Entropy,
    seen: Observation,
    through: u64,
) -> Sealed {
    forge::<CollectObservations>(scope, entropy, move |draft| draft.observe(seen, 1, through))
}

fn put(draft: &mut Draft, row: Fact, is_new: bool) {
    draft.forge(row, is_new);
}
