//! Reading the shop in the reference store.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::super::*;
use super::Opened;
use super::reads::{backward, forward, missing};
use super::state::{State, out_of_range};
use crate::ledger::{JournalEntry, JournalEntryId, Series, SeriesKind};
use crate::measure::{FineMass, Mass, RateKind};
use crate::money::Money;
use crate::shop::bookings::BookingId;
use crate::shop::business::Business;
use crate::shop::cash::{CashOfDay, CashQuestion, CashTaken};
use crate::shop::invoices::{Bill, Invoice, InvoiceId, InvoiceLine, InvoiceParties};
use crate::shop::metal::{
    MetalVoucher, MetalVoucherId, MetalVoucherKind, MetalVoucherLine, MetalVoucherState, WholeMetalVoucher,
};
use crate::shop::parties::{Party, PartyId, PartyKind, PartySearch, words_of};
use crate::shop::payments::{OutgoingPayment, PaymentId};
use crate::shop::rates::{PostedRate, RateId};
use crate::shop::receipts::{PaymentReceipt, ReceiptId, ReceiptState, ReceiptWithSettlements, Settlement};
use crate::shop::refunds::{Refund, RefundState};
use crate::shop::stock::{Item, ItemId, ItemState, Lot, LotId, MovementId, OnHand, StockMovement};
use crate::tenancy::Id as _;
use crate::text::Label;
use crate::time::{Date, FinancialYear};

impl State {
    fn business(&self) -> Read<Business> {
        self.rows::<Business>().next().cloned().ok_or_else(|| missing("particulars"))
    }

    fn current_rate(&self, key: RateKey, date: Date) -> Option<&PostedRate> {
        self.rows::<PostedRate>().rev().find(|rate| {
            rate.metal == key.metal
                && rate.fineness == key.fineness
                && rate.kind == key.kind
                && rate.business_date == date
        })
    }

    fn rate_board(&self, date: Date) -> Vec<PostedRate> {
        let mut board: Vec<PostedRate> = Vec::new();
        for rate in self.rows::<PostedRate>().rev().filter(|rate| rate.business_date == date) {
            let same =
                |r: &PostedRate| r.metal == rate.metal && r.fineness == rate.fineness && r.kind == rate.kind;
            if !board.iter().any(same) {
                board.push(rate.clone());
            }
        }
        board.sort_by_key(|r| (r.metal.code(), r.fineness, r.kind.code()));
        board
    }

    fn lot(&self, id: LotId) -> Read<Option<(Lot, OnHand)>> {
        let Some(lot) = self.get::<Lot>(&[&id]) else { return Ok(None) };
        let nothing =
            OnHand { mass: Mass::ZERO, fine: FineMass::ZERO, cost: Money::zero(self.workspace()?.currency) };
        Ok(Some((lot.clone(), self.shop.on_hand.get(&id).copied().unwrap_or(nothing))))
    }

    fn settled(&self, invoice: &Invoice) -> Money {
        self.shop.settled.get(&invoice.id).copied().unwrap_or_else(|| Money::zero(invoice.payable.currency()))
    }
}

#[async_trait]
impl BusinessReads for Opened {
    async fn business(&mut self) -> Read<Business> {
        self.state()?.business()
    }
}

#[async_trait]
impl RateReads for Opened {
    async fn current_rate(&mut self, key: RateKey, date: Date) -> Read<Option<PostedRate>> {
        Ok(self.state()?.current_rate(key, date).cloned())
    }
    async fn rate_board(&mut self, date: Date) -> Read<Vec<PostedRate>> {
        Ok(self.state()?.rate_board(date))
    }
    async fn rate_history(
        &mut self,
        filter: RateFilter,
        page: PageRequest<RateId>,
    ) -> Read<Page<PostedRate, RateId>> {
        let wanted = |rate: &&PostedRate| {
            filter.metal.is_none_or(|metal| rate.metal == metal)
                && filter.fineness.is_none_or(|fineness| rate.fineness == fineness)
                && filter.kind.is_none_or(|kind| rate.kind == kind)
                && filter.from.is_none_or(|from| rate.business_date >= from)
                && filter.to.is_none_or(|to| rate.business_date <= to)
        };
        Ok(backward(self.state()?.rows::<PostedRate>().filter(wanted).cloned(), |rate| rate.id, page))
    }
    async fn posted_rate(&mut self, id: RateId) -> Read<Option<PostedRate>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
}

