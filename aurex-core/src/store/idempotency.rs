//! Idempotency keys, to the standard of a payments ledger: kept in the transaction of the change, compared field by
//! field, with nothing in them that could be read back.

use crate::tenancy::{ApiTokenId, Id as _, MemberId, Scope};
use crate::time::Timestamp;

/// How long a key is kept: 72 hours.
pub const KEY_LIFETIME_SECONDS: i64 = 72 * 3600;

/// Whose key it is: keys of two members, or of a member and a token, never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyHolder {
    /// A member's.
    Member(MemberId),
    /// A token's.
    Token(ApiTokenId),
}

impl KeyHolder {
    /// The holder in `scope`; jobs and the shell keep no keys.
    pub fn of(scope: &Scope) -> Option<Self> {
        use crate::tenancy::Actor;
        match scope.actor() {
            Actor::Member(id) => Some(Self::Member(*id)),
            Actor::Token(id, _) => Some(Self::Token(*id)),
            Actor::Job(_) | Actor::Operator | Actor::Anonymous => None,
        }
    }

    /// The column value: unique over both kinds, because all ids are UUIDs.
    pub fn uuid(self) -> uuid::Uuid {
        match self {
            Self::Member(id) => id.uuid(),
            Self::Token(id) => id.uuid(),
        }
    }
}

/// A key to look up: (holder, action, key) within the scope's tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupKey {
    /// Whose.
    pub holder: KeyHolder,
    /// For which action.
    pub action: &'static str,
    /// The client's own text.
    pub key: String,
}

/// A key as it is kept with its change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptKey {
    /// What it is looked up by.
    pub lookup: LookupKey,
    /// An HMAC of each field of the content, in the order of the pointers.
    pub fields: Vec<(String, [u8; 16])>,
    /// The id of what was made.
    pub resource: String,
    /// When it was made; kept for 72 hours from then.
    pub at: Timestamp,
}

impl KeptKey {
    /// The pointer of the first field in which `content` differs from what was kept; `None` when nothing does.
    pub fn first_difference<'a>(&'a self, content: &'a [(String, [u8; 16])]) -> Option<&'a str> {
        let kept = |pointer: &str| self.fields.iter().find(|(of, _)| of == pointer).map(|(_, mac)| mac);
        let changed = content
            .iter()
            .find(|(pointer, mac)| kept(pointer) != Some(mac))
            .map(|(pointer, _)| pointer.as_str());
        let gone = self
            .fields
            .iter()
            .find(|(pointer, _)| !content.iter().any(|(of, _)| of == pointer))
            .map(|(pointer, _)| pointer.as_str());
        changed.or(gone)
    }

    /// Whether it still counts at `now`.
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now.seconds_since(self.at) < KEY_LIFETIME_SECONDS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_field_that_differs_is_named() {
        let field = |pointer: &str, n: u8| (pointer.to_owned(), [n; 16]);
        let kept = KeptKey {
            lookup: LookupKey {
                holder: KeyHolder::Member(MemberId::from_uuid(uuid::Uuid::from_u128(1))),
                action: "rate.set",
                key: "k".to_owned(),
            },
            fields: vec![field("/a", 1), field("/b", 2)],
            resource: "x".to_owned(),
            at: Timestamp::from_micros(0),
        };
        assert_eq!(kept.first_difference(&[field("/a", 1), field("/b", 2)]), None);
        assert_eq!(kept.first_difference(&[field("/a", 1), field("/b", 3)]), Some("/b"));
        assert_eq!(kept.first_difference(&[field("/a", 1)]), Some("/b"));
        assert_eq!(kept.first_difference(&[field("/a", 1), field("/b", 2), field("/c", 1)]), Some("/c"));
        assert!(kept.is_alive(Timestamp::from_micros(0).plus_seconds(KEY_LIFETIME_SECONDS - 1)));
        assert!(!kept.is_alive(Timestamp::from_micros(0).plus_seconds(KEY_LIFETIME_SECONDS)));
    }
}
