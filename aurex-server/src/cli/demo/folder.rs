//! The demo's folder: made by it, new each time, and the only thing it ever removes.

use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use aurex_core::time::Timestamp;

/// A folder that this process made.
#[derive(Debug)]
pub(super) struct DemoFolder(PathBuf);

impl DemoFolder {
    /// Makes `demo-<date>-<time>` in the data folder, with a number behind it when the name is taken.
    pub(super) fn make(data: &Path, now: Timestamp) -> std::io::Result<Self> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data)?;
        let second: String = now.to_string().chars().take(19).filter(char::is_ascii_alphanumeric).collect();
        let name = second.replace('T', "-");
        let mut tries = 1_u32;
        loop {
            let path = match tries {
                1 => data.join(format!("demo-{name}")),
                _ => data.join(format!("demo-{name}-{tries}")),
            };
            // Not recursive: a folder that is there already is somebody else's.
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && tries < 100 => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Removes it with everything in it.
    pub(super) fn remove(self) -> std::io::Result<()> {
        std::fs::remove_dir_all(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_demos_of_one_second_have_a_folder_each_and_remove_their_own() {
        let data = tempfile::tempdir().unwrap();
        let now = Timestamp::parse("2026-11-23T04:30:00Z").unwrap();
        let first = DemoFolder::make(&data.path().join("data"), now).unwrap();
        let second = DemoFolder::make(&data.path().join("data"), now).unwrap();
        assert_eq!(first.path(), data.path().join("data/demo-20261123-043000"));
        assert_eq!(second.path(), data.path().join("data/demo-20261123-043000-2"));

        second.remove().unwrap();
        assert!(first.path().is_dir());
        assert!(!data.path().join("data/demo-20261123-043000-2").exists());
    }
}
