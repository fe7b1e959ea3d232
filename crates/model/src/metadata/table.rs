//! Tables in metadata: columns, constraints, lineage.

use crate::ids::AssetKey;
use crate::record;
use crate::serdes::{Map, Value};

record! {
    /// Dagster's `TableConstraints`.
    #[derive(Default)]
    pub struct TableConstraints = "TableConstraints" {
        other: Vec<String>,
    }
}

record! {
    /// Dagster's `TableColumnConstraints`.
    #[derive(Default)]
    pub struct TableColumnConstraints = "TableColumnConstraints" {
        nullable: bool = true,
        unique: bool = false,
        other: Vec<String>,
    }
}

record! {
    /// Dagster's `TableColumn`.
    #[derive(Default)]
    pub struct TableColumn = "TableColumn" {
        name: String,
        kind as "type": String = "string".into(),
        description: Option<String>,
        constraints: TableColumnConstraints = TableColumnConstraints::none(),
        tags [skip_empty]: Map<String>,
    }
}

record! {
    /// Dagster's `TableSchema`.
    #[derive(Default)]
    pub struct TableSchema = "TableSchema" {
        columns: Vec<TableColumn>,
        constraints: TableConstraints = TableConstraints::default(),
    }
}

record! {
    /// Dagster's `TableRecord`.
    #[derive(Default)]
    pub struct TableRecord = "TableRecord" {
        data: Map<Value>,
    }
}

record! {
    /// Dagster's `TableColumnDep`.
    #[derive(Default)]
    pub struct TableColumnDep = "TableColumnDep" {
        asset_key: AssetKey,
        column_name: String,
    }
}

record! {
    /// Dagster's `TableColumnLineage`.
    #[derive(Default)]
    pub struct TableColumnLineage = "TableColumnLineage" {
        deps_by_column: Map<Vec<TableColumnDep>>,
    }
}

impl TableColumnConstraints {
    /// No constraints: the column may hold nulls and duplicates.
    pub fn none() -> Self {
        Self { nullable: true, ..Self::default() }
    }
}
