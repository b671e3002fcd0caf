//! Why migrating stopped, and how it is told.

/// Why [`migrate`](super::migrate) stopped. Migrations that were applied before it stopped stay.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// The prefix of the roles would not be safe in SQL.
    #[error(
        "the prefix of the roles must be a lower-case letter followed by lower-case letters, digits or underscores, 57 \
         in all, and not pg"
    )]
    Prefix,
    /// The URL does not read as one. It is not repeated, because a password may stand in it.
    #[error("the database's URL is not of the form postgres://user:password@host:port/database")]
    Url,
    /// The database does not answer, or not to this login.
    #[error("the database is out of reach")]
    Unavailable(#[source] sqlx::Error),
    /// The login lacks a privilege.
    #[error(
        "the login {login} may not do this: it must own the database, or be given the two roles and CREATE on it"
    )]
    Denied {
        /// The login.
        login: String,
        /// What PostgreSQL said.
        source: sqlx::Error,
    },
    /// Somebody works with a table that is to be altered, and went on for longer than
    /// [`patience`](crate::PostgresOptions::patience).
    #[error("a table that is to be altered is in use: stop what uses it, and migrate again")]
    InUse(#[source] sqlx::Error),
    /// There is a schema already, where one was to be made anew.
    #[error("the database has a schema aurex already, which is left alone")]
    Occupied,
    /// The database was migrated by a newer build.
    #[error("the database has migration {0}, which this build does not know: a newer one has been here")]
    Newer(i64),
    /// A migration of the database is not the one that this build has under the same number.
    #[error("migration {0} of the database is not this build's")]
    Changed(i64),
    /// A transaction that began before, in whatever database of the server, does not end.
    #[error(
        "a transaction of the server has been open for a minute, and what was replaced since it began is kept: end it"
    )]
    OldTransaction,
    /// Tables are written anew by their owner alone.
    #[error("the login {login} may not act as the owner of the tables: use the one that migrates")]
    NotTheOwner {
        /// The login.
        login: String,
    },
    /// Anything else.
    #[error("migrating failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why something stopped, before it is known how to tell it.
pub(crate) enum Stop {
    Occupied,
    NotTheOwner,
    Outlived,
    Sql(sqlx::Error),
    Migrations(sqlx::migrate::MigrateError),
}

impl From<sqlx::Error> for Stop {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl Stop {
    pub(super) fn told(self, login: &str) -> MigrateError {
        use sqlx::migrate::MigrateError as Of;
        let error = match self {
            Self::Occupied => return MigrateError::Occupied,
            Self::Outlived => return MigrateError::OldTransaction,
            Self::NotTheOwner => return MigrateError::NotTheOwner { login: login.to_owned() },
            Self::Sql(error) | Self::Migrations(Of::Execute(error) | Of::ExecuteMigration(error, _)) => error,
            Self::Migrations(Of::VersionMissing(number)) => return MigrateError::Newer(number),
            Self::Migrations(Of::VersionMismatch(number)) => return MigrateError::Changed(number),
            Self::Migrations(other) => return MigrateError::Failed(Box::new(other)),
        };
        if has_code(&error, &["42501"]) {
            return MigrateError::Denied { login: login.to_owned(), source: error };
        }
        if has_code(&error, &["55P03"]) {
            return MigrateError::InUse(error);
        }
        if crate::error::is_gone(&error) {
            return MigrateError::Unavailable(error);
        }
        MigrateError::Failed(Box::new(error))
    }
}

pub(super) fn has_code(error: &sqlx::Error, codes: &[&str]) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| codes.contains(&&*code))
}
