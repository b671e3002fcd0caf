//! Who somebody is: passwords, tokens, throttles and the keys they rest on.
//!
//! Everything here is a value and a rule. Time, chance and storage are arguments: [`keys`] says what the deployment's
//! secrets are, [`password`], [`factor`] and [`secret`] what is kept instead of what people and programs present, and
//! [`throttle`] how often they may try.

pub mod access_rules;
pub mod actions;
pub mod approvals;
pub mod contacts;
pub mod credentials;
pub mod deletion;
pub mod factor;
pub mod founding;
pub mod invitations;
pub mod keys;
pub mod link_use;
pub mod links;
pub mod mails;
pub mod member;
pub mod members;
#[cfg(feature = "shop")]
pub mod opening;
pub mod password;
pub mod payee;
pub mod pins;
pub mod plans;
pub mod roles;
pub mod second_factors;
pub mod secret;
pub mod sessions;
#[cfg(feature = "shop")]
pub mod settings;
pub mod sign_outs;
pub mod throttle;
pub mod tills;
pub mod token_reminders;
pub mod tokens;
pub mod undo;
pub mod vault;
