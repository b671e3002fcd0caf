//! Where the data is, by one URL.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;

use super::{ConfigError, wrong};

/// Where the data is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Database {
    /// A folder of SQLite files.
    Sqlite(PathBuf),
    /// A PostgreSQL database.
    Postgres(PostgresDatabase),
}

/// A PostgreSQL database, and who signs in to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresDatabase {
    /// As whom the server serves.
    pub url: DatabaseUrl,
    /// As whom `migrate` makes schema and roles.
    pub migrate_url: DatabaseUrl,
    /// What the names of the two roles begin with.
    pub role_prefix: String,
    /// How many connections writers have between them.
    pub writers: u32,
    /// How many connections readers have between them.
    pub readers: u32,
}

/// A URL that may hold a password, which is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// With its password, for connecting.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl DatabaseUrl {
    /// Whether its password is one that everybody tries first.
    fn has_guessable_password(&self) -> bool {
        url::Url::parse(&self.0).is_ok_and(|url| {
            let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
            url.password().is_some_and(|password| is_guessable(&decoded(url.username()), &decoded(password)))
        })
    }
}

/// Whether a service's password is its user's name, or one that installations come with.
pub(crate) fn is_guessable(user: &str, password: &str) -> bool {
    const FIRST_TRIED: [&str; 8] =
        ["", "admin", "aurex", "changeme", "password", "postgres", "root", "secret"];
    let is = |other: &str| password.eq_ignore_ascii_case(other);
    is(user) || FIRST_TRIED.into_iter().any(is)
}

impl fmt::Display for DatabaseUrl {
    /// Without user, password and parameters: `postgres://127.0.0.1:5432/shop`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = self.0.split_once("://").map_or("", |(_, rest)| rest);
        // The user's part first: a password may hold anything, a question mark too.
        let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
        let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
        write!(f, "postgres://{rest}")
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(folder) => write!(f, "{}", folder.display()),
            Self::Postgres(database) => write!(f, "{}", database.url),
        }
    }
}

/// What the settings say about it.
#[derive(Default)]
pub(super) struct Said {
    pub(super) url: Option<String>,
    pub(super) migrate_url: Option<String>,
    pub(super) role_prefix: Option<String>,
    pub(super) writers: Option<u32>,
    pub(super) readers: Option<u32>,
}

impl Database {
    /// Whether whoever finds the server may sign in to it. Asked in production.
    ///
    /// # Errors
    /// [`ConfigError::Value`].
    pub(super) fn check_passwords(&self) -> Result<(), ConfigError> {
        let Self::Postgres(database) = self else { return Ok(()) };
        for (name, url) in [("database_url", &database.url), ("migrate_database_url", &database.migrate_url)]
        {
            if url.has_guessable_password() {
                return Err(wrong(name, "has a password that is tried first: give the login one of its own"));
            }
        }
        Ok(())
    }

    /// Another store than the configured one, by its URL alone.
    ///
    /// # Errors
    /// [`ConfigError::Value`].
    pub fn at(url: String) -> Result<Self, ConfigError> {
        Self::resolve(Said { url: Some(url), ..Said::default() }, PathBuf::new())
    }

    pub(super) fn resolve(said: Said, default: PathBuf) -> Result<Self, ConfigError> {
        let Some(url) = said.url else { return Ok(Self::Sqlite(default)) };
        if let Some(folder) = url.strip_prefix("sqlite:") {
            let folder = folder.strip_prefix("//").unwrap_or(folder);
            return match folder {
                "" => Err(wrong("database_url", "names no folder: sqlite:<folder>")),
                folder => Ok(Self::Sqlite(PathBuf::from(folder))),
            };
        }
        let url = postgres_url("database_url", url)?;
        let migrate_url =
            said.migrate_url.map(|url| postgres_url("migrate_database_url", url)).transpose()?;
        let role_prefix = said.role_prefix.unwrap_or_else(|| "aurex".to_owned());
        let plain = role_prefix.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !plain || !role_prefix.starts_with(|c: char| c.is_ascii_lowercase()) || role_prefix.len() > 48 {
            return Err(wrong(
                "database_role_prefix",
                "is a lower-case word of letters, digits and underscores, aurex for example",
            ));
        }
        Ok(Self::Postgres(PostgresDatabase {
            migrate_url: migrate_url.unwrap_or_else(|| url.clone()),
            url,
            role_prefix,
            writers: said.writers.unwrap_or(8).max(1),
            readers: said.readers.unwrap_or(8).max(1),
        }))
    }
}

fn postgres_url(name: &'static str, url: String) -> Result<DatabaseUrl, ConfigError> {
    if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        return Ok(DatabaseUrl(url));
    }
    // What is wrong with it is not shown: it may hold a password.
    Err(wrong(
        name,
        if name == "database_url" {
            "is `sqlite:<folder>` or `postgres://<user>:<password>@<host>/<database>`"
        } else {
            "is `postgres://<user>:<password>@<host>/<database>`"
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Result<Database, ConfigError> {
        let said = Said { url: Some(url.to_owned()), ..Said::default() };
        Database::resolve(said, PathBuf::from("default"))
    }

    #[test]
    fn the_store_is_chosen_by_its_url() {
        let folder = |path: &str| Database::Sqlite(PathBuf::from(path));
        assert_eq!(Database::resolve(Said::default(), PathBuf::from("default")).unwrap(), folder("default"));
        assert_eq!(of("sqlite:/var/lib/aurex").unwrap(), folder("/var/lib/aurex"));
        assert_eq!(of("sqlite:///var/lib/aurex").unwrap(), folder("/var/lib/aurex"));
        assert_eq!(of("sqlite:data").unwrap(), folder("data"));
        assert!(matches!(of("postgres://shop@db/shop").unwrap(), Database::Postgres(_)));
        assert!(matches!(of("postgresql:///shop").unwrap(), Database::Postgres(_)));
        for wrong in ["mysql://x", "sqlite:", "postgres:shop", ""] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let database = of("postgres://shop:s3c:r@t@db.example:5433/shop?sslmode=require").unwrap();
        assert_eq!(database.to_string(), "postgres://db.example:5433/shop");
        assert!(!format!("{database:?}").contains("s3c"));
        let marked = of("postgres://shop:s3c?r@t@db.example/shop").unwrap();
        assert_eq!(marked.to_string(), "postgres://db.example/shop");
        let refused = of("postgre://shop:s3cret@db/shop").unwrap_err();
        assert!(!refused.to_string().contains("s3cret"));
    }

    #[test]
    fn roles_have_plain_names() {
        for prefix in ["Aurex", "a\"; drop", "1st", "", "über"] {
            let said = Said {
                url: Some("postgres://db/shop".to_owned()),
                role_prefix: Some(prefix.to_owned()),
                ..Said::default()
            };
            assert!(Database::resolve(said, PathBuf::new()).is_err(), "{prefix}");
        }
    }
}
