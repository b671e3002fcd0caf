//! The steps that were computed by hand: sums of products and quotients of whole numbers, rounded once at the end, half
//! away from zero.

/// What an expression such as `2980 * 605000 / 1000 + 7` comes to.
pub(super) fn computed(expression: &str) -> i64 {
    let (mut numerator, mut denominator) = (0_i128, 1_i128);
    for term in expression.split('+') {
        let (mut above, mut below, mut divides) = (1_i128, 1_i128, false);
        for word in term.split_whitespace() {
            match word {
                "*" => divides = false,
                "/" => divides = true,
                number if divides => below *= number.parse::<i128>().unwrap(),
                number => above *= number.parse::<i128>().unwrap(),
            }
        }
        numerator = numerator * below + above * denominator;
        denominator *= below;
    }
    assert!(numerator >= 0, "steps of a bill are not negative");
    i64::try_from((2 * numerator + denominator) / (2 * denominator)).unwrap()
}

#[test]
fn steps_by_hand_are_rounded_once_and_half_away() {
    for (expression, result) in
        [("0", 0), ("1 / 2", 1), ("1 / 3 + 1 / 3", 1), ("1 / 3", 0), ("2 * 3 + 4", 10), ("5 / 2 * 3", 8)]
    {
        assert_eq!(computed(expression), result, "{expression}");
    }
}
