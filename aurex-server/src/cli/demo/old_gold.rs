//! Old gold: taken against a bill, bought for money, and melted.

use aurex_core::measure::{Fineness, Mass, Metal, RateKind};
use aurex_core::rbac::Role;
use aurex_core::service::shop::{buy_old_metal, melt_metal, record_payment};
use aurex_core::shop::metal::{MetalVoucher, NewMelt, NewOldMetal, OldPiece};
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::payments::NewPayment;
use aurex_core::shop::receipts::PaymentMode;
use aurex_core::text::{Label, Name, Note};

use super::episodes::With;
use super::shop::Shop;
use crate::cli::Failure;

impl Shop<'_> {
    async fn take_in(
        &mut self,
        party: PartyId,
        rate_kind: RateKind,
        what: &str,
        ppm: u32,
        (gross, less): (i64, i64),
    ) -> Result<MetalVoucher, Failure> {
        let piece = OldPiece {
            description: Name::new(what)?,
            metal: Metal::Gold,
            fineness: Fineness::new(ppm)?,
            gross: Mass::new(gross)?,
            less: Mass::new(less)?,
            rate: None,
        };
        let new = NewOldMetal { party, rate_kind, declares_ownership: true, pieces: vec![piece] };
        let till = self.staff.scope(Role::Cashier, 1)?;
        let whole = buy_old_metal(&self.road, &till, None, &new).await?.value;
        let lot = whole.lines.first().and_then(|line| line.lot).ok_or("old gold makes a lot")?;
        self.threads.old_gold.push((lot, gross - less));
        self.clock.pass(300);
        Ok(whole.voucher)
    }

    /// A worn bangle for a part of a new one.
    pub(super) async fn take_old_gold_against_a_bill(&mut self) -> Result<(), Failure> {
        let kamala = self
            .guest("Kamala Deshmukh", "9100000201", "7 Lady Jamshedji Road, Mahim, Mumbai 400016", "7714")
            .await?;
        let old = self
            .take_in(kamala, RateKind::Exchange, "Worn bangle, tested 21 karat", 875_000, (6_000, 200))
            .await?;
        let (line, _) = self.line_of(1, 9_000).await?;
        let bill = self.bill(kamala, vec![line]).await?;
        self.take(&bill, With::OldMetal(old.id), old.total).await?;
        let rest = bill.payable.checked_sub(old.total)?;
        self.take(&bill, With::Money(PaymentMode::Upi, Some("633014227755")), rest).await
    }

    /// Somebody wants money for a broken chain.
    pub(super) async fn buy_old_gold(&mut self) -> Result<(), Failure> {
        let joseph = self
            .guest("Joseph D'Mello", "9100000202", "3 Orlem Church Road, Malad, Mumbai 400064", "0932")
            .await?;
        let old =
            self.take_in(joseph, RateKind::Buy, "Broken chain, tested 22 karat", 916_000, (4_000, 0)).await?;
        let new = NewPayment {
            party: joseph,
            mode: PaymentMode::Bank,
            amount: old.total,
            reference: Some(Label::new("IMPS 533107")?),
            voucher: Some(old.id),
        };
        record_payment(&self.road, &self.staff.scope(Role::Accountant, 0)?, None, &new).await?;
        self.clock.pass(60);
        Ok(())
    }

    /// Both go into the pot: 8.739 g of pure gold, of which 8.727 g come out.
    pub(super) async fn melt_old_gold(&mut self) -> Result<(), Failure> {
        let mut lines = Vec::new();
        for (lot, mg) in std::mem::take(&mut self.threads.old_gold) {
            lines.push((lot, Mass::new(mg)?));
        }
        let new = NewMelt {
            lines,
            description: Name::new("Melted old gold")?,
            fineness: Fineness::new(995_000)?,
            mass: Mass::new(8_771)?,
            reason: Some(Note::new("Refined at Kalbadevi Refinery, touch certificate 5521")?),
        };
        melt_metal(&self.road, &self.staff.scope(Role::Manager, 0)?, None, &new).await?;
        Ok(())
    }
}
