//! The workspace's own rows, members, and what they sign in with.

use async_trait::async_trait;
use aurex_core::identity::member::{ApiToken, Credential, Member, Session};
use aurex_core::shop::business::Business;
use aurex_core::store::{BusinessReads, MemberReads, Page, PageRequest, Read, StoreError, WorkspaceReads};
use aurex_core::tenancy::{ApiTokenId, Id as _, MemberId, SessionId, Workspace};
use aurex_core::text::Email;

use super::{after, paged};
use crate::rows::{api_token, business, credential, member, read_all, read_one, session, workspace};
use crate::turn::SqliteTurn;

pub(super) fn missing(what: &'static str) -> StoreError {
    StoreError::corrupt(format!("the workspace has no {what}"))
}

#[async_trait]
impl WorkspaceReads for SqliteTurn<'_> {
    async fn workspace(&mut self) -> Read<Workspace> {
        if !self.held.is_sound() {
            return Err(StoreError::Spoiled);
        }
        if let Some(workspace) = &self.workspace {
            return Ok(workspace.clone());
        }
        let row = self.held.optional(workspace!("", self.tenant.uuid())).await?;
        let workspace = read_one(row, self.tenant)?.ok_or_else(|| missing("row"))?;
        self.workspace = Some(workspace.clone());
        Ok(workspace)
    }
}

#[async_trait]
impl BusinessReads for SqliteTurn<'_> {
    async fn business(&mut self) -> Read<Business> {
        let row = self.held.optional(business!("", self.tenant.uuid())).await?;
        read_one(row, self.tenant)?.ok_or_else(|| missing("particulars"))
    }
}

#[async_trait]
impl MemberReads for SqliteTurn<'_> {
    async fn member(&mut self, id: MemberId) -> Read<Option<Member>> {
        let row = self.held.optional(member!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn member_by_email(&mut self, email: &Email) -> Read<Option<Member>> {
        let row = self.held.optional(member!("AND email = ?", self.tenant.uuid(), email.as_str())).await?;
        read_one(row, self.tenant)
    }

    async fn members(&mut self, page: PageRequest<MemberId>) -> Read<Page<Member, MemberId>> {
        let (from, limit) = after(page);
        let rows = member!("AND id > ? ORDER BY id LIMIT ?", self.tenant.uuid(), from, limit);
        paged(self.held.all(rows).await?, self.tenant, page.limit, |member| member.id)
    }

    async fn credential(&mut self, member: MemberId) -> Read<Option<Credential>> {
        let row =
            self.held.optional(credential!("AND member = ?", self.tenant.uuid(), member.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn session(&mut self, id: SessionId) -> Read<Option<Session>> {
        let row = self.held.optional(session!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn open_sessions(&mut self, member: MemberId) -> Read<Vec<Session>> {
        let open =
            session!("AND member = ? AND closed_at IS NULL ORDER BY id", self.tenant.uuid(), member.uuid());
        read_all(self.held.all(open).await?, self.tenant)
    }

    async fn api_token(&mut self, id: ApiTokenId) -> Read<Option<ApiToken>> {
        let row = self.held.optional(api_token!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn api_tokens(
        &mut self,
        of: Option<MemberId>,
        page: PageRequest<ApiTokenId>,
    ) -> Read<Page<ApiToken, ApiTokenId>> {
        let (from, limit) = after(page);
        let of = of.map(|member| member.uuid());
        let rows = api_token!(
            "AND id > ? AND member = coalesce(?, member) ORDER BY id LIMIT ?",
            self.tenant.uuid(),
            from,
            of,
            limit
        );
        paged(self.held.all(rows).await?, self.tenant, page.limit, |token| token.id)
    }
}
