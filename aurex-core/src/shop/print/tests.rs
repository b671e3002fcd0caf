//! The worked bill to the paisa, and a bill that has everything that a bill can have.

use super::*;
use crate::measure::{Ratio, StoneMass};
use crate::service::shop as service;
use crate::shop::identifiers::{Gstin, Huid, StateCode};
use crate::shop::invoices::{Bill, InvoiceId, NewBill, NewLine};
use crate::shop::parties::{Address, NewParty};
use crate::shop::pricing::{Making, MakingMassBase, Stone, Wastage};
use crate::shop::receipts::PaymentMode;
use crate::shop::stock::{ChargeLine, NewItem, StoneLine};
use crate::store::conformance::{Fixture, Shop, World, till::*};
use crate::text::Name;

async fn printed(shop: &Shop, id: InvoiceId) -> PrintedBill {
    let owner = shop.owner().await;
    service::printed_invoice(&shop.road, &owner, id, BillCopy::Original).await.unwrap()
}

/// Every text of an entry of the list is somewhere on the bill, and which entries have any.
fn sources_said(bill: &PrintedBill) -> usize {
    let whole = format!("{bill:?}") + "Reverse charge Authorised signatory";
    for content in CONTENTS {
        for text in (content.texts)(bill) {
            assert!(!text.is_empty() && whole.contains(text), "{}: {text}", content.what);
        }
    }
    CONTENTS.iter().filter(|content| !(content.texts)(bill).is_empty()).count()
}

#[expect(clippy::disallowed_methods, reason = "a test reads the wish of whoever runs it")]
fn is_blessed() -> bool {
    std::env::var("AUREX_BLESS").is_ok_and(|wish| wish == "1")
}

/// 22 karat, 3.39 g at ₹12,800 a gram, making 16 %, GST 3 %: ₹51,845, as published.
#[tokio::test]
async fn the_worked_bill_prints_to_the_paisa() {
    let world = World::of(Fixture::in_memory());
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let bill = shop.sell(asha.id, "R-1").await.invoice;
    let printed = printed(&shop, bill.id).await;
    let golden = include_str!("../../../tests/golden/printed_bill.txt");
    if is_blessed() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/printed_bill.txt");
        std::fs::write(path, format!("{printed:#?}\n")).unwrap();
    } else {
        assert_eq!(format!("{printed:#?}\n"), golden);
    }
    assert_eq!((printed.payable.as_str(), printed.round_off.as_deref()), ("₹51,845.00", Some("0.24")));
    assert_eq!(printed.amount_in_words, "Rupees Fifty One Thousand Eight Hundred Forty Five Only");
    sources_said(&printed);
}

async fn rich_bill(shop: &Shop) -> Bill {
    shop.rate(1_280_000).await;
    let owner = shop.owner().await;
    let buyer = NewParty {
        gstin: Some(Gstin::parse("27AAECG3736E1C2").unwrap()),
        state: Some(StateCode::parse("27").unwrap()),
        address: Some(Address::new("9 Laxmi Road, Pune 411030").unwrap()),
        ..customer("Sharmila Kulkarni")
    };
    let buyer = service::record_customer(&shop.road, &owner, None, buyer).await.unwrap().value;
    let stone = |description: &str, stone| StoneLine { description: Name::new(description).unwrap(), stone };
    let ring = NewItem {
        huid: Some(Huid::parse("AZ4524").unwrap()),
        gross: mg(3470),
        less: mg(80),
        stones: vec![
            stone(
                "Diamond",
                Stone::PerCarat { mass: StoneMass::new(200).unwrap(), per_carat: paise(2_500_000) },
            ),
            stone("Pearl", Stone::PerPiece { count: 3, per_piece: paise(45_000) }),
        ],
        ..piece("R-1")
    };
    shop.tick();
    let ring = service::record_item(&shop.road, &owner, None, ring).await.unwrap().value.item;
    let chain = shop.item("R-2").await;
    let bill = NewBill {
        target: None,
        party: buyer.id,
        place_of_supply: None,
        date: None,
        discount: Some(paise(50_000)),
        lines: vec![
            NewLine {
                item: Some(ring.id),
                wastage: Some(Wastage::OnValue(Ratio::from_ppm(20_000))),
                other_charges: vec![ChargeLine {
                    description: Name::new("Hallmarking").unwrap(),
                    amount: paise(4_500),
                }],
                discount: Some(paise(10_000)),
                ..NewLine::default()
            },
            NewLine {
                item: Some(chain.id),
                wastage: Some(Wastage::OnMass(Ratio::from_ppm(80_000))),
                making: Some(Making::PerMass {
                    amount: paise(80_000),
                    per: mg(1000),
                    base: MakingMassBase::Gross,
                }),
                ..NewLine::default()
            },
        ],
    };
    shop.issue(&bill).await
}

