//! Where a shop's customers pay: said by an owner, told to all owners, and on every bill on which something is open.

use super::World;
use super::till::*;
use crate::identity::payee::PayeePatch;
use crate::rbac::Role;
use crate::service::access as service;
use crate::service::shop::{invoice_to_pay, printed_invoice};
use crate::shop::print::BillCopy;
use crate::shop::receipts::PaymentMode;
use crate::tenancy::{AccountNumber, Ifsc, Vpa};
use crate::text::Name;

fn upi(id: &str) -> PayeePatch {
    PayeePatch {
        name: Name::new("Meena Jewellers").ok(),
        vpa: Some(Some(Vpa::parse(id).unwrap())),
        bank: Some(AccountNumber::parse("001234567890").zip(Ifsc::parse("SBIN0000300"))),
    }
}

/// They are the owner's to change, held against the version that was read, told to the owner each time, and gone when both
/// the UPI id and the account are.
pub async fn payee_details_are_an_owners_to_change_and_told_to_owners(world: &World) {
    let (shop, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    let owner = shop.owner().await;
    for role in [Role::Admin, Role::Manager, Role::Cashier, Role::Accountant, Role::Auditor] {
        let scope = shop.scope(role).await;
        let theirs = service::change_payee(&shop.road, &scope, 1, upi("thief@okbank")).await;
        assert_eq!(code(theirs), "permission.denied", "{role:?}");
    }
    let nameless = PayeePatch { name: None, ..upi("meena@okbank") };
    assert_eq!(code(service::change_payee(&shop.road, &owner, 1, nameless).await), "payee.no_name");
    assert_eq!(shop.reader().await.workspace().await.unwrap().payee, None);

    let changed = service::change_payee(&shop.road, &owner, 1, upi("meena@okbank")).await.unwrap();
    let kept = shop.reader().await.workspace().await.unwrap();
    assert_eq!((&kept, kept.version), (&changed.value, 2));
    let payee = kept.payee.unwrap();
    assert_eq!(payee.vpa.unwrap().as_str(), "meena@okbank");
    assert_eq!(payee.ifsc.unwrap().as_str(), "SBIN0000300");
    let again = service::change_payee(&shop.road, &owner, 2, upi("meena@okbank")).await.unwrap();
    assert_eq!(again.receipt, None, "nothing is different");
    let stale = service::change_payee(&shop.road, &owner, 1, upi("other@okbank")).await;
    assert_eq!(code(stale), "resource.stale");
    let none = PayeePatch { vpa: Some(None), bank: Some(None), ..PayeePatch::default() };
    let gone = service::change_payee(&shop.road, &owner, 2, none).await.unwrap();
    assert_eq!(gone.value.payee, None, "a name alone is no payee");
    let mails = shop.reader().await.mails(crate::store::PageRequest::first(200)).await.unwrap();
    let kinds: Vec<_> = mails.items.into_iter().map(|mail| mail.kind.code()).collect();
    assert_eq!(kinds, ["payee_changed", "payee_changed"]);
    assert_eq!(rupa.reader().await.workspace().await.unwrap().payee, None, "next door nothing is");
}

/// What is open is what the link asks for: after a part was paid the rest, and nothing after all of it or before the shop has
/// said where.
pub async fn a_bill_says_where_what_is_open_is_paid(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_270_000).await;
    let asha = shop.customer("Asha Devi").await;
    let bill = shop.sell(asha.id, "R-1").await;
    let owner = shop.owner().await;
    let pay = async || invoice_to_pay(&shop.road, &owner, bill.invoice.id).await.unwrap().1;
    assert_eq!(pay().await, None);
    service::change_payee(&shop.road, &owner, 1, upi("meena@okbank")).await.unwrap();

    let payable = bill.invoice.payable.minor();
    let asks = |minor: i64| format!("&am={}.{:02}&cu=INR&tr=INV%2F", minor / 100, minor % 100);
    let whole = pay().await.unwrap();
    assert_eq!(whole.open, bill.invoice.payable);
    assert!(whole.link.as_ref().unwrap().contains(&asks(payable)), "{whole:?}");
    assert_eq!(whole.bank.as_ref().unwrap().0, "001234567890");
    let printed = printed_invoice(&shop.road, &owner, bill.invoice.id, BillCopy::Original).await.unwrap();
    assert_eq!(printed.pay.as_ref(), Some(&whole));

    shop.take(&money(asha.id, PaymentMode::Upi, 100_000, &[(bill.invoice.id, 100_000)])).await;
    let rest = pay().await.unwrap();
    assert!(rest.link.unwrap().contains(&asks(payable - 100_000)));
    let left = payable - 100_000;
    shop.take(&money(asha.id, PaymentMode::Card, left, &[(bill.invoice.id, left)])).await;
    assert_eq!(pay().await, None, "nothing is open");
    let printed = printed_invoice(&shop.road, &owner, bill.invoice.id, BillCopy::Original).await.unwrap();
    assert_eq!((printed.pay, printed.due.as_str()), (None, "₹0.00"));
}
