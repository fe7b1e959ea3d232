//! The RPCs with the model's types: arguments are serialized, answers parsed, and an error class in an
//! answer becomes [`CodeLocationError::UserCode`].

use std::sync::Arc;
use std::time::Duration;

use rondel_model::grpc::{
    CanCancelExecutionRequest, CanCancelExecutionResult, CancelExecutionRequest,
    CancelExecutionResult, ExecuteExternalJobArgs, ExecutionPlanSnapshotArgs,
    ExternalScheduleExecutionArgs, GetCurrentImageResult, GetCurrentRunsResult,
    JobSubsetSnapshotArgs, ListRepositoriesResponse, PartitionArgs, PartitionExecutionErrorSnap,
    PartitionNamesArgs, PartitionSetExecutionParamArgs, RepositoryErrorSnap, ScheduleExecutionData,
    ScheduleExecutionErrorSnap, SensorExecutionArgs, SensorExecutionData, SensorExecutionErrorSnap,
    SerializableErrorInfo, ShutdownServerResult, StartRunResult,
};
use rondel_model::ids::RunId;
use rondel_model::origin::RemoteRepositoryOrigin;
use rondel_model::serdes::{Raw, Record, Unpack, from_text, to_text};
use rondel_model::snap::{
    DefsStateInfo, ExecutionPlanSnapshot, ExecutionPlanSnapshotErrorData, JobDataSnap,
    PartitionConfigSnap, PartitionNamesSnap, PartitionSetExecutionParamSnap, PartitionTagsSnap,
    RemoteJobSubsetResult, RepositorySnap,
};

use super::CodeServerClient;
use crate::error::CodeLocationError;

type Answer<T> = Result<T, CodeLocationError>;

/// How long the server may take to refresh component state, which can call external systems
/// (`DEFAULT_REFRESH_COMPONENT_STATE_TIMEOUT`).
const REFRESH_COMPONENT_STATE: Duration = Duration::from_secs(300);

/// How long a server may take to acknowledge a shutdown (`shutdown_server`).
const SHUTDOWN: Duration = Duration::from_secs(15);

impl CodeServerClient {
    /// What the server serves and about its environment.
    pub async fn list_repositories(&self) -> Answer<ListRepositoriesResponse> {
        let text = self.list_repositories_text().await?;
        if is_class::<SerializableErrorInfo>(&text) {
            return Err(user_code(parse("an error", &text)?));
        }
        parse("the list of repositories", &text)
    }

    /// One repository's definitions.
    pub async fn repository(
        &self,
        origin: &RemoteRepositoryOrigin,
        defer_snapshots: bool,
    ) -> Answer<Raw<RepositorySnap>> {
        parse_repository(self.repository_text(to_text(origin), defer_snapshots).await?)
    }

    /// One job with its snapshots.
    pub async fn job(
        &self,
        origin: &RemoteRepositoryOrigin,
        job: &str,
    ) -> Answer<Arc<JobDataSnap>> {
        let reply = self.job_text(to_text(origin), job).await?;
        if reply.serialized_job_data.is_empty() {
            if reply.serialized_error.is_empty() {
                return Err(CodeLocationError::NotFound(format!(
                    "the code server sent neither job `{job}` nor an error"
                )));
            }
            return Err(user_code(parse("an error", &reply.serialized_error)?));
        }
        parse("a job", &reply.serialized_job_data).map(Arc::new)
    }

    /// A job restricted to a selection of ops or assets.
    pub async fn job_subset_snapshot(
        &self,
        args: &JobSubsetSnapshotArgs,
    ) -> Answer<RemoteJobSubsetResult> {
        let text = self.job_subset_text(to_text(args)).await?;
        let mut result: RemoteJobSubsetResult = parse("a job subset", &text)?;
        match result.error.take() {
            Some(error) => Err(user_code(error)),
            None => Ok(result),
        }
    }

    /// The execution plan of a job, with the text it is stored and hashed as.
    pub async fn execution_plan_snapshot(
        &self,
        args: &ExecutionPlanSnapshotArgs,
    ) -> Answer<Raw<ExecutionPlanSnapshot>> {
        let text = self.execution_plan_text(to_text(args)).await?;
        if is_class::<ExecutionPlanSnapshotErrorData>(&text) {
            let error: ExecutionPlanSnapshotErrorData = parse("an error", &text)?;
            return Err(user_code(error.error.unwrap_or_default()));
        }
        Raw::parse(text)
            .map_err(|source| CodeLocationError::Malformed { what: "an execution plan", source })
    }

