//! The shop's reads, grouped by room.

use async_trait::async_trait;

use super::{KeptKey, LookupKey, Page, PageRequest, Read};
use crate::ledger::{Account, JournalEntry, JournalEntryId, Series, SeriesKind};
use crate::measure::{Fineness, Metal, RateKind};
use crate::shop::bookings::BookingId;
use crate::shop::business::Business;
use crate::shop::cash::{CashOfDay, CashQuestion, CashTaken};
use crate::shop::invoices::{Bill, Invoice, InvoiceId, InvoiceParties, InvoiceState};
use crate::shop::metal::{
    MetalVoucher, MetalVoucherId, MetalVoucherKind, MetalVoucherState, WholeMetalVoucher,
};
use crate::shop::parties::{Party, PartyId, PartyKind};
use crate::shop::payments::{OutgoingPayment, PaymentId};
use crate::shop::rates::{PostedRate, RateId};
use crate::shop::receipts::{PaymentReceipt, ReceiptId, ReceiptWithSettlements};
use crate::shop::stock::{Item, ItemId, ItemState, Lot, LotId, MovementId, OnHand, StockMovement};
use crate::tenancy::Workspace;
use crate::text::Label;
use crate::time::Date;

/// The shop's own particulars.
#[async_trait]
pub trait BusinessReads {
    /// The shop's particulars.
    async fn business(&mut self) -> Read<Business>;
}

/// Which rate is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RateKey {
    /// The metal.
    pub metal: Metal,
    /// The fineness it is quoted for.
    pub fineness: Fineness,
    /// What it is for.
    pub kind: RateKind,
}

/// Which posted rates are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RateFilter {
    /// Of this metal.
    pub metal: Option<Metal>,
    /// Of this fineness.
    pub fineness: Option<Fineness>,
    /// Of this kind.
    pub kind: Option<RateKind>,
    /// For this day or a later one.
    pub from: Option<Date>,
    /// For this day or an earlier one.
    pub to: Option<Date>,
}

/// The rate board.
#[async_trait]
pub trait RateReads {
    /// The current rate for a business date.
    async fn current_rate(&mut self, key: RateKey, date: Date) -> Read<Option<PostedRate>>;
    /// All current rates for a business date, by metal, fineness and kind.
    async fn rate_board(&mut self, date: Date) -> Read<Vec<PostedRate>>;
    /// Posted rates, newest first.
    async fn rate_history(
        &mut self,
        filter: RateFilter,
        page: PageRequest<RateId>,
    ) -> Read<Page<PostedRate, RateId>>;
    /// A posted rate.
    async fn posted_rate(&mut self, id: RateId) -> Read<Option<PostedRate>>;
}

/// Parties.
#[async_trait]
pub trait PartyReads {
    /// A party.
    async fn party(&mut self, id: PartyId) -> Read<Option<Party>>;
    /// Parties of one kind, oldest first; with `words`, those that
    /// [`PartySearch`](crate::shop::parties::PartySearch) finds, in the order of the words that it finds them by.
    async fn parties(
        &mut self,
        kind: PartyKind,
        words: Option<&str>,
        page: PageRequest<PartyId>,
    ) -> Read<Page<Party, PartyId>>;
}

/// Stock.
#[async_trait]
pub trait StockReads {
    /// A piece.
    async fn item(&mut self, id: ItemId) -> Read<Option<Item>>;
    /// The piece with this tag.
    async fn item_by_tag(&mut self, tag: &Label) -> Read<Option<Item>>;
    /// The live piece with this hallmark id.
    async fn item_by_huid(&mut self, huid: &str) -> Read<Option<Item>>;
    /// Pieces, oldest first: all of them, or those in a state.
    async fn items(
        &mut self,
        state: Option<ItemState>,
        page: PageRequest<ItemId>,
    ) -> Read<Page<Item, ItemId>>;
    /// A lot and what is on hand of it.
    async fn lot(&mut self, id: LotId) -> Read<Option<(Lot, OnHand)>>;
    /// Lots, oldest first.
    async fn lots(&mut self, page: PageRequest<LotId>) -> Read<Page<(Lot, OnHand), LotId>>;
    /// The movements that a journal entry posts.
    async fn movements(&mut self, entry: JournalEntryId) -> Read<Vec<StockMovement>>;
    /// What happened to a piece or a lot, oldest first: each movement with the entry that posts it.
    async fn movements_of(
        &mut self,
        goods: GoodsId,
        page: PageRequest<MovementId>,
    ) -> Read<Page<PostedMovement, MovementId>>;
}

/// A piece or a lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoodsId {
    /// A piece.
    Item(ItemId),
    /// A lot.
    Lot(LotId),
}

/// A movement with the entry that posts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedMovement {
    /// The movement.
    pub movement: StockMovement,
    /// The entry's head: which document, and when.
    pub entry: JournalEntry,
}

/// Which vouchers are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MetalVoucherFilter {
    /// Of this kind.
    pub kind: Option<MetalVoucherKind>,
    /// In this state.
    pub state: Option<MetalVoucherState>,
    /// Of this party.
    pub party: Option<PartyId>,
    /// Dated this day or later.
    pub from: Option<Date>,
    /// Dated this day or earlier.
    pub to: Option<Date>,
}

