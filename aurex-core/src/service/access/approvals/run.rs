//! What was approved, done: decided on what is so now, within the approver's limits, and sealed with the approval.

use super::Command;
use crate::audit::Change;
#[cfg(feature = "shop")]
use crate::erasure::decide_erase_customer;
use crate::erasure::{PersonalErased, decide_erase_member};
use crate::identity::actions::{ChangeMember, DeleteWorkspace, ErasePersonal, ExportWorkspace};
use crate::identity::approvals::{ApprovalRefusal, Approved, Consent};
use crate::identity::deletion::decide_delete;
use crate::identity::mails::{Mail, MailKind};
use crate::identity::members::{MemberPatch, decide_change};
use crate::rbac::Permit;
use crate::refusal::{Fault, Refusal, RefusalKind};
use crate::service::access::deletion::tell_owners;
use crate::service::access::member_mails::told_of;
use crate::service::access::members::known_of;
use crate::service::archive::WorkspaceExported;
#[cfg(feature = "shop")]
use crate::service::erasure::known_customer;
use crate::service::erasure::known_member;
use crate::service::idempotency::Known;
#[cfg(feature = "shop")]
use crate::service::shop::{decided_cancel, decided_post, decided_reverse};
use crate::service::{Road, ServiceError};
#[cfg(feature = "shop")]
use crate::shop::actions::{CancelInvoice, PostRate, ReverseReceipt};
use crate::store::{Receipt, Scrub, Writer};
use crate::tenancy::{ExportId, Id as _, Scope};

/// The rest of the road.
pub(super) struct Going<'a> {
    pub(super) road: &'a Road,
    pub(super) scope: &'a Scope,
    pub(super) turn: Box<dyn Writer>,
    pub(super) key: Known,
    pub(super) consent: Consent,
    pub(super) mails: Vec<Mail>,
}

impl Going<'_> {
    async fn finish<C: Change + Send>(
        self,
        permit: Permit<'_, C::By>,
        change: C,
    ) -> Result<Receipt, ServiceError> {
        let approved = Approved::new(change, self.consent, self.mails);
        self.road.finish(self.turn, permit.seal(approved, &*self.road.entropy), self.key).await
    }

    async fn erase(
        self,
        permit: Permit<'_, ErasePersonal>,
        change: PersonalErased,
    ) -> Result<Receipt, ServiceError> {
        let store = std::sync::Arc::clone(&self.road.store);
        let receipt = self.finish(permit, change).await?;
        // It is erased, whatever comes of this; a store that could not do it now says so in its own log.
        let _ = store.scrub(receipt.tenant, Scrub::AtOnce).await;
        Ok(receipt)
    }
}

impl Command {
    pub(super) async fn run(self, mut going: Going<'_>) -> Result<Receipt, ServiceError> {
        let scope = going.scope;
        let turn = &mut *going.turn;
        match self {
            Self::MemberRole { member, role } => {
                let permit = scope.permit::<ChangeMember>()?;
                let member = turn.member(member).await?.ok_or(ServiceError::NotFound("member"))?;
                let known = known_of(turn, member, None).await?;
                let patch = MemberPatch { role: Some(role), ..MemberPatch::default() };
                let change = decide_change(&patch, &known, scope.member(), *permit.limits(), turn.now());
                let change = change.map_err(ServiceError::from).map_err(of_command)?;
                let mut change = change.ok_or(ApprovalRefusal::NothingToDo)?;
                change.mails = told_of(going.road, scope, turn, &change).await?;
                going.finish(permit, change).await
            }
            #[cfg(feature = "shop")]
            Self::InvoiceCancel { invoice, reason } => {
                let permit = scope.permit::<CancelInvoice>()?;
                let decided = decided_cancel(going.road, turn, permit.limits(), invoice, reason).await;
                let (change, _) = decided.map_err(of_command)?;
                going.finish(permit, change).await
            }
            #[cfg(feature = "shop")]
            Self::ReceiptReverse { receipt, reason } => {
                let permit = scope.permit::<ReverseReceipt>()?;
                let decided = decided_reverse(going.road, turn, receipt, reason).await;
                let (change, _) = decided.map_err(of_command)?;
                going.finish(permit, change).await
            }
            #[cfg(feature = "shop")]
            Self::RatePost(new) => {
                let permit = scope.permit::<PostRate>()?;
                let change =
                    decided_post(going.road, turn, &new, *permit.limits(), true).await.map_err(of_command)?;
                going.finish(permit, change).await
            }
            Self::WorkspaceExport { recipients } => {
                let permit = scope.permit::<ExportWorkspace>()?;
                // The archive has the approval's id: whoever writes it finds the one by the other.
                let id = ExportId::from_uuid(going.consent.approval().id.uuid());
                let recipients = recipients.iter().map(ToString::to_string).collect();
                going.finish(permit, WorkspaceExported { id, recipients }).await
            }
            Self::WorkspaceDelete { name, keeps_books } => {
                let permit = scope.permit::<DeleteWorkspace>()?;
                let change = decide_delete(turn.workspace().await?, name.as_str(), keeps_books, turn.now());
                let mut change = change.map_err(ServiceError::from).map_err(of_command)?;
                let (kind, end) = (MailKind::WorkspaceEnds, change.after.ends_at);
                change.mails = tell_owners(going.road, scope, turn, kind, end).await?;
                going.finish(permit, change).await
            }
            Self::MemberErase { member, basis, fields } => {
                let permit = scope.permit::<ErasePersonal>()?;
                let now = turn.now();
                let known = known_member(turn, member, now).await?;
                let change = decide_erase_member(&fields, basis, known, &going.consent);
                let change = change.map_err(ServiceError::Refused).map_err(of_command)?;
                going.erase(permit, change).await
            }
            #[cfg(feature = "shop")]
            Self::CustomerErase { customer, basis, fields } => {
                let permit = scope.permit::<ErasePersonal>()?;
                let now = turn.now();
                let known = known_customer(turn, customer, now).await?;
                let change = decide_erase_customer(&fields, basis, known, &going.consent);
                let change = change.map_err(ServiceError::Refused).map_err(of_command)?;
                going.erase(permit, change).await
            }
        }
    }
}

/// A refusal of what was asked for: its places are in the frozen command, not in what the approver sent.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct OfCommand(Box<dyn Refusal>);

fn of_command(error: ServiceError) -> ServiceError {
    match error {
        ServiceError::Refused(refusal) => OfCommand(refusal).into(),
        error => error,
    }
}

impl Refusal for OfCommand {
    fn kind(&self) -> RefusalKind {
        // The command was acceptable when it was asked for: whatever is wrong with it now, it is not the approver's body.
        match self.0.kind() {
            RefusalKind::Invalid => RefusalKind::Conflict,
            kind => kind,
        }
    }

    fn code(&self) -> &'static str {
        self.0.code()
    }

    fn pointer(&self) -> Option<String> {
        self.0.pointer().map(|pointer| format!("/command{pointer}"))
    }

    fn faults(&self) -> Vec<Fault> {
        let faults = self.0.faults().into_iter();
        faults.map(|fault| Fault { pointer: format!("/command{}", fault.pointer), ..fault }).collect()
    }
}
