//! Goldsmiths.

use aurex_core::service::shop;
use aurex_core::shop::metal::Holding;
use aurex_core::shop::parties::{Goldsmiths, PartyId};
use aurex_core::time::Date;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::form::{CustomerPatchBody, CustomerView, NewCustomerBody, StatementView, etag};
use crate::api::list::Listing;
use crate::api::signed::{InPath, Signed};
use crate::api::wire::Money;
use crate::http::answer::{Created, Document, Page};
use crate::http::body::{Body, Text};
use crate::http::etag::IfMatch;
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

/// What a goldsmith holds of one metal.
#[derive(Debug, Clone, Object)]
pub struct HoldingView {
    /// The metal.
    pub commodity: String,
    /// The pure metal in it, in nanograms.
    pub fine_ng: i64,
    /// What it cost.
    pub cost: Money,
}

/// What a goldsmith holds of each metal.
#[derive(Debug, Clone, Object)]
pub struct HoldingsView {
    /// A metal each.
    pub items: Vec<HoldingView>,
}

impl From<Holding> for HoldingView {
    fn from(holding: Holding) -> Self {
        Self {
            commodity: holding.metal.code().to_owned(),
            fine_ng: holding.fine.ng(),
            cost: holding.cost.into(),
        }
    }
}

/// Goldsmiths.
pub struct GoldsmithsRoom;

#[OpenApi]
impl GoldsmithsRoom {
    /// Lists goldsmiths, oldest first, or those that are searched for.
    #[oai(path = "/:w/goldsmiths", method = "get", operation_id = "listGoldsmiths")]
    async fn list(
        &self,
        w: Signed,
        /// Beginnings of words of a name, telephone number or GSTIN, as far as they are typed: who has one for each of them is
        /// listed, by the alphabet.
        q: Query<Option<Text<1, 100>>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<CustomerView>>, Problem> {
        let words = q.as_ref().map(|q| q.as_str());
        let list = Listing::new(&w, "goldsmiths", &[&words]);
        let page = list.request(*limit, after.as_ref())?;
        let goldsmiths = w.check(shop::parties::<Goldsmiths>(w.road(), w.scope(), words, page).await).await?;
        Ok(Json(list.page(goldsmiths, CustomerView::from)))
    }

    /// Records a goldsmith.
    #[oai(path = "/:w/goldsmiths", method = "post", operation_id = "recordGoldsmith")]
    async fn record(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewCustomerBody>,
    ) -> Result<Created<CustomerView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let done = w
            .check(
                shop::record_party::<Goldsmiths>(
                    w.road(),
                    w.scope(),
                    presented.as_ref(),
                    body.into_inner().into(),
                )
                .await,
            )
            .await?;
        let tag = etag(&done.value);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Shows a goldsmith.
    #[oai(path = "/:w/goldsmiths/:id", method = "get", operation_id = "showGoldsmith")]
    async fn show(&self, w: Signed, id: InPath<PartyId>) -> Result<Document<CustomerView>, Problem> {
        let party = w.check(shop::party::<Goldsmiths>(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&party), value: party.into() })
    }

    /// Changes a goldsmith.
    #[oai(path = "/:w/goldsmiths/:id", method = "patch", operation_id = "changeGoldsmith")]
    async fn change(
        &self,
        w: Signed,
        id: InPath<PartyId>,
        #[oai(name = "If-Match")] if_match: IfMatch,
        body: Body<CustomerPatchBody>,
    ) -> Result<Document<CustomerView>, Problem> {
        w.may::<aurex_core::shop::actions::ChangeGoldsmith>().await?;
        let expected = if_match.required()?.revision();
        let patch = body.into_inner().into();
        let done = w
            .check(shop::change_party::<Goldsmiths>(w.road(), w.scope(), *id, expected, patch).await)
            .await?;
        Ok(Document { etag: etag(&done.value), value: done.value.into() })
    }

    /// Shows a goldsmith's statement for a period.
    #[oai(path = "/:w/goldsmiths/:id/statement", method = "get", operation_id = "showGoldsmithStatement")]
    async fn statement(
        &self,
        w: Signed,
        id: InPath<PartyId>,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
    ) -> Result<Json<StatementView>, Problem> {
        let statement =
            w.check(shop::statement_of::<Goldsmiths>(w.road(), w.scope(), *id, *from, *to).await).await?;
        Ok(Json(statement.into()))
    }

    /// Shows what of ours a goldsmith holds: each metal by fine weight, and what it cost.
    #[oai(path = "/:w/goldsmiths/:id/holdings", method = "get", operation_id = "showHoldings")]
    async fn holdings(&self, w: Signed, id: InPath<PartyId>) -> Result<Json<HoldingsView>, Problem> {
        let holdings = w.check(shop::goldsmith_holdings(w.road(), w.scope(), *id).await).await?;
        Ok(Json(HoldingsView { items: holdings.into_iter().map(HoldingView::from).collect() }))
    }
}
