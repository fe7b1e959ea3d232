//! Events about freshness and health of assets.

use crate::automation::FreshnessState;
use crate::ids::AssetKey;
use crate::serdes::{Map, Value};
use crate::{py_enum, record};

py_enum! {
    /// Dagster's `AssetHealthStatus`.
    pub enum AssetHealthStatus = "AssetHealthStatus" {
        Healthy = "HEALTHY",
        Warning = "WARNING",
        Degraded = "DEGRADED",
        Unknown = "UNKNOWN",
        NotApplicable = "NOT_APPLICABLE",
    }
}

record! {
    /// Dagster's `FreshnessStateEvaluation`.
    pub struct FreshnessStateEvaluation = "FreshnessStateEvaluation" {
        key: AssetKey,
        freshness_state: FreshnessState,
    }
}

record! {
    /// Dagster's `FreshnessStateChange`.
    pub struct FreshnessStateChange = "FreshnessStateChange" {
        key: AssetKey,
        new_state: FreshnessState,
        previous_state: FreshnessState,
        state_change_timestamp: f64,
    }
}

record! {
    /// Dagster's `FreshnessStateRecordBody`.
    #[derive(Default)]
    pub struct FreshnessStateRecordBody = "FreshnessStateRecordBody" {
        metadata: Option<Map<Value>>,
    }
}

record! {
    /// Dagster's `AssetHealthChangedData`.
    pub struct AssetHealthChangedData = "AssetHealthChangedData" {
        asset_key: AssetKey,
        previous_health_state: AssetHealthStatus,
        new_health_state: AssetHealthStatus,
    }
}
