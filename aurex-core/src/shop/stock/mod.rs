//! Stock: tagged pieces, loose lots, and the movements that say what is on hand.

mod record;
mod rows;

pub use record::{
    ItemRecorded, LotRecorded, NewItem, NewLot, StockIds, StockKnown, StockRefusal, decide_record_item,
    decide_record_lot,
};
pub use rows::*;
