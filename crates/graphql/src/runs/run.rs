//! A run.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Interface, Object, Result};
use rondel_model::{
    event::DagsterEventType,
    run::{self, DagsterRun, RunRecord, tags},
};

use super::{
    EventConnection, RunStatsSnapshot, RunStatsSnapshotOrError, event_connection,
    loader::{JobSnapshotKey, PlanKey, RunAssetsKey, RunStatsKey, SlotHolders},
};
use crate::{
    assets::Asset,
    common::{AssetCheckHandle, AssetKey, PipelineTag},
    context::ContextExt,
    direct::{Waits, direct, direct_enums},
    errors::{PipelineSnapshotNotFoundError, ResolverError, capture},
    execution_plan::{ExecutionPlan, planned_asset_keys, planned_check_keys},
    jobs::{PipelineReference, UnknownPipeline, recorded},
    logs::{CapturedLogs, DagsterRunEvent, MaterializationEvent, RunStepStats, step_stats},
    permissions::Permission,
    scalars::RunConfigData,
    workspace::RepositoryOrigin,
};

/// How far a run has come.
#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
#[graphql(remote = "run::RunStatus")]
pub(crate) enum RunStatus {
    /// Waits for the coordinator to launch it.
    Queued,
    /// Created, not submitted.
    NotStarted,
    /// Managed from outside.
    Managed,
    /// Launched, its worker has not reported.
    Starting,
    /// Runs.
    Started,
    /// Paused.
    Suspended,
    /// Ended well.
    Success,
    /// Ended with an error.
    Failure,
    /// Being stopped.
    Canceling,
    /// Stopped before its end.
    Canceled,
}

/// A run with what the store knows besides.
#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) record: Arc<RunRecord>,
}

impl From<RunRecord> for Run {
    fn from(record: RunRecord) -> Self {
        Run { record: Arc::new(record) }
    }
}

/// Statuses in which a run has not begun to execute.
const UNSTARTED: [run::RunStatus; 3] =
    [run::RunStatus::Queued, run::RunStatus::NotStarted, run::RunStatus::Starting];

impl Run {
    pub(crate) fn new(record: Arc<RunRecord>) -> Self {
        Run { record }
    }

    pub(crate) fn run(&self) -> &DagsterRun {
        &self.record.run
    }

    /// When it started, as far as its row tells; none if its events have to be asked.
    fn recorded_start(&self) -> Option<Option<f64>> {
        let record = &self.record;
        if record.start_time.is_some() || UNSTARTED.contains(&record.run.status) {
            return Some(record.start_time);
        }
        // It failed before it started.
        record.end_time.map(Some)
    }

    /// When it ended, as far as its row tells; none if its events have to be asked.
    fn recorded_end(&self) -> Option<Option<f64>> {
        let is_known = self.record.end_time.is_some() || !self.run().status.is_finished();
        is_known.then_some(self.record.end_time)
    }

    /// The tags that are not hidden.
    fn shown_tags(&self) -> impl Iterator<Item = (&String, &String)> {
        let shown = |key: &str| tags::tag_kind(key) != tags::TagKind::Hidden;
        self.run().tags.iter().filter(move |(key, _)| shown(key))
    }

    fn job_source(&self) -> Option<String> {
        self.run().tag("dagster/external_job_source").map(str::to_lowercase)
    }

    fn id_text(&self) -> String {
        self.run().run_id.as_str().to_owned()
    }

