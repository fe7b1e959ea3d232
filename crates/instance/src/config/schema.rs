//! A small schema language for `dagster.yaml`, and the check of a [`Node`] against it.
//!
//! It mirrors the part of Dagster's config system (`dagster/_config`) that instance configuration
//! uses. Checking yields plain JSON with defaults filled in and `{env: NAME}` replaced, ready for
//! `serde`; every problem found is collected, each with its line, its key path, the allowed keys
//! and the nearest known one. The untouched [`Node`]s stay with the caller, for the instance
//! reference passes `{env: …}` on unresolved.

use serde_json::{Map, Value};

use super::error::Problem;
use rondel_yaml::{Kind, Node};

/// The shape a value must have.
#[derive(Debug, Clone)]
pub enum Schema {
    /// A string.
    Str,
    /// An integer (a boolean is none).
    Int,
    /// An integer or a number.
    Float,
    /// A boolean.
    Bool,
    /// Anything, `null` included.
    Any,
    /// A string or `{env: NAME}`.
    StringSource,
    /// An integer or `{env: NAME}`.
    IntSource,
    /// A boolean or `{env: NAME}`.
    BoolSource,
    /// `null` or the inner shape.
    Noneable(Box<Schema>),
    /// A list.
    Array(Box<Schema>),
    /// A mapping with exactly these keys.
    Shape(Vec<Field>),
    /// A mapping with at least these keys and any others.
    Permissive(Vec<Field>),
    /// A mapping of any strings to one shape.
    MapOf(Box<Schema>),
    /// A mapping with exactly one of these keys.
    Selector(Vec<Field>),
    /// One shape for scalars, another for lists and mappings.
    ScalarUnion(Box<Schema>, Box<Schema>),
}

/// One key of a mapping.
#[derive(Debug, Clone)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// The shape of its value.
    pub schema: Schema,
    /// Whether it must be there.
    pub presence: Presence,
}

/// Whether a key may be left out, and what it is then.
#[derive(Debug, Clone)]
pub enum Presence {
    /// The key must be given.
    Required,
    /// The key may be missing and stays so.
    Optional,
    /// The key may be missing and has this value then.
    Default(Value),
}

/// A key that must be given.
pub fn required(name: &'static str, schema: Schema) -> Field {
    Field { name, schema, presence: Presence::Required }
}

/// A key that may be missing.
pub fn optional(name: &'static str, schema: Schema) -> Field {
    Field { name, schema, presence: Presence::Optional }
}

/// A key with a default.
pub fn defaulted(name: &'static str, schema: Schema, value: impl Into<Value>) -> Field {
    Field { name, schema, presence: Presence::Default(value.into()) }
}

/// Looks an environment variable up; a parameter so that tests need not touch the process.
pub type EnvLookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Checks nodes and collects what is wrong with them.
pub struct Checker<'a> {
    env: EnvLookup<'a>,
    path: Vec<String>,
    /// Whether a run launcher may be of any class.
    pub foreign_classes: bool,
    /// The problems found so far.
    pub problems: Vec<Problem>,
}

impl<'a> Checker<'a> {
    /// A checker with no problems yet.
    pub fn new(env: EnvLookup<'a>) -> Self {
        Self { env, path: Vec::new(), foreign_classes: false, problems: Vec::new() }
    }

    /// Runs `check` with `key` appended to the path that problems report.
    pub fn within<T>(&mut self, key: &str, check: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(key.to_owned());
        let result = check(self);
        self.path.pop();
        result
    }

    /// Records a problem at this node.
    pub fn problem(&mut self, at: &Node, message: impl Into<String>) {
        self.problems.push(Problem {
            line: at.at.line.max(1),
            key: self.path.join("."),
            message: message.into(),
        });
    }

    /// Records that a class is not one of those supported for this component.
    pub fn unsupported_class(&mut self, at: &Node, module: &str, class: &str, supported: &[&str]) {
        let nearest = nearest(class, supported.iter().copied())
            .map(|n| format!("; did you mean {n}?"))
            .unwrap_or_default();
        self.problem(
            at,
            format!(
                "the class {class} of module {module} is not supported{nearest} (supported: {})",
                supported.join(", ")
            ),
        );
    }

    /// The checked value with defaults and environment resolved. Where a problem was recorded the
    /// value is `null` or partial and must not be used.
    pub fn check(&mut self, schema: &Schema, node: &Node) -> Value {
        match schema {
            Schema::Any => node.to_json(),
            Schema::Noneable(inner) if matches!(node.kind, Kind::Null) => {
                let _ = inner;
                Value::Null
            }
            Schema::Noneable(inner) => self.check(inner, node),
            Schema::Str => self.scalar(node, "a string", matches!(node.kind, Kind::Str(_))),
            Schema::Int => self.scalar(node, "an integer", matches!(node.kind, Kind::Int(_))),
            Schema::Float => {
                self.scalar(node, "a number", matches!(node.kind, Kind::Int(_) | Kind::Float(_)))
            }
            Schema::Bool => self.scalar(node, "true or false", matches!(node.kind, Kind::Bool(_))),
            Schema::StringSource => {
                self.source(node, &Schema::Str, "a string", |text| Some(Value::from(text)))
            }
            Schema::IntSource => self.source(node, &Schema::Int, "an integer", |text| {
                text.trim().replace('_', "").parse::<i64>().ok().map(Value::from)
            }),
            Schema::BoolSource => self.source(node, &Schema::Bool, "a boolean", |text| {
                Some(Value::Bool(!matches!(
                    text.to_lowercase().as_str(),
                    "false" | "none" | "0" | ""
                )))
            }),
            Schema::Array(inner) => match &node.kind {
                Kind::Seq(items) => Value::Array(
                    items
                        .iter()
                        .enumerate()
                        .map(|(index, item)| {
                            self.within(&index.to_string(), |c| c.check(inner, item))
                        })
                        .collect(),
                ),
                _ => self.expected(node, "a list"),
            },
            Schema::MapOf(inner) => match &node.kind {
                Kind::Map(entries) => Value::Object(
                    entries
                        .iter()
                        .map(|(key, value)| {
                            let key = key.key_text();
                            let value = self.within(&key, |c| c.check(inner, value));
                            (key, value)
                        })
                        .collect(),
                ),
                _ => self.expected(node, "a mapping"),
            },
            Schema::Shape(fields) => self.shape(fields, node, Extra::Refused),
            Schema::Permissive(fields) => self.shape(fields, node, Extra::Kept),
            Schema::Selector(fields) => self.selector(fields, node),
            Schema::ScalarUnion(scalar, compound) => match &node.kind {
                Kind::Seq(_) | Kind::Map(_) => self.check(compound, node),
                _ => self.check(scalar, node),
            },
        }
    }

