//! Configuration: flags over environment over file over defaults. An unknown key is an error, wherever it stands.

mod database;
mod edge;
mod log;
mod mail;
mod settings;
mod tls;

use std::net::SocketAddr;
use std::path::PathBuf;

use aurex_core::identity::password::Cost;

pub(crate) use self::database::is_guessable;
pub use self::database::{Database, DatabaseUrl, PostgresDatabase};
pub use self::log::{LogConfig, WitnessAddress, WitnessUrl};
pub use self::mail::MailConfig;
pub use self::settings::Settings;
pub use self::tls::{Tls, TlsFiles};
use crate::http::headers::Hsts;
use crate::http::limits::Rates;
use crate::http::origin::Origins;
use crate::http::request::{Network, TrustedProxies};

/// Why the configuration is refused, in a sentence that says what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration file {path} cannot be read")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("the configuration file {path} is not valid")]
    Invalid {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: toml::de::Error,
    },
    /// A variable of the environment that nobody knows.
    #[error("{0} is no setting: check its spelling, or remove it from the environment")]
    UnknownVariable(String),
    /// A value that cannot be used.
    #[error("{name}: {why}")]
    Value {
        /// Which setting.
        name: &'static str,
        /// What is wrong, and what to do.
        why: String,
    },
}

fn wrong(name: &'static str, why: impl Into<String>) -> ConfigError {
    ConfigError::Value { name, why: why.into() }
}

/// The configuration that is in force.
#[derive(Debug, Clone)]
pub struct Config {
    /// The address to listen on.
    pub listen: SocketAddr,
    /// The folder that the others are in by default.
    pub data_dir: PathBuf,
    /// Where the data is.
    pub database: Database,
    /// The folder of keys.
    pub keys: PathBuf,
    /// How dear a password's hash is; `None` leaves it to be measured.
    pub password_cost: Option<Cost>,
    /// The folder of breached passwords.
    pub breached_passwords: Option<PathBuf>,
    /// The names this server is reached by.
    pub origins: Origins,
    /// The first of them.
    pub origin: String,
    /// The proxies whose word counts.
    pub trusted_proxies: TrustedProxies,
    /// How much one may ask.
    pub rates: Rates,
    /// Whether anybody may open a workspace.
    pub open_workspaces: bool,
    /// How many connections are served at once.
    pub max_connections: usize,
    /// Whether the log is JSON; `None` decides by the terminal.
    pub json_log: Option<bool>,
    /// What is logged.
    pub log_filter: String,
    /// Whether what development only warns of is refused.
    pub production: bool,
    /// Whether the server speaks TLS itself, and with which certificate.
    pub tls: Tls,
    /// Where plain HTTP is answered beside it.
    pub http_listen: Option<SocketAddr>,
    /// Where another tool puts its answers to a certificate authority, which asks in plain HTTP.
    pub acme_webroot: Option<PathBuf>,
    /// The ports of the https origins.
    pub https_ports: Vec<u16>,
    /// How far strict transport reaches.
    pub hsts: Hsts,
    /// How many connections one address has at once.
    pub max_connections_per_client: usize,
    /// Whose connections are not counted by address: this machine and the trusted proxies, who speak for many.
    pub uncounted_peers: Vec<Network>,
    /// Where figures are served.
    pub metrics_listen: Option<SocketAddr>,
    /// How mail leaves.
    pub mail: MailConfig,
    /// How the audit logs are published.
    pub logs: LogConfig,
}

