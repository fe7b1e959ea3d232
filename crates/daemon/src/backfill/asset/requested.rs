//! Working off a backfill: the next runs, and its end once nothing is left.

use rondel_backfill::{
    BackfillError, Decision, Observation, Progress, check_target, decide, describe,
    failed_and_downstream, materialized,
};
use rondel_code_location::LocationState;
use rondel_model::backfill::{BulkActionStatus, PartitionBackfill};
use rondel_model::ids::RunId;

use super::super::{cancel, current, store};
use super::{Scene, observe, report, submit};
use crate::DaemonError;

pub(super) async fn iterate(
    scene: &Scene<'_>,
    backfill: PartitionBackfill,
) -> Result<(), DaemonError> {
    let Scene { context, graph, backfill_id, .. } = scene;
    let before = Progress::of_backfill(&backfill, &graph.backfill, &scene.started)?;
    if !is_processable(scene, &before)? {
        return Ok(());
    }
    context.log.info(format_args!(
        "Assets targeted by backfill {backfill_id} are valid. Continuing execution with current \
         status: BulkActionStatus.{}.",
        backfill.status
    ));
    let to_submit = if backfill.submitting_run_requests.is_empty() {
        match reserve(scene, &backfill, &before).await? {
            Some(reserved) => reserved,
            None => return Ok(()),
        }
    } else {
        context.log.warning(format_args!(
            "Resuming previous backfill iteration and re-submitting {} runs.",
            backfill.submitting_run_requests.len()
        ));
        backfill
    };
    submit::submit_all(scene, to_submit).await?;
    conclude(scene, &before).await
}

/// Whether what is targeted is there. What only is not loaded yet is waited for.
fn is_processable(scene: &Scene<'_>, progress: &Progress) -> Result<bool, DaemonError> {
    for entry in scene.context.snapshot().locations() {
        if let LocationState::Error(error) = &entry.state {
            scene.context.log.warning(format_args!(
                "Failure loading location {} due to error: {}",
                entry.name, error.message
            ));
        }
    }
    let Err(error) = check_target(progress, &scene.graph.backfill, &scene.now) else {
        return Ok(true);
    };
    let BackfillError::DefinitionChanged(what) = error else { return Err(error.into()) };
    let workspace = scene.context.snapshot();
    let is_loading =
        workspace.locations().any(|entry| matches!(entry.state, LocationState::Loading));
    let unloadable: Vec<String> = workspace
        .locations()
        .filter(|entry| matches!(entry.state, LocationState::Error(_)))
        .map(|entry| format!("'{}'", entry.name))
        .collect();
    let mut what = format!("{what}. ");
    if !unloadable.is_empty() {
        what += &format!(
            "This could be because it's inside a code location that's failing to load: [{}]",
            unloadable.join(", ")
        );
    }
    let waits = std::env::var("DAGSTER_BACKFILL_RETRY_DEFINITION_CHANGED_ERROR")
        .is_ok_and(|text| !text.is_empty());
    if is_loading || (waits && !unloadable.is_empty()) {
        scene.context.log.warning(format_args!(
            "Backfill {} was unable to continue due to a missing asset or partition in the asset \
             graph. The backfill will resume once it is available again.\n{what}",
            scene.backfill_id
        ));
        return Ok(false);
    }
    Err(BackfillError::DefinitionChanged(what).into())
}

/// Decides which runs come next and stores them, to be submitted under the ids they get here; nothing when
/// the backfill was canceled meanwhile.
async fn reserve(
    scene: &Scene<'_>,
    backfill: &PartitionBackfill,
    before: &Progress,
) -> Result<Option<PartitionBackfill>, DaemonError> {
    let Scene { context, graph, backfill_id, started, .. } = scene;
    let observed = observe::observe(scene, before).await?;
    let run_config = backfill.run_config.as_ref();
    let decision = decide(before, &observed, run_config, &graph.backfill, started)?;
    let Decision { progress, requests, log } = decision;
    log.iter().for_each(|line| context.log.info(line));
    let mut backfill = current(context, backfill_id).await?;
    if backfill.status != BulkActionStatus::Requested {
        context.log.info("Backfill was canceled mid-iteration, returning");
        return Ok(None);
    }
    progress.store_in(&mut backfill, &graph.backfill, started)?;
    backfill.reserved_run_ids = requests.iter().map(|_| RunId::random().to_string()).collect();
    backfill.submitting_run_requests = requests;
    backfill.failure_count = 0;
    store(context, &backfill).await?;
    Ok(Some(backfill))
}

