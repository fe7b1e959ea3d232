//! One backfill of a job's partitions or of assets.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use indexmap::IndexMap;
use rondel_model::{
    backfill as model,
    ids::AssetKey as ModelAssetKey,
    partition::{PartitionKeyRange, RunPartitionData},
    run::{RunStatus as ModelRunStatus, RunsFilter, tags},
};

use super::{
    data::{self, AssetBackfillData},
    subsets::{self, AssetBackfillTargetPartitions},
};
use crate::{
    common::{AssetCheckHandle, AssetKey, AssetKeyInput, PipelineTag},
    context::ContextExt,
    errors::{PythonError, ResolverError},
    instigation::InstigationEventConnection,
    partitions::{PartitionSet, Partitions, subset_keys, subset_size},
    permissions::Permission,
    runs::{Run, RunStatus, fetch_runs},
};

/// How far a backfill has come.
#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
#[graphql(remote = "model::BulkActionStatus")]
pub(crate) enum BulkActionStatus {
    Requested,
    Completed,
    Failed,
    Canceled,
    Canceling,
    CompletedSuccess,
    CompletedFailed,
    Failing,
}

/// The latest run of a partition within a backfill.
#[derive(SimpleObject)]
pub(crate) struct PartitionStatus {
    id: String,
    partition_name: String,
    run_id: Option<String>,
    run_status: Option<RunStatus>,
    run_duration: Option<f64>,
}

#[derive(SimpleObject)]
pub(crate) struct PartitionStatuses {
    results: Vec<PartitionStatus>,
}

#[derive(SimpleObject)]
pub(crate) struct PartitionStatusCounts {
    run_status: RunStatus,
    count: i32,
}

impl PartitionStatus {
    pub(crate) fn of(id: String, name: &str, run: Option<&RunPartitionData>) -> Self {
        Self {
            id,
            partition_name: name.to_owned(),
            run_id: run.map(|run| run.run_id.clone()),
            run_status: run.map(|run| run.status.into()),
            run_duration: run.and_then(|run| Some(run.end_time? - run.start_time?)),
        }
    }
}

impl PartitionStatuses {
    pub(crate) fn new(results: Vec<PartitionStatus>) -> Self {
        Self { results }
    }
}

/// The user who launched something.
const USER_TAG: &str = "user";

/// A backfill.
#[derive(Clone)]
pub(crate) struct PartitionBackfill(pub(crate) Arc<model::PartitionBackfill>);

impl PartitionBackfill {
    pub(crate) fn new(backfill: model::PartitionBackfill) -> Self {
        Self(Arc::new(backfill))
    }

    fn is_of_assets(&self) -> bool {
        self.0.serialized_asset_backfill_data.is_some() || self.0.asset_backfill_data.is_some()
    }

    fn set_name(&self) -> Option<&str> {
        Some(&self.0.partition_set_origin.as_ref()?.partition_set_name)
    }

    /// Dagster names a job's partition set after the job.
    fn job(&self) -> Option<String> {
        let name = self.set_name().filter(|_| !self.is_of_assets())?;
        Some(name.strip_suffix("_partition_set").unwrap_or(name).to_owned())
    }

    fn partitions(&self) -> &[String] {
        self.0.partition_names.as_deref().unwrap_or_default()
    }

    fn runs_filter(&self) -> RunsFilter {
        RunsFilter::default().with_tag(tags::BACKFILL_ID_TAG, self.0.backfill_id.clone())
    }

    fn set(&self, ctx: &Context<'_>) -> Option<PartitionSet> {
        let origin = self.0.partition_set_origin.as_ref()?;
        let repository = ctx.prepared().repository_of(&origin.repository_origin.selector())?;
        PartitionSet::find(repository, &origin.partition_set_name)
    }

