//! A shop's day: the worked bill of a published price card, to the paisa and the nanogram.

use super::World;
use super::till::*;
use crate::measure::Metal;
use crate::service::shop as service;
use crate::shop::accounts::{Chart, For};
use crate::shop::identifiers::Huid;
use crate::shop::invoices::{InvoiceId, InvoiceState};
use crate::shop::parties::{Address, PartyPatch};
use crate::shop::receipts::PaymentMode;
use crate::shop::stock::{ItemState, NewItem};
use crate::store::PageRequest;
use crate::tenancy::Id as _;
use crate::text::{Name, Note};

/// 22 carat, 3.39 g at ₹12,800 a gram, making 16 %, GST 3 %: ₹51,845, as published.
pub async fn a_shops_day_comes_out_to_the_paisa_and_the_nanogram(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let ring = shop.item("R-1").await;
    let cashier = shop.cashier().await;
    let bill = service::issue_invoice(&shop.road, &cashier, None, &bill_of(asha.id, &[ring.id])).await;
    let bill = bill.unwrap().value;

    let head = &bill.invoice;
    assert_eq!(head.number.as_str(), "INV/26-27/000001");
    let line = bill.lines.first().unwrap();
    assert_eq!((line.metal_value, line.making_value), (paise(4_339_200), paise(694_272)));
    assert_eq!(line.fine.ng(), 3_105_240_000);
    assert_eq!((head.taxable, head.cgst, head.sgst), (paise(5_033_472), paise(75_502), paise(75_502)));
    assert_eq!((head.total, head.round_off), (paise(5_184_476), paise(24)));
    assert_eq!(head.payable, paise(5_184_500));

    let mut reader = shop.reader().await;
    assert_eq!(reader.invoice(head.id).await.unwrap().unwrap(), bill, "what was answered is what is kept");
    let (entry, postings) = reader.journal(head.entry).await.unwrap().unwrap();
    assert_eq!(entry.source_id.as_str(), head.id.to_string());
    let accounts = reader.accounts_for(Some(asha.id.uuid())).await.unwrap();
    let chart = Chart(&accounts);
    let posted = |account: &crate::ledger::Account| {
        postings
            .iter()
            .filter(|posting| posting.account == account.id)
            .map(|posting| posting.amount)
            .sum::<i64>()
    };
    let expected = [
        (chart.receivable(asha.id).unwrap(), 5_184_500),
        (chart.of(For::MetalSales).unwrap(), -4_339_200),
        (chart.of(For::Making).unwrap(), -694_272),
        (chart.of(For::Cgst).unwrap(), -75_502),
        (chart.of(For::Sgst).unwrap(), -75_502),
        (chart.of(For::RoundOff).unwrap(), -24),
        (chart.of(For::CostOfGoods).unwrap(), 4_000_000),
        (chart.of(For::StockCost(Metal::Gold)).unwrap(), -4_000_000),
        (chart.of(For::Conversion(Metal::Gold)).unwrap(), 3_105_240_000),
        (chart.of(For::StockFine(Metal::Gold)).unwrap(), -3_105_240_000),
    ];
    for (account, amount) in expected {
        assert_eq!(posted(account), amount, "{}", account.name);
    }
    assert_eq!(postings.len(), expected.len(), "and nothing else is posted");
    assert_eq!(reader.item(ring.id).await.unwrap().unwrap().state, ItemState::Sold);

    let half = shop.take(&money(asha.id, PaymentMode::Upi, 2_000_000, &[(head.id, 2_000_000)])).await;
    assert_eq!(half.receipt.number.as_str(), "RCT/26-27/000001");
    shop.take(&money(asha.id, PaymentMode::Cash, 3_184_500, &[(head.id, 3_184_500)])).await;
    assert_eq!(shop.reader().await.invoice(head.id).await.unwrap().unwrap().settled, paise(5_184_500));
    assert_eq!(shop.owes(asha.id).await, 0);
    assert_eq!((shop.holds(For::Upi).await, shop.holds(For::Cash).await), (2_000_000, 3_184_500));

    let owner = shop.owner().await;
    let statement = service::statement(&shop.road, &owner, asha.id, None, None).await.unwrap();
    let running: Vec<i64> = statement.entries.iter().map(|line| line.balance).collect();
    assert_eq!(running, [5_184_500, 3_184_500, 0]);
}

