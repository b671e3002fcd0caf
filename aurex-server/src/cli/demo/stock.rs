//! Stock: tagged pieces of many kinds, and lots of loose goods that are sold by weight and bought again.

use aurex_core::measure::{Fineness, Mass, Metal, Ratio, StoneMass};
use aurex_core::rbac::Role;
use aurex_core::service::shop::{record_item, record_lot};
use aurex_core::shop::identifiers::{Hsn, Huid};
use aurex_core::shop::pricing::{Making, MakingMassBase, MakingMetalBase, Stone};
use aurex_core::shop::stock::{ItemId, LotId, NewItem, NewLot, StoneLine};
use aurex_core::text::{Label, Name};

use super::rates::{RUPEE, inr};
use super::shop::Shop;
use crate::cli::Failure;

/// A kind of tagged piece: tag, name, metal, parts per million, lightest and heaviest in milligrams, HSN.
type PieceKind = (&'static str, &'static str, Metal, u32, i64, i64, &'static str);

/// HSN as in ITC(HS) 2022: 71131911 is gold jewellery without stones, 711319 any of gold or platinum, 711311 of
/// silver, 711419 other wares of gold.
const PIECES: [PieceKind; 10] = [
    ("CHN", "Rope chain 22K", Metal::Gold, 916_000, 6_000, 24_000, "71131911"),
    ("RNG", "Ladies' ring 22K", Metal::Gold, 916_000, 2_200, 6_500, "71131911"),
    ("BGL", "Bangle 22K", Metal::Gold, 916_000, 9_000, 22_000, "71131911"),
    ("EAR", "Jhumka pair 22K", Metal::Gold, 916_000, 4_000, 14_000, "71131911"),
    ("MGL", "Mangalsutra 22K", Metal::Gold, 916_000, 7_000, 26_000, "71131911"),
    ("DRG", "Diamond ring 18K", Metal::Gold, 750_000, 2_400, 5_200, "711319"),
    ("PND", "Ruby pendant 18K", Metal::Gold, 750_000, 1_900, 4_800, "711319"),
    ("CON", "Gold coin 24K", Metal::Gold, 999_000, 1_000, 10_000, "711419"),
    ("ANK", "Silver anklet pair", Metal::Silver, 925_000, 28_000, 90_000, "711311"),
    ("PTB", "Platinum band", Metal::Platinum, 950_000, 3_500, 7_500, "711319"),
];

/// A kind of loose goods: name, metal, parts per million, milligrams in a lot, least and most on a line, HSN.
pub(super) type LotKind = (&'static str, Metal, u32, i64, i64, i64, &'static str);

pub(super) const LOTS: [LotKind; 7] = [
    ("Chains by weight 22K", Metal::Gold, 916_000, 900_000, 2_000, 30_000, "71131911"),
    ("Plain bangles by weight 22K", Metal::Gold, 916_000, 800_000, 6_000, 40_000, "71131911"),
    ("Light jewellery 18K", Metal::Gold, 750_000, 400_000, 900, 9_000, "71131911"),
    ("Gold coins 24K", Metal::Gold, 999_000, 250_000, 500, 20_000, "711419"),
    ("Platinum chains", Metal::Platinum, 950_000, 200_000, 3_000, 25_000, "711319"),
    ("Silver jewellery", Metal::Silver, 925_000, 12_000_000, 1_000, 400_000, "711311"),
    ("Silver bars", Metal::Silver, 999_000, 20_000_000, 10_000, 1_000_000, "710692"),
];

/// A piece on the shelf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) id: ItemId,
    pub(super) metal: Metal,
    pub(super) fineness: Fineness,
    pub(super) net: i64,
    /// What its stones and its making come to beside the metal, in paise.
    pub(super) extras: i64,
}

/// The lot of a kind that is being sold from.
#[derive(Debug, Clone, Copy)]
pub(super) struct OpenLot {
    pub(super) id: LotId,
    pub(super) left: i64,
}