    /// The partition set, if its policy puts several partitions into one run.
    fn set_with_ranges(&self, ctx: &Context<'_>) -> Option<PartitionSet> {
        let set = self.set(ctx)?;
        let policy = set.snap().backfill_policy.as_ref()?;
        (policy.max_partitions_per_run != Some(1)).then_some(set)
    }

    /// The run of each partition that runs of ranges have; newer runs count.
    async fn runs_by_range(
        &self,
        ctx: &Context<'_>,
        set: &PartitionSet,
    ) -> std::result::Result<Vec<RunPartitionData>, ResolverError> {
        let Some(snap) = &set.snap().partitions else { return Ok(Vec::new()) };
        let partitions = Partitions::load(ctx, snap).await?;
        let records = ctx.storage().runs().get_records(self.runs_filter()).await?;
        let mut found = Vec::new();
        for record in records.into_iter().rev() {
            let tag = |name: &str| record.run.tags.get(name).cloned();
            let start = tag(tags::ASSET_PARTITION_RANGE_START_TAG);
            let Some((start, end)) = start.zip(tag(tags::ASSET_PARTITION_RANGE_END_TAG)) else {
                continue;
            };
            let range = PartitionKeyRange { start, end, ..PartitionKeyRange::default() };
            let keys = partitions.definition.keys_in_range(&range, &partitions.context)?;
            found.extend(keys.into_iter().map(|partition| RunPartitionData {
                run_id: record.run.run_id.to_string(),
                partition,
                status: record.run.status,
                start_time: record.start_time,
                end_time: record.end_time,
                extra: Default::default(),
            }));
        }
        Ok(found)
    }

    /// The latest run of each partition, by partition.
    async fn runs_by_partition(
        &self,
        ctx: &Context<'_>,
    ) -> std::result::Result<HashMap<String, RunPartitionData>, ResolverError> {
        let data = match self.set_with_ranges(ctx) {
            Some(set) => self.runs_by_range(ctx, &set).await?,
            None => ctx.storage().runs().get_partition_data(&self.runs_filter()).await?,
        };
        Ok(data.into_iter().map(|data| (data.partition.clone(), data)).collect())
    }

    async fn runs_in(
        &self,
        ctx: &Context<'_>,
        statuses: &[ModelRunStatus],
        limit: Option<i32>,
    ) -> std::result::Result<Vec<Run>, ResolverError> {
        let filter = RunsFilter { statuses: statuses.to_vec(), ..self.runs_filter() };
        // Only runs of any status are cut to the page size by default.
        let all = (!statuses.is_empty()).then_some(i32::MAX);
        let limit = limit.or(all);
        fetch_runs(ctx, &filter, None, limit).await
    }

    /// The fields of the runs feed that take no limit.
    pub(crate) async fn whole_asset_selection(
        &self,
        _: &Context<'_>,
    ) -> Result<Option<Vec<AssetKey>>> {
        Ok(self.0.asset_selection.as_ref().map(|keys| keys.iter().map(AssetKey::from).collect()))
    }

    pub(crate) async fn whole_asset_check_selection(
        &self,
        _: &Context<'_>,
    ) -> Result<Option<Vec<AssetCheckHandle>>> {
        Ok(Some(Vec::new()))
    }
}

fn as_run(status: model::BulkActionStatus) -> RunStatus {
    use model::BulkActionStatus as Bulk;
    match status {
        Bulk::Requested => RunStatus::Started,
        Bulk::Completed | Bulk::CompletedSuccess => RunStatus::Success,
        Bulk::Failed | Bulk::CompletedFailed | Bulk::Failing => RunStatus::Failure,
        Bulk::Canceled => RunStatus::Canceled,
        Bulk::Canceling => RunStatus::Canceling,
    }
}

const UNFINISHED: [ModelRunStatus; 7] = [
    ModelRunStatus::Starting,
    ModelRunStatus::Queued,
    ModelRunStatus::NotStarted,
    ModelRunStatus::Started,
    ModelRunStatus::Suspended,
    ModelRunStatus::Canceling,
    ModelRunStatus::Managed,
];
const CANCELABLE: [ModelRunStatus; 3] =
    [ModelRunStatus::Started, ModelRunStatus::Suspended, ModelRunStatus::Queued];

