//! Closing the books: the lock.

use crate::service::idempotency::Known;
use crate::service::{Done, Road, ServiceError};
use crate::shop::actions::{LockBooks, ReadLedger, UnlockBooks};
use crate::shop::books::{decide_lock, decide_unlock};
use crate::tenancy::Scope;
use crate::text::Note;
use crate::time::Date;

/// The last day of the books that takes no entries any more; `None` while all of them do.
///
/// # Errors
/// What every read can answer.
pub async fn books_lock(road: &Road, scope: &Scope) -> Result<Option<Date>, ServiceError> {
    let _permit = scope.permit::<ReadLedger>()?;
    Ok(road.store.reader(scope).await?.workspace().await?.books_locked_through)
}

/// Locks the books through a day: whatever would post on it or before it is refused from now on.
///
/// # Errors
/// [`LockRefusal`](crate::shop::books::LockRefusal) and what every write can answer.
pub async fn lock_books(
    road: &Road,
    scope: &Scope,
    through: Date,
) -> Result<Done<Option<Date>>, ServiceError> {
    let permit = scope.permit::<LockBooks>()?;
    let mut turn = road.turn(scope).await?;
    let workspace = turn.workspace().await?;
    let today = workspace.zone.date_of(turn.now());
    let Some(change) = decide_lock(workspace, through, today)? else {
        return Ok(Done::nothing(Some(through)));
    };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;
    Ok(Done::now(Some(through), receipt))
}

/// Moves the lock back to an earlier day, or takes it away.
///
/// # Errors
/// [`LockRefusal`](crate::shop::books::LockRefusal) and what every write can answer.
pub async fn unlock_books(
    road: &Road,
    scope: &Scope,
    through: Option<Date>,
    reason: Note,
) -> Result<Done<Option<Date>>, ServiceError> {
    let permit = scope.permit::<UnlockBooks>()?;
    let mut turn = road.turn(scope).await?;
    let workspace = turn.workspace().await?;
    let Some(change) = decide_unlock(workspace, through, reason)? else {
        return Ok(Done::nothing(through));
    };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;
    Ok(Done::now(through, receipt))
}
