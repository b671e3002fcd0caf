//! Many files as one: the ustar format of POSIX.1-1988, which every `tar` unpacks. Regular files alone, by short names.

/// What ends an archive: two empty records.
pub const END: [u8; 1024] = [0; 1024];

const RECORD: usize = 512;

/// A name longer than a header has room for. Names here are slugs and places in a tree, far shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a file's name or length has no room in an archive")]
pub struct NoRoomInHeader;

/// Appends a file, for its owner alone to read, last changed `mtime` seconds after 1970.
///
/// # Errors
/// [`NoRoomInHeader`] above 100 bytes of name or 8 GiB; nothing is appended then.
pub fn file(name: &str, bytes: &[u8], mtime: u64, out: &mut Vec<u8>) -> Result<(), NoRoomInHeader> {
    let size = u64::try_from(bytes.len()).map_err(|_| NoRoomInHeader)?;
    if name.len() > 100 || size >= 1 << 33 || mtime >= 1 << 33 {
        return Err(NoRoomInHeader);
    }
    let mut head = padded(name, 100);
    head.extend(b"0000600\x000000000\x000000000\0");
    head.extend(format!("{size:011o}\0{mtime:011o}\0").into_bytes());
    let mut rest = b"0".to_vec();
    rest.extend(padded("", 100));
    rest.extend(b"ustar\x0000");
    rest.resize(RECORD.saturating_sub(head.len()).saturating_sub(8), 0);
    // The sum is taken with spaces in its own place.
    let sum: u64 = head.iter().chain(&[b' '; 8]).chain(&rest).map(|byte| u64::from(*byte)).sum();
    out.extend(head);
    out.extend(format!("{sum:06o}\0 ").into_bytes());
    out.extend(rest);
    out.extend(bytes);
    out.resize(out.len().next_multiple_of(RECORD), 0);
    Ok(())
}

fn padded(text: &str, width: usize) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(width, 0);
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn the_machines_own_tar_unpacks_it() {
        let mut archive = Vec::new();
        let files =
            [("a/README", vec![b'x'; 511]), ("a/log/tile/0/x001/234.p/5", vec![7; 1025]), ("a/none", vec![])];
        for (name, bytes) in &files {
            file(name, bytes, 1_764_000_000, &mut archive).unwrap();
            assert!(archive.len().is_multiple_of(512));
        }
        archive.extend(END);
        let folder = tempfile::tempdir().unwrap();
        let mut tar = Command::new("tar")
            .args(["-x", "-f", "-", "-C", folder.path().to_str().unwrap()])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        tar.stdin.take().unwrap().write_all(&archive).unwrap();
        assert!(tar.wait().unwrap().success());
        for (name, bytes) in &files {
            assert_eq!(&std::fs::read(folder.path().join(name)).unwrap(), bytes, "{name}");
        }
    }

    #[test]
    fn a_name_without_room_is_refused() {
        let mut out = Vec::new();
        assert_eq!(file(&"n".repeat(101), b"", 0, &mut out), Err(NoRoomInHeader));
        assert!(out.is_empty() && file(&"n".repeat(100), b"", 0, &mut out).is_ok());
    }
}
