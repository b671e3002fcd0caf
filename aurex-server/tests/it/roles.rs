//! Six roles × every operation: who is refused is what the catalogue says, and every refusal is written into the log.

use std::collections::BTreeSet;

use aurex_core::rbac::{Catalogue, Role};
use serde_json::{Value, json};

use crate::client::{Person, session_of, sign_in};
use crate::operations::CASES;
use crate::shop::{PASSWORD, address, join, stocked};
use crate::world::{World, on_every_store};

on_every_store!(every_role_may_do_what_the_catalogue_says_and_refusals_are_logged);

fn is_held(catalogue: &Catalogue, code: &str, role: Role) -> bool {
    catalogue.iter().find(|action| action.code == code).expect("an action of the catalogue").is_held_by(role)
}

async fn log(world: &World, owner: &Person, query: &str) -> Vec<Value> {
    world.collect().await;
    let (mut entries, mut after) = (Vec::new(), String::new());
    loop {
        let page = owner.read(world, &format!("/audit?limit=200{query}{after}")).await;
        entries.extend(page["items"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return entries,
        }
    }
}

async fn every_role_may_do_what_the_catalogue_says_and_refusals_are_logged(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let catalogue = Catalogue::core();
    let mut seen = BTreeSet::new();
    for role in Role::ALL {
        // The walk takes its time, and adding people asks for a fresh proof.
        let again = sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await;
        let owner = session_of(&again, "zaveri");
        let (id, person) = join(&world, &owner, &format!("the-{role}"), role.code()).await;
        let mut refused = Vec::new();
        for case in CASES {
            // The owner of the shop is still needed; that it works is shown beside the other sessions.
            if case.id == "signEverybodyOut" && role == Role::Owner {
                continue;
            }
            let answer = person.send(&world, &(case.call)(&shop)).await;
            let may = case.action.is_none_or(|code| is_held(&catalogue, code, role));
            assert_eq!(answer.status != 403, may, "{role} {}: {}", case.id, answer.text);
            assert!(answer.status != 401 && answer.status < 500, "{role} {}: {}", case.id, answer.text);
            seen.insert((role.code(), answer.status));
            if !may {
                answer.expect_problem(403, "access.forbidden");
                refused.push((
                    case.action.unwrap().to_owned(),
                    answer.header("x-request-id").unwrap().to_owned(),
                ));
                // Repeats within a minute become one entry with a count; here each shall have its own.
                world.clock.advance(61);
            }
        }
        let entries = log(&world, &owner, &format!("&actor={id}&action=permission.refused")).await;
        let logged: Vec<_> = entries
            .iter()
            .rev()
            .map(|entry| {
                assert_eq!(
                    (&entry["outcome"], &entry["actor"]["role"]),
                    (&json!("refused"), &json!(role.code()))
                );
                assert_eq!(entry["subject"]["kind"], "action");
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                (text(&entry["subject"]["id"]), text(&entry["request_id"]))
            })
            .collect();
        assert_eq!(logged, refused, "{role}");
        owner.read(&world, "/session").await;
    }
    // The table cannot pass by everybody being refused, or nobody.
    for role in Role::ALL {
        assert!(seen.contains(&(role.code(), 200)), "{role}");
        // What the owner alone may do is not offered over HTTP.
        let all = matches!(role, Role::Owner | Role::Admin);
        assert_eq!(!seen.contains(&(role.code(), 403)), all, "{role}");
    }
    assert!(seen.contains(&("manager", 201)) && seen.contains(&("auditor", 204)));
}
