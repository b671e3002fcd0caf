//! Bookings and advances as they are kept.

use crate::ledger::{JournalEntryId, VoucherNumber};
use crate::measure::{Fineness, Mass, Metal, Rate, RateError};
use crate::money::{Money, Rounding, mul_div};
use crate::shop::parties::PartyId;
use crate::shop::pricing::LockedPart;
use crate::shop::rates::RateId;
use crate::shop::receipts::PaymentMode;
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

crate::ids! {
    /// A booking.
    BookingId = "bkg";
    /// An advance.
    AdvanceId = "adv";
}
crate::id_columns!(BookingId, AdvanceId);

crate::codes! {
    /// What a booking's rate is good for.
    pub enum LockPolicy {
        /// The booked rate, whatever the day's.
        Locked = "locked",
        /// The lower of the booked and the day's.
        LowerOf = "lower_of",
        /// The booked rate, for as much of the weight as the advance has paid.
        Proportional = "proportional",
    }
}

crate::codes! {
    /// Whether a booking stands.
    pub enum BookingState {
        /// It stands; whether it has run out is told by its date and what is used of it.
        Open = "open",
        /// It was cancelled.
        Cancelled = "cancelled",
    }
}

crate::codes! {
    /// How a booking stands on a day. Derived, not stored.
    pub enum LockStanding {
        /// The rate holds.
        Open = "open",
        /// Less of the advance stands than was agreed.
        AdvanceShort = "advance_short",
        /// Bills have used all of its weight.
        UsedUp = "used_up",
        /// Its last day is over.
        Expired = "expired",
        /// It was cancelled.
        Cancelled = "cancelled",
    }
}

crate::codes! {
    /// Whether an advance stands.
    pub enum AdvanceState {
        /// It stands.
        Taken = "taken",
        /// It was reversed.
        Reversed = "reversed",
    }
}

crate::record! {
    /// A rate locked for a customer, up to a weight and until a day.
    pub struct Booking in "booking" {
        /// Its id.
        id: BookingId = 1 [key],
        /// Its number.
        number: VoucherNumber = 2,
        /// For whom.
        party: PartyId = 3,
        /// The metal.
        metal: Metal = 4,
        /// Its fineness.
        fineness: Fineness = 5,
        /// The greatest weight charged at the rate.
        weight: Mass = 6,
        /// The posted rate it was taken from; none for one that was agreed otherwise.
        rate_id: Option<RateId> = 7,
        /// The quoted amount.
        rate_amount: Money = 8,
        /// The quoted weight.
        rate_per: Mass = 9,
        /// What the rate is good for.
        policy: LockPolicy = 10,
        /// The least that must stand paid ahead for the lock to hold.
        least_advance: Money = 11,
        /// Its last day.
        expires: Date = 12,
        /// What stands paid ahead for it.
        advanced: Money = 13,
        /// The weight that bills have used of it.
        used: Mass = 14,
        /// Its date.
        business_date: Date = 15,
        /// When it was made.
        booked_at: Timestamp = 16,
        /// Whether it stands.
        state: BookingState = 17,
        /// Why it was cancelled.
        cancel_reason: Option<Note> = 18,
        /// When it was cancelled.
        cancelled_at: Option<Timestamp> = 19,
        /// Counts changes; the ETag.
        version: u32 = 20,
    }
}

crate::record! {
    /// Money paid ahead: a receipt voucher (section 31(3)(d) of the CGST Act).
    pub struct Advance in "advance" {
        /// Its id.
        id: AdvanceId = 1 [key],
        /// Its number.
        number: VoucherNumber = 2,
        /// Who paid.
        party: PartyId = 3,
        /// How.
        mode: PaymentMode = 4,
        /// How much.
        amount: Money = 5,
        /// The bank's or card's reference.
        reference: Option<Label> = 6,
        /// The booking that it was paid for.
        booking: Option<BookingId> = 7,
        /// What receipts and refunds that stand have used of it.
        used: Money = 8,
        /// Its date.
        business_date: Date = 9,
        /// When it was recorded.
        recorded_at: Timestamp = 10,
        /// The journal entry that posts it.
        entry: JournalEntryId = 11,
        /// Whether it stands.
        state: AdvanceState = 12,
        /// Why it was reversed.
        reverse_reason: Option<Note> = 13,
        /// When it was reversed.
        reversed_at: Option<Timestamp> = 14,
        /// Counts changes; the ETag.
        version: u32 = 15,
        /// What it was paid for, a wedding say, in lower case: the law limits the cash taken for one occasion.
        occasion: Option<Label> = 16,
    }
}

