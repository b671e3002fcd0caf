//! Where a page ended, sealed.
//!
//! A cursor is the last row's sort key, so that the next page is a seek and not a count. It is sealed with an HMAC over
//! the workspace, the list and its filters: a client cannot carry one from one shop, list or filter to another, nor
//! make one up. It is not secret: what it holds is a row the client has just been shown.
//!
//! `base64url( version ‖ position ‖ first 16 bytes of HMAC-SHA-256 )`

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::problem::{Code, Problem};

const VERSION: u8 = 1;
/// 128 bits: a forgery is as unlikely as guessing a session.
const TAG: usize = 16;
/// A sort key of a time, a number and an id fits several times over.
const LONGEST_POSITION: usize = 256;

/// The key that seals cursors; one a deployment, given at start, with those before it: who pages through a list while
/// the deployment's key is rotated goes on.
#[derive(Clone)]
pub struct CursorKey {
    active: [u8; 32],
    retired: Arc<[[u8; 32]]>,
}

/// What a cursor is good for.
#[derive(Clone, Copy, Debug)]
pub struct CursorScope<'a> {
    /// The workspace's id.
    pub workspace: &'a [u8],
    /// The list, for instance `customers`.
    pub list: &'a str,
    /// A hash of the filters, empty where there are none.
    pub filter: &'a [u8],
}

impl CursorKey {
    /// A key from 256 bits of chance.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self::with_retired(key, &[])
    }

    /// A key, and earlier ones whose cursors still open.
    #[must_use]
    pub fn with_retired(active: [u8; 32], retired: &[[u8; 32]]) -> Self {
        Self { active, retired: retired.into() }
    }

    /// The cursor after `position`; none when the position is longer than a sort key can be.
    #[must_use]
    pub fn seal(&self, scope: CursorScope<'_>, position: &[u8]) -> Option<String> {
        if position.len() > LONGEST_POSITION {
            return None;
        }
        let tag = mac(&self.active, scope, VERSION, position)?.finalize().into_bytes();
        let mut sealed = vec![VERSION];
        sealed.extend_from_slice(position);
        sealed.extend_from_slice(tag.get(..TAG)?);
        Some(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The position in a cursor that this key sealed for this scope.
    ///
    /// # Errors
    ///
    /// [`Code::CursorInvalid`] for any other text; which of the reasons it was is not said.
    pub fn open(&self, scope: CursorScope<'_>, cursor: &str) -> Result<Vec<u8>, Problem> {
        self.try_open(scope, cursor).ok_or_else(|| Problem::new(Code::CursorInvalid))
    }

    fn try_open(&self, scope: CursorScope<'_>, cursor: &str) -> Option<Vec<u8>> {
        let sealed = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (version, rest) = sealed.split_first()?;
        let (position, tag) = rest.split_at_checked(rest.len().checked_sub(TAG)?)?;
        if *version != VERSION || position.len() > LONGEST_POSITION {
            return None;
        }
        // Compares in constant time.
        let sealed_by = |key| {
            mac(key, scope, *version, position).is_some_and(|mac| mac.verify_truncated_left(tag).is_ok())
        };
        std::iter::once(&self.active).chain(&*self.retired).any(sealed_by).then(|| position.to_vec())
    }
}

fn mac(key: &[u8; 32], scope: CursorScope<'_>, version: u8, position: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(b"aurex cursor");
    mac.update(&[version]);
    // Each part with its length, so that no two scopes spell the same bytes.
    for part in [scope.workspace, scope.list.as_bytes(), scope.filter, position] {
        mac.update(&u64::try_from(part.len()).ok()?.to_be_bytes());
        mac.update(part);
    }
    Some(mac)
}

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    static KEY: LazyLock<CursorKey> = LazyLock::new(|| CursorKey::new([7; 32]));
    const HERE: CursorScope<'_> = CursorScope { workspace: b"w1", list: "customers", filter: b"" };

    #[test]
    fn a_cursor_opens_where_it_was_sealed() {
        let cursor = KEY.seal(HERE, b"position").unwrap();
        assert_eq!(KEY.open(HERE, &cursor).unwrap(), b"position");
    }

    #[test]
    fn a_foreign_cursor_is_refused() {
        let cursor = KEY.seal(HERE, b"position").unwrap();
        let elsewhere = [
            CursorScope { workspace: b"w2", ..HERE },
            CursorScope { list: "items", ..HERE },
            CursorScope { filter: b"q", ..HERE },
            // The same bytes, cut elsewhere.
            CursorScope { workspace: b"w1c", list: "ustomers", filter: b"" },
        ];
        for scope in elsewhere {
            assert_eq!(KEY.open(scope, &cursor).unwrap_err().code(), Code::CursorInvalid);
        }
        assert!(CursorKey::new([8; 32]).open(HERE, &cursor).is_err());
    }

    #[test]
    fn asvs_v13_3_4_a_cursor_opens_after_the_key_was_rotated() {
        let cursor = KEY.seal(HERE, b"position").unwrap();
        let rotated = CursorKey::with_retired([8; 32], &[[7; 32]]);
        assert_eq!(rotated.open(HERE, &cursor).unwrap(), b"position");
        let anew = rotated.seal(HERE, b"position").unwrap();
        assert_ne!(anew, cursor);
        assert!(KEY.open(HERE, &anew).is_err());
        assert!(rotated.open(CursorScope { workspace: b"w2", ..HERE }, &cursor).is_err());
    }

    #[test]
    fn a_mangled_cursor_is_refused() {
        let cursor = KEY.seal(HERE, b"position").unwrap();
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        for at in 0..bytes.len() {
            let mut mangled = bytes.clone();
            mangled[at] ^= 1;
            assert!(KEY.open(HERE, &URL_SAFE_NO_PAD.encode(mangled)).is_err(), "byte {at}");
        }
        for at in 0..cursor.len() {
            assert!(KEY.open(HERE, cursor.get(..at).unwrap()).is_err(), "cut at {at}");
        }
        assert!(KEY.open(HERE, "%%%").is_err());
    }
}