    /// Evaluates a schedule. The deadline is the arguments' timeout, else
    /// `DAGSTER_SCHEDULE_GRPC_TIMEOUT_SECONDS`.
    pub async fn schedule_execution(
        &self,
        args: &ExternalScheduleExecutionArgs,
    ) -> Answer<ScheduleExecutionData> {
        let deadline = seconds(args.timeout).unwrap_or(self.limits().schedule);
        let text = self.schedule_execution_text(to_text(args), deadline).await?;
        if is_class::<ScheduleExecutionErrorSnap>(&text) {
            let error: ScheduleExecutionErrorSnap = parse("an error", &text)?;
            return Err(user_code(error.error.unwrap_or_default()));
        }
        parse("a schedule evaluation", &text)
    }

    /// Evaluates a sensor. The deadline is the arguments' timeout, else
    /// `DAGSTER_SENSOR_GRPC_TIMEOUT_SECONDS`, which is then told to the server as Dagster does.
    pub async fn sensor_execution(
        &self,
        args: &SensorExecutionArgs,
    ) -> Answer<SensorExecutionData> {
        let deadline = seconds(args.timeout).unwrap_or(self.limits().sensor);
        let text = if args.timeout.is_some() {
            to_text(args)
        } else {
            let mut args = args.clone();
            args.timeout = i64::try_from(deadline.as_secs()).ok();
            to_text(&args)
        };
        let text = self.sensor_execution_text(text, deadline).await?;
        if is_class::<SensorExecutionErrorSnap>(&text) {
            let error: SensorExecutionErrorSnap = parse("an error", &text)?;
            return Err(user_code(error.error.unwrap_or_default()));
        }
        parse("a sensor evaluation", &text)
    }

    /// Partition names of a job.
    pub async fn partition_names(&self, args: &PartitionNamesArgs) -> Answer<PartitionNamesSnap> {
        partition_answer("partition names", &self.partition_names_text(to_text(args)).await?)
    }

    /// Run config of one partition of a job.
    pub async fn partition_config(&self, args: &PartitionArgs) -> Answer<PartitionConfigSnap> {
        partition_answer("a partition's config", &self.partition_config_text(to_text(args)).await?)
    }

    /// Run tags of one partition of a job.
    pub async fn partition_tags(&self, args: &PartitionArgs) -> Answer<PartitionTagsSnap> {
        partition_answer("a partition's tags", &self.partition_tags_text(to_text(args)).await?)
    }

    /// Run config and tags of many partitions of a job.
    pub async fn partition_set_execution_params(
        &self,
        args: &PartitionSetExecutionParamArgs,
    ) -> Answer<PartitionSetExecutionParamSnap> {
        let text = self.partition_set_execution_params_text(to_text(args)).await?;
        partition_answer("partition parameters", &text)
    }

    /// Has the server start a run worker. An unsuccessful result is returned, not an error: the caller
    /// records what it says on the run.
    pub async fn start_run(&self, args: &ExecuteExternalJobArgs) -> Answer<StartRunResult> {
        parse("the result of starting a run", &self.start_run_text(to_text(args)).await?)
    }

    /// Has the server interrupt a run worker of its own.
    pub async fn cancel_execution(&self, run_id: &RunId) -> Answer<CancelExecutionResult> {
        let args = CancelExecutionRequest { run_id: run_id.to_string(), extra: Default::default() };
        parse("the result of a cancellation", &self.cancel_execution_text(to_text(&args)).await?)
    }

    /// Whether the server runs this run and has not been told to cancel it.
    pub async fn can_cancel_execution(&self, run_id: &RunId, deadline: Duration) -> Answer<bool> {
        let args =
            CanCancelExecutionRequest { run_id: run_id.to_string(), extra: Default::default() };
        let text = self.can_cancel_execution_text(to_text(&args), deadline).await?;
        let result: CanCancelExecutionResult = parse("whether a run can be cancelled", &text)?;
        Ok(result.can_cancel)
    }

