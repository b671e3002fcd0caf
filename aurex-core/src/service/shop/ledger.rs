//! The books: accounts, postings, trial balance, statements.

use super::parties::find;
use crate::ledger::{Account, AccountId, Balance, Commodity};
use crate::measure::Metal;
use crate::service::{Road, ServiceError};
use crate::shop::accounts::For;
use crate::shop::actions::ReadLedger;
use crate::shop::parties::{Customers, Kept, Party, PartyId};
use crate::store::{Page, PageRequest, PostingKey, PostingLine, Reader, StoreError};
use crate::tenancy::{Id as _, Scope};
use crate::time::Date;

/// One line of an account with the balance after it.
pub type AccountLine = PostingLine;

/// A customer's account over a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Whose.
    pub party: Party,
    /// What was owed before the period, a commodity each.
    pub opening: Vec<StatementBalance>,
    /// The period's postings in ledger order.
    pub entries: Vec<StatementLine>,
    /// What is owed after the period, a commodity each.
    pub closing: Vec<StatementBalance>,
}

/// A balance in one commodity: positive is owed to the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatementBalance {
    /// What is counted.
    pub commodity: Commodity,
    /// Minor units or fine nanograms.
    pub amount: i64,
}

/// One line of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The posting and its entry.
    pub line: PostingLine,
    /// The balance in the posting's commodity after it.
    pub balance: i64,
}

/// The longest statement that is made in one answer.
const MOST_LINES: usize = 10_000;

crate::refusals! {
    /// Why there is no statement.
    pub enum StatementRefusal {
        /// A statement is whole or not at all: one that is cut would end in a wrong balance.
        TooLong = Invalid, "statement.too_long", "", "the period has more than 10,000 entries: ask for a shorter one";
    }
}

/// Accounts, oldest first.
///
/// # Errors
/// What every read can answer.
pub async fn accounts(
    road: &Road,
    scope: &Scope,
    page: PageRequest<AccountId>,
) -> Result<Page<(Account, Balance), AccountId>, ServiceError> {
    let _permit = scope.permit::<ReadLedger>()?;
    let mut reader = road.store.reader(scope).await?;
    let accounts = reader.accounts(page).await?;
    let ids: Vec<AccountId> = accounts.items.iter().map(|account| account.id).collect();
    let balances = reader.balances(&ids).await?;
    Ok(accounts.map(|account| {
        let none = Balance { account: account.id, commodity: account.commodity, debit: 0, credit: 0 };
        let balance = balances.iter().find(|b| b.account == account.id).copied().unwrap_or(none);
        (account, balance)
    }))
}

/// An account's postings in ledger order.
///
/// # Errors
/// What every read can answer.
pub async fn account_postings(
    road: &Road,
    scope: &Scope,
    account: AccountId,
    from: Option<Date>,
    to: Option<Date>,
    page: PageRequest<PostingKey>,
) -> Result<Page<AccountLine, PostingKey>, ServiceError> {
    let _permit = scope.permit::<ReadLedger>()?;
    let mut reader = road.store.reader(scope).await?;
    if reader.account(account).await?.is_none() {
        return Err(ServiceError::NotFound("account"));
    }
    Ok(reader.postings(account, from, to, page).await?)
}

/// Every account's debits and credits, up to a date or as they stand.
///
/// # Errors
/// What every read can answer.
pub async fn trial_balance(
    road: &Road,
    scope: &Scope,
    as_of: Option<Date>,
) -> Result<Vec<(Account, Balance)>, ServiceError> {
    let _permit = scope.permit::<ReadLedger>()?;
    Ok(road.store.reader(scope).await?.trial_balance(as_of).await?)
}

/// A customer's statement for a period.
///
/// # Errors
/// [`StatementRefusal`], [`ServiceError::NotFound`], and what every read can answer.
pub async fn statement(
    road: &Road,
    scope: &Scope,
    party: PartyId,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<Statement, ServiceError> {
    statement_of::<Customers>(road, scope, party, from, to).await
}

/// What passed between the shop and somebody in a period: in money, and in fine weight with whoever holds metal of ours.
/// What that metal cost is the shop's own affair and stands on no statement.
///
/// # Errors
/// As [`statement`].
pub async fn statement_of<K: Kept>(
    road: &Road,
    scope: &Scope,
    party: PartyId,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<Statement, ServiceError> {
    let _permit = scope.permit::<K::Statement>()?;
    let mut reader = road.store.reader(scope).await?;
    let row = find::<K>(&mut *reader, party).await?;
    let mut accounts = reader.accounts_for(Some(party.uuid())).await?;
    let at_cost = Metal::ALL.map(|metal| For::HoldingCost(metal).purpose());
    accounts.retain(|account| {
        account.party == Some(party.uuid()) && !at_cost.iter().any(|of| account.purpose.as_str() == of)
    });
    let (mut opening, mut closing, mut entries) = (Vec::new(), Vec::new(), Vec::new());
    for account in accounts {
        let before = match from {
            Some(from) => reader.balance_before(account.id, from).await?.map_or(0, |b| b.net()),
            None => 0,
        };
        opening.push(StatementBalance { commodity: account.commodity, amount: before });
        let mut running = before;
        for line in all_postings(&mut *reader, &account, from, to).await? {
            running = running
                .checked_add(line.posting.amount)
                .ok_or_else(|| StoreError::corrupt("a balance is out of range"))?;
            entries.push(StatementLine { line, balance: running });
        }
        closing.push(StatementBalance { commodity: account.commodity, amount: running });
    }
    entries.sort_by_key(|e| (e.line.posting.effective, e.line.posting.entry, e.line.posting.line));
    Ok(Statement { party: row, opening, entries, closing })
}

async fn all_postings(
    reader: &mut dyn Reader,
    account: &Account,
    from: Option<Date>,
    to: Option<Date>,
) -> Result<Vec<PostingLine>, ServiceError> {
    let mut lines = Vec::new();
    let mut page = PageRequest::first(1000);
    loop {
        let read = reader.postings(account.id, from, to, page).await?;
        lines.extend(read.items);
        match read.next {
            None => return Ok(lines),
            Some(_) if lines.len() >= MOST_LINES => return Err(StatementRefusal::TooLong.into()),
            Some(next) => page.after = Some(next),
        }
    }
}
