//! Code locations as labelled Services.
//!
//! A Service with the label [`LOCATION_LABEL`] is a code location of that name, served at the Service's port
//! named `grpc`, else its first one. Its host is what a hand-written `workspace.yaml` would say: the plain
//! name of the Service within our own namespace, `<name>.<namespace>` beyond, so that a location which moves
//! from the file to a label keeps the state of its schedules and sensors.

use std::collections::BTreeSet;

use futures::stream::{BoxStream, SelectAll};
use futures::{Stream, StreamExt, stream};
use k8s_openapi::api::core::v1::{Service, ServicePort};
use kube::runtime::WatchStreamExt;
use kube::runtime::reflector::{self, Store, reflector};
use kube::runtime::watcher::{self, Event, watcher};
use kube::{Api, Client, ResourceExt};

/// The label whose value is the name of the code location.
pub const LOCATION_LABEL: &str = "rondel.dev/code-location";

/// Stands for all namespaces.
pub const EVERYWHERE: &str = "*";

/// The name of the port that is taken, if there is one of that name.
const PORT_NAME: &str = "grpc";

/// A code location that a Service announces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FoundService {
    /// The name of the code location.
    pub location: String,
    /// The Service's namespace.
    pub namespace: String,
    /// The Service's name.
    pub service: String,
    /// The host to connect to.
    pub host: String,
    /// The port to connect to.
    pub port: u16,
}

/// The announced code locations, all of them after each change. `namespaces` may hold [`EVERYWHERE`].
/// Services of the client's own namespace are named without it. A broken watch is made again for ever;
/// meanwhile what was found stays.
pub fn announced_locations(
    client: &Client,
    namespaces: &[String],
) -> impl Stream<Item = BTreeSet<FoundService>> + Send + use<> {
    let home = client.default_namespace().to_owned();
    let watches: Vec<Watch> =
        namespaces.iter().map(|namespace| Watch::begin(client, namespace)).collect();
    let stores: Vec<Store<Service>> = watches.iter().map(|watch| watch.store.clone()).collect();
    let changes: SelectAll<BoxStream<'static, ()>> =
        stream::select_all(watches.into_iter().map(|watch| watch.changes));
    changes
        .map(move |()| {
            let services = stores.iter().flat_map(Store::state);
            services.filter_map(|service| found(&service, &home)).collect::<BTreeSet<_>>()
        })
        .scan(None, |last: &mut Option<BTreeSet<FoundService>>, now| {
            let news = (last.as_ref() != Some(&now)).then(|| now.clone());
            *last = Some(now);
            std::future::ready(Some(news))
        })
        .filter_map(std::future::ready)
}

struct Watch {
    store: Store<Service>,
    changes: BoxStream<'static, ()>,
}

impl Watch {
    fn begin(client: &Client, namespace: &str) -> Self {
        let services: Api<Service> = match namespace {
            EVERYWHERE => Api::all(client.clone()),
            namespace => Api::namespaced(client.clone(), namespace),
        };
        let (store, writer) = reflector::store();
        let config = watcher::Config::default().labels(LOCATION_LABEL);
        let namespace = namespace.to_owned();
        let changes = reflector(writer, watcher(services, config))
            .default_backoff()
            .filter_map(move |event| {
                let changed = match event {
                    // the store shows a new list only once it is complete
                    Ok(Event::Init | Event::InitApply(_)) => None,
                    Ok(Event::InitDone | Event::Apply(_) | Event::Delete(_)) => Some(()),
                    Err(error) => {
                        tracing::warn!(namespace, %error, "Services cannot be watched; trying again");
                        None
                    }
                };
                std::future::ready(changed)
            })
            .boxed();
        Self { store, changes }
    }
}

fn found(service: &Service, home: &str) -> Option<FoundService> {
    let (name, namespace) = (service.name_any(), service.namespace().unwrap_or_default());
    let location = service.labels().get(LOCATION_LABEL).filter(|name| !name.is_empty())?.clone();
    let ports = service.spec.as_ref().and_then(|spec| spec.ports.as_deref()).unwrap_or_default();
    let is_named = |port: &&ServicePort| port.name.as_deref() == Some(PORT_NAME);
    let port = ports.iter().find(is_named).or(ports.first());
    let Some(port) = port.and_then(|port| u16::try_from(port.port).ok()) else {
        tracing::warn!(
            name,
            namespace,
            location,
            "a Service announces a code location without a port"
        );
        return None;
    };
    let host = if namespace == home { name.clone() } else { format!("{name}.{namespace}") };
    Some(FoundService { location, namespace, service: name, host, port })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{Credentials, connect};
    use rondel_kubernetes_simulator::{Cluster, ClusterOptions, Propagation};
    use serde_json::{Value, json};

    fn service(name: &str, location: &str, ports: Value) -> Value {
        json!({
            "metadata": {"name": name, "labels": {LOCATION_LABEL: location}},
            "spec": {"ports": ports},
        })
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn labelled_services_come_and_go_as_locations() {
        let cluster = Cluster::start(ClusterOptions::default()).await.unwrap();
        cluster.create_namespace("tenant");
        let file = cluster.kubeconfig_with_roles(&["rondel-discovery"], &[]).unwrap();
        let client = connect(&Credentials::Kubeconfig(Some(file)), None).await.unwrap();
        let ports = json!([{"name": "metrics", "port": 9090}, {"name": "grpc", "port": 3030}]);
        cluster.create("services", "default", service("etl", "reports", ports)).unwrap();
        let mut found = Box::pin(announced_locations(&client, &[EVERYWHERE.to_owned()]));
        let told = |found: &BTreeSet<FoundService>| {
            found
                .iter()
                .map(|one| format!("{} {}:{}", one.location, one.host, one.port))
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&found.next().await.unwrap()), ["reports etl:3030"]);

        let ports = json!([{"port": 4000}]);
        cluster.create("services", "tenant", service("ml", "models", ports)).unwrap();
        assert_eq!(
            told(&found.next().await.unwrap()),
            ["models ml.tenant:4000", "reports etl:3030"]
        );

        cluster
            .store()
            .delete("services", "default", "etl", Propagation::Background, None)
            .unwrap();
        assert_eq!(told(&found.next().await.unwrap()), ["models ml.tenant:4000"]);
    }
}
