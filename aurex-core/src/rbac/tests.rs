//! Laws of the policy, over every action there is, every role and any choice of grants.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::{Catalogue, Denied, Role};
use crate::tenancy::{
    Assurance, Authority, Entrances, Errand, Id as _, MemberId, Outside, Proof, Purpose, Reach, RequestFacts,
    Scope, TenantId,
};
use crate::uuid::Uuid;

crate::action! { /// Nobody was given this.
struct Ungranted = "test.ungranted"; }
crate::action! { /// Whoever sells may, after stepping up.
struct Guarded = "test.guarded" (step_up); owner, admin, manager, cashier }

const TENANT: TenantId = TenantId::from_directory_row(Uuid::from_u128(1));

const EVERY_ASSURANCE: &[Assurance] = Assurance::ALL;

/// Nobody but who has just proved a second factor, or of whom nobody asks one, is fresh here.
fn proof(assurance: Assurance) -> Proof {
    match assurance {
        Assurance::SecondFactor => Proof { assurance, is_fresh: true },
        _ => Proof::standing(assurance),
    }
}

fn every_action() -> Catalogue {
    Catalogue::core().with::<Ungranted>().with::<Guarded>()
}

fn codes() -> Vec<&'static str> {
    every_action().iter().map(|action| action.code).collect()
}

fn entrances() -> Entrances {
    Authority::establish().0.split()
}

fn vouched(role: Role) -> Scope {
    let member = MemberId::from_uuid(Uuid::from_u128(2));
    entrances().trusted.vouch_for(TENANT, member, role, RequestFacts::default())
}

/// The codes that the policy answers yes to.
fn allowed(role: Role, reach: &Reach, assurance: Assurance) -> BTreeSet<&'static str> {
    let catalogue = every_action();
    let yes = catalogue.iter().filter(|action| action.answer(role, reach, proof(assurance)).is_ok());
    yes.map(|action| action.code).collect()
}

fn granted(codes: &[&str]) -> Reach {
    Reach::Granted(codes.iter().map(|code| (*code).to_owned()).collect())
}

