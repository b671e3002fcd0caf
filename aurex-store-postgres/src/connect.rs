//! Connections: how each is made, and the two pools.

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use aurex_core::store::StoreError;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, PgConnection, PgPool};

use crate::error::failure;
use crate::opening::prepare;
use crate::options::PostgresOptions;
use crate::raw;
use crate::roles::may_take_on;

/// A statement that takes longer is written to the log, without its values.
const SLOW: Duration = Duration::from_secs(1);

/// As whom a store's statements run, and what bounds them.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    connect: PgConnectOptions,
    settings: String,
}

impl Session {
    /// The session of every connection of this store, and the first of them, beside the pools. Statements run as the role
    /// `<prefix>_app`, or where a plain owner of the database could make no roles, as the login itself.
    pub(crate) async fn open(
        url: &str,
        options: &PostgresOptions,
    ) -> Result<(Self, PgConnection), StoreError> {
        let connect = connect_options(url)?;
        let mut conn = connect.connect().await.map_err(failure)?;
        let role = app_role(&mut conn, options).await?;
        let settings = settings(role.as_deref(), options);
        raw::send(&mut conn, settings.clone()).await.map_err(failure)?;
        Ok((Self { connect, settings }, conn))
    }

    /// A pool. It asks no connection whether it lives before handing it out: the opening message will tell.
    pub(crate) fn pool(&self, connections: u32, patience: Duration) -> PgPool {
        let message: Arc<str> = format!("{}; {}", self.settings, prepare()).into();
        PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(patience)
            .test_before_acquire(false)
            .after_connect(move |conn, _| {
                let message = message.to_string();
                Box::pin(async move { raw::send(conn, message).await.map(drop) })
            })
            .connect_lazy_with(self.connect.clone())
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

/// The role that statements run as, if there is one and the login may take it: roles belong to the whole server, and
/// another database's may have the same name.
async fn app_role(conn: &mut PgConnection, options: &PostgresOptions) -> Result<Option<String>, StoreError> {
    let name = format!("{}_app", options.role_prefix);
    Ok(may_take_on(conn, &name).await.map_err(failure)?.then_some(name))
}

/// What every connection is told before its first use.
fn settings(role: Option<&str>, options: &PostgresOptions) -> String {
    let deadline = options.deadline.as_millis();
    let patience = options.patience.as_millis();
    let role = role.map_or_else(String::new, |role| format!(r#"SET ROLE "{}";"#, role.replace('"', "\"\"")));
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
    fn a_connection_takes_the_role_before_anything_else() {
        let options = PostgresOptions::default();
        assert!(settings(Some("au\"rex"), &options).starts_with(r#"SET ROLE "au""rex";"#));
        assert!(settings(None, &options).trim_start().starts_with("SET search_path = '';"));
    }
}
