//! Top-level resources.

use crate::ids::AssetKey;
use crate::plan::NodeHandle;
use crate::serdes::Map;
use crate::snap::{ConfigFieldSnap, ConfigSchemaSnapshot, ResourceDefSnap};
use crate::{either, py_enum, record};

py_enum! {
    /// Whether a nested resource has a name of its own.
    pub enum NestedResourceType = "NestedResourceType" {
        Anonymous = "ANONYMOUS",
        TopLevel = "TOP_LEVEL",
    }
}

record! {
    /// An environment variable in a resource's config.
    #[derive(Default)]
    pub struct ResourceConfigEnvVarSnap = "ExternalResourceConfigEnvVar" {
        name: String,
    }
}

either! {
    /// A configured value of a resource.
    pub enum ConfiguredValue {
        String => /// JSON text.
        Json(String),
        _ => /// Read from the environment.
        EnvVar(ResourceConfigEnvVarSnap),
    }
}

record! {
    /// A resource within another.
    pub struct NestedResource = "NestedResource" {
        kind as "type": NestedResourceType,
        name: String,
    }
}

record! {
    /// Which ops of a job use a resource.
    #[derive(Default)]
    pub struct ResourceJobUsageEntry = "ResourceJobUsageEntry" {
        job_name: String,
        node_handles: Vec<NodeHandle>,
    }
}

record! {
    /// A top-level resource.
    #[derive(Default)]
    pub struct ResourceSnap = "ExternalResourceData" {
        name: String,
        resource_snapshot: ResourceDefSnap,
        configured_values: Map<ConfiguredValue>,
        config_field_snaps: Vec<ConfigFieldSnap>,
        config_schema_snap: ConfigSchemaSnapshot,
        nested_resources: Map<NestedResource>,
        parent_resources: Map<String>,
        resource_type: String = "Unknown".into(),
        is_top_level: bool = true,
        asset_keys_using: Vec<AssetKey>,
        job_ops_using: Vec<ResourceJobUsageEntry>,
        dagster_maintained: bool = false,
        schedules_using: Vec<String>,
        sensors_using: Vec<String>,
    }
}
