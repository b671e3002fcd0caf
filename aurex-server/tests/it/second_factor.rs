//! The second factor from outside, on every store: set up, asked for, used once by two at once, lost.

use aurex_core::identity::factor::{Digits, HotpHash, hotp};
use aurex_core::time::{Clock as _, Timestamp};
use poem::http::Method;
use serde_json::{Value, json};

use crate::client::{Answer, Call, Person, session_of, sign_in};
use crate::operations::CASES;
use crate::shop::{PASSWORD, address, id, join, open, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v6_3_3_a_second_factor_is_set_up_and_asked_for,
    asvs_v6_5_1_of_two_at_once_one_uses_the_code,
    asvs_v6_5_1_a_code_that_was_used_is_no_code_any_more,
    asvs_v6_3_3_whoever_must_have_one_reaches_nothing_before,
    asvs_v6_5_6_a_lost_factor_is_reset_and_its_holder_signed_out,
    asvs_v7_5_3_v8_3_2_what_is_sensitive_takes_a_fresh_proof_and_a_lost_role_is_lost_at_once,
);

/// The code that an authenticator with this secret, in base32, shows at `at`.
fn code_at(secret: &str, at: Timestamp) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = secret.chars().map(|c| format!("{:05b}", alphabet.find(c).unwrap())).collect();
    let bytes = bits.as_bytes().chunks_exact(8).map(|b| str::from_utf8(b).unwrap());
    let key: Vec<u8> = bytes.map(|bits| u8::from_str_radix(bits, 2).unwrap()).collect();
    let key: [u8; 20] = key.try_into().unwrap();
    let step = u64::try_from(at.micros() / 30_000_000).unwrap();
    hotp(HotpHash::Sha1, &key, step, Digits::Six).as_str().to_owned()
}

pub struct Enrolled {
    pub me: Person,
    secret: String,
    pub codes: Vec<String>,
}

impl Enrolled {
    fn code(&self, world: &World) -> String {
        code_at(&self.secret, world.clock.now())
    }
}

/// Sets up a second factor; time moves on to its next code.
pub async fn enrol(world: &World, person: &Person) -> Enrolled {
    let offer = person.send(world, &Call::new(Method::POST, "/second-factor")).await.expect(201);
    let secret = offer["secret"].as_str().unwrap().to_owned();
    assert!(offer["uri"].as_str().unwrap().contains(&format!("secret={secret}&")));
    assert!(offer["qr_svg"].as_str().unwrap().starts_with("<svg "));
    assert_eq!(person.read(world, "/second-factor").await["state"], "pending");
    let first = code_at(&secret, world.clock.now());
    let answer = person.send(world, &Call::post("/second-factor/confirm", &json!({"code": first}))).await;
    let codes = answer.expect(200)["recovery_codes"].clone();
    world.clock.advance(30);
    Enrolled { me: session_of(&answer, &person.slug), secret, codes: serde_json::from_value(codes).unwrap() }
}

async fn with_code(world: &World, slug: &str, who: &str, code: &str) -> Answer {
    let body = json!({"email": address(slug, who), "password": PASSWORD, "code": code});
    world.send(Call::post("/sessions", &body).bare(slug)).await
}

async fn step_up(world: &World, person: &Person, body: Value) -> Answer {
    person.send(world, &Call::post("/session/step-up", &body)).await
}

