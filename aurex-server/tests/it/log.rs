//! Every action that changes something, done once over a socket: exactly one entry, and nothing missing in it. The list
//! of actions is the catalogue's; a new one without its case fails.

use std::collections::BTreeSet;

use aurex_core::identity::factor::{Digits, HotpHash, hotp};
use aurex_core::rbac::Catalogue;
use aurex_core::service::access::{
    remind_of_tokens, reset_password, retire_members, see_to_the_end, set_plan, tend_contacts,
};
use aurex_core::service::{expire_personal, send_digest};
use aurex_core::tenancy::{PlanState, RequestFacts};
use aurex_core::text::{Email, Note};
use aurex_core::time::{Clock as _, Timestamp};
use serde_json::{Value, json};

use crate::client::{Answer, Call, Person, session_of, sign_in};
use crate::mail::captured::link_in;
use crate::operations::CASES;
use crate::shop::{PASSWORD, SECRET, Shop, add, address, customer, id, join, stocked};
use crate::sockets::Listening;
use crate::world::World;

/// The one action whose code no entry bears: what it seals are observations, each under the observation's own code.
const SEALS_OTHERS: &str = "audit.collect";

/// The first of all, and what moves a whole workspace: done by the shell or for two owners, and walked with their entries by
/// `archive`'s tests.
const ELSEWHERE: [&str; 5] =
    ["workspace.arrive", "workspace.export", "workspace.export_ready", "workspace.leave", "workspace.open"];

/// Actions that no request does: the background work, and the shell.
const BY_THE_PROCESS: [&str; 8] = [
    "api_token.remind",
    "audit.digest",
    "contact.tend",
    "member.retire",
    "password.reset",
    "personal.expire",
    "workspace.remind",
    "plan.change",
];

/// The actions whose operation in the table does not do them as it stands there, or is open to strangers.
const OTHERWISE: [&str; 16] = [
    "approval.decide",
    "audit.export_ready",
    "contact.verify",
    "link.request",
    "link.use",
    "password.change",
    "personal.erase",
    "pin.set",
    "second_factor.add",
    "second_factor.change",
    "second_factor.reset",
    "session.open",
    "session.step_up",
    "workspace.delete",
    "workspace.keep",
    "workspace.open",
];

/// Where requests come from, and by what.
const ADDRESS: &str = "127.0.0.77";
const AGENT: &str = "the-till/1.0";

struct Counter {
    world: World,
    listening: Listening,
    shop: Shop,
}

/// What one act was to leave behind.
struct Done {
    action: &'static str,
    answer: Option<Answer>,
}

impl Counter {
    async fn open() -> Self {
        let world = World::on_memory().await;
        let shop = stocked(&world, "zaveri").await;
        let listening = Listening::to(&world).await;
        Self { world, listening, shop }
    }

    /// Sends a call from [`ADDRESS`].
    async fn ask(&self, call: &Call, cookie: &str) -> Answer {
        let mut headers = vec![("Origin", crate::world::ORIGIN), ("User-Agent", AGENT)];
        if !cookie.is_empty() {
            headers.push(("Cookie", cookie));
        }
        let said = call.headers.iter().filter(|(name, _)| *name != "content-type");
        headers.extend(said.map(|(name, value)| (*name, value.as_str())));
        let body = String::from_utf8(call.body.clone().unwrap_or_default()).unwrap();
        let path = format!("/zaveri{}", call.path);
        self.listening.ask(ADDRESS, call.method.as_str(), &path, &headers, &body).await
    }

    async fn by(&self, who: &Person, call: &Call) -> Answer {
        self.ask(call, &format!("aurex-zaveri={}", who.session)).await
    }

    async fn owners_session(&self) -> Person {
        let answer = sign_in(&self.world, "zaveri", &address("zaveri", "owner"), PASSWORD).await;
        session_of(&answer, "zaveri")
    }

    /// How long the log is. Nobody reads it over HTTP here: that would be observed in it.
    async fn entries(&self, who: &Person) -> Vec<Value> {
        let mut entries =
            who.read(&self.world, "/audit?limit=200").await["items"].as_array().unwrap().clone();
        entries.reverse();
        entries
    }
}

