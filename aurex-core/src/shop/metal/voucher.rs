//! A voucher being written: lines, movements and postings grow together, so that none is without the others.

use std::marker::PhantomData;

use super::refusal::MetalRefusal;
use super::rows::{
    LineRole, MetalVoucher, MetalVoucherId, MetalVoucherKind, MetalVoucherLine, MetalVoucherState,
    WholeMetalVoucher,
};
use crate::audit::{Change, Draft, Subject};
use crate::chance::Entropy;
use crate::ledger::{Account, Allocated, Journal, JournalDraft, JournalEntry, JournalEntryId, Series};
use crate::measure::{FineMass, Mass, Metal, Ratio};
use crate::money::{Currency, Money, Rounding};
use crate::rbac::Action;
use crate::shop::accounts::{Chart, For};
use crate::shop::stock::{Item, ItemId, Lot, LotId, LotKind, MovementId, OnHand, StockMovement};
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

/// The most lines of one voucher.
const MOST_LINES: usize = 200;

/// What every voucher has to know.
#[derive(Debug, Clone, Copy)]
pub struct VoucherKnown<'a> {
    /// Its series in today's financial year.
    pub series: Option<&'a Series>,
    /// The accounts of the workspace and the party.
    pub accounts: &'a [Account],
    /// The currency of the books.
    pub currency: Currency,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// The ids that one line may use.
#[derive(Debug, Clone, Copy)]
pub struct LineIds {
    /// The movement's.
    pub movement: MovementId,
    /// The lot's, when it brings one in.
    pub lot: LotId,
    /// The piece's, when it brings one in.
    pub item: ItemId,
}

/// The ids that a voucher uses.
#[derive(Debug, Clone)]
pub struct MetalIds {
    /// The voucher's.
    pub voucher: MetalVoucherId,
    /// The journal entry's.
    pub entry: JournalEntryId,
    /// One set a line.
    pub lines: Vec<LineIds>,
}

impl MetalIds {
    /// The ids of a voucher of so many lines.
    pub fn draw(lines: usize, now: Timestamp, entropy: &dyn Entropy) -> Self {
        let line = |_| LineIds {
            movement: MovementId::new(now, entropy),
            lot: LotId::new(now, entropy),
            item: ItemId::new(now, entropy),
        };
        Self {
            voucher: MetalVoucherId::new(now, entropy),
            entry: JournalEntryId::new(now, entropy),
            lines: (0..lines.min(MOST_LINES)).map(line).collect(),
        }
    }
}

/// A voucher was recorded, by the action that may.
#[derive(Debug, Clone)]
pub struct MetalVoucherRecorded<A> {
    /// The head.
    pub voucher: MetalVoucher,
    /// The lines.
    pub lines: Vec<MetalVoucherLine>,
    series: Allocated,
    journal: Journal,
    movements: Vec<StockMovement>,
    lots: Vec<Lot>,
    items: Vec<Item>,
    changed: Vec<(Item, Item)>,
    by: PhantomData<A>,
}

impl<A> MetalVoucherRecorded<A> {
    /// The voucher with its lines.
    pub fn whole(&self) -> WholeMetalVoucher {
        WholeMetalVoucher { voucher: self.voucher.clone(), lines: self.lines.clone() }
    }
}

impl<A: Action> Change for MetalVoucherRecorded<A> {
    type By = A;

    fn subject(&self) -> Subject {
        Subject::new(self.voucher.kind.code(), self.voucher.id)
    }

    fn record(self, draft: &mut Draft) {
        self.series.record(draft);
        self.journal.record(draft);
        draft.insert(self.voucher);
        for lot in self.lots {
            draft.insert(lot);
        }
        for item in self.items {
            draft.insert(item);
        }
        for (before, after) in self.changed {
            draft.update(&before, after);
        }
        for line in self.lines {
            draft.insert(line);
        }
        for movement in self.movements {
            draft.insert(movement);
        }
    }
}

/// What was taken from a lot: so much of it, at the average cost of what was on hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenFromLot {
    /// The weight.
    pub mass: Mass,
    /// The pure metal in it.
    pub fine: FineMass,
    /// What it cost.
    pub cost: Money,
}

impl TakenFromLot {
    /// Takes `mass` from what is on hand of a lot; `None` when there is less. The last of a lot takes all that is left
    /// of its cost, so that none stays on an empty lot.
    pub(super) fn of(lot: &Lot, on_hand: &OnHand, mass: Mass) -> Result<Option<Self>, MetalRefusal> {
        if mass.mg() <= 0 || mass.mg() > on_hand.mass.mg() {
            return Ok(None);
        }
        let cost = on_hand.cost.mul_div(mass.mg(), on_hand.mass.mg(), Rounding::HalfAwayFromZero)?;
        Ok(Some(Self { mass, fine: mass.fine(lot.fineness)?, cost }))
    }
}