/// Ends the backfill when everything targeted is materialized or failed, or never will be.
async fn conclude(scene: &Scene<'_>, before: &Progress) -> Result<(), DaemonError> {
    let Scene { context, graph, backfill_id, started, .. } = scene;
    let mut backfill = current(context, backfill_id).await?;
    if backfill.status == BulkActionStatus::Requested
        && !backfill.submitting_run_requests.is_empty()
    {
        return Err(DaemonError::Check("All run requests should have been submitted".to_owned()));
    }
    let mut after = Progress::of_backfill(&backfill, &graph.backfill, started)?;
    let left = after.without_status(started)?;
    if left.is_empty() {
        if are_runs_complete(scene).await? {
            backfill.status = if after.failed_and_downstream.is_empty() {
                BulkActionStatus::CompletedSuccess
            } else {
                BulkActionStatus::CompletedFailed
            };
            backfill.backfill_end_timestamp = Some(context.now());
            store(context, &backfill).await?;
        }
    } else if is_stalled(scene, before, &after).await? {
        context.log.warning(format_args!(
            "Backfill {backfill_id} has partitions with no materialization status despite all runs \
             being complete. Marking them as failed:\n{}",
            describe(&left, started)?
        ));
        let failed = left.union(&after.failed_and_downstream, started)?;
        after.failed_and_downstream =
            failed_and_downstream(&failed, &after.target, &graph.backfill, started)?;
        after.store_in(&mut backfill, &graph.backfill, started)?;
        backfill.status = BulkActionStatus::CompletedFailed;
        backfill.backfill_end_timestamp = Some(context.now());
        store(context, &backfill).await?;
    }
    report::summary(scene, &backfill, before, &after)
}

/// Whether all runs have ended and none will be retried (`backfill_runs_are_complete`).
async fn are_runs_complete(scene: &Scene<'_>) -> Result<bool, DaemonError> {
    let Scene { context, backfill_id, .. } = scene;
    if cancel::has_unfinished_runs(context, backfill_id).await? {
        context.log.info("Backfill has in progress runs. Backfill is still in progress.");
        return Ok(false);
    }
    let waiting = observe::runs_waiting_for_retry(scene).await?;
    if waiting.is_empty() {
        return Ok(true);
    }
    const SHOWN: usize = 20;
    let mut runs = waiting.iter().take(SHOWN).cloned().collect::<Vec<String>>().join("\n");
    if waiting.len() > SHOWN {
        runs += &format!("\n... {} more", waiting.len() - SHOWN);
    }
    context.log.info(format_args!(
        "The following runs for the backfill will be retried, but retries have not been launched. \
         Backfill is still in progress:\n{runs}"
    ));
    Ok(false)
}

/// Whether what is left can never be materialized: all runs have ended, and nothing came of them that was
/// not known (`_backfill_is_stalled`).
async fn is_stalled(
    scene: &Scene<'_>,
    before: &Progress,
    after: &Progress,
) -> Result<bool, DaemonError> {
    let moved = after.materialized != before.materialized
        || after.failed_and_downstream != before.failed_and_downstream
        || after.requested != before.requested;
    if moved || !are_runs_complete(scene).await? {
        return Ok(false);
    }
    // Runs were found complete first: no event can come behind what is read now.
    let materializations = observe::materializations(scene, after).await?;
    let observed = Observation { materializations, ..Observation::default() };
    let fresh = materialized(after, &observed, &scene.graph.backfill, &scene.started)?;
    if fresh != after.materialized {
        scene.context.log.info(
            "All runs for the backfill have finished, but new materializations appeared during this \
             tick. Deferring to the next tick.",
        );
        return Ok(false);
    }
    Ok(true)
}
