//! The Kubernetes operator: a `CodeLocation` resource becomes a Deployment and a Service that Rondel
//! discovers, so that a new code location is one `kubectl apply` and no restart of anything.
//!
//! [`run`] is a reconciler: for each resource it reads the cluster and asks the code server what it has
//! loaded (observe), [`decide`](decide::decide) says what should be there and what to report (pure), and the
//! difference is applied by server-side apply, which may be repeated. Deployment and Service belong to their
//! resource and go with it. Code that does not load is told in the resource's status; the pods of the
//! version before stay until the new one answers, so that no tick is missed.
//!
//! Two resources that claim one name: the older keeps it, the other is reported and gets no server.

mod controller;
pub mod decide;
mod defaults;
mod desired;
mod manifests;
mod probe;
mod resource;

pub use controller::{OperatorError, OperatorOptions, run};
pub use defaults::CodeServerDefaults;
pub use manifests::{definition, roles};
pub use probe::{CodeServerProbe, Loaded, LocationProbe};
pub use resource::{CodeLocation, CodeLocationSpec, CodeLocationStatus, Phase};
