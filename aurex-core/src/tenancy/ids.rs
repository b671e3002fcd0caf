//! Identifiers: UUIDv7 made from the injected clock and entropy, one type a noun.
//!
//! The text form carries a prefix (`cus_…`), so that an id of the wrong noun fails to parse instead of finding nothing.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::chance::{Entropy, draw};
use crate::time::Timestamp;

/// Makes a UUIDv7 from given time and entropy.
///
/// Ids sort by their microsecond: the twelve bits after the milliseconds carry the fraction of the millisecond (RFC
/// 9562, section 6.2, method 3). A writer's turns are a microsecond apart at least, so lists by id are in the order of
/// the log. With milliseconds alone, two rates posted within one were listed, and taken as current, by chance.
pub fn new_uuid(now: Timestamp, entropy: &dyn Entropy) -> Uuid {
    let micros = u64::try_from(now.micros()).unwrap_or(0);
    let fraction = (micros % 1000) * 4096 / 1000;
    let mut rest = draw::<10>(entropy);
    let ([high, low, ..], [.., of_high, of_low]) = (&mut rest, fraction.to_be_bytes());
    (*high, *low) = (of_high, of_low);
    uuid::Builder::from_unix_timestamp_millis(micros / 1000, &rest).into_uuid()
}

/// The text was no id of this noun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct IdError;

/// What every typed id can do; backends use it to read and write columns.
pub trait Id: Copy + Eq + Ord + fmt::Display {
    /// The prefix of the text form.
    const PREFIX: &'static str;
    /// From a stored column.
    fn from_uuid(uuid: Uuid) -> Self;
    /// For a stored column.
    fn uuid(self) -> Uuid;
}

fn parse(prefix: &str, text: &str) -> Result<Uuid, IdError> {
    let hex = text.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')).ok_or(IdError)?;
    let canonical = hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if canonical { Uuid::try_parse(hex).map_err(|_| IdError) } else { Err(IdError) }
}

/// Declares id types: name and prefix of the text form.
#[macro_export]
macro_rules! ids {
    ($( $(#[$meta:meta])* $Name:ident = $prefix:literal; )*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $Name($crate::uuid::Uuid);

        impl $Name {
            /// A new id from given time and entropy.
            pub fn new(now: $crate::time::Timestamp, entropy: &dyn $crate::chance::Entropy) -> Self {
                Self($crate::tenancy::new_uuid(now, entropy))
            }
        }

        impl $crate::tenancy::Id for $Name {
            const PREFIX: &'static str = $prefix;

            fn from_uuid(uuid: $crate::uuid::Uuid) -> Self {
                Self(uuid)
            }

            fn uuid(self) -> $crate::uuid::Uuid {
                self.0
            }
        }

        impl ::std::fmt::Display for $Name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "{}_{}", $prefix, self.0.simple())
            }
        }

        impl ::std::str::FromStr for $Name {
            type Err = $crate::tenancy::IdError;

            fn from_str(text: &str) -> Result<Self, $crate::tenancy::IdError> {
                $crate::tenancy::parse_id::<Self>(text)
            }
        }
    )*};
}

/// Parses the text form of an id.
///
/// # Errors
/// [`IdError`] when prefix or digits are not this noun's.
pub fn parse_id<I: Id>(text: &str) -> Result<I, IdError> {
    parse(I::PREFIX, text).map(I::from_uuid)
}

ids! {
    /// A member of a workspace: a person with a login.
    MemberId = "mem";
    /// A signed-in session.
    SessionId = "ses";
    /// A program's token.
    ApiTokenId = "tok";
    /// A workspace's own narrower role.
    CustomRoleId = "rol";
    /// A shared till.
    TillId = "til";
    /// A link that opens one thing once.
    LinkId = "lnk";
    /// A command that waits for a second person.
    ApprovalId = "apv";
    /// A mail on its way out.
    MailId = "eml";
    /// An export of the audit log.
    ExportId = "exp";
}

