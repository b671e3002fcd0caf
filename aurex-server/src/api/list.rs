//! Lists: cursors in, cursors out.

use std::fmt::Debug;

use aurex_core::ledger::JournalEntryId;
use aurex_core::store::{EntryKey, Page as CorePage, PageRequest, PostingKey};
use aurex_core::tenancy::Id;
use aurex_core::time::parse_date;
use poem_openapi::types::{ToJSON, Type};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::signed::Signed;
use crate::http::answer::Page;
use crate::http::cursor::CursorScope;
use crate::http::paging::{After, Limit};
use crate::http::problem::{Code, Problem};

/// A key that a list is continued after, in the bytes of a cursor.
pub trait Position: Copy {
    /// As bytes.
    fn to_bytes(self) -> Vec<u8>;
    /// Back from bytes.
    fn from_bytes(bytes: &[u8]) -> Option<Self>;
}

macro_rules! id_positions {
    ($($T:ty),* $(,)?) => {$(
        impl Position for $T {
            fn to_bytes(self) -> Vec<u8> {
                self.uuid().as_bytes().to_vec()
            }
            fn from_bytes(bytes: &[u8]) -> Option<Self> {
                Uuid::from_slice(bytes).ok().map(<Self as Id>::from_uuid)
            }
        }
    )*};
}

id_positions!(
    aurex_core::tenancy::MemberId,
    aurex_core::tenancy::ApiTokenId,
    aurex_core::tenancy::ApprovalId,
    aurex_core::ledger::AccountId,
    aurex_core::shop::rates::RateId,
    aurex_core::shop::parties::PartyId,
    aurex_core::shop::stock::ItemId,
    aurex_core::shop::stock::LotId,
    aurex_core::shop::invoices::InvoiceId,
    aurex_core::shop::receipts::ReceiptId,
    aurex_core::shop::notes::BillNoteId,
    aurex_core::shop::refunds::RefundId,
    aurex_core::shop::stock::MovementId,
    aurex_core::shop::metal::MetalVoucherId,
    aurex_core::shop::payments::PaymentId,
    aurex_core::shop::bookings::BookingId,
    aurex_core::shop::bookings::AdvanceId,
    aurex_core::shop::vouchers::JournalVoucherId,
);

impl Position for u64 {
    fn to_bytes(self) -> Vec<u8> {
        self.to_be_bytes().to_vec()
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self::from_be_bytes)
    }
}

impl Position for EntryKey {
    fn to_bytes(self) -> Vec<u8> {
        let (date, entry) = self;
        let mut bytes = date.to_string().into_bytes();
        bytes.extend_from_slice(entry.uuid().as_bytes());
        bytes
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (date, entry) = bytes.split_at_checked(10)?;
        let date = parse_date(std::str::from_utf8(date).ok()?).ok()?;
        Some((date, JournalEntryId::from_uuid(Uuid::from_slice(entry).ok()?)))
    }
}

impl Position for PostingKey {
    fn to_bytes(self) -> Vec<u8> {
        let (date, entry, line) = self;
        let mut bytes = date.to_string().into_bytes();
        bytes.extend_from_slice(entry.uuid().as_bytes());
        bytes.extend_from_slice(&line.to_be_bytes());
        bytes
    }
    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (date, rest) = bytes.split_at_checked(10)?;
        let (entry, line) = rest.split_at_checked(16)?;
        Some((
            parse_date(std::str::from_utf8(date).ok()?).ok()?,
            JournalEntryId::from_uuid(Uuid::from_slice(entry).ok()?),
            u16::from_be_bytes(line.try_into().ok()?),
        ))
    }
}

/// One list with its filters, in one workspace: where its cursors are good.
pub struct Listing<'w> {
    signed: &'w Signed,
    name: &'static str,
    filter: Vec<u8>,
}

impl<'w> Listing<'w> {
    /// A list and everything that narrows it.
    #[must_use]
    pub fn new(signed: &'w Signed, name: &'static str, filters: &[&dyn Debug]) -> Self {
        let filter = Sha256::digest(format!("{filters:?}")).to_vec();
        Self { signed, name, filter }
    }

    fn scope(&self) -> CursorScope<'_> {
        CursorScope { workspace: self.signed.tenant_bytes(), list: self.name, filter: &self.filter }
    }

    /// The page that is asked for.
    ///
    /// # Errors
    /// [`Code::CursorInvalid`] for a cursor of anywhere else.
    pub fn request<K: Position>(
        &self,
        limit: Limit,
        after: Option<&After>,
    ) -> Result<PageRequest<K>, Problem> {
        let after = match after {
            None => None,
            Some(after) => {
                let position = self.signed.cursors().open(self.scope(), after.as_str())?;
                Some(K::from_bytes(&position).ok_or_else(|| Problem::new(Code::CursorInvalid))?)
            }
        };
        Ok(PageRequest { after, limit: u16::try_from(limit.get()).unwrap_or(200) })
    }

    /// The page as it is answered.
    #[must_use]
    pub fn page<T, U: Type + ToJSON, K: Position>(
        &self,
        page: CorePage<T, K>,
        view: impl FnMut(T) -> U,
    ) -> Page<U> {
        let next = page.next.and_then(|key| self.signed.cursors().seal(self.scope(), &key.to_bytes()));
        Page { items: page.items.into_iter().map(view).collect(), next }
    }
}
