//! Forms that several rooms of the API answer with.

use aurex_core::measure::Rate;
use aurex_core::shop::pricing::{Making, MakingMassBase, MakingMetalBase, Stone, Wastage};
use aurex_core::shop::rates::RateId;
use aurex_core::shop::stock::{ChargeLine, StoneLine};
use poem_openapi::Object;

use crate::http::body::{List, choice, request, union};
use aurex_core::measure::{Mass, Ratio, StoneMass};
use aurex_core::money::Money as CoreMoney;
use aurex_core::text::Name;

/// An amount in whole minor units: `{"minor": 5184500, "currency": "INR"}` is ₹51,845.00.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
pub struct Money {
    /// Minor units, within ±(2^53 − 1).
    pub minor: i64,
    /// The ISO 4217 code.
    pub currency: String,
}

impl From<CoreMoney> for Money {
    fn from(money: CoreMoney) -> Self {
        Self { minor: money.minor(), currency: money.currency().code().to_owned() }
    }
}

/// A rate as it was applied.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
pub struct AppliedRate {
    /// The quoted amount.
    pub amount: Money,
    /// The quoted weight in milligrams.
    pub per_mg: i64,
    /// The fineness it was quoted for, in parts per million.
    pub fineness_ppm: u32,
    /// The posted rate; null for an overridden one.
    pub id: Option<String>,
}

impl AppliedRate {
    /// The wire's form.
    #[must_use]
    pub fn of(rate: &Rate, id: Option<RateId>) -> Self {
        Self {
            amount: rate.amount().into(),
            per_mg: rate.per().mg(),
            fineness_ppm: rate.fineness().ppm(),
            id: id.map(|id| id.to_string()),
        }
    }
}

choice! {
    /// Of which value a making charge by percentage is.
    pub enum MetalBase {
        /// The net weight at the rate.
        WithoutWastage = "metal_without_wastage",
        /// The same with wastage.
        WithWastage = "metal_with_wastage",
    }
}

choice! {
    /// Which weight a making charge by weight is for.
    pub enum MassBase {
        /// Gross less what is not metal.
        Net = "net",
        /// Net and wastage.
        Chargeable = "chargeable",
        /// What the scale shows.
        Gross = "gross",
    }
}

union! {
    /// A making charge.
    pub enum MakingBody by "kind" {
        /// A share of the metal's value.
        PercentOfMetal = "percent_of_metal" { ratio_ppm: Ratio, base: Option<MetalBase> },
        /// So much for a weight.
        PerMass = "per_mass" { amount: CoreMoney, per_mg: Mass, base: Option<MassBase> },
        /// So much a piece.
        PerPiece = "per_piece" { amount: CoreMoney, pieces: u32 },
        /// So much.
        Fixed = "fixed" { amount: CoreMoney },
    }
}

impl From<MakingBody> for Making {
    fn from(body: MakingBody) -> Self {
        match body {
            MakingBody::PercentOfMetal { ratio_ppm, base } => Self::PercentOfMetal {
                ratio: ratio_ppm,
                base: match base {
                    Some(MetalBase::WithWastage) => MakingMetalBase::WithWastage,
                    Some(MetalBase::WithoutWastage) | None => MakingMetalBase::WithoutWastage,
                },
            },
            MakingBody::PerMass { amount, per_mg, base } => Self::PerMass {
                amount,
                per: per_mg,
                base: match base {
                    Some(MassBase::Chargeable) => MakingMassBase::Chargeable,
                    Some(MassBase::Gross) => MakingMassBase::Gross,
                    Some(MassBase::Net) | None => MakingMassBase::Net,
                },
            },
            MakingBody::PerPiece { amount, pieces } => Self::PerPiece { amount, pieces },
            MakingBody::Fixed { amount } => Self::Fixed { amount },
        }
    }
}

union! {
    /// Wastage charged.
    pub enum WastageBody by "kind" {
        /// Added to the weight charged.
        OnMass = "on_mass" { ratio_ppm: Ratio },
        /// Added to the metal's value.
        OnValue = "on_value" { ratio_ppm: Ratio },
    }
}

impl From<WastageBody> for Wastage {
    fn from(body: WastageBody) -> Self {
        match body {
            WastageBody::OnMass { ratio_ppm } => Self::OnMass(ratio_ppm),
            WastageBody::OnValue { ratio_ppm } => Self::OnValue(ratio_ppm),
        }
    }
}

