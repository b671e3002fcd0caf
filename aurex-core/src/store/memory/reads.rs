//! Reading the reference store: filter, sort, cut.

use std::sync::Arc;

use async_trait::async_trait;

use super::super::*;
use super::Opened;
use super::state::State;
use crate::audit::Head;
use crate::audit::tree::Hash;
use crate::identity::approvals::{Approval, ApprovalState};
use crate::identity::links::Link;
use crate::identity::mails::Mail;
use crate::identity::member::{ApiToken, Credential, Member, Pin, SecondFactor, Session};
use crate::identity::roles::CustomRole;
use crate::identity::tills::Till;
use crate::ledger::{Account, AccountId, Balance, JournalEntry, JournalEntryId, Posting};
use crate::tenancy::{
    ApiTokenId, ApprovalId, CustomRoleId, LinkId, MailId, MemberId, SessionId, TillId, Workspace,
};
use crate::text::Email;
use crate::time::Date;

/// A page in the order of rising keys.
pub(super) fn forward<T: Clone, K: Ord + Copy>(
    rows: impl Iterator<Item = T>,
    key: impl Fn(&T) -> K,
    page: PageRequest<K>,
) -> Page<T, K> {
    let rows = rows.filter(|row| page.after.is_none_or(|after| key(row) > after));
    Page::of(rows.take(usize::from(page.limit) + 1).collect(), page.limit, key)
}

/// A page in the order of falling keys.
pub(super) fn backward<T: Clone, K: Ord + Copy>(
    rows: impl DoubleEndedIterator<Item = T>,
    key: impl Fn(&T) -> K,
    page: PageRequest<K>,
) -> Page<T, K> {
    let rows = rows.rev().filter(|row| page.after.is_none_or(|after| key(row) < after));
    Page::of(rows.take(usize::from(page.limit) + 1).collect(), page.limit, key)
}

pub(super) fn missing(what: &'static str) -> StoreError {
    StoreError::corrupt(format!("the workspace has no {what}"))
}

impl State {
    pub(super) fn workspace(&self) -> Read<Workspace> {
        self.rows::<Workspace>().next().cloned().ok_or_else(|| missing("row"))
    }

    pub(super) fn accounts_for(&self, party: Option<uuid::Uuid>) -> Vec<Account> {
        self.rows::<Account>()
            .filter(|account| account.party.is_none() || account.party == party)
            .cloned()
            .collect()
    }

    pub(super) fn posting_lines(&self, account: AccountId) -> Vec<PostingLine> {
        let mut lines: Vec<PostingLine> = self
            .rows::<Posting>()
            .filter(|posting| posting.account == account)
            .filter_map(|posting| {
                let entry = self.get::<JournalEntry>(&[&posting.entry])?.clone();
                Some(PostingLine { posting: posting.clone(), entry })
            })
            .collect();
        lines.sort_by_key(ledger_place);
        lines
    }
}

pub(super) fn ledger_place(line: &PostingLine) -> PostingKey {
    (line.posting.effective, line.posting.entry, line.posting.line)
}

pub(super) fn summed(account: &Account, postings: impl Iterator<Item = i64>) -> Read<Option<Balance>> {
    let mut balance = Balance { account: account.id, commodity: account.commodity, debit: 0, credit: 0 };
    let mut any = false;
    for amount in postings {
        any = true;
        let side = if amount > 0 { &mut balance.debit } else { &mut balance.credit };
        *side = amount
            .checked_abs()
            .and_then(|amount| side.checked_add(amount))
            .ok_or_else(|| StoreError::corrupt("a sum is out of range"))?;
    }
    Ok(any.then_some(balance))
}

#[async_trait]
impl WorkspaceReads for Opened {
    async fn workspace(&mut self) -> Read<Workspace> {
        self.state()?.workspace()
    }
}

