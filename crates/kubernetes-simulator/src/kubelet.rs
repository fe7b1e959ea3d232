//! The kubelet of the only node, and the scheduler before it: takes every pod through its life.
//!
//! One task per pod: schedule, find volumes, pull the image, resolve variables, run the first container,
//! report how it ended. A step that cannot be done now leaves its reason in the pod's status or an event
//! and is tried again, as on a real node.

use std::collections::{HashMap, HashSet};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::network::{Network, is_ready};
use crate::pod_status::{container_status, running, scheduled};
use crate::process::{Container, Exit};
use crate::resources::Resource;
use crate::store::{Propagation, Store, timestamp};

/// How often a step that failed is tried again.
const RETRY: Duration = Duration::from_millis(100);

/// How often memory is compared with the limit.
const MEMORY_CHECK: Duration = Duration::from_millis(50);

/// How often a pod that is not ready is asked whether it is.
const READINESS_CHECK: Duration = Duration::from_millis(100);

/// What can happen to a running container from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disturbance {
    OutOfMemory,
    Eviction,
    Kill,
}

/// The machine that pods run on.
#[derive(Debug)]
pub(crate) struct Node {
    path: String,
    environment: Vec<(String, String)>,
    directory: PathBuf,
    logs: PathBuf,
    network: Option<Arc<Network>>,
    running: Mutex<HashMap<(String, String), mpsc::UnboundedSender<Disturbance>>>,
}

impl Node {
    pub(crate) fn new(
        path: String,
        environment: Vec<(String, String)>,
        directory: &Path,
        logs: &Path,
        network: Option<Arc<Network>>,
    ) -> Self {
        let (directory, logs) = (directory.to_owned(), logs.to_owned());
        Self { path, environment, directory, logs, network, running: Mutex::default() }
    }

    pub(crate) fn disturb(&self, namespace: &str, pod: &str, disturbance: Disturbance) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = running.get(&(namespace.to_owned(), pod.to_owned())) {
            // a container that has just ended cannot be disturbed
            let _ = sender.send(disturbance);
        }
    }
}

/// Runs pods.
#[derive(Debug)]
pub(crate) struct Kubelet {
    store: Arc<Store>,
    node: Arc<Node>,
}

impl Kubelet {
    pub(crate) fn new(store: Arc<Store>, node: Arc<Node>) -> Self {
        Self { store, node }
    }

    /// Never returns; dropping it kills all containers.
    pub(crate) async fn run(self) {
        let mut changes = self.store.subscribe();
        let mut known = HashSet::new();
        let mut lives = JoinSet::new();
        loop {
            changes.mark_unchanged();
            for pod in self.store.list("pods", "") {
                let uid = text(&pod["metadata"]["uid"]);
                if known.insert(uid) {
                    let life = Life::new(&self.store, &self.node, &pod);
                    lives.spawn(life.live());
                }
            }
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                Some(_) = lives.join_next() => {}
            }
        }
    }
}

/// The life of one pod.
struct Life {
    store: Arc<Store>,
    node: Arc<Node>,
    namespace: String,
    name: String,
    uid: String,
    address: Ipv4Addr,
    told: HashSet<String>,
}

/// Why a pod does not run yet.
enum Obstacle {
    Unschedulable(String),
    Volume(String),
    /// The container waits: reason and message.
    Container(&'static str, String),
}

impl Life {
    fn new(store: &Arc<Store>, node: &Arc<Node>, pod: &Value) -> Self {
        Self {
            store: Arc::clone(store),
            node: Arc::clone(node),
            namespace: text(&pod["metadata"]["namespace"]),
            name: text(&pod["metadata"]["name"]),
            uid: text(&pod["metadata"]["uid"]),
            address: node.network.as_ref().map_or(Ipv4Addr::LOCALHOST, |it| it.address()),
            told: HashSet::new(),
        }
    }

    /// The pod as it is now; `None` once it is gone or another has its name.
    fn pod(&self) -> Option<Value> {
        let pod = self.store.get("pods", &self.namespace, &self.name)?;
        (pod["metadata"]["uid"] == *self.uid).then_some(pod)
    }

