//! What people are told by mail: every kind of it is put down, written and handed over.

use std::collections::BTreeSet;

use aurex_core::identity::mails::MailKind;
use aurex_core::service::access::{remind_of_tokens, reset_by_shell};
use aurex_core::service::send_digest;
use aurex_core::store::PageRequest;
use aurex_core::tenancy::RequestFacts;
use aurex_core::text::Email;
use poem::http::Method;
use serde_json::{Value, json};

use crate::client::{Call, Person, session_of, sign_in};
use crate::second_factor::enrol;
use crate::shop::{PASSWORD, address, join, open, rate};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v6_3_7_what_was_changed_about_somebody_is_mailed_to_them,
    asvs_v6_4_4_the_notice_of_a_reset_from_the_shell_is_sent,
    p65_the_week_comes_by_mail_and_whoever_reviewed_it_stands_in_the_log,
);

async fn again(world: &World, who: &str) -> Person {
    session_of(&sign_in(world, "zaveri", &address("zaveri", who), PASSWORD).await, "zaveri")
}

/// Who gets what is sent now, and its subject.
async fn sent(world: &World) -> Vec<(String, String)> {
    let mails = world.mails().await.into_iter();
    let mut sent: Vec<_> = mails
        .map(|mail| {
            let to = mail.to.email.as_str().split('@').next().unwrap().to_owned();
            (to, mail.subject.as_str().to_owned())
        })
        .collect();
    sent.sort();
    sent
}

/// The kinds of the mails that the changes put down.
async fn put(world: &World, tenant: aurex_core::tenancy::TenantId) -> BTreeSet<MailKind> {
    let scope = world.cli.scope(tenant, &[], RequestFacts::default());
    let mut reader = world.road().store.reader(&scope).await.unwrap();
    let page = reader.mails(PageRequest::first(200)).await.unwrap();
    page.items.into_iter().map(|mail| mail.kind).collect()
}

async fn tenant(world: &World) -> aurex_core::tenancy::TenantId {
    world.road().store.door(&"zaveri".parse().unwrap()).await.unwrap().unwrap().tenant
}

async fn asvs_v6_3_7_what_was_changed_about_somebody_is_mailed_to_them(world: World) {
    let owner = open(&world, "zaveri").await;
    let (ravi_id, ravi) = join(&world, &owner, "ravi", "cashier").await;
    let (_, meera) = join(&world, &owner, "meera", "manager").await;
    world.mails().await;
    let told = async |expected: &[(&str, &str)]| {
        let sent = sent(&world).await;
        let sent: Vec<_> = sent.iter().map(|(to, subject)| (to.as_str(), subject.as_str())).collect();
        assert_eq!(sent, expected);
    };
    let shop = "Zaveri and Sons";
    let pin = |method, body: Option<&str>| {
        let call = Call::new(method, "/pin");
        body.map_or(call.clone(), |pin| call.json(&json!({"pin": pin})))
    };
    ravi.send(&world, &pin(Method::PUT, Some("407193"))).await.expect(204);
    told(&[("ravi", &format!("Your PIN for the tills of {shop} was set"))]).await;
    ravi.send(&world, &pin(Method::DELETE, None)).await.expect(204);
    told(&[("ravi", &format!("Your PIN for the tills of {shop} was removed"))]).await;
    meera.make(&world, "/tills", json!({"name": "Window"})).await;
    told(&[("owner", &format!("A device became a shared till of {shop}"))]).await;

    let mut version = 1;
    let mut patch = async |body| {
        let call = Call::patch(format!("/members/{ravi_id}"), &format!("\"{version}\""), &body);
        version += 1;
        owner.send(&world, &call).await.expect(200);
    };
    patch(json!({"name": "Ravi Kumar"})).await;
    told(&[]).await;
    patch(json!({"role": "accountant"})).await;
    told(&[("ravi", &format!("Your role at {shop} was changed"))]).await;
    patch(json!({"leaves_on": "2026-12-31"})).await;
    told(&[("ravi", &format!("Your last day at {shop} was set"))]).await;
    patch(json!({"leaves_on": null})).await;
    told(&[("ravi", &format!("You have no last day at {shop} any more"))]).await;
    patch(json!({"disabled": true})).await;
    told(&[("ravi", &format!("You cannot sign in to {shop} any more"))]).await;
    patch(json!({"disabled": false})).await;
    told(&[("ravi", &format!("You can sign in to {shop} again"))]).await;
    again(&world, "ravi").await;
    world.mails().await;
    owner.send(&world, &Call::new(Method::DELETE, format!("/members/{ravi_id}/sessions"))).await.expect(204);
    told(&[("ravi", &format!("Your sessions at {shop} were ended"))]).await;

    // The same role by an approved change.
    let (_, partner) = join(&world, &owner, "partner", "owner").await;
    let command = json!({"action": "member.change", "command": {"member_id": ravi_id, "role": "auditor"}});
    let asked = owner.make(&world, "/approvals", command).await;
    let other = json!({"action": "rate.post", "command": rate()});
    meera.make(&world, "/approvals", other).await;
    world.mails().await;
    let path = format!("/approvals/{}/approve", asked["id"].as_str().unwrap());
    let approve = Call::post(path, &json!({"digest": asked["digest"]}));
    partner.send(&world, &approve).await.expect(200);
    told(&[("ravi", &format!("Your role at {shop} was changed"))]).await;

    let enrolled = enrol(&world, &owner).await;
    world.mails().await;
    let body = json!({"recovery_code": enrolled.codes[0]});
    let stepped = enrolled.me.send(&world, &Call::post("/session/step-up", &body)).await;
    stepped.expect(201);
    told(&[("owner", &format!("A recovery code opened your account at {shop}"))]).await;
    let owner = session_of(&stepped, "zaveri");
    owner.send(&world, &Call::new(Method::POST, "/second-factor/recovery-codes")).await.expect(201);
    told(&[("owner", &format!("Your recovery codes for {shop} are others now"))]).await;

    let new = json!({"name": "price board", "expires_in_days": 8});
    owner.make(&world, "/api-tokens", new).await;
    world.clock.advance(25 * 3600);
    let tenant = tenant(&world).await;
    assert_eq!(remind_of_tokens(world.road(), &world.reminding, tenant).await.unwrap(), 1);
    assert_eq!(remind_of_tokens(world.road(), &world.reminding, tenant).await.unwrap(), 0);
    told(&[("owner", &format!("Your API token “price board” for {shop} is about to expire"))]).await;
    assert_eq!(world.mail_figures.counts()[2].2, 0, "none was given up");

    // What the other walks put down, on their way through the same letters.
    let elsewhere = BTreeSet::from([
        MailKind::Invitation,
        MailKind::PasswordReset,
        MailKind::MagicLink,
        MailKind::SecondFactorRemoved,
        MailKind::SecondFactorResetAsked,
        MailKind::SecondFactorResetNotice,
        MailKind::NewDevice,
        MailKind::ManyFailures,
        MailKind::LoneApproval,
        MailKind::WorkspaceEnds,
        MailKind::WorkspaceKept,
        MailKind::WeekDigest,
        MailKind::ContactCode,
        MailKind::ContactDue,
        MailKind::ContactBounced,
        MailKind::PlanChanged,
        MailKind::BillingChanged,
        MailKind::PayeeChanged,
    ]);
    let here = put(&world, tenant).await;
    let all: BTreeSet<_> = here.union(&elsewhere).copied().collect();
    assert_eq!(all, MailKind::ALL.iter().copied().collect(), "a new kind is walked somewhere");
}

