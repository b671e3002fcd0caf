//! The trial balance: every account's balance on its side, and the two sides equal for each commodity.

use std::collections::BTreeMap;

use super::{OutOfRange, added, less, net};
use crate::ledger::{Account, Balance, Commodity};

/// An account's balance on its side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialRow {
    /// The account.
    pub account: Account,
    /// The balance when it is a debit, in minor units or fine nanograms.
    pub debit: i64,
    /// The balance when it is a credit.
    pub credit: i64,
}

/// The sums of a commodity: equal, or the books are broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrialTotal {
    /// What is counted.
    pub commodity: Commodity,
    /// All debit balances.
    pub debit: i64,
    /// All credit balances.
    pub credit: i64,
}

/// The trial balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialBalance {
    /// The accounts with postings, by code.
    pub rows: Vec<TrialRow>,
    /// The sums, one a commodity, by its code.
    pub totals: Vec<TrialTotal>,
}

/// Puts each balance on its side.
///
/// # Errors
/// [`OutOfRange`].
pub fn trial_balance(sums: Vec<(Account, Balance)>) -> Result<TrialBalance, OutOfRange> {
    let mut totals: BTreeMap<&'static str, TrialTotal> = BTreeMap::new();
    let mut rows = Vec::with_capacity(sums.len());
    for (account, balance) in sums {
        let net = net(&balance)?;
        let (debit, credit) = if net < 0 { (0, less(0, net)?) } else { (net, 0) };
        let commodity = account.commodity;
        let total = totals.entry(commodity.code()).or_insert(TrialTotal { commodity, debit: 0, credit: 0 });
        total.debit = added(total.debit, debit)?;
        total.credit = added(total.credit, credit)?;
        rows.push(TrialRow { account, debit, credit });
    }
    Ok(TrialBalance { rows, totals: totals.into_values().collect() })
}
