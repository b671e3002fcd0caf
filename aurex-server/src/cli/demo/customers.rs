//! Customers: named people and a few firms, most of them near, some from other states.

use aurex_core::rbac::Role;
use aurex_core::service::shop::record_customer;
use aurex_core::shop::identifiers::{Gstin, IdentifierError, Pan, Phone, StateCode};
use aurex_core::shop::parties::{NewParty, PartyId};
use aurex_core::text::{Email, Name, Text};

use super::names::{FAMILY, FAR, FIRMS, GIVEN, NEAR, ROADS};
use super::rates::RUPEE;
use super::shop::Shop;
use crate::cli::Failure;

/// Somebody who may buy, and for how much at once.
#[derive(Debug, Clone, Copy)]
pub(super) struct Customer {
    pub(super) id: PartyId,
    /// In paise: below ₹50,000 nobody need be named (Rule 46(e)), above ₹2 lakh a PAN is asked for.
    pub(super) most: i64,
}

const UNNAMED: i64 = 42_000 * RUPEE;
const WITHOUT_PAN: i64 = 170_000 * RUPEE;
const WITH_PAN: i64 = 600_000 * RUPEE;

/// The GSTIN of fourteen characters, its check digit found by being told which one is expected.
pub(super) fn gstin(fourteen: &str) -> Result<Gstin, IdentifierError> {
    match Gstin::parse(&format!("{fourteen}0")) {
        Err(IdentifierError::GstinCheckDigit { expected }) => Gstin::parse(&format!("{fourteen}{expected}")),
        parsed => parsed,
    }
}

impl Shop<'_> {
    /// Records one more customer.
    pub(super) async fn welcome(&mut self) -> Result<(), Failure> {
        let number = self.customers.len();
        // One in sixteen is a firm, one in twelve lives far away, one in ten leaves no address.
        let firm = number % 16 == 7;
        let (new, most) = self.somebody(number, firm)?;
        let till = self.staff.scope(Role::Cashier, number)?;
        let id = record_customer(&self.road, &till, None, new).await?.value.id;
        self.clock.pass(45);
        self.customers.push(Customer { id, most });
        Ok(())
    }

    fn somebody(&self, number: usize, firm: bool) -> Result<(NewParty, i64), Failure> {
        let chance = &self.chance;
        let (given, family) = (chance.pick(&GIVEN), chance.pick(&FAMILY));
        let (quarter, city, state) = if number % 12 == 5 { chance.pick(&FAR) } else { chance.pick(&NEAR) };
        let unnamed = !firm && number % 10 == 9;
        let address = format!("{} {}, {quarter}, {city}", chance.between(1, 120), chance.pick(&ROADS));
        let pan = |kind: char| {
            let letter = || char::from(b'A' + u8::try_from(chance.place(26)).unwrap_or(0));
            let family = family.chars().next().unwrap_or('A');
            let number = chance.between(1000, 9999);
            format!("{}{}{}{kind}{family}{number}{}", letter(), letter(), letter(), letter())
        };
        let gstin = if firm { Some(gstin(&format!("{state}{}1Z", pan('C')))?) } else { None };
        let pan = if !firm && !unnamed && chance.one_in(4) { Some(Pan::parse(&pan('P'))?) } else { None };
        let most = match (&gstin, &pan) {
            (Some(_), _) | (_, Some(_)) => WITH_PAN,
            (None, None) if unnamed => UNNAMED,
            (None, None) => WITHOUT_PAN,
        };
        let name =
            if firm { format!("{family} {}", chance.pick(&FIRMS)) } else { format!("{given} {family}") };
        let email = format!("{}.{number}@customers.example", given.to_lowercase());
        let new = NewParty {
            name: Name::new(name)?,
            phone: Some(Phone::parse(&format!("90000{number:05}"))?),
            email: if chance.one_in(3) { Some(Email::new(&email)?) } else { None },
            gstin,
            pan,
            state: if unnamed { None } else { Some(StateCode::parse(state)?) },
            address: if unnamed { None } else { Some(Text::new(address)?) },
            identity: None,
        };
        Ok((new, most))
    }
}
