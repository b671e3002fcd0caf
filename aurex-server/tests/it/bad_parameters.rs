//! Bad queries, cursors and ids, on every operation that takes them.

use serde_json::{Value, json};

use crate::client::{Call, Person};
use crate::operations::{CASES, Documented, FOR_STRANGERS, case_of, documented};
use crate::shop::{bill, customer, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v2_2_1_v15_3_7_a_parameter_that_does_not_fit_is_named,
    a_cursor_of_anywhere_else_is_refused,
    pages_hold_everything_once,
    what_cannot_be_an_id_is_not_found,
    a_bad_idempotency_key_is_refused,
);

fn parameters<'o>(operation: &'o Documented, place: &str) -> Vec<&'o Value> {
    let all = operation.value["parameters"].as_array();
    all.into_iter().flatten().filter(|parameter| parameter["in"] == place).collect()
}

/// The operation's path in the table's request, without its query.
fn bare_path(call: &Call) -> String {
    call.path.split('?').next().unwrap().to_owned()
}

async fn asvs_v2_2_1_v15_3_7_a_parameter_that_does_not_fit_is_named(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let mut tried = 0;
    for operation in documented().into_iter().filter(|operation| operation.path != "/") {
        if FOR_STRANGERS.contains(&operation.id.as_str()) {
            continue;
        }
        let call = (case_of(&operation.id).call)(&shop);
        // The rest of what the table's request asks stays: some call cannot do without.
        let given: Vec<&str> =
            call.path.split_once('?').map_or(Vec::new(), |(_, query)| query.split('&').collect());
        let ask = async |query: &str| {
            let name = |pair: &str| pair.split('=').next().unwrap().to_owned();
            let stays = given.iter().copied().filter(|pair| name(pair) != name(query));
            let query = stays.chain([query]).collect::<Vec<_>>().join("&");
            let call = Call { path: format!("{}?{query}", bare_path(&call)), ..call.clone() };
            shop.owner.send(&world, &call).await
        };
        let named = |answer: &crate::client::Answer, name: &str| {
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (422, "query.invalid"),
                "{} {name}",
                operation.id
            );
            answer.assert_problem();
            let errors = answer.json()["errors"].as_array().unwrap().clone();
            assert!(
                errors.iter().any(|error| error["parameter"] == name),
                "{} {}",
                operation.id,
                answer.text
            );
            assert!(!answer.text.contains("hunter2"), "{}", answer.text);
        };
        named(&ask("no_such_parameter=hunter2").await, "no_such_parameter");
        for parameter in parameters(&operation, "query") {
            let name = parameter["name"].as_str().unwrap();
            let mut wrong = vec![String::new(), "%00".to_owned(), format!("hunter2%01{}", "x".repeat(600))];
            match name {
                "limit" => wrong.extend(
                    ["0", "201", "-1", "1e1", "1.0", "ten", "+5", "99999999999999999999"].map(String::from),
                ),
                "q" | "actor" | "action" | "group" | "subject" => {}
                _ => wrong.extend(["hunter2", "2026-02-30", "GOLD", "-1", "cus_1"].map(String::from)),
            }
            for value in wrong {
                // A cursor that is a text but none of ours is another problem.
                let answer = ask(&format!("{name}={value}")).await;
                if name == "after" && answer.code() == "cursor.invalid" {
                    answer.assert_problem();
                    assert_eq!(answer.status, 422);
                    continue;
                }
                named(&answer, name);
                tried += 1;
            }
            let good = if name == "limit" { "5" } else { "x" };
            let twice = ask(&format!("{name}={good}&{name}={good}")).await;
            named(&twice, name);
        }
        let broken = ask("limit=%ff%fe").await;
        assert!((400..500).contains(&broken.status), "{}: {}", operation.id, broken.text);
    }
    assert!(tried > 150, "{tried}");
}

/// The lists that are continued, with the path of each.
fn lists(shop: &crate::shop::Shop) -> Vec<(&'static str, String)> {
    let continued =
        |operation: &Documented| parameters(operation, "query").iter().any(|p| p["name"] == "after");
    let documented: Vec<Documented> = documented().into_iter().filter(continued).collect();
    CASES
        .iter()
        .filter(|case| documented.iter().any(|operation| operation.id == case.id))
        .map(|case| (case.id, bare_path(&(case.call)(shop))))
        .collect()
}

async fn first_cursor(world: &World, who: &Person, path: &str) -> Option<String> {
    who.read(world, &format!("{path}?limit=1")).await["next"].as_str().map(str::to_owned)
}

