//! Erasing a customer's and a former member's data, from outside: two persons, what the law lets go, and nothing left in
//! any answer. And what goes by itself.

use aurex_core::service::expire_personal;
use serde_json::{Value, json};

use crate::client::{Call, Person};
use crate::shop::{PASSWORD, Shop, address, join, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    two_persons_erase_a_customer_and_no_answer_names_them_again,
    what_the_books_keep_is_named_with_its_rule_and_its_date,
    two_persons_erase_a_former_member_and_no_answer_names_them_again,
    asvs_v14_2_7_from_where_and_by_what_people_worked_goes_by_itself,
    asvs_v8_2_1_only_who_may_erase_asks_for_it_and_sees_to_it,
);

async fn record(world: &World, shop: &Shop) -> Value {
    let body = json!({
        "name": "Quetzal Zaveri", "phone": "+919812345670", "email": "quetzal@customers.example",
        "address": "7 Quetzal Road, Mysuru", "state_code": "29",
    });
    shop.owner.make(world, "/customers", body).await
}

fn path(customer: &Value) -> String {
    format!("/customers/{}/erasure", customer["id"].as_str().unwrap())
}

fn wish(fields: &[&str]) -> Value {
    json!({"basis": "consent_withdrawn", "fields": fields})
}

async fn everything(world: &World, who: &Person, customer: &Value) -> String {
    let id = customer["id"].as_str().unwrap();
    let mut all = String::new();
    for path in [format!("/customers/{id}"), "/customers".to_owned(), "/audit?limit=200".to_owned()] {
        all.push_str(&who.read(world, &path).await.to_string());
    }
    all
}

async fn two_persons_erase_a_customer_and_no_answer_names_them_again(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (asha, admin) = join(&world, &shop.owner, "asha", "admin").await;
    let customer = record(&world, &shop).await;
    assert!(everything(&world, &shop.owner, &customer).await.contains("Quetzal"));
    let standing = shop.owner.read(&world, &path(&customer)).await;
    let fields = standing["fields"].as_array().unwrap();
    let name = fields.iter().find(|field| field["field"] == "name").unwrap();
    assert_eq!(
        (&name["holds"], &name["is_free"]),
        (&json!(true), &json!(true)),
        "who never bought is in no book"
    );

    let asked = shop.owner.make(&world, &path(&customer), json!({"basis": "consent_withdrawn"})).await;
    assert_eq!((&asked["action"], &asked["state"]), (&json!("personal.erase"), &json!("waiting")));
    assert!(everything(&world, &shop.owner, &customer).await.contains("Quetzal"), "nothing happened yet");
    let approve = format!("/approvals/{}/approve", asked["id"].as_str().unwrap());
    let digest = json!({"digest": asked["digest"]});
    shop.owner.send(&world, &Call::post(&approve, &digest)).await.expect_problem(403, "approval.own_request");
    admin.send(&world, &Call::post(&approve, &digest)).await.expect(200);

    let after = everything(&world, &shop.owner, &customer).await;
    for word in ["Quetzal", "quetzal@", "9812345670"] {
        assert!(!after.contains(word), "{word} in {after}");
    }
    let shown = shop.owner.read(&world, &format!("/customers/{}", customer["id"].as_str().unwrap())).await;
    assert_eq!((&shown["name"], &shown["phone"]), (&json!("(erased)"), &Value::Null));
    let log = shop.owner.read(&world, "/audit?action=personal.erase").await;
    let entry = &log["items"][0];
    assert_eq!((&entry["actor"]["id"], &entry["subject"]["id"]), (&json!(asha), &customer["id"]));
    let recorded = shop.owner.read(&world, "/audit?action=customer.record").await.to_string();
    assert!(recorded.contains("(erased)"), "{recorded}");
    let again = shop.owner.send(&world, &Call::post(path(&customer), &wish(&["name"]))).await;
    again.expect_problem(409, "erasure.nothing_left");
}

async fn what_the_books_keep_is_named_with_its_rule_and_its_date(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let customer = json!({"id": shop.customer});
    let answer = shop.owner.send(&world, &Call::post(path(&customer), &wish(&["phone"]))).await;
    answer.expect_problem(409, "erasure.account_open");
    let standing = shop.owner.read(&world, &path(&customer)).await;
    let of = |name: &str| {
        let fields = standing["fields"].as_array().unwrap();
        fields.iter().find(|field| field["field"] == name).unwrap().clone()
    };
    assert_eq!((&of("name")["is_free"], &of("name")["free_from"]), (&json!(false), &json!("2035-04-01")));
    assert_eq!(of("name")["rule"], "books.eight_years");
    assert_eq!((&of("phone")["is_free"], &of("phone")["rule"]), (&json!(true), &Value::Null));
}

