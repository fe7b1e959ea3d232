//! The instance as handed to worker processes.

use crate::record;
use crate::serdes::{Map, Value};

record! {
    /// A Python class named in `dagster.yaml`, with its configuration as YAML text.
    #[derive(Default)]
    pub struct ConfigurableClassData = "ConfigurableClassData" {
        module_name: String,
        class_name: String,
        config_yaml: String,
    }
}

record! {
    /// Everything a worker needs to open the same instance.
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

impl ConfigurableClassData {
    /// A Python class and its configuration as YAML text.
    ///
    /// Dagster stores its modules under their former public names (`dagster.core…`), whatever
    /// name was given: so does this.
    pub fn new(
        module_name: impl Into<String>,
        class_name: impl Into<String>,
        config_yaml: impl Into<String>,
    ) -> Self {
        let module_name = module_name.into();
        let module_name = match module_name.strip_prefix("dagster._") {
            Some(rest) => format!("dagster.{rest}"),
            None => module_name,
        };
        Self {
            module_name,
            class_name: class_name.into(),
            config_yaml: config_yaml.into(),
            ..Self::default()
        }
    }

    /// The module's present name (`dagster._core…`).
    pub fn private_module_name(&self) -> String {
        match self.module_name.strip_prefix("dagster.") {
            Some(rest) if !rest.starts_with('_') => format!("dagster._{rest}"),
            _ => self.module_name.clone(),
        }
    }
}
