//! Medians and ratios, in whole numbers.

use std::time::Duration;

/// Whether this is a measurement: `cargo bench` says `--bench`, and a test run, which only wants to see that the bench
/// works, does not.
pub fn measuring() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// Whether this part is to run: all do, unless some are named behind `--`.
pub fn wanted(part: &str) -> bool {
    let mut named = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    named.peek().is_none() || named.any(|name| name == part)
}

/// What one side of a comparison took.
#[derive(Debug, Default)]
pub struct Side {
    /// Each bill.
    pub each: Vec<Duration>,
    /// Each round, from the first bill's start to the last one's end.
    pub rounds: Vec<Duration>,
}

/// The sample that so many hundredths do not exceed.
pub fn percentile(samples: &mut [Duration], hundredths: usize) -> Duration {
    samples.sort_unstable();
    let last = samples.len().saturating_sub(1);
    samples.get((samples.len() * hundredths / 100).min(last)).copied().unwrap_or_default()
}

/// How many times the lower time the upper one is, round by round: what a quarter, half and three quarters of the rounds
/// do not exceed.
pub fn quartiles(upper: &[Duration], lower: &[Duration]) -> [String; 3] {
    let rounds = upper.iter().zip(lower);
    let mut hundredths: Vec<u128> =
        rounds.map(|(upper, lower)| upper.as_nanos() * 100 / lower.as_nanos().max(1)).collect();
    hundredths.sort_unstable();
    [25, 50, 75].map(|part| {
        let found = hundredths.get(hundredths.len() * part / 100).copied().unwrap_or_default();
        format!("{}.{:02}", found / 100, found % 100)
    })
}

/// Prints what the columns of [`report`] are.
pub fn header() {
    println!(
        "{:<28} {:>9} {:>9} {:>6} {:>11}  {:>10} {:>10}",
        "", "bills/s", "floor", "ratio", "(quartiles)", "median", "floor"
    );
}

/// Prints both sides beside one another; a ratio of 1 is as fast as the floor.
///
/// A shared disk changes its pace from second to second, so the ratio is taken round by round, of two rounds that follow
/// one another at once, and the middle one is printed, between those that a quarter of the rounds stay below and above.
pub fn report(what: &str, bills_a_round: usize, mut ours: Side, mut floor: Side) {
    let [low, middle, high] = quartiles(&floor.rounds, &ours.rounds);
    let (round, floor_round) = (percentile(&mut ours.rounds, 50), percentile(&mut floor.rounds, 50));
    let a_second = |round: Duration| {
        u128::try_from(bills_a_round).unwrap_or_default() * 1_000_000_000 / round.as_nanos().max(1)
    };
    println!(
        "{what:<28} {:>9} {:>9} {middle:>6} ({low}–{high})  {:>7} µs {:>7} µs",
        a_second(round),
        a_second(floor_round),
        percentile(&mut ours.each, 50).as_micros(),
        percentile(&mut floor.each, 50).as_micros(),
    );
}
