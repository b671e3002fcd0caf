//! Receiving a batch.

use aurex_core::audit::{Change, Draft, Subject};
use aurex_core::refusals;
use aurex_core::text::{Label, Name};
use aurex_core::time::{Date, Timestamp};

use crate::actions::ReceiveMedicine;
use crate::rows::{Batch, BatchId};

/// A batch to be put on the shelf.
#[derive(Debug, Clone)]
pub struct NewBatch {
    /// The medicine, as printed.
    pub medicine: Name,
    /// The maker's number of the batch.
    pub number: Label,
    /// The last day it may be given out.
    pub expires: Date,
    /// Whether the law wants a prescriber named.
    pub controlled: bool,
    /// How many pieces came.
    pub pieces: u32,
}

refusals! {
    /// Why a batch is not put on the shelf.
    pub enum ReceiveRefusal {
        /// A batch of nothing.
        Empty = Invalid, "batch.empty", "/pieces", "a batch has at least one piece";
        /// It could not be given out on the day it came.
        Expired = Invalid, "batch.expired", "/expires", "the batch has expired";
        /// It is on the shelf already; a second delivery of one batch is a correction, which is another action.
        Known = Conflict, "batch.known", "/number", "this batch is on the shelf already";
    }
}

/// A batch was put on the shelf.
#[derive(Debug, Clone)]
pub struct BatchReceived {
    /// Its row.
    pub batch: Batch,
}

/// Decides about receiving a batch. `known` is the batch of this medicine and number, if there is one.
///
/// # Errors
/// [`ReceiveRefusal`].
pub fn decide_receive(
    new: NewBatch,
    known: Option<&Batch>,
    id: BatchId,
    now: Timestamp,
    today: Date,
) -> Result<BatchReceived, ReceiveRefusal> {
    if new.pieces == 0 {
        return Err(ReceiveRefusal::Empty);
    }
    if new.expires < today {
        return Err(ReceiveRefusal::Expired);
    }
    if known.is_some() {
        return Err(ReceiveRefusal::Known);
    }
    let NewBatch { medicine, number, expires, controlled, pieces } = new;
    Ok(BatchReceived {
        batch: Batch {
            id,
            medicine,
            number,
            expires,
            controlled,
            on_hand: pieces,
            received_at: now,
            version: 1,
        },
    })
}

impl Change for BatchReceived {
    /// Nobody else's permit seals this.
    type By = ReceiveMedicine;

    fn subject(&self) -> Subject {
        Subject::new("medicine_batch", self.batch.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert_own(&self.batch);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aurex_core::tenancy::Id as _;
    use aurex_core::time::parse_date;
    use aurex_core::uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_micros(1_795_000_000_000_000);

    fn decide(pieces: u32, expires: &str, known: Option<&Batch>) -> Result<Batch, ReceiveRefusal> {
        let new = NewBatch {
            medicine: Name::new("Amoxicillin 500 mg").unwrap(),
            number: Label::new("AX-17").unwrap(),
            expires: parse_date(expires).unwrap(),
            controlled: true,
            pieces,
        };
        let (id, today) = (BatchId::from_uuid(Uuid::from_u128(1)), parse_date("2026-11-23").unwrap());
        decide_receive(new, known, id, NOW, today).map(|change| change.batch)
    }

    #[test]
    fn a_batch_comes_once_and_not_too_late() {
        let batch = decide(90, "2026-11-23", None).unwrap();
        assert_eq!((batch.on_hand, batch.version), (90, 1));
        assert_eq!(decide(0, "2026-11-23", None), Err(ReceiveRefusal::Empty));
        assert_eq!(decide(90, "2026-11-22", None), Err(ReceiveRefusal::Expired));
        assert_eq!(decide(90, "2026-11-23", Some(&batch)), Err(ReceiveRefusal::Known));
    }
}
