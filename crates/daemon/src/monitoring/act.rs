//! Examining one run and ending it where it has to end.

use rondel_launcher::{WorkerCondition, WorkerLogs, WorkerNotice, WorkerStatus};
use rondel_model::event::{DagsterEventType, EngineEventData, JobFailureData, RunFailureReason};
use rondel_model::run::{DagsterRun, RunRecord, RunStatus};

use super::decide::{self, MaxRuntime, SickWorker};
use crate::DaemonError;
use crate::context::Context;

/// What the log says when a worker is replaced.
const RESUME_MESSAGE: &str = "Launching a new run worker to resume run";

/// Examines a run that has not finished.
pub(crate) async fn check(context: &Context, record: RunRecord) -> Result<(), DaemonError> {
    let settings = &context.instance.config().settings.run_monitoring;
    match record.run.status {
        RunStatus::Starting | RunStatus::NotStarted if settings.start_timeout_seconds > 0 => {
            check_starting(context, &record).await
        }
        RunStatus::Started => check_started(context, &record).await,
        // There is no worker, but the time counts.
        RunStatus::Suspended => check_runtime(context, &record).await,
        RunStatus::Canceling if settings.cancel_timeout_seconds > 0 => {
            check_canceling(context, &record.run).await
        }
        status => Err(DaemonError::Check(format!(
            "Invariant failed. Description: Unexpected run status: DagsterRunStatus.{}",
            status.as_str()
        ))),
    }
}

async fn check_starting(context: &Context, record: &RunRecord) -> Result<(), DaemonError> {
    let run = &record.run;
    let since = if run.status == RunStatus::Starting {
        let stats = context.storage().events().get_run_stats(run.run_id.as_str()).await?;
        stats.launch_time.ok_or_else(|| {
            DaemonError::Check("Run in status STARTING doesn't have a launch time.".to_owned())
        })?
    } else {
        record.create_timestamp.seconds()
    };
    let timeout = context.instance.config().settings.run_monitoring.start_timeout_seconds;
    if context.since(since) < timeout as f64 {
        return Ok(());
    }
    let text = format!("Run timed out due to taking longer than {timeout} seconds to start.");
    let message = with_debug_info(context, run, text, WorkerLogs::Include).await;
    context.log.info(&message);
    let data = JobFailureData {
        failure_reason: Some(RunFailureReason::StartTimeout),
        ..JobFailureData::default()
    };
    context.instance.report_run_failed(run, Some(&message), Some(data)).await?;
    discard(context, run).await;
    Ok(())
}

/// A worker which is given up must not start after all. If it cannot be taken away, it will notice by
/// itself that its run is over.
async fn discard(context: &Context, run: &DagsterRun) {
    let instance = &context.instance;
    if let Err(error) = instance.launcher().discard(run, instance.as_ref()).await {
        let run_id = &run.run_id;
        context.log.warning(format_args!("The worker of run {run_id} was not removed: {error}"));
    }
}

/// Looks at a run at once because its launcher has news of its worker.
pub(crate) async fn react(
    context: &Context,
    record: RunRecord,
    notice: WorkerNotice,
) -> Result<(), DaemonError> {
    let run = &record.run;
    match (notice.condition, run.status) {
        (WorkerCondition::Ended, RunStatus::Started) => check_started(context, &record).await,
        (WorkerCondition::Ended, RunStatus::Starting) => fail_unstarted(context, run).await,
        (WorkerCondition::Ended, RunStatus::Canceling) => cancel_ended(context, run).await,
        (WorkerCondition::Stuck, RunStatus::Starting | RunStatus::Started) => {
            let text = format!("The run worker cannot be started. {}", notice.reason);
            let message = with_debug_info(context, run, text, WorkerLogs::LeaveOut).await;
            // first, so that it cannot start in between
            discard(context, run).await;
            context.log.info(&message);
            context.instance.report_run_failed(run, Some(&message), None).await?;
            Ok(())
        }
        (WorkerCondition::Delayed, RunStatus::Starting | RunStatus::Started) => {
            tell_once(context, run, &notice.reason).await
        }
        _ => Ok(()),
    }
}

