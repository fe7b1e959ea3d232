//! The clock is set while the daemons work: forward, back, and to rights again; while they wait and in the middle
//! of an iteration. What is due fires once, nothing that is under way is given up for being late, and nobody has to
//! help.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rondel_daemon::{Iteration, TickOptions, run_one_iteration};
use serde_json::Value;

use crate::harness::wait_for;
use crate::inside::{Done, NOON, PATIENCE, Rig, SettableClock};
use crate::interruptions::copy;
use crate::judge::CodeServer;

/// One iteration; returns how often the clock was looked at.
fn tick(rig: &Rig, home: &Path, daemon: &str, clock: &Arc<SettableClock>) -> usize {
    let instance = rig.open(home, Arc::clone(clock));
    let iteration = Iteration::parse(daemon).unwrap();
    let report = rig.runtime.block_on(async {
        let (options, workspace) = (TickOptions::default(), Arc::clone(&rig.workspace));
        let report = run_one_iteration(iteration, options, Arc::clone(&instance), workspace);
        let report = report.await.unwrap();
        instance.shutdown().await;
        report
    });
    assert!(report.errors.is_empty(), "{daemon}: {:?}", report.errors);
    clock.looks()
}

fn new_home(folder: &Path, yaml: &str) -> PathBuf {
    let home = folder.join("home");
    std::fs::create_dir(&home).unwrap();
    std::fs::write(home.join("dagster.yaml"), yaml).unwrap();
    home
}

fn minutes(done: &Done) -> Vec<&str> {
    let mut minutes: Vec<&str> =
        done.keys().filter_map(|what| what.strip_prefix("2024-01-01T")?.get(..5)).collect();
    minutes.dedup();
    minutes
}

#[test]
fn daemons_whose_clock_is_set_fire_everything_once_and_fail_no_run() {
    let folder = tempfile::tempdir().unwrap();
    let variables = [("LAST_NUMBER", "1000000")];
    let server = CodeServer::start("interrupted.py", folder.path(), &variables);
    let mut rig = Rig::start(&server.workspace, &[]);
    let yaml = "telemetry: {enabled: false}\nrun_queue: {max_concurrent_runs: 1000}\n\
        run_monitoring: {enabled: true, start_timeout_seconds: 180, poll_interval_seconds: 1}\n";
    let home = new_home(folder.path(), yaml);
    server.serve(&home);
    let clock = SettableClock::going(NOON - 4.0);
    let daemons = rig.daemons(&home, &clock);

    let wait_until_fired = |rig: &mut Rig, minute: &str| {
        let what = format!("launch of {minute}");
        wait_for(&what, PATIENCE, || {
            let (done, _) = rig.done(&home);
            let is_launched = |key: &str| done.get(key).is_some_and(|runs| runs == &[1]);
            let of_minute = |key| format!("2024-01-01T{minute}:00+00:00 {key} - - -");
            ["one", "two"].iter().all(|key| is_launched(&of_minute(key))).then_some(())
        });
    };
    // nobody looks at the clock all the time
    let is_calm = |rig: &mut Rig| {
        let (before, cursor) = (clock.looks(), rig.done(&home).1["cursor"].clone());
        std::thread::sleep(Duration::from_secs(6));
        let looks = clock.looks() - before;
        assert!(looks < 600, "the clock was looked at {looks} times in 6 seconds");
        cursor.as_str().unwrap().parse::<u64>().unwrap()
    };

    wait_until_fired(&mut rig, "12:00");
    is_calm(&mut rig);
    clock.set(NOON + 598.0);
    // of what was missed a schedule without partitions fires the latest
    wait_until_fired(&mut rig, "12:09");
    wait_until_fired(&mut rig, "12:10");
    let evaluations = is_calm(&mut rig);
    clock.set(NOON + 57.0);
    // nothing had fired there
    wait_until_fired(&mut rig, "12:01");
    // the sensor is not left alone until the clock is where it was
    wait_for("evaluation of the sensor", PATIENCE, || {
        let (_, account) = rig.done(&home);
        let cursor: u64 = account["cursor"].as_str()?.parse().ok()?;
        (cursor > evaluations).then_some(())
    });
    is_calm(&mut rig);
    // over what has fired already
    clock.set(NOON + 599.0);
    is_calm(&mut rig);
    clock.set(NOON + 658.0);
    wait_until_fired(&mut rig, "12:11");
    rig.stop(daemons);

    let (done, account) = rig.done(&home);
    assert_eq!(minutes(&done), ["12:00", "12:01", "12:09", "12:10", "12:11"], "{account:#}");
    let runs = done.values().map(Vec::len).sum::<usize>();
    assert!(done.values().all(|launches| launches.len() == 1), "{account:#}");
    // their workers never start, which is not to be held against them
    assert_eq!(account["statuses"]["FAILURE"], Value::Null, "{account:#}");
    assert!(runs >= 10, "{account:#}");
}

/// Iterations in which the clock is set at every single look at it, of which there are as many as the program makes.
fn assert_iterations(daemon: &'static str, is_done: fn(&Done) -> bool) {
    let folder = tempfile::tempdir().unwrap();
    let server = CodeServer::start("interrupted.py", folder.path(), &[]);
    let mut rig = Rig::start(&server.workspace, &[]);
    let prepared = new_home(folder.path(), "telemetry: {enabled: false}\n");
    tick(&rig, &prepared, daemon, &SettableClock::set_at_look(NOON + 5.0, None));
    let work = NOON + 65.0;
    for step in [3600.0, -3600.0] {
        let mut look = 0;
        loop {
            look += 1;
            let home = folder.path().join(format!("{step} {look}"));
            copy(&prepared, &home);
            let clock = SettableClock::set_at_look(work, Some((look, work + step)));
            let looks = tick(&rig, &home, daemon, &clock);
            // wrong for a while, and to rights again
            for at in [step + 75.0, 75.0, 125.0, 165.0] {
                tick(&rig, &home, daemon, &SettableClock::set_at_look(NOON + at, None));
            }
            let (done, account) = rig.done(&home);
            let happened = format!("{daemon}: set by {step} at look {look} of {looks}");
            assert!(is_done(&done), "{happened}: {account:#}");
            assert!(done.values().all(|runs| runs.len() == 1), "{happened}: {account:#}");
            std::fs::remove_dir_all(&home).unwrap();
            if look > looks {
                eprintln!("{daemon}: {looks} looks at the clock");
                break;
            }
        }
    }
}

#[test]
fn a_clock_set_in_the_middle_of_a_schedule_costs_no_time_and_doubles_none() {
    assert_iterations("schedule", |done| {
        let minutes = minutes(done);
        let others = minutes.iter().filter(|minute| !["12:01", "12:02"].contains(minute));
        // while it was wrong it fired what was due then
        minutes.contains(&"12:01")
            && minutes.contains(&"12:02")
            && others.clone().all(|minute| *minute == "13:01")
    });
}

#[test]
fn a_clock_set_in_the_middle_of_a_sensor_costs_no_request_and_doubles_none() {
    assert_iterations("sensor", |done| {
        let keys: Vec<&str> =
            done.keys().filter_map(|what| what.strip_prefix("- key ")?.get(..1)).collect();
        keys == ["0", "1", "2"]
    });
}
