//! Bookings: a rate locked for a customer.

use aurex_core::measure::{Fineness, Mass, Metal};
use aurex_core::money::Money as CoreMoney;
use aurex_core::service::shop;
use aurex_core::shop::bookings::{
    AskedRate, Booking, BookingId, BookingState, Expiring, LockPolicy, LockStanding, NewBooking,
    OpenPosition, PaidAhead,
};
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::receipts::PaymentMode;
use aurex_core::store::BookingFilter;
use aurex_core::text::Label;
use aurex_core::time::Date;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::advances::AdvanceView;
use super::invoices::{RateBody, ReasonBody};
use super::list::Listing;
use super::signed::{InPath, Signed};
use super::wire::{AppliedRate, Money};
use crate::http::answer::{Created, Document, Page};
use crate::http::body::{Body, request};
use crate::http::etag::ETag;
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

request! {
    /// Money paid when a rate is locked.
    pub struct PaidAheadBody {
        /// How.
        mode: PaymentMode,
        /// How much.
        amount: CoreMoney,
        /// The bank's or card's reference.
        reference: Option<Label>,
        /// The event that it is paid for, a wedding say: in cash the law limits what one person pays for one. Kept in lower
        /// case.
        occasion: Option<Label>,
    }
}

request! {
    /// A rate to be locked.
    pub struct NewBookingBody {
        /// For whom.
        customer_id: PartyId,
        /// The metal.
        commodity: Metal,
        /// Its fineness in parts per million.
        fineness_ppm: Fineness,
        /// The greatest weight charged at the rate, in milligrams.
        weight_mg: Mass,
        /// A rate other than the board's; below it only as far as your role allows.
        rate: Option<RateBody>,
        /// `locked`: the booked rate, whatever the day's. `lower_of`: the lower of the booked and the day's.
        /// `proportional`: the booked rate, for as much of the weight as the advance pays for.
        policy: LockPolicy,
        /// The last day.
        expires: Date,
        /// The least that must stand paid ahead for the lock to hold; what is paid now, when left out.
        least_advance: Option<CoreMoney>,
        /// What is paid now; it gets a receipt voucher of its own.
        advance: Option<PaidAheadBody>,
    }
}

/// A booking.
#[derive(Debug, Clone, Object)]
pub struct BookingView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// For whom.
    pub customer_id: String,
    /// The metal.
    pub commodity: String,
    /// Its fineness in parts per million.
    pub fineness_ppm: u32,
    /// The rate that it locks.
    pub rate: AppliedRate,
    /// What the rate is good for: `locked`, `lower_of` or `proportional`.
    pub policy: String,
    /// The greatest weight charged at the rate, in milligrams.
    pub weight_mg: i64,
    /// The weight that bills have used, in milligrams.
    pub used_mg: i64,
    /// The weight that is still to be had at the rate, in milligrams.
    pub open_mg: i64,
    /// The least that must stand paid ahead for the lock to hold.
    pub least_advance: Money,
    /// What stands paid ahead for it.
    pub advanced: Money,
    /// The last day.
    pub expires: String,
    /// How it stands today: `open`, `advance_short`, `used_up`, `expired` or `cancelled`.
    pub state: String,
    /// Its date.
    pub business_date: String,
    /// When it was made.
    pub booked_at: String,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// When it was cancelled.
    pub cancelled_at: Option<String>,
    /// What was paid ahead for it, newest first, at most 100; the list of advances has all.
    pub advances: Vec<AdvanceView>,
    /// The document's revision tag.
    pub etag: String,
}

/// A booking in a list.
#[derive(Debug, Clone, Object)]
pub struct BookingHeadView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// For whom.
    pub customer_id: String,
    /// The metal.
    pub commodity: String,
    /// Its fineness in parts per million.
    pub fineness_ppm: u32,
    /// The rate that it locks.
    pub rate: AppliedRate,
    /// The weight that is still to be had at the rate, in milligrams.
    pub open_mg: i64,
    /// What stands paid ahead for it.
    pub advanced: Money,
    /// The last day.
    pub expires: String,
    /// How it stands today: `open`, `advance_short`, `used_up`, `expired` or `cancelled`.
    pub state: String,
    /// The document's revision tag.
    pub etag: String,
}

