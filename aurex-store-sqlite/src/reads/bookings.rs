//! Bookings and advances.

use async_trait::async_trait;
use aurex_core::shop::bookings::{Advance, AdvanceId, Booking, BookingId};
use aurex_core::store::{AdvanceFilter, BookingFilter, BookingReads, Page, PageRequest, Read};
use aurex_core::tenancy::Id as _;

use super::{before, paged};
use crate::rows::{advance, booking, read_one};
use crate::turn::SqliteTurn;

#[async_trait]
impl BookingReads for SqliteTurn<'_> {
    async fn booking(&mut self, id: BookingId) -> Read<Option<Booking>> {
        let row = self.held.optional(booking!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn bookings(
        &mut self,
        filter: BookingFilter,
        page: PageRequest<BookingId>,
    ) -> Read<Page<Booking, BookingId>> {
        let (until, limit) = before(page);
        let tenant = self.tenant.uuid();
        let state = filter.state.map(|state| state.code());
        // A text for each index.
        let rows = match (filter.party.map(|id| id.uuid()), state) {
            (Some(party), state) => {
                let of_party = booking!(
                    "AND party = ? AND id < ? AND state = coalesce(?, state) ORDER BY id DESC LIMIT ?",
                    tenant,
                    party,
                    until,
                    state,
                    limit
                );
                self.held.all(of_party).await?
            }
            (None, Some(state)) => {
                let in_state = booking!(
                    "AND state = ? AND id < ? ORDER BY id DESC LIMIT ?",
                    tenant,
                    state,
                    until,
                    limit
                );
                self.held.all(in_state).await?
            }
            (None, None) => {
                let all = booking!("AND id < ? ORDER BY id DESC LIMIT ?", tenant, until, limit);
                self.held.all(all).await?
            }
        };
        paged(rows, self.tenant, page.limit, |booking| booking.id)
    }

    async fn advance(&mut self, id: AdvanceId) -> Read<Option<Advance>> {
        let row = self.held.optional(advance!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn advances(
        &mut self,
        filter: AdvanceFilter,
        page: PageRequest<AdvanceId>,
    ) -> Read<Page<Advance, AdvanceId>> {
        let (until, limit) = before(page);
        let tenant = self.tenant.uuid();
        // As with the notes: a booking's advances, if they are the customer's.
        let rows = match (filter.booking.map(|id| id.uuid()), filter.party.map(|id| id.uuid())) {
            (Some(booking), party) => {
                let of_booking = advance!(
                    "AND booking = ? AND id < ? ORDER BY id DESC LIMIT ?",
                    tenant,
                    booking,
                    until,
                    limit
                );
                let mut rows = self.held.all(of_booking).await?;
                rows.retain(|row| party.is_none_or(|party| row.party == party.as_bytes()));
                rows
            }
            (None, Some(party)) => {
                let of_party = advance!(
                    "AND party = ? AND id < ? ORDER BY id DESC LIMIT ?",
                    tenant,
                    party,
                    until,
                    limit
                );
                self.held.all(of_party).await?
            }
            (None, None) => {
                let all = advance!("AND id < ? ORDER BY id DESC LIMIT ?", tenant, until, limit);
                self.held.all(all).await?
            }
        };
        paged(rows, self.tenant, page.limit, |advance| advance.id)
    }
}