    async fn plan_snapshot(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Arc<rondel_model::snap::ExecutionPlanSnapshot>>, ResolverError> {
        let Some(id) = &self.run().execution_plan_snapshot_id else { return Ok(None) };
        ctx.loader().load_one(PlanKey(id.clone())).await
    }

    async fn stats_snapshot(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Arc<run::DagsterRunStatsSnapshot>, ResolverError> {
        let key = RunStatsKey(self.run().run_id.clone());
        Ok(ctx.loader().load_one(key).await?.unwrap_or_default())
    }
}

/// The runs feed's fields which take no limit.
impl Run {
    pub(crate) async fn whole_asset_selection(
        &self,
        _: &Context<'_>,
    ) -> Result<Option<Vec<AssetKey>>> {
        let selection = self.run().asset_selection.as_ref();
        Ok(selection.map(|keys| keys.as_slice().iter().map(AssetKey::from).collect()))
    }

    pub(crate) async fn whole_asset_check_selection(
        &self,
        _: &Context<'_>,
    ) -> Result<Option<Vec<AssetCheckHandle>>> {
        let selection = self.run().asset_check_selection.as_ref();
        Ok(selection.map(|keys| keys.as_slice().iter().map(AssetCheckHandle::from).collect()))
    }
}

#[Object]
impl Run {
    pub(crate) async fn id(&self) -> ID {
        self.id_text().into()
    }

    pub(crate) async fn run_id(&self) -> String {
        self.id_text()
    }

    pub(crate) async fn pipeline_snapshot_id(&self) -> Option<String> {
        self.run().job_snapshot_id.clone()
    }

    async fn parent_pipeline_snapshot_id(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(id) = &self.run().job_snapshot_id else { return Ok(None) };
        let snapshot = ctx.loader().load_one(JobSnapshotKey(id.clone())).await?;
        Ok(snapshot
            .and_then(|job| job.lineage_snapshot.as_ref().map(|l| l.parent_snapshot_id.clone())))
    }

    pub(crate) async fn repository_origin(&self) -> Option<RepositoryOrigin> {
        let origin = self.run().remote_job_origin.as_ref()?;
        Some(RepositoryOrigin(origin.repository_origin.clone()))
    }

    /// The job as it was when the run was created.
    pub(crate) async fn pipeline(&self, ctx: &Context<'_>) -> Result<PipelineReference> {
        let run = self.run();
        let Some(id) = &run.job_snapshot_id else {
            let solid_selection =
                run.resolved_op_selection.as_ref().map(|ops| ops.as_slice().to_vec());
            return Ok(UnknownPipeline { name: run.job_name.clone(), solid_selection }.into());
        };
        match recorded(ctx, id).await? {
            Some(job) => Ok(job.into()),
            None => Err(ResolverError::from(PipelineSnapshotNotFoundError::new(id)).into()),
        }
    }

    pub(crate) async fn status(&self) -> RunStatus {
        self.run().status.into()
    }

    /// The status again, under the name which the runs feed uses.
    pub(crate) async fn run_status(&self) -> RunStatus {
        self.run().status.into()
    }

    pub(crate) async fn pipeline_name(&self) -> String {
        self.run().job_name.clone()
    }

    pub(crate) async fn job_name(&self) -> String {
        self.run().job_name.clone()
    }

    pub(crate) async fn solid_selection(&self) -> Option<Vec<String>> {
        self.run().op_selection.clone()
    }

    /// The selected assets; with a limit, the first so many in order.
    pub(crate) async fn asset_selection(
        &self,
        #[graphql(desc = "At most so many; assetSelectionCount tells how many there are.")]
        limit: Option<i32>,
    ) -> Option<Vec<AssetKey>> {
        let selection = self.run().asset_selection.as_ref()?;
        let mut keys: Vec<_> = selection.as_slice().iter().collect();
        if let Some(limit) = limit {
            keys.sort();
            keys.truncate(usize::try_from(limit).unwrap_or(0));
        }
        Some(keys.into_iter().map(AssetKey::from).collect())
    }

    async fn asset_selection_count(&self) -> usize {
        self.run().asset_selection.as_ref().map_or(0, |keys| keys.as_slice().len())
    }

    /// The selected checks; with a limit, the first so many in order.
    pub(crate) async fn asset_check_selection(
        &self,
        #[graphql(desc = "At most so many; assetCheckSelectionCount tells how many there are.")]
        limit: Option<i32>,
    ) -> Option<Vec<AssetCheckHandle>> {
        let selection = self.run().asset_check_selection.as_ref()?;
        let mut keys: Vec<_> = selection.as_slice().iter().collect();
        if let Some(limit) = limit {
            keys.sort_by(|a, b| (&a.asset_key, &a.name).cmp(&(&b.asset_key, &b.name)));
            keys.truncate(usize::try_from(limit).unwrap_or(0));
        }
        Some(keys.into_iter().map(AssetCheckHandle::from).collect())
    }

    async fn asset_check_selection_count(&self) -> usize {
        self.run().asset_check_selection.as_ref().map_or(0, |keys| keys.as_slice().len())
    }

    async fn resolved_op_selection(&self) -> Option<Vec<String>> {
        self.run().resolved_op_selection.as_ref().map(|ops| ops.as_slice().to_vec())
    }

    pub(crate) async fn stats(&self, ctx: &Context<'_>) -> RunStatsSnapshotOrError {
        capture(ctx, async { Ok(RunStatsSnapshot::from(&*self.stats_snapshot(ctx).await?)) }).await
    }

    pub(crate) async fn step_stats(&self, ctx: &Context<'_>) -> Result<Vec<RunStepStats>> {
        step_stats(ctx, &self.run().run_id).await
    }

    /// What the steps of a file key wrote to stdout and stderr.
    pub(crate) async fn captured_logs(
        &self,
        ctx: &Context<'_>,
        file_key: String,
    ) -> Result<CapturedLogs> {
        let key = vec![self.id_text(), "compute_logs".to_owned(), file_key];
        CapturedLogs::read(ctx, key, None, None).await
    }

    pub(crate) async fn execution_plan(&self, ctx: &Context<'_>) -> Result<Option<ExecutionPlan>> {
        if self.run().job_snapshot_id.is_none() {
            return Ok(None);
        }
        Ok(self.plan_snapshot(ctx).await?.map(ExecutionPlan::new))
    }

    pub(crate) async fn step_keys_to_execute(&self) -> Option<Vec<String>> {
        self.run().step_keys_to_execute.clone()
    }

    pub(crate) async fn run_config_yaml(&self) -> String {
        crate::yaml::dump_map(&self.run().run_config)
    }

    pub(crate) async fn run_config(&self) -> RunConfigData {
        let config = self.run().run_config.iter();
        RunConfigData(config.map(|(key, value)| (key.clone(), value.to_json())).collect())
    }

    pub(crate) async fn mode(&self) -> &'static str {
        "default"
    }

    pub(crate) async fn tags(&self) -> Vec<PipelineTag> {
        self.shown_tags().map(PipelineTag::from).collect()
    }

    pub(crate) async fn root_run_id(&self) -> Option<String> {
        self.run().root_run_id.clone()
    }

    pub(crate) async fn parent_run_id(&self) -> Option<String> {
        self.run().parent_run_id.clone()
    }

    pub(crate) async fn can_terminate(&self) -> bool {
        self.run().status.is_cancelable()
    }

    async fn asset_materializations(&self, ctx: &Context<'_>) -> Result<Vec<MaterializationEvent>> {
        let job_name: Arc<str> = self.run().job_name.as_str().into();
        let made = DagsterEventType::AssetMaterialization;
        let events = super::events::all_events(ctx, &self.run().run_id, made).await?;
        Ok(events
            .iter()
            .filter_map(|entry| match DagsterRunEvent::of(Arc::clone(entry), &job_name) {
                DagsterRunEvent::MaterializationEvent(event) => Some(event),
                _ => None,
            })
            .collect())
    }

    /// The assets that the run made or observed, or planned to make.
    pub(crate) async fn assets(&self, ctx: &Context<'_>) -> Result<Vec<Asset>> {
        let found = ctx.loader().load_one(RunAssetsKey(self.run().run_id.clone())).await?;
        let mut keys: indexmap::IndexSet<_> = found.unwrap_or_default().into_iter().collect();
        if let Some(plan) = self.plan_snapshot(ctx).await? {
            keys.extend(planned_asset_keys(&plan).into_iter().cloned());
        }
        Ok(keys.into_iter().map(Asset::new).collect())
    }

    /// The checks that the run evaluated or planned to evaluate.
    async fn asset_checks(&self, ctx: &Context<'_>) -> Result<Option<Vec<AssetCheckHandle>>> {
        use rondel_model::event::EventSpecificData;
        let checked = DagsterEventType::AssetCheckEvaluation;
        let events = super::events::all_events(ctx, &self.run().run_id, checked).await?;
        let evaluated = events.iter().filter_map(|entry| {
            match entry.dagster_event.as_ref()?.event_specific_data.as_ref()? {
                EventSpecificData::AssetCheckEvaluation(evaluation) => {
                    Some(rondel_model::ids::AssetCheckKey::new(
                        evaluation.asset_key.clone(),
                        evaluation.check_name.as_str(),
                    ))
                }
                _ => None,
            }
        });
        let mut keys: Vec<_> = evaluated.collect();
        if let Some(plan) = self.plan_snapshot(ctx).await? {
            keys.extend(planned_check_keys(&plan).into_iter().cloned());
        }
        keys.sort_by_key(|key| format!("{}{}", key.name, key.asset_key.path().concat()));
        keys.dedup();
        Ok(Some(keys.iter().map(AssetCheckHandle::from).collect()))
    }

    pub(crate) async fn event_connection(
        &self,
        ctx: &Context<'_>,
        after_cursor: Option<String>,
        limit: Option<i32>,
    ) -> Result<EventConnection> {
        Ok(event_connection(ctx, self.run(), after_cursor.as_deref(), limit).await?)
    }

    pub(crate) async fn creation_time(&self) -> f64 {
        self.record.create_timestamp.seconds()
    }

    pub(crate) async fn start_time(&self, ctx: &Context<'_>) -> Result<Option<f64>> {
        if let Some(known) = self.recorded_start() {
            return Ok(known);
        }
        let stats = self.stats_snapshot(ctx).await?;
        Ok(stats.start_time.or(stats.end_time))
    }

    pub(crate) async fn end_time(&self, ctx: &Context<'_>) -> Result<Option<f64>> {
        if let Some(known) = self.recorded_end() {
            return Ok(known);
        }
        Ok(self.stats_snapshot(ctx).await?.end_time)
    }

    async fn update_time(&self) -> Option<f64> {
        Some(self.record.update_timestamp.seconds())
    }

    async fn has_re_execute_permission(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::LaunchPipelineReexecution)
    }

