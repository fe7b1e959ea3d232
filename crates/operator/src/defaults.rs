//! What the code servers of an installation get besides what their resources say. Pure.

use serde::Deserialize;
use serde_json::{Map, Value};

/// Fields that lie under those of every resource.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeServerDefaults {
    /// Fields of the container.
    #[serde(default)]
    container: Map<String, Value>,
    /// Fields of the pod's spec.
    #[serde(default)]
    pod: Map<String, Value>,
}

impl CodeServerDefaults {
    /// Reads `{"container": {…}, "pod": {…}}`.
    ///
    /// # Errors
    /// The text is no JSON of that shape.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    pub(crate) fn under_container(&self, own: &Map<String, Value>) -> Map<String, Value> {
        laid_under(&self.container, own)
    }

    pub(crate) fn under_pod(&self, own: &Map<String, Value>) -> Map<String, Value> {
        laid_under(&self.pod, own)
    }
}

/// Lists are joined, the defaults first; of two entries for the same the resource's own counts, as it does of all
/// other fields.
fn laid_under(defaults: &Map<String, Value>, own: &Map<String, Value>) -> Map<String, Value> {
    let mut all = defaults.clone();
    for (field, value) in own {
        match (all.get_mut(field), value) {
            (Some(Value::Array(before)), Value::Array(more)) => join(field, before, more),
            _ => {
                all.insert(field.clone(), value.clone());
            }
        }
    }
    all
}

/// Adds entries to a list of a pod or a container. The API server refuses an apply with two entries for the same: two
/// variables of one name, two mounts on one path.
pub(crate) fn join(field: &str, list: &mut Vec<Value>, more: &[Value]) {
    let key = match field {
        "volumeMounts" => "mountPath",
        "volumeDevices" => "devicePath",
        "hostAliases" => "ip",
        _ => "name",
    };
    for entry in more {
        list.retain(|before| before.get(key).is_none() || before.get(key) != entry.get(key));
        list.push(entry.clone());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    #[test]
    fn lists_are_joined_and_other_fields_replaced() {
        let text =
            json!({"container": {"env": [{"name": "A"}], "resources": {"limits": {"cpu": 1}}}});
        let defaults = CodeServerDefaults::parse(&text.to_string()).unwrap();
        let own = json!({"env": [{"name": "B"}], "resources": {}, "command": ["x"]});
        assert_eq!(
            Value::from(defaults.under_container(own.as_object().unwrap())),
            json!({"env": [{"name": "A"}, {"name": "B"}], "resources": {}, "command": ["x"]})
        );
        assert!(defaults.under_pod(&Map::new()).is_empty());
    }

    #[test]
    fn of_two_entries_for_the_same_the_resources_own_counts() {
        let text = json!({"container": {
            "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "1"}],
            "envFrom": [{"secretRef": {"name": "s"}}],
            "volumeMounts": [{"name": "v", "mountPath": "/v"}],
        }});
        let defaults = CodeServerDefaults::parse(&text.to_string()).unwrap();
        let own = json!({
            "env": [{"name": "A", "value": "2"}],
            "envFrom": [{"secretRef": {"name": "s"}}],
            "volumeMounts": [{"name": "v", "mountPath": "/w"}, {"name": "w", "mountPath": "/v"}],
        });
        assert_eq!(
            Value::from(defaults.under_container(own.as_object().unwrap())),
            json!({
                "env": [{"name": "B", "value": "1"}, {"name": "A", "value": "2"}],
                "envFrom": [{"secretRef": {"name": "s"}}, {"secretRef": {"name": "s"}}],
                "volumeMounts": [{"name": "v", "mountPath": "/w"}, {"name": "w", "mountPath": "/v"}],
            })
        );
    }

    #[test]
    fn a_slip_of_the_pen_is_told() {
        let error = CodeServerDefaults::parse(r#"{"containers": {}}"#).unwrap_err();
        assert!(error.to_string().contains("containers"), "{error}");
    }
}
