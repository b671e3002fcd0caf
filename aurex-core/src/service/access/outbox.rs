//! The way out for mails: what a sender is given, and how it finds what was never noted.
//!
//! Mails stand in the changes that cause them; that one was sent is housekeeping. A sender that dies between the two
//! sends a mail again, never not at all.

use zeroize::Zeroizing;

use crate::chance::Entropy;
use crate::identity::actions::TendContacts;
use crate::identity::mails::Mail;
use crate::identity::vault::Cell;
use crate::rbac::Action as _;
use crate::service::{Road, ServiceError};
use crate::store::{PageRequest, StoreError};
use crate::tenancy::{Id as _, Job, MailId, Purpose, RequestFacts, Scope, TenantId, Workspace};
use crate::text::Name;
use crate::time::Timestamp;

/// The sender's purpose: it reads, and marks the workspace's own addresses where mail to them is refused.
#[derive(Debug)]
pub struct SendingMail;

impl Purpose for SendingMail {
    const NAME: &'static str = "mail";
    const ACTIONS: &'static [&'static str] = &[TendContacts::CODE];
}

/// A mail with its content opened.
#[derive(Debug)]
pub struct OpenedMail {
    /// Its row.
    pub mail: Mail,
    /// What is put into it, as JSON. It may hold a secret: it goes into the mail and nowhere else.
    pub content: Zeroizing<String>,
    /// What its member is called, if it is to one.
    pub name: Option<Name>,
    /// Whose it is.
    pub workspace: Workspace,
}

fn scope(job: &Job<SendingMail>, tenant: TenantId) -> Scope {
    job.scope(tenant, RequestFacts { request_id: "mail".to_owned(), ..RequestFacts::default() })
}

/// Opens a mail; `None` when there is no such, or when it was erased.
///
/// # Errors
/// [`ServiceError::Store`], also when its content does not open under the deployment's keys.
pub async fn open_mail(
    road: &Road,
    job: &Job<SendingMail>,
    tenant: TenantId,
    id: MailId,
) -> Result<Option<OpenedMail>, ServiceError> {
    let mut reader = road.store.reader(&scope(job, tenant)).await?;
    let before = MailId::from_uuid(uuid::Uuid::from_u128(id.uuid().as_u128().saturating_sub(1)));
    let page = reader.mails(PageRequest { after: Some(before), limit: 1 }).await?;
    // Whose address was erased gets nothing any more.
    let theirs = page.items.into_iter().find(|mail| mail.id == id);
    let Some(mail) = theirs.filter(|mail| mail.recipient.is_some()) else { return Ok(None) };
    let row = mail.id.to_string();
    let cell = Cell { tenant, table: "mail", column: "content", row: &row };
    let content = road.secrets.vault.open(cell, mail.content.as_bytes()).map_err(StoreError::failed)?;
    let name = match mail.member {
        Some(member) => reader.member(member).await?.map(|member| member.name),
        None => None,
    };
    Ok(Some(OpenedMail { mail, content, name, workspace: reader.workspace().await? }))
}

/// Notes every mail of a tenant that was put down after `since`; those that were noted before stay as they are. A sender
/// does this when it starts: what a process that was killed did not note is found. Returns how many it looked at.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn note_mails_since(
    road: &Road,
    job: &Job<SendingMail>,
    tenant: TenantId,
    since: Timestamp,
) -> Result<usize, ServiceError> {
    struct First;
    impl Entropy for First {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }
    let mut reader = road.store.reader(&scope(job, tenant)).await?;
    let mut after = MailId::new(since, &First);
    let mut found = 0_usize;
    loop {
        let page = reader.mails(PageRequest { after: Some(after), limit: 100 }).await?;
        let ids: Vec<MailId> = page.items.iter().map(|mail| mail.id).collect();
        found = found.saturating_add(ids.len());
        if !ids.is_empty() {
            road.store.note_mails(tenant, &ids, road.clock.now()).await?;
        }
        match page.next {
            Some(next) => after = next,
            None => return Ok(found),
        }
    }
}
