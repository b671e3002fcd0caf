//! Approval by a second person: who asks, who decides, and what is left in the log.

use aurex_core::identity::approvals::{Approval, ApprovalState};
use aurex_core::identity::members::MemberPatch;
use aurex_core::measure::{Fineness, Mass, Metal, RateKind};
use aurex_core::money::{Currency, Money};
use aurex_core::rbac::{Catalogue, Denied, Role};
use aurex_core::service::access::{
    AskedCommand, Command, approval, approvals, approve, ask_approval, change_member, create_api_token,
    refuse_approval, withdraw_approval,
};
use aurex_core::service::shop::rate_board;
use aurex_core::service::{Done, Presented, ServiceError};
use aurex_core::shop::rates::NewRate;
use aurex_core::store::{PageRequest, Store as _};
use aurex_core::tenancy::{ApprovalId, Assurance, Id as _, MemberId, Proof, Reach, Scope};
use aurex_core::text::Note;
use aurex_core::uuid::Uuid;

use crate::support::*;

fn rate(rupees: i64) -> AskedCommand {
    let command = Command::RatePost(NewRate::by_hand(
        Metal::Gold,
        Fineness::new(916_000).unwrap(),
        RateKind::Sell,
        Money::new(rupees * 100, Currency::INR).unwrap(),
        Mass::new(1_000).unwrap(),
    ));
    AskedCommand { command, note: Some(note("the board of ten o'clock")) }
}

fn promotion(member: MemberId, role: Role) -> AskedCommand {
    AskedCommand { command: Command::MemberRole { member, role }, note: None }
}

fn note(text: &str) -> Note {
    Note::new(text).unwrap()
}

async fn ask(world: &World, scope: &Scope, asked: &AskedCommand) -> Approval {
    ask_approval(&world.road, scope, None, asked).await.unwrap().value
}

async fn given(world: &World, scope: &Scope, of: &Approval) -> Result<Done<Approval>, ServiceError> {
    approve(&world.road, scope, None, of.id, &of.digest, None).await
}

/// Who got mails of this kind, in the order of the alphabet: those of one moment have none of their own.
async fn told(world: &World, scope: &Scope, kind: &str) -> Vec<String> {
    let mut reader = world.store.reader(scope).await.unwrap();
    let mails = reader.mails(PageRequest::first(100)).await.unwrap().items;
    let of_kind = mails.into_iter().filter(|mail| mail.kind.code() == kind);
    let mut told: Vec<_> = of_kind.map(|mail| mail.recipient.as_ref().unwrap().as_str().to_owned()).collect();
    told.sort();
    told
}

async fn state(world: &World, scope: &Scope, of: &Approval) -> ApprovalState {
    approval(&world.road, scope, of.id).await.unwrap().state
}

#[tokio::test]
async fn asvs_v2_3_5_a_cashier_asks_and_a_manager_lets_it_happen() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let manager = world.member(&owner.scope, "zaveri", "asha", Role::Manager).await;

    let asked = ask(&world, &cashier.scope, &rate(12_800)).await;
    assert_eq!((asked.state, asked.asked_by), (ApprovalState::Waiting, cashier.member.id));
    assert!(rate_board(&world.road, &cashier.scope, None).await.unwrap().is_empty(), "nothing happened yet");
    let others = [address("zaveri", "asha"), address("zaveri", "owner")];
    assert_eq!(told(&world, &owner.scope, "approval_asked").await, others);

    let before = world.log(&owner.scope).await.len();
    let done = given(&world, &manager.scope, &asked).await.unwrap().value;
    assert_eq!((done.state, done.decided_by), (ApprovalState::Done, Some(manager.member.id)));
    assert_eq!(rate_board(&world.road, &cashier.scope, None).await.unwrap().len(), 1);

    // One entry, of the command's own action, by the approver, naming who asked.
    let log = world.log(&owner.scope).await;
    assert_eq!(log.len(), before + 1);
    let entry = &log.last().unwrap().entry;
    assert_eq!((entry.action.as_str(), &entry.actor.id), ("rate.post", &manager.member.id.to_string()));
    let body = aurex_core::audit::Body::from_openings(&log.last().unwrap().openings).unwrap();
    let changes = body.changes(aurex_core::store::field_name);
    let of = |field: &str| {
        let change = changes.iter().find(|change| change.field == field);
        change.and_then(|change| change.after.clone()).unwrap()
    };
    use aurex_core::audit::Value::Text;
    assert_eq!(of("asked_by"), Text(cashier.member.id.to_string()));
    assert_eq!(of("approval"), Text(asked.id.to_string()));
    assert_eq!(of("approval.state"), Text("done".to_owned()));

    let again = given(&world, &owner.scope, &asked).await;
    assert_eq!(code(again), "approval.not_waiting");
    assert_eq!(world.log(&owner.scope).await.len(), before + 1);
}

