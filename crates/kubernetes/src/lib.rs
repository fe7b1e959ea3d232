//! Connections to a Kubernetes API server, calls that are tried again, what ails a pod, and code locations which
//! Services announce.
//!
//! Mirrors `dagster_k8s/utils.py` (where credentials come from) and `k8s_api_retry` of
//! `dagster_k8s/client.py` (which failures are passing ones). A refusal (403, 422, …) is returned at once;
//! an API server that does not answer, or answers 401, 429, 500, 503 or 504, is asked again with growing
//! pauses for about as long as Dagster does.

mod connect;
pub mod discovery;
mod pods;
mod retry;

pub use connect::{ConnectError, Credentials, connect};
pub use pods::{Diagnosis, diagnose};
pub use retry::{Attempts, describe, is_transient, with_retries};
