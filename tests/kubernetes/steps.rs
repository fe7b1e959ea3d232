//! Runs whose steps are Jobs that Rondel makes itself, without a run worker; and the same job with Dagster's
//! executor in a run worker, for comparison.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::cluster::TestCluster;
use crate::daemons::{Daemon, Home, Process};
use crate::harness::{free_port, run_python, wait_for};

/// Each step is a Python process, and the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(400);

const DEFINITIONS: &str = r#"
import json
import os
import time
import dagster as dg
from dagster_k8s import k8s_job_executor

def place(context):
    return "/".join(context.get_identifier())

class Shared(dg.IOManager):
    """Outputs in the instance's database, which every pod reaches."""

    def handle_output(self, context, value):
        storage = context.step_context.instance.run_storage
        storage.set_cursor_values({place(context): json.dumps(value)})

    def load_input(self, context):
        storage = context.step_context.instance.run_storage
        key = place(context.upstream_output)
        return json.loads(storage.get_cursor_values({key})[key])

@dg.io_manager
def shared():
    return Shared()

@dg.op
def a():
    return 1

@dg.op
def b(a):
    return a + 1

@dg.op
def c(a):
    return a + 2

@dg.op(out=dg.DynamicOut())
def fan(b, c):
    for key in "xy"[:b + c - 3]:
        yield dg.DynamicOutput(key, mapping_key=key)

@dg.op(retry_policy=dg.RetryPolicy(max_retries=1, delay=0.5))
def each(context, key):
    if key == "x" and context.retry_number == 0:
        raise Exception("not yet")
    return key

@dg.op
def collect(context, keys):
    context.log.info(f"collected {sorted(keys)}")

@dg.op(out={"yes": dg.Out(is_required=False), "no": dg.Out(is_required=False)})
def branch():
    yield dg.Output(1, "yes")

@dg.op
def taken(value): ...

@dg.op
def untaken(value):
    return value

@dg.op
def after_untaken(value): ...

@dg.op(pool="database")
def query(): ...

@dg.op
def fails():
    raise Exception("on purpose")

@dg.op
def never(value): ...

@dg.op(retry_policy=dg.RetryPolicy(max_retries=1, delay=0.5))
def dies(context):
    if context.retry_number == 0:
        os.kill(os.getpid(), 9)

@dg.op
def dies_for_good():
    os.kill(os.getpid(), 9)

@dg.resource
def shaky(context):
    raise Exception("not today")

@dg.op(required_resource_keys={"shaky"}, retry_policy=dg.RetryPolicy(max_retries=1))
def lacks():
    pass

@dg.job(
    executor_def=k8s_job_executor,
    config={"execution": {"config": {"max_concurrent": 3}}},
    resource_defs={"shaky": shaky, "io_manager": shared},
)
def everything():
    start = a()
    collect(fan(b(start), c(start)).map(each).collect())
    yes, no = branch()
    taken(yes)
    after_untaken(untaken(no))
    query.alias("query_1")()
    query.alias("query_2")()
    never(fails())
    dies()
    dies_for_good()
    lacks()

@dg.op
def slow(value):
    time.sleep(4)
    return value

@dg.job(executor_def=k8s_job_executor, resource_defs={"io_manager": shared})
def chain():
    slow.alias("third")(slow.alias("second")(slow.alias("first")(a())))

@dg.op
def endless():
    time.sleep(600)

@dg.job(resource_defs={"io_manager": shared})
def stuck():
    endless()

if os.environ.get("DAGSTER_RUN_JOB_NAME") == "mute" and "RONDEL_STEP_ERROR" in os.environ:
    raise Exception("code that nobody can ask")

@dg.job(resource_defs={"io_manager": shared})
def mute():
    dies()

defs = dg.Definitions(jobs=[everything, chain, stuck, mute])
"#;

struct Rig {
    daemon: Option<Daemon>,
    port: u16,
    home: Home,
    cluster: TestCluster,
    _code: Process,
}

impl Rig {
    fn start() -> Self {
        let cluster = TestCluster::start();
        let home = Home::new("run_monitoring:\n  enabled: true\n  poll_interval_seconds: 5\n");
        let port = free_port();
        let code = home.code_server(DEFINITIONS, port);
        let launcher = json!({
            "module": "dagster_k8s",
            "class": "K8sRunLauncher",
            "config": {
                "service_account_name": "default",
                "instance_config_map": "rondel-test-instance",
                "dagster_home": home.path(),
                "job_image": cluster.image,
                "job_namespace": cluster.namespace,
                "load_incluster_config": false,
                "kubeconfig_file": cluster.kubeconfig,
                "run_k8s_config": cluster.mount("definitions", home.path(), &["definitions.py"]),
            },
        });
        home.add(&format!("run_launcher: {launcher}\n"));
        let daemon = Some(home.daemon(port));
        Self { daemon, port, home, cluster, _code: code }
    }

