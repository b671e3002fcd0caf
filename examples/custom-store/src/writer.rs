//! The turn: before it, log and journal are compared; after its commit, the journal grows.

use std::sync::Arc;

use aurex_core::audit::Sealed;
use aurex_core::store::{AuditFilter, PageRequest, Receipt, StoreError, Turn, Writer, async_trait};
use aurex_core::time::Timestamp;

use crate::journal::Journals;

/// A turn whose entries go into the journal when they are true.
pub(crate) struct JournalledWriter {
    inner: Box<dyn Writer>,
    journals: Arc<Journals>,
    /// Given back last: whoever comes next finds the journal written and the inner turn free.
    turn: Turn,
}

// All reads are the inner writer's.
aurex_core::reads_through!(JournalledWriter, inner);

impl JournalledWriter {
    /// Brings the journal up to the log, and compares them.
    pub(crate) async fn begin(
        mut inner: Box<dyn Writer>,
        journals: Arc<Journals>,
        turn: Turn,
    ) -> Result<Self, StoreError> {
        let tenant = inner.tenant();
        let missing = unjournalled(&mut *inner, journals.frontier(tenant)?.size()).await?;
        journals.append(tenant, &missing)?;
        if journals.frontier(tenant)? != inner.head().await?.frontier {
            return Err(StoreError::corrupt("the log is not what its journal says"));
        }
        Ok(Self { inner, journals, turn })
    }
}

/// The entries from number `from` on, oldest first, as they were hashed.
async fn unjournalled(turn: &mut dyn Writer, from: u64) -> Result<Vec<Vec<u8>>, StoreError> {
    let (mut missing, mut page) = (Vec::new(), PageRequest::first(200));
    let filter = AuditFilter::default();
    loop {
        let read = turn.entries(&filter, page).await?;
        let before = missing.len();
        let fresh = read.items.into_iter().filter(|stored| stored.entry.seq >= from);
        missing.extend(fresh.map(|stored| stored.bytes));
        match read.next {
            // Newest first: a page that brought less than it holds has reached what is journalled.
            Some(next) if missing.len() == before + 200 => page.after = Some(next),
            _ => break,
        }
    }
    missing.reverse();
    Ok(missing)
}

#[async_trait]
impl Writer for JournalledWriter {
    fn now(&self) -> Timestamp {
        self.inner.now()
    }

    async fn apply(&mut self, sealed: Sealed) -> Result<Receipt, StoreError> {
        self.inner.apply(sealed).await
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let Self { mut inner, journals, turn } = *self;
        let tenant = inner.tenant();
        // Read while the turn is held. A spoiled writer may refuse to: then its own refusal is the answer.
        let Ok(fresh) = unjournalled(&mut *inner, journals.frontier(tenant)?.size()).await else {
            return inner.commit().await;
        };
        inner.commit().await?;
        // From here on it is true. An error of the journal's is a lost answer, and the next turn makes up for it.
        let journalled = journals.append(tenant, &fresh);
        drop(turn);
        journalled
    }

    async fn hold_for_long(&mut self) -> Result<(), StoreError> {
        self.inner.hold_for_long().await
    }

    async fn rollback(self: Box<Self>) {
        self.inner.rollback().await;
    }
}
