//! Invitations, forgotten passwords and signing in by mail, from the call to the mail and back, on every store.

use aurex_server::mail::Message;
use serde_json::{Value, json};

use crate::client::{Answer, Call, Person, session_of, sign_in};
use crate::mail::captured::link_in;
use crate::shop::{PASSWORD, open};
use crate::world::{ORIGIN, World, on_every_store};

on_every_store!(
    asvs_v6_4_1_an_invitation_is_taken_up_once,
    asvs_v6_4_3_v6_4_6_a_reset_opens_no_session_and_nobody_else_chooses_the_password,
    asvs_v6_6_2_v7_6_2_looking_at_a_link_signs_nobody_in_and_another_browser_neither,
    asvs_v6_6_3_codes_are_tried_five_times,
    of_two_who_follow_a_link_at_once_one_is_signed_in,
    of_two_who_set_a_password_at_once_one_does,
    asvs_v6_3_8_whoever_asks_for_a_mail_is_told_the_same,
    a_sign_in_by_mail_makes_the_device_known_as_a_password_does,
    asvs_v6_3_6_a_mail_signs_nobody_in_where_a_workspace_has_not_chosen_it,
);

const NEW: &str = "green parrot off a till";
const SPENT: &str = "link.used_or_expired";

async fn stranger(world: &World, path: &str, body: Value) -> Answer {
    world.send(Call::post(path, &body).bare("zaveri")).await
}

async fn use_link(world: &World, token: &str, new: &str) -> Answer {
    stranger(world, "/links/use", json!({"token": token, "new_password": new})).await
}

/// The one mail that waits.
async fn mailed(world: &World) -> Message {
    let mut mails = world.mails().await;
    let mail = mails.pop().expect("a mail");
    assert!(mails.is_empty(), "one mail");
    mail
}

/// The token of the one link in a mail, which leads to `page`.
fn token_in(mail: &Message, page: &str) -> String {
    let link = link_in(&mail.text).expect("a link");
    let (path, token) = link.split_once('#').expect("a fragment");
    assert_eq!(path, format!("{ORIGIN}/w/zaveri/{page}"));
    assert!(token.len() > 40);
    token.to_owned()
}

fn code_in(mail: &Message) -> String {
    let line = mail.text.lines().find_map(|line| line.strip_prefix("Code: "));
    line.expect("a code").to_owned()
}

async fn with_magic_links(world: &World) -> Person {
    let owner = open(world, "zaveri").await;
    let tag = owner.send(world, &Call::get("/settings")).await.header("etag").unwrap().to_owned();
    let on = Call::patch("/settings", &tag, &json!({"magic_links": true}));
    assert_eq!(owner.send(world, &on).await.expect(200)["magic_links"], true);
    owner
}

/// Asks for a link as a browser does; the cookie it is given.
async fn asked(world: &World) -> String {
    let answer = stranger(world, "/sign-in-links", json!({"email": "owner@zaveri.example"})).await;
    answer.expect(202);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.starts_with("aurex_link-zaveri="), "{cookie}");
    for attribute in ["; Max-Age=600", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    cookie.split(';').next().unwrap().to_owned()
}

async fn follow(world: &World, body: Value, cookie: Option<&str>) -> Answer {
    let call = Call::post("/sessions/link", &body);
    world
        .send(match cookie {
            Some(cookie) => call.with_cookie("zaveri", cookie),
            None => call.bare("zaveri"),
        })
        .await
}

async fn asvs_v6_4_1_an_invitation_is_taken_up_once(world: World) {
    let owner = open(&world, "zaveri").await;
    let asha = json!({"name": "Asha", "email": "asha@zaveri.example", "role": "cashier"});
    let made = owner.send(&world, &Call::post("/members", &asha).key("k1")).await;
    assert_eq!(made.expect(201)["invited"], true);
    let replayed = owner.send(&world, &Call::post("/members", &asha).key("k1")).await;
    assert_eq!(replayed.header("idempotency-replayed"), Some("true"));
    let first = token_in(&mailed(&world).await, "join");

    let id = made.json()["id"].as_str().unwrap().to_owned();
    let again = Call::new(poem::http::Method::POST, format!("/members/{id}/invitation"));
    owner.send(&world, &again).await.expect(202);
    let mail = mailed(&world).await;
    assert_eq!(mail.to.email.as_str(), "asha@zaveri.example");
    let second = token_in(&mail, "join");
    use_link(&world, &first, NEW).await.expect_problem(410, SPENT);
    let weak = use_link(&world, &second, "zaveri2026").await;
    assert_eq!(weak.fields(), [("/new_password".to_owned(), "password.context_word".to_owned())]);
    let used = use_link(&world, &second, NEW).await;
    used.expect(204);
    assert_eq!(used.header("set-cookie"), None, "no session is opened");
    for token in [second.as_str(), "l1_", "x"] {
        use_link(&world, token, NEW).await.expect_problem(410, SPENT);
    }
    sign_in(&world, "zaveri", "asha@zaveri.example", NEW).await.expect(201);
    owner.send(&world, &again).await.expect_problem(409, "link.joined_already");
}

