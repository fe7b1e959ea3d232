//! Validates a config value against a job's config schema, with Dagster's errors in Dagster's
//! order and words (`dagster/_config/validate.py`, `errors.py`). Pure.

use std::collections::HashSet;

use rondel_model::{
    serdes::{Map, Value},
    snap::{
        ConfigFieldSnap, ConfigScalarKind, ConfigSchemaSnapshot, ConfigTypeKind as Kind,
        ConfigTypeSnap,
    },
};

use super::{
    python::{repr, repr_list, repr_str, str_of, type_of},
    schema_view::{field, fields, find, has_fields, inner, minimal_config, parameter, print_type},
};

/// One step on the way from the root to a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StackEntry {
    Field(String),
    ListItem(usize),
    MapKey(String),
    MapValue(String),
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Problem {
    RuntimeMismatch { value_repr: String },
    MissingField { field: ConfigFieldSnap },
    MissingFields { fields: Vec<ConfigFieldSnap> },
    FieldNotDefined { name: String },
    FieldsNotDefined { names: Vec<String> },
    Selector { incoming: Vec<String> },
    AliasCollision,
}

/// One error.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ConfigError {
    pub(crate) stack: Vec<StackEntry>,
    pub(crate) message: String,
    pub(crate) problem: Problem,
}

/// All errors of a value as config of the type `key`; none means it is valid.
pub(crate) fn validate(
    schema: &ConfigSchemaSnapshot,
    key: &str,
    value: &Value,
) -> Vec<ConfigError> {
    let mut walk = Walk { schema, stack: Vec::new(), errors: Vec::new() };
    walk.value(key, value);
    walk.errors
}

struct Walk<'a> {
    schema: &'a ConfigSchemaSnapshot,
    stack: Vec<StackEntry>,
    errors: Vec<ConfigError>,
}

impl<'a> Walk<'a> {
    fn value(&mut self, key: &str, value: &Value) {
        // A schema which lacks one of its types is older than what it was made by: nothing to check.
        let Some(snap) = find(self.schema, key) else { return };
        match snap.kind {
            Kind::Noneable => {
                if !value.is_null() {
                    self.value(inner(snap).unwrap_or_default(), value);
                }
            }
            Kind::Any => {}
            _ if value.is_null() => {
                let expected = print_type(self.schema, key);
                self.mismatch(
                    value,
                    format!(
                        "Value {} must not be None. Expected \"{expected}\"",
                        path_message(&self.stack)
                    ),
                );
            }
            Kind::Scalar => self.scalar(snap, value),
            Kind::Selector => self.selector(snap, value),
            Kind::StrictShape => self.shape(snap, value, true),
            Kind::PermissiveShape => self.shape(snap, value, false),
            Kind::Map => self.map(snap, value),
            Kind::Array => self.array(snap, value),
            Kind::Enum => self.enumeration(snap, value),
            Kind::ScalarUnion => {
                let at = usize::from(matches!(value, Value::Map(_) | Value::List(_)));
                self.value(parameter(snap, at).unwrap_or_default(), value);
            }
        }
    }

    fn within(&mut self, entry: StackEntry, key: &str, value: &Value) {
        self.stack.push(entry);
        self.value(key, value);
        self.stack.pop();
    }

    fn scalar(&mut self, snap: &ConfigTypeSnap, value: &Value) {
        let valid = match snap.scalar_kind {
            Some(ConfigScalarKind::Int) => matches!(value, Value::Int(_) | Value::BigInt(_)),
            Some(ConfigScalarKind::String) => matches!(value, Value::String(_)),
            Some(ConfigScalarKind::Bool) => matches!(value, Value::Bool(_)),
            // Python counts booleans among the integers here.
            Some(ConfigScalarKind::Float) => {
                matches!(value, Value::Float(_) | Value::Int(_) | Value::BigInt(_) | Value::Bool(_))
            }
            None => true,
        };
        if !valid {
            let message = format!(
                "Invalid scalar {}. Value \"{}\" of type \"{}\" is not valid for expected type \
                 \"{}\".",
                path_message(&self.stack),
                str_of(value),
                type_of(value),
                snap.given_name.as_deref().unwrap_or("None"),
            );
            self.mismatch(value, message);
        }
    }

