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

/// `a ÷ b` with two decimals.
pub fn ratio(a: Duration, b: Duration) -> String {
    let hundredths = a.as_nanos() * 100 / b.as_nanos().max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// Prints what the columns of [`report`] are.
pub fn header() {
    println!(
        "{:<28} {:>9} {:>9} {:>6}   {:>10} {:>10} {:>6}",
        "", "bills/s", "floor", "ratio", "median", "floor", "ratio"
    );
}

/// Prints both sides beside one another; a ratio of 1 is as fast as the floor.
pub fn report(what: &str, bills_a_round: usize, mut ours: Side, mut floor: Side) {
    let (round, floor_round) = (percentile(&mut ours.rounds, 50), percentile(&mut floor.rounds, 50));
    let (bill, floor_bill) = (percentile(&mut ours.each, 50), percentile(&mut floor.each, 50));
    let a_second = |round: Duration| {
        u128::try_from(bills_a_round).unwrap_or_default() * 1_000_000_000 / round.as_nanos().max(1)
    };
    println!(
        "{what:<28} {:>9} {:>9} {:>6}   {:>7} µs {:>7} µs {:>6}",
        a_second(round),
        a_second(floor_round),
        ratio(floor_round, round),
        bill.as_micros(),
        floor_bill.as_micros(),
        ratio(floor_bill, bill),
    );
}