#[async_trait]
impl PartyReads for Opened {
    async fn party(&mut self, id: PartyId) -> Read<Option<Party>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn parties(
        &mut self,
        kind: PartyKind,
        words: Option<&str>,
        page: PageRequest<PartyId>,
    ) -> Read<Page<Party, PartyId>> {
        let of_kind = self.state()?.rows::<Party>().filter(|party| party.kind == kind);
        let Some(search) = words.and_then(PartySearch::of) else {
            return Ok(forward(of_kind.cloned(), |party| party.id, page));
        };
        let mut found: BTreeMap<(String, PartyId), &Party> = of_kind
            .filter_map(|party| Some(((search.found_by(&words_of(party))?, party.id), party)))
            .collect();
        if let Some(id) = page.after {
            // Behind somebody whose words have changed since, the search begins anew.
            let last: Option<&Party> = self.state()?.get(&[&id]);
            let place = last.and_then(|party| search.place(&words_of(party))).unwrap_or_default();
            found.retain(|at, _| *at > (place.clone(), id));
        }
        let rows = found.into_values().take(usize::from(page.limit) + 1).cloned();
        Ok(Page::of(rows.collect(), page.limit, |party| party.id))
    }
}

#[async_trait]
impl StockReads for Opened {
    async fn item(&mut self, id: ItemId) -> Read<Option<Item>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn item_by_tag(&mut self, tag: &Label) -> Read<Option<Item>> {
        Ok(self.state()?.find::<Item>(|item| item.tag == *tag && item.state != ItemState::Withdrawn).cloned())
    }
    async fn item_by_huid(&mut self, huid: &str) -> Read<Option<Item>> {
        let live =
            |item: &Item| item.state.is_live() && item.huid.as_ref().is_some_and(|of| of.as_str() == huid);
        Ok(self.state()?.find::<Item>(live).cloned())
    }
    async fn items(
        &mut self,
        state: Option<ItemState>,
        page: PageRequest<ItemId>,
    ) -> Read<Page<Item, ItemId>> {
        let rows = self.state()?.rows::<Item>().filter(|item| state.is_none_or(|state| item.state == state));
        Ok(forward(rows.cloned(), |item| item.id, page))
    }
    async fn lot(&mut self, id: LotId) -> Read<Option<(Lot, OnHand)>> {
        self.state()?.lot(id)
    }
    async fn lots(&mut self, page: PageRequest<LotId>) -> Read<Page<(Lot, OnHand), LotId>> {
        let mut lots = Vec::new();
        for lot in self.state()?.rows::<Lot>() {
            lots.extend(self.state()?.lot(lot.id)?);
        }
        Ok(forward(lots.into_iter(), |(lot, _)| lot.id, page))
    }
    async fn movements(&mut self, entry: JournalEntryId) -> Read<Vec<StockMovement>> {
        Ok(self
            .state()?
            .rows::<StockMovement>()
            .filter(|movement| movement.entry == entry)
            .cloned()
            .collect())
    }
    async fn movements_of(
        &mut self,
        goods: GoodsId,
        page: PageRequest<MovementId>,
    ) -> Read<Page<PostedMovement, MovementId>> {
        let state = self.state()?;
        let wanted = |movement: &&StockMovement| match goods {
            GoodsId::Item(id) => movement.item == Some(id),
            GoodsId::Lot(id) => movement.lot == Some(id),
        };
        let mut posted = Vec::new();
        for movement in state.rows::<StockMovement>().filter(wanted) {
            let entry = state.get::<JournalEntry>(&[&movement.entry]).ok_or_else(|| missing("entry"))?;
            posted.push(PostedMovement { movement: movement.clone(), entry: entry.clone() });
        }
        Ok(forward(posted.into_iter(), |posted| posted.movement.id, page))
    }
}