#[tokio::test]
async fn a_bill_with_everything_says_everything_that_the_law_wants() {
    let world = World::of(Fixture::in_memory());
    let shop = world.shop("meena").await;
    let bill = rich_bill(&shop).await;
    let head = &bill.invoice;
    shop.take(&money(head.party, PaymentMode::Upi, 1_000_000, &[(head.id, 1_000_000)])).await;
    let printed = printed(&shop, head.id).await;
    // All of them but the composition shop's.
    assert_eq!(sources_said(&printed), CONTENTS.len() - 1);

    let [ring, chain] = &printed.lines[..] else { panic!("two lines") };
    assert_eq!((ring.huid.as_deref(), ring.purity.as_str()), (Some("AZ4524"), "Gold 22K 916‰"));
    assert_eq!((ring.gross.as_str(), &*ring.less, &*ring.net), ("3.470 g", "0.080 g", "3.390 g"));
    assert_eq!((ring.rate.as_str(), ring.metal.as_str()), ("₹12,800.00 / g", "43,392.00"));
    let [diamond, pearl] = &ring.stones[..] else { panic!("two kinds") };
    assert_eq!(
        (&*diamond.quantity, &*diamond.rate, &*diamond.value),
        ("0.200 ct", "₹25,000.00 / ct", "5,000.00")
    );
    assert_eq!((&*pearl.quantity, &*pearl.rate, &*pearl.value), ("3 pcs", "₹450.00 each", "1,350.00"));
    let said = |charge: &Option<PrintedCharge>| charge.clone().map(|of| (of.description, of.amount));
    assert_eq!(said(&ring.wastage), Some(("Wastage 2% of metal".to_owned(), Some("867.84".to_owned()))));
    assert_eq!(said(&ring.making), Some(("Making 16% of metal".to_owned(), Some("6,942.72".to_owned()))));
    assert_eq!(ring.charges[0].amount.as_deref(), Some("45.00"));
    let wasted = "Wastage 8% of net, 0.271 g (in the metal's value)";
    assert_eq!(said(&chain.wastage), Some((wasted.to_owned(), None)));
    assert_eq!(chain.making.as_ref().unwrap().description, "Making ₹800.00 / g of gross");

    let heads: Vec<_> = printed.heads.iter().map(|(head, _)| *head).collect();
    assert_eq!(heads, ["IGST"], "to another state");
    let [tax] = &printed.taxes[..] else { panic!("one HSN") };
    assert_eq!(
        (tax.rate.as_deref(), &tax.cgst, tax.igst.as_ref()),
        (Some("3%"), &None, Some(&printed.heads[0].1))
    );
    assert_eq!(tax.taxable, printed.taxable);
    assert_eq!(
        (printed.place_of_supply.as_str(), printed.settled.as_str()),
        ("Maharashtra (27)", "10,000.00")
    );
    assert!(printed.hallmark_notice.is_some() && printed.cancelled.is_none());
}

#[tokio::test]
async fn a_cancelled_bill_says_so_and_is_owed_by_nobody() {
    let world = World::of(Fixture::in_memory());
    let shop = world.shop("meena").await;
    let bill = rich_bill(&shop).await.invoice;
    shop.cancel(bill.id).await;
    let printed = printed(&shop, bill.id).await;
    let cancelled = printed.cancelled.unwrap();
    assert_eq!((cancelled.on.as_str(), cancelled.reason.as_str()), ("23 Nov 2026", "Billed twice"));
    assert_eq!((printed.due.as_str(), printed.number), ("₹0.00", bill.number.to_string()));
}

/// Who may not read bills does not print them, and what is not there is not printed.
#[tokio::test]
async fn a_bill_is_printed_by_whoever_may_read_it() {
    let world = World::of(Fixture::in_memory());
    let (shop, other) = (world.shop("meena").await, world.shop("rupa").await);
    let bill = rich_bill(&shop).await.invoice;
    let stranger = other.owner().await;
    let answer = service::printed_invoice(&other.road, &stranger, bill.id, BillCopy::Original).await;
    assert!(code(answer).ends_with("not_found"));
    let copy =
        service::printed_invoice(&shop.road, &shop.cashier().await, bill.id, BillCopy::Triplicate).await;
    assert_eq!(copy.unwrap().copy, "Triplicate for supplier");
}
