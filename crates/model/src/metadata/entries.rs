//! The two stored forms of a metadata dict.

use std::ops::{Deref, DerefMut};

use super::MetadataValue;
use crate::record;
use crate::serdes::{Map, Pack, Parser, SerdesError, Unpack, Writer};

/// Metadata by label, stored as a plain map.
pub type Metadata = Map<MetadataValue>;

record! {
    /// One labelled value, the element of the stored list form.
    pub struct MetadataEntry = "EventMetadataEntry" {
        label: String,
        description: Option<String>,
        entry_data: MetadataValue,
    }
}

/// Metadata by label, stored as a list of `EventMetadataEntry` in insertion order (Dagster's
/// `MetadataFieldSerializer`). As in Dagster, a later entry replaces an earlier one of the same
/// label, and descriptions of entries written by very old versions are dropped.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MetadataEntries(pub Metadata);

impl Deref for MetadataEntries {
    type Target = Metadata;

    fn deref(&self) -> &Metadata {
        &self.0
    }
}

impl DerefMut for MetadataEntries {
    fn deref_mut(&mut self) -> &mut Metadata {
        &mut self.0
    }
}

impl From<Metadata> for MetadataEntries {
    fn from(metadata: Metadata) -> Self {
        Self(metadata)
    }
}

impl<S: Into<String>, V: Into<MetadataValue>> FromIterator<(S, V)> for MetadataEntries {
    fn from_iter<I: IntoIterator<Item = (S, V)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(label, value)| (label.into(), value.into())).collect())
    }
}

struct EntryRef<'a>(&'a str, &'a MetadataValue);

impl Pack for EntryRef<'_> {
    fn pack(&self, w: &mut Writer) {
        w.map(|map| {
            map.entry("__class__", "EventMetadataEntry");
            map.entry("description", &None::<String>);
            map.entry("entry_data", self.1);
            map.entry("label", self.0);
        });
    }
}

impl Pack for MetadataEntries {
    fn pack(&self, w: &mut Writer) {
        let entries: Vec<EntryRef<'_>> =
            self.0.iter().map(|(label, value)| EntryRef(label, value)).collect();
        w.list(&entries);
    }

    fn is_empty_value(&self) -> bool {
        self.0.is_empty()
    }
}

impl Unpack for MetadataEntries {
    fn unpack(p: &mut Parser<'_>) -> Result<Self, SerdesError> {
        let entries = Vec::<MetadataEntry>::unpack(p)?;
        Ok(Self(entries.into_iter().map(|entry| (entry.label, entry.entry_data)).collect()))
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}