#[tokio::test]
async fn asvs_v2_3_5_nobody_approves_what_they_asked_for_while_somebody_else_could() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let manager = world.member(&owner.scope, "zaveri", "asha", Role::Manager).await;
    let asked = ask(&world, &manager.scope, &rate(12_800)).await;
    let elsewhere = world.signed_in("zaveri", "asha").await.unwrap();
    for scope in [&manager.scope, &elsewhere.scope] {
        let reason = Some(note("the owner is not here"));
        let answer = approve(&world.road, scope, None, asked.id, &asked.digest, reason).await;
        assert_eq!(code(answer), "approval.own_request");
        let answer = refuse_approval(&world.road, scope, None, asked.id, &note("no")).await;
        assert_eq!(code(answer), "approval.own_request");
    }
    assert_eq!(state(&world, &owner.scope, &asked).await, ApprovalState::Waiting);
}

#[tokio::test]
async fn asvs_v2_3_5_who_is_alone_says_why_and_every_owner_is_told() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let partner = world.member(&owner.scope, "zaveri", "partner", Role::Owner).await;
    let asked = ask(&world, &partner.scope, &rate(12_800)).await;
    // The other owner leaves; nobody but who asked could approve it now.
    let leaves = MemberPatch { disabled: Some(true), ..MemberPatch::default() };
    change_member(&world.road, &partner.scope, owner.member.id, 1, &leaves).await.unwrap();
    let partner = world.signed_in("zaveri", "partner").await.unwrap();

    assert_eq!(code(given(&world, &partner.scope, &asked).await), "approval.reason_missing");
    let reason = note("the rate moved and I am alone today");
    let done = approve(&world.road, &partner.scope, None, asked.id, &asked.digest, Some(reason)).await;
    assert_eq!(done.unwrap().value.state, ApprovalState::Done);
    let owners = [address("zaveri", "partner")];
    assert_eq!(told(&world, &partner.scope, "lone_approval").await, owners, "whoever still is one");
    let log = world.log(&partner.scope).await;
    let body = aurex_core::audit::Body::from_openings(&log.last().unwrap().openings).unwrap();
    assert!(body.notes.contains(&("approved_alone".to_owned(), aurex_core::audit::Value::Bool(true))));
}

#[tokio::test]
async fn nothing_happens_a_day_later_or_of_another_command() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let one = ask(&world, &cashier.scope, &rate(12_800)).await;
    let other = ask(&world, &cashier.scope, &rate(11_000)).await;
    let answer = approve(&world.road, &owner.scope, None, one.id, &other.digest, None).await;
    assert_eq!(faults(answer), [("/digest".to_owned(), "approval.other_command")]);
    world.clock.advance(24 * 3600 + 1);
    let owner = world.signed_in("zaveri", "owner").await.unwrap();
    assert_eq!(code(given(&world, &owner.scope, &one).await), "approval.expired");
    assert!(rate_board(&world.road, &owner.scope, None).await.unwrap().is_empty());
}

