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
pub struct OpenSession = "session.open" (by_pin); owner, admin, manager, cashier, accountant, auditor }
action! { /// Sign out, of one's own sessions.
pub struct CloseSession = "session.close" (by_pin); owner, admin, manager, cashier, accountant, auditor }
action! { /// Prove once more who one is.
pub struct StepUp = "session.step_up"; owner, admin, manager, cashier, accountant, auditor }
action! { /// See one's own sessions.
pub struct ReadSessions = "session.read" (reads); owner, admin, manager, cashier, accountant, auditor }
action! { /// Change one's own password.
pub struct ChangePassword = "password.change"; owner, admin, manager, cashier, accountant, auditor }
action! { /// Set a one-time password for somebody who lost theirs, from the shell.
pub struct ResetPassword = "password.reset" (process_only); owner }
action! { /// Have a link sent to one's own address, before one is signed in.
pub struct RequestLink = "link.request" (process_only); owner }
action! { /// Use a link from a mail.
pub struct UseLink = "link.use" (process_only); owner, admin, manager, cashier, accountant, auditor }
action! { /// Set up a second factor of one's own.
pub struct AddSecondFactor = "second_factor.add"; owner, admin, manager, cashier, accountant, auditor }
action! { /// Remove one's own second factor, or make new recovery codes.
pub struct ChangeSecondFactor = "second_factor.change" (step_up);
owner, admin, manager, cashier, accountant, auditor }
action! { /// Remove the second factor of somebody who lost theirs.
pub struct ResetSecondFactor: MemberReach = "second_factor.reset" (step_up); owner: ANYBODY, admin: BELOW_ADMIN }
action! { /// Set one's own number for shared tills.
pub struct SetPin = "pin.set" (step_up); cashier, accountant, auditor }
action! { /// Enrol a device as a shared till, or revoke one.
pub struct ChangeTills = "till.change" (step_up); owner, admin, manager }
action! { /// See the shared tills.
pub struct ReadTills = "till.read" (reads); owner, admin, manager }
action! { /// See the members.
pub struct ReadMembers = "member.read" (reads); owner, admin, manager, accountant, auditor }
action! { /// Add or invite a member.
pub struct AddMember: MemberReach = "member.add" (step_up); owner: ANYBODY, admin: BELOW_ADMIN }
action! { /// Change a member's name, role or last day, disable or enable them.
pub struct ChangeMember: MemberReach = "member.change" (step_up); owner: ANYBODY, admin: BELOW_ADMIN }
action! { /// Have a link sent by which a member sets a new password.
pub struct SendReset: MemberReach = "member.send_reset" (step_up); owner: ANYBODY, admin: BELOW_ADMIN }
action! { /// See where members are signed in.
pub struct ReadMemberSessions = "member.sessions" (reads); owner, admin }
action! { /// Sign a member out everywhere.
pub struct SignMemberOut: MemberReach = "member.sign_out"; owner: ANYBODY, admin: BELOW_ADMIN }
action! { /// Sign everybody out everywhere.
pub struct SignEverybodyOut = "member.sign_out_everybody"; owner }
action! { /// See the workspace's own roles.
pub struct ReadCustomRoles = "custom_role.read" (reads); owner, admin, manager, auditor }
action! { /// Make, change or retire a role of the workspace's own.
pub struct ChangeCustomRoles: MemberReach = "custom_role.change" (step_up); owner: ANYBODY, admin: BELOW_ADMIN }
action! { /// Ask a second person to let something happen.
pub struct RequestApproval = "approval.request"; owner, admin, manager, cashier, accountant }
action! { /// See what waits for a second person.
pub struct ReadApprovals = "approval.read" (reads); owner, admin, manager, cashier, accountant, auditor }
action! { /// Approve or refuse what somebody else asked for.
pub struct DecideApproval = "approval.decide" (step_up); owner, admin, manager }
action! { /// See API tokens, one's own.
pub struct ReadApiTokens = "api_token.read" (reads); owner, admin, manager }
action! { /// Make an API token with rights of one's own.
pub struct CreateApiToken = "api_token.create" (step_up); owner, admin, manager }
action! { /// Revoke an API token of one's own.
pub struct RevokeApiToken = "api_token.revoke"; owner, admin, manager }
action! { /// See the settings.
pub struct ReadSettings = "settings.read" (reads, by_pin); owner, admin, manager, cashier, accountant, auditor }
action! { /// Change the settings.
pub struct ChangeSettings = "settings.change" (step_up); owner, admin }
action! { /// See the workspace's own addresses, for notices and for bills.
pub struct ReadContacts = "contact.read" (reads); owner, admin, accountant, auditor }
action! { /// Set the workspace's own addresses.
pub struct ChangeContacts = "contact.change" (step_up); owner, admin }
action! { /// Prove that an address of the workspace's is read.
pub struct VerifyContact = "contact.verify"; owner, admin, accountant }
action! { /// Mark addresses that mail does not reach, and ask about them after a year.
pub struct TendContacts = "contact.tend" (process_only); owner }
action! { /// See the workspace's plan, and whom bills for the service are made out to.
pub struct ReadBilling = "billing.read" (reads); owner, admin, accountant, auditor }
action! { /// Change whom bills for the service are made out to.
pub struct ChangeBilling = "billing.change" (step_up); owner }
action! { /// Change where the workspace's customers pay.
pub struct ChangePayee = "payee.change" (step_up); owner }
action! { /// Say how the workspace stands with whoever runs the service.
pub struct ChangePlan = "plan.change" (process_only); owner }
action! { /// Read the audit log.
pub struct ReadAudit = "audit.read" (reads); owner, admin, auditor }
action! { /// Get proofs out of the audit log: checkpoints, tiles, receipts.
pub struct ProveAudit = "audit.prove" (reads); owner, admin, auditor }
action! { /// Say that one has looked through a week's digest.
pub struct ReviewAudit = "audit.review"; owner, admin, auditor }
action! { /// Mail a week's digest to the owners.
pub struct SendDigest = "audit.digest" (process_only); owner }
action! { /// Erase somebody's personal data, when a second person approves it.
pub struct ErasePersonal = "personal.erase" (step_up); owner, admin }
action! { /// Erase personal data whose retention class has passed.
pub struct ExpirePersonal = "personal.expire" (process_only); owner }
action! { /// Export the audit log.
pub struct ExportAudit = "audit.export" (step_up); owner, admin, auditor }
action! { /// State in the audit log what an export of it came to.
pub struct FinishExport = "audit.export_ready" (process_only); owner }
action! { /// Take the whole workspace away, as an archive.
pub struct ExportWorkspace = "workspace.export" (step_up); owner }
action! { /// Delete the whole workspace, a month from when a second person approves it.
pub struct DeleteWorkspace = "workspace.delete" (step_up); owner }
action! { /// Keep a workspace that was to be deleted.
pub struct KeepWorkspace = "workspace.keep" (step_up); owner }
action! { /// Tell the owners that the workspace is about to end.
pub struct RemindOfEnd = "workspace.remind" (process_only); owner }
action! { /// State in the audit log what an archive of the workspace came to.
pub struct FinishWorkspaceExport = "workspace.export_ready" (process_only); owner }
action! { /// Let the workspace leave for another store.
pub struct LeaveWorkspace = "workspace.leave" (process_only); owner }
action! { /// Take the workspace in from another store.
pub struct ArriveWorkspace = "workspace.arrive" (process_only); owner }
action! { /// Seal observations into the audit log.
pub struct CollectObservations = "audit.collect" (process_only); owner }
action! { /// Disable members whose last day is over.
pub struct RetireMembers = "member.retire" (process_only); owner }
action! { /// Tell the holders of API tokens that they are about to expire.
pub struct RemindOfTokens = "api_token.remind" (process_only); owner }

