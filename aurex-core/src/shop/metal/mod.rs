//! Metal that comes in and goes round: old metal taken in, purchases, goldsmiths, melting, write-offs.
//!
//! All of them are vouchers of one shape, a head and lines of what came in and what went out, because each moves metal
//! and money by the same rules; what differs is what the other side of the entry is. A voucher is posted when it is
//! recorded, and cancelled as a whole while nothing later depends on it.

mod cancel;
mod goldsmith;
mod melt;
mod old_metal;
mod purchase;
mod refusal;
mod rows;
mod tax;
mod voucher;

pub use cancel::{
    MetalCancelIds, MetalCancelKnown, MetalVoucherCancelled, decide_cancel_metal, decide_cancel_old_metal,
};
pub use goldsmith::{
    GoldsmithIssueKnown, GoldsmithReceiptKnown, Holding, LossBearer, NewGoldsmithIssue, NewGoldsmithReceipt,
    NewLoss, NewReceived, decide_goldsmith_issue, decide_goldsmith_receipt,
};
pub use melt::{MeltKnown, NewMelt, NewWriteOff, WriteOffKnown, WrittenOff, decide_melt, decide_write_off};
pub use old_metal::{NewOldMetal, OldMetalKnown, OldPiece, decide_old_metal};
pub use purchase::{Goods, NewPurchase, NewPurchaseLine, PurchaseKnown, decide_purchase};
pub use refusal::MetalRefusal;
pub use rows::*;
pub use voucher::{LineIds, MetalIds, MetalVoucherRecorded, TakenFromLot, VoucherKnown};
