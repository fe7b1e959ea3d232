//! The operator rolls a code location out again and again, and leading daemons go, while schedules fire: each tick
//! happens once. This machine must be in the network of a real cluster: Services are reached by their addresses.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use rondel_kubernetes::{Credentials, connect};
use rondel_kubernetes_simulator::{ClusterOptions, Testbed};
use rondel_operator::{
    CodeServerDefaults, CodeServerProbe, Loaded, LocationProbe, OperatorOptions, definition, run,
};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::daemons::{Daemon, Home};
use crate::harness::{free_port, python, rondel, wait_for};
use crate::upgrades::{NO_RUNS, assert_each_happened_once, is_complete, now, sleep_until, version};

const KIND: &str = "codelocations.rondel.dev";
const PATIENCE: Duration = Duration::from_secs(120);

/// Asks code servers by the address of their Service, as names are not resolved here.
struct ByAddress(Arc<Testbed>);

#[async_trait]
impl LocationProbe for ByAddress {
    async fn ask(&self, _host: &str, port: u16) -> Loaded {
        match address(&self.0) {
            Some(address) => CodeServerProbe.ask(&address, port).await,
            None => Loaded::Unreachable("there is no Service".to_owned()),
        }
    }
}

fn address(cluster: &Testbed) -> Option<String> {
    let service = cluster.get("services", cluster.namespace(), "etl")?;
    service["spec"]["clusterIP"].as_str().map(str::to_owned)
}

/// A code location, its operator, and what its versions are made of.
struct Rollouts {
    cluster: Arc<Testbed>,
    home: Home,
    stop: CancellationToken,
    runtime: Runtime,
}

impl Rollouts {
    fn start() -> Self {
        let home = Home::new(NO_RUNS);
        let runtime = Runtime::new().unwrap();
        let bin = python().parent().unwrap().display().to_string();
        let options = ClusterOptions {
            path: format!("{bin}:/usr/bin:/bin"),
            environment: vec![
                ("HOME".to_owned(), "/tmp".to_owned()),
                ("DAGSTER_HOME".to_owned(), home.path().display().to_string()),
                ("DAGSTER_DISABLE_TELEMETRY".to_owned(), "yes".to_owned()),
            ],
            network: true,
            ..ClusterOptions::default()
        };
        let cluster = Arc::new(runtime.block_on(Testbed::start(options)).unwrap());
        let namespace = cluster.namespace().to_owned();
        cluster.define(&definition()).unwrap();
        let file = cluster.kubeconfig_with_roles(&["rondel-operator"], &[&namespace]).unwrap();
        let client = runtime.block_on(connect(&Credentials::Kubeconfig(Some(file)), None)).unwrap();
        let stop = CancellationToken::new();
        let options = OperatorOptions {
            namespace: Some(namespace.clone()),
            probe: Arc::new(ByAddress(Arc::clone(&cluster))),
            defaults: CodeServerDefaults::default(),
        };
        runtime.spawn(run(client, options, stop.clone()));
        let rollouts = Self { cluster, home, stop, runtime };
        let spec = rollouts.spec(1);
        let object = json!({"metadata": {"name": "etl"}, "spec": spec});
        rollouts.cluster.create(KIND, &namespace, object).unwrap();
        rollouts.wait_until_ready(1);
        let address = address(&rollouts.cluster).unwrap();
        let workspace = json!({"load_from": [
            {"grpc_server": {"host": address, "port": 3030, "location_name": "etl"}},
        ]});
        std::fs::write(rollouts.home.path().join("workspace.yaml"), workspace.to_string()).unwrap();
        rollouts
    }

    fn spec(&self, number: usize) -> Value {
        let name = format!("definitions-{number}");
        let file = self.home.path().join(format!("{name}.py"));
        let text = version(number);
        std::fs::write(&file, &text).unwrap();
        let data = json!({"definitions.py": text});
        let files = json!({"metadata": {"name": name}, "data": data});
        self.cluster.create("configmaps", self.cluster.namespace(), files).unwrap();
        let mount = json!({"name": "code", "mountPath": file, "subPath": "definitions.py"});
        json!({
            "image": self.cluster.image().unwrap(),
            "codeServerArgs": ["-f", file],
            "container": {"volumeMounts": [mount]},
            "pod": {"volumes": [{"name": "code", "configMap": {"name": name}}]},
        })
    }

    fn wait_until_ready(&self, number: usize) {
        let start = Instant::now();
        let (cluster, namespace) = (&self.cluster, self.cluster.namespace());
        loop {
            let location = cluster.get(KIND, namespace, "etl").unwrap();
            let status = &location["status"];
            let generation = &location["metadata"]["generation"];
            if status["phase"] == "Ready" && status["observedGeneration"] == *generation {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "version {number} is not ready: {location}\n{:?}\n{:?}",
                cluster.list("deployments.apps", namespace),
                cluster.list("pods", namespace),
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// One version after the other; how many there were.
    fn go_on_until(&self, is_over: &AtomicBool) -> usize {
        let mut number = 1;
        while !is_over.load(Ordering::Relaxed) {
            number += 1;
            let spec = self.spec(number);
            let edit = json!({"spec": spec});
            self.cluster.patch(KIND, self.cluster.namespace(), "etl", None, &edit).unwrap();
            self.wait_until_ready(number);
        }
        number
    }

    fn daemon(&self) -> Daemon {
        let mut command = rondel(self.home.path());
        command.args(["daemon", "run", "-w", "workspace.yaml"]);
        Daemon::start(command, free_port())
    }
}

impl Drop for Rollouts {
    fn drop(&mut self) {
        self.stop.cancel();
        // the operator's last words need the cluster
        self.runtime.block_on(tokio::task::yield_now());
    }
}

/// Ends the rollouts however its scope is left.
struct EndsWhenDropped<'a>(&'a AtomicBool);

impl Drop for EndsWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Takes the one out that has come to lead: whichever of those who waited was the first to look.
fn leader_of(daemons: &mut Vec<Daemon>) -> Daemon {
    const LEADS: &str = "this process leads: its daemons start";
    let place = wait_for("a leader", PATIENCE, || {
        daemons.iter().position(|daemon| daemon.said().contains(LEADS))
    });
    daemons.remove(place)
}

#[test]
fn rollouts_of_code_and_of_daemons_miss_no_tick() {
    let rollouts = Rollouts::start();
    let mut standbys = vec![rollouts.daemon(), rollouts.daemon()];
    let mut leader = leader_of(&mut standbys);
    let first = ((now() + 30.0) / 60.0).ceil() * 60.0;
    let minutes = [first as i64, first as i64 + 60, first as i64 + 120];
    let is_over = AtomicBool::new(false);
    let versions = std::thread::scope(|scope| {
        let ends = EndsWhenDropped(&is_over);
        let rolling = scope.spawn(|| rollouts.go_on_until(&is_over));
        // as a Deployment does: a new one comes, an old one is asked to go, in the middle of the ticks
        for minute in [minutes[1], minutes[2]] {
            sleep_until(minute as f64 + 0.4);
            standbys.push(rollouts.daemon());
            leader.process.signal("-TERM");
            leader = leader_of(&mut standbys);
        }
        wait_for("every tick", PATIENCE, || {
            is_complete(&rollouts.home.report(), &minutes).then_some(())
        });
        drop(ends);
        rolling.join().unwrap()
    });
    assert!(versions >= 4, "only {versions} versions");
    assert_each_happened_once(&rollouts.home.report(), &minutes, &leader.said());
}