fn code_at(secret: &str, at: Timestamp) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = secret.chars().map(|c| format!("{:05b}", alphabet.find(c).unwrap())).collect();
    let bytes = bits.as_bytes().chunks_exact(8).map(|b| str::from_utf8(b).unwrap());
    let key: Vec<u8> = bytes.map(|bits| u8::from_str_radix(bits, 2).unwrap()).collect();
    let key: [u8; 20] = key.try_into().unwrap();
    let step = u64::try_from(at.micros() / 30_000_000).unwrap();
    hotp(HotpHash::Sha1, &key, step, Digits::Six).as_str().to_owned()
}

/// Sets up a second factor; the session from then on, and the secret. Time moves on to the next code.
async fn enrol(at: &Counter, who: &Person) -> (Person, String) {
    let offer = who.send(&at.world, &Call::new("POST".parse().unwrap(), "/second-factor")).await.expect(201);
    let secret = offer["secret"].as_str().unwrap().to_owned();
    let code = json!({"code": code_at(&secret, at.world.clock.now())});
    let answer = who.send(&at.world, &Call::post("/second-factor/confirm", &code)).await;
    answer.expect(200);
    at.world.clock.advance(30);
    (session_of(&answer, "zaveri"), secret)
}

fn post(path: impl Into<String>) -> Call {
    Call::new("POST".parse().unwrap(), path)
}

/// Prepares the action and does it once; returns how long the log was just before.
async fn performed(at: &Counter, action: &'static str) -> (usize, Done) {
    let world = &at.world;
    if BY_THE_PROCESS.contains(&action) {
        return by_the_process(at, action).await;
    }
    // Found before anything is prepared: the reader's session must not be the one that ends.
    let reader = at.owners_session().await;
    let shop = &at.shop;
    let (mut who, mut prepared): (Person, Option<(Call, String)>) = (shop.owner.clone(), None);
    let stranger = |call: Call| Some((call, String::new()));
    match action {
        "approval.decide" => {
            let body = json!({"reason": "Ask me first"});
            prepared = stranger(Call::post(format!("/approvals/{}/refuse", shop.approval), &body));
        }
        "contact.verify" => prepared = stranger(proof_of_address(at).await),
        "password.change" => {
            let (_, person) = join(world, &shop.owner, "ravi", "cashier").await;
            who = person;
            let body = json!({"current": PASSWORD, "new": "green parrot off a till"});
            prepared = stranger(Call::post("/password", &body));
        }
        "pin.set" => {
            (_, who) = join(world, &shop.owner, "ravi", "cashier").await;
            prepared = stranger(Call::new("PUT".parse().unwrap(), "/pin").json(&json!({"pin": "407193"})));
        }
        "second_factor.add" => prepared = stranger(post("/second-factor")),
        "second_factor.change" => {
            let (_, cashier) = join(world, &shop.owner, "ravi", "cashier").await;
            (who, _) = enrol(at, &cashier).await;
            prepared = stranger(post("/second-factor/recovery-codes"));
        }
        "second_factor.reset" => {
            let (ravi, cashier) = join(world, &shop.owner, "ravi", "cashier").await;
            enrol(at, &cashier).await;
            prepared = stranger(post(format!("/members/{ravi}/second-factor/reset")));
        }
        "personal.erase" => {
            let customer = shop.owner.make(world, "/customers", customer("Uma Rao")).await;
            let body = json!({"basis": "consent_withdrawn"});
            let asked = shop.owner.make(world, &format!("/customers/{}/erasure", id(&customer)), body).await;
            (_, who) = join(world, &shop.owner, "ravi", "admin").await;
            let path = format!("/approvals/{}/approve", id(&asked));
            prepared = stranger(Call::post(path, &json!({"digest": asked["digest"]})));
        }
        "workspace.delete" => {
            let asked = deletion_asked(at).await;
            (_, who) = join(world, &shop.owner, "ravi", "owner").await;
            prepared = stranger(asked);
        }
        "workspace.keep" => {
            let asked = deletion_asked(at).await;
            let (_, other) = join(world, &shop.owner, "ravi", "owner").await;
            other.send(world, &asked).await.expect(200);
            prepared = stranger(post("/workspace/keep"));
        }
        "party.open_balance" => {
            // An opening comes before anything else of the same account.
            let new = id(&shop.owner.make(world, "/customers", json!({"name": "Meera"})).await);
            let body = json!({"amount": {"minor": 100_000, "currency": "INR"}, "side": "owed_to_shop"});
            let path = format!("/customers/{new}/opening-balance");
            prepared = stranger(Call::post(path, &body));
        }
        "books.unlock" => {
            let lock = Call::post("/books/lock", &json!({"through": "2026-10-31"}));
            shop.owner.send(world, &lock).await.expect(200);
        }
        "session.step_up" => {
            prepared = stranger(Call::post("/session/step-up", &json!({"password": PASSWORD})));
        }
        _ => {}
    }
    let signed = format!("aurex-zaveri={}", who.session);
    if let Some((_, cookie)) = &mut prepared {
        cookie.clone_from(&signed);
    }
    match action {
        "session.open" => {
            let body = json!({"email": address("zaveri", "owner"), "password": PASSWORD});
            prepared = stranger(Call::post("/sessions", &body));
        }
        "link.request" => {
            let body = json!({"email": address("zaveri", "owner")});
            prepared = stranger(Call::post("/password-resets", &body));
        }
        "link.use" => {
            let body = json!({"name": "Asha", "email": "asha@zaveri.example", "role": "cashier"});
            shop.owner.send(world, &Call::post("/members", &body)).await.expect(201);
            let mails = world.mails().await;
            let token = link_in(&mails.last().unwrap().text).unwrap().split_once('#').unwrap().1.to_owned();
            let body = json!({"token": token, "new_password": "green parrot off a till"});
            prepared = stranger(Call::post("/links/use", &body));
        }
        "audit.export_ready" => {
            let order = Call::post("/audit/exports", &json!({"format": "csv"}));
            shop.owner.send(world, &order).await.expect(202);
            let before = at.entries(&reader).await.len();
            assert_eq!(world.export().await, 1);
            return (before, Done { action, answer: None });
        }
        _ => {}
    }
    if action == "session.close" {
        who = at.owners_session().await;
    }
    let (call, cookie) = prepared.unwrap_or_else(|| {
        // Reading is no matter of this list, and a session of one's own is ended by the action that closes it.
        let does_it = |id: &str| id != "inviteAgain" && !id.starts_with("preview");
        let mut cases = CASES.iter().filter(|case| case.action == Some(action) && does_it(case.id));
        let case = cases.find(|case| (case.call)(shop).method != "GET");
        let case = case.unwrap_or_else(|| panic!("{action} has no case that does it"));
        ((case.call)(shop), format!("aurex-zaveri={}", who.session))
    });
    let before = at.entries(&reader).await.len();
    let answer = at.ask(&call, &cookie).await;
    assert!((200..300).contains(&answer.status), "{action}: {} {}", answer.status, answer.text);
    world.sign_in.links_are_sent().await;
    (before, Done { action, answer: Some(answer) })
}

