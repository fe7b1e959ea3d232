//! Evaluating a schedule or sensor without launching anything.

use std::collections::HashSet;

use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use rondel_model::{
    grpc::{ExternalScheduleExecutionArgs, SensorExecutionArgs},
    instigation::{self as model, DynamicPartitionsRequest as ModelRequest},
    run::{RunsFilter, tags},
    serdes::{Extra, Map, Value},
};

use crate::{
    common::{AssetCheckHandle, AssetKey, PipelineTag},
    context::ContextExt,
    errors::{PythonError, RepositoryLocationNotFound, ResolverError},
    schedules::Schedule,
    sensors::Sensor,
    yaml::dump_map,
};

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum DynamicPartitionsRequestType {
    AddPartitions,
    DeletePartitions,
}

#[derive(SimpleObject)]
pub(crate) struct DynamicPartitionRequest {
    partition_keys: Option<Vec<String>>,
    partitions_def_name: String,
    #[graphql(name = "type")]
    kind: DynamicPartitionsRequestType,
}

impl DynamicPartitionRequest {
    fn of(request: &ModelRequest) -> Option<Self> {
        let (kind, name, keys) = match request {
            ModelRequest::Add(add) => (
                DynamicPartitionsRequestType::AddPartitions,
                &add.partitions_def_name,
                &add.partition_keys,
            ),
            ModelRequest::Delete(delete) => (
                DynamicPartitionsRequestType::DeletePartitions,
                &delete.partitions_def_name,
                &delete.partition_keys,
            ),
            ModelRequest::Unknown(_) => return None,
        };
        Some(Self { kind, partitions_def_name: name.clone(), partition_keys: Some(keys.clone()) })
    }
}

/// A run that a schedule or sensor asks for.
pub(crate) struct RunRequest(model::RunRequest);

#[Object]
impl RunRequest {
    async fn run_key(&self) -> Option<&str> {
        self.0.run_key.as_deref()
    }

    async fn tags(&self) -> Vec<PipelineTag> {
        let visible =
            self.0.tags.iter().filter(|(key, _)| tags::tag_kind(key) != tags::TagKind::Hidden);
        visible.map(PipelineTag::from).collect()
    }

    async fn run_config_yaml(&self) -> String {
        run_config_yaml(&self.0.run_config)
    }

    async fn asset_selection(&self) -> Option<Vec<AssetKey>> {
        let keys = self.0.asset_selection.as_ref().filter(|keys| !keys.is_empty())?;
        Some(keys.iter().map(AssetKey::from).collect())
    }

    async fn asset_checks(&self) -> Option<Vec<AssetCheckHandle>> {
        let keys = self.0.asset_check_keys.as_ref().filter(|keys| !keys.is_empty())?;
        Some(keys.iter().map(AssetCheckHandle::from).collect())
    }

    async fn job_name(&self) -> Option<&str> {
        self.0.job_name.as_deref()
    }
}

/// Run config as Dagster prints it.
pub(crate) fn run_config_yaml(config: &Map<Value>) -> String {
    if config.is_empty() { "{}\n".to_owned() } else { dump_map(config) }
}

/// What an evaluation gave.
#[derive(SimpleObject, Default)]
pub(crate) struct TickEvaluation {
    dynamic_partitions_requests: Option<Vec<DynamicPartitionRequest>>,
    run_requests: Option<Vec<RunRequest>>,
    skip_reason: Option<String>,
    error: Option<PythonError>,
    cursor: Option<String>,
}

impl TickEvaluation {
    fn failed(error: PythonError) -> Self {
        Self { error: Some(error), ..Self::default() }
    }
}

/// Whom to evaluate.
#[derive(Clone)]
enum Target {
    Schedule(Schedule),
    Sensor { sensor: Sensor, cursor: Option<String> },
}

/// An instant at which a schedule or sensor would tick; looked up and evaluated when its result is asked
/// for.
pub(crate) struct DryRunInstigationTick {
    target: std::result::Result<Target, ResolverError>,
    timestamp: Option<f64>,
}

impl DryRunInstigationTick {
    pub(crate) fn schedule(schedule: Schedule, timestamp: Option<f64>) -> Self {
        Self { target: Ok(Target::Schedule(schedule)), timestamp }
    }

    pub(crate) fn sensor(sensor: Sensor, timestamp: Option<f64>, cursor: Option<String>) -> Self {
        Self { target: Ok(Target::Sensor { sensor, cursor }), timestamp }
    }
}

impl DryRunInstigationTick {
    /// Of one that is not there, which only its result tells: the location comes before what it holds.
    pub(crate) fn missing(
        ctx: &Context<'_>,
        location: &str,
        error: ResolverError,
        timestamp: Option<f64>,
    ) -> Self {
        let is_known = ctx.workspace().location(location).is_some();
        let error = if is_known { error } else { RepositoryLocationNotFound::of(location).into() };
        Self { target: Err(error), timestamp }
    }
}

