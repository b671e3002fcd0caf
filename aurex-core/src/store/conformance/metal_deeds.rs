//! What may come to a shop's mind about metal, and how it is played.

use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::deeds::{Pick, pick};
use super::metal::{finished, grain_bill, old_bangle, paid};
use super::player::{Player, picked};
use super::till::*;
use crate::service::{Presented, shop as service};
use crate::shop::metal::{
    LossBearer, MetalVoucherKind, NewGoldsmithIssue, NewMelt, NewWriteOff, WholeMetalVoucher, WrittenOff,
};
use crate::shop::parties::{Customers, Goldsmiths, PartyId, Suppliers};
use crate::shop::receipts::{NewReceipt, PaymentMode};
use crate::store::PageRequest;
use crate::tenancy::Scope;
use crate::text::{Name, Note};

/// Something that a shop does with metal.
#[derive(Debug, Clone)]
pub(super) enum MetalDeed {
    BuyOld { party: Pick, gross: i64, less: i64, ppm: u32, declared: bool },
    PayBill { voucher: Pick, bill: Pick, minor: i64 },
    Purchase { from_supplier: bool, number: u8, mg: i64 },
    GiveOut { lot: Pick, mg: i64 },
    Receive { tag: u8, labour: i64, lost: Option<(i64, LossBearer)> },
    Melt { lot: Pick, mg: i64, back: i64 },
    WriteOff { item: Option<Pick>, lot: Pick, mg: i64 },
    Cancel { voucher: Pick },
    Pay { to: u8, voucher: Option<Pick>, mode: PaymentMode, minor: i64 },
    ReversePayment { payment: Pick },
    Look { item: Pick },
}

/// What is bought, given out, melted, written off and paid.
pub(super) fn metal() -> BoxedStrategy<MetalDeed> {
    use MetalDeed::*;
    let bearer = select(LossBearer::ALL.to_vec());
    let mode = select(PaymentMode::ALL.to_vec());
    prop_oneof![
        3 => (pick(), 1_i64..20_000, 0_i64..900, 375_000_u32..999_000, prop::bool::weighted(0.9)).prop_map(
            |(party, gross, less, ppm, declared)| BuyOld { party, gross, less, ppm, declared }
        ),
        2 => (pick(), pick(), 1_i64..6_000_000)
            .prop_map(|(voucher, bill, minor)| PayBill { voucher, bill, minor }),
        2 => (prop::bool::weighted(0.9), 0_u8..6, 1_i64..20_000)
            .prop_map(|(from_supplier, number, mg)| Purchase { from_supplier, number, mg }),
        3 => (pick(), 1_i64..12_000).prop_map(|(lot, mg)| GiveOut { lot, mg }),
        3 => (0_u8..40, 0_i64..100_000, weighted(0.5, (1_i64..200_000_000, bearer)))
            .prop_map(|(tag, labour, lost)| Receive { tag, labour, lost }),
        1 => (pick(), 1_i64..12_000, 900_i64..1060).prop_map(|(lot, mg, back)| Melt { lot, mg, back }),
        1 => (weighted(0.5, pick()), pick(), 1_i64..900)
            .prop_map(|(item, lot, mg)| WriteOff { item, lot, mg }),
        3 => pick().prop_map(|voucher| Cancel { voucher }),
        2 => (0_u8..4, weighted(0.6, pick()), mode, 1_i64..3_000_000)
            .prop_map(|(to, voucher, mode, minor)| Pay { to, voucher, mode, minor }),
        1 => pick().prop_map(|payment| ReversePayment { payment }),
        1 => pick().prop_map(|item| Look { item }),
    ]
    .boxed()
}

impl Player {
    /// Those who bring metal in and take it out, and the rate that old gold is taken at.
    pub(super) async fn begin_metal(&mut self) {
        self.shop.rate_of_old_metal().await;
        self.traders = [self.shop.supplier().await.id, self.shop.goldsmith().await.id];
    }

    fn recorded(&mut self, made: Option<WholeMetalVoucher>) {
        let Some(whole) = made else { return };
        for line in whole.lines.iter().filter(|line| line.cost.minor() >= 0) {
            self.lots.extend(line.lot);
            self.items.extend(line.item);
        }
        self.vouchers.push((whole.voucher.id, whole.voucher.kind));
    }

    fn voucher(&self, which: Pick) -> (crate::shop::metal::MetalVoucherId, Option<MetalVoucherKind>) {
        let ids: Vec<_> = self.vouchers.iter().map(|(id, _)| *id).collect();
        let id = picked(&ids, which);
        (id, self.vouchers.iter().find(|(of, _)| *of == id).map(|(_, kind)| *kind))
    }

