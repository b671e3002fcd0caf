//! Making the schema and its roles, and bringing them up to date.
//!
//! Everything runs on one connection under an advisory lock, so that servers that start together come to the same. The
//! roles belong to the whole cluster and are made by whoever comes first.

mod stop;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr as _;

use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, Row as _};

pub use self::stop::MigrateError;
pub(crate) use self::stop::Stop;
use self::stop::has_code;
use crate::options::PostgresOptions;
use crate::raw;
use crate::roles::{DEFINERS, GRANTS, Roles, Warning, may_take_on, quoted};

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!();

/// What [`migrate`] did.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Migrated {
    /// The roles that were not there before.
    pub made: Vec<String>,
    /// The migrations that were not there before, by number and name.
    pub applied: Vec<(i64, String)>,
    /// What is no reason to stop, but to think.
    pub warnings: Vec<Warning>,
}

impl fmt::Display for Migrated {
    /// A line each, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for role in &self.made {
            writeln!(f, "made the role {role}")?;
        }
        for (number, name) in &self.applied {
            writeln!(f, "applied migration {number:04} {name}")?;
        }
        for warning in &self.warnings {
            writeln!(f, "warning: {warning}")?;
        }
        match self.applied.len() {
            0 => f.write_str("the schema was current"),
            1 => f.write_str("one migration was applied"),
            n => write!(f, "{n} migrations were applied"),
        }
    }
}

/// Brings the database at `url` to this build's schema, with the roles and privileges that the store needs.
///
/// Where the login may, it makes the roles `<prefix>_owner`, which everything will belong to, and `<prefix>_app`, as which
/// the store works. Run again it changes nothing, but privileges that were added or taken away meanwhile are put right.
/// What belongs to the login from a time without roles is handed over to the owner.
///
/// # Errors
/// [`MigrateError`], as its variants say.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use aurex_store_postgres::{PostgresOptions, migrate};
///
/// let done = migrate("postgres://aurex@localhost/shops", &PostgresOptions::default()).await?;
/// for warning in &done.warnings {
///     eprintln!("{warning}");
/// }
/// # Ok(())
/// # }
/// ```
pub async fn migrate(url: &str, options: &PostgresOptions) -> Result<Migrated, MigrateError> {
    begin(url, options, false).await.map(|(done, _)| done)
}

/// As [`migrate`], and answers which schema it is; with `anew`, only where there is none.
pub(crate) async fn begin(
    url: &str,
    options: &PostgresOptions,
    anew: bool,
) -> Result<(Migrated, i64), MigrateError> {
    let roles = Roles::of(options).ok_or(MigrateError::Prefix)?;
    let mut conn = connect(url).await?;
    let login = Login::of(&mut conn).await.map_err(MigrateError::Unavailable)?;
    let done = login.migrate(&mut conn, &roles, options, anew).await;
    // The lock ends with the session, also where it was cut short.
    let _ = conn.close().await;
    done.map_err(|error| error.told(&login.name))
}

/// Removes the schema with everything in it, if it is the one of this number.
pub(crate) async fn remove(url: &str, options: &PostgresOptions, schema: i64) -> Result<bool, MigrateError> {
    let roles = Roles::of(options).ok_or(MigrateError::Prefix)?;
    let mut conn = connect(url).await?;
    let login = Login::of(&mut conn).await.map_err(MigrateError::Unavailable)?;
    let removed = async {
        lock(&mut conn, options).await?;
        if schema_number(&mut conn).await? != Some(schema) {
            return Ok(false);
        }
        if may_take_on(&mut conn, &roles.owner).await? {
            raw::send(&mut conn, format!("SET ROLE {}", roles.owner)).await?;
        }
        raw::run(&mut conn, "SET client_min_messages = warning; DROP SCHEMA aurex CASCADE").await?;
        Ok(true)
    }
    .await;
    let _ = conn.close().await;
    removed.map_err(|error| Stop::Sql(error).told(&login.name))
}

/// Does something as the tables' owner, while nobody migrates.
pub(crate) async fn as_owner(
    url: &str,
    options: &PostgresOptions,
    act: impl AsyncFnOnce(&mut PgConnection) -> Result<(), Stop>,
) -> Result<(), MigrateError> {
    let roles = Roles::of(options).ok_or(MigrateError::Prefix)?;
    let mut conn = connect(url).await?;
    let login = Login::of(&mut conn).await.map_err(MigrateError::Unavailable)?;
    let done = async {
        lock(&mut conn, options).await?;
        if may_take_on(&mut conn, &roles.owner).await? {
            raw::send(&mut conn, format!("SET ROLE {}", roles.owner)).await?;
        }
        act(&mut conn).await
    }
    .await;
    let _ = conn.close().await;
    done.map_err(|error| error.told(&login.name))
}

