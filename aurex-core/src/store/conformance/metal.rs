//! Metal that comes in and goes round, to the paisa and the nanogram, and back again.

#![expect(clippy::indexing_slicing, reason = "a case that finds fewer lines than it wrote has failed")]

use super::rebuild::log_and_tables_agree;
use super::till::*;
use super::{Shop, World};
use crate::measure::{FineMass, Mass, Metal, RateBasis, RateKind};
use crate::money::Money;
use crate::rbac::Role;
use crate::service::shop as service;
use crate::shop::accounts::For;
use crate::shop::identifiers::{Gstin, Hsn};
use crate::shop::metal::{
    Goods, LossBearer, MetalVoucherId, MetalVoucherState, NewGoldsmithIssue, NewGoldsmithReceipt, NewLoss,
    NewMelt, NewOldMetal, NewPurchase, NewPurchaseLine, NewReceived, NewWriteOff, OldPiece,
    WholeMetalVoucher, WrittenOff,
};
use crate::shop::parties::{Customers, Goldsmiths, Kept, NewParty, Party, PartyId, Suppliers};
use crate::shop::payments::{NewPayment, OutgoingPayment};
use crate::shop::rates::NewRate;
use crate::shop::receipts::{NewReceipt, PaymentMode};
use crate::shop::stock::{ItemId, ItemState, LotId, LotKind};
use crate::store::{MetalVoucherFilter, PageRequest};
use crate::text::{Label, Name, Note};

/// What fine gold is taken in at, in paise a gram.
const TAKEN_AT: i64 = 1_200_000;

/// Old metal: a bangle of 10 g with half a gram of stones, tested at 900.
pub fn old_bangle(party: PartyId) -> NewOldMetal {
    NewOldMetal {
        party,
        rate_kind: RateKind::Buy,
        declares_ownership: true,
        pieces: vec![OldPiece {
            description: Name::new("Old bangle").unwrap(),
            metal: Metal::Gold,
            fineness: fineness(900_000),
            gross: mg(10_000),
            less: mg(500),
            rate: None,
        }],
    }
}

/// A supplier's bill of one lot of grain.
pub fn grain_bill(party: PartyId, number: &str, date: crate::time::Date, milligrams: i64) -> NewPurchase {
    let goods = Goods::Loose {
        description: Name::new("Gold grain").unwrap(),
        metal: Metal::Gold,
        fineness: fineness(999_000),
        mass: mg(milligrams),
        hsn: Hsn::parse("71081200").unwrap(),
    };
    NewPurchase {
        party,
        bill_number: Label::new(number).unwrap(),
        bill_date: date,
        round_off: None,
        lines: vec![NewPurchaseLine { goods, amount: paise(10_000_001) }],
    }
}

/// A goldsmith brings the worked piece.
pub fn finished(party: PartyId, tag: &str, labour: i64, losses: &[(i64, LossBearer)]) -> NewGoldsmithReceipt {
    let loss = |(ng, bearer): &(i64, LossBearer)| NewLoss {
        metal: Metal::Gold,
        fine: FineMass::new(*ng).unwrap(),
        bearer: *bearer,
    };
    NewGoldsmithReceipt {
        party,
        lines: vec![NewReceived { goods: Goods::Piece(Box::new(piece(tag))), labour: paise(labour) }],
        losses: losses.iter().map(loss).collect(),
    }
}

/// Money paid out.
pub fn paid(party: PartyId, mode: PaymentMode, minor: i64, voucher: Option<MetalVoucherId>) -> NewPayment {
    NewPayment { party, mode, amount: paise(minor), reference: None, voucher }
}

fn because(text: &str) -> Note {
    Note::new(text).unwrap()
}

impl Shop {
    /// Posts the rate at which old gold is taken in: of fine metal, from which the others follow.
    pub async fn rate_of_old_metal(&self) {
        self.tick();
        let owner = self.owner().await;
        let rate = NewRate {
            kind: RateKind::Buy,
            fineness: fineness(999_000),
            basis: RateBasis::Millesimal,
            ..gold_rate(TAKEN_AT)
        };
        service::post_rate(&self.road, &owner, None, rate).await.unwrap();
    }

    /// Records somebody of a kind.
    pub async fn party<K: Kept>(&self, new: NewParty) -> Party {
        self.tick();
        let owner = self.owner().await;
        service::record_party::<K>(&self.road, &owner, None, new).await.unwrap().value
    }

