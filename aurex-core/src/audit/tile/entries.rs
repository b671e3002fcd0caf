//! Bundles of entries: up to 256, each behind its length in two bytes, big-endian.

use super::path::WIDTH;

/// Why entries and a bundle do not make one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntriesError {
    /// The length of an entry does not fit two bytes. No [`Entry`](crate::audit::Entry) is as long.
    #[error("an entry is longer than 65535 bytes")]
    TooLong,
    /// More than 256 entries.
    #[error("a bundle holds at most 256 entries")]
    TooMany,
    /// The bytes end within an entry.
    #[error("the bundle ends within an entry")]
    CutOff,
}

/// The bundle of these entries' bytes.
///
/// # Errors
/// [`EntriesError::TooLong`], [`EntriesError::TooMany`].
pub fn bundle_of<'e>(entries: impl IntoIterator<Item = &'e [u8]>) -> Result<Vec<u8>, EntriesError> {
    let mut bundle = Vec::new();
    for (entry, nth) in entries.into_iter().zip(0_u32..) {
        if nth >= u32::from(WIDTH) {
            return Err(EntriesError::TooMany);
        }
        let length = u16::try_from(entry.len()).map_err(|_| EntriesError::TooLong)?;
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// The entries of a bundle.
///
/// # Errors
/// [`EntriesError::CutOff`], [`EntriesError::TooMany`].
pub fn entries_in(bundle: &[u8]) -> Result<Vec<&[u8]>, EntriesError> {
    let (mut entries, mut rest) = (Vec::new(), bundle);
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length));
        let (entry, after) = after.split_at_checked(length).ok_or(EntriesError::CutOff)?;
        if entries.len() == usize::from(WIDTH) {
            return Err(EntriesError::TooMany);
        }
        entries.push(entry);
        rest = after;
    }
    if rest.is_empty() { Ok(entries) } else { Err(EntriesError::CutOff) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_bundle_is_lengths_and_entries() {
        let bundle = bundle_of([b"one".as_slice(), b"", b"three"]).unwrap();
        assert_eq!(bundle, b"\x00\x03one\x00\x00\x00\x05three");
        assert_eq!(entries_in(&bundle).unwrap(), [b"one".as_slice(), b"", b"three"]);
        assert_eq!(entries_in(&bundle[..bundle.len() - 1]), Err(EntriesError::CutOff));
        assert_eq!(entries_in(&[0]), Err(EntriesError::CutOff));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let longest = vec![7; 65_535];
        assert!(bundle_of([longest.as_slice()]).is_ok());
        assert_eq!(bundle_of([[longest, vec![7]].concat().as_slice()]), Err(EntriesError::TooLong));
        assert_eq!(bundle_of([b"".as_slice(); 257]), Err(EntriesError::TooMany));
        assert_eq!(entries_in(&[0; 514]), Err(EntriesError::TooMany));
        assert_eq!(entries_in(&[0; 512]).map(|entries| entries.len()), Ok(256));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_bundle_only_if_they_are_written_back_alike(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Ok(entries) = entries_in(&bytes) {
                prop_assert_eq!(bundle_of(entries), Ok(bytes.clone()));
            }
        }
    }
}
