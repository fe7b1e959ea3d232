//! Statistics of a run's steps.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use async_graphql::{Context, Enum, Interface, Result, SimpleObject, dataloader::Loader};
use rondel_model::{
    ids::RunId,
    run::{self as model, RunStepKeyStatsSnapshot, RunStepMarker},
};

use super::events::{DagsterRunEvent, EventCore, ExpectationResult, MaterializationEvent};
use crate::{
    context::{ContextExt, StorageLoader},
    errors::ResolverError,
};

/// How far a step has come.
#[derive(Enum, Copy, Clone, Eq, PartialEq, Debug)]
#[graphql(remote = "model::StepEventStatus")]
pub(crate) enum StepEventStatus {
    Skipped,
    Success,
    Failure,
    InProgress,
}

/// A span of time.
#[derive(SimpleObject, Clone)]
pub(crate) struct RunMarker {
    start_time: Option<f64>,
    end_time: Option<f64>,
}

impl From<&RunStepMarker> for RunMarker {
    fn from(marker: &RunStepMarker) -> Self {
        RunMarker { start_time: marker.start_time, end_time: marker.end_time }
    }
}

/// What a step did.
#[derive(SimpleObject, Clone)]
pub(crate) struct RunStepStats {
    #[graphql(owned)]
    pub(crate) run_id: String,
    #[graphql(owned)]
    pub(crate) step_key: String,
    #[graphql(owned)]
    pub(crate) status: Option<StepEventStatus>,
    #[graphql(owned)]
    pub(crate) start_time: Option<f64>,
    #[graphql(owned)]
    pub(crate) end_time: Option<f64>,
    #[graphql(owned)]
    pub(crate) materializations: Vec<MaterializationEvent>,
    #[graphql(owned)]
    pub(crate) expectation_results: Vec<ExpectationResult>,
    attempts: Vec<RunMarker>,
    markers: Vec<RunMarker>,
}

/// Older name of a step's statistics.
#[derive(Interface)]
#[graphql(
    field(name = "run_id", ty = "String"),
    field(name = "step_key", ty = "String"),
    field(name = "status", ty = "Option<StepEventStatus>"),
    field(name = "start_time", ty = "Option<f64>"),
    field(name = "end_time", ty = "Option<f64>"),
    field(name = "materializations", ty = "Vec<MaterializationEvent>"),
    field(name = "expectation_results", ty = "Vec<ExpectationResult>")
)]
pub(crate) enum PipelineRunStepStats {
    RunStepStats(RunStepStats),
}

impl From<RunStepKeyStatsSnapshot> for RunStepStats {
    fn from(stats: RunStepKeyStatsSnapshot) -> Self {
        let materialization = |entry: rondel_model::event::EventLogEntry| {
            let job_name: Arc<str> = entry.job_name.as_deref().unwrap_or_default().into();
            match DagsterRunEvent::of(Arc::new(entry), &job_name) {
                DagsterRunEvent::MaterializationEvent(event) => Some(event),
                _ => None,
            }
        };
        RunStepStats {
            run_id: stats.run_id,
            step_key: stats.step_key,
            status: stats.status.map(Into::into),
            start_time: stats.start_time,
            end_time: stats.end_time,
            materializations: stats
                .materialization_events
                .into_iter()
                .filter_map(materialization)
                .collect(),
            expectation_results: stats
                .expectation_results
                .iter()
                .map(ExpectationResult::from)
                .collect(),
            attempts: stats.attempts_list.iter().map(RunMarker::from).collect(),
            markers: stats.markers.iter().map(RunMarker::from).collect(),
        }
    }
}

/// Statistics of a run's steps.
pub(crate) async fn step_stats(ctx: &Context<'_>, run_id: &RunId) -> Result<Vec<RunStepStats>> {
    let stats = ctx.loader().load_one(AllStepStatsKey(run_id.clone())).await?;
    Ok(stats.iter().flat_map(|stats| stats.iter()).cloned().map(RunStepStats::from).collect())
}

/// The run whose steps' statistics to load.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AllStepStatsKey(RunId);

impl Loader<AllStepStatsKey> for StorageLoader {
    type Value = Arc<[RunStepKeyStatsSnapshot]>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[AllStepStatsKey],
    ) -> Result<HashMap<AllStepStatsKey, Self::Value>, Self::Error> {
        let run_ids: Vec<String> = keys.iter().map(|key| key.0.to_string()).collect();
        let found = self.storage.events().get_step_stats_of_runs(&run_ids, None).await?;
        let stats = found.into_iter();
        Ok(stats.map(|(run_id, stats)| (AllStepStatsKey(run_id.into()), stats.into())).collect())
    }
}

/// The step of a run, for the loader: the events of one page come from few runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StepStatsKey {
    run_id: String,
    step_key: String,
}

impl Loader<StepStatsKey> for StorageLoader {
    type Value = Arc<RunStepKeyStatsSnapshot>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[StepStatsKey],
    ) -> Result<HashMap<StepStatsKey, Self::Value>, Self::Error> {
        let runs: Vec<String> = keys.iter().map(|key| key.run_id.clone()).collect();
        let steps: BTreeSet<&String> = keys.iter().map(|key| &key.step_key).collect();
        let steps: Vec<String> = steps.into_iter().cloned().collect();
        let mut found = HashMap::with_capacity(keys.len());
        let stats = self.storage.events().get_step_stats_of_runs(&runs, Some(&steps)).await?;
        for (run_id, stats) in stats {
            found.extend(stats.into_iter().map(|stats| {
                let step_key = stats.step_key.clone();
                (StepStatsKey { run_id: run_id.clone(), step_key }, Arc::new(stats))
            }));
        }
        Ok(found)
    }
}

/// Statistics of a step in each of some runs in which it was executed, in the order of the runs.
pub(crate) async fn stats_of_step(
    ctx: &Context<'_>,
    run_ids: impl Iterator<Item = RunId>,
    step_key: &str,
) -> Result<Vec<RunStepStats>> {
    let key =
        |run_id: RunId| StepStatsKey { run_id: run_id.to_string(), step_key: step_key.to_owned() };
    let keys: Vec<_> = run_ids.map(key).collect();
    let stats = ctx.loader().load_many(keys.iter().cloned()).await?;
    Ok(keys.iter().filter_map(|key| stats.get(key)).map(|it| (**it).clone().into()).collect())
}

/// Statistics of the step which an event came from.
pub(crate) async fn step_stats_of_event(
    ctx: &Context<'_>,
    event: &EventCore,
) -> Result<RunStepStats> {
    let key = StepStatsKey {
        run_id: event.run_id().to_owned(),
        step_key: event.step_key().unwrap_or_default().to_owned(),
    };
    match ctx.loader().load_one(key).await? {
        Some(stats) => Ok((*stats).clone().into()),
        // An event reported from outside has no step.
        None => Err(ResolverError::raised("IndexError", "list index out of range").into()),
    }
}
