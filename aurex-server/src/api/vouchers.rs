//! Journal vouchers.

use aurex_core::ledger::AccountId;
use aurex_core::money::Money as CoreMoney;
use aurex_core::service::shop::{self, JournalVoucherView as Whole};
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::vouchers::{
    EntrySide, JournalVoucher, JournalVoucherId, NewJournalVoucher, NewVoucherLine, VoucherAccount,
};
use aurex_core::text::Note;
use aurex_core::time::Date;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::books::DayLineView;
use super::invoices::ReasonBody;
use super::list::Listing;
use super::signed::{InPath, Signed};
use super::wire::Money;
use crate::http::answer::{Created, Document, Page};
use crate::http::body::{Body, List, request, union};
use crate::http::etag::ETag;
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

union! {
    /// A line of a voucher: what it is posted to, which side, and how much.
    pub enum VoucherLineBody by presence {
        /// An account of the books.
        Account = "account_id" { account_id: AccountId, side: EntrySide, amount: CoreMoney },
        /// What stands between the shop and a customer, supplier or goldsmith.
        Party = "party_id" { party_id: PartyId, side: EntrySide, amount: CoreMoney },
    }
}

request! {
    /// A journal voucher to be written.
    pub struct NewJournalVoucherBody {
        /// Its date, of this financial year or the last; left out, today.
        date: Option<Date>,
        /// What it is about; stands in the ledgers beside its number.
        remark: Note,
        /// Its lines; what is debited and what is credited come to the same.
        lines: List<VoucherLineBody, 2, 50>,
    }
}

impl From<NewJournalVoucherBody> for NewJournalVoucher {
    fn from(body: NewJournalVoucherBody) -> Self {
        let line = |line| match line {
            VoucherLineBody::Account { account_id, side, amount } => {
                NewVoucherLine { on: VoucherAccount::Account(account_id), side, amount }
            }
            VoucherLineBody::Party { party_id, side, amount } => {
                NewVoucherLine { on: VoucherAccount::Party(party_id), side, amount }
            }
        };
        let lines = body.lines.into_vec().into_iter().map(line).collect();
        Self { date: body.date, remark: body.remark, lines }
    }
}

/// A journal voucher.
#[derive(Debug, Clone, Object)]
pub struct JournalVoucherView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// What it is about.
    pub remark: String,
    /// What each side comes to.
    pub total: Money,
    /// Its date.
    pub business_date: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// `recorded` or `reversed`.
    pub state: String,
    /// Why it was reversed.
    pub reverse_reason: Option<String>,
    /// When it was reversed.
    pub reversed_at: Option<String>,
}

impl From<JournalVoucher> for JournalVoucherView {
    fn from(voucher: JournalVoucher) -> Self {
        Self {
            id: voucher.id.to_string(),
            number: voucher.number.to_string(),
            remark: voucher.remark.to_string(),
            total: voucher.total.into(),
            business_date: voucher.business_date.to_string(),
            recorded_at: voucher.recorded_at.to_string(),
            state: voucher.state.code().to_owned(),
            reverse_reason: voucher.reverse_reason.map(|reason| reason.to_string()),
            reversed_at: voucher.reversed_at.map(|at| at.to_string()),
        }
    }
}

/// A journal voucher with its lines.
#[derive(Debug, Clone, Object)]
pub struct WholeJournalVoucherView {
    /// The voucher.
    #[oai(flatten)]
    pub voucher: JournalVoucherView,
    /// Its lines: debits and credits are equal.
    pub lines: Vec<DayLineView>,
}

impl From<Whole> for WholeJournalVoucherView {
    fn from(Whole { voucher, lines }: Whole) -> Self {
        Self { voucher: voucher.into(), lines: lines.into_iter().map(DayLineView::from).collect() }
    }
}

fn etag(voucher: &JournalVoucher) -> ETag {
    ETag::of_revision(voucher.version.into())
}

/// Journal vouchers.
pub struct Vouchers;

#[OpenApi]
impl Vouchers {
    /// Writes a journal voucher: an entry by hand, on accounts that no document keeps.
    #[oai(path = "/:w/journal-vouchers", method = "post", operation_id = "recordJournalVoucher")]
    async fn record(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewJournalVoucherBody>,
    ) -> Result<Created<WholeJournalVoucherView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let new = body.into_inner().into();
        let done = shop::record_journal_voucher(w.road(), w.scope(), presented.as_ref(), &new).await;
        let done = w.check(done).await?;
        let tag = etag(&done.value.voucher);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Lists journal vouchers, newest first.
    #[oai(path = "/:w/journal-vouchers", method = "get", operation_id = "listJournalVouchers")]
    async fn list(
        &self,
        w: Signed,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<JournalVoucherView>>, Problem> {
        let list = Listing::new(&w, "journal-vouchers", &[]);
        let page = list.request(*limit, after.as_ref())?;
        let vouchers = w.check(shop::journal_vouchers(w.road(), w.scope(), page).await).await?;
        Ok(Json(list.page(vouchers, JournalVoucherView::from)))
    }

    /// Shows a journal voucher with its lines.
    #[oai(path = "/:w/journal-vouchers/:id", method = "get", operation_id = "showJournalVoucher")]
    async fn show(
        &self,
        w: Signed,
        id: InPath<JournalVoucherId>,
    ) -> Result<Document<WholeJournalVoucherView>, Problem> {
        let whole = w.check(shop::journal_voucher(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&whole.voucher), value: whole.into() })
    }

    /// Reverses a journal voucher: its exact mirror, of today.
    #[oai(path = "/:w/journal-vouchers/:id/reverse", method = "post", operation_id = "reverseJournalVoucher")]
    async fn reverse(
        &self,
        w: Signed,
        id: InPath<JournalVoucherId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReasonBody>,
    ) -> Result<Created<WholeJournalVoucherView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &id.to_string());
        let reason = body.into_inner().reason;
        let done = shop::reverse_journal_voucher(w.road(), w.scope(), presented.as_ref(), *id, reason).await;
        let done = w.check(done).await?;
        let tag = etag(&done.value.voucher);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }
}
