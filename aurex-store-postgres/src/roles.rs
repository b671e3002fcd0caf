//! The two roles, and what each may do.
//!
//! `<prefix>_owner` owns the schema and is taken on by `migrate` alone. `<prefix>_app` owns nothing: every statement of
//! the store runs as it, and the list here is all that it may do. `migrate` grants from the list and the audit at every
//! start compares with it.

use std::fmt;

use sqlx::PgConnection;

use crate::options::PostgresOptions;

/// The names of the two roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Roles {
    pub(crate) owner: String,
    pub(crate) app: String,
}

/// PostgreSQL cuts identifiers off at 63 bytes, and two that were cut off may be one.
const LONGEST_PREFIX: usize = 63 - "_owner".len();

impl Roles {
    /// The roles with this prefix; none where the prefix is not a plain word. Names that begin with `pg_` are
    /// PostgreSQL's own.
    pub(crate) fn of(options: &PostgresOptions) -> Option<Self> {
        let prefix = options.role_prefix.as_str();
        let plain = prefix.starts_with(|c: char| c.is_ascii_lowercase())
            && prefix.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            && prefix.len() <= LONGEST_PREFIX
            && prefix != "pg"
            && !prefix.starts_with("pg_");
        plain.then(|| Self { owner: format!("{prefix}_owner"), app: format!("{prefix}_app") })
    }
}

/// Whether there is such a role and the login may take it on.
///
/// Up to version 15 every membership lets a role be taken on; since then that is a privilege of its own, and only newer
/// servers know the word for it.
pub(crate) async fn may_take_on(conn: &mut PgConnection, role: &str) -> Result<bool, sqlx::Error> {
    let may = sqlx::query_scalar!(
        r#"SELECT CASE WHEN current_setting('server_version_num')::int >= 160000
               THEN pg_has_role(session_user, r.oid, 'SET') ELSE pg_has_role(session_user, r.oid, 'MEMBER')
           END AS "may!" FROM pg_roles AS r WHERE r.rolname = $1"#,
        role
    );
    Ok(may.fetch_optional(conn).await?.unwrap_or(false))
}

/// What `migrate` or a start found that is no reason to stop.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// The login passes by row-level security: it is a superuser or has BYPASSRLS. The store's statements run as the
    /// application's role all the same, but whoever learns the login's password is behind the wall.
    PrivilegedLogin {
        /// The login.
        login: String,
    },
    /// There are no two roles that the login may take on, so that the tables are its own. Row-level security is forced
    /// on it too, but it could switch it off.
    LoginOwnsTables {
        /// The login.
        login: String,
        /// What an administrator runs, before `migrate` is run again.
        remedy: String,
    },
    /// The login may act as the role that the tables belong to. The store's statements run as the application's role,
    /// but whoever learns the login's password may switch row-level security off.
    LoginMayLiftWalls {
        /// The login.
        login: String,
        /// The role that it serves with as well, granted to a login that has no more.
        app: String,
    },
    /// An acknowledged commit may be lost, or the database damaged, when the server's machine stops.
    NotDurable {
        /// The server's settings that are off.
        settings: Vec<String>,
    },
    /// The way to a server on another machine is not encrypted, or ends at whoever says that it is the server.
    UnprovenServer {
        /// The server's host.
        host: String,
    },
}

impl Warning {
    pub(crate) fn login_owns_tables(login: &str, roles: &Roles) -> Self {
        let Roles { owner, app } = roles;
        let quoted = quoted(login);
        let remedy = format!(
            "CREATE ROLE {owner} NOLOGIN; CREATE ROLE {app} NOLOGIN; GRANT {owner}, {app} TO {quoted};"
        );
        Self::LoginOwnsTables { login: login.to_owned(), remedy }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PrivilegedLogin { login } => write!(
                f,
                "the login {login} passes by row-level security: use one that is no superuser and has no BYPASSRLS"
            ),
            Self::LoginOwnsTables { login, remedy } => write!(
                f,
                "the tables belong to the login {login} itself, which could switch row-level security off: have an \
                 administrator run “{remedy}” (without the roles that are there), then migrate again"
            ),
            Self::LoginMayLiftWalls { login, app } => write!(
                f,
                "the login {login} may act as the owner of the tables, which could switch row-level security off: keep it \
                 for migrating, and serve as another login, that was granted {app} alone"
            ),
            Self::NotDurable { settings } => write!(
                f,
                "the server may lose what it acknowledged, or all of it, when its machine stops: it runs with {} off",
                settings.join(" and ")
            ),
            Self::UnprovenServer { host } => write!(
                f,
                "the way to {host} is not proven to be encrypted and to end there: put sslmode=verify-full into the \
                 database's URL, and sslrootcert where the server's certificate is not of a public authority"
            ),
        }
    }
}

/// An identifier as SQL has it.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Of which columns something is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columns {
    None,
    All,
    Only(&'static [&'static str]),
}

/// What the application may do with one table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grant {
    pub(crate) table: &'static str,
    pub(crate) select: Columns,
    pub(crate) insert: Columns,
    pub(crate) update: Columns,
    pub(crate) delete: bool,
}

impl Grant {
    const fn nothing(table: &'static str) -> Self {
        Self { table, select: Columns::None, insert: Columns::None, update: Columns::None, delete: false }
    }

    const fn facts(table: &'static str) -> Self {
        Self { select: Columns::All, insert: Columns::All, ..Self::nothing(table) }
    }

    const fn state(table: &'static str) -> Self {
        Self { update: Columns::All, ..Self::facts(table) }
    }

    const fn swept(self) -> Self {
        Self { delete: true, ..self }
    }

