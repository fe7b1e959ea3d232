//! Making the runs and backfills of a tick (`dagster/_core/execution/submit_asset_runs.py`).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryStreamExt};
use rondel_automation::{AutomationGraph, Key};
use rondel_instance::{IfRunExists, InstanceError, JobTarget, NewRun, ResolvedJob};
use rondel_model::ids::{
    AssetCheckKey, AssetJobKey, AssetKey, EntityKey, RepositorySelector, RunId,
};
use rondel_model::instigation::RunRequest;
use rondel_model::run::RunStatus;
use rondel_model::run::tags::{
    ASSET_EVALUATION_ID_TAG, AUTO_MATERIALIZE_TAG, AUTOMATION_CONDITION_TAG,
};
use rondel_model::serdes::{PySet, Raw, to_text};
use rondel_model::snap::ExecutionPlanSnapshot;

use super::act::HeldTick;
use super::decide::evaluation_id;
use crate::DaemonError;
use crate::context::{Context, Pace};
use crate::sensor::{Evaluations, backfill};
use crate::ticks;

/// What the names of the jobs begin with that Dagster makes for assets.
const IMPLICIT_ASSET_JOB: &str = "__ASSET_JOB";

/// How many plans a code server is asked for at once.
const PLANS_AT_ONCE: usize = 4;

/// A job with its plan.
type Planned = Arc<(ResolvedJob, Raw<ExecutionPlanSnapshot>)>;

/// Plans by what they are for: requests that differ in the partition only share one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Plans(HashMap<String, Planned>);

impl Plans {
    /// Has the code servers plan what runs of assets are requested.
    pub(crate) async fn fetch(
        &mut self,
        context: &Context,
        graph: &AutomationGraph,
        requests: &[RunRequest],
    ) -> Result<(), DaemonError> {
        let mut wanted: HashMap<String, (JobTarget, RunRequest)> = HashMap::new();
        for (index, request) in requests.iter().enumerate() {
            if request.asset_graph_subset.is_some() || entities_of(request).is_empty() {
                continue;
            }
            let target = target_of(graph, request)?;
            wanted.insert(key_of(&target, request), (target, request.clone()));
            context.faults.reach("", "EXECUTION_PLAN_CACHED")?;
            context.faults.reach("", &format!("EXECUTION_PLAN_CACHED_{index}"))?;
        }
        let mut plans: Vec<BoxFuture<'static, Result<(String, Planned), DaemonError>>> = Vec::new();
        for (key, (target, request)) in wanted {
            let context = context.clone();
            let planned = async move {
                plan(&context, &target, &request).await.map(|planned| (key, planned))
            };
            plans.push(planned.boxed());
        }
        let plans: Vec<(String, Planned)> =
            futures::stream::iter(plans).buffer_unordered(PLANS_AT_ONCE).try_collect().await?;
        self.0.extend(plans);
        Ok(())
    }

    /// The plan for a request; it must make everything that is requested. If it does not, the code server
    /// may have been reloaded meanwhile: then once more, with its present definitions.
    async fn of(
        &self,
        context: &Context,
        graph: &AutomationGraph,
        request: &RunRequest,
        index: usize,
    ) -> Result<Planned, DaemonError> {
        let target = target_of(graph, request)?;
        let planned = match self.0.get(&key_of(&target, request)) {
            Some(known) => Ok(Arc::clone(known)),
            None => plan(context, &target, request).await,
        };
        context.faults.reach("", "EXECUTION_PLAN_CREATED")?;
        context.faults.reach("", &format!("EXECUTION_PLAN_CREATED_{index}"))?;
        match planned {
            Ok(planned) if makes_all(&planned.1, request) => return Ok(planned),
            Ok(_) => context.log.warning(
                "The execution plan does not make all requested assets and checks, possibly because \
                 the code server is newer than what is known of it. Loading it again.",
            ),
            Err(DaemonError::Instance(InstanceError::InvalidSubset(error))) => {
                context.log.warning(format_args!(
                    "The requested assets cannot be planned, possibly because the code server is \
                     newer than what is known of it. Loading it again. {}",
                    error.message
                ));
            }
            Err(error) => return Err(error),
        }
        context.workspace.reload(&target.job.location_name).await?;
        let planned = plan(context, &target, request).await?;
        if makes_all(&planned.1, request) {
            return Ok(planned);
        }
        Err(DaemonError::Check(format!(
            "Failed to target asset selection [{}] in run after retrying.",
            names(&entities_of(request))
        )))
    }
}

