//! Events of runs and assets.

mod asset;
mod filter;
mod health;
mod payload;
mod types;

pub use asset::*;
pub use filter::*;
pub use health::*;
pub use payload::*;
pub use types::*;

use crate::error::SerializableErrorInfo;
use crate::ids::{AssetKey, RunId};
use crate::plan::{NodeHandle, StepHandleKind};
use crate::serdes::{Extra, Map, Value};
use crate::{either, record};

record! {
    /// Something that happened in or around a run.
    #[derive(Default)]
    pub struct DagsterEvent = "DagsterEvent" {
        event_type_value: String,
        job_name as "pipeline_name": String,
        step_handle: Option<StepHandleKind>,
        node_handle as "solid_handle": Option<NodeHandle>,
        step_kind_value: Option<String>,
        logging_tags: Option<Map<String>>,
        event_specific_data: Option<EventSpecificData>,
        message: Option<String>,
        pid: Option<i64>,
        step_key: Option<String>,
    }
    finish = read_old_event_types;
}

/// Renames event types of early versions (Dagster's `_handle_back_compat`).
fn read_old_event_types(event: &mut DagsterEvent) {
    let new_type = match event.event_type_value.as_str() {
        "PIPELINE_PROCESS_START" | "PIPELINE_PROCESS_STARTED" | "PIPELINE_PROCESS_EXITED" => {
            event.event_specific_data = Some(EngineEventData::default().into());
            DagsterEventType::EngineEvent
        }
        "STEP_MATERIALIZATION" => DagsterEventType::AssetMaterialization,
        "PIPELINE_INIT_FAILURE" => {
            let error = match event.event_specific_data.take() {
                Some(EventSpecificData::Unknown(data)) => {
                    data.get("error").and_then(|error| error.to_typed().ok())
                }
                _ => None,
            };
            let data = JobFailureData { error, ..Default::default() };
            event.event_specific_data = Some(data.into());
            DagsterEventType::RunFailure
        }
        "ASSET_STORE_OPERATION" => return read_asset_store_operation(event),
        _ => return,
    };
    event.event_type_value = new_type.as_str().to_owned();
}

fn read_asset_store_operation(event: &mut DagsterEvent) {
    let Some(EventSpecificData::Unknown(data)) = &event.event_specific_data else { return };
    let text = |key: &str| data.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let operation = data.get("op").map(ToString::to_string).unwrap_or_default();
    let (name, manager_key) = (text("output_name"), text("asset_store_key"));
    let (new_type, data) = if operation.contains("GET_ASSET") {
        let loaded = LoadedInputData { input_name: name, manager_key, ..Default::default() };
        (DagsterEventType::LoadedInput, EventSpecificData::from(loaded))
    } else {
        let handled = HandledOutputData { output_name: name, manager_key, ..Default::default() };
        (DagsterEventType::HandledOutput, EventSpecificData::from(handled))
    };
    event.event_type_value = new_type.as_str().to_owned();
    event.event_specific_data = Some(data);
}

either! {
    /// The severity of a log entry: Python's numeric level, rarely its name.
    pub enum LogLevel {
        String => /// By name.
        Name(String),
        _ => /// By number.
        Number(i64),
    }
}

record! {
    /// A stored log entry: a plain message or an event. The timestamp is in seconds since the
    /// epoch.
    pub struct EventLogEntry = "EventLogEntry" | "DagsterEventRecord" | "LogMessageRecord" | "EventRecord" {
        error_info: Option<SerializableErrorInfo>,
        level: LogLevel,
        user_message: String,
        run_id: RunId,
        timestamp: f64,
        step_key: Option<String>,
        job_name as "pipeline_name": Option<String>,
        dagster_event: Option<DagsterEvent>,
    }
    old { "message": String("".into()) }
}

record! {
    /// What is stored about an asset besides its events. The timestamp is in seconds since the
    /// epoch.
    #[derive(Default)]
    pub struct AssetDetails = "AssetDetails" {
        last_wipe_timestamp: Option<f64>,
    }
}

/// Python's `logging` levels.
pub mod level {
    /// `DEBUG`
    pub const DEBUG: i64 = 10;
    /// `INFO`
    pub const INFO: i64 = 20;
    /// `WARNING`
    pub const WARNING: i64 = 30;
    /// `ERROR`
    pub const ERROR: i64 = 40;
    /// `CRITICAL`
    pub const CRITICAL: i64 = 50;
}

impl LogLevel {
    /// The level as a number; an unknown name counts as `INFO`.
    pub fn number(&self) -> i64 {
        match self {
            Self::Number(level) => *level,
            Self::Name(name) => match name.to_ascii_uppercase().as_str() {
                "DEBUG" => level::DEBUG,
                "WARNING" | "WARN" => level::WARNING,
                "ERROR" => level::ERROR,
                "CRITICAL" | "FATAL" => level::CRITICAL,
                _ => level::INFO,
            },
        }
    }
}