/// Asks for the workspace to be deleted; the call that approves it.
async fn deletion_asked(at: &Counter) -> Call {
    let (world, owner) = (&at.world, &at.shop.owner);
    let name = owner.read(world, "/settings").await["name"].clone();
    let command = json!({"name": name, "keeps_books": true});
    let asked =
        owner.make(world, "/approvals", json!({"action": "workspace.delete", "command": command})).await;
    Call::post(format!("/approvals/{}/approve", id(&asked)), &json!({"digest": asked["digest"]}))
}

/// Sets an address of the workspace's; the call that proves it.
async fn proof_of_address(at: &Counter) -> Call {
    const OFFICE: &str = "office@zaveri.example";
    let set = Call::post("/contacts/notices", &json!({"email": OFFICE}));
    at.shop.owner.send(&at.world, &set).await.expect(200);
    let mails = at.world.mails().await;
    let mail = mails.iter().find(|mail| mail.to.email.as_str() == OFFICE).unwrap();
    let code = mail.text.lines().find_map(|line| line.strip_prefix("Code: ")).unwrap();
    Call::post("/contacts/notices/verify", &json!({"code": code}))
}

/// The same for what the background work and the shell do: the time comes at which something is due, and it is done.
async fn by_the_process(at: &Counter, action: &'static str) -> (usize, Done) {
    let (world, road) = (&at.world, at.world.road());
    let tenant = road.store.tenants().await.unwrap()[0].1;
    let due_after = match action {
        "api_token.remind" => 23 * 86_400 + 3600,
        "contact.tend" => {
            let proof = proof_of_address(at).await;
            at.shop.owner.send(world, &proof).await.expect(200);
            366 * 86_400
        }
        "audit.digest" => 7 * 86_400,
        "workspace.remind" => {
            let asked = deletion_asked(at).await;
            let (_, other) = join(world, &at.shop.owner, "ravi", "owner").await;
            other.send(world, &asked).await.expect(200);
            24 * 86_400
        }
        "member.retire" => {
            let path = format!("/members/{}", at.shop.member);
            let leaves = Call::patch(path, "\"1\"", &json!({"leaves_on": "2026-11-23"}));
            at.shop.owner.send(world, &leaves).await.expect(200);
            86_400
        }
        "personal.expire" => {
            let somebody = Call::post("/customers", &customer("Ravi Shah")).header("user-agent", "Till/1.0");
            at.shop.owner.send(world, &somebody).await.expect(201);
            400 * 86_400
        }
        _ => 0,
    };
    world.clock.advance(due_after);
    let reader = at.owners_session().await;
    let before = at.entries(&reader).await.len();
    match action {
        "api_token.remind" => {
            assert_eq!(remind_of_tokens(road, &world.reminding, tenant).await.unwrap(), 1);
        }
        "contact.tend" => assert_eq!(tend_contacts(road, &world.contacts, tenant).await.unwrap(), 1),
        "workspace.remind" => assert!(see_to_the_end(road, &world.ending, tenant).await.unwrap()),
        "audit.digest" => assert!(send_digest(road, &world.digesting, tenant).await.unwrap()),
        "member.retire" => assert_eq!(retire_members(road, &world.retiring, tenant).await.unwrap(), 1),
        "password.reset" => {
            let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
            let scope = world.cli.scope(tenant, &["password.reset"], facts);
            let email = Email::new(&address("zaveri", "till")).unwrap();
            reset_password(&world.sign_in, &scope, &email).await.unwrap();
        }
        "plan.change" => {
            let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
            let scope = world.cli.scope(tenant, &["plan.change"], facts);
            let reason = Note::new("The bill of October is unpaid").unwrap();
            set_plan(road, &scope, PlanState::PastDue, reason).await.unwrap();
        }
        _ => assert!(expire_personal(road, &world.expiring, tenant).await.unwrap() > 0),
    }
    (before, Done { action, answer: None })
}

