//! Publishes the logs, beside everything else and in nobody's way: tiles and checkpoints of what is new every few seconds,
//! a confirmation of what stands still, and the question to witnesses, who are asked again for what they missed.
//!
//! Which logs have grown the store knows of its own process without a write. What other processes wrote, a command
//! beside the server for example, and what was left when one was killed, is found by a walk over all workspaces that
//! takes as long as the time between two confirmations.

mod client;
mod figures;
mod witnesses;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use aurex_core::service::Road;
use aurex_core::service::transparency::{LogSigner, PublishError, Published, Publishing, confirm, publish};
use aurex_core::store::StoreError;
use aurex_core::tenancy::{Job, TenantId};
use tokio::sync::Notify;

pub use self::figures::LogFigures;
pub use self::witnesses::Witnesses;
use super::background::chain;

/// How many steps of one log are taken before the next log has its turn: a log of ten million entries is caught up with
/// beside the others.
const STEPS_AT_ONCE: u32 = 8;
/// The least that a round of the walk looks at.
const WALKED_AT_ONCE: usize = 16;

/// The publisher.
pub struct Publisher {
    /// The store, the clock.
    pub road: Road,
    /// What it may do.
    pub job: Job<Publishing>,
    /// What signs.
    pub signer: LogSigner,
    /// Every how many seconds what is new is published.
    pub publish_every: u32,
    /// Every how many seconds a log that stands still is confirmed.
    pub confirm_every: u32,
    /// Who is asked to cosign.
    pub witnesses: Witnesses,
}

/// What waits to be looked at.
#[derive(Debug, Default)]
pub struct Waiting {
    grown: BTreeSet<TenantId>,
    walk: VecDeque<TenantId>,
    /// How many workspaces the walk began with.
    all: usize,
    /// In how many rounds the next walk may begin.
    rest: u32,
}

impl Publisher {
    /// Publishes until `stop` is notified, then once more without asking anybody.
    pub async fn run(self, figures: &Arc<LogFigures>, stop: &Notify) {
        let mut waiting = Waiting::default();
        let every = Duration::from_secs(u64::from(self.publish_every));
        loop {
            self.round(&mut waiting, figures, true).await;
            tokio::select! {
                () = stop.notified() => break,
                () = tokio::time::sleep(every) => {}
            }
        }
        self.round(&mut waiting, figures, false).await;
    }

    /// Looks once at every log that has grown and at a part of the others.
    pub async fn round(&self, waiting: &mut Waiting, figures: &Arc<LogFigures>, ask: bool) {
        waiting.grown.extend(self.road.store.grown());
        for tenant in std::mem::take(&mut waiting.grown) {
            if !self.log(tenant, figures, ask).await {
                waiting.grown.insert(tenant);
            }
        }
        if ask {
            self.walk(waiting, figures).await;
        }
    }

    async fn walk(&self, waiting: &mut Waiting, figures: &Arc<LogFigures>) {
        let rounds = self.confirm_every.div_ceil(self.publish_every.max(1)).max(1);
        waiting.rest = waiting.rest.saturating_sub(1);
        if waiting.walk.is_empty() && waiting.rest == 0 {
            waiting.rest = rounds;
            match self.road.store.tenants().await {
                Ok(tenants) => waiting.walk.extend(tenants.into_iter().map(|(_, tenant)| tenant)),
                Err(error) => tracing::warn!(error = %chain(&error), "logs could not be looked for"),
            }
            waiting.all = waiting.walk.len();
            self.witnesses.forgive();
        }
        let part = waiting.all.div_ceil(usize::try_from(rounds).unwrap_or(usize::MAX)).max(WALKED_AT_ONCE);
        for tenant in waiting.walk.drain(..part.min(waiting.walk.len())).collect::<Vec<_>>() {
            if !self.log(tenant, figures, true).await {
                waiting.grown.insert(tenant);
            }
            // Half of it: who was published a moment before the walk came by would else wait for two.
            match confirm(&self.road, &self.job, &self.signer, tenant, self.confirm_every / 2).await {
                Ok(true) => LogFigures::count(&figures.confirmed),
                Ok(false) => {}
                Err(error) => Self::failed(tenant, &error, figures),
            }
            if let Err(error) = self.witnesses.ask_again(&self.road, &self.job, tenant, figures).await {
                Self::failed(tenant, &error.into(), figures);
            }
        }
    }

    /// Publishes one log. Answers whether it is done with it.
    async fn log(&self, tenant: TenantId, figures: &Arc<LogFigures>, ask: bool) -> bool {
        for _ in 0..STEPS_AT_ONCE {
            match publish(&self.road, &self.job, &self.signer, tenant).await {
                Ok(Published::Nothing | Published::Overtaken) => return true,
                Ok(Published::Tiles) => {}
                Ok(Published::Checkpoint(new)) => {
                    LogFigures::count(&figures.published);
                    if ask {
                        self.witnesses.ask(&self.road, &self.job, tenant, &new, figures).await;
                    }
                    return true;
                }
                // A workspace that was to be opened and was not.
                Err(PublishError::Store(StoreError::NoSuchTenant)) => return true,
                Err(error) => {
                    Self::failed(tenant, &error, figures);
                    // What a store cannot do now it may do later; what is wrong with a log stays wrong, and the walk comes
                    // by again.
                    return !matches!(error, PublishError::Store(_));
                }
            }
        }
        false
    }

    fn failed(tenant: TenantId, error: &PublishError, figures: &LogFigures) {
        LogFigures::count(&figures.failed);
        if matches!(error, PublishError::Store(_)) {
            tracing::warn!(error = %chain(error), %tenant, "a log waits to be published");
        } else {
            tracing::error!(error = %chain(error), %tenant, "a log is not what was published of it");
        }
    }
}
