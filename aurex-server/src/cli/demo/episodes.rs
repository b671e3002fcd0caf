//! What happens besides billing and paying: each once, in the year's last month, so that every kind of paper is there to be
//! looked at.

use aurex_core::money::Money;
use aurex_core::rbac::Role;
use aurex_core::service::shop::{issue_invoice, record_customer, record_receipt};
use aurex_core::shop::bookings::{AdvanceId, BookingId};
use aurex_core::shop::identifiers::{Phone, StateCode};
use aurex_core::shop::invoices::{Invoice, NewBill, NewLine};
use aurex_core::shop::metal::MetalVoucherId;
use aurex_core::shop::parties::{Identity, IdentityKind, NewParty, PartyId};
use aurex_core::shop::receipts::{NewReceipt, PaymentMode};
use aurex_core::shop::stock::LotId;
use aurex_core::text::{Label, Name, Text};
use aurex_core::time::Date;

use super::shop::Shop;
use crate::cli::Failure;

/// What one episode leaves for a later one.
#[derive(Debug, Default)]
pub(super) struct Threads {
    pub(super) bullion: Option<LotId>,
    pub(super) goldsmith: Option<PartyId>,
    /// Old gold that waits for the pot, and its milligrams.
    pub(super) old_gold: Vec<(LotId, i64)>,
    pub(super) booking: Option<(PartyId, BookingId, AdvanceId)>,
    /// The bill that notes are made against.
    pub(super) wedding: Option<Invoice>,
}

/// How one receipt pays a bill.
#[derive(Debug, Clone, Copy)]
pub(super) enum With {
    Money(PaymentMode, Option<&'static str>),
    OldMetal(MetalVoucherId),
    Advance(AdvanceId),
}

impl Shop<'_> {
    /// The episode of the day that is so many days before the story ends.
    pub(super) async fn episode(&mut self, left: i64, today: Date) -> Result<(), Failure> {
        match left {
            28 => self.buy_from_suppliers(today).await,
            26 => self.give_out_to_a_goldsmith().await,
            24 => self.promise_a_rate(today).await,
            20 => self.receive_from_the_goldsmith().await,
            18 => self.bring_a_list().await,
            16 => self.take_old_gold_against_a_bill().await,
            14 => self.buy_old_gold().await,
            13 => self.melt_old_gold().await,
            12 => self.keep_the_promise().await,
            10 => self.sell_for_a_wedding().await,
            8 => self.take_something_back().await,
            7 => self.ask_for_more().await,
            5 => self.promise_again(today).await,
            3 => self.count().await,
            1 => self.close_the_month(today).await,
            _ => Ok(()),
        }
    }

    /// Somebody who comes for more than a bill, and shows who they are.
    pub(super) async fn guest(
        &mut self,
        name: &str,
        phone: &str,
        address: &str,
        shown: &str,
    ) -> Result<PartyId, Failure> {
        let identity = Identity { document: IdentityKind::DrivingLicence, last_four: Label::new(shown)? };
        let new = NewParty {
            name: Name::new(name)?,
            phone: Some(Phone::parse(phone)?),
            email: None,
            gstin: None,
            pan: None,
            state: Some(StateCode::parse("27")?),
            address: Some(Text::new(address)?),
            identity: Some(identity),
        };
        let till = self.staff.scope(Role::Cashier, 0)?;
        let id = record_customer(&self.road, &till, None, new).await?.value.id;
        self.year.customers += 1;
        self.clock.pass(60);
        Ok(id)
    }

    /// Bills these lines.
    pub(super) async fn bill(&mut self, party: PartyId, lines: Vec<NewLine>) -> Result<Invoice, Failure> {
        let bill = NewBill { target: None, party, place_of_supply: None, date: None, discount: None, lines };
        let till = self.staff.scope(Role::Cashier, 0)?;
        let issued = issue_invoice(&self.road, &till, None, &bill).await?.value;
        self.year.bills += 1;
        self.clock.pass(120);
        Ok(issued.invoice)
    }

    /// Takes so much for the bill.
    pub(super) async fn take(&mut self, bill: &Invoice, with: With, amount: Money) -> Result<(), Failure> {
        let (mode, reference) = match with {
            With::Money(mode, reference) => (mode, reference.map(Label::new).transpose()?),
            With::OldMetal(_) => (PaymentMode::OldMetal, None),
            With::Advance(_) => (PaymentMode::Advance, None),
        };
        let new = NewReceipt {
            party: bill.party,
            mode,
            amount,
            reference,
            occasion: None,
            advance: if let With::Advance(advance) = with { Some(advance) } else { None },
            allocations: vec![(bill.id, amount)],
            old_metal: if let With::OldMetal(purchase) = with { Some(purchase) } else { None },
        };
        let till = self.staff.scope(Role::Cashier, 0)?;
        record_receipt(&self.road, &till, None, &new).await?;
        self.year.receipts += 1;
        self.clock.pass(60);
        Ok(())
    }
}
