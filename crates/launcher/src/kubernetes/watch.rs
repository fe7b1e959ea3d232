//! News of workers from watches on Jobs, pods and events.
//!
//! A Job that is over, or a pod that is gone, is an end; a pod that waits for something tells what for.
//! The namespaces watched are those that workers are made in: the launcher's, and every other one as soon
//! as a run's configuration names it. A watch that breaks is made again for ever, with backoff; it then
//! starts from a full list, so nothing is missed, and some news comes twice.

use std::collections::BTreeSet;

use futures::stream::{BoxStream, SelectAll};
use futures::{Stream, StreamExt, stream};
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Event as ClusterEvent, Pod};
use kube::runtime::WatchStreamExt;
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, Resource, ResourceExt};
use rondel_kubernetes::{Diagnosis, diagnose};
use rondel_model::ids::RunId;
use tokio::sync::watch;

use super::cluster::{JOB_LABEL, RUN_LABEL};
use super::diagnosis;
use super::step_job::HOST_LABEL;
use crate::launcher::{WorkerCondition, WorkerNotice};
use crate::steps::StepNotice;

/// The Jobs and pods of run workers.
const WORKERS: &str = "app.kubernetes.io/component=run_worker,dagster/run-id";

/// Events that tell why a pod does not start and that its status does not show.
const OBSTACLES: [&str; 3] = ["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"];

type News<N> = BoxStream<'static, N>;

struct Watches<N> {
    client: Client,
    namespaces: watch::Receiver<BTreeSet<String>>,
    of_namespace: fn(&Client, &str) -> News<N>,
    known: BTreeSet<String>,
    streams: SelectAll<News<N>>,
}

/// News of run workers from these namespaces, and from those that are added later.
pub(super) fn notices(
    client: Client,
    namespaces: watch::Receiver<BTreeSet<String>>,
) -> impl Stream<Item = WorkerNotice> + Send {
    of_namespaces(client, namespaces, of_namespace)
}

/// News of steps' workers.
pub(super) fn step_notices(
    client: Client,
    namespaces: watch::Receiver<BTreeSet<String>>,
) -> impl Stream<Item = StepNotice> + Send {
    of_namespaces(client, namespaces, |client, namespace| {
        let (name, value) = HOST_LABEL;
        let workers = watcher::Config::default().labels(&format!("{name}={value}"));
        stream::select_all([
            told::<Job, _>(client, namespace, workers.clone(), of_step_job),
            told::<Pod, _>(client, namespace, workers, of_step_pod),
        ])
        .boxed()
    })
}

fn of_namespaces<N: Send + 'static>(
    client: Client,
    namespaces: watch::Receiver<BTreeSet<String>>,
    of_namespace: fn(&Client, &str) -> News<N>,
) -> impl Stream<Item = N> + Send {
    let (known, streams) = (BTreeSet::new(), SelectAll::new());
    let watches = Watches { client, namespaces, of_namespace, known, streams };
    stream::unfold(watches, Watches::next)
}

impl<N: Send + 'static> Watches<N> {
    async fn next(mut self) -> Option<(N, Self)> {
        loop {
            let wanted = self.namespaces.borrow_and_update().clone();
            for namespace in wanted {
                if self.known.insert(namespace.clone()) {
                    self.streams.push((self.of_namespace)(&self.client, &namespace));
                }
            }
            tokio::select! {
                Some(notice) = self.streams.next() => return Some((notice, self)),
                changed = self.namespaces.changed() => changed.ok()?,
            }
        }
    }
}

fn of_namespace(client: &Client, namespace: &str) -> News<WorkerNotice> {
    let workers = watcher::Config::default().labels(WORKERS);
    let warnings = watcher::Config::default().fields("involvedObject.kind=Pod,type=Warning");
    stream::select_all([
        told::<Job, _>(client, namespace, workers.clone(), of_job),
        told::<Pod, _>(client, namespace, workers, of_pod),
        told::<ClusterEvent, _>(client, namespace, warnings, of_event),
    ])
    .boxed()
}

fn told<K, N>(
    client: &Client,
    namespace: &str,
    config: watcher::Config,
    tell: fn(Event<K>) -> Option<N>,
) -> News<N>
where
    N: Send + 'static,
    K: Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + serde::de::DeserializeOwned
        + Send
        + 'static,
{
    let objects: Api<K> = Api::namespaced(client.clone(), namespace);
    let (kind, namespace) = (K::plural(&()).into_owned(), namespace.to_owned());
    watcher(objects, config)
        .default_backoff()
        .filter_map(move |event| {
            let notice = match event {
                Ok(event) => tell(event),
                Err(error) => {
                    tracing::warn!(
                        kind, namespace, %error,
                        "a watch broke and is made again; meanwhile dead workers are found by polling \
                         (the service account needs the verbs list and watch)"
                    );
                    None
                }
            };
            std::future::ready(notice)
        })
        .boxed()
}