async fn plan(
    context: &Context,
    target: &JobTarget,
    request: &RunRequest,
) -> Result<Planned, DaemonError> {
    // A location that is not loaded must read as unreachable, with Dagster's text.
    context.repository(&target.job.location_name, &target.job.repository_name)?;
    let workspace = context.snapshot();
    let job = Box::pin(ResolvedJob::find(target, &workspace)).await?;
    let plan = context.instance.execution_plan(&job, &request.run_config, None, None);
    let plan = Box::pin(plan).await?;
    Ok(Arc::new((job, plan)))
}

/// What a plan depends on.
fn key_of(target: &JobTarget, request: &RunRequest) -> String {
    format!(
        "{:?} {:?} {:?} {}",
        target.job,
        target.asset_selection,
        target.asset_check_selection,
        to_text(&request.run_config)
    )
}

/// The job that makes what is requested.
fn target_of(graph: &AutomationGraph, request: &RunRequest) -> Result<JobTarget, DaemonError> {
    let entities = entities_of(request);
    let (first, job_name) = match (entities.first(), &request.job_name) {
        (Some(first), Some(job)) => (first.clone(), job.clone()),
        (Some(first), None) => (first.clone(), implicit_job(graph, request)?),
        (None, Some(job)) => (job_key(job), job.clone()),
        (None, None) => {
            return Err(DaemonError::Check("a run request names nothing to run".to_owned()));
        }
    };
    let repository: RepositorySelector = match graph.get(&first)?.repository() {
        Some(repository) => RepositorySelector::clone(repository),
        None => {
            return Err(DaemonError::Check(format!(
                "{} is in no repository",
                first.to_user_string()
            )));
        }
    };
    Ok(JobTarget {
        job: repository.job(&job_name),
        op_selection: None,
        asset_selection: request.asset_selection.clone(),
        asset_check_selection: request.asset_check_keys.clone(),
    })
}

/// The job Dagster made for the assets; the assets of several partitions definitions have several.
fn implicit_job(graph: &AutomationGraph, request: &RunRequest) -> Result<String, DaemonError> {
    let mut assets = request.asset_selection.iter().flatten();
    let jobs_of = |key: &AssetKey| -> BTreeSet<String> {
        let node = graph.assets().get(key);
        node.into_iter().flat_map(|node| node.job_names()).cloned().collect()
    };
    let Some(first) = assets.next() else { return Ok(IMPLICIT_ASSET_JOB.to_owned()) };
    let mut jobs = jobs_of(first);
    for key in assets {
        let others = jobs_of(key);
        jobs.retain(|job| others.contains(job));
    }
    jobs.into_iter().find(|job| job.starts_with(IMPLICIT_ASSET_JOB)).ok_or_else(|| {
        DaemonError::Check(format!(
            "Could not find an implicit asset job for the given assets: {}",
            names(&entities_of(request))
        ))
    })
}

fn job_key(name: &str) -> Key {
    Key::Job(AssetJobKey { job_name: name.to_owned(), ..AssetJobKey::default() })
}

/// The assets and checks of a request.
fn entities_of(request: &RunRequest) -> Vec<Key> {
    let assets = request.asset_selection.iter().flatten().cloned().map(Key::from);
    let checks = request.asset_check_keys.iter().flatten().cloned().map(Key::from);
    assets.chain(checks).collect()
}

fn names(keys: &[Key]) -> String {
    let names: Vec<String> = keys.iter().map(Key::to_user_string).collect();
    names.join(", ")
}

