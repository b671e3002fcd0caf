//! Checks of one workspace's people: owners, who is gone, what opens the door for them; and its clock.

use aurex_core::identity::password::PasswordHash;
use aurex_core::identity::sessions::SessionPolicy;
use aurex_core::rbac::Role;
use aurex_core::tenancy::{ContactKind, ContactState};
use aurex_core::time::Timestamp;

use super::catalogue::{
    CLOCK_BEHIND, MEMBERS_DORMANT, MEMBERS_LEFT, MEMBERS_ONE_TIME, MEMBERS_OWNER_NO_FACTOR, MEMBERS_PEPPER,
    MEMBERS_SESSIONS, WORKSPACE_CONTACT_BOUNCED, WORKSPACE_CONTACT_DUE, WORKSPACE_CONTACT_MISSING,
    WORKSPACE_MAGIC_LINKS, WORKSPACE_NO_OWNER, WORKSPACE_ONE_OWNER, WORKSPACE_ROLE_RETIRED,
};
use super::finding::{Ailment, Finding};
use super::picture::{Person, Picture};

const DAY: i64 = 86_400;
/// From how many days without a trace somebody counts as dormant.
const DORMANT: i64 = 60 * DAY;
/// How far the log's last entry may be ahead of us: it may have been made while we looked.
const AHEAD: i64 = 5;

pub(super) fn check(picture: &Picture, now: Timestamp) -> Vec<Finding> {
    let mut found = of_workspace(picture, now);
    let active = |person: &Person| person.member.is_active(now);
    let age = |at: Timestamp| now.seconds_since(at);
    let members = |kind: &'static Ailment, wanted: &dyn Fn(&Person) -> bool| {
        kind.at_any(picture.people.iter().filter(|person| wanted(person)).map(|person| person.member.id))
    };
    let one_time = |person: &Person| {
        person
            .credential
            .as_ref()
            .filter(|credential| credential.one_time)
            .map(|credential| age(credential.set_at))
    };
    // Of whom the workspace asks a second factor, the next sign-in does.
    let asked = picture.workspace.second_factor_for.contains(&Role::Owner);
    found.extend(members(&MEMBERS_OWNER_NO_FACTOR, &|person| {
        active(person) && person.member.role == Role::Owner && !person.has_second_factor && !asked
    }));
    found.extend(members(&MEMBERS_DORMANT, &|person| {
        active(person) && age(person.seen_at) > DORMANT && one_time(person).is_none()
    }));
    found.extend(members(&MEMBERS_LEFT, &|person| !person.member.disabled && !active(person)));
    found.extend(members(&MEMBERS_ONE_TIME, &|person| {
        active(person)
            && one_time(person).is_some_and(|age| age > SessionPolicy::STANDARD.one_time_secret_seconds)
    }));
    found.extend(members(&MEMBERS_PEPPER, &|person| {
        active(person) && picture.peppers.as_ref().is_some_and(|peppers| !is_peppered(person, peppers))
    }));
    found.extend(members(&MEMBERS_SESSIONS, &|person| is_beyond_policy(person)));
    found.extend(members(&WORKSPACE_ROLE_RETIRED, &|person| {
        let role = person.member.custom_role;
        active(person)
            && role.is_some_and(|id| !picture.roles.iter().any(|role| role.id == id && !role.retired))
    }));
    found.into_iter().map(|finding| finding.of(&picture.slug)).collect()
}

