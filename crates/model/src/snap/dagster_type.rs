//! Dagster types of a job, by key.

use crate::metadata::MetadataEntries;
use crate::serdes::Map;
use crate::{py_enum, record};

py_enum! {
    /// Kinds of Dagster types.
    pub enum DagsterTypeKind = "DagsterTypeKind" {
        Any = "ANY",
        Scalar = "SCALAR",
        List = "LIST",
        Nothing = "NOTHING",
        Nullable = "NULLABLE",
        Regular = "REGULAR",
    }
}

record! {
    /// A Dagster type.
    pub struct DagsterTypeSnap = "DagsterTypeSnap" {
        kind: DagsterTypeKind,
        key: String,
        name: Option<String>,
        description: Option<String>,
        display_name: String,
        is_builtin: bool,
        type_param_keys: Vec<String>,
        loader_schema_key: Option<String>,
        materializer_schema_key: Option<String>,
        metadata as "metadata_entries" [skip_empty]: MetadataEntries,
    }
}

record! {
    /// Dagster types of a job by key.
    #[derive(Default)]
    pub struct DagsterTypeNamespaceSnapshot = "DagsterTypeNamespaceSnapshot" {
        all_dagster_type_snaps_by_key: Map<DagsterTypeSnap>,
    }
}
