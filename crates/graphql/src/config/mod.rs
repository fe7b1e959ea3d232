//! Config: the types of a job's config, defaults, and whether a value is valid.

mod python;
mod query;
mod results;
mod schema_view;
mod types;
mod validate;

pub(crate) use python::{repr, repr_list, repr_str, str_of};
pub(crate) use query::ConfigQuery;
pub(crate) use results::{
    BadYaml, PipelineConfigValidationInvalid, RunConfigValidationInvalid, checked_config,
    parse_run_config,
};
pub(crate) use schema_view::SECRET_MASK;
pub(crate) use types::{
    ConfigType, ConfigTypeField, ConfigTypeOrError, SchemaSource, WrappingConfigType,
};
