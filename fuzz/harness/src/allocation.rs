//! Sharing a whole out.

use aurex_core::money::{AllocationError, allocate};

use crate::bytes::Bytes;

/// A total, then weights to the end of the input, eight bytes each.
///
/// The parts sum to the whole; each is less than one unit from its exact share; a zero weight gets nothing; a heavier
/// weight never gets less, and of equal weights an earlier one never gets less than a later; a negative total is the
/// mirror image. Refused is exactly what the documentation says is refused.
pub fn allocation(data: &[u8]) {
    let mut bytes = Bytes(data);
    let total = bytes.i64();
    let mut weights = Vec::new();
    while !bytes.is_empty() && weights.len() < 64 {
        weights.push(bytes.i64());
    }
    let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();

    let shares = match allocate(total, &weights) {
        Ok(shares) => shares,
        Err(AllocationError::NegativeWeight { index }) => {
            assert_eq!(weights.iter().position(|&weight| weight < 0), Some(index));
            return;
        }
        Err(error) => {
            assert_eq!(error, AllocationError::NoWeight);
            assert!(total != 0 && sum == 0 && weights.iter().all(|&weight| weight == 0));
            return;
        }
    };
    assert!(weights.iter().all(|&weight| weight >= 0));
    assert_eq!(shares.len(), weights.len());
    if total == 0 {
        assert!(shares.iter().all(|&share| share == 0));
        return;
    }
    assert_eq!(shares.iter().map(|&share| i128::from(share)).sum::<i128>(), i128::from(total));

    let size = i128::from(total).abs();
    let sized: Vec<(i128, i128)> = weights
        .iter()
        .zip(&shares)
        .map(|(&weight, &share)| (i128::from(weight), i128::from(share) * i128::from(total.signum())))
        .collect();
    for (index, &(weight, share)) in sized.iter().enumerate() {
        assert!(share >= 0, "share {index} has the other sign");
        assert!(weight > 0 || share == 0, "weight {index} is zero and got {share}");
        assert!((share * sum - size * weight).abs() < sum, "share {index} is a unit or more off");
        for &(later_weight, later_share) in sized.iter().skip(index + 1) {
            match weight.cmp(&later_weight) {
                std::cmp::Ordering::Less => assert!(share <= later_share),
                std::cmp::Ordering::Equal => assert!(share == later_share || share == later_share + 1),
                std::cmp::Ordering::Greater => assert!(share >= later_share),
            }
        }
    }
    if let Some(mirrored) = total.checked_neg() {
        let mirror: Vec<i64> = shares.iter().filter_map(|share| share.checked_neg()).collect();
        assert_eq!(allocate(mirrored, &weights), Ok(mirror));
    }
}