    /// A supplier registered in the shop's own state.
    pub async fn supplier(&self) -> Party {
        let gstin = Some(Gstin::parse("29AAGCQ4821K1Z2").unwrap());
        self.party::<Suppliers>(NewParty { gstin, pan: None, ..customer("Bullion House") }).await
    }

    /// A goldsmith without a registration.
    pub async fn goldsmith(&self) -> Party {
        self.party::<Goldsmiths>(customer("Karigar Das")).await
    }

    /// Takes old metal in.
    pub async fn take_old(&self, new: &NewOldMetal) -> WholeMetalVoucher {
        self.tick();
        let owner = self.owner().await;
        service::buy_old_metal(&self.road, &owner, None, new).await.unwrap().value
    }

    /// Gives metal out.
    pub async fn give_out(&self, party: PartyId, lot: LotId, milligrams: i64) -> WholeMetalVoucher {
        self.tick();
        let owner = self.owner().await;
        let new = NewGoldsmithIssue { party, lines: vec![(lot, mg(milligrams))] };
        service::issue_to_goldsmith(&self.road, &owner, None, &new).await.unwrap().value
    }

    /// Pays money out.
    pub async fn pay(&self, new: &NewPayment) -> OutgoingPayment {
        self.tick();
        let owner = self.owner().await;
        service::record_payment(&self.road, &owner, None, new).await.unwrap().value
    }

    async fn cancel_voucher(&self, id: MetalVoucherId) -> &'static str {
        self.tick();
        let owner = self.owner().await;
        code(service::cancel_metal_voucher(&self.road, &owner, None, id, because("Typed twice")).await)
    }

    /// What a party's own account for `purpose` holds.
    async fn own(&self, purpose: For, party: PartyId) -> i64 {
        use crate::tenancy::Id as _;
        let mut reader = self.reader().await;
        let accounts = reader.accounts_for(Some(party.uuid())).await.unwrap();
        let id = crate::shop::accounts::Chart(&accounts).of_party(purpose, party).unwrap().id;
        reader.balances(&[id]).await.unwrap().first().map_or(0, crate::ledger::Balance::net)
    }

    async fn item_state(&self, id: ItemId) -> ItemState {
        self.reader().await.item(id).await.unwrap().unwrap().state
    }
}

