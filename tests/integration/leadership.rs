//! Several daemon processes on one PostgreSQL database: one leads, the others follow when it is killed,
//! paused or gives way to a dagster-daemon; no run is lost or started twice, no tick is missed.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::daemons::{Daemon, Home, Process};
use crate::harness::{free_port, rondel, run_python, wait_for};

const LEADS: &str = "this process leads: its daemons start";
const STANDS_BY: &str = "another rondel daemon leads";
const TAKEN_OVER: &str = "another rondel daemon has taken over";

/// How soon a standby has to lead after a crash.
const TAKEOVER: Duration = Duration::from_secs(3);

const DEFINITIONS: &str = r#"
import os
import dagster as dg

@dg.op
def note(context):
    with open(os.path.join(os.environ["DAGSTER_HOME"], "executed"), "a") as file:
        file.write(context.run_id + "\n")

@dg.job
def work():
    note()

schedules = [
    dg.ScheduleDefinition(
        name=f"every_minute_{number}",
        job=work,
        cron_schedule="* * * * *",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    for number in range(SCHEDULES)
]
defs = dg.Definitions(jobs=[work], schedules=schedules)
"#;

/// A home with a database, and a code server that outlives the daemons.
struct Deployment {
    home: Home,
    _code_server: Process,
    port: u16,
}

impl Deployment {
    fn new(schedules: usize) -> Self {
        let home = Home::new("");
        let port = free_port();
        let definitions = DEFINITIONS.replace("SCHEDULES", &schedules.to_string());
        let code_server = home.code_server(&definitions, port);
        Self { home, _code_server: code_server, port }
    }

    fn daemon(&self) -> Daemon {
        self.home.daemon(self.port)
    }

    fn submit(&self, count: usize) -> Vec<String> {
        let (port, count) = (self.port.to_string(), count.to_string());
        let printed = run_python("daemons.py", &["submit", &port, &count], self.home.path());
        printed.lines().map(str::to_owned).collect()
    }

    /// Waits until all runs have succeeded; each must have been started and executed once.
    fn assert_each_ran_once(&self, at_least: u64) -> Value {
        let report = wait_for("success of every run", Duration::from_secs(300), || {
            let report = self.home.report();
            let statuses = report["statuses"].as_object().unwrap();
            let succeeded = statuses.get("SUCCESS").and_then(Value::as_u64).unwrap_or(0);
            (succeeded >= at_least && statuses.len() == 1).then_some(report)
        });
        for (run, starts) in report["starts"].as_object().unwrap() {
            assert_eq!(starts, 1, "{run} was started more than once");
        }
        let executed = std::fs::read_to_string(self.home.path().join("executed")).unwrap();
        let mut runs: Vec<&str> = executed.lines().collect();
        runs.sort_unstable();
        let count = runs.len();
        runs.dedup();
        assert_eq!(runs.len(), count, "a run was executed twice");
        report
    }
}

fn unix_seconds() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

fn executed(home: &Path) -> usize {
    let file: PathBuf = home.join("executed");
    std::fs::read_to_string(file).map_or(0, |text| text.lines().count())
}

#[test]
fn a_standby_follows_a_killed_leader_and_no_queued_run_is_lost_or_started_twice() {
    let deployment = Deployment::new(0);
    let mut leader = deployment.daemon();
    leader.wait_until_it_says(LEADS);
    let mut standby = deployment.daemon();
    standby.wait_until_it_says(STANDS_BY);
    let mut submitted = 0;
    for _ in 0..3 {
        let before = executed(deployment.home.path());
        submitted += deployment.submit(8).len();
        // in the middle of launching
        wait_for("a first execution", Duration::from_secs(120), || {
            (executed(deployment.home.path()) > before).then_some(())
        });
        leader.process.signal("-KILL");
        let took = standby.wait_until_it_says(LEADS);
        assert!(took < TAKEOVER, "the takeover took {took:?}");
        leader = standby;
        standby = deployment.daemon();
        standby.wait_until_it_says(STANDS_BY);
    }
    deployment.assert_each_ran_once(submitted as u64);
}

#[test]
fn no_tick_is_missed_or_doubled_when_the_leader_is_killed_at_its_time() {
    let deployment = Deployment::new(5);
    let leader = deployment.daemon();
    leader.wait_until_it_says(LEADS);
    let standby = deployment.daemon();
    standby.wait_until_it_says(STANDS_BY);
    assert_eq!(leader.metric("rondel_daemon_leads"), 1.0);
    assert_eq!(standby.metric("rondel_daemon_leads"), 0.0);
    // schedules begin with the first minute after they were first seen
    let minute = (unix_seconds() / 60.0).floor() * 60.0 + 60.0;
    std::thread::sleep(Duration::from_secs_f64(minute + 0.15 - unix_seconds()));
    leader.process.signal("-KILL");
    standby.wait_until_it_says(LEADS);
    let due = |report: &Value| {
        let ticks = report["ticks"].as_object().unwrap();
        let of_minute = |name: &String| name.contains(&format!(" {minute:.0} SUCCESS"));
        ticks.iter().filter(|(name, _)| of_minute(name)).map(|(_, count)| count.clone()).collect()
    };
    let counts: Vec<Value> = wait_for("the ticks of the minute", Duration::from_secs(120), || {
        let counts: Vec<Value> = due(&deployment.home.report());
        (counts.len() == 5).then_some(counts)
    });
    assert!(counts.iter().all(|count| count == 1), "{counts:?}");
    let report = deployment.home.report();
    for (fired, count) in report["scheduled"].as_object().unwrap() {
        assert_eq!(count, 1, "{fired}");
    }
}

#[test]
fn a_leader_that_was_paused_changes_nothing_after_it_wakes_up() {
    let deployment = Deployment::new(0);
    let paused = deployment.daemon();
    paused.wait_until_it_says(LEADS);
    let standby = deployment.daemon();
    standby.wait_until_it_says(STANDS_BY);
    deployment.submit(4);
    paused.process.signal("-STOP");
    let took = standby.wait_until_it_says(LEADS);
    assert!(took < TAKEOVER, "the takeover took {took:?}");
    deployment.submit(4);
    paused.process.signal("-CONT");
    paused.wait_until_it_says(TAKEN_OVER);
    let report = deployment.assert_each_ran_once(8);
    assert_eq!(report["statuses"]["SUCCESS"], 8);
    let launched = standby.metric(r#"rondel_daemon_launch_seconds_count{outcome="launched"}"#);
    assert!(launched >= 4.0, "{launched}");
    assert!(!standby.said().contains(TAKEN_OVER));
}

#[test]
fn a_database_that_breaks_connections_time_and_again_costs_no_run() {
    let deployment = Deployment::new(0);
    let mut daemon = deployment.daemon();
    daemon.wait_until_it_says(LEADS);
    let home = deployment.home.path();
    let mut submitted = 0;
    for _ in 0..4 {
        let before = executed(home);
        submitted += deployment.submit(6).len();
        wait_for("a first execution", Duration::from_secs(120), || {
            (executed(home) > before).then_some(())
        });
        run_python("daemons.py", &["break-connections"], home);
    }
    deployment.assert_each_ran_once(submitted as u64);
    let status = daemon.process.0.try_wait().unwrap();
    assert!(status.is_none(), "the daemon ended: {status:?}\n{}", daemon.said());
}

#[test]
fn rondel_gives_way_to_a_dagster_daemon_and_says_so() {
    let deployment = Deployment::new(0);
    run_python("daemons.py", &["beat"], deployment.home.path());
    let daemon = deployment.daemon();
    daemon.wait_until_it_says("a dagster-daemon (id 7c9e6679-dagster) works on this database");
    assert!(!daemon.said().contains(LEADS), "{}", daemon.said());
    let wiped = rondel(deployment.home.path()).args(["daemon", "wipe"]).output().unwrap();
    assert!(wiped.status.success());
    daemon.wait_until_it_says(LEADS);
    run_python("daemons.py", &["beat"], deployment.home.path());
    daemon.wait_until_it_says("the daemons of this process stop");
    daemon.wait_until_it_says("leads no longer");
}