#[async_trait]
impl MemberReads for Opened {
    async fn member(&mut self, id: MemberId) -> Read<Option<Member>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn member_by_email(&mut self, email: &Email) -> Read<Option<Member>> {
        Ok(self.state()?.find::<Member>(|member| member.email == *email).cloned())
    }
    async fn members(&mut self, page: PageRequest<MemberId>) -> Read<Page<Member, MemberId>> {
        Ok(forward(self.state()?.rows::<Member>().cloned(), |member| member.id, page))
    }
    async fn credential(&mut self, member: MemberId) -> Read<Option<Credential>> {
        Ok(self.state()?.get(&[&member]).cloned())
    }
    async fn session(&mut self, id: SessionId) -> Read<Option<Session>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn open_sessions(&mut self, member: MemberId) -> Read<Vec<Session>> {
        let open = |session: &&Session| session.member == member && session.closed_at.is_none();
        Ok(self.state()?.rows::<Session>().filter(open).cloned().collect())
    }
    async fn api_token(&mut self, id: ApiTokenId) -> Read<Option<ApiToken>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn api_tokens(
        &mut self,
        of: Option<MemberId>,
        page: PageRequest<ApiTokenId>,
    ) -> Read<Page<ApiToken, ApiTokenId>> {
        let tokens = self.state()?.rows::<ApiToken>().filter(|token| of.is_none_or(|of| token.member == of));
        Ok(forward(tokens.cloned(), |token| token.id, page))
    }
}

#[async_trait]
impl AccessReads for Opened {
    async fn second_factor(&mut self, member: MemberId) -> Read<Option<SecondFactor>> {
        Ok(self.state()?.get(&[&member]).cloned())
    }
    async fn pin(&mut self, member: MemberId) -> Read<Option<Pin>> {
        Ok(self.state()?.get(&[&member]).cloned())
    }
    async fn custom_role(&mut self, id: CustomRoleId) -> Read<Option<CustomRole>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn custom_roles(&mut self) -> Read<Vec<CustomRole>> {
        Ok(self.state()?.rows().cloned().collect())
    }
    async fn till(&mut self, id: TillId) -> Read<Option<Till>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn tills(&mut self) -> Read<Vec<Till>> {
        Ok(self.state()?.rows().cloned().collect())
    }
    async fn sessions_on(&mut self, till: TillId) -> Read<Vec<Session>> {
        let open = |session: &&Session| session.till == Some(till) && session.closed_at.is_none();
        Ok(self.state()?.rows::<Session>().filter(open).cloned().collect())
    }
    async fn link(&mut self, id: LinkId) -> Read<Option<Link>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn open_links(&mut self, member: MemberId) -> Read<Vec<Link>> {
        let open = |link: &&Link| link.member == member && link.used_at.is_none();
        Ok(self.state()?.rows::<Link>().filter(open).cloned().collect())
    }
    async fn approval(&mut self, id: ApprovalId) -> Read<Option<Approval>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn approvals(
        &mut self,
        state: Option<ApprovalState>,
        page: PageRequest<ApprovalId>,
    ) -> Read<Page<Approval, ApprovalId>> {
        let wanted = |approval: &&Approval| state.is_none_or(|state| approval.state == state);
        Ok(backward(self.state()?.rows::<Approval>().filter(wanted).cloned(), |approval| approval.id, page))
    }
    async fn mails(&mut self, page: PageRequest<MailId>) -> Read<Page<Mail, MailId>> {
        Ok(forward(self.state()?.rows::<Mail>().cloned(), |mail| mail.id, page))
    }
}

