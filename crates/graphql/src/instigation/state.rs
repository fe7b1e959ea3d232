//! The state of a schedule or sensor.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject, Union};
use rondel_model::{
    instigation::{self as model, InstigatorState, StateChange, StateWrite},
    run::{RunsFilter, tags},
};

use super::{
    dry_run::DryRunInstigationTick,
    loaders::{StateKey, TickKey},
    tick::{InstigationTick, InstigationTickStatus, TicksFilter, fetch_ticks},
};
use crate::{
    context::ContextExt,
    errors::ResolverError,
    permissions::Permission,
    runs::{Run, fetch_runs},
    schedules::Schedule,
    sensors::Sensor,
    workspace::{InstigatorIds, RepositoryOrigin},
};

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum InstigationStatus {
    Running,
    Stopped,
}

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
#[graphql(remote = "model::InstigatorType")]
pub(crate) enum InstigationType {
    Schedule,
    Sensor,
    AutoMaterialize,
}

#[derive(SimpleObject)]
pub(crate) struct SensorData {
    last_tick_timestamp: Option<f64>,
    last_run_key: Option<String>,
    last_cursor: Option<String>,
}

#[derive(SimpleObject)]
pub(crate) struct ScheduleData {
    cron_schedule: String,
    start_timestamp: Option<f64>,
}

#[derive(Union)]
pub(crate) enum InstigationTypeSpecificData {
    SensorData(SensorData),
    ScheduleData(ScheduleData),
}

/// The state of a schedule or sensor, as stored or as its code declares it.
#[derive(Clone)]
pub(crate) struct InstigationState {
    state: Arc<InstigatorState>,
    ids: InstigatorIds,
}

impl InstigationState {
    pub(crate) fn new(state: Arc<InstigatorState>) -> Self {
        let ids = InstigatorIds { origin_id: state.origin_id(), selector_id: state.selector_id() };
        Self { state, ids }
    }

    /// As [`Self::new`], with the ids known already.
    pub(crate) fn with_ids(state: InstigatorState, ids: InstigatorIds) -> Self {
        Self { state: Arc::new(state), ids }
    }

    fn is_schedule(&self) -> bool {
        self.state.instigator_type == model::InstigatorType::Schedule
    }

    /// The filter for runs that the instigator launched, in any repository.
    fn runs_filter(&self) -> RunsFilter {
        let tag = if self.is_schedule() { tags::SCHEDULE_NAME_TAG } else { tags::SENSOR_NAME_TAG };
        RunsFilter::default().with_tag(tag, self.state.name())
    }
}

#[Object]
impl InstigationState {
    async fn id(&self) -> ID {
        self.ids.compound().into()
    }

    async fn selector_id(&self) -> &str {
        &self.ids.selector_id
    }

    async fn name(&self) -> &str {
        self.state.name()
    }

    async fn instigation_type(&self) -> InstigationType {
        self.state.instigator_type.into()
    }

    async fn status(&self) -> InstigationStatus {
        if self.state.status.is_running() {
            InstigationStatus::Running
        } else {
            InstigationStatus::Stopped
        }
    }

    async fn repository_name(&self) -> &str {
        &self.state.origin.repository_origin.repository_name
    }

    async fn repository_location_name(&self) -> &str {
        self.state.origin.location_name()
    }

    async fn repository_origin(&self) -> RepositoryOrigin {
        RepositoryOrigin(self.state.origin.repository_origin.clone())
    }

    async fn type_specific_data(&self) -> Option<InstigationTypeSpecificData> {
        if let Some(data) = self.state.sensor_data() {
            let data = SensorData {
                last_tick_timestamp: data.last_tick_timestamp,
                last_run_key: data.last_run_key.clone(),
                last_cursor: data.cursor.clone(),
            };
            return Some(data.into());
        }
        let data = self.state.schedule_data()?;
        let cron_schedule = cron_text(&data.cron_schedule);
        Some(ScheduleData { cron_schedule, start_timestamp: data.start_timestamp }.into())
    }

    async fn runs(&self, ctx: &Context<'_>, limit: Option<i32>) -> Result<Vec<Run>> {
        let label = self.state.origin.repository_origin.label();
        let filter = self.runs_filter().with_tag(tags::REPOSITORY_LABEL_TAG, label);
        Ok(fetch_runs(ctx, &filter, None, limit).await?)
    }