#[Object]
impl PartitionBackfill {
    pub(crate) async fn id(&self) -> ID {
        self.0.backfill_id.as_str().into()
    }

    pub(crate) async fn run_status(&self) -> RunStatus {
        as_run(self.0.status)
    }

    pub(crate) async fn creation_time(&self) -> f64 {
        self.0.backfill_timestamp
    }

    /// Included to comply with RunsFeedEntry interface. Duplicate of timestamp.
    pub(crate) async fn start_time(&self) -> Option<f64> {
        Some(self.0.backfill_timestamp)
    }

    /// Included to comply with RunsFeedEntry interface. Duplicate of endTimestamp.
    pub(crate) async fn end_time(&self) -> Option<f64> {
        self.0.backfill_end_timestamp
    }

    pub(crate) async fn tags(&self) -> Vec<PipelineTag> {
        let shown =
            self.0.tags.iter().filter(|(key, _)| tags::tag_kind(key) != tags::TagKind::Hidden);
        shown.map(PipelineTag::from).collect()
    }

    /// Included to comply with RunsFeedEntry interface.
    pub(crate) async fn job_name(&self) -> Option<String> {
        self.job()
    }

    async fn asset_selection(&self, ctx: &Context<'_>) -> Result<Option<Vec<AssetKey>>> {
        self.whole_asset_selection(ctx).await
    }

