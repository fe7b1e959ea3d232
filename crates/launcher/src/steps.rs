//! Workers of single steps, for runs whose steps the control plane executes itself.

use std::collections::HashMap;

use async_trait::async_trait;
use futures::stream::BoxStream;
use rondel_model::SerializableErrorInfo;
use rondel_model::grpc::InstanceRef;
use rondel_model::ids::RunId;
use rondel_model::plan::{KnownExecutionState, RetryMode};
use rondel_model::run::DagsterRun;
use rondel_model::serdes::Map;
use serde_json::Value;

use crate::error::LaunchError;
use crate::launcher::WorkerCondition;

/// What a step's worker is for.
#[derive(Debug, Clone, Copy)]
pub enum StepTask<'a> {
    /// To execute the step.
    Execute,
    /// To let the retry policy of the step's op, which only user code knows, decide what becomes of the step
    /// after this error, and to write that into the run's log.
    Arbitrate(&'a SerializableErrorInfo),
}

/// Work on a step.
#[derive(Debug, Clone)]
pub struct StepWork<'a> {
    /// What is to be done.
    pub task: StepTask<'a>,
    /// The step's key.
    pub key: &'a str,
    /// The name of its op.
    pub op_name: &'a str,
    /// Its tags.
    pub tags: &'a Map<String>,
    /// How often it has been tried before.
    pub attempt: i64,
    /// Whether it may ask to be tried again.
    pub retry_mode: RetryMode,
    /// What the run knows so far.
    pub known_state: &'a KnownExecutionState,
}

/// The run that steps belong to.
#[derive(Debug, Clone, Copy)]
pub struct StepsOf<'a> {
    /// The run.
    pub run: &'a DagsterRun,
    /// The executor's configuration.
    pub config: &'a Value,
}

/// How a step's worker is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepWorkerState {
    /// It is starting or running.
    Active,
    /// It has ended without an error.
    Succeeded,
    /// It has ended with an error; why, if that is known.
    Failed(Option<String>),
}

/// News of a step's worker. A hint, as [`WorkerNotice`](crate::WorkerNotice) is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepNotice {
    /// The run.
    pub run_id: RunId,
    /// The name of the worker.
    pub worker: String,
    /// What happened.
    pub condition: WorkerCondition,
    /// Why, for people; empty when unknown.
    pub reason: String,
}

/// Starts, stops and watches workers of single steps. Dagster's `StepHandler`.
///
/// A worker's name is made of the run, the step and the attempt: launching again finds the worker that is
/// there.
#[async_trait]
pub trait StepLauncher: Send + Sync {
    /// The name of the Python class it stands for; events mention it.
    fn handler_name(&self) -> &'static str;

    /// The name of a step's worker.
    fn worker_name(&self, run_id: &RunId, step: &str, attempt: i64) -> String;

    /// The name of the worker that decides what becomes of a step whose worker died.
    fn arbiter_name(&self, run_id: &RunId, step: &str, attempt: i64) -> String;

    /// Starts the worker of a step, unless it is there.
    async fn launch(
        &self,
        of: StepsOf<'_>,
        work: StepWork<'_>,
        instance_ref: &InstanceRef,
    ) -> Result<(), LaunchError>;

    /// The workers of a run that there are, by name.
    async fn workers(
        &self,
        of: StepsOf<'_>,
    ) -> Result<HashMap<String, StepWorkerState>, LaunchError>;

    /// One worker; `None` when there is none.
    async fn worker(
        &self,
        of: StepsOf<'_>,
        name: &str,
    ) -> Result<Option<StepWorkerState>, LaunchError>;

    /// Takes a worker away; `false` when there is none.
    async fn delete(&self, of: StepsOf<'_>, name: &str) -> Result<bool, LaunchError>;

    /// The runs that have workers which have not ended, where workers are usually made.
    async fn runs_with_workers(&self) -> Result<Vec<RunId>, LaunchError>;

    /// News of workers as they come. Ends when the stream is dropped.
    fn notices(&self) -> BoxStream<'static, StepNotice>;

    /// Waits until this process has handed a run over whose steps are to be executed. One waiter at a time.
    async fn run_handed_over(&self);
}