    async fn has_terminate_permission(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::TerminatePipelineExecution)
    }

    async fn has_delete_permission(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::DeletePipelineRun)
    }

    /// Whether the run holds slots of a pool.
    async fn has_concurrency_key_slots(&self, ctx: &Context<'_>) -> Result<bool> {
        let holders = ctx.loader().load_one(SlotHolders).await?;
        Ok(holders.is_some_and(|holders| holders.contains(self.run().run_id.as_str())))
    }

    async fn root_concurrency_keys(&self) -> Option<Vec<String>> {
        let concurrency = self.run().run_op_concurrency.as_ref()?;
        let mut keys = Vec::new();
        for (key, &count) in &concurrency.root_key_counts {
            keys.extend((0..count).map(|_| key.clone()));
        }
        Some(keys)
    }

    async fn all_pools(&self) -> Option<Vec<String>> {
        let concurrency = self.run().run_op_concurrency.as_ref()?;
        let pools = concurrency.all_pools.as_ref();
        Some(pools.map(|pools| pools.as_slice().to_vec()).unwrap_or_default())
    }

    async fn has_unconstrained_root_nodes(&self) -> bool {
        self.run()
            .run_op_concurrency
            .as_ref()
            .is_none_or(|concurrency| concurrency.has_unconstrained_root_nodes)
    }

    async fn has_run_metrics_enabled(&self) -> bool {
        let on = |tag: &str| {
            self.run().tag(tag).is_some_and(|value| !matches!(value, "false" | "none" | "0" | ""))
        };
        !UNSTARTED.contains(&self.run().status)
            && (on(".dagster/run_metrics") || on("dagster/run_metrics"))
    }

    async fn external_job_source(&self) -> Option<String> {
        self.job_source()
    }
}

