//! What is open to strangers: a list that is committed, so that it cannot grow unread.

use std::collections::BTreeSet;

use crate::client::Call;
use crate::operations::{CASES, PUBLIC, documented, with_bodies};
use crate::shop::stocked;
use crate::world::{World, on_every_store};

on_every_store!(asvs_v8_2_1_strangers_may_do_no_more_than_is_committed);

const COMMITTED: &str = include_str!("../../golden/open_to_strangers.txt");

/// The routes beside the document's, as the composition root names them: by path, or by the constant that is one.
fn bare_routes() -> BTreeSet<String> {
    let routes = include_str!("../../../src/app.rs").split(".at(").skip(1);
    let named = routes.map(|rest| {
        let (path, endpoint) = rest.split_once(',').expect("a path and an endpoint");
        let endpoint = endpoint.split("\n        .").next().unwrap();
        let method = if endpoint.contains("Method::POST") { "POST" } else { "GET" };
        format!("{method} {}", path.trim().trim_matches('"'))
    });
    named.collect()
}

async fn asvs_v8_2_1_strangers_may_do_no_more_than_is_committed(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let bodies = with_bodies(&shop);
    let mut open = bare_routes();
    assert!(open.len() >= 5, "{open:?}");
    for operation in documented() {
        let known = CASES.iter().find(|case| case.id == operation.id).map(|case| (case.call)(&shop));
        // Its cookie is the till's: without one it is a stranger's like any other.
        let known = known.or_else(|| (operation.id == "showTill").then(|| Call::get("/till")));
        let with_body = bodies.iter().find(|(id, ..)| *id == operation.id).map(|(_, call, _)| call.clone());
        let call: Call = known.or(with_body).unwrap_or_else(|| {
            panic!("nobody says how {} is called: give it a case in operations.rs", operation.id)
        });
        let slug = if operation.path.starts_with("/{w}") { "zaveri" } else { "" };
        let answer = world.send(call.bare(slug)).await;
        if (answer.status, answer.code().as_str()) != (401, "auth.required") {
            assert!(PUBLIC.contains(&operation.id.as_str()), "{}: {}", operation.id, answer.text);
            open.insert(format!("{} {}", operation.method, operation.path));
        }
    }
    let committed: BTreeSet<String> =
        COMMITTED.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect();
    let more: Vec<_> = open.difference(&committed).collect();
    assert!(more.is_empty(), "open to strangers, and not in tests/golden/open_to_strangers.txt: {more:?}");
    let less: Vec<_> = committed.difference(&open).collect();
    assert!(less.is_empty(), "open no more; take them out of tests/golden/open_to_strangers.txt: {less:?}");
}
