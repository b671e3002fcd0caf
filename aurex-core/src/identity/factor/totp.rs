//! TOTP, the one-time password of a moment (RFC 6238), as authenticator apps do it: HMAC-SHA-1, 30 s, six digits.

use subtle::{Choice, ConditionallySelectable as _, ConstantTimeEq as _};
use zeroize::Zeroizing;

use super::hotp::{Digits, HotpHash, hotp};
use super::seed::Seed;
use crate::time::Timestamp;

/// How long a code is shown.
pub(super) const STEP_SECONDS: i64 = 30;

/// How many steps a phone's clock may be ahead or behind: one (RFC 6238, section 5.2, recommends no more).
const WINDOW: i64 = 1;

/// One of the 30-second steps since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step(i64);

impl Step {
    /// The step that `at` falls into. It is the server's clock that counts, never one that a client sends.
    pub const fn at(at: Timestamp) -> Self {
        Self(at.micros().div_euclid(STEP_SECONDS * 1_000_000))
    }

    /// A step by its number, as a store kept it.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The number to store: how many steps after 1970 it is.
    pub const fn number(self) -> i64 {
        self.0
    }

    fn code(self, seed: &Seed) -> Zeroizing<String> {
        hotp(HotpHash::Sha1, seed.expose(), self.0.cast_unsigned(), Digits::Six)
    }
}

/// Whether `typed` is the code of this moment, of the step before or of the one after: the step to keep, or nothing.
///
/// A step up to `last_accepted` is never accepted again, so a code that was seen or overheard is of no use once it was
/// used (RFC 6238, section 5.2). Give it the step that is kept *under the member's turn*, and keep the answer in the
/// same turn: of two tries at once, one is then refused. At enrolment there is none, and the answer proves that the
/// app has the seed.
///
/// Spaces are passed over, because apps show `123 456`. All three codes are always compared, each in constant time.
///
/// ```
/// use aurex_core::identity::factor::{Seed, verify};
/// use aurex_core::time::Timestamp;
///
/// let seed = Seed::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?; // "12345678901234567890"
/// let now = Timestamp::from_micros(59_000_000); // RFC 6238, appendix B: 94287082
/// let step = verify(&seed, "287 082", now, None);
/// assert!(step.is_some());
/// assert_eq!(verify(&seed, "287082", now, step), None); // once
/// # Ok::<(), aurex_core::identity::factor::SeedError>(())
/// ```
pub fn verify(seed: &Seed, typed: &str, now: Timestamp, last_accepted: Option<Step>) -> Option<Step> {
    let typed = Zeroizing::new(typed.chars().filter(|c| !c.is_whitespace()).take(7).collect::<String>());
    let current = Step::at(now).0;
    let mut accepted = i64::MIN;
    // The last of several that match is the answer: what is kept then bars them all.
    for step in current.saturating_sub(WINDOW)..=current.saturating_add(WINDOW) {
        let is_code = Step(step).code(seed).as_bytes().ct_eq(typed.as_bytes());
        let is_new = Choice::from(u8::from(last_accepted.is_none_or(|last| last.0 < step)));
        accepted.conditional_assign(&step, is_code & is_new);
    }
    (accepted != i64::MIN).then_some(Step(accepted))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2026-01-01T00:00:00Z, the beginning of a step.
    const NOW: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);

    fn seed() -> Seed {
        Seed::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap()
    }

    fn code_at(at: Timestamp) -> String {
        Step::at(at).code(&seed()).as_str().to_owned()
    }

    #[test]
    fn asvs_v6_5_1_a_step_is_accepted_once() {
        let code = code_at(NOW);
        let step = verify(&seed(), &code, NOW, None);
        assert_eq!(step, Some(Step::at(NOW)));
        assert_eq!(verify(&seed(), &code, NOW, step), None);
        assert_eq!(verify(&seed(), &code, NOW.plus_seconds(30), step), None);

        let next = verify(&seed(), &code_at(NOW.plus_seconds(30)), NOW, step);
        assert_eq!(next, Some(Step::at(NOW.plus_seconds(30))));
        assert_eq!(
            verify(&seed(), &code, NOW, next),
            None,
            "what is older than an accepted one is spent, too"
        );
    }

    #[test]
    fn asvs_v6_5_5_v6_5_8_a_code_is_good_for_its_thirty_seconds_and_one_step_of_drift() {
        let code = code_at(NOW);
        let accepts = |seconds| verify(&seed(), &code, NOW.plus_seconds(seconds), None).is_some();
        for (seconds, expected) in [(-31, false), (-30, true), (0, true), (29, true), (59, true), (60, false)]
        {
            assert_eq!(accepts(seconds), expected, "{seconds} s later");
        }
    }

    #[test]
    fn only_six_digits_are_a_code() {
        let code = code_at(NOW);
        let (front, back) = code.split_at(3);
        assert!(verify(&seed(), &format!(" {front} {back}\n"), NOW, None).is_some());
        for typed in
            ["", front, &format!("{code}0"), &format!("0{code}"), &format!("{front}-{back}"), "९९९९९९"]
        {
            assert_eq!(verify(&seed(), typed, NOW, None), None, "{typed:?}");
        }
    }

    #[test]
    fn another_seed_has_other_codes() {
        let other = Seed::from_base32("AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT").unwrap();
        assert_eq!(verify(&other, &code_at(NOW), NOW, None), None);
    }

    proptest! {
        #[test]
        fn no_clock_and_no_kept_step_makes_a_spent_code_good(
            micros in any::<i64>(),
            last in any::<i64>(),
            typed in "[0-9]{6}",
        ) {
            let now = Timestamp::from_micros(micros);
            let last = Step::from_number(last);
            if let Some(step) = verify(&seed(), &typed, now, Some(last)) {
                prop_assert!(step > last);
            }
            let right = Step::at(now).code(&seed());
            prop_assert!(verify(&seed(), &right, now, None) >= Some(Step::at(now)));
        }
    }
}
