//! Queries about a job's config.

use async_graphql::{Context, Object, Union};
use rondel_instance::ResolvedJob;

use super::{
    results::{
        BadYaml, PipelineConfigValidationResult, PipelineConfigValidationValid, checked_config,
        parse_run_config,
    },
    schema_view::{find, root_defaults},
    types::{ConfigType, SchemaSource},
};
use crate::{
    common::{PipelineSelector, find_job},
    errors::{
        InvalidSubsetError, ModeNotFoundError, PipelineNotFoundError, PythonError, ResolverError,
        capture, or_error,
    },
    scalars::RunConfigData,
    yaml::dump_map_in_order,
};

/// Queries about a job's config.
#[derive(Default)]
pub(crate) struct ConfigQuery;

/// The only mode that jobs have.
const DEFAULT_MODE: &str = "default";

/// The config types of a job.
pub(crate) struct RunConfigSchema {
    job: ResolvedJob,
    schema: SchemaSource,
}

impl RunConfigSchema {
    fn new(job: ResolvedJob) -> Self {
        let schema = SchemaSource::JobData(std::sync::Arc::clone(job.data()));
        RunConfigSchema { job, schema }
    }

    fn root_key(&self) -> &str {
        let modes = &self.job.snapshot().mode_def_snaps;
        modes.first().and_then(|mode| mode.root_config_key.as_deref()).unwrap_or_default()
    }
}

#[Object]
impl RunConfigSchema {
    /// The type of the whole config.
    async fn root_config_type(&self) -> ConfigType {
        ConfigType::new(self.schema.clone(), self.root_key())
    }

    /// Every type of the schema, by key.
    async fn all_config_types(&self) -> Vec<ConfigType> {
        let mut keys: Vec<&String> = self.schema.all_config_snaps_by_key.keys().collect();
        keys.sort();
        keys.into_iter().map(|key| ConfigType::new(self.schema.clone(), key)).collect()
    }

    /// Whether a config is valid, or what is wrong with it.
    async fn is_run_config_valid(
        &self,
        ctx: &Context<'_>,
        run_config_data: Option<RunConfigData>,
    ) -> PipelineConfigValidationResult {
        capture(ctx, async { validate(&self.job, run_config_data) }).await
    }

    /// The defaults, as YAML to start a config from.
    async fn root_default_yaml(&self) -> String {
        let root = find(&self.schema, self.root_key());
        let defaults = root.map(|root| root_defaults(&self.schema, root)).unwrap_or_default();
        dump_map_in_order(&defaults)
    }
}

#[derive(Union)]
pub(crate) enum RunConfigSchemaOrError {
    RunConfigSchema(RunConfigSchema),
    PipelineNotFoundError(PipelineNotFoundError),
    InvalidSubsetError(InvalidSubsetError),
    ModeNotFoundError(ModeNotFoundError),
    PythonError(PythonError),
}
or_error!(RunConfigSchemaOrError:
    PipelineNotFoundError, InvalidSubsetError, ModeNotFoundError);

fn validate(
    job: &ResolvedJob,
    given: Option<RunConfigData>,
) -> Result<PipelineConfigValidationValid, ResolverError> {
    let schema = SchemaSource::JobData(std::sync::Arc::clone(job.data()));
    checked_config(job.snapshot(), &schema, parse_run_config(given, BadYaml::Keep)?)?;
    Ok(PipelineConfigValidationValid { pipeline_name: job.name().to_owned() })
}

#[Object]
impl ConfigQuery {
    /// Whether a config is valid for a job, or what is wrong with it.
    async fn is_pipeline_config_valid(
        &self,
        ctx: &Context<'_>,
        pipeline: PipelineSelector,
        mode: String,
        run_config_data: Option<RunConfigData>,
    ) -> PipelineConfigValidationResult {
        let _ = mode;
        capture(ctx, async {
            let job = find_job(ctx, &pipeline.into()).await?;
            validate(&job, run_config_data)
        })
        .await
    }

    /// The config types of a job.
    async fn run_config_schema_or_error(
        &self,
        ctx: &Context<'_>,
        selector: PipelineSelector,
        mode: Option<String>,
    ) -> RunConfigSchemaOrError {
        capture(ctx, async {
            if let Some(mode) = mode.filter(|mode| !mode.is_empty() && mode != DEFAULT_MODE) {
                return Err(ModeNotFoundError::new(mode, &selector.pipeline_name).into());
            }
            Ok(RunConfigSchema::new(find_job(ctx, &selector.into()).await?))
        })
        .await
    }
}
