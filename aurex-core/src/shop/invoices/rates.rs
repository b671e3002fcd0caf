//! Which rates a line takes: the day's or an agreed one, and before it a booking's for as much as the booking has left.

use super::bill::{InvoiceRefusal, NewLine};
use super::resolve::BillContext;
use crate::measure::{Fineness, Mass, Metal, Rate, RateKind};
use crate::shop::actions::BillLimits;
use crate::shop::bookings::{Booking, LockPolicy, LockStanding};
use crate::shop::parties::PartyId;
use crate::shop::pricing::{LineInput, Lock};
use crate::shop::rates::{RateId, on_board};
use crate::time::Date;

/// The bookings that a bill may use, and how much of each its lines before have left.
pub(super) struct Locks<'a> {
    left: Vec<(&'a Booking, Mass)>,
    party: PartyId,
    date: Date,
}

/// The rates of a line.
pub(super) struct LineRates {
    /// What is beyond the lock takes this.
    pub(super) rate: Rate,
    /// The posted rate, when it was not overridden.
    pub(super) rate_id: Option<RateId>,
    /// Where the booking stands among the locks, and its rate.
    lock: Option<(usize, Rate)>,
    /// Whether there is a rate for what is beyond the lock.
    has_day: bool,
}

impl<'a> Locks<'a> {
    pub(super) fn of(bookings: &'a [Booking], party: PartyId, date: Date) -> Self {
        Self { left: bookings.iter().map(|booking| (booking, booking.open())).collect(), party, date }
    }

    /// The booking that a line names, if it holds for it.
    fn named(
        &self,
        line: usize,
        asked: &NewLine,
        metal: Metal,
        fineness: Fineness,
    ) -> Result<Option<(usize, &'a Booking)>, InvoiceRefusal> {
        let Some(id) = asked.booking else { return Ok(None) };
        let theirs = |(booking, _): &(&Booking, Mass)| booking.id == id && booking.party == self.party;
        let place = self.left.iter().position(theirs).ok_or(InvoiceRefusal::NoBooking { line })?;
        let (booking, left) = *self.left.get(place).ok_or(InvoiceRefusal::NoBooking { line })?;
        if (booking.metal, booking.fineness) != (metal, fineness) {
            return Err(InvoiceRefusal::BookingDisagrees { line });
        }
        match booking.standing(self.date) {
            LockStanding::Cancelled => Err(InvoiceRefusal::BookingCancelled { line }),
            LockStanding::Expired => Err(InvoiceRefusal::BookingExpired { line }),
            LockStanding::AdvanceShort => Err(InvoiceRefusal::BookingAdvanceShort { line }),
            LockStanding::Open if self.date < booking.business_date => {
                Err(InvoiceRefusal::BookingExpired { line })
            }
            LockStanding::UsedUp => Err(InvoiceRefusal::BookingUsedUp { line }),
            LockStanding::Open if left.is_zero() => Err(InvoiceRefusal::BookingUsedUp { line }),
            LockStanding::Open => Ok(Some((place, booking))),
        }
    }

    /// Takes what the line can have of its booking.
    ///
    /// # Errors
    /// [`InvoiceRefusal::NoRate`] when something stays beyond the lock and the day has no rate.
    pub(super) fn take(
        &mut self,
        line: usize,
        rates: &LineRates,
        input: &LineInput,
    ) -> Result<Option<Lock>, InvoiceRefusal> {
        let Some((place, rate)) = rates.lock else { return Ok(None) };
        let Some((_, left)) = self.left.get_mut(place) else { return Ok(None) };
        // What is wrong with the weights is told when the line is priced.
        let charged = input.chargeable().unwrap_or(Mass::ZERO).max(Mass::ZERO);
        let most = charged.min(*left);
        if most < charged && !rates.has_day {
            return Err(InvoiceRefusal::NoRate { line });
        }
        *left = left.checked_sub(most).unwrap_or(Mass::ZERO);
        Ok(Some(Lock { rate, most }))
    }
}

/// The board's rate, or an overridden one within the limit of the board's; and the booking's. Nothing is sold on a day
/// without a rate, but for what a booking covers.
pub(super) fn rates_of(
    index: usize,
    line: &NewLine,
    metal: Metal,
    fineness: Fineness,
    context: BillContext<'_>,
    locks: &Locks<'_>,
) -> Result<LineRates, InvoiceRefusal> {
    let found = on_board(&context.known.rates, RateKind::Sell, metal, fineness);
    let lock = match locks.named(index, line, metal, fineness)? {
        None => None,
        Some((place, booking)) => {
            let rate = booking.rate().map_err(|_| InvoiceRefusal::BookingDisagrees { line: index })?;
            let lower = |board: Rate| if is_lower(&board, &rate) { board } else { rate };
            let day = found.as_ref().map(|found| found.rate);
            let rate = match booking.policy {
                LockPolicy::LowerOf => day.map_or(rate, lower),
                LockPolicy::Locked | LockPolicy::Proportional => rate,
            };
            Some((place, rate))
        }
    };
    let Some(found) = found else {
        let (_, rate) = lock.filter(|_| line.rate.is_none()).ok_or(InvoiceRefusal::NoRate { line: index })?;
        return Ok(LineRates { rate, rate_id: None, lock, has_day: false });
    };
    let (board, posted) = (found.rate, found.posted.id);
    let Some(said) = line.rate else {
        return Ok(LineRates { rate: board, rate_id: Some(posted), lock, has_day: true });
    };
    let rate =
        Rate::new(said.amount, said.per, fineness).map_err(|_| InvoiceRefusal::BadRate { line: index })?;
    if said.amount.currency() != board.amount().currency() {
        return Err(InvoiceRefusal::BadRate { line: index });
    }
    if departs_beyond(&rate, &board, context.limits) {
        return Err(InvoiceRefusal::RateBeyondLimit { line: index });
    }
    let is_the_board = (said.amount, said.per) == (board.amount(), board.per());
    Ok(LineRates { rate, rate_id: is_the_board.then_some(posted), lock, has_day: true })
}

/// a/per < b/per, multiplied out so that nothing is rounded.
fn is_lower(a: &Rate, b: &Rate) -> bool {
    let side = |amount: &Rate, per: &Rate| i128::from(amount.amount().minor()) * i128::from(per.per().mg());
    side(a, b) < side(b, a)
}

/// |said/per − board/per| > board/per × limit, multiplied out so that nothing is rounded.
fn departs_beyond(said: &Rate, board: &Rate, limits: &BillLimits) -> bool {
    let said = i128::from(said.amount().minor())
        .checked_mul(i128::from(board.per().mg()))
        .zip(i128::from(board.amount().minor()).checked_mul(i128::from(said.per().mg())));
    let Some((said, board)) = said else { return true };
    let departs = said.abs_diff(board).checked_mul(1_000_000);
    let allowed = board.unsigned_abs().checked_mul(u128::from(limits.rate_override.ppm().unsigned_abs()));
    match (departs, allowed) {
        (Some(departs), Some(allowed)) => departs > allowed,
        _ => true,
    }
}
