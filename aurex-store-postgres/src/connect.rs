//! Connections: how each is made, and the two pools.
//!
//! PostgreSQL's own timeouts end what the server is slow about. They say nothing when the network swallows the answer,
//! and sqlx waits for a socket without end: [`Limits`] are what we wait ourselves.

use std::net::IpAddr;
use std::ops::Deref;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use aurex_core::store::StoreError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, PgPool};
use tokio::time::timeout;

use crate::error::{Silent, failure};
use crate::opening::prepare;
use crate::options::PostgresOptions;
use crate::raw;
use crate::roles::{Warning, may_take_on, quoted};

/// A statement that takes longer is written to the log, without its values.
const SLOW: Duration = Duration::from_secs(1);

/// How much longer than the server we wait: what is left then is not the server's doing.
const SLACK: Duration = Duration::from_secs(5);

/// How long a connection may take to show that it is alive.
pub(crate) const SIGN_OF_LIFE: Duration = Duration::from_secs(2);

/// How long an answer may take to come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// To the message that opens a transaction, which waits for another server's lock.
    pub(crate) opening: Duration,
    /// To a statement.
    pub(crate) statement: Duration,
}

impl Limits {
    fn of(options: &PostgresOptions) -> Self {
        Self {
            opening: options.patience.saturating_add(SLACK),
            statement: options.deadline.saturating_add(SLACK),
        }
    }

    /// What `asked` answers; [`Silent`] when that takes longer than `limit`.
    pub(crate) async fn within<T>(
        limit: Duration,
        asked: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        timeout(limit, asked).await.unwrap_or_else(|_| Err(Silent::error()))
    }

    /// The same for [`SIGN_OF_LIFE`].
    pub(crate) async fn at_once<T>(
        asked: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        Self::within(SIGN_OF_LIFE, asked).await
    }
}

/// A pool, how long its connections' answers may take, and as whom its transactions run.
pub(crate) struct Pool {
    connections: PgPool,
    pub(crate) limits: Limits,
    /// The application's role, where there is one.
    pub(crate) role: Option<Arc<str>>,
}

impl Deref for Pool {
    type Target = PgPool;

    fn deref(&self) -> &PgPool {
        &self.connections
    }
}

/// As whom a store's statements run, and what bounds them.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    connect: PgConnectOptions,
    settings: String,
    role: Option<Arc<str>>,
    limits: Limits,
}

impl Session {
    /// The session of every connection of this store, and the first of them, beside the pools. Statements run as the role
    /// `<prefix>_app`, or where a plain owner of the database could make no roles, as the login itself.
    pub(crate) async fn open(
        url: &str,
        options: &PostgresOptions,
    ) -> Result<(Self, PgConnection), StoreError> {
        let connect = connect_options(url)?;
        let limits = Limits::of(options);
        let opened = Limits::within(limits.statement, async {
            let mut conn = connect.connect().await?;
            let role = app_role(&mut conn, options).await?;
            let settings = settings(role.as_deref(), options);
            raw::send(&mut conn, settings.clone()).await?;
            Ok((role, settings, conn))
        });
        let (role, settings, conn) = opened.await.map_err(failure)?;
        let role = role.map(|role| quoted(&role).into());
        Ok((Self { connect, settings, role, limits }, conn))
    }

    /// Audits the walls on the first connection; answers what is no reason to stop.
    pub(crate) async fn audited(
        &self,
        conn: &mut PgConnection,
        options: &PostgresOptions,
    ) -> Result<Vec<Warning>, StoreError> {
        // A few statements, which together take no time on a server that answers.
        let audited = timeout(self.limits.statement, crate::walls::audit(conn, options)).await;
        audited.unwrap_or_else(|_| Err(failure(Silent::error())))
    }

    /// Whether somebody on the way could read or answer in the server's place. By default sqlx encrypts where the server
    /// offers to, without asking who it is.
    pub(crate) fn unproven(&self) -> Option<Warning> {
        let proven = matches!(self.connect.get_ssl_mode(), PgSslMode::VerifyFull);
        (!proven && !is_local(&self.connect))
            .then(|| Warning::UnprovenServer { host: self.connect.get_host().to_owned() })
    }

