//! The configuration as a person reads it (`DagsterInstance.info_str`).

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
            ("module", Node::str(data.module_name.as_str())),
            ("class", Node::str(data.class_name.as_str())),
            ("config", config),
        ])
    };
    let launcher = instance.run_launcher_data.as_ref();
    let mut parts = vec![
        ("local_artifact_storage", component(Some(&instance.local_artifact_storage_data))),
        ("run_storage", component(instance.run_storage_data.as_ref())),
        ("event_log_storage", component(instance.event_storage_data.as_ref())),
        ("compute_logs", component(Some(&instance.compute_logs_data))),
        ("schedule_storage", component(instance.schedule_storage_data.as_ref())),
        ("scheduler", component(instance.scheduler_data.as_ref())),
        ("run_coordinator", component(instance.run_coordinator_data.as_ref())),
        ("run_launcher", component(launcher)),
    ];
    for (key, value) in &instance.settings {
        parts.push((key.as_str(), value_node(value)));
    }
    dump_parts(parts)
}
