//! Switching sensors on and off, moving their cursors, trying them.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject, Union};
use rondel_model::instigation::{StateChange, StateWrite, stopped};

use super::{Sensor, SensorOrError, find_sensor};
use crate::{
    common::SensorSelector,
    context::ContextExt,
    errors::{
        PythonError, ResolverError, SensorNotFoundError, UnauthorizedError, capture, or_error,
    },
    instigation::{DryRunInstigationTick, InstigationState, StateKey, apply, instigator_argument},
    permissions::Permission,
};

#[derive(SimpleObject)]
pub(crate) struct StopSensorMutationResult {
    instigation_state: Option<InstigationState>,
}

#[derive(Union)]
pub(crate) enum StopSensorMutationResultOrError {
    StopSensorMutationResult(StopSensorMutationResult),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
}
or_error!(StopSensorMutationResultOrError: UnauthorizedError);

#[derive(Union)]
pub(crate) enum SensorDryRunResult {
    PythonError(PythonError),
    SensorNotFoundError(SensorNotFoundError),
    UnauthorizedError(UnauthorizedError),
    DryRunInstigationTick(DryRunInstigationTick),
}
or_error!(SensorDryRunResult: SensorNotFoundError, UnauthorizedError);

#[derive(Default)]
pub(crate) struct SensorMutation;

#[Object]
impl SensorMutation {
    /// Enable a sensor to launch runs for a job based on external state change.
    async fn start_sensor(
        &self,
        ctx: &Context<'_>,
        sensor_selector: SensorSelector,
    ) -> SensorOrError {
        capture(ctx, async {
            ctx.require(Permission::EditSensor)?;
            let sensor = find_sensor(ctx, &sensor_selector)?;
            let stored = ctx.loader().load_one(StateKey(sensor.ids())).await?;
            let change = sensor.definition().start(stored.as_deref(), ctx.now());
            switched(ctx, sensor, change).await
        })
        .await
    }

    /// Set a cursor for a sensor to track state across evaluations.
    async fn set_sensor_cursor(
        &self,
        ctx: &Context<'_>,
        cursor: Option<String>,
        sensor_selector: SensorSelector,
    ) -> SensorOrError {
        capture(ctx, async {
            ctx.require(Permission::UpdateSensorCursor)?;
            let sensor = find_sensor(ctx, &sensor_selector)?;
            let stored = ctx.loader().load_one(StateKey(sensor.ids())).await?;
            let change = sensor.definition().set_cursor(stored.as_deref(), cursor);
            switched(ctx, sensor, change).await
        })
        .await
    }

    /// Disable a sensor from launching runs for a job.
    async fn stop_sensor(
        &self,
        ctx: &Context<'_>,
        id: Option<String>,
        job_origin_id: Option<String>,
        job_selector_id: Option<String>,
    ) -> StopSensorMutationResultOrError {
        capture(ctx, async {
            ctx.require(Permission::EditSensor)?;
            let ids = instigator_argument(id, job_origin_id, job_selector_id)?;
            let ids = ids.ok_or_else(|| {
                ResolverError::invariant("Must specify id or jobOriginId and jobSelectorId")
            })?;
            let stored = ctx.loader().load_one(StateKey(ids.clone())).await?;
            let defined = ctx.prepared().repositories().find_map(|repository| {
                let mut all =
                    (0..repository.snap.sensors.len()).map(|index| Sensor::new(repository, index));
                all.find(|sensor| sensor.ids().origin_id == ids.origin_id)
            });
            let change = match (defined, stored) {
                (Some(sensor), stored) => sensor.definition().stop(stored.as_deref()),
                (None, Some(state)) if state.status.is_running() => {
                    StateChange { state: stopped(&state), write: StateWrite::Update }
                }
                (None, Some(state)) => {
                    StateChange { state: (*state).clone(), write: StateWrite::Nothing }
                }
                (None, None) => {
                    let text = "Expected non-None value: None. The sensor has no state";
                    return Err(ResolverError::raised("dagster._check.CheckError", text));
                }
            };
            let state = apply(ctx, &ids, change).await?;
            Ok(StopSensorMutationResult {
                instigation_state: Some(InstigationState::new(Arc::new(state))),
            })
        })
        .await
    }

    /// Reset a sensor to its status defined in code, otherwise disable it from launching runs for a job.
    async fn reset_sensor(
        &self,
        ctx: &Context<'_>,
        sensor_selector: SensorSelector,
    ) -> SensorOrError {
        capture(ctx, async {
            ctx.require(Permission::EditSensor)?;
            let sensor = find_sensor(ctx, &sensor_selector)?;
            let stored = ctx.loader().load_one(StateKey(sensor.ids())).await?;
            let change = sensor.definition().reset(stored.as_deref());
            switched(ctx, sensor, change).await
        })
        .await
    }

    /// Enable a sensor to launch runs for a job based on external state change.
    async fn sensor_dry_run(
        &self,
        ctx: &Context<'_>,
        cursor: Option<String>,
        selector_data: SensorSelector,
    ) -> SensorDryRunResult {
        capture(ctx, async {
            ctx.require(Permission::SensorDryRun)?;
            let location = &selector_data.repository_location_name;
            Ok(match find_sensor(ctx, &selector_data) {
                Ok(sensor) => DryRunInstigationTick::sensor(sensor, None, cursor),
                Err(error) => DryRunInstigationTick::missing(ctx, location, error, None),
            })
        })
        .await
    }
}

/// Writes the change; the answer reads the state anew.
async fn switched(
    ctx: &Context<'_>,
    sensor: Sensor,
    change: StateChange,
) -> Result<Sensor, ResolverError> {
    let ids = sensor.ids();
    apply(ctx, &ids, change).await?;
    Ok(sensor)
}
