//! The walk: every caller there can be × every operation of the document, expected against actual.
//!
//! What is expected comes from the catalogue of actions through the one table that says which action an operation is
//! (`operations::CASES`, which has to name every operation of the document). What is different is listed, all of it, and
//! the list has to be empty. Whoever is refused with 403 is counted in the log, once, and nothing else is there as
//! refused. No caller is let off any operation.

use std::collections::BTreeSet;

use aurex_core::identity::pins::may_use_a_number;
use aurex_core::rbac::{ActionInfo, Catalogue, Role};
use poem::Request;
use poem::http::Method;
use serde_json::{Value, json};

use crate::client::{Call, Person, session_of, sign_in};
use crate::operations::{CASES, Case};
use crate::shop::{PASSWORD, Shop, add, address, first_session, id, join, stocked};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v7_2_1_v7_3_1_v7_3_2_v7_4_1_v7_4_2_who_is_not_signed_in_any_more_is_a_stranger,
    asvs_v8_2_1_v16_3_2_every_caller_may_do_what_the_catalogue_says_and_refusals_are_logged,
    asvs_v8_2_1_v16_3_2_a_narrowed_role_and_a_number_at_a_till_reach_their_part_and_refusals_are_logged,
);

const SLUG: &str = "zaveri";

/// What somebody presents.
enum Credential {
    Session(String),
    Token(String),
}

/// What the catalogue says of somebody.
#[derive(Clone, Copy)]
enum Standing {
    /// 401 whatever they ask.
    Stranger,
    /// A password that somebody else has set: nothing before an own one.
    OneTime,
    /// A member of this role, who proved it a moment ago.
    Member(Role),
    /// A member of this role, who proved it too long ago for what asks for a fresh proof.
    Stale(Role),
    /// A program with all that may be granted to one by somebody of this role.
    Program(Role),
    /// A member of a workspace's own role: this one, less one half of what can be taken from it.
    Narrowed(Role, Half),
    /// A member of this role who took over a shared till with their number.
    AtTill(Role),
}

/// Which half of the actions that can be withheld from a role: each stands in one of the two.
#[derive(Debug, Clone, Copy)]
enum Half {
    Even,
    Odd,
}

impl Half {
    /// What is withheld from `role`, in the catalogue's order.
    fn of(self, catalogue: &Catalogue, role: Role) -> Vec<&'static str> {
        let own = ["session.", "password.change", "second_factor.add", "second_factor.change"];
        let held = catalogue.iter().filter(|action| action.is_held_by(role)).map(|action| action.code);
        let held = held.filter(|code| !own.iter().any(|own| code.starts_with(own)));
        let from = match self {
            Self::Even => 0,
            Self::Odd => 1,
        };
        held.skip(from).step_by(2).collect()
    }
}

struct Caller {
    name: String,
    credential: Credential,
    standing: Standing,
}

impl Caller {
    fn session(name: impl Into<String>, person: &Person, standing: Standing) -> Self {
        Self { name: name.into(), credential: Credential::Session(person.session.clone()), standing }
    }

    fn token(name: impl Into<String>, token: &str, standing: Standing) -> Self {
        Self { name: name.into(), credential: Credential::Token(token.to_owned()), standing }
    }

    fn request(&self, call: &Call) -> Request {
        match &self.credential {
            Credential::Session(session) => call.with_cookie(SLUG, &format!("aurex-{SLUG}={session}")),
            Credential::Token(token) => call.with_token(SLUG, token),
        }
    }
}

/// What is never granted to a program: people, passwords, sessions, tokens, the changing of settings, the workspace as a
/// whole, and locked books.
fn is_for_people(code: &str) -> bool {
    [
        "billing.change",
        "payee.change",
        "settings.change",
        "contact.change",
        "contact.verify",
        "audit.export",
        "books.unlock",
        "personal.erase",
    ]
    .contains(&code)
        || [
            "member.",
            "password.",
            "session.",
            "api_token.",
            "link.",
            "second_factor.",
            "pin.",
            "till.",
            "custom_role.",
            "approval.",
            "workspace.",
        ]
        .iter()
        .any(|noun| code.starts_with(noun))
}

fn action<'c>(catalogue: &'c Catalogue, code: &str) -> &'c ActionInfo {
    catalogue.iter().find(|action| action.code == code).expect("an action of the catalogue")
}

