//! Retrying one run.

use rondel_instance::{Reexecution, ReexecutionStrategy};
use rondel_model::event::{EngineEventData, RunFailureReason};
use rondel_model::metadata::{DagsterRunMetadataValue, MetadataValue};
use rondel_model::run::tags::{
    AUTO_RETRY_RUN_ID_TAG, BACKFILL_ID_TAG, RETRY_NUMBER_TAG, RETRY_ON_ASSET_OR_OP_FAILURE_TAG,
    RETRY_STRATEGY_TAG, RUN_FAILURE_REASON_TAG, WILL_RETRY_TAG,
};
use rondel_model::run::{DagsterRun, RunStatus};
use rondel_model::serdes::Map;
use rondel_storage::StorageError;

use super::decide::{self, KnownRetry, Strategy};
use crate::DaemonError;
use crate::context::Context;

/// Whether the run is to be retried. Says so in its tags where a worker of an older version did not.
pub(crate) async fn is_to_be_retried(
    context: &Context,
    run: &DagsterRun,
) -> Result<bool, DaemonError> {
    let instance = &context.instance;
    let will_retry = match run.tag(WILL_RETRY_TAG) {
        Some(tag) => decide::is_true(tag),
        None if run.status != RunStatus::Failure => return Ok(false),
        None => {
            let will_retry = instance.is_to_be_retried(run).await?;
            set_tag(context, run, WILL_RETRY_TAG, &will_retry.to_string()).await?;
            will_retry
        }
    };
    if will_retry {
        return is_still_wanted(context, run).await;
    }
    let settings = &instance.config().settings.run_retries;
    let retries_step_failures = run
        .tag(RETRY_ON_ASSET_OR_OP_FAILURE_TAG)
        .map_or(settings.retry_on_asset_or_op_failure, decide::is_true);
    let reason = run.tag(RUN_FAILURE_REASON_TAG).and_then(RunFailureReason::parse);
    if reason == Some(RunFailureReason::StepFailure) && !retries_step_failures {
        let message = "Not retrying run since it failed due to an asset or op failure and run retries \
                       are configured with retry_on_asset_or_op_failure set to false.";
        note(context, run, message).await?;
    }
    Ok(false)
}

/// Runs of a backfill that is over are not retried.
async fn is_still_wanted(context: &Context, run: &DagsterRun) -> Result<bool, DaemonError> {
    let Some(backfill_id) = run.tag(BACKFILL_ID_TAG) else { return Ok(true) };
    let message = match context.storage().backfills().get_backfill(backfill_id).await? {
        None => "Not retrying run since it is part of a backfill that no longer exists.".to_owned(),
        Some(backfill) if backfill.status.is_finished() => format!(
            "Not retrying run since it is part of a backfill that is in a terminal state ({}).",
            backfill.status.as_str()
        ),
        Some(_) => return Ok(true),
    };
    note(context, run, &message).await?;
    Ok(false)
}

/// Retries the run. What goes wrong is recorded with the run, which is then not tried again.
pub(crate) async fn retry(context: &Context, run: &DagsterRun) -> Result<(), DaemonError> {
    let Err(error) = Box::pin(try_retry(context, run)).await else { return Ok(()) };
    let info = context.report(&format!("Failed to retry run {}", run.run_id), &error);
    let data = EngineEventData { error: Some(info), ..EngineEventData::default() };
    context.instance.report_engine_event(run, None, "Failed to retry run", data, None).await?;
    set_tag(context, run, WILL_RETRY_TAG, "false").await
}

