//! Ledger accounts.

use super::Commodity;
use crate::text::{Label, Name};
use crate::time::Timestamp;

crate::ids! {
    /// A ledger account.
    AccountId = "acc";
}
crate::id_columns!(AccountId);

crate::codes! {
    /// The class of an account, which says on which side it grows and in which statement it stands.
    pub enum Class {
        /// What is owned.
        Asset = "asset",
        /// What is owed.
        Liability = "liability",
        /// What was earned.
        Income = "income",
        /// What was spent.
        Expense = "expense",
        /// What belongs to the owners.
        Equity = "equity",
    }
}

crate::codes! {
    /// Whether an account takes postings.
    pub enum AccountState {
        /// It does.
        Open = "open",
        /// Not at present.
        Locked = "locked",
        /// Never again.
        Closed = "closed",
    }
}

/// What an account is for, by which rules find it: `cash`, `metal_sales`, `stock.gold`. The shop gives the meanings.
pub type Purpose = Label;

crate::record! {
    /// A ledger account.
    pub struct Account in "account" {
        /// Its id.
        id: AccountId = 1 [key],
        /// The code that accountants know it by, unique in the workspace.
        code: Label = 2,
        /// Its name. A party's account is named by the party, not here.
        name: Name = 3,
        /// Its class.
        class: Class = 4,
        /// What it counts.
        commodity: Commodity = 5,
        /// What it is for.
        purpose: Purpose = 6,
        /// The party it belongs to, as that party's UUID.
        party: Option<uuid::Uuid> = 7,
        /// Whether it takes postings.
        state: AccountState = 8,
        /// When it was opened.
        opened_at: Timestamp = 9,
    }
}
