//! The pause of an automation tick before it reads (`DAGSTER_AUTOMATION_TICK_SETTLE_SECONDS`): what happens during it
//! belongs to the next tick.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::harness::rondel;
use crate::judge::{CodeServer, Judge};

const NOON: f64 = 1_704_110_400.0;

struct Rig {
    server: CodeServer,
    judge: Judge,
    home: tempfile::TempDir,
}

impl Rig {
    fn ask(&mut self, op: &str, arguments: Value) -> Value {
        let request = json!({"op": op, "arguments": arguments, "close": true});
        self.judge.ask(self.home.path(), &self.server.workspace, request)
    }

    fn tick(&self, at: f64) -> Command {
        let mut command = rondel(self.home.path());
        command.args(["daemon", "tick", "asset", "--at", &at.to_string()]);
        command.args(["-w", self.server.workspace.to_str().unwrap()]);
        command
    }

    /// Makes a tick undisturbed; how many runs there are then.
    fn runs_after_tick(&mut self, at: f64) -> u64 {
        let output = self.tick(at).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.runs()
    }

    fn runs(&mut self) -> u64 {
        self.ask("report", json!([]))["run_count"].as_u64().unwrap()
    }
}

fn prepared(folder: &Path) -> Rig {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("dagster.yaml"), "telemetry: {enabled: false}\n").unwrap();
    Rig { server: CodeServer::start("settling.py", folder, &[]), judge: Judge::start(), home }
}

#[test]
fn an_event_during_the_pause_of_an_automation_tick_counts_on_the_next_tick_and_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut rig = prepared(folder.path());
    // Without any event there is none to look back from: that is so in Dagster too.
    rig.ask("materialize", json!(["source", NOON - 60.0]));
    assert_eq!(rig.runs_after_tick(NOON), 0);

    let mut pausing = rig.tick(NOON + 60.0);
    let pausing = pausing.env("DAGSTER_AUTOMATION_TICK_SETTLE_SECONDS", "20");
    let mut pausing = pausing.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(pausing.stderr.take().unwrap()).lines().map_while(Result::ok);
    let pauses = said.by_ref().any(|line| line.contains("Sleeping 20s before evaluation"));
    assert!(pauses, "the tick does not say that it pauses");
    rig.ask("materialize", json!(["source", NOON + 61.0]));
    assert!(pausing.try_wait().unwrap().is_none(), "the tick was over before the event was there");
    // What it says has to be read until it is over.
    said.for_each(drop);
    assert!(pausing.wait().unwrap().success());
    assert_eq!(rig.runs(), 0, "the event was after what the tick looked at");

    assert_eq!(rig.runs_after_tick(NOON + 120.0), 1);
    assert_eq!(rig.runs_after_tick(NOON + 180.0), 1);
}
