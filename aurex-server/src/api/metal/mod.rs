//! Metal that comes in and goes round: old metal, purchases, goldsmiths, melting, write-offs, and what is paid for them.

mod body;
mod old_metal;
mod payments;
mod view;
mod vouchers;

#[cfg(feature = "fuzzing")]
pub use body::{
    NewGoldsmithIssueBody, NewGoldsmithReceiptBody, NewMeltBody, NewOldMetalBody, NewPurchaseBody,
    NewWriteOffBody,
};
pub use old_metal::OldMetal;
#[cfg(feature = "fuzzing")]
pub use payments::NewPaymentBody;
pub use payments::Payments;
pub use vouchers::MetalVouchers;
