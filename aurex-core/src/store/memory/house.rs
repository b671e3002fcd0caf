//! The small writes beside the business.

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Delivery, MemoryStore};
use crate::audit::Observation;
use crate::store::{BucketKey, BucketSwap, ClaimedMail, Housekeeping, MailOutcome, Scrub, StoreError};
use crate::tenancy::{ApiTokenId, MailId, SessionId, TenantId};
use crate::time::Timestamp;

#[async_trait]
impl Housekeeping for MemoryStore {
    async fn touch_session(
        &self,
        tenant: TenantId,
        session: SessionId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner().session_use.insert((tenant, session), at);
        Ok(())
    }

    async fn session_uses(
        &self,
        tenant: TenantId,
        sessions: &[SessionId],
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let inner = self.inner();
        Ok(sessions.iter().map(|id| inner.session_use.get(&(tenant, *id)).copied()).collect())
    }

    async fn touch_token(
        &self,
        tenant: TenantId,
        token: ApiTokenId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.inner().token_use.insert((tenant, token), at);
        Ok(())
    }

    async fn token_uses(
        &self,
        tenant: TenantId,
        tokens: &[ApiTokenId],
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let inner = self.inner();
        Ok(tokens.iter().map(|id| inner.token_use.get(&(tenant, *id)).copied()).collect())
    }

    async fn buckets(&self, keys: &[BucketKey]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        let inner = self.inner();
        Ok(keys.iter().map(|key| inner.buckets.get(key).map(|(bucket, _)| bucket.clone())).collect())
    }

    async fn swap_buckets(&self, swaps: &[BucketSwap], until: Timestamp) -> Result<bool, StoreError> {
        let mut inner = self.inner();
        let is_expected = |swap: &BucketSwap| {
            inner.buckets.get(&swap.key).map(|(state, _)| state) == swap.expected.as_ref()
        };
        if !swaps.iter().all(is_expected) {
            return Ok(false);
        }
        let kept = swaps.iter().map(|swap| (swap.key, (swap.new.clone(), until)));
        inner.buckets.extend(kept);
        Ok(true)
    }

    async fn observe(&self, tenant: TenantId, seen: &Observation) -> Result<(), StoreError> {
        let mut inner = self.inner();
        inner.observed = inner.observed.saturating_add(1);
        let number = inner.observed;
        inner.observations.entry(tenant).or_default().insert(number, seen.clone());
        Ok(())
    }

    async fn observed_tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let inner = self.inner();
        let tenants: BTreeSet<_> = inner
            .observations
            .iter()
            .filter(|(_, seen)| !seen.is_empty())
            .map(|(tenant, _)| *tenant)
            .collect();
        Ok(tenants.into_iter().collect())
    }

    async fn observations(
        &self,
        tenant: TenantId,
        limit: u16,
    ) -> Result<Vec<(u64, Observation)>, StoreError> {
        let inner = self.inner();
        let waiting = inner.observations.get(&tenant).into_iter().flatten();
        Ok(waiting.take(usize::from(limit)).map(|(number, seen)| (*number, seen.clone())).collect())
    }

    async fn forget_observations(&self, tenant: TenantId, through: u64) -> Result<(), StoreError> {
        if let Some(waiting) = self.inner().observations.get_mut(&tenant) {
            waiting.retain(|number, _| *number > through);
        }
        Ok(())
    }

    async fn note_mails(&self, tenant: TenantId, mails: &[MailId], due: Timestamp) -> Result<(), StoreError> {
        let mut inner = self.inner();
        for mail in mails {
            let new = Delivery { tries: 0, due, settled: false };
            inner.deliveries.entry((tenant, *mail)).or_insert(new);
        }
        Ok(())
    }

    async fn claim_mails(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<ClaimedMail>, StoreError> {
        let mut inner = self.inner();
        let mut due: Vec<_> =
            inner.deliveries.iter_mut().filter(|(_, mail)| !mail.settled && mail.due <= now).collect();
        due.sort_by_key(|(id, mail)| (mail.due, **id));
        let taken = due.into_iter().take(usize::from(limit)).map(|((tenant, mail), delivery)| {
            delivery.tries = delivery.tries.saturating_add(1);
            delivery.due = until;
            ClaimedMail { tenant: *tenant, mail: *mail, tries: delivery.tries }
        });
        Ok(taken.collect())
    }

    async fn settle_mail(
        &self,
        tenant: TenantId,
        mail: MailId,
        outcome: MailOutcome,
    ) -> Result<(), StoreError> {
        if let Some(delivery) = self.inner().deliveries.get_mut(&(tenant, mail))
            && !delivery.settled
        {
            (delivery.due, delivery.settled) = match outcome {
                MailOutcome::Settled(until) => (until, true),
                MailOutcome::Again(due) => (due, false),
            };
        }
        Ok(())
    }

    async fn scrub(&self, _: TenantId, _: Scrub) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut inner = self.inner();
        inner.deliveries.retain(|_, mail| !mail.settled || mail.due > now);
        inner.buckets.retain(|_, (_, until)| *until > now);
        for state in inner.tenants.values_mut() {
            if state.has_dead_keys(now) {
                Arc::make_mut(state).forget_keys(now);
            }
        }
        Ok(())
    }

    async fn check_values(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        Ok(self.inner().checks.clone().into_iter().collect())
    }

    async fn keep_check_values(&self, values: &[(String, Vec<u8>)]) -> Result<bool, StoreError> {
        let mut inner = self.inner();
        let first = inner.checks.is_empty();
        if first {
            inner.checks.extend(values.iter().cloned());
        }
        Ok(first)
    }

    async fn add_check_values(&self, values: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        let mut inner = self.inner();
        for (name, value) in values {
            inner.checks.entry(name.clone()).or_insert_with(|| value.clone());
        }
        Ok(())
    }
}
