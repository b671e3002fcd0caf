//! Receipts.

use aurex_core::money::Money as CoreMoney;
use aurex_core::service::shop;
use aurex_core::shop::bookings::AdvanceId;
use aurex_core::shop::invoices::InvoiceId;
use aurex_core::shop::metal::MetalVoucherId;
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::receipts::{
    NewReceipt, PaymentMode, PaymentReceipt, ReceiptId, ReceiptWithSettlements, Settlement,
};
use aurex_core::text::Label;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::invoices::ReasonBody;
use super::list::Listing;
use super::signed::{InPath, Signed};
use super::wire::Money;
use crate::http::answer::{Created, Document, Page};
use crate::http::body::{Body, List, request};
use crate::http::etag::ETag;
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

request! {
    /// What a receipt pays of a bill.
    pub struct AllocationBody {
        /// The bill.
        invoice_id: InvoiceId,
        /// How much.
        amount: CoreMoney,
    }
}

request! {
    /// Money to be taken.
    pub struct NewReceiptBody {
        /// Who pays.
        customer_id: PartyId,
        /// How.
        mode: PaymentMode,
        /// How much.
        amount: CoreMoney,
        /// The bank's or card's reference.
        reference: Option<Label>,
        /// The event that it is paid for, a wedding say: in cash the law limits what one person pays for one. Kept in lower
        /// case.
        occasion: Option<Label>,
        /// The advance that it uses; with the mode `advance` and no other.
        advance_id: Option<AdvanceId>,
        /// Which bills it settles; the rest stays on the customer's account.
        allocations: Option<List<AllocationBody, 0, 100>>,
        /// The purchase of old metal that it is paid with, in the mode `old_metal`: it is allocated to bills to the last
        /// paisa.
        old_metal_purchase_id: Option<MetalVoucherId>,
    }
}

/// What a receipt pays of a bill.
#[derive(Debug, Clone, Object)]
pub struct AllocationView {
    /// The bill.
    pub invoice_id: String,
    /// How much; negative when taken back.
    pub amount: Money,
}

/// A receipt.
#[derive(Debug, Clone, Object)]
pub struct ReceiptView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Who paid.
    pub customer_id: String,
    /// How.
    pub mode: String,
    /// How much.
    pub amount: Money,
    /// The bank's or card's reference.
    pub reference: Option<String>,
    /// The event that it is paid for, in lower case.
    pub occasion: Option<String>,
    /// The purchase of old metal that it was paid with.
    pub old_metal_purchase_id: Option<String>,
    /// The advance that it uses.
    pub advance_id: Option<String>,
    /// What it settles; what was taken back stands as a negative.
    pub allocations: Vec<AllocationView>,
    /// `recorded` or `reversed`.
    pub state: String,
    /// Its date.
    pub business_date: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// Why it was reversed.
    pub reverse_reason: Option<String>,
    /// When it was reversed.
    pub reversed_at: Option<String>,
    /// The document's revision tag.
    pub etag: String,
}

fn etag(receipt: &PaymentReceipt) -> ETag {
    ETag::of_revision(receipt.version.into())
}

fn view(receipt: PaymentReceipt, settlements: &[Settlement]) -> ReceiptView {
    ReceiptView {
        id: receipt.id.to_string(),
        number: receipt.number.to_string(),
        customer_id: receipt.party.to_string(),
        mode: receipt.mode.code().to_owned(),
        amount: receipt.amount.into(),
        reference: receipt.reference.as_ref().map(ToString::to_string),
        occasion: receipt.occasion.as_ref().map(ToString::to_string),
        old_metal_purchase_id: receipt.old_metal.map(|id| id.to_string()),
        advance_id: receipt.advance.map(|id| id.to_string()),
        allocations: settlements
            .iter()
            .map(|s| AllocationView { invoice_id: s.invoice.to_string(), amount: s.amount.into() })
            .collect(),
        state: receipt.state.code().to_owned(),
        business_date: receipt.business_date.to_string(),
        recorded_at: receipt.recorded_at.to_string(),
        reverse_reason: receipt.reverse_reason.as_ref().map(ToString::to_string),
        reversed_at: receipt.reversed_at.map(|at| at.to_string()),
        etag: etag(&receipt).as_str().to_owned(),
    }
}

