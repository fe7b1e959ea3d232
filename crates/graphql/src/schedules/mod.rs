//! Schedules: definitions, states, ticks to come, switching them on and off.

mod mutations;

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject, Union};
use rondel_cron::{CronSchedule, Direction, Zone};
use rondel_model::{
    instigation::{InstigatorDefinition, InstigatorState, InstigatorStatus},
    snap::ScheduleSnap,
};

pub(crate) use mutations::{ScheduleMutation, ScheduleMutationResult};

use crate::{
    assets::AssetSelection,
    common::{DefinitionOwner, DefinitionTag, RepositorySelector, ScheduleSelector},
    context::ContextExt,
    errors::{
        PythonError, RepositoryNotFoundError, ResolverError, ScheduleNotFoundError,
        SchedulerNotDefinedError, capture, or_error,
    },
    instigation::{
        DryRunInstigationTick, DryRunInstigationTicks, InstigationState, InstigationStatus,
        StateKey, cron_text,
    },
    logs::{MetadataEntry, metadata_entries},
    partitions::PartitionSet,
    workspace::{InstigatorIds, PreparedRepository, require_repository},
};

/// Ticks listed when no limit is given.
const DEFAULT_FUTURE_TICKS: usize = 10;
/// Most ticks listed at all; a schedule of every minute has this many in a week.
const MOST_FUTURE_TICKS: usize = 10_080;

/// A schedule of a repository.
#[derive(Clone)]
pub(crate) struct Schedule {
    repository: Arc<PreparedRepository>,
    index: usize,
}

impl Schedule {
    pub(crate) fn new(repository: &Arc<PreparedRepository>, index: usize) -> Self {
        Self { repository: Arc::clone(repository), index }
    }

    pub(crate) fn find(repository: &Arc<PreparedRepository>, name: &str) -> Option<Self> {
        let index = repository.snap.schedules.iter().position(|schedule| schedule.name == name)?;
        Some(Self::new(repository, index))
    }

    /// The schedules that launch a job.
    pub(crate) fn targeting<'a>(
        repository: &'a Arc<PreparedRepository>,
        job_name: &'a str,
    ) -> impl Iterator<Item = Self> + 'a {
        let schedules = repository.snap.schedules.iter().enumerate();
        schedules
            .filter(move |(_, snap)| snap.job_name == job_name)
            .map(|(index, _)| Self::new(repository, index))
    }

    pub(crate) fn repository(&self) -> &Arc<PreparedRepository> {
        &self.repository
    }

    pub(crate) fn snap(&self) -> &ScheduleSnap {
        &self.repository.snap.schedules[self.index]
    }

    pub(crate) fn ids(&self) -> InstigatorIds {
        self.repository.instigator_ids(&self.snap().name)
    }

    pub(crate) fn definition(&self) -> InstigatorDefinition {
        InstigatorDefinition::schedule(
            self.repository.instigator_origin(&self.snap().name),
            self.snap(),
        )
    }

    pub(crate) fn timezone(&self) -> &str {
        self.snap().execution_timezone.as_deref().filter(|zone| !zone.is_empty()).unwrap_or("UTC")
    }

    async fn stored(
        &self,
        ctx: &Context<'_>,
    ) -> std::result::Result<Option<Arc<InstigatorState>>, ResolverError> {
        ctx.loader().load_one(StateKey(self.ids())).await
    }

    /// The state that counts.
    pub(crate) async fn state(
        &self,
        ctx: &Context<'_>,
    ) -> std::result::Result<InstigationState, ResolverError> {
        let stored = self.stored(ctx).await?;
        let current = self.definition().current(stored.as_deref());
        Ok(match stored {
            // Its origin may be one from before, as that of a code server on another port.
            Some(_) => InstigationState::new(Arc::new(current)),
            None => InstigationState::with_ids(current, self.ids()),
        })
    }

    fn cron(&self) -> std::result::Result<(CronSchedule, Zone), ResolverError> {
        let schedule = CronSchedule::parse_all(self.snap().cron_schedule.as_slice());
        let invalid =
            |error: rondel_cron::CronError| ResolverError::raised("Exception", error.to_string());
        Ok((schedule.map_err(invalid)?, Zone::named(Some(self.timezone())).map_err(invalid)?))
    }

    /// Instants from `start` on, at most `limit`, in the order of the direction.
    fn ticks(
        &self,
        start: f64,
        direction: Direction,
        limit: usize,
        keep: impl Fn(f64) -> bool,
    ) -> std::result::Result<Vec<f64>, ResolverError> {
        let (cron, zone) = self.cron()?;
        let failed =
            |error: rondel_cron::CronError| ResolverError::raised("Exception", error.to_string());
        let mut found = Vec::new();
        for tick in cron.ticks(&zone, start, direction).map_err(failed)?.take(limit) {
            let tick = tick.map_err(failed)? as f64;
            if !keep(tick) {
                break;
            }
            found.push(tick);
        }
        Ok(found)
    }

    /// The first tick at or after an instant.
    pub(crate) fn next_from(&self, start: f64) -> std::result::Result<f64, ResolverError> {
        let found = self.ticks(start, Direction::Forward, 1, |_| true)?;
        found.first().copied().ok_or_else(|| ResolverError::raised("StopIteration", ""))
    }

    pub(crate) fn next_tick(
        self,
        now: f64,
    ) -> std::result::Result<DryRunInstigationTick, ResolverError> {
        let next = self.next_from(now)?;
        Ok(DryRunInstigationTick::schedule(self, Some(next)))
    }
}

