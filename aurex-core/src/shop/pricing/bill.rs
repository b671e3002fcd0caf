//! What the policy needs to know of a bill.

use crate::{
    measure::{Fineness, Mass, Rate, Ratio, StoneMass},
    money::{Currency, Money},
};

/// A bill to be priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillInput {
    /// The currency of every amount on the bill.
    pub currency: Currency,
    /// Which taxes apply, as the place of supply decides.
    pub treatment: TaxTreatment,
    /// The discount on the whole bill, if any; spread over the lines.
    pub discount: Option<Money>,
    /// The lines, at least one and at most [`MOST_LINES`](super::MOST_LINES).
    pub lines: Vec<LineInput>,
}

impl BillInput {
    /// A bill without a discount of its own.
    #[must_use]
    pub const fn new(currency: Currency, treatment: TaxTreatment, lines: Vec<LineInput>) -> Self {
        Self { currency, treatment, discount: None, lines }
    }
}

/// Which heads of tax apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TaxTreatment {
    /// Within the state: central and state tax, half of the rate each.
    IntraState,
    /// Between states: integrated tax, the whole rate.
    InterState,
    /// No tax is charged: a bill of supply, by an unregistered or composition shop.
    Untaxed,
}

/// One line of a bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineInput {
    /// The fineness of the metal; the rate must be quoted or derived for it.
    pub fineness: Fineness,
    /// What the scale shows.
    pub gross: Mass,
    /// What is not metal: stones, thread, lac.
    pub less: Mass,
    /// The rate at the line's fineness.
    pub rate: Rate,
    /// A rate that was locked before, for some of the weight.
    pub lock: Option<Lock>,
    /// The wastage charged, on weight or on value.
    pub wastage: Option<Wastage>,
    /// The making charge.
    pub making: Option<Making>,
    /// The stones, priced apart.
    pub stones: Vec<Stone>,
    /// Everything else charged on the line, such as hallmarking; part of the line's taxable value.
    pub other_charges: Vec<Charge>,
    /// The discount on this line.
    pub discount: Option<Money>,
    /// The rate of the line's tax class: the whole GST, 3 % being 30 000 ppm.
    pub tax_rate: Ratio,
}

impl LineInput {
    /// Plain metal: nothing but a weight at a rate, of the rate's fineness.
    #[must_use]
    pub const fn new(gross: Mass, rate: Rate, tax_rate: Ratio) -> Self {
        Self {
            fineness: rate.fineness(),
            gross,
            less: Mass::ZERO,
            rate,
            lock: None,
            wastage: None,
            making: None,
            stones: Vec::new(),
            other_charges: Vec::new(),
            discount: None,
            tax_rate,
        }
    }
}

/// A rate locked for some weight. What is charged beyond it takes the line's rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lock {
    /// The rate, at the line's fineness.
    pub rate: Rate,
    /// The greatest weight charged at it.
    pub most: Mass,
}

/// Wastage: the metal lost in making that the customer is charged for. It is price, never metal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wastage {
    /// A share of the net weight is added to the weight charged.
    OnMass(Ratio),
    /// A share of the metal's value is added to the value.
    OnValue(Ratio),
}

/// The making charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Making {
    /// A share of the metal's value.
    PercentOfMetal {
        /// The share.
        ratio: Ratio,
        /// Of which value.
        base: MakingMetalBase,
    },
    /// So much for a weight.
    PerMass {
        /// The money.
        amount: Money,
        /// The weight it is for.
        per: Mass,
        /// Which weight is charged.
        base: MakingMassBase,
    },
    /// So much for each piece.
    PerPiece {
        /// For one.
        amount: Money,
        /// How many.
        pieces: u32,
    },
    /// So much.
    Fixed {
        /// The money.
        amount: Money,
    },
}

/// The weight that a making charge by weight is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MakingMassBase {
    /// Gross less what is not metal.
    #[default]
    Net,
    /// Net and wastage.
    Chargeable,
    /// What the scale shows.
    Gross,
}

impl MakingMassBase {
    /// The code on the wire: `net`, `chargeable`, `gross`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Net => "net",
            Self::Chargeable => "chargeable",
            Self::Gross => "gross",
        }
    }

    /// The base of a code, if it names one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Net, Self::Chargeable, Self::Gross].into_iter().find(|base| base.code() == code)
    }
}

/// The value that a making charge by percentage is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum MakingMetalBase {
    /// The net weight at the rate.
    #[default]
    WithoutWastage,
    /// The same with wastage, whichever way it is charged.
    WithWastage,
}

impl MakingMetalBase {
    /// The code on the wire: `metal_without_wastage`, `metal_with_wastage`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WithoutWastage => "metal_without_wastage",
            Self::WithWastage => "metal_with_wastage",
        }
    }

    /// The base of a code, if it names one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::WithoutWastage, Self::WithWastage].into_iter().find(|base| base.code() == code)
    }
}

/// Stones of one kind on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stone {
    /// Priced by weight.
    PerCarat {
        /// The weight of the stones; it must be part of the line's less.
        mass: StoneMass,
        /// For one carat, 1 000 mct.
        per_carat: Money,
    },
    /// Priced by the piece.
    PerPiece {
        /// How many.
        count: u32,
        /// For one.
        per_piece: Money,
    },
}

/// Another charge on a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charge {
    /// The money.
    pub amount: Money,
}