    fn python(&self, arguments: &[&str]) -> String {
        run_python("steps.py", arguments, self.home.path())
    }

    fn submit(&self, job: &str, executor: &str) -> String {
        let tag = format!("rondel/kubernetes_executor={executor}");
        self.python(&["submit", &self.port.to_string(), job, &tag]).trim().to_owned()
    }

    fn report(&self, run_id: &str) -> Value {
        serde_json::from_str(self.python(&["report", run_id]).lines().last().unwrap()).unwrap()
    }

    fn wait_until(&self, run_id: &str, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        wait_for(what, PATIENCE, || {
            std::thread::sleep(Duration::from_millis(500));
            let report = self.report(run_id);
            let over =
                matches!(report["status"].as_str(), Some("SUCCESS" | "FAILURE" | "CANCELED"));
            let is_so = is_so(&report);
            assert!(is_so || !over, "no {what}:\n{}\n{}", log_of(&report), self.said());
            is_so.then_some(report)
        })
    }

    fn said(&self) -> String {
        self.daemon.as_ref().map(Daemon::said).unwrap_or_default()
    }

    fn wait_for_end(&self, run_id: &str, status: &str) -> Value {
        self.wait_until(run_id, &format!("run that is {status}"), |now| now["status"] == status)
    }
}

fn events(report: &Value) -> impl Iterator<Item = &Value> {
    report["events"].as_array().unwrap().iter()
}

fn log_of(report: &Value) -> String {
    let line =
        |event: &Value| format!("{} {} {}\n", event["type"], event["step"], event["message"]);
    events(report).map(line).collect()
}

fn count(report: &Value, event_type: &str, step: Option<&str>) -> usize {
    let wanted = |event: &&Value| {
        event["type"] == event_type && step.is_none_or(|step| event["step"] == step)
    };
    events(report).filter(wanted).count()
}

/// What an executor writes, by step (`None` for the run as a whole), in order: all types, and of its own events
/// everything else too. What tells of processes is left out.
fn told(run_id: &str, report: &Value) -> BTreeMap<Option<String>, Vec<Value>> {
    const OWN: [&str; 5] = [
        "STEP_WORKER_STARTING",
        "STEP_SKIPPED",
        "PIPELINE_START",
        "PIPELINE_SUCCESS",
        "PIPELINE_FAILURE",
    ];
    let mut told: BTreeMap<Option<String>, Vec<Value>> = BTreeMap::new();
    for event in events(report) {
        let kind = event["type"].as_str();
        let message = event["message"].as_str().unwrap();
        let is_own = kind.is_none_or(|kind| OWN.contains(&kind))
            || message.starts_with("Starting execution with step handler")
            || message.starts_with("Step blocked by limit");
        if kind == Some("ENGINE_EVENT") && !is_own {
            continue;
        }
        let said = if is_own {
            // the names of Jobs are made of the run's id, too
            let message = message.replace(run_id, "RUN");
            let mut message: Vec<&str> =
                message.split(' ').filter(|word| !word.starts_with("dagster-step-")).collect();
            if kind == Some("PIPELINE_FAILURE") {
                // steps that fail side by side are named in the order in which they did
                message = message
                    .into_iter()
                    .map(|word| word.trim_matches(['[', ']', ',', '.']))
                    .collect();
                message.sort_unstable();
            }
            let tags: Vec<&Value> =
                event["tags"].as_array().unwrap().iter().filter(|tag| tag[0] != "run_id").collect();
            json!([kind, message.join(" "), event["level"], event["kind"], tags])
        } else {
            json!([kind])
        };
        told.entry(event["step"].as_str().map(str::to_owned)).or_default().push(said);
    }
    told
}

