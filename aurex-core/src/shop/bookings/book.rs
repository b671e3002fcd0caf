//! Locking a rate. The lock posts nothing; the money paid for it does.

use super::advance::{AdvanceIds, AdvanceKnown, NewAdvance, voucher};
use super::rows::{Advance, Booking, BookingId, BookingState, LockPolicy};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{Account, Allocated, Journal, JournalError, NumberError, Series, SeriesKind};
use crate::measure::{Fineness, Mass, Metal, Rate, RateKind, Ratio};
use crate::money::{Currency, Money, Rounding};
use crate::shop::accounts::NoSuchAccount;
use crate::shop::actions::BookingLimits;
use crate::shop::parties::PartyId;
use crate::shop::rates::{PostedRate, on_board};
use crate::shop::receipts::PaymentMode;
use crate::text::Label;
use crate::time::{Date, Timestamp};

/// The series of bookings.
pub const PREFIX_BOOKING: &str = "BKG";

/// A rate to be locked.
#[derive(Debug, Clone)]
pub struct NewBooking {
    /// For whom.
    pub party: PartyId,
    /// The metal.
    pub metal: Metal,
    /// Its fineness.
    pub fineness: Fineness,
    /// The greatest weight charged at the rate.
    pub weight: Mass,
    /// A rate other than the board's.
    pub rate: Option<AskedRate>,
    /// What the rate is good for.
    pub policy: LockPolicy,
    /// The last day.
    pub expires: Date,
    /// The least that must stand paid ahead; what is paid now, when none is named.
    pub least_advance: Option<Money>,
    /// What is paid now.
    pub paid: Option<PaidAhead>,
}

/// A rate other than the board's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AskedRate {
    /// The amount.
    pub amount: Money,
    /// The weight it is for.
    pub per: Mass,
}

/// Money paid when a rate is locked.
#[derive(Debug, Clone)]
pub struct PaidAhead {
    /// How.
    pub mode: PaymentMode,
    /// How much.
    pub amount: Money,
    /// The bank's or card's reference.
    pub reference: Option<Label>,
    /// What it is paid for, a wedding say; kept in lower case.
    pub occasion: Option<Label>,
}

