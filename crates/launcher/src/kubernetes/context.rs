//! The configuration of one run's Job, gathered from its layers (`K8sContainerContext`).

use serde_json::{Map, Value, json};

use super::KubernetesError;
use super::config::{Environment, LauncherConfig, container_context, executor_container};
use super::types;
use super::user_config::{Object, PARTS, UserConfig};

/// What a run's Job is made from, besides the run itself.
#[derive(Debug, Clone, Default)]
pub struct ContainerContext {
    /// Raw configuration of the Job.
    pub run: UserConfig,
    /// Where the Job is made.
    pub namespace: Option<String>,
}

impl ContainerContext {
    /// Gathers the launcher's configuration, the code location's and the tags'.
    ///
    /// # Errors
    /// Invalid configuration, and what the launcher's allow-lists forbid.
    pub fn for_run<'a>(
        launcher: &LauncherConfig,
        code_location: Option<&Value>,
        tag: impl Fn(&str) -> Option<&'a str>,
        env: &Environment,
    ) -> Result<Self, KubernetesError> {
        let mut base = Self::from_container_fields(&launcher.container(), env)?;
        base.namespace = launcher.text("job_namespace").map(str::to_owned);

        let mut user = Self::default();
        if let Some(config) = code_location {
            user = user.merged(&Self::from_code_location(config, env)?);
        }
        let tags = Self { run: UserConfig::from_tags(tag, env)?, namespace: None };
        user = user.merged(&tags);
        user.check_allowed(launcher)?;
        Ok(base.merged(&user))
    }

    /// What the configuration of an executor says (`execution.config`).
    ///
    /// # Errors
    /// Invalid configuration.
    pub(super) fn from_executor(
        config: &Object,
        env: &Environment,
    ) -> Result<Self, KubernetesError> {
        let mut context = Self::from_container_fields(&executor_container(config), env)?;
        context.namespace = config.get("job_namespace").and_then(Value::as_str).map(str::to_owned);
        Ok(context)
    }

    fn from_code_location(config: &Value, env: &Environment) -> Result<Self, KubernetesError> {
        let shared = config.get("env_vars").cloned().unwrap_or_else(|| json!([]));
        let shared = Map::from_iter([("env_vars".to_owned(), shared)]);
        let shared = Self::from_container_fields(&shared, env)?;
        match config.get("k8s") {
            Some(own) if own.as_object().is_some_and(|own| !own.is_empty()) => {
                let own = container_context(own, env)?;
                let mut context = Self::from_container_fields(&own, env)?;
                context.namespace = own.get("namespace").and_then(Value::as_str).map(str::to_owned);
                Ok(shared.merged(&context))
            }
            _ => Ok(shared),
        }
    }

    /// Turns the short fields (`env_vars`, `volumes`, `labels` …) into raw configuration and lays
    /// `run_k8s_config` onto it.
    fn from_container_fields(fields: &Object, env: &Environment) -> Result<Self, KubernetesError> {
        let given = |key: &str| fields.get(key).filter(|value| !is_falsy(value)).cloned();
        let list = |key: &str| given(key).and_then(|v| v.as_array().cloned()).unwrap_or_default();
        let snake_list = |key: &str, kind| {
            let items = list(key);
            items
                .iter()
                .filter_map(Value::as_object)
                .map(|item| types::snake(kind, item).map(Value::Object))
                .collect::<Result<Vec<_>, _>>()
        };
        let mut container = Object::new();
        let mut pod = Object::new();
        let set = |part: &mut Object, key: &str, value: Value| {
            if !is_falsy(&value) {
                part.insert(key.to_owned(), value);
            }
        };
        set(&mut container, "volume_mounts", snake_list("volume_mounts", "V1VolumeMount")?.into());
        set(&mut pod, "volumes", snake_list("volumes", "V1Volume")?.into());
        for key in ["resources", "image_pull_policy", "security_context"] {
            set(&mut container, key, given(key).into());
        }
        for key in ["image_pull_secrets", "service_account_name", "scheduler_name"] {
            set(&mut pod, key, given(key).into());
        }
        let config_maps = list("env_config_maps");
        let secrets = list("env_secrets");
        let env_from = config_maps
            .iter()
            .map(|name| json!({"config_map_ref": {"name": name}}))
            .chain(secrets.iter().map(|name| json!({"secret_ref": {"name": name}})));
        set(&mut container, "env_from", env_from.collect());
        let mut variables = Vec::new();
        for entry in list("env_vars").iter().filter_map(Value::as_str) {
            let (name, value) = env.variable(entry)?;
            variables.push(json!({"name": name, "value": value}));
        }
        variables.extend(snake_list("env", "V1EnvVar")?);
        set(&mut container, "env", variables.into());
        let labels: Object =
            given("labels").map(|l| json!({"labels": l})).map(into_object).unwrap_or_default();

        let parts = json!({
            "container_config": container,
            "pod_spec_config": pod,
            "pod_template_spec_metadata": labels,
            "job_metadata": labels,
        });
        let short = UserConfig::from_object(&into_object(parts))?;
        let raw = given("run_k8s_config").map(into_object).unwrap_or_default();
        Ok(Self { run: short.merged(&UserConfig::from_object(&raw)?), namespace: None })
    }

    pub(super) fn merged(&self, over: &Self) -> Self {
        Self {
            run: self.run.merged(&over.run),
            namespace: over
                .namespace
                .clone()
                .filter(|n| !n.is_empty())
                .or_else(|| self.namespace.clone()),
        }
    }

    fn check_allowed(&mut self, launcher: &LauncherConfig) -> Result<(), KubernetesError> {
        if let Some(allowed) = launcher.allowed_fields() {
            let mut refused = Vec::new();
            for (part, field) in self.run.used_fields() {
                if !self.is_allowed(allowed, part, field)? {
                    refused.push(format!("{part}.{field}"));
                }
            }
            if self.namespace.is_some() && allowed.get("namespace") != Some(&Value::Bool(true)) {
                refused.push("namespace".to_owned());
            }
            if !refused.is_empty() {
                return Err(KubernetesError::Refused(format!(
                    "Attempted to create a pod with fields that violated the allowed list: {}",
                    refused.join(", ")
                )));
            }
        }
        if let Some(allowed) = launcher.allowed_variables() {
            let mut container = self.run.part("container_config");
            if let Some(Value::Array(variables)) = container.get_mut("env") {
                let refused = |v: &Value| !v["name"].as_str().is_some_and(|n| allowed.contains(&n));
                for variable in variables.iter().filter(|v| refused(v)) {
                    tracing::warn!(
                        name = variable["name"].as_str(),
                        "leaving out an environment variable that is not in only_allow_user_defined_env_vars"
                    );
                }
                variables.retain(|variable| !refused(variable));
                self.run.set_part("container_config", container);
            }
        }
        Ok(())
    }

    fn is_allowed(
        &self,
        allowed: &Object,
        part: &str,
        field: &str,
    ) -> Result<bool, KubernetesError> {
        let kind = PARTS.iter().find(|(name, _)| *name == part).map(|(_, kind)| *kind);
        let (Some(kind), Some(Value::Object(fields))) = (kind, allowed.get(part)) else {
            return Ok(false);
        };
        let fields = types::snake_keys(kind, fields)?;
        Ok(fields.get(field) == Some(&Value::Bool(true)))
    }
}

fn into_object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

/// What Python takes for false.
fn is_falsy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    }
}
