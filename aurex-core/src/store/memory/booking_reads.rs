//! Reading bookings and advances in the reference store.

use async_trait::async_trait;

use super::super::*;
use super::Opened;
use super::reads::backward;
use crate::shop::bookings::{Advance, AdvanceId, Booking, BookingId};

#[async_trait]
impl BookingReads for Opened {
    async fn booking(&mut self, id: BookingId) -> Read<Option<Booking>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn bookings(
        &mut self,
        filter: BookingFilter,
        page: PageRequest<BookingId>,
    ) -> Read<Page<Booking, BookingId>> {
        let wanted = |booking: &&Booking| {
            filter.state.is_none_or(|state| booking.state == state)
                && filter.party.is_none_or(|party| booking.party == party)
        };
        Ok(backward(self.state()?.rows::<Booking>().filter(wanted).cloned(), |row| row.id, page))
    }
    async fn advance(&mut self, id: AdvanceId) -> Read<Option<Advance>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn advances(
        &mut self,
        filter: AdvanceFilter,
        page: PageRequest<AdvanceId>,
    ) -> Read<Page<Advance, AdvanceId>> {
        let wanted = |advance: &&Advance| {
            filter.party.is_none_or(|party| advance.party == party)
                && filter.booking.is_none_or(|booking| advance.booking == Some(booking))
        };
        Ok(backward(self.state()?.rows::<Advance>().filter(wanted).cloned(), |row| row.id, page))
    }
}