    /// A pool. It asks no connection whether it lives before handing it out: the opening message will tell.
    ///
    /// sqlx asks a connection for a sign of life when it comes back, and would wait for it as long as the network
    /// pleases, with the connection's place in the pool: so we ask first.
    pub(crate) fn pool(&self, connections: u32, patience: Duration) -> Pool {
        let message: Arc<str> = format!("{}; {}", self.settings, prepare()).into();
        let connections = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(patience)
            .test_before_acquire(false)
            .after_connect(move |conn, _| {
                let message = message.to_string();
                Box::pin(async move { raw::send(conn, message).await.map(drop) })
            })
            .after_release(|conn, _| Box::pin(Limits::at_once(async { conn.ping().await.map(|()| true) })))
            .connect_lazy_with(self.connect.clone());
        Pool { connections, limits: self.limits, role: self.role.clone() }
    }
}

fn connect_options(url: &str) -> Result<PgConnectOptions, StoreError> {
    // What sqlx says of a URL may repeat it, password and all.
    let options = PgConnectOptions::from_str(url).map_err(|_| StoreError::failed(NotAUrl))?;
    Ok(options
        .application_name("aurex")
        .statement_cache_capacity(256)
        .disable_statement_logging()
        .log_slow_statements(log::LevelFilter::Warn, SLOW))
}

/// The database's URL does not read as one; it is not repeated, because a password may stand in it.
#[derive(Debug, thiserror::Error)]
#[error("the database's URL is not of the form postgres://user:password@host:port/database")]
struct NotAUrl;

/// Whether the way to the server stays on this machine: a socket of the file system, or a loopback address.
fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || address.is_ok_and(|address| address.is_loopback())
}

/// The role that statements run as, if there is one and the login may take it: roles belong to the whole server, and
/// another database's may have the same name.
async fn app_role(conn: &mut PgConnection, options: &PostgresOptions) -> Result<Option<String>, sqlx::Error> {
    let name = format!("{}_app", options.role_prefix);
    Ok(may_take_on(conn, &name).await?.then_some(name))
}

/// What every connection is told before its first use.
fn settings(role: Option<&str>, options: &PostgresOptions) -> String {
    let deadline = options.deadline.as_millis();
    let patience = options.patience.as_millis();
    let role = role.map_or_else(String::new, |role| format!("SET ROLE {};", quoted(role)));
    // Durable is what the server is set to, and never less than its own disk: whoever waits for standbys goes on to.
    let keep = if options.durable {
        "SELECT pg_catalog.set_config('synchronous_commit', 'on', false)
         WHERE pg_catalog.current_setting('synchronous_commit') = 'off';"
    } else {
        "SET synchronous_commit = off;"
    };
    // Generic plans: what a statement does to a row depends on no value, and a plan is made once a connection.
    format!(
        "{role}
         SET search_path = '';
         {keep}
         SET bytea_output = hex;
         SET plan_cache_mode = force_generic_plan;
         SET statement_timeout = {deadline};
         SET idle_in_transaction_session_timeout = {deadline};
         SET lock_timeout = {patience};
         SET client_connection_check_interval = '1s'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_that_is_none_is_not_repeated() {
        let refused = connect_options("postgres://meena:secret@[broken").unwrap_err();
        let StoreError::Failed(source) = refused else { panic!("{refused:?}") };
        assert!(!format!("{source} {source:?}").contains("secret"));
    }

    #[test]
    fn only_a_server_elsewhere_has_to_prove_itself() {
        let warned = |url: &str| {
            let (connect, options) = (connect_options(url).unwrap(), PostgresOptions::default());
            let session =
                Session { connect, settings: String::new(), role: None, limits: Limits::of(&options) };
            session.unproven()
        };
        let there = Warning::UnprovenServer { host: "db.example".to_owned() };
        for mode in ["disable", "allow", "prefer", "require", "verify-ca"] {
            let url = format!("postgres://meena@db.example/shops?sslmode={mode}");
            assert_eq!(warned(&url), Some(there.clone()), "{mode}");
        }
        assert_eq!(warned("postgres://meena@db.example/shops?sslmode=verify-full"), None);
        for local in ["127.0.0.1", "[::1]", "localhost", "%2Frun%2Fpostgresql"] {
            assert_eq!(warned(&format!("postgres://meena@{local}/shops?sslmode=disable")), None, "{local}");
        }
        assert!(warned("postgres://meena@10.0.0.7/shops?sslmode=prefer").is_some());
    }

    #[test]
    fn a_connection_takes_the_role_before_anything_else() {
        let options = PostgresOptions::default();
        assert!(settings(Some("au\"rex"), &options).starts_with(r#"SET ROLE "au""rex";"#));
        assert!(settings(None, &options).trim_start().starts_with("SET search_path = '';"));
    }
}