async fn asvs_v6_4_3_v6_4_6_a_reset_opens_no_session_and_nobody_else_chooses_the_password(world: World) {
    let owner = open(&world, "zaveri").await;
    let id = owner.read(&world, "/session").await["member"]["id"].as_str().unwrap().to_owned();
    let path = format!("/members/{id}/password-reset");
    let chosen = owner.send(&world, &Call::post(path.clone(), &json!({"password": NEW}))).await;
    // The call takes no body: one that comes along changes nothing and is not read.
    assert!(matches!(chosen.status, 202 | 415 | 422), "{}", chosen.text);
    world.mails().await;
    stranger(&world, "/password-resets", json!({"email": "owner@zaveri.example"})).await.expect(202);
    let token = token_in(&mailed(&world).await, "reset");
    let used = use_link(&world, &token, NEW).await;
    used.expect(204);
    assert_eq!(used.header("set-cookie"), None);
    owner.send(&world, &Call::get("/session")).await.expect_problem(401, "auth.required");
    assert!(mailed(&world).await.subject.as_str().contains("password"));
    sign_in(&world, "zaveri", "owner@zaveri.example", PASSWORD).await.expect_problem(401, "auth.refused");
    sign_in(&world, "zaveri", "owner@zaveri.example", NEW).await.expect(201);

    stranger(&world, "/password-resets", json!({"email": "owner@zaveri.example"})).await.expect(202);
    let late = token_in(&mailed(&world).await, "reset");
    world.clock.advance(30 * 60);
    use_link(&world, &late, PASSWORD).await.expect_problem(410, SPENT);
}

async fn asvs_v6_6_2_v7_6_2_looking_at_a_link_signs_nobody_in_and_another_browser_neither(world: World) {
    let owner = open(&world, "zaveri").await;
    let off = stranger(&world, "/sign-in-links", json!({"email": "owner@zaveri.example"})).await;
    off.expect_problem(404, "resource.unknown");
    let body = json!({"token": "l1_x"});
    follow(&world, body, Some("aurex_link-zaveri=x")).await.expect_problem(404, "resource.unknown");
    drop(owner);

    let world = World::on_memory().await;
    let owner = with_magic_links(&world).await;
    let cookie = asked(&world).await;
    let mail = mailed(&world).await;
    let token = token_in(&mail, "link");
    let count = async || {
        let entries = owner.read(&world, "/audit?limit=200").await;
        let items = entries["items"].as_array().unwrap().clone();
        items.iter().filter(|entry| entry["action"] == "link.use").count()
    };
    for _ in 0..2 {
        let page = world.page("/w/zaveri/link").await;
        assert_eq!((page.status, page.header("set-cookie")), (200, None));
    }
    assert_eq!(count().await, 0);
    let body = json!({"token": token});
    for other in [None, Some("aurex_link-zaveri=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] {
        follow(&world, body.clone(), other).await.expect_problem(403, "link.other_browser");
    }
    let opened = follow(&world, body.clone(), Some(&cookie)).await;
    opened.expect(201);
    let person = session_of(&opened, "zaveri");
    assert_eq!(person.read(&world, "/session").await["member"]["email"], "owner@zaveri.example");
    follow(&world, body, Some(&cookie)).await.expect_problem(410, SPENT);
    assert_eq!(count().await, 1);
    let both = json!({"token": "l1_x", "code": "x"});
    follow(&world, both, Some(&cookie)).await.expect_problem(422, "body.invalid");
    follow(&world, json!({}), Some(&cookie)).await.expect_problem(422, "body.invalid");
}

async fn asvs_v6_6_3_codes_are_tried_five_times(world: World) {
    with_magic_links(&world).await;
    let cookie = asked(&world).await;
    let right = code_in(&mailed(&world).await);
    for n in 0..5 {
        let wrong = follow(&world, json!({"code": format!("000{n}-0000")}), Some(&cookie)).await;
        wrong.expect_problem(422, "link.wrong_code");
    }
    follow(&world, json!({"code": right}), Some(&cookie)).await.expect_problem(410, SPENT);
    let cookie = asked(&world).await;
    let right = code_in(&mailed(&world).await);
    follow(&world, json!({"code": right}), None).await.expect_problem(410, SPENT);
    follow(&world, json!({"code": right}), Some(&cookie)).await.expect(201);
}

async fn of_two_who_follow_a_link_at_once_one_is_signed_in(world: World) {
    with_magic_links(&world).await;
    let cookie = asked(&world).await;
    let body = json!({"token": token_in(&mailed(&world).await, "link")});
    let (one, other) = tokio::join!(
        follow(&world, body.clone(), Some(&cookie)),
        follow(&world, body.clone(), Some(&cookie))
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 410]);
}

