//! Partition sets: the partitions of jobs under their older name.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, ID, Object, Result, SimpleObject, Union};
use rondel_model::{
    run::{RunStatus as ModelRunStatus, RunsFilter, tags},
    serdes::snapshot_id,
    snap::PartitionSetSnap,
};
use rondel_storage::BackfillsFilter;

use super::{
    names::{NamesPage, partition_names},
    of_job::{JobPartition, PartitionRunConfigOrError, PartitionTagsOrError},
};
use crate::{
    backfills::{PartitionBackfill, PartitionStatus, PartitionStatuses},
    common::RepositorySelector,
    context::ContextExt,
    errors::{
        PartitionSetNotFoundError, PipelineNotFoundError, PythonError, ResolverError, capture,
        or_error,
    },
    permissions::Permission,
    runs::{Run, RunStatus, RunsFilterInput, fetch_runs},
    workspace::{PreparedRepository, RepositoryOrigin},
};

fn repository_if_loaded<'a>(
    ctx: &'a Context<'_>,
    selector: &RepositorySelector,
) -> Option<&'a Arc<PreparedRepository>> {
    let (location, name) = (&selector.repository_location_name, &selector.repository_name);
    ctx.prepared().repository(location, name)
}

/// The partitions of a job.
#[derive(Clone)]
pub(crate) struct PartitionSet {
    repository: Arc<PreparedRepository>,
    at: usize,
}

impl PartitionSet {
    /// Every set of a repository, by name.
    pub(crate) fn all_of(repository: &Arc<PreparedRepository>) -> Vec<Self> {
        let count = repository.snap.partition_sets.len();
        let mut sets: Vec<Self> =
            (0..count).map(|at| Self { repository: Arc::clone(repository), at }).collect();
        sets.sort_by(|a, b| a.snap().name.cmp(&b.snap().name));
        sets
    }

    /// Of a repository that is not there, none (`BaseWorkspaceRequestContext.get_partition_sets`).
    pub(crate) fn find_in(
        ctx: &Context<'_>,
        repository: &RepositorySelector,
        name: &str,
    ) -> Option<Self> {
        Self::find(repository_if_loaded(ctx, repository)?, name)
    }

    pub(crate) fn find(repository: &Arc<PreparedRepository>, name: &str) -> Option<Self> {
        let at = repository.snap.partition_sets.iter().position(|set| set.name == name)?;
        Some(Self { repository: Arc::clone(repository), at })
    }

    pub(crate) fn snap(&self) -> &PartitionSetSnap {
        &self.repository.snap.partition_sets[self.at]
    }

    pub(crate) fn origin(&self) -> rondel_model::origin::RemotePartitionSetOrigin {
        self.repository.origin.partition_set(&*self.snap().name)
    }

    pub(crate) async fn names(
        &self,
        ctx: &Context<'_>,
    ) -> std::result::Result<Vec<String>, ResolverError> {
        self.page_of_names(ctx, &NamesPage::default()).await
    }

    async fn page_of_names(
        &self,
        ctx: &Context<'_>,
        page: &NamesPage,
    ) -> std::result::Result<Vec<String>, ResolverError> {
        partition_names(ctx, &self.repository, &self.snap().job_name, None, page).await
    }

    fn partition_named(&self, name: String) -> Partition {
        Partition(self.clone(), name)
    }
}

/// One partition of a partition set.
pub(crate) struct Partition(PartitionSet, String);

impl Partition {
    fn of_job(&self) -> JobPartition {
        JobPartition {
            repository: Arc::clone(&self.0.repository),
            job_name: self.0.snap().job_name.clone(),
            name: self.1.clone(),
            selected: None,
        }
    }

    fn filter(&self) -> RunsFilter {
        RunsFilter { job_name: Some(self.0.snap().job_name.clone()), ..RunsFilter::default() }
            .with_tag(tags::PARTITION_NAME_TAG, self.1.clone())
            .with_tag(tags::REPOSITORY_LABEL_TAG, self.0.repository.label())
    }
}

