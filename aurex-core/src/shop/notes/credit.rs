//! A credit note: less is due, because goods came back or an allowance was agreed. Amounts come from what is left of the
//! bill; stock comes back at what it cost; tax follows until the statutory date.

use super::CREDIT_PREFIX;
use super::ask::{Goods, NewCreditLine, NewCreditNote, NoteRefusal};
use super::left::{GoodsLeft, Left, LineLeft, Value, left_of};
use super::rows::{BillNote, BillNoteId, BillNoteLine, NoteKind, NoteState, NoteWithLines};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{
    Account, Allocated, Journal, JournalDraft, JournalEntry, JournalEntryId, Series, SeriesKind,
};
use crate::measure::Mass;
use crate::money::{Money, Rounding};
use crate::shop::accounts::{Chart, For};
use crate::shop::actions::NoteLimits;
use crate::shop::invoices::{Bill, Invoice, InvoiceState};
use crate::shop::law;
use crate::shop::stock::{Item, ItemId, ItemState, MovementId, StockMovement};
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

/// The most notes that one bill has, cancelled ones included.
pub(super) const MOST_NOTES: usize = 100;

/// What is known when a credit note is issued.
#[derive(Debug, Clone)]
pub struct CreditKnown {
    /// The bill.
    pub bill: Bill,
    /// What left the stock with it.
    pub movements: Vec<StockMovement>,
    /// The notes against it, those of both kinds, cancelled ones included.
    pub notes: Vec<NoteWithLines>,
    /// The pieces on it, as they are.
    pub items: Vec<Item>,
    /// Of these, the ones whose hallmark id a live piece has by now.
    pub huid_taken: Vec<ItemId>,
    /// The series of credit notes in today's financial year.
    pub series: Option<Series>,
    /// The accounts of the workspace and the party.
    pub accounts: Vec<Account>,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

/// The ids that a note uses.
#[derive(Debug, Clone)]
pub struct NoteIds {
    /// The note's.
    pub note: BillNoteId,
    /// The journal entry's.
    pub entry: JournalEntryId,
    /// One a line of the bill, for the goods that come back.
    pub movements: Vec<MovementId>,
}

/// A credit note was issued.
#[derive(Debug, Clone)]
pub struct CreditNoteIssued {
    /// The head.
    pub note: BillNote,
    /// The lines.
    pub lines: Vec<BillNoteLine>,
    /// The bill as it shall be.
    pub invoice: Invoice,
    before: Invoice,
    series: Allocated,
    journal: Journal,
    movements: Vec<StockMovement>,
    back: Vec<(Item, Item)>,
}

/// What one line of the note takes.
struct Taken<'a> {
    left: LineLeft<'a>,
    taxable: Money,
    value: Value,
    goods: GoodsLeft,
}

/// Decides about issuing a credit note, dated today.
///
/// # Errors
/// [`NoteRefusal`].
pub fn decide_credit(
    known: &CreditKnown,
    limits: &NoteLimits,
    new: &NewCreditNote,
    ids: &NoteIds,
) -> Result<CreditNoteIssued, NoteRefusal> {
    let bill = &known.bill.invoice;
    if bill.state == InvoiceState::Cancelled {
        return Err(NoteRefusal::BillCancelled);
    }
    if known.notes.len() >= MOST_NOTES {
        return Err(NoteRefusal::TooManyNotes);
    }
    if known.today.signed_duration_since(bill.business_date).num_days() > i64::from(limits.days) {
        return Err(NoteRefusal::WindowOver);
    }
    let is_taxed = bill.total != bill.taxable;
    if is_taxed && !new.without_tax && known.today > law::credit_note_deadline(bill.business_date) {
        return Err(NoteRefusal::PastStatutoryDate);
    }
    let with_tax = is_taxed && !new.without_tax;
    let left = left_of(&known.bill, &known.movements, &known.notes)?;
    let taken = match new.lines.as_slice() {
        [] => take_all(&left, known, with_tax)?,
        lines => take_some(&left, known, lines, with_tax)?,
    };
    check_allowance(&left, &taken, bill, limits)?;
    issue(known, new, ids, with_tax, &left, &taken)
}