/// What is known when a rate is locked.
#[derive(Debug, Clone)]
pub struct BookingKnown {
    /// The current rates of today.
    pub board: Vec<PostedRate>,
    /// The series of bookings in today's financial year.
    pub series: Option<Series>,
    /// The series of receipt vouchers.
    pub advances: Option<Series>,
    /// The accounts of the workspace.
    pub accounts: Vec<Account>,
    /// The currency of the books.
    pub currency: Currency,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// The ids that a booking uses.
#[derive(Debug, Clone, Copy)]
pub struct BookingIds {
    /// The booking's.
    pub booking: BookingId,
    /// Those of the money paid with it.
    pub advance: AdvanceIds,
}

crate::refusals! {
    /// Why a rate is not locked, money not taken ahead, or one of them not undone.
    pub enum BookingRefusal {
        /// Nothing, or less.
        NoWeight = Invalid, "booking.no_weight", "/weight_mg", "a booking is of more than nothing";
        /// The board has no rate today.
        NoRate = Conflict, "rate.none_for_date", "/commodity", "the board has no selling rate of this metal and fineness for the date";
        /// The asked rate is none, or in another currency.
        BadRate = Invalid, "rate.not_positive", "/rate", "a rate is a positive amount for a positive weight";
        /// The asked rate is further below the board than the role allows.
        RateBeyondLimit = BeyondLimit, "booking.rate_beyond_limit", "/rate", "the rate is further below the board than your role allows";
        /// The last day is over already.
        ExpiresInThePast = Invalid, "booking.expires_in_the_past", "/expires", "a booking's last day is today or later";
        /// The last day is too far off.
        ExpiresBeyondLimit = BeyondLimit, "booking.expires_beyond_limit", "/expires", "the booking would hold longer than your role allows";
        /// Less is paid than is agreed.
        PaidLessThanAgreed = Invalid, "booking.paid_less_than_agreed", "/advance/amount", "less is paid than the least advance";
        /// More stays unpaid than the role allows.
        UnpaidBeyondLimit = BeyondLimit, "booking.unpaid_beyond_limit", "/advance/amount", "more of the booking's value stays unpaid than your role allows";
        /// The least advance is negative, or in another currency.
        BadLeastAdvance = Invalid, "booking.bad_least_advance", "/least_advance", "the least advance is an amount in the currency of the books, not below nothing";
        /// The weight at the rate is out of range.
        TooLarge = Invalid, "booking.too_large", "/weight_mg", "the value of the booking is out of range";
        /// There is no such booking of this party here.
        NoBooking = NotFound, "booking.not_found", "/booking_id", "no such booking of this customer";
        /// The booking does not stand.
        NotOpen = Conflict, "booking.cancelled", "/booking_id", "the booking is cancelled";
        /// The booking's last day is over.
        Expired = Conflict, "booking.expired", "/booking_id", "the booking does not hold on this date";
        /// An advance of nothing, or less.
        AdvanceNotPositive = Invalid, "advance.not_positive", "/amount", "an advance is of more than nothing";
        /// The books have one currency.
        AdvanceCurrency = Invalid, "advance.other_currency", "/amount/currency", "the books are kept in another currency";
        /// The books have one currency, and so has what is paid when a rate is locked.
        PaidCurrency = Invalid, "advance.other_currency", "/advance/amount/currency", "the books are kept in another currency";
        /// An advance is not paid with an advance.
        AdvanceMode = Invalid, "advance.mode", "/mode", "an advance is paid with money";
        /// It was reversed before.
        AlreadyReversed = Conflict, "advance.already_reversed", "", "the advance is reversed already";
        /// Something of the advance is used.
        AdvanceUsed = Conflict, "advance.used", "", "bills or refunds have used the advance: reverse those first";
        /// There is less cash than would be given back.
        CashShort = Conflict, "advance.cash_short", "", "there is less cash in hand than the advance was of";
        /// It was cancelled before.
        AlreadyCancelled = Conflict, "booking.already_cancelled", "", "the booking is cancelled already";
        /// The series refuses.
        Number {
            /// Why.
            why: NumberError
        } = Conflict, "series.refuses", "", "{why}";
        /// The chart lacks an account, or one of them is closed.
        Books {
            /// What the books say.
            why: String
        } = Conflict, "books.refuse", "", "the books refuse: {why}";
    }
}

impl From<NoSuchAccount> for BookingRefusal {
    fn from(error: NoSuchAccount) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<JournalError> for BookingRefusal {
    fn from(error: JournalError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<NumberError> for BookingRefusal {
    fn from(why: NumberError) -> Self {
        Self::Number { why }
    }
}

impl From<crate::text::TextError> for BookingRefusal {
    fn from(error: crate::text::TextError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

/// A rate was locked.
#[derive(Debug, Clone)]
pub struct Booked {
    /// The booking.
    pub booking: Booking,
    /// What was paid for it.
    pub advance: Option<Advance>,
    series: Allocated,
    paid: Option<(Allocated, Journal)>,
}

/// Decides about locking a rate.
///
/// # Errors
/// [`BookingRefusal`].
pub fn decide_book(
    new: &NewBooking,
    known: &BookingKnown,
    limits: &BookingLimits,
    ids: BookingIds,
) -> Result<Booked, BookingRefusal> {
    if new.weight.mg() <= 0 {
        return Err(BookingRefusal::NoWeight);
    }
    let days = new.expires.signed_duration_since(known.today).num_days();
    if days < 0 {
        return Err(BookingRefusal::ExpiresInThePast);
    }
    if days > i64::from(limits.days) {
        return Err(BookingRefusal::ExpiresBeyondLimit);
    }
    let (rate, rate_id) = locked_rate(new, known, limits)?;
    let value =
        rate.price_of(new.weight, Rounding::HalfAwayFromZero).map_err(|_| BookingRefusal::TooLarge)?;
    let paid = new.paid.as_ref().map_or(Money::zero(known.currency), |paid| paid.amount);
    if paid.currency() != known.currency {
        return Err(BookingRefusal::PaidCurrency);
    }
    let least = new.least_advance.unwrap_or(paid);
    if least.currency() != known.currency || least.is_negative() {
        return Err(BookingRefusal::BadLeastAdvance);
    }
    let voucher = new.paid.as_ref().map(|paid| taken(new, paid, known, ids)).transpose()?;
    if paid.minor() < least.minor() {
        return Err(BookingRefusal::PaidLessThanAgreed);
    }
    // What must stand paid ahead is what counts: a cheque that bounces takes what was paid away again.
    let unpaid = i128::from(value.minor()) - i128::from(least.minor());
    if unpaid * i128::from(Ratio::WHOLE) > i128::from(value.minor()) * i128::from(limits.unpaid.ppm()) {
        return Err(BookingRefusal::UnpaidBeyondLimit);
    }
    let prefix = Label::new(PREFIX_BOOKING)?;
    let series = Series::allocate(SeriesKind::Booking, &prefix, known.series.as_ref(), known.today)?;
    let booking = Booking {
        id: ids.booking,
        number: series.number.clone(),
        party: new.party,
        metal: new.metal,
        fineness: new.fineness,
        weight: new.weight,
        rate_id,
        rate_amount: rate.amount(),
        rate_per: rate.per(),
        policy: new.policy,
        least_advance: least,
        expires: new.expires,
        advanced: paid,
        used: Mass::ZERO,
        business_date: known.today,
        booked_at: known.now,
        state: BookingState::Open,
        cancel_reason: None,
        cancelled_at: None,
        version: 1,
    };
    let (advance, paid) = match voucher {
        Some((advance, series, journal)) => (Some(advance), Some((series, journal))),
        None => (None, None),
    };
    Ok(Booked { booking, advance, series, paid })
}

/// The board's rate of today, or an agreed one: above the board as high as both like, below it within the limit.
fn locked_rate(
    new: &NewBooking,
    known: &BookingKnown,
    limits: &BookingLimits,
) -> Result<(Rate, Option<crate::shop::rates::RateId>), BookingRefusal> {
    let board =
        on_board(&known.board, RateKind::Sell, new.metal, new.fineness).ok_or(BookingRefusal::NoRate)?;
    let Some(asked) = new.rate else { return Ok((board.rate, Some(board.posted.id))) };
    let rate = Rate::new(asked.amount, asked.per, new.fineness).map_err(|_| BookingRefusal::BadRate)?;
    if asked.amount.currency() != board.rate.amount().currency() {
        return Err(BookingRefusal::BadRate);
    }
    // asked/per ≥ board/per × (1 − limit), multiplied out so that nothing is rounded.
    let each = |amount: Money, per: Mass| i128::from(amount.minor()).checked_mul(i128::from(per.mg()));
    let sides = each(asked.amount, board.rate.per()).zip(each(board.rate.amount(), asked.per));
    let left = i128::from(Ratio::WHOLE) - i128::from(limits.below_board.ppm());
    let holds = sides.and_then(|(asked, board)| {
        Some(asked.checked_mul(i128::from(Ratio::WHOLE))? >= board.checked_mul(left)?)
    });
    if holds != Some(true) {
        return Err(BookingRefusal::RateBeyondLimit);
    }
    let is_the_board = (asked.amount, asked.per) == (board.rate.amount(), board.rate.per());
    Ok((rate, is_the_board.then_some(board.posted.id)))
}

fn taken(
    new: &NewBooking,
    paid: &PaidAhead,
    known: &BookingKnown,
    ids: BookingIds,
) -> Result<(Advance, Allocated, Journal), BookingRefusal> {
    let advance = NewAdvance {
        party: new.party,
        mode: paid.mode,
        amount: paid.amount,
        reference: paid.reference.clone(),
        occasion: paid.occasion.clone(),
        booking: Some(ids.booking),
    };
    let known = AdvanceKnown {
        booking: None,
        series: known.advances.clone(),
        accounts: known.accounts.clone(),
        currency: known.currency,
        today: known.today,
        now: known.now,
    };
    voucher(&advance, &known, ids.advance)
}

impl Change for Booked {
    type By = crate::shop::actions::BookRate;

    fn subject(&self) -> Subject {
        Subject::new("booking", self.booking.id)
    }

    fn record(self, draft: &mut Draft) {
        self.series.record(draft);
        draft.insert(self.booking);
        if let (Some(advance), Some((series, journal))) = (self.advance, self.paid) {
            series.record(draft);
            journal.record(draft);
            draft.insert(advance);
        }
    }
}
