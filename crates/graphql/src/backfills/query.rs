//! Queries for backfills; stopping and resuming them.

use async_graphql::{Context, InputObject, Object, Result, SimpleObject, Union};
use rondel_model::{backfill as model, ids::UnixTime};
use rondel_storage::BackfillsFilter;

use super::{
    assets::{self, AssetBackfillPreviewParams, AssetPartitions},
    backfill::{BulkActionStatus, PartitionBackfill},
    launch::{self, LaunchBackfillParams, LaunchBackfillResult},
};
use crate::{
    context::ContextExt,
    errors::{
        BackfillNotFoundError, PythonError, ResolverError, UnauthorizedError, capture, or_error,
    },
    launch::ReexecutionParams,
    permissions::Permission,
};

/// This type represents a filter on Dagster Bulk Actions (backfills).
#[derive(InputObject)]
pub(crate) struct BulkActionsFilter {
    statuses: Option<Vec<BulkActionStatus>>,
    created_before: Option<f64>,
    created_after: Option<f64>,
    selector_id: Option<String>,
}

#[derive(Union)]
pub(crate) enum PartitionBackfillOrError {
    PartitionBackfill(PartitionBackfill),
    BackfillNotFoundError(BackfillNotFoundError),
    PythonError(PythonError),
}
or_error!(PartitionBackfillOrError: BackfillNotFoundError);

#[derive(SimpleObject)]
pub(crate) struct PartitionBackfills {
    results: Vec<PartitionBackfill>,
}

#[derive(Union)]
pub(crate) enum PartitionBackfillsOrError {
    PartitionBackfills(PartitionBackfills),
    PythonError(PythonError),
}
or_error!(PartitionBackfillsOrError:);

#[derive(Default)]
pub(crate) struct BackfillQuery;

#[Object]
impl BackfillQuery {
    /// Fetch the partitions that would be targeted by a backfill, given the root partitions targeted.
    async fn asset_backfill_preview(
        &self,
        ctx: &Context<'_>,
        params: AssetBackfillPreviewParams,
    ) -> Result<Vec<AssetPartitions>> {
        Ok(assets::preview(ctx, params).await?)
    }

    /// Retrieve a backfill by backfill id.
    async fn partition_backfill_or_error(
        &self,
        ctx: &Context<'_>,
        backfill_id: String,
    ) -> PartitionBackfillOrError {
        capture(ctx, async {
            let found = ctx.storage().backfills().get_backfill(&backfill_id).await?;
            let missing = || BackfillNotFoundError::new(&*backfill_id);
            Ok(PartitionBackfill::new(found.ok_or_else(missing)?))
        })
        .await
    }

    /// Retrieve backfills after applying a status filter, cursor, and limit.
    async fn partition_backfills_or_error(
        &self,
        ctx: &Context<'_>,
        status: Option<BulkActionStatus>,
        cursor: Option<String>,
        limit: Option<i32>,
        filters: Option<BulkActionsFilter>,
    ) -> PartitionBackfillsOrError {
        capture(ctx, async {
            let mut filter = BackfillsFilter::default();
            if let Some(filters) = filters {
                filter.statuses = filters.statuses.into_iter().flatten().map(Into::into).collect();
                filter.created_before = filters.created_before.map(UnixTime);
                filter.created_after = filters.created_after.map(UnixTime);
                filter.selector_id = filters.selector_id;
            }
            if let Some(status) = status {
                filter.statuses = vec![status.into()];
            }
            let limit = limit.and_then(|limit| usize::try_from(limit).ok());
            let store = ctx.storage().backfills();
            let found = store.get_backfills(&filter, cursor.as_deref(), limit).await?;
            Ok(PartitionBackfills {
                results: found.into_iter().map(PartitionBackfill::new).collect(),
            })
        })
        .await
    }
}

#[derive(SimpleObject)]
pub(crate) struct CancelBackfillSuccess {
    backfill_id: String,
}

#[derive(Union)]
pub(crate) enum CancelBackfillResult {
    CancelBackfillSuccess(CancelBackfillSuccess),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
}
or_error!(CancelBackfillResult: UnauthorizedError);

#[derive(SimpleObject)]
pub(crate) struct ResumeBackfillSuccess {
    backfill_id: String,
}

#[derive(Union)]
pub(crate) enum ResumeBackfillResult {
    ResumeBackfillSuccess(ResumeBackfillSuccess),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
}
or_error!(ResumeBackfillResult: UnauthorizedError);

#[derive(Default)]
pub(crate) struct BackfillMutation;

#[Object]
impl BackfillMutation {
    /// Launches a set of partition backfill runs.
    async fn launch_partition_backfill(
        &self,
        ctx: &Context<'_>,
        backfill_params: LaunchBackfillParams,
    ) -> LaunchBackfillResult {
        capture(ctx, launch::launch(ctx, backfill_params)).await
    }

    /// Retries a set of partition backfill runs. Retrying a backfill will create a new backfill to retry any failed partitions.
    async fn reexecute_partition_backfill(
        &self,
        ctx: &Context<'_>,
        reexecution_params: Option<ReexecutionParams>,
    ) -> LaunchBackfillResult {
        capture(ctx, launch::launch_again(ctx, reexecution_params)).await
    }

    /// Cancels a set of partition backfill runs.
    async fn cancel_partition_backfill(
        &self,
        ctx: &Context<'_>,
        backfill_id: String,
    ) -> CancelBackfillResult {
        capture(ctx, async {
            ctx.require(Permission::CancelPartitionBackfill)?;
            switch(ctx, &backfill_id, model::BulkActionStatus::Canceling).await?;
            Ok(CancelBackfillSuccess { backfill_id })
        })
        .await
    }

    /// Resumes a set of partition backfill runs. Resuming a backfill will not retry any failed runs.
    async fn resume_partition_backfill(
        &self,
        ctx: &Context<'_>,
        backfill_id: String,
    ) -> ResumeBackfillResult {
        capture(ctx, async {
            ctx.require(Permission::LaunchPartitionBackfill)?;
            switch(ctx, &backfill_id, model::BulkActionStatus::Requested).await?;
            Ok(ResumeBackfillSuccess { backfill_id })
        })
        .await
    }
}

/// Writes another status, which the backfill daemon acts upon.
async fn switch(
    ctx: &Context<'_>,
    backfill_id: &str,
    status: model::BulkActionStatus,
) -> std::result::Result<(), ResolverError> {
    let store = ctx.storage().backfills();
    let missing = || {
        ResolverError::raised(
            "dagster_shared.check.functions.CheckError",
            format!("Failure condition: No backfill found for id: {backfill_id}"),
        )
    };
    let backfill = store.get_backfill(backfill_id).await?.ok_or_else(missing)?;
    store.update_backfill(&model::PartitionBackfill { status, ..backfill }).await?;
    Ok(())
}
