//! Profit and loss of a period, and the balance sheet at a date, both in the books' currency. Metal by weight has its
//! own book.

use std::collections::BTreeMap;

use super::{OutOfRange, added, less, net, total};
use crate::ledger::{Account, AccountId, Balance, Class, Commodity};
use crate::money::Currency;
use crate::time::Date;

/// One line of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRow {
    /// The account; none where the line stands for several, or for what no account holds.
    pub account: Option<AccountId>,
    /// The account's code, empty without one.
    pub code: String,
    /// What the line is.
    pub name: String,
    /// Minor units, positive on the side that the line's part grows on.
    pub amount: i64,
}

/// What was earned and spent in a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfitAndLoss {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The currency of the amounts.
    pub currency: Currency,
    /// What was earned, by account.
    pub income: Vec<StatementRow>,
    /// What was spent, by account.
    pub expenses: Vec<StatementRow>,
    /// All income.
    pub total_income: i64,
    /// All expenses.
    pub total_expenses: i64,
    /// Income less expenses; negative is a loss.
    pub profit: i64,
}

/// What is owned and owed at a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceSheet {
    /// The date.
    pub as_of: Date,
    /// The currency of the amounts.
    pub currency: Currency,
    /// What is owned.
    pub assets: Vec<StatementRow>,
    /// What is owed.
    pub liabilities: Vec<StatementRow>,
    /// What belongs to the owners, the profit that was not taken out included.
    pub equity: Vec<StatementRow>,
    /// All assets.
    pub total_assets: i64,
    /// All liabilities.
    pub total_liabilities: i64,
    /// All equity.
    pub total_equity: i64,
}

impl BalanceSheet {
    /// Whether assets equal liabilities and equity: entries balance, so anything else is a damaged store.
    pub fn agrees(&self) -> bool {
        self.total_liabilities.checked_add(self.total_equity) == Some(self.total_assets)
    }
}

/// What a balance sheet is made of.
#[derive(Debug, Clone, Copy)]
pub struct BalanceSheetSums<'s> {
    /// Every account's sums up to the date.
    pub upto: &'s [(Account, Balance)],
    /// The same from the first day of its financial year.
    pub of_year: &'s [(Account, Balance)],
}

fn is_money(account: &Account, currency: Currency) -> bool {
    account.commodity == Commodity::Currency(currency)
}

fn of_account(account: &Account, amount: i64) -> StatementRow {
    StatementRow {
        account: Some(account.id),
        code: account.code.to_string(),
        name: account.name.to_string(),
        amount,
    }
}

fn line(name: impl Into<String>, amount: i64) -> StatementRow {
    StatementRow { account: None, code: String::new(), name: name.into(), amount }
}

/// The accounts of a class, each with its balance on the side that the class grows on; those that are even are left out.
fn of_class(
    sums: &[(Account, Balance)],
    class: Class,
    currency: Currency,
) -> Result<Vec<StatementRow>, OutOfRange> {
    let grows_by_debit = matches!(class, Class::Asset | Class::Expense);
    let wanted = |(account, _): &&(Account, Balance)| account.class == class && is_money(account, currency);
    let mut rows = Vec::new();
    for (account, balance) in sums.iter().filter(wanted).filter(|(account, _)| account.party.is_none()) {
        let net = net(balance)?;
        let amount = if grows_by_debit { net } else { less(0, net)? };
        if amount != 0 {
            rows.push(of_account(account, amount));
        }
    }
    Ok(rows)
}

fn sum(rows: &[StatementRow]) -> Result<i64, OutOfRange> {
    total(rows.iter().map(|row| row.amount))
}

/// What was earned and spent, from the sums of exactly the period.
///
/// # Errors
/// [`OutOfRange`].
pub fn profit_and_loss(
    sums: &[(Account, Balance)],
    currency: Currency,
    from: Date,
    to: Date,
) -> Result<ProfitAndLoss, OutOfRange> {
    let income = of_class(sums, Class::Income, currency)?;
    let expenses = of_class(sums, Class::Expense, currency)?;
    let (total_income, total_expenses) = (sum(&income)?, sum(&expenses)?);
    let profit = less(total_income, total_expenses)?;
    Ok(ProfitAndLoss { from, to, currency, income, expenses, total_income, total_expenses, profit })
}

/// The parties' accounts, those for one purpose on a line. A customer who paid ahead is a creditor, whatever the class of
/// the account: owed and owing are never set off across people. What else stands in a party's name, metal with a goldsmith,
/// is ours and keeps its side.
fn of_parties(
    sums: &[(Account, Balance)],
    currency: Currency,
) -> Result<(Vec<StatementRow>, Vec<StatementRow>), OutOfRange> {
    let (mut owing, mut owed) = (BTreeMap::<String, i64>::new(), BTreeMap::<String, i64>::new());
    for (account, balance) in sums {
        if account.party.is_none() || !is_money(account, currency) {
            continue;
        }
        let net = net(balance)?;
        let of = match account.purpose.as_str() {
            "receivable" => "Customers",
            "payable" => "Suppliers and goldsmiths",
            _ => {
                let sum = owing.entry(account.name.to_string()).or_default();
                *sum = added(*sum, net)?;
                continue;
            }
        };
        let (side, word, amount) =
            if net < 0 { (&mut owed, "owed by us", less(0, net)?) } else { (&mut owing, "owed to us", net) };
        let sum = side.entry(format!("{of}: {word}")).or_default();
        *sum = added(*sum, amount)?;
    }
    let rows = |sums: BTreeMap<String, i64>| {
        let sums = sums.into_iter().filter(|(_, amount)| *amount != 0);
        sums.map(|(name, amount)| line(name, amount)).collect()
    };
    Ok((rows(owing), rows(owed)))
}

/// What is owned and owed, from the sums up to the date and those of its financial year.
///
/// No year is closed into equity: what earlier years earned and was not taken out stands as one line, the present year
/// as another.
///
/// # Errors
/// [`OutOfRange`].
pub fn balance_sheet(
    sums: BalanceSheetSums<'_>,
    currency: Currency,
    as_of: Date,
) -> Result<BalanceSheet, OutOfRange> {
    let (owing, owed) = of_parties(sums.upto, currency)?;
    let mut assets = of_class(sums.upto, Class::Asset, currency)?;
    assets.extend(owing);
    let mut liabilities = of_class(sums.upto, Class::Liability, currency)?;
    liabilities.extend(owed);
    let mut equity = of_class(sums.upto, Class::Equity, currency)?;
    let ever = profit_and_loss(sums.upto, currency, as_of, as_of)?.profit;
    let this_year = profit_and_loss(sums.of_year, currency, as_of, as_of)?.profit;
    let earlier = less(ever, this_year)?;
    if earlier != 0 {
        equity.push(line("Profit of earlier years", earlier));
    }
    if this_year != 0 {
        equity.push(line("Profit of the year", this_year));
    }
    let (total_assets, total_liabilities, total_equity) = (sum(&assets)?, sum(&liabilities)?, sum(&equity)?);
    Ok(BalanceSheet {
        as_of,
        currency,
        assets,
        liabilities,
        equity,
        total_assets,
        total_liabilities,
        total_equity,
    })
}
