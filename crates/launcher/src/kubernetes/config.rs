//! The configuration schemas of the launcher, of a container context and of the tags
//! (`DagsterK8sJobConfig.config_type_*`), and the values of `{env: NAME}` in them.

use std::collections::HashMap;
use std::path::PathBuf;

use rondel_kubernetes::Credentials;
use serde_json::{Map, Value, json};

use super::KubernetesError;
use super::user_config::Object;

/// The environment that `{env: NAME}` and `env_vars: [NAME]` read from.
#[derive(Debug, Clone, Default)]
pub struct Environment(pub HashMap<String, String>);

impl Environment {
    /// The environment of this process.
    pub fn current() -> Self {
        Self(std::env::vars().collect())
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Reads an entry of `env_vars`: `KEY=VALUE`, or `KEY` to take the value from here.
    ///
    /// # Errors
    /// When the named variable is not set.
    pub fn variable(&self, entry: &str) -> Result<(String, String), KubernetesError> {
        if let Some((name, value)) = entry.split_once('=') {
            return Ok((name.to_owned(), value.to_owned()));
        }
        match self.get(entry) {
            Some(value) => Ok((entry.to_owned(), value.to_owned())),
            None => Err(KubernetesError::Refused(format!(
                "Tried to load environment variable {entry}, but it was not set"
            ))),
        }
    }
}

/// What a value must be.
#[derive(Debug, Clone, Copy)]
pub enum Schema {
    /// Text, or `{env: NAME}`.
    Source,
    /// Text.
    Text,
    /// A boolean.
    Bool,
    /// A boolean, or `{env: NAME}`.
    BoolSource,
    /// An integer, or `{env: NAME}`.
    IntSource,
    /// Any mapping.
    Mapping,
    /// A mapping of names to booleans.
    Flags,
    /// A list.
    List(&'static Schema),
    /// A value, or null.
    Optional(&'static Schema),
    /// A mapping with these keys only.
    Shape(&'static [(&'static str, Schema)]),
    /// A mapping with these keys checked and any others.
    Permissive(&'static [(&'static str, Schema)]),
    /// `SHALLOW` or `DEEP`.
    MergeBehavior,
}

/// The tag `dagster-k8s/config`, and `run_k8s_config` of a container context.
pub const USER_CONFIG: &[(&str, Schema)] = &[
    ("container_config", Schema::Mapping),
    ("pod_template_spec_metadata", Schema::Mapping),
    ("pod_spec_config", Schema::Mapping),
    ("job_config", Schema::Mapping),
    ("job_metadata", Schema::Mapping),
    ("job_spec_config", Schema::Mapping),
    ("merge_behavior", Schema::MergeBehavior),
];

/// Compute resources.
pub const RESOURCES: &[(&str, Schema)] =
    &[("limits", Schema::Mapping), ("requests", Schema::Mapping)];

const SERVER_CONFIG: &[(&str, Schema)] = &[
    ("container_config", Schema::Mapping),
    ("pod_spec_config", Schema::Mapping),
    ("pod_template_spec_metadata", Schema::Mapping),
    ("merge_behavior", Schema::MergeBehavior),
    ("deployment_metadata", Schema::Mapping),
    ("service_metadata", Schema::Mapping),
    ("service_spec_config", Schema::Mapping),
];

const VOLUME_MOUNT: &[(&str, Schema)] = &[
    ("name", Schema::Source),
    ("mount_path", Schema::Source),
    ("mount_propagation", Schema::Source),
    ("read_only", Schema::BoolSource),
    ("sub_path", Schema::Source),
    ("sub_path_expr", Schema::Source),
];

const CONTAINER: &[(&str, Schema)] = &[
    ("image_pull_policy", Schema::Optional(&Schema::Source)),
    (
        "image_pull_secrets",
        Schema::Optional(&Schema::List(&Schema::Shape(&[("name", Schema::Source)]))),
    ),
    ("service_account_name", Schema::Optional(&Schema::Source)),
    ("env_config_maps", Schema::Optional(&Schema::List(&Schema::Source))),
    ("env_secrets", Schema::Optional(&Schema::List(&Schema::Source))),
    ("env_vars", Schema::Optional(&Schema::List(&Schema::Text))),
    ("volume_mounts", Schema::List(&Schema::Permissive(VOLUME_MOUNT))),
    ("volumes", Schema::List(&Schema::Permissive(&[("name", Schema::Text)]))),
    ("labels", Schema::Mapping),
    ("resources", Schema::Optional(&Schema::Shape(RESOURCES))),
    ("scheduler_name", Schema::Optional(&Schema::Source)),
    ("security_context", Schema::Mapping),
];