#[Object]
impl Schedule {
    async fn id(&self) -> ID {
        self.ids().compound().into()
    }

    async fn name(&self) -> &str {
        &self.snap().name
    }

    async fn cron_schedule(&self) -> String {
        cron_text(&self.snap().cron_schedule)
    }

    async fn pipeline_name(&self) -> &str {
        &self.snap().job_name
    }

    async fn solid_selection(&self) -> Option<Vec<Option<&String>>> {
        let selection = self.snap().op_selection.as_ref()?;
        Some(selection.iter().map(Some).collect())
    }

    async fn mode(&self) -> Result<&str> {
        let mode = self.snap().mode.as_deref();
        Ok(mode.ok_or_else(|| ResolverError::invariant("the schedule names no mode"))?)
    }

    async fn execution_timezone(&self) -> Option<&str> {
        Some(self.timezone())
    }

    async fn description(&self) -> Option<&str> {
        self.snap().description.as_deref()
    }

    async fn default_status(&self) -> InstigationStatus {
        if self.definition().runs_by_default() {
            InstigationStatus::Running
        } else {
            InstigationStatus::Stopped
        }
    }

    async fn can_reset(&self, ctx: &Context<'_>) -> Result<bool> {
        let stored = self.stored(ctx).await?;
        Ok(stored.is_some_and(|state| state.status != InstigatorStatus::DeclaredInCode))
    }

    async fn schedule_state(&self, ctx: &Context<'_>) -> Result<InstigationState> {
        Ok(self.state(ctx).await?)
    }

    async fn partition_set(&self) -> Option<PartitionSet> {
        PartitionSet::find(&self.repository, self.snap().partition_set_name.as_deref()?)
    }

    async fn future_ticks(
        &self,
        ctx: &Context<'_>,
        cursor: Option<f64>,
        limit: Option<i32>,
        until: Option<f64>,
    ) -> Result<DryRunInstigationTicks> {
        let start = cursor.filter(|cursor| *cursor != 0.0).unwrap_or_else(|| ctx.now());
        let limit = limit.and_then(|limit| usize::try_from(limit).ok());
        let times = match until.filter(|until| *until != 0.0) {
            Some(until) => {
                let most = limit.unwrap_or(MOST_FUTURE_TICKS).min(MOST_FUTURE_TICKS);
                self.ticks(start, Direction::Forward, most, |time| time < until)?
            }
            None => {
                let most = limit
                    .filter(|limit| *limit != 0)
                    .unwrap_or(DEFAULT_FUTURE_TICKS)
                    .min(MOST_FUTURE_TICKS);
                self.ticks(start, Direction::Forward, most, |_| true)?
            }
        };
        let cursor = times.last().map_or(start, |last| last + 1.0);
        let tick = |time: f64| DryRunInstigationTick::schedule(self.clone(), Some(time));
        Ok(DryRunInstigationTicks { results: times.into_iter().map(tick).collect(), cursor })
    }

    async fn future_tick(&self, tick_timestamp: i32) -> DryRunInstigationTick {
        DryRunInstigationTick::schedule(self.clone(), Some(f64::from(tick_timestamp)))
    }

