//! Working a sensor's tick: evaluate, apply what user code asked for besides runs, reserve and
//! submit the runs, write the end.

use std::sync::Arc;

use rondel_instance::RunlessAssetEvent;
use rondel_model::event::EngineEventData;
use rondel_model::grpc::{AssetEvent, SensorExecutionData};
use rondel_model::ids::{RunId, UnixTime};
use rondel_model::instigation::{
    DagsterRunReaction, DynamicPartitionsRequest, DynamicPartitionsRequestResult, InstigatorData,
    InstigatorState, InstigatorStatus, InstigatorType, RunRequest, SensorInstigatorData,
    SensorType, Tick, TickData, TickStatus,
};
use rondel_model::serdes::Extra;
use rondel_storage::TicksQuery;

use super::backfill;
use super::decide::{self, Continuation, CursorOnFailure};
use super::evaluations::{self, Evaluations};
use super::observe::{self, Sensor};
use super::submit::submit_all;
use super::tick::HeldTick;
use crate::DaemonError;
use crate::context::Context;
use crate::schedule::purge;
use crate::ticks;

/// Stores the first state of a sensor that its code declares running.
pub(crate) async fn declare(
    context: &Context,
    sensor: &Sensor,
    now: f64,
) -> Result<(), DaemonError> {
    let data = SensorInstigatorData {
        min_interval: Some(decide::min_interval(&sensor.snap)),
        last_sensor_start_timestamp: Some(now),
        sensor_type: Some(decide::sensor_type(&sensor.snap)),
        ..SensorInstigatorData::default()
    };
    let state = InstigatorState::new(
        sensor.origin.clone(),
        InstigatorType::Sensor,
        InstigatorStatus::DeclaredInCode,
        Some(InstigatorData::Sensor(data)),
    );
    Ok(context.storage().schedules().add_state(&state, UnixTime(now)).await?)
}

/// One tick of a sensor, begin to end. Errors are reported here.
pub(crate) async fn tick(context: Context, sensor: Arc<Sensor>) -> Result<(), DaemonError> {
    let name = sensor.name().to_owned();
    if let Err(error) = try_tick(&context, sensor).await {
        context.report(&format!("Sensor daemon caught an error for sensor {name}"), &error);
    }
    Ok(())
}

async fn try_tick(context: &Context, sensor: Arc<Sensor>) -> Result<(), DaemonError> {
    let now = context.now();
    let store = context.storage().schedules();
    let Some(mut state) = store.get_state(&sensor.selector_id).await? else {
        return Err(DaemonError::Check(format!("sensor {} has no stored state", sensor.name())));
    };
    let before = state.sensor_data().cloned();
    // Looked at again: the task may have waited, and another process may have been faster.
    if !decide::is_due(before.as_ref(), &sensor.snap, now) {
        return Ok(());
    }
    let begun = decide::data_when_begun(before.as_ref(), &sensor.snap, now);
    state.instigator_data = Some(InstigatorData::Sensor(begun));
    store.update_state(&state, UnixTime(now)).await?;

    let tick = evaluation_tick(context, &sensor, before.as_ref(), now).await?;
    context.faults.reach(sensor.name(), "TICK_CREATED")?;
    let unsubmitted = ticks::unsubmitted(&tick.tick_data);
    let mut held = HeldTick::new(sensor, tick);
    let worked = work(context, &mut held, before.as_ref(), unsubmitted).await;
    if let Err(error) = &worked {
        held.fail(context, error);
    }
    held.write(context).await?;
    let retention = context.instance.config().settings.retention.sensor;
    purge(context, &held.sensor.origin, retention).await?;
    worked
}

