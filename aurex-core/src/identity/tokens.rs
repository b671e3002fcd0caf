//! Tokens of programs: what one may be granted, and how it ends.

use super::actions::{CreateApiToken, RevokeApiToken};
use super::member::ApiToken;
use super::secret;
use crate::audit::{Change, Draft, Subject};
use crate::tenancy::{ApiTokenId, MemberId};
use crate::text::Name;
use crate::time::Timestamp;

/// What no program ever does, whoever made its token: open, move or delete workspaces, touch sessions, passwords,
/// factors, tills, members, roles, approvals, tokens or settings, open locked books, take the log away, or write
/// observations into it. Nouns end with a dot and stand for all their verbs.
const NEVER: &[&str] = &[
    "workspace.",
    "session.",
    "password.",
    "link.",
    "second_factor.",
    "pin.",
    "till.",
    "member.",
    "custom_role.",
    "approval.",
    "api_token.",
    "billing.change",
    "payee.change",
    "settings.change",
    "contact.change",
    "contact.verify",
    "audit.export",
    "audit.collect",
    "books.unlock",
];

/// Whether a token can be granted this action at all. Asked when one is made, and again whenever one is presented, so
/// that a row from elsewhere grants no more.
pub fn may_hold(code: &str) -> bool {
    !NEVER.iter().any(|never| code == *never || (never.ends_with('.') && code.starts_with(never)))
}

/// A token to be made.
#[derive(Debug, Clone)]
pub struct NewApiToken {
    /// What it is called.
    pub name: Name,
    /// The codes of the actions it may use; all that its maker holds and programs may hold, when `None`.
    pub permissions: Option<Vec<String>>,
    /// For how many days, 1 to 366.
    pub expires_in_days: u32,
}

crate::refusals! {
    /// Why a token is not made.
    pub enum TokenRefusal {
        /// Nobody grants what they do not hold.
        NotHeld {
            /// Which of the permissions.
            at: usize,
        } = BeyondLimit, "api_token.not_held", "/permissions/{at}", "nobody grants a permission that they do not hold";
        /// Some things no program does.
        NotForTokens {
            /// Which of the permissions.
            at: usize,
        } = BeyondLimit, "api_token.not_for_tokens", "/permissions/{at}", "no token may hold this permission";
        /// A token that opens nothing is a mistake.
        NoPermissions = Invalid, "api_token.no_permissions", "/permissions", "a token needs a permission";
        /// A token ends, within a year.
        Lifetime = Invalid, "api_token.lifetime", "/expires_in_days", "a token lasts 1 to 366 days";
    }
}

/// A token was made.
#[derive(Debug, Clone)]
pub struct ApiTokenCreated {
    /// The token.
    pub token: ApiToken,
}

