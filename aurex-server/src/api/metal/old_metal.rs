//! Purchases of old metal.

use aurex_core::service::shop;
use aurex_core::shop::metal::MetalVoucherId;
use aurex_core::shop::parties::PartyId;
use aurex_core::store::MetalVoucherFilter;
use aurex_core::time::Date;
use poem_openapi::{OpenApi, payload::Json};

use super::body::NewOldMetalBody;
use super::view::{MetalVoucherHeadView, MetalVoucherStateWord, MetalVoucherView, etag};
use crate::api::invoices::ReasonBody;
use crate::api::list::Listing;
use crate::api::signed::{InPath, Signed};
use crate::http::answer::{Created, Document, Page};
use crate::http::body::Body;
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

/// Purchases of old metal.
pub struct OldMetal;

#[OpenApi]
impl OldMetal {
    /// Takes old metal in: weighed, tested, valued at the day's rate, and put on the customer's account. The customer has
    /// shown a document before (`identity`), and declares that the metal is theirs. Bills are settled with it by a receipt
    /// in the mode `old_metal`; what is paid out for it is a payment.
    #[oai(path = "/:w/old-metal-purchases", method = "post", operation_id = "buyOldMetal")]
    async fn buy(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewOldMetalBody>,
    ) -> Result<Created<MetalVoucherView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let new = body.into_inner().into();
        let done = w.check(shop::buy_old_metal(w.road(), w.scope(), presented.as_ref(), &new).await).await?;
        let tag = etag(&done.value.voucher);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Lists purchases of old metal, newest first.
    #[oai(path = "/:w/old-metal-purchases", method = "get", operation_id = "listOldMetalPurchases")]
    #[expect(clippy::too_many_arguments, reason = "one a filter")]
    async fn list(
        &self,
        w: Signed,
        state: Query<Option<MetalVoucherStateWord>>,
        customer_id: Query<Option<PartyId>>,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<MetalVoucherHeadView>>, Problem> {
        let filter = MetalVoucherFilter {
            kind: None,
            state: state.map(Into::into),
            party: *customer_id,
            from: *from,
            to: *to,
        };
        let list = Listing::new(&w, "old-metal-purchases", &[&filter]);
        let page = list.request(*limit, after.as_ref())?;
        let found = w.check(shop::old_metal_purchases(w.road(), w.scope(), filter, page).await).await?;
        Ok(Json(list.page(found, MetalVoucherHeadView::from)))
    }

    /// Shows a purchase of old metal.
    #[oai(path = "/:w/old-metal-purchases/:id", method = "get", operation_id = "showOldMetalPurchase")]
    async fn show(
        &self,
        w: Signed,
        id: InPath<MetalVoucherId>,
    ) -> Result<Document<MetalVoucherView>, Problem> {
        let whole = w.check(shop::old_metal_purchase(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&whole.voucher), value: whole.into() })
    }

    /// Cancels a purchase of old metal: its exact mirror, while the metal is still there and nothing was settled with it.
    #[oai(
        path = "/:w/old-metal-purchases/:id/cancel",
        method = "post",
        operation_id = "cancelOldMetalPurchase"
    )]
    async fn cancel(
        &self,
        w: Signed,
        id: InPath<MetalVoucherId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReasonBody>,
    ) -> Result<Document<MetalVoucherView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &id.to_string());
        let reason = body.into_inner().reason;
        let done = shop::cancel_old_metal(w.road(), w.scope(), presented.as_ref(), *id, reason).await;
        let done = w.check(done).await?;
        Ok(Document { etag: etag(&done.value.voucher), value: done.value.into() })
    }
}
