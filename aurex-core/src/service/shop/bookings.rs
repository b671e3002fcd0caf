//! Bookings and advances: lock a rate, take money ahead, undo both, find, and what the open locks come to.

use super::cash::hold_advance;
use super::parties;
use crate::ledger::{JournalEntryId, Series, SeriesKind};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::accounts::{Chart, For};
use crate::shop::actions::{BookRate, CancelBooking, ReadBookings, ReverseAdvance, TakeAdvance};
use crate::shop::bookings::{
    Advance, AdvanceId, AdvanceIds, AdvanceKnown, Booking, BookingId, BookingIds, BookingKnown, BookingState,
    LockStanding, NewAdvance, NewBooking, OpenPosition, PREFIX_ADVANCE, PREFIX_BOOKING, ReverseAdvanceKnown,
    decide_advance, decide_book, decide_cancel_booking, decide_reverse_advance, positions,
};
use crate::shop::parties::Customers;
use crate::store::{AdvanceFilter, BookingFilter, Page, PageRequest, Reader, StoreError, Writer};
use crate::tenancy::Scope;
use crate::text::{Label, Note};
use crate::time::{Date, FinancialYear};

const NO_BOOKING: ServiceError = ServiceError::NotFound("booking");
const NO_ADVANCE: ServiceError = ServiceError::NotFound("advance");
/// The most advances that are shown with a booking; all are in the list of advances.
const SHOWN: u16 = 100;

/// A booking as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookingView {
    /// The booking.
    pub booking: Booking,
    /// How it stands today.
    pub standing: LockStanding,
    /// What was paid ahead for it, newest first; what was reversed too.
    pub advances: Vec<Advance>,
}

async fn viewed(
    reader: &mut (impl Reader + ?Sized),
    id: BookingId,
    today: Date,
) -> Result<BookingView, ServiceError> {
    let booking = reader.booking(id).await?.ok_or(NO_BOOKING)?;
    let of_booking = AdvanceFilter { booking: Some(id), ..AdvanceFilter::default() };
    let advances = reader.advances(of_booking, PageRequest::first(SHOWN)).await?.items;
    Ok(BookingView { standing: booking.standing(today), booking, advances })
}

async fn today(reader: &mut (impl Reader + ?Sized), road: &Road) -> Result<Date, StoreError> {
    Ok(reader.workspace().await?.zone.date_of(road.clock.now()))
}

async fn series_of(
    turn: &mut dyn Writer,
    kind: SeriesKind,
    prefix: &str,
    today: Date,
) -> Result<Option<Series>, StoreError> {
    let prefix = Label::new(prefix).map_err(StoreError::failed)?;
    turn.series(kind, &prefix, FinancialYear::of(today).starts_in()).await
}

