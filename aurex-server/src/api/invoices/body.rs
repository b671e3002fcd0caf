//! Bills as they are asked for.

use aurex_core::measure::{Fineness, Mass, Metal};
use aurex_core::money::Money as CoreMoney;
use aurex_core::shop::bookings::BookingId;
use aurex_core::shop::identifiers::{Hsn, StateCode};
use aurex_core::shop::invoices::{NewBill, NewLine, OverriddenRate};
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::stock::{ChargeLine, ItemId, LotId};
use aurex_core::text::{Name, Note};
use aurex_core::time::Date;

use super::super::wire::{ChargeBody, MakingBody, StonesBody, WastageBody, stones};
use crate::http::body::{List, request};

request! {
    /// A rate other than the board's, within the role's limit.
    pub struct RateBody {
        /// The quoted amount.
        amount: CoreMoney,
        /// The quoted weight in milligrams.
        per_mg: Mass,
    }
}

request! {
    /// A line of a bill. What the piece or lot knows need not be said; what is said must agree with it.
    pub struct LineBody {
        /// The piece. A line to be issued names a piece or a lot.
        item_id: Option<ItemId>,
        /// The lot of loose metal.
        lot_id: Option<LotId>,
        /// What it is.
        description: Option<Name>,
        /// The metal.
        commodity: Option<Metal>,
        /// Its fineness in parts per million.
        fineness_ppm: Option<Fineness>,
        /// What the scale shows, in milligrams.
        gross_mg: Option<Mass>,
        /// What is not metal, in milligrams.
        less_mg: Option<Mass>,
        /// The HSN code.
        hsn: Option<Hsn>,
        /// A rate other than the board's.
        rate: Option<RateBody>,
        /// The booking whose rate is used, for as much of the weight as it has left; the rest takes the day's rate.
        booking_id: Option<BookingId>,
        /// Wastage.
        wastage: Option<WastageBody>,
        /// Making; the piece's own when left out.
        making: Option<MakingBody>,
        /// Stones; the piece's own when left out.
        stones: Option<StonesBody>,
        /// Other charges.
        other_charges: Option<List<ChargeBody, 0, 200>>,
        /// A discount on the line.
        discount: Option<CoreMoney>,
    }
}

request! {
    /// A bill.
    pub struct BillBody {
        /// Who buys.
        customer_id: PartyId,
        /// Where the goods are supplied; derived, and what is said must agree.
        place_of_supply: Option<StateCode>,
        /// The bill's date; today when left out.
        business_date: Option<Date>,
        /// A discount on the whole bill.
        discount: Option<CoreMoney>,
        /// The figure bargained at the counter, in the discount's place: the bill gets the discount that reaches it, or the
        /// nearest; none when it comes to less already.
        target_payable: Option<CoreMoney>,
        /// The lines.
        lines: List<LineBody, 1, 500>,
    }
}

request! {
    /// Why something is taken back.
    pub struct ReasonBody {
        /// In words.
        reason: Note,
    }
}

fn new_line(line: LineBody) -> NewLine {
    NewLine {
        item: line.item_id,
        lot: line.lot_id,
        description: line.description,
        metal: line.commodity,
        fineness: line.fineness_ppm,
        gross: line.gross_mg,
        less: line.less_mg,
        hsn: line.hsn,
        rate: line.rate.map(|rate| OverriddenRate { amount: rate.amount, per: rate.per_mg }),
        booking: line.booking_id,
        wastage: line.wastage.map(Into::into),
        making: line.making.map(Into::into),
        stones: line.stones.map(stones),
        other_charges: line
            .other_charges
            .map(List::into_vec)
            .unwrap_or_default()
            .into_iter()
            .map(ChargeLine::from)
            .collect(),
        discount: line.discount,
    }
}

impl From<BillBody> for NewBill {
    fn from(body: BillBody) -> Self {
        Self {
            party: body.customer_id,
            place_of_supply: body.place_of_supply,
            date: body.business_date,
            discount: body.discount,
            target: body.target_payable,
            lines: body.lines.into_vec().into_iter().map(new_line).collect(),
        }
    }
}
