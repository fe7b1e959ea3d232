//! What schedules and sensors share: their state, ticks, and dry runs.

mod dry_run;
mod loaders;
mod requested;
mod state;
mod tick;

use async_graphql::{Context, Object, SimpleObject, Union};

pub(crate) use dry_run::{DryRunInstigationTick, DryRunInstigationTicks};
pub(crate) use loaders::{LatestTicksKey, StateKey};
pub(crate) use state::{InstigationState, InstigationStatus, apply, cron_text};
pub(crate) use tick::{
    InstigationEventConnection, InstigationTick, InstigationTickStatus, TicksFilter, fetch_ticks,
};

use crate::{
    common::InstigationSelector,
    context::ContextExt,
    errors::{InstigationStateNotFoundError, PythonError, ResolverError, capture, or_error},
    schedules::Schedule,
    sensors::Sensor,
    workspace::InstigatorIds,
};

/// A schedule or sensor.
#[derive(Union)]
pub(crate) enum Instigator {
    Schedule(Schedule),
    Sensor(Sensor),
}

#[derive(Union)]
pub(crate) enum InstigationStateOrError {
    InstigationState(InstigationState),
    InstigationStateNotFoundError(InstigationStateNotFoundError),
    PythonError(PythonError),
}
or_error!(InstigationStateOrError: InstigationStateNotFoundError);

#[derive(SimpleObject)]
pub(crate) struct InstigationStates {
    results: Vec<InstigationState>,
}

#[derive(Union)]
pub(crate) enum InstigationStatesOrError {
    InstigationStates(InstigationStates),
    PythonError(PythonError),
}
or_error!(InstigationStatesOrError:);

/// Reads a compound id as clients hold it.
pub(crate) fn parse_compound_id(text: &str) -> Result<InstigatorIds, ResolverError> {
    let ids = InstigatorIds::parse(text);
    ids.ok_or_else(|| ResolverError::invariant(format!("Invalid serialized InstigatorID: {text}")))
}

/// The instigator a mutation names: by its compound id, by the same in the place of the origin id (as older clients
/// send it), or by both ids.
pub(crate) fn instigator_argument(
    id: Option<String>,
    origin_id: Option<String>,
    selector_id: Option<String>,
) -> Result<Option<InstigatorIds>, ResolverError> {
    if let Some(id) = id.filter(|id| !id.is_empty()) {
        return parse_compound_id(&id).map(Some);
    }
    if let Some(ids) = origin_id.as_deref().and_then(InstigatorIds::parse) {
        return Ok(Some(ids));
    }
    Ok(origin_id
        .zip(selector_id)
        .map(|(origin_id, selector_id)| InstigatorIds { origin_id, selector_id }))
}

/// Under what ticks were stored before automation ran in sensors.
const PRE_SENSOR_ORIGIN_ID: &str = "asset_daemon_origin";
const PRE_SENSOR_SELECTOR_ID: &str = "asset_daemon_selector";

#[derive(Default)]
pub(crate) struct InstigationQuery;

#[Object]
impl InstigationQuery {
    /// Retrieve the state for a schedule or sensor by its location name, repository name, and schedule/sensor name.
    async fn instigation_state_or_error(
        &self,
        ctx: &Context<'_>,
        instigation_selector: InstigationSelector,
        id: Option<String>,
    ) -> InstigationStateOrError {
        capture(ctx, async {
            if let Some(id) = &id {
                let ids = parse_compound_id(id)?;
                let stored = ctx.loader().load_one(StateKey(ids)).await?;
                // What the code declares needs the code; a state switched by hand speaks for itself.
                if let Some(state) = stored
                    && state.status != rondel_model::instigation::InstigatorStatus::DeclaredInCode
                {
                    return Ok(InstigationState::new(state));
                }
            }
            let selector = &instigation_selector;
            let repository = ctx
                .prepared()
                .repository(&selector.repository_location_name, &selector.repository_name)
                .map(std::sync::Arc::clone);
            let Some(repository) = repository else {
                return Err(InstigationStateNotFoundError::new(&selector.name).into());
            };
            if let Some(sensor) = Sensor::find(&repository, &selector.name) {
                return sensor.state(ctx).await;
            }
            match Schedule::find(&repository, &selector.name) {
                Some(schedule) => Ok(schedule.state(ctx).await?),
                None => Err(InstigationStateNotFoundError::new(&selector.name).into()),
            }
        })
        .await
    }

    /// Retrieve the state for a group of instigators (schedule/sensor) by their containing repository id.
    async fn instigation_states_or_error(
        &self,
        ctx: &Context<'_>,
        #[graphql(name = "repositoryID")] repository_id: String,
    ) -> InstigationStatesOrError {
        capture(ctx, async {
            let ids = parse_compound_id(&repository_id)?;
            let store = ctx.storage().schedules();
            let states = store.all_states(Some(&ids.selector_id), None, &[]).await?;
            let results =
                states.into_iter().map(|state| InstigationState::new(state.into())).collect();
            Ok(InstigationStates { results })
        })
        .await
    }

    /// Fetch the history of auto-materialization ticks
    #[allow(clippy::too_many_arguments)]
    async fn auto_materialize_ticks(
        &self,
        ctx: &Context<'_>,
        day_range: Option<i32>,
        day_offset: Option<i32>,
        limit: Option<i32>,
        cursor: Option<String>,
        statuses: Option<Vec<InstigationTickStatus>>,
        before_timestamp: Option<f64>,
        after_timestamp: Option<f64>,
    ) -> async_graphql::Result<Vec<InstigationTick>> {
        let ids = InstigatorIds {
            origin_id: PRE_SENSOR_ORIGIN_ID.to_owned(),
            selector_id: PRE_SENSOR_SELECTOR_ID.to_owned(),
        };
        let filter = TicksFilter {
            day_range,
            day_offset,
            limit,
            cursor,
            statuses,
            before_timestamp,
            after_timestamp,
        };
        Ok(fetch_ticks(ctx, &ids, filter).await?)
    }
}
