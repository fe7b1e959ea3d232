//! Jobs.

use crate::automation::AutomationCondition;
use crate::error::SerializableErrorInfo;
use crate::ids::{AssetCheckKey, AssetKey};
use crate::metadata::MetadataEntries;
use crate::origin::RepositoryPythonOrigin;
use crate::record;
use crate::serdes::snapshot_id;
use crate::serdes::{Map, PySet, Value};
use crate::snap::{
    ConfigSchemaSnapshot, DagsterTypeNamespaceSnapshot, DependencyStructureSnapshot, ModeDefSnap,
    NodeDefsSnapshot,
};
use crate::snap::{GraphDefSnap, OpDefSnap};

record! {
    /// The job a narrowed job was made from, and the selection.
    #[derive(Default)]
    pub struct JobLineageSnap = "PipelineSnapshotLineage" {
        parent_snapshot_id: String,
        op_selection as "solid_selection": Option<Vec<String>>,
        resolved_op_selection as "solids_to_execute": Option<PySet<String>>,
        asset_selection: Option<PySet<AssetKey>>,
        asset_check_selection: Option<PySet<AssetCheckKey>>,
    }
}

record! {
    /// A job in full. Its id is the SHA-1 of its text.
    #[derive(Default)]
    pub struct JobSnap = "PipelineSnapshot" {
        name: String,
        description: Option<String>,
        tags: Map<Value>,
        run_tags [skip_none]: Option<Map<Value>>,
        config_schema_snapshot: ConfigSchemaSnapshot,
        dagster_type_namespace_snapshot: DagsterTypeNamespaceSnapshot,
        node_defs_snapshot as "solid_definitions_snapshot": NodeDefsSnapshot,
        dep_structure_snapshot: DependencyStructureSnapshot,
        mode_def_snaps: Vec<ModeDefSnap>,
        lineage_snapshot: Option<JobLineageSnap>,
        graph_def_name: String = String::new(),
        metadata [skip_empty]: MetadataEntries,
        owners [skip_none]: Option<Vec<String>>,
        automation_condition [skip_none]: Option<AutomationCondition>,
    }
    finish = name_graph;
}

record! {
    /// Run config and tags a job brings along.
    #[derive(Default)]
    pub struct PresetSnap = "ExternalPresetData" {
        name: String,
        run_config: Map<Value>,
        op_selection as "solid_selection": Option<Vec<String>>,
        mode: String,
        tags: Map<String>,
    }
}

record! {
    /// A job with its presets and, if narrowed, its parent.
    #[derive(Default)]
    pub struct JobDataSnap = "ExternalPipelineData" {
        name: String,
        job as "pipeline_snapshot": JobSnap,
        active_presets: Vec<PresetSnap>,
        parent_job as "parent_pipeline_snapshot": Option<JobSnap>,
    }
    old { "is_job": Bool(true) }
}

record! {
    /// A job named in its repository; the snapshot is fetched apart.
    #[derive(Default)]
    pub struct JobRefSnap = "ExternalJobRef" {
        name: String,
        snapshot_id: String,
        active_presets: Vec<PresetSnap>,
        parent_snapshot_id: Option<String>,
        preview_tags: Option<Map<String>>,
        owners: Option<Vec<String>>,
        automation_condition [skip_none]: Option<AutomationCondition>,
    }
    old { "is_legacy_pipeline": Bool(false) }
}

record! {
    /// A narrowed job, or why it cannot be made.
    #[derive(Default)]
    pub struct RemoteJobSubsetResult = "ExternalPipelineSubsetResult" {
        success: bool,
        error: Option<SerializableErrorInfo>,
        job_data_snap as "external_pipeline_data": Option<JobDataSnap>,
        repository_python_origin: Option<RepositoryPythonOrigin>,
    }
}

/// Snapshots of early versions do not name the graph: it is the job's name.
fn name_graph(job: &mut JobSnap) {
    if job.graph_def_name.is_empty() {
        job.graph_def_name.clone_from(&job.name);
    }
}

impl JobSnap {
    /// SHA-1 of the serialized snapshot. For one that came as text use [`Raw::id`]: what this
    /// version does not understand of it counts too.
    ///
    /// [`Raw::id`]: crate::serdes::Raw::id
    pub fn snapshot_id(&self) -> String {
        snapshot_id(self)
    }

    /// Tags for runs of the job: older code servers send only those of the definition.
    pub fn tags_for_runs(&self) -> &Map<Value> {
        self.run_tags.as_ref().unwrap_or(&self.tags)
    }

    /// The op definition of this name.
    pub fn op_def(&self, name: &str) -> Option<&OpDefSnap> {
        self.node_defs_snapshot.op_def_snaps.iter().find(|def| def.name == name)
    }

    /// The graph definition of this name.
    pub fn graph_def(&self, name: &str) -> Option<&GraphDefSnap> {
        self.node_defs_snapshot.graph_def_snaps.iter().find(|def| def.name == name)
    }
}
