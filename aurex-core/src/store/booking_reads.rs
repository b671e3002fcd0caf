//! The shop's reads of what comes before a bill: bookings and advances.

use async_trait::async_trait;

use super::{Page, PageRequest, Read};
use crate::shop::bookings::{Advance, AdvanceId, Booking, BookingId, BookingState};
use crate::shop::parties::PartyId;

/// Which bookings are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BookingFilter {
    /// In this state.
    pub state: Option<BookingState>,
    /// Of this party.
    pub party: Option<PartyId>,
}

/// Which advances are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AdvanceFilter {
    /// Of this party.
    pub party: Option<PartyId>,
    /// For this booking.
    pub booking: Option<BookingId>,
}

/// Bookings and advances.
#[async_trait]
pub trait BookingReads {
    /// A booking.
    async fn booking(&mut self, id: BookingId) -> Read<Option<Booking>>;
    /// Bookings, newest first.
    async fn bookings(
        &mut self,
        filter: BookingFilter,
        page: PageRequest<BookingId>,
    ) -> Read<Page<Booking, BookingId>>;
    /// An advance.
    async fn advance(&mut self, id: AdvanceId) -> Read<Option<Advance>>;
    /// Advances, newest first.
    async fn advances(
        &mut self,
        filter: AdvanceFilter,
        page: PageRequest<AdvanceId>,
    ) -> Read<Page<Advance, AdvanceId>>;
}
