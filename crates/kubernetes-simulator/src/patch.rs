//! The patch formats of the API: JSON patch, merge patch, and (close enough) strategic merge and apply.

use serde_json::{Map, Value};

use crate::api::ApiError;

/// Applies a patch of a content type.
pub fn apply(target: &mut Value, content_type: &str, patch: &Value) -> Result<(), ApiError> {
    match content_type {
        "application/json-patch+json" => json_patch(target, patch),
        "application/apply-patch+yaml" => {
            refuse_doubles("", patch)?;
            merge(target, patch);
            Ok(())
        }
        "application/merge-patch+json" | "application/strategic-merge-patch+json" => {
            merge(target, patch);
            Ok(())
        }
        other => {
            Err(ApiError::new(415, "UnsupportedMediaType", format!("cannot patch by {other}")))
        }
    }
}

/// Lists whose entries are told apart by a field; an apply with two of the same is refused.
const KEYED: [(&str, &str); 6] = [
    ("containers", "name"),
    ("env", "name"),
    ("imagePullSecrets", "name"),
    ("initContainers", "name"),
    ("volumeMounts", "mountPath"),
    ("volumes", "name"),
];

fn refuse_doubles(path: &str, value: &Value) -> Result<(), ApiError> {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let path = format!("{path}.{name}");
                if let Some((_, key)) = KEYED.iter().find(|(list, _)| list == name) {
                    let keys: Vec<&Value> =
                        value.as_array().into_iter().flatten().map(|entry| &entry[*key]).collect();
                    let double = (1..keys.len()).find(|at| keys[..*at].contains(&keys[*at]));
                    if let Some(at) = double {
                        let what = format!("duplicate entries for key [{key}={}]", keys[at]);
                        let reason = format!("failed to create typed patch object: {path}: {what}");
                        return Err(ApiError::new(500, "InternalError", reason));
                    }
                }
                refuse_doubles(&path, value)?;
            }
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(|item| refuse_doubles(path, item)),
        _ => Ok(()),
    }
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(object) = target else { return };
    for (key, value) in patch {
        if value.is_null() {
            object.shift_remove(key);
        } else {
            merge(object.entry(key).or_insert(Value::Null), value);
        }
    }
}

fn json_patch(target: &mut Value, patch: &Value) -> Result<(), ApiError> {
    let bad = |reason: String| ApiError::new(422, "Invalid", reason);
    for operation in patch.as_array().ok_or_else(|| bad("a JSON patch is a list".to_owned()))? {
        let path = operation["path"].as_str().unwrap_or_default();
        let value = operation["value"].clone();
        match operation["op"].as_str() {
            Some("test") if target.pointer(path).unwrap_or(&Value::Null) == &value => {}
            Some("test") => return Err(bad(format!("testing value {path} failed"))),
            Some("add") => add(target, path, value).ok_or_else(|| bad(missing(path)))?,
            Some("replace") => {
                *target.pointer_mut(path).ok_or_else(|| bad(missing(path)))? = value;
            }
            Some("remove") => remove(target, path).ok_or_else(|| bad(missing(path)))?,
            other => return Err(bad(format!("no JSON patch operation {other:?}"))),
        }
    }
    Ok(())
}

fn missing(path: &str) -> String {
    format!("there is nothing at {path}")
}

fn parent<'a>(target: &'a mut Value, path: &str) -> Option<(&'a mut Value, String)> {
    let (parent, last) = path.rsplit_once('/')?;
    Some((target.pointer_mut(parent)?, last.replace("~1", "/").replace("~0", "~")))
}

fn add(target: &mut Value, path: &str, value: Value) -> Option<()> {
    match parent(target, path)? {
        (Value::Object(object), key) => drop(object.insert(key, value)),
        (Value::Array(items), key) if key == "-" => items.push(value),
        (Value::Array(items), key) => {
            let index = key.parse().ok().filter(|index| *index <= items.len())?;
            items.insert(index, value);
        }
        _ => return None,
    }
    Some(())
}

fn remove(target: &mut Value, path: &str) -> Option<()> {
    match parent(target, path)? {
        (Value::Object(object), key) => object.shift_remove(&key).map(drop),
        (Value::Array(items), key) => {
            let index: usize = key.parse().ok().filter(|index| *index < items.len())?;
            items.remove(index);
            Some(())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use serde_json::json;

    #[test]
    fn a_merge_patch_removes_by_null() {
        let mut object = json!({"a": {"b": 1, "c": 2}, "d": [1]});
        let patch = json!({"a": {"b": null, "e": 3}, "d": [2]});
        apply(&mut object, "application/merge-patch+json", &patch).unwrap();
        assert_eq!(object, json!({"a": {"c": 2, "e": 3}, "d": [2]}));
    }

    #[test]
    fn a_json_patch_tests_before_it_changes() {
        let mut object = json!({"metadata": {"finalizers": ["x"]}});
        let patch = json!([
            {"op": "test", "path": "/metadata/finalizers/0", "value": "x"},
            {"op": "remove", "path": "/metadata/finalizers/0"},
            {"op": "add", "path": "/metadata/finalizers/-", "value": "y"},
        ]);
        apply(&mut object, "application/json-patch+json", &patch).unwrap();
        assert_eq!(object, json!({"metadata": {"finalizers": ["y"]}}));
        assert!(apply(&mut object, "application/json-patch+json", &patch).is_err());
    }
}