impl Config {
    /// Fills in the defaults and checks that everything fits together.
    ///
    /// # Errors
    /// [`ConfigError::Value`] says which setting is wrong and what to do.
    pub fn resolve(settings: Settings) -> Result<Self, ConfigError> {
        let listen: SocketAddr = settings
            .listen
            .as_deref()
            .unwrap_or("127.0.0.1:8080")
            .parse()
            .map_err(|_| wrong("listen", "is an address and a port, 127.0.0.1:8080 for example"))?;
        let (trusted_proxies, rates) = (edge::proxies(&settings)?, edge::SaidRates::of(&settings)?);
        let data_dir = settings.data_dir.unwrap_or_else(|| PathBuf::from("aurex-data"));
        let said = database::Said {
            url: settings.database_url,
            migrate_url: settings.migrate_database_url,
            role_prefix: settings.database_role_prefix,
            writers: settings.database_writers,
            readers: settings.database_readers,
        };
        let database = Database::resolve(said, data_dir.join("store"))?;
        let tls = Tls::resolve(
            settings.tls.as_deref(),
            settings.tls_cert,
            settings.tls_key,
            settings.tls_ocsp,
            settings.tls_client_ca,
        )?;
        let own_origin = format!("{}://{listen}", tls.scheme());
        let loopback = listen.ip().is_loopback();
        let origins = match &settings.public_origin {
            Some(list) => edge::origins(list)?,
            None if loopback => edge::origins(&own_origin)?,
            None => {
                return Err(wrong(
                    "public_origin",
                    "is required when listening beyond the loopback address: say by which origin browsers reach the server",
                ));
            }
        };
        if !loopback && !origins.are_secure() {
            return Err(wrong(
                "public_origin",
                "plain http is served on the loopback address only: give tls_cert and tls_key, or put a TLS proxy in front, and list the https origin",
            ));
        }
        tls.check(listen, &origins)?;
        // Behind a proxy the listen address says nothing about who can reach us: the origins do.
        let all_loopback = origins.are_loopback();
        let origin = settings
            .public_origin
            .as_deref()
            .map_or_else(|| own_origin, |list| list.split(',').next().unwrap_or_default().trim().to_owned());
        let metrics_listen = settings.metrics_listen.as_deref().map(metrics_address).transpose()?;
        if metrics_listen == Some(listen) {
            return Err(wrong("metrics_listen", "is an address of its own: figures are not for everybody"));
        }
        let production = match settings.profile.as_deref() {
            None => !(loopback && all_loopback),
            Some("production") => true,
            Some("development") => false,
            Some(_) => return Err(wrong("profile", "is `production` or `development`")),
        };
        let logs = log::Said {
            name: settings.log_name,
            publish: settings.log_publish_seconds,
            confirm: settings.log_confirm_seconds,
            witnesses: settings.witnesses,
        };
        if production {
            database.check_passwords()?;
        }
        let mail = mail::Said { transport: settings.mail, from: settings.mail_from, ca: settings.mail_ca };
        let this_machine = ["127.0.0.0/8", "::1"].into_iter().filter_map(|network| network.parse().ok());
        if settings.acme_webroot.is_some() && settings.http_listen.is_none() {
            return Err(wrong("acme_webroot", "needs http_listen: the challenge is made in plain HTTP"));
        }
        Ok(Self {
            listen,
            database,
            production,
            mail: MailConfig::resolve(mail, &data_dir, production)?,
            logs: LogConfig::resolve(logs, &origin)?,
            metrics_listen,
            password_cost: match settings.password_cost.map(Cost::new).transpose() {
                Ok(cost) => cost,
                Err(error) => return Err(wrong("password_cost", error.to_string())),
            },
            breached_passwords: settings.breached_passwords,
            keys: settings.keys_dir.unwrap_or_else(|| data_dir.join("keys")),
            data_dir,
            http_listen: tls::http_listen(settings.http_listen.as_deref(), &tls, listen)?,
            tls,
            acme_webroot: settings.acme_webroot,
            https_ports: tls::https_ports(settings.public_origin.as_deref(), listen),
            hsts: tls::hsts(settings.hsts.as_deref(), &origins)?,
            origins,
            origin,
            uncounted_peers: this_machine.chain(trusted_proxies.networks()).collect(),
            trusted_proxies,
            rates: rates.or_default(all_loopback),
            open_workspaces: match settings.open_workspaces.as_deref() {
                None => loopback && all_loopback,
                Some("on") => true,
                Some("off") => false,
                Some(_) => return Err(wrong("open_workspaces", "is `on` or `off`")),
            },
            max_connections: settings.max_connections.unwrap_or(1024).max(1),
            max_connections_per_client: settings.max_connections_per_client.unwrap_or(128).max(1),
            json_log: match settings.log.as_deref() {
                None => None,
                Some("json") => Some(true),
                Some("text") => Some(false),
                Some(_) => return Err(wrong("log", "is `text` or `json`")),
            },
            log_filter: settings.log_filter.unwrap_or_else(|| "info".to_owned()),
        })
    }
}

