//! Exactly once: the daemon is killed right before every single thing that it makes to last, in every kind of
//! iteration, and started again; the end state is that of an iteration nobody disturbed. Which moments there
//! are the program counts itself (`--kill-at-boundary`). Dagster reads the databases and tells the end state.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::{repository_root, rondel};
use crate::judge::{CodeServer, Judge};

/// 2024-01-01T12:00Z
const NOON: f64 = 1_704_110_400.0;

const YAML: &str = "telemetry: {enabled: false}\n\
    run_retries: {enabled: true, max_retries: 1}\n\
    run_monitoring: {enabled: true, start_timeout_seconds: 180, \
    free_slots_after_run_end_seconds: 300}\n\
    freshness: {enabled: true}\n\
    run_queue: {max_user_code_failure_retries: 3, user_code_failure_retry_delay: 1}\n\
    retention: {schedule: {purge_after_days: 1}, sensor: {purge_after_days: 1}}\n";

/// With a launcher of a company's own, whose workers are resumed when they die.
const RESUMING: &str = "telemetry: {enabled: false}\n\
    run_launcher: {module: noting_launcher, class: NotingLauncher}\n\
    run_monitoring: {enabled: true, max_resume_run_attempts: 3}\n";

/// A day and more before noon.
const EARLIER: f64 = NOON - 100_000.0;

