//! The audit of the walls: at every start the live schema, the role that statements run as and the server are compared
//! with what this build was made for, and whatever differs is named.
//!
//! Tests cannot show that nobody switched row-level security off on the production database last night; this does. It
//! reads PostgreSQL's catalogs alone, in one snapshot, in a few round trips.

mod description;
mod privileges;
mod raising;
mod server;

use aurex_core::store::StoreError;
use sqlx::PgConnection;

use crate::error::failure;
use crate::options::{Policy, PostgresOptions};
use crate::own_tables::Guard;
use crate::raw;
use crate::roles::{DEFINERS, Roles, Warning};

pub use raising::raise_on_foreign_rows;

/// The policy of every table, as PostgreSQL prints it.
const CANONICAL: &str =
    "(tenant_id = (NULLIF(current_setting('aurex.tenant_id'::text, true), ''::text))::uuid)";
/// Its variant for tests.
const RAISING: &str = "aurex_raising.own_tenant(tenant_id)";

/// What the audit found: the reasons not to serve, each a sentence that names its table, policy or role.
///
/// It is the source of the [`StoreError::Failed`] that [`PostgresStore::open`](crate::PostgresStore::open) answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the database is not as this build made it:\n{}\nif this build is newer than the database: aurex-server migrate",
    self.0.join("\n")
)]
pub struct Findings(Vec<String>);

impl Findings {
    /// The sentences.
    pub fn sentences(&self) -> &[String] {
        &self.0
    }
}

/// Audits the database behind `conn`, which is a connection as the store uses it: with its role taken on.
pub(crate) async fn audit(
    conn: &mut PgConnection,
    options: &PostgresOptions,
) -> Result<Vec<Warning>, StoreError> {
    let Some(roles) = Roles::of(options) else {
        return Err(refuse(vec!["the prefix of the roles is not a plain word in lower case".to_owned()]));
    };
    // Names are printed with their schema where it is not on the search path. Both settings end with the transaction.
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = ''";
    raw::run(conn, begin).await.map_err(failure)?;
    let audited = everything(conn, &roles, options).await.map_err(failure)?;
    raw::run(conn, "COMMIT").await.map_err(failure)?;
    audited.map_err(refuse)
}

fn refuse(sentences: Vec<String>) -> StoreError {
    StoreError::failed(Findings(sentences))
}

/// Who is who.
struct Cast {
    login: String,
    login_is_privileged: bool,
    login_may_lift_walls: bool,
    role: String,
    owner: Option<String>,
    off: Vec<String>,
}

type Audited = Result<Vec<Warning>, Vec<String>>;

async fn everything(
    conn: &mut PgConnection,
    roles: &Roles,
    options: &PostgresOptions,
) -> Result<Audited, sqlx::Error> {
    let cast = sqlx::query_as!(
        Cast,
        r#"SELECT session_user::text AS "login!", current_user::text AS "role!",
                  (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user) AS "login_is_privileged!",
                  -- Before version 16 whoever makes roles also makes itself a member of any.
                  EXISTS (
                      SELECT FROM pg_roles AS l JOIN pg_roles AS o ON o.rolname = $1
                      WHERE l.rolname = session_user AND (
                          pg_has_role(l.oid, o.oid, 'MEMBER')
                          OR l.rolcreaterole AND current_setting('server_version_num')::int < 160000
                      )
                  ) AS "login_may_lift_walls!",
                  (SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = 'aurex') AS owner,
                  array(
                      SELECT name FROM unnest('{fsync,full_page_writes}'::text[]) AS name WHERE current_setting(name) = 'off'
                  ) AS "off!""#,
        roles.owner
    )
    .fetch_one(&mut *conn)
    .await?;
    let Cast { login, role, .. } = &cast;
    let Some(owner) = &cast.owner else {
        return Ok(Err(vec!["there is no schema aurex: the database has to be migrated first".to_owned()]));
    };
    let walled = *role == roles.app;
    if !walled && owner != role {
        // All that follows would only repeat it.
        return Ok(Err(vec![format!(
            "the login {login} may not act as the role {app}, and the tables belong to {owner}: an administrator runs \
             “GRANT {app} TO {login}”",
            app = roles.app
        )]));
    }

    let mut found = Vec::from_iter(server::unpatched(conn).await?);
    found.extend(description::differences(conn, options.policy).await?);
    found.extend(breaches(conn, if walled { &roles.owner } else { role }, role, walled, options).await?);
    if walled {
        found.extend(privileges::differences(conn, role).await?);
    }
    if !found.is_empty() {
        return Ok(Err(found));
    }

    let mut warnings = Vec::new();
    if cast.login_is_privileged {
        warnings.push(Warning::PrivilegedLogin { login: login.clone() });
    } else if !walled {
        warnings.push(Warning::login_owns_tables(login, roles));
    } else if cast.login_may_lift_walls {
        warnings.push(Warning::LoginMayLiftWalls { login: login.clone(), app: roles.app.clone() });
    }
    if options.durable && !cast.off.is_empty() {
        warnings.push(Warning::NotDurable { settings: cast.off });
    }
    Ok(Ok(warnings))
}

async fn breaches(
    conn: &mut PgConnection,
    owner: &str,
    role: &str,
    walled: bool,
    options: &PostgresOptions,
) -> Result<Vec<String>, sqlx::Error> {
    // An embedder's table may have been made after the policies were replaced.
    let policies: &[&str] = match options.policy {
        Policy::Filters => &[CANONICAL],
        Policy::Raises => &[CANONICAL, RAISING],
    };
    let policies: Vec<String> = policies.iter().map(|policy| (*policy).to_owned()).collect();
    let definers: Vec<String> = DEFINERS.iter().map(|definer| (*definer).to_owned()).collect();
    let own = options.own_tables.iter();
    let (own, append_only): (Vec<String>, Vec<bool>) =
        own.map(|(table, guard)| ((*table).to_owned(), *guard == Guard::AppendOnly)).unzip();
    sqlx::query_file_scalar!(
        "src/walls/rules.sql",
        owner,
        role,
        walled,
        &policies,
        &definers,
        &own,
        &append_only
    )
    .fetch_all(conn)
    .await
}
