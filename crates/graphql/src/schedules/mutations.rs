//! Switching schedules on and off, and trying them.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject, Union};
use rondel_model::instigation::{StateChange, StateWrite, stopped};

use super::{Schedule, find_schedule};
use crate::{
    common::ScheduleSelector,
    context::ContextExt,
    errors::{
        PythonError, ResolverError, ScheduleNotFoundError, UnauthorizedError, capture, or_error,
    },
    instigation::{DryRunInstigationTick, InstigationState, StateKey, apply, instigator_argument},
    permissions::Permission,
};

#[derive(SimpleObject)]
pub(crate) struct ScheduleStateResult {
    schedule_state: InstigationState,
}

#[derive(Union)]
pub(crate) enum ScheduleMutationResult {
    PythonError(PythonError),
    UnauthorizedError(UnauthorizedError),
    ScheduleStateResult(ScheduleStateResult),
    ScheduleNotFoundError(ScheduleNotFoundError),
}
or_error!(ScheduleMutationResult: UnauthorizedError, ScheduleNotFoundError);

#[derive(Union)]
pub(crate) enum ScheduleDryRunResult {
    DryRunInstigationTick(DryRunInstigationTick),
    PythonError(PythonError),
    ScheduleNotFoundError(ScheduleNotFoundError),
    UnauthorizedError(UnauthorizedError),
}
or_error!(ScheduleDryRunResult: ScheduleNotFoundError, UnauthorizedError);

#[derive(Default)]
pub(crate) struct ScheduleMutation;

#[Object]
impl ScheduleMutation {
    /// Enable a schedule to launch runs for a job at a fixed interval.
    async fn start_schedule(
        &self,
        ctx: &Context<'_>,
        schedule_selector: ScheduleSelector,
    ) -> ScheduleMutationResult {
        capture(ctx, async {
            ctx.require(Permission::StartSchedule)?;
            let schedule = find_schedule(ctx, &schedule_selector)?;
            let stored = ctx.loader().load_one(StateKey(schedule.ids())).await?;
            let change = schedule.definition().start(stored.as_deref(), ctx.now());
            switched(ctx, &schedule, change).await
        })
        .await
    }

    /// Disable a schedule from launching runs for a job.
    async fn stop_running_schedule(
        &self,
        ctx: &Context<'_>,
        id: Option<String>,
        schedule_origin_id: Option<String>,
        schedule_selector_id: Option<String>,
    ) -> ScheduleMutationResult {
        capture(ctx, async {
            ctx.require(Permission::StopRunningSchedule)?;
            let ids = instigator_argument(id, schedule_origin_id, schedule_selector_id)?;
            let ids = ids.ok_or_else(|| {
                ResolverError::invariant(
                    "Must specify id or scheduleOriginId and scheduleSelectorId",
                )
            })?;
            let stored = ctx.loader().load_one(StateKey(ids.clone())).await?;
            let defined = ctx.prepared().repositories().find_map(|repository| {
                let all = (0..repository.snap.schedules.len())
                    .map(|index| Schedule::new(repository, index));
                all.into_iter().find(|schedule| schedule.ids().origin_id == ids.origin_id)
            });
            match (defined, stored) {
                (Some(schedule), stored) => {
                    let change = schedule.definition().stop(stored.as_deref());
                    switched(ctx, &schedule, change).await
                }
                (None, Some(state)) => {
                    let write = if state.status.is_running() {
                        StateWrite::Update
                    } else {
                        StateWrite::Nothing
                    };
                    let state = if write == StateWrite::Update {
                        stopped(&state)
                    } else {
                        (*state).clone()
                    };
                    let state = apply(ctx, &ids, StateChange { state, write }).await?;
                    Ok(ScheduleStateResult {
                        schedule_state: InstigationState::new(Arc::new(state)),
                    })
                }
                (None, None) => {
                    Err(ResolverError::raised("AssertionError", "the schedule has no state"))
                }
            }
        })
        .await
    }

    /// Reset a schedule to its status defined in code, otherwise disable it from launching runs for a job.
    async fn reset_schedule(
        &self,
        ctx: &Context<'_>,
        schedule_selector: ScheduleSelector,
    ) -> ScheduleMutationResult {
        capture(ctx, async {
            ctx.require(Permission::StartSchedule)?;
            ctx.require(Permission::StopRunningSchedule)?;
            let schedule = find_schedule(ctx, &schedule_selector)?;
            let stored = ctx.loader().load_one(StateKey(schedule.ids())).await?;
            let change = schedule.definition().reset(stored.as_deref());
            switched(ctx, &schedule, change).await
        })
        .await
    }

    /// Enable a schedule to launch runs for a job based on external state change.
    async fn schedule_dry_run(
        &self,
        ctx: &Context<'_>,
        selector_data: ScheduleSelector,
        timestamp: Option<f64>,
    ) -> ScheduleDryRunResult {
        capture(ctx, async {
            ctx.require(Permission::ScheduleDryRun)?;
            let location = &selector_data.repository_location_name;
            Ok(match find_schedule(ctx, &selector_data) {
                Ok(schedule) => DryRunInstigationTick::schedule(schedule, timestamp),
                Err(error) => DryRunInstigationTick::missing(ctx, location, error, timestamp),
            })
        })
        .await
    }
}

/// Writes the change and answers with the state that counts now.
async fn switched(
    ctx: &Context<'_>,
    schedule: &Schedule,
    change: StateChange,
) -> Result<ScheduleStateResult, ResolverError> {
    let ids = schedule.ids();
    let state = apply(ctx, &ids, change).await?;
    let current = schedule.definition().current(Some(&state));
    Ok(ScheduleStateResult { schedule_state: InstigationState::new(Arc::new(current)) })
}
