//! Issuing a bill: number, lines, journal, stock and pieces in one change, or nothing.

use super::bill::{BillRefused, InvoiceRefusal, NewBill};
use super::parties::{InvoiceParties, parties_of};
use super::resolve::{BillContext, Goods, ResolvedBill, ResolvedLine, resolve};
use super::rows::{Invoice, InvoiceId, InvoiceKind, InvoiceLine, InvoiceState};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{Allocated, Journal, JournalDraft, JournalEntry, JournalEntryId, Series, SeriesKind};
use crate::measure::{FineMass, Mass, MeasureError};
use crate::money::{Money, MoneyError, Rounding};
use crate::shop::accounts::{Chart, For};
use crate::shop::bookings::{Booking, LineLock};
use crate::shop::business::Scheme;
use crate::shop::law;
use crate::shop::parties::Party;
use crate::shop::pricing::{Field, POLICY, PricedLine, PricingError, Problem};
use crate::shop::stock::{Item, ItemState, LotId, MovementId, OnHand, StockMovement};
use crate::text::{Label, Note};
use crate::time::Timestamp;

/// The series of bills dated in order.
pub const PREFIX: &str = "INV";
/// The series of bills dated back before the last of the other.
pub const PREFIX_BACK_DATED: &str = "INB";

/// The ids that a bill uses.
#[derive(Debug, Clone)]
pub struct IssueIds {
    /// The bill's.
    pub invoice: InvoiceId,
    /// The journal entry's.
    pub entry: JournalEntryId,
    /// One a line, for its stock movement.
    pub movements: Vec<MovementId>,
}

/// A bill was issued.
#[derive(Debug, Clone)]
pub struct InvoiceIssued {
    /// The head.
    pub invoice: Invoice,
    /// The lines.
    pub lines: Vec<InvoiceLine>,
    parties: InvoiceParties,
    series: Allocated,
    journal: Journal,
    movements: Vec<StockMovement>,
    sold: Vec<(Item, Item)>,
    bookings: Vec<(Booking, Booking)>,
}

/// What leaves the stock with one line.
struct Outgoing {
    movement: StockMovement,
    metal: crate::measure::Metal,
}

/// Decides about issuing a bill.
///
/// # Errors
/// [`BillRefused`] with everything that is wrong.
pub fn decide_issue(
    bill: &NewBill,
    context: BillContext<'_>,
    ids: &IssueIds,
    now: Timestamp,
) -> Result<InvoiceIssued, BillRefused> {
    let known = context.known;
    let missing = known.business.missing();
    if !missing.is_empty() {
        return Err(InvoiceRefusal::BusinessIncomplete { missing: missing.join(", ") }.into());
    }
    let resolved = resolve(bill, context, Goods::Needed)?;
    let party = known.party.as_ref().ok_or(InvoiceRefusal::NoCustomer)?;
    check_buyer_is_named(party, &resolved)?;
    let series = allocate(&known.series, &resolved)?;
    let outgoing = outgoing(&resolved, ids)?;
    let invoice = head(&resolved, party, &series, ids, known.business.scheme, now)?;
    let journal = journal(&invoice, &resolved, &outgoing, Chart(&known.accounts), now)?;
    let lines = resolved
        .lines
        .iter()
        .zip(&resolved.priced.lines)
        .enumerate()
        .map(|(index, (line, priced))| row(ids.invoice, index, line, priced))
        .collect::<Result<Vec<_>, _>>()?;
    let sold = resolved
        .lines
        .iter()
        .filter_map(|line| line.item.as_ref())
        .map(|item| {
            let version = item.version.saturating_add(1);
            (item.clone(), Item { state: ItemState::Sold, version, ..item.clone() })
        })
        .collect();
    let movements = outgoing.into_iter().map(|out| out.movement).collect();
    let parties = parties_of(invoice.id, &known.business, party)?;
    let bookings = used_bookings(context.bookings, &lines)?;
    Ok(InvoiceIssued { invoice, lines, parties, series, journal, movements, sold, bookings })
}

/// Rule 46(e): from ₹50,000 taxable, an unregistered buyer's name, address and state stand on the bill.
fn check_buyer_is_named(party: &Party, resolved: &ResolvedBill) -> Result<(), InvoiceRefusal> {
    let named = party.gstin.is_some() || (party.address.is_some() && party.state.is_some());
    if !named && resolved.priced.totals.taxable.minor() >= law::NAMED_BUYER_FROM_MINOR {
        return Err(InvoiceRefusal::BuyerNotNamed);
    }
    Ok(())
}

/// The main series, or the one for back-dated bills when the main one already has a later date.
fn allocate(known: &[Series], resolved: &ResolvedBill) -> Result<Allocated, InvoiceRefusal> {
    let from = |prefix: &str| {
        let prefix = Label::new(prefix).map_err(|_| crate::ledger::NumberError::Form)?;
        let current = known.iter().find(|series| series.prefix == prefix);
        Series::allocate(SeriesKind::Invoice, &prefix, current, resolved.date)
    };
    match from(PREFIX) {
        Err(crate::ledger::NumberError::DateOrder { .. }) => Ok(from(PREFIX_BACK_DATED)?),
        allocated => Ok(allocated?),
    }
}

