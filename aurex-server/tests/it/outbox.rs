//! The sender of mails: nothing is lost, and nothing is tried for ever.

use std::io;

use aurex_server::mail::MailError;
use serde_json::json;

use crate::client::Person;
use crate::shop::open;
use crate::world::{World, on_every_store};

on_every_store!(
    a_mail_that_is_not_taken_is_tried_again_and_one_that_is_refused_is_not,
    a_mail_whose_link_has_ended_is_not_sent,
    a_sender_that_starts_finds_what_was_never_noted_and_sends_nothing_twice,
);

async fn invite(world: &World, owner: &Person, who: &str) {
    let body = json!({"name": who, "email": format!("{who}@zaveri.example"), "role": "cashier"});
    owner.make(world, "/members", body).await;
}

fn counts(world: &World) -> [u64; 4] {
    world.mail_figures.counts().map(|(_, _, count)| count)
}

async fn a_mail_that_is_not_taken_is_tried_again_and_one_that_is_refused_is_not(world: World) {
    let owner = open(&world, "zaveri").await;
    invite(&world, &owner, "ravi").await;
    world.mailer.fail_next(MailError::Refused { code: 550 });
    assert!(world.mails().await.is_empty());
    assert_eq!(counts(&world), [0, 0, 1, 1]);
    invite(&world, &owner, "asha").await;
    world.mailer.fail_next(MailError::Unreachable(io::ErrorKind::ConnectionRefused.into()));
    assert!(world.mails().await.is_empty());
    assert!(world.mails().await.is_empty(), "not at once");
    world.clock.advance(60);
    let sent = world.mails().await;
    assert_eq!(sent.len(), 1);
    world.clock.advance(24 * 3600);
    assert!(world.mails().await.is_empty());
    assert_eq!(counts(&world), [1, 1, 1, 1]);
}

async fn a_mail_whose_link_has_ended_is_not_sent(world: World) {
    let owner = open(&world, "zaveri").await;
    let id = owner.read(&world, "/session").await["member"]["id"].as_str().unwrap().to_owned();
    let path = format!("/members/{id}/password-reset");
    let call = crate::client::Call::new(poem::http::Method::POST, path);
    owner.send(&world, &call).await.expect(202);
    world.clock.advance(31 * 60);
    assert!(world.mails().await.is_empty());
    assert_eq!(counts(&world), [0, 0, 1, 0]);
}

async fn a_sender_that_starts_finds_what_was_never_noted_and_sends_nothing_twice(world: World) {
    let owner = open(&world, "zaveri").await;
    invite(&world, &owner, "asha").await;
    assert_eq!(world.mails().await.len(), 1);
    world.outbox.look_through().await;
    assert!(world.mails().await.is_empty());
}