/// Decides about a token for `member`, who holds `held`.
///
/// # Errors
/// [`TokenRefusal`].
pub fn decide_create(
    new: &NewApiToken,
    held: &[&'static str],
    member: MemberId,
    id: ApiTokenId,
    secret: &secret::ApiToken,
    now: Timestamp,
) -> Result<ApiTokenCreated, TokenRefusal> {
    if !(1..=366).contains(&new.expires_in_days) {
        return Err(TokenRefusal::Lifetime);
    }
    let mut permissions: Vec<String> = match &new.permissions {
        None => held.iter().filter(|code| may_hold(code)).map(|code| (*code).to_owned()).collect(),
        Some(asked) => {
            for (at, code) in asked.iter().enumerate() {
                if !held.contains(&code.as_str()) {
                    return Err(TokenRefusal::NotHeld { at });
                }
                if !may_hold(code) {
                    return Err(TokenRefusal::NotForTokens { at });
                }
            }
            asked.clone()
        }
    };
    permissions.sort();
    permissions.dedup();
    if permissions.is_empty() {
        return Err(TokenRefusal::NoPermissions);
    }
    let token = ApiToken {
        id,
        member,
        name: new.name.clone(),
        token_hash: *secret.hash().as_bytes(),
        permissions,
        created_at: now,
        expires_at: now.plus_seconds(i64::from(new.expires_in_days) * 24 * 3600),
        revoked_at: None,
        prefix: secret.prefix().to_owned(),
    };
    Ok(ApiTokenCreated { token })
}

impl Change for ApiTokenCreated {
    type By = CreateApiToken;

    fn subject(&self) -> Subject {
        Subject::new("api_token", self.token.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.token);
    }
}

/// A token was revoked.
#[derive(Debug, Clone)]
pub struct ApiTokenRevoked {
    /// The token as it was.
    pub token: ApiToken,
    /// When.
    pub at: Timestamp,
}

impl Change for ApiTokenRevoked {
    type By = RevokeApiToken;

    fn subject(&self) -> Subject {
        Subject::new("api_token", self.token.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.raise_epoch();
        draft.update(&self.token, ApiToken { revoked_at: Some(self.at), ..self.token.clone() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rbac::Catalogue;
    use crate::tenancy::Id as _;
    use uuid::Uuid;

    fn decided(permissions: Option<&[&str]>, days: u32) -> Result<Vec<String>, TokenRefusal> {
        let new = NewApiToken {
            name: Name::new("till").unwrap(),
            permissions: permissions.map(|codes| codes.iter().map(|code| (*code).to_owned()).collect()),
            expires_in_days: days,
        };
        let held = ["audit.read", "member.add", "rate.read"];
        let (id, member) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (now, secret) = (Timestamp::from_micros(0), secret::ApiToken::from_entropy([0; 32]));
        decide_create(&new, &held, MemberId::from_uuid(member), ApiTokenId::from_uuid(id), &secret, now)
            .map(|created| created.token.permissions)
    }

    #[test]
    fn nobody_grants_what_they_do_not_hold_or_programs_may_not() {
        assert_eq!(decided(None, 30).unwrap(), ["audit.read", "rate.read"]);
        assert_eq!(decided(Some(&["rate.read", "rate.read"]), 30).unwrap(), ["rate.read"]);
        assert_eq!(decided(Some(&["rate.read", "rate.post"]), 30), Err(TokenRefusal::NotHeld { at: 1 }));
        assert_eq!(decided(Some(&["member.add"]), 30), Err(TokenRefusal::NotForTokens { at: 0 }));
        assert_eq!(decided(Some(&[]), 30), Err(TokenRefusal::NoPermissions));
        for days in [0, 367] {
            assert_eq!(decided(None, days), Err(TokenRefusal::Lifetime));
        }
    }

    #[test]
    fn the_actions_of_access_are_not_for_programs() {
        let refused: Vec<_> =
            Catalogue::core().iter().map(|action| action.code).filter(|code| !may_hold(code)).collect();
        assert_eq!(
            refused,
            [
                "api_token.create",
                "api_token.read",
                "api_token.remind",
                "api_token.revoke",
                "approval.decide",
                "approval.read",
                "approval.request",
                "audit.collect",
                "audit.export",
                "billing.change",
                "books.unlock",
                "contact.change",
                "contact.verify",
                "custom_role.change",
                "custom_role.read",
                "link.request",
                "link.use",
                "member.add",
                "member.change",
                "member.read",
                "member.retire",
                "member.send_reset",
                "member.sessions",
                "member.sign_out",
                "member.sign_out_everybody",
                "password.change",
                "password.reset",
                "payee.change",
                "pin.set",
                "second_factor.add",
                "second_factor.change",
                "second_factor.reset",
                "session.close",
                "session.open",
                "session.read",
                "session.step_up",
                "settings.change",
                "till.change",
                "till.read",
                "workspace.arrive",
                "workspace.delete",
                "workspace.export",
                "workspace.export_ready",
                "workspace.keep",
                "workspace.leave",
                "workspace.open",
                "workspace.remind",
            ]
        );
    }
}
