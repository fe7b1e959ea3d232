//! The Kubernetes API types which a Job is made of: names of fields in both cases, their types, which
//! are required. The table is `types.txt`; `tests/support/kubernetes_types.py` writes it.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::{Map, Value};

use super::KubernetesError;

type Object = Map<String, Value>;

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    Str,
    Int,
    Float,
    Bool,
    /// Anything: quantities, dates and free-form objects are passed on as they are.
    Any,
    List(Box<Kind>),
    Dict(Box<Kind>),
    Type(&'static str),
}

struct Field {
    snake: &'static str,
    camel: String,
    kind: Kind,
    required: bool,
}

type Table = HashMap<&'static str, Vec<Field>>;

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| include_str!("types.txt").lines().filter_map(parse_type).collect())
}

fn parse_type(line: &'static str) -> Option<(&'static str, Vec<Field>)> {
    let (name, fields) = line.split_once(": ")?;
    Some((name, fields.split(" | ").filter_map(parse_field).collect()))
}

fn parse_field(text: &'static str) -> Option<Field> {
    let (names, kind) = text.split_once(' ')?;
    let (snake, camel) = match names.split_once('/') {
        Some((snake, camel)) => (snake, camel.to_owned()),
        None => (names, plain_camel(names)),
    };
    let required = kind.ends_with('!');
    Some(Field { snake, camel, kind: parse_kind(kind.trim_end_matches('!')), required })
}

fn parse_kind(text: &'static str) -> Kind {
    if let Some(inner) = text.strip_prefix("list[").and_then(|rest| rest.strip_suffix(']')) {
        return Kind::List(Box::new(parse_kind(inner)));
    }
    if let Some(inner) = text.strip_prefix("dict[str,").and_then(|rest| rest.strip_suffix(']')) {
        return Kind::Dict(Box::new(parse_kind(inner)));
    }
    match text {
        "str" => Kind::Str,
        "int" => Kind::Int,
        "float" => Kind::Float,
        "bool" => Kind::Bool,
        _ if text.starts_with('V') => Kind::Type(text),
        _ => Kind::Any,
    }
}

fn plain_camel(snake: &str) -> String {
    let mut out = String::with_capacity(snake.len());
    for (index, part) in snake.split('_').enumerate() {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if index > 0 => {
                out.extend(first.to_uppercase());
                out.extend(letters);
            }
            _ => out.push_str(part),
        }
    }
    out
}

fn fields_of(kind: &str) -> &'static [Field] {
    table().get(kind).map_or(&[], Vec::as_slice)
}

/// Puts the top-level keys of an object of type `kind` into snake case.
///
/// # Errors
/// A key that the type does not have, or one given in both cases.
pub fn snake_keys(kind: &'static str, object: &Object) -> Result<Object, KubernetesError> {
    let fields = fields_of(kind);
    let mut out = Object::new();
    for (key, value) in object {
        let snake =
            fields.iter().find(|field| field.camel == *key).map_or(key.as_str(), |f| f.snake);
        if snake != key && object.contains_key(snake) {
            return Err(KubernetesError::Refused(format!(
                "Model class {kind} cannot contain both {key} and {snake} keys"
            )));
        }
        out.insert(snake.to_owned(), value.clone());
    }
    let unknown: Vec<_> =
        out.keys().filter(|key| fields.iter().all(|f| f.snake != **key)).collect();
    if !unknown.is_empty() {
        return Err(unexpected(kind, &unknown));
    }
    Ok(out)
}

fn unexpected(kind: &str, keys: &[&String]) -> KubernetesError {
    let keys = keys.iter().map(|key| format!("'{key}'")).collect::<Vec<_>>().join(", ");
    KubernetesError::Refused(format!("Unexpected keys in model class {kind}: {{{keys}}}"))
}

/// Puts all keys of an object of type `kind` into snake case, down to its leaves.
///
/// # Errors
/// As [`snake_keys`], and where an object is expected but something else is given.
pub fn snake(kind: &'static str, object: &Object) -> Result<Object, KubernetesError> {
    let mut out = snake_keys(kind, object)?;
    for field in fields_of(kind) {
        if let Some(value) = out.get_mut(field.snake) {
            *value = snake_value(&field.kind, value, field.snake)?;
        }
    }
    Ok(out)
}

fn snake_value(kind: &Kind, value: &Value, at: &str) -> Result<Value, KubernetesError> {
    match (kind, value) {
        (Kind::List(inner), Value::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(index, item)| snake_value(inner, item, &format!("{at}[{index}]")))
            .collect::<Result<_, _>>()
            .map(Value::Array),
        (Kind::Dict(inner), Value::Object(entries)) => entries
            .iter()
            .map(|(key, item)| {
                Ok((key.clone(), snake_value(inner, item, &format!("{at}[{key}]"))?))
            })
            .collect::<Result<_, _>>()
            .map(Value::Object),
        (Kind::Type(name), Value::Object(object)) => snake(name, object).map(Value::Object),
        (Kind::Type(name), other) => Err(not_an_object(name, other, at)),
        _ => Ok(value.clone()),
    }
}

