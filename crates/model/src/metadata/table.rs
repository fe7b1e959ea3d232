//! Tables in metadata: columns, constraints, lineage.

use crate::ids::AssetKey;
use crate::record;
use crate::serdes::{Map, Value};

record! {
    /// Constraints of a whole table.
    #[derive(Default)]
    pub struct TableConstraints = "TableConstraints" {
        other: Vec<String>,
    }
}

record! {
    /// Constraints of a column.
    #[derive(Default)]
    pub struct TableColumnConstraints = "TableColumnConstraints" {
        nullable: bool = true,
        unique: bool = false,
        other: Vec<String>,
    }
}

record! {
    /// A column of a table.
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
    /// Columns and constraints of a table.
    #[derive(Default)]
    pub struct TableSchema = "TableSchema" {
        columns: Vec<TableColumn>,
        constraints: TableConstraints = TableConstraints::default(),
    }
}

record! {
    /// A row of a table.
    #[derive(Default)]
    pub struct TableRecord = "TableRecord" {
        data: Map<Value>,
    }
}

record! {
    /// A column of another asset which a column comes from.
    #[derive(Default)]
    pub struct TableColumnDep = "TableColumnDep" {
        asset_key: AssetKey,
        column_name: String,
    }
}

record! {
    /// Which columns each column comes from.
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
