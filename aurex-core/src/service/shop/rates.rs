//! Rates: post, board, history.

use crate::measure::RateKind;
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::actions::{PostRate, ReadRates};
use crate::shop::rates::{NewRate, PostedRate, RateId, RatePosted, RatesKnown, decide_post};
use crate::store::{Page, PageRequest, RateFilter, RateKey, Writer};
use crate::tenancy::Scope;
use crate::time::Date;

/// Reads what posting a rate needs and decides about it, whoever asked for it.
pub(in crate::service) async fn decided_post(
    road: &Road,
    turn: &mut dyn Writer,
    new: &NewRate,
) -> Result<RatePosted, ServiceError> {
    let workspace = turn.workspace().await?;
    let now = turn.now();
    let today = workspace.zone.date_of(now);
    let key = RateKey { metal: new.metal, fineness: new.fineness, kind: new.kind };
    let counterpart = match new.kind {
        RateKind::Buy => Some(RateKind::Sell),
        RateKind::Sell => Some(RateKind::Buy),
        RateKind::Exchange => None,
    };
    let rates = RatesKnown {
        current: turn.current_rate(key, today).await?,
        counterpart: match counterpart {
            Some(kind) => turn.current_rate(RateKey { kind, ..key }, today).await?,
            None => None,
        },
    };
    let id = RateId::new(now, &*road.entropy);
    Ok(decide_post(new, &rates, workspace.currency, id, now, today)?)
}

/// Posts a rate for today.
///
/// # Errors
/// [`RateRefusal`](crate::shop::rates::RateRefusal) and what every write can answer.
pub async fn post_rate(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: NewRate,
) -> Result<Done<PostedRate>, ServiceError> {
    let permit = scope.permit::<PostRate>()?;
    let mut turn = road.turn(scope).await?;
    let known = road.known_key(&mut *turn, scope, PostRate::CODE, presented).await?;
    if let Known::Replayed(id) = known {
        let id = id.parse::<RateId>().map_err(|_| ServiceError::NotFound("rate"))?;
        return Ok(Done::before(turn.posted_rate(id).await?.ok_or(ServiceError::NotFound("rate"))?));
    }
    let change = decided_post(road, &mut *turn, &new).await?;
    let rate = change.rate.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), known).await?;
    Ok(Done::now(rate, receipt))
}

/// The current rates for a business date; today's when none is named.
///
/// # Errors
/// What every read can answer.
pub async fn rate_board(
    road: &Road,
    scope: &Scope,
    date: Option<Date>,
) -> Result<Vec<PostedRate>, ServiceError> {
    let _permit = scope.permit::<ReadRates>()?;
    let mut reader = road.store.reader(scope).await?;
    let date = match date {
        Some(date) => date,
        None => reader.workspace().await?.zone.date_of(road.clock.now()),
    };
    Ok(reader.rate_board(date).await?)
}

/// Posted rates, newest first.
///
/// # Errors
/// What every read can answer.
pub async fn rate_history(
    road: &Road,
    scope: &Scope,
    filter: RateFilter,
    page: PageRequest<RateId>,
) -> Result<Page<PostedRate, RateId>, ServiceError> {
    let _permit = scope.permit::<ReadRates>()?;
    Ok(road.store.reader(scope).await?.rate_history(filter, page).await?)
}
