//! What a client says about a run to launch.

use async_graphql::{Context, Enum, InputObject};
use rondel_instance::JobTarget;
use rondel_model::serdes::{Map, Value};

use crate::{
    common::{ExecutionTag, JobOrPipelineSelector, find_job},
    config::{BadYaml, parse_run_config},
    errors::{ConflictingExecutionParamsError, PresetNotFoundError, ResolverError},
    scalars::RunConfigData,
};

/// Tags of a run, and the runs it stems from.
#[derive(InputObject, Clone, Debug)]
pub(crate) struct ExecutionMetadata {
    pub(crate) tags: Option<Vec<ExecutionTag>>,
    /// The first run of a group of re-executions.
    pub(crate) root_run_id: Option<String>,
    /// The run which is executed again.
    pub(crate) parent_run_id: Option<String>,
}

/// A run to launch.
#[derive(InputObject, Clone, Debug)]
pub(crate) struct ExecutionParams {
    /// The job, or the part of it, to execute.
    pub(crate) selector: JobOrPipelineSelector,
    pub(crate) run_config_data: Option<RunConfigData>,
    pub(crate) mode: Option<String>,
    /// Tags and, for a re-execution, the runs it stems from.
    pub(crate) execution_metadata: Option<ExecutionMetadata>,
    /// The steps to execute; all when none are given.
    pub(crate) step_keys: Option<Vec<String>>,
    pub(crate) preset: Option<String>,
}

/// What to execute again.
#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
pub(crate) enum ReexecutionStrategy {
    /// The assets that were not made.
    FromAssetFailure,
    /// The steps that did not succeed, and what depends on them.
    FromFailure,
    /// Everything.
    AllSteps,
}

/// A run to execute again.
#[derive(InputObject, Clone, Debug)]
pub(crate) struct ReexecutionParams {
    pub(crate) parent_run_id: String,
    pub(crate) strategy: ReexecutionStrategy,
    /// Tags which replace those of the parent.
    pub(crate) extra_tags: Option<Vec<ExecutionTag>>,
    /// Whether the parent's tags are kept; they are by default.
    pub(crate) use_parent_run_tags: Option<bool>,
}

/// A run to launch, with its preset applied.
pub(super) struct Execution {
    pub(super) target: JobTarget,
    pub(super) run_config: Value,
    pub(super) tags: Map<String>,
    pub(super) step_keys: Option<Vec<String>>,
    pub(super) root_run_id: Option<String>,
    pub(super) parent_run_id: Option<String>,
}

pub(super) fn tag_map(tags: impl IntoIterator<Item = ExecutionTag>) -> Map<String> {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

impl Execution {
    /// Applies a preset, which then must be all that is said about the config.
    pub(super) async fn new(
        ctx: &Context<'_>,
        params: ExecutionParams,
    ) -> Result<Self, ResolverError> {
        let metadata = params.execution_metadata;
        let (root_run_id, parent_run_id, tags) = match metadata {
            Some(metadata) => {
                (metadata.root_run_id, metadata.parent_run_id, metadata.tags.unwrap_or_default())
            }
            None => (None, None, Vec::new()),
        };
        let mut target = JobTarget::from(params.selector);
        let run_config = match params.preset.filter(|preset| !preset.is_empty()) {
            None => parse_run_config(params.run_config_data, BadYaml::Refuse)?,
            Some(preset_name) => {
                let conflict = |name: &str| Err(ConflictingExecutionParamsError::new(name).into());
                if parse_run_config(params.run_config_data, BadYaml::Keep)? != Value::empty_map() {
                    return conflict("runConfigData");
                }
                if params.mode.is_some_and(|mode| !mode.is_empty()) {
                    return conflict("mode");
                }
                if target.op_selection.as_ref().is_some_and(|ops| !ops.is_empty()) {
                    return conflict("selector.solid_selection");
                }
                let job = find_job(ctx, &JobTarget::whole(target.job.clone())).await?;
                let presets = &job.data().active_presets;
                let preset = presets.iter().find(|preset| preset.name == preset_name);
                let preset =
                    preset.ok_or_else(|| PresetNotFoundError::new(preset_name, job.name()))?;
                target.op_selection = preset.op_selection.clone();
                Value::Map(preset.run_config.clone())
            }
        };
        Ok(Execution {
            target,
            run_config,
            tags: tag_map(tags),
            // No steps named are all steps.
            step_keys: params.step_keys.filter(|keys| !keys.is_empty()),
            root_run_id,
            parent_run_id,
        })
    }
}
