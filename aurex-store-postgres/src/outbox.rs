//! Mails on their way out: noted, taken, settled, in the operator's own tenant.

use aurex_core::store::{ClaimedMail, MailOutcome, StoreError};
use aurex_core::tenancy::{Id as _, MailId, TenantId};
use aurex_core::time::Timestamp;
use uuid::Uuid;

use crate::directory::operator;
use crate::store::PostgresStore;

impl PostgresStore {
    /// In the order of the ids, so that two that note the same mails never wait for each other.
    pub(crate) async fn note(
        &self,
        tenant: TenantId,
        mails: &[MailId],
        due: Timestamp,
    ) -> Result<(), StoreError> {
        let mut mails: Vec<Uuid> = mails.iter().map(|mail| mail.uuid()).collect();
        mails.sort_unstable();
        let mut held = self.keep(operator()).await?;
        let noted = sqlx::query!(
            "INSERT INTO aurex.mail_delivery (tenant_id, sender, mail, tries, due, settled)
             SELECT $1, $2, mail, 0, $4, FALSE FROM unnest($3::uuid[]) AS waiting (mail)
             ON CONFLICT (tenant_id, sender, mail) DO NOTHING",
            operator().uuid(),
            tenant.uuid(),
            &mails,
            due.micros()
        );
        held.execute(noted).await?;
        held.end().await
    }

    /// What somebody else is taking at this moment is passed over. What waits is looked for once, whatever the plan: inside a
    /// join it would be looked for again for every row, with other rows locked meanwhile and more of them than the limit.
    pub(crate) async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<ClaimedMail>, StoreError> {
        let mut held = self.keep(operator()).await?;
        let taken = sqlx::query!(
            "WITH waiting AS MATERIALIZED (
                 SELECT sender, mail FROM aurex.mail_delivery
                 WHERE tenant_id = $1 AND NOT settled AND due <= $2
                 ORDER BY due, sender, mail LIMIT $4 FOR UPDATE SKIP LOCKED
             )
             UPDATE aurex.mail_delivery AS delivery SET tries = delivery.tries + 1, due = $3
             FROM waiting
             WHERE delivery.tenant_id = $1 AND delivery.sender = waiting.sender AND delivery.mail = waiting.mail
             RETURNING delivery.sender, delivery.mail, delivery.tries",
            operator().uuid(),
            now.micros(),
            until.micros(),
            i64::from(limit)
        );
        let rows = held.all(taken).await?;
        held.end().await?;
        let taken = rows.into_iter().map(|row| {
            Ok(ClaimedMail {
                tenant: TenantId::from_directory_row(row.sender),
                mail: MailId::from_uuid(row.mail),
                tries: u32::try_from(row.tries).map_err(StoreError::failed)?,
            })
        });
        taken.collect()
    }

    pub(crate) async fn settle(
        &self,
        tenant: TenantId,
        mail: MailId,
        outcome: MailOutcome,
    ) -> Result<(), StoreError> {
        let (due, settled) = match outcome {
            MailOutcome::Settled(until) => (until.micros(), true),
            MailOutcome::Again(due) => (due.micros(), false),
        };
        let mut held = self.keep(operator()).await?;
        let kept = sqlx::query!(
            "UPDATE aurex.mail_delivery SET due = $4, settled = $5
             WHERE tenant_id = $1 AND sender = $2 AND mail = $3 AND NOT settled",
            operator().uuid(),
            tenant.uuid(),
            mail.uuid(),
            due,
            settled
        );
        held.execute(kept).await?;
        held.end().await
    }

    /// What a sender holds at this moment is left to the next sweep.
    pub(crate) async fn sweep_mails(&self, now: i64) -> Result<(), StoreError> {
        let mut held = self.keep(operator()).await?;
        let swept = sqlx::query!(
            "DELETE FROM aurex.mail_delivery WHERE tenant_id = $1 AND (sender, mail) IN (
                 SELECT sender, mail FROM aurex.mail_delivery
                 WHERE tenant_id = $1 AND settled AND due <= $2 FOR UPDATE SKIP LOCKED
             )",
            operator().uuid(),
            now
        );
        held.execute(swept).await?;
        held.end().await
    }
}
