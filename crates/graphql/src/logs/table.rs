//! Tables in metadata: schema, records, column lineage.

use async_graphql::SimpleObject;
use rondel_model::{metadata as model, serdes};

use crate::{
    common::{AssetKey, DefinitionTag},
    direct::direct,
};

/// A table with its records, each as JSON.
#[derive(SimpleObject, Clone)]
pub(crate) struct Table {
    schema: TableSchema,
    records: Vec<String>,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct TableSchema {
    constraints: Option<TableConstraints>,
    columns: Vec<TableColumn>,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct TableColumn {
    name: String,
    r#type: String,
    description: Option<String>,
    constraints: TableColumnConstraints,
    tags: Vec<DefinitionTag>,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct TableColumnConstraints {
    nullable: bool,
    unique: bool,
    other: Vec<String>,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct TableConstraints {
    other: Vec<String>,
}

/// A column which another column is made from.
#[derive(SimpleObject, Clone)]
pub(crate) struct TableColumnDep {
    asset_key: AssetKey,
    column_name: String,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct TableColumnLineageEntry {
    column_name: String,
    column_deps: Vec<TableColumnDep>,
}

direct!(Table { schema "schema", records "records" });
direct!(TableSchema { constraints "constraints", columns "columns" });
direct!(TableColumn {
    name "name",
    r#type "type",
    description "description",
    constraints "constraints",
    tags "tags",
});
direct!(TableColumnConstraints { nullable "nullable", unique "unique", other "other" });
direct!(TableConstraints { other "other" });
direct!(TableColumnDep { asset_key "assetKey", column_name "columnName" });
direct!(TableColumnLineageEntry { column_name "columnName", column_deps "columnDeps" });

impl Table {
    pub(crate) fn new(table: &model::TableMetadataValue) -> Self {
        Table {
            schema: TableSchema::from(&table.schema),
            records: table.records.iter().map(|record| serdes::to_text(&record.data)).collect(),
        }
    }
}

impl From<&model::TableSchema> for TableSchema {
    fn from(schema: &model::TableSchema) -> Self {
        TableSchema {
            constraints: Some(TableConstraints { other: schema.constraints.other.clone() }),
            columns: schema
                .columns
                .iter()
                .map(|column| TableColumn {
                    name: column.name.clone(),
                    r#type: column.kind.clone(),
                    description: column.description.clone(),
                    constraints: TableColumnConstraints {
                        nullable: column.constraints.nullable,
                        unique: column.constraints.unique,
                        other: column.constraints.other.clone(),
                    },
                    tags: column.tags.iter().map(DefinitionTag::from).collect(),
                })
                .collect(),
        }
    }
}

impl TableColumnLineageEntry {
    /// One entry per column.
    pub(crate) fn of(lineage: &model::TableColumnLineage) -> Vec<Self> {
        lineage
            .deps_by_column
            .iter()
            .map(|(column, deps)| TableColumnLineageEntry {
                column_name: column.clone(),
                column_deps: deps
                    .iter()
                    .map(|dep| TableColumnDep {
                        asset_key: AssetKey::from(&dep.asset_key),
                        column_name: dep.column_name.clone(),
                    })
                    .collect(),
            })
            .collect()
    }
}
