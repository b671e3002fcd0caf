//! How much work one guess costs.

use std::time::Duration;

/// The cost of a bcrypt hash: the work doubles with every step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cost(u32);

impl Cost {
    /// The least that is used for anybody's password: 12.
    pub const MINIMUM: Self = Self(12);
    /// The most: about four seconds on a machine of 2026. Above it a sign-in is an outage.
    pub const MAXIMUM: Self = Self(16);
    /// The least that bcrypt itself knows.
    const BCRYPT_MINIMUM: u32 = 4;

    /// A cost for real passwords.
    ///
    /// # Errors
    ///
    /// [`CostError`] below 12 or above 16.
    pub fn new(cost: u32) -> Result<Self, CostError> {
        match Self(cost) {
            cost if (Self::MINIMUM..=Self::MAXIMUM).contains(&cost) => Ok(cost),
            _ => Err(CostError { cost }),
        }
    }

    /// A cost that protects nobody, so that tests need not wait; brought within 4 to 16.
    pub const fn weak_for_tests_only(cost: u32) -> Self {
        match cost {
            0..Self::BCRYPT_MINIMUM => Self(Self::BCRYPT_MINIMUM),
            _ if cost > Self::MAXIMUM.0 => Self::MAXIMUM,
            _ => Self(cost),
        }
    }

    /// The exponent: the work is `2^cost` rounds.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The costs whose work, added to this one's, makes the work of `other`: 2^c + (2^c + 2^(c+1) + …) = 2^other. None
    /// where this one is as high already.
    pub(super) fn up_to(self, other: Self) -> impl Iterator<Item = Self> {
        (self.0..other.0).map(Self)
    }

    /// A stored hash may be older than today's minimum; what bcrypt or our own limit excludes is damage.
    pub(super) fn of_stored(cost: u32) -> Option<Self> {
        (Self::BCRYPT_MINIMUM..=Self::MAXIMUM.0).contains(&cost).then_some(Self(cost))
    }
}

/// The cost is outside what is allowed for passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password hash may cost {} to {}, not {cost}", Cost::MINIMUM.0, Cost::MAXIMUM.0)]
pub struct CostError {
    /// The cost asked for.
    pub cost: u32,
}

/// The highest cost at which one hash takes at most `target`, and never less than [`Cost::MINIMUM`].
///
/// `time_one_hash` hashes once at the given cost (with [`dummy_verify`](super::dummy_verify)) and says how long that
/// took. Each cost is timed three times and the shortest counts: other work on the machine only ever lengthens a
/// measurement, and mistaking a busy moment for a slow machine would keep a cost that is too low.
///
/// ```
/// use std::time::Duration;
/// use aurex_core::identity::password::{Cost, calibrate};
///
/// // A machine that needs 200 ms at cost 12, and twice as much for each step.
/// let machine = |cost: Cost| Duration::from_millis(200 << (cost.get() - 12));
/// assert_eq!(calibrate(Duration::from_millis(500), machine).get(), 13);
/// ```
pub fn calibrate(target: Duration, mut time_one_hash: impl FnMut(Cost) -> Duration) -> Cost {
    let mut chosen = Cost::MINIMUM;
    while chosen < Cost::MAXIMUM {
        let times = [time_one_hash(chosen), time_one_hash(chosen), time_one_hash(chosen)];
        let shortest = times.into_iter().min().unwrap_or(Duration::MAX);
        // The next cost takes twice as long; that is known without spending the time on it.
        if shortest.saturating_mul(2) > target {
            break;
        }
        chosen = Cost(chosen.0 + 1);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_costs_are_twelve_to_sixteen() {
        assert_eq!(Cost::new(12), Ok(Cost::MINIMUM));
        assert_eq!(Cost::new(16), Ok(Cost::MAXIMUM));
        assert_eq!(Cost::new(11), Err(CostError { cost: 11 }));
        assert_eq!(Cost::new(17).unwrap_err().to_string(), "a password hash may cost 12 to 16, not 17");
        assert_eq!(Cost::weak_for_tests_only(0).get(), 4);
        assert_eq!(Cost::weak_for_tests_only(99).get(), 16);
    }

    #[test]
    fn the_costs_up_to_another_make_its_work() {
        for (from, to) in [(4, 4), (4, 5), (12, 16), (16, 12)] {
            let added: u64 = Cost(from).up_to(Cost(to)).map(|cost| 1 << cost.get()).sum();
            assert_eq!((1 << from) + added, 1 << to.max(from), "{from} to {to}");
        }
    }

    fn machine(at_twelve: u64) -> impl FnMut(Cost) -> Duration {
        move |cost| Duration::from_millis(at_twelve << (cost.get() - 12))
    }

    #[test]
    fn calibration_takes_the_highest_cost_within_the_target() {
        let target = Duration::from_millis(250);
        assert_eq!(calibrate(target, machine(250)).get(), 12);
        assert_eq!(calibrate(target, machine(125)).get(), 13);
        assert_eq!(calibrate(target, machine(126)).get(), 12);
        assert_eq!(calibrate(target, machine(60)).get(), 14);
    }

    #[test]
    fn a_slow_machine_still_gets_the_minimum_and_a_fast_one_stops_at_the_maximum() {
        assert_eq!(calibrate(Duration::from_millis(1), machine(10_000)), Cost::MINIMUM);
        assert_eq!(calibrate(Duration::MAX, machine(1)), Cost::MAXIMUM);
    }

    #[test]
    fn one_busy_moment_does_not_lower_the_cost() {
        let mut calls = 0;
        let mut quiet = machine(100);
        let busy_at_first = |cost| {
            calls += 1;
            if calls == 1 { Duration::from_secs(9) } else { quiet(cost) }
        };
        assert_eq!(calibrate(Duration::from_millis(400), busy_at_first).get(), 14);
    }
}