    /// Does one thing with metal.
    pub(super) async fn metal(&mut self, scope: &Scope, presented: Option<&Presented>, deed: MetalDeed) {
        let road = self.shop.road.clone();
        let [supplier, goldsmith] = self.traders;
        match deed {
            MetalDeed::BuyOld { party, gross, less, ppm, declared } => {
                let mut new = old_bangle(picked(&self.parties, party));
                new.declares_ownership = declared;
                for piece in &mut new.pieces {
                    (piece.gross, piece.less, piece.fineness) = (mg(gross), mg(less), fineness(ppm));
                }
                let answer = service::buy_old_metal(&road, scope, presented, &new).await;
                let made = self.noted("old_metal.buy", answer);
                self.recorded(made);
            }
            MetalDeed::PayBill { voucher, bill, minor } => {
                let (voucher, _) = self.voucher(voucher);
                let bill = picked(&self.bills, bill);
                let party = self.payer(None, Some((bill, minor))).await;
                let settled = money(party, PaymentMode::OldMetal, minor, &[(bill, minor)]);
                let new = NewReceipt { old_metal: Some(voucher), ..settled };
                let answer = service::record_receipt(&road, scope, presented, &new).await;
                let made = self.noted("receipt.record", answer);
                self.receipts.extend(made.map(|taken| taken.receipt.id));
            }
            MetalDeed::Purchase { from_supplier, number, mg } => {
                let from = if from_supplier { supplier } else { goldsmith };
                let new = grain_bill(from, &format!("BH/{number}"), self.shop.today(), mg);
                let answer = service::record_purchase(&road, scope, presented, &new).await;
                let made = self.noted("purchase.record", answer);
                self.recorded(made);
            }
            MetalDeed::GiveOut { lot, mg: weight } => {
                let lines = vec![(picked(&self.lots, lot), mg(weight))];
                let new = NewGoldsmithIssue { party: goldsmith, lines };
                let answer = service::issue_to_goldsmith(&road, scope, presented, &new).await;
                let made = self.noted("goldsmith.issue", answer);
                self.recorded(made);
            }
            MetalDeed::Receive { tag, labour, lost } => {
                let new = finished(goldsmith, &format!("T-{tag}"), labour, lost.as_slice());
                let answer = service::receive_from_goldsmith(&road, scope, presented, &new).await;
                let made = self.noted("goldsmith.receive", answer);
                self.recorded(made);
            }
            MetalDeed::Melt { lot, mg: weight, back } => {
                let new = NewMelt {
                    lines: vec![(picked(&self.lots, lot), mg(weight))],
                    description: Name::new("Bar").unwrap(),
                    fineness: fineness(GOLD_916),
                    mass: mg(weight * back / 1000),
                    reason: None,
                };
                let answer = service::melt_metal(&road, scope, presented, &new).await;
                let made = self.noted("metal.melt", answer);
                self.recorded(made);
            }
            MetalDeed::WriteOff { item, lot, mg: weight } => {
                let mut lines = vec![WrittenOff::Loose(picked(&self.lots, lot), mg(weight))];
                lines.extend(item.map(|item| WrittenOff::Piece(picked(&self.items, item))));
                let new = NewWriteOff { lines, reason: Note::new("Stolen").unwrap() };
                let answer = service::write_off_stock(&road, scope, presented, &new).await;
                let made = self.noted("stock.write_off", answer);
                self.recorded(made);
            }
            MetalDeed::Cancel { voucher } => {
                let (id, kind) = self.voucher(voucher);
                let reason = Note::new("Typed twice").unwrap();
                let answer = if kind == Some(MetalVoucherKind::OldMetalPurchase) {
                    service::cancel_old_metal(&road, scope, presented, id, reason).await
                } else {
                    service::cancel_metal_voucher(&road, scope, presented, id, reason).await
                };
                self.noted("metal.cancel", answer);
            }
            MetalDeed::Pay { to, voucher, mode, minor } => {
                let to = [supplier, goldsmith].get(usize::from(to)).copied();
                let to: PartyId = to.unwrap_or_else(|| picked(&self.parties, Pick(Some(0))));
                let voucher = voucher.map(|voucher| self.voucher(voucher).0);
                let new = paid(to, mode, minor, voucher);
                let answer = service::record_payment(&road, scope, presented, &new).await;
                let made = self.noted("payment.record", answer);
                self.payments.extend(made.map(|payment| payment.id));
            }
            MetalDeed::ReversePayment { payment } => {
                let (id, reason) = (picked(&self.payments, payment), Note::new("Bounced").unwrap());
                let answer = service::reverse_payment(&road, scope, presented, id, reason).await;
                self.noted("payment.reverse", answer);
            }
            MetalDeed::Look { item } => {
                let few = PageRequest::first(2);
                let item = picked(&self.items, item);
                self.read("item.movements", service::item_movements(&road, scope, item, few).await);
                self.read("holdings", service::goldsmith_holdings(&road, scope, goldsmith).await);
                let vouchers =
                    service::metal_vouchers(&road, scope, Default::default(), PageRequest::first(2));
                self.read("vouchers", vouchers.await);
                self.read("payments", service::payments(&road, scope, None, PageRequest::first(2)).await);
                let (none, few) = (None, PageRequest::first(2));
                self.read("customers", service::parties::<Customers>(&road, scope, none, few).await);
                self.read("suppliers", service::parties::<Suppliers>(&road, scope, none, few).await);
                let told = service::statement_of::<Goldsmiths>(&road, scope, goldsmith, None, None).await;
                self.read("statement", told);
            }
        }
    }
}
