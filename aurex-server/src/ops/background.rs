//! Work that nobody asked for at this moment: sealing observations into the logs, sweeping what has outlived its use,
//! what is due in each workspace, asking the store whether it is well.

use std::sync::Arc;
use std::time::Duration;

use aurex_core::service::access::{
    Ending, Reminding, Retiring, TendingContacts, remind_of_tokens, retire_members, see_to_the_end,
    tend_contacts,
};
use aurex_core::service::{
    Collecting, Digesting, Expiring, Road, ServiceError, collect_observations, expire_personal, send_digest,
};
use aurex_core::tenancy::{Job, TenantId};
use tokio::sync::Notify;

use crate::http::health::Readiness;

/// At most one turn a second and tenant for observations.
const COLLECT_EVERY: Duration = Duration::from_secs(1);
/// How many observations one turn seals.
const COLLECT_AT_ONCE: u16 = 500;
const SWEEP_EVERY: u32 = 600;
/// Once an hour: until then the door keeps out whoever has left, and no token ends within the hour unannounced.
const HOURLY: u32 = 3600;

/// Seals what is waiting in every tenant, once.
pub async fn collect(road: &Road, job: &Job<Collecting>) {
    let tenants = match road.store.observed_tenants().await {
        Ok(tenants) => tenants,
        Err(error) => {
            tracing::warn!(error = %chain(&error), "observations could not be looked for");
            return;
        }
    };
    for tenant in tenants {
        if let Err(error) = collect_observations(road, job, tenant, COLLECT_AT_ONCE).await {
            tracing::warn!(error = %chain(&error), %tenant, "observations wait for their place in the log");
        }
    }
}

/// What the background work may do, one leave a kind of work.
pub struct Jobs {
    /// Seals observations.
    pub collecting: Job<Collecting>,
    /// Disables members whose last day is over.
    pub retiring: Job<Retiring>,
    /// Reminds of API tokens that are about to expire.
    pub reminding: Job<Reminding>,
    /// Tells owners that their workspace is about to end, and ends it.
    pub ending: Job<Ending>,
    /// Mails the week's digest.
    pub digesting: Job<Digesting>,
    /// Asks about the workspaces' own addresses after a year.
    pub contacts: Job<TendingContacts>,
    /// Erases what has passed its retention class.
    pub expiring: Job<Expiring>,
}

/// Does in every workspace what is due there: whoever has left is disabled, whose API token is about to expire is told,
/// on Monday the owners are told what was unusual in the week before, and what has passed its retention class is erased.
async fn see_to_workspaces(road: &Road, jobs: &Jobs) {
    let tenants = match road.store.tenants().await {
        Ok(tenants) => tenants,
        Err(error) => {
            tracing::warn!(error = %chain(&error), "workspaces could not be looked for");
            return;
        }
    };
    for (_, tenant) in tenants {
        let ended = see_to_the_end(road, &jobs.ending, tenant).await;
        say(tenant, "steps towards the end of a workspace that is to be deleted", ended.map(usize::from));
        let retired = retire_members(road, &jobs.retiring, tenant).await;
        say(tenant, "members disabled after their last day", retired);
        let reminded = remind_of_tokens(road, &jobs.reminding, tenant).await;
        say(tenant, "reminders of API tokens that expire", reminded);
        let told = tend_contacts(road, &jobs.contacts, tenant).await;
        say(tenant, "addresses that a year is over for", told);
        let sent = send_digest(road, &jobs.digesting, tenant).await;
        say(tenant, "digests of the week", sent.map(usize::from));
        let expired = expire_personal(road, &jobs.expiring, tenant).await;
        say(tenant, "personal values erased after their time", expired);
    }
}

fn say(tenant: TenantId, what: &'static str, done: Result<usize, ServiceError>) {
    match done {
        Ok(0) => {}
        Ok(count) => tracing::info!(%tenant, what, count, "done in the background"),
        Err(error) => tracing::warn!(error = %chain(&error), %tenant, what, "waits for the next hour"),
    }
}

/// Runs until `stop` is notified, then collects once more.
pub async fn run(road: Road, jobs: Jobs, readiness: Readiness, stop: Arc<Notify>) {
    let mut beat = 0_u32;
    loop {
        readiness.set_store(road.store.ready().await.is_ok());
        collect(&road, &jobs.collecting).await;
        if beat.is_multiple_of(SWEEP_EVERY)
            && let Err(error) = road.store.sweep(road.clock.now()).await
        {
            tracing::warn!(error = %chain(&error), "old housekeeping could not be swept");
        }
        if beat.is_multiple_of(HOURLY) {
            see_to_workspaces(&road, &jobs).await;
        }
        beat = beat.wrapping_add(1);
        tokio::select! {
            () = stop.notified() => break,
            () = tokio::time::sleep(COLLECT_EVERY) => {}
        }
    }
    collect(&road, &jobs.collecting).await;
}

/// An error with everything under it, once, for the log.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
