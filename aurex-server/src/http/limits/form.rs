//! How soon a page's form comes back. Nobody reads a page, types and sends it within a second; a program does.
//!
//! Each page for strangers carries a stamp: when it was made, for which workspace, under a key of ours. Our module sends it
//! along. Nothing is kept for it, so that no flood of pages costs anything, and it needs no cookie. It is no proof that
//! somebody looked at a page: a program that leaves it out is one that uses the API, and the throttles count it as such.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac as _;

use super::{Limits, Meter, Problem};
use crate::http::problem::Code;

/// For how long a page may be left open.
const GOOD_FOR_US: u64 = 12 * 3600 * 1_000_000;
/// Half of the hash: nobody guesses 128 bits.
const TAG: usize = 16;

impl Limits {
    /// The stamp of a page made now for a workspace; empty where nobody looks at them.
    #[must_use]
    pub fn form_stamp(&self, workspace: &str) -> String {
        let Some(inner) = self.0.as_ref().filter(|inner| inner.rates.form_ms > 0) else {
            return String::new();
        };
        let at = inner.now_us().to_be_bytes();
        let tag = inner.form_mac(workspace, at).finalize().into_bytes();
        let tag = tag.get(..TAG).unwrap_or_default();
        URL_SAFE_NO_PAD.encode([at.as_slice(), tag].concat())
    }

    /// Looks at the stamp that came with a form of a workspace's page.
    ///
    /// # Errors
    /// [`Code::FormTooFast`] with the time to wait, [`Code::FormOutdated`] when it is none of ours, or no longer.
    pub fn form(&self, workspace: &str, stamp: &str) -> Result<(), Problem> {
        let Some(inner) = self.0.as_ref().filter(|inner| inner.rates.form_ms > 0) else { return Ok(()) };
        let outdated = || Problem::new(Code::FormOutdated);
        let bytes = URL_SAFE_NO_PAD.decode(stamp).map_err(|_| outdated())?;
        let (at, tag) = bytes.split_first_chunk().ok_or_else(outdated)?;
        if tag.len() != TAG || inner.form_mac(workspace, *at).verify_truncated_left(tag).is_err() {
            return Err(outdated());
        }
        // A clock that went back makes a page younger, and never good for longer.
        let age = inner.now_us().saturating_sub(u64::from_be_bytes(*at));
        if age >= GOOD_FOR_US {
            return Err(outdated());
        }
        let least = u64::from(inner.rates.form_ms).saturating_mul(1_000);
        if age < least {
            inner.count(Meter::Form);
            let wait = Duration::from_secs(least.saturating_sub(age).div_ceil(1_000_000));
            return Err(Problem::new(Code::FormTooFast).retry_after(wait));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicI64, Ordering};

    use aurex_core::time::{Clock, Timestamp};

    use super::super::Rates;
    use super::*;

    struct Scripted(AtomicI64);

    impl Clock for Scripted {
        fn now(&self) -> Timestamp {
            Timestamp::from_micros(self.0.load(Ordering::SeqCst))
        }
    }

    fn limits(rates: Rates) -> (Limits, Arc<Scripted>) {
        let clock = Arc::new(Scripted(AtomicI64::new(1_800_000_000_000_000)));
        (Limits::new(rates, [7; 32], Arc::clone(&clock) as Arc<dyn Clock>), clock)
    }

    #[test]
    fn asvs_v2_4_2_a_form_that_comes_back_sooner_than_a_person_could_waits() {
        let (limits, clock) = limits(Rates::default());
        let stamp = limits.form_stamp("zaveri");
        for (wait_us, code) in [(0, 429), (999_999, 429)] {
            clock.0.fetch_add(wait_us, Ordering::SeqCst);
            let refused = limits.form("zaveri", &stamp).unwrap_err().render(None);
            assert_eq!((refused.status().as_u16(), refused.header("retry-after")), (code, Some("1")));
        }
        assert_eq!(limits.figures().refused[Meter::Form.index()], 2);
        clock.0.fetch_add(1, Ordering::SeqCst);
        assert!(limits.form("zaveri", &stamp).is_ok() && limits.form("zaveri", &stamp).is_ok());
    }

    #[test]
    fn asvs_v2_4_2_a_stamp_is_ours_one_workspaces_and_good_for_half_a_day() {
        let (limits, clock) = limits(Rates::default());
        let stamp = limits.form_stamp("zaveri");
        clock.0.fetch_add(2_000_000, Ordering::SeqCst);
        assert!(limits.form("zaveri", &stamp).is_ok());
        let status = |slug: &str, stamp: &str| limits.form(slug, stamp).unwrap_err().render(None).status();
        assert_eq!(status("rupa", &stamp), 409);
        for at in 0..stamp.len() {
            let mut forged = stamp.clone().into_bytes();
            forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
            assert_eq!(status("zaveri", &String::from_utf8(forged).unwrap()), 409, "{at}");
        }
        for wrong in ["", "AAAA", "not base64", stamp.get(..30).unwrap()] {
            assert_eq!(status("zaveri", wrong), 409, "{wrong}");
        }
        clock.0.fetch_add(12 * 3600 * 1_000_000, Ordering::SeqCst);
        assert_eq!(status("zaveri", &stamp), 409, "too old");
    }

    #[test]
    fn where_nobody_is_limited_pages_carry_no_stamp_and_none_is_looked_at() {
        for limits in [limits(Rates::UNLIMITED).0, Limits::none()] {
            assert_eq!(limits.form_stamp("zaveri"), "");
            assert!(limits.form("zaveri", "whatever").is_ok());
        }
    }
}
