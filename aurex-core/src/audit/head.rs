//! The head of a tenant's log: how far it has grown, and how one more entry is appended. Backends keep it in one row,
//! locked for the length of a writer's turn.

use super::draft::Sealed;
use super::entry::{Entry, EntryTooLong, Opening, openings};
use super::observation::Observed;
use super::tree::{Frontier, Hash};
use crate::tenancy::TenantId;
use crate::time::Timestamp;

/// A tenant's log so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The growing edge of the tree: size and O(log n) hashes.
    pub frontier: Frontier,
    /// When the last entry was made; no later entry is earlier.
    pub last_at: Timestamp,
    /// Raised by every change of somebody's access.
    pub epoch: u64,
    /// The last raw observation that the log holds; a collector that starts again does not repeat it.
    pub observed: u64,
}

/// One appended entry, for the backend to store.
#[derive(Debug, Clone)]
pub struct Appended {
    /// The entry.
    pub entry: Entry,
    /// Its bytes, exactly as hashed.
    pub bytes: Vec<u8>,
    /// Its leaf.
    pub leaf: Hash,
    /// What opens its commitments.
    pub openings: Vec<Opening>,
}

impl Head {
    /// The head of an empty log.
    pub fn empty() -> Self {
        Self { frontier: Frontier::default(), last_at: Timestamp::from_micros(0), epoch: 1, observed: 0 }
    }

    /// The time of a change made now: the clock's, but a microsecond after the last entry at least. So the order of
    /// entries, of ids, of pages and of dates agree even when a machine's clock stands still or is set back.
    pub fn moment(&self, clock: Timestamp) -> Timestamp {
        clock.max(self.last_at.plus_micros(1))
    }

    /// Appends the entry of `sealed`, made at `now`.
    ///
    /// # Errors
    /// [`EntryTooLong`]; the head is as it was then.
    pub fn append(
        &mut self,
        tenant: TenantId,
        now: Timestamp,
        sealed: &Sealed,
    ) -> Result<Appended, EntryTooLong> {
        let scope = sealed.scope();
        let (openings, body, personal) = openings(sealed);
        let seen = sealed.draft.observed.as_ref().map(|observed| &observed.what);
        let subject = sealed.subject();
        let entry = Entry {
            tenant,
            seq: self.frontier.size(),
            at: now,
            actor: seen.map_or_else(|| Observed::of(scope), |o| o.actor.clone()),
            session: if seen.is_some() { None } else { scope.session() },
            action: seen.map_or_else(|| sealed.action().to_owned(), |o| o.code.clone()),
            subject_kind: seen.map_or_else(|| subject.kind.to_owned(), |o| o.subject_kind.clone()),
            subject_id: seen.map_or_else(|| subject.id.clone(), |o| o.subject_id.clone()),
            outcome: sealed.draft.outcome(),
            request_id: seen.map_or_else(|| scope.facts().request_id.clone(), |o| o.request_id.clone()),
            body,
            personal,
        };
        let bytes = entry.to_bytes();
        if bytes.len() > Entry::LONGEST {
            return Err(EntryTooLong);
        }
        let leaf = Entry::leaf(&bytes);
        self.frontier.append(leaf);
        self.last_at = now;
        if let Some(observed) = &sealed.draft.observed {
            self.observed = self.observed.max(observed.through);
        }
        if sealed.draft.raises_epoch {
            self.epoch = self.epoch.saturating_add(1);
        }
        Ok(Appended { entry, bytes, leaf, openings })
    }
}
