//! The books.

use aurex_core::ledger::{Account, AccountId, Balance};
use aurex_core::service::shop;
use aurex_core::shop::books::TrialBalance;
use aurex_core::time::Date;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::list::Listing;
use super::signed::{InPath, Signed};
use crate::http::answer::Page;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

/// A ledger account.
#[derive(Debug, Clone, Object)]
pub struct AccountView {
    /// Its id.
    pub id: String,
    /// The code that accountants know it by.
    pub code: String,
    /// Its name.
    pub name: String,
    /// `asset`, `liability`, `income`, `expense` or `equity`.
    pub class: String,
    /// A currency's code or a metal's.
    pub commodity: String,
    /// What it is for.
    pub purpose: String,
    /// The customer it belongs to.
    pub customer_id: Option<String>,
    /// All debits, in minor units or fine nanograms.
    pub debit: i64,
    /// All credits.
    pub credit: i64,
    /// Debits less credits.
    pub balance: i64,
}

fn account_view((account, balance): (Account, Balance)) -> AccountView {
    use aurex_core::shop::parties::PartyId;
    use aurex_core::tenancy::Id as _;
    AccountView {
        id: account.id.to_string(),
        code: account.code.to_string(),
        name: account.name.to_string(),
        class: account.class.code().to_owned(),
        commodity: account.commodity.code().to_owned(),
        purpose: account.purpose.to_string(),
        customer_id: account.party.map(|party| PartyId::from_uuid(party).to_string()),
        debit: balance.debit,
        credit: balance.credit,
        balance: balance.net(),
    }
}

/// One posting of an account.
#[derive(Debug, Clone, Object)]
pub struct PostingView {
    /// The journal entry's id.
    pub entry_id: String,
    /// The entry's line.
    pub line: u16,
    /// The effective date.
    pub date: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// The document's number or a remark.
    pub document: String,
    /// The document's kind.
    pub document_kind: String,
    /// The document's id.
    pub document_id: String,
    /// The entry that this one reverses.
    pub reverses: Option<String>,
    /// A currency's code or a metal's.
    pub commodity: String,
    /// The debit, in minor units or fine nanograms.
    pub debit: i64,
    /// The credit.
    pub credit: i64,
}

impl From<shop::AccountLine> for PostingView {
    fn from(line: shop::AccountLine) -> Self {
        let (posting, entry) = (line.posting, line.entry);
        Self {
            entry_id: entry.id.to_string(),
            line: posting.line,
            date: posting.effective.to_string(),
            recorded_at: entry.recorded_at.to_string(),
            document: entry.narration.to_string(),
            document_kind: entry.source_kind.to_string(),
            document_id: entry.source_id.to_string(),
            reverses: entry.reverses.map(|id| id.to_string()),
            commodity: posting.commodity.code().to_owned(),
            debit: posting.amount.max(0),
            credit: posting.amount.min(0).saturating_neg(),
        }
    }
}

/// An account named in a report.
#[derive(Debug, Clone, Object)]
pub struct AccountName {
    /// Its id.
    pub id: String,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

impl AccountName {
    /// The wire's form.
    #[must_use]
    pub fn of(account: &Account) -> Self {
        Self { id: account.id.to_string(), code: account.code.to_string(), name: account.name.to_string() }
    }
}

/// An account's balance on its side.
#[derive(Debug, Clone, Object)]
pub struct TrialRow {
    /// The account.
    pub account: AccountName,
    /// A currency's code or a metal's.
    pub commodity: String,
    /// The balance when it is a debit, in minor units or fine nanograms.
    pub debit: i64,
    /// The balance when it is a credit.
    pub credit: i64,
}

/// The sums of a commodity: equal, or the books are broken.
#[derive(Debug, Clone, Object)]
pub struct TrialTotal {
    /// A currency's code or a metal's.
    pub commodity: String,
    /// All debit balances.
    pub debit: i64,
    /// All credit balances.
    pub credit: i64,
}

/// The trial balance.
#[derive(Debug, Clone, Object)]
pub struct TrialBalanceView {
    /// The accounts with postings, by code.
    pub rows: Vec<TrialRow>,
    /// The sums, a commodity each.
    pub totals: Vec<TrialTotal>,
}

fn trial_view(trial: TrialBalance) -> TrialBalanceView {
    let rows = trial.rows.into_iter().map(|row| TrialRow {
        account: AccountName::of(&row.account),
        commodity: row.account.commodity.code().to_owned(),
        debit: row.debit,
        credit: row.credit,
    });
    let totals = trial.totals.into_iter().map(|total| TrialTotal {
        commodity: total.commodity.code().to_owned(),
        debit: total.debit,
        credit: total.credit,
    });
    TrialBalanceView { rows: rows.collect(), totals: totals.collect() }
}

/// The books.
pub struct Ledger;

#[OpenApi]
impl Ledger {
    /// Lists accounts with their balances, oldest first.
    #[oai(path = "/:w/ledger/accounts", method = "get", operation_id = "listAccounts")]
    async fn accounts(
        &self,
        w: Signed,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<AccountView>>, Problem> {
        let list = Listing::new(&w, "accounts", &[]);
        let page = list.request(*limit, after.as_ref())?;
        let accounts = w.check(shop::accounts(w.road(), w.scope(), page).await).await?;
        Ok(Json(list.page(accounts, account_view)))
    }

    /// Lists an account's postings in ledger order.
    #[oai(path = "/:w/ledger/accounts/:id/postings", method = "get", operation_id = "listPostings")]
    async fn postings(
        &self,
        w: Signed,
        id: InPath<AccountId>,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<PostingView>>, Problem> {
        let list = Listing::new(&w, "postings", &[&*id, &*from, &*to]);
        let page = list.request(*limit, after.as_ref())?;
        let postings = shop::account_postings(w.road(), w.scope(), *id, *from, *to, page).await;
        Ok(Json(list.page(w.check(postings).await?, PostingView::from)))
    }

    /// Shows the trial balance, up to a date or as it stands.
    #[oai(path = "/:w/ledger/trial-balance", method = "get", operation_id = "showTrialBalance")]
    async fn trial_balance(
        &self,
        w: Signed,
        as_of: Query<Option<Date>>,
    ) -> Result<Json<TrialBalanceView>, Problem> {
        let trial = w.check(shop::trial(w.road(), w.scope(), *as_of).await).await?;
        Ok(Json(trial_view(trial)))
    }
}
