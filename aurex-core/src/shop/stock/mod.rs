//! Stock: tagged pieces, loose lots, and the movements that say what is on hand.

mod describe;
mod record;
mod rows;

pub use describe::{DescribeKnown, DescribeRefusal, ItemDescribed, ItemPatch, decide_describe_item};
pub(in crate::shop) use record::new_item;
pub use record::{
    ItemRecorded, LotRecorded, NewItem, NewLot, StockIds, StockKnown, StockRefusal, Taken,
    decide_record_item, decide_record_lot,
};
pub use rows::*;
