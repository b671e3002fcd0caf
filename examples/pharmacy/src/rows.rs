//! The pharmacy's ids and tables. A field's number stands in the log for ever: a new field gets the next one, and none is
//! ever used again.

use aurex_core::store::{Table, TableKind};
use aurex_core::text::{Label, Name};
use aurex_core::time::{Date, Timestamp};
use aurex_core::{id_columns, ids, record};

ids! {
    /// A batch of a medicine on the shelf.
    BatchId = "bat";
    /// Pieces of a batch given to somebody.
    DispensingId = "dsp";
}
id_columns!(BatchId, DispensingId);

record! {
    /// A batch of a medicine on the shelf.
    pub struct Batch in "medicine_batch" {
        /// Its id.
        id: BatchId = 1 [key],
        /// The medicine, as printed.
        medicine: Name = 2,
        /// The maker's number of the batch, as printed.
        number: Label = 3,
        /// The last day it may be given out.
        expires: Date = 4,
        /// Whether the law wants a prescriber named.
        controlled: bool = 5,
        /// Pieces on the shelf.
        on_hand: u32 = 6,
        /// When it came.
        received_at: Timestamp = 7,
        /// Counts changes.
        version: u32 = 8,
    }
}

record! {
    /// Pieces of a batch given to somebody. Never changed.
    pub struct Dispensing in "dispensing" {
        /// Its id.
        id: DispensingId = 1 [key],
        /// From which batch.
        batch: BatchId = 2,
        /// The medicine, as it was printed then.
        medicine: Name = 3,
        /// How many pieces.
        pieces: u32 = 4,
        /// To whom. In the log it is committed to by itself, so that it can be erased and the entry still proved.
        patient: Name = 5 [personal],
        /// On whose prescription.
        prescriber: Option<Name> = 6 [personal],
        /// When.
        dispensed_at: Timestamp = 7,
    }
}

/// Our tables, for showing the log with their fields' names.
pub const TABLES: &[Table] =
    &[Table::of::<Batch>(TableKind::State), Table::of::<Dispensing>(TableKind::AppendOnly)];