/// `Only` holds a program's own constants, so a test's choice has to live as long as the program.
fn only(codes: &[&'static str]) -> Reach {
    Reach::Only(codes.to_vec().leak())
}

#[test]
fn what_was_granted_to_nobody_is_denied_to_everybody() {
    for role in Role::ALL {
        let answer = vouched(role).permit::<Ungranted>().map(drop);
        assert_eq!(answer, Err(Denied::Role { action: "test.ungranted", role }));
        for &assurance in EVERY_ASSURANCE {
            for reach in [Reach::Role, granted(&["test.ungranted"]), only(&["test.ungranted"])] {
                assert!(!allowed(role, &reach, assurance).contains("test.ungranted"), "{role} {reach:?}");
            }
        }
    }
}

#[test]
fn each_role_is_answered_as_its_declaration_says() {
    let catalogue = every_action();
    for role in Role::ALL {
        let declared = catalogue.iter().filter(|action| action.is_held_by(role)).map(|action| action.code);
        assert_eq!(allowed(role, &Reach::Role, Assurance::SecondFactor), declared.collect());
    }
}

#[test]
fn an_owner_holds_whatever_anybody_holds() {
    // But for a number at the till, which is not for who may approve and override.
    let is_for_all = |code: &str| code != "pin.set";
    for action in Catalogue::core().iter().filter(|action| !action.process_only && is_for_all(action.code)) {
        assert!(action.is_held_by(Role::Owner), "{}", action.code);
    }
}

#[test]
fn what_the_process_alone_does_is_reached_by_no_session_and_no_token() {
    let own = [
        "api_token.remind",
        "audit.collect",
        "audit.digest",
        "audit.export_ready",
        "contact.tend",
        "link.request",
        "link.use",
        "member.retire",
        "password.reset",
        "personal.expire",
        "plan.change",
        "workspace.arrive",
        "workspace.export_ready",
        "workspace.leave",
        "workspace.open",
        "workspace.remind",
    ];
    for role in Role::ALL {
        for &assurance in EVERY_ASSURANCE {
            for reach in [Reach::Role, granted(&own)] {
                let reached = allowed(role, &reach, assurance);
                assert!(own.iter().all(|code| !reached.contains(code)), "{role} {reach:?}");
            }
        }
    }
    let listed: Vec<_> = Catalogue::core().iter().filter(|a| a.process_only).map(|a| a.code).collect();
    assert_eq!(listed, own);
}

#[test]
fn an_auditor_changes_nothing_but_their_own_access_and_exports_and_reviews_the_log() {
    let catalogue = Catalogue::core();
    let writes: Vec<_> = catalogue
        .iter()
        .filter(|action| action.is_held_by(Role::Auditor) && !action.reads)
        .map(|action| action.code)
        .collect();
    let own = [
        "audit.export",
        "audit.review",
        "password.change",
        "pin.set",
        "second_factor.add",
        "second_factor.change",
        "session.close",
        "session.open",
        "session.step_up",
    ];
    assert_eq!(writes.into_iter().filter(|code| *code != "link.use").collect::<Vec<_>>(), own);
}

#[test]
fn a_guarded_action_waits_for_a_fresh_second_factor() {
    let catalogue = every_action();
    let guarded = catalogue.iter().find(|action| action.code == "test.guarded").unwrap();
    for &assurance in EVERY_ASSURANCE {
        let fresh = matches!(assurance, Assurance::SecondFactor | Assurance::Process | Assurance::Vouched);
        let expected = match assurance {
            Assurance::Pin => Err(Denied::PasswordNeeded { action: "test.guarded" }),
            _ if fresh => Ok(()),
            _ => Err(Denied::StepUpNeeded { action: "test.guarded" }),
        };
        assert_eq!(guarded.answer(Role::Owner, &Reach::Role, proof(assurance)), expected, "{assurance:?}");
    }
}

#[test]
fn a_token_never_steps_up_even_when_granted() {
    let reach = granted(&["test.guarded", "rate.read"]);
    assert_eq!(allowed(Role::Owner, &reach, Assurance::Token), BTreeSet::from(["rate.read"]));
}

#[test]
fn asvs_v8_2_4_who_is_outside_signs_out_and_who_is_asked_proves_who_they_are() {
    let asked = Reach::Errand(Errand::ProveAgain);
    for role in Role::ALL {
        for outside in [Outside::Hours, Outside::Network] {
            let reach = Reach::Outside(outside);
            assert_eq!(allowed(role, &reach, Assurance::Password), BTreeSet::from(["session.close"]));
            for action in every_action().iter().filter(|action| action.code != "session.close") {
                let answer = action.answer(role, &reach, proof(Assurance::Password));
                let is_ours = matches!(answer, Err(Denied::NotGranted { .. })) && action.process_only;
                assert!(is_ours || answer == Err(Denied::Outside(outside)), "{role} {}", action.code);
            }
        }
        let reached = allowed(role, &asked, Assurance::Password);
        assert_eq!(reached, Errand::ProveAgain.reaches().iter().copied().collect());
        for action in every_action().iter().filter(|action| !action.process_only) {
            let answer = action.answer(role, &asked, proof(Assurance::Password));
            let needed = Denied::StepUpNeeded { action: action.code };
            assert_eq!(answer.is_ok(), answer != Err(needed), "{role} {}", action.code);
        }
    }
}

#[test]
fn who_has_something_to_do_first_does_nothing_else() {
    let errands = [
        (Errand::SetPassword, Assurance::OneTimeSecret, Denied::PasswordFirst),
        (Errand::ProveSecondFactor, Assurance::Password, Denied::SecondFactorFirst),
        (Errand::AddSecondFactor, Assurance::Link, Denied::AddSecondFactorFirst),
    ];
    for (errand, assurance, denied) in errands {
        for role in Role::ALL {
            let reached = allowed(role, &Reach::Errand(errand), assurance);
            assert_eq!(reached, errand.reaches().iter().copied().collect(), "{errand:?}");
            for action in every_action().iter().filter(|action| !errand.reaches().contains(&action.code)) {
                let answer = action.answer(role, &Reach::Errand(errand), proof(assurance));
                let expected =
                    if action.process_only { Denied::NotGranted { action: action.code } } else { denied };
                assert_eq!(answer, Err(expected), "{role} {}", action.code);
            }
        }
    }
}

#[test]
fn a_number_at_a_till_sells_and_nothing_more() {
    let reached = allowed(Role::Cashier, &Reach::Role, Assurance::Pin);
    let sells = ["invoice.issue", "invoice.preview", "receipt.record", "customer.record", "session.close"];
    assert!(sells.iter().all(|code| reached.contains(code)), "{reached:?}");
    let words = [
        "approval.",
        "settings.change",
        "export",
        ".reverse",
        ".cancel",
        "password.",
        "pin.",
        "session.step_up",
    ];
    for word in words {
        assert!(!reached.iter().any(|code| code.contains(word)), "{word}");
    }
    for role in Role::ALL {
        let by_pin = every_action();
        let by_pin = by_pin.iter().filter(|action| action.by_pin && action.is_held_by(role));
        assert_eq!(allowed(role, &Reach::Role, Assurance::Pin), by_pin.map(|action| action.code).collect());
    }
}

#[test]
fn a_job_reaches_its_purpose_only() {
    struct Collecting;
    impl Purpose for Collecting {
        const NAME: &'static str = "collector";
        const ACTIONS: &'static [&'static str] = &["audit.collect"];
    }
    let scope = entrances().jobs.job::<Collecting>().scope(TENANT, RequestFacts::default());
    assert_eq!(every_action().permissions(&scope), ["audit.collect"]);
    assert!(scope.permit::<crate::identity::actions::CollectObservations>().is_ok());
    let answer = scope.permit::<crate::identity::actions::ReadAudit>().map(drop);
    assert_eq!(answer, Err(Denied::NotGranted { action: "audit.read" }));
}

