//! `K8sRunLauncher` against an API server: what it makes, what it finds out, what it is told.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod fidelity;
mod notices;
mod reporter;
mod rig;
mod workers;