fn is_held(catalogue: &Catalogue, code: &str, role: Role) -> bool {
    action(catalogue, code).is_held_by(role)
}

/// The problem that the catalogue expects, or `None` where the caller is let in.
fn expected(catalogue: &Catalogue, standing: Standing, case: &Case) -> Option<(u16, &'static str)> {
    let held = |role| case.action.is_none_or(|code| is_held(catalogue, code, role));
    let forbidden = (403, "access.forbidden");
    match standing {
        Standing::Stranger => Some((401, "auth.required")),
        Standing::OneTime => (case.id != "changePassword").then_some((403, "password.change_first")),
        Standing::Member(role) => (!held(role)).then_some(forbidden),
        Standing::Stale(role) if held(role) => {
            // Looking at one's second factor takes no fresh proof, setting one up does: one action, asked in two ways.
            let sets_up = ["beginSecondFactor", "confirmSecondFactor"].contains(&case.id);
            let asks = sets_up || case.action.is_some_and(|code| action(catalogue, code).step_up);
            asks.then_some((403, "auth.step_up_required"))
        }
        Standing::Stale(_) => Some(forbidden),
        Standing::Narrowed(role, half) => {
            let withheld = half.of(catalogue, role);
            // Of a command one asks for what one sees, and approves or refuses what one may do oneself.
            let also: &[&str] = match case.id {
                "askApproval" => &["invoice.read"],
                "askErasure" => &["approval.request", "customer.read"],
                "askMemberErasure" => &["approval.request"],
                "approve" => &["rate.post", "approval.read"],
                "refuseApproval" => &["rate.post"],
                _ => &[],
            };
            let lacks = |code: &str| withheld.contains(&code);
            if !held(role) || case.action.is_some_and(lacks) || also.iter().any(|code| lacks(code)) {
                return Some(forbidden);
            }
            // Nobody grants a program what they do not hold.
            let grants = case.id == "createApiToken" && ["rate.read", "stock.read"].into_iter().any(lacks);
            grants.then_some((403, "api_token.not_held"))
        }
        Standing::AtTill(role) => {
            let is_by_pin = case.action.is_none_or(|code| action(catalogue, code).by_pin);
            (!held(role) || !is_by_pin).then_some(forbidden)
        }
        Standing::Program(role) => {
            (!held(role) || case.action.is_some_and(is_for_people)).then_some(forbidden)
        }
    }
}

/// Where expected and actual differ, and the ids of the requests that were answered 403.
async fn walk(world: &World, shop: &Shop, callers: &[Caller]) -> (Vec<String>, BTreeSet<String>) {
    let catalogue = Catalogue::core();
    let (mut differences, mut refused) = (Vec::new(), BTreeSet::new());
    for caller in callers {
        for case in CASES {
            let answer = world.send(caller.request(&(case.call)(shop))).await;
            let actual = matches!(answer.status, 401 | 403 | 500..).then(|| (answer.status, answer.code()));
            let expected = expected(&catalogue, caller.standing, case);
            if actual != expected.map(|(status, code)| (status, code.to_owned())) {
                let actual = (answer.status, answer.code(), answer.text.clone());
                differences.push(format!("{} × {}: {expected:?}, was {actual:?}", caller.name, case.id));
            }
            if answer.status == 403 {
                refused.insert(answer.header("x-request-id").unwrap().to_owned());
            }
        }
    }
    (differences, refused)
}

async fn agree(world: &World, shop: &Shop, callers: &[Caller]) -> BTreeSet<String> {
    let (differences, refused) = walk(world, shop, callers).await;
    assert!(differences.is_empty(), "{differences:#?}");
    refused
}

async fn enter(world: &World, who: &str) -> Person {
    session_of(&sign_in(world, SLUG, &address(SLUG, who), PASSWORD).await, SLUG)
}

async fn token(world: &World, of: &Person, days: u32) -> Value {
    of.make(world, "/api-tokens", json!({"name": "scale", "expires_in_days": days})).await
}

fn secret(token: &Value) -> &str {
    token["token"].as_str().unwrap()
}

