//! Asset checks and their executions.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, Result, SimpleObject, Union};
use rondel_asset_graph::{AssetGraph, CheckNode};
use rondel_model::{
    event::{DagsterEventType, EventSpecificData},
    ids::{AssetCheckKey, AssetKey as ModelAssetKey},
    run::RunStatus,
    snap::AssetCheckNodeSnap,
};
use rondel_storage::{AssetCheckExecutionRecord, AssetCheckExecutionStatus, PartitionFilter};

use super::{
    automation::AutomationCondition,
    check_partitions::{AssetCheckPartitionStatuses, partition_statuses},
    events::{EventsFilter, fetch_records},
    loaders::{AssetRecordKey, LatestCheckKey},
    node::AssetNode,
    partitioned::{DimensionPartitionKeys, index_range, keys_by_dimension},
};
use crate::{
    common::{AssetKey, AssetKeyInput, PipelineSelector},
    context::ContextExt,
    errors::{
        AssetCheckNeedsAgentUpgradeError, AssetCheckNeedsMigrationError,
        AssetCheckNeedsUserCodeUpgrade, AssetCheckNotFoundError, ResolverError,
    },
    logs::AssetCheckEvaluation,
    partitions::PartitionDefinition,
    runs::{Run, load_run},
};

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum AssetCheckExecutionResolvedStatus {
    InProgress,
    Succeeded,
    Failed,
    ExecutionFailed,
    Skipped,
}

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum AssetCheckCanExecuteIndividually {
    CanExecute,
    RequiresMaterialization,
    NeedsUserCodeUpgrade,
}

/// One execution of a check.
#[derive(Clone)]
pub(crate) struct AssetCheckExecution(Arc<AssetCheckExecutionRecord>);

impl AssetCheckExecution {
    /// How the execution stands; one that is only planned stands as its run does.
    async fn resolved(
        &self,
        ctx: &Context<'_>,
    ) -> std::result::Result<AssetCheckExecutionResolvedStatus, ResolverError> {
        use AssetCheckExecutionResolvedStatus as Resolved;
        Ok(match self.0.status {
            AssetCheckExecutionStatus::Succeeded => Resolved::Succeeded,
            AssetCheckExecutionStatus::Failed => Resolved::Failed,
            AssetCheckExecutionStatus::Planned => {
                match load_run(ctx, &self.0.run_id.as_str().into()).await? {
                    // The run was deleted.
                    None => Resolved::Skipped,
                    Some(run) if !run.run().status.is_finished() => Resolved::InProgress,
                    Some(run) if run.run().status == RunStatus::Failure => {
                        Resolved::ExecutionFailed
                    }
                    Some(_) => Resolved::Skipped,
                }
            }
        })
    }

    /// Whether the execution is about the asset as it was materialized last
    /// (`AssetCheckExecutionRecord.targets_latest_materialization`).
    async fn targets_latest(&self, ctx: &Context<'_>) -> std::result::Result<bool, ResolverError> {
        use AssetCheckExecutionResolvedStatus as Resolved;
        let status = self.resolved(ctx).await?;
        if status == Resolved::InProgress {
            return Ok(true);
        }
        let asset = &self.0.key.asset_key;
        let latest = match &self.0.partition {
            None => {
                let record = ctx.loader().load_one(AssetRecordKey(asset.clone())).await?;
                record.and_then(|record| record.last_materialization.clone())
            }
            Some(partition) => {
                let filter = EventsFilter::new(Some(vec![partition.clone()]), None, None, Some(1));
                let event_type = DagsterEventType::AssetMaterialization;
                fetch_records(ctx, asset, event_type, &filter, None).await?.into_iter().next()
            }
        };
        let Some(latest) = latest else { return Ok(true) };
        let latest_run = latest.entry.run_id.as_str();
        if latest_run == self.0.run_id {
            return Ok(true);
        }
        if matches!(status, Resolved::Succeeded | Resolved::Failed) {
            return Ok(match self.target() {
                Some(storage_id) => storage_id == latest.storage_id,
                // Evaluated before the materialization, or without knowledge of it.
                None => latest.entry.timestamp < self.0.create_timestamp,
            });
        }
        let started = |run: Option<Run>| run.map(|run| run.record.create_timestamp);
        let latest_run = started(load_run(ctx, &latest_run.into()).await?);
        let own_run = started(load_run(ctx, &self.0.run_id.as_str().into()).await?);
        Ok(latest_run.zip(own_run).is_some_and(|(latest, own)| own > latest))
    }

