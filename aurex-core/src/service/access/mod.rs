//! Access: signing in, opening workspaces, members, passwords, tokens, settings.
//!
//! Everything before a scope exists goes through [`SignIn`], the only way in that request handlers are given. After
//! that the functions here walk the [road](super) like all others. One thing is done differently: a password is hashed
//! *before* the turn is taken, because a hash takes a quarter of a second and the whole shop would wait for it; what
//! was read for it is read again under the turn.

mod carriers;
mod founding;
mod members;
mod observed;
#[cfg(feature = "shop")]
mod opening;
mod passwords;
mod sessions;
#[cfg(feature = "shop")]
mod settings;
mod sign_in;
mod throttle;
mod tokens;
mod verified;

pub use founding::{FoundedWorkspace, found_workspace};
pub use members::{add_member, change_member, list_members, member};
#[cfg(feature = "shop")]
pub use opening::{OpenedWorkspace, open_workspace};
pub use passwords::{PasswordWasReset, change_password, reset_password};
pub use sessions::{CurrentSession, close_session, current_session};
#[cfg(feature = "shop")]
pub use settings::{change_settings, settings};
pub use sign_in::{SignIn, SignInConfig, SignedIn};
pub use tokens::{CreatedApiToken, create_api_token, list_api_tokens, revoke_api_token};
