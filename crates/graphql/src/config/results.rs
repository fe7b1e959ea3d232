//! The outcome of validating config.

use async_graphql::{Enum, Interface, Object, SimpleObject, Union};
use rondel_model::{
    serdes::{Map, Value},
    snap::{ConfigFieldSnap, JobSnap},
};

use super::{
    types::{ConfigTypeField, SchemaSource},
    validate::{ConfigError, Problem, StackEntry, validate},
};
use crate::{
    errors::{InvalidSubsetError, PipelineNotFoundError, PythonError, ResolverError, or_error},
    scalars::{GenericScalar, RunConfigData},
};

/// Which rule a value breaks.
#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
pub(crate) enum EvaluationErrorReason {
    RuntimeTypeMismatch,
    MissingRequiredField,
    MissingRequiredFields,
    FieldNotDefined,
    FieldsNotDefined,
    SelectorFieldError,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct EvaluationStackListItemEntry {
    list_index: usize,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct EvaluationStackPathEntry {
    field_name: String,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct EvaluationStackMapKeyEntry {
    map_key: GenericScalar,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct EvaluationStackMapValueEntry {
    map_key: GenericScalar,
}

/// A step on the way to a value.
#[derive(Union, Clone)]
pub(crate) enum EvaluationStackEntry {
    EvaluationStackListItemEntry(EvaluationStackListItemEntry),
    EvaluationStackPathEntry(EvaluationStackPathEntry),
    EvaluationStackMapKeyEntry(EvaluationStackMapKeyEntry),
    EvaluationStackMapValueEntry(EvaluationStackMapValueEntry),
}

/// The way from the root to a value.
#[derive(SimpleObject, Clone)]
pub(crate) struct EvaluationStack {
    entries: Vec<EvaluationStackEntry>,
}

impl From<&[StackEntry]> for EvaluationStack {
    fn from(stack: &[StackEntry]) -> Self {
        let key = |key: &str| GenericScalar(key.into());
        let entries = stack.iter().map(|entry| match entry {
            StackEntry::Field(name) => EvaluationStackPathEntry { field_name: name.clone() }.into(),
            StackEntry::ListItem(at) => EvaluationStackListItemEntry { list_index: *at }.into(),
            StackEntry::MapKey(name) => EvaluationStackMapKeyEntry { map_key: key(name) }.into(),
            StackEntry::MapValue(name) => {
                EvaluationStackMapValueEntry { map_key: key(name) }.into()
            }
        });
        EvaluationStack { entries: entries.collect() }
    }
}

/// Declares a type of config error: what all have, then its own fields.
macro_rules! config_error {
    ($name:ident { $field:ident: $ty:ty }) => {
        #[derive(SimpleObject, Clone)]
        pub(crate) struct $name {
            #[graphql(owned)]
            pub(crate) message: String,
            #[graphql(owned)]
            pub(crate) path: Vec<String>,
            #[graphql(owned)]
            pub(crate) stack: EvaluationStack,
            #[graphql(owned)]
            pub(crate) reason: EvaluationErrorReason,
            $field: $ty,
        }
    };
}

config_error!(RuntimeMismatchConfigError { value_rep: Option<String> });
config_error!(MissingFieldConfigError { field: ConfigTypeField });
config_error!(MissingFieldsConfigError { fields: Vec<ConfigTypeField> });
config_error!(FieldNotDefinedConfigError { field_name: String });
config_error!(FieldsNotDefinedConfigError { field_names: Vec<String> });
config_error!(SelectorTypeConfigError { incoming_fields: Vec<String> });

/// An error of a config value.
#[derive(Interface, Clone)]
#[graphql(
    name = "PipelineConfigValidationError",
    field(name = "message", ty = "String"),
    field(name = "path", ty = "Vec<String>"),
    field(name = "stack", ty = "EvaluationStack"),
    field(name = "reason", ty = "EvaluationErrorReason")
)]
pub(crate) enum PipelineConfigValidationErrorInterface {
    FieldNotDefinedConfigError(FieldNotDefinedConfigError),
    FieldsNotDefinedConfigError(FieldsNotDefinedConfigError),
    MissingFieldConfigError(MissingFieldConfigError),
    MissingFieldsConfigError(MissingFieldsConfigError),
    RuntimeMismatchConfigError(RuntimeMismatchConfigError),
    SelectorTypeConfigError(SelectorTypeConfigError),
}

impl PipelineConfigValidationErrorInterface {
    fn new(schema: &SchemaSource, error: ConfigError) -> Self {
        use EvaluationErrorReason as Reason;
        let ConfigError { stack, message, problem } = error;
        let stack = EvaluationStack::from(stack.as_slice());
        let path = Vec::new();
        let field = |field: ConfigFieldSnap| ConfigTypeField::new(schema.clone(), field);
        match problem {
            Problem::RuntimeMismatch { value_repr } => RuntimeMismatchConfigError {
                message,
                path,
                stack,
                reason: Reason::RuntimeTypeMismatch,
                value_rep: Some(value_repr),
            }
            .into(),
            Problem::MissingField { field: missing } => MissingFieldConfigError {
                message,
                path,
                stack,
                reason: Reason::MissingRequiredField,
                field: field(missing),
            }
            .into(),
            Problem::MissingFields { fields } => MissingFieldsConfigError {
                message,
                path,
                stack,
                reason: Reason::MissingRequiredFields,
                fields: fields.into_iter().map(field).collect(),
            }
            .into(),
            Problem::FieldNotDefined { name } => FieldNotDefinedConfigError {
                message,
                path,
                stack,
                reason: Reason::FieldNotDefined,
                field_name: name,
            }
            .into(),
            Problem::FieldsNotDefined { names } => FieldsNotDefinedConfigError {
                message,
                path,
                stack,
                reason: Reason::FieldsNotDefined,
                field_names: names,
            }
            .into(),
            Problem::Selector { incoming } => SelectorTypeConfigError {
                message,
                path,
                stack,
                reason: Reason::SelectorFieldError,
                incoming_fields: incoming,
            }
            .into(),
            // The schema has no type for it; Dagster fails to answer here.
            Problem::AliasCollision => RuntimeMismatchConfigError {
                message,
                path,
                stack,
                reason: Reason::RuntimeTypeMismatch,
                value_rep: None,
            }
            .into(),
        }
    }
}

/// The config is valid.
#[derive(SimpleObject)]
pub(crate) struct PipelineConfigValidationValid {
    pub(crate) pipeline_name: String,
}

/// The config is not valid.
#[derive(Clone)]
pub(crate) struct RunConfigValidationInvalid {
    pipeline_name: String,
    errors: Vec<PipelineConfigValidationErrorInterface>,
    first: String,
}

impl std::fmt::Debug for RunConfigValidationInvalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RunConfigValidationInvalid({}: {})", self.pipeline_name, self.first)
    }
}

