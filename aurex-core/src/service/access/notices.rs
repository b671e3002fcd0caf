//! What a member is told about a sign-in that may not have been theirs (ASVS 5.0, V6.3.5).

use std::net::IpAddr;

use serde_json::json;

use super::letters::told;
use crate::identity::mails::{Mail, MailKind};
use crate::identity::member::{Member, Session};
use crate::service::Road;
use crate::store::StoreError;
use crate::tenancy::{RequestFacts, Scope};
use crate::time::Timestamp;

/// From how many refused tries on a success is worth a word.
const MANY: u32 = 4;

/// For how many seconds after a password was set a new device is nothing to be told: whoever set it is about to sign in.
const SETTLING_IN_SECONDS: i64 = 3600;

/// What is known of a sign-in beside its session.
#[derive(Debug, Clone, Copy)]
pub(super) struct Circumstances {
    /// Whether the device proved that this member signed in from it before.
    pub(super) known_device: bool,
    /// Tries of strangers at the account that were refused lately, and how long ago the first of them was at most, in
    /// seconds.
    pub(super) refused: (u32, i64),
    /// Since when the member has the password, or else is a member.
    pub(super) since: Timestamp,
}

/// The mails that a sign-in of `member` causes; `open` are the sessions that they have.
pub(super) fn about(
    road: &Road,
    scope: &Scope,
    member: &Member,
    circumstances: Circumstances,
    open: &[Session],
    now: Timestamp,
) -> Result<Vec<Mail>, StoreError> {
    let Circumstances { known_device, refused: (count, within_seconds), since } = circumstances;
    let mut mails = Vec::new();
    let settled_in = now.seconds_since(since) >= SETTLING_IN_SECONDS;
    if settled_in && !known_device && !open.iter().any(|session| is_like(session, scope.facts())) {
        mails.push(told(road, scope, MailKind::NewDevice, member, now, [])?);
    }
    if count >= MANY {
        let since = now.plus_seconds(-within_seconds).to_string();
        let more = [("count", json!(count)), ("since", json!(since))];
        mails.push(told(road, scope, MailKind::ManyFailures, member, now, more)?);
    }
    Ok(mails)
}

/// Whether a request comes from the same program and network as a session did.
fn is_like(session: &Session, facts: &RequestFacts) -> bool {
    let before = session.address.as_deref().and_then(|address| address.parse::<IpAddr>().ok());
    session.agent == facts.user_agent && before.map(network) == facts.ip.map(network)
}

/// The part of an address that stays when a provider hands out another: /24 and /64.
fn network(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u128::from(v4.to_bits() >> 8),
        IpAddr::V6(v6) => v6.to_bits() >> 64,
    }
}