#[Object]
impl DryRunInstigationTick {
    async fn timestamp(&self) -> Option<f64> {
        self.timestamp
    }

    async fn evaluation_result(&self, ctx: &Context<'_>) -> Result<Option<TickEvaluation>> {
        Ok(Some(match self.target.as_ref().map_err(Clone::clone)? {
            Target::Schedule(schedule) => evaluate_schedule(ctx, schedule, self.timestamp).await?,
            Target::Sensor { sensor, cursor } => {
                evaluate_sensor(ctx, sensor, cursor.clone()).await?
            }
        }))
    }
}

#[derive(SimpleObject)]
pub(crate) struct DryRunInstigationTicks {
    pub(crate) results: Vec<DryRunInstigationTick>,
    pub(crate) cursor: f64,
}

async fn evaluate_schedule(
    ctx: &Context<'_>,
    schedule: &Schedule,
    timestamp: Option<f64>,
) -> std::result::Result<TickEvaluation, ResolverError> {
    let name = &schedule.snap().name;
    let Some(timestamp) = timestamp.filter(|timestamp| *timestamp != 0.0) else {
        let text =
            format!("No tick timestamp provided when attempting to dry-run schedule {name}.");
        return Err(ResolverError::raised("Exception", text));
    };
    let scheduled = schedule.next_from(timestamp)?;
    let args = ExternalScheduleExecutionArgs {
        repository_origin: schedule.repository().origin.clone(),
        instance_ref: Some(ctx.instance().evaluation_ref().clone()),
        schedule_name: name.clone(),
        scheduled_execution_timestamp: Some(scheduled),
        scheduled_execution_timezone: Some(schedule.timezone().to_owned()),
        log_key: Vec::new(),
        timeout: None,
        extra: Extra::default(),
    };
    let client = schedule.repository().location.client();
    Ok(match client.schedule_execution(&args).await {
        Err(error) => TickEvaluation::failed((&error.to_error_info()).into()),
        Ok(data) => TickEvaluation {
            run_requests: data
                .run_requests
                .map(|requests| requests.into_iter().map(RunRequest).collect()),
            skip_reason: data.skip_message,
            ..TickEvaluation::default()
        },
    })
}

async fn evaluate_sensor(
    ctx: &Context<'_>,
    sensor: &Sensor,
    cursor: Option<String>,
) -> std::result::Result<TickEvaluation, ResolverError> {
    let args = SensorExecutionArgs {
        repository_origin: sensor.repository().origin.clone(),
        instance_ref: Some(ctx.instance().evaluation_ref().clone()),
        sensor_name: sensor.snap().name.clone(),
        last_tick_completion_time: None,
        last_run_key: None,
        cursor,
        log_key: Vec::new(),
        timeout: None,
        last_sensor_start_time: None,
        last_completion_time: None,
        extra: Extra::default(),
    };
    let data = match sensor.repository().location.client().sensor_execution(&args).await {
        Err(error) => return Ok(TickEvaluation::failed((&error.to_error_info()).into())),
        Ok(data) => data,
    };
    let run_requests = match data.run_requests {
        Some(requests) => Some(not_yet_launched(ctx, sensor, requests).await?),
        None => None,
    };
    let changes = data.dynamic_partitions_requests;
    Ok(TickEvaluation {
        dynamic_partitions_requests: changes
            .map(|changes| changes.iter().filter_map(DynamicPartitionRequest::of).collect()),
        run_requests,
        skip_reason: data.skip_message,
        error: None,
        cursor: data.cursor,
    })
}

/// The requests whose run key the sensor has not used before (`fetch_existing_runs`).
async fn not_yet_launched(
    ctx: &Context<'_>,
    sensor: &Sensor,
    requests: Vec<model::RunRequest>,
) -> std::result::Result<Vec<RunRequest>, ResolverError> {
    let keys: Vec<String> = requests.iter().filter_map(|request| request.run_key.clone()).collect();
    let mut used: HashSet<String> = HashSet::new();
    if !keys.is_empty() {
        let filter = RunsFilter::default()
            .with_tag(tags::RUN_KEY_TAG, keys)
            .with_tag(tags::SENSOR_NAME_TAG, sensor.snap().name.clone());
        let own = sensor.repository().selector.as_ref();
        for run in ctx.storage().runs().get_runs(filter).await? {
            let elsewhere = run
                .remote_job_origin
                .as_ref()
                .is_some_and(|o| o.repository_origin.selector() != *own);
            if !elsewhere {
                used.extend(run.tag(tags::RUN_KEY_TAG).map(str::to_owned));
            }
        }
    }
    let fresh = |request: &model::RunRequest| {
        request.run_key.as_ref().is_none_or(|key| !used.contains(key))
    };
    Ok(requests.into_iter().filter(fresh).map(RunRequest).collect())
}
