//! A config schema as Dagster's helpers see it: types by key, how a type is printed, the smallest
//! config of a type, the defaults of a type (`dagster/_config/{snap,type_printer}.py`,
//! `dagster/_core/snap/snap_to_yaml.py`).

use rondel_model::{
    serdes::{Map, Value},
    snap::{ConfigFieldSnap, ConfigSchemaSnapshot, ConfigTypeKind as Kind, ConfigTypeSnap},
};

/// Shown instead of a secret.
pub(crate) const SECRET_MASK: &str = "********";

/// Whether types of the kind have fields.
pub(crate) fn has_fields(kind: Kind) -> bool {
    matches!(kind, Kind::Selector | Kind::StrictShape | Kind::PermissiveShape)
}

/// The type of a key.
pub(crate) fn find<'a>(schema: &'a ConfigSchemaSnapshot, key: &str) -> Option<&'a ConfigTypeSnap> {
    schema.all_config_snaps_by_key.get(key)
}

/// A type's fields in the order of their names.
pub(crate) fn fields(snap: &ConfigTypeSnap) -> Vec<&ConfigFieldSnap> {
    let mut fields: Vec<_> = snap.fields.iter().flatten().collect();
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    fields
}

/// A type's field.
pub(crate) fn field<'a>(snap: &'a ConfigTypeSnap, name: &str) -> Option<&'a ConfigFieldSnap> {
    snap.fields.iter().flatten().find(|field| field.name.as_deref() == Some(name))
}

/// A type parameter: of an array or nullable 0; of a map 0 for keys, 1 for values; of a scalar
/// union 0 for the scalar, 1 for the other.
pub(crate) fn parameter(snap: &ConfigTypeSnap, at: usize) -> Option<&str> {
    snap.type_param_keys.as_ref()?.get(at).map(String::as_str)
}

/// The key of what an array, map or nullable contains.
pub(crate) fn inner(snap: &ConfigTypeSnap) -> Option<&str> {
    parameter(snap, if snap.kind == Kind::Map { 1 } else { 0 })
}

/// Keys of the types directly within a type.
pub(crate) fn child_keys(snap: &ConfigTypeSnap) -> Vec<&str> {
    match snap.kind {
        Kind::Array | Kind::Map | Kind::Noneable | Kind::ScalarUnion => {
            snap.type_param_keys.iter().flatten().map(String::as_str).collect()
        }
        kind if has_fields(kind) => {
            snap.fields.iter().flatten().map(|field| field.type_key.as_str()).collect()
        }
        _ => Vec::new(),
    }
}

/// A type on one line: `{ a: Int b?: [String] }`.
pub(crate) fn print_type(schema: &ConfigSchemaSnapshot, key: &str) -> String {
    let mut out = String::new();
    print_into(schema, key, &mut out);
    out
}

fn print_into(schema: &ConfigSchemaSnapshot, key: &str, out: &mut String) {
    let Some(snap) = find(schema, key) else {
        out.push_str(key);
        return;
    };
    let print = |key: Option<&str>, out: &mut String| {
        print_into(schema, key.unwrap_or_default(), out);
    };
    match snap.kind {
        Kind::Array => {
            out.push('[');
            print(inner(snap), out);
            out.push(']');
        }
        Kind::Noneable => {
            print(inner(snap), out);
            out.push('?');
        }
        Kind::ScalarUnion => {
            out.push('(');
            print(parameter(snap, 0), out);
            out.push_str(" | ");
            print(parameter(snap, 1), out);
            out.push(')');
        }
        Kind::Map => {
            out.push_str("{ [");
            if let Some(label) = &snap.given_name {
                out.push_str(label);
                out.push_str(": ");
            }
            print(parameter(snap, 0), out);
            out.push_str("]: ");
            print(inner(snap), out);
            out.push_str(" }");
        }
        kind if has_fields(kind) => {
            out.push_str("{ ");
            for field in fields(snap) {
                out.push_str(field.name.as_deref().unwrap_or_default());
                out.push_str(if field.is_required { ": " } else { "?: " });
                print(Some(&field.type_key), out);
                out.push(' ');
            }
            out.push('}');
        }
        _ => out.push_str(snap.given_name.as_deref().unwrap_or(key)),
    }
}

