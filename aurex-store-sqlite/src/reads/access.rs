//! What else decides who may do what, and the mails about it.

use async_trait::async_trait;
use aurex_core::identity::approvals::{Approval, ApprovalState};
use aurex_core::identity::links::Link;
use aurex_core::identity::mails::Mail;
use aurex_core::identity::member::{Pin, SecondFactor, Session};
use aurex_core::identity::roles::CustomRole;
use aurex_core::identity::tills::Till;
use aurex_core::store::{AccessReads, Page, PageRequest, Read};
use aurex_core::tenancy::{ApprovalId, CustomRoleId, Id as _, LinkId, MailId, MemberId, TillId};

use super::{after, before, paged};
use crate::rows::{
    approval, custom_role, mail, pin, read_all, read_one, second_factor, sent_link, session, till,
};
use crate::turn::SqliteTurn;

#[async_trait]
impl AccessReads for SqliteTurn<'_> {
    async fn second_factor(&mut self, member: MemberId) -> Read<Option<SecondFactor>> {
        let row =
            self.held.optional(second_factor!("AND member = ?", self.tenant.uuid(), member.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn pin(&mut self, member: MemberId) -> Read<Option<Pin>> {
        let row = self.held.optional(pin!("AND member = ?", self.tenant.uuid(), member.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn custom_role(&mut self, id: CustomRoleId) -> Read<Option<CustomRole>> {
        let row = self.held.optional(custom_role!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn custom_roles(&mut self) -> Read<Vec<CustomRole>> {
        let rows = custom_role!("ORDER BY id", self.tenant.uuid());
        read_all(self.held.all(rows).await?, self.tenant)
    }

    async fn till(&mut self, id: TillId) -> Read<Option<Till>> {
        let row = self.held.optional(till!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn tills(&mut self) -> Read<Vec<Till>> {
        let rows = till!("ORDER BY id", self.tenant.uuid());
        read_all(self.held.all(rows).await?, self.tenant)
    }

    async fn sessions_on(&mut self, till: TillId) -> Read<Vec<Session>> {
        let rows =
            session!("AND till = ? AND closed_at IS NULL ORDER BY id", self.tenant.uuid(), till.uuid());
        read_all(self.held.all(rows).await?, self.tenant)
    }

    async fn link(&mut self, id: LinkId) -> Read<Option<Link>> {
        let row = self.held.optional(sent_link!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn open_links(&mut self, member: MemberId) -> Read<Vec<Link>> {
        let rows =
            sent_link!("AND member = ? AND used_at IS NULL ORDER BY id", self.tenant.uuid(), member.uuid());
        read_all(self.held.all(rows).await?, self.tenant)
    }

    async fn approval(&mut self, id: ApprovalId) -> Read<Option<Approval>> {
        let row = self.held.optional(approval!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn approvals(
        &mut self,
        state: Option<ApprovalState>,
        page: PageRequest<ApprovalId>,
    ) -> Read<Page<Approval, ApprovalId>> {
        let (from, limit) = before(page);
        let tenant = self.tenant.uuid();
        // Two statements, because one with “this state or any” has no plan that is good for both.
        let rows = match state.map(ApprovalState::code) {
            Some(state) => {
                let rows = approval!(
                    "AND state = ? AND id < ? ORDER BY id DESC LIMIT ?",
                    tenant,
                    state,
                    from,
                    limit
                );
                self.held.all(rows).await?
            }
            None => {
                let rows = approval!("AND id < ? ORDER BY id DESC LIMIT ?", tenant, from, limit);
                self.held.all(rows).await?
            }
        };
        paged(rows, self.tenant, page.limit, |approval| approval.id)
    }

    async fn mails(&mut self, page: PageRequest<MailId>) -> Read<Page<Mail, MailId>> {
        let (from, limit) = after(page);
        let rows = mail!("AND id > ? ORDER BY id LIMIT ?", self.tenant.uuid(), from, limit);
        paged(self.held.all(rows).await?, self.tenant, page.limit, |mail| mail.id)
    }
}