/// A workspace as the stores know it.
///
/// It is deliberately no [`FromStr`] and cannot be deserialised: a request names a workspace by its slug and proves
/// itself with a session; nothing that arrives in a body ever becomes a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(Uuid);

impl TenantId {
    /// A new tenant, from given time and entropy.
    pub fn new(now: Timestamp, entropy: &dyn Entropy) -> Self {
        Self(new_uuid(now, entropy))
    }

    /// From a row of the store's own directory, and from nowhere else.
    pub const fn from_directory_row(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The column value.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wsp_{}", self.0.simple())
    }
}

/// A workspace's public short name: the only way a request names a workspace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(String);

/// Names that would be confused with a part of the product.
const RESERVED: &[&str] = &[
    "about",
    "account",
    "accounts",
    "admin",
    "api",
    "app",
    "assets",
    "audit",
    "aurex",
    "auth",
    "billing",
    "blog",
    "cdn",
    "dev",
    "docs",
    "ftp",
    "healthz",
    "help",
    "internal",
    "legal",
    "localhost",
    "login",
    "mail",
    "metrics",
    "operator",
    "policies",
    "readyz",
    "root",
    "security",
    "server",
    "signin",
    "signup",
    "static",
    "status",
    "support",
    "system",
    "test",
    "trust",
    "webmail",
    "well-known",
    "workspaces",
    "www",
];

impl Slug {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    /// `^[a-z][a-z0-9-]{1,28}[a-z0-9]$` without `--`, not reserved.
    fn from_str(text: &str) -> Result<Self, SlugError> {
        let bytes = text.as_bytes();
        let lower_or_digit = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let sound = (3..=30).contains(&bytes.len())
            && bytes.first().is_some_and(u8::is_ascii_lowercase)
            && bytes.last().is_some_and(lower_or_digit)
            && bytes.iter().all(|b| lower_or_digit(b) || *b == b'-')
            && !text.contains("--");
        if !sound {
            return Err(SlugError::Form);
        }
        if RESERVED.contains(&text) {
            return Err(SlugError::Reserved);
        }
        Ok(Self(text.to_owned()))
    }
}

/// Why a text is no slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SlugError {
    /// Not 3 to 30 of a–z, 0–9 and single inner hyphens, a letter first.
    #[error("must be 3 to 30 of a–z, 0–9 and single hyphens, begin with a letter and not end with a hyphen")]
    Form,
    /// Kept back for the product itself.
    #[error("is reserved")]
    Reserved,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_name_their_noun() {
        let id = MemberId::from_uuid(Uuid::from_u128(7));
        assert_eq!(id.to_string(), "mem_00000000000000000000000000000007");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("ses_00000000000000000000000000000007".parse::<MemberId>(), Err(IdError));
        assert_eq!("mem_0000000000000000000000000000000G".parse::<MemberId>(), Err(IdError));
        assert_eq!("mem_00000000-0000-0000-0000-000000000007".parse::<MemberId>(), Err(IdError));
    }

    #[test]
    fn ids_sort_by_their_microsecond() {
        struct Falling(std::sync::atomic::AtomicU8);
        impl Entropy for Falling {
            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill(self.0.fetch_sub(1, std::sync::atomic::Ordering::Relaxed));
            }
        }
        let entropy = Falling(255.into());
        let start = Timestamp::parse("2026-11-23T06:00:00Z").unwrap();
        let ids: Vec<Uuid> = (0..2500).map(|n| new_uuid(start.plus_micros(n), &entropy)).collect();
        assert!(ids.is_sorted_by(|a, b| a < b));
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn slugs_follow_the_rule() {
        for good in ["abc", "a-b", "meena-jewels-2", "a23456789012345678901234567890"] {
            assert!(good.parse::<Slug>().is_ok(), "{good}");
        }
        for bad in
            ["ab", "Abc", "1bc", "abc-", "a--b", "-ab", "a_b", "a2345678901234567890123456789012", "äbc"]
        {
            assert_eq!(bad.parse::<Slug>(), Err(SlugError::Form), "{bad}");
        }
        assert_eq!("admin".parse::<Slug>(), Err(SlugError::Reserved));
    }
}