#[test]
fn a_run_without_a_run_worker_says_what_one_with_it_says() {
    let rig = Rig::start();
    rig.python(&["pool", "database", "1"]);
    let pods = rig.submit("everything", "run_pod");
    let expected = rig.wait_for_end(&pods, "FAILURE");
    let hosted = rig.submit("everything", "host");
    let report = rig.wait_for_end(&hosted, "FAILURE");

    let run_pods = |run: &str| {
        let jobs = rig.cluster.jobs_of(run);
        let names = jobs.iter().filter_map(|job| job["metadata"]["name"].as_str());
        names.filter(|name| name.starts_with("dagster-run-")).count()
    };
    assert_eq!((run_pods(&pods), run_pods(&hosted)), (1, 0));
    let (expected, said) = (told(&pods, &expected), told(&hosted, &report));
    assert_eq!(said.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (step, expected) in expected {
        // steps of a pool race for it
        let is_raced = step.as_deref().is_some_and(|step| step.starts_with("query_"));
        let sorted = |mut said: Vec<Value>| {
            said.retain(|said| !is_raced || said[0] != "ENGINE_EVENT");
            said
        };
        assert_eq!(sorted(said[&step].clone()), sorted(expected), "{step:?}\n{}", log_of(&report));
    }
    assert!(log_of(&report).contains("collected ['x', 'y']"));
    for (step, attempts, retries) in [("dies", 2, 1), ("dies_for_good", 1, 0), ("lacks", 2, 1)] {
        let of = |event_type| count(&report, event_type, Some(step));
        assert_eq!(of("STEP_WORKER_STARTING"), attempts, "{}", log_of(&report));
        assert_eq!(of("STEP_UP_FOR_RETRY"), retries, "{}", log_of(&report));
    }

    // only what failed is executed again, in a run that carries the tags of its parent
    let again = rig.python(&["resume", &rig.port.to_string(), &hosted]).trim().to_owned();
    let report = rig.wait_for_end(&again, "FAILURE");
    for step in ["fails", "dies_for_good", "lacks"] {
        assert!(count(&report, "STEP_WORKER_STARTING", Some(step)) > 0, "{}", log_of(&report));
    }
    assert_eq!(count(&report, "STEP_WORKER_STARTING", Some("dies")), 0, "{}", log_of(&report));
    assert_eq!(count(&report, "STEP_FAILURE", Some("fails")), 1, "{}", log_of(&report));
    assert_eq!(report["tags"]["rondel/host_run"], *again);
}

#[test]
fn a_leader_killed_in_the_middle_of_a_run_leaves_each_step_executed_once() {
    let mut rig = Rig::start();
    let run = rig.submit("chain", "host");
    for step in ["first", "second"] {
        rig.wait_until(&run, &format!("worker of {step}"), |report| {
            count(report, "STEP_WORKER_STARTING", Some(step)) > 0
        });
        let daemon = rig.daemon.take().unwrap();
        daemon.process.signal("-KILL");
        rig.daemon = Some(rig.home.daemon(rig.port));
    }
    let report = rig.wait_for_end(&run, "SUCCESS");
    for step in ["a", "first", "second", "third"] {
        for event_type in ["STEP_WORKER_STARTING", "STEP_START", "STEP_SUCCESS"] {
            let times = count(&report, event_type, Some(step));
            assert_eq!(times, 1, "{event_type} of {step}:\n{}", log_of(&report));
        }
    }
    for event_type in ["PIPELINE_START", "PIPELINE_SUCCESS"] {
        assert_eq!(count(&report, event_type, None), 1, "{}", log_of(&report));
    }
    assert_eq!(rig.cluster.jobs_of(&run).len(), 4);
}

#[test]
fn a_run_without_a_run_worker_can_be_canceled_and_its_steps_be_killed() {
    let rig = Rig::start();
    let run = rig.submit("stuck", "host");
    let started = |report: &Value| count(report, "STEP_START", None) > 0;
    rig.wait_until(&run, "step under way", started);
    rig.python(&["cancel", &run]);
    let report = rig.wait_for_end(&run, "CANCELED");
    let log = log_of(&report);
    assert!(log.contains("Executor received termination signal, forwarding to steps"), "{log}");
    assert!(log.contains("Deleting Kubernetes job dagster-step-"), "{log}");
    wait_for("end of the pod", PATIENCE, || rig.cluster.has_no_pod_of(&run).then_some(()));
    assert!(rig.cluster.jobs_of(&run).is_empty());

    let run = rig.submit("stuck", "host");
    rig.wait_until(&run, "step under way", started);
    rig.cluster.kill_pod_of(&run);
    let report = rig.wait_for_end(&run, "FAILURE");
    let failures = events(&report).filter(|event| event["type"] == "STEP_FAILURE").count();
    assert_eq!(failures, 1, "{}", log_of(&report));
    assert!(log_of(&report).contains("Steps failed: ['endless']."), "{}", log_of(&report));

    // an op that would be tried again, if its retry policy could be asked for
    let run = rig.submit("mute", "host");
    let report = rig.wait_for_end(&run, "FAILURE");
    let failure = events(&report).find(|event| event["type"] == "STEP_FAILURE").unwrap();
    let error = failure["error"].as_str().unwrap();
    assert!(error.contains("Discovered failed Kubernetes job"), "{error}");
    assert!(error.contains("could not be found out"), "{error}");
}
