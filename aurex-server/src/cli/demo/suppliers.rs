//! Suppliers: one of the state, whose bill has CGST and SGST, and one of another, whose bill has IGST.

use aurex_core::measure::{Fineness, Mass, Metal, Ratio};
use aurex_core::rbac::Role;
use aurex_core::service::shop::{record_party, record_payment, record_purchase};
use aurex_core::shop::identifiers::{Hsn, Phone};
use aurex_core::shop::metal::{Goods, NewPurchase, NewPurchaseLine};
use aurex_core::shop::parties::{NewParty, PartyId, Suppliers};
use aurex_core::shop::payments::NewPayment;
use aurex_core::shop::pricing::{Making, MakingMetalBase};
use aurex_core::shop::receipts::PaymentMode;
use aurex_core::shop::stock::NewItem;
use aurex_core::text::{Label, Name, Text};
use aurex_core::time::{Date, plus_days};

use super::customers::gstin;
use super::rates::{RUPEE, inr};
use super::shop::Shop;
use super::stock::huid;
use crate::cli::Failure;

/// Hallmark ids from here on are those of pieces that nobody in the shop tagged first.
const OTHERS: usize = 100_000;

/// A firm, as suppliers and goldsmiths are recorded.
pub(super) fn firm(name: &str, phone: &str, fourteen: &str, address: &str) -> Result<NewParty, Failure> {
    let gstin = gstin(fourteen)?;
    Ok(NewParty {
        name: Name::new(name)?,
        phone: Some(Phone::parse(phone)?),
        email: None,
        state: Some(gstin.state()),
        gstin: Some(gstin),
        pan: None,
        address: Some(Text::new(address)?),
        identity: None,
    })
}

/// A gold piece of 22 karat that comes in by a voucher; what it costs follows from that.
pub(super) fn piece(tag: &str, name: &str, gross: i64, hallmark: usize) -> Result<NewItem, Failure> {
    Ok(NewItem {
        tag: Label::new(tag)?,
        description: Name::new(name)?,
        huid: Some(huid(OTHERS + hallmark)?),
        metal: Metal::Gold,
        fineness: Fineness::new(916_000)?,
        gross: Mass::new(gross)?,
        less: Mass::ZERO,
        stones: Vec::new(),
        making: Some(Making::PercentOfMetal {
            ratio: Ratio::from_ppm(120_000),
            base: MakingMetalBase::WithoutWastage,
        }),
        hsn: Hsn::parse("71131911")?,
        cost: None,
    })
}

impl Shop<'_> {
    /// A bar from the bullion dealer, two chains from another state; the dealer is paid in part.
    pub(super) async fn buy_from_suppliers(&mut self, today: Date) -> Result<(), Failure> {
        let office = self.staff.scope(Role::Accountant, 0)?;
        let dealer = firm(
            "Zaveri Bazaar Bullion LLP",
            "9100000101",
            "27AAEFZ5120P1Z",
            "44 Sheikh Memon Street, Mumbai 400002",
        )?;
        let dealer = record_party::<Suppliers>(&self.road, &office, None, dealer).await?.value.id;
        let maker = firm("Tapi Chains", "9100000102", "24AABCT8834K1Z", "9 Chowk Bazaar, Surat 395003")?;
        let maker = record_party::<Suppliers>(&self.road, &office, None, maker).await?.value.id;
        let (fine, bar) = (Fineness::new(999_000)?, Mass::new(100_000)?);
        let asked = self.board.price(Metal::Gold, fine, bar.mg()) * 98 / 10_000 * 100;
        let goods = Goods::Loose {
            description: Name::new("Gold bar 100 g")?,
            metal: Metal::Gold,
            fineness: fine,
            mass: bar,
            hsn: Hsn::parse("710812")?,
        };
        let lines = vec![NewPurchaseLine { goods, amount: inr(asked)? }];
        self.threads.bullion = self.purchase(dealer, "ZBB/1187", today, lines).await?;
        let payment = NewPayment {
            party: dealer,
            mode: PaymentMode::Bank,
            amount: inr(800_000 * RUPEE)?,
            reference: Some(Label::new("RTGS 204418")?),
            voucher: None,
        };
        record_payment(&self.road, &office, None, &payment).await?;
        self.clock.pass(120);
        let mut lines = Vec::new();
        for (place, (tag, gross)) in [("TAP-0001", 12_480), ("TAP-0002", 15_260)].into_iter().enumerate() {
            let goods = Goods::Piece(Box::new(piece(tag, "Machine chain 22K", gross, place)?));
            let fineness = Fineness::new(916_000)?;
            let asked = self.board.price(Metal::Gold, fineness, gross) * 102 / 10_000 * 100;
            lines.push(NewPurchaseLine { goods, amount: inr(asked)? });
        }
        self.year.pieces += lines.len();
        self.year.on_shelf += lines.len();
        self.purchase(maker, "TC-2291", today, lines).await?;
        Ok(())
    }

    /// Records a supplier's bill of the day before; the lot of its first line, if that is loose.
    async fn purchase(
        &self,
        party: PartyId,
        number: &str,
        today: Date,
        lines: Vec<NewPurchaseLine>,
    ) -> Result<Option<aurex_core::shop::stock::LotId>, Failure> {
        let new = NewPurchase {
            party,
            bill_number: Label::new(number)?,
            bill_date: plus_days(today, -1),
            round_off: None,
            lines,
        };
        let office = self.staff.scope(Role::Accountant, 0)?;
        let whole = record_purchase(&self.road, &office, None, &new).await?.value;
        self.clock.pass(120);
        Ok(whole.lines.first().and_then(|line| line.lot))
    }
}