/// A cancelled bill leaves both sides visible, its number used, and the piece for sale again.
pub async fn a_cancelled_bill_is_mirrored_exactly(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let ring = shop.item("R-1").await;
    let before = shop.reader().await.all_balances().await.unwrap();
    let bill = shop.issue(&bill_of(asha.id, &[ring.id])).await;
    let cancelled = shop.cancel(bill.invoice.id).await;
    assert_eq!(cancelled.invoice.state, InvoiceState::Cancelled);

    let mut reader = shop.reader().await;
    for balance in reader.all_balances().await.unwrap() {
        let net = before.iter().find(|old| old.account == balance.account).map_or(0, |old| old.net());
        assert_eq!(balance.net(), net, "{:?}", balance.account);
    }
    let again = reader.item(ring.id).await.unwrap().unwrap();
    assert_eq!(again.state, ItemState::InStock);
    assert_eq!(reader.movements(bill.invoice.entry).await.unwrap().len(), 1, "the first side stays");
    let owner = shop.owner().await;
    let twice = Note::new("Again").unwrap();
    let twice = service::cancel_invoice(&shop.road, &owner, None, bill.invoice.id, twice).await;
    assert_eq!(code(twice), "invoice.not_issued");
    let next = shop.issue(&bill_of(asha.id, &[ring.id])).await;
    assert_eq!(next.invoice.number.as_str(), "INV/26-27/000002", "the number stays used");
}

/// Taking money back is the mirror of taking it, settlements included.
pub async fn a_reversed_receipt_opens_the_bill_again(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let bill = shop.sell(asha.id, "R-1").await;
    let paid =
        shop.take(&money(asha.id, PaymentMode::Cash, 5_184_500, &[(bill.invoice.id, 5_184_500)])).await;
    shop.reverse(paid.receipt.id).await;
    let mut reader = shop.reader().await;
    assert_eq!(reader.invoice(bill.invoice.id).await.unwrap().unwrap().settled, paise(0));
    let kept = reader.receipt(paid.receipt.id).await.unwrap().unwrap();
    let amounts: Vec<i64> = kept.settlements.iter().map(|settlement| settlement.amount.minor()).collect();
    assert_eq!(amounts, [5_184_500, -5_184_500]);
    assert_eq!((shop.owes(asha.id).await, shop.holds(For::Cash).await), (5_184_500, 0));
}

/// A bill is not cancelled into two live pieces with one hallmark id: the second came over the counter meanwhile.
pub async fn a_piece_does_not_come_back_beside_one_with_its_hallmark_id(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let hallmarked = |tag: &str| NewItem { huid: Some(Huid::parse("AB12CD").unwrap()), ..piece(tag) };
    let owner = shop.owner().await;
    let record = async |tag: &str| {
        shop.tick();
        service::record_item(&shop.road, &owner, None, hallmarked(tag)).await
    };
    let ring = record("R-1").await.unwrap().value.item;
    assert_eq!(code(record("R-2").await), "item.huid_taken");
    let bill = shop.issue(&bill_of(asha.id, &[ring.id])).await;
    let again = record("R-2").await.unwrap().value.item;
    let cancel = async || {
        shop.tick();
        let reason = Note::new("Billed twice").unwrap();
        service::cancel_invoice(&shop.road, &owner, None, bill.invoice.id, reason).await
    };
    assert_eq!(code(cancel().await), "item.huid_taken");
    shop.issue(&bill_of(asha.id, &[again.id])).await;
    assert_eq!(code(cancel().await), "done");
}

/// A shop moves, a customer marries, a piece is described anew: the bill stays as it was handed over.
pub async fn a_bill_says_its_parties_as_they_were_when_it_was_issued(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let party = shop.customer("Asha Rao").await;
    shop.tick();
    let owner = shop.owner().await;
    let huid = Some(Huid::parse("AZ4524").unwrap());
    let item = service::record_item(&shop.road, &owner, None, NewItem { huid, ..piece("R-1") }).await;
    let bill = shop.issue(&bill_of(party.id, &[item.unwrap().value.item.id])).await;
    let said = shop.reader().await.invoice_parties(bill.invoice.id).await.unwrap().unwrap();
    let business = shop.reader().await.business().await.unwrap();
    assert_eq!(Some(&said.seller_name), business.legal_name.as_ref());
    assert_eq!((&said.buyer_name, &said.buyer_phone), (&party.name, &party.phone));
    let line = bill.lines.first().unwrap();
    assert_eq!(line.huid.as_ref().map(Huid::as_str), Some("AZ4524"));

    shop.tick();
    let patch = PartyPatch {
        name: Some(Name::new("Asha Iyer").unwrap()),
        address: Some(Some(Address::new("1 New Street, Chennai 600001").unwrap())),
        ..PartyPatch::default()
    };
    service::change_customer(&shop.road, &owner, party.id, party.version, patch).await.unwrap();
    shop.cancel(bill.invoice.id).await;
    let mut reader = shop.reader().await;
    assert_eq!(reader.invoice_parties(bill.invoice.id).await.unwrap(), Some(said.clone()));
    let of_party = reader.bills_saying(party.id, PageRequest::first(10)).await.unwrap();
    assert_eq!((of_party.items, of_party.next), (vec![said], None));
    let unknown = InvoiceId::from_uuid(party.id.uuid());
    assert_eq!(reader.invoice_parties(unknown).await.unwrap(), None);
}
