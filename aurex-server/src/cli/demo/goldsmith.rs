//! The goldsmith: gold goes out, bangles come back, a little is lost as agreed, and something stays with him.

use aurex_core::measure::{FineMass, Mass, Metal};
use aurex_core::rbac::Role;
use aurex_core::service::shop::{issue_to_goldsmith, receive_from_goldsmith, record_party, record_payment};
use aurex_core::shop::metal::{
    Goods, LossBearer, NewGoldsmithIssue, NewGoldsmithReceipt, NewLoss, NewReceived,
};
use aurex_core::shop::parties::Goldsmiths;
use aurex_core::shop::payments::NewPayment;
use aurex_core::shop::receipts::PaymentMode;
use aurex_core::text::Label;

use super::rates::{RUPEE, inr};
use super::shop::Shop;
use super::suppliers::{firm, piece};
use crate::cli::Failure;

impl Shop<'_> {
    /// 25 g of the bar.
    pub(super) async fn give_out_to_a_goldsmith(&mut self) -> Result<(), Failure> {
        let floor = self.staff.scope(Role::Manager, 0)?;
        let new = firm(
            "Bhola Sonar Works",
            "9100000103",
            "27AIQPS4471M1Z",
            "6 Vithalwadi, Kalbadevi, Mumbai 400002",
        )?;
        let party = record_party::<Goldsmiths>(&self.road, &floor, None, new).await?.value.id;
        let bar = self.threads.bullion.ok_or("no bar was bought")?;
        let issue = NewGoldsmithIssue { party, lines: vec![(bar, Mass::new(25_000)?)] };
        issue_to_goldsmith(&self.road, &floor, None, &issue).await?;
        self.threads.goldsmith = Some(party);
        self.clock.pass(120);
        Ok(())
    }

    /// Two bangles with 23.816 g of pure gold; 0.285 g was lost, and 0.874 g is still with him.
    pub(super) async fn receive_from_the_goldsmith(&mut self) -> Result<(), Failure> {
        let party = self.threads.goldsmith.ok_or("nothing was given out")?;
        let received = |tag, gross, hallmark, labour: i64| -> Result<_, Failure> {
            let goods = Goods::Piece(Box::new(piece(tag, "Bangle 22K, hand made", gross, hallmark)?));
            Ok(NewReceived { goods, labour: inr(labour * RUPEE)? })
        };
        let lines = vec![received("BHO-0001", 12_000, 2, 10_800)?, received("BHO-0002", 14_000, 3, 12_600)?];
        let loss =
            NewLoss { metal: Metal::Gold, fine: FineMass::new(285_000_000)?, bearer: LossBearer::Agreed };
        self.year.pieces += lines.len();
        self.year.on_shelf += lines.len();
        let new = NewGoldsmithReceipt { party, lines, losses: vec![loss] };
        let floor = self.staff.scope(Role::Manager, 0)?;
        receive_from_goldsmith(&self.road, &floor, None, &new).await?;
        self.clock.pass(120);
        let labour = NewPayment {
            party,
            mode: PaymentMode::Bank,
            amount: inr(20_000 * RUPEE)?,
            reference: Some(Label::new("NEFT 88201")?),
            voucher: None,
        };
        record_payment(&self.road, &self.staff.scope(Role::Accountant, 0)?, None, &labour).await?;
        Ok(())
    }
}
