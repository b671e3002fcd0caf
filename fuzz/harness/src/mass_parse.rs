//! Weights, purities and percentages as people type them.

use std::fmt::{Debug, Display};

use aurex_core::measure::{FineMass, Fineness, Mass, Ratio, StoneMass};

/// The input is the text, read as every measure there is.
///
/// What is accepted means the number that its digits say, and prints as a text that reads back the same.
pub fn mass_parse(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    check(text, 3, Mass::parse, |mass| mass.mg());
    check(text, 3, StoneMass::parse, |mass| mass.mct());
    check(text, 9, FineMass::parse, |mass| mass.ng());
    check(text, 3, Fineness::parse_per_mille, |fineness| i64::from(fineness.ppm()));
    check(text, 4, Ratio::parse_percent, |ratio| i64::from(ratio.ppm()));
}

fn check<T: Copy + PartialEq + Debug + Display, E: PartialEq + Debug>(
    text: &str,
    decimals: usize,
    parse: impl Fn(&str) -> Result<T, E>,
    units: impl Fn(T) -> i64,
) {
    let Ok(value) = parse(text) else { return };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let spelt: i128 = format!("{whole}{fraction:0<decimals$}").parse().unwrap_or(i128::MAX);
    assert_eq!(i128::from(units(value)), spelt, "{text:?} was read as {value:?}");
    let printed = value.to_string();
    assert_eq!(parse(&printed), Ok(value), "{text:?} printed as {printed:?}");
}
