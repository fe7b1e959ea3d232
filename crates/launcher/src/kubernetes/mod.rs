//! Runs as Kubernetes Jobs, with the configuration and the manifests of `dagster-k8s`.
//!
//! [`render_run_job`] is pure: it takes a run, the launcher's configuration and the environment and
//! gives the Job manifest that `K8sRunLauncher` would send, or the error that it would raise.
//!
//! Configuration comes in layers, each merged onto the one before: the launcher's (`dagster.yaml`), the
//! code location's container context, the run's `dagster-k8s/config` tag. Merging is deep by default;
//! lists are joined without repetitions, except `command` and `args`. What users write may be in
//! snake or camel case and is checked against the API types of `types.txt`.

mod config;
mod context;
mod error;
mod job;
mod types;
mod user_config;

pub use config::{Environment, LauncherConfig};
pub use context::ContainerContext;
pub use error::KubernetesError;
pub use job::{Attempt, RenderedJob, job_name, render_run_job, worker_args};