/// The kernel's actions.
pub fn catalogue(onto: Catalogue) -> Catalogue {
    onto.with::<OpenWorkspace>()
        .with::<OpenSession>()
        .with::<CloseSession>()
        .with::<StepUp>()
        .with::<ReadSessions>()
        .with::<ChangePassword>()
        .with::<ResetPassword>()
        .with::<RequestLink>()
        .with::<UseLink>()
        .with::<AddSecondFactor>()
        .with::<ChangeSecondFactor>()
        .with::<ResetSecondFactor>()
        .with::<SetPin>()
        .with::<ChangeTills>()
        .with::<ReadTills>()
        .with::<ReadMembers>()
        .with::<AddMember>()
        .with::<ChangeMember>()
        .with::<SendReset>()
        .with::<ReadMemberSessions>()
        .with::<SignMemberOut>()
        .with::<SignEverybodyOut>()
        .with::<ReadCustomRoles>()
        .with::<ChangeCustomRoles>()
        .with::<RequestApproval>()
        .with::<ReadApprovals>()
        .with::<DecideApproval>()
        .with::<ReadApiTokens>()
        .with::<CreateApiToken>()
        .with::<RevokeApiToken>()
        .with::<ReadSettings>()
        .with::<ChangeSettings>()
        .with::<ReadContacts>()
        .with::<ChangeContacts>()
        .with::<VerifyContact>()
        .with::<TendContacts>()
        .with::<ReadBilling>()
        .with::<ChangeBilling>()
        .with::<ChangePayee>()
        .with::<ChangePlan>()
        .with::<ReadAudit>()
        .with::<ProveAudit>()
        .with::<ReviewAudit>()
        .with::<SendDigest>()
        .with::<ErasePersonal>()
        .with::<ExpirePersonal>()
        .with::<ExportAudit>()
        .with::<FinishExport>()
        .with::<ExportWorkspace>()
        .with::<DeleteWorkspace>()
        .with::<KeepWorkspace>()
        .with::<RemindOfEnd>()
        .with::<FinishWorkspaceExport>()
        .with::<LeaveWorkspace>()
        .with::<ArriveWorkspace>()
        .with::<CollectObservations>()
        .with::<RetireMembers>()
        .with::<RemindOfTokens>()
}