    fn selector(&mut self, snap: &ConfigTypeSnap, value: &Value) {
        let at = path_message(&self.stack);
        let defined = || repr_list(&names(snap));
        let Value::Map(entries) = value else {
            let message = format!("Value for selector type {at} must be a dict");
            return self.mismatch(value, message);
        };
        let Some((name, chosen)) = entries.first() else {
            let options = fields(snap);
            if options.len() > 1 {
                let message = format!(
                    "Must specify a field {at} if more than one field is defined. Defined fields: \
                     {}",
                    defined()
                );
                self.error(message, Problem::Selector { incoming: Vec::new() });
            } else if options.first().is_some_and(|only| only.is_required) {
                let message =
                    format!("Must specify the required field {at}. Defined fields: {}", defined());
                self.error(message, Problem::Selector { incoming: Vec::new() });
            }
            return;
        };
        if entries.len() > 1 {
            let mut incoming: Vec<String> = entries.keys().cloned().collect();
            incoming.sort();
            let message = format!(
                "You can only specify a single field {at}. You specified {}. The available fields \
                 are {}",
                repr_list(&incoming),
                defined()
            );
            return self.error(message, Problem::Selector { incoming });
        }
        let Some(option) = field(snap, name) else {
            return self.not_defined(snap, name);
        };
        // A key without a value selects it with the defaults of its fields.
        let fills_in = chosen.is_null()
            && find(self.schema, &option.type_key).is_some_and(|snap| has_fields(snap.kind));
        let empty = Value::empty_map();
        let chosen = if fills_in { &empty } else { chosen };
        self.within(StackEntry::Field(name.clone()), &option.type_key, chosen);
    }

    fn shape(&mut self, snap: &ConfigTypeSnap, value: &Value, strict: bool) {
        let Value::Map(entries) = value else {
            let message = format!(
                "Value {} must be dict. Expected: \"{}\".",
                path_message(&self.stack),
                print_type(self.schema, &snap.key)
            );
            return self.mismatch(value, message);
        };
        let no_aliases = Map::new();
        let aliases = snap.field_aliases.as_ref().unwrap_or(&no_aliases);
        if strict {
            self.extra_fields(snap, entries, aliases);
        }
        self.missing_fields(snap, entries, aliases);
        for field in fields(snap) {
            let Some(name) = &field.name else { continue };
            let by_alias = aliases.get(name).and_then(|alias| Some((alias, entries.get(alias)?)));
            match (entries.get(name), by_alias) {
                (Some(_), Some((alias, _))) => {
                    self.stack.push(StackEntry::Field(name.clone()));
                    self.error(
                        format!(
                            "Received both field '{name}' and field '{alias}' in config. Please \
                             use one or the other."
                        ),
                        Problem::AliasCollision,
                    );
                    self.stack.pop();
                }
                (Some(value), None) | (None, Some((_, value))) => {
                    self.within(StackEntry::Field(name.clone()), &field.type_key, value);
                }
                (None, None) => {}
            }
        }
    }

    fn extra_fields(&mut self, snap: &ConfigTypeSnap, entries: &Map<Value>, aliases: &Map<String>) {
        let known: HashSet<&str> = snap
            .fields
            .iter()
            .flatten()
            .filter_map(|field| field.name.as_deref())
            .chain(aliases.values().map(String::as_str))
            .collect();
        let mut extra: Vec<String> =
            entries.keys().filter(|key| !known.contains(key.as_str())).cloned().collect();
        extra.sort();
        match extra.as_slice() {
            [] => {}
            [one] => self.not_defined(snap, one),
            _ => {
                let message = format!(
                    "Received unexpected config entries \"{}\" {}. Expected: \"{}.\"",
                    repr_list(&extra),
                    path_message(&self.stack),
                    repr_list(&names(snap)),
                );
                self.error(message, Problem::FieldsNotDefined { names: extra });
            }
        }
    }

    fn missing_fields(
        &mut self,
        snap: &ConfigTypeSnap,
        entries: &Map<Value>,
        aliases: &Map<String>,
    ) {
        let given = |name: &str| {
            entries.contains_key(name)
                || aliases.get(name).is_some_and(|alias| entries.contains_key(alias))
        };
        let missing: Vec<&ConfigFieldSnap> = fields(snap)
            .into_iter()
            .filter(|field| field.is_required && !given(field.name.as_deref().unwrap_or_default()))
            .collect();
        if missing.is_empty() {
            return;
        }
        let example = Value::Map(
            missing
                .iter()
                .map(|field| {
                    let value = find(self.schema, &field.type_key)
                        .map_or(Value::Null, |snap| minimal_config(self.schema, snap));
                    (field.name.clone().unwrap_or_default(), value)
                })
                .collect(),
        );
        let at = path_message(&self.stack);
        if let [only] = missing[..] {
            let message = format!(
                "Missing required config entry \"{}\" {at}. You must provide this value in your \
                 run config. Example config for the missing entry: {}",
                only.name.as_deref().unwrap_or_default(),
                repr(&example)
            );
            self.error(message, Problem::MissingField { field: only.clone() });
        } else {
            let names: Vec<&str> =
                missing.iter().map(|field| field.name.as_deref().unwrap_or_default()).collect();
            let message = format!(
                "Missing required config entries {} {at}. You must provide these values in your \
                 run config. Example config for the missing entries: {}",
                repr_list(&names),
                repr(&example)
            );
            let fields = missing.into_iter().cloned().collect();
            self.error(message, Problem::MissingFields { fields });
        }
    }