    /// The runs the server is executing.
    pub async fn get_current_runs(&self) -> Answer<Vec<RunId>> {
        let text = self.current_runs_text().await?;
        let result: GetCurrentRunsResult = parse("the current runs", &text)?;
        match result.serializable_error_info {
            Some(error) => Err(user_code(error)),
            None => Ok(result.current_runs.into_iter().map(RunId::from).collect()),
        }
    }

    /// The image runs of the server's location use.
    pub async fn get_current_image(&self) -> Answer<Option<String>> {
        let text = self.current_image_text().await?;
        let result: GetCurrentImageResult = parse("the current image", &text)?;
        Ok(result.current_image)
    }

    /// Asks the server to load its code anew; a server without that method keeps its code.
    pub async fn reload_code(&self, deadline: Duration) -> Answer<()> {
        match self.reload_code_text(deadline).await {
            Ok(error) if error.is_empty() => Ok(()),
            Ok(error) => Err(user_code(parse("an error", &error)?)),
            Err(error) if error.is_unimplemented() => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Refreshes the state of the named state-backed components.
    pub async fn refresh_component_state(
        &self,
        defs_state_keys: Vec<String>,
    ) -> Answer<DefsStateInfo> {
        let reply =
            self.refresh_component_state_text(defs_state_keys, REFRESH_COMPONENT_STATE).await?;
        if reply.serialized_error.is_empty() {
            parse("component state", &reply.serialized_defs_state_info)
        } else {
            Err(user_code(parse("an error", &reply.serialized_error)?))
        }
    }

    /// Asks the server to end once its runs have; a server already gone is what was asked for.
    pub async fn shutdown_server(&self) -> Answer<()> {
        match self.shutdown_server_text(SHUTDOWN).await {
            Ok(text) => {
                let result: ShutdownServerResult = parse("the result of a shutdown", &text)?;
                result.serializable_error_info.map_or(Ok(()), |error| Err(user_code(error)))
            }
            Err(error) if error.is_unreachable() => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// A repository's text, or the error it holds.
pub(crate) fn parse_repository(text: String) -> Answer<Raw<RepositorySnap>> {
    if is_class::<RepositoryErrorSnap>(&text) {
        let error: RepositoryErrorSnap = parse("an error", &text)?;
        return Err(user_code(error.error.unwrap_or_default()));
    }
    Raw::parse(text).map_err(|source| CodeLocationError::Malformed { what: "a repository", source })
}

fn partition_answer<T: Unpack>(what: &'static str, text: &str) -> Answer<T> {
    if is_class::<PartitionExecutionErrorSnap>(text) {
        let error: PartitionExecutionErrorSnap = parse("an error", text)?;
        return Err(user_code(error.error.unwrap_or_default()));
    }
    parse(what, text)
}

fn parse<T: Unpack>(what: &'static str, text: &str) -> Answer<T> {
    from_text(text).map_err(|source| CodeLocationError::Malformed { what, source })
}

fn user_code(error: SerializableErrorInfo) -> CodeLocationError {
    CodeLocationError::UserCode(Box::new(error))
}

fn seconds(timeout: Option<i64>) -> Option<Duration> {
    timeout.and_then(|timeout| u64::try_from(timeout).ok()).map(Duration::from_secs)
}

/// Whether the text is an object of this class. Python writes the class first.
fn is_class<T: Record>(text: &str) -> bool {
    let name = text
        .trim_start()
        .strip_prefix('{')
        .map(str::trim_start)
        .and_then(|rest| rest.strip_prefix("\"__class__\""))
        .map(str::trim_start)
        .and_then(|rest| rest.strip_prefix(':'))
        .map(str::trim_start)
        .and_then(|rest| rest.strip_prefix('"'))
        .and_then(|rest| rest.split('"').next());
    name.is_some_and(T::is_class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_class_of_a_text_is_seen_without_parsing_it() {
        let text = to_text(&RepositoryErrorSnap {
            error: Some(SerializableErrorInfo::default()),
            extra: Default::default(),
        });
        assert!(is_class::<RepositoryErrorSnap>(&text));
        assert!(!is_class::<ScheduleExecutionErrorSnap>(&text));
        assert!(!is_class::<RepositoryErrorSnap>("[]"));
    }
}
