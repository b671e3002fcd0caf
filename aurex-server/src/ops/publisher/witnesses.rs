//! Witnesses, asked after publishing. They are on somebody else's machine: they may be slow, away or against us, and
//! nothing waits for them longer than a few seconds, nor is held back when they say nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aurex_core::service::Road;
use aurex_core::service::transparency::{Publishing, keep_cosignature, request_to_witness};
use aurex_core::store::{Cosignature, StoreError, StoredCheckpoint};
use aurex_core::tenancy::{Job, TenantId};

use super::client::{Answer, post};
use super::figures::LogFigures;
use crate::config::WitnessAddress;
use crate::mail::Roots;
use crate::ops::background::chain;

/// How long one witness may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// A witness that did not answer is left alone for so many questions of the process, or until the next walk.
const LEFT_ALONE: u32 = 20;

/// The witnesses of the deployment.
#[derive(Debug)]
pub struct Witnesses {
    list: Vec<WitnessAddress>,
    roots: Roots,
    /// The size that each witness is believed to have cosigned of each log. In memory: who has forgotten is told by the
    /// witness.
    known: Mutex<HashMap<(usize, TenantId), u64>>,
    /// For how many questions more each is left alone.
    quiet: Mutex<HashMap<usize, u32>>,
}

impl Witnesses {
    /// These, believed by `roots` where they speak TLS.
    #[must_use]
    pub fn new(list: Vec<WitnessAddress>, roots: Roots) -> Self {
        Self { list, roots, known: Mutex::default(), quiet: Mutex::default() }
    }

    /// Asks each for its cosignature of a new checkpoint, all at once, and keeps what they give.
    pub async fn ask(
        &self,
        road: &Road,
        job: &Job<Publishing>,
        tenant: TenantId,
        new: &StoredCheckpoint,
        figures: &Arc<LogFigures>,
    ) {
        self.ask_but(road, job, tenant, new, &[], figures).await;
    }

    /// Asks those again who have not cosigned the last checkpoint. They were away when it was made, or were named since;
    /// of a log that stands still there is no later one that they would be asked for.
    ///
    /// # Errors
    /// Of the store.
    pub async fn ask_again(
        &self,
        road: &Road,
        job: &Job<Publishing>,
        tenant: TenantId,
        figures: &Arc<LogFigures>,
    ) -> Result<(), StoreError> {
        if self.list.is_empty() {
            return Ok(());
        }
        let Some(last) = road.store.last_checkpoint(tenant).await? else { return Ok(()) };
        let given = road.store.cosignatures(tenant, last.size).await?;
        self.ask_but(road, job, tenant, &last, &given, figures).await;
        Ok(())
    }

    /// Lets everybody be asked again who was left alone.
    pub fn forgive(&self) {
        self.quiet.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn ask_but(
        &self,
        road: &Road,
        job: &Job<Publishing>,
        tenant: TenantId,
        new: &StoredCheckpoint,
        given: &[Cosignature],
        figures: &Arc<LogFigures>,
    ) {
        let asked = self.list.iter().enumerate().map(|(nth, witness)| async move {
            if given.iter().any(|given| given.signer == witness.key.name()) || self.is_left_alone(nth) {
                return;
            }
            let one = self.ask_one(road, job, tenant, new, (nth, witness));
            match tokio::time::timeout(PATIENCE, one).await {
                Ok(Ok(())) => LogFigures::count(&figures.cosigned),
                Ok(Err(reason)) => self.failed(nth, witness, tenant, &reason, figures),
                Err(_) => self.failed(nth, witness, tenant, "it took too long", figures),
            }
        });
        futures_util::future::join_all(asked).await;
    }

    fn failed(
        &self,
        nth: usize,
        witness: &WitnessAddress,
        tenant: TenantId,
        reason: &str,
        figures: &LogFigures,
    ) {
        LogFigures::count(&figures.unwitnessed);
        self.quiet.lock().unwrap_or_else(PoisonError::into_inner).insert(nth, LEFT_ALONE);
        tracing::warn!(witness = witness.key.name(), %tenant, reason, "a witness did not cosign");
    }

    fn is_left_alone(&self, nth: usize) -> bool {
        let mut quiet = self.quiet.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(left) = quiet.get_mut(&nth).filter(|left| **left > 0) else { return false };
        *left -= 1;
        true
    }

    /// Asks one, and once more when it says what it knows.
    async fn ask_one(
        &self,
        road: &Road,
        job: &Job<Publishing>,
        tenant: TenantId,
        new: &StoredCheckpoint,
        (nth, witness): (usize, &WitnessAddress),
    ) -> Result<(), String> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut old = known().get(&(nth, tenant)).copied().unwrap_or(0).min(new.size);
        for _ in 0..2 {
            let request = request_to_witness(road, job, tenant, new, old).await;
            let request = request.map_err(|error| chain(&error))?;
            let Answer { status, body } =
                post(&witness.url, "/add-checkpoint", &request.to_string(), &self.roots)
                    .await
                    .map_err(|error| error.to_string())?;
            match status {
                200 => {
                    let kept = keep_cosignature(road, tenant, new, &witness.key, &body).await;
                    return match kept.map_err(|error| chain(&error))? {
                        true => {
                            known().insert((nth, tenant), new.size);
                            Ok(())
                        }
                        false => Err("it answered with no cosignature of its own".to_owned()),
                    };
                }
                // Another server of ours was there before, or this process is new.
                409 => {
                    old = body.trim().parse().map_err(|_| "it said no size".to_owned())?;
                    known().insert((nth, tenant), old);
                    if old > new.size {
                        return Err("it has cosigned more than this: a later checkpoint, or another history"
                            .to_owned());
                    }
                }
                other => return Err(format!("it refused with status {other}")),
            }
        }
        Err("it said two sizes".to_owned())
    }
}
