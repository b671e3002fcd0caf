//! What the open locks come to: the owner's question when the rate moves.

use std::collections::BTreeMap;

use super::rows::{Booking, LockStanding};
use crate::measure::{Fineness, Mass, Metal, Rate, RateKind};
use crate::money::{Currency, Money, MoneyError, Rounding};
use crate::shop::rates::{PostedRate, on_board};
use crate::time::Date;

/// The open locks of a metal and fineness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPosition {
    /// The metal.
    pub metal: Metal,
    /// Its fineness.
    pub fineness: Fineness,
    /// How many bookings.
    pub bookings: u32,
    /// The weight that is still to be had at locked rates.
    pub open: Mass,
    /// What that weight comes to at the locked rates.
    pub locked_value: Money,
    /// The average of the locked rates, for a gram.
    pub average_gram: Money,
    /// The day's rate, if there is one.
    pub rate: Option<Rate>,
    /// What the weight comes to at the day's rate.
    pub value_today: Option<Money>,
    /// The locked value less today's: negative when the shop sells below the day's rate.
    pub difference: Option<Money>,
    /// The same by the last day of the locks, the earliest first.
    pub by_expiry: Vec<Expiring>,
}

/// The open locks that end on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiring {
    /// The last day.
    pub expires: Date,
    /// How many bookings.
    pub bookings: u32,
    /// The weight.
    pub open: Mass,
    /// What it comes to at the locked rates.
    pub locked_value: Money,
}

const GRAM: i64 = 1_000;
const ROUNDING: Rounding = Rounding::HalfAwayFromZero;

/// The positions of the bookings that hold on `today`, by metal and fineness. A lock whose policy is the lower of both rates
/// counts at its own, the higher that it can come to.
///
/// # Errors
/// When a sum leaves its range.
pub fn positions(
    bookings: &[Booking],
    board: &[PostedRate],
    currency: Currency,
    today: Date,
) -> Result<Vec<OpenPosition>, MoneyError> {
    let mut groups: BTreeMap<(Metal, Fineness), BTreeMap<Date, Vec<&Booking>>> = BTreeMap::new();
    for booking in bookings.iter().filter(|booking| booking.standing(today) == LockStanding::Open) {
        let of_metal = groups.entry((booking.metal, booking.fineness)).or_default();
        of_metal.entry(booking.expires).or_default().push(booking);
    }
    groups
        .into_iter()
        .map(|((metal, fineness), by_day)| {
            let by_expiry = by_day
                .into_iter()
                .map(|(expires, bookings)| expiring(expires, &bookings, currency))
                .collect::<Result<Vec<_>, _>>()?;
            let open = total(by_expiry.iter().map(|day| day.open))?;
            let locked_value = Money::try_sum(currency, by_expiry.iter().map(|day| day.locked_value))?;
            let rate = on_board(board, RateKind::Sell, metal, fineness).map(|found| found.rate);
            let value_today = rate.map(|rate| rate.price_of(open, ROUNDING)).transpose()?;
            Ok(OpenPosition {
                metal,
                fineness,
                bookings: by_expiry.iter().fold(0, |sum, day| sum.saturating_add(day.bookings)),
                open,
                locked_value,
                average_gram: locked_value.mul_div(GRAM, open.mg(), ROUNDING)?,
                rate,
                value_today,
                difference: value_today.map(|today| locked_value.checked_sub(today)).transpose()?,
                by_expiry,
            })
        })
        .collect()
}

fn expiring(expires: Date, bookings: &[&Booking], currency: Currency) -> Result<Expiring, MoneyError> {
    let values = bookings
        .iter()
        .map(|booking| booking.rate_amount.mul_div(booking.open().mg(), booking.rate_per.mg(), ROUNDING))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Expiring {
        expires,
        bookings: u32::try_from(bookings.len()).unwrap_or(u32::MAX),
        open: total(bookings.iter().map(|booking| booking.open()))?,
        locked_value: Money::try_sum(currency, values)?,
    })
}

fn total(weights: impl Iterator<Item = Mass>) -> Result<Mass, MoneyError> {
    Mass::try_sum(weights).map_err(|_| MoneyError::OutOfRange)
}
