//! Documents that were parsed and validated before.
//!
//! Pages send few, long documents again and again, each time with other variables. Parsing depends on the text
//! alone. Validation also looks at the values of variables, but only at their form: kinds of values, keys of
//! objects, names that may be those of enum values. So a document counts as valid for all variables of a form
//! for which it was valid once. What the form does not tell (whether a number fits into 32 bits, say) is
//! found when an argument is read, in either case.
//!
//! Bounded by the length of texts; what was not asked for lately goes first.

use std::{
    collections::HashSet,
    hash::{BuildHasher, Hash, Hasher, RandomState},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use async_graphql::{
    Pos, ServerError, Value, Variables,
    parser::{
        parse_query,
        types::{ExecutableDocument, OperationType},
    },
};

use crate::{direct::split_fields, empty_objects};

/// Length of all texts kept, in bytes. The 192 operations of the official UI have 0.6 MB; parsed, a text takes
/// about ten times its length.
const KEPT_BYTES: u64 = 2 * 1024 * 1024;
/// A longer text is parsed each time: it is hardly one of a page.
const LONGEST: usize = 128 * 1024;
/// So many forms of variables are remembered of one document.
const FORMS: usize = 64;

/// The documents of one schema.
#[derive(Clone)]
pub(crate) struct Documents {
    kept: moka::sync::Cache<String, Arc<Document>>,
    hasher: RandomState,
}

/// A parsed document.
pub(crate) struct Document {
    pub(crate) parsed: ExecutableDocument,
    /// Whether empty objects are marked in it.
    pub(crate) marked: bool,
    /// Fields that are selected at several places of an object; none if that is not known.
    split: Option<HashSet<Pos>>,
    /// Forms of variables with which it is valid.
    valid: Mutex<HashSet<u64>>,
    /// Whether it changes something, or its answer depends on more than the code locations.
    beyond_workspace: AtomicBool,
}

/// The operation asked for and the form of its variables. Two that are equal by chance, one in 2^64, would let
/// wrong variables reach the resolvers, which refuse them in other words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form(u64);

impl Default for Documents {
    fn default() -> Self {
        let kept = moka::sync::Cache::builder()
            .max_capacity(KEPT_BYTES)
            .weigher(|text: &String, _: &Arc<Document>| {
                u32::try_from(text.len()).unwrap_or(u32::MAX)
            })
            .build();
        Self { kept, hasher: RandomState::new() }
    }
}

impl Documents {
    /// The document of a text, parsed now unless it is kept.
    pub(crate) fn get(&self, text: &str) -> Result<Arc<Document>, ServerError> {
        if let Some(document) = self.kept.get(text) {
            return Ok(document);
        }
        let mut parsed = parse_query(text)?;
        let marked = empty_objects::mark(&mut parsed);
        let acts = parsed.operations.iter().any(|(_, it)| it.node.ty != OperationType::Query);
        let beyond_workspace = AtomicBool::new(acts);
        let split = split_fields(&parsed);
        let document =
            Document { parsed, marked, split, valid: Mutex::default(), beyond_workspace };
        let document = Arc::new(document);
        if text.len() <= LONGEST {
            self.kept.insert(text.to_owned(), Arc::clone(&document));
        }
        Ok(document)
    }

    /// The form of what is asked.
    pub(crate) fn form(&self, operation: Option<&str>, variables: &Variables) -> Form {
        let mut hasher = self.hasher.build_hasher();
        operation.hash(&mut hasher);
        for (name, value) in variables.iter() {
            name.hash(&mut hasher);
            hash_form(value, &mut hasher);
        }
        Form(hasher.finish())
    }
}

impl Document {
    /// Refuses a request which leaves a variable out that its operation needs, before anything is executed.
    pub(crate) fn check_variables(
        &self,
        operation: Option<&str>,
        variables: &Variables,
    ) -> Result<(), ServerError> {
        let mut operations = self.parsed.operations.iter();
        let asked = operations
            .find(|(name, _)| operation.is_none() || name.map(|name| name.as_str()) == operation);
        let definitions = asked.into_iter().flat_map(|(_, it)| &it.node.variable_definitions);
        for definition in definitions {
            let (name, kind) = (&definition.node.name.node, &definition.node.var_type.node);
            let is_needed = !kind.nullable && definition.node.default_value.is_none();
            if is_needed && !variables.contains_key(name) {
                let text =
                    format!("Variable '${name}' of required type '{kind}' was not provided.");
                return Err(ServerError::new(text, Some(definition.pos)));
            }
        }
        Ok(())
    }

    /// Whether a field's value may have to be merged with that of the same field at another place.
    pub(crate) fn is_split(&self, field: Pos) -> bool {
        self.split.as_ref().is_none_or(|split| split.contains(&field))
    }

    /// Whether it changes something, or was seen to depend on more than the code locations.
    pub(crate) fn goes_beyond_workspace(&self) -> bool {
        self.beyond_workspace.load(Ordering::Relaxed)
    }

    /// Remembers that it depends on more than the code locations.
    pub(crate) fn found_beyond_workspace(&self) {
        self.beyond_workspace.store(true, Ordering::Relaxed);
    }

    /// Whether it was valid with such variables before.
    pub(crate) fn is_valid(&self, form: Form) -> bool {
        self.valid.lock().unwrap_or_else(PoisonError::into_inner).contains(&form.0)
    }

    /// Remembers that it is valid with such variables.
    pub(crate) fn found_valid(&self, form: Form) {
        let mut valid = self.valid.lock().unwrap_or_else(PoisonError::into_inner);
        if valid.len() >= FORMS {
            valid.clear();
        }
        valid.insert(form.0);
    }
}

fn hash_form(value: &Value, hasher: &mut impl Hasher) {
    match value {
        Value::Null => 0_u8.hash(hasher),
        Value::Boolean(_) => 1_u8.hash(hasher),
        Value::Number(number) => (2_u8, number.is_i64(), number.is_u64()).hash(hasher),
        Value::String(text) if may_be_enum(text) => (3_u8, text).hash(hasher),
        Value::String(_) => 4_u8.hash(hasher),
        Value::Enum(name) => (5_u8, name.as_str()).hash(hasher),
        Value::Binary(_) => 6_u8.hash(hasher),
        Value::List(items) => {
            7_u8.hash(hasher);
            // Of a hundred keys each has the same form: what differs from the one before counts.
            let mut last = None;
            for item in items {
                let mut own = std::hash::DefaultHasher::new();
                hash_form(item, &mut own);
                let form = own.finish();
                if last.replace(form) != Some(form) {
                    form.hash(hasher);
                }
            }
            8_u8.hash(hasher);
        }
        Value::Object(fields) => {
            (9_u8, fields.len()).hash(hasher);
            for (name, value) in fields {
                name.as_str().hash(hasher);
                hash_form(value, hasher);
            }
        }
    }
}

/// Whether a text could name a value of one of the schema's enums, which are all written in capitals.
fn may_be_enum(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_')
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::{
        parse_schema,
        types::{TypeKind, TypeSystemDefinition},
    };
    use serde_json::json;

    use super::*;

    fn form(variables: serde_json::Value) -> Form {
        // One hasher for all, since forms are compared.
        static DOCUMENTS: std::sync::LazyLock<Documents> =
            std::sync::LazyLock::new(Documents::default);
        DOCUMENTS.form(None, &Variables::from_json(variables))
    }

    #[test]
    fn only_what_validation_looks_at_belongs_to_the_form() {
        let one = form(json!({"keys": [{"path": ["a"]}], "limit": 10, "view": "RUNS"}));
        let same =
            json!({"keys": [{"path": ["b", "c"]}, {"path": ["d"]}], "limit": 3, "view": "RUNS"});
        assert_eq!(one, form(same));
        for other in [
            json!({"keys": [{"path": ["a"]}], "limit": 10, "view": "BACKFILLS"}),
            json!({"keys": [{"path": ["a"]}], "limit": 10.5, "view": "RUNS"}),
            json!({"keys": [{"path": ["a"]}], "limit": null, "view": "RUNS"}),
            json!({"keys": [{"path": ["a"]}, {"paths": ["a"]}], "limit": 10, "view": "RUNS"}),
            json!({"keys": [{"path": [1]}], "limit": 10, "view": "RUNS"}),
            json!({"keys": {"path": ["a"]}, "limit": 10, "view": "RUNS"}),
            json!({"keys": [{"path": ["a"]}], "view": "RUNS"}),
        ] {
            assert_ne!(one, form(other.clone()), "{other}");
        }
    }

    #[test]
    fn every_enum_value_is_taken_for_one() {
        let schema = parse_schema(crate::sdl()).unwrap();
        let mut seen = 0;
        for definition in schema.definitions {
            if let TypeSystemDefinition::Type(kind) = definition
                && let TypeKind::Enum(kind) = kind.node.kind
            {
                for value in kind.values {
                    assert!(may_be_enum(&value.node.value.node), "{}", value.node.value.node);
                    seen += 1;
                }
            }
        }
        assert!(seen > 200, "{seen}");
    }

    #[test]
    fn a_variable_that_is_needed_must_be_there() {
        let text = "query A($a: [ID!]!, $b: Int! = 3, $c: Int) { x } query B { x }";
        let document = Documents::default().get(text).unwrap();
        let check = |name, variables| {
            document.check_variables(name, &Variables::from_json(variables)).map_err(|e| e.message)
        };
        let missing = "Variable '$a' of required type '[ID!]!' was not provided.";
        assert_eq!(check(Some("A"), json!({})).unwrap_err(), missing);
        assert!(check(Some("A"), json!({"a": []})).is_ok());
        assert!(check(Some("B"), json!({})).is_ok());
    }

    #[test]
    fn documents_are_kept_up_to_a_length() {
        let documents = Documents::default();
        let short = "{ version }";
        let first = documents.get(short).unwrap();
        assert!(Arc::ptr_eq(&first, &documents.get(short).unwrap()));
        let long = format!("{{ version }} #{}", "x".repeat(LONGEST));
        let first = documents.get(&long).unwrap();
        assert!(!Arc::ptr_eq(&first, &documents.get(&long).unwrap()));
        assert!(documents.get("{").is_err());
    }
}
