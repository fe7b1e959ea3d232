//! The reconciler: observe, [`decide`], act.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use jiff::Timestamp;
use k8s_openapi::api::apps::v1::{Deployment, DeploymentStatus};
use k8s_openapi::api::core::v1::{Pod, Service};
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::runtime::controller::{Action, Controller};
use kube::runtime::reflector::Store;
use kube::runtime::watcher;
use kube::{Api, Client, ResourceExt};
use rondel_kubernetes::{Diagnosis, describe, diagnose};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::decide::{Decision, Observation, Obstacle, decide};
use crate::defaults::CodeServerDefaults;
use crate::desired;
use crate::probe::{Loaded, LocationProbe};
use crate::resource::{CodeLocation, CodeLocationStatus, Phase};

/// The name under which the fields that we set are owned.
const MANAGER: &str = "rondel-operator";

/// Pause after the cluster has refused an object: it may be a quota, which may be raised.
const REFUSED_PAUSE: Duration = Duration::from_secs(15);

/// Pause after a resource could not be reconciled.
const ERROR_PAUSE: Duration = Duration::from_secs(5);

/// What the operator looks after.
pub struct OperatorOptions {
    /// The namespace; all of them when absent.
    pub namespace: Option<String>,
    /// How code servers are asked what they have loaded.
    pub probe: Arc<dyn LocationProbe>,
    /// What every code server gets besides what its resource says.
    pub defaults: CodeServerDefaults,
}

/// The cluster refused, or could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The resource definition is not installed.
    #[error(
        "the cluster does not know the resource CodeLocation: install the output of 'rondel operator crd'"
    )]
    NoDefinition,
    /// A call failed.
    #[error("Kubernetes could not {action}: {}", describe(.source))]
    Cluster {
        /// What it was asked for.
        action: &'static str,
        /// What it said.
        source: Box<kube::Error>,
    },
}

struct Operator {
    client: Client,
    probe: Arc<dyn LocationProbe>,
    defaults: CodeServerDefaults,
    /// All resources, as the watch shows them.
    known: Store<CodeLocation>,
}

/// What there is of a location's code server.
#[derive(Default)]
struct CodeServer {
    in_the_way: Option<&'static str>,
    is_rolled_out: bool,
    loaded: Option<Loaded>,
    obstacle: Option<Obstacle>,
}

/// Looks after code locations until `shutdown`.
///
/// # Errors
/// The resource definition is not installed, or the cluster cannot be asked at the start.
pub async fn run(
    client: Client,
    options: OperatorOptions,
    shutdown: CancellationToken,
) -> Result<(), OperatorError> {
    let locations: Api<CodeLocation> = scoped(&client, options.namespace.as_deref());
    match locations.list(&kube::api::ListParams::default().limit(1)).await {
        Ok(_) => {}
        Err(kube::Error::Api(status)) if status.is_not_found() => {
            return Err(OperatorError::NoDefinition);
        }
        Err(error) => return Err(failed("list code locations")(error)),
    }
    let deployments: Api<Deployment> = scoped(&client, options.namespace.as_deref());
    let services: Api<Service> = scoped(&client, options.namespace.as_deref());
    let own = watcher::Config::default().labels("app.kubernetes.io/managed-by=rondel-operator");
    let controller = Controller::new(locations, watcher::Config::default());
    let OperatorOptions { probe, defaults, .. } = options;
    let operator = Operator { known: controller.store(), probe, defaults, client };
    controller
        .owns(deployments, own.clone())
        .owns(services, own)
        .graceful_shutdown_on(shutdown.cancelled_owned())
        .run(reconcile, after_error, Arc::new(operator))
        .for_each(|result| async move {
            if let Err(error) = result {
                tracing::debug!(%error, "a code location is looked at again");
            }
        })
        .await;
    Ok(())
}

fn scoped<K>(client: &Client, namespace: Option<&str>) -> Api<K>
where
    K: kube::Resource<Scope = k8s_openapi::NamespaceResourceScope, DynamicType = ()>,
{
    match namespace {
        Some(namespace) => Api::namespaced(client.clone(), namespace),
        None => Api::all(client.clone()),
    }
}

fn failed(action: &'static str) -> impl FnOnce(kube::Error) -> OperatorError {
    move |source| OperatorError::Cluster { action, source: Box::new(source) }
}

fn after_error(location: Arc<CodeLocation>, error: &OperatorError, _: Arc<Operator>) -> Action {
    tracing::warn!(location = location.place(), %error, "a code location was not reconciled");
    Action::requeue(ERROR_PAUSE)
}

