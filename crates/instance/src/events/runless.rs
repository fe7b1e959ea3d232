//! Events about assets that no run produced: reported by hand, by other systems, by daemons.

use rondel_model::event::{
    AssetCheckEvaluation, AssetMaterialization, AssetObservation, AssetObservationData,
    DagsterEvent, DagsterEventType, EventSpecificData, FreshnessStateChange,
    FreshnessStateEvaluation, StepMaterializationData,
};
use rondel_model::ids::RunId;

use crate::error::InstanceError;
use crate::instance::Instance;

/// An event about an asset outside any run.
#[derive(Debug, Clone, PartialEq)]
pub enum RunlessAssetEvent {
    /// The asset was materialized elsewhere.
    Materialization(AssetMaterialization),
    /// The asset was observed.
    Observation(AssetObservation),
    /// A check of the asset was evaluated.
    CheckEvaluation(AssetCheckEvaluation),
    /// The asset's freshness was evaluated.
    FreshnessEvaluation(FreshnessStateEvaluation),
    /// The asset's freshness changed.
    FreshnessChange(FreshnessStateChange),
}

impl RunlessAssetEvent {
    fn into_event(self) -> DagsterEvent {
        let (event_type, data) = match self {
            Self::Materialization(materialization) => (
                DagsterEventType::AssetMaterialization,
                EventSpecificData::from(StepMaterializationData {
                    materialization,
                    ..StepMaterializationData::default()
                }),
            ),
            Self::Observation(asset_observation) => (
                DagsterEventType::AssetObservation,
                AssetObservationData { asset_observation, ..AssetObservationData::default() }
                    .into(),
            ),
            Self::CheckEvaluation(data) => (DagsterEventType::AssetCheckEvaluation, data.into()),
            Self::FreshnessEvaluation(data) => {
                (DagsterEventType::FreshnessStateEvaluation, data.into())
            }
            Self::FreshnessChange(data) => (DagsterEventType::FreshnessStateChange, data.into()),
        };
        DagsterEvent::new(event_type, "").with_data(data)
    }
}

impl Instance {
    /// Records an event about an asset that no run produced.
    ///
    /// # Errors
    /// The database failed.
    pub async fn report_runless_asset_event(
        &self,
        event: RunlessAssetEvent,
    ) -> Result<(), InstanceError> {
        self.report_event(&RunId::default(), event.into_event()).await
    }
}