/// Fails a run whose worker ended before it could say anything.
async fn fail_unstarted(context: &Context, run: &DagsterRun) -> Result<(), DaemonError> {
    let instance = &context.instance;
    let health = instance.launcher().check_health(run, instance.as_ref()).await?;
    if health.status == WorkerStatus::Running || !is_still(context, run).await? {
        return Ok(());
    }
    let text = format!("The run worker ended before the run started. Its status is {health}.");
    let message = with_debug_info(context, run, text, WorkerLogs::Include).await;
    context.log.info(&message);
    let data = JobFailureData {
        failure_reason: Some(RunFailureReason::UnexpectedTermination),
        ..JobFailureData::default()
    };
    instance.report_run_failed(run, Some(&message), Some(data)).await?;
    Ok(())
}

/// Ends the cancelation of a run whose worker went without a word.
async fn cancel_ended(context: &Context, run: &DagsterRun) -> Result<(), DaemonError> {
    let instance = &context.instance;
    let health = instance.launcher().check_health(run, instance.as_ref()).await?;
    if health.status == WorkerStatus::Running || !is_still(context, run).await? {
        return Ok(());
    }
    let message = "The run worker ended without reporting that the run was canceled.";
    context.log.info(message);
    instance.report_run_canceled(run, Some(message)).await?;
    Ok(())
}

async fn is_still(context: &Context, run: &DagsterRun) -> Result<bool, DaemonError> {
    Ok(context.instance.run(&run.run_id).await?.status == run.status)
}

/// Writes what keeps a worker from starting into the run's log, unless it is there.
async fn tell_once(context: &Context, run: &DagsterRun, reason: &str) -> Result<(), DaemonError> {
    let instance = &context.instance;
    let events = instance.events_of(&run.run_id, &[DagsterEventType::EngineEvent]).await?;
    if events.iter().any(|event| event.message() == reason) {
        return Ok(());
    }
    context.log.info(format_args!("Run {}: {reason}", run.run_id));
    let data = EngineEventData::default();
    instance.report_engine_event(run, None, reason, data, None).await?;
    Ok(())
}

async fn check_canceling(context: &Context, run: &DagsterRun) -> Result<(), DaemonError> {
    let events = context.instance.events_of(&run.run_id, &[DagsterEventType::RunCanceling]).await?;
    let Some(event) = events.last() else {
        return Err(DaemonError::Check(
            "Run in status CANCELING doesn't have a RUN_CANCELING event".to_owned(),
        ));
    };
    // Launchers say once more that a run is being canceled.
    if let Some(seconds) = events.iter().find_map(|event| decide::overdue_by(event.message())) {
        // A daemon before this one was interrupted: nobody else cancels for this.
        return end_overdue(context, run, seconds).await;
    }
    let timeout = context.instance.config().settings.run_monitoring.cancel_timeout_seconds;
    // Dagster reads the machine's clock here even where its own is set.
    if context.ages.since_by_machine(event.timestamp) < timeout as f64 {
        return Ok(());
    }
    let text = format!("Run timed out due to taking longer than {timeout} seconds to cancel.");
    let message = with_debug_info(context, run, text, WorkerLogs::Include).await;
    context.log.info(&message);
    context.instance.report_run_canceled(run, Some(&message)).await?;
    Ok(())
}

async fn with_debug_info(
    context: &Context,
    run: &DagsterRun,
    text: String,
    logs: WorkerLogs,
) -> String {
    let launcher = context.instance.launcher();
    match launcher.debug_info(run, logs, context.instance.as_ref()).await {
        Ok(Some(info)) if !info.is_empty() => format!("{text}\n{info}"),
        Ok(_) => text,
        Err(error) => {
            context
                .log
                .error(format_args!("Failure fetching debug info for failed run worker: {error}"));
            text
        }
    }
}