/// Where metal of this kind of lot stands in the books: at cost, and by fine weight.
pub(super) const fn stock_accounts(kind: LotKind, metal: Metal) -> (For, For) {
    match kind {
        LotKind::Stock => (For::StockCost(metal), For::StockFine(metal)),
        LotKind::OldMetal => (For::OldMetalCost(metal), For::OldMetalFine(metal)),
    }
}

/// A voucher being written.
pub(super) struct VoucherDraft<'a> {
    pub(super) known: VoucherKnown<'a>,
    pub(super) chart: Chart<'a>,
    ids: &'a MetalIds,
    series: Allocated,
    entry: JournalEntry,
    sides: Vec<(&'a Account, i64)>,
    pub(super) lines: Vec<MetalVoucherLine>,
    movements: Vec<StockMovement>,
    lots: Vec<Lot>,
    items: Vec<Item>,
    changed: Vec<(Item, Item)>,
}

impl<'a> VoucherDraft<'a> {
    /// Begins a voucher of `lines` lines: takes its number and opens its entry.
    pub(super) fn begin(
        kind: MetalVoucherKind,
        known: VoucherKnown<'a>,
        ids: &'a MetalIds,
        lines: usize,
    ) -> Result<Self, MetalRefusal> {
        if lines == 0 || lines > MOST_LINES {
            return Err(MetalRefusal::Lines);
        }
        let (series, prefix) = kind.series();
        let series = Series::allocate(series, &Label::new(prefix)?, known.series, known.today)?;
        let entry = JournalEntry {
            id: ids.entry,
            effective: known.today,
            recorded_at: known.now,
            source_kind: Label::new(kind.code())?,
            source_id: Label::new(ids.voucher.to_string())?,
            narration: Note::new(series.number.as_str())?,
            reverses: None,
        };
        Ok(Self {
            known,
            chart: Chart(known.accounts),
            ids,
            series,
            entry,
            sides: Vec::new(),
            lines: Vec::new(),
            movements: Vec::new(),
            lots: Vec::new(),
            items: Vec::new(),
            changed: Vec::new(),
        })
    }

    /// No money, in the books' currency.
    pub(super) const fn nothing(&self) -> Money {
        Money::zero(self.known.currency)
    }

    /// The ids of a line, from 0.
    pub(super) fn ids(&self, line: usize) -> Result<LineIds, MetalRefusal> {
        self.ids.lines.get(line).copied().ok_or(MetalRefusal::Lines)
    }

    /// Debits an account; a negative amount credits it.
    pub(super) fn debit(&mut self, account: &'a Account, amount: i64) {
        self.sides.push((account, amount));
    }

    /// Credits an account; a negative amount debits it.
    pub(super) fn credit(&mut self, account: &'a Account, amount: i64) -> Result<(), MetalRefusal> {
        self.debit(account, amount.checked_neg().ok_or(MetalRefusal::OutOfRange)?);
        Ok(())
    }

    /// A line of this metal that says no more than its weight and cost.
    pub(super) fn line(&self, role: LineRole, of: &Lot, taken: &TakenFromLot) -> MetalVoucherLine {
        let nothing = self.nothing();
        MetalVoucherLine {
            voucher: self.ids.voucher,
            line: 0,
            role,
            item: None,
            lot: Some(of.id),
            description: of.description.clone(),
            metal: of.metal,
            fineness: of.fineness,
            gross: taken.mass,
            less: Mass::ZERO,
            net: taken.mass,
            fine: taken.fine,
            hsn: None,
            rate_id: None,
            rate_amount: nothing,
            rate_per: Mass::ZERO,
            value: taken.cost,
            labour: nothing,
            tax_rate: Ratio::from_ppm(0),
            cgst: nothing,
            sgst: nothing,
            igst: nothing,
            cost: taken.cost,
        }
    }

    /// Adds a line under its number.
    pub(super) fn push(&mut self, mut line: MetalVoucherLine) -> Result<(), MetalRefusal> {
        line.line = u16::try_from(self.lines.len() + 1).map_err(|_| MetalRefusal::Lines)?;
        self.lines.push(line);
        Ok(())
    }

    /// Brings a new lot in: the lot, its movement, and both sides of the stock accounts but for whose the metal was.
    pub(super) fn bring_lot(&mut self, at: usize, lot: Lot, came: &TakenFromLot) -> Result<(), MetalRefusal> {
        let (cost, fine) = stock_accounts(lot.kind, lot.metal);
        self.debit(self.chart.of(cost)?, came.cost.minor());
        self.debit(self.chart.of(fine)?, came.fine.ng());
        self.movements.push(StockMovement {
            id: self.ids(at)?.movement,
            entry: self.ids.entry,
            item: None,
            lot: Some(lot.id),
            pieces: 0,
            mass: came.mass,
            fine: came.fine,
            cost: came.cost,
            effective: self.known.today,
        });
        self.lots.push(lot);
        Ok(())
    }

