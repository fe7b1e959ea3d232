//! The daemon is killed at every point between two writes of a tick, as the code itself lists them, and
//! started again: the end state is that of an uninterrupted tick.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rondel_daemon::{SCHEDULE_POINTS, SENSOR_POINTS};
use serde_json::Value;

use crate::harness::{free_port, python, rondel, run_python, wait_for};

const DEFINITIONS: &str = r#"
import dagster as dg

@dg.op
def nothing(): ...

@dg.job
def work():
    nothing()

@dg.schedule(cron_schedule="0 0 * * *", job=work, default_status=dg.DefaultScheduleStatus.RUNNING)
def nightly(context):
    return [dg.RunRequest(run_key=key) for key in ("one", "two")]

@dg.sensor(job=work, default_status=dg.DefaultSensorStatus.RUNNING)
def watching(context):
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=key) for key in ("three", "four")], cursor="seen"
    )

defs = dg.Definitions(jobs=[work], schedules=[nightly], sensors=[watching])
"#;

/// 2024-01-01T12:00Z: the schedule is seen for the first time.
const SEEN: f64 = 1_704_110_400.0;
/// 2024-01-02T00:00:05Z: it is due.
const DUE: f64 = 1_704_153_605.0;

struct CodeServer {
    child: Child,
    workspace: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

impl CodeServer {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("definitions.py");
        std::fs::write(&file, DEFINITIONS).unwrap();
        let port = free_port();
        let workspace = folder.path().join("workspace.yaml");
        let text =
            format!("load_from:\n  - grpc_server:\n      host: 127.0.0.1\n      port: {port}\n");
        std::fs::write(&workspace, text).unwrap();
        let child = Command::new(python())
            .args(["-m", "dagster", "api", "grpc", "--host", "127.0.0.1"])
            .args(["--port", &port.to_string(), "-f", file.to_str().unwrap()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_for("the code server", Duration::from_secs(120), || {
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()
        });
        Self { child, workspace, _folder: folder }
    }

    /// One iteration; whether it came to its end.
    fn tick(&self, home: &Path, daemon: &str, at: f64, crash: Option<&str>) -> bool {
        let mut command = rondel(home);
        command.args(["daemon", "tick", daemon, "-w", self.workspace.to_str().unwrap()]);
        command.args(["--at", &at.to_string()]);
        if let Some(crash) = crash {
            command.args(["--crash-at", crash]);
        }
        let output = command.output().unwrap();
        let is_done = output.status.success();
        assert!(
            is_done || crash.is_some(),
            "{}\n{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        is_done
    }

    /// What is left of a tick that was killed at a point (if any) and made again.
    fn end_state(&self, daemon: &str, instigator: &str, point: Option<&str>) -> (Value, bool) {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("dagster.yaml"), "telemetry: {enabled: false}\n").unwrap();
        if daemon == "schedule" {
            self.tick(home.path(), daemon, SEEN, None);
        }
        let mut was_killed = false;
        if let Some(point) = point {
            let crash = format!(r#"{{"{instigator}": {{"{point}": 9}}}}"#);
            was_killed = !self.tick(home.path(), daemon, DUE, Some(&crash));
        }
        self.tick(home.path(), daemon, DUE + 60.0, None);
        let printed = run_python("daemons.py", &["report"], home.path());
        let report: Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
        // Ticks of sensors tell of the interruption, as in Dagster: one that had not reserved its runs
        // is given up as skipped, and a run launched just before the kill is not noted again.
        let ticks = if daemon == "sensor" { "cursors" } else { "ticks_by_status" };
        let parts = ["statuses", "run_keys", "scheduled", ticks];
        let state = parts.iter().map(|part| ((*part).to_owned(), report[part].clone())).collect();
        (state, was_killed)
    }

    fn assert_points(&self, daemon: &str, instigator: &str, points: &[&str]) {
        let (expected, _) = self.end_state(daemon, instigator, None);
        assert_eq!(expected["statuses"]["QUEUED"], 2, "{expected}");
        for point in points {
            let (state, was_killed) = self.end_state(daemon, instigator, Some(point));
            assert!(was_killed, "{daemon} did not reach {point}");
            assert_eq!(state, expected, "after a kill at {point}");
        }
    }
}

impl Drop for CodeServer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[test]
fn a_schedule_killed_at_any_point_ends_as_if_it_had_not_been() {
    CodeServer::start().assert_points("schedule", "nightly", SCHEDULE_POINTS);
}

#[test]
fn a_sensor_killed_at_any_point_ends_as_if_it_had_not_been() {
    CodeServer::start().assert_points("sensor", "watching", SENSOR_POINTS);
}
