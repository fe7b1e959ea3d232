//! Which launchers there are: one line each.

use std::sync::Arc;

use rondel_executor::ExecutorChoice;
use serde_json::Value;
use thiserror::Error;

use crate::default::DefaultRunLauncher;
use crate::docker::DockerRunLauncher;
use crate::kubernetes::{HostedRunLauncher, K8sRunLauncher};
use crate::launcher::RunLauncher;

/// A launcher as `dagster.yaml` names it.
#[derive(Debug, Clone, PartialEq)]
pub struct LauncherSpec {
    /// The name of the Python class.
    pub class_name: String,
    /// Its config.
    pub config: Value,
    /// Who executes the steps of jobs with the Kubernetes executor, unless a run says otherwise.
    pub kubernetes_executor: ExecutorChoice,
}

/// A class no launcher stands for.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("the run launcher {class_name} is not supported (supported: {})", supported().collect::<Vec<_>>().join(", "))]
pub struct UnknownLauncher {
    /// The class asked for.
    pub class_name: String,
}

type Build = fn(&LauncherSpec) -> Arc<dyn RunLauncher>;

/// Add a launcher here.
const LAUNCHERS: &[(&str, Build)] = &[
    ("DefaultRunLauncher", |_| Arc::new(DefaultRunLauncher)),
    ("K8sRunLauncher", |spec| {
        Arc::new(HostedRunLauncher::new(
            K8sRunLauncher::new(&spec.config),
            spec.kubernetes_executor,
        ))
    }),
    ("DockerRunLauncher", |spec| Arc::new(DockerRunLauncher::new(&spec.config))),
];

/// The names of the classes there are launchers for.
pub fn supported() -> impl Iterator<Item = &'static str> {
    LAUNCHERS.iter().map(|(name, _)| *name)
}

/// Makes the launcher that `dagster.yaml` names.
///
/// # Errors
/// No launcher stands for the class.
pub fn build(spec: &LauncherSpec) -> Result<Arc<dyn RunLauncher>, UnknownLauncher> {
    LAUNCHERS
        .iter()
        .find(|(name, _)| *name == spec.class_name)
        .map(|(_, build)| build(spec))
        .ok_or_else(|| UnknownLauncher { class_name: spec.class_name.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(class_name: &str) -> LauncherSpec {
        LauncherSpec {
            class_name: class_name.to_owned(),
            config: Value::Null,
            kubernetes_executor: ExecutorChoice::default(),
        }
    }

    #[test]
    fn every_supported_launcher_can_be_built_and_keeps_its_name() {
        for name in supported() {
            let built = build(&spec(name)).map(|launcher| launcher.class_name());
            assert_eq!(built, Ok(name));
        }
    }

    #[test]
    fn an_unknown_launcher_is_refused_with_what_is_supported() {
        let message = build(&spec("EcsRunLauncher")).err().map(|error| error.to_string());
        assert_eq!(
            message.as_deref(),
            Some(
                "the run launcher EcsRunLauncher is not supported (supported: DefaultRunLauncher, \
                 K8sRunLauncher, DockerRunLauncher)"
            )
        );
    }
}