fn too_large(line: usize) -> InvoiceRefusal {
    PricingError { line: Some(line), field: Field::Total, problem: Problem::TooLarge }.into()
}

/// What leaves the stock: a piece at its own cost, from a lot at the average cost of what is on hand.
fn outgoing(resolved: &ResolvedBill, ids: &IssueIds) -> Result<Vec<Outgoing>, InvoiceRefusal> {
    let mut left: Vec<(LotId, OnHand)> = Vec::new();
    let lines = resolved.lines.iter().zip(&resolved.priced.lines).zip(&ids.movements).enumerate();
    lines
        .map(|(index, ((line, priced), movement))| {
            let cost = match (&line.item, &line.lot) {
                (Some(item), _) => item.cost,
                (None, Some((lot, on_hand))) => {
                    if !left.iter().any(|(id, _)| *id == lot.id) {
                        left.push((lot.id, *on_hand));
                    }
                    let on_hand = left.iter_mut().find(|(id, _)| *id == lot.id).map(|(_, on_hand)| on_hand);
                    let on_hand = on_hand.ok_or(InvoiceRefusal::NoLot { line: index })?;
                    take(on_hand, priced.net, priced.fine)
                        .map_err(|_| too_large(index))?
                        .ok_or(InvoiceRefusal::NotEnough { line: index })?
                }
                (None, None) => return Err(InvoiceRefusal::NoGoods { line: index }),
            };
            let negated = |_: MeasureError| too_large(index);
            Ok(Outgoing {
                metal: line.metal,
                movement: StockMovement {
                    id: *movement,
                    entry: ids.entry,
                    item: line.item.as_ref().map(|item| item.id),
                    lot: line.lot.as_ref().map(|(lot, _)| lot.id),
                    pieces: if line.item.is_some() { -1 } else { 0 },
                    mass: priced.net.checked_neg().map_err(negated)?,
                    fine: priced.fine.checked_neg().map_err(negated)?,
                    cost: cost.checked_neg().map_err(|_| too_large(index))?,
                    effective: resolved.date,
                },
            })
        })
        .collect()
}

/// Takes `mass` from what is on hand; `None` when there is less.
fn take(on_hand: &mut OnHand, mass: Mass, fine: FineMass) -> Result<Option<Money>, MoneyError> {
    if mass.mg() > on_hand.mass.mg() || on_hand.mass.mg() <= 0 {
        return Ok(None);
    }
    let cost = on_hand.cost.mul_div(mass.mg(), on_hand.mass.mg(), Rounding::HalfAwayFromZero)?;
    on_hand.cost = on_hand.cost.checked_sub(cost)?;
    if let (Ok(mass), Ok(fine)) = (on_hand.mass.checked_sub(mass), on_hand.fine.checked_sub(fine)) {
        (on_hand.mass, on_hand.fine) = (mass, fine);
    }
    Ok(Some(cost))
}

/// The bookings that the lines use, as they are and as they shall be.
fn used_bookings(
    bookings: &[Booking],
    lines: &[InvoiceLine],
) -> Result<Vec<(Booking, Booking)>, InvoiceRefusal> {
    let used = bookings.iter().filter(|booking| lines.iter().any(|line| line.takes_of(booking.id)));
    used.map(|booking| {
        let locks = lines.iter().filter_map(|line| line.lock).filter(|lock| lock.booking == booking.id);
        let after = Mass::try_sum(locks.map(|lock| lock.mass)).and_then(|mass| booking.with_used(mass));
        Ok((booking.clone(), after.map_err(|_| too_large(0))?))
    })
    .collect()
}

fn head(
    resolved: &ResolvedBill,
    party: &Party,
    series: &Allocated,
    ids: &IssueIds,
    scheme: Scheme,
    now: Timestamp,
) -> Result<Invoice, InvoiceRefusal> {
    let totals = &resolved.priced.totals;
    Ok(Invoice {
        id: ids.invoice,
        kind: match scheme {
            Scheme::Regular => InvoiceKind::TaxInvoice,
            Scheme::Composition | Scheme::Unregistered => InvoiceKind::BillOfSupply,
        },
        number: series.number.clone(),
        party: party.id,
        business_date: resolved.date,
        issued_at: now,
        place_of_supply: resolved.place_of_supply,
        taxable: totals.taxable,
        cgst: totals.cgst,
        sgst: totals.sgst,
        igst: totals.igst,
        total: totals.total,
        round_off: totals.round_off,
        payable: totals.payable,
        pricing_policy: Label::new(POLICY).map_err(|_| too_large(0))?,
        entry: ids.entry,
        state: InvoiceState::Issued,
        cancel_reason: None,
        cancelled_at: None,
        revision: 1,
        version: 1,
        credited: Money::zero(totals.payable.currency()),
        debited: Money::zero(totals.payable.currency()),
    })
}