/// Figures have no sign-in: they are for the machine's own collector.
fn metrics_address(text: &str) -> Result<SocketAddr, ConfigError> {
    match text.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Ok(address),
        _ => Err(wrong("metrics_listen", "is a loopback address and a port, 127.0.0.1:9464 for example")),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>().into_iter()
    }

    #[test]
    fn with_nothing_configured_it_serves_on_loopback_from_a_local_folder() {
        let config = Config::resolve(Settings::default()).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(config.database, Database::Sqlite("aurex-data/store".into()));
        assert_eq!(config.keys, Path::new("aurex-data/keys"));
        assert!(config.open_workspaces);
        assert!(config.origins.contains("http://127.0.0.1:8080"));
    }

    #[test]
    fn flags_go_over_the_environment_and_that_over_the_file() {
        let listen =
            |port: &str| Settings { listen: Some(format!("127.0.0.1:{port}")), ..Settings::default() };
        assert_eq!(listen("1").over(listen("2")).over(listen("3")), listen("1"));
        assert_eq!(Settings::default().over(listen("2")).over(listen("3")), listen("2"));
    }

    #[test]
    fn unknown_keys_are_errors_everywhere() {
        assert!(matches!(
            Settings::from_environment(variables(&[("AUREX_LISTN", "x")])),
            Err(ConfigError::UnknownVariable(name)) if name == "AUREX_LISTN"
        ));
        assert!(toml::from_str::<Settings>("listn = 'x'").is_err());
        assert!(
            Settings::from_environment(variables(&[("HOME", "x"), ("AUREX_TEST_POSTGRES_URL", "y")])).is_ok()
        );
    }

    #[test]
    fn asvs_v11_4_2_the_cost_of_passwords_is_twelve_to_sixteen() {
        let cost = |cost| Config::resolve(Settings { password_cost: cost, ..Settings::default() });
        assert_eq!(cost(None).unwrap().password_cost, None);
        assert_eq!(cost(Some(13)).unwrap().password_cost.map(Cost::get), Some(13));
        for outside in [0, 4, 11, 17] {
            assert!(cost(Some(outside)).unwrap_err().to_string().starts_with("password_cost: "), "{outside}");
        }
        let said = Settings::from_environment(variables(&[("AUREX_PASSWORD_COST", "14")])).unwrap();
        assert_eq!(said.password_cost, Some(14));
    }

    #[test]
    fn beyond_loopback_an_https_origin_is_needed() {
        let beyond = |origin: Option<&str>| Settings {
            listen: Some("0.0.0.0:8080".to_owned()),
            public_origin: origin.map(str::to_owned),
            ..Settings::default()
        };
        assert!(Config::resolve(beyond(None)).is_err());
        assert!(Config::resolve(beyond(Some("http://shop.example"))).is_err());
        let config = Config::resolve(beyond(Some("https://shop.example"))).unwrap();
        assert!(!config.open_workspaces);
    }

    #[test]
    fn asvs_v13_2_3_a_service_with_a_password_that_is_tried_first_is_not_used_in_production() {
        let with = |url: &str, profile: &str| {
            let settings = Settings {
                database_url: Some(url.to_owned()),
                profile: Some(profile.to_owned()),
                ..Settings::default()
            };
            Config::resolve(settings).map_err(|error| error.to_string())
        };
        for url in [
            "postgres://postgres:postgres@db.example/shop",
            "postgres://shop:Shop@db.example/shop",
            "postgres://shop:changeme@db.example/shop",
            "postgres://shop:p%61ssword@db.example/shop",
        ] {
            let refused = with(url, "production").unwrap_err();
            assert!(refused.starts_with("database_url: has a password that is tried first"), "{refused}");
            assert!(with(url, "development").is_ok(), "{url}");
        }
        // A password of its own, and none at all, where a certificate or the machine vouches.
        for url in ["postgres://shop:x7dQ-24hh@db.example/shop", "postgres://shop@db.example/shop"] {
            assert!(with(url, "production").is_ok(), "{url}");
        }
        let mail = |password: &str, profile: &str| {
            Config::resolve(Settings {
                mail: Some(format!("smtps://shop:{password}@relay.example")),
                mail_from: Some("mail@shop.example".to_owned()),
                profile: Some(profile.to_owned()),
                ..Settings::default()
            })
        };
        assert!(mail("password", "production").unwrap_err().to_string().starts_with("mail: "));
        assert!(mail("password", "development").is_ok() && mail("x7dQ-24hh", "production").is_ok());
    }

    #[test]
    fn asvs_v13_3_1_a_secret_setting_may_stand_in_a_file_and_is_never_shown() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "postgres://shop:s3cret@db.example/shop\n").unwrap();
        let named = file.path().to_str().unwrap();
        for variable in ["AUREX_DATABASE_URL_FILE", "AUREX_MIGRATE_DATABASE_URL_FILE", "AUREX_MAIL_FILE"] {
            let settings = Settings::from_environment(variables(&[(variable, named)])).unwrap();
            let taken = [&settings.database_url, &settings.migrate_database_url, &settings.mail];
            let taken: Vec<_> = taken.into_iter().flatten().collect();
            assert_eq!(taken, ["postgres://shop:s3cret@db.example/shop"], "{variable}");
            let shown = format!("{settings:?}");
            assert!(shown.contains("(withheld)") && !shown.contains("s3cret"), "{shown}");
        }
        let settings = Settings {
            database_url: Some("postgres://shop:s3cret@db.example/shop".to_owned()),
            migrate_database_url: Some("postgres://owner:s3cret@db.example/shop".to_owned()),
            mail: Some("smtps://shop:s3cret@relay.example".to_owned()),
            mail_from: Some("mail@shop.example".to_owned()),
            ..Settings::default()
        };
        let shown = format!("{:?}", Config::resolve(settings).unwrap());
        assert!(shown.contains("relay.example") && !shown.contains("s3cret"), "{shown}");
    }

    #[test]
    fn behind_a_proxy_nobody_opens_workspaces_unasked() {
        let origin = |open: Option<&str>| Settings {
            public_origin: Some("https://shop.example".to_owned()),
            open_workspaces: open.map(str::to_owned),
            ..Settings::default()
        };
        assert!(!Config::resolve(origin(None)).unwrap().open_workspaces);
        assert!(Config::resolve(origin(Some("on"))).unwrap().open_workspaces);
    }
}
