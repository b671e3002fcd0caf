//! Cancelling a voucher: its exact mirror, while nothing later depends on it. The number stays used.

use std::marker::PhantomData;

use super::goldsmith::Holding;
use super::refusal::MetalRefusal;
use super::rows::{LineRole, MetalVoucher, MetalVoucherKind, MetalVoucherState, WholeMetalVoucher};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{Journal, JournalEntry, JournalEntryId, Posting};
use crate::measure::Metal;
use crate::rbac::Action;
use crate::shop::actions::{CancelMetalVoucher, CancelOldMetal, CancelWindow};
use crate::shop::stock::{Item, ItemState, Lot, MovementId, OnHand, StockMovement};
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp, return_period};

/// What is known when a voucher is cancelled.
#[derive(Debug, Clone)]
pub struct MetalCancelKnown {
    /// The voucher.
    pub whole: WholeMetalVoucher,
    /// Its journal entry and postings.
    pub journal: (JournalEntry, Vec<Posting>),
    /// What moved with it.
    pub movements: Vec<StockMovement>,
    /// The pieces on it, as they are.
    pub items: Vec<Item>,
    /// The lots on it, as they are.
    pub lots: Vec<(Lot, OnHand)>,
    /// What the goldsmith holds, where it is a goldsmith's.
    pub holdings: Vec<Holding>,
    /// Whether a live piece has the hallmark id of one that would come back.
    pub huid_taken: bool,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// The ids that a cancellation uses.
#[derive(Debug, Clone)]
pub struct MetalCancelIds {
    /// The reversing journal entry's.
    pub entry: JournalEntryId,
    /// One a movement.
    pub movements: Vec<MovementId>,
}

/// A voucher was cancelled, by the action that may.
#[derive(Debug, Clone)]
pub struct MetalVoucherCancelled<A> {
    before: MetalVoucher,
    /// The voucher as it shall be.
    pub after: MetalVoucher,
    journal: Journal,
    movements: Vec<StockMovement>,
    items: Vec<(Item, Item)>,
    by: PhantomData<A>,
}

/// Decides about cancelling a purchase of old metal.
///
/// # Errors
/// [`MetalRefusal`]: not one, not standing, used or paid, the role's window over, or something later depends on it.
pub fn decide_cancel_old_metal(
    known: &MetalCancelKnown,
    window: &CancelWindow,
    reason: Note,
    ids: &MetalCancelIds,
) -> Result<MetalVoucherCancelled<CancelOldMetal>, MetalRefusal> {
    if known.whole.voucher.kind != MetalVoucherKind::OldMetalPurchase {
        return Err(MetalRefusal::NoVoucher);
    }
    decide_cancel(known, window, reason, ids)
}

/// Decides about cancelling any other voucher.
///
/// # Errors
/// As [`decide_cancel_old_metal`].
pub fn decide_cancel_metal(
    known: &MetalCancelKnown,
    window: &CancelWindow,
    reason: Note,
    ids: &MetalCancelIds,
) -> Result<MetalVoucherCancelled<CancelMetalVoucher>, MetalRefusal> {
    if known.whole.voucher.kind == MetalVoucherKind::OldMetalPurchase {
        return Err(MetalRefusal::NoVoucher);
    }
    decide_cancel(known, window, reason, ids)
}

fn decide_cancel<A>(
    known: &MetalCancelKnown,
    window: &CancelWindow,
    reason: Note,
    ids: &MetalCancelIds,
) -> Result<MetalVoucherCancelled<A>, MetalRefusal> {
    let before = &known.whole.voucher;
    check(known, window)?;
    let (entry, postings) = &known.journal;
    let head = JournalEntry {
        id: ids.entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: Label::new(before.kind.code())?,
        source_id: Label::new(before.id.to_string())?,
        narration: Note::new(format!("{} cancelled", before.number))?,
        reverses: None,
    };
    let movements = known
        .movements
        .iter()
        .zip(&ids.movements)
        .map(|(movement, id)| {
            Ok(StockMovement {
                id: *id,
                entry: ids.entry,
                pieces: movement.pieces.saturating_neg(),
                mass: movement.mass.checked_neg()?,
                fine: movement.fine.checked_neg()?,
                cost: movement.cost.checked_neg()?,
                effective: known.today,
                ..movement.clone()
            })
        })
        .collect::<Result<_, MetalRefusal>>()?;
    let items = known
        .items
        .iter()
        .map(|item| {
            let came_in = item.state == ItemState::InStock;
            let state = if came_in { ItemState::Withdrawn } else { ItemState::InStock };
            (item.clone(), Item { state, version: item.version.saturating_add(1), ..item.clone() })
        })
        .collect();
    let after = MetalVoucher {
        state: MetalVoucherState::Cancelled,
        cancel_reason: Some(reason),
        cancelled_at: Some(known.now),
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    let journal = Journal::reversal(entry, postings, head)?;
    Ok(MetalVoucherCancelled { before: before.clone(), after, journal, movements, items, by: PhantomData })
}

fn check(known: &MetalCancelKnown, window: &CancelWindow) -> Result<(), MetalRefusal> {
    let voucher = &known.whole.voucher;
    if voucher.state != MetalVoucherState::Recorded {
        return Err(MetalRefusal::NotRecorded);
    }
    if !voucher.settled.is_zero() {
        return Err(MetalRefusal::Settled);
    }
    if known.today.signed_duration_since(voucher.business_date).num_days() > i64::from(window.days) {
        return Err(MetalRefusal::WindowOver);
    }
    let is_taxed = ![voucher.cgst, voucher.sgst, voucher.igst].iter().all(|tax| tax.is_zero());
    if is_taxed && return_period(voucher.business_date) != return_period(known.today) {
        return Err(MetalRefusal::OtherPeriod);
    }
    for movement in known.movements.iter().filter(|movement| !movement.mass.is_negative()) {
        let Some(lot) = movement.lot else { continue };
        let is_whole = |(of, on_hand): &(Lot, OnHand)| {
            of.id == lot && on_hand.mass == movement.mass && on_hand.cost == movement.cost
        };
        if !known.lots.iter().any(is_whole) {
            return Err(MetalRefusal::MovedOn);
        }
    }
    check_items(known)?;
    if voucher.kind == MetalVoucherKind::GoldsmithIssue {
        for metal in Metal::ALL {
            check_holding(known, metal)?;
        }
    }
    Ok(())
}

/// What came in is still there; what went out has not come back in another way.
fn check_items(known: &MetalCancelKnown) -> Result<(), MetalRefusal> {
    for line in &known.whole.lines {
        let Some(id) = line.item else { continue };
        let expected = if line.role == LineRole::In { ItemState::InStock } else { ItemState::WrittenOff };
        if !known.items.iter().any(|item| item.id == id && item.state == expected) {
            return Err(MetalRefusal::MovedOn);
        }
    }
    if known.huid_taken { Err(MetalRefusal::HuidTaken) } else { Ok(()) }
}

/// The goldsmith still holds what he was given, at what it cost: no cost may stay on metal that is not there.
fn check_holding(known: &MetalCancelKnown, metal: Metal) -> Result<(), MetalRefusal> {
    let given = known.whole.lines.iter().filter(|line| line.metal == metal);
    let (mut fine, mut cost) = (0_i64, 0_i64);
    for line in given {
        fine = fine.checked_add(line.fine.ng()).ok_or(MetalRefusal::OutOfRange)?;
        cost = cost.checked_sub(line.cost.minor()).ok_or(MetalRefusal::OutOfRange)?;
    }
    if fine == 0 {
        return Ok(());
    }
    let holding = known.holdings.iter().find(|holding| holding.metal == metal);
    let left = holding
        .map(|holding| (holding.fine.ng().saturating_sub(fine), holding.cost.minor().saturating_sub(cost)));
    match left {
        Some((0, 0)) => Ok(()),
        Some((fine, cost)) if fine > 0 && cost >= 0 => Ok(()),
        _ => Err(MetalRefusal::CannotReturn),
    }
}

impl<A: Action> Change for MetalVoucherCancelled<A> {
    type By = A;

    fn subject(&self) -> Subject {
        Subject::new(self.after.kind.code(), self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        self.journal.record(draft);
        draft.update(&self.before, self.after);
        for (before, after) in self.items {
            draft.update(&before, after);
        }
        for movement in self.movements {
            draft.insert(movement);
        }
    }
}
