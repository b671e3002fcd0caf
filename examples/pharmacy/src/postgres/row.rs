//! Rows as PostgreSQL gives them. What does not read as what was written is an error and never an answer, least of all a
//! row of another workspace.

use aurex_core::store::{Read, StoreError};
use aurex_core::tenancy::Id as _;
use aurex_core::text::Text;
use aurex_core::time::{Date, Timestamp};
use aurex_core::uuid::Uuid;
use aurex_store_postgres::OwnReads;

use crate::rows::{Batch, BatchId, Dispensing, DispensingId};

/// A row that holds one of our records.
pub(super) trait Stored {
    type Record;

    /// The column that says whose it is.
    fn tenant_id(&self) -> Uuid;

    fn decode(self) -> Read<Self::Record>;

    /// The record, if the row is the reader's own and every column is what was written.
    fn read(self, own: &OwnReads<'_, '_>) -> Read<Self::Record>
    where
        Self: Sized,
    {
        own.owns(self.tenant_id())?;
        self.decode()
    }
}

pub(super) struct BatchRow {
    pub(super) tenant_id: Uuid,
    pub(super) id: Uuid,
    pub(super) medicine: String,
    pub(super) number: String,
    pub(super) expires: Date,
    pub(super) controlled: bool,
    pub(super) on_hand: i64,
    pub(super) received_at: i64,
    pub(super) version: i64,
}

impl Stored for BatchRow {
    type Record = Batch;

    fn tenant_id(&self) -> Uuid {
        self.tenant_id
    }

    fn decode(self) -> Read<Batch> {
        Ok(Batch {
            id: BatchId::from_uuid(self.id),
            medicine: text(self.medicine)?,
            number: text(self.number)?,
            expires: self.expires,
            controlled: self.controlled,
            on_hand: count(self.on_hand)?,
            received_at: Timestamp::from_micros(self.received_at),
            version: count(self.version)?,
        })
    }
}

pub(super) struct DispensingRow {
    pub(super) tenant_id: Uuid,
    pub(super) id: Uuid,
    pub(super) batch: Uuid,
    pub(super) medicine: String,
    pub(super) pieces: i64,
    pub(super) patient: String,
    pub(super) prescriber: Option<String>,
    pub(super) dispensed_at: i64,
}

impl Stored for DispensingRow {
    type Record = Dispensing;

    fn tenant_id(&self) -> Uuid {
        self.tenant_id
    }

    fn decode(self) -> Read<Dispensing> {
        Ok(Dispensing {
            id: DispensingId::from_uuid(self.id),
            batch: BatchId::from_uuid(self.batch),
            medicine: text(self.medicine)?,
            pieces: count(self.pieces)?,
            patient: text(self.patient)?,
            prescriber: self.prescriber.map(text).transpose()?,
            dispensed_at: Timestamp::from_micros(self.dispensed_at),
        })
    }
}

fn corrupt(what: &str) -> StoreError {
    StoreError::corrupt(format!("{what} of the pharmacy's does not decode"))
}

fn text<const MAX: usize>(text: String) -> Read<Text<MAX>> {
    Text::new(text).map_err(|_| corrupt("a text"))
}

fn count(n: i64) -> Read<u32> {
    u32::try_from(n).map_err(|_| corrupt("a count"))
}
