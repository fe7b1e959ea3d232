//! What the event types share: the stored entry behind an event and how its fields are read.

use std::sync::Arc;

use rondel_model::{
    error::SerializableErrorInfo,
    event::{EventLogEntry, EventSpecificData},
    ids,
    metadata::MetadataEntries,
    serdes::Map,
};

use super::super::kinds::{DagsterEventType, LogLevel};
use crate::{
    common::EventTag,
    errors::PythonError,
    logs::metadata::{MetadataEntry, metadata_entries},
};

/// An entry of the event log, shared by the fields which read it.
#[derive(Clone)]
pub(crate) struct EventCore {
    pub(crate) entry: Arc<EventLogEntry>,
    /// The job of the run; events do not always carry it.
    pub(crate) job_name: Arc<str>,
}

/// What an event says about an asset.
pub(crate) struct AssetView<'a> {
    pub(crate) asset_key: Option<&'a ids::AssetKey>,
    pub(crate) description: Option<&'a String>,
    pub(crate) metadata: Option<&'a MetadataEntries>,
    pub(crate) partition: Option<&'a String>,
    pub(crate) tags: Option<&'a Map<String>>,
}

impl EventCore {
    pub(crate) fn new(entry: Arc<EventLogEntry>, job_name: Arc<str>) -> Self {
        EventCore { entry, job_name }
    }

    pub(crate) fn run_id(&self) -> &str {
        self.entry.run_id.as_str()
    }

    /// The event's message, or the user's.
    pub(crate) fn message(&self) -> &str {
        let event = self.entry.dagster_event.as_ref();
        event.and_then(|event| event.message.as_deref()).unwrap_or(&self.entry.user_message)
    }

    /// Milliseconds, as text.
    pub(crate) fn timestamp(&self) -> String {
        // Cut off, as Python's int() does.
        format!("{}", (self.entry.timestamp * 1000.0).trunc() as i64)
    }

    pub(crate) fn level(&self) -> LogLevel {
        LogLevel::from(&self.entry.level)
    }

    pub(crate) fn step_key(&self) -> Option<&str> {
        self.entry.step_key.as_deref()
    }

    /// The path of the node within its job: `outer.inner`.
    pub(crate) fn node_handle_id(&self) -> Option<String> {
        self.entry.dagster_event.as_ref()?.node_handle.as_ref().map(ToString::to_string)
    }

    pub(crate) fn event_type(&self) -> Option<DagsterEventType> {
        let text = &self.entry.dagster_event.as_ref()?.event_type_value;
        rondel_model::event::DagsterEventType::parse(text).map(DagsterEventType::from)
    }

    pub(crate) fn data(&self) -> Option<&EventSpecificData> {
        self.entry.dagster_event.as_ref()?.event_specific_data.as_ref()
    }

    /// The error the event carries.
    pub(crate) fn error(&self) -> Option<PythonError> {
        let error: Option<&SerializableErrorInfo> = match self.data()? {
            EventSpecificData::StepFailure(data) => data.error.as_ref(),
            EventSpecificData::StepRetry(data) => Some(&data.error),
            EventSpecificData::EngineEvent(data) => data.error.as_ref(),
            EventSpecificData::HookErrored(data) => Some(&data.error),
            EventSpecificData::JobFailure(data) => data.error.as_ref(),
            EventSpecificData::JobCanceled(data) => data.error.as_ref(),
            _ => None,
        };
        error.map(PythonError::from)
    }

    /// The span of the timeline which the event begins and ends.
    pub(crate) fn markers(&self) -> (Option<&String>, Option<&String>) {
        match self.data() {
            Some(EventSpecificData::EngineEvent(data)) => {
                (data.marker_start.as_ref(), data.marker_end.as_ref())
            }
            _ => (None, None),
        }
    }

    pub(crate) fn label(&self) -> Option<String> {
        self.asset().and_then(|asset| asset.asset_key).map(|key| key.path().join(" "))
    }

    pub(crate) fn description(&self) -> Option<&String> {
        self.asset().and_then(|asset| asset.description)
    }

    pub(crate) fn tags(&self) -> Vec<EventTag> {
        let tags = self.asset().and_then(|asset| asset.tags).into_iter().flatten();
        tags.map(|(key, value)| EventTag { key: key.clone(), value: value.clone() }).collect()
    }

    pub(crate) fn metadata(&self) -> Vec<MetadataEntry> {
        let metadata = match self.data() {
            Some(EventSpecificData::StepOutput(data)) => Some(&data.metadata),
            Some(EventSpecificData::EngineEvent(data)) => Some(&data.metadata),
            Some(EventSpecificData::HandledOutput(data)) => Some(&data.metadata),
            Some(EventSpecificData::LoadedInput(data)) => Some(&data.metadata),
            _ => self.asset().and_then(|asset| asset.metadata),
        };
        metadata.map(|metadata| metadata_entries(metadata)).unwrap_or_default()
    }

    /// What the event says about an asset, where it does.
    pub(crate) fn asset(&self) -> Option<AssetView<'_>> {
        match self.data()? {
            EventSpecificData::StepMaterialization(data) => {
                let asset = &data.materialization;
                Some(AssetView {
                    asset_key: Some(&asset.asset_key),
                    description: asset.description.as_ref(),
                    metadata: Some(&asset.metadata),
                    partition: asset.partition.as_ref(),
                    tags: asset.tags.as_ref(),
                })
            }
            EventSpecificData::AssetObservation(data) => {
                let asset = &data.asset_observation;
                Some(AssetView {
                    asset_key: Some(&asset.asset_key),
                    description: asset.description.as_ref(),
                    metadata: Some(&asset.metadata),
                    partition: asset.partition.as_ref(),
                    tags: Some(&asset.tags),
                })
            }
            EventSpecificData::AssetFailedToMaterialize(data) => {
                let asset = &data.asset_materialization_failure;
                Some(AssetView {
                    asset_key: Some(&asset.asset_key),
                    description: asset.description.as_ref(),
                    metadata: Some(&asset.metadata),
                    partition: asset.partition.as_ref(),
                    tags: Some(&asset.tags),
                })
            }
            EventSpecificData::AssetMaterializationPlanned(data) => Some(AssetView {
                asset_key: Some(&data.asset_key),
                description: None,
                metadata: None,
                partition: data.partition.as_ref(),
                tags: None,
            }),
            EventSpecificData::AssetHealthChanged(data) => Some(AssetView {
                asset_key: Some(&data.asset_key),
                description: None,
                metadata: None,
                partition: None,
                tags: None,
            }),
            _ => None,
        }
    }
}