#[test]
fn the_shell_reaches_what_it_names_and_no_ungranted_action() {
    let reaches = &["password.reset", "test.ungranted", "no.such_action"];
    let scope = entrances().cli.scope(TENANT, reaches, RequestFacts::default());
    assert_eq!(every_action().permissions(&scope), ["password.reset"]);
    let answer = scope.permit::<Ungranted>().map(drop);
    assert_eq!(answer, Err(Denied::Role { action: "test.ungranted", role: Role::Owner }));
}

#[test]
fn a_founder_opens_a_workspace_and_does_nothing_else() {
    let owner = MemberId::from_uuid(Uuid::from_u128(3));
    let scope = entrances().trusted.founder(TENANT, owner, RequestFacts::default());
    assert_eq!(every_action().permissions(&scope), ["workspace.open"]);
}

#[test]
fn the_permission_list_offers_what_a_second_factor_would_open() {
    for role in Role::ALL {
        let listed: BTreeSet<_> = every_action().permissions(&vouched(role)).into_iter().collect();
        assert_eq!(listed, allowed(role, &Reach::Role, Assurance::SecondFactor), "{role}");
        assert_eq!(listed.contains("test.guarded"), role.rank() < 3 || role == Role::Cashier, "{role}");
    }
}

/// Whose answers are compared: a role, an assurance, and any choice of codes.
fn asker() -> impl Strategy<Value = (Role, Assurance, Vec<&'static str>)> {
    let codes = codes();
    let choice = 0..=codes.len();
    (select(Role::ALL.to_vec()), select(EVERY_ASSURANCE), subsequence(codes, choice))
}

proptest! {
    #[test]
    fn a_grant_never_exceeds_the_role((role, assurance, chosen) in asker()) {
        let of_role = allowed(role, &Reach::Role, assurance);
        let chosen_set: BTreeSet<_> = chosen.iter().copied().collect();
        let expected: BTreeSet<_> = of_role.intersection(&chosen_set).copied().collect();
        prop_assert_eq!(&allowed(role, &granted(&chosen), assurance), &expected);
        let everything = allowed(role, &only(&codes()), assurance);
        let expected: BTreeSet<_> = everything.intersection(&chosen_set).copied().collect();
        prop_assert_eq!(&allowed(role, &only(&chosen), assurance), &expected);
        let beyond: BTreeSet<_> = everything.difference(&of_role).copied().collect();
        prop_assert!(every_action().iter().filter(|a| beyond.contains(a.code)).all(|a| a.process_only));
    }

    #[test]
    fn more_grants_never_lose_a_permission(
        (role, assurance, chosen) in asker(), more in subsequence(codes(), 0..=codes().len()),
    ) {
        let wider: Vec<_> = chosen.iter().chain(&more).copied().collect();
        prop_assert!(allowed(role, &granted(&chosen), assurance)
            .is_subset(&allowed(role, &granted(&wider), assurance)));
        prop_assert!(allowed(role, &only(&chosen), assurance).is_subset(&allowed(role, &only(&wider), assurance)));
    }

    #[test]
    fn a_second_factor_never_loses_a_permission((role, assurance, chosen) in asker()) {
        for reach in [Reach::Role, granted(&chosen), only(&chosen)] {
            prop_assert!(allowed(role, &reach, assurance)
                .is_subset(&allowed(role, &reach, Assurance::SecondFactor)));
        }
    }

    #[test]
    fn codes_that_only_resemble_an_action_grant_nothing(
        code in select(codes()), cut in 0_usize..4, tail in "[ .a-zA-Z*]{1,3}",
    ) {
        let resembling = format!("{}{tail}", code.get(..code.len() - cut).unwrap_or_default());
        prop_assume!(!codes().contains(&resembling.as_str()));
        for near in [resembling, code.to_uppercase(), "*".to_owned(), String::new()] {
            prop_assert!(allowed(Role::Owner, &granted(&[&near]), Assurance::Password).is_empty());
        }
    }
}
