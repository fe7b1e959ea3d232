//! The types of components that a code location can use, as its repositories embed them in their
//! metadata.

use std::collections::HashSet;

use async_graphql::{SimpleObject, Union};
use rondel_code_location::CodeLocation;
use rondel_model::metadata::MetadataValue;
use serde_json::{Map, Value};

use super::form_schema;
use crate::{
    errors::{PythonError, RepositoryLocationNotFound, or_error},
    scalars::JsonSchema,
};

/// Where a repository's metadata lists the types.
const TYPES_METADATA: &str = "plugin_component_types_json";
/// Marks in a type's schema that its components can be edited from the UI.
const EDITABLE_MARK: &str = "x-app-managed";

/// A component's JSON Schema pre-split server-side for react-jsonschema-form.
#[derive(SimpleObject)]
pub(crate) struct ComponentFormSchema {
    /// The cleaned JSON Schema RJSF validates and renders against.
    data_schema: JsonSchema,
    /// The parallel RJSF uiSchema holding lifted ``ui:*`` hints.
    ui_schema: JsonSchema,
}

/// Metadata for a single Component class registered in a code location.
#[derive(SimpleObject)]
pub(crate) struct ComponentTypeInfo {
    name: String,
    /// The plugin namespace this component belongs to (e.g. ``dagster_test``).
    namespace: String,
    /// Sample YAML rendered server-side from the component's JSON Schema.
    example: String,
    /// The JSON Schema describing the component's attributes model, if it declares one.
    schema: Option<JsonSchema>,
    /// The schema split into the pair that react-jsonschema-form expects.
    form_schema: Option<ComponentFormSchema>,
    description: Option<String>,
    owners: Option<Vec<String>>,
    tags: Option<Vec<String>>,
    /// The kinds of Dagster primitives instances of this component create.
    produces: Option<Vec<String>>,
    /// Whether instances of this component class may be created and edited from the UI.
    is_app_managed: bool,
}

#[derive(SimpleObject)]
pub(crate) struct ComponentTypes {
    pub(super) location_name: String,
    pub(super) component_types: Vec<ComponentTypeInfo>,
}

#[derive(Union)]
pub(crate) enum ComponentTypesOrError {
    ComponentTypes(ComponentTypes),
    RepositoryLocationNotFound(RepositoryLocationNotFound),
    PythonError(PythonError),
}
or_error!(ComponentTypesOrError: RepositoryLocationNotFound);

impl ComponentTypeInfo {
    fn new(namespace: &str, name: &str, facts: &Map<String, Value>) -> Self {
        let text = |key: &str| facts.get(key).and_then(Value::as_str).map(str::to_owned);
        let schema = schema_of(facts.get("schema"));
        let object = schema.as_ref().and_then(Value::as_object);
        Self {
            name: name.to_owned(),
            namespace: namespace.to_owned(),
            example: text("example").unwrap_or_default(),
            form_schema: object.map(|schema| {
                let (data, ui) = form_schema::split(schema);
                ComponentFormSchema { data_schema: JsonSchema(data), ui_schema: JsonSchema(ui) }
            }),
            is_app_managed: object
                .and_then(|schema| schema.get(EDITABLE_MARK))
                .is_some_and(|mark| !matches!(mark, Value::Null | Value::Bool(false))),
            schema: schema.map(JsonSchema),
            description: text("description"),
            owners: texts(facts.get("owners")),
            tags: texts(facts.get("tags")),
            produces: texts(facts.get("produces")),
        }
    }

    /// All types of a location by name; the first repository that has a name decides.
    pub(super) fn all_of(location: &CodeLocation) -> Vec<Self> {
        let mut seen = HashSet::new();
        let mut types = Vec::new();
        for repository in location.repositories.values() {
            let metadata = repository.snap.metadata.as_ref();
            let entry = metadata.and_then(|metadata| metadata.get(TYPES_METADATA));
            let Some(MetadataValue::Json(entry)) = entry else { continue };
            let Value::Array(namespaces) = entry.data.to_json() else { continue };
            for namespace in &namespaces {
                let listed = namespace.get("componentTypes").and_then(Value::as_array);
                let namespace = namespace.get("name").and_then(Value::as_str).unwrap_or_default();
                for facts in listed.into_iter().flatten().filter_map(Value::as_object) {
                    let Some(name) = facts.get("name").and_then(Value::as_str) else { continue };
                    if seen.insert(name.to_owned()) {
                        types.push(Self::new(namespace, name, facts));
                    }
                }
            }
        }
        types.sort_by(|a, b| a.name.cmp(&b.name));
        types
    }
}

/// The schema, which is kept as JSON text.
fn schema_of(field: Option<&Value>) -> Option<Value> {
    match field? {
        Value::Null => None,
        Value::String(text) if text.is_empty() => None,
        Value::String(text) => match serde_json::from_str(text) {
            Ok(schema) => Some(schema),
            Err(error) => {
                tracing::warn!(%error, "the schema of a component type is not JSON");
                None
            }
        },
        other => Some(other.clone()),
    }
}

fn texts(field: Option<&Value>) -> Option<Vec<String>> {
    let list = field?.as_array()?;
    Some(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_type_with_an_editable_schema_says_so() {
        let facts = json!({
            "schema": r#"{"x-app-managed": true, "properties": {}}"#,
            "tags": ["a"],
        });
        let info = ComponentTypeInfo::new("n", "n.T", facts.as_object().unwrap());
        assert!(info.is_app_managed);
        assert!(info.form_schema.is_some());
        assert_eq!((info.tags, info.owners), (Some(vec!["a".to_owned()]), None));
    }

    #[test]
    fn a_schema_that_is_not_json_is_left_out() {
        assert_eq!(schema_of(Some(&json!("{"))), None);
        assert_eq!(schema_of(Some(&json!("{}"))), Some(json!({})));
    }
}
