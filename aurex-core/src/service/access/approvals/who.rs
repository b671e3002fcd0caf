//! Who could approve a command, and who is told.

use serde_json::json;

use super::Command;
use crate::identity::actions::{
    ChangeMember, DecideApproval, DeleteWorkspace, ErasePersonal, ExportWorkspace, ReadMembers,
};
use crate::identity::approvals::Approval;
use crate::identity::mails::{Mail, MailKind};
use crate::identity::member::Member;
use crate::identity::roles::CustomRole;
use crate::rbac::{Action, Denied, Role};
use crate::service::access::audience::{active_members, active_owners};
use crate::service::access::letters::told;
use crate::service::{Road, ServiceError};
#[cfg(feature = "shop")]
use crate::shop::actions::{
    CancelInvoice, PostRate, ReadCustomers, ReadInvoices, ReadRates, ReadReceipts, ReverseReceipt,
};
use crate::store::{StoreError, Writer};
use crate::tenancy::Scope;
use crate::text::Note;

/// Whether a role, less what a custom role takes from it, holds the action.
fn holds<A: Action>(role: Role, custom: Option<&CustomRole>) -> bool {
    let is_withheld = custom.is_some_and(|custom| custom.withheld.iter().any(|code| code == A::CODE));
    A::GRANTS.of(role).is_some() && !is_withheld
}

impl Command {
    /// Whether `scope` sees what the command is about: nobody asks about what they would be told nothing of.
    pub(super) fn is_seen_by(&self, scope: &Scope) -> Result<(), Denied> {
        match self {
            Self::MemberRole { .. } => scope.permit::<ReadMembers>().map(drop),
            #[cfg(feature = "shop")]
            Self::InvoiceCancel { .. } => scope.permit::<ReadInvoices>().map(drop),
            #[cfg(feature = "shop")]
            Self::ReceiptReverse { .. } => scope.permit::<ReadReceipts>().map(drop),
            #[cfg(feature = "shop")]
            Self::RatePost(_) => scope.permit::<ReadRates>().map(drop),
            // Asking is half of it: only who could be the second person is the first.
            Self::WorkspaceExport { .. } => scope.permit::<ExportWorkspace>().map(drop),
            Self::WorkspaceDelete { .. } => scope.permit::<DeleteWorkspace>().map(drop),
            Self::MemberErase { .. } => scope.permit::<ErasePersonal>().map(drop),
            #[cfg(feature = "shop")]
            Self::CustomerErase { .. } => {
                scope.permit::<ErasePersonal>().and(scope.permit::<ReadCustomers>()).map(drop)
            }
        }
    }

    /// Whether `scope` may do it, within whatever limits.
    pub(super) fn is_held_by(&self, scope: &Scope) -> Result<(), Denied> {
        match self {
            Self::MemberRole { .. } => scope.permit::<ChangeMember>().map(drop),
            #[cfg(feature = "shop")]
            Self::InvoiceCancel { .. } => scope.permit::<CancelInvoice>().map(drop),
            #[cfg(feature = "shop")]
            Self::ReceiptReverse { .. } => scope.permit::<ReverseReceipt>().map(drop),
            #[cfg(feature = "shop")]
            Self::RatePost(_) => scope.permit::<PostRate>().map(drop),
            Self::WorkspaceExport { .. } => scope.permit::<ExportWorkspace>().map(drop),
            Self::WorkspaceDelete { .. } => scope.permit::<DeleteWorkspace>().map(drop),
            Self::MemberErase { .. } => scope.permit::<ErasePersonal>().map(drop),
            #[cfg(feature = "shop")]
            Self::CustomerErase { .. } => scope.permit::<ErasePersonal>().map(drop),
        }
    }