#[tokio::test]
async fn asvs_v8_2_1_who_could_not_do_it_cannot_approve_it() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let accountant = world.member(&owner.scope, "zaveri", "asha", Role::Accountant).await;
    let manager = world.member(&owner.scope, "zaveri", "meera", Role::Manager).await;
    let admin = world.member(&owner.scope, "zaveri", "admin", Role::Admin).await;
    let ravi = world.added(&owner.scope, "zaveri", "ravi", Role::Cashier).await;

    // The manager decides about rates, not about members.
    let asked = ask(&world, &accountant.scope, &promotion(ravi.id, Role::Admin)).await;
    assert_eq!(code(given(&world, &manager.scope, &asked).await), "permission.denied");
    let refused = refuse_approval(&world.road, &manager.scope, None, asked.id, &note("no")).await;
    assert_eq!(code(refused), "permission.denied");
    // The admin does, but not so far: the refusal is the action's own, about a place in the frozen command.
    let answer = given(&world, &admin.scope, &asked).await;
    assert_eq!(faults(answer), [("/command/role".to_owned(), "member.role_beyond_reach")]);
    assert_eq!(state(&world, &owner.scope, &asked).await, ApprovalState::Waiting);
    assert!(given(&world, &owner.scope, &asked).await.is_ok());
    let mut reader = world.store.reader(&owner.scope).await.unwrap();
    assert_eq!(reader.member(ravi.id).await.unwrap().unwrap().role, Role::Admin);
}

#[tokio::test]
async fn asvs_v8_2_1_nobody_asks_about_what_they_do_not_see() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let other = world.open("mehta").await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let auditor = world.member(&owner.scope, "zaveri", "asha", Role::Auditor).await;
    let ask = |scope, asked| {
        let road = &world.road;
        async move { ask_approval(road, scope, None, &asked).await }
    };
    let own = promotion(cashier.member.id, Role::Manager);
    assert_eq!(code(ask(&cashier.scope, own.clone()).await), "permission.denied");
    assert_eq!(code(ask(&auditor.scope, own).await), "permission.denied");
    for id in [other.member.id, MemberId::from_uuid(Uuid::from_u128(7))] {
        assert_eq!(code(ask(&owner.scope, promotion(id, Role::Manager)).await), "resource.not_found");
    }
}

#[tokio::test]
async fn asvs_v8_2_2_another_shops_approval_is_none() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let other = world.open("mehta").await;
    let asked = ask(&world, &cashier.scope, &rate(12_800)).await;
    for id in [asked.id, ApprovalId::from_uuid(Uuid::from_u128(7))] {
        assert_eq!(code(approval(&world.road, &other.scope, id).await), "resource.not_found");
        let answer = approve(&world.road, &other.scope, None, id, &asked.digest, None).await;
        assert_eq!(code(answer), "resource.not_found");
        let answer = refuse_approval(&world.road, &other.scope, None, id, &note("no")).await;
        assert_eq!(code(answer), "resource.not_found");
        let answer = withdraw_approval(&world.road, &other.scope, None, id).await;
        assert_eq!(code(answer), "resource.not_found");
    }
    let page = approvals(&world.road, &other.scope, None, PageRequest::first(10)).await.unwrap();
    assert!(page.items.is_empty());
    assert_eq!(state(&world, &owner.scope, &asked).await, ApprovalState::Waiting);
}

#[tokio::test]
async fn who_asked_and_was_disabled_or_changed_gets_nothing_done() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    for (who, patch, expected) in [
        ("ravi", MemberPatch { disabled: Some(true), ..MemberPatch::default() }, "approval.asker_gone"),
        (
            "asha",
            MemberPatch { role: Some(Role::Auditor), ..MemberPatch::default() },
            "approval.asker_changed",
        ),
    ] {
        let cashier = world.member(&owner.scope, "zaveri", who, Role::Cashier).await;
        let asked = ask(&world, &cashier.scope, &rate(12_800)).await;
        change_member(&world.road, &owner.scope, cashier.member.id, 1, &patch).await.unwrap();
        let owner = world.request("zaveri", &owner).await.unwrap();
        assert_eq!(code(given(&world, &owner, &asked).await), expected, "{who}");
        assert_eq!(state(&world, &owner, &asked).await, ApprovalState::Waiting);
    }
}

#[tokio::test]
async fn asvs_v7_5_3_deciding_asks_for_a_fresh_proof() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let asked = ask(&world, &cashier.scope, &rate(12_800)).await;
    world.clock.advance(16 * 60);
    let stale = world.request("zaveri", &owner).await.unwrap();
    assert_eq!(code(given(&world, &stale, &asked).await), "auth.step_up_needed");
    let refused = refuse_approval(&world.road, &stale, None, asked.id, &note("no")).await;
    assert_eq!(code(refused), "auth.step_up_needed");
    let fresh = world.signed_in("zaveri", "owner").await.unwrap();
    assert!(given(&world, &fresh.scope, &asked).await.is_ok());
}

