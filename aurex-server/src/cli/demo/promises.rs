//! Bookings: one whose weight a bill has used, one that is open, and money paid ahead for a wedding.

use aurex_core::measure::{Fineness, Mass, Metal};
use aurex_core::rbac::Role;
use aurex_core::service::shop::{BookingView, book_rate, take_advance};
use aurex_core::shop::bookings::{LockPolicy, NewAdvance, NewBooking, PaidAhead};
use aurex_core::shop::invoices::NewLine;
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::receipts::PaymentMode;
use aurex_core::text::Label;
use aurex_core::time::{Date, plus_days};

use super::episodes::With;
use super::rates::{RUPEE, inr};
use super::shop::Shop;
use crate::cli::Failure;

impl Shop<'_> {
    async fn book(
        &mut self,
        party: PartyId,
        mg: i64,
        expires: Date,
        rupees: i64,
        reference: &str,
    ) -> Result<BookingView, Failure> {
        let paid = PaidAhead {
            mode: PaymentMode::Upi,
            amount: inr(rupees * RUPEE)?,
            reference: Some(Label::new(reference)?),
            occasion: None,
        };
        let new = NewBooking {
            party,
            metal: Metal::Gold,
            fineness: Fineness::new(916_000)?,
            weight: Mass::new(mg)?,
            rate: None,
            policy: LockPolicy::Locked,
            expires,
            least_advance: None,
            paid: Some(paid),
        };
        let till = self.staff.scope(Role::Cashier, 0)?;
        let view = book_rate(&self.road, &till, None, &new).await?.value;
        self.clock.pass(120);
        Ok(view)
    }

    /// 12 g at the day's rate, for three weeks.
    pub(super) async fn promise_a_rate(&mut self, today: Date) -> Result<(), Failure> {
        let latika = self.guest("Latika Sathe", "9100000203", "21 Prabhat Road, Pune 411004", "4406").await?;
        let view = self.book(latika, 12_000, plus_days(today, 21), 60_000, "630000118822").await?;
        let advance = view.advances.first().ok_or("money was paid ahead")?.id;
        self.threads.booking = Some((latika, view.booking.id, advance));
        Ok(())
    }

    /// She comes, and the twelve grams are billed as booked.
    pub(super) async fn keep_the_promise(&mut self) -> Result<(), Failure> {
        let (latika, booking, advance) = self.threads.booking.ok_or("nothing was booked")?;
        let (line, _) = self.line_of(1, 12_000).await?;
        let bill = self.bill(latika, vec![NewLine { booking: Some(booking), ..line }]).await?;
        let ahead = inr(60_000 * RUPEE)?;
        self.take(&bill, With::Advance(advance), ahead).await?;
        let rest = bill.payable.checked_sub(ahead)?;
        self.take(&bill, With::Money(PaymentMode::Card, Some("481920")), rest).await
    }

    /// 25 g that nobody has fetched yet, and an advance without a rate.
    pub(super) async fn promise_again(&mut self, today: Date) -> Result<(), Failure> {
        let nasreen = self
            .guest("Nasreen Merchant", "9100000204", "12 Nesbit Road, Mazgaon, Mumbai 400010", "8150")
            .await?;
        self.book(nasreen, 25_000, plus_days(today, 25), 75_000, "631177420056").await?;
        let ahead = NewAdvance {
            party: nasreen,
            mode: PaymentMode::Cash,
            amount: inr(10_000 * RUPEE)?,
            reference: None,
            occasion: Some(Label::new("wedding in february")?),
            booking: None,
        };
        take_advance(&self.road, &self.staff.scope(Role::Cashier, 0)?, None, &ahead).await?;
        Ok(())
    }
}
