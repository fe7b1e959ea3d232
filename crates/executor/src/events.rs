//! The events that an executor writes, worded as Dagster words them (`dagster/_core/events/__init__.py`).

use rondel_model::SerializableErrorInfo;
use rondel_model::event::{
    DagsterEvent, DagsterEventType, EngineEventData, ErrorSource, EventLogEntry, EventSpecificData,
    JobCanceledData, JobFailureData, RunFailureReason, StepFailureData, level,
};
use rondel_model::ids::{RunId, python_repr};
use rondel_model::metadata::{MetadataValue, PoolMetadataValue, TextMetadataValue};
use rondel_model::run::DagsterRun;
use rondel_model::serdes::{Extra, Map};

use crate::plan::Step;

/// What the log says before the steps of a run are stopped.
pub const INTERRUPTED: &str = "Executor received termination signal, forwarding to steps";

const BLOCKED: &str = "Step blocked by limit for pool ";
const STILL_BLOCKED: &str = "Step still blocked by limit for pool ";
const ANNOUNCEMENT: &str = "Starting execution with step handler ";

pub(crate) fn is_about_pool(message: &str) -> bool {
    message.starts_with(BLOCKED) || message.starts_with(STILL_BLOCKED)
}

pub(crate) fn is_announcement(message: &str) -> bool {
    message.starts_with(ANNOUNCEMENT)
}

pub(crate) fn is_about_dependencies(message: &str, step: &str) -> bool {
    message.starts_with(&format!("Dependencies for step {step} "))
}

pub(crate) fn dependencies_text(step: &str, failed: &[String], abandoned: &[String]) -> String {
    let part = |what: &str, steps: &[String]| match steps {
        [] => String::new(),
        steps => format!(" {what}: {}", python_list(steps)),
    };
    let (failed, abandoned) = (part("failed", failed), part("were not executed", abandoned));
    format!("Dependencies for step {step}{failed}{abandoned}. Not executing.")
}

/// A list of texts as Python prints it.
#[must_use]
pub fn python_list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| python_repr(item)).collect();
    format!("[{}]", items.join(", "))
}

/// The run begins.
#[must_use]
pub fn run_start(run: &DagsterRun) -> DagsterEvent {
    let message = format!("Started execution of run for \"{}\".", run.job_name);
    DagsterEvent::new(DagsterEventType::RunStart, &run.job_name).with_message(message)
}

/// The steps begin.
#[must_use]
pub fn announcement(run: &DagsterRun, handler: &str) -> DagsterEvent {
    let message = format!("{ANNOUNCEMENT}{handler}.");
    DagsterEvent::engine_event(&run.job_name, message, EngineEventData::default())
}

/// The run has succeeded.
#[must_use]
pub fn run_success(run: &DagsterRun) -> DagsterEvent {
    let message = format!("Finished execution of run for \"{}\".", run.job_name);
    DagsterEvent::new(DagsterEventType::RunSuccess, &run.job_name).with_message(message)
}

/// The run has failed because steps did.
#[must_use]
pub fn steps_failed(
    run: &DagsterRun,
    first: Option<&DagsterEvent>,
    failed: &[String],
) -> DagsterEvent {
    let error = match first.and_then(|event| event.event_specific_data.as_ref()) {
        Some(EventSpecificData::StepFailure(data)) => data.error.clone(),
        _ => None,
    };
    let data = JobFailureData {
        error,
        failure_reason: Some(RunFailureReason::StepFailure),
        first_step_failure_event: first.cloned().map(Box::new),
        ..JobFailureData::default()
    };
    run_failure(run, &format!("Steps failed: {}.", python_list(failed)), data)
}

/// The run has failed because its steps could not be executed.
#[must_use]
pub fn run_exception(run: &DagsterRun, error: SerializableErrorInfo) -> DagsterEvent {
    let data = JobFailureData {
        error: Some(error),
        failure_reason: Some(RunFailureReason::RunException),
        ..JobFailureData::default()
    };
    run_failure(run, "An exception was thrown during execution.", data)
}

fn run_failure(run: &DagsterRun, what: &str, data: JobFailureData) -> DagsterEvent {
    let message = format!("Execution of run for \"{}\" failed. {what}", run.job_name);
    DagsterEvent::new(DagsterEventType::RunFailure, &run.job_name)
        .with_message(message)
        .with_data(data)
}

/// The steps are being stopped.
#[must_use]
pub fn interrupted(run: &DagsterRun, steps: &[String]) -> DagsterEvent {
    let metadata = [("steps_interrupted", text(&python_list(steps)))];
    let data =
        EngineEventData { metadata: metadata.into_iter().collect(), ..EngineEventData::default() };
    DagsterEvent::engine_event(&run.job_name, INTERRUPTED, data)
}

