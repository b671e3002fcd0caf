//! One line: weights, purity, rate, and everything that its price is made of.

use super::figures::{amount, carats, grams, percent, price, purity, quoted, some};
use crate::money::{Currency, Money, MoneyError, Rounding};
use crate::shop::invoices::InvoiceLine;
use crate::shop::pricing::{Making, MakingMassBase, MakingMetalBase, Stone, Wastage};
use crate::shop::stock::StoneLine;

/// A line as it is printed. Amounts are in the bill's currency, without its sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedLine {
    /// Its place on the bill, from 1.
    pub number: String,
    /// What it is.
    pub description: String,
    /// Its HSN code.
    pub hsn: String,
    /// The piece's hallmark id.
    pub huid: Option<String>,
    /// Metal and purity.
    pub purity: String,
    /// What the scale showed.
    pub gross: String,
    /// What was not metal, stones mostly.
    pub less: String,
    /// Net weight.
    pub net: String,
    /// The rate, as it was quoted.
    pub rate: String,
    /// Value of the metal.
    pub metal: String,
    /// Wastage: how much was agreed, and its value; no value where it was agreed on the weight and is in the metal's.
    pub wastage: Option<PrintedCharge>,
    /// Making: what was agreed, and its value.
    pub making: Option<PrintedCharge>,
    /// The stones.
    pub stones: Vec<PrintedStone>,
    /// Other charges, hallmarking among them; before them what was charged at a booked rate.
    pub charges: Vec<PrintedCharge>,
    /// The line before discounts.
    pub value: String,
    /// All discounts: its own and its share of the bill's.
    pub discount: Option<String>,
    /// What tax is due on.
    pub taxable: String,
    /// The taxable value of this line and of all before it: what is carried forward where a page ends behind it.
    pub carried: String,
}

/// Something charged beside the metal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedCharge {
    /// What for.
    pub description: String,
    /// How much; nothing where another figure has it.
    pub amount: Option<String>,
}

/// Stones of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedStone {
    /// What they are.
    pub description: String,
    /// Carats, or how many.
    pub quantity: String,
    /// Their price.
    pub rate: String,
    /// Their value.
    pub value: String,
}

/// The lines in order, each with what is carried forward behind it.
pub(super) fn lines(of: &[InvoiceLine], currency: Currency) -> Result<Vec<PrintedLine>, MoneyError> {
    let mut carried = Money::zero(currency);
    let each = of.iter().map(|of| {
        carried = carried.checked_add(of.taxable)?;
        line(of, carried)
    });
    each.collect()
}

fn line(of: &InvoiceLine, carried: Money) -> Result<PrintedLine, MoneyError> {
    let charge = |charge: &crate::shop::stock::ChargeLine| PrintedCharge {
        description: charge.description.to_string(),
        amount: Some(amount(charge.amount)),
    };
    Ok(PrintedLine {
        number: of.line.to_string(),
        description: of.description.to_string(),
        hsn: of.hsn.as_str().to_owned(),
        huid: of.huid.as_ref().map(|huid| huid.as_str().to_owned()),
        purity: purity(of.metal, of.fineness),
        gross: grams(of.gross),
        less: grams(of.less),
        net: grams(of.net),
        rate: quoted(of.rate_amount, of.rate_per),
        metal: amount(of.metal_value),
        wastage: wastage(of),
        making: of.making.map(|making| PrintedCharge {
            description: agreed(making),
            amount: Some(amount(of.making_value)),
        }),
        stones: of.stones.iter().map(stone).collect::<Result<_, _>>()?,
        charges: booked(of).into_iter().chain(of.other_charges.iter().map(charge)).collect(),
        value: amount(of.gross_value),
        discount: some(of.gross_value.checked_sub(of.taxable)?),
        taxable: amount(of.taxable),
        carried: amount(carried),
    })
}

/// What of the weight was charged at a booking's rate. Its value is in the metal's.
fn booked(of: &InvoiceLine) -> Option<PrintedCharge> {
    let lock = of.lock?;
    let (mass, rate) = (grams(lock.mass), quoted(lock.rate_amount, lock.rate_per));
    Some(PrintedCharge {
        description: format!("Of it {mass} at {rate}, as booked (in the metal's value)"),
        amount: None,
    })
}

fn wastage(of: &InvoiceLine) -> Option<PrintedCharge> {
    Some(match of.wastage? {
        Wastage::OnMass(ratio) => PrintedCharge {
            description: format!(
                "Wastage {} of net, {} (in the metal's value)",
                percent(ratio),
                grams(of.wastage_mass)
            ),
            amount: None,
        },
        Wastage::OnValue(ratio) => PrintedCharge {
            description: format!("Wastage {} of metal", percent(ratio)),
            amount: Some(amount(of.wastage_value)),
        },
    })
}

/// What was agreed for making.
fn agreed(making: Making) -> String {
    match making {
        Making::PercentOfMetal { ratio, base } => {
            let of = match base {
                MakingMetalBase::WithoutWastage => "metal",
                MakingMetalBase::WithWastage => "metal and wastage",
            };
            format!("Making {} of {of}", percent(ratio))
        }
        Making::PerMass { amount, per, base } => {
            let of = match base {
                MakingMassBase::Net => "net",
                MakingMassBase::Chargeable => "net and wastage",
                MakingMassBase::Gross => "gross",
            };
            format!("Making {} of {of}", quoted(amount, per))
        }
        Making::PerPiece { amount, pieces: 1 } => format!("Making {} a piece", price(amount)),
        Making::PerPiece { amount, pieces } => format!("Making {} a piece × {pieces}", price(amount)),
        Making::Fixed { .. } => "Making".to_owned(),
    }
}

/// Carats, price and value, as pricing valued them.
fn stone(of: &StoneLine) -> Result<PrintedStone, MoneyError> {
    let (quantity, rate, value) = match of.stone {
        Stone::PerCarat { mass, per_carat } => {
            let value = per_carat.mul_div(mass.mct(), 1_000, Rounding::HalfAwayFromZero)?;
            (carats(mass), format!("{} / ct", price(per_carat)), value)
        }
        Stone::PerPiece { count, per_piece } => {
            let rate = format!("{} each", price(per_piece));
            (format!("{count} pcs"), rate, per_piece.checked_mul(i64::from(count))?)
        }
    };
    Ok(PrintedStone { description: of.description.to_string(), quantity, rate, value: amount(value) })
}
