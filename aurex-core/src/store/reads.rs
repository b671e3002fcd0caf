//! Reading, grouped by room. Every method answers for the reader's own tenant and no other; another tenant's id finds
//! nothing, exactly as an id that never existed.

use async_trait::async_trait;

use super::{Fact, KeptKey, LookupKey, Page, PageRequest, StoreError};
use crate::audit::{Entry, Head, Opening, Outcome};
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
use crate::time::{Date, Timestamp};

/// The result of a read.
pub type Read<T> = Result<T, StoreError>;

/// The workspace's own rows.
#[async_trait]
pub trait WorkspaceReads {
    /// The workspace.
    async fn workspace(&mut self) -> Read<Workspace>;
}

/// Members and what they sign in with.
#[async_trait]
pub trait MemberReads {
    /// A member.
    async fn member(&mut self, id: MemberId) -> Read<Option<Member>>;
    /// The member with this address.
    async fn member_by_email(&mut self, email: &Email) -> Read<Option<Member>>;
    /// Members, oldest first.
    async fn members(&mut self, page: PageRequest<MemberId>) -> Read<Page<Member, MemberId>>;
    /// A member's credential.
    async fn credential(&mut self, member: MemberId) -> Read<Option<Credential>>;
    /// A session.
    async fn session(&mut self, id: SessionId) -> Read<Option<Session>>;
    /// A member's sessions that are not closed.
    async fn open_sessions(&mut self, member: MemberId) -> Read<Vec<Session>>;
    /// A token.
    async fn api_token(&mut self, id: ApiTokenId) -> Read<Option<ApiToken>>;
    /// Tokens, oldest first, of one member or of all.
    async fn api_tokens(
        &mut self,
        of: Option<MemberId>,
        page: PageRequest<ApiTokenId>,
    ) -> Read<Page<ApiToken, ApiTokenId>>;
}

/// What else decides who may do what: second factors, custom roles, tills, links, approvals; and the mails about it.
#[async_trait]
pub trait AccessReads {
    /// A member's second factor, a removed one too.
    async fn second_factor(&mut self, member: MemberId) -> Read<Option<SecondFactor>>;
    /// A member's number, one that was taken away too.
    async fn pin(&mut self, member: MemberId) -> Read<Option<Pin>>;
    /// A custom role.
    async fn custom_role(&mut self, id: CustomRoleId) -> Read<Option<CustomRole>>;
    /// Custom roles, oldest first. There are a few dozen at most.
    async fn custom_roles(&mut self) -> Read<Vec<CustomRole>>;
    /// A till.
    async fn till(&mut self, id: TillId) -> Read<Option<Till>>;
    /// Tills, oldest first. There are a few dozen at most.
    async fn tills(&mut self) -> Read<Vec<Till>>;
    /// The sessions that are open on a till, oldest first.
    async fn sessions_on(&mut self, till: TillId) -> Read<Vec<Session>>;
    /// A link.
    async fn link(&mut self, id: LinkId) -> Read<Option<Link>>;
    /// A member's links that were not used or called back, oldest first.
    async fn open_links(&mut self, member: MemberId) -> Read<Vec<Link>>;
    /// An approval.
    async fn approval(&mut self, id: ApprovalId) -> Read<Option<Approval>>;
    /// Approvals, newest first, in one state or in any.
    async fn approvals(
        &mut self,
        state: Option<ApprovalState>,
        page: PageRequest<ApprovalId>,
    ) -> Read<Page<Approval, ApprovalId>>;
    /// Mails, oldest first.
    async fn mails(&mut self, page: PageRequest<MailId>) -> Read<Page<Mail, MailId>>;
}

/// One line of an account's ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostingLine {
    /// The posting.
    pub posting: Posting,
    /// Its entry's head.
    pub entry: JournalEntry,
}

/// Where a posting stands in ledgers: by date, then as recorded.
pub type PostingKey = (Date, JournalEntryId, u16);

/// A party's id, of whatever domain: the ledger knows that accounts may be a party's, and nothing of parties.
pub type PartyUuid = uuid::Uuid;