/// All `permission.refused` entries: the request that each has the id of, and how many it stands for. The same refusal
/// within a minute is one entry with a count.
async fn logged(world: &World, owner: &Person) -> Vec<(String, usize)> {
    world.collect().await;
    let (mut entries, mut after) = (Vec::new(), String::new());
    loop {
        let path = format!("/audit?limit=200&action=permission.refused{after}");
        let page = owner.read(world, &path).await;
        for entry in page["items"].as_array().unwrap() {
            assert_eq!((&entry["outcome"], &entry["subject"]["kind"]), (&json!("refused"), &json!("action")));
            let mut changes = entry["changes"].as_array().unwrap().iter();
            let count = changes.find(|change| change["field"] == "count").unwrap()["after"].as_u64().unwrap();
            entries.push((entry["request_id"].as_str().unwrap().to_owned(), usize::try_from(count).unwrap()));
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => return entries,
        }
    }
}

async fn asvs_v7_2_1_v7_3_1_v7_3_2_v7_4_1_v7_4_2_who_is_not_signed_in_any_more_is_a_stranger(world: World) {
    let mut shop = stocked(&world, SLUG).await;
    let theirs = stocked(&world, "gems").await;
    let (_, busy) = join(&world, &shop.owner, "busy", "manager").await;
    let old_token = token(&world, &shop.owner, 1).await;
    // In use all day long, and over all the same when eight hours are.
    for _ in 0..23 {
        world.clock.advance(20 * 60);
        busy.read(&world, "/session").await;
    }
    world.clock.advance(20 * 60);
    let idle = enter(&world, "busy").await;
    idle.read(&world, "/session").await;
    world.clock.advance(30 * 60 + 1);
    let mut yesterdays = enter(&world, "owner").await;
    world.clock.advance(24 * 3600);
    std::mem::swap(&mut shop.owner, &mut yesterdays);
    shop.owner = enter(&world, "owner").await;

    let (_, left) = join(&world, &shop.owner, "left", "cashier").await;
    left.send(&world, &Call::new(Method::DELETE, "/session")).await.expect(204);
    let (gone, disabled) = join(&world, &shop.owner, "gone", "manager").await;
    let their_token = token(&world, &disabled, 30).await;
    let revoked = token(&world, &shop.owner, 30).await;
    let revoke = Call::new(Method::DELETE, format!("/api-tokens/{}", id(&revoked)));
    shop.owner.send(&world, &revoke).await.expect(204);
    let etag =
        shop.owner.read(&world, &format!("/members/{gone}")).await["etag"].as_str().unwrap().to_owned();
    let disable = Call::patch(format!("/members/{gone}"), &etag, &json!({"disabled": true}));
    disabled.read(&world, "/session").await;
    shop.owner.send(&world, &disable).await.expect(200);
    let (_, before) = join(&world, &shop.owner, "careful", "auditor").await;
    let change = json!({"current": PASSWORD, "new": "green parrot on a till"});
    before.send(&world, &Call::post("/password", &change)).await.expect(204);

    let stranger = Standing::Stranger;
    let callers = [
        Caller::session("beyond the absolute limit", &busy, stranger),
        Caller::session("unused for too long", &idle, stranger),
        Caller::session("yesterday's", &yesterdays, stranger),
        Caller::session("signed out", &left, stranger),
        Caller::session("disabled", &disabled, stranger),
        Caller::session("from before a new password", &before, stranger),
        Caller::session("of another workspace", &theirs.owner, stranger),
        Caller::token("token of somebody disabled", secret(&their_token), stranger),
        Caller::token("revoked token", secret(&revoked), stranger),
        Caller::token("expired token", secret(&old_token), stranger),
        Caller::token("token of another workspace", &theirs.token, stranger),
    ];
    agree(&world, &shop, &callers).await;
    // Nothing of all that touched whoever is there.
    shop.owner.read(&world, "/session").await;
}