#[tokio::test]
async fn asvs_v8_2_1_no_program_and_no_number_at_a_till_asks_or_decides() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let asked = ask(&world, &cashier.scope, &rate(12_800)).await;

    let new = aurex_core::identity::tokens::NewApiToken {
        name: name("till"),
        permissions: None,
        expires_in_days: 7,
    };
    let token = create_api_token(&world.road, &world.catalogue, &owner.scope, None, new).await.unwrap().value;
    let program = world.sign_in.api_token("zaveri", token.secret.unwrap().expose(), facts()).await.unwrap();
    assert_eq!(code(given(&world, &program, &asked).await), "permission.not_granted");
    let answer = ask_approval(&world.road, &program, None, &rate(11_000)).await;
    assert_eq!(code(answer), "permission.not_granted");

    let pin = Proof { assurance: Assurance::Pin, is_fresh: true };
    for action in Catalogue::core().iter().filter(|action| action.code.starts_with("approval.")) {
        let held = Role::ALL.into_iter().filter(|role| action.is_held_by(*role));
        for role in held {
            let answer = action.answer(role, &Reach::Role, pin);
            assert_eq!(answer, Err(Denied::PasswordNeeded { action: action.code }), "{role}");
        }
    }
}

#[tokio::test]
async fn what_was_refused_or_withdrawn_stays_so() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let one = ask(&world, &cashier.scope, &rate(12_800)).await;
    let refused =
        refuse_approval(&world.road, &owner.scope, None, one.id, &note("ask me first")).await.unwrap();
    assert_eq!(refused.value.reason.as_deref(), Some("ask me first"));
    let two = ask(&world, &cashier.scope, &rate(12_800)).await;
    let answer = withdraw_approval(&world.road, &owner.scope, None, two.id).await;
    assert_eq!(code(answer), "approval.not_yours");
    withdraw_approval(&world.road, &cashier.scope, None, two.id).await.unwrap();
    for (of, state) in [(&one, ApprovalState::Refused), (&two, ApprovalState::Withdrawn)] {
        assert_eq!(code(given(&world, &owner.scope, of).await), "approval.not_waiting", "{state}");
        let page = approvals(&world.road, &owner.scope, Some(state), PageRequest::first(10)).await.unwrap();
        assert_eq!(page.items.iter().map(|approval| approval.id).collect::<Vec<_>>(), [of.id]);
    }
    assert!(rate_board(&world.road, &owner.scope, None).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_repeated_request_asks_and_approves_once() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let presented = Presented { key: "k1".to_owned(), content: Vec::new() };
    let ask =
        async || ask_approval(&world.road, &cashier.scope, Some(&presented), &rate(12_800)).await.unwrap();
    let (first, again) = (ask().await, ask().await);
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_eq!(first.value, again.value);
    let asked = first.value;
    let give = async || {
        approve(&world.road, &owner.scope, Some(&presented), asked.id, &asked.digest, None).await.unwrap()
    };
    let (first, again) = (give().await, give().await);
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_eq!(first.value, again.value);
    assert_eq!(rate_board(&world.road, &owner.scope, None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_two_who_approve_at_once_one_does() {
    let world = World::new();
    let owner = world.open("zaveri").await;
    let manager = world.member(&owner.scope, "zaveri", "asha", Role::Manager).await;
    let cashier = world.member(&owner.scope, "zaveri", "ravi", Role::Cashier).await;
    let asked = ask(&world, &cashier.scope, &rate(12_800)).await;
    let (one, other) =
        tokio::join!(given(&world, &owner.scope, &asked), given(&world, &manager.scope, &asked));
    let mut lost = [one, other].into_iter().filter_map(Result::err);
    assert_eq!(lost.next().unwrap().code(), Some("approval.not_waiting"));
    assert!(lost.next().is_none());
    assert_eq!(rate_board(&world.road, &owner.scope, None).await.unwrap().len(), 1);
}