/// Old metal is bought under a voucher of its own, pays a bill without being a discount on it, and goes back as it came.
pub async fn old_metal_pays_a_bill_and_its_purchase_is_mirrored_exactly(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    shop.rate_of_old_metal().await;
    let asha = shop.customer("Asha").await;
    let bill = shop.sell(asha.id, "R-1").await;
    let owed = bill.invoice.payable.minor();

    // 9.5 g at 900 from 12,000 a gram of fine gold.
    let bought = shop.take_old(&old_bangle(asha.id)).await;
    let value = 10_260_000;
    assert_eq!(bought.voucher.number.as_str(), "OG/26-27/000001");
    assert_eq!((bought.voucher.total, bought.lines[0].cost), (paise(value), paise(value)));
    assert_eq!(bought.lines[0].fine.ng(), 8_550_000_000);
    assert_eq!(shop.owes(asha.id).await, owed - value);
    assert_eq!(shop.holds(For::OldMetalCost(Metal::Gold)).await, value);
    assert_eq!(shop.holds(For::OldMetalFine(Metal::Gold)).await, 8_550_000_000);
    let (lot, on_hand) = shop.reader().await.lot(bought.lines[0].lot.unwrap()).await.unwrap().unwrap();
    assert_eq!((lot.kind, on_hand.mass, on_hand.cost), (LotKind::OldMetal, mg(9500), paise(value)));

    // It is not sold as it came, and settles no more than it was worth, no other's bill, and bills alone.
    let owner = shop.owner().await;
    let selling = service::issue_invoice(&shop.road, &owner, None, &bill_of_lot(asha.id, lot.id, 10)).await;
    let selling = selling.unwrap_err();
    assert!(["lot.old_metal", "rate.none_for_date"].contains(&selling.code().unwrap()), "{selling:?}");
    let settle = |minor: i64, of: i64| NewReceipt {
        old_metal: Some(bought.voucher.id),
        ..money(asha.id, PaymentMode::OldMetal, minor, &[(bill.invoice.id, of)])
    };
    let take = async |new: &NewReceipt| {
        shop.tick();
        service::record_receipt(&shop.road, &owner, None, new).await
    };
    assert_eq!(code(take(&settle(owed, owed - 1)).await), "receipt.old_metal_not_allocated");
    let unnamed = NewReceipt { old_metal: None, ..settle(100, 100) };
    assert_eq!(code(take(&unnamed).await), "receipt.old_metal_required");
    let cash = NewReceipt { mode: PaymentMode::Cash, ..settle(100, 100) };
    assert_eq!(code(take(&cash).await), "receipt.old_metal_required");
    let bina = shop.customer("Bina").await;
    let others = NewReceipt { party: bina.id, ..settle(100, 100) };
    assert_eq!(code(take(&others).await), "invoice.not_found");
    let done = take(&settle(owed, owed)).await.unwrap().value;
    let settled = shop.reader().await.invoice(bill.invoice.id).await.unwrap().unwrap();
    assert_eq!(settled.settled, bill.invoice.payable);
    assert_eq!(settled.invoice.taxable, bill.invoice.taxable, "tax is due on the full value");
    assert_eq!(shop.owes(asha.id).await, owed - value, "the purchase posted it, the receipt posts nothing");

    let cancel = async || {
        shop.tick();
        let reason = because("Not hers");
        code(service::cancel_old_metal(&shop.road, &owner, None, bought.voucher.id, reason).await)
    };
    assert_eq!(cancel().await, "metal.settled");
    // What the bill did not take is paid out, no more of it, and the law's limit on cash is told.
    let rest = value - owed;
    let pay = async |mode, minor| {
        shop.tick();
        let new = paid(asha.id, mode, minor, Some(bought.voucher.id));
        service::record_payment(&shop.road, &owner, None, &new).await
    };
    assert_eq!(code(pay(PaymentMode::Bank, rest + 1).await), "payment.more_than_open");
    assert_eq!(code(pay(PaymentMode::Cash, rest).await), "payment.cash_short");
    shop.take(&money(bina.id, PaymentMode::Cash, 10_000_000, &[])).await;
    let first = pay(PaymentMode::Cash, 1_000_000).await.unwrap().value;
    assert!(!first.over_cash_limit, "ten thousand rupees pass");
    let over = pay(PaymentMode::Cash, rest - 1_000_000).await.unwrap().value;
    assert!(over.over_cash_limit);
    assert_eq!(shop.owes(asha.id).await, 0);
    log_and_tables_agree(&shop).await;

    for payment in [first.id, over.id] {
        shop.tick();
        service::reverse_payment(&shop.road, &owner, None, payment, because("She came back")).await.unwrap();
    }
    shop.reverse(done.receipt.id).await;
    assert_eq!(cancel().await, "done");
    assert_eq!(cancel().await, "metal.not_recorded");
    assert_eq!(shop.owes(asha.id).await, owed);
    assert_eq!(shop.holds(For::OldMetalFine(Metal::Gold)).await, 0);
    assert_eq!(shop.holds(For::OldMetalCost(Metal::Gold)).await, 0);
    log_and_tables_agree(&shop).await;
}

