//! A code location is upgraded while its schedules fire: each tick happens once.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::daemons::Home;
use crate::harness::{free_port, wait_for};
use crate::service::Service;

const SCHEDULES: usize = 20;

/// The runs wait in the queue: nobody has to execute them.
pub const NO_RUNS: &str = "run_queue:\n  max_concurrent_runs: 0\n";

const DEFINITIONS: &str = r#"
import time
import dagster as dg

@dg.op
def nothing(): ...

@dg.job
def work():
    nothing()

def schedule(number):
    # slow enough to be caught in the middle
    @dg.schedule(name=f"schedule_{number}", job=work, cron_schedule="* * * * *",
                 default_status=dg.DefaultScheduleStatus.RUNNING)
    def one(context):
        time.sleep(0.2)
        return dg.RunRequest(tags={"version": "VERSION"})
    return one

defs = dg.Definitions(jobs=[work], schedules=[schedule(number) for number in range(20)])
"#;

pub fn version(number: usize) -> String {
    DEFINITIONS.replace("VERSION", &number.to_string())
}

pub fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

pub fn sleep_until(time: f64) {
    std::thread::sleep(Duration::from_secs_f64((time - now()).max(0.0)));
}

#[test]
fn a_code_location_upgraded_while_its_schedules_fire_misses_no_tick() {
    let home = Home::new(NO_RUNS);
    let port = free_port();
    let mut server = home.code_server(&version(1), port);
    let service = Service::to(port);
    let daemon = home.daemon(service.port);
    daemon.wait_until_it_says("this process leads: its daemons start");
    // The old server goes just before the schedules fire, in the middle of their evaluation, and after it.
    let first = ((now() + 50.0) / 60.0).ceil() * 60.0;
    let moments = [-0.2, 0.3, 1.5];
    for (number, moment) in moments.iter().enumerate() {
        let minute = first + 60.0 * number as f64;
        let newer = free_port();
        sleep_until(minute - 45.0);
        let next = home.code_server(&version(number + 2), newer);
        sleep_until(minute + moment - 0.1);
        service.lead_to(newer);
        sleep_until(minute + moment);
        server.signal("-TERM");
        server = next;
    }
    let minutes: Vec<i64> =
        (0..moments.len()).map(|number| first as i64 + 60 * number as i64).collect();
    wait_for("every tick", Duration::from_secs(55), || {
        is_complete(&home.report(), &minutes).then_some(())
    });
    assert_each_happened_once(&home.report(), &minutes, &daemon.said());
}

/// Each tick of these minutes ended once, well, and with one run.
pub fn assert_each_happened_once(report: &Value, minutes: &[i64], said: &str) {
    for (key, count) in report["ticks"].as_object().unwrap() {
        let minute: i64 = key.split(' ').nth(1).unwrap().parse().unwrap();
        if minutes.contains(&minute) {
            assert!(key.ends_with(" SUCCESS") && count == 1, "{key}: {count}\n{said}");
        }
    }
    for (key, count) in report["scheduled"].as_object().unwrap() {
        assert_eq!(count, 1, "{key} has several runs\n{said}");
    }
}

/// Whether each schedule has ended its tick of each of these minutes.
pub fn is_complete(report: &Value, minutes: &[i64]) -> bool {
    minutes.iter().all(|minute| {
        (0..SCHEDULES).all(|number| {
            report["ticks"].get(format!("schedule_{number} {minute} SUCCESS")).is_some()
        })
    })
}