#[async_trait]
impl LedgerReads for Opened {
    async fn accounts_for(&mut self, party: Option<uuid::Uuid>) -> Read<Vec<Account>> {
        Ok(self.state()?.accounts_for(party))
    }
    async fn account(&mut self, id: AccountId) -> Read<Option<Account>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn accounts(&mut self, page: PageRequest<AccountId>) -> Read<Page<Account, AccountId>> {
        Ok(forward(self.state()?.rows::<Account>().cloned(), |account| account.id, page))
    }
    async fn balances(&mut self, of: &[AccountId]) -> Read<Vec<Balance>> {
        let balances = &self.state()?.balances;
        Ok(of.iter().filter_map(|id| balances.get(id).copied()).collect())
    }
    async fn postings(
        &mut self,
        account: AccountId,
        from: Option<Date>,
        to: Option<Date>,
        page: PageRequest<PostingKey>,
    ) -> Read<Page<PostingLine, PostingKey>> {
        let lines = self.state()?.posting_lines(account).into_iter().filter(|line| {
            from.is_none_or(|from| line.posting.effective >= from)
                && to.is_none_or(|to| line.posting.effective <= to)
        });
        Ok(forward(lines, ledger_place, page))
    }
    async fn balance_before(&mut self, account: AccountId, date: Date) -> Read<Option<Balance>> {
        let Some(row) = self.state()?.get::<Account>(&[&account]) else { return Ok(None) };
        let before = self.state()?.rows::<Posting>().filter(|p| p.account == account && p.effective < date);
        summed(row, before.map(|posting| posting.amount))
    }
    async fn trial_balance(&mut self, as_of: Option<Date>) -> Read<Vec<(Account, Balance)>> {
        let mut rows = Vec::new();
        for account in self.state()?.rows::<Account>() {
            let balance = match as_of {
                None => self.state()?.balances.get(&account.id).copied(),
                Some(date) => {
                    let upto = |p: &&Posting| p.account == account.id && p.effective <= date;
                    summed(account, self.state()?.rows::<Posting>().filter(upto).map(|p| p.amount))?
                }
            };
            rows.extend(balance.map(|balance| (account.clone(), balance)));
        }
        rows.sort_by(|(a, _), (b, _)| a.code.cmp(&b.code));
        Ok(rows)
    }
    async fn journal(&mut self, id: JournalEntryId) -> Read<Option<(JournalEntry, Vec<Posting>)>> {
        let Some(entry) = self.state()?.get::<JournalEntry>(&[&id]) else { return Ok(None) };
        let postings =
            self.state()?.rows::<Posting>().filter(|posting| posting.entry == id).cloned().collect();
        Ok(Some((entry.clone(), postings)))
    }
}

fn part(entries: &[Arc<StoredEntry>], from: u64, to: u64) -> impl Iterator<Item = &Arc<StoredEntry>> {
    let place = |seq| usize::try_from(seq).unwrap_or(usize::MAX);
    entries.iter().skip(place(from)).take(place(to.saturating_sub(from)))
}

#[async_trait]
impl AuditReads for Opened {
    async fn head(&mut self) -> Read<Head> {
        Ok(self.state()?.head.clone())
    }
    async fn entries(
        &mut self,
        filter: &AuditFilter,
        page: PageRequest<u64>,
    ) -> Read<Page<StoredEntry, u64>> {
        let wanted = |stored: &&Arc<StoredEntry>| filter.admits(&stored.entry);
        let rows = self.state()?.entries.iter().filter(wanted).map(|stored| StoredEntry::clone(stored));
        Ok(backward(rows, |stored| stored.entry.seq, page))
    }
    async fn leaves(&mut self, from: u64, to: u64) -> Read<Vec<Hash>> {
        Ok(part(&self.state()?.entries, from, to).map(|stored| stored.leaf).collect())
    }
    async fn entry_bytes(&mut self, from: u64, to: u64) -> Read<Vec<Vec<u8>>> {
        Ok(part(&self.state()?.entries, from, to).map(|stored| stored.bytes.clone()).collect())
    }
    async fn kept_key(&mut self, lookup: &LookupKey) -> Read<Option<KeptKey>> {
        Ok(self.state()?.kept_key(lookup).cloned())
    }
    async fn facts(&mut self, table: &str) -> Read<Vec<Fact>> {
        Ok(self.state()?.facts(table))
    }
    async fn all_balances(&mut self) -> Read<Vec<Balance>> {
        Ok(self.state()?.balances.values().copied().collect())
    }
}
