//! Sharing a whole number of units out without losing or inventing one.

use std::cmp::Reverse;

use super::{Money, MoneyError};

/// Why a total cannot be shared out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AllocationError {
    /// A weight is negative.
    #[error("weight {index} is negative")]
    NegativeWeight {
        /// Which one, from zero.
        index: usize,
    },
    /// There is something to share and nobody to take it: no weights, or all of them zero.
    #[error("no weight can take a share")]
    NoWeight,
    /// The sums leave the range of the arithmetic.
    #[error("weights are too large")]
    Overflow,
}

/// Shares `total` out in proportion to `weights`, by exact largest remainder.
///
/// Every share is floored, then the units left over go one each to the largest remainders, ties to the earlier index.
/// A negative total is the mirror image of its positive. A zero weight never receives a unit, and the parts always
/// sum to the whole.
///
/// ```
/// use aurex_core::money::allocate;
///
/// assert_eq!(allocate(100, &[1, 1, 1]), Ok(vec![34, 33, 33]));
/// assert_eq!(allocate(-100, &[1, 0, 1, 1]), Ok(vec![-34, 0, -33, -33]));
/// ```
///
/// # Errors
/// [`AllocationError::NegativeWeight`]; [`AllocationError::NoWeight`] if `total` is not zero and the weights' sum is.
pub fn allocate(total: i64, weights: &[i64]) -> Result<Vec<i64>, AllocationError> {
    share_out(total, weights, Ok)
}

/// Of so many parts nothing but the answer is allocated: the taxes of a line, the people of a shop.
const FEW: usize = 8;

/// What one weight takes before the units left over are given out.
#[derive(Clone, Copy, Default)]
struct Part<R> {
    share: u64,
    remainder: R,
}

/// As [`allocate`] says, each part handed through `as_part`.
fn share_out<T, E: From<AllocationError>>(
    total: i64,
    weights: &[i64],
    as_part: impl Fn(i64) -> Result<T, E>,
) -> Result<Vec<T>, E> {
    let sum = sum_of(weights)?;
    if total == 0 {
        return weights.iter().map(|_| as_part(0)).collect();
    }
    if sum == 0 {
        return Err(AllocationError::NoWeight.into());
    }
    let magnitude = total.unsigned_abs();
    match u64::try_from(sum) {
        Ok(sum) => divide_and_give_out(total, weights, |weight| narrow(magnitude, weight, sum), as_part),
        Err(_) => divide_and_give_out(total, weights, |weight| wide(magnitude, weight, sum), as_part),
    }
}

fn sum_of(weights: &[i64]) -> Result<u128, AllocationError> {
    let mut sum: u128 = 0;
    for (index, &weight) in weights.iter().enumerate() {
        let weight = u64::try_from(weight).map_err(|_| AllocationError::NegativeWeight { index })?;
        sum = sum.checked_add(weight.into()).ok_or(AllocationError::Overflow)?;
    }
    Ok(sum)
}

/// `magnitude × weight ÷ sum`, floored, and what is left of it. The figures of a shop fit into 64 bits, where dividing
/// takes a fraction of the time.
#[inline]
fn narrow(magnitude: u64, weight: u64, sum: u64) -> Part<u64> {
    match magnitude.checked_mul(weight) {
        Some(product) => Part { share: product / sum, remainder: product % sum },
        None => {
            let Part { share, remainder } = wide(magnitude, weight, sum.into());
            // Below the sum, which fits.
            Part { share, remainder: u64::try_from(remainder).unwrap_or(u64::MAX) }
        }
    }
}

/// The same for any weights: magnitude and weight are at most 2^63, so the product stays below 2^127; no weight is above
/// the sum, so no share is above the whole.
fn wide(magnitude: u64, weight: u64, sum: u128) -> Part<u128> {
    let product = u128::from(magnitude) * u128::from(weight);
    let share = product / sum;
    Part { share: u64::try_from(share).unwrap_or(magnitude), remainder: product - share * sum }
}

#[inline]
fn divide_and_give_out<R: Copy + Default + Ord, T, E: From<AllocationError>>(
    total: i64,
    weights: &[i64],
    divide: impl Fn(u64) -> Part<R>,
    as_part: impl Fn(i64) -> Result<T, E>,
) -> Result<Vec<T>, E> {
    let (mut few, mut many) = ([Part::default(); FEW], Vec::new());
    let parts = match few.get_mut(..weights.len()) {
        Some(few) => few,
        None => {
            many.resize(weights.len(), Part::default());
            many.as_mut_slice()
        }
    };
    let mut left = total.unsigned_abs();
    for (part, weight) in parts.iter_mut().zip(weights) {
        *part = divide(weight.unsigned_abs());
        left -= part.share;
    }
    give_out(left, parts);
    let mut answer = Vec::with_capacity(parts.len());
    for part in parts {
        let signed = if total < 0 {
            0_i64.checked_sub_unsigned(part.share)
        } else {
            0_i64.checked_add_unsigned(part.share)
        };
        answer.push(as_part(signed.ok_or(AllocationError::Overflow)?)?);
    }
    Ok(answer)
}

