//! Checks of the audit logs' publishing: whether it goes on, and whether anybody else vouches for it.

use aurex_core::time::Timestamp;

use super::catalogue::{LOG_NO_WITNESS, LOG_NOT_PUBLISHED, LOG_NOT_WITNESSED, LOG_WITNESS_HERE};
use super::edge::is_alone;
use super::finding::Finding;
use super::picture::Picture;
use crate::config::Config;

/// After how many seconds silence is said. Logs that stand still are confirmed every ten minutes.
const SILENT: i64 = 3600;

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let witnesses = &config.logs.witnesses;
    if is_alone(config) {
        return Vec::new();
    }
    if witnesses.is_empty() {
        return vec![LOG_NO_WITNESS.plain()];
    }
    let here = witnesses.iter().filter(|witness| witness.url.is_this_machine());
    LOG_WITNESS_HERE.at_any(here.map(|witness| witness.key.name())).into_iter().collect()
}

pub(super) fn published(picture: &Picture, now: Timestamp) -> Vec<Finding> {
    let mut found = Vec::new();
    // A workspace that was opened a moment ago has had no time.
    if now.seconds_since(picture.workspace.created_at) <= SILENT {
        return found;
    }
    match picture.published_at {
        Some(at) if now.seconds_since(at) <= SILENT => {}
        Some(at) => found.push(LOG_NOT_PUBLISHED.at(format!("last on {at}"))),
        None => found.push(LOG_NOT_PUBLISHED.at("never")),
    }
    let new = now.seconds_since(picture.last_entry) <= SILENT;
    if picture.cosigned == Some(None) && !new {
        found.push(LOG_NOT_WITNESSED.plain());
    }
    found.into_iter().map(|finding| finding.of(&picture.slug)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::picture::made::{NOW, picture};
    use super::super::tests::{SOUND, config, ids};
    use super::*;

    /// The example key of C2SP's tlog-cosignature has the same form; this one is made of 32 bytes of a point.
    fn witness(url: &str) -> String {
        use aurex_core::audit::note::{NoteSigner, SignatureKind};
        let signer = NoteSigner::new("witness.example", SignatureKind::Cosignature, &[7; 32]).unwrap();
        format!("{SOUND}witnesses = \"{} {url}\"", signer.verifier())
    }

    #[test]
    fn a_log_that_nobody_else_vouches_for_is_noted() {
        assert_eq!(ids(&check(&config(SOUND))), ["log.no_witness"]);
        assert_eq!(ids(&check(&config(&witness("https://witness.example")))), [""; 0]);
        assert_eq!(ids(&check(&config(&witness("http://127.0.0.1:8090")))), ["log.witness_here"]);
        assert_eq!(ids(&check(&config(""))), [""; 0], "a developer's machine");
    }

    #[test]
    fn silence_is_found_and_a_pause_is_not() {
        let of = |change: &dyn Fn(&mut Picture)| {
            let mut picture = picture();
            change(&mut picture);
            ids(&published(&picture, NOW))
        };
        assert_eq!(of(&|_| {}), [""; 0]);
        assert_eq!(of(&|p| p.published_at = Some(NOW.plus_seconds(-SILENT))), [""; 0]);
        assert_eq!(of(&|p| p.published_at = Some(NOW.plus_seconds(-SILENT - 1))), ["log.not_published"]);
        assert_eq!(of(&|p| p.published_at = None), ["log.not_published"]);
        assert_eq!(of(&|p| p.cosigned = Some(None)), ["log.not_witnessed"]);
        assert_eq!(of(&|p| p.cosigned = Some(Some(NOW))), [""; 0]);
        let fresh = |p: &mut Picture| (p.published_at, p.workspace.created_at) = (None, NOW);
        assert_eq!(of(&fresh), [""; 0]);
    }
}
