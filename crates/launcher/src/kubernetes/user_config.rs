//! Raw Kubernetes configuration as users write it (`UserDefinedDagsterK8sConfig`): one object a part of
//! the Job, kept in snake case.

use serde_json::{Map, Value, json};

use super::KubernetesError;
use super::config::{Environment, shape};
use super::types;

/// An object in snake case.
pub type Object = Map<String, Value>;

/// Tag of runs, jobs and assets that holds raw configuration.
pub const CONFIG_TAG: &str = "dagster-k8s/config";
/// Deprecated tag that holds the container's resources.
pub const RESOURCES_TAG: &str = "dagster-k8s/resource_requirements";

/// The parts, with the Kubernetes type of each.
pub const PARTS: [(&str, &str); 9] = [
    ("container_config", "V1Container"),
    ("pod_template_spec_metadata", "V1ObjectMeta"),
    ("pod_spec_config", "V1PodSpec"),
    ("job_config", "V1Job"),
    ("job_metadata", "V1ObjectMeta"),
    ("job_spec_config", "V1JobSpec"),
    ("deployment_metadata", "V1ObjectMeta"),
    ("service_metadata", "V1ObjectMeta"),
    ("service_spec_config", "V1ServiceSpec"),
];

/// How a configuration is laid over the one below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MergeBehavior {
    /// Keys of each part replace the ones below.
    Shallow,
    /// Objects are merged at every depth, lists joined without repetitions.
    #[default]
    Deep,
}

/// Raw configuration by part.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UserConfig {
    parts: Map<String, Value>,
    /// How it is laid over the one below.
    pub merge_behavior: MergeBehavior,
}

impl UserConfig {
    /// Reads configuration in either case.
    ///
    /// # Errors
    /// Fields which the Kubernetes types do not have.
    pub fn from_object(config: &Object) -> Result<Self, KubernetesError> {
        let mut parts = Object::new();
        for (part, kind) in PARTS {
            if let Some(Value::Object(fields)) = config.get(part).filter(|v| !is_empty(v)) {
                parts.insert(part.to_owned(), Value::Object(types::snake(kind, fields)?));
            }
        }
        let merge_behavior = match config.get("merge_behavior").and_then(Value::as_str) {
            Some("SHALLOW") => MergeBehavior::Shallow,
            _ => MergeBehavior::Deep,
        };
        Ok(Self { parts, merge_behavior })
    }

    /// Reads the tags of a run.
    ///
    /// # Errors
    /// Tags that are not JSON or do not fit the schema.
    pub fn from_tags<'a>(
        tag: impl Fn(&str) -> Option<&'a str>,
        env: &Environment,
    ) -> Result<Self, KubernetesError> {
        let read = |name: &str, schema| match tag(name) {
            None => Ok(None),
            Some(text) => {
                let value: Value = serde_json::from_str(text).map_err(|error| {
                    KubernetesError::NotJson { tag: name.to_owned(), reason: error.to_string() }
                })?;
                shape(&value, schema, env, &format!("tag {name}")).map(Some)
            }
        };
        let mut config = read(CONFIG_TAG, super::config::USER_CONFIG)?.unwrap_or_default();
        if let Some(resources) = read(RESOURCES_TAG, super::config::RESOURCES)? {
            let container = config.entry("container_config").or_insert_with(|| json!({}));
            if let Value::Object(container) = container {
                container.insert("resources".to_owned(), Value::Object(resources));
            }
        }
        Self::from_object(&config)
    }

    /// A part, empty when not given.
    pub fn part(&self, name: &str) -> Object {
        self.parts.get(name).and_then(Value::as_object).cloned().unwrap_or_default()
    }

    /// Replaces a part.
    pub fn set_part(&mut self, name: &str, part: Object) {
        self.parts.insert(name.to_owned(), Value::Object(part));
    }

    /// The fields that are set, as (part, field).
    pub fn used_fields(&self) -> Vec<(&str, &str)> {
        self.parts
            .iter()
            .filter_map(|(part, fields)| Some((part, fields.as_object()?)))
            .flat_map(|(part, fields)| fields.keys().map(move |key| (part.as_str(), key.as_str())))
            .collect()
    }

    /// Lays `over` onto this configuration, as `over` asks to be merged.
    pub fn merged(&self, over: &Self) -> Self {
        let mut parts = self.parts.clone();
        match over.merge_behavior {
            MergeBehavior::Deep => deep_merge(&mut parts, &over.parts),
            MergeBehavior::Shallow => {
                for (part, fields) in &over.parts {
                    let below = parts.entry(part.clone()).or_insert_with(|| json!({}));
                    if let (Value::Object(below), Value::Object(fields)) = (below, fields) {
                        below.extend(fields.clone());
                    }
                }
            }
        }
        Self { parts, merge_behavior: over.merge_behavior }
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty)
}

/// Lists which are replaced even in a deep merge.
const REPLACED_LISTS: [&str; 2] = ["command", "args"];

fn deep_merge(below: &mut Object, over: &Object) {
    for (key, value) in over {
        match (below.get_mut(key), value) {
            (Some(Value::Array(items)), Value::Array(more))
                if !REPLACED_LISTS.contains(&key.as_str()) =>
            {
                items.extend(more.iter().cloned());
                remove_repetitions(items);
            }
            (Some(Value::Object(inner)), Value::Object(more)) => deep_merge(inner, more),
            _ => {
                below.insert(key.clone(), value.clone());
            }
        }
    }
}

fn remove_repetitions(items: &mut Vec<Value>) {
    let mut kept: Vec<Value> = Vec::with_capacity(items.len());
    for item in items.drain(..) {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    *items = kept;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(value: Value) -> UserConfig {
        UserConfig::from_object(value.as_object().unwrap()).unwrap()
    }

    #[test]
    fn deep_merging_joins_lists_and_objects_but_replaces_commands() {
        let below = config(json!({"container_config": {
            "command": ["a", "b"], "env": [{"name": "L", "value": "1"}], "resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}}));
        let over = config(json!({"container_config": {
            "command": ["c"], "env": [{"name": "T", "value": "2"}, {"name": "L", "value": "1"}], "resources": {"limits": {"cpu": "2"}}}}));
        let expected = json!({
            "command": ["c"],
            "env": [{"name": "L", "value": "1"}, {"name": "T", "value": "2"}],
            "resources": {"limits": {"cpu": "2", "memory": "1Gi"}},
        });
        assert_eq!(Value::Object(below.merged(&over).part("container_config")), expected);
    }

    #[test]
    fn shallow_merging_replaces_fields_of_a_part() {
        let below =
            config(json!({"pod_spec_config": {"node_selector": {"a": "1"}, "host_network": true}}));
        let over = config(
            json!({"pod_spec_config": {"node_selector": {"b": "2"}}, "merge_behavior": "SHALLOW"}),
        );
        let expected = json!({"node_selector": {"b": "2"}, "host_network": true});
        assert_eq!(Value::Object(below.merged(&over).part("pod_spec_config")), expected);
    }
}
