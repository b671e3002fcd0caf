//! The doctor: what of keys, certificates, edge, mail, store and people is misconfigured on this deployment, and what to
//! do about it. It reads and changes nothing.
//!
//! | file | what it says |
//! |---|---|
//! | `finding`, `catalogue` | what a finding is; every one there is, with its remedy |
//! | `page`, `report` | the committed page of them; what was found, for people and for programs |
//! | `keys`, `files`, `tls`, `edge`, `mail`, `passwords` | checks of the configuration and of what it names |
//! | `picture` | a workspace as the checks of people see it |
//! | `people`, `tokens`, `retention` | checks of one workspace |
//!
//! A check is a function from what it looks at to what it found, so that each has a test with the fault and one without.

mod catalogue;
mod edge;
mod files;
mod finding;
mod keys;
mod log;
mod mail;
mod page;
mod passwords;
mod people;
mod picture;
mod report;
mod retention;
mod tls;
mod tokens;

use aurex_core::time::Timestamp;

pub use self::catalogue::ALL;
pub(crate) use self::catalogue::{
    CONFIGURATION_REFUSED, MAIL_UNREACHABLE, STORE_LOGIN_LIFTS_WALLS, STORE_LOGIN_OWNS_TABLES,
    STORE_LOGIN_PRIVILEGED, STORE_NOT_DURABLE, STORE_NOT_THERE, STORE_UNPROVEN_SERVER, STORE_UNUSABLE,
    STORE_WEAKENED, WORKSPACE_UNREADABLE,
};
pub use self::finding::{Ailment, Finding, Level};
pub(crate) use self::keys::ring as look_at_keys;
pub(crate) use self::keys::stored as compare_keys;
pub use self::page::page;
pub(crate) use self::picture::Picture;
pub use self::report::Report;
use crate::config::Config;

/// What the configuration and the files that it names have wrong with them.
pub(crate) fn of_configuration(config: &Config, now: Timestamp) -> Vec<Finding> {
    let mut found = files::check(config);
    found.extend(keys::beside_the_data(config));
    found.extend(keys::operators(config));
    found.extend(tls::check(config, now));
    found.extend(edge::check(config));
    found.extend(mail::check(config));
    found.extend(passwords::check(config));
    found.extend(log::check(config));
    found
}

/// What the store holds that does not go with the configuration.
pub(crate) fn of_directory(config: &Config, workspaces: usize) -> Vec<Finding> {
    edge::shared_origin(config, workspaces).into_iter().collect()
}

/// What one workspace has wrong with it.
pub(crate) fn of_workspace(picture: &Picture, now: Timestamp) -> Vec<Finding> {
    let mut found = people::check(picture, now);
    found.extend(tokens::check(picture, now));
    found.extend(log::published(picture, now));
    found.extend(retention::check(picture));
    found
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, Settings};

    /// A configuration with these settings, as a file has them.
    pub(super) fn config(toml: &str) -> Config {
        Config::resolve(toml::from_str::<Settings>(toml).unwrap()).unwrap()
    }

    /// The ids of what was found.
    pub(super) fn ids<'f>(found: impl IntoIterator<Item = &'f super::Finding>) -> Vec<&'static str> {
        found.into_iter().map(|finding| finding.ailment.id).collect()
    }

    /// A deployment off loopback that has nothing wrong with its edge.
    pub(super) const SOUND: &str = "listen = \"0.0.0.0:443\"\npublic_origin = \"https://shop.example\"\n\
                                    tls_cert = \"c.pem\"\ntls_key = \"k.pem\"\n";
}