async fn a_sign_in_by_mail_makes_the_device_known_as_a_password_does(world: World) {
    let owner = with_magic_links(&world).await;
    let by_mail = async || {
        let cookie = asked(&world).await;
        let mut mails = world.mails().await;
        let mail = mails.pop().expect("a mail");
        let opened = follow(&world, json!({"token": token_in(&mail, "link")}), Some(&cookie)).await;
        opened.expect(201);
        let cookies = opened.headers.get_all("set-cookie").iter();
        cookies.map(|cookie| cookie.to_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let cookies = by_mail().await;
    assert_eq!(cookies.len(), 2);
    assert!(cookies[1].starts_with("aurex_device-zaveri=v1."), "{}", cookies[1]);
    let device = cookies[1].split(';').next().unwrap();
    // Strangers who guess until they wait do not keep it out.
    let guess = async |cookie: &str, password: &str| {
        let body = json!({"email": "owner@zaveri.example", "password": password});
        world.send(Call::post("/sessions", &body).with_cookie("zaveri", cookie)).await
    };
    let mut guesses = 0;
    while guess("x=1", "a stranger's guess").await.status == 401 {
        guesses += 1;
        assert!(guesses < 100, "guesses are counted");
    }
    guess("x=1", PASSWORD).await.expect_problem(429, "rate.limited");
    guess(device, PASSWORD).await.expect(201);

    // Where a second factor is still to be proved, it is half a proof.
    crate::second_factor::enrol(&world, &owner).await;
    world.mails().await;
    assert_eq!(by_mail().await.len(), 1);
}

async fn of_two_who_set_a_password_at_once_one_does(world: World) {
    open(&world, "zaveri").await;
    stranger(&world, "/password-resets", json!({"email": "owner@zaveri.example"})).await.expect(202);
    let token = token_in(&mailed(&world).await, "reset");
    let tries = [NEW, "brown parrot off a till"];
    let (one, other) = tokio::join!(use_link(&world, &token, tries[0]), use_link(&world, &token, tries[1]));
    let mut set = Vec::new();
    for (answer, password) in [one, other].into_iter().zip(tries) {
        if answer.status == 204 {
            set.push(password);
        } else {
            answer.expect_problem(410, SPENT);
        }
    }
    assert_eq!(set.len(), 1, "{set:?}");
    for password in tries {
        let answer = sign_in(&world, "zaveri", "owner@zaveri.example", password).await;
        assert_eq!(answer.status, if set == [password] { 201 } else { 401 });
    }
}

async fn asvs_v6_3_8_whoever_asks_for_a_mail_is_told_the_same(world: World) {
    with_magic_links(&world).await;
    for path in ["/password-resets", "/sign-in-links"] {
        let mut answers = Vec::new();
        for email in ["owner@zaveri.example", "nobody@zaveri.example", "no address"] {
            let answer = stranger(&world, path, json!({"email": email})).await;
            let (status, mut headers, body) = answer.apart_from_its_id();
            for (name, value) in &mut headers {
                if name == "set-cookie" {
                    let (cookie, attributes) = value.split_once(';').unwrap();
                    *value = format!("{} of {};{attributes}", cookie.len(), "its length");
                }
            }
            answers.push((status, headers, body));
        }
        assert_eq!(answers[0].0, 202);
        assert!(answers.windows(2).all(|two| two[0] == two[1]), "{path}: {answers:?}");
    }
    // One of each was for a member.
    assert_eq!(world.mails().await.len(), 2);
}

async fn asvs_v6_3_6_a_mail_signs_nobody_in_where_a_workspace_has_not_chosen_it(world: World) {
    let owner = open(&world, "zaveri").await;
    assert_eq!(owner.read(&world, "/settings").await["magic_links"], false, "as every workspace begins");
    let mine = json!({"email": "owner@zaveri.example"});
    stranger(&world, "/sign-in-links", mine.clone()).await.expect_problem(404, "resource.unknown");
    let code = stranger(&world, "/sessions/link", json!({"code": "4N56-Z55S"})).await;
    code.expect_problem(404, "resource.unknown");
    assert!(world.mails().await.is_empty());
    // What a mail does open, sets a password and signs nobody in, and is no factor beside one.
    stranger(&world, "/password-resets", mine).await.expect(202);
    let token = token_in(&mailed(&world).await, "reset");
    let answer = use_link(&world, &token, NEW).await;
    answer.expect(204);
    assert_eq!(answer.header("set-cookie"), None);
    sign_in(&world, "zaveri", "owner@zaveri.example", PASSWORD).await.expect_problem(401, "auth.refused");
    sign_in(&world, "zaveri", "owner@zaveri.example", NEW).await.expect(201);
}
