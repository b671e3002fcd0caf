//! The rate board.

use aurex_core::measure::{Fineness, Mass, Metal, RateBasis, RateKind};
use aurex_core::money::{Money as CoreMoney, Rounding};
use aurex_core::service::shop;
use aurex_core::service::shop::RatesBrought;
use aurex_core::shop::rates::{BoardRate, COLUMNS, NewRate, PostedRate, whole_board};
use aurex_core::shop::tables::RowProblem;
use aurex_core::store::RateFilter;
use aurex_core::text::Note;
use aurex_core::time::Date;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::list::Listing;
use super::signed::Signed;
use super::wire::Money;
use crate::http::answer::{Created, Page};
use crate::http::body::{Body, Contents, request};
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;
use crate::import;

request! {
    /// A rate to be posted for today.
    pub struct NewRateBody {
        /// The metal.
        commodity: Metal,
        /// The fineness it is quoted for, in parts per million.
        fineness_ppm: Fineness,
        /// What it is for.
        kind: RateKind,
        /// The quoted amount.
        amount: CoreMoney,
        /// The quoted weight in milligrams: 1000 for a gram, 10000 for ten.
        per_mg: Mass,
        /// How the rates of lower finenesses follow from it; `manual`, they do not, unless said otherwise.
        basis: Option<RateBasis>,
        /// What follows is rounded, half away from zero, to a multiple of this, for the same weight: 100 paise for whole
        /// rupees. Without it, what follows is exact.
        multiple: Option<CoreMoney>,
        /// Why the shop shall buy for more than it sells for, which an owner may decide.
        reason: Option<Note>,
    }
}

request! {
    /// A table of rates.
    pub struct RateTableBody {
        /// Comma-separated text. Its first line names the columns: `commodity`, `fineness`, `rate`, `per`, and where there
        /// is something to say, `kind`, `basis`, `multiple`, `reason`. At most 200 rows.
        csv: Contents<1, 65536>,
        /// Whether to look at it only.
        dry_run: Option<bool>,
    }
}

impl From<NewRateBody> for NewRate {
    fn from(body: NewRateBody) -> Self {
        Self {
            metal: body.commodity,
            fineness: body.fineness_ppm,
            kind: body.kind,
            amount: body.amount,
            per: body.per_mg,
            basis: body.basis.unwrap_or(RateBasis::Manual),
            multiple: body.multiple,
            reason: body.reason,
        }
    }
}

/// A posted rate.
#[derive(Debug, Clone, Object)]
pub struct RateView {
    /// Its id.
    pub id: String,
    /// The metal.
    pub commodity: String,
    /// The fineness it is quoted for, in parts per million.
    pub fineness_ppm: u32,
    /// What it is for.
    pub kind: String,
    /// The quoted amount.
    pub amount: Money,
    /// The quoted weight in milligrams.
    pub per_mg: i64,
    /// Since when it is current.
    pub effective_from: String,
    /// The day it is for.
    pub business_date: String,
    /// The rate of the same day that it supersedes.
    pub supersedes: Option<String>,
    /// How the rates of lower finenesses follow from it.
    pub basis: String,
    /// The multiple that what follows is rounded to.
    pub multiple: Option<Money>,
    /// Why the shop buys for more than it sells for.
    pub reason: Option<String>,
}

impl From<PostedRate> for RateView {
    fn from(rate: PostedRate) -> Self {
        Self {
            id: rate.id.to_string(),
            commodity: rate.metal.code().to_owned(),
            fineness_ppm: rate.fineness.ppm(),
            kind: rate.kind.code().to_owned(),
            amount: rate.amount.into(),
            per_mg: rate.per.mg(),
            effective_from: rate.effective_from.to_string(),
            business_date: rate.business_date.to_string(),
            supersedes: rate.supersedes.map(|id| id.to_string()),
            basis: rate.basis.code().to_owned(),
            multiple: rate
                .multiple
                .map(|minor| Money { minor, currency: rate.amount.currency().code().to_owned() }),
            reason: rate.reason.as_ref().map(ToString::to_string),
        }
    }
}

/// A rate on the board, posted or following from a posted one.
#[derive(Debug, Clone, Object)]
pub struct BoardRateView {
    /// The metal.
    pub commodity: String,
    /// The fineness, in parts per million.
    pub fineness_ppm: u32,
    /// The karat that the trade calls it by.
    pub karat: Option<u32>,
    /// What it is for.
    pub kind: String,
    /// The amount that a bill computes with.
    pub amount: Money,
    /// The weight that it is for, in milligrams.
    pub per_mg: i64,
    /// The same for a gram, rounded to show it.
    pub per_gram: Money,
    /// Whether it follows from a rate that was posted for another fineness.
    pub derived: bool,
    /// The posted rate.
    pub rate_id: String,
}

impl BoardRateView {
    /// None where a gram costs more than money can say.
    fn of(found: BoardRate<'_>) -> Option<Self> {
        let (rate, posted) = (found.rate, found.posted);
        let gram = Mass::new(1_000).ok()?;
        Some(Self {
            commodity: posted.metal.code().to_owned(),
            fineness_ppm: rate.fineness().ppm(),
            karat: rate.fineness().karat().filter(|_| posted.metal == Metal::Gold),
            kind: posted.kind.code().to_owned(),
            amount: rate.amount().into(),
            per_mg: rate.per().mg(),
            per_gram: rate.price_of(gram, Rounding::HalfAwayFromZero).ok()?.into(),
            derived: found.is_derived(),
            rate_id: posted.id.to_string(),
        })
    }
}

