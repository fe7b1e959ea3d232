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

/// Lists are joined, the defaults first: of two variables with one name Kubernetes takes the last. Of all
/// other fields the resource's own counts.
fn laid_under(defaults: &Map<String, Value>, own: &Map<String, Value>) -> Map<String, Value> {
    let mut all = defaults.clone();
    for (field, value) in own {
        match (all.get_mut(field), value) {
            (Some(Value::Array(before)), Value::Array(more)) => before.extend(more.iter().cloned()),
            _ => {
                all.insert(field.clone(), value.clone());
            }
        }
    }
    all
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
    fn a_slip_of_the_pen_is_told() {
        let error = CodeServerDefaults::parse(r#"{"containers": {}}"#).unwrap_err();
        assert!(error.to_string().contains("containers"), "{error}");
    }
}