async fn asvs_v6_3_3_a_second_factor_is_set_up_and_asked_for(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let owner = &shop.owner;
    assert_eq!(owner.read(&world, "/second-factor").await["state"], "none");
    let enrolled = enrol(&world, owner).await;
    owner.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
    let stands = enrolled.me.read(&world, "/second-factor").await;
    assert_eq!((&stands["state"], &stands["recovery_codes_left"]), (&json!("active"), &json!(10)));

    let answer = sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await;
    assert_eq!(answer.expect(201)["next"], "second_factor");
    assert_eq!(answer.headers.get_all("set-cookie").iter().count(), 1, "no device is known by half a proof");
    let half = session_of(&answer, "zaveri");
    assert_eq!(half.read(&world, "/session").await["next"], "second_factor");
    for case in CASES.iter().filter(|case| !["showSession", "stepUp", "signOut"].contains(&case.id)) {
        let answer = half.send(&world, &(case.call)(&shop)).await;
        answer.expect_problem(403, "access.forbidden");
        assert_eq!(answer.json()["detail"], "prove your second factor first", "{}", case.id);
    }
    step_up(&world, &half, json!({"password": PASSWORD})).await.expect_problem(422, "session.code_needed");
    step_up(&world, &half, json!({"code": "000000x"})).await.expect_problem(422, "session.proof_wrong");
    let answer = step_up(&world, &half, json!({"code": enrolled.code(&world)})).await;
    assert_eq!(answer.expect(201)["next"], Value::Null);
    let whole = session_of(&answer, "zaveri");
    whole.read(&world, "/members").await;
    half.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");

    // At once, by a code beside the password; a wrong one is a wrong password, whatever the client's clock says.
    world.clock.advance(30);
    let later = code_at(&enrolled.secret, world.clock.now().plus_seconds(90));
    let wrong = with_code(&world, "zaveri", "owner", &later).await;
    let unknown = sign_in(&world, "zaveri", &address("zaveri", "owner"), "not this one").await;
    assert_eq!(wrong.apart_from_its_id(), unknown.apart_from_its_id());
    wrong.expect_problem(401, "auth.refused");
    let body = json!({"email": address("zaveri", "owner"), "password": PASSWORD, "code": later});
    let dated = Call::post("/sessions", &body).header("date", "Mon, 23 Nov 2026 06:00:00 GMT");
    world.send(dated.bare("zaveri")).await.expect_problem(401, "auth.refused");
    let answer = with_code(&world, "zaveri", "owner", &enrolled.code(&world)).await;
    assert_eq!(answer.expect(201)["next"], Value::Null);

    world.collect().await;
    let whole = session_of(&answer, "zaveri");
    let opened = whole.read(&world, "/audit?action=session.open&limit=1").await;
    assert_eq!(opened["items"][0]["actor"]["assurance"], "second_factor");
    let refused = whole.read(&world, "/audit?action=session.step_up_refused").await;
    assert_eq!(refused["items"].as_array().unwrap().len(), 1);
    let log = whole.read(&world, "/audit?limit=200").await.to_string();
    let secrets = enrolled.codes.iter().chain([&enrolled.secret]);
    assert!(secrets.into_iter().all(|secret| !log.contains(secret.as_str())));
}

async fn asvs_v6_5_1_of_two_at_once_one_uses_the_code(world: World) {
    let owner = open(&world, "zaveri").await;
    let enrolled = enrol(&world, &owner).await;
    let half = async || {
        let answer = sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await;
        session_of(&answer, "zaveri")
    };
    for body in [json!({"code": enrolled.code(&world)}), json!({"recovery_code": enrolled.codes[3]})] {
        let (one, other) = (half().await, half().await);
        let (a, b) = tokio::join!(step_up(&world, &one, body.clone()), step_up(&world, &other, body.clone()));
        let mut statuses = [a.status, b.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422], "{} {}", a.text, b.text);
    }
    world.clock.advance(30);
    let code = enrolled.code(&world);
    let try_it = || with_code(&world, "zaveri", "owner", &code);
    let (a, b) = tokio::join!(try_it(), try_it());
    let mut statuses = [a.status, b.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 401], "{} {}", a.text, b.text);
    let winner = session_of(if a.status == 201 { &a } else { &b }, "zaveri");
    assert_eq!(winner.read(&world, "/second-factor").await["recovery_codes_left"], 9);
}

async fn asvs_v6_5_1_a_code_that_was_used_is_no_code_any_more(world: World) {
    let owner = open(&world, "zaveri").await;
    let enrolled = enrol(&world, &owner).await;
    let half = async || {
        session_of(&sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await, "zaveri")
    };
    let code = enrolled.code(&world);
    with_code(&world, "zaveri", "owner", &code).await.expect(201);
    with_code(&world, "zaveri", "owner", &code).await.expect_problem(401, "auth.refused");
    let (one, other) = (half().await, half().await);
    step_up(&world, &one, json!({"code": code})).await.expect_problem(422, "session.proof_wrong");
    let recovery = json!({"recovery_code": enrolled.codes[0]});
    step_up(&world, &one, recovery.clone()).await.expect(201);
    step_up(&world, &other, recovery).await.expect_problem(422, "session.proof_wrong");
    // The next one is as good as any.
    world.clock.advance(30);
    step_up(&world, &other, json!({"code": enrolled.code(&world)})).await.expect(201);
}

