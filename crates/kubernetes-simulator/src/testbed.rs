//! The cluster that a test runs against: a simulated one, or a namespace of the real one that
//! `RONDEL_TEST_KUBECONFIG` names.
//!
//! Tests that need nothing but Kubernetes' API speak to a [`Testbed`], over HTTP, and so hold on both. A test that lets
//! something happen which no client of a real cluster can (a fault of the API server, a history that is gone) starts a simulated one
//! always, with [`Testbed::start_simulated`], and says so.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{Method, Request};
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::cluster::{Cluster, ClusterOptions, roles_of_the_chart};
use crate::resources::{DEFINITIONS, Resource, built_in};

const VARIABLE: &str = "RONDEL_TEST_KUBECONFIG";

/// How long a real cluster may take for what it does by itself.
const PATIENCE: Duration = Duration::from_secs(60);

const RBAC: &str = "rbac.authorization.k8s.io";

/// What a test gets: a namespace of its own in a cluster. Dropping it ends everything it runs there.
#[derive(Debug)]
pub struct Testbed {
    simulated: Option<Cluster>,
    kubeconfig: PathBuf,
    namespace: String,
    namespaces: Mutex<Vec<String>>,
    kinds: Mutex<Vec<Resource>>,
    directory: tempfile::TempDir,
    client: Requests,
}

impl Testbed {
    /// Starts a cluster with these options, or makes a namespace in the real one, whose nodes decide what the options
    /// say. Needs a tokio runtime.
    ///
    /// # Errors
    /// The simulated cluster cannot be started, or the real one refuses.
    pub async fn start(options: ClusterOptions) -> std::io::Result<Self> {
        Self::with(options, std::env::var_os(VARIABLE).map(PathBuf::from)).await
    }

    /// Starts a simulated cluster, also where a real one is named: for tests that need what only it can do.
    ///
    /// # Errors
    /// The cluster cannot be started.
    pub async fn start_simulated(options: ClusterOptions) -> std::io::Result<Self> {
        Self::with(options, None).await
    }