/// What a line of a bill took at the rate of a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineLock {
    /// The booking.
    pub booking: BookingId,
    /// The weight charged at its rate.
    pub mass: Mass,
    /// The quoted amount.
    pub rate_amount: Money,
    /// The quoted weight.
    pub rate_per: Mass,
    /// The value of that weight.
    pub value: Money,
}

impl LineLock {
    /// The part of the line, as pricing knew it.
    ///
    /// # Errors
    /// When the stored rate is none, which only a damaged store can cause.
    pub fn part(&self, fineness: Fineness) -> Result<LockedPart, RateError> {
        let rate = Rate::new(self.rate_amount, self.rate_per, fineness)?;
        Ok(LockedPart { rate, mass: self.mass, value: self.value })
    }
}

impl Booking {
    /// The rate that it locks.
    ///
    /// # Errors
    /// When the stored rate is none, which only a damaged store can cause.
    pub fn rate(&self) -> Result<Rate, RateError> {
        Rate::new(self.rate_amount, self.rate_per, self.fineness)
    }

    /// The weight for which the rate is good: all of it or, in proportion, what the advance pays for, rounded down to the
    /// milligram.
    pub fn covered(&self) -> Mass {
        if self.policy != LockPolicy::Proportional {
            return self.weight;
        }
        let (paid, amount) = (self.advanced.minor(), self.rate_amount.minor());
        let paid_for = mul_div(paid, self.rate_per.mg(), amount, Rounding::Floor);
        paid_for.ok().and_then(|mg| Mass::new(mg).ok()).map_or(Mass::ZERO, |mass| mass.min(self.weight))
    }

    /// The weight that is still to be had at the rate.
    pub fn open(&self) -> Mass {
        match self.covered().checked_sub(self.used) {
            Ok(left) if !left.is_negative() => left,
            _ => Mass::ZERO,
        }
    }

    /// How it stands on `date`.
    pub fn standing(&self, date: Date) -> LockStanding {
        if self.state == BookingState::Cancelled {
            LockStanding::Cancelled
        } else if self.used >= self.weight {
            LockStanding::UsedUp
        } else if date > self.expires {
            LockStanding::Expired
        } else if self.advanced.minor() < self.least_advance.minor() {
            LockStanding::AdvanceShort
        } else if self.open().is_zero() {
            LockStanding::UsedUp
        } else {
            LockStanding::Open
        }
    }

    /// The booking after bills used `mass` more of it, less when it is negative.
    ///
    /// # Errors
    /// When the weight leaves its range, which only a damaged store can cause.
    pub fn with_used(&self, mass: Mass) -> Result<Self, crate::measure::MeasureError> {
        let used = self.used.checked_add(mass)?;
        Ok(Self { used, version: self.version.saturating_add(1), ..self.clone() })
    }

    /// The booking after `amount` more was paid ahead for it, less when it is negative.
    ///
    /// # Errors
    /// When the sum leaves its range.
    pub fn with_advanced(&self, amount: Money) -> Result<Self, crate::money::MoneyError> {
        let advanced = self.advanced.checked_add(amount)?;
        Ok(Self { advanced, version: self.version.saturating_add(1), ..self.clone() })
    }
}

impl Advance {
    /// What is left of it, in minor units.
    pub fn left(&self) -> i64 {
        if self.state == AdvanceState::Taken {
            self.amount.minor().saturating_sub(self.used.minor()).max(0)
        } else {
            0
        }
    }

    /// The advance after `amount` more of it was used, less when it is negative.
    ///
    /// # Errors
    /// When the sum leaves its range, which only a damaged store can cause.
    pub fn with_used(&self, amount: Money) -> Result<Self, crate::money::MoneyError> {
        let used = self.used.checked_add(amount)?;
        Ok(Self { used, version: self.version.saturating_add(1), ..self.clone() })
    }
}
