//! The doorkeeper: one credential of one tenant, by exact match.
//!
//! The epoch is read first: whoever is found after it is at least as new, so a change in between makes the scope look
//! older than it is, and the writer looks again.

use async_trait::async_trait;
use aurex_core::identity::member::Member;
use aurex_core::identity::tills::Till;
use aurex_core::store::{
    Door, Doorkeeper, KnownLink, KnownMember, KnownPin, KnownSession, KnownToken, MemberRules, StoreError,
};
use aurex_core::tenancy::{AccessInForce, Id as _, Slug, TenantId};
use aurex_core::text::Email;
use aurex_core::time::Timestamp;

use crate::error::failure;
use crate::held::Held;
use crate::reads::read_head;
use crate::rows::{
    api_token, credential, custom_role, member, pin, read_all, read_one, second_factor, sent_link, session,
    till, workspace,
};
use crate::store::SqliteStore;

impl SqliteStore {
    /// A snapshot without a scope, and the epoch in it.
    async fn at_the_door(&self, tenant: TenantId) -> Result<(Held<'static>, u64), StoreError> {
        let lease = self.lease(tenant).await?;
        let (conn, place) = lease.reader(self.patience()).await?;
        let mut held = Held::read(conn, lease, place).await?;
        let head = read_head(&mut held, tenant).await?;
        Ok((held, head.epoch))
    }
}

/// What the workspace says about a member beside their own row.
async fn rules_of(held: &mut Held<'_>, tenant: TenantId, member: &Member) -> Result<MemberRules, StoreError> {
    let (id, of) = (tenant.uuid(), member.id.uuid());
    let workspace = read_one(held.optional(workspace!("", id)).await?, tenant)?;
    let custom_role = match member.custom_role {
        None => None,
        Some(role) => {
            let role = role.uuid();
            read_one(held.optional(custom_role!("AND id = ?", id, role)).await?, tenant)?
        }
    };
    let factor = read_one(held.optional(second_factor!("AND member = ?", id, of)).await?, tenant)?;
    Ok(MemberRules {
        custom_role,
        has_second_factor: factor.is_some_and(|factor| factor.counts()),
        access: workspace.as_ref().and_then(|w| AccessInForce::of(&w.access_rules, member.role, w.zone)),
        second_factor_for: workspace.map_or_else(Vec::new, |workspace| workspace.second_factor_for),
    })
}

#[async_trait]
impl Doorkeeper for SqliteStore {
    async fn door(&self, slug: &Slug) -> Result<Option<Door>, StoreError> {
        Ok(self.shared.directory.tenant_of(slug).await?.map(|tenant| Door { tenant }))
    }

    async fn known_member(&self, tenant: TenantId, email: &Email) -> Result<Option<KnownMember>, StoreError> {
        let (mut held, epoch) = self.at_the_door(tenant).await?;
        let (id, email) = (tenant.uuid(), email.as_str());
        let found = held.optional(member!("AND email = ?", id, email)).await?;
        let Some(member) = read_one(found, tenant)? else { return Ok(None) };
        let of = member.id.uuid();
        let credential = held.optional(credential!("AND member = ?", id, of)).await?;
        let rules = rules_of(&mut held, tenant, &member).await?;
        Ok(Some(KnownMember { member, rules, credential: read_one(credential, tenant)?, epoch }))
    }

    async fn known_session(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownSession>, StoreError> {
        let (mut held, epoch) = self.at_the_door(tenant).await?;
        let (id, hash) = (tenant.uuid(), token_hash.as_slice());
        let found = held.optional(session!("AND token_hash = ?", id, hash)).await?;
        let Some(session) = read_one(found, tenant)? else { return Ok(None) };
        let of = session.member.uuid();
        let found = held.optional(member!("AND id = ?", id, of)).await?;
        let Some(member) = read_one(found, tenant)? else { return Ok(None) };
        let rules = rules_of(&mut held, tenant, &member).await?;
        drop(held);

        let lease = self.lease(tenant).await?;
        let mut house = lease.house().await?;
        let used = session.id.uuid();
        let used_at =
            sqlx::query_scalar!("SELECT at FROM session_use WHERE tenant_id = ? AND session = ?", id, used)
                .fetch_optional(house.conn()?)
                .await
                .map_err(failure)?
                .map(Timestamp::from_micros);
        Ok(Some(KnownSession { session, member, rules, used_at, epoch }))
    }

    async fn known_token(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownToken>, StoreError> {
        let (mut held, epoch) = self.at_the_door(tenant).await?;
        let (id, hash) = (tenant.uuid(), token_hash.as_slice());
        let found = held.optional(api_token!("AND token_hash = ?", id, hash)).await?;
        let Some(token) = read_one(found, tenant)? else { return Ok(None) };
        let of = token.member.uuid();
        let found = held.optional(member!("AND id = ?", id, of)).await?;
        let Some(member) = read_one(found, tenant)? else { return Ok(None) };
        let rules = rules_of(&mut held, tenant, &member).await?;
        Ok(Some(KnownToken { token, member, rules, epoch }))
    }

    async fn known_link(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownLink>, StoreError> {
        let (mut held, epoch) = self.at_the_door(tenant).await?;
        let (id, hash) = (tenant.uuid(), token_hash.as_slice());
        let found = held.optional(sent_link!("AND token_hash = ?", id, hash)).await?;
        let Some(link) = read_one(found, tenant)? else { return Ok(None) };
        let of = link.member.uuid();
        let found = held.optional(member!("AND id = ?", id, of)).await?;
        let Some(member) = read_one(found, tenant)? else { return Ok(None) };
        let rules = rules_of(&mut held, tenant, &member).await?;
        Ok(Some(KnownLink { link, member, rules, epoch }))
    }

    async fn known_till(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<(Till, Vec<KnownPin>)>, StoreError> {
        let (mut held, epoch) = self.at_the_door(tenant).await?;
        let (id, hash) = (tenant.uuid(), token_hash.as_slice());
        let found = held.optional(till!("AND token_hash = ?", id, hash)).await?;
        let Some(till) = read_one(found, tenant)? else { return Ok(None) };
        let pins = read_all(held.all(pin!("AND removed_at IS NULL ORDER BY member", id)).await?, tenant)?;
        let mut known = Vec::with_capacity(pins.len());
        for pin in pins {
            let of = pin.member.uuid();
            let found = held.optional(member!("AND id = ?", id, of)).await?;
            let Some(member) = read_one(found, tenant)? else { continue };
            let rules = rules_of(&mut held, tenant, &member).await?;
            known.push(KnownPin { pin, member, rules, epoch });
        }
        Ok(Some((till, known)))
    }
}
