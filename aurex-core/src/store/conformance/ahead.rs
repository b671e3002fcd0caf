//! Deeds that are agreed before there is a bill, played.

use super::deeds::Deed;
use super::player::{Player, picked};
use super::till::*;
use crate::service::{Presented, shop as service};
use crate::shop::bookings::NewBooking;
use crate::shop::parties::PartyId;
use crate::shop::receipts::{NewReceipt, PaymentMode};
use crate::shop::refunds::NewRefund;
use crate::tenancy::Scope;
use crate::text::Note;

impl Player {
    /// Plays one of them.
    pub(super) async fn agree(&mut self, scope: &Scope, presented: Option<&Presented>, deed: Deed) {
        let road = self.shop.road.clone();
        let reason = || Note::new("Changed their mind").unwrap();
        match deed {
            Deed::Book { party, mg: milligrams, policy, days, paid } => {
                let today = self.shop.today();
                let booking = booking_of(picked(&self.parties, party), milligrams, paid.unwrap_or(1));
                let new = NewBooking {
                    policy,
                    expires: crate::time::plus_days(today, days),
                    paid: booking.paid.clone().filter(|_| paid.is_some()),
                    ..booking
                };
                let answer = service::book_rate(&road, scope, presented, &new).await;
                if let Some(made) = self.noted("booking.make", answer) {
                    self.bookings.push(made.booking.id);
                    self.advances.extend(made.advances.iter().map(|advance| advance.id));
                }
            }
            Deed::CancelBooking { booking } => {
                let id = picked(&self.bookings, booking);
                let answer = service::cancel_booking(&road, scope, presented, id, reason()).await;
                self.noted("booking.cancel", answer);
            }
            Deed::TakeAhead { party, booking, total } => {
                let booking = booking.map(|booking| picked(&self.bookings, booking));
                let party = match booking {
                    Some(id) => self.booked_for(id).await,
                    None => picked(&self.parties, party),
                };
                let new = advance_of(party, total, booking);
                let answer = service::take_advance(&road, scope, presented, &new).await;
                let made = self.noted("advance.take", answer);
                self.advances.extend(made.map(|made| made.id));
            }
            Deed::ReverseAhead { advance } => {
                let id = picked(&self.advances, advance);
                let answer = service::reverse_advance(&road, scope, presented, id, reason()).await;
                self.noted("advance.reverse", answer);
            }
            Deed::Settle { advance, bill, total } => {
                let (id, bill) = (picked(&self.advances, advance), picked(&self.bills, bill));
                let found = self.shop.reader().await.advance(id).await.unwrap();
                let party = found.map_or(picked(&self.parties, advance), |advance| advance.party);
                let money = money(party, PaymentMode::Advance, total, &[(bill, total)]);
                let new = NewReceipt { advance: Some(id), ..money };
                let answer = service::record_receipt(&road, scope, presented, &new).await;
                let made = self.noted("receipt.record", answer);
                self.receipts.extend(made.map(|taken| taken.receipt.id));
            }
            Deed::PayAhead { advance, total } => {
                let id = picked(&self.advances, advance);
                let found = self.shop.reader().await.advance(id).await.unwrap();
                let party = found.map_or(picked(&self.parties, advance), |advance| advance.party);
                let new = NewRefund { advance: Some(id), ..refund_of(party, PaymentMode::Bank, total) };
                let answer = service::pay_refund(&road, scope, presented, &new).await;
                let made = self.noted("refund.pay", answer);
                self.refunds.extend(made.map(|made| made.id));
            }
            other => unreachable!("{other:?} is played elsewhere"),
        }
    }

    async fn booked_for(&self, id: crate::shop::bookings::BookingId) -> PartyId {
        let found = self.shop.reader().await.booking(id).await.unwrap();
        found.map_or_else(|| picked(&self.parties, super::deeds::Pick(None)), |booking| booking.party)
    }
}
