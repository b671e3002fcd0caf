//! The books' reports: each a permit, a snapshot, sums, and a shape of `shop/books`.

use super::cash::cash_by_person;
use crate::ledger::{Account, AccountId};
use crate::measure::Metal;
use crate::money::Currency;
use crate::service::{Road, ServiceError};
use crate::shop::actions::ReadBooks;
use crate::shop::books::sheet::Sheet;
use crate::shop::books::{
    self, AgedParty, BalanceSheet, BalanceSheetSums, Gstr1, Gstr1Builder, Gstr3b, MetalBook, OutOfRange,
    ProfitAndLoss, TrialBalance,
};
use crate::shop::parties::PartyId;
use crate::store::{DayEntry, EntryKey, Page, PageRequest, PostingKey, PostingLine, Reader, StoreError};
use crate::tenancy::Scope;
use crate::time::{Date, FinancialYear, plus_days};
use chrono::Datelike as _;

/// The most lines of one report that is made whole: what fits into a spreadsheet with room to spare.
pub const MOST_ROWS: usize = 200_000;
/// The longest period of a return, in days.
const LONGEST_RETURN: i64 = 366;
/// How many of a list are read at once.
const AT_ONCE: u16 = 1000;

crate::refusals! {
    /// Why there is no report.
    pub enum BooksRefusal {
        /// The last day is before the first.
        PeriodReversed = Invalid, "books.period_reversed", "", "the period ends before it begins";
        /// More days than a return covers.
        PeriodTooLong = Invalid, "books.period_too_long", "", "a return covers at most a year";
        /// More lines than one answer holds.
        TooLong = Invalid, "books.too_long", "", "the report has more than 200,000 lines: ask for a shorter period";
        /// An account's book is asked for without an account.
        NoAccount = Invalid, "books.account_required", "/account_id", "an account's book needs an account";
    }
}

impl From<OutOfRange> for ServiceError {
    fn from(error: OutOfRange) -> Self {
        StoreError::corrupt(error.to_string()).into()
    }
}

/// Which days are wanted; what is left out depends on the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days {
    /// The first day.
    pub from: Option<Date>,
    /// The last day; today when none is named.
    pub to: Option<Date>,
}

/// What begins a period whose first day is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Since {
    LastDay,
    Month,
    YearBegan,
}

/// A snapshot with what every report asks first.
struct Books {
    reader: Box<dyn Reader>,
    currency: Currency,
    today: Date,
}

impl Books {
    async fn open(road: &Road, scope: &Scope) -> Result<Self, ServiceError> {
        let _permit = scope.permit::<ReadBooks>()?;
        let mut reader = road.store.reader(scope).await?;
        let workspace = reader.workspace().await?;
        let today = workspace.zone.date_of(road.clock.now());
        Ok(Self { reader, currency: workspace.currency, today })
    }

    fn period(&self, days: Days, since: Since) -> Result<(Date, Date), ServiceError> {
        let to = days.to.unwrap_or(self.today);
        let from = days.from.unwrap_or_else(|| match since {
            Since::LastDay => to,
            Since::Month => to.with_day(1).unwrap_or(to),
            Since::YearBegan => FinancialYear::of(to).first_day(),
        });
        if from > to { Err(BooksRefusal::PeriodReversed.into()) } else { Ok((from, to)) }
    }

    fn return_period(&self, days: Days) -> Result<(Date, Date), ServiceError> {
        let (from, to) = self.period(days, Since::Month)?;
        if to.signed_duration_since(from).num_days() >= LONGEST_RETURN {
            return Err(BooksRefusal::PeriodTooLong.into());
        }
        Ok((from, to))
    }

    async fn balance_sheet(&mut self, as_of: Option<Date>) -> Result<BalanceSheet, ServiceError> {
        let as_of = as_of.unwrap_or(self.today);
        let upto = self.reader.sums_of(None, Some(as_of)).await?;
        let year = FinancialYear::of(as_of).first_day();
        let of_year = self.reader.sums_of(Some(year), Some(as_of)).await?;
        let sums = BalanceSheetSums { upto: &upto, of_year: &of_year };
        Ok(books::balance_sheet(sums, self.currency, as_of)?)
    }