#[Object]
impl Partition {
    async fn name(&self) -> &str {
        &self.1
    }

    async fn partition_set_name(&self) -> &str {
        &self.0.snap().name
    }

    async fn solid_selection(&self) -> Option<&[String]> {
        self.0.snap().op_selection.as_deref()
    }

    async fn mode(&self) -> &str {
        self.0.snap().mode.as_deref().unwrap_or("default")
    }

    async fn run_config_or_error(&self, ctx: &Context<'_>) -> PartitionRunConfigOrError {
        self.of_job().run_config(ctx).await
    }

    async fn tags_or_error(&self, ctx: &Context<'_>) -> PartitionTagsOrError {
        self.of_job().run_tags(ctx).await
    }

    async fn runs(
        &self,
        ctx: &Context<'_>,
        filter: Option<RunsFilterInput>,
        cursor: Option<String>,
        limit: Option<i32>,
    ) -> Result<Vec<Run>> {
        let own = self.filter();
        let filter = match filter {
            Some(given) => {
                let mut merged = given.into_filter();
                merged.job_name = own.job_name;
                merged.tags.extend(own.tags);
                merged
            }
            None => own,
        };
        Ok(fetch_runs(ctx, &filter, cursor.as_deref(), limit).await?)
    }

    async fn status(&self, ctx: &Context<'_>) -> Result<Option<RunStatus>> {
        let latest = fetch_runs(ctx, &self.filter(), None, Some(1)).await?;
        Ok(latest.first().map(|run| run.run().status.into()))
    }
}

#[derive(SimpleObject)]
pub(crate) struct Partitions {
    results: Vec<Partition>,
}

#[derive(Union)]
pub(crate) enum PartitionsOrError {
    Partitions(Partitions),
    PythonError(PythonError),
}
or_error!(PartitionsOrError:);

#[derive(Union)]
pub(crate) enum PartitionStatusesOrError {
    PartitionStatuses(PartitionStatuses),
    PythonError(PythonError),
}
or_error!(PartitionStatusesOrError:);

#[derive(SimpleObject)]
pub(crate) struct PartitionRun {
    id: String,
    partition_name: String,
    run: Option<Run>,
}

#[Object]
impl PartitionSet {
    async fn id(&self) -> ID {
        self.origin().id().into()
    }

    async fn name(&self) -> &str {
        &self.snap().name
    }

    async fn pipeline_name(&self) -> &str {
        &self.snap().job_name
    }

    async fn solid_selection(&self) -> Option<&[String]> {
        self.snap().op_selection.as_deref()
    }

    async fn mode(&self) -> &str {
        self.snap().mode.as_deref().unwrap_or("default")
    }

    async fn partitions_or_error(
        &self,
        ctx: &Context<'_>,
        cursor: Option<String>,
        limit: Option<i32>,
        reverse: Option<bool>,
    ) -> PartitionsOrError {
        capture(ctx, async {
            let page = NamesPage::new(cursor, limit, reverse);
            let names = self.page_of_names(ctx, &page).await?;
            let results = names.into_iter().map(|name| self.partition_named(name)).collect();
            Ok(Partitions { results })
        })
        .await
    }

    async fn partition(&self, partition_name: String) -> Option<Partition> {
        Some(self.partition_named(partition_name))
    }

    async fn partition_statuses_or_error(&self, ctx: &Context<'_>) -> PartitionStatusesOrError {
        capture(ctx, async {
            let names = self.names(ctx).await?;
            // A canceled run leaves the partition as the run before it did.
            let counted = ModelRunStatus::ALL.iter().copied();
            let counted = counted.filter(|status| *status != ModelRunStatus::Canceled);
            let filter = RunsFilter { statuses: counted.collect(), ..RunsFilter::default() }
                .with_tag(tags::PARTITION_SET_TAG, self.snap().name.clone())
                .with_tag(tags::REPOSITORY_LABEL_TAG, self.repository.label());
            let data = ctx.storage().runs().get_partition_data(&filter).await?;
            let latest: HashMap<&str, _> =
                data.iter().map(|data| (data.partition.as_str(), data)).collect();
            let status = |name: &String| {
                let id = format!("{}:{name}", self.snap().name);
                PartitionStatus::of(id, name, latest.get(name.as_str()).copied())
            };
            Ok(PartitionStatuses::new(names.iter().map(status).collect()))
        })
        .await
    }