#[Object]
impl RunConfigValidationInvalid {
    pub(crate) async fn pipeline_name(&self) -> String {
        self.pipeline_name.clone()
    }

    pub(crate) async fn errors(&self) -> Vec<PipelineConfigValidationErrorInterface> {
        self.errors.clone()
    }
}

/// Older name of config that is not valid.
#[derive(Interface)]
#[graphql(
    field(name = "pipeline_name", ty = "String"),
    field(name = "errors", ty = "Vec<PipelineConfigValidationErrorInterface>")
)]
pub(crate) enum PipelineConfigValidationInvalid {
    RunConfigValidationInvalid(RunConfigValidationInvalid),
}

#[derive(Union)]
pub(crate) enum PipelineConfigValidationResult {
    InvalidSubsetError(InvalidSubsetError),
    PipelineConfigValidationValid(PipelineConfigValidationValid),
    RunConfigValidationInvalid(RunConfigValidationInvalid),
    PipelineNotFoundError(PipelineNotFoundError),
    PythonError(PythonError),
}
or_error!(PipelineConfigValidationResult:
    InvalidSubsetError, RunConfigValidationInvalid, PipelineNotFoundError);

/// What to do with text that is not YAML.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadYaml {
    /// Fail.
    Refuse,
    /// Give the text on, so that validating it names what is wrong.
    Keep,
}

/// The config which a client gave: a value, or the same as YAML text.
pub(crate) fn parse_run_config(
    given: Option<RunConfigData>,
    bad_yaml: BadYaml,
) -> Result<Value, ResolverError> {
    let value = match given {
        Some(RunConfigData(serde_json::Value::String(text))) if !text.is_empty() => {
            match rondel_yaml::parse(&text) {
                Ok(Some(node)) => node.to_json(),
                Ok(None) => serde_json::Value::Null,
                Err(error) if bad_yaml == BadYaml::Refuse => {
                    let class = error.stage.exception();
                    return Err(ResolverError::raised(class, error.to_string()));
                }
                Err(_) => serde_json::Value::String(text),
            }
        }
        Some(RunConfigData(value)) => value,
        None => serde_json::Value::Null,
    };
    // What Python takes for nothing is an empty config.
    let nothing = match &value {
        serde_json::Value::Null | serde_json::Value::Bool(false) => true,
        serde_json::Value::String(text) => text.is_empty(),
        serde_json::Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if nothing {
        return Ok(Value::empty_map());
    }
    Value::from_json_text(&value.to_string())
        .map_err(|error| ResolverError::raised("ValueError", error.to_string()))
}

/// Refuses config that the job does not accept; gives it back as a map.
pub(crate) fn checked_config(
    job: &JobSnap,
    schema: &SchemaSource,
    value: Value,
) -> Result<Map<Value>, ResolverError> {
    let root = job.mode_def_snaps.first().and_then(|mode| mode.root_config_key.as_deref());
    // A historical job without a root type accepts anything.
    let errors = root.map(|root| validate(schema, root, &value)).unwrap_or_default();
    if errors.is_empty() {
        return match value {
            Value::Map(entries) => Ok(entries),
            _ => Ok(Map::new()),
        };
    }
    let first = errors[0].message.clone();
    let errors = errors
        .into_iter()
        .map(|error| PipelineConfigValidationErrorInterface::new(schema, error))
        .collect();
    Err(RunConfigValidationInvalid { pipeline_name: job.name.clone(), errors, first }.into())
}