fn of_workspace(picture: &Picture, now: Timestamp) -> Vec<Finding> {
    let mut found = Vec::new();
    if picture.last_entry.seconds_since(now) > AHEAD {
        found.push(CLOCK_BEHIND.at(picture.last_entry));
    }
    let owners = picture.people.iter().map(|person| &person.member);
    match owners.filter(|member| member.role == Role::Owner && member.is_active(now)).count() {
        0 => found.push(WORKSPACE_NO_OWNER.plain()),
        1 => found.push(WORKSPACE_ONE_OWNER.plain()),
        _ => {}
    }
    if picture.workspace.magic_links {
        found.push(WORKSPACE_MAGIC_LINKS.plain());
    }
    let states = picture.workspace.contacts.iter().map(|contact| (contact.kind, contact.state(now)));
    let states: Vec<_> = states.collect();
    for (kind, state) in &states {
        match state {
            ContactState::Due => found.push(WORKSPACE_CONTACT_DUE.at(kind)),
            ContactState::Bounced => found.push(WORKSPACE_CONTACT_BOUNCED.at(kind)),
            ContactState::Verified | ContactState::Unverified => {}
        }
    }
    let reached = |(kind, state): &(ContactKind, ContactState)| {
        *kind == ContactKind::Notices && *state != ContactState::Unverified
    };
    if !states.iter().any(reached) {
        found.push(WORKSPACE_CONTACT_MISSING.plain());
    }
    found
}

/// Whether every hash of theirs names a pepper that is there. One that cannot be read names none.
fn is_peppered(person: &Person, peppers: &[String]) -> bool {
    let password = person.credential.as_ref().map(|credential| &credential.hash);
    let pin = person.pin.as_ref().map(|pin| &pin.hash);
    password.into_iter().chain(pin).all(|stored| {
        let hash = stored.parse::<PasswordHash>();
        hash.is_ok_and(|hash| peppers.iter().any(|pepper| pepper == hash.pepper().as_str()))
    })
}

/// A member's role may have changed while a session lasts: the longest of the policy is what counts.
fn is_beyond_policy(person: &Person) -> bool {
    let policy = SessionPolicy::STANDARD;
    let longest = policy.cashier.absolute_seconds.max(policy.others.absolute_seconds);
    let too_long = |length: i64| length > i64::from(longest);
    person.sessions.len() > policy.most_open
        || person.sessions.iter().any(|session| too_long(session.expires_at.seconds_since(session.opened_at)))
}

#[cfg(test)]
mod tests {
    use aurex_core::identity::roles::CustomRole;
    use aurex_core::tenancy::{Contact, CustomRoleId, Id as _};
    use aurex_core::text::Name;
    use uuid::Uuid;

    use super::super::picture::made::{NOW, days_ago, picture, session};
    use super::super::tests::ids;
    use super::*;

    /// What is found once `change` was made to a picture that has nothing wrong with it.
    fn of(change: impl FnOnce(&mut Picture)) -> Vec<Finding> {
        let mut changed = picture();
        change(&mut changed);
        check(&changed, NOW)
    }

    #[test]
    fn a_sound_workspace_has_nothing() {
        assert_eq!(of(|_| {}), []);
    }

    #[test]
    fn a_clock_that_went_back_is_found() {
        assert_eq!(ids(&of(|picture| picture.last_entry = NOW.plus_seconds(60))), ["clock.behind"]);
        assert_eq!(of(|picture| picture.last_entry = NOW.plus_seconds(3)), [], "made while we looked");
    }

    #[test]
    fn owners_are_counted_and_asked_for_a_second_factor() {
        let one = of(|picture| picture.people[1].member.disabled = true);
        assert_eq!(ids(&one), ["workspace.one_owner"]);
        assert_eq!(one[0].workspace.as_deref(), Some("acme"));
        let none = of(|picture| {
            picture.people[0].member.disabled = true;
            picture.people[1].member.leaves_at = Some(days_ago(1));
        });
        assert_eq!(ids(&none), ["workspace.no_owner", "members.left"]);
        let weak = of(|picture| picture.people[1].has_second_factor = false);
        assert_eq!(ids(&weak), ["members.owner_without_second_factor"]);
        assert_eq!(weak[0].evidence, Some(picture().people[1].member.id.to_string()));
        let asked = of(|picture| {
            picture.people[1].has_second_factor = false;
            picture.workspace.second_factor_for = vec![Role::Owner];
        });
        assert_eq!(asked, []);
        assert_eq!(of(|picture| picture.people[2].has_second_factor = false), [], "a cashier");
    }

