//! The workspace's own addresses, over HTTP: proved, refused by a relay, asked about after a year.

use aurex_core::service::access::tend_contacts;
use aurex_server::mail::{MailError, Message};
use serde_json::{Value, json};

use crate::client::{Call, Person, session_of, sign_in};
use crate::shop::{PASSWORD, address, join, open};
use crate::world::{World, on_every_store};

on_every_store!(
    p66_an_address_is_proved_by_the_code_that_is_sent_to_it,
    p66_a_refused_mail_marks_the_address_and_every_owner_is_told_once,
    p66_after_a_year_the_owners_are_asked_until_it_is_proved_again,
);

const OFFICE: &str = "office@zaveri.example";

async fn set(world: &World, who: &Person, email: &str) -> Value {
    who.send(world, &Call::post("/contacts/notices", &json!({"email": email}))).await.expect(200)
}

/// The code in the one mail that waits.
async fn code(world: &World, to: &str) -> String {
    let mails = world.mails().await;
    let [mail] = &*mails else { panic!("{} mails", mails.len()) };
    assert_eq!(mail.to.email.as_str(), to);
    let code = mail.text.lines().find_map(|line| line.strip_prefix("Code: ")).expect("a code");
    code.to_owned()
}

fn verify(code: &str) -> Call {
    Call::post("/contacts/notices/verify", &json!({"code": code}))
}

async fn state(world: &World, who: &Person) -> (Value, Value) {
    let list = who.read(world, "/contacts").await;
    (list["items"][0]["state"].clone(), list["items"][0]["bounces"].clone())
}

fn recipients(mails: &[Message]) -> Vec<&str> {
    let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.email.as_str()).collect();
    to.sort_unstable();
    to
}

async fn again(world: &World, who: &str) -> Person {
    session_of(&sign_in(world, "zaveri", &address("zaveri", who), PASSWORD).await, "zaveri")
}

async fn tend(world: &World) -> usize {
    let (_, tenant) = world.road().store.tenants().await.unwrap().remove(0);
    tend_contacts(world.road(), &world.contacts, tenant).await.unwrap()
}

async fn p66_an_address_is_proved_by_the_code_that_is_sent_to_it(world: World) {
    let owner = open(&world, "zaveri").await;
    let (_, ravi) = join(&world, &owner, "ravi", "cashier").await;
    world.mails().await;
    assert_eq!(owner.read(&world, "/contacts").await["items"], json!([]));
    owner.send(&world, &verify("7K3M-9QXD")).await.expect_problem(409, "contact.missing");
    assert_eq!(set(&world, &owner, OFFICE).await["state"], "unverified");
    let first = code(&world, OFFICE).await;
    set(&world, &owner, OFFICE).await;
    let second = code(&world, OFFICE).await;
    owner.send(&world, &verify(&first)).await.expect_problem(422, "contact.wrong_code");
    let right = owner.send(&world, &verify(&second.to_lowercase())).await.expect(200);
    assert_eq!((&right["state"], &right["email"]), (&json!("verified"), &json!(OFFICE)));
    owner.send(&world, &verify(&second)).await.expect_problem(410, "contact.code_ended");

    // Five tries a code, right or wrong, and a day.
    set(&world, &owner, "books@zaveri.example").await;
    let right = code(&world, "books@zaveri.example").await;
    for _ in 0..5 {
        owner.send(&world, &verify("0000-0000")).await.expect_problem(422, "contact.wrong_code");
    }
    owner.send(&world, &verify(&right)).await.expect_problem(422, "contact.wrong_code");
    assert_eq!(state(&world, &owner).await.0, "unverified");

    ravi.send(&world, &Call::get("/contacts")).await.expect_problem(403, "access.forbidden");
    let body = json!({"email": OFFICE});
    ravi.send(&world, &Call::post("/contacts/notices", &body)).await.expect_problem(403, "access.forbidden");
    owner.send(&world, &Call::post("/contacts/other", &body)).await.expect_problem(404, "resource.unknown");
    world.clock.advance(16 * 60);
    let stale = Call::post("/contacts/notices", &body);
    owner.send(&world, &stale).await.expect_problem(403, "auth.step_up_required");
    let log = owner.read(&world, "/audit?action=contact.verify").await;
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "{log}");
}

async fn p66_a_refused_mail_marks_the_address_and_every_owner_is_told_once(world: World) {
    let owner = open(&world, "zaveri").await;
    join(&world, &owner, "partner", "owner").await;
    world.mails().await;
    set(&world, &owner, OFFICE).await;
    owner.send(&world, &verify(&code(&world, OFFICE).await)).await.expect(200);
    for bounces in 1..=2 {
        set(&world, &owner, OFFICE).await;
        world.mailer.fail_next(MailError::Refused { code: 550 });
        let told = world.mails().await;
        let expected: &[&str] =
            if bounces == 1 { &["owner@zaveri.example", "partner@zaveri.example"] } else { &[] };
        assert_eq!(recipients(&told), expected);
        assert!(told.iter().all(|mail| mail.text.contains(OFFICE)));
        assert_eq!(state(&world, &owner).await, (json!("bounced"), json!(bounces)));
    }
    world.collect().await;
    for (action, count) in [("contact.tend", 2), ("mail.refused", 2)] {
        let log = owner.read(&world, &format!("/audit?action={action}")).await;
        let seen: u64 = log["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                let counted =
                    entry["changes"].as_array().unwrap().iter().find(|change| change["field"] == "count");
                counted.and_then(|change| change["after"].as_u64()).unwrap_or(1)
            })
            .sum();
        assert_eq!(seen, count, "{action}: {log}");
    }
    assert_eq!(
        world.mail_figures.counts()[3],
        ("aurex_mails_refused_total", "Those of them that a relay refused for good.", 2)
    );

    // Whose mail is refused and who is no address of the workspace's is an entry, and nothing else.
    let body = json!({"name": "Asha", "email": "asha@zaveri.example", "role": "cashier"});
    owner.make(&world, "/members", body).await;
    world.mailer.fail_next(MailError::Refused { code: 550 });
    assert!(world.mails().await.is_empty());
    set(&world, &owner, OFFICE).await;
    owner.send(&world, &verify(&code(&world, OFFICE).await)).await.expect(200);
    assert_eq!(state(&world, &owner).await, (json!("verified"), json!(0)));
}

async fn p66_after_a_year_the_owners_are_asked_until_it_is_proved_again(world: World) {
    let owner = open(&world, "zaveri").await;
    join(&world, &owner, "partner", "owner").await;
    world.mails().await;
    set(&world, &owner, OFFICE).await;
    owner.send(&world, &verify(&code(&world, OFFICE).await)).await.expect(200);
    assert_eq!(tend(&world).await, 0);
    world.clock.advance(365 * 86_400);
    assert_eq!((tend(&world).await, tend(&world).await), (1, 0), "once");
    let told = world.mails().await;
    assert_eq!(recipients(&told), ["owner@zaveri.example", "partner@zaveri.example"]);
    let owner = again(&world, "owner").await;
    world.mails().await;
    assert_eq!(state(&world, &owner).await.0, "due");
    set(&world, &owner, OFFICE).await;
    owner.send(&world, &verify(&code(&world, OFFICE).await)).await.expect(200);
    assert_eq!(state(&world, &owner).await.0, "verified");
    world.clock.advance(30 * 86_400);
    assert_eq!(tend(&world).await, 0);
}