/// Vouchers that move metal, and what is paid for them.
#[async_trait]
pub trait MetalReads {
    /// A voucher with its lines.
    async fn metal_voucher(&mut self, id: MetalVoucherId) -> Read<Option<WholeMetalVoucher>>;
    /// The heads of vouchers, newest first.
    async fn metal_vouchers(
        &mut self,
        filter: MetalVoucherFilter,
        page: PageRequest<MetalVoucherId>,
    ) -> Read<Page<MetalVoucher, MetalVoucherId>>;
    /// The purchase that stands for a supplier's bill of a financial year.
    async fn purchase_of_bill(
        &mut self,
        party: PartyId,
        number: &Label,
        year: i32,
    ) -> Read<Option<MetalVoucher>>;
    /// A payment.
    async fn payment(&mut self, id: PaymentId) -> Read<Option<OutgoingPayment>>;
    /// Payments, newest first, to one party or to all.
    async fn payments(
        &mut self,
        to: Option<PartyId>,
        page: PageRequest<PaymentId>,
    ) -> Read<Page<OutgoingPayment, PaymentId>>;
    /// What was paid to a party in cash on a day, by payments and refunds that stand, in minor units.
    async fn cash_paid(&mut self, to: PartyId, date: Date) -> Read<i64>;
    /// What of a customer's old metal is neither settled against a bill nor paid out, in minor units.
    async fn old_metal_open(&mut self, of: PartyId) -> Read<i64>;
    /// What metal taken at the exchange rate has settled of a customer's bills beyond what credit notes left of them, in minor
    /// units: credit that was never money.
    async fn exchange_given_back(&mut self, of: PartyId) -> Read<i64>;
}

/// What has to be known to price and issue a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillNeeds {
    /// Who buys.
    pub party: PartyId,
    /// The pieces on it.
    pub items: Vec<ItemId>,
    /// The lots on it.
    pub lots: Vec<LotId>,
    /// The bill's date, when the command names one; else the turn's own date.
    pub date: Date,
    /// The series its number comes from, in the order of preference.
    pub prefixes: Vec<Label>,
    /// The key that the command was presented with, if it was.
    pub key: Option<LookupKey>,
}

/// What is known for a bill: read at once, because it decides how many round trips a bill costs.
#[derive(Debug, Clone)]
pub struct BillKnown {
    /// The workspace.
    pub workspace: Workspace,
    /// The shop's particulars.
    pub business: Business,
    /// Who buys, if there is such a party.
    pub party: Option<Party>,
    /// The pieces that there are.
    pub items: Vec<Item>,
    /// The lots that there are.
    pub lots: Vec<(Lot, OnHand)>,
    /// The current sell rates of the date.
    pub rates: Vec<PostedRate>,
    /// The series that there are, of the wanted ones, in the date's financial year.
    pub series: Vec<Series>,
    /// The accounts of the workspace, and the party's own.
    pub accounts: Vec<Account>,
    /// What was kept under the key.
    pub key: Option<KeptKey>,
}

/// Whether a bill is paid, for lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payment {
    /// Nothing settled.
    Open,
    /// Something settled.
    Part,
    /// All of it settled.
    Full,
}

/// Which bills are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InvoiceFilter {
    /// In this state.
    pub state: Option<InvoiceState>,
    /// Settled so far.
    pub payment: Option<Payment>,
    /// Of this party.
    pub party: Option<PartyId>,
    /// Dated this day or later.
    pub from: Option<Date>,
    /// Dated this day or earlier.
    pub to: Option<Date>,
}

/// Bills and receipts.
#[async_trait]
pub trait BillReads {
    /// Everything a bill needs, at once.
    async fn known_for_bill(&mut self, needs: &BillNeeds) -> Read<BillKnown>;
    /// A series of one financial year.
    async fn series(&mut self, kind: SeriesKind, prefix: &Label, year: i32) -> Read<Option<Series>>;
    /// A bill with its lines.
    async fn invoice(&mut self, id: InvoiceId) -> Read<Option<Bill>>;
    /// Who sold and who bought, as a bill says it.
    async fn invoice_parties(&mut self, id: InvoiceId) -> Read<Option<InvoiceParties>>;
    /// What the bills of a party say of it, newest first.
    async fn bills_saying(
        &mut self,
        party: PartyId,
        page: PageRequest<InvoiceId>,
    ) -> Read<Page<InvoiceParties, InvoiceId>>;
    /// The heads of bills, newest first, each with what is settled of it.
    async fn invoices(
        &mut self,
        filter: InvoiceFilter,
        page: PageRequest<InvoiceId>,
    ) -> Read<Page<(Invoice, crate::money::Money), InvoiceId>>;
    /// A receipt with what it settles.
    async fn receipt(&mut self, id: ReceiptId) -> Read<Option<ReceiptWithSettlements>>;
    /// The cash that was taken on a day, for an occasion, for bills and for bookings: at most two statements.
    async fn cash_taken(&mut self, of: &CashQuestion) -> Read<CashTaken>;
    /// What advances that were paid for a booking have settled of a bill, in minor units; what was reversed is taken off.
    async fn settled_by_booking(&mut self, invoice: InvoiceId, booking: BookingId) -> Read<i64>;
    /// The cash that passed with parties in `from..=to`, by party and day, in this order; at most `most` of them.
    async fn cash_of_days(&mut self, from: Date, to: Date, most: u32) -> Read<Vec<CashOfDay>>;
    /// Receipts, newest first, of one party or of all.
    async fn receipts(
        &mut self,
        of: Option<PartyId>,
        page: PageRequest<ReceiptId>,
    ) -> Read<Page<PaymentReceipt, ReceiptId>>;
}