    async fn profit_and_loss(&mut self, days: Days) -> Result<ProfitAndLoss, ServiceError> {
        let (from, to) = self.period(days, Since::YearBegan)?;
        let sums = self.reader.sums_of(Some(from), Some(to)).await?;
        Ok(books::profit_and_loss(&sums, self.currency, from, to)?)
    }

    async fn metal_books(&mut self, days: Days) -> Result<Vec<MetalBook>, ServiceError> {
        let (from, to) = self.period(days, Since::Month)?;
        let before = self.reader.sums_of(None, Some(plus_days(from, -1))).await?;
        let of_period = self.reader.sums_of(Some(from), Some(to)).await?;
        let of = |metal| books::metal_book(metal, (from, to), &before, &of_period);
        let all: Result<Vec<MetalBook>, OutOfRange> = Metal::ALL.iter().copied().map(of).collect();
        Ok(all?)
    }

    async fn gstr1(&mut self, (from, to): (Date, Date)) -> Result<Gstr1, ServiceError> {
        let home = self.reader.business().await?.state;
        let mut builder = Gstr1Builder::new(home, self.currency, from, to);
        builder.add_counter(&self.reader.counter_sales(home, from, to).await?)?;
        let mut page = PageRequest::first(AT_ONCE);
        loop {
            let read = self.reader.declared_bills(home, from, to, page).await?;
            read.items.iter().try_for_each(|document| builder.add(document))?;
            let Some(next) = read.next else { break };
            page.after = Some(next);
        }
        page.after = None;
        loop {
            let read = self.reader.taxed_notes(from, to, page).await?;
            read.items.iter().try_for_each(|document| builder.add(document))?;
            let Some(next) = read.next else { break };
            page.after = Some(next);
        }
        Ok(builder.finish()?)
    }

    async fn gstr3b(&mut self, days: Days) -> Result<(Gstr3b, (Date, Date)), ServiceError> {
        let (from, to) = self.return_period(days)?;
        let outward = self.gstr1((from, to)).await?;
        let sums = self.reader.sums_of(Some(from), Some(to)).await?;
        Ok((books::gstr3b(&outward, &sums)?, (from, to)))
    }

    async fn aged(
        &mut self,
        as_of: Date,
        page: PageRequest<PartyId>,
    ) -> Result<Page<AgedParty, PartyId>, ServiceError> {
        let read = self.reader.aged(self.currency, as_of, page).await?;
        let items: Result<Vec<AgedParty>, OutOfRange> =
            read.items.into_iter().map(books::aged_party).collect();
        Ok(Page { items: items?, next: read.next })
    }

    /// What the account held before the first line of a page.
    async fn opening(
        &mut self,
        account: &Account,
        from: Option<Date>,
        page: &PageRequest<PostingKey>,
    ) -> Result<i64, ServiceError> {
        match (page.after, from) {
            (Some(key), _) => Ok(self.reader.sum_through(account.id, key).await?),
            (None, Some(from)) => match self.reader.balance_before(account.id, from).await? {
                Some(balance) => balance.debit.checked_sub(balance.credit).ok_or_else(|| OutOfRange.into()),
                None => Ok(0),
            },
            (None, None) => Ok(0),
        }
    }
}

/// The trial balance, up to a date or as it stands.
///
/// # Errors
/// What every read can answer.
pub async fn trial(road: &Road, scope: &Scope, as_of: Option<Date>) -> Result<TrialBalance, ServiceError> {
    Ok(books::trial_balance(super::trial_balance(road, scope, as_of).await?)?)
}

/// Profit and loss of a period; of the financial year so far when no day is named.
///
/// # Errors
/// [`BooksRefusal`] and what every read can answer.
pub async fn profit_and_loss(road: &Road, scope: &Scope, days: Days) -> Result<ProfitAndLoss, ServiceError> {
    Books::open(road, scope).await?.profit_and_loss(days).await
}

/// The balance sheet at a date; today's when none is named.
///
/// # Errors
/// What every read can answer.
pub async fn balance_sheet(
    road: &Road,
    scope: &Scope,
    as_of: Option<Date>,
) -> Result<BalanceSheet, ServiceError> {
    Books::open(road, scope).await?.balance_sheet(as_of).await
}