    /// The materialization that the evaluation says it is about.
    fn target(&self) -> Option<i64> {
        let data = self.0.event.as_ref()?.dagster_event.as_ref()?.event_specific_data.as_ref()?;
        let EventSpecificData::AssetCheckEvaluation(evaluation) = data else { return None };
        evaluation.target_materialization_data.as_ref().map(|target| target.storage_id)
    }
}

#[Object]
impl AssetCheckExecution {
    async fn id(&self) -> String {
        self.0.id.to_string()
    }

    async fn run_id(&self) -> &str {
        &self.0.run_id
    }

    async fn status(&self, ctx: &Context<'_>) -> Result<AssetCheckExecutionResolvedStatus> {
        Ok(self.resolved(ctx).await?)
    }

    async fn evaluation(&self) -> Option<AssetCheckEvaluation> {
        AssetCheckEvaluation::of(self.0.event.as_ref()?)
    }

    /// When the check run started
    async fn timestamp(&self) -> f64 {
        self.0.create_timestamp
    }

    async fn partition(&self) -> Option<&str> {
        self.0.partition.as_deref()
    }

    async fn step_key(&self) -> Option<&str> {
        self.0.event.as_ref()?.step_key.as_deref()
    }

    async fn run(&self, ctx: &Context<'_>) -> Result<Option<Run>> {
        Ok(load_run(ctx, &self.0.run_id.as_str().into()).await?)
    }
}

/// A check on an asset.
#[derive(Clone)]
pub(crate) struct AssetCheck {
    graph: Arc<AssetGraph>,
    key: AssetCheckKey,
}

impl AssetCheck {
    fn node(&self) -> Option<&CheckNode> {
        self.graph.check(&self.key)
    }

    fn snap(&self) -> Option<&AssetCheckNodeSnap> {
        self.node().map(CheckNode::snap)
    }
}

#[Object]
impl AssetCheck {
    async fn name(&self) -> &str {
        &self.key.name
    }

    async fn asset_key(&self) -> AssetKey {
        (&self.key.asset_key).into()
    }

    async fn description(&self) -> Option<&str> {
        self.snap()?.description.as_deref()
    }

    async fn job_names(&self) -> &[String] {
        self.snap().map(|snap| snap.job_names.as_slice()).unwrap_or_default()
    }

