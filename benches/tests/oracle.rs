//! The policy beside Cedar and casbin: three engines, one catalogue, one answer to every question.

#[path = "../oracles/mod.rs"]
mod oracles;

use std::collections::BTreeSet;

use aurex_core::rbac::{Catalogue, Role};
use aurex_core::tenancy::{Assurance, Authority, Id as _, MemberId, Proof, Reach, RequestFacts, TenantId};
use aurex_core::uuid::Uuid;
use oracles::{Asker, Casbin, Cedar, Rule, rules};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

aurex_core::action! { /// Core marks no action so yet; an embedder may.
struct StepUp = "test.step_up" (step_up); owner, admin, cashier }
aurex_core::action! { /// Nobody was given this.
struct Ungranted = "test.ungranted"; }

type Codes = BTreeSet<&'static str>;

fn catalogue() -> Catalogue {
    Catalogue::core().with::<StepUp>().with::<Ungranted>()
}

fn codes() -> Vec<&'static str> {
    catalogue().iter().map(|action| action.code).collect()
}

fn askers() -> impl Iterator<Item = Asker> {
    Role::ALL.into_iter().flat_map(|role| [Asker::person(role, false), Asker::person(role, true)])
}

fn by_policy(asker: &Asker) -> Codes {
    let (reach, proof) = match (&asker.granted, asker.stepped_up) {
        (Some(codes), _) => (
            Reach::Granted(codes.iter().map(|code| (*code).to_owned()).collect()),
            Proof::standing(Assurance::Token),
        ),
        (None, true) => (Reach::Role, Proof { assurance: Assurance::SecondFactor, is_fresh: true }),
        (None, false) => (Reach::Role, Proof::standing(Assurance::Password)),
    };
    let catalogue = catalogue();
    let allowed = catalogue.iter().filter(|action| action.answer(asker.role, &reach, proof).is_ok());
    allowed.map(|action| action.code).collect()
}

fn by_cedar(cedar: &Cedar, asker: &Asker) -> Codes {
    codes().into_iter().filter(|code| cedar.answer(&Cedar::question(asker, code))).collect()
}

fn by_casbin(rules: &[Rule], asker: &Asker) -> Codes {
    let casbin = Casbin::of(rules, asker);
    codes().into_iter().filter(|code| casbin.answer(code)).collect()
}

#[test]
fn cedar_agrees_on_every_role_and_action() {
    let cedar = Cedar::of(&rules(&catalogue()));
    for asker in askers() {
        assert_eq!(by_policy(&asker), by_cedar(&cedar, &asker), "{asker:?}");
    }
}

#[test]
fn casbin_agrees_on_every_role_and_action() {
    let rules = rules(&catalogue());
    for asker in askers() {
        assert_eq!(by_policy(&asker), by_casbin(&rules, &asker), "{asker:?}");
    }
}

/// The same through a scope, as the permission list on the wire comes about.
#[test]
fn both_agree_with_what_a_scope_is_told() {
    let rules = rules(&catalogue());
    let cedar = Cedar::of(&rules);
    let trusted = Authority::establish().0.split().trusted;
    let (tenant, member) =
        (TenantId::from_directory_row(Uuid::from_u128(1)), MemberId::from_uuid(Uuid::from_u128(2)));
    for role in Role::ALL {
        let scope = trusted.vouch_for(tenant, member, role, RequestFacts::default());
        let told: Codes = catalogue().permissions(&scope).into_iter().collect();
        let asker = Asker::person(role, true);
        assert_eq!(told, by_cedar(&cedar, &asker), "{role}");
        assert_eq!(told, by_casbin(&rules, &asker), "{role}");
    }
}

#[test]
fn one_wrong_cell_makes_both_disagree_in_that_cell() {
    let mut wrong = rules(&catalogue());
    let rule = wrong.iter_mut().find(|rule| rule.code == "invoice.cancel").unwrap();
    assert!(!rule.held_by.contains(&Role::Cashier));
    rule.held_by.push(Role::Cashier);
    let cedar = Cedar::of(&wrong);
    for asker in askers() {
        let ours = by_policy(&asker);
        let expected: Codes =
            if asker.role == Role::Cashier { ["invoice.cancel"].into() } else { Codes::new() };
        assert_eq!(&by_cedar(&cedar, &asker) ^ &ours, expected, "{asker:?}");
        assert_eq!(&by_casbin(&wrong, &asker) ^ &ours, expected, "{asker:?}");
    }
}

#[test]
fn a_token_holds_what_was_granted_and_the_role_holds_in_all_three() {
    let rules = rules(&catalogue());
    let asker = Asker::token(Role::Cashier, &["invoice.issue", "rate.post", "test.step_up"]);
    let expected = Codes::from(["invoice.issue"]);
    assert_eq!(by_policy(&asker), expected);
    assert_eq!(by_cedar(&Cedar::of(&rules), &asker), expected);
    assert_eq!(by_casbin(&rules, &asker), expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_agree_on_any_token(
        role in select(Role::ALL.to_vec()), granted in subsequence(codes(), 0..=codes().len()),
    ) {
        let rules = rules(&catalogue());
        let asker = Asker::token(role, &granted);
        let ours = by_policy(&asker);
        prop_assert_eq!(&ours, &by_cedar(&Cedar::of(&rules), &asker));
        prop_assert_eq!(&ours, &by_casbin(&rules, &asker));
    }
}
