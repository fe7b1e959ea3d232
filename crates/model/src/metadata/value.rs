//! Every kind of metadata value.

use crate::ids::AssetKey;
use crate::metadata::{CodeReference, TableColumnLineage, TableRecord, TableSchema};
use crate::serdes::{Number, Value};
use crate::{record, union};

record! {
    /// Dagster's `TextMetadataValue`.
    #[derive(Default)]
    pub struct TextMetadataValue = "TextMetadataEntryData" {
        text: Option<String>,
    }
}

record! {
    /// Dagster's `UrlMetadataValue`.
    #[derive(Default)]
    pub struct UrlMetadataValue = "UrlMetadataEntryData" {
        url: Option<String>,
    }
}

record! {
    /// Dagster's `PathMetadataValue`.
    #[derive(Default)]
    pub struct PathMetadataValue = "PathMetadataEntryData" {
        path: String,
    }
}

record! {
    /// Dagster's `NotebookMetadataValue`.
    #[derive(Default)]
    pub struct NotebookMetadataValue = "NotebookMetadataEntryData" {
        path: String,
    }
}

record! {
    /// Dagster's `JsonMetadataValue`.
    #[derive(Default)]
    pub struct JsonMetadataValue = "JsonMetadataEntryData" {
        data: Value,
    }
}

record! {
    /// Dagster's `MarkdownMetadataValue`.
    #[derive(Default)]
    pub struct MarkdownMetadataValue = "MarkdownMetadataEntryData" {
        md_str: Option<String>,
    }
}

record! {
    /// Dagster's `PythonArtifactMetadataValue`.
    #[derive(Default)]
    pub struct PythonArtifactMetadataValue = "PythonArtifactMetadataEntryData" {
        module: String,
        name: String,
    }
}

record! {
    /// Dagster's `FloatMetadataValue`.
    #[derive(Default)]
    pub struct FloatMetadataValue = "FloatMetadataEntryData" {
        value: Option<Number>,
    }
}

record! {
    /// Dagster's `IntMetadataValue`.
    #[derive(Default)]
    pub struct IntMetadataValue = "IntMetadataEntryData" {
        value: Value,
    }
}

record! {
    /// Dagster's `BoolMetadataValue`.
    #[derive(Default)]
    pub struct BoolMetadataValue = "BoolMetadataEntryData" {
        value: Option<bool>,
    }
}

record! {
    /// Dagster's `TimestampMetadataValue`.
    #[derive(Default)]
    pub struct TimestampMetadataValue = "TimestampMetadataValue" {
        value: Number,
    }
}

record! {
    /// Dagster's `DagsterRunMetadataValue`.
    #[derive(Default)]
    pub struct DagsterRunMetadataValue = "DagsterPipelineRunMetadataEntryData" {
        run_id: String,
    }
}

record! {
    /// Dagster's `DagsterJobMetadataValue`.
    #[derive(Default)]
    pub struct DagsterJobMetadataValue = "DagsterJobMetadataValue" {
        job_name: String,
        location_name: String,
        repository_name: Option<String>,
    }
}

record! {
    /// Dagster's `DagsterAssetMetadataValue`.
    #[derive(Default)]
    pub struct DagsterAssetMetadataValue = "DagsterAssetMetadataEntryData" {
        asset_key: AssetKey,
    }
}

record! {
    /// Dagster's `TableMetadataValue`.
    #[derive(Default)]
    pub struct TableMetadataValue = "TableMetadataEntryData" {
        records: Vec<TableRecord>,
        schema: TableSchema,
    }
}

record! {
    /// Dagster's `TableSchemaMetadataValue`.
    #[derive(Default)]
    pub struct TableSchemaMetadataValue = "TableSchemaMetadataEntryData" {
        schema: TableSchema,
    }
}

record! {
    /// Dagster's `TableColumnLineageMetadataValue`.
    #[derive(Default)]
    pub struct TableColumnLineageMetadataValue = "TableColumnLineageMetadataValue" {
        column_lineage: TableColumnLineage,
    }
}

record! {
    /// Dagster's `NullMetadataValue`.
    #[derive(Default)]
    pub struct NullMetadataValue = "NullMetadataEntryData" {
    }
}

record! {
    /// Dagster's `CodeLocationReconstructionMetadataValue`.
    #[derive(Default)]
    pub struct CodeLocationReconstructionMetadataValue = "CodeLocationReconstructionMetadataValue" {
        data: String,
    }
}

record! {
    /// Dagster's `PoolMetadataValue`.
    #[derive(Default)]
    pub struct PoolMetadataValue = "PoolMetadataValue" {
        pool: String,
    }
}

record! {
    /// Dagster's `ObjectMetadataValue`.
    #[derive(Default)]
    pub struct ObjectMetadataValue = "ObjectMetadataValue" {
        inst: String,
        instance [skip_none]: Option<Value>,
    }
}

record! {
    /// Dagster's `CodeReferencesMetadataValue`.
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