/// The ledger.
#[async_trait]
pub trait LedgerReads {
    /// The workspace's own accounts, and one party's when its UUID is named.
    async fn accounts_for(&mut self, party: Option<PartyUuid>) -> Read<Vec<Account>>;
    /// An account.
    async fn account(&mut self, id: AccountId) -> Read<Option<Account>>;
    /// Accounts, oldest first.
    async fn accounts(&mut self, page: PageRequest<AccountId>) -> Read<Page<Account, AccountId>>;
    /// The kept balances of these accounts; an account without postings is left out.
    async fn balances(&mut self, of: &[AccountId]) -> Read<Vec<Balance>>;
    /// An account's postings with effective dates in `from..=to`, in ledger order.
    async fn postings(
        &mut self,
        account: AccountId,
        from: Option<Date>,
        to: Option<Date>,
        page: PageRequest<PostingKey>,
    ) -> Read<Page<PostingLine, PostingKey>>;
    /// The sums of an account's postings effective before `date`.
    async fn balance_before(&mut self, account: AccountId, date: Date) -> Read<Option<Balance>>;
    /// Every account's sums of postings effective up to `as_of`; from the kept balances when there is none.
    async fn trial_balance(&mut self, as_of: Option<Date>) -> Read<Vec<(Account, Balance)>>;
    /// A journal entry with its postings.
    async fn journal(&mut self, id: JournalEntryId) -> Read<Option<(JournalEntry, Vec<Posting>)>>;
}

/// Which entries of the log are wanted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AuditFilter {
    /// By this actor's id.
    pub actor: Option<String>,
    /// Of this action.
    pub action: Option<String>,
    /// Of any action whose code begins with this word and a dot: `invoice` stands for `invoice.issue`,
    /// `invoice.cancel` and every other.
    pub group: Option<String>,
    /// About this subject's id.
    pub subject: Option<String>,
    /// Made at this instant or later.
    pub from: Option<Timestamp>,
    /// Made before this instant.
    pub to: Option<Timestamp>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
}

impl AuditFilter {
    /// How many entries one page is looked for in at most, where no index answers all conditions together. A page that
    /// was not filled by then is handed on with what it has, none if need be, and with where to go on from: no request
    /// runs long, however rare what it asks for.
    pub const WINDOW: u16 = 10_000;

    /// Whether `entry` is wanted: what a store's statement says, in one place.
    #[must_use]
    pub fn admits(&self, entry: &Entry) -> bool {
        let in_group = |group: &String| {
            entry.action.strip_prefix(group.as_str()).is_some_and(|rest| rest.starts_with('.'))
        };
        self.actor.as_ref().is_none_or(|actor| entry.actor.id == *actor)
            && self.action.as_ref().is_none_or(|action| entry.action == *action)
            && self.group.as_ref().is_none_or(in_group)
            && self.subject.as_ref().is_none_or(|subject| entry.subject_id == *subject)
            && self.from.is_none_or(|from| entry.at >= from)
            && self.to.is_none_or(|to| entry.at < to)
            && self.outcome.is_none_or(|outcome| entry.outcome == outcome)
    }
}

/// An entry as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// The entry.
    pub entry: Entry,
    /// Its bytes, as hashed.
    pub bytes: Vec<u8>,
    /// Its leaf, as stored.
    pub leaf: crate::audit::tree::Hash,
    /// What opens its commitments, but for what was erased.
    pub openings: Vec<Opening>,
}

/// The audit log and what is kept with it.
#[async_trait]
pub trait AuditReads {
    /// The head of the log.
    async fn head(&mut self) -> Read<Head>;
    /// Entries, newest first. A page may be short, or empty, and still have a next one: see [`AuditFilter::WINDOW`].
    async fn entries(&mut self, filter: &AuditFilter, page: PageRequest<u64>)
    -> Read<Page<StoredEntry, u64>>;
    /// The leaves of the entries `from..to`, in order; fewer where the log ends. Asked for some ten thousand at once.
    async fn leaves(&mut self, from: u64, to: u64) -> Read<Vec<crate::audit::tree::Hash>>;
    /// The bytes of the entries `from..to`, in order; fewer where the log ends. Asked for some hundred at once.
    async fn entry_bytes(&mut self, from: u64, to: u64) -> Read<Vec<Vec<u8>>>;
    /// A kept idempotency key.
    async fn kept_key(&mut self, lookup: &LookupKey) -> Read<Option<KeptKey>>;
    /// All rows of one table of facts, in the order of their keys: for reconciling, exporting and moving.
    async fn facts(&mut self, table: &str) -> Read<Vec<Fact>>;
    /// All kept balances.
    async fn all_balances(&mut self) -> Read<Vec<Balance>>;
}