/// The smallest config that a type accepts, as an example.
pub(crate) fn minimal_config(schema: &ConfigSchemaSnapshot, snap: &ConfigTypeSnap) -> Value {
    let text = |text: &str| Value::String(text.to_owned());
    match snap.kind {
        Kind::Selector => text("<selector>"),
        Kind::StrictShape | Kind::PermissiveShape => Value::Map(
            fields(snap)
                .into_iter()
                .filter(|field| field.is_required)
                .map(|field| {
                    let value = find(schema, &field.type_key)
                        .map_or_else(|| text("<unknown>"), |snap| minimal_config(schema, snap));
                    (field.name.clone().unwrap_or_default(), value)
                })
                .collect(),
        ),
        Kind::Any => text("AnyType"),
        Kind::Scalar => match snap.given_name.as_deref() {
            Some("String") => text("..."),
            Some("Int") => Value::Int(0),
            Some("Float") => Value::Float(0.0),
            Some("Bool") => Value::Bool(true),
            _ => text("<unknown>"),
        },
        Kind::Array => Value::List(Vec::new()),
        Kind::Map => Value::empty_map(),
        Kind::Enum => snap
            .enum_values
            .iter()
            .flatten()
            .next()
            .map_or_else(|| text("<unknown>"), |first| text(&first.value)),
        Kind::ScalarUnion => parameter(snap, 0)
            .and_then(|key| find(schema, key))
            .map_or_else(|| text("<unknown>"), |snap| minimal_config(schema, snap)),
        Kind::Noneable => text("<unknown>"),
    }
}

/// The defaults of a type, without empty scaffolding, the useful keys first.
pub(crate) fn root_defaults(schema: &ConfigSchemaSnapshot, snap: &ConfigTypeSnap) -> Map<Value> {
    let defaults = without_empty(Value::Map(defaults(schema, snap)), Some(snap), schema);
    let mut defaults = match defaults {
        Value::Map(defaults) => defaults,
        _ => Map::new(),
    };
    let mut ordered = Map::new();
    for key in ["ops", "resources"] {
        if let Some((key, value)) = defaults.shift_remove_entry(key) {
            ordered.insert(key, value);
        }
    }
    ordered.extend(defaults);
    ordered
}

fn defaults(schema: &ConfigSchemaSnapshot, snap: &ConfigTypeSnap) -> Map<Value> {
    let mut found = Map::new();
    for field in fields(snap) {
        let Some(name) = &field.name else { continue };
        let of_type = find(schema, &field.type_key);
        let default = field.default_value_as_json_str.as_deref().filter(|text| !text.is_empty());
        if let Some(default) = default {
            let value = if field.is_secret == Some(true) {
                Value::String(SECRET_MASK.to_owned())
            } else {
                let value = Value::from_json_text(default).unwrap_or_default();
                match of_type {
                    Some(snap) => masked(value, snap, schema),
                    None => value,
                }
            };
            found.insert(name.clone(), value);
        } else if let Some(snap) = of_type.filter(|snap| has_children(snap)) {
            found.insert(name.clone(), Value::Map(defaults(schema, snap)));
        }
    }
    found
}

fn has_children(snap: &ConfigTypeSnap) -> bool {
    snap.fields.as_ref().is_some_and(|fields| !fields.is_empty())
}

/// A default with the secrets within it hidden.
fn masked(value: Value, snap: &ConfigTypeSnap, schema: &ConfigSchemaSnapshot) -> Value {
    let Value::Map(entries) = value else { return value };
    if !has_children(snap) {
        return Value::Map(entries);
    }
    Value::Map(
        entries
            .into_iter()
            .map(|(key, value)| {
                let value = match field(snap, &key) {
                    Some(field) if field.is_secret == Some(true) => {
                        Value::String(SECRET_MASK.to_owned())
                    }
                    Some(field) => match find(schema, &field.type_key) {
                        Some(snap) => masked(value, snap, schema),
                        None => value,
                    },
                    None => value,
                };
                (key, value)
            })
            .collect(),
    )
}

/// Without nulls and empty maps that are only structure; an empty map may be a value of a
/// permissive, map or nullable type.
fn without_empty(
    value: Value,
    snap: Option<&ConfigTypeSnap>,
    schema: &ConfigSchemaSnapshot,
) -> Value {
    let Value::Map(entries) = value else { return value };
    let mut kept = Map::new();
    for (key, value) in entries {
        let of_field =
            snap.and_then(|snap| field(snap, &key)).and_then(|field| find(schema, &field.type_key));
        let value = without_empty(value, of_field, schema);
        let may_be_empty = of_field
            .is_some_and(|s| matches!(s.kind, Kind::PermissiveShape | Kind::Map | Kind::Noneable));
        let empty = matches!(&value, Value::Map(entries) if entries.is_empty());
        if value.is_null() || (empty && !may_be_empty) {
            continue;
        }
        kept.insert(key, value);
    }
    Value::Map(kept)
}
