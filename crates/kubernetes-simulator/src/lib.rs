//! Test support: a small Kubernetes on this machine.
//!
//! [`Cluster::start`] serves the HTTP API of a Kubernetes API server on a local port: objects of the
//! kinds in [`resources`] and of installed custom resource definitions, with list, watch by resource
//! version, patches, conflicts, finalizers, owner references and delete propagation. Beside it run the
//! controllers that the tests need (Jobs, Deployments) and a kubelet which executes the command of a
//! pod's first container as a local process. Clients cannot tell it from a real cluster by its API;
//! [`Cluster::kubeconfig`] is how they reach it.
//!
//! What it leaves out: admission, schema validation, RBAC, server-side apply's field ownership (an apply
//! patch merges), images (any image is "pulled" except one whose name says `does-not-exist`), volumes
//! (only the existence of what they refer to is checked), network namespaces.
//!
//! Dropping the cluster kills every container.

mod api;
mod cluster;
mod controllers;
mod kubelet;
mod patch;
mod process;
pub mod resources;
mod selectors;
mod store;

pub use api::{ApiError, Fault, Moment};
pub use cluster::{Cluster, ClusterOptions};
pub use store::{Propagation, Store};
