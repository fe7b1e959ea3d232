//! One tick of automation, begin to end.

use std::sync::Arc;
use std::time::Duration;

use rondel_asset_graph::graph::RepositoryAssets;
use rondel_automation::{AutomationError, AutomationGraph, DaemonCursor, Needs, Observation};
use rondel_model::ids::UnixTime;
use rondel_model::instigation::{
    InstigatorData, RunRequest, SensorInstigatorData, Tick, TickData, TickStatus,
};
use rondel_model::run::tags::{AUTO_OBSERVE_TAG, SENSOR_NAME_TAG, TICK_ID_TAG};
use rondel_model::serdes::{Extra, Map};
use rondel_storage::TicksQuery;
use serde_json::Value;
use tokio::sync::mpsc;

use super::cursors::KnownGroups;
use super::decide::{self, Continuation, Question, evaluation_id};
use super::group::{Entities, Group};
use super::is_due;
use super::submit::{Plans, stored_entities, submit_all};
use crate::DaemonError;
use crate::context::Context;
use crate::error::describe;
use crate::schedule::purge_ids;
use crate::sensor::{Evaluations, backfill, data_when_begun};
use crate::ticks::{self, FailureCounts};
use rondel_model::ids::RunId;

/// How long a tick waits before it reads.
const SETTLE_SECONDS: &str = "DAGSTER_AUTOMATION_TICK_SETTLE_SECONDS";

/// Seconds that evaluations are kept.
const EVALUATIONS_TTL: f64 = 30.0 * 86_400.0;

/// So many evaluations may wait to be taken from the thread that makes them.
const AHEAD: usize = 100;

/// The definitions a tick works on.
#[derive(Debug, Clone)]
pub(super) struct Graphs {
    pub(super) automation: Arc<AutomationGraph>,
    pub(super) contributions: Arc<Vec<RepositoryAssets>>,
}

/// A tick being worked on.
pub(super) struct HeldTick {
    pub(super) group: Group,
    pub(super) tick: Tick,
}

impl HeldTick {
    pub(super) async fn write(&self, context: &Context) -> Result<(), DaemonError> {
        context.save_tick(&self.tick).await
    }

    /// Notes that the tick failed.
    fn fail(&mut self, context: &Context, error: &DaemonError) {
        let (counts, info) = if error.is_unreachable() {
            let wrapped = DaemonError::UserCodeUnreachable {
                message: "Unable to reach the code server. Automation condition evaluation will \
                          resume once the code server is available."
                    .to_owned(),
                source: Box::new(DaemonError::Check(error.to_string())),
            };
            let mut info = wrapped.to_error_info();
            info.cause = Some(Box::new(error.to_error_info()));
            (FailureCounts::AsOutage, info)
        } else {
            (FailureCounts::AsAttempt, error.to_error_info())
        };
        context.log.error(format_args!("Asset daemon tick caught an error\n{}", describe(&info)));
        let data = &mut self.tick.tick_data;
        let before = ticks::consecutive_or_own(data);
        ticks::fail(data, info, counts, before, context.now());
    }
}

/// One tick. Errors are reported here.
pub(super) async fn tick(
    context: Context,
    group: Group,
    graphs: Graphs,
    known: KnownGroups,
) -> Result<(), DaemonError> {
    if let Err(error) = try_tick(&context, group, graphs, known).await {
        context.report("Automation condition daemon caught an error", &error);
    }
    Ok(())
}

