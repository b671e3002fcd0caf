//! Vouchers that move metal, as they are shown.

use aurex_core::shop::metal::{
    MetalVoucher, MetalVoucherKind, MetalVoucherLine, MetalVoucherState, WholeMetalVoucher,
};
use poem_openapi::Object;

use crate::api::wire::Money;
use crate::http::body::choice;
use crate::http::etag::ETag;

choice! {
    /// What a voucher is of.
    pub enum MetalVoucherKindWord {
        /// Old metal taken in from a customer.
        OldMetalPurchase = "old_metal_purchase",
        /// A purchase from a supplier.
        Purchase = "purchase",
        /// Metal given out to a goldsmith.
        GoldsmithIssue = "goldsmith_issue",
        /// Goods received from a goldsmith.
        GoldsmithReceipt = "goldsmith_receipt",
        /// Lots melted into one.
        Melt = "melt",
        /// Stock written off.
        WriteOff = "write_off",
    }
}

impl From<MetalVoucherKindWord> for MetalVoucherKind {
    fn from(word: MetalVoucherKindWord) -> Self {
        match word {
            MetalVoucherKindWord::OldMetalPurchase => Self::OldMetalPurchase,
            MetalVoucherKindWord::Purchase => Self::Purchase,
            MetalVoucherKindWord::GoldsmithIssue => Self::GoldsmithIssue,
            MetalVoucherKindWord::GoldsmithReceipt => Self::GoldsmithReceipt,
            MetalVoucherKindWord::Melt => Self::Melt,
            MetalVoucherKindWord::WriteOff => Self::WriteOff,
        }
    }
}

choice! {
    /// Whether a voucher stands.
    pub enum MetalVoucherStateWord {
        /// It stands.
        Recorded = "recorded",
        /// It was cancelled.
        Cancelled = "cancelled",
    }
}

impl From<MetalVoucherStateWord> for MetalVoucherState {
    fn from(word: MetalVoucherStateWord) -> Self {
        match word {
            MetalVoucherStateWord::Recorded => Self::Recorded,
            MetalVoucherStateWord::Cancelled => Self::Cancelled,
        }
    }
}

/// One line of a voucher.
#[derive(Debug, Clone, Object)]
pub struct MetalVoucherLineView {
    /// `in`, `out`, `agreed_loss`, `loss_owed` or `loss_borne`.
    pub role: String,
    /// The piece.
    pub item_id: Option<String>,
    /// The lot.
    pub lot_id: Option<String>,
    /// What it is.
    pub description: String,
    /// The metal.
    pub commodity: String,
    /// Its fineness in parts per million, as tested where it was.
    pub fineness_ppm: u32,
    /// What the scale showed, in milligrams.
    pub gross_mg: i64,
    /// What is not metal, in milligrams.
    pub less_mg: i64,
    /// Net weight in milligrams.
    pub net_mg: i64,
    /// The pure metal, in nanograms.
    pub fine_ng: i64,
    /// The HSN code, where tax follows from it.
    pub hsn: Option<String>,
    /// The posted rate that was applied; null for an overridden one and where there is none.
    pub rate_id: Option<String>,
    /// The rate's amount, at the line's own fineness; nothing where the line has none.
    pub rate: Money,
    /// The weight that it is for, in milligrams.
    pub rate_per_mg: i64,
    /// The value before tax.
    pub value: Money,
    /// The labour charged for it.
    pub labour: Money,
    /// The rate of tax in parts per million.
    pub tax_rate_ppm: i32,
    /// Central tax.
    pub cgst: Money,
    /// State tax.
    pub sgst: Money,
    /// Integrated tax.
    pub igst: Money,
    /// What moved at cost: into our books positive, out of them negative; null for those who may not see it.
    pub cost: Option<Money>,
}

impl From<MetalVoucherLine> for MetalVoucherLineView {
    fn from(line: MetalVoucherLine) -> Self {
        Self {
            role: line.role.code().to_owned(),
            item_id: line.item.map(|id| id.to_string()),
            lot_id: line.lot.map(|id| id.to_string()),
            description: line.description.to_string(),
            commodity: line.metal.code().to_owned(),
            fineness_ppm: line.fineness.ppm(),
            gross_mg: line.gross.mg(),
            less_mg: line.less.mg(),
            net_mg: line.net.mg(),
            fine_ng: line.fine.ng(),
            hsn: line.hsn.map(|hsn| hsn.as_str().to_owned()),
            rate_id: line.rate_id.map(|id| id.to_string()),
            rate: line.rate_amount.into(),
            rate_per_mg: line.rate_per.mg(),
            value: line.value.into(),
            labour: line.labour.into(),
            tax_rate_ppm: line.tax_rate.ppm(),
            cgst: line.cgst.into(),
            sgst: line.sgst.into(),
            igst: line.igst.into(),
            cost: Some(line.cost.into()),
        }
    }
}