    /// Instants around a timestamp, in ascending order.
    async fn potential_tick_timestamps(
        &self,
        ctx: &Context<'_>,
        start_timestamp: Option<f64>,
        upper_limit: Option<i32>,
        lower_limit: Option<i32>,
    ) -> Result<Vec<f64>> {
        let start = start_timestamp.filter(|start| *start != 0.0).unwrap_or_else(|| ctx.now());
        let limit = |limit: Option<i32>| {
            let limit =
                limit.and_then(|limit| usize::try_from(limit).ok()).filter(|limit| *limit != 0);
            limit.unwrap_or(DEFAULT_FUTURE_TICKS).min(MOST_FUTURE_TICKS)
        };
        let lower = limit(lower_limit);
        let mut before = self.ticks(start, Direction::Backward, lower + 1, |_| true)?;
        // A tick exactly at the start belongs to what follows.
        before.retain(|time| *time < start);
        before.truncate(lower);
        before.reverse();
        before.extend(self.ticks(start, Direction::Forward, limit(upper_limit), |_| true)?);
        Ok(before)
    }

    async fn asset_selection(&self) -> Option<AssetSelection> {
        AssetSelection::of(&self.repository, self.snap().asset_selection.as_ref()?)
    }

    async fn owners(&self) -> Vec<DefinitionOwner> {
        DefinitionOwner::list(self.snap().owners.as_deref())
    }

    async fn tags(&self) -> Vec<DefinitionTag> {
        self.snap().tags.iter().map(DefinitionTag::from).collect()
    }

    async fn metadata_entries(&self) -> Vec<MetadataEntry> {
        metadata_entries(&self.snap().metadata)
    }
}

#[derive(Union)]
pub(crate) enum ScheduleOrError {
    Schedule(Schedule),
    ScheduleNotFoundError(ScheduleNotFoundError),
    PythonError(PythonError),
}
or_error!(ScheduleOrError: ScheduleNotFoundError);

#[derive(SimpleObject)]
pub(crate) struct Schedules {
    results: Vec<Schedule>,
}

#[derive(Union)]
pub(crate) enum SchedulesOrError {
    Schedules(Schedules),
    RepositoryNotFoundError(RepositoryNotFoundError),
    PythonError(PythonError),
}
or_error!(SchedulesOrError: RepositoryNotFoundError);

#[derive(SimpleObject)]
pub(crate) struct Scheduler {
    scheduler_class: Option<String>,
}

#[derive(Union)]
pub(crate) enum SchedulerOrError {
    Scheduler(Scheduler),
    SchedulerNotDefinedError(SchedulerNotDefinedError),
    PythonError(PythonError),
}
or_error!(SchedulerOrError:);

/// The schedule a client names.
pub(crate) fn find_schedule(
    ctx: &Context<'_>,
    selector: &ScheduleSelector,
) -> std::result::Result<Schedule, ResolverError> {
    let workspace = ctx.prepared();
    let repository =
        workspace.repository(&selector.repository_location_name, &selector.repository_name);
    let schedule =
        repository.and_then(|repository| Schedule::find(repository, &selector.schedule_name));
    schedule.ok_or_else(|| ScheduleNotFoundError::new(&selector.schedule_name).into())
}

#[derive(Default)]
pub(crate) struct ScheduleQuery;

#[Object]
impl ScheduleQuery {
    /// Retrieve the name of the scheduler running in the Dagster deployment.
    async fn scheduler(&self) -> SchedulerOrError {
        Scheduler { scheduler_class: Some("DagsterDaemonScheduler".to_owned()) }.into()
    }

    /// Retrieve a schedule by its location name, repository name, and schedule name.
    async fn schedule_or_error(
        &self,
        ctx: &Context<'_>,
        schedule_selector: ScheduleSelector,
    ) -> ScheduleOrError {
        capture(ctx, async { find_schedule(ctx, &schedule_selector) }).await
    }

    /// Retrieve all the schedules.
    async fn schedules_or_error(
        &self,
        ctx: &Context<'_>,
        repository_selector: RepositorySelector,
        schedule_status: Option<InstigationStatus>,
    ) -> SchedulesOrError {
        capture(ctx, async {
            let repository = require_repository(ctx, &repository_selector)?;
            let all =
                (0..repository.snap.schedules.len()).map(|index| Schedule::new(&repository, index));
            let Some(wanted) = schedule_status else {
                return Ok(Schedules { results: all.collect() });
            };
            let all: Vec<Schedule> = all.collect();
            let keys = all.iter().map(|schedule| StateKey(schedule.ids()));
            let stored = ctx.loader().load_many(keys).await?;
            let running = |schedule: &Schedule| {
                let stored = stored.get(&StateKey(schedule.ids()));
                schedule.definition().current(stored.map(Arc::as_ref)).status.is_running()
            };
            let results = all
                .into_iter()
                .filter(|schedule| running(schedule) == (wanted == InstigationStatus::Running))
                .collect();
            Ok(Schedules { results })
        })
        .await
    }
}