/// What stands to a customer's credit for old metal leaves once: by a bill or by a payment that names the purchase, never by
/// a refund as well. Cash to one person in a day is counted over both.
pub async fn what_old_metal_left_on_an_account_goes_out_once(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    shop.rate_of_old_metal().await;
    let (asha, bina) = (shop.customer("Asha").await, shop.customer("Bina").await);
    let owner = shop.owner().await;
    let bought = shop.take_old(&old_bangle(asha.id)).await.voucher;
    let refund = async |mode, minor| {
        shop.tick();
        service::pay_refund(&shop.road, &owner, None, &refund_of(asha.id, mode, minor)).await
    };
    assert_eq!(code(refund(PaymentMode::Upi, 1).await), "refund.of_old_metal");
    shop.take(&money(asha.id, PaymentMode::Cash, 5_000_000, &[])).await;
    assert_eq!(code(refund(PaymentMode::Cash, 5_000_001).await), "refund.of_old_metal");
    assert_eq!(code(refund(PaymentMode::OldMetal, 1).await), "refund.mode");

    // One paisa above ₹10,000 in a day, half of it for the metal and half of it paid back.
    assert!(!shop.pay(&paid(asha.id, PaymentMode::Cash, 500_000, Some(bought.id))).await.over_cash_limit);
    assert!(!refund(PaymentMode::CashDeposit, 500_000).await.unwrap().value.over_cash_limit);
    assert!(refund(PaymentMode::Cash, 1).await.unwrap().value.over_cash_limit);
    assert!(shop.pay(&paid(asha.id, PaymentMode::CashDeposit, 1, Some(bought.id))).await.over_cash_limit);
    shop.take(&money(bina.id, PaymentMode::Cash, 1_000, &[])).await;
    assert_eq!(shop.reader().await.old_metal_open(asha.id).await.unwrap(), 10_260_000 - 500_001);
    assert_eq!(shop.reader().await.cash_paid(asha.id, shop.today()).await.unwrap(), 1_000_002);

    // All that was not the metal's goes back, the metal pays a bill, and the rest of it is paid out.
    refund(PaymentMode::Upi, 5_000_000 - 500_001).await.unwrap();
    assert_eq!(code(refund(PaymentMode::Upi, 1).await), "refund.of_old_metal");
    let bill = shop.sell(asha.id, "R-1").await.invoice;
    let owed = bill.payable.minor();
    assert_eq!(code(refund(PaymentMode::Upi, 1).await), "refund.of_old_metal");
    let settling = money(asha.id, PaymentMode::OldMetal, owed, &[(bill.id, owed)]);
    shop.take(&NewReceipt { old_metal: Some(bought.id), ..settling }).await;
    shop.pay(&paid(asha.id, PaymentMode::Upi, 10_260_000 - 500_001 - owed, Some(bought.id))).await;
    assert_eq!(shop.owes(asha.id).await, 0);
    assert_eq!(code(refund(PaymentMode::Upi, 1).await), "refund.more_than_credit");
    log_and_tables_agree(&shop).await;
}

/// What went back to the customer is not made free a second time: by reversing the receipt that it came from, or by cancelling
/// the note that it was credited with, whichever the refund named.
pub async fn what_was_paid_back_is_not_undone_into_another_payment(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    shop.rate_of_old_metal().await;
    let asha = shop.customer("Asha").await;
    let owner = shop.owner().await;
    let reverse = async |id| {
        shop.tick();
        code(service::reverse_receipt(&shop.road, &owner, None, id, because("Typed twice")).await)
    };
    let back = async |minor| {
        shop.tick();
        let paid =
            service::pay_refund(&shop.road, &owner, None, &refund_of(asha.id, PaymentMode::Upi, minor)).await;
        paid.unwrap().value.id
    };
    let take_back = async |id| {
        shop.tick();
        service::reverse_refund(&shop.road, &owner, None, id, because("Came back")).await.unwrap();
    };
    // On account.
    let ahead = shop.take(&money(asha.id, PaymentMode::Upi, 10_000, &[])).await.receipt.id;
    let refund = back(10_000).await;
    assert_eq!(reverse(ahead).await, "receipt.paid_back");
    take_back(refund).await;
    assert_eq!(reverse(ahead).await, "done");

    // Old metal that paid a bill whose goods came back.
    let bought = shop.take_old(&old_bangle(asha.id)).await.voucher;
    let bill = shop.sell(asha.id, "R-1").await.invoice;
    let owed = bill.payable.minor();
    let settling = money(asha.id, PaymentMode::OldMetal, owed, &[(bill.id, owed)]);
    let settled = shop.take(&NewReceipt { old_metal: Some(bought.id), ..settling }).await.receipt.id;
    let note = shop.credit(&credit_of(bill.id, &[])).await.note;
    let refund = back(owed).await;
    assert_eq!(reverse(settled).await, "receipt.paid_back");
    let cancel = async || {
        shop.tick();
        code(service::cancel_credit_note(&shop.road, &owner, None, note.id, because("Not hers")).await)
    };
    assert_eq!(cancel().await, "note.refunded");
    take_back(refund).await;
    assert_eq!(cancel().await, "done");
    assert_eq!(reverse(settled).await, "done");
    assert_eq!(shop.owes(asha.id).await, owed - 10_260_000);
    log_and_tables_agree(&shop).await;
}

