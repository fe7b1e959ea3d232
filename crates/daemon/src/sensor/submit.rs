//! Submitting the runs a sensor's tick has reserved.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt;
use rondel_model::ids::RunId;
use rondel_model::instigation::RunRequest;
use rondel_model::run::tags::{
    ASSET_EVALUATION_ID_TAG, AUTOMATION_CONDITION_TAG, RUN_KEY_TAG, SENSOR_NAME_TAG, TICK_ID_TAG,
};
use rondel_model::run::{DagsterRun, RunStatus, RunsFilter};
use rondel_model::serdes::to_text;

use super::backfill;
use super::decide;
use super::evaluations::Evaluations;
use super::observe::Sensor;
use super::tick::HeldTick;
use crate::DaemonError;
use crate::context::{Context, Pace};
use crate::submit::{Made, RunOrder, create_run, submit};
use crate::ticks;

/// Run keys in one query.
const RUN_KEYS_PER_QUERY: usize = 200;

/// Runs by run key, those of this tick included.
type KnownRuns = Arc<Mutex<HashMap<String, DagsterRun>>>;

enum Submission {
    Run(Box<DagsterRun>),
    Backfill {
        backfill_id: String,
    },
    /// A run of an earlier tick has the run key.
    Skipped {
        run_key: Option<String>,
    },
}

/// Makes and submits the runs; notes them with the tick and with the evaluations that asked for them.
pub(crate) async fn submit_all(
    context: &Context,
    held: &mut HeldTick,
    reserved: Vec<(String, RunRequest)>,
    mut evaluations: Evaluations,
) -> Result<(), DaemonError> {
    let name = held.sensor.name().to_owned();
    let requests = prepare(context, held, reserved, !evaluations.is_empty()).await?;
    let run_keys = distinct_run_keys(&requests);
    let repeats_keys = run_keys.len() < requests.iter().filter(|(_, r)| has_key(r)).count();
    let known: KnownRuns = Arc::new(Mutex::new(existing_runs(context, held, run_keys).await?));

    let (at_once, stops_at_error) = match context.pace {
        // A run key twice in one tick: the second must see the first's run.
        Pace::Concurrent { submissions } if !repeats_keys => (submissions.max(1), false),
        Pace::Concurrent { .. } => (1, false),
        Pace::OneByOne => (1, true),
    };
    let mut submissions = futures::stream::iter(requests.into_iter().map(|(run_id, request)| {
        let context = context.clone();
        let sensor = Arc::clone(&held.sensor);
        let known = Arc::clone(&known);
        async move {
            let run_key = request.run_key.clone();
            let submitted = submit_request(&context, &sensor, &known, run_id, request).await;
            submitted.map(|submission| (run_key, submission))
        }
    }))
    .buffered(at_once);

    let mut skipped_keys = Vec::new();
    let mut first_error = None;
    let mut index = 0;
    while let Some(submitted) = submissions.next().await {
        match submitted {
            Ok((run_key, Submission::Run(run))) => {
                let tick = &mut held.tick.tick_data;
                ticks::add_run(tick, Some(run.run_id.as_str()), run_key.as_deref());
                evaluations.add_run(&run);
            }
            Ok((_, Submission::Backfill { backfill_id })) => {
                ticks::add_run(&mut held.tick.tick_data, Some(&backfill_id), None);
            }
            Ok((_, Submission::Skipped { run_key })) => {
                ticks::add_run(&mut held.tick.tick_data, None, run_key.as_deref());
                skipped_keys.push(run_key);
            }
            Err(error) if stops_at_error => return Err(error),
            // What is being submitted must not be left half-way.
            Err(error) => first_error = first_error.or(Some(error)),
        }
        if is_time_to_check(context, index) && !is_enabled(context, &held.sensor).await? {
            context.log.info(
                "Sensor has been manually stopped while submitting runs. No more runs will be \
                 submitted.",
            );
            held.tick.tick_data.user_interrupted = true;
            break;
        }
        index += 1;
    }
    drop(submissions);
    evaluations.write_runs(context).await?;
    if let Some(error) = first_error {
        return Err(error);
    }
    context.faults.reach(&name, "RUN_IDS_ADDED_TO_EVALUATIONS")?;
    if !skipped_keys.is_empty() {
        let noun = if skipped_keys.len() == 1 { "run" } else { "runs" };
        context.log.info(format_args!(
            "Skipping {} {noun} for sensor {name} already completed with run keys: {}",
            skipped_keys.len(),
            to_text(&skipped_keys)
        ));
    }
    Ok(())
}

fn is_time_to_check(context: &Context, index: usize) -> bool {
    context.termination_check_interval.is_some_and(|every| every > 0 && index.is_multiple_of(every))
}

/// Whether the sensor is still switched on.
async fn is_enabled(context: &Context, sensor: &Sensor) -> Result<bool, DaemonError> {
    let state = context.storage().schedules().get_state(&sensor.selector_id).await?;
    Ok(state.is_none_or(|state| state.status.is_running()))
}