    async fn partition_runs(&self, ctx: &Context<'_>) -> Result<Vec<PartitionRun>> {
        let filter =
            RunsFilter::default().with_tag("dagster/partition_set", self.snap().name.clone());
        let mut latest: HashMap<String, Run> = HashMap::new();
        for run in fetch_runs(ctx, &filter, None, None).await? {
            let partition = run.run().tags.get(tags::PARTITION_NAME_TAG).cloned();
            if let Some(partition) = partition {
                latest.entry(partition).or_insert(run);
            }
        }
        let partition_run = |name: String| PartitionRun {
            id: format!("{}:{name}", self.snap().name),
            run: latest.get(&name).cloned(),
            partition_name: name,
        };
        Ok(self.names(ctx).await?.into_iter().map(partition_run).collect())
    }

    async fn repository_origin(&self) -> RepositoryOrigin {
        RepositoryOrigin(self.repository.origin.clone())
    }

    async fn has_launch_backfill_permission(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::LaunchPartitionBackfill)
    }

    async fn has_cancel_backfill_permission(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::CancelPartitionBackfill)
    }

    async fn backfills(
        &self,
        ctx: &Context<'_>,
        cursor: Option<String>,
        limit: Option<i32>,
    ) -> Result<Vec<PartitionBackfill>> {
        let selector_id = Some(snapshot_id(&self.origin().selector()));
        let filter = BackfillsFilter { selector_id, ..BackfillsFilter::default() };
        let limit = limit.and_then(|limit| usize::try_from(limit).ok());
        let store = ctx.storage().backfills();
        let found = store.get_backfills(&filter, cursor.as_deref(), limit).await;
        let found = found.map_err(ResolverError::from)?;
        Ok(found.into_iter().map(PartitionBackfill::new).collect())
    }
}

#[derive(SimpleObject)]
pub(crate) struct PartitionSets {
    results: Vec<PartitionSet>,
}

#[derive(Union)]
pub(crate) enum PartitionSetsOrError {
    PartitionSets(PartitionSets),
    PipelineNotFoundError(PipelineNotFoundError),
    PythonError(PythonError),
}
or_error!(PartitionSetsOrError: PipelineNotFoundError);

#[derive(Union)]
pub(crate) enum PartitionSetOrError {
    PartitionSet(PartitionSet),
    PartitionSetNotFoundError(PartitionSetNotFoundError),
    PythonError(PythonError),
}
or_error!(PartitionSetOrError: PartitionSetNotFoundError);

#[derive(Default)]
pub(crate) struct PartitionSetQuery;

#[Object]
impl PartitionSetQuery {
    /// Retrieve the partition sets for a job by its location name, repository name, and job name.
    async fn partition_sets_or_error(
        &self,
        ctx: &Context<'_>,
        repository_selector: RepositorySelector,
        pipeline_name: String,
    ) -> PartitionSetsOrError {
        capture(ctx, async {
            let repository = repository_if_loaded(ctx, &repository_selector);
            let mut results = repository.map(PartitionSet::all_of).unwrap_or_default();
            results.retain(|set| set.snap().job_name == pipeline_name);
            Ok(PartitionSets { results })
        })
        .await
    }

    /// Retrieve a partition set by its location name, repository name, and partition set name.
    async fn partition_set_or_error(
        &self,
        ctx: &Context<'_>,
        repository_selector: RepositorySelector,
        partition_set_name: Option<String>,
    ) -> PartitionSetOrError {
        capture(ctx, async {
            let name = partition_set_name.unwrap_or_default();
            let found = PartitionSet::find_in(ctx, &repository_selector, &name);
            found.ok_or_else(|| PartitionSetNotFoundError::new(name).into())
        })
        .await
    }
}