    /// Brings a new piece in.
    pub(super) fn bring_item(&mut self, at: usize, item: Item, net: Mass) -> Result<(), MetalRefusal> {
        let fine = net.fine(item.fineness)?;
        self.debit(self.chart.of(For::StockCost(item.metal))?, item.cost.minor());
        self.debit(self.chart.of(For::StockFine(item.metal))?, fine.ng());
        self.movements.push(StockMovement {
            id: self.ids(at)?.movement,
            entry: self.ids.entry,
            item: Some(item.id),
            lot: None,
            pieces: 1,
            mass: net,
            fine,
            cost: item.cost,
            effective: self.known.today,
        });
        self.items.push(item);
        Ok(())
    }

    /// Takes metal out of a lot.
    pub(super) fn take_lot(
        &mut self,
        at: usize,
        lot: &Lot,
        taken: &TakenFromLot,
    ) -> Result<(), MetalRefusal> {
        let (cost, fine) = stock_accounts(lot.kind, lot.metal);
        self.credit(self.chart.of(cost)?, taken.cost.minor())?;
        self.credit(self.chart.of(fine)?, taken.fine.ng())?;
        self.movements.push(StockMovement {
            id: self.ids(at)?.movement,
            entry: self.ids.entry,
            item: None,
            lot: Some(lot.id),
            pieces: 0,
            mass: taken.mass.checked_neg()?,
            fine: taken.fine.checked_neg()?,
            cost: taken.cost.checked_neg()?,
            effective: self.known.today,
        });
        Ok(())
    }

    /// Takes a piece out, which is in `after` from then on.
    pub(super) fn take_item(
        &mut self,
        at: usize,
        item: &Item,
        after: crate::shop::stock::ItemState,
    ) -> Result<TakenFromLot, MetalRefusal> {
        let net = item.gross.checked_sub(item.less)?;
        let taken = TakenFromLot { mass: net, fine: net.fine(item.fineness)?, cost: item.cost };
        self.credit(self.chart.of(For::StockCost(item.metal))?, taken.cost.minor())?;
        self.credit(self.chart.of(For::StockFine(item.metal))?, taken.fine.ng())?;
        self.movements.push(StockMovement {
            id: self.ids(at)?.movement,
            entry: self.ids.entry,
            item: Some(item.id),
            lot: None,
            pieces: -1,
            mass: taken.mass.checked_neg()?,
            fine: taken.fine.checked_neg()?,
            cost: taken.cost.checked_neg()?,
            effective: self.known.today,
        });
        let version = item.version.saturating_add(1);
        self.changed.push((item.clone(), Item { state: after, version, ..item.clone() }));
        Ok(taken)
    }

    /// The sum of one amount over all lines.
    pub(super) fn sum(&self, of: fn(&MetalVoucherLine) -> Money) -> Result<Money, MetalRefusal> {
        Ok(Money::try_sum(self.known.currency, self.lines.iter().map(of))?)
    }

    /// A head that owes nobody anything; what differs is filled in by the decision.
    pub(super) fn head(&self, kind: MetalVoucherKind) -> Result<MetalVoucher, MetalRefusal> {
        let nothing = self.nothing();
        Ok(MetalVoucher {
            id: self.ids.voucher,
            kind,
            number: self.series.number.clone(),
            party: None,
            business_date: self.known.today,
            recorded_at: self.known.now,
            reference: None,
            reference_date: None,
            reference_year: None,
            declared: false,
            place_of_supply: None,
            value: self.sum(|line| line.value)?,
            cgst: nothing,
            sgst: nothing,
            igst: nothing,
            round_off: nothing,
            total: nothing,
            settled: nothing,
            reason: None,
            entry: self.ids.entry,
            state: MetalVoucherState::Recorded,
            cancel_reason: None,
            cancelled_at: None,
            version: 1,
            rate_kind: None,
        })
    }

    /// Ends it: the entry balances for each commodity, or nothing is recorded.
    pub(super) fn end<A>(self, voucher: MetalVoucher) -> Result<MetalVoucherRecorded<A>, MetalRefusal> {
        let posted = |draft: JournalDraft, (account, amount): (&Account, i64)| draft.debit(account, amount);
        Ok(MetalVoucherRecorded {
            voucher,
            lines: self.lines,
            series: self.series,
            journal: self.sides.into_iter().fold(JournalDraft::new(self.entry), posted).balance()?,
            movements: self.movements,
            lots: self.lots,
            items: self.items,
            changed: self.changed,
            by: PhantomData,
        })
    }
}
