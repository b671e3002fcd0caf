//! Telling the holders of API tokens in time: a program that stops because its token ended stops a shop.

use super::actions::RemindOfTokens;
use super::mails::Mail;
use super::member::ApiToken;
use crate::audit::{Change, Draft, Subject};
use crate::time::Timestamp;

/// So many days before a token ends its holder is told, each time once.
pub const REMIND_DAYS: [u32; 3] = [30, 7, 1];

const DAY_SECONDS: i64 = 24 * 3600;

/// Whether the holder of `token` is to be told at `now` that it is about to end, when they were last told at `told_at`.
///
/// A token that was made for less than 30 days is told of at the days that it has: nobody needs to hear of what they
/// have just chosen. Where the process slept over a day, the next one counts alone.
pub fn is_reminder_due(token: &ApiToken, told_at: Option<Timestamp>, now: Timestamp) -> bool {
    let days = REMIND_DAYS.into_iter();
    let moments = days.map(|days| token.expires_at.plus_seconds(-i64::from(days) * DAY_SECONDS));
    let last = moments.filter(|moment| token.created_at < *moment && *moment <= now).max();
    token.is_alive(now) && last.is_some_and(|moment| told_at.is_none_or(|told| told < moment))
}

/// The holder of a token was told that it is about to end. The entry of this is what is known of it next time.
#[derive(Debug, Clone)]
pub struct TokenReminder {
    /// The token.
    pub token: ApiToken,
    /// What they are told.
    pub mail: Mail,
}

impl Change for TokenReminder {
    type By = RemindOfTokens;

    fn subject(&self) -> Subject {
        Subject::new("api_token", self.token.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.note("expires_at", self.token.expires_at.to_string());
        draft.insert(self.mail);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::tenancy::{ApiTokenId, Id as _, MemberId};
    use crate::text::Name;

    const MADE: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);

    fn token(days: i64) -> ApiToken {
        ApiToken {
            id: ApiTokenId::from_uuid(Uuid::from_u128(1)),
            member: MemberId::from_uuid(Uuid::from_u128(2)),
            name: Name::new("board").unwrap(),
            token_hash: [0; 32],
            permissions: vec!["rate.read".to_owned()],
            created_at: MADE,
            expires_at: MADE.plus_seconds(days * DAY_SECONDS),
            revoked_at: None,
            prefix: "aurex_QkJCQk".to_owned(),
        }
    }

    /// On which days of its life the holder of a token is told, when it is looked `every` so many hours.
    fn told_on(token: &ApiToken, every: i64) -> Vec<i64> {
        let (mut told, mut days, mut hour) = (None, Vec::new(), 0);
        while hour < 400 * 24 {
            let now = MADE.plus_seconds(hour * 3600);
            if is_reminder_due(token, told, now) {
                told = Some(now);
                days.push(hour / 24);
            }
            hour += every;
        }
        days
    }

    #[test]
    fn asvs_v6_4_5_a_tokens_holder_is_told_thirty_seven_and_one_days_ahead() {
        assert_eq!(told_on(&token(90), 1), [60, 83, 89]);
        assert_eq!(told_on(&token(366), 1), [336, 359, 365]);
        assert_eq!(told_on(&token(30), 1), [23, 29], "not when it is made");
        assert_eq!(told_on(&token(7), 1), [6]);
        assert_eq!(told_on(&token(1), 1), [0; 0]);
        // A process that looks once in ten days tells once for all that it missed.
        assert_eq!(told_on(&token(39), 10 * 24), [10]);
        assert_eq!(told_on(&token(44), 20 * 24), [20, 40]);
        let revoked = ApiToken { revoked_at: Some(MADE), ..token(90) };
        assert_eq!(told_on(&revoked, 1), [0; 0]);
    }
}
