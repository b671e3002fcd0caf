//! The doorkeeper: one credential of one tenant, by exact match, in two round trips: the opening message and one
//! statement.
//!
//! The opening message takes the snapshot and reads the epoch in it, so that whoever is found is exactly as old as the
//! epoch says, and the writer looks again when it has moved on.

use async_trait::async_trait;
use aurex_core::identity::tills::Till;
use aurex_core::rbac::Role;
use aurex_core::store::{
    Door, Doorkeeper, KnownLink, KnownMember, KnownPin, KnownSession, KnownToken, MemberRules, StoreError,
};
use aurex_core::tenancy::{AccessInForce, Slug, TenantId};
use aurex_core::text::Email;
use aurex_core::time::Timestamp;
use sqlx::types::Json;

use crate::held::Held;
use crate::opening::{self, Opened, Purpose};
use crate::rows::{
    ApiTokenRow, CredentialRow, CustomRoleRow, LinkRow, MemberRow, PinRow, SessionRow, Stored as _, read_one,
    till,
};
use crate::store::PostgresStore;

impl PostgresStore {
    /// A snapshot without a scope, and the head and the workspace in it.
    async fn at_the_door(&self, tenant: TenantId) -> Result<(Held<'static>, Opened), StoreError> {
        let (held, rows) = Held::begin(&self.shared.readers, None, Purpose::Read, tenant).await?;
        Ok((held, opening::read(rows, tenant)?))
    }
}

/// Members with what [`rules`] needs, in one statement: further columns, where from (the member is `m`), arguments.
macro_rules! with_rules {
    ($columns:literal, $from:literal $(, $arg:expr)+ $(,)?) => {
        sqlx::query!(
            "SELECT " + $columns + r#" row_to_json(m) AS "member!: Json<MemberRow>",
                 (SELECT row_to_json(r) FROM aurex.custom_role AS r WHERE r.tenant_id = $1 AND r.id = m.custom_role)
                     AS "custom_role: Json<CustomRoleRow>",
                 EXISTS (SELECT 1 FROM aurex.second_factor AS f
                     WHERE f.tenant_id = $1 AND f.member = m.id AND f.confirmed_at IS NOT NULL
                         AND f.removed_at IS NULL) AS "has_second_factor!"
             "# + $from
            $(, $arg)+
        )
    };
}

/// What the workspace says about a member beside their own row.
fn rules(
    tenant: TenantId,
    opened: &Opened,
    role: Role,
    custom_role: Option<Json<CustomRoleRow>>,
    has_second_factor: bool,
) -> Result<MemberRules, StoreError> {
    let workspace = opened.workspace.as_ref();
    Ok(MemberRules {
        custom_role: custom_role.map(|role| role.0.read(tenant)).transpose()?,
        has_second_factor,
        second_factor_for: workspace.map_or_else(Vec::new, |w| w.second_factor_for.clone()),
        access: workspace.and_then(|w| AccessInForce::of(&w.access_rules, role, w.zone)),
    })
}

#[async_trait]
impl Doorkeeper for PostgresStore {
    async fn door(&self, slug: &Slug) -> Result<Option<Door>, StoreError> {
        let tenant = crate::directory::tenant_of(&self.shared.readers, slug).await?;
        Ok(tenant.map(|tenant| Door { tenant }))
    }

    async fn known_member(&self, tenant: TenantId, email: &Email) -> Result<Option<KnownMember>, StoreError> {
        let (mut held, opened) = self.at_the_door(tenant).await?;
        let known = with_rules!(
            r#"(SELECT row_to_json(c) FROM aurex.credential AS c WHERE c.tenant_id = $1 AND c.member = m.id)
                   AS "credential: Json<CredentialRow>","#,
            "FROM aurex.member AS m WHERE m.tenant_id = $1 AND m.email = $2",
            tenant.uuid(),
            email.as_str()
        );
        let Some(row) = held.optional(known).await? else { return Ok(None) };
        let member = row.member.0.read(tenant)?;
        Ok(Some(KnownMember {
            credential: row.credential.map(|credential| credential.0.read(tenant)).transpose()?,
            rules: rules(tenant, &opened, member.role, row.custom_role, row.has_second_factor)?,
            member,
            epoch: opened.head.epoch,
        }))
    }

