//! Operator commands: clients of a running webserver.

use clap::{Args, Subcommand};

/// Which server an operator command talks to.
#[derive(Debug, Clone, Args)]
pub struct ServerArgs {
    /// Address of the webserver
    #[arg(long, env = "RONDEL_URL", default_value = "http://127.0.0.1:3000")]
    pub url: String,
    /// Print JSON in place of a table
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Subcommand)]
pub enum RunCommand {
    /// List runs, newest first
    List {
        #[command(flatten)]
        server: ServerArgs,
        /// Only runs in this status (may be repeated)
        #[arg(long)]
        status: Vec<String>,
        /// Only runs of this job
        #[arg(long)]
        job: Option<String>,
        /// Only runs with this tag, KEY=VALUE (may be repeated)
        #[arg(long = "tag", value_parser = key_value)]
        tags: Vec<(String, String)>,
        /// How many
        #[arg(long, default_value_t = 25)]
        limit: u32,
    },
    /// Show one run
    Show {
        #[command(flatten)]
        server: ServerArgs,
        run_id: String,
    },
    /// Print a run's event log
    Logs {
        #[command(flatten)]
        server: ServerArgs,
        run_id: String,
        /// Go on until the run ends; exit with 1 if it fails
        #[arg(short = 'f', long)]
        follow: bool,
    },
    /// Stop a run
    Cancel {
        #[command(flatten)]
        server: ServerArgs,
        run_id: String,
        /// Mark it as canceled at once, without waiting for its worker
        #[arg(long)]
        force: bool,
    },
}

#[derive(Debug, Clone, Args)]
pub struct LaunchArgs {
    /// Run configuration: a YAML or JSON file, or - for standard input
    #[arg(short = 'c', long, value_name = "FILE")]
    pub config: Option<String>,
    /// Tag of the run, KEY=VALUE (may be repeated)
    #[arg(long = "tag", value_parser = key_value)]
    pub tags: Vec<(String, String)>,
    /// Partition key of the run
    #[arg(long)]
    pub partition: Option<String>,
    /// Code location, where the name alone is ambiguous
    #[arg(long)]
    pub location: Option<String>,
    /// Print the log until the run ends; exit with 1 if it fails
    #[arg(long)]
    pub wait: bool,
}

#[derive(Debug, Subcommand)]
pub enum JobCommand {
    /// List jobs
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Launch a run of a job
    Launch {
        #[command(flatten)]
        server: ServerArgs,
        name: String,
        #[command(flatten)]
        launch: LaunchArgs,
    },
}

#[derive(Debug, Subcommand)]
pub enum AssetCommand {
    /// List assets
    List {
        #[command(flatten)]
        server: ServerArgs,
        /// Asset selection, such as 'group:raw' or '+reports/newsletter'
        #[arg(long)]
        select: Option<String>,
    },
    /// Materialize assets
    Materialize {
        #[command(flatten)]
        server: ServerArgs,
        /// Asset selection, such as 'group:raw' or '+reports/newsletter'
        #[arg(long)]
        select: String,
        #[command(flatten)]
        launch: LaunchArgs,
    },
}

#[derive(Debug, Subcommand)]
pub enum InstigatorCommand {
    /// List them with their state
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Switch one on
    Start {
        #[command(flatten)]
        server: ServerArgs,
        name: String,
        /// Code location, where the name alone is ambiguous
        #[arg(long)]
        location: Option<String>,
    },
    /// Switch one off
    Stop {
        #[command(flatten)]
        server: ServerArgs,
        name: String,
        /// Code location, where the name alone is ambiguous
        #[arg(long)]
        location: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum LocationCommand {
    /// List code locations with their state
    List {
        #[command(flatten)]
        server: ServerArgs,
    },
    /// Load a code location again, or all of them
    Reload {
        #[command(flatten)]
        server: ServerArgs,
        name: Option<String>,
    },
}

fn key_value(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .ok_or_else(|| format!("'{text}' is not of the form KEY=VALUE"))
}