/// The tick to work on: an interrupted one, a new one that takes over a failed one's runs, or a new one.
async fn evaluation_tick(
    context: &Context,
    sensor: &Sensor,
    data: Option<&SensorInstigatorData>,
    now: f64,
) -> Result<Tick, DaemonError> {
    let ended_well = data.and_then(|data| data.last_tick_success_timestamp);
    let latest = if ended_well.is_some_and(|at| at != 0.0) {
        None
    } else {
        newest_tick(context, sensor, now).await?
    };
    let continuation = decide::continuation(data, latest.as_ref(), now);
    let consecutive_failures = match (continuation, latest) {
        (Continuation::Resume, Some(tick)) => {
            context.log.warning(format_args!(
                "Tick {} was interrupted part-way through, resuming",
                tick.tick_id
            ));
            return Ok(tick);
        }
        (Continuation::Retry, Some(tick)) => {
            context.log.info(format_args!("Retrying failed tick {}", tick.tick_id));
            let mut data = tick.tick_data;
            data.status = TickStatus::Started;
            data.error = None;
            data.timestamp = now;
            data.end_timestamp = None;
            return create(context, data).await;
        }
        (Continuation::Abandon { consecutive_failures }, Some(mut tick)) => {
            context.log.warning(format_args!(
                "Moving dangling STARTED tick {} into SKIPPED",
                tick.tick_id
            ));
            tick.tick_data.status = TickStatus::Skipped;
            tick.tick_data.end_timestamp = Some(now);
            context.save_tick(&tick).await?;
            consecutive_failures
        }
        (Continuation::Fresh { consecutive_failures }, _) => consecutive_failures,
        (_, None) => 0,
    };
    let mut data = TickData::new(&sensor.origin, InstigatorType::Sensor, TickStatus::Started, now);
    data.consecutive_failure_count = consecutive_failures;
    create(context, data).await
}

/// The tick that was made last. Ticks are kept by their times; one of before the clock was set back looks like
/// the latest until its time has come again.
async fn newest_tick(
    context: &Context,
    sensor: &Sensor,
    now: f64,
) -> Result<Option<Tick>, DaemonError> {
    let store = context.storage().schedules();
    let latest = async |before| {
        let query = TicksQuery { before, limit: Some(1), ..TicksQuery::default() };
        store.get_ticks(&sensor.origin.id(), &sensor.selector_id, &query).await
    };
    let mut ticks = latest(None).await?;
    if ticks.first().is_some_and(|tick| tick.tick_data.timestamp > now) {
        ticks.extend(latest(Some(now + 1e-3)).await?);
    }
    Ok(ticks.into_iter().max_by_key(|tick| tick.tick_id))
}

async fn create(context: &Context, data: TickData) -> Result<Tick, DaemonError> {
    let tick_id = context.storage().schedules().create_tick(&data).await?;
    Ok(Tick { tick_id, tick_data: data, extra: Extra::default() })
}

async fn work(
    context: &Context,
    held: &mut HeldTick,
    data: Option<&SensorInstigatorData>,
    unsubmitted: Vec<(String, RunRequest)>,
) -> Result<(), DaemonError> {
    context.faults.reach(held.sensor.name(), "TICK_HELD")?;
    if unsubmitted.is_empty() {
        return evaluate(context, held, data).await;
    }
    let evaluations = Evaluations::stored(context, held.tick.tick_id).await?;
    submit_all(context, held, unsubmitted, evaluations).await?;
    if held.tick.tick_data.user_interrupted {
        skip_interrupted(context, held);
    } else {
        ticks::set_status(&mut held.tick.tick_data, TickStatus::Success, context.now());
    }
    Ok(())
}

fn skip_interrupted(context: &Context, held: &mut HeldTick) {
    let reason = Some("Sensor manually stopped mid-iteration.".to_owned());
    ticks::skip(&mut held.tick.tick_data, reason, context.now());
}

