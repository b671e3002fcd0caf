//! Rows of what else decides who may do what, and of the mails about it.

use aurex_core::identity::approvals::Approval;
use aurex_core::identity::links::Link;
use aurex_core::identity::mails::Mail;
use aurex_core::identity::member::{Pin, SecondFactor};
use aurex_core::identity::roles::CustomRole;
use aurex_core::identity::tills::Till;

use super::row;

row! {
    CustomRoleRow => CustomRole {
        id: Vec<u8>, name: String, base: String, withheld: Vec<u8>, caps: Vec<u8>, retired: i64,
        created_at: i64, version: i64,
    }
}

row! {
    SecondFactorRow => SecondFactor {
        member: Vec<u8>, seed: Option<Vec<u8>>, added_at: i64, confirmed_at: Option<i64>,
        last_step: Option<i64>, recovery: Vec<u8>, removed_at: Option<i64>,
    }
}

row! {
    PinRow => Pin {
        member: Vec<u8>, hash: String, set_at: i64, removed_at: Option<i64>,
    }
}

row! {
    TillRow => Till {
        id: Vec<u8>, name: String, token_hash: Vec<u8>, enrolled_by: Vec<u8>, enrolled_at: i64,
        revoked_at: Option<i64>,
    }
}

row! {
    LinkRow => Link {
        id: Vec<u8>, member: Vec<u8>, purpose: String, token_hash: Vec<u8>, code_hash: Option<String>,
        browser: Option<Vec<u8>>, made_at: i64, expires_at: i64, used_at: Option<i64>,
    }
}

row! {
    ApprovalRow => Approval {
        id: Vec<u8>, action: String, subject: String, command: String, digest: Vec<u8>, asked_by: Vec<u8>,
        session: Vec<u8>, asked_at: i64, expires_at: i64, state: String, decided_by: Option<Vec<u8>>,
        decided_at: Option<i64>, reason: Option<String>,
    }
}

row! {
    MailRow => Mail {
        id: Vec<u8>, kind: String, member: Option<Vec<u8>>, recipient: Option<String>, content: Vec<u8>, queued_at: i64,
    }
}

/// Rows of `custom_role`; the first argument is the tenant.
macro_rules! custom_role {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::CustomRoleRow,
            "SELECT tenant_id, id, name, base, withheld, caps, retired, created_at, version \
             FROM custom_role WHERE tenant_id = ? " + $rest $(+ $more)*
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
             FROM second_factor WHERE tenant_id = ? " + $rest $(+ $more)*
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
             FROM pin WHERE tenant_id = ? " + $rest $(+ $more)*
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
             FROM till WHERE tenant_id = ? " + $rest $(+ $more)*
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
             FROM link WHERE tenant_id = ? " + $rest $(+ $more)*
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
             FROM approval WHERE tenant_id = ? " + $rest $(+ $more)*
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
             FROM mail WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use mail;
