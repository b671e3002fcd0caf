//! Rates locked and money paid ahead, as a client sees it.

use serde_json::{Value, json};

use crate::client::{Call, Person};
use crate::shop::{advance, bill, booking, chain, customer, id, inr, open, rate, refund};
use crate::world::{World, on_every_store};

on_every_store!(
    a_chain_is_sold_at_the_booked_rate_and_paid_with_the_advance,
    a_booking_is_made_once_however_often_it_is_sent,
    what_is_left_of_a_cancelled_bookings_advance_is_paid_back,
);

async fn booked(world: &World) -> (Person, String, Value) {
    let owner = open(world, "zaveri").await;
    owner.make(world, "/rates", rate()).await;
    let asha = id(&owner.make(world, "/customers", customer("Asha Rao")).await);
    let booking = owner.make(world, "/bookings", booking(&asha)).await;
    (owner, asha, booking)
}

fn at_booking(customer: &str, item: &str, booking: &Value) -> Value {
    let mut bill = bill(customer, item);
    bill["lines"][0]["booking_id"] = booking["id"].clone();
    bill
}

fn by_advance(customer: &str, advance: &Value, invoice: &str, minor: i64) -> Value {
    let allocations = json!([{"invoice_id": invoice, "amount": inr(minor)}]);
    json!({"customer_id": customer, "mode": "advance", "advance_id": advance["id"], "amount": inr(minor),
        "allocations": allocations})
}

async fn a_chain_is_sold_at_the_booked_rate_and_paid_with_the_advance(world: World) {
    let (owner, asha, booking) = booked(&world).await;
    assert_eq!((&booking["number"], &booking["state"]), (&json!("BKG/26-27/000001"), &json!("open")));
    assert_eq!((&booking["open_mg"], &booking["used_mg"]), (&json!(10_000), &json!(0)));
    assert_eq!(booking["rate"]["amount"], inr(1_280_000));
    let paid = booking["advances"][0].clone();
    assert_eq!((&paid["number"], &paid["amount"]), (&json!("ADV/26-27/000001"), &inr(1_500_000)));
    let mut dearer = rate();
    dearer["amount"] = inr(1_340_000);
    owner.make(&world, "/rates", dearer).await;

    let positions = owner.read(&world, "/bookings/positions").await;
    let gold = &positions["items"][0];
    assert_eq!((&gold["open_mg"], &gold["average_gram"]), (&json!(10_000), &inr(1_280_000)));
    assert_eq!((&gold["locked_value"], &gold["difference"]), (&inr(12_800_000), &inr(-600_000)));
    assert_eq!(gold["by_expiry"][0]["expires"], "2026-12-20");

    let item = id(&owner.make(&world, "/items", chain("G-1")).await);
    let at_lock = at_booking(&asha, &item, &booking);
    let preview = owner.send(&world, &Call::post("/invoices/preview", &at_lock)).await.expect(200);
    let sold = owner.make(&world, "/invoices", at_lock).await;
    assert_eq!((&sold["lines"], &sold["totals"]), (&preview["lines"], &preview["totals"]));
    assert_eq!(sold["totals"]["payable"], inr(5_184_500), "the price card's, at the booked rate");
    let part = &sold["lines"][0]["booked"];
    assert_eq!((&part["booking_id"], &part["mass_mg"]), (&booking["id"], &json!(3_390)));
    assert_eq!((&part["value"], &part["rate"]["amount"]), (&inr(4_339_200), &inr(1_280_000)));
    let path = format!("/bookings/{}", id(&booking));
    assert_eq!(owner.read(&world, &path).await["open_mg"], 6_610);

    let settle = by_advance(&asha, &paid, &id(&sold), 1_500_000);
    let receipt = owner.make(&world, "/receipts", settle.clone()).await;
    assert_eq!((&receipt["mode"], &receipt["advance_id"]), (&json!("advance"), &paid["id"]));
    owner
        .send(&world, &Call::post("/receipts", &settle))
        .await
        .expect_problem(409, "receipt.more_than_advance");
    let bill = owner.read(&world, &format!("/invoices/{}", id(&sold))).await;
    assert_eq!((&bill["settled"], &bill["outstanding"]), (&inr(1_500_000), &inr(3_684_500)));
    let advance = owner.read(&world, &format!("/advances/{}", id(&paid))).await;
    assert_eq!(advance["used"], inr(1_500_000));
}

async fn a_booking_is_made_once_however_often_it_is_sent(world: World) {
    let (owner, asha, _) = booked(&world).await;
    let call = Call::post("/bookings", &booking(&asha)).header("Idempotency-Key", "book-1");
    let first = owner.send(&world, &call).await.expect(201);
    let again = owner.send(&world, &call).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(again.expect(201), first);
    let listed = owner.read(&world, &format!("/bookings?state=open&customer_id={asha}")).await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    let advances = owner.read(&world, &format!("/advances?booking_id={}", id(&first))).await;
    assert_eq!(advances["items"], first["advances"]);
}

async fn what_is_left_of_a_cancelled_bookings_advance_is_paid_back(world: World) {
    let (owner, asha, booking) = booked(&world).await;
    let paid = &booking["advances"][0];
    let mut back = refund(&asha, 1_500_000);
    back["advance_id"] = paid["id"].clone();
    owner.send(&world, &Call::post("/refunds", &back)).await.expect_problem(409, "refund.booking_stands");
    let cancel =
        Call::post(format!("/bookings/{}/cancel", id(&booking)), &json!({"reason": "Wedding is off"}));
    let cancelled = owner.send(&world, &cancel).await.expect(200);
    assert_eq!(
        (&cancelled["state"], &cancelled["cancel_reason"]),
        (&json!("cancelled"), &json!("Wedding is off"))
    );
    let item = id(&owner.make(&world, "/items", chain("G-1")).await);
    let at_lock = Call::post("/invoices", &at_booking(&asha, &item, &booking));
    owner.send(&world, &at_lock).await.expect_problem(409, "booking.cancelled");
    let refunded = owner.make(&world, "/refunds", back.clone()).await;
    assert_eq!(refunded["advance_id"], paid["id"]);
    owner.send(&world, &Call::post("/refunds", &back)).await.expect_problem(409, "refund.more_than_advance");
    let more = advance(&asha, 700);
    let loose = owner.make(&world, "/advances", more).await;
    let reverse = Call::post(format!("/advances/{}/reverse", id(&loose)), &json!({"reason": "Wrong person"}));
    assert_eq!(owner.send(&world, &reverse).await.expect(200)["state"], "reversed");
}
