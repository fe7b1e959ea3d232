//! Events about freshness and health of assets.

use crate::automation::FreshnessState;
use crate::ids::AssetKey;
use crate::serdes::{Map, Value};
use crate::{py_enum, record};

py_enum! {
    /// How well an asset is.
    pub enum AssetHealthStatus = "AssetHealthStatus" {
        Healthy = "HEALTHY",
        Warning = "WARNING",
        Degraded = "DEGRADED",
        Unknown = "UNKNOWN",
        NotApplicable = "NOT_APPLICABLE",
    }
}

record! {
    /// The freshness of an asset was looked at.
    pub struct FreshnessStateEvaluation = "FreshnessStateEvaluation" {
        key: AssetKey,
        freshness_state: FreshnessState,
    }
}

record! {
    /// The freshness of an asset changed. The timestamp is in seconds since the epoch.
    pub struct FreshnessStateChange = "FreshnessStateChange" {
        key: AssetKey,
        new_state: FreshnessState,
        previous_state: FreshnessState,
        state_change_timestamp: f64,
    }
}

record! {
    /// What is stored about an asset's freshness besides its state.
    #[derive(Default)]
    pub struct FreshnessStateRecordBody = "FreshnessStateRecordBody" {
        metadata: Option<Map<Value>>,
    }
}

record! {
    /// The health of an asset changed.
    pub struct AssetHealthChangedData = "AssetHealthChangedData" {
        asset_key: AssetKey,
        previous_health_state: AssetHealthStatus,
        new_health_state: AssetHealthStatus,
    }
}
