//! The road: one function a use case, scope in, receipt out. All walk it in the same order:
//!
//! ```text
//! permit → turn → replayed? → read → decide → seal → put → commit → answer
//! ```

use std::sync::Arc;

use aurex_core::audit::Sealed;
use aurex_core::rbac::Action as _;
use aurex_core::service::{AuditEntryView, Done, Known, Presented, Road, ServiceError, read_audit};
use aurex_core::store::{AuditFilter, Page, PageRequest, Receipt};
use aurex_core::tenancy::Scope;

use crate::actions::{DispenseMedicine, ReadMedicines, ReceiveMedicine};
use crate::dispense::{NewDispensing, decide_dispense};
use crate::receive::{NewBatch, decide_receive};
use crate::rows::{Batch, BatchId, Dispensing, DispensingId, TABLES};
use crate::shelf::{Shelf, ShelfTurn};

/// What every use case is given: the kernel's road, and the shelf on the same store.
#[derive(Clone)]
pub struct Pharmacy {
    /// Clock, chance, secrets and the store as core knows it.
    pub road: Road,
    /// The same store with our tables.
    pub shelf: Arc<dyn Shelf>,
}

impl Pharmacy {
    /// Writes what was sealed together with its key, and makes it true.
    async fn finish(
        &self,
        mut turn: Box<dyn ShelfTurn>,
        sealed: Sealed,
        known: Known,
    ) -> Result<Receipt, ServiceError> {
        let key = known.keep(&sealed.subject().id, turn.writer());
        let receipt = turn.put(sealed.with_key(key)).await?;
        turn.commit().await?;
        Ok(receipt)
    }
}

/// Puts a batch on the shelf.
///
/// # Errors
/// [`ReceiveRefusal`](crate::receive::ReceiveRefusal) and what every write can answer.
pub async fn receive(
    pharmacy: &Pharmacy,
    scope: &Scope,
    presented: Option<&Presented>,
    new: NewBatch,
) -> Result<Done<Batch>, ServiceError> {
    let Pharmacy { road, shelf } = pharmacy;
    let permit = scope.permit::<ReceiveMedicine>()?;
    let mut turn = shelf.turn(scope, &*road.clock).await?;
    let known = road.known_key(turn.writer(), scope, ReceiveMedicine::CODE, presented).await?;
    if let Known::Replayed(id) = known {
        let id = id.parse::<BatchId>().map_err(|_| ServiceError::NotFound("batch"))?;
        return Ok(Done::before(turn.batch(id).await?.ok_or(ServiceError::NotFound("batch"))?));
    }
    let now = turn.writer().now();
    let today = turn.core().workspace().await?.zone.date_of(now);
    let same = turn.batch_numbered(&new.medicine, &new.number).await?;
    let id = BatchId::new(now, &*road.entropy);
    let change = decide_receive(new, same.as_ref(), id, now, today)?;
    let batch = change.batch.clone();
    let receipt = pharmacy.finish(turn, permit.seal(change, &*road.entropy), known).await?;
    Ok(Done::now(batch, receipt))
}

/// Gives pieces of a batch to somebody.
///
/// # Errors
/// [`DispenseRefusal`](crate::dispense::DispenseRefusal), [`ServiceError::NotFound`] for a batch that is not this
/// workspace's, and what every write can answer.
pub async fn dispense(
    pharmacy: &Pharmacy,
    scope: &Scope,
    presented: Option<&Presented>,
    new: NewDispensing,
) -> Result<Done<Dispensing>, ServiceError> {
    let Pharmacy { road, shelf } = pharmacy;
    let permit = scope.permit::<DispenseMedicine>()?;
    let mut turn = shelf.turn(scope, &*road.clock).await?;
    let known = road.known_key(turn.writer(), scope, DispenseMedicine::CODE, presented).await?;
    if let Known::Replayed(id) = known {
        let id = id.parse::<DispensingId>().map_err(|_| ServiceError::NotFound("dispensing"))?;
        return Ok(Done::before(turn.dispensing(id).await?.ok_or(ServiceError::NotFound("dispensing"))?));
    }
    let now = turn.writer().now();
    let today = turn.core().workspace().await?.zone.date_of(now);
    let batch = turn.batch(new.batch).await?.ok_or(ServiceError::NotFound("batch"))?;
    let id = DispensingId::new(now, &*road.entropy);
    let change = decide_dispense(new, batch, *permit.limits(), id, now, today)?;
    let dispensing = change.dispensing.clone();
    let receipt = pharmacy.finish(turn, permit.seal(change, &*road.entropy), known).await?;
    Ok(Done::now(dispensing, receipt))
}

/// What is on the shelf, oldest first.
///
/// # Errors
/// What every read can answer.
pub async fn on_shelf(
    pharmacy: &Pharmacy,
    scope: &Scope,
    page: PageRequest<BatchId>,
) -> Result<Page<Batch, BatchId>, ServiceError> {
    let _permit = scope.permit::<ReadMedicines>()?;
    Ok(pharmacy.shelf.snapshot(scope).await?.batches(page).await?)
}

/// What was dispensed from a batch, oldest first.
///
/// # Errors
/// What every read can answer.
pub async fn dispensed_from(
    pharmacy: &Pharmacy,
    scope: &Scope,
    batch: BatchId,
    page: PageRequest<DispensingId>,
) -> Result<Page<Dispensing, DispensingId>, ServiceError> {
    let _permit = scope.permit::<ReadMedicines>()?;
    Ok(pharmacy.shelf.snapshot(scope).await?.dispensings(batch, page).await?)
}

/// The workspace's log, newest entry first, our own fields by their names.
///
/// # Errors
/// [`ServiceError::Denied`] for roles that do not see the log.
pub async fn log(
    pharmacy: &Pharmacy,
    scope: &Scope,
    filter: &AuditFilter,
    page: PageRequest<u64>,
) -> Result<Page<AuditEntryView, u64>, ServiceError> {
    let entries = read_audit(&pharmacy.road, scope, filter, page).await?;
    Ok(entries.map(|entry| entry.with_own_tables(TABLES)))
}
