//! A running cluster and what a test may do to it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::accounts::{Account, Grant};
use crate::api::{self, Api, Fault};
use crate::controllers;
use crate::kubelet::{Kubelet, Node};
use crate::network::{self, Network};
use crate::resources::Resource;
use crate::store::Store;

/// What a cluster is made of.
#[derive(Debug, Clone, Default)]
pub struct ClusterOptions {
    /// Directories in which containers find their programs, as in `PATH`.
    pub path: String,
    /// Variables that every container has; what an image would set.
    pub environment: Vec<(String, String)>,
    /// Pods are accepted and never run.
    pub without_kubelet: bool,
    /// How long the API server thinks before it answers.
    pub latency: Duration,
    /// Each pod has an address of its own, which its container finds as its argument in place of `0.0.0.0`; it is
    /// ready once its readiness probe finds somebody listening, and Services lead to such pods.
    pub network: bool,
}

/// A small Kubernetes on this machine. Dropping it ends everything it runs.
#[derive(Debug)]
pub struct Cluster {
    api: Arc<Api>,
    url: String,
    node: Arc<Node>,
    directory: tempfile::TempDir,
}

impl Cluster {
    /// Starts a cluster with the namespace `default`. Needs a tokio runtime, which runs it.
    ///
    /// # Errors
    /// No local port or no temporary directory can be had.
    pub async fn start(options: ClusterOptions) -> std::io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("rondel-kubernetes-").tempdir()?;
        let logs = directory.path().join("logs");
        std::fs::create_dir(&logs)?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let stop = CancellationToken::new();
        let store = Arc::new(Store::new());
        let api = Arc::new(Api {
            store: Arc::clone(&store),
            token: uuid::Uuid::new_v4().to_string(),
            logs: logs.clone(),
            latency: options.latency,
            accounts: Mutex::default(),
            faults: Mutex::default(),
            counts: Mutex::default(),
            stop: stop.clone(),
        });
        let router = axum::Router::new().fallback(api::handle).with_state(Arc::clone(&api));
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(async move {
            let _ = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
        });
        let network = options.network.then(|| Arc::new(Network::new()));
        if let Some(network) = &network {
            let leading = network::run(Arc::clone(&store), Arc::clone(network));
            tokio::spawn(stop.clone().run_until_cancelled_owned(leading));
        }
        let (path, environment) = (options.path, options.environment);
        let node = Arc::new(Node::new(path, environment, directory.path(), &logs, network));
        tokio::spawn(stop.clone().run_until_cancelled_owned(controllers::run(Arc::clone(&store))));
        if !options.without_kubelet {
            let kubelet = Kubelet::new(Arc::clone(&store), Arc::clone(&node));
            tokio::spawn(stop.run_until_cancelled_owned(kubelet.run()));
        }
        let cluster = Self { api, url, node, directory };
        cluster.create_namespace("default");
        Ok(cluster)
    }

    /// Where the API is served.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The token that requests must carry.
    pub fn token(&self) -> &str {
        &self.api.token
    }

    /// The objects.
    pub fn store(&self) -> &Arc<Store> {
        &self.api.store
    }

    /// A directory that goes with the cluster.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Writes a kubeconfig file for the administrator of this cluster.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn kubeconfig(&self) -> std::io::Result<PathBuf> {
        self.write_kubeconfig("kubeconfig", self.token())
    }

    /// Writes a kubeconfig file for somebody who has these roles of the chart in these namespaces; everywhere,
    /// when none is named.
    ///
    /// # Errors
    /// The chart's roles cannot be read, one is not among them, or the file cannot be written.
    pub fn kubeconfig_with_roles(
        &self,
        roles: &[&str],
        namespaces: &[&str],
    ) -> std::io::Result<PathBuf> {
        let mut grants = Vec::new();
        for (_, rules) in roles_of_the_chart(roles)? {
            let grant = |namespace| Grant { namespace, rules: rules.clone() };
            if namespaces.is_empty() {
                grants.push(grant(None));
            }
            grants.extend(namespaces.iter().map(|name| grant(Some((*name).to_owned()))));
        }
        let token = uuid::Uuid::new_v4().to_string();
        let name = roles.join("-");
        let path = self.write_kubeconfig(&format!("kubeconfig-{name}"), &token)?;
        let mut accounts = self.api.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.insert(token, Arc::new(Account { name, grants }));
        Ok(path)
    }

    fn write_kubeconfig(&self, file: &str, token: &str) -> std::io::Result<PathBuf> {
        let path = self.directory.path().join(file);
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "simulator",
            "clusters": [{"name": "simulator", "cluster": {"server": self.url}}],
            "users": [{"name": "tester", "user": {"token": token}}],
            "contexts": [{
                "name": "simulator",
                "context": {"cluster": "simulator", "user": "tester", "namespace": "default"},
            }],
        });
        std::fs::write(&path, config.to_string())?;
        Ok(path)
    }

    /// Makes a namespace.
    pub fn create_namespace(&self, name: &str) {
        self.create("namespaces", "", json!({"metadata": {"name": name}}));
    }

    /// Creates an object of a kind, given as `pods` or `jobs.batch`. `None` if that fails.
    pub fn create(&self, resource: &str, namespace: &str, object: Value) -> Option<Value> {
        let resource: Resource =
            self.store().resources().into_iter().find(|known| known.id() == resource)?;
        self.store().create(&resource, namespace, object).ok()
    }

    /// Lets requests fail.
    pub fn fail(&self, fault: Fault) {
        self.api.faults.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    /// How many requests there were, by method and plural name of the resource.
    pub fn requests(&self) -> HashMap<(String, String), usize> {
        self.api.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Kills a pod's container as if it had used up its memory.
    pub fn kill_for_memory(&self, namespace: &str, pod: &str) {
        self.node.disturb(namespace, pod, crate::kubelet::Disturbance::OutOfMemory);
    }

    /// Evicts a pod from its node, which is short of memory.
    pub fn evict(&self, namespace: &str, pod: &str) {
        self.node.disturb(namespace, pod, crate::kubelet::Disturbance::Eviction);
    }

    /// Kills a pod's container.
    pub fn kill(&self, namespace: &str, pod: &str) {
        self.node.disturb(namespace, pod, crate::kubelet::Disturbance::Kill);
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.api.stop.cancel();
    }
}

/// The rules of roles that the chart grants, with the roles' names.
///
/// # Errors
/// The chart's file cannot be read, or a role is not in it.
pub(crate) fn roles_of_the_chart(roles: &[&str]) -> std::io::Result<Vec<(String, Vec<Value>)>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../helm/rondel/files/roles.json");
    let known: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let find = |wanted: &&str| {
        let mut items = known["items"].as_array().into_iter().flatten();
        let role = items.find(|role| role["metadata"]["name"] == **wanted);
        let rules = role.and_then(|role| role["rules"].as_array()).cloned();
        let rules = rules.ok_or_else(|| std::io::Error::other(format!("no role {wanted}")))?;
        Ok(((*wanted).to_owned(), rules))
    };
    roles.iter().map(find).collect()
}
