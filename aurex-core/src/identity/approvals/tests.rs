use super::*;
use crate::identity::member::Member;
use crate::rbac::Role;
use crate::tenancy::{ApprovalId, Id as _, MemberId, SessionId};
use crate::text::{Email, Name, Note};
use crate::time::Timestamp;
use uuid::Uuid;

const DAY: i64 = 24 * 3600;

fn who(n: u128) -> MemberId {
    MemberId::from_uuid(Uuid::from_u128(n))
}

fn session(n: u128) -> SessionId {
    SessionId::from_uuid(Uuid::from_u128(n))
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(0).plus_seconds(seconds)
}

fn new(command: &str) -> NewApproval {
    NewApproval { action: "invoice.cancel", subject: "inv_1".to_owned(), command: command.to_owned() }
}

fn asked(waiting: &[Approval], command: &str, now: Timestamp) -> Result<Approval, ApprovalRefusal> {
    let known = AskKnown { asker: who(1), session: session(1), waiting: waiting.to_vec(), now };
    let id = ApprovalId::from_uuid(Uuid::from_u128(9));
    decide_ask(new(command), &known, id).map(|asked| asked.approval)
}

/// Asha asked as a cashier; Meena, in a session of her own, is about to approve.
fn known() -> ApproveKnown {
    let asker = Member {
        id: who(1),
        name: Name::new("Asha").unwrap(),
        email: Email::new("asha@shop.example").unwrap(),
        role: Role::Cashier,
        disabled: false,
        created_at: at(0),
        version: 1,
        custom_role: None,
        leaves_at: None,
    };
    ApproveKnown {
        approval: asked(&[], "{}", at(0)).unwrap(),
        asker,
        asked_as: Role::Cashier,
        by: who(2),
        session: Some(session(2)),
        others_could: false,
        now: at(60),
    }
}

fn approved(known: ApproveKnown) -> Result<Consent, ApprovalRefusal> {
    let seen = known.approval.digest;
    decide_approve(known, &seen, None)
}

#[test]
fn the_digest_is_of_the_action_and_the_command() {
    let same = digest("invoice.cancel", "{}");
    assert_eq!(same, asked(&[], "{}", at(0)).unwrap().digest);
    for (action, command) in [("invoice.cance", "l{}"), ("receipt.reverse", "{}"), ("invoice.cancel", "{ }")]
    {
        assert_ne!(same, digest(action, command), "{action} {command}");
    }
}

#[test]
fn asvs_v2_3_5_another_member_in_another_session_approves() {
    let consent = approved(known()).unwrap();
    assert!(!consent.is_lone());
    assert_eq!(consent.approval().state, ApprovalState::Done);
    assert_eq!(consent.approval().decided_by, Some(who(2)));

    let own = ApproveKnown { by: who(1), session: Some(session(3)), others_could: true, ..known() };
    assert_eq!(approved(own).unwrap_err(), ApprovalRefusal::OwnRequest);
    let one_session = ApproveKnown { session: Some(session(1)), ..known() };
    assert_eq!(approved(one_session).unwrap_err(), ApprovalRefusal::OwnRequest);
}

#[test]
fn asvs_v2_3_5_alone_only_who_is_alone_approves_and_says_why() {
    let alone = || ApproveKnown { by: who(1), session: Some(session(1)), ..known() };
    let seen = alone().approval.digest;
    assert_eq!(decide_approve(alone(), &seen, None).unwrap_err(), ApprovalRefusal::ReasonMissing);
    let reason = || Some(Note::new("nobody else is here until Monday").unwrap());
    let consent = decide_approve(alone(), &seen, reason()).unwrap();
    assert!(consent.is_lone());
    assert_eq!(consent.approval().reason.as_deref(), Some("nobody else is here until Monday"));
    let not_alone = ApproveKnown { others_could: true, ..alone() };
    assert_eq!(decide_approve(not_alone, &seen, reason()).unwrap_err(), ApprovalRefusal::OwnRequest);
}

#[test]
fn what_was_asked_ends_after_a_day_and_is_decided_once() {
    let last = ApproveKnown { now: at(DAY - 1), ..known() };
    assert!(approved(last).is_ok());
    let over = ApproveKnown { now: at(DAY), ..known() };
    assert_eq!(approved(over).unwrap_err(), ApprovalRefusal::Expired);
    for state in [ApprovalState::Done, ApprovalState::Refused, ApprovalState::Withdrawn] {
        let mut decided = known();
        decided.approval.state = state;
        assert_eq!(approved(decided.clone()).unwrap_err(), ApprovalRefusal::NotWaiting, "{state}");
        let reason = Note::new("no").unwrap();
        let refused = decide_refuse(decided.approval.clone(), who(2), &reason, at(60));
        assert_eq!(refused.unwrap_err(), ApprovalRefusal::NotWaiting, "{state}");
        let withdrawn = decide_withdraw(decided.approval, who(1), at(60));
        assert_eq!(withdrawn.unwrap_err(), ApprovalRefusal::NotWaiting, "{state}");
    }
}

#[test]
fn nothing_else_than_what_was_shown_is_approved() {
    let seen = digest("invoice.cancel", "{\"reason\":\"another\"}");
    assert_eq!(decide_approve(known(), &seen, None).unwrap_err(), ApprovalRefusal::OtherCommand);
}

#[test]
fn who_asked_is_still_here_and_still_who_they_were() {
    let mut gone = known();
    gone.asker.disabled = true;
    assert_eq!(approved(gone).unwrap_err(), ApprovalRefusal::AskerGone);
    let mut left = known();
    left.asker.leaves_at = Some(at(60));
    assert_eq!(approved(left).unwrap_err(), ApprovalRefusal::AskerGone);
    let mut promoted = known();
    promoted.asker.role = Role::Manager;
    assert_eq!(approved(promoted).unwrap_err(), ApprovalRefusal::AskerChanged);
}

#[test]
fn others_refuse_and_who_asked_withdraws() {
    let waiting = || known().approval;
    let reason = Note::new("the customer is still here").unwrap();
    let refused = decide_refuse(waiting(), who(2), &reason, at(60)).unwrap().after;
    assert_eq!((refused.state, refused.decided_by), (ApprovalState::Refused, Some(who(2))));
    assert_eq!(decide_refuse(waiting(), who(1), &reason, at(60)).unwrap_err(), ApprovalRefusal::OwnRequest);
    let withdrawn = decide_withdraw(waiting(), who(1), at(60)).unwrap().after;
    assert_eq!((withdrawn.state, withdrawn.decided_by), (ApprovalState::Withdrawn, None));
    assert_eq!(decide_withdraw(waiting(), who(2), at(60)).unwrap_err(), ApprovalRefusal::NotYours);
}

#[test]
fn nobody_asks_for_the_same_twice_or_without_end() {
    let first = asked(&[], "{}", at(0)).unwrap();
    let waiting = [first.clone()];
    assert_eq!(asked(&waiting, "{}", at(60)).unwrap_err(), ApprovalRefusal::AskedAlready);
    assert!(asked(&waiting, "{}", at(DAY)).is_ok(), "the first one is over");
    let others = [Approval { asked_by: who(2), ..first.clone() }];
    assert!(asked(&others, "{}", at(60)).is_ok(), "somebody else asked");

    let many: Vec<_> = (0..20).map(|n| asked(&[], &format!("{{\"n\":{n}}}"), at(0)).unwrap()).collect();
    assert_eq!(asked(&many, "{}", at(60)).unwrap_err(), ApprovalRefusal::TooMany);
    assert!(asked(&many[1..], "{}", at(60)).is_ok());
}