fn take_all<'a>(left: &Left<'a>, known: &CreditKnown, with_tax: bool) -> Result<Vec<Taken<'a>>, NoteRefusal> {
    let is_left = |line: &&LineLeft<'_>| !line.value.is_nothing() || !line.goods.is_nothing();
    let lines = left.lines.iter().filter(is_left).enumerate();
    let taken = lines
        .map(|(index, line)| {
            let goods = if line.goods.is_nothing() { Goods::Kept } else { Goods::Returned };
            let all = NewCreditLine { line: line.line.line, goods, returned: None, taxable: None };
            take(index, line, &all, known, with_tax)
        })
        .collect::<Result<Vec<_>, _>>()?;
    if taken.is_empty() { Err(NoteRefusal::BillCredited) } else { Ok(taken) }
}

fn take_some<'a>(
    left: &Left<'a>,
    known: &CreditKnown,
    lines: &[NewCreditLine],
    with_tax: bool,
) -> Result<Vec<Taken<'a>>, NoteRefusal> {
    let mut taken: Vec<Taken<'a>> = Vec::with_capacity(lines.len());
    for (index, asked) in lines.iter().enumerate() {
        let of_line = |line: &&LineLeft<'_>| line.line.line == asked.line;
        let line = left.lines.iter().find(of_line).ok_or(NoteRefusal::NoLine { index })?;
        if taken.iter().any(|taken| taken.left.line.line == asked.line) {
            return Err(NoteRefusal::Twice { index });
        }
        taken.push(take(index, line, asked, known, with_tax)?);
    }
    Ok(taken)
}

fn take<'a>(
    index: usize,
    left: &LineLeft<'a>,
    asked: &NewCreditLine,
    known: &CreditKnown,
    with_tax: bool,
) -> Result<Taken<'a>, NoteRefusal> {
    let goods = goods_back(index, left, asked, known)?;
    let whole = left.value.taxable()?;
    let taxable = match asked.taxable {
        Some(said) if said.currency() != whole.currency() || said.is_negative() => {
            return Err(NoteRefusal::BadValue { index });
        }
        Some(said) if said.minor() > whole.minor() => return Err(NoteRefusal::MoreThanLeft { index }),
        Some(said) => said,
        // Part of loose metal: its share of the value.
        None if asked.goods == Goods::Returned && goods.net != left.goods.net => {
            whole.mul_div(goods.net.mg(), left.goods.net.mg(), Rounding::HalfAwayFromZero)?
        }
        None => whole,
    };
    let value = left.value.share(taxable, with_tax)?;
    if goods.is_nothing() && taxable.is_zero() {
        return Err(match asked.taxable {
            Some(_) => NoteRefusal::BadValue { index },
            None => NoteRefusal::NothingLeft { index },
        });
    }
    Ok(Taken { left: *left, taxable, value, goods })
}

fn goods_back(
    index: usize,
    left: &LineLeft<'_>,
    asked: &NewCreditLine,
    known: &CreditKnown,
) -> Result<GoodsLeft, NoteRefusal> {
    if asked.goods == Goods::Kept {
        let none = GoodsLeft::none(left.goods.cost);
        return if asked.returned.is_none() { Ok(none) } else { Err(NoteRefusal::BadWeight { index }) };
    }
    if left.goods.is_nothing() {
        return Err(NoteRefusal::NoGoodsLeft { index });
    }
    if let Some(item) = left.line.item {
        if asked.returned.is_some_and(|net| net != left.goods.net) {
            return Err(NoteRefusal::BadWeight { index });
        }
        if !known.items.iter().any(|known| known.id == item && known.state == ItemState::Sold) {
            return Err(NoteRefusal::NotSold { index });
        }
        if known.huid_taken.contains(&item) {
            return Err(NoteRefusal::HuidTaken { index });
        }
        return Ok(left.goods);
    }
    let net = asked.returned.unwrap_or(left.goods.net);
    if net <= Mass::ZERO || net > left.goods.net {
        return Err(NoteRefusal::BadWeight { index });
    }
    left.goods.part(net)
}