/// Each metal's book by fine weight; of the month so far when no day is named.
///
/// # Errors
/// [`BooksRefusal`] and what every read can answer.
pub async fn metal_books(road: &Road, scope: &Scope, days: Days) -> Result<Vec<MetalBook>, ServiceError> {
    Books::open(road, scope).await?.metal_books(days).await
}

/// The day book; today's when no day is named.
///
/// # Errors
/// [`BooksRefusal`] and what every read can answer.
pub async fn day_book(
    road: &Road,
    scope: &Scope,
    days: Days,
    page: PageRequest<EntryKey>,
) -> Result<Page<DayEntry, EntryKey>, ServiceError> {
    let mut books = Books::open(road, scope).await?;
    let (from, to) = books.period(days, Since::LastDay)?;
    Ok(books.reader.day_book(from, to, page).await?)
}

/// A page of an account's book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountBook {
    /// The account.
    pub account: Account,
    /// What it held before the page, debits less credits.
    pub opening: i64,
    /// The postings in ledger order, each with the balance after it.
    pub lines: Page<(PostingLine, i64), PostingKey>,
}

/// An account's book with the balance after each posting: the cash book, when it is the cash account's.
///
/// # Errors
/// [`ServiceError::NotFound`] and what every read can answer.
pub async fn account_book(
    road: &Road,
    scope: &Scope,
    account: AccountId,
    days: Days,
    page: PageRequest<PostingKey>,
) -> Result<AccountBook, ServiceError> {
    let mut books = Books::open(road, scope).await?;
    let account = books.reader.account(account).await?.ok_or(ServiceError::NotFound("account"))?;
    let opening = books.opening(&account, days.from, &page).await?;
    let read = books.reader.postings(account.id, days.from, days.to, page).await?;
    let (mut balance, mut items) = (opening, Vec::with_capacity(read.items.len()));
    for line in read.items {
        balance = balance.checked_add(line.posting.amount).ok_or(OutOfRange)?;
        items.push((line, balance));
    }
    Ok(AccountBook { account, opening, lines: Page { items, next: read.next } })
}

/// Who owes for how long at a date, today when none is named; parties in credit too.
///
/// # Errors
/// What every read can answer.
pub async fn ageing(
    road: &Road,
    scope: &Scope,
    as_of: Option<Date>,
    page: PageRequest<PartyId>,
) -> Result<(Date, Currency, Page<AgedParty, PartyId>), ServiceError> {
    let mut books = Books::open(road, scope).await?;
    let as_of = as_of.unwrap_or(books.today);
    Ok((as_of, books.currency, books.aged(as_of, page).await?))
}

/// Outward supplies as GSTR-1 asks for them; of the month so far when no day is named.
///
/// # Errors
/// [`BooksRefusal`] and what every read can answer.
pub async fn gstr1(road: &Road, scope: &Scope, days: Days) -> Result<Gstr1, ServiceError> {
    let mut books = Books::open(road, scope).await?;
    let period = books.return_period(days)?;
    books.gstr1(period).await
}

/// The working for GSTR-3B with its first and last day; of the month so far when no day is named.
///
/// # Errors
/// [`BooksRefusal`] and what every read can answer.
pub async fn gstr3b(
    road: &Road,
    scope: &Scope,
    days: Days,
) -> Result<(Gstr3b, (Date, Date), Currency), ServiceError> {
    let mut books = Books::open(road, scope).await?;
    let (report, period) = books.gstr3b(days).await?;
    Ok((report, period, books.currency))
}

/// A report of the books, as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BooksReport {
    /// The trial balance at the last day.
    TrialBalance,
    /// The day book.
    DayBook,
    /// The book of one account.
    AccountBook(Option<AccountId>),
    /// Profit and loss.
    ProfitAndLoss,
    /// The balance sheet at the last day.
    BalanceSheet,
    /// The metals by fine weight.
    MetalBook,
    /// Who owes for how long at the last day.
    Ageing,
    /// Cash by person: paid out beyond the limit of a day, and linked cash of a calendar month. It begins with a month.
    Cash,
    /// Outward supplies.
    Gstr1,
    /// The working for GSTR-3B.
    Gstr3b,
}

