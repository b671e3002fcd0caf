//! Checks of one workspace's API tokens.

use aurex_core::identity::member::ApiToken;
use aurex_core::time::Timestamp;

use super::catalogue::{TOKENS_END_SOON, TOKENS_LONG, TOKENS_ORPHANED, TOKENS_UNUSED};
use super::finding::{Ailment, Finding};
use super::picture::Picture;

const DAY: i64 = 86_400;
/// From how many days without use a token counts as forgotten.
const UNUSED: i64 = 90 * DAY;
/// From how many days to come a token counts as long-lived, and until how many as ending.
const LONG: i64 = 180 * DAY;
const SOON: i64 = 14 * DAY;

pub(super) fn check(picture: &Picture, now: Timestamp) -> Vec<Finding> {
    let tokens = |kind: &'static Ailment, wanted: &dyn Fn(&ApiToken, Option<Timestamp>) -> bool| {
        let alive = picture.tokens.iter().filter(|(token, used)| token.is_alive(now) && wanted(token, *used));
        kind.at_any(alive.map(|(token, _)| token.id))
    };
    let has_maker = |token: &ApiToken| {
        let mut people = picture.people.iter().map(|person| &person.member);
        people.any(|member| member.id == token.member && member.is_active(now))
    };
    let left = |token: &ApiToken| token.expires_at.seconds_since(now);
    let found = [
        tokens(&TOKENS_UNUSED, &|token, used| now.seconds_since(used.unwrap_or(token.created_at)) > UNUSED),
        tokens(&TOKENS_LONG, &|token, _| left(token) > LONG),
        tokens(&TOKENS_END_SOON, &|token, _| left(token) < SOON),
        tokens(&TOKENS_ORPHANED, &|token, _| !has_maker(token)),
    ];
    found.into_iter().flatten().map(|finding| finding.of(&picture.slug)).collect()
}

#[cfg(test)]
mod tests {
    use aurex_core::tenancy::{ApiTokenId, Id as _};
    use aurex_core::text::Name;
    use uuid::Uuid;

    use super::super::picture::made::{NOW, days_ago, picture};
    use super::super::tests::ids;
    use super::*;

    /// What is found of one token, by its age, its days to come and the days since its last use.
    fn of(age: i64, left: i64, used: Option<i64>, change: impl FnOnce(&mut Picture)) -> Vec<&'static str> {
        let mut picture = picture();
        let token = ApiToken {
            id: ApiTokenId::from_uuid(Uuid::from_u128(5)),
            member: picture.people[0].member.id,
            name: Name::new("Accounts").unwrap(),
            token_hash: [0; 32],
            permissions: vec!["invoice.read".to_owned()],
            created_at: days_ago(age),
            expires_at: days_ago(-left),
            revoked_at: None,
            prefix: "aurex_QkJCQk".to_owned(),
        };
        picture.tokens = vec![(token, used.map(days_ago))];
        change(&mut picture);
        ids(&check(&picture, NOW))
    }

    #[test]
    fn tokens_are_judged_by_use_and_by_the_time_they_have_left() {
        assert_eq!(of(10, 100, None, |_| {}), [""; 0]);
        assert_eq!(of(91, 100, None, |_| {}), ["tokens.unused"]);
        assert_eq!(of(200, 100, Some(91), |_| {}), ["tokens.unused"]);
        assert_eq!(of(200, 100, Some(2), |_| {}), [""; 0]);
        assert_eq!(of(1, 181, None, |_| {}), ["tokens.long_lived"]);
        assert_eq!(of(80, 13, None, |_| {}), ["tokens.end_soon"]);
    }

    #[test]
    fn a_token_of_somebody_who_is_locked_out_is_noted() {
        assert_eq!(
            of(10, 100, None, |picture| picture.people[0].member.disabled = true),
            ["tokens.of_nobody"]
        );
    }

    #[test]
    fn what_opens_nothing_any_more_is_left_alone() {
        assert_eq!(of(200, -1, None, |_| {}), [""; 0], "ended");
        let revoke = |picture: &mut Picture| picture.tokens[0].0.revoked_at = Some(days_ago(1));
        assert_eq!(of(200, 200, None, revoke), [""; 0], "revoked");
    }
}