impl Shop<'_> {
    /// Records one more tagged piece.
    pub(super) async fn tag_a_piece(&mut self) -> Result<(), Failure> {
        let number = self.tagged;
        let kind = self.chance.pick(&PIECES);
        let (code, name, metal, ppm, lightest, heaviest, hsn) = kind;
        let fineness = Fineness::new(ppm)?;
        let gross = match code {
            "CON" => self.chance.pick(&[1_000, 2_000, 5_000, 10_000]),
            _ => self.chance.between(lightest / 10, heaviest / 10) * 10,
        };
        let stones = self.stones_of(code)?;
        let (less, stones_value) = weight_and_value(&stones);
        let net = gross - less;
        let metal_value = self.board.price(metal, fineness, net);
        let (making, making_value) = self.making_of(net, metal_value)?;
        let cost = metal_value * 96 / 100 + stones_value * 60 / 100;
        let new = NewItem {
            tag: Label::new(format!("{code}-{:04}", number + 1))?,
            description: Name::new(name)?,
            huid: if metal == Metal::Gold { Some(huid(number)?) } else { None },
            metal,
            fineness,
            gross: Mass::new(gross)?,
            less: Mass::new(less)?,
            stones,
            making: Some(making),
            hsn: Hsn::parse(hsn)?,
            cost: Some(inr(cost)?),
        };
        let id =
            record_item(&self.road, &self.staff.scope(Role::Manager, 0)?, None, new).await?.value.item.id;
        self.clock.pass(20);
        self.tagged += 1;
        self.shelf.push(Piece { id, metal, fineness, net, extras: making_value + stones_value });
        Ok(())
    }

    fn stones_of(&self, code: &str) -> Result<Vec<StoneLine>, Failure> {
        let line = |name, stone| Ok::<_, Failure>(StoneLine { description: Name::new(name)?, stone });
        Ok(match code {
            "DRG" => {
                let mass = StoneMass::new(self.chance.between(20, 160) * 5)?;
                let per_carat = inr(self.chance.between(420, 720) * 100 * RUPEE)?;
                vec![line("Diamonds, round brilliant", Stone::PerCarat { mass, per_carat })?]
            }
            "PND" => {
                let mass = StoneMass::new(self.chance.between(40, 240) * 5)?;
                let count = u32::try_from(self.chance.between(2, 8)).unwrap_or(2);
                vec![
                    line("Ruby", Stone::PerCarat { mass, per_carat: inr(6_500 * RUPEE)? })?,
                    line("Seed pearls", Stone::PerPiece { count, per_piece: inr(120 * RUPEE)? })?,
                ]
            }
            _ => Vec::new(),
        })
    }

    /// Every way of charging for making that there is, and about what it comes to.
    fn making_of(&self, net: i64, metal_value: i64) -> Result<(Making, i64), Failure> {
        let gram = Mass::new(1_000)?;
        Ok(match self.chance.between(0, 3) {
            0 => {
                let percent = self.chance.between(8, 18);
                let ratio = Ratio::from_ppm(i32::try_from(percent * 10_000)?);
                let base = MakingMetalBase::WithoutWastage;
                (Making::PercentOfMetal { ratio, base }, metal_value * percent / 100)
            }
            1 => {
                let amount = self.chance.between(45, 110) * 10 * RUPEE;
                let making = Making::PerMass { amount: inr(amount)?, per: gram, base: MakingMassBase::Net };
                (making, amount * net / 1_000)
            }
            2 => {
                let amount = self.chance.between(6, 40) * 100 * RUPEE;
                (Making::PerPiece { amount: inr(amount)?, pieces: 1 }, amount)
            }
            _ => {
                let amount = self.chance.between(8, 60) * 100 * RUPEE;
                (Making::Fixed { amount: inr(amount)? }, amount)
            }
        })
    }

    /// The lot of a kind with so much left, bought anew when it has not.
    pub(super) async fn lot_with(&mut self, kind: usize, mg: i64) -> Result<OpenLot, Failure> {
        if let Some(Some(lot)) = self.lots.get(kind)
            && lot.left >= mg
        {
            return Ok(*lot);
        }
        let (name, metal, ppm, mass, ..) = *LOTS.get(kind).ok_or("there is no such kind of lot")?;
        let fineness = Fineness::new(ppm)?;
        let cost = self.board.price(metal, fineness, mass) * 97 / 100;
        let new = NewLot {
            description: Name::new(name)?,
            metal,
            fineness,
            mass: Mass::new(mass)?,
            cost: Some(inr(cost)?),
        };
        let id = record_lot(&self.road, &self.staff.scope(Role::Manager, 0)?, None, new).await?.value.lot.id;
        self.clock.pass(60);
        let lot = OpenLot { id, left: mass };
        if let Some(place) = self.lots.get_mut(kind) {
            *place = Some(lot);
        }
        Ok(lot)
    }
}

/// What is not metal, in milligrams with a little for the setting, and what it sells for in paise.
fn weight_and_value(stones: &[StoneLine]) -> (i64, i64) {
    stones.iter().fold((0, 0), |(less, value), line| match line.stone {
        Stone::PerCarat { mass, per_carat } => {
            (less + mass.mct() / 5 + 20, value + per_carat.minor() * mass.mct() / 1_000)
        }
        Stone::PerPiece { count, per_piece } => {
            (less + i64::from(count) * 15, value + per_piece.minor() * i64::from(count))
        }
    })
}

/// A hallmark id of its own for each number: multiplied by a prime and counted in base 36.
pub(super) fn huid(number: usize) -> Result<Huid, Failure> {
    const ALL: u64 = 36_u64.pow(6);
    let mut rest = (u64::try_from(number)? + 1) * 1_000_003 % ALL;
    let mut text = String::new();
    for _ in 0..6 {
        text.extend(u32::try_from(rest % 36).ok().and_then(|digit| char::from_digit(digit, 36)));
        rest /= 36;
    }
    Ok(Huid::parse(&text)?)
}
