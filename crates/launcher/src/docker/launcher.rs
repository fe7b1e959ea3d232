//! `DockerRunLauncher` itself (`dagster_docker/docker_run_launcher.py`).
//!
//! Dagster knows a run's container by the run's tag `docker/container_id` only. Here its labels count as well:
//! a container is made before the tag is written, and a launch that is interrupted between the two is repeated
//! with the container that is there.

use std::collections::HashMap;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use rondel_model::event::EngineEventData;
use rondel_model::ids::RunId;
use rondel_model::run::{DagsterRun, tags};
use rondel_model::serdes::{Map, to_text};
use serde_json::Value;

use super::DockerError;
use super::config::{Context, LauncherConfig};

use super::container::{Worker, describe};
use super::engine::{Address, Engine, Found};
use super::events;
use crate::error::LaunchError;
use crate::kubernetes::{Attempt, run_worker_args};
use crate::launcher::{
    LaunchContext, RunLauncher, RunReporter, WorkerHealth, WorkerNotice, WorkerPresence,
    WorkerStatus,
};

const CLASS_NAME: &str = "DockerRunLauncher";

/// The tag with the id of a run's container.
const CONTAINER_TAG: &str = "docker/container_id";

pub(super) const RUN_LABEL: &str = "dagster/run_id";
const JOB_LABEL: &str = "dagster/job_name";
/// Which worker of the run it is. Containers that Dagster made have none.
const ATTEMPT_LABEL: &str = "rondel.dev/attempt";

/// Runs each worker in a Docker container.
pub struct DockerRunLauncher {
    config: Result<LauncherConfig, DockerError>,
    engine: Result<Engine, DockerError>,
    variables: HashMap<String, String>,
}

impl DockerRunLauncher {
    /// The launcher with the `config` of `dagster.yaml`. What is wrong with it fails every launch.
    pub fn new(config: &Value) -> Self {
        Self::with_environment(config, std::env::vars().collect())
    }

    /// As [`Self::new`], with these variables instead of the environment of this process.
    pub fn with_environment(config: &Value, variables: HashMap<String, String>) -> Self {
        let config = LauncherConfig::parse(config, &variables);
        if let Err(error) = &config {
            tracing::warn!(%error, "runs cannot be launched");
        }
        let variable = |name: &str| variables.get(name).map(String::as_str);
        let address = Address::parse(variable("DOCKER_HOST"), variable("DOCKER_TLS_VERIFY"));
        Self { config, engine: address.map(Engine::new), variables }
    }

    fn config(&self) -> Result<&LauncherConfig, DockerError> {
        self.config.as_ref().map_err(Clone::clone)
    }

    fn engine(&self) -> Result<&Engine, DockerError> {
        self.engine.as_ref().map_err(Clone::clone)
    }

    fn context_of(&self, run: &DagsterRun) -> Result<Context, LaunchError> {
        let origin = run.job_code_origin.as_ref();
        let given = origin.and_then(|origin| origin.repository_origin.container_context.as_ref());
        let given: Option<Value> = given
            .map(|context| serde_json::from_str(&to_text(context)))
            .transpose()
            .map_err(|error| DockerError::invalid("container_context", error.to_string()))?;
        Ok(self.config()?.with_code_location(given.as_ref(), &self.variables)?)
    }

    fn image_of(&self, run: &DagsterRun) -> Result<String, LaunchError> {
        let origin = run.job_code_origin.as_ref();
        let own = origin.and_then(|origin| origin.repository_origin.container_image.clone());
        let own = own.filter(|image| !image.is_empty());
        let image = own.or_else(|| self.config().ok()?.image.clone()).ok_or_else(|| {
            let reason = "No docker image specified by the instance config or repository";
            DockerError::invalid("run_launcher.config.image", reason)
        })?;
        Ok(image)
    }

    async fn start(
        &self,
        context: &LaunchContext<'_>,
        attempt: Attempt,
    ) -> Result<(), LaunchError> {
        let (run, reporter) = (context.run, context.reporter);
        let (engine, image) = (self.engine()?, self.image_of(run)?);
        let earlier = self.container_of_attempt(run, attempt).await?;
        let id = match &earlier {
            Some(found) => found.id.clone(),
            None => self.create(run, reporter, attempt, &image).await?,
        };
        let message = format!("Launching run in a new container {id} with image {image}");
        tell(reporter, run, &message).await?;
        let told = Map::from_iter([
            (CONTAINER_TAG.to_owned(), id.clone()),
            (tags::DOCKER_IMAGE_TAG.to_owned(), image),
        ]);
        reporter.add_run_tags(&run.run_id, &told).await.map_err(LaunchError::Instance)?;
        if earlier.is_none_or(|found| found.status == "created") {
            // of these, the first is there since the container was made
            for network in self.context_of(run)?.networks.iter().skip(1) {
                engine.connect(network, &id).await?;
            }
            engine.start(&id).await?;
        }
        Ok(())
    }

