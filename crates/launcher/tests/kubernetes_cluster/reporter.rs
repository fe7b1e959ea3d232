//! An instance that only remembers what a launcher tells it.

use std::sync::Mutex;

use async_trait::async_trait;
use rondel_launcher::{ReporterError, RunReporter};
use rondel_model::event::EngineEventData;
use rondel_model::grpc::InstanceRef;
use rondel_model::ids::RunId;
use rondel_model::run::{DagsterRun, RunStatus};
use rondel_model::serdes::Map;

const RESUMED: &str = "resumed";

pub struct Reporter {
    instance_ref: InstanceRef,
    pub run: Mutex<DagsterRun>,
    events: Mutex<Vec<String>>,
}

impl Reporter {
    pub fn new(run: DagsterRun) -> Self {
        Self {
            instance_ref: InstanceRef::default(),
            run: Mutex::new(run),
            events: Mutex::default(),
        }
    }

    pub fn events(&self) -> Vec<String> {
        self.events.lock().unwrap().clone()
    }

    pub fn forget_events(&self) {
        self.events.lock().unwrap().clear();
    }

    pub fn stored(&self) -> DagsterRun {
        self.run.lock().unwrap().clone()
    }

    pub fn set_status(&self, status: RunStatus) {
        self.run.lock().unwrap().status = status;
    }

    pub fn note_resumption(&self) {
        self.events.lock().unwrap().push(RESUMED.to_owned());
    }
}

#[async_trait]
impl RunReporter for Reporter {
    fn instance_ref(&self) -> &InstanceRef {
        &self.instance_ref
    }

    async fn run(&self, run_id: &RunId) -> Result<Option<DagsterRun>, ReporterError> {
        Ok(Some(self.stored()).filter(|run| run.run_id == *run_id))
    }

    async fn add_run_tags(&self, _run_id: &RunId, tags: &Map<String>) -> Result<(), ReporterError> {
        let mut run = self.run.lock().unwrap();
        run.tags.extend(tags.iter().map(|(key, value)| (key.clone(), value.clone())));
        Ok(())
    }

    async fn engine_event(
        &self,
        _run: &DagsterRun,
        class_name: &str,
        message: &str,
        _data: EngineEventData,
    ) -> Result<(), ReporterError> {
        self.events.lock().unwrap().push(format!("[{class_name}] {message}"));
        Ok(())
    }

    async fn count_resume_attempts(&self, _run_id: &RunId) -> Result<u32, ReporterError> {
        let events = self.events.lock().unwrap();
        let count = events.iter().filter(|event| *event == RESUMED).count();
        Ok(u32::try_from(count).unwrap())
    }

    async fn run_canceling(&self, _run: &DagsterRun) -> Result<(), ReporterError> {
        self.set_status(RunStatus::Canceling);
        Ok(())
    }
}
