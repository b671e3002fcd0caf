//! When a mail that could not be handed over is tried again.

use aurex_core::time::Timestamp;

/// How long a mail is tried at all: what an invitation says is no news any more, and a relay that was away for two days
/// is somebody's task.
pub const PATIENCE_SECONDS: i64 = 48 * 3600;

const FIRST_SECONDS: i64 = 30;
const LONGEST_SECONDS: i64 = 4 * 3600;

/// The pause after the `tries`th try: half a minute, doubled each time, four hours at most; longer by up to a quarter of
/// itself by `chance`, so that mails which failed together do not come back together.
pub fn pause_seconds(tries: u32, chance: u8) -> i64 {
    let doubled = FIRST_SECONDS.checked_shl(tries.saturating_sub(1).min(16)).unwrap_or(LONGEST_SECONDS);
    let pause = doubled.min(LONGEST_SECONDS);
    pause + pause * i64::from(chance) / 1024
}

/// When the next try is made, unless it would be in vain.
pub fn next_try(queued_at: Timestamp, now: Timestamp, tries: u32, chance: u8) -> Option<Timestamp> {
    let next = now.plus_seconds(pause_seconds(tries, chance));
    (next.seconds_since(queued_at) < PATIENCE_SECONDS).then_some(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_four_hours_and_spread_by_a_quarter() {
        let pauses: Vec<i64> = (1..=12).map(|tries| pause_seconds(tries, 0)).collect();
        assert_eq!(pauses.first(), Some(&30));
        assert!(pauses.windows(2).all(|two| two[1] == (two[0] * 2).min(LONGEST_SECONDS)));
        assert_eq!(pauses.last(), Some(&LONGEST_SECONDS));
        for tries in [1, 5, 40, u32::MAX] {
            let (least, most) = (pause_seconds(tries, 0), pause_seconds(tries, u8::MAX));
            assert!(least < most && most < least + least / 4 + 1);
        }
    }

    #[test]
    fn after_two_days_nobody_tries_any_more() {
        let queued = Timestamp::from_micros(0);
        let (mut now, mut tries) = (queued, 0);
        while let Some(next) = next_try(
            queued,
            now,
            {
                tries += 1;
                tries
            },
            128,
        ) {
            now = next;
        }
        assert!(now.seconds_since(queued) > 40 * 3600 && now.seconds_since(queued) < PATIENCE_SECONDS);
        assert!((15..30).contains(&tries), "{tries} tries");
    }
}