/// One unit each to the largest remainders, ties to the earlier.
///
/// The remainders sum to left × sum and each is below sum, so fewer units are left than there are remainders above
/// zero: none of them reaches a zero weight.
#[inline]
fn give_out<R: Copy + Default + Ord>(left: u64, parts: &mut [Part<R>]) {
    if parts.len() <= FEW {
        for _ in 0..left {
            // The least of the reversed is the largest, and `min_by_key` answers the first of equals.
            if let Some(next) = parts.iter_mut().min_by_key(|part| Reverse(part.remainder)) {
                *next = Part { share: next.share + 1, remainder: R::default() };
            }
        }
        return;
    }
    let mut order: Vec<&mut Part<R>> = parts.iter_mut().collect();
    // Stable, so that equals stay in their order.
    order.sort_by_key(|part| Reverse(part.remainder));
    for (_, part) in (0..left).zip(order) {
        part.share += 1;
    }
}

impl Money {
    /// Shares this amount out in proportion to `weights`; see [`allocate`].
    ///
    /// # Errors
    /// [`MoneyError::Allocation`] as [`allocate`] says.
    pub fn allocate(self, weights: &[i64]) -> Result<Vec<Self>, MoneyError> {
        share_out(self.minor(), weights, |minor| Self::new(minor, self.currency()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn left_over_units_go_to_the_largest_remainder_then_to_the_earlier_index() {
        assert_eq!(allocate(10, &[3, 3, 4]), Ok(vec![3, 3, 4]));
        assert_eq!(allocate(7, &[1, 1, 1]), Ok(vec![3, 2, 2]));
        // remainders of 5 × {2, 3, 5} ÷ 10: 0, 5, 5 → the tie goes to index 1
        assert_eq!(allocate(5, &[2, 3, 5]), Ok(vec![1, 2, 2]));
    }

    #[test]
    fn extremes_of_the_range_are_shared_exactly() {
        assert_eq!(allocate(i64::MIN, &[i64::MAX]), Ok(vec![i64::MIN]));
        assert_eq!(allocate(i64::MAX, &[i64::MAX, i64::MAX]), Ok(vec![i64::MAX / 2 + 1, i64::MAX / 2]));
    }

    #[test]
    fn what_nobody_can_take_is_refused_and_nothing_is_shared_by_anyone() {
        assert_eq!(allocate(1, &[]), Err(AllocationError::NoWeight));
        assert_eq!(allocate(1, &[0, 0]), Err(AllocationError::NoWeight));
        assert_eq!(allocate(0, &[0, 0]), Ok(vec![0, 0]));
        assert_eq!(allocate(0, &[1, -1]), Err(AllocationError::NegativeWeight { index: 1 }));
    }

    fn weights() -> impl Strategy<Value = Vec<i64>> {
        proptest::collection::vec(prop_oneof![Just(0), 0..=100_i64, 0..=i64::MAX], 1..20)
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole(total: i64, weights in weights()) {
            if let Ok(parts) = allocate(total, &weights) {
                prop_assert_eq!(parts.iter().map(|&p| i128::from(p)).sum::<i128>(), i128::from(total));
            } else {
                prop_assert!(weights.iter().all(|&w| w == 0));
            }
        }

        #[test]
        fn a_zero_weight_receives_nothing(total: i64, weights in weights()) {
            for (part, weight) in allocate(total, &weights).unwrap_or_default().iter().zip(&weights) {
                prop_assert!(*weight != 0 || *part == 0);
            }
        }

        /// So the few, which are given out by looking for the largest, and the many, which are sorted, agree.
        #[test]
        fn those_who_weigh_nothing_change_nothing(total: i64, weights in weights()) {
            let padded: Vec<i64> = weights.iter().copied().chain([0; FEW]).collect();
            let expected = allocate(total, &weights).map(|parts| parts.into_iter().chain([0; FEW]).collect::<Vec<_>>());
            prop_assert_eq!(allocate(total, &padded), expected);
        }

        #[test]
        fn a_negative_total_is_mirrored(total in 0..=i64::MAX, weights in weights()) {
            let mirrored = allocate(total, &weights).map(|parts| parts.into_iter().map(|p| -p).collect::<Vec<_>>());
            prop_assert_eq!(allocate(-total, &weights), mirrored);
        }

        #[test]
        fn every_part_is_its_exact_share_rounded_down_or_up(total in 0..=i64::MAX, weights in weights()) {
            let sum: i128 = weights.iter().map(|&w| i128::from(w)).sum();
            for (&part, &weight) in allocate(total, &weights).unwrap_or_default().iter().zip(&weights) {
                let floor = i128::from(total) * i128::from(weight) / sum;
                prop_assert!(i128::from(part) == floor || i128::from(part) == floor + 1);
            }
        }
    }
}
