//! The evaluation of an asset check.

use async_graphql::{ID, SimpleObject};
use rondel_model::event::{EventLogEntry, EventSpecificData};

use super::{
    kinds::AssetCheckSeverity,
    metadata::{MetadataEntry, metadata_entries},
};
use crate::{common::AssetKey, direct::direct};

/// What a check found.
#[derive(SimpleObject, Clone)]
pub(crate) struct AssetCheckEvaluation {
    timestamp: f64,
    check_name: String,
    asset_key: AssetKey,
    target_materialization: Option<AssetCheckEvaluationTargetMaterializationData>,
    metadata_entries: Vec<MetadataEntry>,
    severity: AssetCheckSeverity,
    description: Option<String>,
    partition: Option<String>,
    success: bool,
}

direct!(AssetCheckEvaluation {
    timestamp "timestamp",
    check_name "checkName",
    asset_key "assetKey",
    target_materialization "targetMaterialization",
    metadata_entries "metadataEntries",
    severity "severity",
    description "description",
    partition "partition",
    success "success",
});

/// The materialization that was checked.
#[derive(SimpleObject, Clone)]
pub(crate) struct AssetCheckEvaluationTargetMaterializationData {
    storage_id: ID,
    run_id: String,
    timestamp: f64,
}

direct!(AssetCheckEvaluationTargetMaterializationData {
    storage_id "storageId",
    run_id "runId",
    timestamp "timestamp",
});

impl AssetCheckEvaluation {
    /// The evaluation which an event carries.
    pub(crate) fn of(entry: &EventLogEntry) -> Option<Self> {
        let event = entry.dagster_event.as_ref()?;
        let EventSpecificData::AssetCheckEvaluation(data) = event.event_specific_data.as_ref()?
        else {
            return None;
        };
        Some(AssetCheckEvaluation {
            timestamp: entry.timestamp,
            check_name: data.check_name.clone(),
            asset_key: AssetKey::from(&data.asset_key),
            target_materialization: data.target_materialization_data.as_ref().map(|target| {
                AssetCheckEvaluationTargetMaterializationData {
                    storage_id: target.storage_id.into(),
                    run_id: target.run_id.clone(),
                    timestamp: target.timestamp,
                }
            }),
            metadata_entries: metadata_entries(&data.metadata),
            severity: data.severity.into(),
            description: data.description.clone(),
            partition: data.partition.clone(),
            success: data.passed,
        })
    }
}
