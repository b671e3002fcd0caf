//! Work that nobody asked for at this moment: sealing observations into the logs, sweeping what has outlived its use,
//! disabling whoever has left, reminding of tokens that end, asking the store whether it is well.

use std::sync::Arc;
use std::time::Duration;

use aurex_core::service::access::{Reminding, Retiring, remind_of_tokens, retire_members};
use aurex_core::service::{Collecting, Road, collect_observations};
use aurex_core::tenancy::Job;
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

/// Disables the members of every workspace whose last day is over, once.
pub async fn retire(road: &Road, job: &Job<Retiring>) {
    let tenants = match road.store.tenants().await {
        Ok(tenants) => tenants,
        Err(error) => {
            tracing::warn!(error = %chain(&error), "workspaces could not be looked for");
            return;
        }
    };
    for (_, tenant) in tenants {
        match retire_members(road, job, tenant).await {
            Ok(0) => {}
            Ok(retired) => tracing::info!(%tenant, retired, "members were disabled after their last day"),
            Err(error) => {
                tracing::warn!(error = %chain(&error), %tenant, "members stay after their last day");
            }
        }
    }
}

/// Tells the holders of API tokens in every workspace that these are about to expire, once.
pub async fn remind(road: &Road, job: &Job<Reminding>) {
    let tenants = match road.store.tenants().await {
        Ok(tenants) => tenants,
        Err(error) => {
            tracing::warn!(error = %chain(&error), "workspaces could not be looked for");
            return;
        }
    };
    for (_, tenant) in tenants {
        match remind_of_tokens(road, job, tenant).await {
            Ok(0) => {}
            Ok(reminders) => tracing::info!(%tenant, reminders, "holders of API tokens were reminded"),
            Err(error) => {
                tracing::warn!(error = %chain(&error), %tenant, "holders of API tokens could not be reminded");
            }
        }
    }
}

/// Runs until `stop` is notified, then collects once more.
pub async fn run(
    road: Road,
    jobs: (Job<Collecting>, Job<Retiring>, Job<Reminding>),
    readiness: Readiness,
    stop: Arc<Notify>,
) {
    let (collecting, retiring, reminding) = jobs;
    let mut beat = 0_u32;
    loop {
        readiness.set_store(road.store.ready().await.is_ok());
        collect(&road, &collecting).await;
        if beat.is_multiple_of(SWEEP_EVERY)
            && let Err(error) = road.store.sweep(road.clock.now()).await
        {
            tracing::warn!(error = %chain(&error), "old housekeeping could not be swept");
        }
        if beat.is_multiple_of(HOURLY) {
            retire(&road, &retiring).await;
            remind(&road, &reminding).await;
        }
        beat = beat.wrapping_add(1);
        tokio::select! {
            () = stop.notified() => break,
            () = tokio::time::sleep(COLLECT_EVERY) => {}
        }
    }
    collect(&road, &collecting).await;
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
