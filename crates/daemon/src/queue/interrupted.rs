//! Launches that were not finished: runs that are STARTING and have no worker.
//!
//! A leader that dies, or loses its database, between marking a run and asking for its worker leaves it
//! STARTING. Dagster lets such a run fail at its start timeout; here the next leader (or the same one, when
//! the database is back) launches it, once it is sure that there is no worker. Looked at once per term and
//! accident, some time after it, so that a request sent with the last breath has arrived.

use rondel_launcher::{LaunchContext, WorkerPresence};
use rondel_model::event::EngineEventData;
use rondel_model::run::{RunStatus, RunsFilter};

use super::launches::Launches;
use crate::DaemonError;
use crate::clock::is_from_before_a_step;
use crate::context::Context;

const MESSAGE: &str = "The launch of this run was interrupted before a run worker was started. \
                       Launching the run again.";

/// Launches the runs that are STARTING since before `accident`, are not being launched, and have no worker.
///
/// # Errors
/// The database fails (again), in which case something may be left to do.
pub(crate) async fn relaunch(
    context: &Context,
    accident: f64,
    launches: &Launches,
) -> Result<(), DaemonError> {
    let filter = RunsFilter::by_statuses([RunStatus::Starting]);
    let records = context.storage().runs().get_records(filter).await?;
    let now = context.now();
    for record in records {
        let run_id = record.run.run_id.clone();
        let updated = record.update_timestamp.seconds();
        let is_later = updated >= accident && !is_from_before_a_step(updated, now);
        if is_later || launches.contains(&record.run) {
            continue;
        }
        if let Err(error) = Box::pin(relaunch_one(context, &run_id)).await {
            if error.is_of_database() {
                return Err(error);
            }
            context.report(&format!("Could not launch the interrupted run {run_id}"), &error);
        }
    }
    Ok(())
}

async fn relaunch_one(
    context: &Context,
    run_id: &rondel_model::ids::RunId,
) -> Result<(), DaemonError> {
    let instance = &context.instance;
    let run = instance.run(run_id).await?;
    let launcher = instance.launcher();
    if launcher.presence(&run, instance.as_ref()).await? != WorkerPresence::Absent {
        return Ok(());
    }
    // It may have ended between the two questions.
    let run = instance.run(run_id).await?;
    if run.status != RunStatus::Starting {
        return Ok(());
    }
    context.log.warning(format_args!("Run {run_id} was left without a worker, launching it again"));
    instance.report_engine_event(&run, None, MESSAGE, EngineEventData::default(), None).await?;
    let workspace = context.snapshot();
    let launch = LaunchContext { run: &run, workspace: &workspace, reporter: instance.as_ref() };
    Ok(launcher.launch(&launch).await?)
}
