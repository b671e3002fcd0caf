//! Sealing observations into the log.

use super::super::{Road, ServiceError};
use crate::audit::{Change, Draft, Observation, Subject};
use crate::identity::actions::CollectObservations;
use crate::tenancy::{Job, Purpose, RequestFacts, TenantId};

/// The collector's purpose.
#[derive(Debug)]
pub struct Collecting;

impl Purpose for Collecting {
    const NAME: &'static str = "collector";
    const ACTIONS: &'static [&'static str] = &["audit.collect"];
}

/// Some equal observations, as one entry.
struct Collected {
    first: Observation,
    count: u64,
    through: u64,
}

impl Change for Collected {
    type By = CollectObservations;

    fn subject(&self) -> Subject {
        Subject::new("observation", self.through)
    }

    fn record(self, draft: &mut Draft) {
        draft.observe(self.first, self.count, self.through);
    }
}

/// Seals a tenant's waiting observations, at most `limit` of them, in one turn. Returns how many it took.
///
/// # Errors
/// [`ServiceError::Store`]; what was not sealed waits on.
pub async fn collect_observations(
    road: &Road,
    job: &Job<Collecting>,
    tenant: TenantId,
    limit: u16,
) -> Result<usize, ServiceError> {
    let waiting = road.store.observations(tenant, limit).await?;
    let Some((last, seen_at)) = waiting.last().map(|(number, seen)| (*number, seen.at)) else { return Ok(0) };
    let taken = waiting.len();
    // Not by the observation's number: a store may number all tenants' in one row, and a tenant's log would then tell
    // how much was refused to its neighbours.
    let request_id = format!("collector-{}", seen_at.micros());
    let facts = RequestFacts { request_id, ..RequestFacts::default() };
    let scope = job.scope(tenant, facts);
    let mut writer = road.turn(&scope).await?;
    // A collector that died between commit and forgetting finds its work already in the log.
    let already = writer.head().await?.observed;
    let mut collected: Vec<Collected> = Vec::new();
    for (number, seen) in waiting.into_iter().filter(|(number, _)| *number > already) {
        match collected.iter_mut().find(|c| c.first.is_repeated_by(&seen)) {
            Some(same) => {
                same.count = same.count.saturating_add(1);
                same.through = number;
            }
            None => collected.push(Collected { first: seen, count: 1, through: number }),
        }
    }
    if collected.is_empty() {
        writer.rollback().await;
    } else {
        for change in collected {
            let permit = scope.permit::<CollectObservations>()?;
            writer.apply(permit.seal(change, &*road.entropy)).await?;
        }
        writer.commit().await?;
    }
    road.store.forget_observations(tenant, last).await?;
    Ok(taken)
}
