//! The controllers: Jobs make pods and count how they end, Deployments keep pods going.
//!
//! Level-triggered like the real ones: after every change all objects are looked at again. What a
//! decision needs is in the objects, except the pods a Job has had, which real clusters track by
//! finalizers and this one by memory.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::resources::Resource;
use crate::store::{Propagation, Store, is_owned_by, timestamp};

/// How long nothing may happen before deadlines are looked at.
const TICK: Duration = Duration::from_millis(200);

/// Never returns.
pub(crate) async fn run(store: Arc<Store>) {
    let mut jobs = Jobs::default();
    let mut changes = store.subscribe();
    loop {
        changes.mark_unchanged();
        store.collect_garbage();
        let pods = store.list("pods", "");
        for job in store.list("jobs.batch", "") {
            jobs.reconcile(&store, &job, &pods);
        }
        for deployment in store.list("deployments.apps", "") {
            reconcile_deployment(&store, &deployment, &pods);
        }
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// How the pods of a Job ended, by the uid of the Job.
#[derive(Default)]
struct Jobs {
    counted: HashMap<String, Counted>,
}

#[derive(Default)]
struct Counted {
    seen: HashSet<String>,
    succeeded: HashSet<String>,
    failed: HashSet<String>,
}

impl Jobs {
    fn reconcile(&mut self, store: &Store, job: &Value, pods: &[Value]) {
        if is_finished(job) {
            return clean_up(store, job);
        }
        let uid = &job["metadata"]["uid"];
        let own: Vec<&Value> = pods.iter().filter(|pod| is_owned_by(pod, uid)).collect();
        let counted = self.counted.entry(text(uid)).or_default();
        counted.look_at(&own);
        let active = counted.seen.len() - counted.succeeded.len() - counted.failed.len();
        let (succeeded, failed) = (counted.succeeded.len(), counted.failed.len());
        let limit = job["spec"]["backoffLimit"].as_u64().unwrap_or(6) as usize;
        let late = job["spec"]["activeDeadlineSeconds"]
            .as_i64()
            .is_some_and(|seconds| seconds_since(&job["status"]["startTime"]) > seconds);
        let end = if succeeded > 0 {
            Some(("Complete", "CompletionsReached", "Reached expected number of succeeded pods"))
        } else if late {
            Some(("Failed", "DeadlineExceeded", "Job was active longer than specified deadline"))
        } else if failed > limit {
            Some(("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit"))
        } else {
            None
        };
        let starts = end.is_none() && active == 0 && job["spec"]["suspend"] != true;
        if starts {
            counted.seen.extend(create_pod(store, job, "Job", &job["spec"]["template"]));
        }
        if late {
            for pod in &own {
                delete_pod(store, pod);
            }
        }
        let active = if late { 0 } else { active + usize::from(starts) };
        write_job_status(store, job, [active, succeeded, failed], end);
    }
}

impl Counted {
    fn look_at(&mut self, own: &[&Value]) {
        let mut there = HashSet::new();
        for pod in own {
            let uid = text(&pod["metadata"]["uid"]);
            match pod["status"]["phase"].as_str() {
                Some("Succeeded") => drop(self.succeeded.insert(uid.clone())),
                Some("Failed") => drop(self.failed.insert(uid.clone())),
                _ => {}
            }
            self.seen.insert(uid.clone());
            there.insert(uid);
        }
        // a pod that went before it ended has failed
        let lost = self.seen.difference(&there).filter(|uid| !self.succeeded.contains(*uid));
        self.failed.extend(lost.cloned().collect::<Vec<_>>());
    }
}

fn write_job_status(
    store: &Store,
    job: &Value,
    [active, succeeded, failed]: [usize; 3],
    end: Option<(&str, &str, &str)>,
) {
    let (namespace, name) = place(job);
    store.edit("jobs.batch", &namespace, &name, |job| {
        let is_suspended = job["spec"]["suspend"] == true;
        let status = &mut job["status"];
        if is_suspended {
            if status["conditions"].is_null() {
                status["conditions"] = json!([{
                    "type": "Suspended", "status": "True", "reason": "JobSuspended",
                    "message": "Job suspended", "lastTransitionTime": timestamp(),
                }]);
            }
        } else if status["startTime"].is_null() {
            status["startTime"] = timestamp().into();
        }
        for (key, count) in [("active", active), ("succeeded", succeeded), ("failed", failed)] {
            match (count, status.as_object_mut()) {
                (0, Some(status)) => drop(status.shift_remove(key)),
                _ => status[key] = count.into(),
            }
        }
        if let Some((kind, reason, message)) = end {
            let condition = |kind: &str| {
                json!({
                    "type": kind, "status": "True", "reason": reason, "message": message,
                    "lastTransitionTime": timestamp(),
                })
            };
            let is_complete = kind == "Complete";
            let first = if is_complete { "SuccessCriteriaMet" } else { "FailureTarget" };
            status["conditions"] = json!([condition(first), condition(kind)]);
            // one that failed has none
            if is_complete {
                status["completionTime"] = timestamp().into();
            }
        }
    });
}

fn is_finished(job: &Value) -> bool {
    !ended(job).is_null()
}

/// The condition that says how a Job ended.
fn ended(job: &Value) -> &Value {
    let mut conditions = job["status"]["conditions"].as_array().into_iter().flatten();
    let end = conditions.find(|one| matches!(one["type"].as_str(), Some("Complete" | "Failed")));
    end.unwrap_or(&Value::Null)
}

/// Deletes a Job whose time after its end is over.
fn clean_up(store: &Store, job: &Value) {
    let over = job["spec"]["ttlSecondsAfterFinished"]
        .as_i64()
        .is_some_and(|seconds| seconds_since(&ended(job)["lastTransitionTime"]) >= seconds);
    if over {
        let (namespace, name) = place(job);
        // gone already is fine
        let _ = store.delete("jobs.batch", &namespace, &name, Propagation::Background, None);
    }
}

/// Makes as many pods of the newest template as wanted; takes old ones away once new ones are ready.
fn reconcile_deployment(store: &Store, deployment: &Value, pods: &[Value]) {
    if !deployment["metadata"]["deletionTimestamp"].is_null() {
        return;
    }
    let uid = &deployment["metadata"]["uid"];
    let mut template = deployment["spec"]["template"].clone();
    let hash = fingerprint(&template);
    template["metadata"]["labels"][TEMPLATE_HASH] = hash.clone().into();
    let alive = |pod: &&Value| {
        is_owned_by(pod, uid)
            && pod["metadata"]["deletionTimestamp"].is_null()
            && matches!(pod["status"]["phase"].as_str(), Some("Pending" | "Running"))
    };
    let (current, old): (Vec<&Value>, Vec<&Value>) = pods
        .iter()
        .filter(alive)
        .partition(|pod| pod["metadata"]["labels"][TEMPLATE_HASH] == hash.as_str());
    let wanted = deployment["spec"]["replicas"].as_u64().unwrap_or(1) as usize;
    let mut made = 0;
    while current.len() + made < wanted {
        if create_pod(store, deployment, "Deployment", &template).is_none() {
            break;
        }
        made += 1;
    }
    let is_ready = |pod: &&&Value| pod["status"]["containerStatuses"][0]["ready"] == true;
    let ready = current.iter().filter(is_ready).count();
    let recreate = deployment["spec"]["strategy"]["type"] == "Recreate";
    if ready >= wanted || recreate {
        old.iter().for_each(|pod| delete_pod(store, pod));
    }
    current.iter().skip(wanted).for_each(|pod| delete_pod(store, pod));
    let all_ready = ready + old.iter().filter(is_ready).count();
    let (namespace, name) = place(deployment);
    let generation = deployment["metadata"]["generation"].clone();
    store.edit("deployments.apps", &namespace, &name, |deployment| {
        deployment["status"] = json!({
            "observedGeneration": generation,
            "replicas": current.len() + made + old.len(),
            "updatedReplicas": current.len() + made,
            "readyReplicas": all_ready,
            "availableReplicas": all_ready,
        });
    });
}

const TEMPLATE_HASH: &str = "pod-template-hash";

fn fingerprint(template: &Value) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    template.to_string().hash(&mut hasher);
    format!("{:010x}", hasher.finish() & 0xff_ffff_ffff)
}

/// Makes a pod of a template, owned by `owner`; its uid.
fn create_pod(store: &Store, owner: &Value, kind: &str, template: &Value) -> Option<String> {
    let pods: Resource = store.resources().into_iter().find(|resource| resource.id() == "pods")?;
    let (namespace, name) = place(owner);
    let mut pod = template.clone();
    let metadata = &mut pod["metadata"];
    if let Some(metadata) = metadata.as_object_mut() {
        metadata.shift_remove("name");
    }
    metadata["generateName"] = format!("{name}-").into();
    if kind == "Job" {
        metadata["labels"]["job-name"] = name.clone().into();
        metadata["labels"]["batch.kubernetes.io/job-name"] = name.clone().into();
        metadata["labels"]["controller-uid"] = owner["metadata"]["uid"].clone();
    }
    metadata["ownerReferences"] = json!([{
        "apiVersion": owner["apiVersion"], "kind": kind, "name": name,
        "uid": owner["metadata"]["uid"], "controller": true, "blockOwnerDeletion": true,
    }]);
    let created = store.create(&pods, &namespace, pod).ok()?;
    Some(text(&created["metadata"]["uid"]))
}

fn delete_pod(store: &Store, pod: &Value) {
    let (namespace, name) = place(pod);
    // gone already is fine
    let _ = store.delete("pods", &namespace, &name, Propagation::Background, None);
}

fn place(object: &Value) -> (String, String) {
    (text(&object["metadata"]["namespace"]), text(&object["metadata"]["name"]))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn seconds_since(time: &Value) -> i64 {
    let then = time.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
    then.map_or(0, |then| jiff::Timestamp::now().as_second() - then.as_second())
}