impl Default for LogLevel {
    fn default() -> Self {
        Self::Number(level::INFO)
    }
}

impl DagsterEvent {
    /// An event of a run.
    pub fn new(event_type: DagsterEventType, job_name: impl Into<String>) -> Self {
        Self {
            event_type_value: event_type.as_str().to_owned(),
            job_name: job_name.into(),
            // what Python's constructor makes of no tags
            logging_tags: Some(Map::new()),
            ..Self::default()
        }
    }

    /// An `ENGINE_EVENT`: something the control plane did or noticed.
    pub fn engine_event(
        job_name: impl Into<String>,
        message: impl Into<String>,
        data: EngineEventData,
    ) -> Self {
        Self::new(DagsterEventType::EngineEvent, job_name).with_message(message).with_data(data)
    }

    /// Adds the message.
    #[must_use]
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// Adds the payload.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<EventSpecificData>) -> Self {
        self.event_specific_data = Some(data.into());
        self
    }

    /// Adds the step.
    #[must_use]
    pub fn with_step_key(mut self, step_key: impl Into<String>) -> Self {
        self.step_key = Some(step_key.into());
        self
    }

    /// The type; `None` for one this version does not know.
    pub fn event_type(&self) -> Option<DagsterEventType> {
        DagsterEventType::parse(&self.event_type_value)
    }

    /// Is the event of this type?
    pub fn is(&self, event_type: DagsterEventType) -> bool {
        self.event_type_value == event_type.as_str()
    }

    /// The asset the event is about (Dagster's `DagsterEvent.asset_key`); none for those of checks, which have tables
    /// of their own.
    pub fn asset_key(&self) -> Option<&AssetKey> {
        match self.event_specific_data.as_ref()? {
            EventSpecificData::StepMaterialization(data) => Some(&data.materialization.asset_key),
            EventSpecificData::AssetObservation(data) => Some(&data.asset_observation.asset_key),
            EventSpecificData::AssetMaterializationPlanned(data) => Some(&data.asset_key),
            EventSpecificData::AssetFailedToMaterialize(data) => {
                Some(&data.asset_materialization_failure.asset_key)
            }
            EventSpecificData::FreshnessStateChange(data) => Some(&data.key),
            EventSpecificData::AssetHealthChanged(data) => Some(&data.asset_key),
            EventSpecificData::AssetWiped(data) => Some(&data.asset_key),
            _ => None,
        }
    }

    /// The partition the event is about (Dagster's `DagsterEvent.partition`).
    pub fn partition(&self) -> Option<&str> {
        match self.event_specific_data.as_ref()? {
            EventSpecificData::StepMaterialization(data) => {
                data.materialization.partition.as_deref()
            }
            EventSpecificData::AssetObservation(data) => {
                data.asset_observation.partition.as_deref()
            }
            EventSpecificData::AssetMaterializationPlanned(data) => data.partition.as_deref(),
            EventSpecificData::AssetFailedToMaterialize(data) => {
                data.asset_materialization_failure.partition.as_deref()
            }
            _ => None,
        }
    }
}

impl EventLogEntry {
    /// An entry carrying an event of a run.
    pub fn for_run(run_id: impl Into<RunId>, timestamp: f64, event: DagsterEvent) -> Self {
        Self {
            error_info: None,
            level: LogLevel::Number(level::INFO),
            user_message: String::new(),
            run_id: run_id.into(),
            timestamp,
            step_key: event.step_key.clone(),
            job_name: Some(event.job_name.clone()),
            dagster_event: Some(event),
            extra: Extra::default(),
        }
    }

    /// Changes the level, see [`level`].
    #[must_use]
    pub fn with_level(mut self, level: i64) -> Self {
        self.level = LogLevel::Number(level);
        self
    }

    /// The type of the event; `None` for a plain log message or an unknown type.
    pub fn event_type(&self) -> Option<DagsterEventType> {
        self.dagster_event.as_ref()?.event_type()
    }

    /// What people are shown: the message of the event, else that of the log entry.
    pub fn message(&self) -> &str {
        let event_message = self.dagster_event.as_ref().and_then(|event| event.message.as_deref());
        event_message.filter(|_| self.user_message.is_empty()).unwrap_or(&self.user_message)
    }
}

/// An event as a store returns it.
#[derive(Debug, Clone, PartialEq)]
pub struct EventRecord {
    /// The row's id.
    pub storage_id: i64,
    /// The event.
    pub entry: EventLogEntry,
}