/// Nobody sells without having shown who they are and said that it is theirs, nor at a rate beyond the role's limit.
pub async fn old_metal_is_taken_from_known_owners_at_the_days_rate(world: &World) {
    let shop = world.shop("meena").await;
    let asha = shop.customer("Asha").await;
    let owner = shop.owner().await;
    let cashier = shop.cashier().await;
    let buy = async |scope: &_, new: &NewOldMetal| {
        shop.tick();
        code(service::buy_old_metal(&shop.road, scope, None, new).await)
    };
    let new = old_bangle(asha.id);
    assert_eq!(buy(&owner, &new).await, "rate.none_for_date");
    shop.rate(1_280_000).await;
    assert_eq!(buy(&owner, &new).await, "rate.none_for_date", "a selling rate is none to buy at");
    shop.rate_of_old_metal().await;
    let undeclared = NewOldMetal { declares_ownership: false, ..new.clone() };
    assert_eq!(buy(&cashier, &undeclared).await, "old_metal.not_declared");
    let selling = NewOldMetal { rate_kind: RateKind::Sell, ..new.clone() };
    assert_eq!(buy(&cashier, &selling).await, "old_metal.selling_rate");
    let unknown = shop.party::<Customers>(NewParty { identity: None, ..customer("Somebody") }).await;
    assert_eq!(buy(&cashier, &old_bangle(unknown.id)).await, "old_metal.identity_required");
    assert_eq!(buy(&cashier, &old_bangle(shop.supplier().await.id)).await, "customer.not_found");
    let dearer = |percent: i64| {
        let mut dearer = new.clone();
        let amount = paise(TAKEN_AT * 9 * (100 + percent) / 1000);
        dearer.pieces[0].rate = Some(crate::shop::invoices::OverriddenRate { amount, per: mg(1000) });
        dearer
    };
    assert_eq!(buy(&cashier, &dearer(1)).await, "metal.rate_beyond_limit");
    let manager = shop.scope(Role::Manager).await;
    assert_eq!(buy(&manager, &dearer(4)).await, "done");
    assert_eq!(buy(&manager, &dearer(6)).await, "metal.rate_beyond_limit");
    assert_eq!(buy(&cashier, &new).await, "done");
    let mut hollow = new.clone();
    hollow.pieces[0].less = hollow.pieces[0].gross;
    assert_eq!(buy(&cashier, &hollow).await, "metal.less_out_of_range");
    log_and_tables_agree(&shop).await;
}

/// A supplier's bill brings goods at their amounts and input tax on its own accounts, once; and goes back whole.
pub async fn a_purchase_brings_goods_and_input_tax_and_is_recorded_once(world: &World) {
    let shop = world.shop("meena").await;
    let (supplier, today) = (shop.supplier().await, shop.today());
    let owner = shop.owner().await;
    let buy = async |new: &NewPurchase| {
        shop.tick();
        service::record_purchase(&shop.road, &owner, None, new).await
    };
    let mut new = grain_bill(supplier.id, "bh/17", today, 8000);
    new.round_off = Some(paise(-1));
    new.lines.push(NewPurchaseLine { goods: Goods::Piece(Box::new(piece("P-1"))), amount: paise(4_000_000) });
    let bought = buy(&new).await.unwrap().value;
    let head = &bought.voucher;
    // 1.5 % of 1,40,000.01 twice, spread over both lines.
    assert_eq!(
        (head.value, head.cgst, head.sgst, head.igst),
        (paise(14_000_001), paise(210_000), paise(210_000), paise(0))
    );
    assert_eq!(head.total, paise(14_420_000));
    assert_eq!(head.reference.as_ref().unwrap().as_str(), "BH/17");
    assert_eq!(bought.lines.iter().map(|line| line.cgst.minor()).sum::<i64>(), 210_000);
    assert_eq!(shop.own(For::Payable, supplier.id).await, -14_420_000);
    assert_eq!(shop.holds(For::InputCgst).await, 210_000);
    assert_eq!(shop.holds(For::StockCost(Metal::Gold)).await, 14_000_001);
    let piece_id = bought.lines[1].item.unwrap();
    assert_eq!(shop.reader().await.item(piece_id).await.unwrap().unwrap().cost, paise(4_000_000));

    assert_eq!(code(buy(&grain_bill(supplier.id, "BH/17", today, 10)).await), "purchase.bill_recorded");
    let taken = NewPurchase { bill_number: Label::new("BH/18").unwrap(), ..new.clone() };
    assert_eq!(code(buy(&taken).await), "metal.goods_taken");
    let tomorrow = crate::time::plus_days(today, 1);
    assert_eq!(code(buy(&grain_bill(supplier.id, "BH/19", tomorrow, 10)).await), "purchase.future_date");
    let goldsmith = shop.goldsmith().await;
    assert_eq!(code(buy(&grain_bill(goldsmith.id, "K/1", today, 10)).await), "supplier.not_found");

    let part = shop.pay(&paid(supplier.id, PaymentMode::Bank, 420_000, Some(head.id))).await;
    assert_eq!(shop.cancel_voucher(head.id).await, "metal.settled");
    shop.tick();
    service::reverse_payment(&shop.road, &owner, None, part.id, because("Bounced")).await.unwrap();
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let bill = shop.issue(&bill_of(asha.id, &[piece_id])).await;
    assert_eq!(shop.cancel_voucher(head.id).await, "metal.moved_on");
    shop.cancel(bill.invoice.id).await;
    assert_eq!(shop.cancel_voucher(head.id).await, "done");
    assert_eq!(shop.item_state(piece_id).await, ItemState::Withdrawn);
    assert_eq!(shop.holds(For::InputCgst).await, 0);
    assert_eq!(shop.own(For::Payable, supplier.id).await, 0);
    let again = buy(&new).await.unwrap().value;
    assert_eq!(
        again.voucher.number.as_str(),
        "PUR/26-27/000002",
        "bill and tags are free again, the number is not"
    );
    log_and_tables_agree(&shop).await;
}