const CONTEXT_ONLY: &[(&str, Schema)] = &[
    ("namespace", Schema::Optional(&Schema::Source)),
    ("run_k8s_config", Schema::Shape(USER_CONFIG)),
    ("server_k8s_config", Schema::Shape(SERVER_CONFIG)),
    ("env", Schema::List(&Schema::Permissive(&[("name", Schema::Text)]))),
    ("server_replica_count", Schema::IntSource),
];

const LAUNCHER_ONLY: &[(&str, Schema)] = &[
    ("job_image", Schema::Optional(&Schema::Source)),
    ("instance_config_map", Schema::Source),
    ("postgres_password_secret", Schema::Source),
    ("dagster_home", Schema::Source),
    ("load_incluster_config", Schema::Bool),
    ("kubeconfig_file", Schema::Optional(&Schema::Text)),
    ("k8s_api_ssl_ca_cert_file", Schema::Optional(&Schema::Text)),
    ("fail_pod_on_run_failure", Schema::Bool),
    (
        "run_k8s_config",
        Schema::Shape(&[
            ("container_config", Schema::Mapping),
            ("pod_template_spec_metadata", Schema::Mapping),
            ("pod_spec_config", Schema::Mapping),
            ("job_config", Schema::Mapping),
            ("job_metadata", Schema::Mapping),
            ("job_spec_config", Schema::Mapping),
        ]),
    ),
    ("job_namespace", Schema::Source),
    (
        "only_allow_user_defined_k8s_config_fields",
        Schema::Shape(&[
            ("container_config", Schema::Flags),
            ("pod_spec_config", Schema::Flags),
            ("pod_template_spec_metadata", Schema::Flags),
            ("job_metadata", Schema::Flags),
            ("job_spec_config", Schema::Flags),
            ("namespace", Schema::BoolSource),
        ]),
    ),
    ("only_allow_user_defined_env_vars", Schema::List(&Schema::Text)),
];

/// Checks a mapping with exactly these keys and resolves `{env: NAME}` in it.
///
/// # Errors
/// [`KubernetesError::InvalidConfig`], naming the key.
pub fn shape(
    value: &Value,
    keys: &[(&str, Schema)],
    env: &Environment,
    at: &str,
) -> Result<Object, KubernetesError> {
    let object = value.as_object().ok_or_else(|| invalid(at, "must be a mapping"))?;
    let mut out = Map::new();
    for (key, value) in object {
        let Some((_, schema)) = keys.iter().find(|(name, _)| name == key) else {
            let known = keys.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
            return Err(invalid(at, &format!("there is no key '{key}'; there are {known}")));
        };
        out.insert(key.clone(), check(value, *schema, env, &format!("{at}.{key}"))?);
    }
    Ok(out)
}

fn invalid(at: &str, reason: &str) -> KubernetesError {
    KubernetesError::InvalidConfig { context: at.to_owned(), reason: reason.to_owned() }
}

fn check(
    value: &Value,
    schema: Schema,
    env: &Environment,
    at: &str,
) -> Result<Value, KubernetesError> {
    let from_env = || -> Result<Option<&str>, KubernetesError> {
        let Some(name) = value.get("env").and_then(Value::as_str) else { return Ok(None) };
        env.get(name).map(Some).ok_or_else(|| {
            invalid(
                at,
                &format!("the environment variable {name} is not set; set it or give the value"),
            )
        })
    };
    let fits = |fits: bool, what: &str| {
        if fits {
            Ok(value.clone())
        } else {
            Err(invalid(at, &format!("must be {what}, not {value}")))
        }
    };
    match schema {
        Schema::Optional(_) if value.is_null() => Ok(Value::Null),
        Schema::Optional(inner) => check(value, *inner, env, at),
        Schema::Text => fits(value.is_string(), "text"),
        Schema::Bool => fits(value.is_boolean(), "true or false"),
        Schema::Mapping => fits(value.is_object(), "a mapping"),
        Schema::Flags => fits(
            value.as_object().is_some_and(|flags| flags.values().all(Value::is_boolean)),
            "a mapping of names to true or false",
        ),
        Schema::MergeBehavior => {
            fits(matches!(value.as_str(), Some("SHALLOW" | "DEEP")), "SHALLOW or DEEP")
        }
        Schema::Source => match from_env()? {
            Some(text) => Ok(text.into()),
            None => fits(value.is_string(), "text or {env: NAME}"),
        },
        Schema::BoolSource => match from_env()? {
            Some(text) => Ok((!matches!(text.to_lowercase().as_str(), "" | "0" | "false")).into()),
            None => fits(value.is_boolean(), "true or false or {env: NAME}"),
        },
        Schema::IntSource => match from_env()? {
            Some(text) => text
                .parse::<i64>()
                .map(Value::from)
                .map_err(|_| invalid(at, &format!("'{text}' of the environment is no integer"))),
            None => fits(value.is_i64(), "an integer or {env: NAME}"),
        },
        Schema::List(inner) => match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .map(|(index, item)| check(item, *inner, env, &format!("{at}[{index}]")))
                .collect(),
            _ => fits(false, "a list"),
        },
        Schema::Shape(keys) => shape(value, keys, env, at).map(Value::Object),
        Schema::Permissive(keys) => {
            let Value::Object(object) = value else { return fits(false, "a mapping") };
            let mut out = object.clone();
            for (key, schema) in keys {
                if let Some(inner) = object.get(*key) {
                    out.insert(
                        (*key).to_owned(),
                        check(inner, *schema, env, &format!("{at}.{key}"))?,
                    );
                }
            }
            Ok(Value::Object(out))
        }
    }
}