/// What is credited beyond the goods that came back is a discount by another name, over all notes of the bill.
fn check_allowance(
    left: &Left<'_>,
    taken: &[Taken<'_>],
    bill: &Invoice,
    limits: &NoteLimits,
) -> Result<(), NoteRefusal> {
    let mut allowed_for = 0_i128;
    for line in &left.lines {
        let now = taken.iter().find(|taken| taken.left.line.line == line.line.line);
        let minor = |money: Money| i128::from(money.minor());
        let sold = minor(line.line.taxable);
        let credited = sold - minor(line.value.taxable()?) + now.map_or(0, |now| minor(now.taxable));
        let (pieces, net) = now.map_or((0, 0), |now| (now.goods.pieces, now.goods.net.mg()));
        let still_out = i128::from(line.goods.net.mg()) - i128::from(net);
        let returned = match (line.line.item, i128::from(line.line.net.mg())) {
            (Some(_), _) if line.goods.pieces == pieces => sold,
            (Some(_), _) | (None, 0) => 0,
            (None, all) => sold * (all - still_out) / all,
        };
        allowed_for += (credited - returned).max(0);
    }
    let most = i128::from(bill.taxable.minor()) * i128::from(limits.allowance.ppm());
    if allowed_for * 1_000_000 > most { Err(NoteRefusal::AllowanceBeyondLimit) } else { Ok(()) }
}

fn issue(
    known: &CreditKnown,
    new: &NewCreditNote,
    ids: &NoteIds,
    tax_effect: bool,
    left: &Left<'_>,
    taken: &[Taken<'_>],
) -> Result<CreditNoteIssued, NoteRefusal> {
    let bill = &known.bill.invoice;
    let currency = bill.payable.currency();
    let sum =
        |part: fn(&Value) -> Money| Money::try_sum(currency, taken.iter().map(|line| part(&line.value)));
    let [cgst, sgst, igst] = [sum(|v| v.cgst)?, sum(|v| v.sgst)?, sum(|v| v.igst)?];
    let taxable = Money::try_sum(currency, taken.iter().map(|line| line.taxable))?;
    let total = Money::try_sum(currency, [taxable, cgst, sgst, igst])?;
    // The note that exhausts the bill takes whatever makes the sum equal the bill's.
    let exhausts = total == left.total;
    let whole = total.round_to_multiple(currency.minor_per_major(), Rounding::HalfAwayFromZero)?;
    let payable = if exhausts || whole.minor() > left.payable.minor() { left.payable } else { whole };
    let prefix = Label::new(CREDIT_PREFIX)?;
    let series = Series::allocate(SeriesKind::CreditNote, &prefix, known.series.as_ref(), known.today)?;
    let note = BillNote {
        id: ids.note,
        kind: NoteKind::CreditNote,
        number: series.number.clone(),
        invoice: bill.id,
        invoice_number: bill.number.clone(),
        invoice_date: bill.business_date,
        party: bill.party,
        business_date: known.today,
        issued_at: known.now,
        place_of_supply: bill.place_of_supply,
        reason_code: new.reason_code,
        reason: new.reason.clone(),
        tax_effect,
        taxable,
        cgst,
        sgst,
        igst,
        total,
        round_off: payable.checked_sub(total)?,
        payable,
        entry: ids.entry,
        state: NoteState::Issued,
        cancel_reason: None,
        cancelled_at: None,
        version: 1,
    };
    let lines = taken.iter().zip(1_u16..).map(|(taken, line)| row(ids.note, line, taken)).collect();
    let movements = movements(taken, ids, known.today);
    let journal = journal(&note, taken, Chart(&known.accounts))?;
    let invoice = Invoice {
        state: if exhausts { InvoiceState::Credited } else { InvoiceState::PartlyCredited },
        credited: bill.credited.checked_add(payable)?,
        version: bill.version.saturating_add(1),
        ..bill.clone()
    };
    let is_back = |item: &&Item| {
        taken.iter().any(|taken| taken.left.line.item == Some(item.id) && taken.goods.pieces != 0)
    };
    let back = known.items.iter().filter(is_back).map(|item| {
        let version = item.version.saturating_add(1);
        (item.clone(), Item { state: ItemState::InStock, version, ..item.clone() })
    });
    let back = back.collect();
    Ok(CreditNoteIssued { note, lines, invoice, before: bill.clone(), series, journal, movements, back })
}

fn row(note: BillNoteId, line: u16, taken: &Taken<'_>) -> BillNoteLine {
    let Taken { left: LineLeft { line: of, .. }, taxable, value, goods } = taken;
    BillNoteLine {
        note,
        line,
        invoice_line: of.line,
        item: of.item,
        lot: of.lot,
        description: of.description.clone(),
        metal: of.metal,
        hsn: of.hsn.clone(),
        fineness: of.fineness,
        pieces: goods.pieces,
        net: goods.net,
        fine: goods.fine,
        cost: goods.cost,
        metal_value: value.metal,
        wastage_value: value.wastage,
        making_value: value.making,
        stones_value: value.stones,
        other_value: value.other,
        discount: value.discount,
        bill_discount: value.bill_discount,
        taxable: *taxable,
        tax_rate: of.tax_rate,
        cgst: value.cgst,
        sgst: value.sgst,
        igst: value.igst,
    }
}

fn movements(taken: &[Taken<'_>], ids: &NoteIds, effective: Date) -> Vec<StockMovement> {
    let back = taken.iter().filter(|taken| !taken.goods.is_nothing());
    let movement = |(taken, id): (&Taken<'_>, &MovementId)| StockMovement {
        id: *id,
        entry: ids.entry,
        item: taken.left.line.item,
        lot: taken.left.line.lot,
        pieces: taken.goods.pieces,
        mass: taken.goods.net,
        fine: taken.goods.fine,
        cost: taken.goods.cost,
        effective,
    };
    back.zip(&ids.movements).map(movement).collect()
}

/// The mirror of the sale's entry, for what is credited of it.
fn journal(note: &BillNote, taken: &[Taken<'_>], chart: Chart<'_>) -> Result<Journal, NoteRefusal> {
    let currency = note.payable.currency();
    let sum = |part: fn(&Value) -> Money| {
        Money::try_sum(currency, taken.iter().map(|line| part(&line.value))).map(Money::minor)
    };
    let mut draft = JournalDraft::new(head(note)?)
        .credit(chart.receivable(note.party)?, note.payable.minor())
        .debit(chart.of(For::MetalSales)?, sum(|value| value.metal)?)
        .debit(chart.of(For::MetalSales)?, sum(|value| value.wastage)?)
        .debit(chart.of(For::Making)?, sum(|value| value.making)?)
        .debit(chart.of(For::Stones)?, sum(|value| value.stones)?)
        .debit(chart.of(For::OtherCharges)?, sum(|value| value.other)?)
        .credit(chart.of(For::Discounts)?, sum(|value| value.discount)?)
        .credit(chart.of(For::Discounts)?, sum(|value| value.bill_discount)?)
        .debit(chart.of(For::Cgst)?, note.cgst.minor())
        .debit(chart.of(For::Sgst)?, note.sgst.minor())
        .debit(chart.of(For::Igst)?, note.igst.minor())
        .debit(chart.of(For::RoundOff)?, note.round_off.minor());
    for taken in taken {
        let metal = taken.left.line.metal;
        draft = draft
            .credit(chart.of(For::CostOfGoods)?, taken.goods.cost.minor())
            .debit(chart.of(For::StockCost(metal))?, taken.goods.cost.minor())
            .credit(chart.of(For::Conversion(metal))?, taken.goods.fine.ng())
            .debit(chart.of(For::StockFine(metal))?, taken.goods.fine.ng());
    }
    Ok(draft.balance()?)
}

/// The journal entry's head of a note.
pub(super) fn head(note: &BillNote) -> Result<JournalEntry, NoteRefusal> {
    Ok(JournalEntry {
        id: note.entry,
        effective: note.business_date,
        recorded_at: note.issued_at,
        source_kind: Label::new(note.kind.code())?,
        source_id: Label::new(note.id.to_string())?,
        narration: Note::new(format!("{} against {}", note.number, note.invoice_number))?,
        reverses: None,
    })
}

impl Change for CreditNoteIssued {
    type By = crate::shop::actions::IssueCreditNote;

    fn subject(&self) -> Subject {
        Subject::new("credit_note", self.note.id)
    }

    fn record(self, draft: &mut Draft) {
        self.series.record(draft);
        self.journal.record(draft);
        draft.insert(self.note);
        for line in self.lines {
            draft.insert(line);
        }
        draft.update(&self.before, self.invoice);
        for (before, after) in self.back {
            draft.update(&before, after);
        }
        for movement in self.movements {
            draft.insert(movement);
        }
    }
}