    async fn with(options: ClusterOptions, real: Option<PathBuf>) -> std::io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("rondel-testbed-").tempdir()?;
        let (simulated, kubeconfig) = match real {
            Some(file) => (None, file),
            None => {
                let cluster = Cluster::start(options).await?;
                let file = cluster.kubeconfig()?;
                (Some(cluster), file)
            }
        };
        let client = Requests::new(&kubeconfig)?;
        let roles = [("roles", "Role"), ("rolebindings", "RoleBinding")];
        let roles = roles.map(|(plural, kind)| Resource::new(RBAC, "v1", plural, kind, true));
        let kinds = built_in().into_iter().chain(roles).collect();
        let mut bed = Self {
            namespace: "default".to_owned(),
            namespaces: Mutex::default(),
            kinds: Mutex::new(kinds),
            simulated,
            kubeconfig,
            directory,
            client,
        };
        if bed.simulated.is_none() {
            bed.namespace = bed.create_namespace("rondel-test")?;
        }
        Ok(bed)
    }

    /// The simulated cluster, for what only it can do.
    pub fn simulated(&self) -> Option<&Cluster> {
        self.simulated.as_ref()
    }

    /// The namespace that the test has for itself.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// An image whose containers find the programs of the options: on a real cluster `RONDEL_TEST_KUBERNETES_IMAGE`.
    ///
    /// # Errors
    /// The cluster is a real one and the variable is not set.
    pub fn image(&self) -> std::io::Result<String> {
        if self.simulated.is_some() {
            return Ok("simulated:1".to_owned());
        }
        std::env::var("RONDEL_TEST_KUBERNETES_IMAGE").map_err(|_| {
            let text = "RONDEL_TEST_KUBERNETES_IMAGE is not set: an image in which RONDEL_TEST_PYTHON has the same path";
            std::io::Error::other(text)
        })
    }

    /// The kubeconfig file of the administrator.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// Writes a kubeconfig file for somebody who has these roles of the chart in these namespaces.
    ///
    /// # Errors
    /// The chart's roles cannot be read, one is not among them, the file cannot be written, or the real cluster
    /// refuses to make the account.
    pub fn kubeconfig_with_roles(
        &self,
        roles: &[&str],
        namespaces: &[&str],
    ) -> std::io::Result<PathBuf> {
        if let Some(cluster) = &self.simulated {
            return cluster.kubeconfig_with_roles(roles, namespaces);
        }
        let name = roles.join("-");
        let home = &self.namespace;
        self.create("serviceaccounts", home, json!({"metadata": {"name": name}}))?;
        let subject = json!({"kind": "ServiceAccount", "name": name, "namespace": home});
        for (role, rules) in roles_of_the_chart(roles)? {
            for namespace in namespaces {
                let metadata = json!({"name": role});
                let object = json!({"metadata": metadata, "rules": rules});
                self.create("roles.rbac.authorization.k8s.io", namespace, object)?;
                let of =
                    json!({"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role});
                let object = json!({"metadata": metadata, "roleRef": of, "subjects": [subject]});
                self.create("rolebindings.rbac.authorization.k8s.io", namespace, object)?;
            }
        }
        let path = format!("{}/token", self.path("serviceaccounts", home, &name)?);
        let asked = json!({"spec": {"expirationSeconds": 86400}});
        let answer = self.client.send(Method::POST, &path, Some(&asked))?;
        let token = answer["status"]["token"].as_str().unwrap_or_default();
        let text = std::fs::read_to_string(&self.kubeconfig)?;
        let known: Kubeconfig = Kubeconfig::from_yaml(&text).map_err(std::io::Error::other)?;
        let cluster = known.clusters.first().ok_or_else(|| std::io::Error::other("no cluster"))?;
        let config = json!({
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [cluster],
            "users": [{"name": "tester", "user": {"token": token}}],
            "contexts": [{
                "name": "test",
                "context": {"cluster": cluster.name, "user": "tester", "namespace": home},
            }],
        });
        let file = self.directory.path().join(format!("kubeconfig-{name}"));
        std::fs::write(&file, config.to_string())?;
        Ok(file)
    }

    /// Makes a namespace beside the test's own; the name that it got, which nobody else has.
    ///
    /// # Errors
    /// The cluster refuses.
    pub fn create_namespace(&self, name: &str) -> std::io::Result<String> {
        let unique = uuid::Uuid::new_v4().simple().to_string();
        let name = format!("{name}-{}", unique.get(..8).unwrap_or_default());
        self.create("namespaces", "", json!({"metadata": {"name": name}}))?;
        self.namespaces.lock().unwrap_or_else(PoisonError::into_inner).push(name.clone());
        if self.simulated.is_none() {
            // its pods are refused until there is the account that they have when they name none
            let account = || self.get("serviceaccounts", &name, "default").map(drop);
            wait_until(&format!("service account default in {name}"), account)?;
        }
        Ok(name)
    }

    /// Installs a resource definition, which a real cluster may have already.
    ///
    /// # Errors
    /// The cluster refuses it.
    pub fn define(&self, definition: &Value) -> std::io::Result<()> {
        let described = Resource::of_definition(definition);
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        kinds.extend(described);
        drop(kinds);
        let kind = DEFINITIONS;
        let name = definition["metadata"]["name"].as_str().unwrap_or_default();
        if self.get(kind, "", name).is_none() {
            // another test may have done it meanwhile
            let made = self.create(kind, "", definition.clone());
            if self.get(kind, "", name).is_none() {
                made?;
            }
        }
        let is_served = || {
            let known = self.get(kind, "", name)?;
            let conditions = known["status"]["conditions"].as_array()?;
            let mut met = conditions.iter().filter(|one| one["status"] == "True");
            met.any(|one| one["type"] == "Established").then_some(())
        };
        if self.simulated.is_none() {
            wait_until(&format!("established definition {name}"), is_served)?;
        }
        Ok(())
    }

    /// Creates an object of a kind, given as `pods` or `jobs.batch`.
    ///
    /// # Errors
    /// The cluster refuses it.
    pub fn create(&self, kind: &str, namespace: &str, mut object: Value) -> std::io::Result<Value> {
        let resource = self.resource(kind)?;
        object["apiVersion"] = resource.api_version().into();
        object["kind"] = resource.kind.into();
        self.client.send(Method::POST, &self.path(kind, namespace, "")?, Some(&object))
    }

    /// The object of that name.
    pub fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Value> {
        self.client.send(Method::GET, &self.path(kind, namespace, name).ok()?, None).ok()
    }

    /// All objects of a kind in a namespace.
    ///
    /// # Errors
    /// The cluster does not tell.
    pub fn list(&self, kind: &str, namespace: &str) -> std::io::Result<Vec<Value>> {
        let found = self.client.send(Method::GET, &self.path(kind, namespace, "")?, None)?;
        Ok(found["items"].as_array().cloned().unwrap_or_default())
    }

    /// Changes fields of an object, or of its status (`part`), by a merge patch.
    ///
    /// # Errors
    /// The cluster refuses it, or there is no such object.
    pub fn patch(
        &self,
        kind: &str,
        namespace: &str,
        name: &str,
        part: Option<&str>,
        patch: &Value,
    ) -> std::io::Result<Value> {
        let mut path = self.path(kind, namespace, name)?;
        if let Some(part) = part {
            path = format!("{path}/{part}");
        }
        self.client.send(Method::PATCH, &path, Some(patch))
    }

    /// Deletes an object, and what it owns in the background; without a grace period when `at_once`.
    ///
    /// # Errors
    /// The cluster refuses it, or there is no such object.
    pub fn delete(
        &self,
        kind: &str,
        namespace: &str,
        name: &str,
        at_once: bool,
    ) -> std::io::Result<()> {
        let mut options =
            json!({"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"});
        if at_once {
            options["gracePeriodSeconds"] = 0.into();
        }
        let path = self.path(kind, namespace, name)?;
        self.client.send(Method::DELETE, &path, Some(&options)).map(drop)
    }

    /// Marks a pod as a node does that is short of memory.
    ///
    /// # Errors
    /// The cluster refuses it.
    pub fn evict(&self, namespace: &str, pod: &str) -> std::io::Result<()> {
        if let Some(cluster) = &self.simulated {
            cluster.evict(namespace, pod);
            return Ok(());
        }
        let status = json!({"status": {
            "phase": "Failed",
            "reason": "Evicted",
            "message": "The node was low on resource: memory.",
        }});
        self.patch("pods", namespace, pod, Some("status"), &status).map(drop)
    }

    fn resource(&self, kind: &str) -> std::io::Result<Resource> {
        let known = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.iter().find(|resource| resource.id() == kind).cloned();
        found.ok_or_else(|| std::io::Error::other(format!("no kind {kind}")))
    }

    fn path(&self, kind: &str, namespace: &str, name: &str) -> std::io::Result<String> {
        let resource = self.resource(kind)?;
        let root = if resource.group.is_empty() { "/api" } else { "/apis" };
        let mut path = format!("{root}/{}", resource.api_version());
        if !namespace.is_empty() {
            path = format!("{path}/namespaces/{namespace}");
        }
        path = format!("{path}/{}", resource.plural);
        Ok(if name.is_empty() { path } else { format!("{path}/{name}") })
    }
}

impl Drop for Testbed {
    fn drop(&mut self) {
        if self.simulated.is_some() {
            return;
        }
        let made = self.namespaces.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for name in made {
            // what cannot be removed now is left to whoever owns the cluster
            let _ = self.delete("namespaces", "", &name, false);
        }
    }
}

/// Requests to an API server that wait for their answer, in asynchronous tests too.
struct Requests {
    runtime: Option<Runtime>,
    client: Client,
}

impl std::fmt::Debug for Requests {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Requests").finish_non_exhaustive()
    }
}

