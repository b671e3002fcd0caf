//! Access: signing in, opening workspaces, members, passwords, tokens, settings.
//!
//! Everything before a scope exists goes through [`SignIn`], the only way in that request handlers are given. After
//! that the functions here walk the [road](super) like all others. One thing is done differently: a password is hashed
//! *before* the turn is taken, because a hash takes a quarter of a second and the whole shop would wait for it; what
//! was read for it is read again under the turn.

mod approvals;
pub(super) mod audience;
mod carriers;
mod contacts;
mod custom_roles;
mod deletion;
mod factor_proof;
mod factor_reset;
mod founding;
mod invitations;
mod letters;
mod link_requests;
mod link_use;
pub(super) mod mails;
mod member_mails;
mod members;
mod new_password;
mod notices;
mod observed;
#[cfg(feature = "shop")]
mod opening;
mod outbox;
mod passwords;
mod payee;
mod peppers;
mod pins;
mod plans;
mod refusals;
mod reminders;
mod retire;
mod second_factor;
mod seen;
mod sessions;
#[cfg(feature = "shop")]
mod settings;
mod sign_in;
mod step_up;
mod throttle;
mod tills;
mod tokens;
mod verified;
mod whereabouts;

pub use approvals::{
    AskedCommand, Command, approval, approvals, approve, ask_approval, refuse_approval, withdraw_approval,
};
pub use contacts::{TendingContacts, contacts, mail_refused, set_contact, tend_contacts, verify_contact};
pub use custom_roles::{change_custom_role, custom_role, list_custom_roles, make_custom_role};
pub use deletion::{Ending, keep_workspace, see_to_the_end};
pub use factor_reset::{ShellReset, reset_by_shell, reset_second_factor};
pub use founding::{FoundedWorkspace, found_workspace};
pub use invitations::{invite_again, invite_member, send_reset};
pub use link_use::{FromBrowser, FromMail};
pub use members::{add_member, change_member, list_members, member};
pub use new_password::password_strength;
#[cfg(feature = "shop")]
pub use opening::{OpenedWorkspace, open_workspace};
pub use outbox::{OpenedMail, SendingMail, note_mails_since, open_mail};
pub use passwords::{PasswordWasReset, change_password, reset_password};
pub use payee::{change_payee, payee};
pub use peppers::peppers_in_use;
pub use pins::{remove_pin, set_pin};
pub use plans::{billing, change_billing, set_plan};
pub use reminders::{Reminding, remind_of_tokens};
pub use retire::{Retiring, retire_members};
pub use second_factor::{
    FactorOffer, FactorStands, FactorState, SecondFactorConfirmed, begin_second_factor,
    confirm_second_factor, new_recovery_codes, remove_second_factor, second_factor,
};
pub use seen::{SeenMember, list_seen_members};
pub use sessions::{CurrentSession, close_session, current_session};
#[cfg(feature = "shop")]
pub use settings::{change_settings, settings};
pub use sign_in::{SignIn, SignInConfig, SignedIn};
pub use step_up::step_up;
pub use tills::{EnrolledTill, TillAtHand, enrol_till, list_tills, revoke_till};
pub use tokens::{
    CreatedApiToken, create_api_token, list_api_tokens, list_used_api_tokens, revoke_api_token,
};
pub use whereabouts::{
    ConcurrentUse, OpenSession, concurrent_use, end_other_sessions, end_own_session, member_sessions,
    own_sessions, sign_everybody_out, sign_member_out,
};
