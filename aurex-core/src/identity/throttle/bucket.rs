//! One count that drains with time.

use std::num::NonZeroU32;

const MICROS_PER_SECOND: i64 = 1_000_000;

/// How many tries are free at once, and how quickly they come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThrottlePolicy {
    burst: NonZeroU32,
    interval_seconds: NonZeroU32,
}

impl ThrottlePolicy {
    /// The longest interval: a day. It bounds every wait.
    const LONGEST_INTERVAL_SECONDS: u32 = 86_400;

    /// `burst` tries at once, and another one every `interval_seconds`.
    ///
    /// # Errors
    ///
    /// [`ThrottlePolicyError`] when either is 0, the burst is above 1,000,000 or the interval longer than a day.
    pub fn new(burst: u32, interval_seconds: u32) -> Result<Self, ThrottlePolicyError> {
        match (NonZeroU32::new(burst), NonZeroU32::new(interval_seconds)) {
            (Some(burst), Some(interval_seconds))
                if burst.get() <= 1_000_000 && interval_seconds.get() <= Self::LONGEST_INTERVAL_SECONDS =>
            {
                Ok(Self { burst, interval_seconds })
            }
            _ => Err(ThrottlePolicyError),
        }
    }

    pub(super) const fn of(burst: NonZeroU32, interval_seconds: NonZeroU32) -> Self {
        Self { burst, interval_seconds }
    }

    /// The most tries that are allowed within any `seconds`: the burst, and what comes back meanwhile.
    pub fn most_allowed_within(&self, seconds: u32) -> u64 {
        u64::from(self.burst.get()) + u64::from(seconds / self.interval_seconds)
    }

    /// The longest that anybody is told to wait, in seconds.
    pub const fn longest_wait_seconds(&self) -> u32 {
        self.interval_seconds.get()
    }

    /// What one try adds to the bucket: the time in which it drains again.
    fn charge(&self) -> i64 {
        i64::from(self.interval_seconds.get()) * MICROS_PER_SECOND
    }

    fn capacity(&self) -> i64 {
        self.charge() * i64::from(self.burst.get())
    }
}

/// A policy that would allow nothing, or make somebody wait for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a throttle needs a burst of 1 to 1000000 tries and an interval of 1 to 86400 seconds")]
pub struct ThrottlePolicyError;

/// A count of tries, as it is stored: how long it takes to drain, and since when. An absent one is the default, empty.
///
/// A bucket that has drained may be deleted at any time: see [`Bucket::is_empty_at`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bucket {
    /// The time it takes to drain from [`Bucket::updated_at_micros`] on, in microseconds; never negative.
    pub drains_in_micros: i64,
    /// When it was last written, in microseconds since 1970, UTC.
    pub updated_at_micros: i64,
}

impl Bucket {
    /// How many tries it holds that have not drained at `now_micros`, one that has begun to drain included.
    pub fn tries(self, now_micros: i64, policy: &ThrottlePolicy) -> u32 {
        let held = self.at(now_micros, policy).drains_in_micros;
        let charge = policy.charge().max(1);
        u32::try_from((held + charge - 1) / charge).unwrap_or(u32::MAX)
    }

    /// The bucket as it stands at `now_micros`.
    ///
    /// A clock that was set back drains nothing and loses nothing; whatever is stored, no more than the policy's
    /// capacity counts, so that neither a damaged row nor a clock from the future locks anybody out.
    fn at(self, now_micros: i64, policy: &ThrottlePolicy) -> Self {
        let elapsed = now_micros.saturating_sub(self.updated_at_micros).max(0);
        let drains_in_micros = self.drains_in_micros.saturating_sub(elapsed).clamp(0, policy.capacity());
        Self { drains_in_micros, updated_at_micros: now_micros }
    }

    /// Whether nothing is left in it, so that the row need not be kept.
    pub const fn is_empty_at(&self, now_micros: i64) -> bool {
        self.drains_in_micros <= now_micros.saturating_sub(self.updated_at_micros)
    }

    /// Takes one charge back out, for a try that turned out to be right.
    pub(super) fn handed_back(self, now_micros: i64, policy: &ThrottlePolicy) -> Self {
        let now = self.at(now_micros, policy);
        Self { drains_in_micros: (now.drains_in_micros - policy.charge()).max(0), ..now }
    }
}

/// Whether a try may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It may, and was charged.
    Allow,
    /// It may not, and was not charged; another is allowed after so many whole seconds, at least one.
    RetryAfter(u32),
}