/// What the open locks of a metal and fineness come to.
#[derive(Debug, Clone, Object)]
pub struct PositionView {
    /// The metal.
    pub commodity: String,
    /// Its fineness in parts per million.
    pub fineness_ppm: u32,
    /// How many bookings hold.
    pub bookings: u32,
    /// The weight that is still to be had at locked rates, in milligrams.
    pub open_mg: i64,
    /// The average of the locked rates, for a gram.
    pub average_gram: Money,
    /// What the weight comes to at the locked rates.
    pub locked_value: Money,
    /// What it comes to at today's selling rate; null where the board has none.
    pub value_today: Option<Money>,
    /// The locked value less today's: negative when the shop sells below today's rate.
    pub difference: Option<Money>,
    /// The same by the last day, the earliest first.
    pub by_expiry: Vec<ExpiringView>,
}

/// The open locks that end on a day.
#[derive(Debug, Clone, Object)]
pub struct ExpiringView {
    /// The last day.
    pub expires: String,
    /// How many bookings.
    pub bookings: u32,
    /// The weight, in milligrams.
    pub open_mg: i64,
    /// What it comes to at the locked rates.
    pub locked_value: Money,
}

/// The positions of all metals and finenesses that are booked.
#[derive(Debug, Clone, Object)]
pub struct PositionsView {
    /// The positions.
    pub items: Vec<PositionView>,
}

fn etag(booking: &Booking) -> ETag {
    ETag::of_revision(booking.version.into())
}

fn rate(booking: &Booking) -> Result<AppliedRate, Problem> {
    Ok(AppliedRate::of(&booking.rate().map_err(Problem::fault)?, booking.rate_id))
}

fn view(of: shop::BookingView) -> Result<BookingView, Problem> {
    let booking = of.booking;
    Ok(BookingView {
        id: booking.id.to_string(),
        number: booking.number.to_string(),
        customer_id: booking.party.to_string(),
        commodity: booking.metal.code().to_owned(),
        fineness_ppm: booking.fineness.ppm(),
        rate: rate(&booking)?,
        policy: booking.policy.code().to_owned(),
        weight_mg: booking.weight.mg(),
        used_mg: booking.used.mg(),
        open_mg: booking.open().mg(),
        least_advance: booking.least_advance.into(),
        advanced: booking.advanced.into(),
        expires: booking.expires.to_string(),
        state: of.standing.code().to_owned(),
        business_date: booking.business_date.to_string(),
        booked_at: booking.booked_at.to_string(),
        cancel_reason: booking.cancel_reason.as_ref().map(ToString::to_string),
        cancelled_at: booking.cancelled_at.map(|at| at.to_string()),
        advances: of.advances.into_iter().map(AdvanceView::from).collect(),
        etag: etag(&booking).as_str().to_owned(),
    })
}

fn head((booking, standing): &(Booking, LockStanding)) -> Result<BookingHeadView, Problem> {
    Ok(BookingHeadView {
        id: booking.id.to_string(),
        number: booking.number.to_string(),
        customer_id: booking.party.to_string(),
        commodity: booking.metal.code().to_owned(),
        fineness_ppm: booking.fineness.ppm(),
        rate: rate(booking)?,
        open_mg: booking.open().mg(),
        advanced: booking.advanced.into(),
        expires: booking.expires.to_string(),
        state: standing.code().to_owned(),
        etag: etag(booking).as_str().to_owned(),
    })
}

impl From<&Expiring> for ExpiringView {
    fn from(day: &Expiring) -> Self {
        Self {
            expires: day.expires.to_string(),
            bookings: day.bookings,
            open_mg: day.open.mg(),
            locked_value: day.locked_value.into(),
        }
    }
}