/// One `rondel daemon tick`: which daemon, when, with which flags.
type Tick = (&'static str, f64, &'static [&'static str]);

/// A kind of iteration.
struct Case {
    name: &'static str,
    /// Puts work there: ticks undisturbed and requests to the judge, in order.
    prepare: Vec<Step>,
    /// The iteration that is killed.
    tick: Tick,
    /// What a restarted daemon does then; also done after an undisturbed iteration.
    afterwards: Vec<Tick>,
    /// Parts of the end state that tell of the interruption in Dagster too, with the reason.
    may_differ: &'static [(&'static str, &'static str)],
    /// What must be there at the end, to be sure that the iteration did something.
    expected: fn(&Value) -> bool,
}

enum Step {
    /// Another dagster.yaml.
    Configure(&'static str),
    Tick(Tick),
    Ask(&'static str, Value),
}

const NO_FLAGS: &[&str] = &[];

fn schedule() -> Case {
    Case {
        name: "schedule",
        prepare: vec![Step::Tick(("schedule", NOON + 5.0, NO_FLAGS))],
        tick: ("schedule", NOON + 65.0, NO_FLAGS),
        afterwards: vec![("schedule", NOON + 75.0, NO_FLAGS)],
        may_differ: &[],
        expected: |state| state["run_count"] == 2,
    }
}

fn sensor() -> Case {
    Case {
        name: "sensor",
        prepare: vec![Step::Tick(("sensor", NOON, NO_FLAGS))],
        tick: ("sensor", NOON + 60.0, NO_FLAGS),
        afterwards: [95.0, 130.0, 165.0].map(|at| ("sensor", NOON + at, NO_FLAGS)).into(),
        may_differ: &[
            ("ticks", "one that had not reserved its runs is given up as skipped"),
            (
                "materializations",
                "what user code says it saw is stored before the runs are reserved",
            ),
        ],
        expected: |state| state["run_count"] == 3 && state["cursors"]["watching"] == "2",
    }
}

fn run_status_sensors() -> Case {
    Case {
        name: "run status sensors",
        prepare: vec![
            Step::Ask("start_sensor", json!(["following"])),
            Step::Ask("start_sensor", json!(["reacting"])),
            // they look at what comes after their first tick
            Step::Tick(("sensor", NOON, NO_FLAGS)),
            Step::Ask("succeed_run", json!([])),
            Step::Ask("succeed_run", json!([])),
        ],
        tick: ("sensor", NOON + 60.0, NO_FLAGS),
        afterwards: [95.0, 130.0, 165.0, 200.0].map(|at| ("sensor", NOON + at, NO_FLAGS)).into(),
        may_differ: &[
            ("ticks", "one that had not reserved its runs is given up as skipped"),
            ("cursors", "they hold the times of ticks"),
        ],
        // two that succeeded, what follows each of them, and the requests of the other sensor
        expected: |state| state["run_count"] == 7,
    }
}

fn tick_retention() -> Case {
    Case {
        name: "tick retention",
        prepare: vec![
            Step::Tick(("schedule", EARLIER, NO_FLAGS)),
            Step::Tick(("schedule", EARLIER + 60.0, NO_FLAGS)),
            Step::Tick(("schedule", EARLIER + 120.0, NO_FLAGS)),
        ],
        tick: ("schedule", NOON + 65.0, NO_FLAGS),
        afterwards: vec![("schedule", NOON + 75.0, NO_FLAGS), ("schedule", NOON + 125.0, NO_FLAGS)],
        may_differ: &[],
        expected: |state| state["ticks"] == json!({"minutely SUCCESS with 2 runs": 2}),
    }
}

fn queue_of_an_unreachable_location() -> Case {
    Case {
        name: "queue of an unreachable location",
        prepare: vec![Step::Ask("enqueue", json!([2]))],
        tick: ("queue", NOON * 2.0, &["--code-servers", "unreachable.json"]),
        afterwards: vec![
            ("queue", NOON * 2.0 + 60.0, &["--relaunch-interrupted"]),
            ("queue", NOON * 2.0 + 120.0, NO_FLAGS),
        ],
        may_differ: &[],
        expected: |state| state["launches"] == json!([1, 1]),
    }
}

fn queue() -> Case {
    Case {
        name: "queue",
        prepare: vec![Step::Ask("enqueue", json!([2]))],
        tick: ("queue", NOON * 2.0, NO_FLAGS),
        afterwards: vec![("queue", NOON * 2.0 + 60.0, &["--relaunch-interrupted"])],
        may_differ: &[],
        expected: |state| state["launches"] == json!([1, 1]),
    }
}

fn job_backfill() -> Case {
    Case {
        name: "job backfill",
        prepare: vec![Step::Ask("backfill_job", json!([]))],
        tick: ("backfill", NOON * 2.0, NO_FLAGS),
        afterwards: vec![("backfill", NOON * 2.0 + 30.0, NO_FLAGS)],
        may_differ: &[],
        expected: |state| state["run_count"] == 3,
    }
}

fn asset_backfill() -> Case {
    Case {
        name: "asset backfill",
        prepare: vec![Step::Ask("backfill_assets", json!([]))],
        tick: ("backfill", NOON * 2.0, NO_FLAGS),
        afterwards: vec![("backfill", NOON * 2.0 + 30.0, NO_FLAGS)],
        may_differ: &[],
        expected: |state| state["run_count"].as_u64() >= Some(2),
    }
}

fn canceled_backfill() -> Case {
    Case {
        name: "canceled backfill",
        prepare: vec![
            Step::Ask("backfill_job", json!([])),
            Step::Tick(("backfill", NOON * 2.0, NO_FLAGS)),
            Step::Ask("set_backfill_status", json!(["jobs", "CANCELING"])),
        ],
        tick: ("backfill", NOON * 2.0 + 30.0, NO_FLAGS),
        afterwards: vec![
            ("backfill", NOON * 2.0 + 60.0, NO_FLAGS),
            ("backfill", NOON * 2.0 + 90.0, NO_FLAGS),
        ],
        may_differ: &[],
        expected: |state| state["backfills"]["jobs"][0] == "CANCELED",
    }
}

fn retry() -> Case {
    Case {
        name: "retry",
        prepare: vec![
            Step::Tick(("retry", NOON, NO_FLAGS)),
            Step::Ask("fail_run", json!([])),
            Step::Ask("fail_run", json!([])),
        ],
        tick: ("retry", NOON * 2.0, NO_FLAGS),
        afterwards: vec![("retry", NOON * 2.0 + 5.0, NO_FLAGS)],
        may_differ: &[],
        expected: |state| state["run_count"] == 4,
    }
}

fn monitoring() -> Case {
    Case {
        name: "monitoring",
        prepare: vec![Step::Tick(("retry", NOON, NO_FLAGS)), Step::Ask("abandon_run", json!([]))],
        tick: ("monitoring", NOON * 2.0, NO_FLAGS),
        // whether a failed run is retried is decided by one and made up for by the other
        afterwards: vec![
            ("monitoring", NOON * 2.0 + 120.0, NO_FLAGS),
            ("retry", NOON * 2.0 + 125.0, NO_FLAGS),
        ],
        may_differ: &[],
        expected: |state| state["run_count"] == 4 && state.to_string().contains("FAILURE"),
    }
}

fn runs_that_take_too_long() -> Case {
    Case {
        name: "runs that take too long",
        prepare: vec![
            Step::Tick(("retry", NOON, NO_FLAGS)),
            Step::Ask("run_for_long", json!([NOON, false])),
            Step::Ask("run_for_long", json!([NOON, true])),
        ],
        tick: ("monitoring", NOON + 3600.0, NO_FLAGS),
        afterwards: vec![
            ("monitoring", NOON + 3720.0, NO_FLAGS),
            ("retry", NOON + 3725.0, NO_FLAGS),
        ],
        may_differ: &[],
        // one is canceled, one fails and is retried
        expected: |state| {
            let runs = state["runs"].to_string();
            state["run_count"] == 3 && runs.contains("CANCELED") && runs.contains("FAILURE")
        },
    }
}

fn resumed() -> Case {
    Case {
        name: "resumed",
        prepare: vec![
            Step::Configure(RESUMING),
            Step::Ask("run_for_long", json!([NOON, false])),
            Step::Ask("run_for_long", json!([NOON, false])),
        ],
        tick: ("monitoring", NOON + 30.0, NO_FLAGS),
        afterwards: vec![("monitoring", NOON + 45.0, NO_FLAGS)],
        may_differ: &[],
        // workers that had gone are there again, one for each run
        expected: |state| {
            state["launches"] == json!([1, 1]) && state.to_string().matches("STARTED").count() == 1
        },
    }
}

fn slots_of_dead_runs() -> Case {
    Case {
        name: "slots of dead runs",
        prepare: vec![Step::Ask("hold_slots", json!([]))],
        tick: ("concurrency", NOON * 2.0, NO_FLAGS),
        afterwards: vec![("concurrency", NOON * 2.0 + 120.0, NO_FLAGS)],
        may_differ: &[],
        expected: |state| state["slots"]["pool"] == json!([2, [], [["waiting", true]]]),
    }
}

fn automation() -> Case {
    Case {
        name: "automation",
        prepare: vec![Step::Ask("materialize", json!(["fresh", NOON]))],
        tick: ("asset", NOON + 3600.0, NO_FLAGS),
        afterwards: vec![("asset", NOON + 3640.0, NO_FLAGS)],
        may_differ: &[
            ("ticks", "an interrupted tick is made again, or told as another"),
            ("cursors", "they hold times and numbers of ticks"),
        ],
        expected: |state| {
            state["run_count"].as_u64() >= Some(1)
                && state["requested"].as_array().is_some_and(|requested| requested.len() >= 2)
        },
    }
}

fn freshness() -> Case {
    Case {
        name: "freshness",
        prepare: vec![Step::Ask("materialize", json!(["fresh", NOON]))],
        tick: ("freshness", NOON + 7200.0 * 2.0, NO_FLAGS),
        afterwards: vec![("freshness", NOON + 7200.0 * 2.0 + 30.0, NO_FLAGS)],
        may_differ: &[],
        expected: |state| state["freshness"]["fresh"] == "FAIL",
    }
}

struct Rig {
    server: CodeServer,
    judge: Judge,
    folder: tempfile::TempDir,
}

impl Rig {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = CodeServer::start("interrupted.py", folder.path(), &[]);
        Self { server, judge: Judge::start(), folder }
    }

    /// One iteration: how many boundaries it reached, or nothing if it was killed.
    fn tick(&self, home: &Path, (daemon, at, flags): Tick, kill_at: Option<u64>) -> Option<u64> {
        self.server.serve(home);
        let mut command = rondel(home);
        command.env("PYTHONPATH", repository_root().join("tests/integration/python"));
        command.args(["daemon", "tick", daemon, "-w", self.server.workspace.to_str().unwrap()]);
        command.args(["--at", &at.to_string()]).args(flags);
        if let Some(number) = kill_at {
            command.args(["--kill-at-boundary", &number.to_string()]);
        }
        let output = command.output().unwrap();
        let answer = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() || kill_at.is_some(), "{daemon}: {answer}\n{errors}");
        let told: Value = serde_json::from_str(answer.lines().last()?).unwrap();
        let is_reached = flags.is_empty() || flags == ["--relaunch-interrupted"];
        assert!(!is_reached || told["errors"] == json!([]), "{daemon}: {errors}");
        told["boundaries"].as_u64()
    }

    /// A home with the work of a case.
    fn prepared(&mut self, case: &Case) -> PathBuf {
        let home = self.folder.path().join(case.name);
        std::fs::create_dir(&home).unwrap();
        std::fs::write(home.join("dagster.yaml"), YAML).unwrap();
        let location = format!("grpc:127.0.0.1:{}", self.server.port);
        let error = json!({"message": "away", "stack": [], "cls_name": "Exception"});
        let unreachable = json!({location: {"error": error}}).to_string();
        std::fs::write(home.join("unreachable.json"), unreachable).unwrap();
        for step in &case.prepare {
            match step {
                Step::Configure(yaml) => {
                    std::fs::write(home.join("dagster.yaml"), yaml).unwrap();
                }
                Step::Tick(tick) => drop(self.tick(&home, *tick, None)),
                Step::Ask(op, arguments) => {
                    let request = json!({"op": op, "arguments": arguments, "close": true});
                    self.judge.ask(&home, &self.server.workspace, request);
                }
            }
        }
        home
    }

    /// The end state after a kill at a boundary (if any), and how many there were without one.
    fn end_state(
        &mut self,
        case: &Case,
        prepared: &Path,
        kill_at: Option<u64>,
    ) -> (Value, Option<u64>) {
        let name = format!("{} {}", case.name, kill_at.unwrap_or_default());
        let home = self.folder.path().join(name);
        copy(prepared, &home);
        let boundaries = self.tick(&home, case.tick, kill_at);
        for tick in &case.afterwards {
            self.tick(&home, *tick, None);
        }
        let request = json!({"op": "report", "close": true});
        let mut state = self.judge.ask(&home, &self.server.workspace, request);
        for (part, _reason) in case.may_differ {
            if kill_at.is_some() {
                state.as_object_mut().unwrap().remove(*part);
            }
        }
        std::fs::remove_dir_all(&home).unwrap();
        (state, boundaries)
    }

    fn assert_case(&mut self, case: &Case) {
        let prepared = self.prepared(case);
        let (mut undisturbed, boundaries) = self.end_state(case, &prepared, None);
        assert!((case.expected)(&undisturbed), "{}: {undisturbed:#}", case.name);
        for (part, _reason) in case.may_differ {
            undisturbed.as_object_mut().unwrap().remove(*part);
        }
        let boundaries = boundaries.unwrap();
        assert!(boundaries > 0, "{} changed nothing", case.name);
        for number in 1..=boundaries {
            let (state, survived) = self.end_state(case, &prepared, Some(number));
            assert_eq!(survived, None, "{} was not killed at {number}", case.name);
            assert_eq!(
                state, undisturbed,
                "{} killed at boundary {number} of {boundaries}",
                case.name
            );
        }
        eprintln!("{}: {boundaries} boundaries", case.name);
    }
}

pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn assert_cases(cases: &[Case]) {
    let mut rig = Rig::start();
    for case in cases {
        rig.assert_case(case);
    }
}

#[test]
fn schedules_and_sensors_killed_at_any_boundary_end_as_if_they_had_not_been() {
    assert_cases(&[schedule(), tick_retention(), sensor()]);
}

#[test]
fn run_status_sensors_killed_at_any_boundary_end_as_if_they_had_not_been() {
    assert_cases(&[run_status_sensors()]);
}

#[test]
fn queue_retries_and_slots_killed_at_any_boundary_end_as_if_they_had_not_been() {
    assert_cases(&[queue(), retry(), slots_of_dead_runs()]);
}

#[test]
fn monitoring_and_unreachable_locations_killed_at_any_boundary_end_as_if_they_had_not_been() {
    assert_cases(&[monitoring(), runs_that_take_too_long(), queue_of_an_unreachable_location()]);
}

#[test]
fn runs_resumed_by_a_daemon_killed_at_any_boundary_are_resumed_once() {
    assert_cases(&[resumed()]);
}

#[test]
fn backfills_killed_at_any_boundary_end_as_if_they_had_not_been() {
    assert_cases(&[job_backfill(), asset_backfill(), canceled_backfill()]);
}

#[test]
fn automation_and_freshness_killed_at_any_boundary_end_as_if_they_had_not_been() {
    assert_cases(&[automation(), freshness()]);
}
