//! Every kind of metadata value.

use crate::ids::AssetKey;
use crate::metadata::{CodeReference, TableColumnLineage, TableRecord, TableSchema};
use crate::serdes::{Number, Value};
use crate::{record, union};

record! {
    /// Plain text.
    #[derive(Default)]
    pub struct TextMetadataValue = "TextMetadataEntryData" {
        text: Option<String>,
    }
}

record! {
    /// A link.
    #[derive(Default)]
    pub struct UrlMetadataValue = "UrlMetadataEntryData" {
        url: Option<String>,
    }
}

record! {
    /// A path of a file system.
    #[derive(Default)]
    pub struct PathMetadataValue = "PathMetadataEntryData" {
        path: String,
    }
}

record! {
    /// A path of a notebook.
    #[derive(Default)]
    pub struct NotebookMetadataValue = "NotebookMetadataEntryData" {
        path: String,
    }
}

record! {
    /// Any JSON.
    #[derive(Default)]
    pub struct JsonMetadataValue = "JsonMetadataEntryData" {
        data: Value,
    }
}

record! {
    /// Text in Markdown.
    #[derive(Default)]
    pub struct MarkdownMetadataValue = "MarkdownMetadataEntryData" {
        md_str: Option<String>,
    }
}

record! {
    /// A Python object by module and name.
    #[derive(Default)]
    pub struct PythonArtifactMetadataValue = "PythonArtifactMetadataEntryData" {
        module: String,
        name: String,
    }
}

record! {
    /// A float, not-a-number and infinities included.
    #[derive(Default)]
    pub struct FloatMetadataValue = "FloatMetadataEntryData" {
        value: Option<Number>,
    }
}

record! {
    /// An integer of any size.
    #[derive(Default)]
    pub struct IntMetadataValue = "IntMetadataEntryData" {
        value: Value,
    }
}

record! {
    /// A boolean.
    #[derive(Default)]
    pub struct BoolMetadataValue = "BoolMetadataEntryData" {
        value: Option<bool>,
    }
}

record! {
    /// An instant in seconds since the epoch.
    #[derive(Default)]
    pub struct TimestampMetadataValue = "TimestampMetadataValue" {
        value: Number,
    }
}

record! {
    /// A run by id.
    #[derive(Default)]
    pub struct DagsterRunMetadataValue = "DagsterPipelineRunMetadataEntryData" {
        run_id: String,
    }
}

record! {
    /// A job by name.
    #[derive(Default)]
    pub struct DagsterJobMetadataValue = "DagsterJobMetadataValue" {
        job_name: String,
        location_name: String,
        repository_name: Option<String>,
    }
}

record! {
    /// An asset by key.
    #[derive(Default)]
    pub struct DagsterAssetMetadataValue = "DagsterAssetMetadataEntryData" {
        asset_key: AssetKey,
    }
}

record! {
    /// A table: rows with their schema.
    #[derive(Default)]
    pub struct TableMetadataValue = "TableMetadataEntryData" {
        records: Vec<TableRecord>,
        schema: TableSchema,
    }
}

record! {
    /// The schema of a table.
    #[derive(Default)]
    pub struct TableSchemaMetadataValue = "TableSchemaMetadataEntryData" {
        schema: TableSchema,
    }
}

record! {
    /// Which columns each column comes from.
    #[derive(Default)]
    pub struct TableColumnLineageMetadataValue = "TableColumnLineageMetadataValue" {
        column_lineage: TableColumnLineage,
    }
}

record! {
    /// Nothing.
    #[derive(Default)]
    pub struct NullMetadataValue = "NullMetadataEntryData" {
    }
}

record! {
    /// Data a code location keeps for loading itself again.
    #[derive(Default)]
    pub struct CodeLocationReconstructionMetadataValue = "CodeLocationReconstructionMetadataValue" {
        data: String,
    }
}

record! {
    /// A concurrency pool by name.
    #[derive(Default)]
    pub struct PoolMetadataValue = "PoolMetadataValue" {
        pool: String,
    }
}

record! {
    /// A Python object which stayed in its process: only its class is known.
    #[derive(Default)]
    pub struct ObjectMetadataValue = "ObjectMetadataValue" {
        inst: String,
        instance [skip_none]: Option<Value>,
    }
}

record! {
    /// Places in code.
    #[derive(Default)]
    pub struct CodeReferencesMetadataValue = "CodeReferencesMetadataValue" {
        code_references: Vec<CodeReference>,
    }
}

union! {
    /// A metadata value of any kind.
    pub enum MetadataValue {
        /// `TextMetadataValue`
        Text(TextMetadataValue),
        /// `UrlMetadataValue`
        Url(UrlMetadataValue),
        /// `PathMetadataValue`
        Path(PathMetadataValue),
        /// `NotebookMetadataValue`
        Notebook(NotebookMetadataValue),
        /// `JsonMetadataValue`
        Json(JsonMetadataValue),
        /// `MarkdownMetadataValue`
        Markdown(MarkdownMetadataValue),
        /// `PythonArtifactMetadataValue`
        PythonArtifact(PythonArtifactMetadataValue),
        /// `FloatMetadataValue`
        Float(FloatMetadataValue),
        /// `IntMetadataValue`
        Int(IntMetadataValue),
        /// `BoolMetadataValue`
        Bool(BoolMetadataValue),
        /// `TimestampMetadataValue`
        Timestamp(TimestampMetadataValue),
        /// `DagsterRunMetadataValue`
        DagsterRun(DagsterRunMetadataValue),
        /// `DagsterJobMetadataValue`
        DagsterJob(DagsterJobMetadataValue),
        /// `DagsterAssetMetadataValue`
        DagsterAsset(DagsterAssetMetadataValue),
        /// `TableMetadataValue`
        Table(TableMetadataValue),
        /// `TableSchemaMetadataValue`
        TableSchema(TableSchemaMetadataValue),
        /// `TableColumnLineageMetadataValue`
        TableColumnLineage(TableColumnLineageMetadataValue),
        /// `NullMetadataValue`
        Null(NullMetadataValue),
        /// `CodeLocationReconstructionMetadataValue`
        CodeLocationReconstruction(CodeLocationReconstructionMetadataValue),
        /// `PoolMetadataValue`
        Pool(PoolMetadataValue),
        /// `ObjectMetadataValue`
        Object(ObjectMetadataValue),
        /// `CodeReferencesMetadataValue`
        CodeReferences(CodeReferencesMetadataValue),
    }
}