/// One at a time migrates a database, and removes its schema. Whoever comes to need a table that is to be altered queues
/// behind the one who waits to alter it: no longer than behind one another. Waiting for the lock itself holds nobody up.
async fn lock(conn: &mut PgConnection, options: &PostgresOptions) -> Result<(), sqlx::Error> {
    raw::run(conn, "SELECT pg_advisory_lock(hashtextextended('aurex.migrate', 0))").await?;
    raw::send(conn, format!("SET lock_timeout = {}", options.patience.as_millis())).await.map(drop)
}

/// Which schema it is: another one of the same name has another number.
async fn schema_number(conn: &mut PgConnection) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"SELECT oid::bigint AS "number!" FROM pg_catalog.pg_namespace WHERE nspname = 'aurex'"#
    )
    .fetch_optional(conn)
    .await
}

async fn connect(url: &str) -> Result<PgConnection, MigrateError> {
    PgConnectOptions::from_str(url)
        .map_err(|_| MigrateError::Url)?
        .application_name("aurex migrate")
        .disable_statement_logging()
        .connect()
        .await
        .map_err(MigrateError::Unavailable)
}

/// Who migrates.
struct Login {
    name: String,
    superuser: bool,
    bypasses: bool,
    makes_roles: bool,
    version: i32,
}

impl Login {
    async fn of(conn: &mut PgConnection) -> Result<Self, sqlx::Error> {
        sqlx::query_as!(
            Self,
            r#"SELECT r.rolname::text AS "name!", r.rolsuper AS "superuser!", r.rolbypassrls AS "bypasses!",
                      r.rolsuper OR r.rolcreaterole AS "makes_roles!",
                      current_setting('server_version_num')::int AS "version!"
               FROM pg_roles AS r WHERE r.rolname = current_user"#
        )
        .fetch_one(conn)
        .await
    }

    async fn migrate(
        &self,
        conn: &mut PgConnection,
        roles: &Roles,
        options: &PostgresOptions,
        anew: bool,
    ) -> Result<(Migrated, i64), Stop> {
        let mut done = Migrated::default();
        if self.superuser || self.bypasses {
            done.warnings.push(Warning::PrivilegedLogin { login: self.name.clone() });
        }
        raw::run(conn, "SET search_path = ''; SET client_min_messages = warning").await?;
        lock(conn, options).await?;
        if anew && schema_number(conn).await?.is_some() {
            return Err(Stop::Occupied);
        }
        let walled = self.take_roles(conn, roles, &mut done).await?;
        if walled {
            hand_over(conn, roles).await?;
            raw::send(conn, format!("SET ROLE {}", roles.owner)).await?;
        } else {
            done.warnings.push(Warning::login_owns_tables(&self.name, roles));
            raw::run(conn, "CREATE SCHEMA IF NOT EXISTS aurex").await?;
        }
        let before = versions(conn).await?;
        // `run_direct` and not `run`: the future of the latter is not `Send` for every lifetime of a borrowed connection.
        MIGRATIONS.run_direct(None, conn, false).await.map_err(Stop::Migrations)?;
        done.applied = MIGRATIONS
            .iter()
            .filter(|migration| !before.contains(&migration.version))
            .map(|migration| (migration.version, migration.description.to_string()))
            .collect();
        raw::send(conn, privileges(walled.then_some(roles.app.as_str()))).await?;
        let schema = schema_number(conn).await?.ok_or(sqlx::Error::RowNotFound)?;
        Ok((done, schema))
    }

