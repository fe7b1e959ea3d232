//! Events about assets that no run produced: reported by hand, by other systems, by daemons.

use rondel_model::event::{
    AssetCheckEvaluation, AssetMaterialization, AssetObservation, AssetObservationData,
    AssetWipedData, DagsterEvent, DagsterEventType, EventLogEntry, EventSpecificData,
    FreshnessStateChange, FreshnessStateEvaluation, StepMaterializationData,
};
use rondel_model::ids::{AssetKey, RunId};

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

    /// Records many such events in one go.
    ///
    /// # Errors
    /// The database failed.
    pub async fn report_runless_asset_events(
        &self,
        events: Vec<RunlessAssetEvent>,
    ) -> Result<(), InstanceError> {
        if events.is_empty() {
            return Ok(());
        }
        let at = self.now().seconds();
        let entry = |event: RunlessAssetEvent| {
            EventLogEntry::for_run(RunId::default(), at, event.into_event())
        };
        let entries: Vec<EventLogEntry> = events.into_iter().map(entry).collect();
        self.report_entries(&entries).await
    }

    /// Forgets the history of assets and records that it was forgotten. Wiping what was wiped
    /// before only records it once more.
    ///
    /// # Errors
    /// The database failed.
    pub async fn wipe_assets(&self, asset_keys: &[AssetKey]) -> Result<(), InstanceError> {
        self.storage().assets().wipe_assets(asset_keys, self.now()).await?;
        let at = self.now().seconds();
        let wiped = |asset_key: &AssetKey| {
            let data = AssetWipedData { asset_key: asset_key.clone(), ..AssetWipedData::default() };
            let event = DagsterEvent::new(DagsterEventType::AssetWiped, "").with_data(data);
            EventLogEntry::for_run(RunId::default(), at, event)
        };
        let entries: Vec<EventLogEntry> = asset_keys.iter().map(wiped).collect();
        self.report_entries(&entries).await
    }
}