// What a page of runs can tell without asking further; times only of runs whose row has them.
direct!(Run as "Run" => {
    ("id", |run| run.run().run_id.as_str())
    ("runId", |run| run.run().run_id.as_str())
    ("pipelineSnapshotId", |run| run.run().job_snapshot_id)
    ("repositoryOrigin", |run| run.run().remote_job_origin.as_ref().map(|it| &it.repository_origin))
    ("status", |run| RunStatus::from(run.run().status))
    ("runStatus", |run| RunStatus::from(run.run().status))
    ("pipelineName", |run| run.run().job_name)
    ("jobName", |run| run.run().job_name)
    ("solidSelection", |run| run.run().op_selection)
    ("assetSelection", |run| run.run().asset_selection.as_ref().map(|keys| keys.as_slice()))
    ("stepKeysToExecute", |run| run.run().step_keys_to_execute)
    ("mode", |_run| "default")
    ("tags", |run| run.shown_tags().map(PipelineTag::from).collect::<Vec<_>>())
    ("rootRunId", |run| run.run().root_run_id)
    ("parentRunId", |run| run.run().parent_run_id)
    ("canTerminate", |run| run.run().status.is_cancelable())
    ("creationTime", |run| run.record.create_timestamp.seconds())
    ("startTime", |run| run.recorded_start().ok_or(Waits))
    ("endTime", |run| run.recorded_end().ok_or(Waits))
    ("updateTime", |run| run.record.update_timestamp.seconds())
    ("externalJobSource", |run| run.job_source())
});
direct_enums!(RunStatus);

