//! Mails on their way out: noted, taken, settled, in the deployment's own file.

use aurex_core::store::{ClaimedMail, MailOutcome, StoreError};
use aurex_core::tenancy::{Id as _, MailId, TenantId};
use aurex_core::time::Timestamp;
use uuid::Uuid;

use crate::error::failure;
use crate::store::SqliteStore;

impl SqliteStore {
    pub(crate) async fn note(
        &self,
        tenant: TenantId,
        mails: &[MailId],
        due: Timestamp,
    ) -> Result<(), StoreError> {
        let (sender, due) = (tenant.uuid(), due.micros());
        let mut conn = self.shared.house.conn.lock().await;
        for mail in mails {
            let mail = mail.uuid();
            sqlx::query!(
                "INSERT INTO mail_delivery (sender, mail, tries, due, settled) VALUES (?, ?, 0, ?, 0)
                 ON CONFLICT (sender, mail) DO NOTHING",
                sender,
                mail,
                due
            )
            .execute(&mut *conn)
            .await
            .map_err(failure)?;
        }
        Ok(())
    }

    /// One statement, so that nobody else sees a mail between being due and being taken.
    pub(crate) async fn claim(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: u16,
    ) -> Result<Vec<ClaimedMail>, StoreError> {
        let (now, until, limit) = (now.micros(), until.micros(), i64::from(limit));
        let mut conn = self.shared.house.conn.lock().await;
        let rows = sqlx::query!(
            r#"UPDATE mail_delivery SET tries = tries + 1, due = ?
               WHERE (sender, mail) IN (
                   SELECT sender, mail FROM mail_delivery WHERE settled = 0 AND due <= ?
                   ORDER BY due, sender, mail LIMIT ?
               )
               RETURNING sender AS "sender: Uuid", mail AS "mail: Uuid", tries"#,
            until,
            now,
            limit
        )
        .fetch_all(&mut *conn)
        .await
        .map_err(failure)?;
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
        let (sender, mail) = (tenant.uuid(), mail.uuid());
        let mut conn = self.shared.house.conn.lock().await;
        sqlx::query!(
            "UPDATE mail_delivery SET due = ?, settled = ? WHERE sender = ? AND mail = ? AND settled = 0",
            due,
            settled,
            sender,
            mail
        )
        .execute(&mut *conn)
        .await
        .map(drop)
        .map_err(failure)
    }

    pub(crate) async fn sweep_mails(&self, now: i64) -> Result<(), StoreError> {
        let mut conn = self.shared.house.conn.lock().await;
        sqlx::query!("DELETE FROM mail_delivery WHERE settled = 1 AND due <= ?", now)
            .execute(&mut *conn)
            .await
            .map(drop)
            .map_err(failure)
    }
}
