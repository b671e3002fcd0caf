//! Rows as SQLite gives them. What does not read as what was written is an error and never an answer, least of all a row
//! of another workspace.

use aurex_core::store::{Read, StoreError};
use aurex_core::tenancy::Id;
use aurex_core::text::Text;
use aurex_core::time::{Timestamp, parse_date};
use aurex_core::uuid::Uuid;
use aurex_store_sqlite::OwnReads;

use crate::rows::{Batch, Dispensing};

/// A row that holds one of our records.
pub(super) trait Stored {
    type Record;

    /// The column that says whose it is.
    fn tenant_id(&self) -> &[u8];

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
    pub(super) tenant_id: Vec<u8>,
    pub(super) id: Vec<u8>,
    pub(super) medicine: String,
    pub(super) number: String,
    pub(super) expires: String,
    pub(super) controlled: i64,
    pub(super) on_hand: i64,
    pub(super) received_at: i64,
    pub(super) version: i64,
}

impl Stored for BatchRow {
    type Record = Batch;

    fn tenant_id(&self) -> &[u8] {
        &self.tenant_id
    }

    fn decode(self) -> Read<Batch> {
        Ok(Batch {
            id: id(&self.id)?,
            medicine: text(self.medicine)?,
            number: text(self.number)?,
            expires: parse_date(&self.expires).map_err(|_| corrupt("a date"))?,
            controlled: self.controlled == 1,
            on_hand: count(self.on_hand)?,
            received_at: Timestamp::from_micros(self.received_at),
            version: count(self.version)?,
        })
    }
}

pub(super) struct DispensingRow {
    pub(super) tenant_id: Vec<u8>,
    pub(super) id: Vec<u8>,
    pub(super) batch: Vec<u8>,
    pub(super) medicine: String,
    pub(super) pieces: i64,
    pub(super) patient: String,
    pub(super) prescriber: Option<String>,
    pub(super) dispensed_at: i64,
}

impl Stored for DispensingRow {
    type Record = Dispensing;

    fn tenant_id(&self) -> &[u8] {
        &self.tenant_id
    }

    fn decode(self) -> Read<Dispensing> {
        Ok(Dispensing {
            id: id(&self.id)?,
            batch: id(&self.batch)?,
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

fn id<I: Id>(bytes: &[u8]) -> Read<I> {
    Uuid::from_slice(bytes).map(I::from_uuid).map_err(|_| corrupt("an id"))
}

fn text<const MAX: usize>(text: String) -> Read<Text<MAX>> {
    Text::new(text).map_err(|_| corrupt("a text"))
}

fn count(n: i64) -> Read<u32> {
    u32::try_from(n).map_err(|_| corrupt("a count"))
}