/// Whether the steps of a plan make all assets and checks of the request.
fn makes_all(plan: &ExecutionPlanSnapshot, request: &RunRequest) -> bool {
    let steps = plan.steps.iter().filter(|step| plan.step_keys_to_execute.contains(&step.key));
    let outputs: Vec<_> = steps
        .flat_map(|step| step.outputs.iter().filter_map(|output| output.properties.as_ref()))
        .collect();
    let assets: BTreeSet<&AssetKey> =
        outputs.iter().filter_map(|output| output.asset_key.as_ref()).collect();
    let checks: BTreeSet<&AssetCheckKey> =
        outputs.iter().filter_map(|output| output.asset_check_key.as_ref()).collect();
    request.asset_selection.iter().flatten().all(|key| assets.contains(key))
        && request.asset_check_keys.iter().flatten().all(|key| checks.contains(key))
}

/// A run or backfill with what it is for.
type Submitted = (String, Vec<EntityKey>);

/// Makes the runs and backfills the tick has reserved; notes them with it and with the evaluations that
/// asked for them. What an interrupted tick made already is noted only.
pub(super) async fn submit_all(
    context: &Context,
    held: &mut HeldTick,
    graph: &Arc<AutomationGraph>,
    plans: Plans,
    mut evaluations: Evaluations,
) -> Result<(), DaemonError> {
    let id = evaluation_id(&held.tick);
    let data = &held.tick.tick_data;
    let ids = data.reserved_run_ids.iter().flatten().cloned();
    let reserved: Vec<(String, RunRequest)> =
        ids.zip(data.run_requests.iter().flatten().cloned()).collect();
    let count = reserved.len();
    context.log.info(format_args!(
        "Submitting {count} run{} for evaluation {id}{}",
        if count == 1 { "" } else { "s" },
        held.group.label()
    ));
    let (at_once, stops_at_error) = match context.pace {
        Pace::Concurrent { submissions } => (submissions.max(1), false),
        Pace::OneByOne => (1, true),
    };
    let plans = Arc::new(plans);
    let mut submissions: Vec<BoxFuture<'static, Result<Submitted, DaemonError>>> = Vec::new();
    for (index, (run_id, request)) in reserved.into_iter().enumerate() {
        let (context, graph, plans) = (context.clone(), Arc::clone(graph), Arc::clone(&plans));
        let submission = async move {
            let entities = stored_entities(&request);
            submit(&context, &graph, &plans, &run_id, request, index, id).await?;
            Ok((run_id, entities))
        };
        submissions.push(submission.boxed());
    }
    let mut submissions = futures::stream::iter(submissions).buffered(at_once);
    let mut first_error = None;
    let mut index = 0;
    while let Some(submitted) = submissions.next().await {
        match submitted {
            Ok((run_id, entities)) => {
                ticks::add_run(&mut held.tick.tick_data, Some(&run_id), None);
                evaluations.add_run_id(&run_id, &entities);
            }
            Err(error) if stops_at_error => return Err(error),
            // What is being submitted must not be left half-way.
            Err(error) => first_error = first_error.or(Some(error)),
        }
        let every = context.termination_check_interval.filter(|every| *every > 0);
        if every.is_some_and(|every| index % every == 0) && !is_enabled(context, held).await? {
            context.log.info(
                "Sensor has been manually stopped while submitted runs. No more runs will be \
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
    context.faults.reach("", "RUN_IDS_ADDED_TO_EVALUATIONS")
}

/// Whether automation is still switched on.
async fn is_enabled(context: &Context, held: &HeldTick) -> Result<bool, DaemonError> {
    if held.group.sensor.is_none() {
        return Ok(!super::is_paused(context).await?);
    }
    let state = context.storage().schedules().get_state(&held.group.selector_id).await?;
    Ok(state.is_none_or(|state| state.status.is_running()))
}

/// What a request is for, as evaluations name it.
pub(super) fn stored_entities(request: &RunRequest) -> Vec<EntityKey> {
    if let Some(subset) = &request.asset_graph_subset {
        let partitioned = subset.partitions_subsets_by_asset_key.iter().map(|(key, _)| key);
        let whole = subset.non_partitioned_asset_keys.iter();
        return partitioned.chain(whole).cloned().map(EntityKey::Asset).collect();
    }
    let entities = entities_of(request);
    if entities.is_empty() {
        let job = request.job_name.as_deref().map(job_key);
        return job.iter().map(Key::to_stored).collect();
    }
    entities.iter().map(Key::to_stored).collect()
}

async fn submit(
    context: &Context,
    graph: &AutomationGraph,
    plans: &Plans,
    run_id: &str,
    mut request: RunRequest,
    index: usize,
    evaluation_id: i64,
) -> Result<(), DaemonError> {
    for (tag, value) in [
        (AUTO_MATERIALIZE_TAG, "true".to_owned()),
        (AUTOMATION_CONDITION_TAG, "true".to_owned()),
        (ASSET_EVALUATION_ID_TAG, evaluation_id.to_string()),
    ] {
        request.tags.insert(tag.to_owned(), value);
    }
    if let Some(subset) = &request.asset_graph_subset {
        let title = format!("Run for Declarative Automation evaluation ID {evaluation_id}");
        return backfill::request(context, run_id, &request, subset, Some(title)).await;
    }
    submit_run(context, graph, plans, Some(run_id), &request, index).await
}

/// Makes and submits a run, or what of that is missing of one that was made before
/// (`submit_asset_run`, `submit_job_entity_run`).
pub(crate) async fn submit_run(
    context: &Context,
    graph: &AutomationGraph,
    plans: &Plans,
    run_id: Option<&str>,
    request: &RunRequest,
    index: usize,
) -> Result<(), DaemonError> {
    let reach = |point: &str| {
        context.faults.reach("", point)?;
        context.faults.reach("", &format!("{point}_{index}"))
    };
    let known = match run_id {
        Some(run_id) => context.storage().runs().get_run(run_id).await?,
        None => None,
    };
    match &known {
        Some(run) if run.status != RunStatus::NotStarted => {
            context.log.warning(format_args!(
                "Run {} already submitted on a previously interrupted tick, skipping",
                run.run_id
            ));
            return reach("RUN_SUBMITTED");
        }
        Some(run) => context.log.warning(format_args!(
            "Run {} already created on a previously interrupted tick, submitting",
            run.run_id
        )),
        None => {}
    }
    let planned = plans.of(context, graph, request, index).await?;
    let (job, plan) = &*planned;
    let run = NewRun {
        run_id: run_id.map(RunId::from),
        run_config: request.run_config.clone(),
        tags: request.tags.clone(),
        asset_selection: selection(&request.asset_selection),
        asset_check_selection: selection(&request.asset_check_keys),
        // One that was created but not submitted is completed.
        if_exists: IfRunExists::Resume,
        ..NewRun::new(job.clone(), plan.clone())
    };
    let run = match (Box::pin(context.instance.record_run(run)).await, known) {
        // Its code server has another address by now: the id was reserved by this tick all the same.
        (Err(InstanceError::RunExists(_)), Some(existing)) => existing,
        (recorded, _) => recorded?,
    };
    reach("RUN_CREATED")?;
    context.instance.submit_run(&run.run_id, &context.snapshot()).await?;
    reach("RUN_SUBMITTED")?;
    let (entities, run_id) = (entities_of(request), &run.run_id);
    if let (true, Some(job)) = (entities.is_empty(), &request.job_name) {
        context.log.info(format_args!("Submitted run {run_id} for job entity {job}"));
    } else {
        let names = names(&entities);
        context.log.info(format_args!("Submitted run {run_id} for assets/checks {names}"));
    }
    Ok(())
}

fn selection<T: Clone + PartialEq + rondel_model::serdes::SortKey>(
    keys: &Option<Vec<T>>,
) -> Option<PySet<T>> {
    let keys = keys.as_ref().filter(|keys| !keys.is_empty())?;
    Some(PySet::frozen(keys.iter().cloned()))
}
