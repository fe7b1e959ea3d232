//! PostgreSQL connection settings in the forms Dagster accepts.
//!
//! A URL (`postgresql://`, `postgres://`, or with a SQLAlchemy driver as in
//! `postgresql+psycopg2://`) or its parts (`username`, `password`, `hostname`, `db_name`, `port`,
//! `params`, `scheme`). Query options are libpq's; one that is not understood is an error that
//! names it, because ignoring e.g. `sslcrl` would silently weaken a connection.

use std::fmt;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::error::{Result, StorageError};

/// libpq options which have no counterpart here and whose absence does no harm.
const ACCEPTED_WITHOUT_EFFECT: [&str; 10] = [
    "client_encoding",
    "fallback_application_name",
    "gssencmode",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "sslcompression",
    "target_session_attrs",
    "tcp_user_timeout",
];

/// Options with an effect, for the message about unknown ones.
const SUPPORTED: &str = "application_name, connect_timeout, dbname, host, options, password, port, sslcert, sslkey, sslmode, sslrootcert, statement_cache_capacity, user";

/// Settings of one PostgreSQL database. `Debug` and [`Self::redacted`] hide the password.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PostgresConfig {
    host: Option<String>,
    port: Option<u16>,
    user: Option<String>,
    password: Option<String>,
    database: Option<String>,
    options: Vec<(String, String)>,
}

/// The parts of Dagster's `postgres_db` block.
#[derive(Clone, Debug, Default)]
pub struct PostgresParts {
    /// User name.
    pub username: String,
    /// Password; empty for none.
    pub password: String,
    /// Host name or socket directory.
    pub hostname: String,
    /// Database name.
    pub db_name: String,
    /// Port; 5432 by default.
    pub port: Option<u16>,
    /// Query options, as in the URL.
    pub params: Vec<(String, String)>,
    /// URL scheme, `postgresql` by default.
    pub scheme: Option<String>,
}