fn not_an_object(kind: &str, value: &Value, at: &str) -> KubernetesError {
    KubernetesError::Refused(format!(
        "Attribute {at} of type {kind} must be a dict, received {value} instead"
    ))
}

/// Makes the manifest of an object of type `kind` from one in snake case: camel case, typed scalars,
/// nulls left out.
///
/// # Errors
/// Unknown or missing fields, values of a wrong shape.
pub fn manifest(kind: &'static str, object: &Object) -> Result<Value, KubernetesError> {
    let fields = fields_of(kind);
    let unknown: Vec<_> =
        object.keys().filter(|key| fields.iter().all(|field| field.snake != **key)).collect();
    if !unknown.is_empty() {
        return Err(unexpected(kind, &unknown));
    }
    let mut out = Object::new();
    for field in fields {
        match object.get(field.snake) {
            None | Some(Value::Null) if field.required => {
                return Err(KubernetesError::MissingField {
                    kind: kind.to_owned(),
                    field: field.snake.to_owned(),
                });
            }
            None | Some(Value::Null) => {}
            Some(value) => {
                let value = manifest_value(&field.kind, value, field.snake)?;
                out.insert(field.camel.clone(), value);
            }
        }
    }
    Ok(Value::Object(out))
}

fn manifest_value(kind: &Kind, value: &Value, at: &str) -> Result<Value, KubernetesError> {
    let cannot = |what: &str| KubernetesError::Refused(format!("{at}: {value} is not {what}"));
    Ok(match (kind, value) {
        (_, Value::Null) => Value::Null,
        (Kind::List(inner), Value::Array(items)) => items
            .iter()
            .enumerate()
            .map(|(index, item)| manifest_value(inner, item, &format!("{at}[{index}]")))
            .collect::<Result<_, _>>()
            .map(Value::Array)?,
        (Kind::Dict(inner), Value::Object(entries)) => entries
            .iter()
            .map(|(key, item)| Ok((key.clone(), manifest_value(inner, item, at)?)))
            .collect::<Result<_, _>>()
            .map(Value::Object)?,
        (Kind::List(_), _) => return Err(cannot("a list")),
        (Kind::Dict(_), _) => return Err(cannot("a mapping")),
        (Kind::Type(name), Value::Object(object)) => manifest(name, object)?,
        (Kind::Type(name), other) => return Err(not_an_object(name, other, at)),
        // Python applies the type as a constructor: str(5), int("80"), bool(1).
        (Kind::Str, Value::Bool(true)) => "True".into(),
        (Kind::Str, Value::Bool(false)) => "False".into(),
        (Kind::Str, Value::Number(number)) => number.to_string().into(),
        (Kind::Int, Value::String(text)) => {
            text.trim().parse::<i64>().map_err(|_| cannot("an integer"))?.into()
        }
        (Kind::Int, Value::Bool(flag)) => i64::from(*flag).into(),
        (Kind::Int, Value::Number(number)) => {
            number.as_i64().or_else(|| number.as_f64().map(|f| f as i64)).into()
        }
        (Kind::Bool, Value::String(text)) => (!text.is_empty()).into(),
        (Kind::Bool, Value::Number(number)) => (number.as_f64() != Some(0.0)).into(),
        _ => value.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(value: Value) -> Object {
        let Value::Object(object) = value else { panic!("an object") };
        object
    }

    #[test]
    fn both_cases_are_understood_and_user_keys_are_left_alone() {
        let given = json!({
            "nodeSelector": {"my_label": "x", "myLabel": "y"},
            "host_network": true,
            "tolerations": [{"tolerationSeconds": 9}],
        });
        let expected = json!({
            "node_selector": {"my_label": "x", "myLabel": "y"},
            "host_network": true,
            "tolerations": [{"toleration_seconds": 9}],
        });
        assert_eq!(Value::Object(snake("V1PodSpec", &object(given)).unwrap()), expected);
    }

    #[test]
    fn irregular_names_are_written_as_kubernetes_does() {
        let spec = object(json!({"cluster_ip": "1.2.3.4", "external_ips": ["a"], "ports": null}));
        let expected = json!({"clusterIP": "1.2.3.4", "externalIPs": ["a"]});
        assert_eq!(manifest("V1ServiceSpec", &spec).unwrap(), expected);
    }

    #[test]
    fn unknown_doubled_and_missing_fields_are_refused() {
        let unknown = snake("V1Container", &object(json!({"not_a_field": 1}))).unwrap_err();
        assert!(unknown.to_string().contains("not_a_field"));
        let doubled = object(json!({"workingDir": "/a", "working_dir": "/b"}));
        assert!(snake("V1Container", &doubled).unwrap_err().to_string().contains("both"));
        let missing = manifest("V1EnvVar", &object(json!({"value": "x"}))).unwrap_err();
        assert_eq!(missing.python_class(), "ValueError");
    }
}
