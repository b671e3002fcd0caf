//! What there is of a metal by fine weight, where it is, and what came and went in a period.

use super::{OutOfRange, added, net, total};
use crate::ledger::{Account, Balance, Commodity};
use crate::measure::Metal;
use crate::time::Date;

/// One account of a metal over a period, in fine nanograms; debits are what came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetalRow {
    /// The account.
    pub account: Account,
    /// What it held before the period.
    pub opening: i64,
    /// What came in the period.
    pub came: i64,
    /// What went in the period.
    pub went: i64,
    /// What it holds after the period.
    pub closing: i64,
}

/// A metal's book over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetalBook {
    /// The metal.
    pub metal: Metal,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// Its accounts by code: stock, holdings, and the conversion account that takes the other side.
    pub rows: Vec<MetalRow>,
    /// The sum of all closing balances: nothing, or the books are broken.
    pub difference: i64,
}

/// The book of one metal, from the sums before the period and those of it.
///
/// # Errors
/// [`OutOfRange`].
pub fn metal_book(
    metal: Metal,
    (from, to): (Date, Date),
    before: &[(Account, Balance)],
    of_period: &[(Account, Balance)],
) -> Result<MetalBook, OutOfRange> {
    let counts = |(account, _): &&(Account, Balance)| account.commodity == Commodity::Metal(metal);
    let mut rows: Vec<MetalRow> = Vec::new();
    for (account, balance) in before.iter().filter(counts) {
        let opening = net(balance)?;
        rows.push(MetalRow { account: account.clone(), opening, came: 0, went: 0, closing: opening });
    }
    for (account, balance) in of_period.iter().filter(counts) {
        if !rows.iter().any(|row| row.account.id == account.id) {
            rows.push(MetalRow { account: account.clone(), opening: 0, came: 0, went: 0, closing: 0 });
        }
        for row in rows.iter_mut().filter(|row| row.account.id == account.id) {
            (row.came, row.went) = (balance.debit, balance.credit);
            row.closing = added(row.opening, net(balance)?)?;
        }
    }
    rows.sort_by(|a, b| a.account.code.cmp(&b.account.code));
    let difference = total(rows.iter().map(|row| row.closing))?;
    Ok(MetalBook { metal, from, to, rows, difference })
}