impl PostgresConfig {
    /// Reads a connection URL.
    ///
    /// # Errors
    /// [`StorageError::InvalidUrl`] naming the part at fault, never the password.
    pub fn from_url(url: &str) -> Result<Self> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| {
            invalid("not a URL; expected postgresql://user:password@host:5432/database")
        })?;
        check_scheme(scheme)?;
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = address.split_once('/').unwrap_or((address, ""));
        let (user_info, host_port) = match authority.rsplit_once('@') {
            Some((user_info, host_port)) => (Some(user_info), host_port),
            None => (None, authority),
        };
        let mut config = Self::default();
        if let Some(user_info) = user_info {
            let (user, password) = match user_info.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (user_info, None),
            };
            config.user = non_empty(decode(user, "user")?);
            config.password = password.map(|text| decode(text, "password")).transpose()?;
        }
        config.set_host_port(host_port)?;
        config.database = non_empty(decode(path, "database")?);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair
                .split_once('=')
                .ok_or_else(|| invalid(format!("option {pair:?} has no value")))?;
            config.set_option(
                &decode(name, "option name")?,
                &decode(&value.replace('+', " "), name)?,
            )?;
        }
        Ok(config)
    }

    /// Reads the parts of a `postgres_db` block.
    ///
    /// # Errors
    /// [`StorageError::InvalidUrl`] naming the part at fault.
    pub fn from_parts(parts: &PostgresParts) -> Result<Self> {
        if let Some(scheme) = &parts.scheme {
            check_scheme(scheme)?;
        }
        let mut config = Self {
            host: non_empty(parts.hostname.clone()),
            port: parts.port,
            user: non_empty(parts.username.clone()),
            password: non_empty(parts.password.clone()),
            database: non_empty(parts.db_name.clone()),
            options: Vec::new(),
        };
        for (name, value) in &parts.params {
            config.set_option(name, value)?;
        }
        Ok(config)
    }

    /// The same server, another database.
    #[must_use]
    pub fn with_database(&self, database: &str) -> Self {
        Self { database: Some(database.to_owned()), ..self.clone() }
    }

    /// The URL form without the password, for messages.
    pub fn redacted(&self) -> String {
        let user = self.user.as_deref().map(|user| format!("{user}@")).unwrap_or_default();
        let host = self.host.as_deref().unwrap_or("localhost");
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let database = self.database.as_deref().unwrap_or_default();
        format!("postgresql://{user}{host}{port}/{database}")
    }

    /// Seconds one connection attempt may take (`connect_timeout`), 10 by default.
    pub(crate) fn connect_timeout(&self) -> Duration {
        let seconds = self.option("connect_timeout").and_then(|text| text.parse().ok());
        Duration::from_secs(seconds.filter(|seconds| *seconds > 0).unwrap_or(10))
    }

    /// Driver options. Parts not given follow libpq's environment (`PGHOST`, `PGPASSWORD`, …).
    pub(crate) fn connect_options(&self, read_only: bool) -> Result<PgConnectOptions> {
        let mut options = PgConnectOptions::new().application_name("rondel");
        if let Some(host) = &self.host {
            options = options.host(host);
        }
        if let Some(port) = self.port {
            options = options.port(port);
        }
        if let Some(user) = &self.user {
            options = options.username(user);
        }
        if let Some(password) = &self.password {
            options = options.password(password);
        }
        if let Some(database) = &self.database {
            options = options.database(database);
        }
        for (name, value) in &self.options {
            options = match name.as_str() {
                "application_name" => options.application_name(value),
                "options" => options.options(session_settings(value)?),
                "sslcert" => options.ssl_client_cert(value),
                "sslkey" => options.ssl_client_key(value),
                "sslmode" => options.ssl_mode(ssl_mode(value)?),
                "sslrootcert" => options.ssl_root_cert(value),
                "statement_cache_capacity" => {
                    options.statement_cache_capacity(number(name, value)?)
                }
                _ => options,
            };
        }
        if read_only {
            options = options.options([("default_transaction_read_only", "on")]);
        }
        Ok(options)
    }

    fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    fn set_host_port(&mut self, text: &str) -> Result<()> {
        let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, rest)) => (host, rest.strip_prefix(':').unwrap_or(rest)),
            None => text.rsplit_once(':').unwrap_or((text, "")),
        };
        self.host = non_empty(decode(host, "host")?);
        if !port.is_empty() {
            self.port = Some(number("port", port)?);
        }
        Ok(())
    }

    fn set_option(&mut self, name: &str, value: &str) -> Result<()> {
        match name {
            "host" => self.host = non_empty(value.to_owned()),
            "port" => self.port = Some(number(name, value)?),
            "user" => self.user = non_empty(value.to_owned()),
            "password" => self.password = Some(value.to_owned()),
            "dbname" => self.database = non_empty(value.to_owned()),
            "sslmode" => {
                ssl_mode(value)?;
                self.options.push((name.to_owned(), value.to_owned()));
            }
            "options" => {
                session_settings(value)?;
                self.options.push((name.to_owned(), value.to_owned()));
            }
            "connect_timeout" | "statement_cache_capacity" => {
                number::<u64>(name, value)?;
                self.options.push((name.to_owned(), value.to_owned()));
            }
            "application_name" | "sslcert" | "sslkey" | "sslrootcert" => {
                self.options.push((name.to_owned(), value.to_owned()));
            }
            name if ACCEPTED_WITHOUT_EFFECT.contains(&name) => {}
            name => {
                return Err(invalid(format!(
                    "option {name:?} is not supported; supported are {SUPPORTED}"
                )));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for PostgresConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresConfig").field(&self.redacted()).finish()
    }
}

fn invalid(reason: impl Into<String>) -> StorageError {
    StorageError::InvalidUrl(reason.into())
}

fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn decode(text: &str, part: &str) -> Result<String> {
    percent_decode_str(text)
        .decode_utf8()
        .map(|text| text.into_owned())
        .map_err(|_| invalid(format!("{part} is not UTF-8 after percent-decoding")))
}

fn number<T: std::str::FromStr>(name: &str, value: &str) -> Result<T> {
    value.parse().map_err(|_| {
        invalid(format!(
            "{name} {value:?} is not a number; a ':', '/', '@' or '?' in user or password must be percent-encoded"
        ))
    })
}

fn check_scheme(scheme: &str) -> Result<()> {
    let base = scheme.split_once('+').map_or(scheme, |(base, _driver)| base);
    match base {
        "postgresql" | "postgres" => Ok(()),
        _ => Err(invalid(format!(
            "scheme {scheme:?} is not PostgreSQL; expected postgresql://, postgres:// or postgresql+psycopg2://"
        ))),
    }
}

fn ssl_mode(value: &str) -> Result<PgSslMode> {
    value.parse().map_err(|_| {
        invalid(format!(
            "sslmode {value:?} is unknown; expected disable, allow, prefer, require, verify-ca or verify-full"
        ))
    })
}

/// Splits libpq's `options` (`-c name=value`, `-cname=value`, `--name=value`).
fn session_settings(text: &str) -> Result<Vec<(String, String)>> {
    let mut settings = Vec::new();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        let setting = match word {
            "-c" => words.next(),
            word => word.strip_prefix("--").or_else(|| word.strip_prefix("-c")),
        };
        let (name, value) =
            setting.and_then(|setting| setting.split_once('=')).ok_or_else(|| {
                invalid(format!(
                    "options {text:?} is not understood; expected `-c name=value` pairs"
                ))
            })?;
        settings.push((name.to_owned(), value.to_owned()));
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::{PostgresConfig, PostgresParts};

    #[rstest]
    #[case("postgresql://ann:s%40crt@db.example:5433/dagster")]
    #[case("postgres://ann:s%40crt@db.example:5433/dagster")]
    #[case("postgresql+psycopg2://ann:s%40crt@db.example:5433/dagster")]
    #[case("postgresql:///dagster?host=db.example&port=5433&user=ann&password=s%40crt")]
    fn every_url_form_gives_the_same_settings(#[case] url: &str) {
        let parts = PostgresParts {
            username: "ann".into(),
            password: "s@crt".into(),
            hostname: "db.example".into(),
            db_name: "dagster".into(),
            port: Some(5433),
            ..PostgresParts::default()
        };
        let config = PostgresConfig::from_url(url).unwrap();
        assert_eq!(config, PostgresConfig::from_parts(&parts).unwrap());
        let options = config.connect_options(false).unwrap();
        assert_eq!(options.get_host(), "db.example");
        assert_eq!(options.get_port(), 5433);
        assert_eq!(options.get_database(), Some("dagster"));
    }

    #[test]
    fn query_options_reach_the_driver() {
        let url = "postgresql://ann@h/d?sslmode=require&options=-c%20search_path%3Dx%20-cstatement_timeout%3D5&connect_timeout=3&keepalives=1";
        let config = PostgresConfig::from_url(url).unwrap();
        assert_eq!(config.connect_timeout().as_secs(), 3);
        let options = config.connect_options(false).unwrap();
        assert_eq!(options.get_options(), Some("-c search_path=x -c statement_timeout=5"));
        assert!(matches!(options.get_ssl_mode(), sqlx::postgres::PgSslMode::Require));
    }

    #[rstest]
    #[case("mysql://u@h/d", "mysql")]
    #[case("postgresql://u:p@h:54x/d", "54x")]
    #[case("postgresql://u@h/d?sslcrl=x", "sslcrl")]
    #[case("postgresql://u@h/d?sslmode=strict", "strict")]
    #[case("just a name", "not a URL")]
    fn a_wrong_part_is_named(#[case] url: &str, #[case] named: &str) {
        let message = PostgresConfig::from_url(url).unwrap_err().to_string();
        assert!(message.contains(named), "{message}");
    }

    #[test]
    fn the_password_appears_in_no_text_form() {
        let config = PostgresConfig::from_url("postgresql://ann:hunter2@h/d").unwrap();
        assert!(!format!("{config:?} {}", config.redacted()).contains("hunter2"));
    }
}