/// Checks the `k8s` part of a container context.
///
/// # Errors
/// [`KubernetesError::InvalidConfig`], naming the key.
pub fn container_context(value: &Value, env: &Environment) -> Result<Object, KubernetesError> {
    let keys: Vec<_> = CONTAINER.iter().chain(CONTEXT_ONLY).copied().collect();
    shape(value, &keys, env, "container_context.k8s")
}

const EXECUTOR_ONLY: &[(&str, Schema)] = &[
    ("job_image", Schema::Optional(&Schema::Source)),
    ("load_incluster_config", Schema::Bool),
    ("kubeconfig_file", Schema::Optional(&Schema::Text)),
    ("job_namespace", Schema::Source),
    ("retries", Schema::Mapping),
    ("max_concurrent", Schema::IntSource),
    ("tag_concurrency_limits", Schema::List(&Schema::Mapping)),
    ("step_k8s_config", Schema::Shape(USER_CONFIG)),
    ("per_step_k8s_config", Schema::Mapping),
    ("enable_owner_references", Schema::Bool),
    ("step_dependency_config", Schema::Mapping),
];

/// Checks the configuration of `k8s_job_executor`.
///
/// # Errors
/// [`KubernetesError::InvalidConfig`], naming the key.
pub fn executor(value: &Value, env: &Environment) -> Result<Object, KubernetesError> {
    let keys: Vec<_> = CONTAINER.iter().chain(EXECUTOR_ONLY).copied().collect();
    shape(value, &keys, env, "execution.config")
}

/// The part of a configuration that container contexts have too.
fn container_fields(config: &Object) -> impl Iterator<Item = (String, Value)> {
    let shared = CONTAINER.iter().map(|(key, _)| *key);
    shared.filter_map(|key| Some((key.to_owned(), config.get(key)?.clone())))
}

/// The fields of a container context in the configuration of an executor.
pub fn executor_container(config: &Object) -> Object {
    let raw = config.get("step_k8s_config");
    let raw = raw.map(|raw| ("run_k8s_config".to_owned(), raw.clone()));
    container_fields(config).chain(raw).collect()
}

/// The launcher's configuration in `dagster.yaml`, checked and with `{env: NAME}` resolved.
#[derive(Debug, Clone)]
pub struct LauncherConfig(Object);

impl LauncherConfig {
    /// Reads `run_launcher.config`.
    ///
    /// # Errors
    /// [`KubernetesError::InvalidConfig`], naming the key.
    pub fn parse(value: &Value, env: &Environment) -> Result<Self, KubernetesError> {
        let keys: Vec<_> = CONTAINER.iter().chain(LAUNCHER_ONLY).copied().collect();
        let mut config = shape(value, &keys, env, "run_launcher.config")?;
        for required in ["service_account_name", "instance_config_map"] {
            if !config.get(required).is_some_and(Value::is_string) {
                return Err(invalid("run_launcher.config", &format!("needs the key '{required}'")));
            }
        }
        let defaults = [
            ("dagster_home", json!("/opt/dagster/dagster_home")),
            ("job_namespace", json!("default")),
            ("image_pull_policy", json!("IfNotPresent")),
        ];
        for (key, default) in defaults {
            if config.get(key).is_none_or(Value::is_null) {
                config.insert(key.to_owned(), default);
            }
        }
        Ok(Self(config))
    }