    async fn create(
        &self,
        run: &DagsterRun,
        reporter: &dyn RunReporter,
        attempt: Attempt,
        image: &str,
    ) -> Result<String, LaunchError> {
        let (engine, context) = (self.engine()?, self.context_of(run)?);
        let command = run_worker_args(run, None, reporter.instance_ref().clone(), attempt)?;
        let mut environment = context.environment(&self.variables)?;
        environment.insert("DAGSTER_RUN_JOB_NAME".to_owned(), run.job_name.clone());
        let worker = Worker {
            image,
            command: &command,
            environment: &environment,
            network: context.networks.first().map(String::as_str),
            labels: &[
                (RUN_LABEL, run.run_id.to_string()),
                (JOB_LABEL, run.job_name.clone()),
                (ATTEMPT_LABEL, number(attempt).to_string()),
            ],
        };
        let container = describe(&worker, &context.container_kwargs)?;
        if let Some(id) = engine.create(&container).await? {
            return Ok(id);
        }
        engine.pull(image, context.registry.as_ref()).await?;
        let missing = || DockerError::Refused {
            action: "create a container",
            status: 404,
            message: format!("there is no image {image}, although it was pulled"),
        };
        Ok(engine.create(&container).await?.ok_or_else(missing)?)
    }

    /// The container that was made for an attempt to start a worker.
    async fn container_of_attempt(
        &self,
        run: &DagsterRun,
        attempt: Attempt,
    ) -> Result<Option<Found>, LaunchError> {
        let labels =
            [format!("{RUN_LABEL}={}", run.run_id), format!("{ATTEMPT_LABEL}={}", number(attempt))];
        self.newest(&labels).await
    }

    /// The newest container of a run.
    async fn container_of(&self, run: &DagsterRun) -> Result<Option<Found>, LaunchError> {
        match run.tags.get(CONTAINER_TAG) {
            Some(id) => Ok(self.engine()?.inspect(id).await?),
            None => self.newest(&[format!("{RUN_LABEL}={}", run.run_id)]).await,
        }
    }

    async fn newest(&self, labels: &[String]) -> Result<Option<Found>, LaunchError> {
        let engine = self.engine()?;
        let ids = engine.labelled(labels).await?;
        match ids.first() {
            Some(id) => Ok(engine.inspect(id).await?),
            None => Ok(None),
        }
    }
}

#[async_trait]
impl RunLauncher for DockerRunLauncher {
    fn class_name(&self) -> &'static str {
        CLASS_NAME
    }

    async fn launch(&self, context: &LaunchContext<'_>) -> Result<(), LaunchError> {
        self.start(context, Attempt::Launch).await
    }

    /// A container that was made and not started is no worker yet: launching again starts it.
    async fn presence(
        &self,
        run: &DagsterRun,
        _reporter: &dyn RunReporter,
    ) -> Result<WorkerPresence, LaunchError> {
        let found = self.container_of(run).await?;
        let is_there = found.is_some_and(|found| found.status != "created");
        Ok(if is_there { WorkerPresence::Present } else { WorkerPresence::Absent })
    }

    fn supports_resume(&self) -> bool {
        true
    }

    async fn resume(&self, context: &LaunchContext<'_>, attempt: u32) -> Result<(), LaunchError> {
        self.start(context, Attempt::Resume(attempt)).await
    }

    async fn terminate(
        &self,
        run_id: &RunId,
        reporter: &dyn RunReporter,
    ) -> Result<bool, LaunchError> {
        let run = reporter.run(run_id).await.map_err(LaunchError::Instance)?;
        let Some(run) = run.filter(|run| !run.status.is_finished()) else { return Ok(false) };
        reporter.run_canceling(&run).await.map_err(LaunchError::Instance)?;
        let timeout = self.context_of(&run)?.container_kwargs.get("stop_timeout").cloned();
        let stopped = match self.container_of(&run).await? {
            Some(found) => self.engine()?.stop(&found.id, timeout.and_then(|t| t.as_u64())).await?,
            None => false,
        };
        if !stopped {
            let message = "Unable to get docker container to send termination request to.";
            tell(reporter, &run, message).await?;
        }
        Ok(stopped)
    }

    fn supports_health_checks(&self) -> bool {
        true
    }

    async fn check_health(
        &self,
        run: &DagsterRun,
        _reporter: &dyn RunReporter,
    ) -> Result<WorkerHealth, LaunchError> {
        let told = |status, message: Option<String>| WorkerHealth {
            status,
            message,
            transient: None,
            run_worker_id: None,
        };
        let Some(id) = run.tags.get(CONTAINER_TAG) else {
            let message = "No container ID tag for run.".to_owned();
            return Ok(told(WorkerStatus::NotFound, Some(message)));
        };
        let Some(found) = self.container_of(run).await? else {
            let message = format!("Could not find container with ID {id}.");
            return Ok(told(WorkerStatus::NotFound, Some(message)));
        };
        if found.status == "running" {
            return Ok(told(WorkerStatus::Running, None));
        }
        let message =
            format!("Container status is {}. Container state: {}", found.status, found.state);
        Ok(told(WorkerStatus::Failed, Some(message)))
    }

    fn notices(&self) -> Option<BoxStream<'static, WorkerNotice>> {
        self.engine.as_ref().ok().map(|engine| events::notices(engine.clone()).boxed())
    }

    async fn discard(
        &self,
        run: &DagsterRun,
        _reporter: &dyn RunReporter,
    ) -> Result<(), LaunchError> {
        if let Some(found) = self.container_of(run).await? {
            self.engine()?.remove(&found.id).await?;
        }
        Ok(())
    }
}

fn number(attempt: Attempt) -> u32 {
    match attempt {
        Attempt::Launch => 0,
        Attempt::Resume(number) => number,
    }
}

async fn tell(
    reporter: &dyn RunReporter,
    run: &DagsterRun,
    message: &str,
) -> Result<(), LaunchError> {
    let told = reporter.engine_event(run, CLASS_NAME, message, EngineEventData::default()).await;
    told.map_err(LaunchError::Instance)
}
