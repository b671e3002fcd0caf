//! What a log is proved by, for taking away beside its entries: checkpoints, who signed them, the keys.

use super::super::{Road, ServiceError};
use super::view::AuditEntryView;
use crate::audit::bundle::Field;
use crate::audit::note::{SignedNote, VerifierKey};
use crate::identity::actions::FinishExport;
use crate::store::{StoreError, StoredCheckpoint};
use crate::tenancy::Scope;

/// How many checkpoints are taken along at most. A log that publishes one every few seconds has millions after a year;
/// of more than these every other is left out, and again, until they fit. The newest always stays.
const MOST_CHECKPOINTS: usize = 2_000;

const AT_ONCE: u16 = 500;

/// What proves a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEvidence {
    /// Checkpoints with what witnesses signed of them, in the order in which they were published.
    pub checkpoints: Vec<SignedNote>,
    /// How many entries the newest of them covers.
    pub size: u64,
    /// The keys that signed them, the retired ones too.
    pub keys: Vec<VerifierKey>,
}

/// The checkpoints of a log and the keys that check them; nothing when none was published yet.
///
/// # Errors
/// [`ServiceError::Denied`] but for the exporter and the shell; what every read can answer.
pub async fn log_evidence(road: &Road, scope: &Scope) -> Result<Option<LogEvidence>, ServiceError> {
    let _permit = scope.permit::<FinishExport>()?;
    let (tenant, store) = (scope.tenant(), &road.store);
    let mut taken: Vec<StoredCheckpoint> = Vec::new();
    let mut from = 0;
    loop {
        let page = store.checkpoints(tenant, from, AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        from = last.size.saturating_add(1);
        taken.extend(page);
        if taken.len() > MOST_CHECKPOINTS {
            taken = every_other(taken);
        }
    }
    let Some(size) = taken.last().map(|newest| newest.size) else { return Ok(None) };
    let corrupt = |_| StoreError::corrupt("a checkpoint, signature or key is not well-formed");
    let mut checkpoints = Vec::with_capacity(taken.len());
    for stored in taken {
        let mut note: SignedNote = stored.note.parse().map_err(|_| corrupt(()))?;
        for cosignature in store.cosignatures(tenant, stored.size).await? {
            note.add(cosignature.line.parse().map_err(|_| corrupt(()))?);
        }
        checkpoints.push(note);
    }
    let keys = store.log_keys(tenant).await?;
    let keys = keys.iter().map(|key| key.parse()).collect::<Result<_, _>>().map_err(|_| corrupt(()))?;
    Ok(Some(LogEvidence { checkpoints, size, keys }))
}

/// Every other from the newest down, so that it stays.
fn every_other<T>(all: Vec<T>) -> Vec<T> {
    let skipped = all.len().saturating_add(1) % 2;
    all.into_iter().skip(skipped).step_by(2).collect()
}

impl AuditEntryView {
    /// Everything that the entry commits to: opened, or erased.
    #[must_use]
    pub fn fields(&self) -> Vec<Field<'_>> {
        let slots = 0..=u16::try_from(self.stored.entry.personal.len()).unwrap_or(u16::MAX);
        let field = |slot| {
            let opening = self.stored.openings.iter().find(|opening| opening.slot == slot);
            opening.map_or(Field::Erased { slot }, Field::from)
        };
        slots.map(field).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_too_many_every_other_stays_and_the_newest_always() {
        assert_eq!(every_other(vec![1, 2, 3, 4]), [2, 4]);
        assert_eq!(every_other(vec![1, 2, 3]), [1, 3]);
        assert_eq!(every_other(vec![1]), [1]);
    }
}