#[track_caller]
fn assert_complete(entry: &Value, done: &Done) {
    let action = done.action;
    let has = |pointer: &str| {
        let value = entry.pointer(pointer).and_then(Value::as_str);
        value.filter(|text| !text.is_empty()).unwrap_or_else(|| panic!("{action}: {pointer} in {entry}"))
    };
    assert_eq!(has("/action"), action);
    assert_eq!(has("/outcome"), "done");
    for pointer in ["/at", "/actor/kind", "/actor/id", "/actor/assurance", "/subject/kind", "/subject/id"] {
        has(pointer);
    }
    assert_eq!(has("/leaf_hash").len(), 64);
    has("/request_id");
    if has("/actor/kind") == "member" {
        has("/actor/role");
        assert_ne!(entry["actor"]["name"], Value::Null, "{action}");
    }
    if let Some(answer) = &done.answer {
        assert_eq!(entry["request_id"].as_str(), answer.header("x-request-id"), "{action}");
        assert_eq!((has("/ip"), has("/user_agent")), (ADDRESS, AGENT), "{action}");
    }
    let changes = entry["changes"].as_array().unwrap();
    assert!(!changes.is_empty(), "{action} says nothing of what it changed");
    for change in changes {
        assert!(change["before"] != change["after"], "{action}: {change}");
    }
}

/// The actions that alter what was there: their entries say what it was. Those that fill what was empty, as revoking does
/// with the time of it, have nothing to say.
const ALTERING: [&str; 16] = [
    "advance.reverse",
    "approval.decide",
    "booking.cancel",
    "credit_note.cancel",
    "customer.change",
    "debit_note.cancel",
    "invoice.cancel",
    "item.describe",
    "member.change",
    "password.change",
    "plan.change",
    "receipt.reverse",
    "refund.reverse",
    "second_factor.change",
    "second_factor.reset",
    "settings.change",
];

/// Actions that change many at once: an entry for each member, for each class of what has had its time.
const A_SUBJECT: [&str; 2] = ["member.sign_out_everybody", "personal.expire"];

