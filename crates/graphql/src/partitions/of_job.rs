//! The partitions of a job: run config and tags of each.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject, Union};
use rondel_model::{
    grpc::PartitionArgs, ids::AssetKey, partition::PartitionsSnap, run::tags, serdes::Extra,
    snap::PartitionSetSnap,
};

use super::context::Partitions;
use crate::{
    common::PipelineTag,
    config::str_of,
    context::ContextExt,
    errors::{PythonError, ResolverError, capture, or_error},
    workspace::PreparedRepository,
    yaml::dump_map,
};

/// How Dagster names a job's partition set.
pub(super) const SET_SUFFIX: &str = "_partition_set";
/// Jobs that Dagster makes for assets outside of other jobs begin with this name.
const IMPLICIT_ASSET_JOB: &str = "__ASSET_JOB";

const CHECK_ERROR: &str = "dagster_shared.check.functions.CheckError";

pub(super) fn set_of<'a>(
    repository: &'a PreparedRepository,
    job_name: &str,
) -> Option<&'a PartitionSetSnap> {
    let mut sets = repository.snap.partition_sets.iter();
    sets.find(|set| set.name.strip_suffix(SET_SUFFIX) == Some(job_name))
}

/// The definition that the job's assets, or those selected, have in common.
pub(super) fn definition_of_assets(
    repository: &PreparedRepository,
    job_name: &str,
    selected: Option<&[AssetKey]>,
) -> Result<Option<PartitionsSnap>, ResolverError> {
    let mut found: Vec<&PartitionsSnap> = Vec::new();
    for node in &repository.snap.asset_nodes {
        let is_in_job = node.job_names.iter().any(|job| job == job_name);
        let is_selected = selected.is_none_or(|keys| keys.contains(&node.asset_key));
        let snap = node.partitions.as_deref().filter(|_| is_in_job && is_selected);
        found.extend(snap.filter(|snap| !found.contains(snap)));
    }
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some((*one).clone())),
        several => {
            let count = several.len();
            let text = format!(
                "Failure condition: There is no PartitionsDefinition shared by all the provided \
                 assets. {count} unique PartitionsDefinitions."
            );
            Err(ResolverError::raised(CHECK_ERROR, text))
        }
    }
}

#[derive(SimpleObject)]
pub(crate) struct PartitionRunConfig {
    yaml: String,
}

#[derive(Union)]
pub(crate) enum PartitionRunConfigOrError {
    PartitionRunConfig(PartitionRunConfig),
    PythonError(PythonError),
}
or_error!(PartitionRunConfigOrError:);

#[derive(SimpleObject)]
pub(crate) struct PartitionTags {
    results: Vec<PipelineTag>,
}

#[derive(Union)]
pub(crate) enum PartitionTagsOrError {
    PartitionTags(PartitionTags),
    PythonError(PythonError),
}
or_error!(PartitionTagsOrError:);

/// One partition of a job.
#[derive(Clone)]
pub(crate) struct JobPartition {
    pub(crate) repository: Arc<PreparedRepository>,
    pub(crate) job_name: String,
    pub(crate) name: String,
    pub(crate) selected: Option<Vec<AssetKey>>,
}

impl JobPartition {
    fn args(&self, ctx: &Context<'_>) -> PartitionArgs {
        PartitionArgs {
            repository_origin: self.repository.origin.clone(),
            partition_set_name: format!("{}{SET_SUFFIX}", self.job_name),
            partition_name: self.name.clone(),
            job_name: Some(self.job_name.clone()),
            instance_ref: Some(ctx.instance().evaluation_ref().clone()),
            extra: Extra::default(),
        }
    }

    pub(super) async fn run_config(&self, ctx: &Context<'_>) -> PartitionRunConfigOrError {
        capture(ctx, async {
            let config =
                self.repository.location.client().partition_config(&self.args(ctx)).await?;
            let config = &config.run_config;
            let yaml = if config.is_empty() { "{}\n".to_owned() } else { dump_map(config) };
            Ok(PartitionRunConfig { yaml })
        })
        .await
    }

    pub(super) async fn run_tags(&self, ctx: &Context<'_>) -> PartitionTagsOrError {
        capture(ctx, async {
            let all: Vec<(String, String)> = if self.job_name.starts_with(IMPLICIT_ASSET_JOB) {
                let selected = self.selected.as_deref();
                let snap = definition_of_assets(&self.repository, &self.job_name, selected)?;
                let missing =
                    || ResolverError::raised(CHECK_ERROR, "Expected non-None value: None");
                let partitions = Partitions::load(ctx, &snap.ok_or_else(missing)?).await?;
                partitions.definition.tags_of_key(&self.name)?.into_iter().collect()
            } else {
                let tags =
                    self.repository.location.client().partition_tags(&self.args(ctx)).await?;
                tags.tags.iter().map(|(key, value)| (key.clone(), str_of(value))).collect()
            };
            let shown =
                all.into_iter().filter(|(key, _)| tags::tag_kind(key) != tags::TagKind::Hidden);
            Ok(PartitionTags {
                results: shown.map(|(key, value)| PipelineTag { key, value }).collect(),
            })
        })
        .await
    }
}

/// Run config and tags of one partition of a job.
pub(crate) struct PartitionTagsAndConfig(pub(crate) JobPartition);

#[Object]
impl PartitionTagsAndConfig {
    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn job_name(&self) -> &str {
        &self.0.job_name
    }

    async fn run_config_or_error(&self, ctx: &Context<'_>) -> PartitionRunConfigOrError {
        self.0.run_config(ctx).await
    }

    async fn tags_or_error(&self, ctx: &Context<'_>) -> PartitionTagsOrError {
        self.0.run_tags(ctx).await
    }
}

#[derive(SimpleObject)]
pub(crate) struct PartitionKeys {
    pub(crate) partition_keys: Vec<String>,
}
