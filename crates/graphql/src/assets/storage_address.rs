//! The table behind an asset, from its metadata.

use async_graphql::SimpleObject;
use rondel_model::metadata::{Metadata, MetadataValue};

#[derive(SimpleObject, Clone)]
pub(crate) struct StorageAddress {
    storage_kind: Option<String>,
    table_name: String,
}

impl StorageAddress {
    pub(crate) fn of(metadata: &Metadata) -> Option<Self> {
        Some(Self {
            table_name: table_name(metadata)?,
            storage_kind: text(metadata, "dagster/storage_kind").map(str::to_owned),
        })
    }
}

/// The name of the table in lower case, under its present or its former metadata key.
pub(crate) fn table_name(metadata: &Metadata) -> Option<String> {
    let name = text(metadata, "dagster/table_name");
    let name = name.or_else(|| text(metadata, "dagster/relation_identifier"))?;
    (!name.is_empty()).then(|| name.to_lowercase())
}

fn text<'a>(metadata: &'a Metadata, key: &str) -> Option<&'a str> {
    match metadata.get(key)? {
        MetadataValue::Text(value) => value.text.as_deref(),
        _ => None,
    }
}
