//! Mails: rows that go into the change which causes them. Sending is somebody else's, later.

use crate::identity::mails::{Mail, MailKind};
use crate::identity::member::Member;
use crate::identity::vault::{Cell, Ciphertext};
use crate::service::Road;
use crate::store::StoreError;
use crate::tenancy::{MailId, MemberId, TenantId};
use crate::text::Email;
use crate::time::Timestamp;

/// A mail to a member, its content sealed for its own cell.
///
/// # Errors
/// [`StoreError::Failed`] when the content is longer than the cipher takes, which none is.
pub(in crate::service) fn mail_row(
    road: &Road,
    tenant: TenantId,
    kind: MailKind,
    to: &Member,
    content: &serde_json::Value,
    now: Timestamp,
) -> Result<Mail, StoreError> {
    mail_to(road, tenant, kind, (Some(to.id), &to.email), &content.to_string(), now)
}

/// The same to an address, which need not be a member's.
pub(super) fn mail_to(
    road: &Road,
    tenant: TenantId,
    kind: MailKind,
    (member, recipient): (Option<MemberId>, &Email),
    content: &str,
    now: Timestamp,
) -> Result<Mail, StoreError> {
    let id = MailId::new(now, &*road.entropy);
    let cell = Cell { tenant, table: "mail", column: "content", row: &id.to_string() };
    let sealed = road.secrets.vault.seal(cell, content, &*road.entropy);
    Ok(Mail {
        id,
        kind,
        member,
        recipient: Some(recipient.clone()),
        content: Ciphertext::new(sealed.map_err(StoreError::failed)?),
        queued_at: now,
    })
}