    fn expected(&mut self, node: &Node, what: &str) -> Value {
        self.problem(node, format!("expected {what}, found {}", node.describe()));
        Value::Null
    }

    fn scalar(&mut self, node: &Node, what: &str, fits: bool) -> Value {
        if fits { node.to_json() } else { self.expected(node, what) }
    }

    fn source(
        &mut self,
        node: &Node,
        scalar: &Schema,
        what: &str,
        parse: impl FnOnce(String) -> Option<Value>,
    ) -> Value {
        let Kind::Map(_) = node.kind else {
            return match scalar {
                Schema::Int => self.scalar(
                    node,
                    "an integer or {env: NAME}",
                    matches!(node.kind, Kind::Int(_)),
                ),
                Schema::Bool => self.scalar(
                    node,
                    "true, false or {env: NAME}",
                    matches!(node.kind, Kind::Bool(_)),
                ),
                _ => {
                    self.scalar(node, "a string or {env: NAME}", matches!(node.kind, Kind::Str(_)))
                }
            };
        };
        let checked = self.selector(&[required("env", Schema::Str)], node);
        let Some(name) = checked.get("env").and_then(Value::as_str) else { return Value::Null };
        let Some(text) = (self.env)(name) else {
            self.problem(
                node,
                format!("the environment variable {name} is not set: set it before starting"),
            );
            return Value::Null;
        };
        // the value itself may be a secret and is not shown
        parse(text).unwrap_or_else(|| {
            self.problem(node, format!("the environment variable {name} does not hold {what}"));
            Value::Null
        })
    }

    fn shape(&mut self, fields: &[Field], node: &Node, extra: Extra) -> Value {
        let Kind::Map(entries) = &node.kind else { return self.expected(node, "a mapping") };
        let mut object = Map::new();
        for (key, value) in entries {
            let name = key.key_text();
            match fields.iter().find(|field| field.name == name) {
                Some(field) => {
                    let checked = self.within(&name, |c| c.check(&field.schema, value));
                    object.insert(name, checked);
                }
                None if extra == Extra::Kept => {
                    object.insert(name, value.to_json());
                }
                None => self.unknown_key(key, &name, fields),
            }
        }
        for field in fields {
            if object.contains_key(field.name) {
                continue;
            }
            match &field.presence {
                Presence::Required => {
                    self.problem(node, format!("the key {} is missing", field.name))
                }
                Presence::Optional => {}
                Presence::Default(value) => {
                    object.insert(field.name.to_owned(), value.clone());
                }
            }
        }
        Value::Object(object)
    }

    fn selector(&mut self, fields: &[Field], node: &Node) -> Value {
        let Kind::Map(entries) = &node.kind else { return self.expected(node, "a mapping") };
        let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
        let [(key, value)] = entries.as_slice() else {
            self.problem(
                node,
                format!(
                    "expected exactly one key out of {}, found {}",
                    names.join(", "),
                    entries.len()
                ),
            );
            return Value::Null;
        };
        let name = key.key_text();
        let Some(field) = fields.iter().find(|field| field.name == name) else {
            self.unknown_key(key, &name, fields);
            return Value::Null;
        };
        // `sqlite:` without a value selects it with all its defaults
        let empty = Node { at: value.at, kind: Kind::Map(Vec::new()) };
        let has_fields =
            matches!(field.schema, Schema::Shape(_) | Schema::Permissive(_) | Schema::Selector(_));
        let value = if matches!(value.kind, Kind::Null) && has_fields { &empty } else { value };
        let checked = self.within(&name, |c| c.check(&field.schema, value));
        Value::Object(Map::from_iter([(name, checked)]))
    }

    fn unknown_key(&mut self, key: &Node, name: &str, fields: &[Field]) {
        let mut names: Vec<&str> = fields.iter().map(|field| field.name).collect();
        names.sort_unstable();
        let hint = nearest(name, names.iter().copied())
            .map(|n| format!("; did you mean {n}?"))
            .unwrap_or_default();
        let allowed = if names.is_empty() {
            "no keys are allowed here".to_owned()
        } else {
            format!("allowed keys: {}", names.join(", "))
        };
        self.within(name, |c| c.problem(key, format!("unknown key {name}{hint} ({allowed})")));
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Extra {
    Refused,
    Kept,
}

/// The most similar of the candidates, if any is similar enough to be a likely slip.
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .map(|candidate| (strsim::normalized_damerau_levenshtein(word, candidate), candidate))
        .filter(|(similarity, _)| *similarity >= 0.5)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}