impl Requests {
    fn new(kubeconfig: &Path) -> std::io::Result<Self> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let file = kubeconfig.to_owned();
        let client = wait(&runtime, async move {
            let known = Kubeconfig::read_from(file).map_err(std::io::Error::other)?;
            let options = KubeConfigOptions::default();
            let config = Config::from_custom_kubeconfig(known, &options).await;
            Client::try_from(config.map_err(std::io::Error::other)?).map_err(std::io::Error::other)
        })?;
        Ok(Self { runtime: Some(runtime), client })
    }

    fn send(&self, method: Method, path: &str, body: Option<&Value>) -> std::io::Result<Value> {
        let kind = match method {
            Method::PATCH => "application/merge-patch+json",
            _ => "application/json",
        };
        let request = Request::builder().method(method).uri(path).header("content-type", kind);
        let bytes = body.map(|body| body.to_string().into_bytes()).unwrap_or_default();
        let request = request.body(bytes).map_err(std::io::Error::other)?;
        let runtime = self.runtime.as_ref().ok_or_else(|| std::io::Error::other("ended"))?;
        let client = self.client.clone();
        wait(runtime, async move {
            client.request::<Value>(request).await.map_err(std::io::Error::other)
        })
    }
}

impl Drop for Requests {
    fn drop(&mut self) {
        // not by waiting, which asynchronous code may not
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Waits for what a real cluster does by itself.
fn wait_until(what: &str, mut is_so: impl FnMut() -> Option<()>) -> std::io::Result<()> {
    let start = Instant::now();
    while is_so().is_none() {
        if start.elapsed() > PATIENCE {
            let text =
                format!("no {what} after {PATIENCE:?}: are the cluster's controllers running?");
            return Err(std::io::Error::other(text));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

fn wait<T: Send + 'static>(
    runtime: &Runtime,
    future: impl Future<Output = std::io::Result<T>> + Send + 'static,
) -> std::io::Result<T> {
    let (sender, receiver) = std::sync::mpsc::channel();
    runtime.spawn(async move {
        // nobody waits any more: fine
        let _ = sender.send(future.await);
    });
    // a simulated cluster may be served by the very runtime whose thread waits here: another one takes over
    tokio::task::block_in_place(|| receiver.recv()).map_err(std::io::Error::other)?
}