    /// The statement that gives it; none where nothing is given.
    pub(crate) fn statement(&self, app: &str) -> Option<String> {
        let mut words = Vec::new();
        for (word, columns) in [("SELECT", self.select), ("INSERT", self.insert), ("UPDATE", self.update)] {
            match columns {
                Columns::None => {}
                Columns::All => words.push(word.to_owned()),
                Columns::Only(columns) => words.push(format!("{word} ({})", columns.join(", "))),
            }
        }
        words.extend(self.delete.then(|| "DELETE".to_owned()));
        (!words.is_empty()).then(|| format!("GRANT {} ON aurex.{} TO {app}", words.join(", "), self.table))
    }
}

/// Every table of the schema.
pub(crate) const GRANTS: &[Grant] = &[
    // Three functions ask it; what sqlx notes of migrations is the owner's.
    Grant::nothing("directory"),
    Grant::nothing("migration"),
    Grant { insert: Columns::All, ..Grant::state("head") },
    // Not `tx`, which shows the guards that an entry is of their own transaction.
    Grant {
        insert: Columns::Only(&[
            "tenant_id",
            "seq",
            "bytes",
            "leaf",
            "at",
            "actor_id",
            "action",
            "subject_id",
            "outcome",
        ]),
        ..Grant::facts("audit_entry")
    },
    // For erasure.
    Grant { update: Columns::Only(&["salt", "content"]), ..Grant::facts("audit_opening") },
    // A key that has had its hours makes room for the next.
    Grant { update: Columns::Only(&["fields", "resource", "at"]), ..Grant::facts("idempotency_key").swept() },
    Grant::state("workspace"),
    Grant::state("member"),
    Grant::state("credential"),
    Grant::state("session"),
    Grant::state("api_token"),
    Grant::state("custom_role"),
    Grant::state("second_factor"),
    Grant::state("pin"),
    Grant::state("till"),
    Grant::state("link"),
    Grant::state("approval"),
    Grant::state("mail"),
    Grant::state("account"),
    Grant::facts("journal_entry"),
    Grant::facts("posting"),
    Grant::state("series"),
    Grant::state("business"),
    Grant::facts("rate"),
    Grant::state("party"),
    Grant::facts("party_word").swept(),
    Grant::state("item"),
    Grant::state("lot"),
    Grant::facts("stock_movement"),
    Grant::state("invoice"),
    Grant::facts("invoice_line"),
    Grant::state("invoice_parties"),
    Grant::state("receipt"),
    Grant::facts("settlement"),
    Grant::state("bill_note"),
    Grant::facts("bill_note_line"),
    Grant::state("refund"),
    Grant::state("metal_voucher"),
    Grant::facts("metal_voucher_line"),
    Grant::state("payment"),
    Grant::state("booking"),
    Grant::state("advance"),
    Grant::state("journal_voucher"),
    Grant::state("balance"),
    Grant::state("lot_on_hand"),
    Grant::state("invoice_settled"),
    Grant::facts("key_check"),
    Grant::state("throttle_bucket").swept(),
    Grant::state("observed_tenant").swept(),
    Grant::state("mail_delivery").swept(),
    Grant::state("house_tenant"),
    Grant::state("session_use"),
    Grant::state("token_use"),
    Grant::facts("observation").swept(),
    Grant { update: Columns::Only(&["size", "frontier", "at", "beat"]), ..Grant::facts("audit_edge") },
    Grant::facts("audit_tile"),
    Grant::facts("audit_checkpoint"),
    Grant::facts("audit_cosignature"),
    Grant::facts("audit_key"),
    Grant::facts("audit_link"),
];

/// The functions that the application may call: the directory's.
pub(crate) const DEFINERS: &[&str] = &[
    "aurex.door(text)",
    "aurex.open_workspace(uuid, text)",
    "aurex.close_workspace(uuid)",
    "aurex.end_workspace(uuid, bigint)",
    "aurex.is_open(uuid)",
    "aurex.workspaces()",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn roles(prefix: &str) -> Option<Roles> {
        Roles::of(&PostgresOptions { role_prefix: prefix.to_owned(), ..PostgresOptions::default() })
    }

    #[test]
    fn a_prefix_is_a_plain_word() {
        let aurex = roles("aurex_2").unwrap();
        assert_eq!((&*aurex.owner, &*aurex.app), ("aurex_2_owner", "aurex_2_app"));
        let longest = "a".repeat(57);
        assert!(roles(&longest).is_some());
        for hostile in [
            "",
            "Aurex",
            "2aurex",
            "_aurex",
            "a\"; DROP SCHEMA aurex; --",
            "a b",
            "a-b",
            "ä",
            "pg",
            "pg_read_all",
            "a\0b",
            &format!("{longest}a"),
        ] {
            assert_eq!(roles(hostile), None, "{hostile:?}");
        }
    }

    #[test]
    fn grants_are_written_with_their_columns() {
        let statement = |table: &str| {
            GRANTS.iter().find(|grant| grant.table == table).and_then(|grant| grant.statement("x_app"))
        };
        assert_eq!(statement("directory"), None);
        assert_eq!(statement("posting").unwrap(), "GRANT SELECT, INSERT ON aurex.posting TO x_app");
        assert_eq!(
            statement("audit_opening").unwrap(),
            "GRANT SELECT, INSERT, UPDATE (salt, content) ON aurex.audit_opening TO x_app"
        );
        assert!(!statement("audit_entry").unwrap().contains("tx"));
    }

    #[test]
    fn the_remedy_survives_a_login_with_quotes() {
        let warning = Warning::login_owns_tables("a\"b", &roles("aurex").unwrap());
        assert!(warning.to_string().contains("GRANT aurex_owner, aurex_app TO \"a\"\"b\";"));
    }
}
