//! Definitions of ops and graphs.

use crate::metadata::MetadataEntries;
use crate::record;
use crate::serdes::{Map, PySet};
use crate::snap::{ConfigFieldSnap, DependencyStructureSnapshot};

record! {
    /// An input of a definition.
    #[derive(Default)]
    pub struct InputDefSnap = "InputDefSnap" {
        name: String,
        dagster_type_key: String,
        description: Option<String>,
        metadata as "metadata_entries" [skip_empty]: MetadataEntries,
    }
}

record! {
    /// An output of a definition.
    #[derive(Default)]
    pub struct OutputDefSnap = "OutputDefSnap" {
        name: String,
        dagster_type_key: String,
        description: Option<String>,
        is_required: bool,
        metadata as "metadata_entries" [skip_empty]: MetadataEntries,
        is_dynamic: bool = false,
    }
}

record! {
    /// An input of a graph passed on to a node in it.
    #[derive(Default)]
    pub struct InputMappingSnap = "InputMappingSnap" {
        mapped_node_name as "mapped_solid_name": String,
        mapped_input_name: String,
        external_input_name: String,
    }
}

record! {
    /// An output of a graph taken from a node in it.
    #[derive(Default)]
    pub struct OutputMappingSnap = "OutputMappingSnap" {
        mapped_node_name as "mapped_solid_name": String,
        mapped_output_name: String,
        external_output_name: String,
    }
}

record! {
    /// An op.
    #[derive(Default)]
    pub struct OpDefSnap = "SolidDefSnap" {
        name: String,
        input_def_snaps: Vec<InputDefSnap>,
        output_def_snaps: Vec<OutputDefSnap>,
        description: Option<String>,
        tags: Map<String>,
        required_resource_keys: Vec<String>,
        config_field_snap: Option<ConfigFieldSnap>,
        pool [skip_none]: Option<String>,
    }
}

record! {
    /// A graph.
    #[derive(Default)]
    pub struct GraphDefSnap = "CompositeSolidDefSnap" {
        name: String,
        input_def_snaps: Vec<InputDefSnap>,
        output_def_snaps: Vec<OutputDefSnap>,
        description: Option<String>,
        tags: Map<String>,
        config_field_snap: Option<ConfigFieldSnap>,
        dep_structure_snapshot: DependencyStructureSnapshot,
        input_mapping_snaps: Vec<InputMappingSnap>,
        output_mapping_snaps: Vec<OutputMappingSnap>,
        pools [skip_empty]: PySet<String>,
    }
}

record! {
    /// Ops and graphs a job is made of.
    #[derive(Default)]
    pub struct NodeDefsSnapshot = "SolidDefinitionsSnapshot" {
        op_def_snaps as "solid_def_snaps": Vec<OpDefSnap>,
        graph_def_snaps as "composite_solid_def_snaps": Vec<GraphDefSnap>,
    }
}
