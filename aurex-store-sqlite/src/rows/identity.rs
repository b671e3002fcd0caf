//! Rows of members and what they sign in with, and the workspace's own.

use aurex_core::identity::member::{ApiToken, Credential, Member, Session};
use aurex_core::tenancy::Workspace;

use super::row;

row! {
    WorkspaceRow => Workspace {
        slug: String, name: String, currency: String, zone: String, created_at: i64, version: i64,
        magic_links: i64, second_factor_for: Vec<u8>, access_rules: Vec<u8>, contacts: Vec<u8>,
        ends_at: Option<i64>,
        plan: String, billing: Option<Vec<u8>>,
        books_locked_through: Option<String>, payee: Option<Vec<u8>>,
    }
}

row! {
    MemberRow => Member {
        id: Vec<u8>, name: String, email: String, role: String, disabled: i64, created_at: i64, version: i64,
        custom_role: Option<Vec<u8>>, leaves_at: Option<i64>,
    }
}

row! {
    CredentialRow => Credential {
        member: Vec<u8>, hash: String, one_time: i64, set_at: i64,
    }
}

row! {
    SessionRow => Session {
        id: Vec<u8>, member: Vec<u8>, token_hash: Vec<u8>, opened_at: i64, expires_at: i64, idle_seconds: i64,
        one_time: i64, closed_at: Option<i64>, assurance: String, proved_at: i64, address: Option<String>,
        agent: Option<String>, till: Option<Vec<u8>>,
    }
}

row! {
    ApiTokenRow => ApiToken {
        id: Vec<u8>, member: Vec<u8>, name: String, token_hash: Vec<u8>, permissions: Vec<u8>, created_at: i64,
        expires_at: i64, revoked_at: Option<i64>, prefix: String,
    }
}

/// Rows of `workspace`; the first argument is the tenant.
macro_rules! workspace {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::WorkspaceRow,
            "SELECT tenant_id, slug, name, currency, zone, created_at, version, magic_links, \
             second_factor_for, access_rules, contacts, ends_at, plan, billing, books_locked_through, payee \
             FROM workspace WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use workspace;

/// Rows of `member`; the first argument is the tenant.
macro_rules! member {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::MemberRow,
            "SELECT tenant_id, id, name, email, role, disabled, created_at, version, custom_role, leaves_at \
             FROM member WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use member;

/// Rows of `credential`; the first argument is the tenant.
macro_rules! credential {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::CredentialRow,
            "SELECT tenant_id, member, hash, one_time, set_at \
             FROM credential WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use credential;

/// Rows of `session`; the first argument is the tenant.
macro_rules! session {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::SessionRow,
            "SELECT tenant_id, id, member, token_hash, opened_at, expires_at, idle_seconds, one_time, closed_at, \
             assurance, proved_at, address, agent, till \
             FROM session WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use session;

/// Rows of `api_token`; the first argument is the tenant.
macro_rules! api_token {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::rows::ApiTokenRow,
            "SELECT tenant_id, id, member, name, token_hash, permissions, created_at, expires_at, revoked_at, \
             prefix \
             FROM api_token WHERE tenant_id = ? " + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}
pub(crate) use api_token;