#[async_trait]
impl MetalReads for Opened {
    async fn metal_voucher(&mut self, id: MetalVoucherId) -> Read<Option<WholeMetalVoucher>> {
        let Some(voucher) = self.state()?.get::<MetalVoucher>(&[&id]) else { return Ok(None) };
        let lines = self.state()?.rows::<MetalVoucherLine>().filter(|line| line.voucher == id).cloned();
        Ok(Some(WholeMetalVoucher { voucher: voucher.clone(), lines: lines.collect() }))
    }
    async fn metal_vouchers(
        &mut self,
        filter: MetalVoucherFilter,
        page: PageRequest<MetalVoucherId>,
    ) -> Read<Page<MetalVoucher, MetalVoucherId>> {
        let wanted = |voucher: &&MetalVoucher| {
            filter.kind.is_none_or(|kind| voucher.kind == kind)
                && filter.state.is_none_or(|state| voucher.state == state)
                && filter.party.is_none_or(|party| voucher.party == Some(party))
                && filter.from.is_none_or(|from| voucher.business_date >= from)
                && filter.to.is_none_or(|to| voucher.business_date <= to)
        };
        Ok(backward(self.state()?.rows::<MetalVoucher>().filter(wanted).cloned(), |row| row.id, page))
    }
    async fn purchase_of_bill(
        &mut self,
        party: PartyId,
        number: &Label,
        year: i32,
    ) -> Read<Option<MetalVoucher>> {
        let stands = |voucher: &MetalVoucher| {
            voucher.party == Some(party)
                && voucher.reference.as_ref() == Some(number)
                && voucher.reference_year == Some(year)
                && voucher.state == MetalVoucherState::Recorded
        };
        Ok(self.state()?.find::<MetalVoucher>(stands).cloned())
    }
    async fn payment(&mut self, id: PaymentId) -> Read<Option<OutgoingPayment>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn payments(
        &mut self,
        to: Option<PartyId>,
        page: PageRequest<PaymentId>,
    ) -> Read<Page<OutgoingPayment, PaymentId>> {
        let rows = self.state()?.rows::<OutgoingPayment>().filter(|row| to.is_none_or(|to| row.party == to));
        Ok(backward(rows.cloned(), |row| row.id, page))
    }
    async fn cash_paid(&mut self, to: PartyId, date: Date) -> Read<i64> {
        let counts = |row: &&OutgoingPayment| {
            row.party == to
                && row.business_date == date
                && row.mode.is_cash()
                && row.state == ReceiptState::Recorded
        };
        let paid_back = |row: &&Refund| {
            row.party == to
                && row.business_date == date
                && row.mode.is_cash()
                && row.state == RefundState::Paid
        };
        let state = self.state()?;
        let paid = state.rows::<OutgoingPayment>().filter(counts).map(|row| row.amount.minor());
        let back = state.rows::<Refund>().filter(paid_back).map(|row| row.amount.minor());
        paid.chain(back).try_fold(0_i64, i64::checked_add).ok_or_else(out_of_range)
    }
    async fn old_metal_open(&mut self, of: PartyId) -> Read<i64> {
        let stands = |row: &&MetalVoucher| {
            row.party == Some(of)
                && row.kind == MetalVoucherKind::OldMetalPurchase
                && row.state == MetalVoucherState::Recorded
        };
        let state = self.state()?;
        let mut open = state.rows::<MetalVoucher>().filter(stands).map(|row| row.open().map(Money::minor));
        open.try_fold(0_i64, |sum, open| sum.checked_add(open.ok()?)).ok_or_else(out_of_range)
    }
    async fn exchange_given_back(&mut self, of: PartyId) -> Read<i64> {
        let state = self.state()?;
        let at_exchange = |row: &Settlement| {
            let receipt = state.get::<PaymentReceipt>(&[&row.receipt])?;
            let voucher = state.get::<MetalVoucher>(&[&receipt.old_metal?])?;
            let counts = receipt.party == of
                && receipt.state == ReceiptState::Recorded
                && voucher.rate_kind == Some(RateKind::Exchange);
            counts.then_some((row.invoice, row.amount.minor()))
        };
        let mut settled = BTreeMap::<InvoiceId, i64>::new();
        for (invoice, minor) in state.rows::<Settlement>().filter_map(at_exchange) {
            let sum = settled.entry(invoice).or_default();
            *sum = sum.checked_add(minor).ok_or_else(out_of_range)?;
        }
        let beyond = |(invoice, metal): (InvoiceId, i64)| {
            let bill = state.get::<Invoice>(&[&invoice])?;
            let left =
                bill.payable.minor().checked_add(bill.debited.minor())?.checked_sub(bill.credited.minor())?;
            Some(metal.checked_sub(left)?.max(0))
        };
        let mut beyond = settled.into_iter().map(beyond);
        beyond.try_fold(0_i64, |sum, of| sum.checked_add(of?)).ok_or_else(out_of_range)
    }
}