fn whole(receipt: ReceiptWithSettlements) -> ReceiptView {
    view(receipt.receipt, &receipt.settlements)
}

/// A receipt in a list.
#[derive(Debug, Clone, Object)]
pub struct ReceiptHeadView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Who paid.
    pub customer_id: String,
    /// How.
    pub mode: String,
    /// How much.
    pub amount: Money,
    /// `recorded` or `reversed`.
    pub state: String,
    /// Its date.
    pub business_date: String,
    /// The document's revision tag.
    pub etag: String,
}

impl From<PaymentReceipt> for ReceiptHeadView {
    fn from(receipt: PaymentReceipt) -> Self {
        Self {
            id: receipt.id.to_string(),
            number: receipt.number.to_string(),
            customer_id: receipt.party.to_string(),
            mode: receipt.mode.code().to_owned(),
            amount: receipt.amount.into(),
            state: receipt.state.code().to_owned(),
            business_date: receipt.business_date.to_string(),
            etag: etag(&receipt).as_str().to_owned(),
        }
    }
}

/// Receipts.
pub struct Receipts;

#[OpenApi]
impl Receipts {
    /// Takes money and settles bills with it.
    /// Cash, cash paid into the bank and cheques to bearer stay below the law's limit from one person in a day
    /// (`cash.day_limit`), for one bill with its bookings (`cash.transaction_limit`) and for one occasion
    /// (`cash.occasion_limit`); the detail says how much may still be taken.
    #[oai(path = "/:w/receipts", method = "post", operation_id = "recordReceipt")]
    async fn record(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewReceiptBody>,
    ) -> Result<Created<ReceiptView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let body = body.into_inner();
        let new = NewReceipt {
            party: body.customer_id,
            mode: body.mode,
            amount: body.amount,
            reference: body.reference,
            occasion: body.occasion,
            old_metal: body.old_metal_purchase_id,
            advance: body.advance_id,
            allocations: body
                .allocations
                .map(List::into_vec)
                .unwrap_or_default()
                .into_iter()
                .map(|allocation| (allocation.invoice_id, allocation.amount))
                .collect(),
        };
        let done = w.check(shop::record_receipt(w.road(), w.scope(), presented.as_ref(), &new).await).await?;
        let tag = etag(&done.value.receipt);
        Ok(Created::new(whole(done.value)).etag(tag).replayed(done.replayed))
    }

    /// Lists receipts, newest first.
    #[oai(path = "/:w/receipts", method = "get", operation_id = "listReceipts")]
    async fn list(
        &self,
        w: Signed,
        customer_id: Query<Option<PartyId>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<ReceiptHeadView>>, Problem> {
        let list = Listing::new(&w, "receipts", &[&*customer_id]);
        let page = list.request(*limit, after.as_ref())?;
        let receipts = w.check(shop::receipts(w.road(), w.scope(), *customer_id, page).await).await?;
        Ok(Json(list.page(receipts, ReceiptHeadView::from)))
    }

    /// Shows a receipt.
    #[oai(path = "/:w/receipts/:id", method = "get", operation_id = "showReceipt")]
    async fn show(&self, w: Signed, id: InPath<ReceiptId>) -> Result<Document<ReceiptView>, Problem> {
        let receipt = w.check(shop::receipt(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&receipt.receipt), value: whole(receipt) })
    }

    /// Reverses a receipt: its exact mirror, settlements included.
    #[oai(path = "/:w/receipts/:id/reverse", method = "post", operation_id = "reverseReceipt")]
    async fn reverse(
        &self,
        w: Signed,
        id: InPath<ReceiptId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReasonBody>,
    ) -> Result<Created<ReceiptView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &id.to_string());
        let reason = body.into_inner().reason;
        let done = shop::reverse_receipt(w.road(), w.scope(), presented.as_ref(), *id, reason).await;
        let done = w.check(done).await?;
        let tag = etag(&done.value.receipt);
        Ok(Created::new(whole(done.value)).etag(tag).replayed(done.replayed))
    }
}
