//! Asking a second person.

use super::who::tell_approvers;
use super::{AskedCommand, Command, MISSING};
#[cfg(feature = "shop")]
use crate::erasure::may_erase_customer;
use crate::erasure::may_erase_member;
use crate::identity::actions::RequestApproval;
use crate::identity::approvals::{Approval, ApprovalState, AskKnown, NewApproval, decide_ask};
use crate::identity::deletion::may_ask;
use crate::rbac::Action as _;
#[cfg(feature = "shop")]
use crate::service::erasure::known_customer;
use crate::service::erasure::known_member;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::store::{PageRequest, Writer};
use crate::tenancy::{ApprovalId, Scope};

/// Asks for a command that somebody else shall let happen. Those who could approve it are told by mail.
///
/// # Errors
/// [`ServiceError::NotFound`] when what the command is about is not there,
/// [`ApprovalRefusal`](crate::identity::approvals::ApprovalRefusal), [`ServiceError::NotSignedIn`] without a session of
/// ours, and what every write can answer.
pub async fn ask_approval(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    asked: &AskedCommand,
) -> Result<Done<Approval>, ServiceError> {
    let permit = scope.permit::<RequestApproval>()?;
    asked.command.is_seen_by(scope)?;
    let (asker, session) = scope.member().zip(scope.session()).ok_or(ServiceError::NotSignedIn)?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, RequestApproval::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| MISSING)?;
        return Ok(Done::before(turn.approval(id).await?.ok_or(MISSING)?));
    }
    asked.command.is_about_something(&mut *turn).await?;
    let now = turn.now();
    // Two hundred of the newest: nobody has more than a few of them, and nobody more waiting than they may.
    let waiting = turn.approvals(Some(ApprovalState::Waiting), PageRequest::first(200)).await?.items;
    let new = NewApproval {
        action: asked.command.action(),
        subject: asked.command.subject(),
        command: asked.freeze(),
    };
    let known = AskKnown { asker, session, waiting, now };
    let mut change = decide_ask(new, &known, ApprovalId::new(now, &*road.entropy))?;
    change.mails = tell_approvers(road, scope, &mut *turn, &asked.command, &change.approval).await?;
    let approval = change.approval.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(approval, receipt))
}

impl Command {
    /// What it is about is here; another workspace's is nowhere.
    async fn is_about_something(&self, turn: &mut dyn Writer) -> Result<(), ServiceError> {
        let (is_here, what) = match self {
            Self::MemberRole { member, .. } => (turn.member(*member).await?.is_some(), "member"),
            #[cfg(feature = "shop")]
            Self::InvoiceCancel { invoice, .. } => (turn.invoice(*invoice).await?.is_some(), "invoice"),
            #[cfg(feature = "shop")]
            Self::ReceiptReverse { receipt, .. } => (turn.receipt(*receipt).await?.is_some(), "receipt"),
            Self::WorkspaceExport { .. } => (true, "workspace"),
            Self::WorkspaceDelete { name, keeps_books } => {
                may_ask(&turn.workspace().await?, name.as_str(), *keeps_books)?;
                (true, "workspace")
            }
            #[cfg(feature = "shop")]
            Self::RatePost(_) => (true, "rate"),
            // Nobody is asked to approve what the law would refuse.
            Self::MemberErase { member, fields, .. } => {
                let now = turn.now();
                let known = known_member(turn, *member, now).await?;
                may_erase_member(fields, &known).map_err(ServiceError::Refused)?;
                (true, "member")
            }
            #[cfg(feature = "shop")]
            Self::CustomerErase { customer, fields, .. } => {
                let now = turn.now();
                let known = known_customer(turn, *customer, now).await?;
                may_erase_customer(fields, &known).map_err(ServiceError::Refused)?;
                (true, "customer")
            }
        };
        if is_here { Ok(()) } else { Err(ServiceError::NotFound(what)) }
    }
}
