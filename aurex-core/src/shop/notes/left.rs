//! What is left of a bill that was not credited yet, and shares of it.
//!
//! INVARIANT: every part of every line stays between nothing and what the bill has. A share of what is left is never more
//! than it, whatever was rounded before; whoever takes all the value of a line takes all its parts. So the notes of a
//! bill sum to it, line by line and tax by tax, once nothing is left.

use super::ask::NoteRefusal;
use super::rows::{BillNoteLine, NoteWithLines};
use crate::measure::{FineMass, Mass};
use crate::money::{Money, MoneyError, Rounding};
use crate::shop::invoices::{Bill, InvoiceLine};
use crate::shop::stock::StockMovement;

const ROUNDING: Rounding = Rounding::HalfAwayFromZero;

/// The money of a line, part by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) metal: Money,
    pub(super) wastage: Money,
    pub(super) making: Money,
    pub(super) stones: Money,
    pub(super) other: Money,
    pub(super) discount: Money,
    pub(super) bill_discount: Money,
    pub(super) cgst: Money,
    pub(super) sgst: Money,
    pub(super) igst: Money,
}

impl Value {
    fn of_bill(line: &InvoiceLine) -> Self {
        Self {
            metal: line.metal_value,
            wastage: line.wastage_value,
            making: line.making_value,
            stones: line.stones_value,
            other: line.other_value,
            discount: line.discount,
            bill_discount: line.bill_discount,
            cgst: line.cgst,
            sgst: line.sgst,
            igst: line.igst,
        }
    }

    fn of_note(line: &BillNoteLine) -> Self {
        Self {
            metal: line.metal_value,
            wastage: line.wastage_value,
            making: line.making_value,
            stones: line.stones_value,
            other: line.other_value,
            discount: line.discount,
            bill_discount: line.bill_discount,
            cgst: line.cgst,
            sgst: line.sgst,
            igst: line.igst,
        }
    }

    fn less(self, taken: Self) -> Result<Self, MoneyError> {
        Ok(Self {
            metal: self.metal.checked_sub(taken.metal)?,
            wastage: self.wastage.checked_sub(taken.wastage)?,
            making: self.making.checked_sub(taken.making)?,
            stones: self.stones.checked_sub(taken.stones)?,
            other: self.other.checked_sub(taken.other)?,
            discount: self.discount.checked_sub(taken.discount)?,
            bill_discount: self.bill_discount.checked_sub(taken.bill_discount)?,
            cgst: self.cgst.checked_sub(taken.cgst)?,
            sgst: self.sgst.checked_sub(taken.sgst)?,
            igst: self.igst.checked_sub(taken.igst)?,
        })
    }

    fn with_taxes(self, tax: impl Fn(Money) -> Result<Money, MoneyError>) -> Result<Self, MoneyError> {
        Ok(Self { cgst: tax(self.cgst)?, sgst: tax(self.sgst)?, igst: tax(self.igst)?, ..self })
    }

    /// The charges less the discounts.
    pub(super) fn taxable(self) -> Result<Money, MoneyError> {
        let charges = [self.metal, self.wastage, self.making, self.stones, self.other];
        let charges = Money::try_sum(self.metal.currency(), charges)?;
        charges.checked_sub(self.discount)?.checked_sub(self.bill_discount)
    }

    /// Whether no part of it is left.
    pub(super) fn is_nothing(self) -> bool {
        let charges = [self.metal, self.wastage, self.making, self.stones, self.other];
        let rest = [self.discount, self.bill_discount, self.cgst, self.sgst, self.igst];
        charges.into_iter().chain(rest).all(Money::is_zero)
    }

    /// The share of it that has this taxable value, which is not more than its own.
    ///
    /// The discounts first, rounded once, then each group of parts by largest remainder: a part is never more than what
    /// is left of it, because its exact share is not.
    pub(super) fn share(self, taxable: Money, with_tax: bool) -> Result<Self, NoteRefusal> {
        let no_tax = |left: Money| Ok(Money::zero(left.currency()));
        let whole = self.taxable()?;
        if taxable == whole {
            return Ok(if with_tax { self } else { self.with_taxes(no_tax)? });
        }
        let (n, d) = (taxable.minor(), whole.minor());
        let discounts = self.discount.checked_add(self.bill_discount)?;
        let discounted = discounts.mul_div(n, d, ROUNDING)?;
        let spread = |total: Money, over: &[Money]| {
            let weights: Vec<i64> = over.iter().map(|part| part.minor()).collect();
            total.allocate(&weights)
        };
        let charges = [self.metal, self.wastage, self.making, self.stones, self.other];
        let charges = spread(taxable.checked_add(discounted)?, &charges)?;
        let discounts = spread(discounted, &[self.discount, self.bill_discount])?;
        let (Ok([metal, wastage, making, stones, other]), Ok([discount, bill_discount])) =
            (<[Money; 5]>::try_from(charges), <[Money; 2]>::try_from(discounts))
        else {
            return Err(NoteRefusal::OutOfRange);
        };
        let share = Self { metal, wastage, making, stones, other, discount, bill_discount, ..self };
        Ok(if with_tax {
            share.with_taxes(|left| left.mul_div(n, d, ROUNDING))?
        } else {
            share.with_taxes(no_tax)?
        })
    }
}

