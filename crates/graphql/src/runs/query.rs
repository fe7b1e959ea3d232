//! Queries for runs.

use async_graphql::{Context, ID, Object};
use rondel_model::{
    ids::RunId,
    run::{RunsFilter, tags},
};

use super::{
    Run, RunGroup, RunGroupOrError, RunIds, RunIdsOrError, RunOrError, Runs, RunsFeedView,
    RunsFilterInput, RunsOrError,
    feed::{RunsFeedConnectionOrError, RunsFeedCountOrError, feed, feed_count},
    page, run_or_error,
    tags::{PipelineTagAndValues, RunTagKeys, RunTagKeysOrError, RunTags, RunTagsOrError},
};
use crate::{
    context::ContextExt,
    errors::{ResolverError, RunGroupNotFoundError, capture},
};

/// Queries for runs.
#[derive(Default)]
pub(crate) struct RunsQuery;

fn runs(
    filter: Option<RunsFilterInput>,
    cursor: Option<String>,
    limit: Option<i32>,
) -> RunsOrError {
    let filter = filter.map(RunsFilterInput::into_filter).unwrap_or_default();
    Runs { filter, cursor, limit }.into()
}

#[Object]
impl RunsQuery {
    /// Runs which match a filter, newest first.
    async fn pipeline_runs_or_error(
        &self,
        filter: Option<RunsFilterInput>,
        cursor: Option<String>,
        limit: Option<i32>,
    ) -> RunsOrError {
        runs(filter, cursor, limit)
    }

    /// A run by its id.
    async fn pipeline_run_or_error(&self, ctx: &Context<'_>, run_id: ID) -> RunOrError {
        run_or_error(ctx, &RunId::from(run_id.0)).await
    }

    /// Runs which match a filter, newest first.
    async fn runs_or_error(
        &self,
        filter: Option<RunsFilterInput>,
        cursor: Option<String>,
        limit: Option<i32>,
    ) -> RunsOrError {
        runs(filter, cursor, limit)
    }

    /// A run by its id.
    async fn run_or_error(&self, ctx: &Context<'_>, run_id: ID) -> RunOrError {
        run_or_error(ctx, &RunId::from(run_id.0)).await
    }

    /// Runs and backfills as one list.
    async fn runs_feed_or_error(
        &self,
        ctx: &Context<'_>,
        limit: i32,
        cursor: Option<String>,
        view: RunsFeedView,
        filter: Option<RunsFilterInput>,
    ) -> RunsFeedConnectionOrError {
        capture(ctx, feed(ctx, limit, cursor.as_deref(), view, filter)).await
    }

    /// How many entries the runs feed has.
    async fn runs_feed_count_or_error(
        &self,
        ctx: &Context<'_>,
        view: RunsFeedView,
        filter: Option<RunsFilterInput>,
    ) -> RunsFeedCountOrError {
        capture(ctx, feed_count(ctx, view, filter)).await
    }

    /// The keys of all runs' tags.
    async fn run_tag_keys_or_error(&self, ctx: &Context<'_>) -> Option<RunTagKeysOrError> {
        Some(
            capture(ctx, async {
                let keys = ctx.storage().runs().get_tag_keys().await?;
                Ok(RunTagKeys { keys: keys.into_iter().filter(|key| is_shown(key)).collect() })
            })
            .await,
        )
    }

    /// All runs' tags with their values.
    async fn run_tags_or_error(
        &self,
        ctx: &Context<'_>,
        tag_keys: Option<Vec<String>>,
        value_prefix: Option<String>,
        limit: Option<i32>,
    ) -> Option<RunTagsOrError> {
        Some(
            capture(ctx, async {
                let tag_keys = tag_keys.unwrap_or_default();
                let limit = limit.map(|limit| usize::try_from(limit).unwrap_or(0));
                let tags = ctx
                    .storage()
                    .runs()
                    .get_tags(&tag_keys, value_prefix.as_deref(), limit)
                    .await?;
                let tags = tags
                    .into_iter()
                    .filter(|(key, _)| is_shown(key))
                    .map(|(key, values)| PipelineTagAndValues {
                        key,
                        values: values.into_iter().collect(),
                    })
                    .collect();
                Ok(RunTags { tags })
            })
            .await,
        )
    }

    /// The ids of runs which match a filter.
    async fn run_ids_or_error(
        &self,
        ctx: &Context<'_>,
        filter: Option<RunsFilterInput>,
        cursor: Option<String>,
        limit: Option<i32>,
    ) -> RunIdsOrError {
        capture(ctx, async {
            let filter = filter.map(RunsFilterInput::into_filter).unwrap_or_default();
            let query = page(ctx, &filter, cursor.as_deref(), limit);
            Ok(RunIds { results: ctx.storage().runs().get_run_ids(query).await? })
        })
        .await
    }

    /// A run with its re-executions.
    async fn run_group_or_error(&self, ctx: &Context<'_>, run_id: ID) -> RunGroupOrError {
        capture(ctx, async {
            let group = match ctx.storage().runs().get_run_group(&run_id).await {
                Ok(group) => group,
                Err(rondel_storage::StorageError::RunNotFound(_)) => {
                    return Err(RunGroupNotFoundError::new(run_id.0).into());
                }
                Err(error) => return Err(error.into()),
            };
            let ids = group.runs.iter().map(|run| run.run_id.clone());
            let query = page(ctx, &RunsFilter::by_ids(ids), None, None);
            let records = ctx.storage().runs().get_records(query).await?;
            let mut by_id: std::collections::HashMap<_, _> =
                records.into_iter().map(|r| (r.run.run_id.clone(), r)).collect();
            let runs = group
                .runs
                .iter()
                .filter_map(|run| by_id.remove(&run.run_id))
                .map(|record| Some(Run::from(record)))
                .collect();
            Ok::<_, ResolverError>(RunGroup { root_run_id: group.root_run_id, runs: Some(runs) })
        })
        .await
    }
}

fn is_shown(key: &str) -> bool {
    tags::tag_kind(key) != tags::TagKind::Hidden
}
