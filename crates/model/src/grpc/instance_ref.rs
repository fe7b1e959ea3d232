//! The instance as handed to worker processes.

use crate::record;
use crate::serdes::{Map, Value};

record! {
    /// Dagster's `ConfigurableClassData`.
    #[derive(Default)]
    pub struct ConfigurableClassData = "ConfigurableClassData" {
        module_name: String,
        class_name: String,
        config_yaml: String,
    }
}

record! {
    /// Dagster's `InstanceRef`.
    #[derive(Default)]
    pub struct InstanceRef = "InstanceRef" {
        local_artifact_storage_data: ConfigurableClassData,
        compute_logs_data: ConfigurableClassData,
        scheduler_data: Option<ConfigurableClassData>,
        run_coordinator_data: Option<ConfigurableClassData>,
        run_launcher_data: Option<ConfigurableClassData>,
        settings: Map<Value>,
        run_storage_data: Option<ConfigurableClassData>,
        event_storage_data: Option<ConfigurableClassData>,
        schedule_storage_data: Option<ConfigurableClassData>,
        custom_instance_class_data: Option<ConfigurableClassData>,
        storage_data: Option<ConfigurableClassData>,
        secrets_loader_data: Option<ConfigurableClassData>,
        defs_state_storage_data: Option<ConfigurableClassData>,
    }
}
