//! The worked bill as an e-invoice, held against the published limits, and bills that have none.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::Value;

use super::{EInvoiceRefusal, e_invoice};
use crate::measure::Mass;
use crate::service::shop as service;
use crate::shop::identifiers::Gstin;
use crate::shop::invoices::{Bill, InvoiceKind, InvoiceParties, InvoiceState};
use crate::shop::parties::{Address, NewParty};
use crate::store::conformance::{Fixture, Shop, World, till::*};
use crate::text::Name;

/// A bill of a piece and of grain, with a discount, to a registered buyer; and its parties.
async fn registered(shop: &Shop, gstin: &str) -> (Bill, InvoiceParties) {
    shop.rate(1_280_000).await;
    let new = NewParty {
        gstin: Some(Gstin::parse(gstin).unwrap()),
        state: None,
        address: Some(Address::new("14 \"Silver\" Street, Fort, Mumbai 400001").unwrap()),
        ..customer("Rao & Sons")
    };
    shop.tick();
    let buyer = service::record_customer(&shop.road, &shop.owner().await, None, new).await.unwrap().value;
    let (ring, lot) = (shop.item("R-1").await, shop.lot(10_000).await);
    let mut bill = bill_of(buyer.id, &[ring.id]);
    bill.lines.extend(bill_of_lot(buyer.id, lot.id, 3_331).lines);
    bill.discount = Some(paise(12_347));
    let bill = shop.issue(&bill).await;
    let parties = shop.reader().await.invoice_parties(bill.invoice.id).await.unwrap().unwrap();
    (bill, parties)
}

async fn shop() -> Shop {
    World::of(Fixture::in_memory()).shop("meena").await
}

fn decimal(value: &Value) -> Decimal {
    value.to_string().parse().unwrap()
}

/// Every field by its path, those of the lines together.
fn fields(document: &Value) -> BTreeMap<String, Vec<Value>> {
    let mut fields: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (section, value) in document.as_object().unwrap() {
        let objects = match value {
            Value::Array(items) => items.iter().collect(),
            Value::Object(_) => vec![value],
            _ => {
                fields.insert(section.clone(), vec![value.clone()]);
                continue;
            }
        };
        for (name, value) in objects.into_iter().flat_map(|object| object.as_object().unwrap()) {
            fields.entry(format!("{section}.{name}")).or_default().push(value.clone());
        }
    }
    fields
}

/// No field that the schema lacks, none that it requires missing, each within its limits.
fn assert_within_limits(document: &Value) {
    let mut fields = fields(document);
    let lines = document["ItemList"].as_array().unwrap().len();
    for row in include_str!("limits.txt").lines().filter(|row| !row.starts_with('#')) {
        let [path, kind, least, most, required] = row.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let values = fields.remove(path).unwrap_or_default();
        if required == "required" {
            let count = if path.starts_with("ItemList.") { lines } else { 1 };
            assert_eq!(values.len(), count, "{path}");
        }
        for value in values {
            let size = match kind {
                "text" => {
                    let text = value.as_str().unwrap();
                    assert!(!text.contains(['"', '\\']), "{path}: {text}");
                    Decimal::from(text.chars().count())
                }
                _ => decimal(&value),
            };
            let (least, most): (Decimal, Decimal) = (least.parse().unwrap(), most.parse().unwrap());
            assert!((least..=most).contains(&size), "{path}: {value}");
        }
    }
    assert!(fields.is_empty(), "the schema has no such fields: {fields:?}");
}

