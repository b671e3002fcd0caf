//! The rate board.

use aurex_core::measure::{Fineness, Mass, Metal, RateKind};
use aurex_core::money::Money as CoreMoney;
use aurex_core::service::shop;
use aurex_core::shop::rates::{NewRate, PostedRate};
use aurex_core::store::RateFilter;
use aurex_core::time::Date;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::list::Listing;
use super::signed::Signed;
use super::wire::Money;
use crate::http::answer::{Created, Page};
use crate::http::body::{Body, request};
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

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
        }
    }
}

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