/// Locks a rate for a customer, with the money paid for it.
///
/// # Errors
/// [`BookingRefusal`](crate::shop::bookings::BookingRefusal) and what every write can answer.
pub async fn book_rate(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewBooking,
) -> Result<Done<BookingView>, ServiceError> {
    let permit = scope.permit::<BookRate>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, BookRate::CODE, presented).await?;
    let workspace = turn.workspace().await?;
    let now = turn.now();
    let today = workspace.zone.date_of(now);
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| NO_BOOKING)?;
        return Ok(Done::before(viewed(&mut *turn, id, today).await?));
    }
    let party = parties::find::<Customers>(&mut *turn, new.party).await?;
    let known = BookingKnown {
        board: turn.rate_board(today).await?,
        series: series_of(&mut *turn, SeriesKind::Booking, PREFIX_BOOKING, today).await?,
        advances: series_of(&mut *turn, SeriesKind::ReceiptVoucher, PREFIX_ADVANCE, today).await?,
        accounts: turn.accounts_for(None).await?,
        currency: workspace.currency,
        today,
        now,
    };
    let entropy = &*road.entropy;
    let ids = BookingIds {
        booking: BookingId::new(now, entropy),
        advance: AdvanceIds {
            advance: AdvanceId::new(now, entropy),
            entry: JournalEntryId::new(now, entropy),
        },
    };
    let change = decide_book(new, &known, permit.limits(), ids)?;
    if let Some(paid) = &new.paid {
        let ahead = NewAdvance {
            party: new.party,
            mode: paid.mode,
            amount: paid.amount,
            reference: None,
            occasion: paid.occasion.clone(),
            booking: Some(ids.booking),
        };
        hold_advance(road, scope, &mut *turn, &party, &ahead, today).await?;
    }
    let view = BookingView {
        standing: change.booking.standing(today),
        booking: change.booking.clone(),
        advances: change.advance.iter().cloned().collect(),
    };
    let receipt = road.finish(turn, permit.seal(change, entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// Cancels a booking: the lock is free, and what is left of its advances too.
///
/// # Errors
/// [`BookingRefusal`](crate::shop::bookings::BookingRefusal) and what every write can answer.
pub async fn cancel_booking(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: BookingId,
    reason: Note,
) -> Result<Done<BookingView>, ServiceError> {
    let permit = scope.permit::<CancelBooking>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, CancelBooking::CODE, presented).await?;
    let now = turn.now();
    let today = turn.workspace().await?.zone.date_of(now);
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| NO_BOOKING)?;
        return Ok(Done::before(viewed(&mut *turn, id, today).await?));
    }
    let before = viewed(&mut *turn, id, today).await?;
    let change = decide_cancel_booking(&before.booking, reason, now)?;
    let booking = change.after.clone();
    let view = BookingView { standing: booking.standing(today), booking, ..before };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// A booking.
///
/// # Errors
/// What every read can answer.
pub async fn booking(road: &Road, scope: &Scope, id: BookingId) -> Result<BookingView, ServiceError> {
    let _permit = scope.permit::<ReadBookings>()?;
    let mut reader = road.store.reader(scope).await?;
    let today = today(&mut *reader, road).await?;
    viewed(&mut *reader, id, today).await
}

/// Bookings, newest first, each with how it stands today.
///
/// # Errors
/// What every read can answer.
pub async fn bookings(
    road: &Road,
    scope: &Scope,
    filter: BookingFilter,
    page: PageRequest<BookingId>,
) -> Result<Page<(Booking, LockStanding), BookingId>, ServiceError> {
    let _permit = scope.permit::<ReadBookings>()?;
    let mut reader = road.store.reader(scope).await?;
    let today = today(&mut *reader, road).await?;
    let Page { items, next } = reader.bookings(filter, page).await?;
    let items = items.into_iter().map(|booking| (booking.clone(), booking.standing(today))).collect();
    Ok(Page { items, next })
}

/// What the open locks come to at today's rates, by metal, fineness and last day.
///
/// # Errors
/// What every read can answer.
pub async fn booking_positions(road: &Road, scope: &Scope) -> Result<Vec<OpenPosition>, ServiceError> {
    let _permit = scope.permit::<ReadBookings>()?;
    let mut reader = road.store.reader(scope).await?;
    let workspace = reader.workspace().await?;
    let today = workspace.zone.date_of(road.clock.now());
    let board = reader.rate_board(today).await?;
    let open = BookingFilter { state: Some(BookingState::Open), ..BookingFilter::default() };
    let (mut bookings, mut page) = (Vec::new(), PageRequest::first(500));
    loop {
        let of_page = reader.bookings(open, page).await?;
        bookings.extend(of_page.items);
        match of_page.next {
            None => break,
            after => page.after = after,
        }
    }
    Ok(positions(&bookings, &board, workspace.currency, today).map_err(StoreError::failed)?)
}

