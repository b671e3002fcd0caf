//! Housekeeping: writes that state no fact of the business. None takes a turn; each is a small transaction of its own
//! on a reader's connection.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aurex_core::audit::Observation;
use aurex_core::store::{
    BucketKey, BucketSwap, ClaimedMail, Housekeeping, KEY_LIFETIME_SECONDS, MailOutcome, StoreError,
};
use aurex_core::tenancy::{ApiTokenId, Id as _, MailId, SessionId, TenantId};
use aurex_core::time::Timestamp;
use uuid::Uuid;

use crate::directory::{open_tenants, operator};
use crate::held::Held;
use crate::opening::{self, Purpose};
use crate::rows::own;
use crate::store::PostgresStore;

/// Goes on as another tenant in the same transaction.
async fn go_on_as(held: &mut Held<'_>, tenant: TenantId) -> Result<(), StoreError> {
    held.send(opening::standing(tenant, None)).await.map(drop)
}

/// Marks a tenant as one with observations waiting, and holds the mark until the transaction ends, also where it was
/// there: whoever takes it off meanwhile waits, and then sees what was observed.
async fn mark(held: &mut Held<'_>, tenant: TenantId) -> Result<(), StoreError> {
    go_on_as(held, operator()).await?;
    let marked = sqlx::query!(
        "INSERT INTO aurex.observed_tenant (tenant_id, observed) VALUES ($1, $2)
         ON CONFLICT (tenant_id, observed) DO UPDATE SET observed = excluded.observed",
        operator().uuid(),
        tenant.uuid()
    );
    held.execute(marked).await.map(drop)
}

impl PostgresStore {
    /// A transaction of a tenant's, or of the operator's.
    pub(crate) async fn keep(&self, tenant: TenantId) -> Result<Held<'static>, StoreError> {
        Held::begin(&self.shared.readers, None, Purpose::Keep, tenant).await.map(|(held, _)| held)
    }

    /// Forgets a tenant's idempotency keys made up to `dead`.
    async fn sweep_keys(&self, tenant: TenantId, dead: i64) -> Result<(), StoreError> {
        let mut held = self.keep(tenant).await?;
        let id = tenant.uuid();
        let swept =
            sqlx::query!("DELETE FROM aurex.idempotency_key WHERE tenant_id = $1 AND at <= $2", id, dead);
        held.execute(swept).await?;
        held.end().await
    }

    /// Buckets that are in use at this moment are left to the next sweep: waiting for one while holding others is how
    /// deadlocks come about.
    async fn sweep_buckets(&self, now: i64) -> Result<(), StoreError> {
        let mut held = self.keep(operator()).await?;
        let swept = sqlx::query!(
            "DELETE FROM aurex.throttle_bucket WHERE tenant_id = $1 AND key IN (
                 SELECT key FROM aurex.throttle_bucket
                 WHERE tenant_id = $1 AND until <= $2 FOR UPDATE SKIP LOCKED
             )",
            operator().uuid(),
            now
        );
        held.execute(swept).await?;
        held.end().await
    }
}

/// Notes that something was used: the table with its columns, its key.
macro_rules! touch {
    ($store:expr, $tenant:expr, $table:literal, $key:literal $(, $arg:expr)+) => {{
        let mut held = $store.keep($tenant).await?;
        // Whoever has no head is no tenant.
        let touched = sqlx::query!(
            "WITH house AS (
                 INSERT INTO aurex.house_tenant (tenant_id, last_number)
                 SELECT tenant_id, 0 FROM aurex.head WHERE tenant_id = $1
                 ON CONFLICT (tenant_id) DO NOTHING
             )
             INSERT INTO aurex." + $table + "
             SELECT tenant_id, $2, $3 FROM aurex.head WHERE tenant_id = $1
             ON CONFLICT " + $key + " DO UPDATE SET at = excluded.at"
            $(, $arg)+
        );
        match held.execute(touched).await? {
            0 => Err(StoreError::NoSuchTenant),
            _ => held.end().await,
        }
    }};
}

