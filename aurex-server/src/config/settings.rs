//! What one source of the configuration says: a flag, a variable and a key of the file for each setting.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{ConfigError, wrong};

/// A type that a setting has in the environment.
trait Said: Sized {
    fn said(name: &'static str, text: String) -> Result<Self, ConfigError>;
}

impl Said for String {
    fn said(_: &'static str, text: String) -> Result<Self, ConfigError> {
        Ok(text)
    }
}

impl Said for PathBuf {
    fn said(_: &'static str, text: String) -> Result<Self, ConfigError> {
        Ok(text.into())
    }
}

macro_rules! whole_numbers {
    ($($T:ty),*) => {$(
        impl Said for $T {
            fn said(name: &'static str, text: String) -> Result<Self, ConfigError> {
                text.parse().map_err(|_| wrong(name, "is a whole number, 8 for example"))
            }
        }
    )*};
}
whole_numbers!(u32, usize);

/// URLs that may hold a password.
const WITHHELD: &[&str] = &["database_url", "migrate_database_url", "mail"];

macro_rules! settings {
    ($( $(#[doc = $doc:literal])+ $name:ident: $T:ty as $value:literal, )*) => {
        /// What one source says. The names are those of the file; in the environment they are `AUREX_` and upper case.
        #[derive(Clone, Default, PartialEq, Eq, Deserialize, clap::Args)]
        #[serde(deny_unknown_fields, default)]
        pub struct Settings {
            $(
                $(#[doc = $doc])+
                #[arg(long, global = true, value_name = $value)]
                pub $name: Option<$T>,
            )*
        }

        impl fmt::Debug for Settings {
            /// What is said, without what may hold a password.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let mut said = f.debug_struct("Settings");
                $(
                    match &self.$name {
                        Some(_) if WITHHELD.contains(&stringify!($name)) => {
                            said.field(stringify!($name), &"(withheld)");
                        }
                        Some(value) => {
                            said.field(stringify!($name), value);
                        }
                        None => {}
                    }
                )*
                said.finish()
            }
        }

        impl Settings {
            /// What the environment says of each setting, taken out of `said`.
            fn taken(said: &mut BTreeMap<String, (String, String)>) -> Result<Self, ConfigError> {
                Ok(Self {
                    $(
                        $name: match said.remove(&stringify!($name).to_uppercase()) {
                            None => None,
                            Some((_, text)) => Some(Said::said(stringify!($name), text)?),
                        },
                    )*
                })
            }

            /// These settings, and where they say nothing those of `below`.
            #[must_use]
            pub fn over(self, below: Self) -> Self {
                Self { $( $name: self.$name.or(below.$name), )* }
            }
        }
    };
}

settings! {
    /// The address to listen on [default: 127.0.0.1:8080]
    listen: String as "ADDRESS",
    /// Where the data is: `sqlite:<folder>` or `postgres://…` [default: the folder `store` in the data folder]
    database_url: String as "URL",
    /// As whom `migrate` makes the schema on Postgres [default: the database URL]
    migrate_database_url: String as "URL",
    /// What the names of the two roles on Postgres begin with [default: aurex]
    database_role_prefix: String as "WORD",
    /// How many connections to Postgres writers have between them [default: 8]
    database_writers: u32 as "NUMBER",
    /// How many connections to Postgres readers have between them [default: 8]
    database_readers: u32 as "NUMBER",
    /// `production` refuses what `development` only warns of [default: development where every origin is loopback]
    profile: String as "PROFILE",
    /// Where figures are served in the form that Prometheus reads; a loopback address [default: nowhere]
    metrics_listen: String as "ADDRESS",
    /// The folder of keys and local state [default: ./aurex-data]
    data_dir: PathBuf as "FOLDER",
    /// The folder of keys, apart from the data [default: the folder `keys` in the data folder]
    keys_dir: PathBuf as "FOLDER",
    /// How dear a password's hash is, 12 to 16 [default: measured in the background, and kept in the data folder]
    password_cost: u32 as "NUMBER",
    /// A folder of range files of breached passwords, which are refused then [default: none]
    breached_passwords: PathBuf as "FOLDER",
    /// The origins this server is reached by, separated by commas; `https://*.shops.example` gives each workspace an
    /// origin of its own [default: the loopback listen address]
    public_origin: String as "ORIGINS",
    /// Where the certificate comes from: `off`, `files` or `self-signed`, for development [default: off, files where they are named]
    tls: String as "SOURCE",
    /// The certificate's chain in PEM; read anew when it changes
    tls_cert: PathBuf as "FILE",
    /// The certificate's private key in PEM, for the server's account alone
    tls_key: PathBuf as "FILE",
    /// An OCSP response in DER to send with the certificate [default: none]
    tls_ocsp: PathBuf as "FILE",
    /// The authorities in PEM that every client's certificate must come from: for a provider's edge that shows one
    /// [default: none is asked for]
    tls_client_ca: PathBuf as "FILE",
    /// Where plain HTTP is answered beside TLS: pages are sent over, everything else is refused [default: nowhere]
    http_listen: String as "ADDRESS",
    /// The folder in which another tool answers a certificate authority's HTTP challenge [default: none]
    acme_webroot: PathBuf as "FOLDER",
    /// Strict transport: `off`, `on`, `subdomains` or `preload` [default: on unless every origin is loopback]
    hsts: String as "REACH",
    /// Proxies whose `X-Forwarded-For` counts: addresses or networks, separated by commas
    trusted_proxies: String as "NETWORKS",
    /// The header in which a provider's edge names the client, `CF-Connecting-IP` for example
    edge_header: String as "HEADER",
    /// The addresses or networks of that edge, separated by commas; from nobody else the header counts
    edge_networks: String as "NETWORKS",
    /// How many requests a minute one session or token may make, or `off` [default: 1200, off where every origin is loopback]
    rate_session: String as "NUMBER",
    /// How many requests a minute everybody signed in to one workspace may make, or `off` [default: 12000, off where every
    /// origin is loopback]
    rate_workspace: String as "NUMBER",
    /// How many requests a minute one address may make with credentials, or `off` [default: 6000, off where every origin is
    /// loopback]
    rate_address: String as "NUMBER",
    /// How many requests a minute one address may make without valid credentials, or `off` [default: 300, off where every
    /// origin is loopback]
    rate_stranger: String as "NUMBER",
    /// How many milliseconds a page for signing in or a new password is open before its form is taken, 0 for any [default:
    /// 1000, 0 where every origin is loopback]
    form_milliseconds: u32 as "NUMBER",
    /// Whether anybody may open a workspace: `on` or `off` [default: on where every origin is loopback]
    open_workspaces: String as "ON_OR_OFF",
    /// How many connections are served at once [default: 1024]
    max_connections: usize as "NUMBER",
    /// How mail leaves: `smtps://…`, `smtp://…`, `file:<folder>`, `console` or `off` [default: the folder `mail` in the data folder, in production off]
    mail: String as "URL",
    /// Whose mails they are, `Our shops <mail@shop.example>` for example; required with a mail server
    mail_from: String as "ADDRESS",
    /// A PEM file with the only authorities that a mail server's certificate may come from [default: the machine's]
    mail_ca: PathBuf as "FILE",
    /// What the names of the audit logs begin with; a log keeps the name that it was first published under [default: the
    /// host of the first origin]
    log_name: String as "NAME",
    /// Every how many seconds what is new in an audit log is published [default: 5]
    log_publish_seconds: u32 as "SECONDS",
    /// Every how many seconds an audit log that stands still is confirmed [default: 600]
    log_confirm_seconds: u32 as "SECONDS",
    /// Who cosigns what is published: each witness's key and address, `name+hash+key https://witness.example`, separated by
    /// commas [default: nobody]
    witnesses: String as "LIST",
    /// How many of them one address has, an IPv6 /64 as one; loopback and trusted proxies are not counted [default: 128]
    max_connections_per_client: usize as "NUMBER",
    /// How the log is written: `text` or `json` [default: text on a terminal, else json]
    log: String as "FORM",
    /// What is logged, `info` or `aurex=debug` for example [default: info]
    log_filter: String as "FILTER",
}

impl Settings {
    /// What a TOML file says.
    ///
    /// # Errors
    /// [`ConfigError::Unreadable`], [`ConfigError::Invalid`] with the unknown key or the wrong value.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        toml::from_str(&text).map_err(|source| ConfigError::Invalid { path: path.to_owned(), source })
    }

    /// What the environment says. A name with `_FILE` names a file that holds the value.
    ///
    /// # Errors
    /// [`ConfigError::UnknownVariable`] for an `AUREX_…` that is no setting.
    pub fn from_environment(variables: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let mut said = BTreeMap::new();
        for (name, value) in variables {
            let Some(key) = name.strip_prefix("AUREX_") else { continue };
            // Test suites of stores are told their servers beside the product's own settings.
            if key.starts_with("TEST_") || key.ends_with("_DATABASE_URL") && key != "MIGRATE_DATABASE_URL" {
                continue;
            }
            let (key, value) = match key.strip_suffix("_FILE") {
                None => (key, value),
                Some(key) => {
                    let path = PathBuf::from(value);
                    let text = std::fs::read_to_string(&path)
                        .map_err(|source| ConfigError::Unreadable { path, source })?;
                    (key, text.trim_end_matches(['\r', '\n']).to_owned())
                }
            };
            said.insert(key.to_owned(), (name.clone(), value));
        }
        let settings = Self::taken(&mut said)?;
        match said.into_values().next() {
            None => Ok(settings),
            Some((name, _)) => Err(ConfigError::UnknownVariable(name)),
        }
    }
}
