//! A session of one workspace, shown to another.

use poem::http::Method;
use serde_json::{Value, json};

use crate::client::{Call, Person};
use crate::operations::documented;
use crate::shop::{open, stocked};
use crate::world::{World, on_every_store};

on_every_store!(asvs_v8_4_1_p19_a_session_of_another_workspace_opens_nothing_and_stands_in_the_log);

/// What the log says of sessions from elsewhere.
async fn foreign(world: &World, owner: &Person) -> Vec<Value> {
    world.collect().await;
    let page = owner.read(world, "/audit?action=session.foreign&limit=200").await;
    page["items"].as_array().unwrap().clone()
}

async fn asvs_v8_4_1_p19_a_session_of_another_workspace_opens_nothing_and_stands_in_the_log(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let ours = &shop.owner;
    let theirs = open(&world, "gems").await;
    let by_name = format!("aurex-gems={}", theirs.session);
    let renamed = format!("aurex-zaveri={}", theirs.session);
    let mut asked = Vec::new();
    for operation in documented().into_iter().filter(|operation| operation.path.starts_with("/{w}")) {
        let is_for_strangers = crate::operations::PUBLIC.contains(&operation.id.as_str())
            || crate::operations::FOR_STRANGERS.contains(&operation.id.as_str());
        if is_for_strangers {
            continue;
        }
        let path = operation.path.trim_start_matches("/{w}").replace("{id}", "x");
        let mut call = Call::new(operation.method.clone(), path);
        if operation.method != Method::GET {
            call = call.json(&json!({}));
        }
        for cookie in [&by_name, &renamed] {
            let answer = world.send(call.with_cookie("zaveri", cookie)).await;
            answer.expect_problem(401, "auth.required");
            asked.push(answer.header("x-request-id").unwrap().to_owned());
        }
    }
    assert!(asked.len() > 60, "{}", asked.len());
    let seen = foreign(&world, ours).await;
    let details: std::collections::BTreeSet<_> =
        seen.iter().flat_map(|entry| entry["changes"].as_array().unwrap()).map(ToString::to_string).collect();
    let details = format!("{details:?}");
    assert!(details.contains("another_workspace") && details.contains("unknown_token"), "{details}");
    for entry in &seen {
        assert_eq!((&entry["outcome"], &entry["actor"]["kind"]), (&json!("refused"), &json!("anonymous")));
        assert!(asked.contains(&entry["request_id"].as_str().unwrap().to_owned()), "{entry}");
        let written = entry.to_string();
        assert!(!written.contains("gems") && !written.contains(&theirs.session), "{entry}");
    }
    assert!(seen.len() < asked.len(), "repeats within a minute are one entry");
    assert_eq!(foreign(&world, &theirs).await, Vec::<Value>::new(), "it is no matter of theirs");

    // What is no session of anybody's, or one of ours that has ended, comes from nowhere else; and a workspace that is
    // none has no log.
    world.clock.advance(120);
    let left = crate::client::session_of(
        &crate::client::sign_in(
            &world,
            "zaveri",
            &crate::shop::address("zaveri", "owner"),
            crate::shop::PASSWORD,
        )
        .await,
        "zaveri",
    );
    left.send(&world, &Call::new(Method::DELETE, "/session")).await.expect(204);
    let ended = format!("aurex-zaveri={}", left.session);
    for cookie in [ended.as_str(), "aurex-zaveri=made-up", "aurex-gems=made-up", "other=1"] {
        let answer = world.send(Call::get("/session").with_cookie("zaveri", cookie)).await;
        answer.expect_problem(401, "auth.required");
    }
    let nowhere = world.send(Call::get("/session").with_cookie("nowhere", &by_name)).await;
    let here = world.send(Call::get("/session").with_cookie("zaveri", "other=1")).await;
    assert_eq!(nowhere.apart_from_its_id(), here.apart_from_its_id());
    assert_eq!(foreign(&world, ours).await.len(), seen.len());
    // With a session of ours beside it, theirs is nobody's business.
    let both = format!("{by_name}; aurex-zaveri={}", ours.session);
    world.send(Call::get("/session").with_cookie("zaveri", &both)).await.expect(200);
    assert_eq!(foreign(&world, ours).await.len(), seen.len());
}
