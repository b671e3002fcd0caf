//! Mails as files, for development and for whoever carries them further by other means.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::{MailError, Mailer, Message};

/// Writes each mail to `<folder>/<time>-<id>.eml`, for its owner's eyes only (0600). A mail that is sent again is the
/// same file.
#[derive(Debug, Clone)]
pub struct FolderMailer {
    folder: PathBuf,
}

impl FolderMailer {
    /// Into `folder`, which the first mail makes (0700).
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }
}

#[async_trait]
impl Mailer for FolderMailer {
    async fn send(&self, message: &Message) -> Result<(), MailError> {
        let bytes = message.to_bytes()?;
        // In the order of time by name. Colons are not allowed everywhere.
        let name = format!("{}-{}.eml", message.at.to_string().replace(':', ""), message.id.simple());
        let folder = self.folder.clone();
        tokio::task::spawn_blocking(move || write(&folder, &name, &bytes))
            .await
            .map_err(io::Error::other)
            .and_then(|written| written)
            .map_err(MailError::Folder)
    }
}

/// Whole or not at all: a reader of the folder never sees half a mail.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let part = folder.join(format!("{name}.part"));
    // Left over by a process that was killed; made anew so that mode and content are ours.
    match fs::remove_file(&part) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&part, folder.join(name))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use aurex_core::time::Timestamp;
    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn a_mail_is_a_file_for_its_owner_alone_and_the_same_file_when_sent_again() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("mail");
        let mailer = FolderMailer::new(folder.clone());
        let message = Message {
            id: Uuid::from_u128(7),
            at: Timestamp::parse("2026-11-23T04:30:00Z").unwrap(),
            from: "mail@shop.example".parse().unwrap(),
            to: "asha@shop.example".parse().unwrap(),
            subject: super::super::Subject::new("Hello").unwrap(),
            text: "Hello.\n".to_owned(),
            html: "<p>Hello.</p>".to_owned(),
        };
        mailer.send(&message).await.unwrap();
        mailer.send(&message).await.unwrap();
        let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert_eq!(files.len(), 1);
        assert!(files[0].to_str().unwrap().ends_with("-00000000000000000000000000000007.eml"));
        assert_eq!(fs::read(&files[0]).unwrap(), message.to_bytes().unwrap());
        assert_eq!(fs::metadata(&files[0]).unwrap().permissions().mode() & 0o7777, 0o600);
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o7777, 0o700);
    }
}