    fn is_for(&self, role: Role, custom: Option<&CustomRole>) -> bool {
        let does = match self {
            Self::MemberRole { .. } => holds::<ChangeMember>(role, custom),
            #[cfg(feature = "shop")]
            Self::InvoiceCancel { .. } => holds::<CancelInvoice>(role, custom),
            #[cfg(feature = "shop")]
            Self::ReceiptReverse { .. } => holds::<ReverseReceipt>(role, custom),
            #[cfg(feature = "shop")]
            Self::RatePost(_) => holds::<PostRate>(role, custom),
            Self::WorkspaceExport { .. } => holds::<ExportWorkspace>(role, custom),
            Self::WorkspaceDelete { .. } => holds::<DeleteWorkspace>(role, custom),
            Self::MemberErase { .. } => holds::<ErasePersonal>(role, custom),
            #[cfg(feature = "shop")]
            Self::CustomerErase { .. } => holds::<ErasePersonal>(role, custom),
        };
        does && holds::<DecideApproval>(role, custom)
    }

    fn title(&self) -> &'static str {
        let title = match self {
            Self::MemberRole { .. } => ChangeMember::TITLE,
            #[cfg(feature = "shop")]
            Self::InvoiceCancel { .. } => CancelInvoice::TITLE,
            #[cfg(feature = "shop")]
            Self::ReceiptReverse { .. } => ReverseReceipt::TITLE,
            #[cfg(feature = "shop")]
            Self::RatePost(_) => PostRate::TITLE,
            Self::WorkspaceExport { .. } => ExportWorkspace::TITLE,
            Self::WorkspaceDelete { .. } => DeleteWorkspace::TITLE,
            Self::MemberErase { .. } => "Erase a former member's personal data",
            #[cfg(feature = "shop")]
            Self::CustomerErase { .. } => "Erase a customer's personal data",
        };
        title.trim().trim_end_matches('.')
    }
}

/// The active members whose roles hold what it takes to approve `command`. Whether their limits reach is decided when
/// they do.
pub(super) async fn could_approve(
    turn: &mut dyn Writer,
    command: &Command,
) -> Result<Vec<Member>, StoreError> {
    let custom = turn.custom_roles().await?;
    let custom_of = |member: &Member| custom.iter().find(|role| Some(role.id) == member.custom_role);
    let mut members = active_members(turn).await?;
    members.retain(|member| command.is_for(member.role, custom_of(member)));
    Ok(members)
}

/// What those who could approve it are told: who asks, for what, until when.
pub(super) async fn tell_approvers(
    road: &Road,
    scope: &Scope,
    turn: &mut dyn Writer,
    command: &Command,
    approval: &Approval,
) -> Result<Vec<Mail>, ServiceError> {
    let (could, now) = (could_approve(turn, command).await?, turn.now());
    let asker = turn.member(approval.asked_by).await?;
    let content = [
        ("by", json!(asker.map(|asker| asker.name.to_string()))),
        ("what", json!(command.title())),
        ("until", json!(approval.expires_at.to_string())),
    ];
    // That a workspace shall go is told to who asked as well: it may not have been they.
    let is_for_all = matches!(command, Command::WorkspaceDelete { .. });
    let others = could.iter().filter(|member| is_for_all || member.id != approval.asked_by);
    let told = others.map(|to| told(road, scope, MailKind::ApprovalAsked, to, now, content.clone()));
    Ok(told.collect::<Result<_, _>>()?)
}

/// What every owner is told when somebody approved alone.
pub(super) async fn tell_owners(
    road: &Road,
    scope: &Scope,
    turn: &mut dyn Writer,
    command: &Command,
    by: &Member,
    why: Option<&Note>,
) -> Result<Vec<Mail>, ServiceError> {
    let content = [
        ("by", json!(by.name.as_str())),
        ("what", json!(command.title())),
        ("why", json!(why.map(Note::as_str))),
    ];
    let (owners, now) = (active_owners(turn).await?, turn.now());
    let told = owners.iter().map(|to| told(road, scope, MailKind::LoneApproval, to, now, content.clone()));
    Ok(told.collect::<Result<_, _>>()?)
}