/// Metal goes out to a goldsmith and comes back as goods: nothing of it is lost on the way but what is said to be.
pub async fn a_goldsmith_holds_what_he_was_given_and_answers_for_it(world: &World) {
    let shop = world.shop("meena").await;
    let (das, lot) = (shop.goldsmith().await, shop.lot(10_000).await);
    let owner = shop.owner().await;
    let given = shop.give_out(das.id, lot.id, 4000).await;
    assert_eq!(given.voucher.number.as_str(), "GI/26-27/000001");
    // 4 g of 10 g that cost 10,000 rupees, 22 carat.
    assert_eq!(shop.own(For::HoldingFine(Metal::Gold), das.id).await, 3_664_000_000);
    assert_eq!(shop.own(For::HoldingCost(Metal::Gold), das.id).await, 400_000);
    assert_eq!(shop.holds(For::Conversion(Metal::Gold)).await, -9_160_000_000, "title stays ours");

    let receive = async |scope: &_, new: &NewGoldsmithReceipt| {
        shop.tick();
        service::receive_from_goldsmith(&shop.road, scope, None, new).await
    };
    // The worked piece has 3.10524 g of fine gold in it.
    let (agreed, owed) = (58_760_000, 36_640_000);
    let losses = [(agreed, LossBearer::Agreed), (owed, LossBearer::Goldsmith)];
    let manager = shop.scope(Role::Manager).await;
    let careless = finished(das.id, "K-1", 50_000, &[(400_000_000, LossBearer::Shop)]);
    assert_eq!(code(receive(&manager, &careless).await), "metal.loss_beyond_limit");
    let greedy = finished(das.id, "K-1", 50_000, &[(600_000_000, LossBearer::Agreed)]);
    assert_eq!(code(receive(&owner, &greedy).await), "goldsmith.holds_less");
    let back = receive(&manager, &finished(das.id, "K-1", 50_000, &losses)).await.unwrap().value;
    assert_eq!(back.lines.len(), 3);
    // 3.20064 g of the 3.664 g that cost 4,000 rupees.
    let left = 3_664_000_000 - 3_105_240_000 - agreed - owed;
    assert_eq!(shop.own(For::HoldingFine(Metal::Gold), das.id).await, left);
    assert_eq!(shop.own(For::HoldingCost(Metal::Gold), das.id).await, 400_000 - 349_415);
    let owed_cost = 349_415 - (349_415_i64 * (3_105_240_000 + agreed) + 1_600_320_000) / 3_200_640_000;
    assert_eq!(shop.own(For::Payable, das.id).await, owed_cost - 50_000);
    let made = back.lines[0].item.unwrap();
    let cost = shop.reader().await.item(made).await.unwrap().unwrap().cost;
    assert_eq!(cost, paise(349_415 - owed_cost + 50_000), "the metal, the agreed loss, the labour");
    log_and_tables_agree(&shop).await;

    assert_eq!(shop.cancel_voucher(given.voucher.id).await, "metal.cannot_return");
    assert_eq!(shop.cancel_voucher(back.voucher.id).await, "done");
    assert_eq!(shop.own(For::Payable, das.id).await, 0);
    assert_eq!(shop.cancel_voucher(given.voucher.id).await, "done");
    let (_, on_hand) = shop.reader().await.lot(lot.id).await.unwrap().unwrap();
    assert_eq!((on_hand.mass, on_hand.cost), (mg(10_000), paise(1_000_000)));
    assert_eq!(shop.own(For::HoldingFine(Metal::Gold), das.id).await, 0);
    assert_eq!(shop.own(For::HoldingCost(Metal::Gold), das.id).await, 0);
    log_and_tables_agree(&shop).await;
}