async fn try_retry(context: &Context, run: &DagsterRun) -> Result<(), DaemonError> {
    let instance = &context.instance;
    let Some(origin) = &run.remote_job_origin else {
        let message = "Run does not have an external job origin, unable to retry the run.";
        return note(context, run, message).await;
    };
    let repository_name = &origin.repository_origin.repository_name;
    let location_name = origin.location_name();
    let location = context.location(location_name)?;
    let Some(repository) = location.repositories.get(repository_name) else {
        let message = format!(
            "Could not find repository {repository_name} in location {location_name}, unable to \
             retry the run. It was likely renamed or deleted."
        );
        return note(context, run, &message).await;
    };
    if !repository.has_job(&run.job_name) {
        let message = format!(
            "Could not find job {} in repository {repository_name}, unable to retry the run. It was \
             likely renamed or deleted.",
            run.job_name
        );
        return note(context, run, &message).await;
    }
    let group = match context.storage().runs().get_run_group(run.run_id.as_str()).await {
        Ok(group) => group.runs,
        Err(StorageError::RunNotFound(_)) => {
            let message = format!(
                "Could not find run group for {}. This is most likely because the root run was deleted",
                run.run_id
            );
            return note(context, run, &message).await;
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(known) = known_retry(context, run, &group).await? {
        if run.tag(AUTO_RETRY_RUN_ID_TAG).is_none() {
            set_tag(context, run, AUTO_RETRY_RUN_ID_TAG, known.run_id.as_str()).await?;
        }
        if known.status == RunStatus::NotStarted {
            instance.submit_run(&known.run_id, &context.snapshot()).await?;
        }
        return Ok(());
    }

    let mut reexecution = Reexecution::new(run.run_id.clone(), strategy(context, run).await?);
    reexecution.extra_tags =
        Map::from_iter([(RETRY_NUMBER_TAG.to_owned(), group.len().to_string())]);
    let new_run = Box::pin(instance.reexecute(reexecution, &context.snapshot())).await?;
    set_tag(context, run, AUTO_RETRY_RUN_ID_TAG, new_run.run_id.as_str()).await?;
    let retrying = with_run("new run", &new_run);
    instance.report_engine_event(run, None, "Retrying the run", retrying, None).await?;
    let launched = with_run("failed run", run);
    let message = "Launched as an automatic retry";
    instance.report_engine_event(&new_run, None, message, launched, None).await?;
    instance.submit_run(&new_run.run_id, &context.snapshot()).await?;
    Ok(())
}

async fn known_retry(
    context: &Context,
    run: &DagsterRun,
    group: &[DagsterRun],
) -> Result<Option<DagsterRun>, DaemonError> {
    Ok(match decide::known_retry(run, group) {
        None => None,
        Some(KnownRetry::Child(child)) => Some(child.clone()),
        // If it was deleted, the run is retried again.
        Some(KnownRetry::Named(run_id)) => context.storage().runs().get_run(&run_id).await?,
    })
}

async fn strategy(context: &Context, run: &DagsterRun) -> Result<ReexecutionStrategy, DaemonError> {
    match decide::strategy(run) {
        Strategy::Use(strategy) => Ok(strategy),
        Strategy::Unreadable(name) => {
            let message =
                format!("Error parsing retry strategy from tag '{RETRY_STRATEGY_TAG}: {name}'");
            note(context, run, &message).await?;
            Ok(ReexecutionStrategy::FromFailure)
        }
    }
}

async fn note(context: &Context, run: &DagsterRun, message: &str) -> Result<(), DaemonError> {
    let data = EngineEventData::default();
    Ok(context.instance.report_engine_event(run, None, message, data, None).await?)
}

async fn set_tag(
    context: &Context,
    run: &DagsterRun,
    key: &str,
    value: &str,
) -> Result<(), DaemonError> {
    let tags = Map::from_iter([(key.to_owned(), value.to_owned())]);
    Ok(context.instance.add_run_tags(&run.run_id, &tags).await?)
}

fn with_run(label: &str, run: &DagsterRun) -> EngineEventData {
    let value = DagsterRunMetadataValue {
        run_id: run.run_id.to_string(),
        ..DagsterRunMetadataValue::default()
    };
    let mut data = EngineEventData::default();
    data.metadata.0.insert(label.to_owned(), MetadataValue::DagsterRun(value));
    data
}