async fn asvs_v6_3_3_whoever_must_have_one_reaches_nothing_before(world: World) {
    let owner = open(&world, "zaveri").await;
    let (_, manager) = join(&world, &owner, "meera", "manager").await;
    let settings = owner.read(&world, "/settings").await;
    assert_eq!(settings["second_factor_for"], json!([]));
    let etag = settings["etag"].as_str().unwrap();
    let body = json!({"second_factor_for": ["manager", "owner"]});
    let changed = owner.send(&world, &Call::patch("/settings", etag, &body)).await.expect(200);
    assert_eq!(changed["second_factor_for"], json!(["owner", "manager"]));

    for person in [&owner, &manager] {
        assert_eq!(person.read(&world, "/session").await["next"], "add_second_factor");
        let answer = person.send(&world, &Call::get("/customers")).await;
        answer.expect_problem(403, "access.forbidden");
        assert_eq!(answer.json()["detail"], "set up a second factor first");
        let enrolled = enrol(&world, person).await;
        assert_eq!(enrolled.me.read(&world, "/session").await["next"], Value::Null);
        enrolled.me.read(&world, "/customers").await;
        let remove = enrolled.me.send(&world, &Call::new(Method::DELETE, "/second-factor")).await;
        remove.expect_problem(409, "second_factor.required");
    }
}

async fn asvs_v6_5_6_a_lost_factor_is_reset_and_its_holder_signed_out(world: World) {
    let owner = open(&world, "zaveri").await;
    let (cashier, ravi) = join(&world, &owner, "ravi", "cashier").await;
    let enrolled = enrol(&world, &ravi).await;
    let reset = |id: &str| Call::new(Method::POST, format!("/members/{id}/second-factor/reset"));
    enrolled.me.send(&world, &reset(&cashier)).await.expect_problem(403, "access.forbidden");
    owner.send(&world, &reset(&cashier)).await.expect(204);
    owner.send(&world, &reset(&cashier)).await.expect_problem(409, "second_factor.missing");
    enrolled.me.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
    let answer = sign_in(&world, "zaveri", &address("zaveri", "ravi"), PASSWORD).await;
    assert_eq!(answer.expect(201)["next"], Value::Null);
    let back = session_of(&answer, "zaveri");
    let old = step_up(&world, &back, json!({"recovery_code": enrolled.codes[0]})).await;
    old.expect_problem(422, "session.password_needed");
    let me = owner.read(&world, "/session").await["member"].clone();
    owner.send(&world, &reset(&id(&me))).await.expect_problem(409, "second_factor.own");

    // One's own: removed, and set up anew with another secret.
    let again = enrol(&world, &back).await;
    assert_ne!(again.secret, enrolled.secret);
    let renew = Call::new(Method::POST, "/second-factor/recovery-codes");
    let codes = again.me.send(&world, &renew).await.expect(201)["recovery_codes"].clone();
    assert_eq!(codes.as_array().unwrap().len(), 10);
    let old = step_up(&world, &again.me, json!({"recovery_code": again.codes[0]})).await;
    old.expect_problem(422, "session.proof_wrong");
    again.me.send(&world, &Call::new(Method::DELETE, "/second-factor")).await.expect(204);
    assert_eq!(again.me.read(&world, "/second-factor").await["state"], "none");
    let answer = sign_in(&world, "zaveri", &address("zaveri", "ravi"), PASSWORD).await;
    assert_eq!(answer.expect(201)["next"], Value::Null);
}

async fn asvs_v7_5_3_v8_3_2_what_is_sensitive_takes_a_fresh_proof_and_a_lost_role_is_lost_at_once(
    world: World,
) {
    let owner = open(&world, "zaveri").await;
    let (admin, meera) = join(&world, &owner, "meera", "admin").await;
    let token = Call::post("/api-tokens", &json!({"name": "board", "expires_in_days": 7}));
    world.clock.advance(15 * 60 + 1);
    meera.send(&world, &token).await.expect_problem(403, "auth.step_up_required");
    let begin = Call::new(Method::POST, "/second-factor");
    meera.send(&world, &begin).await.expect_problem(403, "auth.step_up_required");
    let answer = step_up(&world, &meera, json!({"password": PASSWORD})).await;
    answer.expect(201);
    meera.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
    let meera = session_of(&answer, "zaveri");
    meera.send(&world, &token).await.expect(201);

    let owner = session_of(&step_up(&world, &owner, json!({"password": PASSWORD})).await, "zaveri");
    meera.read(&world, "/audit").await;
    let etag = owner.read(&world, &format!("/members/{admin}")).await["etag"].as_str().unwrap().to_owned();
    let demote = Call::patch(format!("/members/{admin}"), &etag, &json!({"role": "cashier"}));
    owner.send(&world, &demote).await.expect(200);
    meera.send(&world, &Call::get("/audit")).await.expect_problem(403, "access.forbidden");
    meera.send(&world, &token).await.expect_problem(403, "access.forbidden");
}
