//! A schema for a while: a demonstration, a trial.

use crate::migrate::{self, MigrateError};
use crate::options::PostgresOptions;

/// A schema that was made in a database which had none, and may therefore be removed by whoever made it: with
/// **everything in it**, all workspaces and their logs. Nothing removes it by itself.
///
/// ```no_run
/// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
/// use aurex_store_postgres::{PostgresOptions, Throwaway};
///
/// let throwaway = Throwaway::make("postgres://aurex@localhost/trial", &PostgresOptions::default()).await?;
/// // Open the store, use it, close it.
/// throwaway.remove().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Throwaway {
    url: String,
    options: PostgresOptions,
    schema: i64,
}

impl Throwaway {
    /// Makes schema and roles as [`migrate`](crate::migrate()) does, but only where there is no schema. Looking and making
    /// are under one lock: what somebody else migrates at the same moment is theirs.
    ///
    /// # Errors
    /// [`MigrateError::Occupied`] where there is one; otherwise as [`migrate`](crate::migrate()).
    pub async fn make(url: &str, options: &PostgresOptions) -> Result<Self, MigrateError> {
        let (_, schema) = migrate::begin(url, options, true).await?;
        Ok(Self { url: url.to_owned(), options: options.clone(), schema })
    }

    /// Removes the schema that was made, and no other: false, where it is not there any more or another one of its name
    /// is. The roles stay, other databases may use them.
    ///
    /// # Errors
    /// [`MigrateError`], as its variants say.
    pub async fn remove(&self) -> Result<bool, MigrateError> {
        migrate::remove(&self.url, &self.options, self.schema).await
    }
}
