//! Backfills whose code location goes away or changes under them: after each iteration a backfill stands where
//! Dagster's daemon would have left it, with the same message, and what was paused is taken up again.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::harness::rondel;
use crate::judge::{CodeServer, Judge};

const NOON: f64 = 1_704_110_400.0;
const YAML: &str = "telemetry: {enabled: false}\n";
const WAITS: (&str, &str) = ("DAGSTER_BACKFILL_RETRY_DEFINITION_CHANGED_ERROR", "1");

#[derive(Clone, Copy, PartialEq)]
enum Daemon {
    Dagster,
    Rondel,
}

enum Step {
    /// An iteration of the backfill daemon.
    Tick,
    /// The code location goes away.
    Gone,
    /// It comes back, with these partitions.
    Back(&'static str),
    /// A backfill was canceled, or something else happened to it.
    Status(&'static str, &'static str),
}

use Step::{Back, Gone, Status, Tick};

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

    fn ask(&mut self, home: &Path, op: &str, arguments: Value) -> Value {
        let request = json!({"op": op, "arguments": arguments, "close": true});
        self.judge.ask(home, &self.server.workspace, request)
    }

    fn tick(&mut self, daemon: Daemon, home: &Path, at: f64) {
        if daemon == Daemon::Dagster {
            let request = json!({"op": "tick", "daemon": "backfill", "at": at, "close": true});
            self.judge.ask(home, &self.server.workspace, request);
            return;
        }
        let mut command = rondel(home);
        command.args(["daemon", "tick", "backfill", "--at", &at.to_string()]);
        command.args(["-w", self.server.workspace.to_str().unwrap()]);
        let output = command.output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(!errors.contains("panicked"), "{errors}");
        let answer = String::from_utf8_lossy(&output.stdout);
        let told = answer.lines().last().unwrap_or_else(|| panic!("no answer: {errors}"));
        assert!(serde_json::from_str::<Value>(told).is_ok(), "{told}");
    }

    /// How backfills and runs stand after each iteration.
    fn course(&mut self, daemon: Daemon, what: &str, steps: &[Step]) -> Vec<Value> {
        let name = match daemon {
            Daemon::Dagster => format!("dagster {what}"),
            Daemon::Rondel => format!("rondel {what}"),
        };
        let home: PathBuf = self.folder.path().join(name);
        std::fs::create_dir(&home).unwrap();
        std::fs::write(home.join("dagster.yaml"), YAML).unwrap();
        self.server.start_again(&[]);
        self.server.serve(&home);
        self.ask(&home, what, json!([]));
        let mut course = Vec::new();
        let mut at = NOON * 2.0;
        for step in steps {
            match step {
                Gone => self.server.stop(),
                Back(letters) => self.server.start_again(&[("LETTERS", letters)]),
                Status(id, status) => {
                    self.ask(&home, "set_backfill_status", json!([id, status]));
                }
                Tick => {
                    at += 30.0;
                    self.tick(daemon, &home, at);
                    let backfills = self.ask(&home, "backfills", json!([]));
                    let runs = self.ask(&home, "report", json!([]))["runs"].clone();
                    course.push(json!({"backfills": plain(&backfills), "runs": runs}));
                }
            }
        }
        course
    }

    /// The courses of both, which must be the same.
    fn compared(&mut self, what: &str, steps: &[Step]) -> Vec<Value> {
        let dagsters = self.course(Daemon::Dagster, what, steps);
        let ours = self.course(Daemon::Rondel, what, steps);
        for (number, (ours, dagsters)) in ours.iter().zip(&dagsters).enumerate() {
            assert_eq!(ours, dagsters, "{what} after iteration {}", number + 1);
        }
        ours
    }
}

/// Which asset is named first depends on the order of Python's sets.
fn plain(value: &Value) -> Value {
    let text = value.to_string();
    let text =
        text.replace("AssetKey(['upper'])", "an asset").replace("AssetKey(['lower'])", "an asset");
    serde_json::from_str(&text).unwrap()
}

fn status<'v>(state: &'v Value, id: &str) -> &'v str {
    state["backfills"][id][0].as_str().unwrap()
}