async fn evaluate(
    context: &Context,
    held: &mut HeldTick,
    data: Option<&SensorInstigatorData>,
) -> Result<(), DaemonError> {
    let sensor = Arc::clone(&held.sensor);
    let name = sensor.name();
    let uses_sensors = context.instance.config().settings.auto_materialize.use_sensors;
    if decide::sensor_type(&sensor.snap) == SensorType::Automation && !uses_sensors {
        return Err(DaemonError::InvalidInvocation(
            "Cannot evaluate an AutomationConditionSensorDefinition if the instance setting \
             `auto_materialize: use_sensors` is set to False. Update your configuration to prevent \
             this error."
                .to_owned(),
        ));
    }
    context.log.info(format_args!("Checking for new runs for sensor: {name}"));
    let mut answer = observe::evaluate(context, &sensor, data, held.log_key()).await?;
    if let Some(log_key) = answer.log_key.take().filter(|key| !key.is_empty()) {
        held.tick.tick_data.log_key = Some(log_key);
    }
    for event in std::mem::take(&mut answer.asset_events) {
        if let Some(event) = runless(event) {
            context.instance.report_runless_asset_event(event).await?;
        }
    }
    for request in answer.dynamic_partitions_requests.take().unwrap_or_default() {
        change_partitions(context, held, request).await?;
    }

    let requests = answer.run_requests.take().unwrap_or_default();
    if requests.is_empty() && answer.automation_condition_evaluations.is_empty() {
        return conclude_without_runs(context, held, answer).await;
    }

    let cursor = answer.cursor.take();
    let mut evaluations = Evaluations::new(held.tick.tick_id);
    for evaluation in answer.automation_condition_evaluations {
        evaluations.add(context, evaluations::row(evaluation)).await?;
    }
    evaluations.write(context).await?;
    context.faults.reach(name, "AUTOMATION_EVALUATIONS_ADDED")?;
    reserve(context, held, requests, cursor.clone()).await?;
    context.faults.reach(name, "RUN_IDS_RESERVED")?;

    let reserved = {
        let tick = &held.tick.tick_data;
        let ids = tick.reserved_run_ids.iter().flatten().cloned();
        ids.zip(tick.run_requests.iter().flatten().cloned()).collect()
    };
    submit_all(context, held, reserved, evaluations).await?;
    if held.tick.tick_data.user_interrupted {
        skip_interrupted(context, held);
    } else if held.tick.tick_data.run_ids.is_empty() {
        ticks::skip(&mut held.tick.tick_data, None, context.now());
    } else {
        ticks::set_status(&mut held.tick.tick_data, TickStatus::Success, context.now());
    }
    held.set_cursor(cursor.as_deref());
    Ok(())
}

/// Writes down which runs will be made, under which ids, and where the next tick begins: from here on
/// the runs are made even if the process ends.
async fn reserve(
    context: &Context,
    held: &mut HeldTick,
    requests: Vec<RunRequest>,
    cursor: Option<String>,
) -> Result<(), DaemonError> {
    let ids = requests
        .iter()
        .map(|request| match request.asset_graph_subset {
            Some(_) => backfill::new_id(),
            None => RunId::random().to_string(),
        })
        .collect();
    let tick = &mut held.tick.tick_data;
    tick.run_requests = Some(requests);
    tick.reserved_run_ids = Some(ids);
    tick.cursor = cursor;
    held.write(context).await
}

async fn conclude_without_runs(
    context: &Context,
    held: &mut HeldTick,
    answer: SensorExecutionData,
) -> Result<(), DaemonError> {
    let name = held.sensor.name().to_owned();
    let reactions = answer.dagster_run_reactions.unwrap_or_default();
    let cursor = answer.cursor.as_deref();
    if !reactions.is_empty() {
        for reaction in reactions {
            react(context, held, reaction, cursor).await?;
        }
        return Ok(());
    }
    match answer.skip_message.as_deref().filter(|message| !message.is_empty()) {
        Some(message) => context.log.info(format_args!("Sensor {name} skipped: {message}")),
        None => context.log.info(format_args!("No run requests returned for {name}, skipping")),
    }
    ticks::skip(&mut held.tick.tick_data, answer.skip_message.clone(), context.now());
    held.set_cursor(cursor);
    Ok(())
}