/// What is wrong with a row of a table.
#[derive(Debug, Clone, Object)]
pub struct RowProblemView {
    /// The line of the table, from 1, the heading counted.
    pub line: u64,
    /// The column; none for the row as a whole.
    pub column: Option<String>,
    /// The stable code.
    pub code: String,
    /// The same for people.
    pub message: String,
}

impl From<RowProblem> for RowProblemView {
    fn from(problem: RowProblem) -> Self {
        Self {
            line: problem.line,
            column: Some(problem.column).filter(|column| !column.is_empty()).map(str::to_owned),
            code: problem.code.to_owned(),
            message: problem.message,
        }
    }
}

/// What became of a table of rates.
#[derive(Debug, Clone, Object)]
pub struct RateTableView {
    /// Whether the rates are on the board now. They are not after a dry run, or where anything is wrong with the table.
    pub posted: bool,
    /// The rates, in the order of the table; none where anything is wrong with it.
    pub rates: Vec<RateView>,
    /// Everything that is wrong with the table.
    pub problems: Vec<RowProblemView>,
}

impl From<RatesBrought> for RateTableView {
    fn from(brought: RatesBrought) -> Self {
        Self {
            posted: brought.posted,
            rates: brought.rates.into_iter().map(RateView::from).collect(),
            problems: brought.problems.into_iter().map(RowProblemView::from).collect(),
        }
    }
}

/// How many rates a table may have: every grade of every metal and kind, and room to spare.
const MOST_ROWS: usize = 200;

/// The rate board.
pub struct Rates;

#[OpenApi]
impl Rates {
    /// Shows the current rates of a day.
    #[oai(path = "/:w/rates", method = "get", operation_id = "listRates")]
    async fn board(
        &self,
        w: Signed,
        business_date: Query<Option<Date>>,
    ) -> Result<Json<Page<RateView>>, Problem> {
        let board = w.check(shop::rate_board(w.road(), w.scope(), *business_date).await).await?;
        Ok(Json(Page { items: board.into_iter().map(RateView::from).collect(), next: None }))
    }

    /// Shows the whole board of a day: what was posted, and what follows from it for every hallmarked grade. A bill takes
    /// these rates.
    #[oai(path = "/:w/rates/board", method = "get", operation_id = "showRateBoard")]
    async fn whole(
        &self,
        w: Signed,
        business_date: Query<Option<Date>>,
    ) -> Result<Json<Page<BoardRateView>>, Problem> {
        let posted = w.check(shop::rate_board(w.road(), w.scope(), *business_date).await).await?;
        let items = whole_board(&posted).into_iter().filter_map(BoardRateView::of).collect();
        Ok(Json(Page { items, next: None }))
    }

    /// Posts a rate for today.
    #[oai(path = "/:w/rates", method = "post", operation_id = "postRate")]
    async fn post(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewRateBody>,
    ) -> Result<Created<RateView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let new = NewRate::from(body.into_inner());
        let done = w.check(shop::post_rate(w.road(), w.scope(), presented.as_ref(), new).await).await?;
        Ok(Created::new(done.value.into()).replayed(done.replayed))
    }

    /// Posts a table of rates: all of them, or none where anything is wrong with it. The answer lists everything that is
    /// wrong by its line. A rate that is further from the last one than one person decides is wrong here; ask for approval
    /// of it by itself.
    #[oai(path = "/:w/rates/import", method = "post", operation_id = "importRates")]
    async fn import(&self, w: Signed, body: Body<RateTableBody>) -> Result<Json<RateTableView>, Problem> {
        let body = body.into_inner();
        let import::Brought { rows, problems } = import::read(body.csv.as_str(), COLUMNS, MOST_ROWS);
        let dry_run = body.dry_run.unwrap_or(false) || !problems.is_empty();
        let done = shop::import_rates(w.road(), w.scope(), &rows, dry_run).await;
        let mut brought = w.check(done).await?;
        if !problems.is_empty() {
            brought.rates.clear();
        }
        brought.problems.splice(0..0, problems);
        Ok(Json(brought.into()))
    }

    /// Lists posted rates, newest first.
    #[oai(path = "/:w/rates/history", method = "get", operation_id = "listRateHistory")]
    #[expect(clippy::too_many_arguments, reason = "one a query parameter")]
    async fn history(
        &self,
        w: Signed,
        commodity: Query<Option<Metal>>,
        fineness_ppm: Query<Option<Fineness>>,
        kind: Query<Option<RateKind>>,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<RateView>>, Problem> {
        let filter =
            RateFilter { metal: *commodity, fineness: *fineness_ppm, kind: *kind, from: *from, to: *to };
        let list = Listing::new(&w, "rates", &[&filter]);
        let page = list.request(*limit, after.as_ref())?;
        let rates = w.check(shop::rate_history(w.road(), w.scope(), filter, page).await).await?;
        Ok(Json(list.page(rates, RateView::from)))
    }
}