    /// The text under a key.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.as_str()
    }

    /// Do Jobs fail when their run fails?
    pub fn fail_pod_on_run_failure(&self) -> bool {
        self.0.get("fail_pod_on_run_failure").and_then(Value::as_bool).unwrap_or_default()
    }

    /// How the cluster is reached (`load_kubernetes_config`).
    ///
    /// # Errors
    /// When it is both to be reached from inside and through a file.
    pub fn credentials(&self) -> Result<Credentials, KubernetesError> {
        let in_cluster = self.0.get("load_incluster_config").and_then(Value::as_bool);
        let file = self.text("kubeconfig_file");
        match (in_cluster.unwrap_or(true), file) {
            (true, None) => Ok(Credentials::InCluster),
            (true, Some(_)) => Err(KubernetesError::Invariant(
                "`kubeconfig_file` is set but `load_incluster_config` is True".to_owned(),
            )),
            (false, file) => Ok(Credentials::Kubeconfig(file.map(PathBuf::from))),
        }
    }

    /// Whether steps with this configuration of the executor are made in the cluster of the run launcher, with
    /// its credentials; else, the key that says otherwise.
    pub(super) fn reaches_steps(&self, executor: &Value) -> Result<(), &'static str> {
        for key in ["load_incluster_config", "kubeconfig_file"] {
            let own = match self.0.get(key) {
                None if key == "load_incluster_config" => &Value::Bool(true),
                None => &Value::Null,
                Some(own) => own,
            };
            if executor.get(key).is_some_and(|given| given != own) {
                return Err(key);
            }
        }
        Ok(())
    }

    /// Which fields users may set, when that is limited.
    pub fn allowed_fields(&self) -> Option<&Object> {
        self.0.get("only_allow_user_defined_k8s_config_fields")?.as_object()
    }

    /// Which environment variables users may set, when that is limited.
    pub fn allowed_variables(&self) -> Option<Vec<&str>> {
        let names = self.0.get("only_allow_user_defined_env_vars")?.as_array()?;
        Some(names.iter().filter_map(Value::as_str).collect())
    }

    /// The part that a container context has too.
    pub fn container(&self) -> Object {
        let raw = self.0.get("run_k8s_config");
        let raw = raw.map(|raw| ("run_k8s_config".to_owned(), raw.clone()));
        container_fields(&self.0).chain(raw).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_are_checked_and_variables_resolved() {
        let env = Environment(HashMap::from([("IMG".to_owned(), "img:9".to_owned())]));
        let config = json!({"service_account_name": "sa", "instance_config_map": "cm", "job_image": {"env": "IMG"}});
        let parsed = LauncherConfig::parse(&config, &env).unwrap();
        assert_eq!(parsed.text("job_image"), Some("img:9"));
        assert_eq!(parsed.text("job_namespace"), Some("default"));

        let unknown =
            json!({"service_account_name": "sa", "instance_config_map": "cm", "imag": "x"});
        assert!(LauncherConfig::parse(&unknown, &env).unwrap_err().to_string().contains("'imag'"));
        let unset = json!({"service_account_name": {"env": "NOPE"}, "instance_config_map": "cm"});
        assert!(LauncherConfig::parse(&unset, &env).unwrap_err().to_string().contains("NOPE"));
    }

    #[test]
    fn steps_are_made_in_the_cluster_of_the_run_launcher_only() {
        let launcher = |more: Value| {
            let mut config = json!({"service_account_name": "sa", "instance_config_map": "cm"});
            config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            LauncherConfig::parse(&config, &Environment(HashMap::new())).unwrap()
        };
        let inside = launcher(json!({}));
        assert_eq!(inside.reaches_steps(&json!({"job_namespace": "steps"})), Ok(()));
        assert_eq!(inside.reaches_steps(&json!({"load_incluster_config": true})), Ok(()));
        let other = json!({"load_incluster_config": false, "kubeconfig_file": "/other"});
        assert_eq!(inside.reaches_steps(&other), Err("load_incluster_config"));
        let outside = json!({"load_incluster_config": false, "kubeconfig_file": "/own"});
        assert_eq!(launcher(outside.clone()).reaches_steps(&outside), Ok(()));
        assert_eq!(launcher(outside).reaches_steps(&other), Err("kubeconfig_file"));
    }
}
