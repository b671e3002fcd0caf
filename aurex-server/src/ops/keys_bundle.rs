//! All keys of a folder as one text: what an export seals.

use aurex_core::identity::keys::{Key, KeyFileError, KeyRing, KeysError};
use zeroize::Zeroizing;

const FIRST_LINE: &str = "aurex-keys 1\n";
/// Each key's own text begins with this line.
const KEY: &str = "aurex-key 1\n";

/// Why a text is not a set of keys.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// It begins otherwise.
    #[error("the file holds no exported keys")]
    NotKeys,
    /// A key in it cannot be read.
    #[error("a key in the file cannot be read")]
    Key(#[from] KeyFileError),
    /// The keys make no ring.
    #[error("the keys in the file are not a complete set")]
    Ring(#[from] KeysError),
}

/// The ring as text. It holds every secret: it goes into [`seal`](super::age::seal) and nowhere else.
#[must_use]
pub fn write(ring: &KeyRing) -> Zeroizing<String> {
    let keys: Vec<Zeroizing<String>> = ring.keys().map(Key::to_file_text).collect();
    let length: usize = keys.iter().map(|text| text.len()).sum();
    // Room for all of it at once, so that growing leaves no unwiped copies behind.
    let mut text = Zeroizing::new(String::with_capacity(FIRST_LINE.len() + length));
    text.push_str(FIRST_LINE);
    keys.iter().for_each(|key| text.push_str(key));
    text
}

/// The ring that [`write()`] wrote.
///
/// # Errors
/// [`BundleError`].
pub fn read(text: &str) -> Result<KeyRing, BundleError> {
    let body = text.strip_prefix(FIRST_LINE).ok_or(BundleError::NotKeys)?;
    let mut bodies = body.split(KEY);
    if bodies.next() != Some("") {
        return Err(BundleError::NotKeys);
    }
    let keys = bodies
        .map(|body| Key::from_file_text(&Zeroizing::new(format!("{KEY}{body}"))))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(KeyRing::new(keys)?)
}

#[cfg(test)]
mod tests {
    use aurex_core::identity::keys::Purpose;

    use super::*;

    #[test]
    fn a_ring_with_its_retired_keys_survives() {
        let mut next = 0_u8;
        let mut entropy = move |bytes: &mut [u8]| {
            next += 1;
            bytes.fill(next);
        };
        let ring = KeyRing::generate(3, &mut entropy).rotated(Purpose::Column, 4, &mut entropy);
        let text = write(&ring);
        let again = read(&text).unwrap();
        assert_eq!(again.check_values(), ring.check_values());
        assert_eq!(*write(&again), *text);

        assert!(matches!(read(""), Err(BundleError::NotKeys)));
        assert!(matches!(read("aurex-keys 1\nx"), Err(BundleError::NotKeys)));
        assert!(matches!(read(&text.replace("state: active", "state: asleep")), Err(BundleError::Key(_))));
        let (all_but_one, _) = text.rsplit_once(KEY).unwrap();
        let (fewer, _) = all_but_one.rsplit_once(KEY).unwrap();
        assert!(matches!(read(fewer), Err(BundleError::Ring(_))));
    }
}
