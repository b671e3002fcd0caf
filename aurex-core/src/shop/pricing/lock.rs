//! Step 3 with two rates: the first milligrams at a locked rate, the rest at the line's.
//!
//! Each part is rounded once, by itself, because each stands on the bill with its own value. A lock that covers the whole
//! line prices it as a line of the locked rate would be priced, one that covers nothing as if there were none.

use super::{
    Field, LineInput, LockedPart, Problem,
    checks::{BlameField, InField},
    goods::{ROUNDING, net},
};
use crate::{
    measure::Mass,
    money::{Currency, Money},
};

/// The weight that the metal is charged for: net, and what wastage on weight adds.
pub(super) fn chargeable(line: &LineInput) -> InField<(Mass, Mass, Mass)> {
    let net = net(line)?;
    let wastage = match line.wastage {
        Some(super::Wastage::OnMass(ratio)) => net.share(ratio, ROUNDING).in_field(Field::Wastage)?,
        _ => Mass::ZERO,
    };
    Ok((net, wastage, net.checked_add(wastage).in_field(Field::Wastage)?))
}

impl LineInput {
    /// The weight that the metal of the line is charged for; `None` where something is wrong with it.
    pub fn chargeable(&self) -> Option<Mass> {
        chargeable(self).ok().map(|(_, _, chargeable)| chargeable)
    }

    /// The value of the first `mass` of the line: what the lock covers at its rate, the rest at the line's.
    pub(super) fn metal(&self, mass: Mass) -> InField<Money> {
        let Some(part) = self.locked(mass)? else {
            return self.rate.price_of(mass, ROUNDING).in_field(Field::Rate);
        };
        let rest = mass.checked_sub(part.mass).in_field(Field::Rate)?;
        let rest = self.rate.price_of(rest, ROUNDING).in_field(Field::Rate)?;
        part.value.checked_add(rest).in_field(Field::Rate)
    }

    /// What of the first `mass` is at the locked rate.
    pub(super) fn locked(&self, mass: Mass) -> InField<Option<LockedPart>> {
        let Some(lock) = self.lock else { return Ok(None) };
        let mass = mass.min(lock.most);
        let value = lock.rate.price_of(mass, ROUNDING).in_field(Field::Rate)?;
        Ok(Some(LockedPart { rate: lock.rate, mass, value }))
    }

    /// What must be true of a lock.
    pub(super) fn check_lock(&self, currency: Currency) -> InField<()> {
        let Some(lock) = self.lock else { return Ok(()) };
        if lock.rate.amount().currency() != currency {
            return Err((Field::Rate, Problem::CurrencyDiffers));
        }
        if lock.rate.fineness() != self.fineness {
            return Err((Field::Rate, Problem::FinenessDiffers));
        }
        if lock.most.is_negative() { Err((Field::Rate, Problem::Negative)) } else { Ok(()) }
    }
}