/// When each was last used, in the order asked for.
macro_rules! uses {
    ($store:expr, $tenant:expr, $table:literal, $id:literal, $asked:expr) => {{
        let mut held = $store.keep($tenant).await?;
        let rows = sqlx::query!(
            r#"SELECT used.at AS "at?" FROM unnest($2::uuid[]) WITH ORDINALITY AS asked (id, place)
               LEFT JOIN aurex."#
                + $table
                + " AS used ON used.tenant_id = $1 AND "
                + $id
                + " = asked.id
               ORDER BY asked.place",
            $tenant.uuid(),
            $asked
        );
        let uses = held.all(rows).await?.into_iter().map(|row| row.at.map(Timestamp::from_micros)).collect();
        held.end().await?;
        Ok(uses)
    }};
}

#[async_trait]
impl Housekeeping for PostgresStore {
    async fn touch_session(
        &self,
        tenant: TenantId,
        session: SessionId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (id, session, at) = (tenant.uuid(), session.uuid(), at.micros());
        touch!(self, tenant, "session_use (tenant_id, session, at)", "(tenant_id, session)", id, session, at)
    }

    async fn session_uses(
        &self,
        tenant: TenantId,
        sessions: &[SessionId],
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let asked: Vec<Uuid> = sessions.iter().map(|id| id.uuid()).collect();
        uses!(self, tenant, "session_use", "used.session", &asked)
    }

    async fn touch_token(
        &self,
        tenant: TenantId,
        token: ApiTokenId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (id, token, at) = (tenant.uuid(), token.uuid(), at.micros());
        touch!(self, tenant, "token_use (tenant_id, token, at)", "(tenant_id, token)", id, token, at)
    }

    async fn token_uses(
        &self,
        tenant: TenantId,
        tokens: &[ApiTokenId],
    ) -> Result<Vec<Option<Timestamp>>, StoreError> {
        let asked: Vec<Uuid> = tokens.iter().map(|id| id.uuid()).collect();
        uses!(self, tenant, "token_use", "used.token", &asked)
    }