impl From<OpenPosition> for PositionView {
    fn from(of: OpenPosition) -> Self {
        Self {
            commodity: of.metal.code().to_owned(),
            fineness_ppm: of.fineness.ppm(),
            bookings: of.bookings,
            open_mg: of.open.mg(),
            average_gram: of.average_gram.into(),
            locked_value: of.locked_value.into(),
            value_today: of.value_today.map(Into::into),
            difference: of.difference.map(Into::into),
            by_expiry: of.by_expiry.iter().map(ExpiringView::from).collect(),
        }
    }
}

/// Bookings.
pub struct Bookings;

#[OpenApi]
impl Bookings {
    /// Locks a rate for a customer, up to a weight and until a day, with the money paid for it.
    #[oai(path = "/:w/bookings", method = "post", operation_id = "bookRate")]
    async fn book(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewBookingBody>,
    ) -> Result<Created<BookingView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let body = body.into_inner();
        let new = NewBooking {
            party: body.customer_id,
            metal: body.commodity,
            fineness: body.fineness_ppm,
            weight: body.weight_mg,
            rate: body.rate.map(|rate| AskedRate { amount: rate.amount, per: rate.per_mg }),
            policy: body.policy,
            expires: body.expires,
            least_advance: body.least_advance,
            paid: body.advance.map(|paid| PaidAhead {
                mode: paid.mode,
                amount: paid.amount,
                reference: paid.reference,
                occasion: paid.occasion,
            }),
        };
        let done = w.check(shop::book_rate(w.road(), w.scope(), presented.as_ref(), &new).await).await?;
        let tag = etag(&done.value.booking);
        Ok(Created::new(view(done.value)?).etag(tag).replayed(done.replayed))
    }

    /// Lists bookings, newest first.
    #[oai(path = "/:w/bookings", method = "get", operation_id = "listBookings")]
    async fn list(
        &self,
        w: Signed,
        state: Query<Option<BookingState>>,
        customer_id: Query<Option<PartyId>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<BookingHeadView>>, Problem> {
        let filter = BookingFilter { state: *state, party: *customer_id };
        let list = Listing::new(&w, "bookings", &[&filter]);
        let page = list.request(*limit, after.as_ref())?;
        let bookings = w.check(shop::bookings(w.road(), w.scope(), filter, page).await).await?;
        let heads = bookings.items.iter().map(head).collect::<Result<Vec<_>, _>>()?;
        let heads = aurex_core::store::Page { items: heads, next: bookings.next };
        Ok(Json(list.page(heads, |head| head)))
    }

    /// Shows what the open locks come to: weight, average rate, today's value and the difference, by last day.
    #[oai(path = "/:w/bookings/positions", method = "get", operation_id = "showBookingPositions")]
    async fn positions(&self, w: Signed) -> Result<Json<PositionsView>, Problem> {
        let positions = w.check(shop::booking_positions(w.road(), w.scope()).await).await?;
        Ok(Json(PositionsView { items: positions.into_iter().map(PositionView::from).collect() }))
    }

    /// Shows a booking and what was paid ahead for it.
    #[oai(path = "/:w/bookings/:id", method = "get", operation_id = "showBooking")]
    async fn show(&self, w: Signed, id: InPath<BookingId>) -> Result<Document<BookingView>, Problem> {
        let booking = w.check(shop::booking(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&booking.booking), value: view(booking)? })
    }

    /// Cancels a booking: its rate holds no more, and what is left of its advances may be paid back or used for any bill of
    /// the customer.
    #[oai(path = "/:w/bookings/:id/cancel", method = "post", operation_id = "cancelBooking")]
    async fn cancel(
        &self,
        w: Signed,
        id: InPath<BookingId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReasonBody>,
    ) -> Result<Document<BookingView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &id.to_string());
        let reason = body.into_inner().reason;
        let done = shop::cancel_booking(w.road(), w.scope(), presented.as_ref(), *id, reason).await;
        let booking = w.check(done).await?.value;
        Ok(Document { etag: etag(&booking.booking), value: view(booking)? })
    }
}