/// What is melted and written off leaves its difference in rupees and in fine metal, and a piece's story is told whole.
pub async fn melting_and_writing_off_leave_their_difference_and_a_history(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate_of_old_metal().await;
    let asha = shop.customer("Asha").await;
    let old = shop.take_old(&old_bangle(asha.id)).await;
    let old_lot = old.lines[0].lot.unwrap();
    let owner = shop.owner().await;
    let manager = shop.scope(Role::Manager).await;
    let melt = async |scope: &_, milligrams: i64| {
        shop.tick();
        let new = NewMelt {
            lines: vec![(old_lot, mg(9500))],
            description: Name::new("Refined bar").unwrap(),
            fineness: fineness(999_000),
            mass: mg(milligrams),
            reason: None,
        };
        service::melt_metal(&shop.road, scope, None, &new).await
    };
    assert_eq!(code(melt(&manager, 8000).await), "metal.loss_beyond_limit");
    assert_eq!(code(melt(&owner, 9500).await), "melt.gain_too_great");
    let melted = melt(&manager, 8500).await.unwrap().value;
    let (lost, value) = (8_550_000_000 - 8_491_500_000_i64, 10_260_000_i64);
    let kept = (i128::from(value) * 8_491_500_000 + 4_275_000_000) / 8_550_000_000;
    let kept = i64::try_from(kept).unwrap();
    assert_eq!(shop.holds(For::StockCost(Metal::Gold)).await, kept);
    assert_eq!(shop.holds(For::MetalDifference).await, value - kept);
    assert_eq!(shop.holds(For::StockFine(Metal::Gold)).await, 8_550_000_000 - lost);
    assert_eq!(shop.holds(For::OldMetalFine(Metal::Gold)).await, 0);
    log_and_tables_agree(&shop).await;

    let ring = shop.item("R-1").await;
    let write_off = async |scope: &_, lines: Vec<WrittenOff>| {
        shop.tick();
        let new = NewWriteOff { lines, reason: because("Stolen") };
        service::write_off_stock(&shop.road, scope, None, &new).await
    };
    let bar = melted.lines[1].lot.unwrap();
    let both = vec![WrittenOff::Piece(ring.id), WrittenOff::Loose(bar, mg(8500))];
    assert_eq!(code(write_off(&manager, both.clone()).await), "permission.denied");
    let twice = vec![WrittenOff::Piece(ring.id), WrittenOff::Piece(ring.id)];
    assert_eq!(code(write_off(&owner, twice).await), "metal.goods_twice");
    let gone = write_off(&owner, both.clone()).await.unwrap().value;
    assert_eq!(code(write_off(&owner, both).await), "item.not_in_stock");
    assert_eq!(shop.holds(For::StockFine(Metal::Gold)).await, 0);
    assert_eq!(shop.holds(For::StockWrittenOff).await, 4_000_000 + kept);
    assert_eq!(shop.cancel_voucher(melted.voucher.id).await, "metal.moved_on");
    assert_eq!(shop.cancel_voucher(gone.voucher.id).await, "done");
    assert_eq!(shop.item_state(ring.id).await, ItemState::InStock);
    assert_eq!(shop.cancel_voucher(melted.voucher.id).await, "done");

    let story = service::item_movements(&shop.road, &owner, ring.id, PageRequest::first(2)).await.unwrap();
    let told: Vec<_> = story.items.iter().map(|of| of.posted.movement.pieces).collect();
    assert_eq!(told, [1, -1]);
    let rest = PageRequest { after: story.next, limit: 2 };
    let rest = service::item_movements(&shop.road, &owner, ring.id, rest).await.unwrap();
    assert_eq!((rest.items.len(), rest.next), (1, None));
    assert_eq!(rest.items[0].posted.entry.narration.as_str(), "SV/26-27/000002 cancelled");
    let of_lot = service::lot_movements(&shop.road, &owner, old_lot, PageRequest::first(9)).await.unwrap();
    let moved: Vec<Mass> = of_lot.items.iter().map(|of| of.posted.movement.mass).collect();
    assert_eq!(moved, [mg(9500), mg(-9500), mg(9500)]);
    log_and_tables_agree(&shop).await;
}

