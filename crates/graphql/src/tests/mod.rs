//! Whole requests over an instance in a temporary directory, without code locations.

mod backfills;
mod direct;
mod logs;
mod runs;
mod statements;

use std::sync::Arc;

use async_graphql::{Request, Variables};
use rondel_code_location::{CodeServerOptions, Environment, Workspace, WorkspaceConfig};
use rondel_instance::{Home, Instance, InstanceOptions};
use rondel_model::{
    event::{DagsterEvent, DagsterEventType, EventLogEntry},
    ids::UnixTime,
    run::{DagsterRun, RunStatus},
};
use serde_json::Value;

use crate::{GraphqlContext, Limits, Schema, build_schema, execute};

pub(super) struct Deployment {
    pub(super) instance: Arc<Instance>,
    pub(super) schema: Schema,
    _home: tempfile::TempDir,
}

impl Deployment {
    pub(super) async fn new() -> Self {
        Self::with(false, Limits::default()).await
    }

    pub(super) async fn with(read_only: bool, limits: Limits) -> Self {
        Self::configured("", read_only, limits).await
    }

    /// With the text of a `dagster.yaml`, in which `$HOME` stands for its folder.
    pub(super) async fn configured(yaml: &str, read_only: bool, limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let yaml = yaml.replace("$HOME", folder.path().to_str().unwrap());
        std::fs::write(folder.path().join("dagster.yaml"), yaml).unwrap();
        let home = Home::from_variable(folder.path().to_str().unwrap()).unwrap();
        let instance = Instance::open(home, InstanceOptions::default()).await.unwrap();
        let config = WorkspaceConfig::from_targets(Vec::new(), Environment::current().unwrap());
        let workspace = Workspace::start(config, CodeServerOptions::new("python3")).unwrap();
        let schema = build_schema(GraphqlContext {
            instance: Arc::clone(&instance),
            workspace,
            read_only,
            version: "1.13.27".to_owned(),
            limits,
        });
        Deployment { instance, schema, _home: folder }
    }

    /// The data of an answer; no errors are expected.
    pub(super) async fn query(&self, query: &str, variables: Value) -> Value {
        let executed = execute(&self.schema, request(query, variables)).await;
        assert!(executed.response.errors.is_empty(), "{:?}", executed.response.errors);
        executed.response.data.into_json().unwrap()
    }

    pub(super) async fn add_run(&self, id: u32, status: RunStatus, created: f64) -> DagsterRun {
        let run_id = format!("00000000-0000-4000-8000-{id:012}");
        let mut run = DagsterRun::new(run_id, format!("job_{id}")).with_status(status);
        run.tags.insert("team".to_owned(), format!("team_{}", id % 2));
        self.instance.storage().runs().add_run(&run, UnixTime(created)).await.unwrap();
        run
    }

    pub(super) async fn add_event(&self, run: &DagsterRun, event: DagsterEvent, at: f64) {
        let entry = EventLogEntry::for_run(run.run_id.clone(), at, event);
        self.instance.storage().events().store_event(&entry).await.unwrap();
    }
}

pub(super) fn request(query: &str, variables: Value) -> Request {
    Request::new(query).variables(Variables::from_json(variables))
}

pub(super) fn event(kind: DagsterEventType, run: &DagsterRun, message: &str) -> DagsterEvent {
    DagsterEvent::new(kind, &run.job_name).with_message(message)
}
