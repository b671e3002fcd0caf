//! Whether anybody is told, by words, by work or by waiting, who has an account. What an answer costs is counted rather
//! than timed: the same calls of the store and the same rounds of hashing are the same time on whatever machine;
//! `benches/` prints the times beside one another.

use std::pin::pin;
use std::task::Poll;

use aurex_core::store::conformance::Fault;
use futures_util::poll;
use serde_json::json;

use crate::client::{Answer, Call, sign_in};
use crate::shop::{PASSWORD, add, address, join, open};
use crate::world::World;

/// Those who have no account in the shop, those who cannot use theirs, and those who can, none with the right password.
const WHO: [(&str, &str); 7] = [
    ("a member", "owner"),
    ("another member", "ravi"),
    ("nobody", "nobody"),
    ("nobody, with a longer name", "nobody-who-ever-was-here-or-anywhere"),
    ("somebody disabled", "gone"),
    ("somebody who was invited", "invited"),
    ("somebody with a one-time secret", "new"),
];

#[tokio::test]
async fn asvs_v6_3_8_a_wrong_password_costs_the_same_work_whoever_it_is_for() {
    let (world, store) = World::watched();
    let owner = open(&world, "zaveri").await;
    join(&world, &owner, "ravi", "cashier").await;
    let (gone, _) = join(&world, &owner, "gone", "cashier").await;
    let etag = owner.read(&world, &format!("/members/{gone}")).await["etag"].as_str().unwrap().to_owned();
    let disable = Call::patch(format!("/members/{gone}"), &etag, &json!({"disabled": true}));
    owner.send(&world, &disable).await.expect(200);
    let invited = json!({"name": "Asha", "email": address("zaveri", "invited"), "role": "cashier"});
    owner.make(&world, "/members", invited).await;
    add(&world, &owner, "new", "cashier").await;

    let mut seen = Vec::new();
    // Interleaved, so that nothing that one leaves behind is the other's luck.
    for turn in 0..3 {
        for (why, who) in WHO {
            world.clock.advance(3600);
            let before = world.pool.rounds();
            store.listen();
            let answer = sign_in(&world, "zaveri", &address("zaveri", who), "not this one at all").await;
            world.sign_in.refusals_written().await;
            let (calls, rounds) = (store.heard(), world.pool.rounds() - before);
            store.disarm();
            assert_eq!(answer.apart_from_its_id().0, 401);
            seen.push((format!("{why}, turn {turn}"), (answer.apart_from_its_id(), calls, rounds)));
        }
    }
    let (first, all) = (&seen[0].1, &seen);
    assert_eq!(first.1, ["door", "buckets", "swap_buckets", "known_member", "observe"]);
    assert_eq!(first.2, 16, "one hash at the cost of the tests");
    for (who, what) in all {
        assert_eq!(what, first, "{who}");
    }
    // A right one is known by its answer, and by nothing before it.
    world.clock.advance(3600);
    sign_in(&world, "zaveri", &address("zaveri", "ravi"), PASSWORD).await.expect(201);
}

#[tokio::test]
async fn asvs_v6_3_8_where_there_is_no_such_workspace_a_password_is_hashed_all_the_same() {
    let (world, _) = World::watched();
    open(&world, "zaveri").await;
    let mut all = Vec::new();
    for (slug, email) in [
        ("zaveri", address("zaveri", "owner")),
        ("never-was", address("zaveri", "owner")),
        ("No Slug", address("zaveri", "owner")),
        ("zaveri", "no address".to_owned()),
    ] {
        let before = world.pool.rounds();
        let path = format!("/{}/sessions", slug.replace(' ', "%20"));
        let call = Call::post(path, &json!({"email": email, "password": "not this one at all"}));
        let answer = world.send(call.bare("")).await;
        all.push((answer.apart_from_its_id(), world.pool.rounds() - before));
    }
    assert_eq!((all[0].0.0, all[0].1), (401, 16));
    assert!(all.windows(2).all(|two| two[0] == two[1]), "{all:?}");
}

/// How the call is answered when the store keeps every answer back after so many: nothing, where the answer waits for one
/// of those.
async fn answered(path: &str, email: &str, calls: usize) -> Option<Answer> {
    let (world, store) = World::watched();
    let owner = open(&world, "zaveri").await;
    let tag = owner.send(&world, &Call::get("/settings")).await.header("etag").unwrap().to_owned();
    let on = Call::patch("/settings", &tag, &json!({"magic_links": true}));
    owner.send(&world, &on).await.expect(200);
    let call = Call::post(path, &json!({"email": email}));
    store.arm(calls, Fault::HangBefore);
    let mut answer = pin!(world.send(call.bare("zaveri")));
    // One thread, and a store that answers at once or never: whatever can go on has gone on after a few turns of all.
    for _ in 0..1000 {
        if let Poll::Ready(answer) = poll!(&mut answer) {
            return Some(answer);
        }
        tokio::task::yield_now().await;
    }
    assert!(store.heard().len() > calls, "nothing was kept back, and nobody answers");
    None
}

/// How many calls of the store an answer waits for.
async fn waits_for(path: &str, email: &str) -> usize {
    for calls in 0..32 {
        if let Some(answer) = answered(path, email, calls).await {
            answer.expect(202);
            return calls;
        }
    }
    panic!("{path} waits for everything")
}

#[tokio::test]
async fn asvs_v6_3_8_whoever_asks_for_a_mail_waits_for_the_same() {
    for (path, calls) in [("/password-resets", 3), ("/sign-in-links", 5)] {
        for email in ["owner@zaveri.example", "nobody@zaveri.example", "no address"] {
            // Where it is a member's, a link is made and a mail is put down: behind the answer.
            assert_eq!(waits_for(path, email).await, calls, "{path} for {email}");
        }
    }
}
