//! The actions of the workspace itself: opening it, signing in, members, tokens, settings, the log.

use std::fmt;

use crate::action;
use crate::rbac::{Catalogue, Role};

/// Up to which rank somebody may manage members: nobody manages a peer above them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MemberReach {
    /// The highest role, by rank, that may be given, changed or disabled.
    pub highest: Role,
}

impl fmt::Debug for MemberReach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "up to {}", self.highest)
    }
}

const ANYBODY: MemberReach = MemberReach { highest: Role::Owner };
const BELOW_ADMIN: MemberReach = MemberReach { highest: Role::Manager };

action! { /// Open a workspace.
pub struct OpenWorkspace = "workspace.open" (process_only); owner }
action! { /// Sign in.
pub struct OpenSession = "session.open"; owner, admin, manager, cashier, accountant, auditor }
action! { /// Sign out.
pub struct CloseSession = "session.close"; owner, admin, manager, cashier, accountant, auditor }
action! { /// Change one's own password.
pub struct ChangePassword = "password.change"; owner, admin, manager, cashier, accountant, auditor }
action! { /// Set a one-time password for somebody who lost theirs, from the shell.
pub struct ResetPassword = "password.reset" (process_only); owner }
action! { /// See the members.
pub struct ReadMembers = "member.read" (reads); owner, admin, manager, accountant, auditor }
action! { /// Add a member.
pub struct AddMember: MemberReach = "member.add"; owner: ANYBODY, admin: BELOW_ADMIN }
action! { /// Change a member's name or role, disable or enable them.
pub struct ChangeMember: MemberReach = "member.change"; owner: ANYBODY, admin: BELOW_ADMIN }
action! { /// See API tokens, one's own.
pub struct ReadApiTokens = "api_token.read" (reads); owner, admin, manager }
action! { /// Make an API token with rights of one's own.
pub struct CreateApiToken = "api_token.create"; owner, admin, manager }
action! { /// Revoke an API token of one's own.
pub struct RevokeApiToken = "api_token.revoke"; owner, admin, manager }
action! { /// See the settings.
pub struct ReadSettings = "settings.read" (reads); owner, admin, manager, cashier, accountant, auditor }
action! { /// Change the settings.
pub struct ChangeSettings = "settings.change"; owner, admin }
action! { /// Read the audit log.
pub struct ReadAudit = "audit.read" (reads); owner, admin, auditor }
action! { /// Seal observations into the audit log.
pub struct CollectObservations = "audit.collect" (process_only); owner }

/// The kernel's actions.
pub fn catalogue(onto: Catalogue) -> Catalogue {
    onto.with::<OpenWorkspace>()
        .with::<OpenSession>()
        .with::<CloseSession>()
        .with::<ChangePassword>()
        .with::<ResetPassword>()
        .with::<ReadMembers>()
        .with::<AddMember>()
        .with::<ChangeMember>()
        .with::<ReadApiTokens>()
        .with::<CreateApiToken>()
        .with::<RevokeApiToken>()
        .with::<ReadSettings>()
        .with::<ChangeSettings>()
        .with::<ReadAudit>()
        .with::<CollectObservations>()
}
