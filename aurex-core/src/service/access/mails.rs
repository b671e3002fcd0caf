//! Mails: rows that go into the change which causes them. Sending is somebody else's, later.

use crate::identity::mails::{Mail, MailKind};
use crate::identity::member::Member;
use crate::identity::vault::{Cell, Ciphertext};
use crate::service::Road;
use crate::store::StoreError;
use crate::tenancy::{MailId, TenantId};
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
    let id = MailId::new(now, &*road.entropy);
    let cell = Cell { tenant, table: "mail", column: "content", row: &id.to_string() };
    let sealed = road.secrets.vault.seal(cell, &content.to_string(), &*road.entropy);
    Ok(Mail {
        id,
        kind,
        member: Some(to.id),
        recipient: Some(to.email.clone()),
        content: Ciphertext::new(sealed.map_err(StoreError::failed)?),
        queued_at: now,
    })
}
