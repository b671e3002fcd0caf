//! Bills as bytes and back, so that seeds are real bills and any bytes are some bill.
//!
//! Figures have fixed widths. A figure that its type refuses is taken modulo what the type holds, and never thrown
//! away: the fuzzer then finds the edges of the ranges, which is where pricing could go wrong.

use aurex_core::{
    measure::{Fineness, Mass, Rate, Ratio, StoneMass},
    money::{Currency, LARGEST_EXACT, Money},
    shop::pricing::{
        BillInput, Charge, LineInput, Making, MakingMassBase, MakingMetalBase, Stone, TaxTreatment, Wastage,
    },
};

use crate::bytes::Bytes;

/// The most lines that bytes become: enough for every way in which lines meet.
const MOST_LINES: u8 = 12;

/// Reads a bill and the target bargained for it; any bytes will do.
#[must_use]
pub fn read(data: &[u8]) -> (BillInput, Money) {
    let mut reader = Reader { bytes: Bytes(data), currency: Currency::INR };
    let head = reader.bytes.u8();
    if head & 0x80 != 0 {
        reader.currency = Currency::JPY;
    }
    let treatment = match head % 4 {
        0 | 3 => TaxTreatment::IntraState,
        1 => TaxTreatment::InterState,
        _ => TaxTreatment::Untaxed,
    };
    let target = reader.money();
    let discount = reader.option(Reader::money);
    let count = reader.bytes.u8() % (MOST_LINES + 1);
    let lines = (0..count).map(|_| reader.line()).collect();
    (BillInput { discount, ..BillInput::new(reader.currency, treatment, lines) }, target)
}

struct Reader<'d> {
    bytes: Bytes<'d>,
    currency: Currency,
}

impl Reader<'_> {
    fn bounded(&mut self) -> i64 {
        let figure = self.bytes.i64();
        if figure.unsigned_abs() <= LARGEST_EXACT.unsigned_abs() { figure } else { figure % LARGEST_EXACT }
    }

    fn positive(&mut self) -> i64 {
        match self.bounded() {
            0 => 1,
            figure => figure.abs(),
        }
    }

    fn option<T>(&mut self, read: impl Fn(&mut Self) -> T) -> Option<T> {
        (self.bytes.u8() & 1 == 1).then(|| read(self))
    }

    fn money(&mut self) -> Money {
        let minor = self.bounded();
        Money::new(minor, self.currency).unwrap_or(Money::zero(self.currency))
    }

    fn mass(&mut self) -> Mass {
        Mass::new(self.bounded()).unwrap_or(Mass::ZERO)
    }

    fn ratio(&mut self) -> Ratio {
        Ratio::from_ppm(self.bytes.i32())
    }

    fn fineness(&mut self) -> Fineness {
        let ppm = self.bytes.u32();
        Fineness::new(ppm).or_else(|_| Fineness::new(ppm % 1_000_000 + 1)).unwrap_or(Fineness::PURE)
    }

    fn line(&mut self) -> LineInput {
        let fineness = self.fineness();
        let amount = Money::new(self.positive(), self.currency).unwrap_or(Money::zero(self.currency));
        let per = Mass::new(self.positive()).unwrap_or(Mass::ZERO);
        let rate = Rate::new(amount, per, fineness)
            .unwrap_or_else(|error| unreachable!("both figures are positive and in range: {error}"));
        let (gross, tax_rate) = (self.mass(), self.ratio());
        let mut line = LineInput::new(gross, rate, tax_rate);
        line.less = self.mass();
        line.wastage = match self.bytes.u8() % 4 {
            1 => Some(Wastage::OnMass(self.ratio())),
            2 => Some(Wastage::OnValue(self.ratio())),
            _ => None,
        };
        line.making = self.making();
        line.stones = (0..self.bytes.u8() % 4).map(|_| self.stone()).collect();
        line.other_charges = (0..self.bytes.u8() % 4).map(|_| Charge { amount: self.money() }).collect();
        line.discount = self.option(Self::money);
        line
    }

    fn making(&mut self) -> Option<Making> {
        Some(match self.bytes.u8() % 8 {
            1 => Making::PercentOfMetal { ratio: self.ratio(), base: MakingMetalBase::WithoutWastage },
            2 => Making::PercentOfMetal { ratio: self.ratio(), base: MakingMetalBase::WithWastage },
            3 => Making::PerMass { amount: self.money(), per: self.mass(), base: MakingMassBase::Net },
            4 => Making::PerMass { amount: self.money(), per: self.mass(), base: MakingMassBase::Chargeable },
            5 => Making::PerMass { amount: self.money(), per: self.mass(), base: MakingMassBase::Gross },
            6 => Making::PerPiece { amount: self.money(), pieces: self.bytes.u32() },
            7 => Making::Fixed { amount: self.money() },
            _ => return None,
        })
    }

    fn stone(&mut self) -> Stone {
        if self.bytes.u8() & 1 == 0 {
            let mass = StoneMass::new(self.bounded()).unwrap_or(StoneMass::ZERO);
            Stone::PerCarat { mass, per_carat: self.money() }
        } else {
            Stone::PerPiece { count: self.bytes.u32(), per_piece: self.money() }
        }
    }
}