async fn try_tick(
    context: &Context,
    group: Group,
    graphs: Graphs,
    known: KnownGroups,
) -> Result<(), DaemonError> {
    let now = context.now();
    let stored = match &group.sensor {
        None => None,
        // Looked at again: the task may have waited, and another process may have been faster.
        Some(_) => match begin(context, &group, now).await? {
            None => return Ok(()),
            Some(data) => Some(data),
        },
    };
    let entities = known.entities(&group, &graphs.automation, &graphs.contributions)?;
    let conditioned = entities.conditioned.len() + entities.skipped;
    if conditioned == 0 && entities.observed.is_empty() {
        return Ok(());
    }
    let (label, count) = (group.label(), entities.observed.len());
    context.log.info(format_args!(
        "Checking {conditioned} assets/checks and {count} observable source asset{}{label}",
        if count == 1 { "" } else { "s" }
    ));
    let cursor = match stored {
        Some(data) => known.of_sensor(&group, data.cursor.as_deref())?,
        None => known.of_everything(context).await?,
    };

    let (tick, is_retry) = continued_tick(context, &group, &cursor, now).await?;
    let mut held = HeldTick { group, tick };
    let worked =
        Box::pin(work(context, &mut held, &graphs.automation, entities, cursor, &known, is_retry))
            .await;
    if let Err(error) = &worked {
        held.fail(context, error);
    }
    held.write(context).await?;
    let retention = &context.instance.config().settings.retention;
    let retention =
        if held.group.sensor.is_some() { retention.sensor } else { retention.auto_materialize };
    purge_ids(context, &held.group.origin_id, &held.group.selector_id, retention).await?;
    worked
}

/// Marks in the sensor's state that its tick begins; none when it is not due.
async fn begin(
    context: &Context,
    group: &Group,
    now: f64,
) -> Result<Option<SensorInstigatorData>, DaemonError> {
    let Some(sensor) = &group.sensor else { return Ok(None) };
    let store = context.storage().schedules();
    let Some(mut state) = store.get_state(&group.selector_id).await? else {
        return Err(DaemonError::Check(format!("sensor {} has no stored state", sensor.name())));
    };
    if !is_due(Some(&state), sensor, now) {
        return Ok(None);
    }
    let before = state.sensor_data().cloned();
    let begun = data_when_begun(before.as_ref(), &sensor.snap, now);
    state.instigator_data = Some(InstigatorData::Sensor(begun.clone()));
    store.update_state(&state, UnixTime(now)).await?;
    Ok(Some(begun))
}

/// The tick to work on, and whether its runs are reserved already.
async fn continued_tick(
    context: &Context,
    group: &Group,
    cursor: &DaemonCursor,
    now: f64,
) -> Result<(Tick, bool), DaemonError> {
    let store = context.storage().schedules();
    let query = TicksQuery { limit: Some(1), ..TicksQuery::default() };
    let latest = store.get_ticks(&group.origin_id, &group.selector_id, &query).await?;
    let latest = latest.into_iter().next();
    let max_retries = context.instance.config().settings.auto_materialize.max_tick_retries;
    let label = group.label();
    let continuation = decide::continuation(latest.as_ref(), cursor, max_retries, now);
    let (id, consecutive_failures, abandoned) = match (continuation, latest) {
        (Continuation::Resume, Some(tick)) => {
            context.log.warning(format_args!(
                "Tick for evaluation {}{label} was interrupted part-way through, resuming",
                cursor.evaluation_id()
            ));
            return Ok((tick, true));
        }
        (Continuation::Retry, Some(tick)) => {
            context.log.info(format_args!(
                "Retrying failed tick for evaluation {}{label}",
                cursor.evaluation_id()
            ));
            let id = evaluation_id(&tick);
            let mut data = tick.tick_data;
            data.status = TickStatus::Started;
            data.error = None;
            data.timestamp = now;
            data.end_timestamp = None;
            data.auto_materialize_evaluation_id = Some(id);
            return Ok((create(context, data).await?, true));
        }
        (Continuation::Fresh { evaluation_id, consecutive_failures, abandons }, latest) => {
            (evaluation_id, consecutive_failures, latest.filter(|_| abandons))
        }
        (_, None) => (None, 0, None),
    };
    if let Some(mut tick) = abandoned {
        context.log.warning(format_args!(
            "Moving dangling STARTED tick from evaluation {}{label} into SKIPPED",
            evaluation_id(&tick)
        ));
        tick.tick_data.status = TickStatus::Skipped;
        tick.tick_data.end_timestamp = Some(now);
        context.save_tick(&tick).await?;
    }
    let mut data = group.new_tick(now);
    data.consecutive_failure_count = consecutive_failures;
    data.auto_materialize_evaluation_id = id;
    Ok((create(context, data).await?, false))
}