async fn check_started(context: &Context, record: &RunRecord) -> Result<(), DaemonError> {
    let instance = &context.instance;
    let launcher = instance.launcher();
    let run = &record.run;
    if !launcher.supports_health_checks() {
        return check_runtime(context, record).await;
    }
    let health = launcher.check_health(run, instance.as_ref()).await?;
    if matches!(health.status, WorkerStatus::Running | WorkerStatus::Success) {
        return check_runtime(context, record).await;
    }
    let engine_events = instance.events_of(&run.run_id, &[DagsterEventType::EngineEvent]).await?;
    let attempts = engine_events.iter().filter(|event| event.message() == RESUME_MESSAGE).count();
    let now = instance.run(&run.run_id).await?;
    if now.status != run.status {
        context.log.info(format_args!(
            "Detected run status changed during monitoring loop: DagsterRunStatus.{} -> \
             DagsterRunStatus.{}, disregarding for now",
            run.status.as_str(),
            now.status.as_str()
        ));
        return Ok(());
    }
    let settings = &instance.config().settings.run_monitoring;
    let decision = decide::on_sick_worker(
        i64::try_from(attempts).unwrap_or(i64::MAX),
        settings.max_resume_run_attempts,
        launcher.supports_resume(),
    );
    let run_id = &run.run_id;
    match decision {
        SickWorker::Resume { attempt } => {
            let message = format!(
                "Detected run worker status {health}. Resuming run {run_id} with a new worker."
            );
            context.log.info(&message);
            let data = EngineEventData::default();
            instance.report_engine_event(run, None, &message, data, None).await?;
            let attempt = u32::try_from(attempt).unwrap_or(u32::MAX);
            instance.resume_run(run_id, &context.snapshot(), attempt).await?;
        }
        SickWorker::Fail { after_resumes } => {
            let mut message = match after_resumes {
                Some(attempts) => format!(
                    "Detected run worker status {health}. Marking run {run_id} as failed, because \
                     it has surpassed the configured maximum attempts to resume the run: {attempts}."
                ),
                None => {
                    format!("Detected run worker status {health}. Marking run {run_id} as failed.")
                }
            };
            if health.status == WorkerStatus::Failed {
                message = with_debug_info(context, run, message, WorkerLogs::LeaveOut).await;
            }
            context.log.info(&message);
            instance.report_run_failed(run, Some(&message), None).await?;
        }
    }
    Ok(())
}

async fn check_runtime(context: &Context, record: &RunRecord) -> Result<(), DaemonError> {
    let instance = &context.instance;
    let run = &record.run;
    let default = instance.config().settings.run_monitoring.max_runtime_seconds;
    let max = match decide::max_runtime(run, default as f64) {
        MaxRuntime::Unlimited => return Ok(()),
        MaxRuntime::Seconds(seconds) => seconds,
        MaxRuntime::Unreadable(text) => {
            context.log.warning(format_args!("Invalid max runtime value: {text}"));
            return Ok(());
        }
    };
    if record.start_time.is_none_or(|start| context.since(start) <= max) {
        return Ok(());
    }
    let run_id = &run.run_id;
    context.log.info(format_args!(
        "Run {run_id} has exceeded maximum runtime of {} seconds: terminating run.",
        python_float(max)
    ));
    let seconds = max as i64;
    instance.report_run_canceling(run, Some(&decide::canceling_overdue(seconds))).await?;
    end_overdue(context, run, seconds).await
}

/// Ends a run that is being canceled because it took too long.
async fn end_overdue(context: &Context, run: &DagsterRun, seconds: i64) -> Result<(), DaemonError> {
    let instance = &context.instance;
    let run_id = &run.run_id;
    match instance.launcher().terminate(run_id, instance.as_ref()).await {
        Ok(true) => {
            let message = format!("Exceeded maximum runtime of {seconds} seconds.");
            instance.report_run_failed(run, Some(&message), None).await?;
        }
        Ok(false) => {}
        Err(error) => {
            let data = EngineEventData {
                error: Some(error.to_error_info()),
                ..EngineEventData::default()
            };
            let message =
                "Exception while attempting to terminate run. Run will still be marked as failed.";
            instance.report_engine_event(run, None, message, data, None).await?;
        }
    }
    let now = instance.run(run_id).await?;
    if !now.status.is_finished() {
        let message = "This job is being forcibly marked as failed. The computational resources \
                       created by the run may not have been fully cleaned up.";
        instance.report_run_failed(&now, Some(message), None).await?;
    }
    Ok(())
}

/// A float as Python prints it: `10.0`.
fn python_float(value: f64) -> String {
    if value.fract() == 0.0 { format!("{value:.1}") } else { value.to_string() }
}