/// The goods of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GoodsLeft {
    pub(super) pieces: i64,
    pub(super) net: Mass,
    pub(super) fine: FineMass,
    pub(super) cost: Money,
}

impl GoodsLeft {
    pub(super) const fn none(cost: Money) -> Self {
        Self { pieces: 0, net: Mass::ZERO, fine: FineMass::ZERO, cost: Money::zero(cost.currency()) }
    }

    pub(super) const fn is_nothing(self) -> bool {
        self.pieces == 0 && self.net.is_zero()
    }

    /// So much of loose metal, at its share of the cost; all of it takes all the cost.
    pub(super) fn part(self, net: Mass) -> Result<Self, NoteRefusal> {
        if net == self.net {
            return Ok(self);
        }
        let (n, d) = (net.mg(), self.net.mg());
        // Fine weight is weight times fineness and divides without a rest.
        let fine = crate::money::mul_div(self.fine.ng(), n, d, ROUNDING);
        let fine = FineMass::new(fine.map_err(|_| NoteRefusal::OutOfRange)?)?;
        Ok(Self { pieces: 0, net, fine, cost: self.cost.mul_div(n, d, ROUNDING)? })
    }
}

/// What is left of one line.
#[derive(Debug, Clone, Copy)]
pub(super) struct LineLeft<'a> {
    pub(super) line: &'a InvoiceLine,
    pub(super) value: Value,
    pub(super) goods: GoodsLeft,
}

/// What is left of a bill.
#[derive(Debug, Clone)]
pub(super) struct Left<'a> {
    pub(super) lines: Vec<LineLeft<'a>>,
    pub(super) total: Money,
    pub(super) payable: Money,
}

/// What the notes that stand have left of a bill, whose goods left the stock with `movements`.
pub(super) fn left_of<'a>(
    bill: &'a Bill,
    movements: &[StockMovement],
    notes: &[NoteWithLines],
) -> Result<Left<'a>, NoteRefusal> {
    let standing: Vec<&NoteWithLines> = notes.iter().filter(|note| note.credits()).collect();
    let (mut total, mut payable) = (bill.invoice.total, bill.invoice.payable);
    for note in &standing {
        total = total.checked_sub(note.note.total)?;
        payable = payable.checked_sub(note.note.payable)?;
    }
    let mut unused: Vec<&StockMovement> = movements.iter().collect();
    let mut lines = Vec::with_capacity(bill.lines.len());
    for line in &bill.lines {
        let of_line = standing.iter().flat_map(|note| {
            let mine = note.lines.iter().filter(|taken| taken.invoice_line == line.line);
            mine.map(|taken| (taken, note.note.tax_effect))
        });
        let mut value = Value::of_bill(line);
        let mut goods = sold(line, &mut unused)?;
        let mut untaxed = Money::zero(line.taxable.currency());
        for (taken, tax_effect) in of_line {
            value = value.less(Value::of_note(taken))?;
            goods = GoodsLeft {
                pieces: goods.pieces.saturating_sub(taken.pieces),
                net: goods.net.checked_sub(taken.net)?,
                fine: goods.fine.checked_sub(taken.fine)?,
                cost: goods.cost.checked_sub(taken.cost)?,
            };
            if !tax_effect {
                untaxed = untaxed.checked_add(taken.taxable)?;
            }
        }
        lines.push(LineLeft { line, value: creditable(value, untaxed)?, goods });
    }
    Ok(Left { lines, total, payable })
}

/// The tax of value that was credited without tax stays due: it is not credited with the rest.
fn creditable(value: Value, untaxed: Money) -> Result<Value, MoneyError> {
    if untaxed.is_zero() {
        return Ok(value);
    }
    let rest = value.taxable()?;
    let both = rest.checked_add(untaxed)?;
    value.with_taxes(|tax| tax.mul_div(rest.minor(), both.minor(), ROUNDING))
}

/// What left the stock with a line. Two lines alike, of one lot, find their movements in the order of both.
fn sold(line: &InvoiceLine, unused: &mut Vec<&StockMovement>) -> Result<GoodsLeft, NoteRefusal> {
    let (net, fine) = (line.net.checked_neg()?, line.fine.checked_neg()?);
    let is_its = |movement: &&StockMovement| {
        movement.item == line.item
            && movement.lot == line.lot
            && movement.mass == net
            && movement.fine == fine
    };
    let Some(place) = unused.iter().position(is_its) else {
        return Err(NoteRefusal::Books { why: "a line of the bill has no movement".to_owned() });
    };
    let movement = unused.remove(place);
    Ok(GoodsLeft {
        pieces: movement.pieces.saturating_neg(),
        net: line.net,
        fine: line.fine,
        cost: movement.cost.checked_neg()?,
    })
}
