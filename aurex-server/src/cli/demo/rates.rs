//! The rate board: levels that drift from day to day as metals do, and what is quoted from them.

use aurex_core::measure::{Fineness, Mass, Metal, RateBasis, RateKind};
use aurex_core::money::{Currency, Money};
use aurex_core::rbac::Role;
use aurex_core::service::Road;
use aurex_core::service::shop::post_rate;
use aurex_core::shop::rates::NewRate;

use super::chance::Chance;
use super::people::Staff;
use crate::cli::Failure;

/// A metal's price: paise for `per` milligrams of it pure, on its way through the year.
#[derive(Debug, Clone)]
struct Level {
    metal: Metal,
    per: i64,
    now: i64,
    /// Where it will be when the year is over.
    end: i64,
    /// Yesterday's move, in parts per million: tomorrow's remembers it.
    momentum: i64,
}

/// What the shop quotes for.
const QUOTED: [(Metal, u32); 6] = [
    (Metal::Gold, 999_000),
    (Metal::Gold, 916_000),
    (Metal::Gold, 750_000),
    (Metal::Silver, 999_000),
    (Metal::Silver, 925_000),
    (Metal::Platinum, 950_000),
];

/// A price on the board: paise for `per` milligrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quote {
    metal: Metal,
    fineness: Fineness,
    per: i64,
    sell: i64,
}

/// The board of one day.
#[derive(Debug, Clone)]
pub(super) struct Board {
    levels: Vec<Level>,
    quotes: Vec<Quote>,
}

/// In the units the books count in.
pub(super) const RUPEE: i64 = 100;

/// So many paise as money.
pub(super) fn inr(paise: i64) -> Result<Money, Failure> {
    Ok(Money::new(paise, Currency::INR)?)
}

impl Board {
    /// Before the first day. Gold and platinum are quoted for a gram, silver for a kilogram.
    pub(super) fn new() -> Self {
        let level = |metal, per, now, end| Level { metal, per, now, end, momentum: 0 };
        Self {
            levels: vec![
                level(Metal::Gold, 1_000, 12_380 * RUPEE, 13_970 * RUPEE),
                level(Metal::Silver, 1_000_000, 148_500 * RUPEE, 171_000 * RUPEE),
                level(Metal::Platinum, 1_000, 4_460 * RUPEE, 5_120 * RUPEE),
            ],
            quotes: Vec::new(),
        }
    }

    /// The next day's board; `left` days of the year remain.
    pub(super) fn next_day(&mut self, chance: &Chance, left: i64) -> Result<(), Failure> {
        for level in &mut self.levels {
            let noise = chance.between(-9_000, 9_000);
            level.momentum = (level.momentum * 2 + noise) / 3;
            // Pulled home more strongly as the year ends, so that it arrives near where it is expected.
            let pull = (level.end - level.now) / left.max(12);
            level.now += pull + level.now * level.momentum / 1_000_000;
        }
        self.quotes.clear();
        for (metal, ppm) in QUOTED {
            let Some(level) = self.levels.iter().find(|level| level.metal == metal) else { continue };
            let fine = level.now * i64::from(ppm) / 1_000_000;
            // Boards are in whole rupees.
            let sell = (fine + 50) / RUPEE * RUPEE;
            self.quotes.push(Quote { metal, fineness: Fineness::new(ppm)?, per: level.per, sell });
        }
        Ok(())
    }

    /// What so many milligrams cost at the day's selling rate, in paise, give or take one.
    pub(super) fn price(&self, metal: Metal, fineness: Fineness, mg: i64) -> i64 {
        let quote = self.quotes.iter().find(|quote| (quote.metal, quote.fineness) == (metal, fineness));
        quote.map_or(0, |quote| quote.sell * mg / quote.per)
    }

    /// How many milligrams so many paise buy; nothing of what is not quoted.
    pub(super) fn mass_for(&self, metal: Metal, fineness: Fineness, paise: i64) -> i64 {
        let quote = self.quotes.iter().find(|quote| (quote.metal, quote.fineness) == (metal, fineness));
        quote.map_or(0, |quote| paise * quote.per / quote.sell.max(1))
    }

    /// Posts the board, selling before buying so that the two never cross.
    pub(super) async fn post(&self, road: &Road, staff: &Staff<'_>) -> Result<(), Failure> {
        for quote in &self.quotes {
            let buy = quote.sell * 97 / 10_000 * 100;
            for (kind, amount) in [(RateKind::Sell, quote.sell), (RateKind::Buy, buy)] {
                let new =
                    NewRate::by_hand(quote.metal, quote.fineness, kind, inr(amount)?, Mass::new(quote.per)?);
                post_rate(road, &staff.scope(Role::Manager, 0)?, None, new).await?;
            }
        }
        // What old gold is taken for against a bill: of the finest, and by it of whatever the test finds.
        let finest = self.quotes.iter().find(|quote| quote.metal == Metal::Gold);
        if let Some(Quote { metal, fineness, per, sell }) = finest.copied() {
            let amount = inr(sell * 98 / 10_000 * 100)?;
            let by_hand = NewRate::by_hand(metal, fineness, RateKind::Exchange, amount, Mass::new(per)?);
            let new = NewRate { basis: RateBasis::Millesimal, multiple: Some(inr(RUPEE)?), ..by_hand };
            post_rate(road, &staff.scope(Role::Manager, 0)?, None, new).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_years_prices_stay_plausible_and_move_little_from_day_to_day() {
        let (mut board, chance) = (Board::new(), Chance::new(1));
        let gold = Fineness::new(916_000).unwrap();
        board.next_day(&chance, 365).unwrap();
        let mut before = board.price(Metal::Gold, gold, 1_000);
        for left in (0..364).rev() {
            board.next_day(&chance, left).unwrap();
            let now = board.price(Metal::Gold, gold, 1_000);
            assert!((9_000 * RUPEE..17_000 * RUPEE).contains(&now), "{now}");
            assert!((now - before).abs() * 100 <= before * 3, "{before} to {now} in a day");
            before = now;
        }
        assert!((12_000 * RUPEE..13_600 * RUPEE).contains(&before), "{before}");
    }
}
