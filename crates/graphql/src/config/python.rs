//! Python's `repr`, `str` and type names of JSON-like values, which Dagster's messages contain.

use rondel_model::serdes::{Value, float_repr};

/// `repr(value)`.
pub(crate) fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::BigInt(digits) => digits.to_string(),
        Value::Float(number) => match *number {
            n if n.is_nan() => "nan".to_owned(),
            n if n.is_infinite() => if n > 0.0 { "inf" } else { "-inf" }.to_owned(),
            n => float_repr(n),
        },
        Value::String(text) => repr_str(text),
        Value::List(items) => {
            format!("[{}]", items.iter().map(repr).collect::<Vec<_>>().join(", "))
        }
        Value::Map(entries) => {
            let entries = entries.iter().map(|(k, v)| format!("{}: {}", repr_str(k), repr(v)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

/// `repr` of a string: single quotes, unless it contains only those.
pub(crate) fn repr_str(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if (c as u32) < 0x20 || c as u32 == 0x7f => {
                out.push_str(&format!("\\x{:02x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

/// `repr` of a list of strings.
pub(crate) fn repr_list<S: AsRef<str>>(items: &[S]) -> String {
    format!("[{}]", items.iter().map(|s| repr_str(s.as_ref())).collect::<Vec<_>>().join(", "))
}

/// `str(value)`: as `repr`, but a string is itself.
pub(crate) fn str_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(other),
    }
}

/// `str(type(value))`.
pub(crate) fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "<class 'NoneType'>",
        Value::Bool(_) => "<class 'bool'>",
        Value::Int(_) | Value::BigInt(_) => "<class 'int'>",
        Value::Float(_) => "<class 'float'>",
        Value::String(_) => "<class 'str'>",
        Value::List(_) => "<class 'list'>",
        Value::Map(_) => "<class 'dict'>",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_look_as_python_shows_them() {
        let value = Value::from_json_text(r#"{"a": [1, 2.0, true, null, "it's"]}"#).unwrap();
        assert_eq!(repr(&value), r#"{'a': [1, 2.0, True, None, "it's"]}"#);
        assert_eq!(repr_str("a'b\"c\n"), r#"'a\'b"c\n'"#);
    }
}