async fn asvs_v8_2_1_v16_3_2_every_caller_may_do_what_the_catalogue_says_and_refusals_are_logged(
    world: World,
) {
    let shop = stocked(&world, SLUG).await;
    add(&world, &shop.owner, "new-here", "owner").await;
    let first = first_session(&world, SLUG, "new-here").await;
    let mut refused_in_all = BTreeSet::new();
    let mut callers = vec![Caller::session("one-time secret", &first, Standing::OneTime)];
    // One after the other, because a walk takes the clock along, and sessions end.
    for role in Role::ALL {
        refused_in_all.extend(agree(&world, &shop, &callers).await);
        let owner = enter(&world, "owner").await;
        let (_, person) = join(&world, &owner, &format!("the-{role}"), role.code()).await;
        callers.clear();
        if is_held(&Catalogue::core(), "api_token.create", role) {
            let token = token(&world, &person, 30).await;
            callers.push(Caller::token(format!("{role}'s program"), secret(&token), Standing::Program(role)));
            refused_in_all.extend(agree(&world, &shop, &callers).await);
            callers.clear();
        }
        // A quarter of an hour later, and then anew.
        let person = enter(&world, &format!("the-{role}")).await;
        world.clock.advance(15 * 60);
        callers.push(Caller::session(format!("{role}, a while ago"), &person, Standing::Stale(role)));
        refused_in_all.extend(agree(&world, &shop, &callers).await);
        callers.clear();
        let person = enter(&world, &format!("the-{role}")).await;
        callers.push(Caller::session(role.code(), &person, Standing::Member(role)));
    }
    refused_in_all.extend(agree(&world, &shop, &callers).await);
    every_refusal_is_logged_and_nothing_else(&world, &refused_in_all).await;
}

async fn every_refusal_is_logged_and_nothing_else(world: &World, refused: &BTreeSet<String>) {
    let logged = logged(world, &enter(world, "owner").await).await;
    let strange: Vec<_> = logged.iter().filter(|(request, _)| !refused.contains(request)).collect();
    assert!(strange.is_empty(), "refused in the log alone: {strange:?}");
    let counted: usize = logged.iter().map(|(_, count)| count).sum();
    assert_eq!(counted, refused.len(), "each refusal is counted, once");
    assert!(logged.len() > 100, "{}", logged.len());
}

/// Somebody of a role narrowed by a half of what it holds.
async fn narrowed(world: &World, role: Role, half: Half) -> Person {
    let (name, withheld) = (format!("{role}-{half:?}"), half.of(&Catalogue::core(), role));
    let owner = enter(world, "owner").await;
    let made = json!({"name": name, "base": role.code(), "withheld": withheld});
    let custom = id(&owner.make(world, "/roles", made).await);
    let (member, person) = join(world, &owner, &name.to_lowercase(), role.code()).await;
    let give = Call::patch(format!("/members/{member}"), "\"1\"", &json!({"custom_role": custom}));
    owner.send(world, &give).await.expect(200);
    person
}

/// Somebody of a role who takes over a till of their own.
async fn at_till(world: &World, role: Role) -> Person {
    let owner = enter(world, "owner").await;
    let (member, person) = join(world, &owner, &format!("the-{role}-at-the-till"), role.code()).await;
    person.send(world, &Call::new(Method::PUT, "/pin").json(&json!({"pin": "407193"}))).await.expect(204);
    let enrolled = owner.send(world, &Call::post("/tills", &json!({"name": format!("For {role}")}))).await;
    enrolled.expect(201);
    let till = enrolled.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let take_over = Call::post("/sessions/pin", &json!({"member_id": member, "pin": "407193"}));
    let answer = world.send(take_over.with_cookie(SLUG, &till)).await;
    answer.expect(201);
    session_of(&answer, SLUG)
}

async fn asvs_v8_2_1_v16_3_2_a_narrowed_role_and_a_number_at_a_till_reach_their_part_and_refusals_are_logged(
    world: World,
) {
    let shop = stocked(&world, SLUG).await;
    let mut refused = BTreeSet::new();
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Owner) {
        for half in [Half::Even, Half::Odd] {
            let person = narrowed(&world, role, half).await;
            let name = format!("{role} without the {half:?} half");
            let caller = Caller::session(name, &person, Standing::Narrowed(role, half));
            refused.extend(agree(&world, &shop, &[caller]).await);
        }
        if may_use_a_number(role) {
            let person = at_till(&world, role).await;
            let caller = Caller::session(format!("{role} at a till"), &person, Standing::AtTill(role));
            refused.extend(agree(&world, &shop, &[caller]).await);
        }
    }
    every_refusal_is_logged_and_nothing_else(&world, &refused).await;
}
