//! Who owes for how long.
//!
//! Payments settle the oldest debt first. So what is open stands among the newest debits, and its age is found by taking
//! the balance off them from the newest back. Nothing but the ledger is read, and the ages of everybody sum to what the
//! balance sheet says they owe.

use super::{OutOfRange, less};
use crate::store::AgedSums;

/// What a party owes, by age in days; or what stands to its credit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgedParty {
    /// The party and its balance.
    pub sums: AgedSums,
    /// Owed since 0 to 30 days, 31 to 60, 61 to 90, and longer, in minor units; all nothing for a party in credit.
    pub owed: [i64; 4],
    /// What we owe the party.
    pub credit: i64,
}

/// Spreads a party's balance over the ages of its debits.
///
/// # Errors
/// [`OutOfRange`].
pub fn aged_party(sums: AgedSums) -> Result<AgedParty, OutOfRange> {
    if sums.balance <= 0 {
        let credit = less(0, sums.balance)?;
        return Ok(AgedParty { sums, owed: [0; 4], credit });
    }
    let [first, second, third] = sums.debits;
    let mut left = sums.balance;
    let mut take = |debits: i64| {
        let taken = left.min(debits.max(0));
        left = less(left, taken)?;
        Ok(taken)
    };
    let owed = [take(first)?, take(second)?, take(third)?];
    let [first, second, third] = owed;
    Ok(AgedParty { owed: [first, second, third, left], credit: 0, sums })
}
