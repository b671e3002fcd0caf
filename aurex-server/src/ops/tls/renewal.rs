//! A certificate is renewed by replacing its files; the server takes the new pair over by itself.
//!
//! Every few seconds the files are looked at, and at once on `SIGHUP`. What cannot be used (a certificate whose key is
//! yet to be copied, a half-written file) is said once and leaves the old pair in force; open connections keep theirs.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use aurex_core::time::{Clock, Timestamp};
use rustls::ServerConfig;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::files::Pair;
use super::{TlsError, policy, validity};
use crate::config::TlsFiles;
use crate::http::acceptor::Certificate;
use crate::ops::background::chain;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(5);
/// From how long before its end on a certificate that nobody renewed is warned of, and how often.
const WARN_BEFORE_SECONDS: i64 = 14 * 86_400;
const WARN_EVERY_SECONDS: i64 = 86_400;

/// The files, what was last seen of them, and whom to tell.
pub struct Renewal {
    files: TlsFiles,
    seen: Stamp,
    refused: Option<String>,
    not_after: Option<Timestamp>,
    warned: Option<Timestamp>,
    listeners: watch::Sender<Arc<ServerConfig>>,
}

/// What a look at the files found.
#[derive(Debug)]
pub enum Looked {
    /// Nothing new.
    Same,
    /// A new pair, in force from now on.
    Renewed,
    /// Something new that cannot be used. It is said once.
    Refused(TlsError),
}

impl Renewal {
    /// Reads the files for the first time.
    ///
    /// # Errors
    ///
    /// [`TlsError`] says which file is wrong and what to do.
    pub fn open(files: TlsFiles, now: Timestamp) -> Result<(Self, Certificate), TlsError> {
        // First looked at, then read: what changes in between is seen as changed.
        let seen = Stamp::of(&files);
        let pair = Pair::read(&files)?;
        let not_after = validity::not_after(pair.certificate());
        let (listeners, certificate) = watch::channel(Arc::new(policy::server(pair)?));
        let mut renewal = Self { files, seen, refused: None, not_after, warned: None, listeners };
        renewal.warn_of_its_end(now);
        Ok((renewal, certificate))
    }

    /// Looks at the files, and takes a new pair over.
    pub fn look(&mut self) -> Looked {
        let stamp = Stamp::of(&self.files);
        let changed = stamp != self.seen;
        // What was refused is tried again: its reason may lie outside the files.
        if !changed && self.refused.is_none() {
            return Looked::Same;
        }
        self.seen = stamp;
        let taken = Pair::read(&self.files).and_then(|pair| {
            let not_after = validity::not_after(pair.certificate());
            Ok((policy::server(pair)?, not_after))
        });
        match taken {
            Ok((config, not_after)) => {
                self.refused = None;
                self.not_after = not_after;
                self.warned = None;
                self.listeners.send_replace(Arc::new(config));
                Looked::Renewed
            }
            Err(error) => {
                let said = self.refused.replace(chain(&error));
                if said == self.refused { Looked::Same } else { Looked::Refused(error) }
            }
        }
    }

    /// Looks every few seconds and on `SIGHUP`, until the task is ended.
    ///
    /// # Errors
    ///
    /// When the signal cannot be listened for.
    pub async fn run(mut self, clock: impl Clock) -> std::io::Result<()> {
        let mut hangup = signal(SignalKind::hangup())?;
        loop {
            tokio::select! {
                _ = hangup.recv() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
            match self.look() {
                Looked::Same => {}
                Looked::Renewed => tracing::info!(target: "aurex", "a renewed certificate is in force"),
                Looked::Refused(error) => tracing::error!(
                    target: "aurex",
                    error = %chain(&error),
                    "the new certificate cannot be used; the old one stays in force"
                ),
            }
            self.warn_of_its_end(clock.now());
        }
    }

    fn warn_of_its_end(&mut self, now: Timestamp) {
        let Some(not_after) = self.not_after else { return };
        let left = not_after.seconds_since(now);
        let lately = self.warned.is_some_and(|warned| now.seconds_since(warned) < WARN_EVERY_SECONDS);
        if left > WARN_BEFORE_SECONDS || lately {
            return;
        }
        self.warned = Some(now);
        if left <= 0 {
            tracing::error!(target: "aurex", %not_after, "the certificate has expired: browsers refuse it");
        } else {
            tracing::warn!(target: "aurex", %not_after, "the certificate expires soon and was not renewed");
        }
    }
}

/// What changes when a file is written, replaced, or its link is pointed elsewhere.
#[derive(Debug, PartialEq, Eq)]
struct Stamp([Option<FileStamp>; 4]);

type FileStamp = (u64, u64, u64, (i64, i64), (i64, i64));

impl Stamp {
    fn of(files: &TlsFiles) -> Self {
        let of = |path: &Path| {
            let found = std::fs::metadata(path).ok()?;
            let modified = (found.mtime(), found.mtime_nsec());
            Some((found.dev(), found.ino(), found.size(), modified, (found.ctime(), found.ctime_nsec())))
        };
        Self([
            of(&files.cert),
            of(&files.key),
            files.ocsp.as_deref().and_then(of),
            files.client_ca.as_deref().and_then(of),
        ])
    }
}