    /// Makes the roles that are missing, and sees to it that the login may take both on. False where it cannot be done.
    async fn take_roles(
        &self,
        conn: &mut PgConnection,
        roles: &Roles,
        done: &mut Migrated,
    ) -> Result<bool, sqlx::Error> {
        // The owner's rights are inherited, so that the login's own tables can be put under guard; the application's are
        // not, so that nothing is done as it by accident.
        for (role, inherit) in [(&roles.owner, true), (&roles.app, false)] {
            if !exists(conn, role).await? {
                if !self.makes_roles {
                    return Ok(false);
                }
                if self.make(conn, role).await? {
                    done.made.push(role.clone());
                }
            }
            if !may_take_on(conn, role).await? && !self.grant_to_itself(conn, role, inherit).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// False where somebody else, migrating another database of the cluster, made it at the same moment.
    async fn make(&self, conn: &mut PgConnection, role: &str) -> Result<bool, sqlx::Error> {
        let create = format!(
            "CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB NOREPLICATION"
        );
        match raw::send(conn, create).await {
            Ok(_) => Ok(true),
            Err(error) if has_code(&error, &["42710", "23505"]) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn grant_to_itself(
        &self,
        conn: &mut PgConnection,
        role: &str,
        inherit: bool,
    ) -> Result<bool, sqlx::Error> {
        let login = quoted(&self.name);
        let grant = match (self.version >= 160_000, inherit) {
            (false, _) => format!("GRANT {role} TO {login}"),
            (true, inherit) => {
                format!(
                    "GRANT {role} TO {login} WITH INHERIT {}, SET TRUE",
                    if inherit { "TRUE" } else { "FALSE" }
                )
            }
        };
        match raw::send(conn, grant).await {
            Ok(_) => may_take_on(conn, role).await,
            Err(error) if has_code(&error, &["42501"]) => Ok(false),
            // Somebody else granted it at the same moment.
            Err(error) if has_code(&error, &["XX000", "23505"]) => may_take_on(conn, role).await,
            Err(error) => Err(error),
        }
    }
}

async fn exists(conn: &mut PgConnection, role: &str) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(r#"SELECT count(*) > 0 AS "exists!" FROM pg_roles WHERE rolname = $1"#, role)
        .fetch_one(conn)
        .await
}

/// Makes the schema, or hands over to the owner the tables and routines that the login, or whoever the schema belonged to,
/// has made in it. What is not of this build's making is handed over as well, and found by the audit, which serves
/// nothing then. What a third one put there is left with them, for the audit to find likewise: a function that runs as its
/// owner gains nothing meanwhile.
async fn hand_over(conn: &mut PgConnection, roles: &Roles) -> Result<(), sqlx::Error> {
    let owner = &roles.owner;
    let message = format!(
        "DO $$
         DECLARE
             owner CONSTANT oid := (SELECT oid FROM pg_roles WHERE rolname = '{owner}');
             makers CONSTANT oid[] := array(
                 SELECT nspowner FROM pg_namespace WHERE nspname = 'aurex' UNION ALL
                 SELECT oid FROM pg_roles WHERE rolname = current_user
             );
             found record;
         BEGIN
             IF to_regnamespace('aurex') IS NULL THEN
                 CREATE SCHEMA aurex AUTHORIZATION {owner};
             ELSIF (SELECT nspowner FROM pg_namespace WHERE nspname = 'aurex') <> owner THEN
                 ALTER SCHEMA aurex OWNER TO {owner};
             END IF;
             FOR found IN SELECT oid::regclass AS name FROM pg_class
                 WHERE relnamespace = to_regnamespace('aurex') AND relkind IN ('r', 'S') AND relowner <> owner AND relowner = ANY (makers)
             LOOP
                 EXECUTE format('ALTER TABLE %s OWNER TO {owner}', found.name);
             END LOOP;
             FOR found IN SELECT oid::regprocedure AS name FROM pg_proc
                 WHERE pronamespace = to_regnamespace('aurex') AND proowner <> owner AND proowner = ANY (makers)
             LOOP
                 EXECUTE format('ALTER ROUTINE %s OWNER TO {owner}', found.name);
             END LOOP;
         END $$"
    );
    raw::send(conn, message).await.map(drop)
}

async fn versions(conn: &mut PgConnection) -> Result<BTreeSet<i64>, sqlx::Error> {
    let there = sqlx::query_scalar!(r#"SELECT to_regclass('aurex.migration') IS NOT NULL AS "there!""#)
        .fetch_one(&mut *conn)
        .await?;
    if !there {
        return Ok(BTreeSet::new());
    }
    let rows = raw::send(conn, "SELECT version FROM aurex.migration".to_owned()).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// One message, and so one transaction: nobody sees the moment between taking away and giving.
fn privileges(app: Option<&str>) -> String {
    let from = app.map_or_else(|| "PUBLIC".to_owned(), |app| format!("PUBLIC, {app}"));
    let mut statements = vec![
        format!("REVOKE ALL ON SCHEMA aurex FROM {from}"),
        format!("REVOKE ALL ON ALL TABLES IN SCHEMA aurex FROM {from}"),
        format!("REVOKE ALL ON ALL SEQUENCES IN SCHEMA aurex FROM {from}"),
        format!("REVOKE ALL ON ALL ROUTINES IN SCHEMA aurex FROM {from}"),
    ];
    if let Some(app) = app {
        statements.push(format!("GRANT USAGE ON SCHEMA aurex TO {app}"));
        statements.push(format!("GRANT EXECUTE ON FUNCTION {} TO {app}", DEFINERS.join(", ")));
        statements.extend(GRANTS.iter().filter_map(|grant| grant.statement(app)));
    }
    statements.join(";\n")
}