async fn asvs_v6_4_4_the_notice_of_a_reset_from_the_shell_is_sent(world: World) {
    let owner = open(&world, "zaveri").await;
    join(&world, &owner, "partner", "owner").await;
    enrol(&world, &owner).await;
    world.mails().await;
    let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
    let scope = world.cli.scope(tenant(&world).await, &["second_factor.reset"], facts);
    let email = Email::new(&address("zaveri", "owner")).unwrap();
    reset_by_shell(world.road(), &scope, &email).await.unwrap();
    let mails = world.mails().await;
    let text = |who: &str| {
        let mail = mails.iter().find(|mail| mail.to.email.as_str() == address("zaveri", who));
        mail.expect("a notice").text.clone()
    };
    assert_eq!(mails.len(), 2);
    for who in ["owner", "partner"] {
        assert!(text(who).contains("Not before: 26 November 2026, 10:0"), "{}", text(who));
    }
    assert!(text("owner").contains("using it calls the removal off"));
    assert!(text("partner").contains("Whose: Meena Zaveri"));

    world.clock.advance(72 * 3600 + 60);
    reset_by_shell(world.road(), &scope, &email).await.unwrap();
    let mails = world.mails().await;
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text.contains("Who: whoever runs the server"), "{}", mails[0].text);
    assert_eq!(world.mail_figures.counts()[2].2, 0, "none was given up");
}

async fn p65_the_week_comes_by_mail_and_whoever_reviewed_it_stands_in_the_log(world: World) {
    open(&world, "zaveri").await;
    let tenant = tenant(&world).await;
    world.mails().await;
    // From Monday at ten to the next Monday at seven, in the shop's own time.
    world.clock.advance(7 * 86_400 - 3 * 3600);
    assert!(send_digest(world.road(), &world.digesting, tenant).await.unwrap());
    let mails = world.mails().await;
    let [mail] = &*mails else { panic!("{}", mails.len()) };
    assert!(mail.subject.as_str().ends_with(": the week of 2026-11-23"), "{}", mail.subject.as_str());
    for said in ["New device", "/w/zaveri/digest"] {
        assert!(mail.text.contains(said) && mail.html.contains(said), "{said}: {}", mail.text);
    }

    let owner = again(&world, "owner").await;
    let weeks = owner.read(&world, "/audit/digests").await;
    assert_eq!(weeks["items"][0]["week"], "2026-11-23");
    assert_ne!(weeks["items"][0]["sent_at"], Value::Null);
    let shown = owner.read(&world, "/audit/digests/2026-11-23").await;
    assert_eq!(shown["unusual"][0]["code"], "new_device", "{shown}");
    assert_eq!(shown["reviews"], json!([]));
    let review = Call::new(Method::POST, "/audit/digests/2026-11-23/review".to_owned());
    let reviewed = owner.send(&world, &review).await.expect(200);
    assert_eq!(reviewed["reviews"].as_array().unwrap().len(), 1);
    assert_eq!(owner.send(&world, &review).await.expect(200), reviewed, "once");
    let log = owner.read(&world, "/audit?action=audit.review").await;
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "{log}");
}
