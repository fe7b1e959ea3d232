//! One database, worked on in turns by Dagster's daemons and Rondel's, minute by minute; every now and then
//! Rondel is killed in the middle, and Dagster goes on. Whatever was asked for is done once, whoever did it.
//!
//! `RONDEL_TEST_ALTERNATIONS` says how many turns; by default few, so that the tests stay quick.

use serde_json::{Value, json};

use crate::daemons::Home;
use crate::harness::rondel;
use crate::judge::{CodeServer, Judge};

/// 2024-01-01T12:00Z
const NOON: f64 = 1_704_110_400.0;

const DAEMONS: [&str; 5] = ["schedule", "sensor", "backfill", "queue", "retry"];

/// A partition of each backfill.
const PARTITIONS: usize = 3;

struct Shared {
    server: CodeServer,
    judge: Judge,
    home: Home,
}

impl Shared {
    fn start() -> Self {
        let home = Home::new(
            "run_retries: {enabled: true, max_retries: 1}\nrun_queue: {max_concurrent_runs: 100}\n",
        );
        let variables = [("LAST_NUMBER", "1000000")];
        let server = CodeServer::start("interrupted.py", home.path(), &variables);
        server.serve(home.path());
        Self { server, judge: Judge::start(), home }
    }

    fn ask(&mut self, request: Value) -> Value {
        let home = self.home.path().to_owned();
        self.judge.ask(&home, &self.server.workspace, request)
    }

    fn tick_of_rondel(&self, daemon: &str, at: f64, kill_at: Option<usize>) {
        let mut command = rondel(self.home.path());
        command.args(["daemon", "tick", daemon, "-w", self.server.workspace.to_str().unwrap()]);
        command.args(["--at", &at.to_string()]);
        if let Some(number) = kill_at {
            command.args(["--kill-at-boundary", &number.to_string()]);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() || kill_at.is_some(), "{daemon} at {at}: {said}");
    }

    fn turn(&mut self, at: f64, is_rondels: bool, kill_at: Option<usize>) {
        for daemon in DAEMONS {
            if is_rondels {
                // What Dagster makes of a half-made run of the others is not to be relied on.
                let kill_at = kill_at.filter(|_| matches!(daemon, "schedule" | "sensor"));
                self.tick_of_rondel(daemon, at, kill_at);
            } else {
                self.ask(json!({"op": "tick", "daemon": daemon, "at": at}));
            }
        }
        self.ask(json!({"op": "end_runs"}));
    }
}

fn turns() -> usize {
    let setting = std::env::var("RONDEL_TEST_ALTERNATIONS").ok();
    setting.and_then(|text| text.parse().ok()).unwrap_or(12)
}

/// A little after the full minute.
fn instant(minute: usize) -> f64 {
    NOON + 60.0 * minute as f64 + 5.0
}

#[test]
fn dagster_and_rondel_in_turns_do_everything_once() {
    let mut shared = Shared::start();
    let turns = turns();
    let mut backfills = 0;
    for minute in 0..turns {
        if minute % 6 == 0 {
            let arguments = json!([format!("backfill{minute}")]);
            shared.ask(json!({"op": "backfill_job", "arguments": arguments}));
            backfills += 1;
        }
        let is_rondels = minute % 2 == 1;
        // at another boundary each time
        let kill_at = (minute % 4 == 3).then_some(1 + minute / 4 % 14);
        shared.turn(instant(minute), is_rondels, kill_at);
        if kill_at.is_some() {
            // Dagster goes on at once: it does not catch up on minutes of the past.
            shared.turn(instant(minute) + 20.0, false, None);
        }
    }
    // both finish what is left
    for extra in 0..4 {
        shared.turn(instant(turns + extra), extra % 2 == 0, None);
    }
    let account = shared.ask(json!({"op": "account"}));

    let done = account["done"].as_object().unwrap();
    for (what, launches) in done {
        assert_eq!(launches, &json!([1]), "{what}");
    }
    let count_of = |prefix: &str| done.keys().filter(|what| what.starts_with(prefix)).count();
    // every minute but the one in which the schedule was first seen, two runs each
    let minutes = turns + 4 - 1;
    assert_eq!(count_of("2024-01-01"), 2 * minutes, "{account:#}");
    // every key up to the cursor, and a retry of each that failed
    let last: usize = account["cursor"].as_str().unwrap().parse().unwrap();
    assert!(last + turns / 4 + 2 >= turns, "the sensor made {last} ticks in {turns} turns");
    let is_first = |what: &&String| what.starts_with("- key ") && what.ends_with("- - -");
    assert_eq!(done.keys().filter(is_first).count(), last + 1, "{account:#}");
    let retries = done.keys().filter(|what| what.ends_with("- - 1")).count();
    let failed = (0..=last).filter(|number| number % 5 == 4).count();
    assert!(failed - retries <= 1, "{retries} retries of {failed} runs: {account:#}");
    let of_backfills = done.keys().filter(|what| what.contains("backfill")).count();
    assert_eq!(of_backfills, PARTITIONS * backfills);
    assert_eq!(account["backfills"], json!({"COMPLETED_SUCCESS": backfills}), "{account:#}");
}