/// Writes a bill of at most twelve lines with at most three stones and three charges each, in rupees or yen, so that
/// [`read`] reads it back.
#[must_use]
pub fn write(bill: &BillInput, target: Money) -> Vec<u8> {
    let mut out = Vec::new();
    let treatment: u8 = match bill.treatment {
        TaxTreatment::IntraState => 0,
        TaxTreatment::InterState => 1,
        TaxTreatment::Untaxed => 2,
    };
    out.push(treatment | if bill.currency == Currency::JPY { 0x80 } else { 0 });
    put_i64(&mut out, target.minor());
    put_option(&mut out, bill.discount);
    out.push(u8::try_from(bill.lines.len()).unwrap_or(MOST_LINES));
    for line in &bill.lines {
        write_line(&mut out, line);
    }
    out
}

fn put_i64(out: &mut Vec<u8>, figure: i64) {
    out.extend_from_slice(&figure.to_be_bytes());
}

fn put_option(out: &mut Vec<u8>, money: Option<Money>) {
    out.push(u8::from(money.is_some()));
    if let Some(money) = money {
        put_i64(out, money.minor());
    }
}

fn write_line(out: &mut Vec<u8>, line: &LineInput) {
    out.extend_from_slice(&line.fineness.ppm().to_be_bytes());
    put_i64(out, line.rate.amount().minor());
    put_i64(out, line.rate.per().mg());
    put_i64(out, line.gross.mg());
    out.extend_from_slice(&line.tax_rate.ppm().to_be_bytes());
    put_i64(out, line.less.mg());
    match line.wastage {
        None => out.push(0),
        Some(Wastage::OnMass(ratio)) => {
            out.push(1);
            out.extend_from_slice(&ratio.ppm().to_be_bytes());
        }
        Some(Wastage::OnValue(ratio)) => {
            out.push(2);
            out.extend_from_slice(&ratio.ppm().to_be_bytes());
        }
    }
    match line.making {
        None => out.push(0),
        Some(Making::PercentOfMetal { ratio, base }) => {
            out.push(if base == MakingMetalBase::WithoutWastage { 1 } else { 2 });
            out.extend_from_slice(&ratio.ppm().to_be_bytes());
        }
        Some(Making::PerMass { amount, per, base }) => {
            out.push(match base {
                MakingMassBase::Net => 3,
                MakingMassBase::Chargeable => 4,
                MakingMassBase::Gross => 5,
            });
            put_i64(out, amount.minor());
            put_i64(out, per.mg());
        }
        Some(Making::PerPiece { amount, pieces }) => {
            out.push(6);
            put_i64(out, amount.minor());
            out.extend_from_slice(&pieces.to_be_bytes());
        }
        Some(Making::Fixed { amount }) => {
            out.push(7);
            put_i64(out, amount.minor());
        }
    }
    out.push(u8::try_from(line.stones.len()).unwrap_or(0));
    for stone in &line.stones {
        match stone {
            Stone::PerCarat { mass, per_carat } => {
                out.push(0);
                put_i64(out, mass.mct());
                put_i64(out, per_carat.minor());
            }
            Stone::PerPiece { count, per_piece } => {
                out.push(1);
                out.extend_from_slice(&count.to_be_bytes());
                put_i64(out, per_piece.minor());
            }
        }
    }
    out.push(u8::try_from(line.other_charges.len()).unwrap_or(0));
    for charge in &line.other_charges {
        put_i64(out, charge.amount.minor());
    }
    put_option(out, line.discount);
}