/// Lists narrow by everything that they say, page after page.
pub async fn vouchers_and_payments_are_found_by_kind_party_state_and_day(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate_of_old_metal().await;
    let (asha, das, supplier) = (shop.customer("Asha").await, shop.goldsmith().await, shop.supplier().await);
    let old = shop.take_old(&old_bangle(asha.id)).await.voucher;
    let lot = shop.lot(10_000).await;
    let given = shop.give_out(das.id, lot.id, 4000).await.voucher;
    let owner = shop.owner().await;
    shop.tick();
    let new = grain_bill(supplier.id, "A/1", shop.today(), 8000);
    let bought = service::record_purchase(&shop.road, &owner, None, &new).await.unwrap().value.voucher;
    assert_eq!(shop.cancel_voucher(given.id).await, "done");
    let found = async |filter: MetalVoucherFilter| {
        let mut reader = shop.reader().await;
        let first = reader.metal_vouchers(filter, PageRequest::first(1)).await.unwrap();
        let mut ids: Vec<_> = first.items.iter().map(|row| row.id).collect();
        let mut next = first.next;
        while next.is_some() {
            let page = PageRequest { after: next, limit: 1 };
            let page = reader.metal_vouchers(filter, page).await.unwrap();
            ids.extend(page.items.iter().map(|row| row.id));
            next = page.next;
        }
        ids
    };
    let all = MetalVoucherFilter::default();
    assert_eq!(found(all).await, [bought.id, given.id, old.id]);
    assert_eq!(found(MetalVoucherFilter { kind: Some(old.kind), ..all }).await, [old.id]);
    let recorded = MetalVoucherFilter { state: Some(MetalVoucherState::Recorded), ..all };
    assert_eq!(found(recorded).await, [bought.id, old.id]);
    assert_eq!(found(MetalVoucherFilter { party: Some(das.id), ..all }).await, [given.id]);
    let tomorrow = crate::time::plus_days(shop.today(), 1);
    assert_eq!(found(MetalVoucherFilter { from: Some(tomorrow), ..all }).await, []);
    assert_eq!(found(MetalVoucherFilter { to: Some(shop.today()), ..all }).await.len(), 3);
    let first = shop.pay(&paid(supplier.id, PaymentMode::Upi, 100, None)).await;
    let second = shop.pay(&paid(das.id, PaymentMode::Bank, 200, None)).await;
    let payments = async |to| {
        let page = shop.reader().await.payments(to, PageRequest::first(9)).await.unwrap();
        page.items.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(payments(None).await, [second.id, first.id]);
    assert_eq!(payments(Some(supplier.id)).await, [first.id]);
    let holdings = service::goldsmith_holdings(&shop.road, &owner, das.id).await.unwrap();
    assert!(holdings.iter().all(|of| of.fine.is_zero() && of.cost == Money::zero(of.cost.currency())));
    let statement =
        service::statement_of::<Goldsmiths>(&shop.road, &owner, das.id, None, None).await.unwrap();
    assert_eq!(statement.closing.len(), 4, "rupees and three metals");
    assert_eq!(statement.entries.len(), 3, "metal out, metal back, money");
    assert_eq!(code(service::customer(&shop.road, &owner, das.id).await), "resource.not_found");
    assert_eq!(code(service::party::<Suppliers>(&shop.road, &owner, das.id).await), "resource.not_found");
}