#[tokio::test]
async fn asvs_v16_2_1_every_action_that_changes_something_leaves_exactly_one_complete_entry() {
    let catalogue = Catalogue::core();
    let changing: Vec<&'static str> = catalogue
        .iter()
        .filter(|action| !action.reads && action.code != SEALS_OTHERS)
        .map(|action| action.code)
        .collect();
    assert!(changing.len() > 35);
    let mut altered = BTreeSet::new();
    for action in changing.iter().copied().filter(|action| !ELSEWHERE.contains(action)) {
        let at = Counter::open().await;
        let (before, done) = performed(&at, action).await;
        let reader = at.owners_session().await;
        let after = at.entries(&reader).await;
        // The last is the reader's own sign-in.
        let new = after.get(before..after.len() - 1).unwrap();
        // What is done to many subjects at once is one entry a subject, in one transaction.
        let subjects: BTreeSet<&str> =
            new.iter().map(|entry| entry["subject"]["id"].as_str().unwrap()).collect();
        let is_as_said =
            if A_SUBJECT.contains(&action) { new.len() == subjects.len() } else { new.len() == 1 };
        assert!(is_as_said && !new.is_empty(), "{action} left {} entries: {new:#?}", new.len());
        for entry in new {
            assert_complete(entry, &done);
            let has_before =
                entry["changes"].as_array().unwrap().iter().any(|change| !change["before"].is_null());
            if has_before {
                altered.insert(action);
            }
        }
    }
    let silent: Vec<_> = ALTERING.into_iter().filter(|action| !altered.contains(action)).collect();
    assert!(silent.is_empty(), "these do not say what was there before: {silent:?}");
    let known: BTreeSet<&str> = changing.iter().copied().collect();
    let listed = OTHERWISE.iter().chain(&ALTERING).chain(&BY_THE_PROCESS).chain(&ELSEWHERE);
    assert!(listed.copied().all(|action| known.contains(action)), "a list names what is no such action");
}

#[tokio::test]
async fn opening_a_workspace_is_its_first_and_only_entry() {
    let world = World::on_memory().await;
    let owner = crate::shop::open(&world, "zaveri").await;
    let log = owner.read(&world, "/audit").await;
    let entries = log["items"].as_array().unwrap();
    let codes: Vec<&str> = entries.iter().rev().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(codes, ["workspace.open", "session.open"]);
}

/// A refused command leaves no entry of success, and neither does one whose transaction did not end.
#[tokio::test]
async fn what_was_refused_leaves_no_entry_of_success() {
    let at = Counter::open().await;
    let (world, shop) = (&at.world, &at.shop);
    let (_, cashier) = join(world, &shop.owner, "ravi", "cashier").await;
    let (_, auditor) = join(world, &shop.owner, "uma", "auditor").await;
    add(world, &shop.owner, "asha", "cashier").await;
    let before = at.entries(&shop.owner).await.len();
    let (mut refused, mut successes) = (0, Vec::new());
    for case in CASES.iter().filter(|case| case.action.is_some() && case.id != "signOut") {
        let call = (case.call)(shop);
        if call.method == "GET" {
            continue;
        }
        for who in [&cashier, &auditor] {
            let seen = at.entries(&shop.owner).await.len();
            let answer = at.by(who, &call).await;
            let now = at.entries(&shop.owner).await.len();
            if answer.status >= 400 {
                refused += 1;
                assert_eq!(seen, now, "{} was refused: {}", case.id, answer.text);
            } else {
                successes.push(case.id);
            }
        }
    }
    assert!(refused > 40, "{refused}");
    // A rule's refusal: the piece is sold, the number is taken, the form is wrong.
    for call in [
        Call::post("/invoices", &crate::shop::bill(&shop.customer, &shop.customer)),
        Call::post("/items", &crate::shop::chain("G-1")),
        Call::post("/receipts", &json!({})),
    ] {
        let seen = at.entries(&shop.owner).await.len();
        let answer = at.by(&shop.owner, &call).await;
        assert!(answer.status >= 400, "{}", answer.text);
        assert_eq!(at.entries(&shop.owner).await.len(), seen);
    }
    // What was refused for want of leave is there as that, once it is collected.
    world.clock.advance(61);
    world.collect().await;
    let owner = at.owners_session().await;
    let log = owner.read(world, "/audit?outcome=refused&limit=200").await;
    assert!(!log["items"].as_array().unwrap().is_empty());
    let done = owner.read(world, "/audit?outcome=done&limit=200").await;
    assert!(done["items"].as_array().unwrap().iter().all(|entry| entry["outcome"] == "done"));
    assert!(before > 20, "{}: {successes:?} {SECRET} {}", id(&json!({"id": "x"})), before);
}
