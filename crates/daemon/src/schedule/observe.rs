//! What the scheduler sees: schedules defined in the workspace, their stored states, and user code's
//! answer for one time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rondel_code_location::{LocationState, Repository, WorkspaceSnapshot};
use rondel_model::grpc::{ExternalScheduleExecutionArgs, ScheduleExecutionData};
use rondel_model::instigation::{InstigatorDefinition, InstigatorState, InstigatorType, Tick};
use rondel_model::origin::RemoteInstigatorOrigin;
use rondel_model::snap::ScheduleSnap;
use rondel_storage::TicksQuery;

use crate::DaemonError;
use crate::context::Context;

/// A schedule of the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Schedule {
    pub(crate) snap: ScheduleSnap,
    pub(crate) origin: RemoteInstigatorOrigin,
    pub(crate) selector_id: String,
}

impl Schedule {
    pub(crate) fn new(repository: &Repository, snap: &ScheduleSnap) -> Self {
        let origin = repository.origin.instigator(&snap.name);
        let selector_id = origin.selector().selector_id();
        Self { snap: snap.clone(), origin, selector_id }
    }

    pub(crate) fn name(&self) -> &str {
        &self.snap.name
    }

    pub(crate) fn location_name(&self) -> &str {
        self.origin.location_name()
    }

    pub(crate) fn repository_name(&self) -> &str {
        &self.origin.repository_origin.repository_name
    }

    pub(crate) fn definition(&self) -> InstigatorDefinition {
        InstigatorDefinition::schedule(self.origin.clone(), &self.snap)
    }

    /// The zone its times are told in.
    pub(crate) fn timezone(&self) -> &str {
        self.snap.execution_timezone.as_deref().filter(|name| !name.is_empty()).unwrap_or("UTC")
    }
}

/// Everything an iteration decides on.
#[derive(Debug)]
pub(crate) struct Observation {
    pub(crate) schedules: Vec<Arc<Schedule>>,
    /// Stored states by selector id.
    pub(crate) states: HashMap<String, InstigatorState>,
    /// Locations about whose definitions nothing is known.
    pub(crate) unknown_locations: HashSet<String>,
}

/// Reads definitions and states.
pub(crate) async fn observe(context: &Context) -> Result<Observation, DaemonError> {
    let workspace = context.snapshot();
    let store = context.storage().schedules();
    let states = store.all_states(None, Some(InstigatorType::Schedule), &[]).await?;
    Ok(Observation {
        schedules: schedules_of(&workspace),
        states: states.into_iter().map(|state| (state.selector_id(), state)).collect(),
        unknown_locations: unknown_locations(&workspace),
    })
}

fn schedules_of(workspace: &WorkspaceSnapshot) -> Vec<Arc<Schedule>> {
    let repositories = workspace.loaded().flat_map(|location| location.repositories.values());
    repositories
        .flat_map(|repository| {
            let snaps = repository.snap.schedules.iter();
            snaps.map(|snap| Arc::new(Schedule::new(repository, snap)))
        })
        .collect()
}

pub(crate) fn unknown_locations(workspace: &WorkspaceSnapshot) -> HashSet<String> {
    let is_unknown =
        |state: &LocationState| matches!(state, LocationState::Loading | LocationState::Error(_));
    workspace
        .locations()
        .filter(|entry| is_unknown(&entry.state))
        .map(|entry| entry.name.clone())
        .collect()
}

/// The latest tick of each of the schedules, in one query.
pub(crate) async fn latest_ticks(
    context: &Context,
    schedules: &[Arc<Schedule>],
) -> Result<HashMap<String, Tick>, DaemonError> {
    let store = context.storage().schedules();
    if let [only] = schedules {
        let query = TicksQuery { limit: Some(1), ..TicksQuery::default() };
        let ticks = store.get_ticks(&only.origin.id(), &only.selector_id, &query).await?;
        return Ok(ticks.into_iter().map(|tick| (only.selector_id.clone(), tick)).collect());
    }
    let ids: Vec<String> = schedules.iter().map(|schedule| schedule.selector_id.clone()).collect();
    let ticks = store.get_batch_ticks(&ids, 1, &[]).await?;
    let first = |ticks: Vec<Tick>| ticks.into_iter().next();
    Ok(ticks.into_iter().filter_map(|(id, ticks)| Some((id, first(ticks)?))).collect())
}

/// Asks user code what the schedule requests for a time.
pub(crate) async fn evaluate(
    context: &Context,
    schedule: &Schedule,
    time: i64,
    log_key: Vec<String>,
) -> Result<ScheduleExecutionData, DaemonError> {
    let (location, repository) =
        context.repository(schedule.location_name(), schedule.repository_name())?;
    let args = ExternalScheduleExecutionArgs {
        repository_origin: repository.origin.clone(),
        instance_ref: Some(context.instance.evaluation_ref().clone()),
        schedule_name: schedule.name().to_owned(),
        scheduled_execution_timestamp: Some(time as f64),
        scheduled_execution_timezone: Some(schedule.timezone().to_owned()),
        log_key,
        timeout: None,
        extra: Default::default(),
    };
    Ok(location.client().schedule_execution(&args).await?)
}
