//! Purchases, goldsmiths' vouchers, melting and write-offs.

use aurex_core::service::shop;
use aurex_core::shop::metal::MetalVoucherId;
use aurex_core::shop::parties::PartyId;
use aurex_core::store::MetalVoucherFilter;
use aurex_core::time::Date;
use poem_openapi::{OpenApi, payload::Json};

use super::body::{
    NewGoldsmithIssueBody, NewGoldsmithReceiptBody, NewMeltBody, NewPurchaseBody, NewWriteOffBody,
};
use super::view::{
    MetalVoucherHeadView, MetalVoucherKindWord, MetalVoucherStateWord, MetalVoucherView, etag,
};
use crate::api::invoices::ReasonBody;
use crate::api::list::Listing;
use crate::api::signed::{InPath, Signed};
use crate::http::answer::{Created, Document, Page};
use crate::http::body::Body;
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

/// Vouchers that move metal.
pub struct MetalVouchers;

#[OpenApi]
impl MetalVouchers {
    /// Records a supplier's bill: goods into stock at its amounts, input tax by place of supply, and what is owed.
    #[oai(path = "/:w/purchases", method = "post", operation_id = "recordPurchase")]
    async fn purchase(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewPurchaseBody>,
    ) -> Result<Created<MetalVoucherView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let new = body.into_inner().into();
        let done =
            w.check(shop::record_purchase(w.road(), w.scope(), presented.as_ref(), &new).await).await?;
        let tag = etag(&done.value.voucher);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Gives metal out to a goldsmith: out of stock and into his holding, at cost and by fine weight. It stays the shop's.
    #[oai(path = "/:w/goldsmith-issues", method = "post", operation_id = "issueToGoldsmith")]
    async fn issue(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewGoldsmithIssueBody>,
    ) -> Result<Created<MetalVoucherView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let new = body.into_inner().into();
        let done = shop::issue_to_goldsmith(w.road(), w.scope(), presented.as_ref(), &new).await;
        let done = w.check(done).await?;
        let tag = etag(&done.value.voucher);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Receives goods from a goldsmith: into stock at the metal's cost and his labour, with what was lost on the way.
    #[oai(path = "/:w/goldsmith-receipts", method = "post", operation_id = "receiveFromGoldsmith")]
    async fn receive(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewGoldsmithReceiptBody>,
    ) -> Result<Created<MetalVoucherView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let new = body.into_inner().into();
        let done = shop::receive_from_goldsmith(w.road(), w.scope(), presented.as_ref(), &new).await;
        let done = w.check(done).await?;
        let tag = etag(&done.value.voucher);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Melts lots of one metal, old or not, into one lot of stock.
    #[oai(path = "/:w/melts", method = "post", operation_id = "meltMetal")]
    async fn melt(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewMeltBody>,
    ) -> Result<Created<MetalVoucherView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let new = body.into_inner().into();
        let done = w.check(shop::melt_metal(w.road(), w.scope(), presented.as_ref(), &new).await).await?;
        let tag = etag(&done.value.voucher);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Writes pieces and loose metal off: at cost to the expense, and by fine weight out of what is owned.
    #[oai(path = "/:w/write-offs", method = "post", operation_id = "writeOffStock")]
    async fn write_off(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewWriteOffBody>,
    ) -> Result<Created<MetalVoucherView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let new = body.into_inner().into();
        let done =
            w.check(shop::write_off_stock(w.road(), w.scope(), presented.as_ref(), &new).await).await?;
        let tag = etag(&done.value.voucher);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Lists vouchers that move metal, newest first.
    #[oai(path = "/:w/metal-vouchers", method = "get", operation_id = "listMetalVouchers")]
    #[expect(clippy::too_many_arguments, reason = "one a filter")]
    async fn list(
        &self,
        w: Signed,
        kind: Query<Option<MetalVoucherKindWord>>,
        state: Query<Option<MetalVoucherStateWord>>,
        party_id: Query<Option<PartyId>>,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<MetalVoucherHeadView>>, Problem> {
        let filter = MetalVoucherFilter {
            kind: kind.map(Into::into),
            state: state.map(Into::into),
            party: *party_id,
            from: *from,
            to: *to,
        };
        let list = Listing::new(&w, "metal-vouchers", &[&filter]);
        let page = list.request(*limit, after.as_ref())?;
        let found = w.check(shop::metal_vouchers(w.road(), w.scope(), filter, page).await).await?;
        Ok(Json(list.page(found, MetalVoucherHeadView::from)))
    }

    /// Shows a voucher.
    #[oai(path = "/:w/metal-vouchers/:id", method = "get", operation_id = "showMetalVoucher")]
    async fn show(
        &self,
        w: Signed,
        id: InPath<MetalVoucherId>,
    ) -> Result<Document<MetalVoucherView>, Problem> {
        let whole = w.check(shop::metal_voucher(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&whole.voucher), value: whole.into() })
    }

    /// Cancels a voucher: its exact mirror, while nothing later depends on it. A purchase of old metal is cancelled at its
    /// own path.
    #[oai(path = "/:w/metal-vouchers/:id/cancel", method = "post", operation_id = "cancelMetalVoucher")]
    async fn cancel(
        &self,
        w: Signed,
        id: InPath<MetalVoucherId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReasonBody>,
    ) -> Result<Document<MetalVoucherView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &id.to_string());
        let reason = body.into_inner().reason;
        let done = shop::cancel_metal_voucher(w.road(), w.scope(), presented.as_ref(), *id, reason).await;
        let done = w.check(done).await?;
        Ok(Document { etag: etag(&done.value.voucher), value: done.value.into() })
    }
}