fn error<'v>(state: &'v Value, id: &str) -> &'v str {
    state["backfills"][id][2].as_str().unwrap_or_default()
}

fn run_count(state: &Value) -> u64 {
    state["runs"].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum()
}

const LETTERS: &str = "one two three";

#[test]
fn a_backfill_of_a_job_waits_for_a_location_that_is_gone_and_then_goes_on() {
    let mut rig = Rig::start();
    let steps = [Gone, Tick, Tick, Back(LETTERS), Tick, Gone, Tick, Back(LETTERS), Tick];
    let course = rig.compared("backfill_job", &steps);
    assert_eq!(status(&course[1], "jobs"), "REQUESTED");
    assert_eq!(run_count(&course[1]), 0);
    assert_eq!(run_count(&course[2]), 3, "nothing is lost");
    assert_eq!(run_count(&course[4]), 3, "nothing is done twice");
}

#[test]
fn a_backfill_of_assets_fails_with_the_name_of_the_location_that_is_gone() {
    let mut rig = Rig::start();
    let steps = [Tick, Gone, Tick, Tick, Back(LETTERS), Tick, Tick];
    let course = rig.compared("backfill_assets", &steps);
    let told = error(&course[1], "assets");
    assert!(told.contains("existed at storage-time, but no longer does"), "{told}");
    assert!(told.contains("failing to load: ['grpc:127.0.0.1"), "{told}");
    assert_eq!(run_count(&course[0]), run_count(&course[4]), "what was begun is known");
}

#[test]
fn a_backfill_of_jobs_and_assets_goes_on_where_partitions_were_removed_as_dagsters_does() {
    let mut rig = Rig::start();
    let steps = [Back("one three"), Tick, Tick];
    let course = rig.compared("backfill_job", &steps);
    assert!(!error(&course[1], "jobs").is_empty() || run_count(&course[1]) > 0, "{course:#?}");
    let steps = [Tick, Back("one three"), Tick, Tick];
    let course = rig.compared("backfill_assets", &steps);
    let told = error(&course[1], "assets");
    assert!(told.contains("The following partitions were removed: {'two'}"), "{told}");
}

#[test]
fn a_canceled_backfill_ends_though_its_location_is_gone() {
    let mut rig = Rig::start();
    let steps = [Tick, Status("jobs", "CANCELING"), Gone, Tick, Tick, Back(LETTERS), Tick];
    let course = rig.compared("backfill_job", &steps);
    assert_eq!(status(&course[3], "jobs"), "CANCELED");
}

#[test]
fn a_backfill_of_assets_waits_for_its_location_where_the_instance_says_so() {
    let mut rig = Rig::start();
    let home = rig.folder.path().join("waiting");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join("dagster.yaml"), YAML).unwrap();
    rig.server.serve(&home);
    rig.ask(&home, "backfill_assets", json!([]));
    let tick = |rig: &Rig, at: f64| {
        let mut command = rondel(&home);
        command.args(["daemon", "tick", "backfill", "--at", &at.to_string()]);
        command.args(["-w", rig.server.workspace.to_str().unwrap()]).env(WAITS.0, WAITS.1);
        String::from_utf8_lossy(&command.output().unwrap().stderr).into_owned()
    };
    tick(&rig, NOON * 2.0);
    let begun = run_count(&rig.ask(&home, "report", json!([])));
    assert!(begun > 0);
    rig.server.stop();
    let said = tick(&rig, NOON * 2.0 + 30.0);
    assert!(said.contains("The backfill will resume once it is available again"), "{said}");
    assert_eq!(rig.ask(&home, "backfills", json!([]))["assets"], json!(["REQUESTED", 0, null]));
    rig.server.start_again(&[]);
    tick(&rig, NOON * 2.0 + 60.0);
    assert_eq!(rig.ask(&home, "backfills", json!([]))["assets"], json!(["REQUESTED", 0, null]));
    assert_eq!(run_count(&rig.ask(&home, "report", json!([]))), begun, "nothing is done twice");
}
