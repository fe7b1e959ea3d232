//! Test support: a small Kubernetes on this machine.
//!
//! [`Cluster::start`] serves the HTTP API of a Kubernetes API server on a local port: objects of the
//! kinds in [`resources`] and of installed custom resource definitions, with list, watch by resource
//! version, patches, conflicts, finalizers, owner references and delete propagation. Beside it run the
//! controllers that the tests need (Jobs, Deployments) and a kubelet which executes the command of a
//! pod's first container as a local process. Clients cannot tell it from a real cluster by its API;
//! [`Cluster::kubeconfig`] is how they reach it.
//!
//! [`Testbed`] lets the same tests run against a real cluster.
//!
//! Who comes with a kubeconfig of [`Cluster::kubeconfig_with_roles`] may do what these roles of the chart grant and
//! nothing else.
//!
//! What it leaves out: admission, schema validation, objects of RBAC, server-side apply's field ownership (an apply
//! patch merges), images (any image is "pulled" except one whose name says `does-not-exist`), volumes
//! (only the existence of what they refer to is checked), names of hosts. Pods share the network of this machine,
//! unless [`ClusterOptions::network`] gives each an address of its own.
//!
//! Dropping the cluster kills every container.

mod accounts;
mod api;
mod cluster;
mod controllers;
mod kubelet;
mod network;
mod patch;
mod pod_status;
mod process;
pub mod resources;
mod selectors;
mod store;
mod target;
mod testbed;

pub use api::{ApiError, Fault, Moment};
pub use cluster::{Cluster, ClusterOptions};
pub use store::{Propagation, Store};
pub use testbed::Testbed;
