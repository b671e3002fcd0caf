//! From what a use case answers to what a client is told.

use std::time::Duration;

use aurex_core::identity::actions::{ChangeMember, ErasePersonal, RequestApproval};
use aurex_core::identity::password::HashPoolError;
use aurex_core::rbac::{Action as _, Denied, Role};
use aurex_core::refusal::{Refusal, RefusalKind};
use aurex_core::service::ServiceError;
use aurex_core::service::access::Command;
use aurex_core::store::StoreError;

use crate::http::problem::{Code, FieldCode, FieldError, Problem, status_of};

/// The problem that a failed use case becomes.
#[must_use]
pub fn problem(error: ServiceError) -> Problem {
    match error {
        ServiceError::Denied(denied) => denied_problem(denied),
        ServiceError::Refused(refusal) => refused(&*refusal),
        ServiceError::NotFound(_) => Problem::new(Code::ResourceUnknown),
        ServiceError::Stale => Problem::new(Code::RevisionStale),
        ServiceError::KeyReused { pointer } => {
            Problem::new(Code::IdempotencyKeyReused).field(pointer, FieldCode::Differs)
        }
        ServiceError::TooMany { retry_after_seconds } => {
            Problem::new(Code::RateLimited).retry_after(Duration::from_secs(retry_after_seconds.into()))
        }
        ServiceError::NotSignedIn => Problem::new(Code::AuthRequired),
        ServiceError::Hashing(HashPoolError::Busy) => Problem::new(Code::ServerBusy),
        error @ ServiceError::Store(StoreError::Unavailable(_)) => Problem::busy(error),
        error => Problem::fault(error),
    }
}

fn denied_problem(denied: Denied) -> Problem {
    match denied {
        Denied::StepUpNeeded { .. } => Problem::new(Code::AuthStepUp),
        Denied::PasswordFirst => {
            Problem::rule(Code::AccessForbidden, denied.code(), "set a password of your own first".to_owned())
        }
        Denied::Outside(_) => Problem::rule(Code::AccessForbidden, denied.code(), denied.to_string()),
        denied @ Denied::Role { action, role } if can_be_asked_for(action, role) => Problem::new(
            Code::AccessForbidden,
        )
        .detail(format!(
            "{denied}; somebody who does can approve it: ask with POST …/approvals and the action {action}"
        )),
        denied => Problem::new(Code::AccessForbidden).detail(denied.to_string()),
    }
}

/// Whether somebody of this role may ask a second person for what they may not do.
fn can_be_asked_for(action: &str, role: Role) -> bool {
    // Who changes members' roles is no business of most roles, and they do not even see the members. An erasure is asked
    // for by those alone who could approve one.
    let is_of_the_shop =
        ![ChangeMember::CODE, ErasePersonal::CODE].contains(&action) && Command::ACTIONS.contains(&action);
    is_of_the_shop && RequestApproval::GRANTS.of(role).is_some()
}

fn refused(refusal: &dyn Refusal) -> Problem {
    // Another workspace's id and one that never existed are told nothing more about.
    if refusal.kind() == RefusalKind::NotFound {
        return Problem::new(Code::ResourceUnknown);
    }
    let fields =
        refusal.faults().into_iter().map(|fault| FieldError::rule(fault.pointer, fault.code, fault.message));
    Problem::rule(status_of(refusal.kind()), refusal.code(), refusal.to_string()).fields(fields)
}

/// Whether the refusal is about what the actor may do: those are written into the workspace's log.
#[must_use]
pub fn is_forbidden(error: &ServiceError) -> Option<&'static str> {
    match error {
        ServiceError::Denied(denied) => Some(denied.code()),
        ServiceError::Refused(refusal) if refusal.kind() == RefusalKind::BeyondLimit => Some(refusal.code()),
        _ => None,
    }
}