    fn map(&mut self, snap: &ConfigTypeSnap, value: &Value) {
        let Value::Map(entries) = value else {
            let message = format!(
                "Value {} must be dict. Expected: \"{}\"",
                path_message(&self.stack),
                print_type(self.schema, &snap.key)
            );
            return self.mismatch(value, message);
        };
        for key in entries.keys() {
            let key_value = Value::String(key.clone());
            let key_type = parameter(snap, 0).unwrap_or_default();
            self.within(StackEntry::MapKey(key.clone()), key_type, &key_value);
        }
        for (key, value) in entries {
            let value_type = inner(snap).unwrap_or_default();
            self.within(StackEntry::MapValue(key.clone()), value_type, value);
        }
    }

    fn array(&mut self, snap: &ConfigTypeSnap, value: &Value) {
        let Value::List(items) = value else {
            let message = format!(
                "Value {} must be list. Expected: \"{}\"",
                path_message(&self.stack),
                print_type(self.schema, &snap.key)
            );
            return self.mismatch(value, message);
        };
        for (at, item) in items.iter().enumerate() {
            self.within(StackEntry::ListItem(at), inner(snap).unwrap_or_default(), item);
        }
    }

    fn enumeration(&mut self, snap: &ConfigTypeSnap, value: &Value) {
        let at = path_message(&self.stack);
        let name = snap.given_name.as_deref().unwrap_or("None");
        match value {
            Value::String(text) => {
                if !snap.enum_values.iter().flatten().any(|known| known.value == *text) {
                    self.mismatch(value, format!("Value {at} not in enum type {name} got {text}"));
                }
            }
            _ => self.mismatch(value, format!("Value {at} for enum type {name} must be a string")),
        }
    }

    fn not_defined(&mut self, snap: &ConfigTypeSnap, name: &str) {
        let message = format!(
            "Received unexpected config entry \"{name}\" {}. Expected: \"{}\".",
            path_message(&self.stack),
            print_type(self.schema, &snap.key)
        );
        self.error(message, Problem::FieldNotDefined { name: name.to_owned() });
    }

    fn mismatch(&mut self, value: &Value, message: String) {
        self.error(message, Problem::RuntimeMismatch { value_repr: repr(value) });
    }

    fn error(&mut self, message: String, problem: Problem) {
        self.errors.push(ConfigError { stack: self.stack.clone(), message, problem });
    }
}

fn names(snap: &ConfigTypeSnap) -> Vec<&str> {
    fields(snap).into_iter().filter_map(|field| field.name.as_deref()).collect()
}

/// `at the root`, or `at path root:ops:x[0]`.
fn path_message(stack: &[StackEntry]) -> String {
    if stack.is_empty() {
        return "at the root".to_owned();
    }
    let mut path = "at path root".to_owned();
    for entry in stack {
        path.push_str(&match entry {
            StackEntry::Field(name) => format!(":{name}"),
            StackEntry::ListItem(at) => format!("[{at}]"),
            StackEntry::MapKey(key) => format!(":{}:key", repr_str(key)),
            StackEntry::MapValue(key) => format!(":{}:value", repr_str(key)),
        });
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `{ name: String size?: Int kind?: <selector a|b> list?: [Int] }`
    fn schema() -> ConfigSchemaSnapshot {
        rondel_model::serdes::from_text(include_str!("testdata/schema.json")).unwrap()
    }

    fn errors(json: &str) -> Vec<ConfigError> {
        validate(&schema(), "Shape", &Value::from_json_text(json).unwrap())
    }

    #[test]
    fn a_valid_value_has_no_errors() {
        assert_eq!(errors(r#"{"name": "x", "size": 1, "kind": {"a": null}, "list": [1]}"#), []);
    }

    #[test]
    fn a_missing_field_comes_with_an_example() {
        let found = errors("{}");
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].message,
            "Missing required config entry \"name\" at the root. You must provide this value in \
             your run config. Example config for the missing entry: {'name': '...'}"
        );
    }

    #[test]
    fn an_unexpected_field_comes_with_what_is_expected() {
        let found = errors(r#"{"name": "x", "nope": 1}"#);
        assert_eq!(
            found[0].message,
            "Received unexpected config entry \"nope\" at the root. Expected: \
             \"{ kind?: { a?: { } b?: Int } list?: [Int] name: String size?: Int }\"."
        );
    }

    #[test]
    fn a_wrong_scalar_is_named_with_its_path_and_python_type() {
        let found = errors(r#"{"name": "x", "list": [1, "two"]}"#);
        assert_eq!(
            found[0].message,
            "Invalid scalar at path root:list[1]. Value \"two\" of type \"<class 'str'>\" is not \
             valid for expected type \"Int\"."
        );
        assert_eq!(found[0].problem, Problem::RuntimeMismatch { value_repr: "'two'".to_owned() });
    }

    #[test]
    fn a_selector_takes_one_field() {
        let found = errors(r#"{"name": "x", "kind": {"a": {}, "b": 1}}"#);
        assert_eq!(found[0].problem, Problem::Selector { incoming: vec!["a".into(), "b".into()] });
    }

    #[test]
    fn none_is_only_for_nullable_types() {
        let found = errors(r#"{"name": null}"#);
        assert_eq!(
            found[0].message,
            "Value at path root:name must not be None. Expected \"String\""
        );
    }
}
