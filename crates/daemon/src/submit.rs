//! From a run request to a submitted run, for schedules and sensors alike.

use rondel_instance::{CreateRun, IfRunExists, JobTags, JobTarget, RecordedStepKeys};
use rondel_model::ids::RunId;
use rondel_model::instigation::RunRequest;
use rondel_model::origin::RemoteRepositoryOrigin;
use rondel_model::run::DagsterRun;
use rondel_model::serdes::Map;

use crate::DaemonError;
use crate::context::Context;

/// A run to create for a request.
pub(crate) struct RunOrder<'a> {
    pub(crate) repository_origin: &'a RemoteRepositoryOrigin,
    pub(crate) job_name: &'a str,
    pub(crate) op_selection: Option<&'a [String]>,
    pub(crate) request: &'a RunRequest,
    /// All tags but those of the job.
    pub(crate) tags: Map<String>,
    /// A reserved id; a run that has it already is completed and returned.
    pub(crate) run_id: Option<RunId>,
}

/// Creates the run, its planned events included. The workspace is asked anew for each run, since a
/// location may be reloaded while a long tick submits.
pub(crate) async fn create_run(
    context: &Context,
    order: RunOrder<'_>,
) -> Result<DagsterRun, DaemonError> {
    // A location that is not loaded must read as unreachable, with Dagster's text.
    context.repository(
        order.repository_origin.location_name(),
        &order.repository_origin.repository_name,
    )?;
    let request = order.request;
    let target = JobTarget {
        job: order.repository_origin.selector().job(order.job_name),
        op_selection: order.op_selection.map(<[String]>::to_vec),
        asset_selection: request.asset_selection.clone(),
        asset_check_selection: request.asset_check_keys.clone(),
    };
    let create = CreateRun {
        target,
        if_exists: if order.run_id.is_some() { IfRunExists::Resume } else { IfRunExists::Refuse },
        run_id: order.run_id,
        run_config: request.run_config.clone(),
        tags: order.tags,
        job_tags: JobTags::ForRuns,
        recorded_step_keys: RecordedStepKeys::AsRequested,
        ..CreateRun::default()
    };
    Ok(context.instance.create_run(create, &context.snapshot()).await?)
}

/// Who made a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    /// The caller, just now.
    Now,
    /// An attempt before, which may have submitted it.
    Before,
}

/// Submits a created run; false (and a report) when that failed. The tick goes on: the run
/// exists, and its log tells what happened.
pub(crate) async fn submit(context: &Context, run: &DagsterRun, made: Made) -> bool {
    let (instance, workspace) = (&context.instance, context.snapshot());
    let submitted = match made {
        Made::Now => instance.submit_new_run(run, &workspace).await,
        Made::Before => instance.submit_run(&run.run_id, &workspace).await.map(drop),
    };
    match submitted {
        Ok(()) => true,
        Err(error) => {
            let headline = format!("Run {} created successfully but failed to launch", run.run_id);
            context.report(&headline, &DaemonError::from(error));
            false
        }
    }
}