union! {
    /// Stones of one kind.
    pub enum StoneBody by presence {
        /// Priced by weight.
        Weighed = "mass_mct" { description: Name, mass_mct: StoneMass, per_carat: CoreMoney },
        /// Priced by the piece.
        Counted = "count" { description: Name, count: u32, per_piece: CoreMoney },
    }
}

impl From<StoneBody> for StoneLine {
    fn from(body: StoneBody) -> Self {
        match body {
            StoneBody::Weighed { description, mass_mct, per_carat } => {
                Self { description, stone: Stone::PerCarat { mass: mass_mct, per_carat } }
            }
            StoneBody::Counted { description, count, per_piece } => {
                Self { description, stone: Stone::PerPiece { count, per_piece } }
            }
        }
    }
}

/// The stones of a piece or line, as they are asked for.
pub type StonesBody = List<StoneBody, 0, 200>;

/// Turns the wire's stones into core's.
#[must_use]
pub fn stones(body: StonesBody) -> Vec<StoneLine> {
    body.into_vec().into_iter().map(StoneLine::from).collect()
}

request! {
    /// Another charge on a line.
    pub struct ChargeBody {
        /// What it is for.
        description: Name,
        /// How much.
        amount: CoreMoney,
    }
}

impl From<ChargeBody> for ChargeLine {
    fn from(body: ChargeBody) -> Self {
        Self { description: body.description, amount: body.amount }
    }
}

/// Stones of one kind, as they are shown: by weight with `mass_mct` and `per_carat`, by the piece with `count` and
/// `per_piece`.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct StoneView {
    /// What they are.
    pub description: String,
    /// Their weight in milli-carats.
    pub mass_mct: Option<i64>,
    /// The price of a carat.
    pub per_carat: Option<Money>,
    /// How many.
    pub count: Option<u32>,
    /// The price of one.
    pub per_piece: Option<Money>,
}

impl From<&StoneLine> for StoneView {
    fn from(line: &StoneLine) -> Self {
        let none = Self {
            description: line.description.to_string(),
            mass_mct: None,
            per_carat: None,
            count: None,
            per_piece: None,
        };
        match line.stone {
            Stone::PerCarat { mass, per_carat } => {
                Self { mass_mct: Some(mass.mct()), per_carat: Some(per_carat.into()), ..none }
            }
            Stone::PerPiece { count, per_piece } => {
                Self { count: Some(count), per_piece: Some(per_piece.into()), ..none }
            }
        }
    }
}

/// A making charge, as it is shown; which fields it has depends on `kind`, as in a request.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct MakingView {
    /// `percent_of_metal`, `per_mass`, `per_piece` or `fixed`.
    pub kind: String,
    /// The share, in parts per million.
    pub ratio_ppm: Option<i32>,
    /// The money.
    pub amount: Option<Money>,
    /// The weight it is for, in milligrams.
    pub per_mg: Option<i64>,
    /// How many pieces.
    pub pieces: Option<u32>,
    /// What it is charged on.
    pub base: Option<String>,
}

impl From<Making> for MakingView {
    fn from(making: Making) -> Self {
        let of = |kind: &str| Self {
            kind: kind.to_owned(),
            ratio_ppm: None,
            amount: None,
            per_mg: None,
            pieces: None,
            base: None,
        };
        match making {
            Making::PercentOfMetal { ratio, base } => Self {
                ratio_ppm: Some(ratio.ppm()),
                base: Some(base.code().to_owned()),
                ..of("percent_of_metal")
            },
            Making::PerMass { amount, per, base } => Self {
                amount: Some(amount.into()),
                per_mg: Some(per.mg()),
                base: Some(base.code().to_owned()),
                ..of("per_mass")
            },
            Making::PerPiece { amount, pieces } => {
                Self { amount: Some(amount.into()), pieces: Some(pieces), ..of("per_piece") }
            }
            Making::Fixed { amount } => Self { amount: Some(amount.into()), ..of("fixed") },
        }
    }
}

/// A charge, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
pub struct ChargeView {
    /// What it is for.
    pub description: String,
    /// How much.
    pub amount: Money,
}

impl From<&ChargeLine> for ChargeView {
    fn from(line: &ChargeLine) -> Self {
        Self { description: line.description.to_string(), amount: line.amount.into() }
    }
}
