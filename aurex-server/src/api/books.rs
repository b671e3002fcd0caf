//! The books' reports.

use aurex_core::ledger::AccountId;
use aurex_core::service::shop::{self, BooksReport, Days};
use aurex_core::shop::books as core;
use aurex_core::store::{DayEntry, DayLine, PostingLine, TaxDocumentKind};
use aurex_core::time::Date;
use poem::http::header;
use poem::{IntoResponse, Response};
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json};

use super::books_returns::{Gstr1View, Gstr3bView};
use super::ledger::{AccountName, PostingView};
use super::list::Listing;
use super::signed::{InPath, Signed};
use crate::export::workbook;
use crate::http::answer::Page;
use crate::http::body::choice;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

/// A line of an entry of the day book.
#[derive(Debug, Clone, Object)]
pub struct DayLineView {
    /// The account.
    pub account: AccountName,
    /// Whose account it is, where it is a customer's or a supplier's.
    pub party: Option<String>,
    /// A currency's code or a metal's.
    pub commodity: String,
    /// The debit, in minor units or fine nanograms.
    pub debit: i64,
    /// The credit.
    pub credit: i64,
}

/// An entry of the day book.
#[derive(Debug, Clone, Object)]
pub struct DayEntryView {
    /// The journal entry's id.
    pub id: String,
    /// Its effective date.
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
    /// Its lines: debits and credits are equal for each commodity.
    pub lines: Vec<DayLineView>,
}

impl From<DayLine> for DayLineView {
    fn from(line: DayLine) -> Self {
        Self {
            account: AccountName::of(&line.account),
            party: line.party.map(|name| name.to_string()),
            commodity: line.posting.commodity.code().to_owned(),
            debit: line.posting.amount.max(0),
            credit: line.posting.amount.min(0).saturating_neg(),
        }
    }
}

impl From<DayEntry> for DayEntryView {
    fn from(DayEntry { entry, lines }: DayEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            date: entry.effective.to_string(),
            recorded_at: entry.recorded_at.to_string(),
            document: entry.narration.to_string(),
            document_kind: entry.source_kind.to_string(),
            document_id: entry.source_id.to_string(),
            reverses: entry.reverses.map(|id| id.to_string()),
            lines: lines.into_iter().map(DayLineView::from).collect(),
        }
    }
}

/// A posting with the balance after it.
#[derive(Debug, Clone, Object)]
pub struct BookLineView {
    /// The posting.
    pub posting: PostingView,
    /// Debits less credits after it.
    pub balance: i64,
}

impl From<(PostingLine, i64)> for BookLineView {
    fn from((line, balance): (PostingLine, i64)) -> Self {
        Self { posting: line.into(), balance }
    }
}

/// A page of an account's book.
#[derive(Debug, Clone, Object)]
pub struct AccountBookView {
    /// The account.
    pub account: AccountName,
    /// A currency's code or a metal's.
    pub commodity: String,
    /// Debits less credits before the first line of this page.
    pub opening: i64,
    /// The postings in ledger order.
    pub items: Vec<BookLineView>,
    /// The cursor to pass as `after` for the next page; null on the last.
    pub next: Option<String>,
}

/// A line of a statement.
#[derive(Debug, Clone, Object)]
pub struct BooksLineView {
    /// The account; null where the line stands for several, or for what no account holds.
    pub account_id: Option<String>,
    /// The account's code, empty without one.
    pub code: String,
    /// What the line is.
    pub name: String,
    /// Minor units, positive on the side that its part grows on.
    pub amount: i64,
}

impl From<core::StatementRow> for BooksLineView {
    fn from(row: core::StatementRow) -> Self {
        Self {
            account_id: row.account.map(|id| id.to_string()),
            code: row.code,
            name: row.name,
            amount: row.amount,
        }
    }
}

fn lines(rows: Vec<core::StatementRow>) -> Vec<BooksLineView> {
    rows.into_iter().map(Into::into).collect()
}

/// What was earned and spent, in minor units.
#[derive(Debug, Clone, Object)]
pub struct ProfitAndLossView {
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// The currency of all amounts.
    pub currency: String,
    /// What was earned, by account.
    pub income: Vec<BooksLineView>,
    /// What was spent, by account.
    pub expenses: Vec<BooksLineView>,
    /// All income.
    pub total_income: i64,
    /// All expenses.
    pub total_expenses: i64,
    /// Income less expenses; negative is a loss.
    pub profit: i64,
}

