//! Scalars beyond GraphQL's own: `GenericScalar` and `RunConfigData` carry any JSON value.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};

/// Any JSON value, given back as it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct GenericScalar(pub(crate) serde_json::Value);

#[Scalar(name = "GenericScalar")]
impl ScalarType for GenericScalar {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(GenericScalar(into_json(value)?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// A JSON-Schema document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JsonSchema(pub(crate) serde_json::Value);

#[Scalar(name = "JsonSchema")]
impl ScalarType for JsonSchema {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(JsonSchema(into_json(value)?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// Run configuration: an object, or the same as JSON or YAML text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RunConfigData(pub(crate) serde_json::Value);

#[Scalar(name = "RunConfigData")]
impl ScalarType for RunConfigData {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(RunConfigData(into_json(value)?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

fn into_json<T: async_graphql::InputType>(
    value: Value,
) -> Result<serde_json::Value, InputValueError<T>> {
    value.into_json().map_err(|e| InputValueError::custom(format!("not a JSON value: {e}")))
}