async fn asvs_v8_2_1_only_who_may_erase_asks_for_it_and_sees_to_it(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, manager) = join(&world, &shop.owner, "ravi", "manager").await;
    let customer = record(&world, &shop).await;
    let refused = manager.send(&world, &Call::post(path(&customer), &wish(&["phone"]))).await;
    refused.expect_problem(403, "access.forbidden");
    assert!(
        !refused.json()["detail"].as_str().unwrap().contains("POST …/approvals"),
        "nobody asks for it there"
    );
    let asked = shop.owner.make(&world, &path(&customer), wish(&["phone"])).await;
    let approve = format!("/approvals/{}/approve", asked["id"].as_str().unwrap());
    let answer = manager.send(&world, &Call::post(&approve, &json!({"digest": asked["digest"]}))).await;
    answer.expect_problem(403, "access.forbidden");
    let unknown = json!({"id": "cus_00000000000000000000000000000009"});
    let answer = shop.owner.send(&world, &Call::post(path(&unknown), &wish(&[]))).await;
    assert_eq!(answer.status, 404);
}

async fn two_persons_erase_a_former_member_and_no_answer_names_them_again(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, admin) = join(&world, &shop.owner, "asha", "admin").await;
    let (ravi, cashier) = join(&world, &shop.owner, "quetzal", "cashier").await;
    cashier.make(&world, "/customers", crate::shop::customer("Uma Rao")).await;
    let path = format!("/members/{ravi}/erasure");
    let wish = |fields: &[&str]| json!({"basis": "purpose_ended", "fields": fields});
    let still = shop.owner.send(&world, &Call::post(&path, &wish(&["email"]))).await;
    still.expect_problem(409, "erasure.still_a_member");
    let leaves = Call::patch(format!("/members/{ravi}"), "\"1\"", &json!({"disabled": true}));
    shop.owner.send(&world, &leaves).await.expect(200);

    let standing = shop.owner.read(&world, &path).await;
    let of = |name: &str| {
        let fields = standing["fields"].as_array().unwrap();
        fields.iter().find(|field| field["field"] == name).unwrap().clone()
    };
    assert_eq!(standing["member_id"], ravi.as_str());
    assert_eq!(
        (&of("name")["rule"], &of("name")["free_from"]),
        (&json!("books.eight_years"), &json!("2035-04-01"))
    );
    assert_eq!(of("whereabouts")["rule"], "logs.180_days");
    assert_eq!((&of("email")["holds"], &of("email")["is_free"]), (&json!(true), &json!(true)));
    let held = shop.owner.send(&world, &Call::post(&path, &wish(&["email", "name"]))).await;
    held.expect_problem(409, "erasure.held");

    let asked = shop.owner.make(&world, &path, wish(&["email"])).await;
    assert_eq!(asked["command"], json!({"basis": "purpose_ended", "fields": ["email"], "member_id": ravi}));
    let approve = Call::post(
        format!("/approvals/{}/approve", asked["id"].as_str().unwrap()),
        &json!({"digest": asked["digest"]}),
    );
    shop.owner.send(&world, &approve).await.expect_problem(403, "approval.own_request");
    admin.send(&world, &approve).await.expect(200);
    let member = shop.owner.send(&world, &Call::get(format!("/members/{ravi}"))).await;
    let tag = member.header("etag").unwrap().to_owned();
    assert_eq!(member.json()["email"], format!("{ravi}@erased.invalid"));
    for path in ["/members", "/audit?limit=200"] {
        let said = shop.owner.read(&world, path).await.to_string();
        assert!(!said.contains("quetzal@zaveri.example"), "{path}: {said}");
    }
    let back = Call::patch(format!("/members/{ravi}"), &tag, &json!({"disabled": false}));
    shop.owner.send(&world, &back).await.expect_problem(409, "member.erased");
    world.mails().await;
    let counts = world.mail_figures.counts().map(|(_, _, count)| count);
    assert_eq!(
        (counts[1], counts[3]),
        (0, 0),
        "an erased mail is not tried again, and no relay has refused it"
    );
}

async fn asvs_v14_2_7_from_where_and_by_what_people_worked_goes_by_itself(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let tenant = world.road().store.tenants().await.unwrap()[0].1;
    for nth in 0..3 {
        let somebody = Call::post("/customers", &crate::shop::customer(&format!("Uma {nth}")));
        shop.owner.send(&world, &somebody.header("user-agent", "Till/1.0")).await.expect(201);
    }
    let first = shop.owner.read(&world, "/audit?limit=200").await;
    let names = |log: &Value| {
        log["items"].as_array().unwrap().iter().filter(|entry| !entry["user_agent"].is_null()).count()
    };
    assert_eq!(names(&first), 3, "{first}");
    assert_eq!(expire_personal(world.road(), &world.expiring, tenant).await.unwrap(), 0);
    world.clock.advance(400 * 86_400);
    assert!(expire_personal(world.road(), &world.expiring, tenant).await.unwrap() >= 3);
    let owner = crate::client::sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await;
    let owner = crate::client::session_of(&owner, "zaveri");
    let log = owner.read(&world, "/audit?limit=200").await;
    assert_eq!(names(&log), 0, "{log}");
    let runs = owner.read(&world, "/audit?action=personal.expire").await;
    let run = &runs["items"][0];
    assert_eq!((&run["actor"]["kind"], &run["actor"]["id"]), (&json!("job"), &json!("retention")), "{run}");
    assert_eq!(expire_personal(world.road(), &world.expiring, tenant).await.unwrap(), 0);
}