    #[test]
    fn who_is_not_here_any_more_is_found() {
        assert_eq!(ids(&of(|picture| picture.people[2].seen_at = days_ago(61))), ["members.dormant"]);
        assert_eq!(of(|picture| picture.people[2].seen_at = days_ago(59)), []);
        assert_eq!(ids(&of(|picture| picture.people[2].member.leaves_at = Some(NOW))), ["members.left"]);
        let disabled = of(|picture| {
            let person = &mut picture.people[2];
            (person.seen_at, person.member.disabled, person.member.leaves_at) =
                (days_ago(61), true, Some(NOW));
        });
        assert_eq!(disabled, []);
    }

    #[test]
    fn a_one_time_secret_that_nobody_used_is_found_when_it_opens_nothing_any_more() {
        let unused = |days| {
            of(move |picture| {
                let credential = picture.people[2].credential.as_mut().unwrap();
                (credential.one_time, credential.set_at) = (true, days_ago(days));
                picture.people[2].seen_at = days_ago(100);
            })
        };
        assert_eq!(ids(&unused(8)), ["members.one_time_unused"]);
        assert_eq!(unused(6), []);
    }

    #[test]
    fn a_password_under_a_pepper_that_is_not_there_is_found() {
        assert_eq!(
            ids(&of(|picture| picture.peppers = Some(vec!["pepper-2".to_owned()]))),
            ["members.pepper_missing"]
        );
        let unreadable =
            of(|picture| picture.people[2].credential.as_mut().unwrap().hash = "plain".to_owned());
        assert_eq!(unreadable[0].evidence, Some(picture().people[2].member.id.to_string()));
        assert_eq!(of(|picture| picture.people[2].credential = None), []);
    }

    #[test]
    fn sessions_that_no_policy_allows_are_found() {
        let with = |hours, count| {
            of(move |picture| {
                picture.people[0].sessions = vec![session(&picture.people[0], hours); count];
            })
        };
        assert_eq!(with(12, 100), []);
        assert_eq!(ids(&with(13, 1)), ["members.sessions_beyond_policy"]);
        assert_eq!(ids(&with(8, 101)), ["members.sessions_beyond_policy"]);
    }

    #[test]
    fn a_retired_role_that_somebody_holds_is_found() {
        let id = CustomRoleId::from_uuid(Uuid::from_u128(9));
        let with = |retired: Option<bool>| {
            of(move |picture| {
                picture.people[2].member.custom_role = Some(id);
                picture.roles.extend(retired.map(|retired| CustomRole {
                    id,
                    name: Name::new("Junior").unwrap(),
                    base: Role::Cashier,
                    withheld: Vec::new(),
                    caps: Vec::new(),
                    retired,
                    created_at: days_ago(9),
                    version: 1,
                }));
            })
        };
        assert_eq!(with(Some(false)), []);
        assert_eq!(ids(&with(Some(true))), ["workspace.role_retired"]);
        assert_eq!(ids(&with(None)), ["workspace.role_retired"], "one that is not there");
    }

    #[test]
    fn p66_an_address_that_reaches_nobody_is_found() {
        let contact =
            |change: &dyn Fn(&mut Contact)| of(|picture| change(&mut picture.workspace.contacts[0]));
        assert_eq!(ids(&of(|picture| picture.workspace.contacts.clear())), ["workspace.contact_missing"]);
        assert_eq!(ids(&contact(&|contact| contact.verified_at = None)), ["workspace.contact_missing"]);
        assert_eq!(
            ids(&contact(&|contact| contact.verified_at = Some(days_ago(366)))),
            ["workspace.contact_due"]
        );
        let bounced = contact(&|contact| contact.bounced_at = Some(NOW));
        assert_eq!(ids(&bounced), ["workspace.contact_bounced"]);
        assert_eq!(bounced[0].evidence.as_deref(), Some("notices"));
    }

    #[test]
    fn sign_in_by_mail_is_noted() {
        assert_eq!(ids(&of(|picture| picture.workspace.magic_links = true)), ["workspace.magic_links"]);
    }
}
