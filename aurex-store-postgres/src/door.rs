//! The doorkeeper: one credential of one tenant, by exact match, in two round trips: the opening message and one
//! statement.
//!
//! The opening message takes the snapshot and reads the epoch in it, so that whoever is found is exactly as old as the
//! epoch says, and the writer looks again when it has moved on.

use async_trait::async_trait;
use aurex_core::store::{Door, Doorkeeper, KnownMember, KnownSession, KnownToken, StoreError};
use aurex_core::tenancy::{Slug, TenantId};
use aurex_core::text::Email;
use aurex_core::time::Timestamp;
use sqlx::types::Json;

use crate::held::Held;
use crate::opening::{self, Purpose};
use crate::rows::{ApiTokenRow, CredentialRow, MemberRow, SessionRow, Stored as _};
use crate::store::PostgresStore;

impl PostgresStore {
    /// A snapshot without a scope, and the epoch in it.
    async fn at_the_door(&self, tenant: TenantId) -> Result<(Held<'static>, u64), StoreError> {
        let (held, rows) = Held::begin(&self.shared.readers, None, Purpose::Read, tenant).await?;
        Ok((held, opening::read(rows, tenant)?.head.epoch))
    }
}

#[async_trait]
impl Doorkeeper for PostgresStore {
    async fn door(&self, slug: &Slug) -> Result<Option<Door>, StoreError> {
        let tenant = crate::directory::tenant_of(&self.shared.readers, slug).await?;
        Ok(tenant.map(|tenant| Door { tenant }))
    }

    async fn known_member(&self, tenant: TenantId, email: &Email) -> Result<Option<KnownMember>, StoreError> {
        let (mut held, epoch) = self.at_the_door(tenant).await?;
        let known = sqlx::query!(
            r#"SELECT row_to_json(m) AS "member!: Json<MemberRow>",
                   (SELECT row_to_json(c) FROM aurex.credential AS c WHERE c.tenant_id = $1 AND c.member = m.id)
                       AS "credential: Json<CredentialRow>"
               FROM aurex.member AS m WHERE m.tenant_id = $1 AND m.email = $2"#,
            tenant.uuid(),
            email.as_str()
        );
        let Some(row) = held.optional(known).await? else { return Ok(None) };
        Ok(Some(KnownMember {
            member: row.member.0.read(tenant)?,
            credential: row.credential.map(|credential| credential.0.read(tenant)).transpose()?,
            epoch,
        }))
    }

    async fn known_session(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownSession>, StoreError> {
        let (mut held, epoch) = self.at_the_door(tenant).await?;
        let known = sqlx::query!(
            r#"SELECT row_to_json(s) AS "session!: Json<SessionRow>", row_to_json(m) AS "member!: Json<MemberRow>",
                   (SELECT u.at FROM aurex.session_use AS u WHERE u.tenant_id = $1 AND u.session = s.id) AS used_at
               FROM aurex.session AS s
               JOIN aurex.member AS m ON m.tenant_id = $1 AND m.id = s.member
               WHERE s.tenant_id = $1 AND s.token_hash = $2"#,
            tenant.uuid(),
            token_hash.as_slice()
        );
        let Some(row) = held.optional(known).await? else { return Ok(None) };
        Ok(Some(KnownSession {
            session: row.session.0.read(tenant)?,
            member: row.member.0.read(tenant)?,
            used_at: row.used_at.map(Timestamp::from_micros),
            epoch,
        }))
    }

    async fn known_token(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownToken>, StoreError> {
        let (mut held, epoch) = self.at_the_door(tenant).await?;
        let known = sqlx::query!(
            r#"SELECT row_to_json(t) AS "token!: Json<ApiTokenRow>", row_to_json(m) AS "member!: Json<MemberRow>"
               FROM aurex.api_token AS t
               JOIN aurex.member AS m ON m.tenant_id = $1 AND m.id = t.member
               WHERE t.tenant_id = $1 AND t.token_hash = $2"#,
            tenant.uuid(),
            token_hash.as_slice()
        );
        let Some(row) = held.optional(known).await? else { return Ok(None) };
        Ok(Some(KnownToken { token: row.token.0.read(tenant)?, member: row.member.0.read(tenant)?, epoch }))
    }
}