fn journal(
    invoice: &Invoice,
    resolved: &ResolvedBill,
    outgoing: &[Outgoing],
    chart: Chart<'_>,
    now: Timestamp,
) -> Result<Journal, InvoiceRefusal> {
    let currency = invoice.payable.currency();
    let lines = &resolved.priced.lines;
    let sum = |part: fn(&PricedLine) -> Money| {
        Money::try_sum(currency, lines.iter().map(part)).map(Money::minor).map_err(|_| too_large(0))
    };
    let fits = |_: crate::text::TextError| too_large(0);
    let entry = JournalEntry {
        id: invoice.entry,
        effective: invoice.business_date,
        recorded_at: now,
        source_kind: Label::new("invoice").map_err(fits)?,
        source_id: Label::new(invoice.id.to_string()).map_err(fits)?,
        narration: Note::new(invoice.number.as_str()).map_err(fits)?,
        reverses: None,
    };
    let mut draft = JournalDraft::new(entry)
        .debit(chart.receivable(invoice.party)?, invoice.payable.minor())
        .credit(chart.of(For::MetalSales)?, sum(|line| line.metal)?)
        .credit(chart.of(For::MetalSales)?, sum(|line| line.wastage)?)
        .credit(chart.of(For::Making)?, sum(|line| line.making)?)
        .credit(chart.of(For::Stones)?, sum(|line| line.stones)?)
        .credit(chart.of(For::OtherCharges)?, sum(|line| line.other)?)
        .debit(chart.of(For::Discounts)?, sum(|line| line.discount)?)
        .debit(chart.of(For::Discounts)?, sum(|line| line.bill_discount)?)
        .credit(chart.of(For::Cgst)?, invoice.cgst.minor())
        .credit(chart.of(For::Sgst)?, invoice.sgst.minor())
        .credit(chart.of(For::Igst)?, invoice.igst.minor())
        .credit(chart.of(For::RoundOff)?, invoice.round_off.minor());
    for out in outgoing {
        // Movements out are negative: crediting the stock means debiting it by them.
        draft = draft
            .credit(chart.of(For::CostOfGoods)?, out.movement.cost.minor())
            .debit(chart.of(For::StockCost(out.metal))?, out.movement.cost.minor())
            .credit(chart.of(For::Conversion(out.metal))?, out.movement.fine.ng())
            .debit(chart.of(For::StockFine(out.metal))?, out.movement.fine.ng());
    }
    Ok(draft.balance()?)
}

fn row(
    invoice: InvoiceId,
    index: usize,
    line: &ResolvedLine,
    priced: &PricedLine,
) -> Result<InvoiceLine, InvoiceRefusal> {
    Ok(InvoiceLine {
        invoice,
        line: u16::try_from(index + 1).map_err(|_| too_large(index))?,
        item: line.item.as_ref().map(|item| item.id),
        lot: line.lot.as_ref().map(|(lot, _)| lot.id),
        description: line.description.clone(),
        metal: line.metal,
        hsn: line.hsn.clone(),
        gross: line.gross,
        less: line.less,
        rate_id: line.rate_id,
        rate_amount: line.rate.amount(),
        rate_per: line.rate.per(),
        fineness: line.fineness,
        wastage: line.wastage,
        making: line.making,
        stones: line.stones.clone(),
        other_charges: line.other_charges.clone(),
        net: priced.net,
        wastage_mass: priced.wastage_mass,
        chargeable: priced.chargeable,
        fine: priced.fine,
        metal_value: priced.metal,
        wastage_value: priced.wastage,
        making_value: priced.making,
        stones_value: priced.stones,
        other_value: priced.other,
        gross_value: priced.gross,
        discount: priced.discount,
        bill_discount: priced.bill_discount,
        taxable: priced.taxable,
        tax_rate: priced.tax_rate,
        cgst: priced.cgst,
        sgst: priced.sgst,
        igst: priced.igst,
        huid: line.item.as_ref().and_then(|item| item.huid.clone()),
        lock: line.booking.zip(priced.locked).map(|(booking, part)| LineLock {
            booking,
            mass: part.mass,
            rate_amount: part.rate.amount(),
            rate_per: part.rate.per(),
            value: part.value,
        }),
    })
}

impl Change for InvoiceIssued {
    type By = crate::shop::actions::IssueInvoice;

    fn subject(&self) -> Subject {
        Subject::new("invoice", self.invoice.id)
    }

    fn record(self, draft: &mut Draft) {
        self.series.record(draft);
        self.journal.record(draft);
        draft.insert(self.invoice);
        for line in self.lines {
            draft.insert(line);
        }
        draft.insert(self.parties);
        for (before, after) in self.sold {
            draft.update(&before, after);
        }
        for movement in self.movements {
            draft.insert(movement);
        }
        for (before, after) in self.bookings {
            draft.update(&before, after);
        }
    }
}
