//! Cash and the law's limits, as a client sees them.

use serde_json::{Value, json};

use crate::client::Call;
use crate::shop::{customer, id, inr, old_bangle, open, payment, rate, rate_of_old_metal};
use crate::world::{World, on_every_store};

on_every_store!(
    two_lakh_in_cash_are_refused_and_told_what_may_still_be_taken,
    metal_at_the_exchange_rate_is_not_paid_out,
);

fn cash(customer: &str, minor: i64) -> Value {
    json!({"customer_id": customer, "mode": "cash", "amount": inr(minor), "occasion": "Wedding"})
}

async fn two_lakh_in_cash_are_refused_and_told_what_may_still_be_taken(world: World) {
    let owner = open(&world, "zaveri").await;
    let asha = id(&owner.make(&world, "/customers", customer("Asha Rao")).await);
    // The same telephone number: the same person.
    let again = id(&owner.make(&world, "/customers", customer("A. Rao")).await);
    let taken = owner.make(&world, "/receipts", cash(&asha, 15_000_000)).await;
    assert_eq!(taken["occasion"], "wedding");
    for path in ["/receipts", "/advances"] {
        let refused = owner.send(&world, &Call::post(path, &cash(&again, 5_000_000))).await;
        refused.expect_problem(409, "cash.day_limit");
        let problem = refused.json();
        assert!(problem["detail"].as_str().is_some_and(|text| text.contains("INR 49999.99")), "{problem}");
        assert_eq!(problem["errors"][0]["pointer"], "/amount");
    }
    let ahead = owner.make(&world, "/advances", cash(&again, 4_999_999)).await;
    assert_eq!(ahead["occasion"], "wedding");
    let mut transfer = cash(&asha, 90_000_000);
    transfer["mode"] = json!("bank");
    owner.make(&world, "/receipts", transfer).await;
}

async fn metal_at_the_exchange_rate_is_not_paid_out(world: World) {
    let owner = open(&world, "zaveri").await;
    owner.make(&world, "/rates", rate()).await;
    let mut exchange = rate_of_old_metal();
    exchange["kind"] = json!("exchange");
    owner.make(&world, "/rates", exchange).await;
    let mut seller = customer("Asha Rao");
    seller["identity"] = json!({"document": "driving_licence", "last_four": "4417"});
    let asha = id(&owner.make(&world, "/customers", seller).await);
    let mut bangle = old_bangle(&asha);
    bangle["rate_kind"] = json!("exchange");
    let bought = owner.make(&world, "/old-metal-purchases", bangle).await;
    assert_eq!(bought["rate_kind"], "exchange");
    let mut paid = payment(&asha);
    paid["voucher_id"] = bought["id"].clone();
    owner.send(&world, &Call::post("/payments", &paid)).await.expect_problem(409, "payment.exchange_metal");
}
