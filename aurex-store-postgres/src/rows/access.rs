//! Rows of what else decides who may do what, and of the mails about it.

use aurex_core::identity::approvals::Approval;
use aurex_core::identity::links::Link;
use aurex_core::identity::mails::Mail;
use aurex_core::identity::member::{Pin, SecondFactor};
use aurex_core::identity::roles::CustomRole;
use aurex_core::identity::tills::Till;

use uuid::Uuid;

use super::row;

row! {
    CustomRoleRow => CustomRole {
        id: Uuid, name: String, base: String, withheld: Vec<u8>, caps: Vec<u8>, retired: bool, created_at: i64,
        version: i64,
    }
}

row! {
    SecondFactorRow => SecondFactor {
        member: Uuid, seed: Option<Vec<u8>>, added_at: i64, confirmed_at: Option<i64>, last_step: Option<i64>,
        recovery: Vec<u8>, removed_at: Option<i64>,
    }
}

row! {
    PinRow => Pin {
        member: Uuid, hash: String, set_at: i64, removed_at: Option<i64>,
    }
}

row! {
    TillRow => Till {
        id: Uuid, name: String, token_hash: Vec<u8>, enrolled_by: Uuid, enrolled_at: i64,
        revoked_at: Option<i64>,
    }
}

row! {
    LinkRow => Link {
        id: Uuid, member: Uuid, purpose: String, token_hash: Vec<u8>, code_hash: Option<String>,
        browser: Option<Vec<u8>>, made_at: i64, expires_at: i64, used_at: Option<i64>,
    }
}

row! {
    ApprovalRow => Approval {
        id: Uuid, action: String, subject: String, command: String, digest: Vec<u8>, asked_by: Uuid,
        session: Uuid, asked_at: i64, expires_at: i64, state: String, decided_by: Option<Uuid>,
        decided_at: Option<i64>, reason: Option<String>,
    }
}

row! {
    MailRow => Mail {
        id: Uuid, kind: String, member: Option<Uuid>, recipient: Option<String>, content: Vec<u8>, queued_at: i64,
    }
}

/// Rows of `custom_role`; the first argument is the tenant.
macro_rules! custom_role {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::CustomRoleRow,
            "SELECT tenant_id, id, name, base, withheld, caps, retired, created_at, version \
             FROM aurex.custom_role WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use custom_role;

/// Rows of `second_factor`; the first argument is the tenant.
macro_rules! second_factor {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::SecondFactorRow,
            "SELECT tenant_id, member, seed, added_at, confirmed_at, last_step, recovery, removed_at \
             FROM aurex.second_factor WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use second_factor;

/// Rows of `pin`; the first argument is the tenant.
macro_rules! pin {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::PinRow,
            "SELECT tenant_id, member, hash, set_at, removed_at \
             FROM aurex.pin WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use pin;

/// Rows of `till`; the first argument is the tenant.
macro_rules! till {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::TillRow,
            "SELECT tenant_id, id, name, token_hash, enrolled_by, enrolled_at, revoked_at \
             FROM aurex.till WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use till;

/// Rows of `link`; the first argument is the tenant.
macro_rules! sent_link {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::LinkRow,
            "SELECT tenant_id, id, member, purpose, token_hash, code_hash, browser, made_at, expires_at, used_at \
             FROM aurex.link WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use sent_link;

/// Rows of `approval`; the first argument is the tenant.
macro_rules! approval {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::ApprovalRow,
            "SELECT tenant_id, id, action, subject, command, digest, asked_by, session, asked_at, expires_at, state, decided_by, \
             decided_at, reason \
             FROM aurex.approval WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use approval;

/// Rows of `mail`; the first argument is the tenant.
macro_rules! mail {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::MailRow,
            "SELECT tenant_id, id, kind, member, recipient, content, queued_at \
             FROM aurex.mail WHERE tenant_id = $1 " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use mail;
