//! Splits a component's JSON Schema into the pair which a form generator takes: the schema of the
//! data, and hints for its presentation (`dagster/components/resolved/form_schema.py`).
//!
//! Three conventions are decoded: keys starting with `ui:` are hints; a marker stands for a default
//! that cannot be written as JSON; and each field allows any text besides its own type, so that it
//! can be a template. A reference is followed for its hints only and stays a reference.

use serde_json::{Map, Value, json};

/// Stands for a default that JSON cannot express.
const UNSET_DEFAULT: &str = "__DAGSTER_UNSET_DEFAULT__";

type Hints = Map<String, Value>;

/// The schema of the data, and the hints.
pub(super) fn split(schema: &Map<String, Value>) -> (Value, Value) {
    let mut hints = Hints::new();
    let mut splitter = Splitter { root: schema, visiting: Vec::new() };
    let data = splitter.object(schema, &mut hints);
    (Value::Object(data), Value::Object(hints))
}

struct Splitter<'a> {
    root: &'a Map<String, Value>,
    /// References being followed, against cycles.
    visiting: Vec<String>,
}

impl Splitter<'_> {
    fn node(&mut self, node: &Value, hints: &mut Hints) -> Value {
        match node {
            Value::Object(object) => Value::Object(self.object(object, hints)),
            other => other.clone(),
        }
    }

    fn list(&mut self, nodes: &[&Value]) -> Value {
        nodes.iter().map(|node| self.node(node, &mut Hints::new())).collect()
    }

    fn object(&mut self, node: &Map<String, Value>, hints: &mut Hints) -> Map<String, Value> {
        let mut out = Map::new();
        for (key, value) in node {
            if key.starts_with("ui:") {
                hints.insert(key.clone(), value.clone());
            } else if key != "default" || value != UNSET_DEFAULT {
                out.insert(key.clone(), value.clone());
            }
        }
        self.hints_of_reference(&out, hints);
        if let Some(Value::Array(all)) = out.get("allOf") {
            let all = self.list(&all.iter().collect::<Vec<_>>());
            out.insert("allOf".to_owned(), all);
        }
        for key in ["anyOf", "oneOf"] {
            self.variants(&mut out, key, hints);
        }
        self.properties(&mut out, hints);
        for key in ["items", "additionalProperties"] {
            let Some(child @ (Value::Object(_) | Value::Array(_))) = out.get(key).cloned() else {
                continue;
            };
            let mut own = Hints::new();
            let child = self.node(&child, &mut own);
            out.insert(key.to_owned(), child);
            if !own.is_empty() {
                hints.insert(key.to_owned(), Value::Object(own));
            }
        }
        if let Some(Value::Object(defs)) = out.get("$defs").cloned() {
            let defs =
                defs.iter().map(|(name, def)| (name.clone(), self.node(def, &mut Hints::new())));
            let defs: Map<String, Value> = defs.collect();
            out.insert("$defs".to_owned(), Value::Object(defs));
        }
        out
    }

    fn hints_of_reference(&mut self, node: &Map<String, Value>, hints: &mut Hints) {
        let Some(Value::String(reference)) = node.get("$ref") else { return };
        if self.visiting.contains(reference) {
            return;
        }
        let Some(target) = resolve(self.root, reference) else { return };
        let target = target.clone();
        self.visiting.push(reference.clone());
        self.node(&target, hints);
        self.visiting.pop();
    }

    /// Leaves of the alternatives those that a person chooses between; a single one takes the
    /// place of the choice.
    fn variants(&mut self, out: &mut Map<String, Value>, key: &str, hints: &mut Hints) {
        let Some(Value::Array(variants)) = out.get(key).cloned() else { return };
        let present = without_null(&variants);
        if present.len() < variants.len() && out.get("default") == Some(&Value::Null) {
            out.shift_remove("default");
        }
        let kept = without_template_text(present);
        match kept[..] {
            [Value::Object(single)] => {
                let merged = self.object(single, hints);
                out.shift_remove(key);
                for (key, value) in merged {
                    out.entry(key).or_insert(value);
                }
            }
            _ => {
                let kept = self.list(&kept);
                out.insert(key.to_owned(), kept);
            }
        }
    }

    fn properties(&mut self, out: &mut Map<String, Value>, hints: &mut Hints) {
        let Some(Value::Object(properties)) = out.get("properties").cloned() else { return };
        let mut cleaned = Map::new();
        for (name, property) in &properties {
            let mut own = Hints::new();
            let property = self.node(property, &mut own);
            // A constant leaves nothing to choose.
            if property.get("const").is_some() {
                own.insert("ui:widget".to_owned(), json!("hidden"));
            }
            if !own.is_empty() {
                hints.insert(name.clone(), Value::Object(own));
            }
            cleaned.insert(name.clone(), property);
        }
        out.insert("properties".to_owned(), Value::Object(cleaned));
    }
}

/// The node that a reference within the document points to.
pub(super) fn resolve<'a>(root: &'a Map<String, Value>, reference: &str) -> Option<&'a Value> {
    let mut segments = reference.strip_prefix("#/")?.split('/');
    let first = root.get(segments.next()?)?;
    segments.try_fold(first, |node, segment| node.get(segment))
}

fn is_of_type(node: &Value, kind: &str) -> bool {
    node.get("type").and_then(Value::as_str) == Some(kind)
}

fn without_null(variants: &[Value]) -> Vec<&Value> {
    let present: Vec<&Value> =
        variants.iter().filter(|variant| !is_of_type(variant, "null")).collect();
    if present.is_empty() { variants.iter().collect() } else { present }
}

/// Without the plain text that any field allows, unless text is all there is.
fn without_template_text(variants: Vec<&Value>) -> Vec<&Value> {
    let is_plain_text = |variant: &Value| {
        let has_choices =
            variant.get("enum").and_then(Value::as_array).is_some_and(|e| !e.is_empty());
        is_of_type(variant, "string")
            && !has_choices
            && variant.get("const").is_none()
            && variant.get("properties").is_none()
    };
    let is_rich = |variant: &&Value| variant.is_object() && !is_plain_text(variant);
    if !variants.iter().any(is_rich) {
        return variants;
    }
    variants.into_iter().filter(|variant| !is_plain_text(variant)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split_json(schema: Value) -> (Value, Value) {
        let Value::Object(schema) = schema else { panic!("not an object") };
        split(&schema)
    }

    #[test]
    fn hints_are_lifted_and_markers_dropped() {
        let (data, hints) = split_json(json!({
            "properties": {
                "a": {"type": "string", "ui:placeholder": "x", "default": UNSET_DEFAULT},
                "kind": {"const": "k"},
            },
        }));
        assert_eq!(data, json!({"properties": {"a": {"type": "string"}, "kind": {"const": "k"}}}));
        assert_eq!(hints, json!({"a": {"ui:placeholder": "x"}, "kind": {"ui:widget": "hidden"}}));
    }

    #[test]
    fn an_optional_templated_field_becomes_a_plain_field() {
        let (data, _) = split_json(json!({
            "anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "null"}],
            "default": null,
            "title": "N",
        }));
        assert_eq!(data, json!({"type": "integer", "title": "N"}));
    }

    #[test]
    fn a_reference_gives_its_hints_and_stays() {
        let (data, hints) = split_json(json!({
            "$defs": {"d": {"type": "object", "ui:order": ["b"]}},
            "properties": {"p": {"$ref": "#/$defs/d"}},
        }));
        assert_eq!(data["properties"]["p"], json!({"$ref": "#/$defs/d"}));
        assert_eq!(hints, json!({"p": {"ui:order": ["b"]}}));
    }
}
