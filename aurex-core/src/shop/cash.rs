//! How much cash is taken: from one person in a day, for one transaction, for one occasion.
//!
//! Section 186 of the Income-tax Act 2025, the former 269ST, limits each. A transaction is a bill with the bookings that its
//! lines use, or a booking by itself. One person is whoever has the same record, PAN or telephone number. What was
//! reversed does not count; what was paid back does, because it was received.

use super::bookings::BookingId;
use super::identifiers::{Gstin, Pan, Phone};
use super::invoices::{Bill, InvoiceId};
use super::law::cash_received_below;
use super::parties::{PartyId, SealedPan};
use crate::money::{Currency, Money};
use crate::text::{Label, Name};
use crate::time::Date;

/// What is asked of the books before cash is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashQuestion {
    /// The day.
    pub date: Date,
    /// The occasion that it would be paid for, in lower case.
    pub occasion: Option<Label>,
    /// The bills that it would settle.
    pub bills: Vec<InvoiceId>,
    /// The bookings that these use, or that it would be paid for.
    pub bookings: Vec<BookingId>,
}

/// What one party paid, with all that may say which person it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidBy {
    /// Who.
    pub party: PartyId,
    /// Their telephone number.
    pub phone: Option<Phone>,
    /// Their GSTIN, which has their PAN in it.
    pub gstin: Option<Gstin>,
    /// Their PAN, sealed.
    pub pan: Option<SealedPan>,
    /// How much, in minor units.
    pub minor: i64,
}

/// Who pays: with this record, or another one of the same telephone number or PAN.
#[derive(Debug, Clone)]
pub struct Payer {
    /// The record.
    pub party: PartyId,
    /// The telephone number.
    pub phone: Option<Phone>,
    /// The PAN, from its own field or out of the GSTIN.
    pub pan: Option<Pan>,
    /// The keyed hashes that the PAN may be kept under.
    pub lookups: Vec<[u8; 16]>,
}

impl Payer {
    /// Whether it was this person who paid.
    pub fn is(&self, paid: &PaidBy) -> bool {
        let has_phone = self.phone.is_some() && self.phone == paid.phone;
        let has_pan = paid.pan.as_ref().is_some_and(|pan| self.lookups.contains(&pan.lookup));
        let of_gstin = paid.gstin.as_ref().map(Gstin::pan);
        self.party == paid.party
            || has_phone
            || has_pan
            || (of_gstin.is_some() && of_gstin == self.pan.as_ref())
    }
}

/// What of a bill was settled with cash, by the booking of the advance that settled it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettledInCash {
    /// The bill.
    pub invoice: InvoiceId,
    /// The booking that the advance was paid for; none for a receipt, and for an advance without a booking.
    pub booking: Option<BookingId>,
    /// How much, in minor units.
    pub minor: i64,
}

/// Cash that the books hold as taken: receipts and advances that stand, in the modes that count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CashTaken {
    /// On the day, by party.
    pub day: Vec<PaidBy>,
    /// For the occasion, by party.
    pub occasion: Vec<PaidBy>,
    /// Against each of the bills.
    pub bills: Vec<SettledInCash>,
    /// Ahead for each of the bookings, in minor units.
    pub bookings: Vec<(BookingId, i64)>,
}

/// Cash that passed between a party and the shop on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashOfDay {
    /// The day.
    pub date: Date,
    /// Who.
    pub party: PartyId,
    /// Their name.
    pub name: Name,
    /// Their telephone number.
    pub phone: Option<Phone>,
    /// Their GSTIN.
    pub gstin: Option<Gstin>,
    /// Their PAN, sealed.
    pub pan: Option<SealedPan>,
    /// What they paid, by receipts and advances that stand, in the modes that [count](crate::shop::receipts::PaymentMode::counts_as_cash_taken), in minor
    /// units.
    pub received: i64,
    /// What they were paid, by payments and refunds that stand, in cash, in minor units.
    pub paid_out: i64,
}

/// Cash about to be taken.
#[derive(Debug, Clone)]
pub struct NewCash<'a> {
    /// Who pays.
    pub payer: Payer,
    /// How much; nothing, where an advance that was paid in cash settles bills.
    pub amount: Money,
    /// What of it settles which bill, each with the bookings that the bill's lines use.
    pub bills: Vec<(&'a Bill, i64)>,
    /// The booking that an advance is for: the one paid for now, or the one that settles now.
    pub booking: Option<BookingId>,
}