    async fn runs_count(&self, ctx: &Context<'_>) -> Result<i32> {
        let count =
            ctx.storage().runs().count(&self.runs_filter()).await.map_err(ResolverError::from)?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }

    async fn tick(&self, ctx: &Context<'_>, tick_id: ID) -> Result<InstigationTick> {
        let id = tick_id.parse::<i64>().map_err(|_| {
            ResolverError::raised(
                "ValueError",
                format!("invalid literal for int() with base 10: '{}'", *tick_id),
            )
        })?;
        let tick = ctx.loader().load_one(TickKey(id)).await?;
        let tick = tick.ok_or_else(|| {
            ResolverError::raised("Exception", format!("tick {id} does not exist"))
        })?;
        Ok(InstigationTick::new(tick))
    }

    #[allow(clippy::too_many_arguments)]
    async fn ticks(
        &self,
        ctx: &Context<'_>,
        day_range: Option<i32>,
        day_offset: Option<i32>,
        limit: Option<i32>,
        cursor: Option<String>,
        statuses: Option<Vec<InstigationTickStatus>>,
        before_timestamp: Option<f64>,
        after_timestamp: Option<f64>,
    ) -> Result<Vec<InstigationTick>> {
        let filter = TicksFilter {
            day_range,
            day_offset,
            limit,
            cursor,
            statuses,
            before_timestamp,
            after_timestamp,
        };
        Ok(fetch_ticks(ctx, &self.ids, filter).await?)
    }

    async fn next_tick(&self, ctx: &Context<'_>) -> Result<Option<DryRunInstigationTick>> {
        if !self.state.status.is_running() {
            return Ok(None);
        }
        let origin = &self.state.origin.repository_origin;
        let workspace = ctx.prepared();
        let Some(repository) =
            workspace.repository(origin.location_name(), &origin.repository_name)
        else {
            return Ok(None);
        };
        if self.is_schedule() {
            let schedule = Schedule::find(repository, self.state.name());
            return Ok(schedule.map(|schedule| schedule.next_tick(ctx.now())).transpose()?);
        }
        match Sensor::find(repository, self.state.name()) {
            Some(sensor) => Ok(sensor.next_tick(ctx, &self.ids).await?),
            None => Ok(None),
        }
    }

    async fn running_count(&self) -> i32 {
        i32::from(self.state.status.is_running())
    }

    async fn has_start_permission(&self, ctx: &Context<'_>) -> bool {
        ctx.may(if self.is_schedule() { Permission::StartSchedule } else { Permission::EditSensor })
    }

    async fn has_stop_permission(&self, ctx: &Context<'_>) -> bool {
        ctx.may(if self.is_schedule() {
            Permission::StopRunningSchedule
        } else {
            Permission::EditSensor
        })
    }
}

/// Python's `str` of a cron schedule: the text, or a list of texts.
pub(crate) fn cron_text(schedule: &model::OneOrMany) -> String {
    match schedule {
        model::OneOrMany::One(text) => text.clone(),
        model::OneOrMany::Many(texts) => {
            let quoted: Vec<String> = texts.iter().map(|text| format!("'{text}'")).collect();
            format!("[{}]", quoted.join(", "))
        }
    }
}

/// Writes a change of state.
pub(crate) async fn apply(
    ctx: &Context<'_>,
    ids: &InstigatorIds,
    change: StateChange,
) -> std::result::Result<InstigatorState, ResolverError> {
    let (store, now) = (ctx.storage().schedules(), ctx.instance().now());
    match change.write {
        StateWrite::Nothing => {}
        StateWrite::Add => store.add_state(&change.state, now).await?,
        StateWrite::Replace => {
            store.delete_state(&ids.origin_id, &ids.selector_id).await?;
            store.add_state(&change.state, now).await?;
        }
        StateWrite::Update => store.update_state(&change.state, now).await?,
    }
    // What the request reads from here on is the new state.
    ctx.loader().feed_one(StateKey(ids.clone()), Arc::new(change.state.clone())).await;
    Ok(change.state)
}