async fn create(context: &Context, data: TickData) -> Result<Tick, DaemonError> {
    let tick_id = context.storage().schedules().create_tick(&data).await?;
    Ok(Tick { tick_id, tick_data: data, extra: Extra::default() })
}

async fn work(
    context: &Context,
    held: &mut HeldTick,
    graph: &Arc<AutomationGraph>,
    entities: Arc<Entities>,
    cursor: Arc<DaemonCursor>,
    known: &KnownGroups,
    is_retry: bool,
) -> Result<(), DaemonError> {
    let id = evaluation_id(&held.tick);
    let mut plans = Plans::default();
    let evaluations = if is_retry {
        let mut evaluations = Evaluations::stored(context, id).await?;
        let data = &held.tick.tick_data;
        if let (Some(reserved), Some(requests)) = (&data.reserved_run_ids, &data.run_requests) {
            expect_runs(&mut evaluations, reserved, requests);
        }
        evaluations
    } else {
        evaluate(context, held, graph, &entities, cursor, known, &mut plans).await?
    };
    let has_requests =
        held.tick.tick_data.run_requests.as_ref().is_some_and(|requests| !requests.is_empty());
    submit_all(context, held, graph, plans, evaluations).await?;

    let data = &mut held.tick.tick_data;
    if data.user_interrupted {
        let reason = Some("Sensor manually stopped mid-iteration.".to_owned());
        ticks::skip(data, reason, context.now());
    } else if has_requests {
        ticks::set_status(data, TickStatus::Success, context.now());
    } else {
        ticks::skip(data, None, context.now());
    }
    let before = context.now() - EVALUATIONS_TTL;
    context.storage().schedules().purge_asset_evaluations(before).await?;
    context.log.info(format_args!("Finished auto-materialization tick{}", held.group.label()));
    Ok(())
}

/// Evaluates, and writes what came of it down to the cursor.
async fn evaluate(
    context: &Context,
    held: &mut HeldTick,
    graph: &Arc<AutomationGraph>,
    entities: &Arc<Entities>,
    cursor: Arc<DaemonCursor>,
    known: &KnownGroups,
    plans: &mut Plans,
) -> Result<Evaluations, DaemonError> {
    let (id, label) = (evaluation_id(&held.tick), held.group.label());
    let question = question(context, held, entities);
    let mut memory = known.take_memory(&held.group);
    let needs = memory.needs(graph, &question.entities.conditioned, &cursor)?;
    let now = context.now();
    let mut observed = observe(context, graph, &needs, now).await?;
    observed.run_tags = configured_tags(context).collect();
    let mut evaluations = if id == held.tick.tick_id {
        Evaluations::new(id)
    } else {
        Evaluations::again(context, id).await?
    };
    let (sender, mut receiver) = mpsc::channel(AHEAD);
    // Seconds of computing for a large graph: not on a thread that others wait for.
    let worker = {
        let (graph, observed) = (Arc::clone(graph), Arc::new(observed));
        tokio::task::spawn_blocking(move || {
            let mut tell = |row| sender.blocking_send(row).map_err(|_| AutomationError::NotTaken);
            let answer =
                decide::answer(&mut memory, &graph, &observed, &cursor, &question, now, &mut tell);
            (answer, memory)
        })
    };
    let mut taken = Ok(());
    while let Some(row) = receiver.recv().await {
        taken = evaluations.add(context, row).await;
        if taken.is_err() {
            break;
        }
    }
    drop(receiver);
    let worked = worker.await;
    let (answer, memory) = worked.map_err(|error| DaemonError::Panicked(error.to_string()))?;
    taken?;
    known.put_memory(&held.group, memory);
    let answer = answer?;
    context.faults.reach("", "EVALUATIONS_FINISHED")?;
    let reserved: Vec<String> = answer.requests.iter().map(reserve_id).collect();
    expect_runs(&mut evaluations, &reserved, &answer.requests);
    evaluations.write(context).await?;
    evaluations.forget_earlier(context).await?;
    for (key, count) in &answer.requested {
        context.log.info(format_args!("{key} evaluation result: {count} requested"));
    }

    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let (runs, assets) = (answer.requests.len(), evaluations.len());
    context.log.info(format_args!(
        "Tick produced {runs} run{} and {assets} asset evaluation{} for evaluation ID {id}{label}",
        plural(runs),
        plural(assets)
    ));
    context.faults.reach("", "ASSET_EVALUATIONS_ADDED")?;

    // What needs a code server comes before the cursor: should it fail, everything is evaluated again.
    if let Err(error) = plans.fetch(context, graph, &answer.requests).await {
        // None of the runs will be made.
        evaluations.write_runs(context).await?;
        return Err(error);
    }
    let data = &mut held.tick.tick_data;
    data.reserved_run_ids = Some(reserved);
    data.run_requests = Some(answer.requests);
    held.write(context).await?;
    context.faults.reach("", "RUN_REQUESTS_CREATED")?;

    let timestamp = held.tick.tick_data.timestamp;
    known.write(context, &held.group, Arc::new(answer.cursor), timestamp).await?;
    context.faults.reach("", "CURSOR_UPDATED")?;
    Ok(evaluations)
}