/// The run was canceled while these steps were under way.
#[must_use]
pub fn run_canceled(run: &DagsterRun, in_flight: &[String]) -> DagsterEvent {
    let mut text = "Execution was interrupted before completing the execution plan. ".to_owned();
    if !in_flight.is_empty() {
        text.push_str(&format!("\nSteps still in flight: {}", python_list(in_flight)));
    }
    let error = SerializableErrorInfo {
        message: format!("dagster._core.errors.DagsterExecutionInterruptedError: {text}\n"),
        cls_name: Some("DagsterExecutionInterruptedError".to_owned()),
        ..SerializableErrorInfo::default()
    };
    let message = format!("Execution of run for \"{}\" canceled.", run.job_name);
    let data = JobCanceledData { error: Some(error), ..JobCanceledData::default() };
    DagsterEvent::new(DagsterEventType::RunCanceled, &run.job_name)
        .with_message(message)
        .with_data(data)
}

/// An event of a step (Dagster's `DagsterEvent.from_step`).
fn of_step(event_type: DagsterEventType, run: &DagsterRun, step: &Step) -> DagsterEvent {
    let mut event = DagsterEvent::new(event_type, &run.job_name).with_step_key(&step.key);
    event.step_handle = Some(step.handle.clone());
    event.node_handle = Some(step.node.clone());
    event.step_kind_value = Some("COMPUTE".to_owned());
    let tags = [
        ("run_id", run.run_id.to_string()),
        ("job_name", run.job_name.clone()),
        ("op_name", step.op_name().to_owned()),
        ("resource_name", "None".to_owned()),
        ("resource_fn_name", "None".to_owned()),
        ("step_key", step.key.clone()),
    ];
    event.logging_tags =
        Some(tags.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_>>());
    event
}

/// A step's worker is about to be made.
#[must_use]
pub fn step_worker_starting(run: &DagsterRun, step: &Step, worker: &str) -> DagsterEvent {
    let data = EngineEventData {
        metadata: [("Kubernetes Job name", text(worker))].into_iter().collect(),
        marker_start: Some("step_process_start".to_owned()),
        ..EngineEventData::default()
    };
    of_step(DagsterEventType::StepWorkerStarting, run, step)
        .with_message(format!("Executing step \"{}\" in Kubernetes job {worker}.", step.key))
        .with_data(data)
}

/// A step's worker is being taken away.
#[must_use]
pub fn step_worker_deleted(run: &DagsterRun, step: &Step, worker: &str) -> DagsterEvent {
    step_engine_event(run, step, format!("Deleting Kubernetes job {worker} for step"))
}

/// Something noticed about a step.
#[must_use]
pub fn step_engine_event(run: &DagsterRun, step: &Step, message: String) -> DagsterEvent {
    of_step(DagsterEventType::EngineEvent, run, step)
        .with_message(message)
        .with_data(EngineEventData::default())
}

/// A step is not executed for want of its inputs.
#[must_use]
pub fn step_skipped(run: &DagsterRun, step: &Step) -> DagsterEvent {
    of_step(DagsterEventType::StepSkipped, run, step)
        .with_message(format!("Skipped execution of step \"{}\".", step.key))
}

/// A step has failed without saying so itself.
#[must_use]
pub fn step_failure(run: &DagsterRun, step: &Step, error: SerializableErrorInfo) -> DagsterEvent {
    let data = StepFailureData {
        error: Some(error),
        user_failure_data: None,
        error_source: ErrorSource::FrameworkError,
        extra: Extra::default(),
    };
    of_step(DagsterEventType::StepFailure, run, step)
        .with_message(format!("Execution of step \"{}\" failed.", step.key))
        .with_data(data)
}

/// A step waits for a slot of a pool.
#[must_use]
pub fn step_blocked(run: &DagsterRun, step: &Step, pool: &str, is_first: bool) -> DagsterEvent {
    let what = if is_first { BLOCKED } else { STILL_BLOCKED };
    let value = PoolMetadataValue { pool: pool.to_owned(), ..PoolMetadataValue::default() };
    let data = EngineEventData {
        metadata: [("pool", MetadataValue::Pool(value))].into_iter().collect(),
        ..EngineEventData::default()
    };
    of_step(DagsterEventType::EngineEvent, run, step)
        .with_message(format!("{what}{pool}"))
        .with_data(data)
}

fn text(value: &str) -> MetadataValue {
    MetadataValue::Text(TextMetadataValue {
        text: Some(value.to_owned()),
        ..TextMetadataValue::default()
    })
}

/// The log entry of an event, at the level that Dagster's executor gives it.
#[must_use]
pub fn entry(run_id: &RunId, at: f64, event: DagsterEvent) -> EventLogEntry {
    let is_failure = event.event_type().is_some_and(DagsterEventType::is_failure);
    let message = event.message.clone().unwrap_or_default();
    let severity = if is_failure { level::ERROR } else { level::DEBUG };
    let mut entry = EventLogEntry::for_run(run_id.clone(), at, event).with_level(severity);
    entry.user_message = message;
    entry
}

/// A plain message of the log about a step.
#[must_use]
pub fn message(
    run: &DagsterRun,
    step: &str,
    severity: i64,
    text: String,
    at: f64,
) -> EventLogEntry {
    EventLogEntry {
        error_info: None,
        level: rondel_model::event::LogLevel::Number(severity),
        user_message: text,
        run_id: run.run_id.clone(),
        timestamp: at,
        step_key: Some(step.to_owned()),
        job_name: Some(run.job_name.clone()),
        dagster_event: None,
        extra: Extra::default(),
    }
}