    async fn buckets(&self, keys: &[BucketKey]) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut held = self.keep(operator()).await?;
        let asked: Vec<Vec<u8>> = keys.iter().map(|key| key.to_vec()).collect();
        let rows = sqlx::query!(
            "SELECT key, state FROM aurex.throttle_bucket WHERE tenant_id = $1 AND key = ANY($2)",
            operator().uuid(),
            &asked
        );
        let rows = held.all(rows).await?;
        let found: BTreeMap<&[u8], &Vec<u8>> =
            rows.iter().map(|row| (row.key.as_slice(), &row.state)).collect();
        Ok(keys.iter().map(|key| found.get(key.as_slice()).map(|state| state.to_vec())).collect())
    }

    /// The rows that are there are locked first, in the order of their keys, and compared. Those that are not are put
    /// after that, in the same order, and give way to whoever put them meanwhile without waiting for a row's lock. So no
    /// two calls ever wait for each other.
    async fn swap_buckets(&self, swaps: &[BucketSwap], until: Timestamp) -> Result<bool, StoreError> {
        if swaps.is_empty() {
            return Ok(true);
        }
        let keys: Vec<Vec<u8>> = swaps.iter().map(|swap| swap.key.to_vec()).collect();
        let states: Vec<Vec<u8>> = swaps.iter().map(|swap| swap.new.clone()).collect();
        let mut held = self.keep(operator()).await?;
        let locked = sqlx::query!(
            "SELECT key, state FROM aurex.throttle_bucket WHERE tenant_id = $1 AND key = ANY($2)
             ORDER BY key FOR UPDATE",
            operator().uuid(),
            &keys
        );
        let locked = held.all(locked).await?;
        let found: BTreeMap<&[u8], &Vec<u8>> =
            locked.iter().map(|row| (row.key.as_slice(), &row.state)).collect();
        let is_expected =
            |swap: &BucketSwap| found.get(swap.key.as_slice()).copied() == swap.expected.as_ref();
        if !swaps.iter().all(is_expected) {
            return Ok(false);
        }
        let there: Vec<Vec<u8>> = found.keys().map(|key| key.to_vec()).collect();
        let kept = sqlx::query!(
            r#"WITH new AS MATERIALIZED (
                   SELECT key, state FROM unnest($2::bytea[], $3::bytea[]) AS bucket (key, state)
               ), changed AS (
                   UPDATE aurex.throttle_bucket AS bucket SET state = new.state, until = $5 FROM new
                   WHERE bucket.tenant_id = $1 AND bucket.key = new.key AND new.key = ANY($4::bytea[])
                   RETURNING bucket.key
               ), added AS (
                   INSERT INTO aurex.throttle_bucket (tenant_id, key, state, until)
                   SELECT $1, key, state, $5 FROM new WHERE key <> ALL($4::bytea[]) ORDER BY key
                   ON CONFLICT (tenant_id, key) DO NOTHING
                   RETURNING key
               )
               SELECT key AS "key!" FROM changed UNION ALL SELECT key FROM added"#,
            operator().uuid(),
            &keys,
            &states,
            &there,
            until.micros()
        );
        if held.all(kept).await?.len() != swaps.len() {
            return Ok(false);
        }
        held.end().await?;
        Ok(true)
    }

    /// The number comes with a lock on the tenant's last one, so that numbers are committed in their order.
    async fn observe(&self, tenant: TenantId, seen: &Observation) -> Result<(), StoreError> {
        let mut held = self.keep(tenant).await?;
        let observed = sqlx::query!(
            "WITH house AS (
                 INSERT INTO aurex.house_tenant AS house (tenant_id, last_number)
                 SELECT tenant_id, 1 FROM aurex.head WHERE tenant_id = $1
                 ON CONFLICT (tenant_id) DO UPDATE SET last_number = house.last_number + 1
                 RETURNING tenant_id, last_number
             )
             INSERT INTO aurex.observation (tenant_id, number, bytes)
             SELECT tenant_id, last_number, $2 FROM house WHERE tenant_id = $1",
            tenant.uuid(),
            seen.to_bytes()
        );
        if held.execute(observed).await? == 0 {
            return Err(StoreError::NoSuchTenant);
        }
        mark(&mut held, tenant).await?;
        held.end().await
    }

    async fn observed_tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let mut held = self.keep(operator()).await?;
        let marked = sqlx::query!(
            "SELECT tenant_id, observed FROM aurex.observed_tenant WHERE tenant_id = $1 ORDER BY observed",
            operator().uuid()
        );
        let marked = held.all(marked).await?;
        Ok(marked.into_iter().map(|row| TenantId::from_directory_row(row.observed)).collect())
    }

    async fn observations(
        &self,
        tenant: TenantId,
        limit: u16,
    ) -> Result<Vec<(u64, Observation)>, StoreError> {
        let (mut held, head) = Held::begin(&self.shared.readers, None, Purpose::Read, tenant).await?;
        opening::read(head, tenant)?;
        let rows = sqlx::query!(
            "SELECT tenant_id, number, bytes FROM aurex.observation WHERE tenant_id = $1 ORDER BY number LIMIT $2",
            tenant.uuid(),
            i64::from(limit)
        );
        held.all(rows)
            .await?
            .into_iter()
            .map(|row| {
                own(tenant, row.tenant_id)?;
                let number = u64::try_from(row.number).map_err(StoreError::failed)?;
                Ok((number, Observation::from_bytes(&row.bytes)?))
            })
            .collect()
    }

    /// The mark is taken off, durably, before the look that decides whether it must be set again: who observes in
    /// between sets it, and who observed before is seen.
    async fn forget_observations(&self, tenant: TenantId, through: u64) -> Result<(), StoreError> {
        let (id, through) = (tenant.uuid(), i64::try_from(through).unwrap_or(i64::MAX));
        let mut held = self.keep(tenant).await?;
        let forgotten =
            sqlx::query!("DELETE FROM aurex.observation WHERE tenant_id = $1 AND number <= $2", id, through);
        held.execute(forgotten).await?;
        go_on_as(&mut held, operator()).await?;
        let unmarked = sqlx::query!(
            "DELETE FROM aurex.observed_tenant WHERE tenant_id = $1 AND observed = $2",
            operator().uuid(),
            id
        );
        held.execute(unmarked).await?;
        held.end().await?;

        let mut held = self.keep(tenant).await?;
        let waiting = sqlx::query!("SELECT number FROM aurex.observation WHERE tenant_id = $1 LIMIT 1", id);
        if held.optional(waiting).await?.is_some() {
            mark(&mut held, tenant).await?;
        }
        held.end().await
    }

    async fn note_mails(&self, tenant: TenantId, mails: &[MailId], due: Timestamp) -> Result<(), StoreError> {
        self.note(tenant, mails, due).await
    }

    async fn claim_mails(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<ClaimedMail>, StoreError> {
        self.claim(now, until, limit).await
    }

    async fn settle_mail(
        &self,
        tenant: TenantId,
        mail: MailId,
        outcome: MailOutcome,
    ) -> Result<(), StoreError> {
        self.settle(tenant, mail, outcome).await
    }

    /// A tenant whose turn is long about it is swept the next time.
    async fn sweep(&self, now: Timestamp) -> Result<(), StoreError> {
        self.sweep_buckets(now.micros()).await?;
        self.sweep_mails(now.micros()).await?;
        let dead = now.plus_seconds(-KEY_LIFETIME_SECONDS).micros();
        for (_, tenant) in open_tenants(&self.shared.readers).await? {
            match self.sweep_keys(tenant, dead).await {
                Err(StoreError::Unavailable(_)) => tracing::info!("a tenant is too busy to sweep its keys"),
                swept => swept?,
            }
        }
        Ok(())
    }

    async fn check_values(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let mut held = self.keep(operator()).await?;
        let kept = sqlx::query!(
            "SELECT name, value FROM aurex.key_check WHERE tenant_id = $1 ORDER BY name",
            operator().uuid()
        );
        Ok(held.all(kept).await?.into_iter().map(|row| (row.name, row.value)).collect())
    }

    async fn keep_check_values(&self, values: &[(String, Vec<u8>)]) -> Result<bool, StoreError> {
        let (names, values): (Vec<String>, Vec<Vec<u8>>) = values.iter().cloned().unzip();
        let mut held = self.keep(operator()).await?;
        // A statement of its own, so that the next one sees what whoever held the lock has left.
        held.all(sqlx::query!(
            r#"SELECT pg_advisory_xact_lock(hashtextextended('aurex.key_check', 0)) IS NULL AS "taken!""#
        ))
        .await?;
        let kept = sqlx::query!(
            "INSERT INTO aurex.key_check (tenant_id, name, value)
             SELECT $1, put.name, put.value FROM unnest($2::text[], $3::bytea[]) AS put (name, value)
             WHERE NOT EXISTS (SELECT 1 FROM aurex.key_check WHERE tenant_id = $1)",
            operator().uuid(),
            &names,
            &values
        );
        let kept = held.execute(kept).await?;
        held.end().await?;
        Ok(kept > 0)
    }

    async fn add_check_values(&self, values: &[(String, Vec<u8>)]) -> Result<(), StoreError> {
        let (names, values): (Vec<String>, Vec<Vec<u8>>) = values.iter().cloned().unzip();
        let mut held = self.keep(operator()).await?;
        let added = sqlx::query!(
            "INSERT INTO aurex.key_check (tenant_id, name, value)
             SELECT $1, put.name, put.value FROM unnest($2::text[], $3::bytea[]) AS put (name, value)
             ON CONFLICT DO NOTHING",
            operator().uuid(),
            &names,
            &values
        );
        held.execute(added).await?;
        held.end().await
    }
}
