//! A launcher class of somebody else's, driven in its own Python process.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rondel_launcher::{
    BridgedRunLauncher, ForeignPart, LaunchError, ReporterError, RunLauncher, RunReporter,
    not_loaded, start_foreign,
};
use rondel_model::event::EngineEventData;
use rondel_model::grpc::InstanceRef;
use rondel_model::ids::RunId;
use rondel_model::run::DagsterRun;
use rondel_model::serdes::Map;

const LAUNCHER: &str = r#"
import os
from dagster._core.launcher import RunLauncher
from dagster._serdes import ConfigurableClass

class RocketLauncher(RunLauncher, ConfigurableClass):
    def __init__(self, inst_data=None):
        self._inst_data = inst_data
        super().__init__()

    @property
    def inst_data(self):
        return self._inst_data

    @classmethod
    def config_type(cls):
        return {}

    @classmethod
    def from_config_value(cls, inst_data, config_value):
        return cls(inst_data=inst_data)

    @property
    def supports_resume_run(self):
        return True

    def launch_run(self, context):
        raise Exception("no fuel")

    def terminate(self, run_id):
        if run_id == "crash":
            os._exit(3)
        return run_id == "flying"
"#;

fn python() -> PathBuf {
    let python = std::env::var("RONDEL_TEST_PYTHON");
    PathBuf::from(python.expect("RONDEL_TEST_PYTHON must name an interpreter with Dagster"))
}

/// A home whose launcher is of a class beside its dagster.yaml.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let package = home.path().join("rockets_of_this_test.py");
    std::fs::write(package, LAUNCHER).unwrap();
    let yaml = "run_launcher:\n  module: rockets_of_this_test\n  class: RocketLauncher\n\
                telemetry:\n  enabled: false\n";
    std::fs::write(home.path().join("dagster.yaml"), yaml).unwrap();
    home
}

/// An interpreter that finds modules of the home.
fn interpreter(home: &Path) -> PathBuf {
    let script = home.join("python");
    let text = format!(
        "#!/bin/sh\nPYTHONPATH='{}' exec '{}' \"$@\"\n",
        home.display(),
        python().display()
    );
    std::fs::write(&script, text).unwrap();
    let mut mode = std::fs::metadata(&script).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    std::fs::set_permissions(&script, mode).unwrap();
    script
}

/// The bridge asks nothing of the instance.
struct Nobody(InstanceRef);

#[async_trait]
impl RunReporter for Nobody {
    fn instance_ref(&self) -> &InstanceRef {
        &self.0
    }
    async fn run(&self, _: &RunId) -> Result<Option<DagsterRun>, ReporterError> {
        Ok(None)
    }
    async fn add_run_tags(&self, _: &RunId, _: &Map<String>) -> Result<(), ReporterError> {
        Ok(())
    }
    async fn engine_event(
        &self,
        _: &DagsterRun,
        _: &str,
        _: &str,
        _: EngineEventData,
    ) -> Result<(), ReporterError> {
        Ok(())
    }
    async fn count_resume_attempts(&self, _run_id: &RunId) -> Result<u32, ReporterError> {
        Ok(0)
    }

    async fn run_canceling(&self, _: &DagsterRun) -> Result<(), ReporterError> {
        Ok(())
    }
}

async fn terminate(launcher: &BridgedRunLauncher, run_id: &str) -> Result<bool, LaunchError> {
    launcher.terminate(&RunId::from(run_id.to_owned()), &Nobody(InstanceRef::default())).await
}

async fn start(python: &Path, home: &Path) -> Result<BridgedRunLauncher, LaunchError> {
    let bridge = start_foreign(&[ForeignPart::Launcher], python, home)?;
    let connected = BridgedRunLauncher::connect(bridge).await;
    connected.map_err(|error| not_loaded("RocketLauncher", python, error))
}

#[tokio::test]
async fn a_launcher_in_python_is_driven_and_its_process_comes_back_after_an_accident() {
    let home = home();
    let python = interpreter(home.path());
    let launcher = start(&python, home.path()).await.unwrap();
    assert!(launcher.supports_resume());
    assert!(!launcher.supports_health_checks());
    assert!(terminate(&launcher, "flying").await.unwrap());
    assert!(!terminate(&launcher, "landed").await.unwrap());

    let error = terminate(&launcher, "crash").await.unwrap_err();
    assert!(matches!(error, LaunchError::Bridge { .. }), "{error}");
    let back = Instant::now();
    assert!(terminate(&launcher, "flying").await.unwrap());
    assert!(back.elapsed() < Duration::from_secs(60));
}

#[tokio::test]
async fn a_launcher_that_cannot_be_imported_is_told_at_once() {
    let home = home();
    std::fs::remove_file(home.path().join("rockets_of_this_test.py")).unwrap();
    let python = interpreter(home.path());
    let began = Instant::now();
    let error = start(&python, home.path()).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("RocketLauncher") && text.contains("DefaultRunLauncher"), "{text}");
    assert!(began.elapsed() < Duration::from_secs(50));
}
