//! Every key is rotated while a shop has something made with each, and the shop notices nothing.

use aurex_core::identity::keys::{KeyRing, Purpose, StoredChecks};
use aurex_core::text::Email;
use serde_json::json;

use crate::client::{Call, session_of, sign_in};
use crate::shop::{PASSWORD, address, customer, open};
use crate::world::World;

fn rings() -> (KeyRing, KeyRing) {
    let mut next = 0_u8;
    let mut entropy = move |bytes: &mut [u8]| {
        next += 1;
        bytes.fill(next);
    };
    let first = KeyRing::generate(0, &mut entropy);
    let all =
        Purpose::ALL.into_iter().fold(first.clone(), |ring, purpose| ring.rotated(purpose, 1, &mut entropy));
    (first, all)
}

/// The name of the pepper in the owner's stored hash.
async fn pepper_in_use(world: &World) -> String {
    let store = &world.road().store;
    let door = store.door(&"zaveri".parse().unwrap()).await.unwrap().unwrap();
    let email = Email::new(&address("zaveri", "owner")).unwrap();
    let known = store.known_member(door.tenant, &email).await.unwrap().unwrap();
    known.credential.unwrap().hash.split(':').nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn asvs_v11_2_2_v13_3_4_a_shop_goes_on_after_every_key_was_rotated() {
    let folder = tempfile::tempdir().unwrap();
    let (before, after) = rings();

    let world = World::reopened(folder.path(), before.clone()).await;
    let owner = open(&world, "zaveri").await;
    let mut body = customer("Asha Rao");
    body["pan"] = json!("AAECG3736E");
    let record = Call::post("/customers", &body).key("rotation-1");
    let asha = owner.send(&world, &record).await.expect(201);
    owner.make(&world, "/customers", customer("Ravi Rao")).await;
    let first_page = owner.read(&world, "/customers?limit=1").await;
    let next = format!("/customers?limit=1&after={}", first_page["next"].as_str().unwrap());
    let old_pepper = before.active(Purpose::Pepper).id().to_string();
    assert_eq!(pepper_in_use(&world).await, old_pepper);
    world.close().await;

    let world = World::reopened(folder.path(), after.clone()).await;
    // The session, the cursor, the idempotency key and the sealed column were made under the keys before.
    assert_eq!(owner.read(&world, &next).await["items"].as_array().unwrap().len(), 1);
    let again = owner.send(&world, &record).await;
    assert_eq!(again.header("idempotency-replayed"), Some("true"), "{}", again.text);
    assert_eq!(again.expect(201)["id"], asha["id"]);
    body["name"] = json!("Asha Rao-Mehta");
    let other = owner.send(&world, &Call::post("/customers", &body).key("rotation-1")).await;
    assert_eq!((other.status, other.fields()[0].0.as_str()), (422, "/name"), "{}", other.text);
    let shown = owner.read(&world, &format!("/customers/{}", asha["id"].as_str().unwrap())).await;
    assert_eq!(shown["pan"], asha["pan"]);

    // The password still opens, and comes over to the new pepper.
    let answer = sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await;
    session_of(&answer, "zaveri").read(&world, "/customers").await;
    assert_eq!(pepper_in_use(&world).await, after.active(Purpose::Pepper).id().to_string());
    let wrong = sign_in(&world, "zaveri", &address("zaveri", "owner"), "blue parrot off a till").await;
    wrong.expect_problem(401, "auth.refused");
    world.close().await;

    // And then the old pepper is needed no more.
    let old = before.active(Purpose::Pepper).id();
    let world = World::reopened(folder.path(), after.without(old).unwrap()).await;
    sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await.expect(201);
    world.close().await;
}

#[test]
fn a_ring_from_before_a_rotation_is_not_the_stores_any_more() {
    let (before, after) = rings();
    let checks = StoredChecks::read(after.check_rows()).unwrap();
    assert!(after.verify(&checks.needed).is_ok());
    let refused = before.verify(&checks.needed).unwrap_err().to_string();
    for purpose in Purpose::ALL {
        assert!(refused.contains(after.active(purpose).id().as_str()), "{refused}");
    }
}