/// Decides about one try and returns the bucket to store. Read, decide and store in one step: two tries that both
/// read the bucket before either is stored would be counted as one.
///
/// ```
/// use aurex_core::identity::throttle::{Bucket, Decision, ThrottlePolicy, decide};
///
/// let two_then_one_a_minute = ThrottlePolicy::new(2, 60)?;
/// let (mut bucket, now) = (Bucket::default(), 1_000_000_000);
/// for expected in [Decision::Allow, Decision::Allow, Decision::RetryAfter(60)] {
///     let (decision, after) = decide(bucket, now, &two_then_one_a_minute);
///     assert_eq!(decision, expected);
///     bucket = after;
/// }
/// # Ok::<(), aurex_core::identity::throttle::ThrottlePolicyError>(())
/// ```
pub fn decide(bucket: Bucket, now_micros: i64, policy: &ThrottlePolicy) -> (Decision, Bucket) {
    let now = bucket.at(now_micros, policy);
    let after = now.drains_in_micros + policy.charge();
    let too_much = after - policy.capacity();
    if too_much <= 0 {
        (Decision::Allow, Bucket { drains_in_micros: after, ..now })
    } else {
        // At most one charge, which is at most a day: the number of seconds always fits.
        let seconds = (too_much + MICROS_PER_SECOND - 1) / MICROS_PER_SECOND;
        let seconds = u32::try_from(seconds).unwrap_or(ThrottlePolicy::LONGEST_INTERVAL_SECONDS);
        (Decision::RetryAfter(seconds), now)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn policy(burst: u32, interval_seconds: u32) -> ThrottlePolicy {
        ThrottlePolicy::new(burst, interval_seconds).unwrap()
    }

    const NOW: i64 = 1_767_225_600_000_000;

    #[test]
    fn a_burst_then_one_each_interval() {
        let policy = policy(3, 60);
        let mut bucket = Bucket::default();
        for _ in 0..3 {
            let (decision, after) = decide(bucket, NOW, &policy);
            assert_eq!(decision, Decision::Allow);
            bucket = after;
        }
        assert_eq!(decide(bucket, NOW, &policy).0, Decision::RetryAfter(60));
        assert_eq!(decide(bucket, NOW + 59_000_001, &policy).0, Decision::RetryAfter(1));
        let (decision, after) = decide(bucket, NOW + 60_000_000, &policy);
        assert_eq!(decision, Decision::Allow);
        assert_eq!(decide(after, NOW + 60_000_000, &policy).0, Decision::RetryAfter(60));
        assert!(!after.is_empty_at(NOW + 239_999_999));
        assert!(after.is_empty_at(NOW + 240_000_000));
    }

    #[test]
    fn hammering_does_not_lengthen_the_wait() {
        let policy = policy(1, 60);
        let (_, mut bucket) = decide(Bucket::default(), NOW, &policy);
        for second in 1..60 {
            let (decision, after) = decide(bucket, NOW + i64::from(second) * 1_000_000, &policy);
            assert_eq!(decision, Decision::RetryAfter(60 - second));
            bucket = after;
        }
        assert_eq!(decide(bucket, NOW + 60_000_000, &policy).0, Decision::Allow);
    }

    #[test]
    fn a_policy_that_allows_nothing_is_refused() {
        for (burst, interval) in [(0, 1), (1, 0), (1_000_001, 1), (1, 86_401)] {
            assert_eq!(ThrottlePolicy::new(burst, interval), Err(ThrottlePolicyError));
        }
        assert!(ThrottlePolicy::new(1_000_000, 86_400).is_ok());
    }

    fn policies() -> impl Strategy<Value = ThrottlePolicy> {
        (1_u32..=50, 1_u32..=600).prop_map(|(burst, interval)| policy(burst, interval))
    }

    proptest! {
        #[test]
        fn every_wait_is_bounded_and_true_whatever_is_stored(
            policy in policies(),
            drains_in_micros in any::<i64>(),
            updated_at_micros in any::<i64>(),
            now in any::<i64>(),
        ) {
            let bucket = Bucket { drains_in_micros, updated_at_micros };
            if let (Decision::RetryAfter(seconds), after) = decide(bucket, now, &policy) {
                prop_assert!((1..=policy.longest_wait_seconds()).contains(&seconds));
                if let Some(later) = now.checked_add(i64::from(seconds) * MICROS_PER_SECOND) {
                    prop_assert_eq!(decide(after, later, &policy).0, Decision::Allow);
                }
            }
        }

        #[test]
        fn no_window_allows_more_than_the_policy_states(
            policy in policies(),
            pauses in prop::collection::vec(0_i64..200_000_000, 1..300),
        ) {
            let (mut now, mut bucket, mut allowed) = (NOW, Bucket::default(), Vec::new());
            for pause in pauses {
                now += pause;
                let (decision, after) = decide(bucket, now, &policy);
                bucket = after;
                if decision == Decision::Allow {
                    allowed.push(now);
                }
            }
            for (first, start) in allowed.iter().enumerate() {
                let within = allowed[first..].iter().take_while(|at| **at - start <= 3_600_000_000).count() as u64;
                prop_assert!(within <= policy.most_allowed_within(3600));
            }
        }

        #[test]
        fn a_clock_set_back_frees_nothing(policy in policies(), back in 0_i64..10_000_000_000) {
            let mut bucket = Bucket::default();
            for _ in 0..policy.burst.get() {
                bucket = decide(bucket, NOW, &policy).1;
            }
            prop_assert_ne!(decide(bucket, NOW - back, &policy).0, Decision::Allow);
        }

        #[test]
        fn what_is_handed_back_is_exactly_what_was_charged(policy in policies(), tries in 0_u32..49) {
            let mut before = Bucket::default().at(NOW, &policy);
            for _ in 0..tries.min(policy.burst.get() - 1) {
                before = decide(before, NOW, &policy).1;
            }
            let (decision, charged) = decide(before, NOW, &policy);
            prop_assert_eq!(decision, Decision::Allow);
            prop_assert_eq!(charged.handed_back(NOW, &policy), before);
        }
    }
}
