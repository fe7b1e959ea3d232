//! Runs as Kubernetes Jobs, with the configuration and the manifests of `dagster-k8s`.
//!
//! [`K8sRunLauncher`] talks to the cluster: a Job per worker of a run, whose name is the run's id and the
//! number of the attempt, so that a Job that is there already *is* the launch. Jobs and pods are watched
//! ([`RunLauncher::notices`](crate::RunLauncher::notices)); what the watch says is only a hint, the Job's
//! status is the truth. What a pod's state means (`diagnosis`), how a Job's status counts (`health`) and how
//! both are told (`debug_info`) are pure.
//!
//! [`HostedRunLauncher`] stands before it: a run whose steps the control plane executes itself gets no
//! worker, but a mark in its tags; its steps are Jobs too (`steps`, `step_job`).
//!
//! [`render_run_job`] is pure: it takes a run, the launcher's configuration and the environment and
//! gives the Job manifest that `K8sRunLauncher` would send, or the error that it would raise.
//!
//! Configuration comes in layers, each merged onto the one before: the launcher's (`dagster.yaml`), the
//! code location's container context, the run's `dagster-k8s/config` tag. Merging is deep by default;
//! lists are joined without repetitions, except `command` and `args`. What users write may be in
//! snake or camel case and is checked against the API types of `types.txt`.

mod cluster;
mod config;
mod context;
mod debug_info;
mod diagnosis;
mod error;
mod health;
mod hosted;
mod job;
mod launcher;
mod step_job;
mod steps;
mod types;
mod user_config;
mod watch;

pub use config::{Environment, LauncherConfig};
pub use context::ContainerContext;
pub use error::KubernetesError;
pub use hosted::HostedRunLauncher;
pub(crate) use job::run_worker_args;
pub use job::{Attempt, DAGSTER_VERSION, RenderedJob, job_name, render_run_job, worker_args};
pub use launcher::K8sRunLauncher;
pub use step_job::{render_step_job, step_job_name};
