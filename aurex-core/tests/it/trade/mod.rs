//! What the trade has published: bills with their steps, and tables of rates; misprints among them, named as such.
//!
//! `bills.json` and `rates.txt` hold figures and where they stand. The steps by hand are computed here once more, by an
//! evaluator that knows fractions and nothing of the policy, so that neither the data nor the policy is its own witness.

mod bills;
mod hand;
mod rates;