/// The head of a voucher, as lists show it.
#[derive(Debug, Clone, Object)]
pub struct MetalVoucherHeadView {
    /// The id.
    pub id: String,
    /// What it is of.
    pub kind: String,
    /// The number.
    pub number: String,
    /// From whom, or to whom.
    pub party_id: Option<String>,
    /// The date.
    pub business_date: String,
    /// The supplier's own bill number.
    pub bill_number: Option<String>,
    /// What is owed to the party for it.
    pub total: Money,
    /// How much of that bills were settled with, or was paid out.
    pub settled: Money,
    /// `recorded` or `cancelled`.
    pub state: String,
    /// The document's revision tag.
    pub etag: String,
}

/// A voucher with its lines.
#[derive(Debug, Clone, Object)]
pub struct MetalVoucherView {
    /// The id.
    pub id: String,
    /// What it is of.
    pub kind: String,
    /// The number.
    pub number: String,
    /// From whom, or to whom.
    pub party_id: Option<String>,
    /// The date.
    pub business_date: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// The supplier's own bill number.
    pub bill_number: Option<String>,
    /// The date of the supplier's bill.
    pub bill_date: Option<String>,
    /// Whether the seller declared that the old metal is theirs.
    pub ownership_declared: bool,
    /// By which rate of the board old metal was valued: `exchange` settles bills alone, `buy` may be paid out.
    pub rate_kind: Option<String>,
    /// The GST code of the state in which the goods were supplied, where tax follows from it.
    pub place_of_supply: Option<String>,
    /// The lines.
    pub lines: Vec<MetalVoucherLineView>,
    /// What the lines come to before tax.
    pub value: Money,
    /// Central tax.
    pub cgst: Money,
    /// State tax.
    pub sgst: Money,
    /// Integrated tax.
    pub igst: Money,
    /// The other side's round-off.
    pub round_off: Money,
    /// What is owed to the party for it.
    pub total: Money,
    /// How much of that bills were settled with, or was paid out.
    pub settled: Money,
    /// Why, where stock was melted or written off.
    pub reason: Option<String>,
    /// `recorded` or `cancelled`.
    pub state: String,
    /// Why it was cancelled.
    pub cancel_reason: Option<String>,
    /// When it was cancelled.
    pub cancelled_at: Option<String>,
    /// The document's revision tag.
    pub etag: String,
}

pub(super) fn etag(voucher: &MetalVoucher) -> ETag {
    ETag::of_revision(voucher.version.into())
}

impl From<MetalVoucher> for MetalVoucherHeadView {
    fn from(voucher: MetalVoucher) -> Self {
        Self {
            id: voucher.id.to_string(),
            kind: voucher.kind.code().to_owned(),
            number: voucher.number.to_string(),
            party_id: voucher.party.map(|id| id.to_string()),
            business_date: voucher.business_date.to_string(),
            bill_number: voucher.reference.as_ref().map(ToString::to_string),
            total: voucher.total.into(),
            settled: voucher.settled.into(),
            state: voucher.state.code().to_owned(),
            etag: etag(&voucher).as_str().to_owned(),
        }
    }
}

impl From<WholeMetalVoucher> for MetalVoucherView {
    fn from(whole: WholeMetalVoucher) -> Self {
        let WholeMetalVoucher { voucher, lines } = whole;
        Self {
            id: voucher.id.to_string(),
            kind: voucher.kind.code().to_owned(),
            number: voucher.number.to_string(),
            party_id: voucher.party.map(|id| id.to_string()),
            business_date: voucher.business_date.to_string(),
            recorded_at: voucher.recorded_at.to_string(),
            bill_number: voucher.reference.as_ref().map(ToString::to_string),
            bill_date: voucher.reference_date.map(|date| date.to_string()),
            ownership_declared: voucher.declared,
            rate_kind: voucher.rate_kind.map(|kind| kind.code().to_owned()),
            place_of_supply: voucher.place_of_supply.map(|state| state.to_string()),
            lines: lines.into_iter().map(MetalVoucherLineView::from).collect(),
            value: voucher.value.into(),
            cgst: voucher.cgst.into(),
            sgst: voucher.sgst.into(),
            igst: voucher.igst.into(),
            round_off: voucher.round_off.into(),
            total: voucher.total.into(),
            settled: voucher.settled.into(),
            reason: voucher.reason.as_ref().map(ToString::to_string),
            state: voucher.state.code().to_owned(),
            cancel_reason: voucher.cancel_reason.as_ref().map(ToString::to_string),
            cancelled_at: voucher.cancelled_at.map(|at| at.to_string()),
            etag: etag(&voucher).as_str().to_owned(),
        }
    }
}