/// Adds the tick to the tags of the requests.
async fn prepare(
    context: &Context,
    held: &HeldTick,
    reserved: Vec<(String, RunRequest)>,
    has_evaluations: bool,
) -> Result<Vec<(String, RunRequest)>, DaemonError> {
    let tick_id = held.tick.tick_id.to_string();
    let mut prepared = Vec::with_capacity(reserved.len());
    for (run_id, mut request) in reserved {
        request.tags.insert(TICK_ID_TAG.to_owned(), tick_id.clone());
        if has_evaluations {
            request.tags.insert(AUTOMATION_CONDITION_TAG.to_owned(), "true".to_owned());
            request.tags.insert(ASSET_EVALUATION_ID_TAG.to_owned(), tick_id.clone());
        }
        if request.stale_assets_only {
            let job_name = held.sensor.snap.job_name.as_deref();
            let origin = &held.sensor.origin;
            let stale = crate::stale::stale_or_missing(context, &request, origin, job_name).await?;
            if stale.is_empty() {
                continue;
            }
            request.asset_selection = Some(stale);
            request.stale_assets_only = false;
        }
        prepared.push((run_id, request));
    }
    Ok(prepared)
}

fn has_key(request: &RunRequest) -> bool {
    request.run_key.as_deref().is_some_and(|key| !key.is_empty())
}

fn distinct_run_keys(requests: &[(String, RunRequest)]) -> Vec<String> {
    let mut seen = HashSet::new();
    requests
        .iter()
        .filter(|(_, request)| has_key(request))
        .filter_map(|(_, request)| request.run_key.clone())
        .filter(|key| seen.insert(key.clone()))
        .collect()
}

/// The runs that sensors of this name and repository made for the run keys.
async fn existing_runs(
    context: &Context,
    held: &HeldTick,
    run_keys: Vec<String>,
) -> Result<HashMap<String, DagsterRun>, DaemonError> {
    let own = held.sensor.origin.repository_origin.selector();
    let mut known = HashMap::new();
    for keys in run_keys.chunks(RUN_KEYS_PER_QUERY) {
        let filter = RunsFilter::default().with_tag(RUN_KEY_TAG, keys.to_vec());
        for run in context.storage().runs().get_runs(filter).await? {
            let is_ours = run.tag(SENSOR_NAME_TAG) == Some(held.sensor.name())
                && run
                    .remote_job_origin
                    .as_ref()
                    .is_none_or(|origin| origin.repository_origin.selector() == own);
            if let Some(key) = run.tag(RUN_KEY_TAG).filter(|_| is_ours) {
                known.insert(key.to_owned(), run);
            }
        }
    }
    Ok(known)
}

async fn submit_request(
    context: &Context,
    sensor: &Sensor,
    known: &KnownRuns,
    run_id: String,
    request: RunRequest,
) -> Result<Submission, DaemonError> {
    if let Some(subset) = &request.asset_graph_subset {
        backfill::request(context, &run_id, &request, subset, None).await?;
        return Ok(Submission::Backfill { backfill_id: run_id });
    }
    let target = decide::target(&sensor.snap, request.job_name.as_deref())
        .map_err(|error| DaemonError::Check(error.to_string()))?;
    let run_key = request.run_key.clone().filter(|key| !key.is_empty());
    let with_key = run_key.as_deref().and_then(|key| locked(known).get(key).cloned());
    let existing = match with_key {
        Some(run) => Some(run),
        None => context.storage().runs().get_run(&run_id).await?,
    };
    let (run, made) = match existing {
        Some(run) if run.status != RunStatus::NotStarted => {
            return Ok(Submission::Skipped { run_key: request.run_key });
        }
        Some(run) => {
            context.log.info(format_args!(
                "Run {} already created with the run key `{}` for {}",
                run.run_id,
                run_key.as_deref().unwrap_or("None"),
                sensor.name()
            ));
            (run, Made::Before)
        }
        None => {
            context.log.info(format_args!("Creating new run for {}", sensor.name()));
            let mut tags = request.tags.clone();
            tags.insert(SENSOR_NAME_TAG.to_owned(), sensor.name().to_owned());
            if let Some(key) = &run_key {
                tags.insert(RUN_KEY_TAG.to_owned(), key.clone());
            }
            let order = RunOrder {
                repository_origin: &sensor.origin.repository_origin,
                job_name: &target.job_name,
                op_selection: target.op_selection.as_deref(),
                request: &request,
                tags,
                run_id: Some(RunId::from(run_id)),
            };
            let run = create_run(context, order).await?;
            if let Some(key) = run_key {
                locked(known).insert(key, run.clone());
            }
            (run, Made::Now)
        }
    };
    context.faults.reach(sensor.name(), "RUN_CREATED")?;
    context.log.info(format_args!("Launching run for {}", sensor.name()));
    if submit(context, &run, made).await {
        context.log.info(format_args!(
            "Completed launch of run {} for {}",
            run.run_id,
            sensor.name()
        ));
    }
    context.faults.reach(sensor.name(), "RUN_LAUNCHED")?;
    Ok(Submission::Run(Box::new(run)))
}

fn locked(known: &KnownRuns) -> std::sync::MutexGuard<'_, HashMap<String, DagsterRun>> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}
