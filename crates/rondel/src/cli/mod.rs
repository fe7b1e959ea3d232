//! The command line. Flags that Dagster has keep its names, short forms and environment variables.

mod client;
mod daemon;
mod services;

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand};

pub use client::{
    AssetCommand, InstigatorCommand, JobCommand, LaunchArgs, LocationCommand, RunCommand,
    ServerArgs,
};
pub use daemon::{
    DaemonArgs, DaemonCommand, DaemonRunArgs, LivenessCheckArgs, SimulateArgs, TickArgs,
};
#[cfg(feature = "webserver")]
pub use services::UiArgs;
pub use services::{
    DevArgs, LogArgs, LogFormat, LogLevel, StorageArgs, WebserverArgs, WorkspaceArgs,
};

/// A Dagster-compatible orchestration control plane.
#[derive(Debug, Parser)]
#[command(name = "rondel", version, disable_help_flag = true, disable_help_subcommand = true)]
pub struct Cli {
    /// Print help
    #[arg(long, action = ArgAction::Help, global = true)]
    help: Option<bool>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the webserver and the daemons in one process, for local development
    Dev(DevArgs),
    /// Run the webserver (GraphQL, web UI)
    Webserver(WebserverArgs),
    /// Run the daemons (schedules, sensors, run queue, monitoring)
    Daemon(DaemonArgs),
    /// Tell when schedules would fire and what they would request, touching nothing
    Simulate(Box<SimulateArgs>),
    /// Look at or migrate the instance that DAGSTER_HOME names
    #[command(subcommand)]
    Instance(InstanceCommand),
    /// Runs of a running server
    #[command(subcommand)]
    Run(RunCommand),
    /// Jobs of a running server
    #[command(subcommand)]
    Job(JobCommand),
    /// Assets of a running server
    #[command(subcommand)]
    Asset(AssetCommand),
    /// Schedules of a running server
    #[command(subcommand)]
    Schedule(InstigatorCommand),
    /// Sensors of a running server
    #[command(subcommand)]
    Sensor(InstigatorCommand),
    /// Code locations of a running server
    #[command(subcommand)]
    Location(LocationCommand),
    /// Kubernetes manifests
    #[command(subcommand)]
    K8s(K8sCommand),
    /// Code locations as custom resources of a Kubernetes cluster
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// The GraphQL schema
    #[command(subcommand)]
    Graphql(GraphqlCommand),
    /// Automation conditions
    #[command(subcommand)]
    Automation(AutomationCommand),
}

#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Serve the code of CodeLocation resources until a signal comes
    Run(OperatorRunArgs),
    /// Print the definition of the CodeLocation resource, for kubectl apply
    Crd,
    /// Print the roles that the run launcher, discovery and the operator need
    Roles,
}

#[derive(Debug, Args)]
pub struct OperatorRunArgs {
    /// Namespace to look after; all of them when absent
    #[arg(short, long, env = "RONDEL_OPERATOR_NAMESPACE")]
    pub namespace: Option<String>,
    /// What every code server gets besides what its resource says, as JSON: fields of the container under
    /// "container", of the pod's spec under "pod"
    #[arg(long, value_name = "JSON", env = "RONDEL_CODE_SERVER_DEFAULTS")]
    pub code_server_defaults: Option<String>,
    #[command(flatten)]
    pub logs: LogArgs,
}

#[derive(Debug, Subcommand)]
pub enum InstanceCommand {
    /// Show where the instance keeps its state and how it is configured
    Info {
        #[command(flatten)]
        storage: StorageArgs,
    },
    /// Create the tables that are missing
    Migrate {
        #[command(flatten)]
        storage: StorageArgs,
    },
}

#[derive(Debug, Subcommand)]
pub enum AutomationCommand {
    /// Evaluate automation conditions of a repository snapshot against the instance's storage
    Evaluate {
        /// File with the snapshot, the entities and the cursor
        #[arg(long, value_name = "FILE")]
        request: PathBuf,
        /// Evaluate as of this moment, in Unix seconds, instead of now
        #[arg(long, value_name = "TIME")]
        at: Option<f64>,
    },
}

#[derive(Debug, Subcommand)]
pub enum K8sCommand {
    /// Print the Job that a run would be launched as, without contacting a cluster
    RenderJob {
        /// File with the serialized run
        #[arg(long, value_name = "FILE")]
        run: PathBuf,
        /// Render the Job that takes over from a dead worker, counted from 1
        #[arg(long, value_name = "N")]
        resume_attempt: Option<u32>,
    },
}

#[derive(Debug, Subcommand)]
pub enum GraphqlCommand {
    /// Print the schema in GraphQL's schema definition language
    Schema,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn dagsters_short_flags_keep_their_meaning() {
        let cli = Cli::parse_from([
            "rondel",
            "webserver",
            "-h",
            "0.0.0.0",
            "-p",
            "3333",
            "-w",
            "ws.yaml",
        ]);
        let Command::Webserver(args) = cli.command else { panic!("not the webserver") };
        assert_eq!((args.host.as_str(), args.port), ("0.0.0.0", 3333));
        assert_eq!(args.workspace.workspace, ["ws.yaml"]);
    }

    #[test]
    fn the_daemon_runs_with_and_without_its_subcommand() {
        for line in
            [&["rondel", "daemon", "-f", "a.py"][..], &["rondel", "daemon", "run", "-f", "a.py"]]
        {
            let Command::Daemon(args) = Cli::parse_from(line).command else {
                panic!("not the daemon")
            };
            let run = match args.command {
                Some(DaemonCommand::Run(run)) => *run,
                None => args.run,
                Some(other) => panic!("{other:?}"),
            };
            assert_eq!(run.workspace.python_file, ["a.py"]);
        }
    }
}