crate::refusals! {
    /// Why that much is not taken in cash.
    pub enum CashRefusal {
        /// Too much from this person today.
        Day {
            /// What stays below.
            limit: Money,
            /// What may still be taken.
            left: Money
        } = Conflict, "cash.day_limit", "/amount", "less than {limit} is taken in cash from one person in a day, whatever the number of their records: {left} may still be taken today; account-payee cheques and electronic transfers do not count";
        /// Too much for this bill with its bookings.
        Transaction {
            /// What stays below.
            limit: Money,
            /// What may still be taken.
            left: Money
        } = Conflict, "cash.transaction_limit", "/amount", "less than {limit} is taken in cash for one bill with its bookings: {left} may still be taken for it; account-payee cheques and electronic transfers do not count";
        /// Too much for this occasion.
        Occasion {
            /// What stays below.
            limit: Money,
            /// What may still be taken.
            left: Money
        } = Conflict, "cash.occasion_limit", "/amount", "less than {limit} is taken in cash from one person for one occasion: {left} may still be taken for it; account-payee cheques and electronic transfers do not count";
    }
}

/// The bookings that a bill's lines use.
pub fn bookings_of(bill: &Bill) -> Vec<BookingId> {
    let mut used: Vec<_> = bill.lines.iter().filter_map(|line| line.lock.map(|lock| lock.booking)).collect();
    used.sort_unstable();
    used.dedup();
    used
}

/// Holds cash that is about to be taken to the law's limits.
///
/// # Errors
/// [`CashRefusal`].
pub fn check_cash(new: &NewCash<'_>, taken: &CashTaken, date: Date) -> Result<(), CashRefusal> {
    let currency = new.amount.currency();
    let Some(limit) = cash_received_below(date, currency) else { return Ok(()) };
    let sum = |paid: &[PaidBy]| {
        paid.iter().filter(|paid| new.payer.is(paid)).fold(0_i64, |sum, paid| sum.saturating_add(paid.minor))
    };
    let amount = new.amount.minor();
    let (of_day, of_occasion) = (sum(&taken.day), sum(&taken.occasion));
    if amount > 0 {
        held(of_day, amount, limit, currency, |limit, left| CashRefusal::Day { limit, left })?;
        held(of_occasion, amount, limit, currency, |limit, left| CashRefusal::Occasion { limit, left })?;
    }
    let ahead = |booking: BookingId| {
        taken
            .bookings
            .iter()
            .filter(|(of, _)| *of == booking)
            .fold(0_i64, |sum, (_, of)| sum.saturating_add(*of))
    };
    let refused = |limit, left| CashRefusal::Transaction { limit, left };
    for (bill, share) in &new.bills {
        let bookings = bookings_of(bill);
        // What a booking of this bill had ahead counts once, whether the bill has used it yet or not.
        let is_ahead = |of: Option<BookingId>| of.is_some_and(|of| bookings.contains(&of));
        let settled = taken.bills.iter().filter(|of| of.invoice == bill.invoice.id && !is_ahead(of.booking));
        let settled = settled.fold(0_i64, |sum, of| sum.saturating_add(of.minor));
        let had = bookings.iter().fold(settled, |sum, of| sum.saturating_add(ahead(*of)));
        held(had, if is_ahead(new.booking) { 0 } else { *share }, limit, currency, refused)?;
    }
    match new.booking {
        Some(booking) if new.bills.is_empty() => held(ahead(booking), amount, limit, currency, refused),
        _ => Ok(()),
    }
}

fn held(
    had: i64,
    more: i64,
    limit: i64,
    currency: Currency,
    refused: impl Fn(Money, Money) -> CashRefusal,
) -> Result<(), CashRefusal> {
    // Nothing more is taken: what stands was held to the limit when it came.
    if more == 0 || had.saturating_add(more) < limit {
        return Ok(());
    }
    let left = limit.saturating_sub(1).saturating_sub(had).max(0);
    let money = |minor| Money::new(minor, currency).unwrap_or(Money::zero(currency));
    Err(refused(money(limit), money(left)))
}