/// Notes that a run-status sensor acted on a run.
async fn react(
    context: &Context,
    held: &mut HeldTick,
    reaction: DagsterRunReaction,
    cursor: Option<&str>,
) -> Result<(), DaemonError> {
    let Some(run) = reaction.dagster_run else {
        return Err(DaemonError::Check("a run reaction names no run".to_owned()));
    };
    let run_id = run.run_id.to_string();
    if let Some(error) = reaction.error {
        context.log.warning(format_args!(
            "Got a reaction request for run {run_id} but execution errored: {}",
            crate::error::describe(&error)
        ));
        ticks::set_status(&mut held.tick.tick_data, TickStatus::Failure, context.now());
        held.tick.tick_data.error = Some(error);
        held.set_cursor(cursor);
        // The reaction may have had effects that must not be repeated.
        held.cursor_on_failure = CursorOnFailure::Advance;
        return Ok(());
    }
    let status = reaction.run_status.unwrap_or(run.status);
    let message = format!(
        "Sensor \"{}\" acted on run status {} of run {run_id}.",
        held.sensor.name(),
        status.as_str()
    );
    let data = EngineEventData::default();
    context.instance.report_engine_event(&run, None, &message, data, None).await?;
    context.log.info(format_args!("Completed a reaction request for run {run_id}: {message}"));
    ticks::set_status(&mut held.tick.tick_data, TickStatus::Success, context.now());
    held.set_cursor(cursor);
    held.tick.tick_data.origin_run_ids.push(run_id);
    Ok(())
}

async fn change_partitions(
    context: &Context,
    held: &mut HeldTick,
    request: DynamicPartitionsRequest,
) -> Result<(), DaemonError> {
    let (name, keys, adds) = match request {
        DynamicPartitionsRequest::Add(request) => {
            (request.partitions_def_name, request.partition_keys, true)
        }
        DynamicPartitionsRequest::Delete(request) => {
            (request.partitions_def_name, request.partition_keys, false)
        }
        other => {
            return Err(DaemonError::Check(format!(
                "unexpected dynamic partitions request {other:?}"
            )));
        }
    };
    let store = context.storage().dynamic_partitions();
    let known = store.existing(&name, &keys).await?;
    let (existing, missing): (Vec<String>, Vec<String>) =
        keys.into_iter().partition(|key| known.contains(key));
    let (changed, skipped) = if adds { (missing, existing) } else { (existing, missing) };
    if !changed.is_empty() {
        let what = if adds {
            store.add(&name, &changed).await?;
            "Added partition keys to"
        } else {
            store.delete(&name, &changed).await?;
            "Deleted partition keys from"
        };
        context.log.info(format_args!(
            "{what} dynamic partitions definition '{name}': {}",
            python_list(&changed)
        ));
    }
    if !skipped.is_empty() {
        let (what, state) =
            if adds { ("addition", "already exist") } else { ("deletion", "do not exist") };
        context.log.info(format_args!(
            "Skipping {what} of partition keys for dynamic partitions definition '{name}' that \
             {state}: {}",
            python_list(&skipped)
        ));
    }
    held.tick.tick_data.dynamic_partitions_request_results.push(DynamicPartitionsRequestResult {
        partitions_def_name: name,
        added_partitions: adds.then(|| changed.clone()),
        deleted_partitions: (!adds).then_some(changed),
        skipped_partitions: skipped,
        ..DynamicPartitionsRequestResult::default()
    });
    Ok(())
}

/// A list of strings as Python prints it.
pub(crate) fn python_list(items: &[String]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("'{item}'")).collect();
    format!("[{}]", quoted.join(", "))
}

fn runless(event: AssetEvent) -> Option<RunlessAssetEvent> {
    match event {
        AssetEvent::Materialization(event) => Some(RunlessAssetEvent::Materialization(event)),
        AssetEvent::Observation(event) => Some(RunlessAssetEvent::Observation(event)),
        AssetEvent::CheckEvaluation(event) => Some(RunlessAssetEvent::CheckEvaluation(event)),
        AssetEvent::Unknown(_) => None,
    }
}
