//! Bills: what somebody with so much to spend takes from shelf and lots.

use aurex_core::measure::{Fineness, Mass, Ratio};
use aurex_core::money::Money;
use aurex_core::rbac::Role;
use aurex_core::service::shop::issue_invoice;
use aurex_core::shop::identifiers::Hsn;
use aurex_core::shop::invoices::{Invoice, NewBill, NewLine};
use aurex_core::shop::pricing::{Making, MakingMassBase, MakingMetalBase, Wastage};
use aurex_core::shop::stock::{ChargeLine, LotId};
use aurex_core::text::Name;

use super::customers::Customer;
use super::rates::{RUPEE, inr};
use super::shop::Shop;
use super::stock::{LOTS, Piece};
use crate::cli::Failure;

/// What a bill took, for when it is cancelled.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pieces: Vec<Piece>,
    /// The kind of lot, which lot, and the milligrams.
    lots: Vec<(usize, LotId, i64)>,
}

/// The least that anybody comes for, in paise.
const LEAST: i64 = 2_500 * RUPEE;

impl Shop<'_> {
    /// Somebody comes, chooses and is billed.
    pub(super) async fn sell(&mut self, number: usize) -> Result<(Invoice, Taken), Failure> {
        let place = self.chance.place(self.customers.len());
        let customer = *self.customers.get(place).ok_or("nobody comes to the shop")?;
        let budget = self.budget(customer);
        let (mut lines, mut taken) = (Vec::new(), Taken::default());
        let wanted = self.chance.pick(&[1, 1, 1, 2, 2, 3]);
        let (mut left, mut metal) = (budget, 0);
        if self.chance.one_in(4)
            && let Some(piece) = self.take_piece(left)
        {
            left -= self.worth(&piece);
            metal += self.board.price(piece.metal, piece.fineness, piece.net);
            lines.push(NewLine { item: Some(piece.id), ..NewLine::default() });
            taken.pieces.push(piece);
        }
        while lines.is_empty() || (lines.len() < wanted && left >= LEAST) {
            let share = left / i64::try_from(wanted.saturating_sub(lines.len()).max(1))?;
            let (line, of_metal) = self.line_from_a_lot(share, &mut taken).await?;
            left -= share;
            metal += of_metal;
            lines.push(line);
        }
        let bill = NewBill {
            target: None,
            party: customer.id,
            place_of_supply: None,
            date: None,
            discount: self.discount(metal)?,
            lines,
        };
        let till = self.staff.scope(Role::Cashier, number)?;
        let issued = issue_invoice(&self.road, &till, None, &bill).await?.value;
        Ok((issued.invoice, taken))
    }

    /// More people spend little than much.
    fn budget(&self, customer: Customer) -> i64 {
        let share = self.chance.between(0, 1_000);
        LEAST + (customer.most - LEAST) * share * share / 1_000_000
    }

    /// On one bill in seven about a hundredth of the metal's value, in whole hundreds: a cashier may give five times
    /// that.
    fn discount(&self, metal: i64) -> Result<Option<Money>, Failure> {
        let hundreds = metal / 100 / (100 * RUPEE);
        if hundreds == 0 || !self.chance.one_in(7) {
            Ok(None)
        } else {
            Ok(Some(inr(hundreds * 100 * RUPEE)?))
        }
    }

    /// About what a piece is billed at, tax included, at the most.
    fn worth(&self, piece: &Piece) -> i64 {
        (self.board.price(piece.metal, piece.fineness, piece.net) + piece.extras) * 112 / 100
    }

    /// A piece within the budget, as long as the shelf does not look empty.
    fn take_piece(&mut self, budget: i64) -> Option<Piece> {
        if self.shelf.len() <= self.keep_on_shelf {
            return None;
        }
        let start = self.chance.place(self.shelf.len());
        let places = (start..self.shelf.len()).chain(0..start);
        let affordable =
            |place: &usize| self.shelf.get(*place).is_some_and(|piece| self.worth(piece) <= budget);
        let place = places.into_iter().find(affordable)?;
        Some(self.shelf.remove(place))
    }

    /// A line of loose goods for about `share`, and the value of its metal.
    async fn line_from_a_lot(&mut self, share: i64, taken: &mut Taken) -> Result<(NewLine, i64), Failure> {
        // A quarter of what is paid is wastage, making and tax, at the most.
        let for_metal = share * 100 / 126;
        let mut kinds = Vec::new();
        for (kind, (_, metal, ppm, _, least, most, _)) in LOTS.iter().enumerate() {
            let mg = self.board.mass_for(*metal, Fineness::new(*ppm)?, for_metal);
            if mg >= *least {
                kinds.push((kind, mg.min(*most) / 10 * 10));
            }
        }
        // Silver is there for every purse; gold is what most come for.
        let place = if self.chance.one_in(2) { 0 } else { self.chance.place(kinds.len()) };
        let (kind, mg) = *kinds.get(place).ok_or("nothing is that cheap")?;
        let (_, metal, ppm, ..) = *LOTS.get(kind).ok_or("there is no such kind of lot")?;
        let (line, lot) = self.line_of(kind, mg).await?;
        taken.lots.push((kind, lot, mg));
        let of_metal = self.board.price(metal, Fineness::new(ppm)?, mg);
        Ok((line, of_metal))
    }

    /// A line of so many milligrams of loose goods, and the lot that they are from.
    pub(super) async fn line_of(&mut self, kind: usize, mg: i64) -> Result<(NewLine, LotId), Failure> {
        let (.., hsn) = *LOTS.get(kind).ok_or("there is no such kind of lot")?;
        let lot = self.lot_with(kind, mg).await?;
        self.give(kind, lot.id, -mg);
        let (making, wastage, charges) = self.terms(kind)?;
        let line = NewLine {
            lot: Some(lot.id),
            gross: Some(Mass::new(mg)?),
            hsn: Some(Hsn::parse(hsn)?),
            making,
            wastage,
            other_charges: charges,
            ..NewLine::default()
        };
        Ok((line, lot.id))
    }

    /// Making, wastage and other charges, as each kind of goods is sold.
    #[expect(clippy::type_complexity, reason = "three fields of the line, named where they are put")]
    fn terms(&self, kind: usize) -> Result<(Option<Making>, Option<Wastage>, Vec<ChargeLine>), Failure> {
        let percent =
            |percent: i64| -> Result<_, Failure> { Ok(Ratio::from_ppm(i32::try_from(percent * 10_000)?)) };
        let of_metal = |of: i64| -> Result<_, Failure> {
            Ok(Making::PercentOfMetal { ratio: percent(of)?, base: MakingMetalBase::WithWastage })
        };
        let hallmark = ChargeLine { description: Name::new("Hallmarking")?, amount: inr(45 * RUPEE)? };
        Ok(match kind {
            0 => (
                Some(of_metal(self.chance.between(6, 11))?),
                Some(Wastage::OnMass(percent(3)?)),
                vec![hallmark],
            ),
            1 => (
                Some(of_metal(self.chance.between(8, 13))?),
                Some(Wastage::OnValue(percent(2)?)),
                vec![hallmark],
            ),
            2 | 4 => {
                let amount = inr(self.chance.between(30, 52) * 10 * RUPEE)?;
                let making = Making::PerMass { amount, per: Mass::new(1_000)?, base: MakingMassBase::Net };
                (Some(making), None, vec![hallmark])
            }
            3 => (Some(Making::Fixed { amount: inr(150 * RUPEE)? }), None, Vec::new()),
            5 => (Some(of_metal(12)?), None, Vec::new()),
            _ => (None, None, Vec::new()),
        })
    }

    /// Goods come back from a bill that was cancelled.
    pub(super) fn put_back(&mut self, taken: Taken) {
        self.shelf.extend(taken.pieces);
        for (kind, lot, mg) in taken.lots {
            self.give(kind, lot, mg);
        }
    }

    /// Changes what is left of a lot, if it is the one being sold from.
    fn give(&mut self, kind: usize, lot: LotId, mg: i64) {
        if let Some(Some(open)) = self.lots.get_mut(kind)
            && open.id == lot
        {
            open.left += mg;
        }
    }
}