#[async_trait]
impl BillReads for Opened {
    async fn known_for_bill(&mut self, needs: &BillNeeds) -> Read<BillKnown> {
        let key = match &needs.key {
            Some(lookup) => self.kept_key(lookup).await?,
            None => None,
        };
        let state = &self.state()?;
        let year = FinancialYear::of(needs.date).starts_in();
        let mut lots = Vec::new();
        for id in &needs.lots {
            lots.extend(state.lot(*id)?);
        }
        let mut rates = state.rate_board(needs.date);
        rates.retain(|rate| rate.kind == RateKind::Sell);
        Ok(BillKnown {
            workspace: state.workspace()?,
            business: state.business()?,
            party: state.get(&[&needs.party]).cloned(),
            items: needs.items.iter().filter_map(|id| state.get::<Item>(&[id]).cloned()).collect(),
            lots,
            rates,
            series: needs
                .prefixes
                .iter()
                .filter_map(|prefix| state.get::<Series>(&[&SeriesKind::Invoice, prefix, &year]).cloned())
                .collect(),
            accounts: state.accounts_for(Some(needs.party.uuid())),
            key,
        })
    }
    async fn series(&mut self, kind: SeriesKind, prefix: &Label, year: i32) -> Read<Option<Series>> {
        Ok(self.state()?.get(&[&kind, prefix, &year]).cloned())
    }
    async fn invoice(&mut self, id: InvoiceId) -> Read<Option<Bill>> {
        let Some(invoice) = self.state()?.get::<Invoice>(&[&id]) else { return Ok(None) };
        let lines = self.state()?.rows::<InvoiceLine>().filter(|line| line.invoice == id).cloned().collect();
        Ok(Some(Bill { invoice: invoice.clone(), lines, settled: self.state()?.settled(invoice) }))
    }
    async fn invoice_parties(&mut self, id: InvoiceId) -> Read<Option<InvoiceParties>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn bills_saying(
        &mut self,
        party: PartyId,
        page: PageRequest<InvoiceId>,
    ) -> Read<Page<InvoiceParties, InvoiceId>> {
        let rows = self.state()?.rows::<InvoiceParties>().filter(|row| row.party == party);
        Ok(backward(rows.cloned(), |row| row.invoice, page))
    }
    async fn invoices(
        &mut self,
        filter: InvoiceFilter,
        page: PageRequest<InvoiceId>,
    ) -> Read<Page<(Invoice, Money), InvoiceId>> {
        let state = self.state()?;
        let payment = |invoice: &Invoice| match state.settled(invoice).minor() {
            settled if invoice.due().is_ok_and(|due| settled >= due.minor()) => Payment::Full,
            0 => Payment::Open,
            _ => Payment::Part,
        };
        let wanted = |invoice: &&Invoice| {
            filter.state.is_none_or(|state| invoice.state == state)
                && filter.payment.is_none_or(|wanted| payment(invoice) == wanted)
                && filter.party.is_none_or(|party| invoice.party == party)
                && filter.from.is_none_or(|from| invoice.business_date >= from)
                && filter.to.is_none_or(|to| invoice.business_date <= to)
        };
        let rows = state.rows::<Invoice>().filter(wanted);
        let rows = rows.map(|invoice| (invoice.clone(), state.settled(invoice)));
        Ok(backward(rows, |(invoice, _)| invoice.id, page))
    }
    async fn receipt(&mut self, id: ReceiptId) -> Read<Option<ReceiptWithSettlements>> {
        let Some(receipt) = self.state()?.get::<PaymentReceipt>(&[&id]) else { return Ok(None) };
        let settlements = self
            .state()?
            .rows::<Settlement>()
            .filter(|settlement| settlement.receipt == id)
            .cloned()
            .collect();
        Ok(Some(ReceiptWithSettlements { receipt: receipt.clone(), settlements }))
    }
    async fn cash_taken(&mut self, of: &CashQuestion) -> Read<CashTaken> {
        self.state()?.cash_taken(of)
    }
    async fn settled_by_booking(&mut self, invoice: InvoiceId, booking: BookingId) -> Read<i64> {
        self.state()?.settled_by_booking(invoice, booking)
    }
    async fn cash_of_days(&mut self, from: Date, to: Date, most: u32) -> Read<Vec<CashOfDay>> {
        self.state()?.cash_of_days(from, to, most)
    }
    async fn receipts(
        &mut self,
        of: Option<PartyId>,
        page: PageRequest<ReceiptId>,
    ) -> Read<Page<PaymentReceipt, ReceiptId>> {
        let rows = self.state()?.rows::<PaymentReceipt>().filter(|row| of.is_none_or(|of| row.party == of));
        Ok(backward(rows.cloned(), |row| row.id, page))
    }
}
