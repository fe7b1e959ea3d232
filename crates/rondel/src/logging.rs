//! Log lines on stderr: text for people or JSON for machines, filtered by level or `RUST_LOG`.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::cli::{LogArgs, LogFormat, LogLevel};

/// Installs the process-wide subscriber. `RUST_LOG` wins over the flags.
pub fn init(args: &LogArgs) {
    let level = match args.log_level {
        LogLevel::Critical | LogLevel::Error => "error",
        LogLevel::Warning => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    };
    // Statement logs of the database driver belong to its own slow-query warnings.
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(format!("warn,rondel={level},sqlx=error")));
    let builder = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match args.log_format {
        LogFormat::Json => builder.json().flatten_event(true).finish().try_init().ok(),
        LogFormat::Colored | LogFormat::Rich => builder.with_target(false).finish().try_init().ok(),
    };
}