/// A report as tables, whole or not at all.
///
/// # Errors
/// [`BooksRefusal`], [`ServiceError::NotFound`] and what every read can answer.
pub async fn report_sheets(
    road: &Road,
    scope: &Scope,
    report: BooksReport,
    days: Days,
) -> Result<Vec<Sheet>, ServiceError> {
    let mut books = Books::open(road, scope).await?;
    Ok(match report {
        BooksReport::TrialBalance => {
            let sums = books.reader.trial_balance(days.to).await?;
            books::trial_balance_sheets(&books::trial_balance(sums)?, days.to)
        }
        BooksReport::DayBook => whole_day_book(&mut books, days).await?,
        BooksReport::AccountBook(account) => whole_account_book(&mut books, account, days).await?,
        BooksReport::ProfitAndLoss => books::profit_and_loss_sheets(&books.profit_and_loss(days).await?),
        BooksReport::BalanceSheet => books::balance_sheet_sheets(&books.balance_sheet(days.to).await?),
        BooksReport::MetalBook => books::metal_book_sheets(&books.metal_books(days).await?),
        BooksReport::Ageing => whole_ageing(&mut books, days.to).await?,
        BooksReport::Cash => {
            let (from, to) = books.return_period(days)?;
            // Linked cash counts by whole months.
            let period = (from.with_day(1).unwrap_or(from), to);
            let persons = cash_by_person(road, scope, &mut *books.reader, period).await?;
            books::cash_sheets(&persons, books.currency, period)?
        }
        BooksReport::Gstr1 => {
            let period = books.return_period(days)?;
            books::gstr1_sheets(&books.gstr1(period).await?)
        }
        BooksReport::Gstr3b => {
            let (working, period) = books.gstr3b(days).await?;
            books::gstr3b_sheets(&working, books.currency, period)?
        }
    })
}

async fn whole_day_book(books: &mut Books, days: Days) -> Result<Vec<Sheet>, ServiceError> {
    let (from, to) = books.period(days, Since::LastDay)?;
    let (mut entries, mut lines) = (Vec::new(), 0_usize);
    let mut page = PageRequest::first(AT_ONCE);
    loop {
        let read = books.reader.day_book(from, to, page).await?;
        lines = read.items.iter().fold(lines, |sum, entry| sum.saturating_add(entry.lines.len()));
        if lines > MOST_ROWS {
            return Err(BooksRefusal::TooLong.into());
        }
        entries.extend(read.items);
        let Some(next) = read.next else { break };
        page.after = Some(next);
    }
    Ok(books::day_book_sheets(&entries, from, to)?)
}

async fn whole_account_book(
    books: &mut Books,
    account: Option<AccountId>,
    days: Days,
) -> Result<Vec<Sheet>, ServiceError> {
    let account = account.ok_or(BooksRefusal::NoAccount)?;
    let account = books.reader.account(account).await?.ok_or(ServiceError::NotFound("account"))?;
    let (from, to) = books.period(days, Since::Month)?;
    let mut page = PageRequest::first(AT_ONCE);
    let opening = books.opening(&account, Some(from), &page).await?;
    let mut lines = Vec::new();
    loop {
        let read = books.reader.postings(account.id, Some(from), Some(to), page).await?;
        lines.extend(read.items);
        if lines.len() > MOST_ROWS {
            return Err(BooksRefusal::TooLong.into());
        }
        let Some(next) = read.next else { break };
        page.after = Some(next);
    }
    Ok(books::account_book_sheets(&account, (from, to), opening, &lines)?)
}

async fn whole_ageing(books: &mut Books, as_of: Option<Date>) -> Result<Vec<Sheet>, ServiceError> {
    let as_of = as_of.unwrap_or(books.today);
    let mut parties = Vec::new();
    let mut page = PageRequest::first(AT_ONCE);
    loop {
        let read = books.aged(as_of, page).await?;
        parties.extend(read.items);
        if parties.len() > MOST_ROWS {
            return Err(BooksRefusal::TooLong.into());
        }
        let Some(next) = read.next else { break };
        page.after = Some(next);
    }
    Ok(books::ageing_sheets(&parties, books.currency, as_of)?)
}