    fn status(&self, change: impl FnOnce(&mut Value)) {
        self.store.edit("pods", &self.namespace, &self.name, |pod| change(&mut pod["status"]));
    }

    fn remove(&self) {
        // gone already is fine
        let _ = self.store.delete(
            "pods",
            &self.namespace,
            &self.name,
            Propagation::Background,
            Some(0),
        );
    }

    async fn live(mut self) {
        let mut changes = self.store.subscribe();
        let (pod, container) = loop {
            changes.mark_unchanged();
            let Some(pod) = self.pod() else { return };
            if is_deleted(&pod) {
                return self.remove();
            }
            if !matches!(pod["status"]["phase"].as_str(), Some("Pending") | None) {
                return;
            }
            match self.start(&pod) {
                Ok(container) => break (pod, container),
                Err(obstacle) => self.tell(&pod, obstacle),
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = tokio::time::sleep(RETRY) => {}
            }
        };
        let (sender, disturbances) = mpsc::unbounded_channel();
        let key = (self.namespace.clone(), self.name.clone());
        self.node
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key.clone(), sender);
        self.run(&pod, container, disturbances).await;
        self.node.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }

    /// Takes the pod to a running container, or says what is in the way.
    fn start(&self, pod: &Value) -> Result<Container, Obstacle> {
        let spec = &pod["spec"];
        if spec["nodeSelector"].as_object().is_some_and(|wanted| !wanted.is_empty()) {
            return Err(Obstacle::Unschedulable(
                "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector."
                    .to_owned(),
            ));
        }
        self.find_volumes(spec)?;
        let container = &spec["containers"][0];
        let image = container["image"].as_str().unwrap_or_default();
        if image.is_empty() || image.contains(' ') {
            let message =
                format!("Failed to apply default image tag \"{image}\": couldn't parse image name");
            return Err(Obstacle::Container("InvalidImageName", message));
        }
        if image.contains("does-not-exist") {
            let message = format!(
                "failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": pull \
                 access denied, repository does not exist or may require authorization: server message: \
                 insufficient_scope: authorization failed"
            );
            return Err(Obstacle::Container("ErrImagePull", message));
        }
        let mut variables = vec![("PATH".to_owned(), self.node.path.clone())];
        variables.extend(self.node.environment.iter().cloned());
        variables.extend(self.variables(pod, container)?);
        let words: Vec<String> = ["command", "args"]
            .iter()
            .flat_map(|key| container[key].as_array().into_iter().flatten())
            .map(|word| match word.as_str() {
                Some("0.0.0.0") if self.node.network.is_some() => self.address.to_string(),
                _ => text(word),
            })
            .collect();
        let directory = container["workingDir"].as_str().map(PathBuf::from);
        let directory = directory.filter(|path| path.is_dir());
        Container::start(
            &words,
            &variables,
            directory.as_deref().unwrap_or(&self.node.directory),
            &self.node.logs.join(&self.uid),
        )
        .map_err(|error| {
            let program = words.first().map_or("", String::as_str);
            let message =
                format!("failed to create containerd task: exec: \"{program}\": {error}: unknown");
            Obstacle::Container("RunContainerError", message)
        })
    }

    fn find_volumes(&self, spec: &Value) -> Result<(), Obstacle> {
        for volume in spec["volumes"].as_array().into_iter().flatten() {
            let name = text(&volume["name"]);
            let wanted = [
                ("configmaps", "configmap", &volume["configMap"], "name"),
                ("secrets", "secret", &volume["secret"], "secretName"),
            ];
            for (resource, kind, source, key) in wanted {
                let Some(referred) = source[key].as_str() else { continue };
                let optional = source["optional"] == true;
                if !optional && self.store.get(resource, &self.namespace, referred).is_none() {
                    return Err(Obstacle::Volume(format!(
                        "MountVolume.SetUp failed for volume \"{name}\" : {kind} \"{referred}\" not found"
                    )));
                }
            }
        }
        Ok(())
    }

