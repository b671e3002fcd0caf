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
    let mut sum: i128 = 0;
    for (index, &weight) in weights.iter().enumerate() {
        if weight < 0 {
            return Err(AllocationError::NegativeWeight { index });
        }
        sum = sum.checked_add(i128::from(weight)).ok_or(AllocationError::Overflow)?;
    }
    if total == 0 {
        return Ok(vec![0; weights.len()]);
    }
    if sum == 0 {
        return Err(AllocationError::NoWeight);
    }

    let magnitude = i128::from(total).abs();
    let mut left = magnitude;
    let mut shares = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (index, &weight) in weights.iter().enumerate() {
        // |total| ≤ 2^63 and weight < 2^63, so the product stays below 2^126.
        let product = magnitude * i128::from(weight);
        let share = product / sum;
        left -= share;
        remainders.push((Reverse(product - share * sum), index));
        shares.push(share);
    }
    // The remainders sum to left × sum and each is below sum, so fewer units are left than there are remainders
    // above zero: the walk below never reaches a zero weight.
    if left > 0 {
        remainders.sort_unstable();
        for (_, index) in remainders {
            if left == 0 {
                break;
            }
            if let Some(share) = shares.get_mut(index) {
                *share += 1;
                left -= 1;
            }
        }
    }
    let sign = if total < 0 { -1 } else { 1 };
    shares
        .into_iter()
        .map(|share| i64::try_from(sign * share).map_err(|_| AllocationError::Overflow))
        .collect()
}

impl Money {
    /// Shares this amount out in proportion to `weights`; see [`allocate`].
    ///
    /// # Errors
    /// [`MoneyError::Allocation`] as [`allocate`] says.
    pub fn allocate(self, weights: &[i64]) -> Result<Vec<Self>, MoneyError> {
        allocate(self.minor(), weights)?.into_iter().map(|minor| Self::new(minor, self.currency())).collect()
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