async fn reconcile(
    location: Arc<CodeLocation>,
    operator: Arc<Operator>,
) -> Result<Action, OperatorError> {
    if location.metadata.deletion_timestamp.is_some() {
        return Ok(Action::await_change());
    }
    let all: Vec<CodeLocation> =
        operator.known.state().iter().map(|known| (**known).clone()).collect();
    let server = operator.observe(&location).await?;
    let decision = decide(&Observation {
        location: &location,
        defaults: &operator.defaults,
        all: &all,
        in_the_way: server.in_the_way,
        is_rolled_out: server.is_rolled_out,
        loaded: server.loaded,
        obstacle: server.obstacle,
        now: Timestamp::now(),
    });
    operator.act(&location, decision).await
}

impl Operator {
    /// Whether the newest version is there, and what the server that answers has loaded.
    async fn observe(&self, location: &CodeLocation) -> Result<CodeServer, OperatorError> {
        let namespace = location.namespace().unwrap_or_default();
        let deployments: Api<Deployment> = Api::namespaced(self.client.clone(), &namespace);
        let services: Api<Service> = Api::namespaced(self.client.clone(), &namespace);
        let name = location.name_any();
        let service = services.get_opt(&name).await.map_err(failed("read a Service"))?;
        let found = deployments.get_opt(&name).await.map_err(failed("read a Deployment"))?;
        let in_the_way = if found.as_ref().is_some_and(|found| !is_made_for(found, location)) {
            Some("Deployment")
        } else if service.is_some_and(|service| !is_made_for(&service, location)) {
            Some("Service")
        } else {
            None
        };
        if in_the_way.is_some() {
            return Ok(CodeServer { in_the_way, ..CodeServer::default() });
        }
        let Some(deployment) = found else { return Ok(CodeServer::default()) };
        let status = deployment.status.unwrap_or_default();
        let available = status.available_replicas.unwrap_or_default();
        let is_rolled_out = status.observed_generation == deployment.metadata.generation
            && status.updated_replicas == Some(1)
            && status.replicas == Some(1)
            && available > 0;
        let obstacle = match is_rolled_out {
            true => None,
            false => self.obstacle(&namespace, &name, &status).await?,
        };
        if available == 0 {
            return Ok(CodeServer { obstacle, ..CodeServer::default() });
        }
        let host = format!("{name}.{namespace}");
        let loaded = Some(self.probe.ask(&host, desired::port(location)).await);
        Ok(CodeServer { in_the_way, is_rolled_out, loaded, obstacle })
    }

    /// What keeps the newest pod from being ready, or from being there.
    async fn obstacle(
        &self,
        namespace: &str,
        name: &str,
        status: &DeploymentStatus,
    ) -> Result<Option<Obstacle>, OperatorError> {
        let pods: Api<Pod> = Api::namespaced(self.client.clone(), namespace);
        let of_location =
            ListParams::default().labels(&format!("{}={name}", desired::INSTANCE_LABEL));
        let pods = match pods.list(&of_location).await {
            Ok(pods) => pods.items,
            // a role of an older chart: less is told then
            Err(kube::Error::Api(answer)) if answer.is_forbidden() => Vec::new(),
            Err(error) => return Err(failed("list pods")(error)),
        };
        // times are told in whole seconds: several pods may be the newest
        let age = |pod: &Pod| pod.metadata.creation_timestamp.clone();
        let newest = pods.iter().map(age).max();
        let of_pod = pods
            .iter()
            .filter(|pod| pod.metadata.deletion_timestamp.is_none())
            .filter(|pod| Some(age(pod)) == newest)
            .find_map(|pod| match diagnose(pod) {
                Diagnosis::Delayed(text) => Some(Obstacle::Passing(text)),
                Diagnosis::Stuck(text) => Some(Obstacle::Lasting(text)),
                Diagnosis::Ended(text) => text.map(Obstacle::Passing),
                Diagnosis::Well => None,
            });
        let refused =
            status.conditions.iter().flatten().find(|condition| {
                condition.type_ == "ReplicaFailure" && condition.status == "True"
            });
        Ok(of_pod.or_else(|| {
            let text = refused?.message.as_deref().unwrap_or("no reason given");
            Some(Obstacle::Lasting(format!("a pod was refused: {text}")))
        }))
    }