    fn variables(&self, pod: &Value, container: &Value) -> Result<Vec<(String, String)>, Obstacle> {
        let missing = |kind: &str, name: &str| {
            Obstacle::Container(
                "CreateContainerConfigError",
                format!("{kind} \"{name}\" not found"),
            )
        };
        let find = |resource: &str, reference: &Value| {
            let name = reference["name"].as_str().unwrap_or_default();
            match self.store.get(resource, &self.namespace, name) {
                Some(found) => Ok(Some(found)),
                None if reference["optional"] == true => Ok(None),
                None => Err(missing(resource.trim_end_matches('s'), name)),
            }
        };
        let mut variables = Vec::new();
        for source in container["envFrom"].as_array().into_iter().flatten() {
            for (resource, key) in [("configmaps", "configMapRef"), ("secrets", "secretRef")] {
                if source[key].is_null() {
                    continue;
                }
                if let Some(found) = find(resource, &source[key])? {
                    variables.extend(entries(&found));
                }
            }
        }
        for variable in container["env"].as_array().into_iter().flatten() {
            let name = text(&variable["name"]);
            let from = &variable["valueFrom"];
            if from.is_null() {
                variables.push((name, text(&variable["value"])));
                continue;
            }
            for (resource, key) in [("configmaps", "configMapKeyRef"), ("secrets", "secretKeyRef")]
            {
                if from[key].is_null() {
                    continue;
                }
                let Some(found) = find(resource, &from[key])? else { continue };
                let wanted = text(&from[key]["key"]);
                let value = entries(&found).find(|(key, _)| *key == wanted);
                let (_, value) = value.ok_or_else(|| missing("key", &wanted))?;
                variables.push((name.clone(), value));
            }
            if let Some(path) = from["fieldRef"]["fieldPath"].as_str() {
                let value = path.split('.').fold(pod, |value, part| &value[part]);
                variables.push((name, text(value)));
            }
        }
        Ok(variables)
    }

    /// Writes what is in the way into status and events, each once.
    fn tell(&mut self, pod: &Value, obstacle: Obstacle) {
        let (reason, message) = match &obstacle {
            Obstacle::Unschedulable(message) => ("FailedScheduling", message.clone()),
            Obstacle::Volume(message) => ("FailedMount", message.clone()),
            Obstacle::Container(reason, message) => (*reason, message.clone()),
        };
        if !self.told.insert(format!("{reason}: {message}")) {
            return;
        }
        let condition = match &obstacle {
            Obstacle::Unschedulable(_) => json!({
                "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                "message": message, "lastTransitionTime": timestamp(),
            }),
            _ => scheduled(),
        };
        let waiting = match &obstacle {
            Obstacle::Unschedulable(_) => None,
            Obstacle::Volume(_) => Some(json!({"reason": "ContainerCreating"})),
            Obstacle::Container(..) => Some(json!({"reason": reason, "message": message})),
        };
        self.status(|status| {
            status["conditions"] = json!([condition]);
            if let Some(waiting) = waiting {
                status["containerStatuses"] =
                    json!([container_status(pod, json!({ "waiting": waiting }), false)]);
            }
        });
        let event_reason = match obstacle {
            Obstacle::Container("ErrImagePull", _) => "Failed",
            _ => reason,
        };
        self.event("Warning", event_reason, &message);
    }

    fn event(&self, kind: &str, reason: &str, message: &str) {
        let events: Option<Resource> =
            self.store.resources().into_iter().find(|resource| resource.id() == "events");
        let Some(events) = events else { return };
        let event = json!({
            "metadata": {"generateName": format!("{}.", self.name)},
            "involvedObject": {
                "kind": "Pod", "apiVersion": "v1", "namespace": self.namespace, "name": self.name,
                "uid": self.uid,
            },
            "type": kind,
            "reason": reason,
            "message": message,
            "count": 1,
            "firstTimestamp": timestamp(),
            "lastTimestamp": timestamp(),
            "source": {"component": "kubelet"},
        });
        // an event that cannot be written changes nothing
        let _ = self.store.create(&events, &self.namespace, event);
    }