async fn a_cursor_of_anywhere_else_is_refused(world: World) {
    let (ours, theirs) = (stocked(&world, "zaveri").await, stocked(&world, "gems").await);
    for shop in [&ours, &theirs] {
        shop.owner.make(&world, "/customers", customer("Ravi Shah")).await;
        shop.owner.make(&world, "/rates", crate::shop::rate()).await;
        shop.owner.make(&world, "/lots", crate::shop::lot()).await;
        shop.owner.make(&world, "/api-tokens", json!({"name": "two", "expires_in_days": 1})).await;
        let command = json!({"invoice_id": shop.open_invoice, "reason": "Wrong piece"});
        let asked = json!({"action": "invoice.cancel", "command": command});
        shop.owner.make(&world, "/approvals", asked).await;
        // A piece that has moved twice.
        shop.owner.make(&world, "/invoices", bill(&shop.customer, &shop.item)).await;
        let once_more = [
            "issueCreditNote",
            "issueDebitNote",
            "payRefund",
            "recordSupplier",
            "recordGoldsmith",
            "recordPayment",
            "bookRate",
            "takeAdvance",
        ];
        for more in once_more {
            let case = CASES.iter().find(|case| case.id == more).unwrap();
            shop.owner.send(&world, &(case.call)(shop)).await.expect(201);
        }
    }
    let lists = lists(&ours);
    assert!(lists.len() >= 10, "{lists:?}");
    for (id, path) in &lists {
        let own = first_cursor(&world, &ours.owner, path).await;
        let own = own.unwrap_or_else(|| panic!("{id} has more than one entry here"));
        let ask = async |cursor: &str| {
            ours.owner.send(&world, &Call::get(format!("{path}?limit=1&after={cursor}"))).await
        };
        ask(&own).await.expect(200);
        let their_path = path
            .replace(&ours.account, &theirs.account)
            .replace(&ours.item, &theirs.item)
            .replace(&ours.lot, &theirs.lot);
        let foreign = first_cursor(&world, &theirs.owner, &their_path).await.unwrap();
        ask(&foreign).await.expect_problem(422, "cursor.invalid");
        for (other, elsewhere) in &lists {
            if other != id {
                let cursor = first_cursor(&world, &ours.owner, elsewhere).await;
                let cursor = cursor.unwrap_or_else(|| panic!("{other} has more than one entry here"));
                ask(&cursor).await.expect_problem(422, "cursor.invalid");
            }
        }
        let last = if own.ends_with('A') { "B" } else { "A" };
        for mangled in [
            format!("{}{last}", own.get(..own.len() - 1).unwrap()),
            own.get(1..).unwrap().to_owned(),
            format!("{own}A"),
        ] {
            ask(&mangled).await.expect_problem(422, "cursor.invalid");
        }
    }
    // Nor is a cursor good under other filters.
    let all = first_cursor(&world, &ours.owner, "/customers").await.unwrap();
    let filtered = ours.owner.send(&world, &Call::get(format!("/customers?q=rao&after={all}"))).await;
    filtered.expect_problem(422, "cursor.invalid");
}

async fn pages_hold_everything_once(world: World) {
    let shop = stocked(&world, "zaveri").await;
    for name in ["A", "B", "C", "D"] {
        shop.owner.make(&world, "/customers", customer(&format!("{name} Shah"))).await;
    }
    for (id, path) in lists(&shop) {
        if id == "listAuditEntries" {
            // It grows while it is read.
            continue;
        }
        let whole = shop.owner.read(&world, &format!("{path}?limit=200")).await;
        assert_eq!(whole["next"], Value::Null, "{id}");
        let whole = whole["items"].as_array().unwrap().clone();
        for limit in [1, 2] {
            let (mut pages, mut after) = (Vec::new(), String::new());
            loop {
                let page = shop.owner.read(&world, &format!("{path}?limit={limit}{after}")).await;
                assert!(page["items"].as_array().unwrap().len() <= limit, "{id}");
                pages.extend(page["items"].as_array().unwrap().clone());
                let Some(next) = page["next"].as_str() else { break };
                after = format!("&after={next}");
                assert!(pages.len() <= whole.len(), "{id} has no end");
            }
            assert_eq!(pages, whole, "{id} by {limit}");
        }
    }
}

async fn what_cannot_be_an_id_is_not_found(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let mut tried = 0;
    for operation in documented().into_iter().filter(|operation| operation.path.contains("{id}")) {
        let call = (case_of(&operation.id).call)(&shop);
        let own = call
            .path
            .split(['/', '?'])
            .find(|part| part.len() == 36 && part.contains('_'))
            .unwrap()
            .to_owned();
        let digits = own.split_once('_').unwrap().1.to_owned();
        let upper = own.to_uppercase();
        let noun = format!("xyz_{digits}");
        let longer = format!("{own}0");
        let dashed = format!("{}-{}", own.get(..12).unwrap(), own.get(12..).unwrap());
        for id in [
            "x",
            "0",
            "null",
            "%20",
            "%00",
            "%FF",
            "..%2f..%2fetc",
            "%F0%9F%92%8D",
            "'%20OR%201=1--",
            &digits,
            &upper,
            &noun,
            &longer,
            own.get(..35).unwrap(),
            &dashed,
        ] {
            let answer =
                shop.owner.send(&world, &Call { path: call.path.replace(&own, id), ..call.clone() }).await;
            assert_eq!(answer.status, 404, "{} {id}: {}", operation.id, answer.text);
            answer.assert_problem();
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

async fn a_bad_idempotency_key_is_refused(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let mut tried = 0;
    for operation in documented() {
        if !parameters(&operation, "header").iter().any(|parameter| parameter["name"] == "Idempotency-Key") {
            continue;
        }
        let call = (case_of(&operation.id).call)(&shop);
        for key in ["", "\"", "a b", "\u{e9}", &"k".repeat(256)] {
            let answer = shop.owner.send(&world, &call.clone().key(key)).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (400, "idempotency.key_invalid"),
                "{} {key:?}",
                operation.id
            );
            answer.assert_problem();
        }
        let twice = shop.owner.send(&world, &call.clone().key("a").key("b")).await;
        twice.expect_problem(400, "idempotency.key_invalid");
        tried += 1;
    }
    assert!(tried >= 10, "{tried}");
}
