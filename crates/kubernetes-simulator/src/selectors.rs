//! Label and field selectors of list and watch requests.

use serde_json::Value;

/// What a list or watch request is limited to.
#[derive(Debug, Clone, Default)]
pub struct Selector {
    labels: Vec<Requirement>,
    fields: Vec<Requirement>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Requirement {
    Exists(String),
    Missing(String),
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
}

impl Selector {
    /// Reads the two query parameters.
    pub fn parse(labels: Option<&str>, fields: Option<&str>) -> Self {
        let parse = |text: Option<&str>| {
            split(text.unwrap_or_default()).into_iter().map(requirement).collect::<Vec<_>>()
        };
        Self { labels: parse(labels), fields: parse(fields) }
    }

    /// Whether an object is selected.
    pub fn matches(&self, object: &Value) -> bool {
        let label = |key: &str| object["metadata"]["labels"][key].as_str().map(str::to_owned);
        let field = |path: &str| {
            let found = path.split('.').fold(object, |value, part| &value[part]);
            Some(match found {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            })
        };
        self.labels.iter().all(|requirement| requirement.holds(label))
            && self.fields.iter().all(|requirement| requirement.holds(field))
    }
}

impl Requirement {
    fn holds(&self, value: impl Fn(&str) -> Option<String>) -> bool {
        match self {
            Self::Exists(key) => value(key).is_some(),
            Self::Missing(key) => value(key).is_none(),
            Self::In(key, allowed) => value(key).is_some_and(|value| allowed.contains(&value)),
            Self::NotIn(key, refused) => value(key).is_none_or(|value| !refused.contains(&value)),
        }
    }
}

/// Splits at the commas outside parentheses.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0;
    text.split(move |c| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
    .collect()
}

fn requirement(text: &str) -> Requirement {
    let set = |values: &str| {
        let values = values.trim().trim_start_matches('(').trim_end_matches(')');
        values.split(',').map(|value| value.trim().to_owned()).collect()
    };
    if let Some((key, value)) = text.split_once("!=") {
        return Requirement::NotIn(key.trim().to_owned(), vec![value.trim().to_owned()]);
    }
    if let Some((key, value)) = text.split_once('=') {
        let value = value.trim_start_matches('=').trim().to_owned();
        return Requirement::In(key.trim().to_owned(), vec![value]);
    }
    if let Some((key, values)) = text.split_once(" notin ") {
        return Requirement::NotIn(key.trim().to_owned(), set(values));
    }
    if let Some((key, values)) = text.split_once(" in ") {
        return Requirement::In(key.trim().to_owned(), set(values));
    }
    match text.strip_prefix('!') {
        Some(key) => Requirement::Missing(key.trim().to_owned()),
        None => Requirement::Exists(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn labels_and_fields_select() {
        let object = json!({
            "metadata": {"name": "a", "labels": {"x": "1", "y": "2"}},
            "status": {"phase": "Running"},
        });
        for (labels, fields, expected) in [
            ("", "", true),
            ("x=1,y=2", "", true),
            ("x==1", "metadata.name=a", true),
            ("x!=1", "", false),
            ("x in (1, 3),y", "", true),
            ("x notin (1,3)", "", false),
            ("!z", "status.phase!=Running", false),
            ("z", "", false),
        ] {
            let selector = Selector::parse(Some(labels), Some(fields));
            assert_eq!(selector.matches(&object), expected, "{labels} {fields}");
        }
    }
}
