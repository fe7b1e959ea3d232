//! The configuration as a person reads it (`DagsterInstance.info_str`).
//!
//! Dagster sets up the run coordinator and the compute logs on first use and names neither before; here
//! they are always told.

use rondel_model::grpc::{ConfigurableClassData, InstanceRef};
use rondel_yaml::Node;

use crate::yaml::{dump_parts, value_node};

/// Components with module, class and config, then the settings.
pub(super) fn info(instance: &InstanceRef) -> String {
    let component = |data: Option<&ConfigurableClassData>| {
        let Some(data) = data else { return Node::str("NoneType") };
        let config = match rondel_yaml::parse(&data.config_yaml) {
            Ok(Some(config)) => config,
            // Not readable as YAML, which is shown as it is.
            Ok(None) | Err(_) => Node::str(data.config_yaml.as_str()),
        };
        Node::map([
            ("module", Node::str(data.private_module_name())),
            ("class", Node::str(data.class_name.as_str())),
            ("config", config),
        ])
    };
    // The parts of one storage have no config of their own, only a class.
    let is_split =
        instance.storage_data.as_ref().is_some_and(|data| data.class_name == SPLIT_STORAGE);
    let storage = |data: Option<&ConfigurableClassData>| match data {
        Some(data) if !is_split => Node::str(data.class_name.as_str()),
        data => component(data),
    };
    let launcher = instance.run_launcher_data.as_ref();
    let mut parts = vec![
        ("local_artifact_storage", component(Some(&instance.local_artifact_storage_data))),
        ("run_storage", storage(instance.run_storage_data.as_ref())),
        ("event_log_storage", storage(instance.event_storage_data.as_ref())),
        ("compute_logs", component(Some(&instance.compute_logs_data))),
        ("schedule_storage", storage(instance.schedule_storage_data.as_ref())),
        ("scheduler", component(instance.scheduler_data.as_ref())),
        ("run_coordinator", component(instance.run_coordinator_data.as_ref())),
        ("run_launcher", component(launcher)),
    ];
    for (key, value) in &instance.settings {
        parts.push((key.as_str(), value_node(value)));
    }
    dump_parts(parts)
}

/// The storage whose parts are configured one by one.
const SPLIT_STORAGE: &str = "CompositeStorage";

#[cfg(test)]
mod tests {
    use super::*;

    fn class(module: &str, name: &str, config: &str) -> ConfigurableClassData {
        ConfigurableClassData {
            module_name: module.to_owned(),
            class_name: name.to_owned(),
            config_yaml: config.to_owned(),
            ..ConfigurableClassData::default()
        }
    }

    /// As `DagsterInstance.info_str` gives it once the components are set up.
    #[test]
    fn parts_of_one_storage_are_named_by_their_class() {
        let storage = |name: &str| Some(class("dagster_postgres", name, "postgres_url: secret\n"));
        let mut instance = InstanceRef {
            local_artifact_storage_data: class("dagster.core.storage.root", "Root", "a: b\n"),
            run_storage_data: storage("PostgresRunStorage"),
            storage_data: storage("DagsterPostgresStorage"),
            ..InstanceRef::default()
        };
        let text = info(&instance);
        assert!(text.contains("\nrun_storage: PostgresRunStorage\n"), "{text}");
        assert!(text.contains("  module: dagster._core.storage.root\n"), "{text}");

        instance.storage_data = storage("CompositeStorage");
        let text = info(&instance);
        assert!(text.contains("  class: PostgresRunStorage\n"), "{text}");
        assert!(text.contains("    postgres_url: secret\n"), "{text}");
    }
}