impl From<core::ProfitAndLoss> for ProfitAndLossView {
    fn from(report: core::ProfitAndLoss) -> Self {
        Self {
            from: report.from.to_string(),
            to: report.to.to_string(),
            currency: report.currency.code().to_owned(),
            income: lines(report.income),
            expenses: lines(report.expenses),
            total_income: report.total_income,
            total_expenses: report.total_expenses,
            profit: report.profit,
        }
    }
}

/// What is owned and owed, in minor units.
#[derive(Debug, Clone, Object)]
pub struct BalanceSheetView {
    /// The date.
    pub as_of: String,
    /// The currency of all amounts.
    pub currency: String,
    /// What is owned.
    pub assets: Vec<BooksLineView>,
    /// What is owed.
    pub liabilities: Vec<BooksLineView>,
    /// What belongs to the owners, with the profit that was not taken out.
    pub equity: Vec<BooksLineView>,
    /// All assets.
    pub total_assets: i64,
    /// All liabilities.
    pub total_liabilities: i64,
    /// All equity.
    pub total_equity: i64,
    /// Whether assets equal liabilities and equity.
    pub agrees: bool,
}

impl From<core::BalanceSheet> for BalanceSheetView {
    fn from(report: core::BalanceSheet) -> Self {
        let agrees = report.agrees();
        Self {
            as_of: report.as_of.to_string(),
            currency: report.currency.code().to_owned(),
            assets: lines(report.assets),
            liabilities: lines(report.liabilities),
            equity: lines(report.equity),
            total_assets: report.total_assets,
            total_liabilities: report.total_liabilities,
            total_equity: report.total_equity,
            agrees,
        }
    }
}

/// An account of a metal over a period.
#[derive(Debug, Clone, Object)]
pub struct MetalRowView {
    /// The account.
    pub account: AccountName,
    /// What it held before, in fine nanograms.
    pub opening_ng: i64,
    /// What came.
    pub came_ng: i64,
    /// What went.
    pub went_ng: i64,
    /// What it holds after.
    pub closing_ng: i64,
}

/// A metal's book over a period.
#[derive(Debug, Clone, Object)]
pub struct MetalBookView {
    /// The metal.
    pub commodity: String,
    /// The first day.
    pub from: String,
    /// The last day.
    pub to: String,
    /// Its accounts by code: stock, holdings, and the conversion account that takes the other side.
    pub rows: Vec<MetalRowView>,
    /// The sum of all closing balances: 0, or the books are broken.
    pub difference_ng: i64,
}

impl From<core::MetalBook> for MetalBookView {
    fn from(book: core::MetalBook) -> Self {
        let rows = book.rows.into_iter().map(|row| MetalRowView {
            account: AccountName::of(&row.account),
            opening_ng: row.opening,
            came_ng: row.came,
            went_ng: row.went,
            closing_ng: row.closing,
        });
        Self {
            commodity: book.metal.code().to_owned(),
            from: book.from.to_string(),
            to: book.to.to_string(),
            rows: rows.collect(),
            difference_ng: book.difference,
        }
    }
}

/// The metals' books.
#[derive(Debug, Clone, Object)]
pub struct MetalBooksView {
    /// One a metal.
    pub items: Vec<MetalBookView>,
}

/// What a customer or supplier owes, by age, in minor units of the books' currency.
#[derive(Debug, Clone, Object)]
pub struct AgedPartyView {
    /// Who.
    pub customer_id: String,
    /// Their name.
    pub name: String,
    /// What they owe; negative is owed to them.
    pub balance: i64,
    /// Owed since 0 to 30 days.
    pub days_0_30: i64,
    /// Since 31 to 60.
    pub days_31_60: i64,
    /// Since 61 to 90.
    pub days_61_90: i64,
    /// Longer.
    pub days_over_90: i64,
    /// What we owe them.
    pub credit: i64,
}

impl From<core::AgedParty> for AgedPartyView {
    fn from(party: core::AgedParty) -> Self {
        let [days_0_30, days_31_60, days_61_90, days_over_90] = party.owed;
        Self {
            customer_id: party.sums.party.to_string(),
            name: party.sums.name.to_string(),
            balance: party.sums.balance,
            days_0_30,
            days_31_60,
            days_61_90,
            days_over_90,
            credit: party.credit,
        }
    }
}