    async fn known_session(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownSession>, StoreError> {
        let (mut held, opened) = self.at_the_door(tenant).await?;
        let known = with_rules!(
            r#"row_to_json(s) AS "session!: Json<SessionRow>",
                   (SELECT u.at FROM aurex.session_use AS u WHERE u.tenant_id = $1 AND u.session = s.id) AS used_at,"#,
            "FROM aurex.session AS s
               JOIN aurex.member AS m ON m.tenant_id = $1 AND m.id = s.member
               WHERE s.tenant_id = $1 AND s.token_hash = $2",
            tenant.uuid(),
            token_hash.as_slice()
        );
        let Some(row) = held.optional(known).await? else { return Ok(None) };
        let member = row.member.0.read(tenant)?;
        Ok(Some(KnownSession {
            session: row.session.0.read(tenant)?,
            used_at: row.used_at.map(Timestamp::from_micros),
            rules: rules(tenant, &opened, member.role, row.custom_role, row.has_second_factor)?,
            member,
            epoch: opened.head.epoch,
        }))
    }

    async fn known_token(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownToken>, StoreError> {
        let (mut held, opened) = self.at_the_door(tenant).await?;
        let known = with_rules!(
            r#"row_to_json(t) AS "token!: Json<ApiTokenRow>","#,
            "FROM aurex.api_token AS t
               JOIN aurex.member AS m ON m.tenant_id = $1 AND m.id = t.member
               WHERE t.tenant_id = $1 AND t.token_hash = $2",
            tenant.uuid(),
            token_hash.as_slice()
        );
        let Some(row) = held.optional(known).await? else { return Ok(None) };
        let member = row.member.0.read(tenant)?;
        Ok(Some(KnownToken {
            token: row.token.0.read(tenant)?,
            rules: rules(tenant, &opened, member.role, row.custom_role, row.has_second_factor)?,
            member,
            epoch: opened.head.epoch,
        }))
    }

    async fn known_link(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownLink>, StoreError> {
        let (mut held, opened) = self.at_the_door(tenant).await?;
        let known = with_rules!(
            r#"row_to_json(l) AS "link!: Json<LinkRow>","#,
            "FROM aurex.link AS l
               JOIN aurex.member AS m ON m.tenant_id = $1 AND m.id = l.member
               WHERE l.tenant_id = $1 AND l.token_hash = $2",
            tenant.uuid(),
            token_hash.as_slice()
        );
        let Some(row) = held.optional(known).await? else { return Ok(None) };
        let member = row.member.0.read(tenant)?;
        Ok(Some(KnownLink {
            link: row.link.0.read(tenant)?,
            rules: rules(tenant, &opened, member.role, row.custom_role, row.has_second_factor)?,
            member,
            epoch: opened.head.epoch,
        }))
    }

    /// In three round trips.
    async fn known_till(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<(Till, Vec<KnownPin>)>, StoreError> {
        let (mut held, opened) = self.at_the_door(tenant).await?;
        let found = held.optional(till!("AND token_hash = $2", tenant.uuid(), token_hash.as_slice())).await?;
        let Some(till) = read_one(found, tenant)? else { return Ok(None) };
        let known = with_rules!(
            r#"row_to_json(p) AS "pin!: Json<PinRow>","#,
            "FROM aurex.pin AS p
               JOIN aurex.member AS m ON m.tenant_id = $1 AND m.id = p.member
               WHERE p.tenant_id = $1 AND p.removed_at IS NULL
               ORDER BY p.member",
            tenant.uuid()
        );
        let mut pins = Vec::new();
        for row in held.all(known).await? {
            let member = row.member.0.read(tenant)?;
            pins.push(KnownPin {
                pin: row.pin.0.read(tenant)?,
                rules: rules(tenant, &opened, member.role, row.custom_role, row.has_second_factor)?,
                member,
                epoch: opened.head.epoch,
            });
        }
        Ok(Some((till, pins)))
    }
}