    async fn execution_for_latest_materialization(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<AssetCheckExecution>> {
        let Some(latest) = ctx.loader().load_one(LatestCheckKey(self.key.clone())).await? else {
            return Ok(None);
        };
        let execution = AssetCheckExecution(latest);
        let current = execution.targets_latest(ctx).await?;
        Ok(current.then_some(execution))
    }

    async fn can_execute_individually(&self) -> AssetCheckCanExecuteIndividually {
        let together = self
            .node()
            .map_or(0, |node| node.execution_set.assets.len() + node.execution_set.checks.len());
        if together <= 1 {
            AssetCheckCanExecuteIndividually::CanExecute
        } else {
            AssetCheckCanExecuteIndividually::RequiresMaterialization
        }
    }

    async fn blocking(&self) -> bool {
        self.snap().is_some_and(|snap| snap.blocking)
    }

    async fn additional_asset_keys(&self) -> Vec<AssetKey> {
        let keys = self.snap().map(|snap| snap.additional_asset_keys.as_slice());
        keys.unwrap_or_default().iter().map(AssetKey::from).collect()
    }

    async fn automation_condition(&self) -> Option<AutomationCondition> {
        AutomationCondition::of_check(self.snap()?)
    }

    async fn partition_definition(&self) -> Option<PartitionDefinition> {
        PartitionDefinition::of(self.snap()?.partitions_def_snapshot.as_ref()?)
    }

    async fn partition_keys_by_dimension(
        &self,
        ctx: &Context<'_>,
        start_idx: Option<i32>,
        end_idx: Option<i32>,
    ) -> Result<Vec<DimensionPartitionKeys>> {
        let snap = self.snap().and_then(|snap| snap.partitions_def_snapshot.as_ref());
        let Some(snap) = snap else { return Ok(Vec::new()) };
        Ok(keys_by_dimension(ctx, snap, index_range(start_idx, end_idx)).await?)
    }

    async fn partition_statuses(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<AssetCheckPartitionStatuses>> {
        let snap = self.snap().and_then(|snap| snap.partitions_def_snapshot.as_ref());
        let Some(snap) = snap else { return Ok(None) };
        Ok(Some(partition_statuses(ctx, &self.key, snap).await?))
    }
}

#[derive(SimpleObject)]
pub(crate) struct AssetChecks {
    checks: Vec<AssetCheck>,
}

#[derive(Union)]
pub(crate) enum AssetChecksOrError {
    AssetChecks(AssetChecks),
    AssetCheckNeedsMigrationError(AssetCheckNeedsMigrationError),
    AssetCheckNeedsUserCodeUpgrade(AssetCheckNeedsUserCodeUpgrade),
    AssetCheckNeedsAgentUpgradeError(AssetCheckNeedsAgentUpgradeError),
}

#[derive(Union)]
pub(crate) enum AssetCheckOrError {
    AssetCheck(AssetCheck),
    AssetCheckNotFoundError(AssetCheckNotFoundError),
    AssetCheckNeedsMigrationError(AssetCheckNeedsMigrationError),
    AssetCheckNeedsUserCodeUpgrade(AssetCheckNeedsUserCodeUpgrade),
    AssetCheckNeedsAgentUpgradeError(AssetCheckNeedsAgentUpgradeError),
}

/// Code before Dagster 1.5 knows no checks.
fn needs_upgrade(node: &AssetNode) -> Option<AssetCheckNeedsUserCodeUpgrade> {
    let versions = node.prepared_repository().location.dagster_library_versions.as_ref()?;
    let mut numbers =
        versions.get("dagster")?.split('.').map_while(|part| part.parse::<u32>().ok());
    let version = numbers.next().zip(numbers.next())?;
    (version < (1, 5)).then(|| {
        AssetCheckNeedsUserCodeUpgrade::new(
            "Asset checks require dagster>=1.5. Upgrade your dagster version for this code location.",
        )
    })
}

pub(super) fn check_or_error(ctx: &Context<'_>, node: &AssetNode, name: &str) -> AssetCheckOrError {
    if let Some(error) = needs_upgrade(node) {
        return error.into();
    }
    let graph = ctx.prepared().asset_graph();
    let key = AssetCheckKey::new(node.key().clone(), name);
    match graph.check(&key) {
        Some(_) => AssetCheck { graph: Arc::clone(graph), key }.into(),
        None => AssetCheckNotFoundError::new(format!(
            "Asset check '{name}' not found for asset '{}'",
            node.key().to_user_string()
        ))
        .into(),
    }
}

pub(super) fn checks_or_error(
    ctx: &Context<'_>,
    node: &AssetNode,
    limit: Option<i32>,
    pipeline: Option<&PipelineSelector>,
) -> AssetChecksOrError {
    let graph = ctx.prepared().asset_graph();
    let mut found: Vec<&CheckNode> = graph.checks_for(node.key()).collect();
    if let Some(error) = needs_upgrade(node).filter(|_| !found.is_empty()) {
        return error.into();
    }
    if let Some(pipeline) = pipeline {
        found.retain(|check| {
            check.repository.location_name == pipeline.repository_location_name
                && check.repository.repository_name == pipeline.repository_name
                && check.snap().job_names.contains(&pipeline.pipeline_name)
        });
    }
    if let Some(limit) = limit.and_then(|limit| usize::try_from(limit).ok()).filter(|l| *l != 0) {
        found.truncate(limit);
    }
    let check = |node: &CheckNode| AssetCheck { graph: Arc::clone(graph), key: node.key.clone() };
    AssetChecks { checks: found.into_iter().map(check).collect() }.into()
}

#[derive(Default)]
pub(crate) struct AssetCheckQuery;

#[Object]
impl AssetCheckQuery {
    /// Retrieve the executions for a given asset check.
    async fn asset_check_executions(
        &self,
        ctx: &Context<'_>,
        asset_key: AssetKeyInput,
        check_name: String,
        #[graphql(
            desc = "Optional partition key filter. When omitted, returns all executions across all partitions. When set to empty string (\"\"), returns only unpartitioned executions. When set to a specific value, returns executions for that partition."
        )]
        partition: Option<String>,
        limit: i32,
        cursor: Option<String>,
    ) -> Result<Vec<AssetCheckExecution>> {
        let key = AssetCheckKey::new(ModelAssetKey::from(asset_key), check_name);
        let partition = match partition.as_deref() {
            None => PartitionFilter::Any,
            Some("") => PartitionFilter::Unpartitioned,
            Some(key) => PartitionFilter::Key(key.to_owned()),
        };
        let cursor = cursor.filter(|cursor| !cursor.is_empty()).map(|cursor| {
            cursor.parse::<i64>().map_err(|_| {
                let text = format!("invalid literal for int() with base 10: '{cursor}'");
                ResolverError::raised("ValueError", text)
            })
        });
        let limit = usize::try_from(limit).unwrap_or_default();
        let store = ctx.storage().assets();
        let records = store
            .check_execution_history(&key, limit, cursor.transpose()?, &[], &partition)
            .await
            .map_err(ResolverError::from)?;
        Ok(records.into_iter().map(|record| AssetCheckExecution(Arc::new(record))).collect())
    }
}