    async fn asset_check_selection(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Option<Vec<AssetCheckHandle>>> {
        self.whole_asset_check_selection(ctx).await
    }

    async fn status(&self) -> BulkActionStatus {
        self.0.status.into()
    }

    /// Of assets only where each has the same partitions.
    async fn partition_names(&self, ctx: &Context<'_>) -> Result<Option<Vec<String>>> {
        if !self.is_of_assets() {
            return Ok(self.0.partition_names.clone());
        }
        let Some(data) = data::stored(ctx, &self.0).await? else { return Ok(None) };
        let target = &data.target_subset.partitions_subsets_by_asset_key;
        let mut parts = target.iter().map(|(_, part)| part);
        let Some(first) = parts.next() else { return Ok(Some(Vec::new())) };
        Ok(parts.all(|part| part == first).then(|| subset_keys(first)))
    }

    /// Of assets only where each has as many partitions.
    async fn num_partitions(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let count = if self.is_of_assets() {
            let Some(data) = data::stored(ctx, &self.0).await? else { return Ok(None) };
            let target = &data.target_subset.partitions_subsets_by_asset_key;
            let mut sizes = target.iter().map(|(_, part)| subset_size(part));
            let first = sizes.next().unwrap_or(0);
            sizes.all(|size| size == first).then_some(first)
        } else {
            self.0.partition_names.as_ref().map(Vec::len)
        };
        Ok(count.and_then(|count| i32::try_from(count).ok()))
    }

    /// Whether what is stored can be read.
    async fn is_valid_serialization(&self, ctx: &Context<'_>) -> Result<bool> {
        let is_former = self.0.serialized_asset_backfill_data.is_some();
        Ok(!is_former || data::stored(ctx, &self.0).await?.is_some())
    }

    async fn partitions_targeted_for_asset_key(
        &self,
        ctx: &Context<'_>,
        asset_key: Option<AssetKeyInput>,
    ) -> Result<Option<AssetBackfillTargetPartitions>> {
        let Some(data) = data::stored(ctx, &self.0).await? else { return Ok(None) };
        let Some(key) = asset_key.map(ModelAssetKey::from) else { return Ok(None) };
        let part = subsets::partitions_of(&data.target_subset, &key);
        Ok(part.map(AssetBackfillTargetPartitions::of).transpose()?)
    }

    async fn asset_backfill_data(&self) -> Option<AssetBackfillData> {
        self.is_of_assets().then(|| AssetBackfillData(Arc::clone(&self.0)))
    }

    /// The open source edition does not keep the log of a backfill.
    async fn log_events(&self, cursor: Option<String>) -> InstigationEventConnection {
        let _ = cursor;
        InstigationEventConnection::default()
    }

    /// Partitions whose runs have not been launched yet.
    async fn num_cancelable(&self) -> i32 {
        if self.is_of_assets() || self.0.status != model::BulkActionStatus::Requested {
            return 0;
        }
        let names = self.partitions();
        let done = self.0.last_submitted_partition_name.as_ref();
        let done = done.and_then(|last| names.iter().position(|name| name == last));
        i32::try_from(names.len() - done.map_or(0, |last| last + 1)).unwrap_or(i32::MAX)
    }

    async fn from_failure(&self) -> bool {
        self.0.from_failure
    }

    async fn reexecution_steps(&self) -> Option<&[String]> {
        self.0.reexecution_steps.as_deref()
    }

    async fn partition_set_name(&self) -> Option<&str> {
        self.set_name()
    }

    async fn timestamp(&self) -> f64 {
        self.0.backfill_timestamp
    }

    async fn end_timestamp(&self) -> Option<f64> {
        self.0.backfill_end_timestamp
    }

    async fn runs(&self, ctx: &Context<'_>, limit: Option<i32>) -> Result<Vec<Run>> {
        Ok(self.runs_in(ctx, &[], limit).await?)
    }

    async fn unfinished_runs(&self, ctx: &Context<'_>, limit: Option<i32>) -> Result<Vec<Run>> {
        Ok(self.runs_in(ctx, &UNFINISHED, limit).await?)
    }

    async fn cancelable_runs(&self, ctx: &Context<'_>, limit: Option<i32>) -> Result<Vec<Run>> {
        Ok(self.runs_in(ctx, &CANCELABLE, limit).await?)
    }

    async fn error(&self) -> Option<PythonError> {
        self.0.error.as_ref().map(PythonError::from)
    }

    async fn partition_statuses(&self, ctx: &Context<'_>) -> Result<Option<PartitionStatuses>> {
        if self.is_of_assets() {
            return Ok(None);
        }
        let runs = self.runs_by_partition(ctx).await?;
        let set = self.set_name().unwrap_or("__NO_PARTITION_SET__");
        let status = |name: &String| {
            let id = format!("{set}:{name}:{}", self.0.backfill_id);
            PartitionStatus::of(id, name, runs.get(name))
        };
        Ok(Some(PartitionStatuses { results: self.partitions().iter().map(status).collect() }))
    }

    async fn partition_set(&self, ctx: &Context<'_>) -> Option<PartitionSet> {
        self.set(ctx)
    }

    async fn partition_status_counts(
        &self,
        ctx: &Context<'_>,
    ) -> Result<Vec<PartitionStatusCounts>> {
        if self.is_of_assets() {
            return Ok(Vec::new());
        }
        let runs = self.runs_by_partition(ctx).await?;
        let mut counts: IndexMap<ModelRunStatus, i32> = IndexMap::new();
        for name in self.partitions() {
            let status = runs.get(name).map_or(ModelRunStatus::NotStarted, |run| run.status);
            *counts.entry(status).or_default() += 1;
        }
        let count = |(status, count): (ModelRunStatus, i32)| PartitionStatusCounts {
            run_status: status.into(),
            count,
        };
        Ok(counts.into_iter().map(count).collect())
    }

    async fn is_asset_backfill(&self) -> bool {
        self.is_of_assets()
    }

    async fn has_cancel_permission(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::CancelPartitionBackfill)
    }

    async fn has_resume_permission(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::LaunchPartitionBackfill)
    }

    async fn user(&self) -> Option<&str> {
        self.0.tags.get(USER_TAG).map(String::as_str)
    }

    async fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }
}
