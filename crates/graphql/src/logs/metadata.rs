//! Metadata entries: named values of many kinds on events and definitions
//! (`dagster_graphql/implementation/events.py`, `iterate_metadata_entries`).

use async_graphql::{Interface, SimpleObject, Union};
use rondel_model::{
    ids,
    metadata::{self as model, Metadata, MetadataValue},
    serdes::{self, Number, Value},
};

use super::table::{Table, TableColumnLineageEntry, TableSchema};
use crate::{
    common::AssetKey,
    direct::{direct, direct_union},
};

/// Declares the entry types, each with its label, a description and its own fields, and their
/// interface.
macro_rules! metadata_entries {
    ($($name:ident { $($field:ident $graphql:literal: $ty:ty),* })*) => {
        $(
            #[derive(SimpleObject, Clone)]
            pub(crate) struct $name {
                #[graphql(owned)]
                pub(crate) label: String,
                #[graphql(owned)]
                pub(crate) description: Option<String>,
                $(#[graphql(owned)] pub(crate) $field: $ty,)*
            }

            direct!($name {
                label "label",
                description "description",
                $($field $graphql,)*
            });
        )*

        /// A labelled value.
        #[derive(Interface, Clone)]
        #[graphql(
            field(name = "label", ty = "String"),
            field(name = "description", ty = "Option<String>")
        )]
        pub(crate) enum MetadataEntry {
            $($name($name),)*
        }

        direct_union!(MetadataEntry { $($name),* });
    };
}

metadata_entries! {
    TableColumnLineageMetadataEntry { lineage "lineage": Vec<TableColumnLineageEntry> }
    TableSchemaMetadataEntry { schema "schema": TableSchema }
    TableMetadataEntry { table "table": Table }
    FloatMetadataEntry { float_value "floatValue": Option<f64>, float_repr "floatRepr": String }
    IntMetadataEntry { int_value "intValue": Option<i32>, int_repr "intRepr": String }
    JsonMetadataEntry { json_string "jsonString": String }
    BoolMetadataEntry { bool_value "boolValue": Option<bool> }
    MarkdownMetadataEntry { md_str "mdStr": String }
    PathMetadataEntry { path "path": String }
    NotebookMetadataEntry { path "path": String }
    PythonArtifactMetadataEntry { module "module": String, name "name": String }
    TextMetadataEntry { text "text": String }
    UrlMetadataEntry { url "url": String }
    PipelineRunMetadataEntry { run_id "runId": String }
    AssetMetadataEntry { asset_key "assetKey": AssetKey }
    JobMetadataEntry { job_name "jobName": String, repository_name "repositoryName": Option<String>, location_name "locationName": String }
    CodeReferencesMetadataEntry { code_references "codeReferences": Vec<SourceLocation> }
    NullMetadataEntry { }
    TimestampMetadataEntry { timestamp "timestamp": f64 }
    PoolMetadataEntry { pool "pool": String }
}

/// A named text, older than metadata entries.
#[derive(SimpleObject, Clone)]
pub(crate) struct MetadataItemDefinition {
    #[graphql(owned)]
    pub(crate) key: String,
    #[graphql(owned)]
    pub(crate) value: String,
}

/// A place in source code.
#[derive(Union, Clone)]
pub(crate) enum SourceLocation {
    LocalFileCodeReference(LocalFileCodeReference),
    UrlCodeReference(UrlCodeReference),
}

