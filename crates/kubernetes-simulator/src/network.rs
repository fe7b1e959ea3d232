//! The network of a cluster whose pods listen: each pod and each Service has an address of the loopback of its
//! own, and a Service leads to a pod that is ready.
//!
//! As in a real cluster, a new connection goes to a pod of the moment, and one that is there stays until its pod
//! ends. Names are not resolved.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::selectors::Selector;
use crate::store::Store;

/// How long a connection that a probe makes may take.
const PROBE: Duration = Duration::from_millis(500);

/// Addresses `127.x.y.z` of one cluster, in a row from a random one, so that clusters at one time do not meet.
#[derive(Debug)]
pub(crate) struct Network {
    next: AtomicU32,
}

impl Network {
    pub(crate) fn new() -> Self {
        let [x, y, ..] = uuid::Uuid::new_v4().into_bytes();
        Self { next: AtomicU32::new(u32::from_be_bytes([0, x, y, 0])) }
    }

    /// The next one that a host may have. None comes again before millions of others did.
    pub(crate) fn address(&self) -> Ipv4Addr {
        loop {
            let [_, x, y, z] = self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            let is_known = x == 0 && y == 0;
            if !is_known && (2..255).contains(&z) {
                return Ipv4Addr::new(127, x, y, z);
            }
        }
    }
}

/// Whether a pod's container answers the readiness probe that it has.
pub(crate) async fn is_ready(pod: &Value, address: Ipv4Addr) -> bool {
    let probe = &pod["spec"]["containers"][0]["readinessProbe"];
    let ports = [&probe["grpc"]["port"], &probe["tcpSocket"]["port"], &probe["httpGet"]["port"]];
    let Some(port) = ports.into_iter().find_map(|port| number(port, pod)) else { return true };
    let connected = tokio::time::timeout(PROBE, TcpStream::connect((address, port))).await;
    matches!(connected, Ok(Ok(_)))
}

/// Lets Services lead to pods. Never returns.
pub(crate) async fn run(store: Arc<Store>, network: Arc<Network>) {
    let mut changes = store.subscribe();
    let mut served: HashMap<String, JoinSet<()>> = HashMap::new();
    loop {
        changes.mark_unchanged();
        let services = store.list("services", "");
        let uid = |service: &Value| text(&service["metadata"]["uid"]);
        served.retain(|known, _| services.iter().any(|service| uid(service) == *known));
        for service in services.iter().filter(|service| service["spec"]["selector"].is_object()) {
            if served.contains_key(&uid(service)) {
                continue;
            }
            let address = network.address();
            let mut tasks = JoinSet::new();
            for port in service["spec"]["ports"].as_array().into_iter().flatten() {
                let Some(number) = number(&port["port"], service) else { continue };
                let name = text(&port["name"]);
                match TcpListener::bind((address, number)).await {
                    Ok(listener) => {
                        tasks.spawn(serve(listener, Arc::clone(&store), service.clone(), name));
                    }
                    Err(error) => eprintln!("{address}:{number} cannot be served: {error}"),
                }
            }
            served.insert(uid(service), tasks);
            let (namespace, name) =
                (text(&service["metadata"]["namespace"]), text(&service["metadata"]["name"]));
            store.edit("services", &namespace, &name, |service| {
                service["spec"]["clusterIP"] = address.to_string().into();
            });
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

async fn serve(listener: TcpListener, store: Arc<Store>, service: Value, port: String) {
    let mut connections = JoinSet::new();
    while let Ok((mut client, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        let Some(backend) = backend(&store, &service, &port) else { continue };
        connections.spawn(async move {
            if let Ok(mut pod) = TcpStream::connect(backend).await {
                // either side may end it
                let _ = tokio::io::copy_bidirectional(&mut client, &mut pod).await;
            }
        });
    }
}

/// A pod that is ready and is to stay, with the port that the Service means.
fn backend(store: &Store, service: &Value, port: &str) -> Option<(Ipv4Addr, u16)> {
    let (namespace, name) =
        (text(&service["metadata"]["namespace"]), text(&service["metadata"]["name"]));
    let service = store.get("services", &namespace, &name)?;
    let labels = service["spec"]["selector"].as_object()?;
    let labels: Vec<String> =
        labels.iter().map(|(key, value)| format!("{key}={}", text(value))).collect();
    let (pods, _) =
        store.select("pods", &namespace, &Selector::parse(Some(&labels.join(",")), None));
    let pod = pods.iter().find(|pod| {
        pod["metadata"]["deletionTimestamp"].is_null()
            && pod["status"]["containerStatuses"][0]["ready"] == true
    })?;
    let ports = service["spec"]["ports"].as_array()?;
    let port = ports.iter().find(|known| text(&known["name"]) == port)?;
    let target = if port["targetPort"].is_null() { &port["port"] } else { &port["targetPort"] };
    Some((pod["status"]["podIP"].as_str()?.parse().ok()?, number(target, pod)?))
}

/// A port by its number, or by the name that the pod's container gives it.
fn number(port: &Value, pod: &Value) -> Option<u16> {
    if let Some(number) = port.as_u64() {
        return u16::try_from(number).ok();
    }
    let ports = pod["spec"]["containers"][0]["ports"].as_array()?;
    let named = ports.iter().find(|known| known["name"] == *port)?;
    u16::try_from(named["containerPort"].as_u64()?).ok()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn a_cluster_of_many_pods_does_not_give_an_address_twice() {
        let network = Network { next: AtomicU32::new(u32::from_be_bytes([0, 255, 255, 0])) };
        let addresses: HashSet<_> = (0..100_000).map(|_| network.address()).collect();
        assert_eq!(addresses.len(), 100_000);
        for address in addresses {
            assert!(address.is_loopback() && address != Ipv4Addr::LOCALHOST);
            assert!(!matches!(address.octets()[3], 0 | 255), "{address}");
        }
    }
}