/// A kind of document in the words of the contract.
pub(super) fn kind(kind: TaxDocumentKind) -> String {
    kind.code().to_owned()
}

choice! {
    /// A report of the books.
    pub enum BooksReportWord {
        /// At the last day.
        TrialBalance = "trial-balance",
        /// Every entry.
        DayBook = "day-book",
        /// One account with running balance; it needs `account_id`.
        AccountBook = "account-book",
        /// Income and expenses.
        ProfitAndLoss = "profit-and-loss",
        /// At the last day.
        BalanceSheet = "balance-sheet",
        /// Metals by fine weight.
        Metal = "metal",
        /// Who owes for how long, at the last day.
        Ageing = "ageing",
        /// Cash by person: what was paid out in a day beyond ₹10,000, and linked cash of a calendar month from ₹10 lakh.
        Cash = "cash",
        /// Outward supplies.
        Gstr1 = "gstr-1",
        /// The working.
        Gstr3b = "gstr-3b",
    }
}

choice! {
    /// What a report is written as.
    pub enum BooksForm {
        /// Comma-separated values.
        Csv = "csv",
        /// A spreadsheet, Office Open XML.
        Xlsx = "xlsx",
    }
}

/// A report as a file.
pub struct BooksFile(Response);

impl IntoResponse for BooksFile {
    fn into_response(self) -> Response {
        self.0
    }
}

const CSV: &str = "text/csv; charset=utf-8";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl ApiResponse for BooksFile {
    fn meta() -> MetaResponses {
        let content = [CSV, XLSX].map(|content_type| {
            let schema = MetaSchema { format: Some("binary"), ..MetaSchema::new("string") };
            MetaMediaType { content_type, schema: MetaSchemaRef::Inline(Box::new(schema)) }
        });
        let (status, status_range, headers) = (Some(200), None, Vec::new());
        let content = content.into();
        MetaResponses {
            responses: vec![MetaResponse {
                description: "The file.",
                status,
                status_range,
                content,
                headers,
            }],
        }
    }

    fn register(_registry: &mut Registry) {}
}

/// The books' reports.
pub struct Books;

