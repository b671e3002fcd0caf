//! Rates: post, board, history.

use crate::rbac::Action as _;
use crate::refusal::Refusal as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::actions::{PostRate, ReadRates};
use crate::shop::rates::{
    NewRate, PostedRate, RateChecks, RateId, RateLimits, RatePosted, RatesKnown, decide_post, decide_table,
    rate_of_row,
};
use crate::shop::tables::{Cells, RowProblem};
use crate::store::{Page, PageRequest, RateFilter, StoreError, Writer};
use crate::tenancy::Scope;
use crate::time::Date;

/// Reads what posting a rate needs and decides about it, whoever asked for it. `approved` says that a second person lets
/// it be as far from the last one as it is.
pub(in crate::service) async fn decided_post(
    road: &Road,
    turn: &mut dyn Writer,
    new: &NewRate,
    limits: RateLimits,
    approved: bool,
) -> Result<RatePosted, ServiceError> {
    let (workspace, business) = (turn.workspace().await?, turn.business().await?);
    let now = turn.now();
    let today = workspace.zone.date_of(now);
    let before = last_before(turn, new, today).await?;
    let known = RatesKnown { board: turn.rate_board(today).await?, before };
    let checks = RateChecks { most_move: (!approved).then_some(business.rate_move), limits };
    let id = RateId::new(now, &*road.entropy);
    Ok(decide_post(new, &known, checks, workspace.currency, id, now, today)?)
}

/// The last rate of the same metal, fineness and kind for a day before this.
async fn last_before(
    turn: &mut dyn Writer,
    new: &NewRate,
    today: Date,
) -> Result<Option<PostedRate>, StoreError> {
    let earlier = RateFilter {
        metal: Some(new.metal),
        fineness: Some(new.fineness),
        kind: Some(new.kind),
        from: None,
        to: today.pred_opt(),
    };
    Ok(turn.rate_history(earlier, PageRequest::first(1)).await?.items.into_iter().next())
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
    let change = decided_post(road, &mut *turn, &new, *permit.limits(), false).await?;
    let rate = change.rate.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), known).await?;
    Ok(Done::now(rate, receipt))
}

/// What became of a table of rates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatesBrought {
    /// The rates, in the order of the table; where something is wrong with the table, none.
    pub rates: Vec<PostedRate>,
    /// Everything that is wrong with it, by line.
    pub problems: Vec<RowProblem>,
    /// Whether they are on the board now.
    pub posted: bool,
}

/// Posts a table of rates: all of them, or none where anything is wrong with it. A dry run looks at it and posts nothing.
/// Each rate is an entry of the log.
///
/// # Errors
/// What every write can answer. What is wrong with the table is an answer and no error.
pub async fn import_rates(
    road: &Road,
    scope: &Scope,
    rows: &[Cells],
    dry_run: bool,
) -> Result<RatesBrought, ServiceError> {
    let limits = *scope.permit::<PostRate>()?.limits();
    let mut turn = road.turn(scope).await?;
    let (workspace, business) = (turn.workspace().await?, turn.business().await?);
    let now = turn.now();
    let today = workspace.zone.date_of(now);
    let (mut news, mut lines, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        match rate_of_row(row, workspace.currency) {
            Ok(new) => {
                news.push((RateId::new(now, &*road.entropy), new));
                lines.push(row.line());
            }
            Err(wrong) => problems.extend(wrong),
        }
    }
    let mut befores = Vec::new();
    for (_, new) in &news {
        befores.push(last_before(&mut *turn, new, today).await?);
    }
    let checks = RateChecks { most_move: Some(business.rate_move), limits };
    let board = turn.rate_board(today).await?;
    let decided = decide_table(&news, &board, &befores, checks, workspace.currency, now, today);
    let changes = match decided {
        Ok(changes) if problems.is_empty() => changes,
        decided => {
            let refused = decided.err().unwrap_or_default();
            problems.extend(refused.into_iter().map(|(place, refusal)| {
                let line = lines.get(place).copied().unwrap_or_default();
                RowProblem { line, column: "", code: refusal.code(), message: refusal.to_string() }
            }));
            problems.sort_by_key(|problem| problem.line);
            turn.rollback().await;
            return Ok(RatesBrought { rates: Vec::new(), problems, posted: false });
        }
    };
    let rates: Vec<PostedRate> = changes.iter().map(|change| change.rate.clone()).collect();
    let posted = !dry_run && !rates.is_empty();
    if posted {
        for change in changes {
            turn.apply(scope.permit::<PostRate>()?.seal(change, &*road.entropy)).await?;
        }
        crate::service::road::is_not_ending(&mut *turn).await?;
        turn.commit().await?;
    } else {
        turn.rollback().await;
    }
    Ok(RatesBrought { rates, problems, posted })
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
