//! Config as YAML text, written as Dagster writes it.

use rondel_model::serdes::{Map, Value};
use rondel_yaml::{Kind, Node, dump, dump_in_order};

/// A map as YAML, keys sorted.
pub(crate) fn dump_map(entries: &Map<Value>) -> String {
    dump(&map_node(entries))
}

/// A map as YAML, keys in their order.
pub(crate) fn dump_map_in_order(entries: &Map<Value>) -> String {
    dump_in_order(&map_node(entries))
}

/// Parts of a document, in their order.
pub(crate) fn dump_parts(parts: Vec<(&str, Node)>) -> String {
    dump_in_order(&Node::map(parts))
}

/// A value as a YAML node.
pub(crate) fn value_node(value: &Value) -> Node {
    node(value)
}

fn map_node(entries: &Map<Value>) -> Node {
    Node::map(entries.iter().map(|(key, value)| (key.clone(), node(value))))
}

fn node(value: &Value) -> Node {
    match value {
        Value::Null => Node::new(Kind::Null),
        Value::Bool(value) => Node::new(Kind::Bool(*value)),
        Value::Int(value) => Node::new(Kind::Int(i128::from(*value))),
        Value::BigInt(digits) => match digits.parse() {
            Ok(value) => Node::new(Kind::Int(value)),
            Err(_) => Node::str(digits.to_string()),
        },
        Value::Float(value) => Node::new(Kind::Float(*value)),
        Value::String(text) => Node::str(text.as_str()),
        Value::List(items) => Node::new(Kind::Seq(items.iter().map(node).collect())),
        Value::Map(entries) => map_node(entries),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn config_is_written_in_block_style_with_sorted_keys() {
        let config = Value::from_json_text(r#"{"b": [1, "x"], "a": {"c": null}}"#).unwrap();
        let Value::Map(config) = config else { panic!("not a map") };
        assert_eq!(dump_map(&config), "a:\n  c: null\nb:\n- 1\n- x\n");
    }
}