#[OpenApi]
impl Books {
    /// Lists the day book: every entry with its lines, by date and as recorded. Without a day it is today's.
    #[oai(path = "/:w/books/day-book", method = "get", operation_id = "listDayBook")]
    async fn day_book(
        &self,
        w: Signed,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<DayEntryView>>, Problem> {
        let list = Listing::new(&w, "day book", &[&*from, &*to]);
        let page = list.request(*limit, after.as_ref())?;
        let days = Days { from: *from, to: *to };
        let entries = w.check(shop::day_book(w.road(), w.scope(), days, page).await).await?;
        Ok(Json(list.page(entries, DayEntryView::from)))
    }

    /// Shows an account's book with the balance after each posting: the cash book, for the account of purpose `cash`.
    #[oai(path = "/:w/ledger/accounts/:id/book", method = "get", operation_id = "showAccountBook")]
    async fn account_book(
        &self,
        w: Signed,
        id: InPath<AccountId>,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<AccountBookView>, Problem> {
        let list = Listing::new(&w, "account book", &[&*id, &*from, &*to]);
        let page = list.request(*limit, after.as_ref())?;
        let days = Days { from: *from, to: *to };
        let book = w.check(shop::account_book(w.road(), w.scope(), *id, days, page).await).await?;
        let Page { items, next } = list.page(book.lines, BookLineView::from);
        Ok(Json(AccountBookView {
            commodity: book.account.commodity.code().to_owned(),
            account: AccountName::of(&book.account),
            opening: book.opening,
            items,
            next,
        }))
    }

    /// Shows profit and loss. Without a first day it begins with the financial year of the last one.
    #[oai(path = "/:w/books/profit-and-loss", method = "get", operation_id = "showProfitAndLoss")]
    async fn profit_and_loss(
        &self,
        w: Signed,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
    ) -> Result<Json<ProfitAndLossView>, Problem> {
        let days = Days { from: *from, to: *to };
        Ok(Json(w.check(shop::profit_and_loss(w.road(), w.scope(), days).await).await?.into()))
    }

    /// Shows the balance sheet at a date, today when none is named.
    #[oai(path = "/:w/books/balance-sheet", method = "get", operation_id = "showBalanceSheet")]
    async fn balance_sheet(
        &self,
        w: Signed,
        as_of: Query<Option<Date>>,
    ) -> Result<Json<BalanceSheetView>, Problem> {
        Ok(Json(w.check(shop::balance_sheet(w.road(), w.scope(), *as_of).await).await?.into()))
    }

    /// Shows what came and went of each metal by fine weight, and what there is. Without a first day it begins with the
    /// month of the last one.
    #[oai(path = "/:w/books/metal", method = "get", operation_id = "showMetalBooks")]
    async fn metal(
        &self,
        w: Signed,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
    ) -> Result<Json<MetalBooksView>, Problem> {
        let days = Days { from: *from, to: *to };
        let books = w.check(shop::metal_books(w.road(), w.scope(), days).await).await?;
        Ok(Json(MetalBooksView { items: books.into_iter().map(Into::into).collect() }))
    }

    /// Lists who owes for how long at a date, today when none is named; who is in credit, too.
    #[oai(path = "/:w/books/ageing", method = "get", operation_id = "listAgeing")]
    async fn ageing(
        &self,
        w: Signed,
        as_of: Query<Option<Date>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<AgedPartyView>>, Problem> {
        let list = Listing::new(&w, "ageing", &[&*as_of]);
        let page = list.request(*limit, after.as_ref())?;
        let (.., parties) = w.check(shop::ageing(w.road(), w.scope(), *as_of, page).await).await?;
        Ok(Json(list.page(parties, AgedPartyView::from)))
    }

    /// Shows outward supplies as GSTR-1 asks for them. Without a first day it begins with the month of the last one; a
    /// period is at most a year.
    #[oai(path = "/:w/books/gstr-1", method = "get", operation_id = "showGstr1")]
    async fn gstr1(
        &self,
        w: Signed,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
    ) -> Result<Json<Gstr1View>, Problem> {
        let days = Days { from: *from, to: *to };
        Ok(Json(w.check(shop::gstr1(w.road(), w.scope(), days).await).await?.into()))
    }

    /// Shows the working for GSTR-3B: what the documents say, beside what the tax accounts say.
    #[oai(path = "/:w/books/gstr-3b", method = "get", operation_id = "showGstr3b")]
    async fn gstr3b(
        &self,
        w: Signed,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
    ) -> Result<Json<Gstr3bView>, Problem> {
        let days = Days { from: *from, to: *to };
        let (working, period, currency) = w.check(shop::gstr3b(w.road(), w.scope(), days).await).await?;
        Ok(Json(Gstr3bView::of(working, period, currency)))
    }

    /// Writes a report as a file, whole: at most 200,000 lines.
    ///
    /// Amounts stand in whole currency with their decimals, weights in grams. In a spreadsheet they are numbers; what has
    /// more than fifteen digits is text. No text is ever a formula.
    #[oai(path = "/:w/books/file", method = "get", operation_id = "downloadBooksReport")]
    async fn file(
        &self,
        w: Signed,
        report: Query<BooksReportWord>,
        format: Query<BooksForm>,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
        account_id: Query<Option<AccountId>>,
    ) -> Result<BooksFile, Problem> {
        let wanted = match *report {
            BooksReportWord::TrialBalance => BooksReport::TrialBalance,
            BooksReportWord::DayBook => BooksReport::DayBook,
            BooksReportWord::AccountBook => BooksReport::AccountBook(*account_id),
            BooksReportWord::ProfitAndLoss => BooksReport::ProfitAndLoss,
            BooksReportWord::BalanceSheet => BooksReport::BalanceSheet,
            BooksReportWord::Metal => BooksReport::MetalBook,
            BooksReportWord::Ageing => BooksReport::Ageing,
            BooksReportWord::Cash => BooksReport::Cash,
            BooksReportWord::Gstr1 => BooksReport::Gstr1,
            BooksReportWord::Gstr3b => BooksReport::Gstr3b,
        };
        let days = Days { from: *from, to: *to };
        let sheets = w.check(shop::report_sheets(w.road(), w.scope(), wanted, days).await).await?;
        let (content_type, bytes) = match *format {
            BooksForm::Csv => (CSV, workbook::csv(&sheets)),
            BooksForm::Xlsx => (XLSX, workbook::xlsx(&sheets).map_err(Problem::fault)?),
        };
        let name = format!("attachment; filename=\"{}.{}\"", report.as_str(), format.as_str());
        let response = Response::builder()
            .content_type(content_type)
            .header(header::CONTENT_DISPOSITION, name)
            .body(bytes);
        Ok(BooksFile(response))
    }
}