/// Takes money ahead.
///
/// # Errors
/// [`BookingRefusal`](crate::shop::bookings::BookingRefusal) and what every write can answer.
pub async fn take_advance(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewAdvance,
) -> Result<Done<Advance>, ServiceError> {
    let permit = scope.permit::<TakeAdvance>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, TakeAdvance::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| NO_ADVANCE)?;
        return Ok(Done::before(turn.advance(id).await?.ok_or(NO_ADVANCE)?));
    }
    let party = parties::find::<Customers>(&mut *turn, new.party).await?;
    let workspace = turn.workspace().await?;
    let now = turn.now();
    let today = workspace.zone.date_of(now);
    let booking = match new.booking {
        Some(id) => turn.booking(id).await?,
        None => None,
    };
    let known = AdvanceKnown {
        booking,
        series: series_of(&mut *turn, SeriesKind::ReceiptVoucher, PREFIX_ADVANCE, today).await?,
        accounts: turn.accounts_for(None).await?,
        currency: workspace.currency,
        today,
        now,
    };
    let ids = AdvanceIds {
        advance: AdvanceId::new(now, &*road.entropy),
        entry: JournalEntryId::new(now, &*road.entropy),
    };
    let change = decide_advance(new, &known, ids)?;
    hold_advance(road, scope, &mut *turn, &party, new, today).await?;
    let view = change.advance.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// Reverses an advance of which nothing is used: its exact mirror.
///
/// # Errors
/// [`BookingRefusal`](crate::shop::bookings::BookingRefusal) and what every write can answer.
pub async fn reverse_advance(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: AdvanceId,
    reason: Note,
) -> Result<Done<Advance>, ServiceError> {
    let permit = scope.permit::<ReverseAdvance>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, ReverseAdvance::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| NO_ADVANCE)?;
        return Ok(Done::before(turn.advance(id).await?.ok_or(NO_ADVANCE)?));
    }
    let (advance, booking) = with_booking(&mut *turn, id).await?.ok_or(NO_ADVANCE)?;
    let journal = turn.journal(advance.entry).await?;
    let journal = journal.ok_or_else(|| StoreError::corrupt("an advance without its journal entry"))?;
    let accounts = turn.accounts_for(None).await?;
    let cash = Chart(&accounts).of(For::Cash).map_err(StoreError::failed)?.id;
    let cash_in_hand = turn.balances(&[cash]).await?.first().map_or(0, |balance| balance.net());
    let now = turn.now();
    let today = turn.workspace().await?.zone.date_of(now);
    let known = ReverseAdvanceKnown { advance, booking, journal, cash_in_hand, today, now };
    let change = decide_reverse_advance(&known, reason, JournalEntryId::new(now, &*road.entropy))?;
    let view = change.after.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// An advance and the booking that it was paid for, if there is such an advance.
pub(super) async fn with_booking(
    reader: &mut (impl Reader + ?Sized),
    id: AdvanceId,
) -> Result<Option<(Advance, Option<Booking>)>, StoreError> {
    let Some(advance) = reader.advance(id).await? else { return Ok(None) };
    let booking = match advance.booking {
        Some(id) => reader.booking(id).await?,
        None => None,
    };
    Ok(Some((advance, booking)))
}

/// An advance.
///
/// # Errors
/// What every read can answer.
pub async fn advance(road: &Road, scope: &Scope, id: AdvanceId) -> Result<Advance, ServiceError> {
    let _permit = scope.permit::<ReadBookings>()?;
    road.store.reader(scope).await?.advance(id).await?.ok_or(NO_ADVANCE)
}

/// Advances, newest first.
///
/// # Errors
/// What every read can answer.
pub async fn advances(
    road: &Road,
    scope: &Scope,
    filter: AdvanceFilter,
    page: PageRequest<AdvanceId>,
) -> Result<Page<Advance, AdvanceId>, ServiceError> {
    let _permit = scope.permit::<ReadBookings>()?;
    Ok(road.store.reader(scope).await?.advances(filter, page).await?)
}
