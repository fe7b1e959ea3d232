//! Runs as Docker containers, with the configuration of `dagster-docker`.
//!
//! [`DockerRunLauncher`] talks to the Docker Engine's HTTP API (`engine`). What a container is made from is
//! pure: the configuration of the launcher and of the code location (`config`), and `container_kwargs` turned
//! into what the Engine understands, as docker-py does it (`container`).
//!
//! A run's container carries the run's id as a label, so that a launch which was interrupted finds it again.
//! Containers are watched (`events`); what the watch says is a hint, the container's state is the truth.
//! Like in Dagster, containers stay when they have ended, unless `auto_remove` is among the kwargs.

mod config;
mod container;
mod engine;
mod events;
mod launcher;

pub use launcher::DockerRunLauncher;

/// Why a container cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DockerError {
    /// A value does not fit.
    #[error("{at}: {reason}")]
    InvalidConfig {
        /// Where it was given.
        at: String,
        /// What is wrong and what is allowed.
        reason: String,
    },
    /// The Engine is not where it should be.
    #[error(
        "the Docker Engine cannot be reached at {address}: {reason}; check DOCKER_HOST and that this user may use it"
    )]
    NoEngine {
        /// Where.
        address: String,
        /// What went wrong.
        reason: String,
    },
    /// The Engine refused.
    #[error("the Docker Engine could not {action}: {message} (HTTP {status})")]
    Refused {
        /// What it was asked for.
        action: &'static str,
        /// The status of its answer.
        status: u16,
        /// What it said.
        message: String,
    },
}

impl DockerError {
    fn invalid(at: impl Into<String>, reason: impl Into<String>) -> Self {
        Self::InvalidConfig { at: at.into(), reason: reason.into() }
    }
}