    async fn run(
        &self,
        pod: &Value,
        mut container: Container,
        mut disturbances: mpsc::UnboundedReceiver<Disturbance>,
    ) {
        self.event("Normal", "Started", "Started container");
        let is_ready_at_once = self.node.network.is_none();
        let mut waits_for_readiness = !is_ready_at_once;
        self.status(|status| {
            status["phase"] = "Running".into();
            status["podIP"] = self.address.to_string().into();
            status["startTime"] = timestamp().into();
            running(status, pod, is_ready_at_once);
        });
        let limit = pod["spec"]["containers"][0]["resources"]["limits"]["memory"]
            .as_str()
            .and_then(bytes_of)
            .unwrap_or(u64::MAX);
        let mut changes = self.store.subscribe();
        let mut memory = tokio::time::interval(MEMORY_CHECK);
        let mut readiness = tokio::time::interval(READINESS_CHECK);
        let (exit, reason) = loop {
            changes.mark_unchanged();
            match self.pod() {
                // removed by force: nobody is left to be told
                None => {
                    container.kill().await;
                    return;
                }
                Some(now) if is_deleted(&now) => {
                    let grace = now["metadata"]["deletionGracePeriodSeconds"].as_u64();
                    let grace = Duration::from_secs(grace.unwrap_or(30));
                    break (container.stop(grace).await, None);
                }
                Some(_) => {}
            }
            tokio::select! {
                exit = container.wait() => break (exit, None),
                Some(disturbance) = disturbances.recv() => {
                    break (container.kill().await, Some(disturbance));
                }
                _ = memory.tick(), if limit < u64::MAX => {
                    if container.resident() > limit {
                        break (container.kill().await, Some(Disturbance::OutOfMemory));
                    }
                }
                _ = readiness.tick(), if waits_for_readiness => {
                    if is_ready(pod, self.address).await {
                        waits_for_readiness = false;
                        self.status(|status| running(status, pod, true));
                    }
                }
                _ = changes.changed() => {}
            }
        };
        self.end(pod, exit, reason);
        if self.pod().is_some_and(|now| is_deleted(&now)) {
            self.remove();
        }
    }

    fn end(&self, pod: &Value, exit: Exit, reason: Option<Disturbance>) {
        let succeeded = exit.code == 0 && reason.is_none();
        let container_reason = match reason {
            Some(Disturbance::OutOfMemory) => "OOMKilled",
            _ if succeeded => "Completed",
            _ => "Error",
        };
        if reason == Some(Disturbance::Eviction) {
            self.event("Warning", "Evicted", EVICTED);
        }
        self.status(|status| {
            status["phase"] = if succeeded { "Succeeded" } else { "Failed" }.into();
            if reason == Some(Disturbance::Eviction) {
                status["reason"] = "Evicted".into();
                status["message"] = EVICTED.into();
            }
            let state = json!({"terminated": {
                "exitCode": exit.code, "reason": container_reason, "finishedAt": timestamp(),
            }});
            status["containerStatuses"] = json!([container_status(pod, state, false)]);
            status["conditions"] = json!([
                scheduled(),
                {"type": "Ready", "status": "False", "lastTransitionTime": timestamp()},
            ]);
        });
    }
}

const EVICTED: &str =
    "The node was low on resource: memory. Threshold quantity: 100Mi, available: 20Mi.";

fn is_deleted(pod: &Value) -> bool {
    !pod["metadata"]["deletionTimestamp"].is_null()
}

fn entries(object: &Value) -> impl Iterator<Item = (String, String)> {
    let plain = object["data"].as_object().into_iter().chain(object["stringData"].as_object());
    plain.flatten().map(|(key, value)| (key.clone(), text(value)))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A quantity of memory: `64Mi`, `1G`, `1000`.
fn bytes_of(quantity: &str) -> Option<u64> {
    let digits = quantity.trim_end_matches(|c: char| !c.is_ascii_digit());
    let factor = match &quantity[digits.len()..] {
        "" => 1,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        "k" => 1000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        _ => return None,
    };
    Some(digits.parse::<u64>().ok()? * factor)
}