#[derive(SimpleObject, Clone)]
pub(crate) struct LocalFileCodeReference {
    file_path: String,
    line_number: Option<i64>,
    label: Option<String>,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct UrlCodeReference {
    url: String,
    label: Option<String>,
}

direct_union!(SourceLocation { LocalFileCodeReference, UrlCodeReference });
direct!(LocalFileCodeReference {
    file_path "filePath",
    line_number "lineNumber",
    label "label",
});
direct!(UrlCodeReference { url "url", label "label" });

/// The entries of a metadata map, in its order.
pub(crate) fn metadata_entries(metadata: &Metadata) -> Vec<MetadataEntry> {
    metadata.iter().map(|(label, value)| metadata_entry(label, value)).collect()
}

fn metadata_entry(label: &str, value: &MetadataValue) -> MetadataEntry {
    /// An entry of the given type.
    macro_rules! entry {
        ($name:ident { $($field:ident: $value:expr),* $(,)? }) => {
            $name { label: label.to_owned(), description: None, $($field: $value),* }.into()
        };
    }
    match value {
        MetadataValue::Text(v) => {
            entry!(TextMetadataEntry { text: v.text.clone().unwrap_or_default() })
        }
        MetadataValue::Url(v) => {
            entry!(UrlMetadataEntry { url: v.url.clone().unwrap_or_default() })
        }
        MetadataValue::Path(v) => entry!(PathMetadataEntry { path: v.path.clone() }),
        MetadataValue::Notebook(v) => entry!(NotebookMetadataEntry { path: v.path.clone() }),
        MetadataValue::Json(v) => {
            entry!(JsonMetadataEntry { json_string: serdes::to_text(&v.data) })
        }
        MetadataValue::Markdown(v) => {
            entry!(MarkdownMetadataEntry { md_str: v.md_str.clone().unwrap_or_default() })
        }
        MetadataValue::PythonArtifact(v) => {
            entry!(PythonArtifactMetadataEntry { module: v.module.clone(), name: v.name.clone() })
        }
        MetadataValue::Float(v) => {
            let number = v.value.map(Number::as_f64);
            entry!(FloatMetadataEntry {
                float_value: number.filter(|n| n.is_finite()),
                float_repr: python_number(v.value),
            })
        }
        MetadataValue::Int(v) => entry!(IntMetadataEntry {
            int_value: v.value.as_i64().and_then(|n| i32::try_from(n).ok()),
            int_repr: if v.value == Value::Null {
                "None".to_owned()
            } else {
                serdes::to_text(&v.value)
            },
        }),
        MetadataValue::Bool(v) => entry!(BoolMetadataEntry { bool_value: v.value }),
        MetadataValue::Timestamp(v) => {
            entry!(TimestampMetadataEntry { timestamp: v.value.as_f64() })
        }
        MetadataValue::DagsterRun(v) => {
            entry!(PipelineRunMetadataEntry { run_id: v.run_id.clone() })
        }
        MetadataValue::DagsterJob(v) => entry!(JobMetadataEntry {
            job_name: v.job_name.clone(),
            repository_name: v.repository_name.clone(),
            location_name: v.location_name.clone(),
        }),
        MetadataValue::DagsterAsset(v) => {
            entry!(AssetMetadataEntry { asset_key: AssetKey::from(&v.asset_key) })
        }
        MetadataValue::Table(v) => entry!(TableMetadataEntry { table: Table::new(v) }),
        MetadataValue::TableSchema(v) => {
            entry!(TableSchemaMetadataEntry { schema: TableSchema::from(&v.schema) })
        }
        MetadataValue::TableColumnLineage(v) => entry!(TableColumnLineageMetadataEntry {
            lineage: TableColumnLineageEntry::of(&v.column_lineage)
        }),
        MetadataValue::Null(_) => entry!(NullMetadataEntry {}),
        MetadataValue::Pool(v) => entry!(PoolMetadataEntry { pool: v.pool.clone() }),
        MetadataValue::CodeReferences(v) => entry!(CodeReferencesMetadataEntry {
            code_references: v.code_references.iter().filter_map(source_location).collect()
        }),
        // Across processes only the name of the object's class is known.
        MetadataValue::Object(v) => entry!(TextMetadataEntry { text: v.inst.clone() }),
        // Dagster refuses to show these; an unreadable entry must not hide the others.
        MetadataValue::CodeLocationReconstruction(v) => {
            entry!(TextMetadataEntry { text: v.data.clone() })
        }
        MetadataValue::Unknown(v) => entry!(JsonMetadataEntry { json_string: serdes::to_text(v) }),
    }
}

fn source_location(reference: &model::CodeReference) -> Option<SourceLocation> {
    match reference {
        model::CodeReference::LocalFile(file) => Some(
            LocalFileCodeReference {
                file_path: file.file_path.clone(),
                line_number: file.line_number,
                label: file.label.clone(),
            }
            .into(),
        ),
        model::CodeReference::Url(url) => {
            Some(UrlCodeReference { url: url.url.clone(), label: url.label.clone() }.into())
        }
        model::CodeReference::Unknown(_) => None,
    }
}

/// As Python's `str()` writes it.
fn python_number(number: Option<Number>) -> String {
    match number {
        None => "None".to_owned(),
        Some(number) => match serdes::to_text(&number).as_str() {
            "NaN" => "nan".to_owned(),
            "Infinity" => "inf".to_owned(),
            "-Infinity" => "-inf".to_owned(),
            text => text.to_owned(),
        },
    }
}

impl From<&ids::AssetKey> for AssetKey {
    fn from(key: &ids::AssetKey) -> Self {
        AssetKey { path: key.path().to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_python_prints_them() {
        assert_eq!(python_number(Some(Number::Float(f64::NAN))), "nan");
        assert_eq!(python_number(Some(Number::Float(f64::INFINITY))), "inf");
        assert_eq!(python_number(Some(Number::Float(1.0))), "1.0");
        assert_eq!(python_number(None), "None");
    }

    #[test]
    fn integers_beyond_32_bits_keep_their_digits() {
        let value = model::IntMetadataValue { value: Value::Int(1 << 40), ..Default::default() };
        let MetadataEntry::IntMetadataEntry(entry) =
            metadata_entry("n", &MetadataValue::Int(value))
        else {
            panic!("not an int entry")
        };
        assert_eq!((entry.int_value, entry.int_repr.as_str()), (None, "1099511627776"));
    }
}