fn expect_runs(evaluations: &mut Evaluations, reserved: &[String], requests: &[RunRequest]) {
    for (run_id, request) in reserved.iter().zip(requests) {
        evaluations.expect_run(run_id, &stored_entities(request));
    }
}

fn reserve_id(request: &RunRequest) -> String {
    match request.asset_graph_subset {
        Some(_) => backfill::new_id(),
        None => RunId::random().to_string(),
    }
}

fn question(context: &Context, held: &HeldTick, entities: &Arc<Entities>) -> Question {
    let mut of_sensor: Map<String> = Map::new();
    if let Some(sensor) = &held.group.sensor {
        of_sensor.insert(SENSOR_NAME_TAG.to_owned(), sensor.name().to_owned());
        of_sensor.extend(sensor.snap.run_tags.clone());
    }
    let mut run_tags: Map<String> = configured_tags(context)
        .chain([(TICK_ID_TAG.to_owned(), held.tick.tick_id.to_string())])
        .collect();
    run_tags.extend(of_sensor.clone());
    let mut observe_tags = Map::from_iter([(AUTO_OBSERVE_TAG.to_owned(), "true".to_owned())]);
    observe_tags.extend(of_sensor);
    Question {
        entities: Arc::clone(entities),
        evaluation_id: evaluation_id(&held.tick),
        run_tags,
        observe_tags,
        many: held.group.many(),
    }
}

/// The tags that `dagster.yaml` gives all runs of automation.
fn configured_tags(context: &Context) -> impl Iterator<Item = (String, String)> {
    let configured = &context.instance.config().settings.auto_materialize.run_tags;
    configured.iter().map(|(tag, value)| (tag.clone(), tag_text(value)))
}

/// Reads what is needed; after a pause where the instance asks for one, so that events of transactions
/// that are going on count for the tick that follows (`DAGSTER_AUTOMATION_TICK_SETTLE_SECONDS`).
async fn observe(
    context: &Context,
    graph: &AutomationGraph,
    needs: &Needs,
    now: f64,
) -> Result<Observation, DaemonError> {
    let storage = context.storage();
    let pause = std::env::var(SETTLE_SECONDS).ok().and_then(|text| text.parse::<f64>().ok());
    let Some(pause) = pause.filter(|pause| *pause > 0.0) else {
        return Ok(rondel_observation::observe(storage, graph, needs, now).await?);
    };
    let last = storage.events().get_maximum_record_id().await?;
    context.log.info(format_args!(
        "Sleeping {pause}s before evaluation to let in-flight transactions settle. Captured \
         max_record_id={} as the upper bound for this tick.",
        last.map_or_else(|| "None".to_owned(), |id| id.to_string())
    ));
    tokio::time::sleep(Duration::from_secs_f64(pause)).await;
    Ok(rondel_observation::observe_until(storage, graph, needs, now, last).await?)
}

/// A tag's value in `dagster.yaml`: text, or JSON that stands for it.
fn tag_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