    async fn act(
        &self,
        location: &CodeLocation,
        decision: Decision,
    ) -> Result<Action, OperatorError> {
        let namespace = location.namespace().unwrap_or_default();
        let name = location.name_any();
        let deployments: Api<Deployment> = Api::namespaced(self.client.clone(), &namespace);
        let services: Api<Service> = Api::namespaced(self.client.clone(), &namespace);
        match decision {
            Decision::Expire => {
                let locations: Api<CodeLocation> = Api::namespaced(self.client.clone(), &namespace);
                gone(locations.delete(&name, &DeleteParams::background()).await)
                    .map_err(failed("delete an expired code location"))?;
                tracing::info!(location = location.place(), "the code location's time is over");
                Ok(Action::await_change())
            }
            Decision::Withhold { status, again } => {
                // the Service first: nobody is to be led to a server that ends
                if self.is_ours(&services, location).await? {
                    gone(services.delete(&name, &DeleteParams::background()).await)
                        .map_err(failed("delete a Service"))?;
                }
                if self.is_ours(&deployments, location).await? {
                    gone(deployments.delete(&name, &DeleteParams::background()).await)
                        .map_err(failed("delete a Deployment"))?;
                }
                self.report(location, status).await?;
                Ok(Action::requeue(again))
            }
            Decision::Serve { deployment, service, mut status, again } => {
                let apply = PatchParams::apply(MANAGER).force();
                let (mut refused, mut again) = (None, again);
                let made = deployments.patch(&name, &apply, &Patch::Apply(*deployment)).await;
                if let Err(error) = made {
                    refused = Some(refusal("Deployment", error)?);
                } else if let Err(error) =
                    services.patch(&name, &apply, &Patch::Apply(*service)).await
                {
                    refused = Some(refusal("Service", error)?);
                }
                if refused.is_some() {
                    (status.phase, status.message) = (Phase::Error, refused);
                    again = again.max(REFUSED_PAUSE);
                }
                self.report(location, status).await?;
                Ok(Action::requeue(again))
            }
        }
    }

    /// Whether the object of the location's name was made for it.
    async fn is_ours<K>(&self, api: &Api<K>, location: &CodeLocation) -> Result<bool, OperatorError>
    where
        K: kube::Resource<DynamicType = ()> + Clone + std::fmt::Debug + serde::de::DeserializeOwned,
    {
        let found = api.get_opt(&location.name_any()).await.map_err(failed("read an object"))?;
        Ok(found.is_some_and(|object| is_made_for(&object, location)))
    }

    async fn report(
        &self,
        location: &CodeLocation,
        status: CodeLocationStatus,
    ) -> Result<(), OperatorError> {
        if location.status.as_ref() == Some(&status) {
            return Ok(());
        }
        let namespace = location.namespace().unwrap_or_default();
        let locations: Api<CodeLocation> = Api::namespaced(self.client.clone(), &namespace);
        // null takes away what is not reported any more
        let mut told = json!({"message": Value::Null, "expiresAt": Value::Null});
        if let (Value::Object(told), Ok(Value::Object(status))) =
            (&mut told, serde_json::to_value(&status))
        {
            told.extend(status);
        }
        let patched = locations
            .patch_status(
                &location.name_any(),
                &PatchParams::default(),
                &Patch::Merge(json!({"status": told})),
            )
            .await;
        match patched {
            Ok(_) => Ok(()),
            Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
            Err(error) => Err(failed("report a status")(error)),
        }
    }
}

/// Whether an object was made for this very location, not only for one of its name.
fn is_made_for(object: &impl ResourceExt, location: &CodeLocation) -> bool {
    let uid = location.metadata.uid.as_ref();
    object.owner_references().iter().any(|owner| Some(&owner.uid) == uid)
}

/// What to say of an object that the API server does not take. A passing failure is an error of the reconciler.
fn refusal(kind: &'static str, error: kube::Error) -> Result<String, OperatorError> {
    match error {
        // fields that the schema of the kind does not know are answered with 500
        kube::Error::Api(answer) if !matches!(answer.code, 401 | 409 | 429 | 502..) => {
            Ok(format!("the {kind} was refused: {}", answer.message))
        }
        other => Err(failed("apply an object")(other)),
    }
}

/// What is gone already need not be deleted.
fn gone<T>(answer: Result<T, kube::Error>) -> Result<(), kube::Error> {
    match answer {
        Err(kube::Error::Api(status)) if status.is_not_found() => Ok(()),
        other => other.map(drop),
    }
}