/// Older name of a run.
#[derive(Interface)]
#[graphql(
    field(name = "id", ty = "ID"),
    field(name = "run_id", ty = "String"),
    field(name = "pipeline_snapshot_id", ty = "Option<String>"),
    field(name = "repository_origin", ty = "Option<RepositoryOrigin>"),
    field(name = "status", ty = "RunStatus"),
    field(name = "pipeline", ty = "PipelineReference"),
    field(name = "pipeline_name", ty = "String"),
    field(name = "job_name", ty = "String"),
    field(name = "solid_selection", ty = "Option<Vec<String>>"),
    field(name = "stats", ty = "RunStatsSnapshotOrError"),
    field(name = "step_stats", ty = "Vec<RunStepStats>"),
    field(name = "captured_logs", ty = "CapturedLogs", arg(name = "file_key", ty = "String")),
    field(name = "execution_plan", ty = "Option<ExecutionPlan>"),
    field(name = "step_keys_to_execute", ty = "Option<Vec<String>>"),
    field(name = "run_config_yaml", ty = "String"),
    field(name = "run_config", ty = "RunConfigData"),
    field(name = "mode", ty = "&'static str"),
    field(name = "tags", ty = "Vec<PipelineTag>"),
    field(name = "root_run_id", ty = "Option<String>"),
    field(name = "parent_run_id", ty = "Option<String>"),
    field(name = "can_terminate", ty = "bool"),
    field(name = "assets", ty = "Vec<Asset>"),
    field(
        name = "event_connection",
        ty = "EventConnection",
        arg(name = "after_cursor", ty = "Option<String>"),
        arg(name = "limit", ty = "Option<i32>")
    )
)]
pub(crate) enum PipelineRun {
    Run(Run),
}