fn of_job(event: Event<Job>) -> Option<WorkerNotice> {
    match event {
        Event::Apply(job) | Event::InitApply(job) if diagnosis::is_over(&job) => {
            Some(ended(labelled_run(&job)?))
        }
        _ => None,
    }
}

fn of_pod(event: Event<Pod>) -> Option<WorkerNotice> {
    match event {
        Event::Delete(pod) => Some(ended(labelled_run(&pod)?)),
        Event::Apply(pod) | Event::InitApply(pod) => {
            let (condition, reason) = match diagnose(&pod) {
                // The Job is over a moment later, and says so.
                Diagnosis::Well | Diagnosis::Ended(_) => return None,
                Diagnosis::Stuck(reason) => (WorkerCondition::Stuck, reason),
                Diagnosis::Delayed(reason) => (WorkerCondition::Delayed, reason),
            };
            Some(WorkerNotice { run_id: labelled_run(&pod)?, condition, reason })
        }
        Event::Init | Event::InitDone => None,
    }
}

fn of_step_job(event: Event<Job>) -> Option<StepNotice> {
    match event {
        Event::Apply(job) | Event::InitApply(job) if diagnosis::is_over(&job) => {
            of_step(&job, Some(job.name_any()), WorkerCondition::Ended, String::new())
        }
        Event::Delete(job) => {
            of_step(&job, Some(job.name_any()), WorkerCondition::Ended, String::new())
        }
        _ => None,
    }
}

fn of_step_pod(event: Event<Pod>) -> Option<StepNotice> {
    let (Event::Apply(pod) | Event::InitApply(pod)) = event else { return None };
    let (condition, reason) = match diagnose(&pod) {
        // The Job is over a moment later, or makes another pod.
        Diagnosis::Well | Diagnosis::Ended(_) => return None,
        Diagnosis::Stuck(reason) => (WorkerCondition::Stuck, reason),
        Diagnosis::Delayed(reason) => (WorkerCondition::Delayed, reason),
    };
    of_step(&pod, pod.labels().get(JOB_LABEL).cloned(), condition, reason)
}

fn of_step(
    object: &impl ResourceExt,
    worker: Option<String>,
    condition: WorkerCondition,
    reason: String,
) -> Option<StepNotice> {
    Some(StepNotice { run_id: labelled_run(object)?, worker: worker?, condition, reason })
}

fn of_event(event: Event<ClusterEvent>) -> Option<WorkerNotice> {
    let (Event::Apply(event) | Event::InitApply(event)) = event else { return None };
    let reason = event.reason.filter(|reason| OBSTACLES.contains(&reason.as_str()))?;
    let run_id = run_of_pod_name(&event.involved_object.name?)?;
    let message = event.message.unwrap_or_default();
    let reason = format!("The pod cannot be started ({reason}): {message}");
    Some(WorkerNotice { run_id, condition: WorkerCondition::Delayed, reason })
}

fn ended(run_id: RunId) -> WorkerNotice {
    WorkerNotice { run_id, condition: WorkerCondition::Ended, reason: String::new() }
}

fn labelled_run(object: &impl ResourceExt) -> Option<RunId> {
    object.labels().get(RUN_LABEL).map(|id| RunId::from(id.as_str()))
}

/// The run of a pod named `dagster-run-<run id>-…`.
fn run_of_pod_name(name: &str) -> Option<RunId> {
    const ID_LENGTH: usize = 36;
    let rest = name.strip_prefix("dagster-run-")?;
    let id = rest.get(..ID_LENGTH)?;
    rest[ID_LENGTH..].starts_with('-').then(|| RunId::from(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_tells_its_run_by_its_name() {
        let id = "0b7fdd6c-52a6-4ab5-9f8b-5d5a01234567";
        let run = run_of_pod_name(&format!("dagster-run-{id}-2-x7k2p"));
        assert_eq!(run, Some(RunId::from(id)));
        assert_eq!(run_of_pod_name("dagster-webserver-5f6b"), None);
        assert_eq!(run_of_pod_name("dagster-run-short-x"), None);
    }
}