#[tokio::test]
async fn a_registered_bill_is_within_the_published_limits_and_adds_up() {
    for (gstin, is_within) in [("27AAECG3736E1C2", false), ("29AABCF8078M1C8", true)] {
        let (bill, parties) = registered(&shop().await, gstin).await;
        let made = e_invoice(&bill, &parties).unwrap();
        let document: Value = serde_json::from_str(&made.json).unwrap();
        assert_within_limits(&document);

        let at = |pointer: &str| document.pointer(pointer).unwrap().clone();
        assert_eq!(at("/DocDtls/No"), bill.invoice.number.as_str());
        assert_eq!(at("/DocDtls/Dt"), "23/11/2026");
        assert_eq!((at("/SellerDtls/Loc"), at("/SellerDtls/Pin")), ("Bengaluru".into(), 560_002.into()));
        assert_eq!((at("/BuyerDtls/Loc"), at("/BuyerDtls/Pin")), ("Mumbai".into(), 400_001.into()));
        assert_eq!(at("/BuyerDtls/Addr1"), "14 'Silver' Street, Fort");
        assert_eq!(at("/BuyerDtls/Pos"), if is_within { "29" } else { "27" });
        assert_eq!((at("/ItemList/0/Unit"), at("/ItemList/0/HsnCd")), ("GMS".into(), "71131911".into()));
        assert!(
            made.json.contains("\"Qty\":3.390,") && made.json.contains("\"GstRt\":3.000,"),
            "{}",
            made.json
        );

        let value = |pointer: &str| decimal(&at(pointer));
        let heads = ["Igst", "Cgst", "Sgst"].map(|head| format!("/ValDtls/{head}Val"));
        let tax: Decimal = heads.iter().map(|head| value(head)).sum();
        let total = value("/ValDtls/AssVal") + tax + value("/ValDtls/RndOffAmt");
        assert_eq!(total, value("/ValDtls/TotInvVal"));
        assert_eq!(is_within, value("/ValDtls/IgstVal").is_zero());
        let mut taxable = Decimal::ZERO;
        for line in 0..2 {
            let of = |name: &str| value(&format!("/ItemList/{line}/{name}"));
            assert_eq!(of("TotAmt") - of("Discount"), of("AssAmt"));
            assert_eq!(of("AssAmt") + of("IgstAmt") + of("CgstAmt") + of("SgstAmt"), of("TotItemVal"));
            // The price of a gram is rounded to a tenth of a paisa: the portals allow a rupee.
            assert!((of("Qty") * of("UnitPrice") - of("TotAmt")).abs() < Decimal::ONE);
            taxable += of("AssAmt");
        }
        assert_eq!(taxable, value("/ValDtls/AssVal"));
    }
}

#[tokio::test]
async fn a_bill_that_is_not_registered_says_why() {
    use EInvoiceRefusal as No;
    let (bill, parties) = registered(&shop().await, "27AAECG3736E1C2").await;
    let refused = |bill: &Bill, parties: &InvoiceParties| e_invoice(bill, parties).unwrap_err();
    let with = |change: fn(&mut Bill)| {
        let mut bill = bill.clone();
        change(&mut bill);
        refused(&bill, &parties)
    };
    assert_eq!(with(|bill| bill.invoice.state = InvoiceState::Cancelled), No::Cancelled);
    assert_eq!(with(|bill| bill.invoice.kind = InvoiceKind::BillOfSupply), No::NotTaxed);
    assert_eq!(with(|bill| bill.invoice.round_off = paise(10_000)), No::Field { field: "ValDtls.RndOffAmt" });
    assert_eq!(with(|bill| bill.invoice.payable = paise(-1)), No::Field { field: "ValDtls.TotInvVal" });
    assert_eq!(with(|bill| bill.lines[0].net = Mass::ZERO), No::Field { field: "ItemList.Qty" });
    let short = |bill: &mut Bill| bill.lines[1].description = Name::new("Au").unwrap();
    assert_eq!(with(short), No::Field { field: "ItemList.PrdDesc" });

    let with = |change: fn(&mut InvoiceParties)| {
        let mut parties = parties.clone();
        change(&mut parties);
        refused(&bill, &parties)
    };
    assert_eq!(with(|parties| parties.buyer_gstin = None), No::BuyerNotRegistered);
    assert_eq!(with(|parties| parties.seller_gstin = None), No::NotTaxed);
    assert_eq!(with(|parties| parties.buyer_address = None), No::NoPlace { of: "buyer" });
    let nowhere =
        |parties: &mut InvoiceParties| parties.seller_address = Address::new("Avenue Road").unwrap();
    assert_eq!(with(nowhere), No::NoPlace { of: "seller" });
    assert_eq!(
        with(|parties| parties.buyer_name = Name::new("Ra").unwrap()),
        No::Field { field: "BuyerDtls.LglNm" }
    );
}
