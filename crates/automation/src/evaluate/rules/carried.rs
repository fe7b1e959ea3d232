//! What a rule found, by reason, together with what it found on earlier ticks
//! (`add_evaluation_data_from_previous_tick`).

use std::collections::BTreeSet;

use rondel_model::automation::AssetSubsetWithMetadata;
use rondel_model::ids::{AssetKey, python_repr};
use rondel_model::metadata::{DagsterAssetMetadataValue, Metadata, MetadataValue};
use rondel_model::serdes::{Extra, to_text};

use super::Rules;
use crate::error::Result;
use crate::evaluate::result::{Outcome, Reason};
use crate::subset::EntityPart;

/// Partitions by reason, in the order found.
#[derive(Default)]
pub(super) struct Carried(Vec<(Metadata, BTreeSet<Option<String>>)>);

impl Carried {
    pub(super) fn add(&mut self, metadata: Metadata, partition: Option<String>) {
        match self.0.iter_mut().find(|(known, _)| *known == metadata) {
            Some((_, partitions)) => {
                partitions.insert(partition);
            }
            None => self.0.push((metadata, BTreeSet::from([partition]))),
        }
    }
}

fn assets<'k>(
    label: &'static str,
    keys: impl IntoIterator<Item = &'k AssetKey>,
) -> impl Iterator<Item = (String, MetadataValue)> {
    keys.into_iter().enumerate().map(move |(index, key)| {
        let value = DagsterAssetMetadataValue { asset_key: key.clone(), extra: Extra::default() };
        (format!("{label}_{}", index + 1), value.into())
    })
}

pub(super) fn waiting_on(keys: &BTreeSet<AssetKey>) -> Metadata {
    assets("waiting_on_ancestor", keys).collect()
}

pub(super) fn parents_updated(
    updated: &BTreeSet<AssetKey>,
    will_update: &BTreeSet<AssetKey>,
) -> Metadata {
    assets("updated_parent", updated).chain(assets("will_update_parent", will_update)).collect()
}

impl Rules<'_, '_> {
    /// What was found now, and what is known from before where nothing new was looked at.
    pub(super) fn with_carried(&self, found: Carried, ignored: &EntityPart) -> Result<Outcome> {
        let mut reasons: Vec<Reason> = Vec::new();
        let mut outdated = ignored.clone();
        for (metadata, partitions) in found.0 {
            let part = self.part_of(partitions)?;
            outdated = outdated.union(&part, self.partitions())?;
            reasons.push(Reason { metadata, part });
        }
        for before in self.node_cursor().into_iter().flat_map(|it| it.reasons()) {
            let AssetSubsetWithMetadata { subset, metadata, .. } = before;
            let Some(part) = self.view().of_stored(subset)? else { continue };
            let part = self.minus(&part, &outdated)?;
            if part.size(self.view().context())? == 0 {
                continue;
            }
            match reasons.iter_mut().find(|reason| reason.metadata == *metadata) {
                Some(reason) => reason.part = reason.part.union(&part, self.partitions())?,
                None => reasons.push(Reason { metadata: metadata.clone(), part }),
            }
        }
        let mut all = self.context.empty();
        for reason in &reasons {
            all = all.union(&reason.part, self.partitions())?;
        }
        let true_subset = self.candidates().intersection(&all, self.partitions())?;
        Ok(Outcome { reasons, ..Outcome::of(true_subset) })
    }
}

/// A reason's metadata as Python prints it sorted, for hashes.
pub(in crate::evaluate) fn repr(metadata: &Metadata) -> String {
    let mut entries: Vec<(&String, &MetadataValue)> = metadata.iter().collect();
    entries.sort_by_key(|(label, _)| *label);
    let value = |value: &MetadataValue| match value {
        MetadataValue::DagsterAsset(value) => {
            let path: Vec<String> =
                value.asset_key.path().iter().map(|part| python_repr(part)).collect();
            format!("DagsterAssetMetadataValue(asset_key=AssetKey([{}]))", path.join(", "))
        }
        MetadataValue::Text(value) => {
            let text = value.text.as_deref().map_or_else(|| "None".to_owned(), python_repr);
            format!("TextMetadataValue(text={text})")
        }
        other => to_text(other),
    };
    let entries: Vec<String> = entries
        .into_iter()
        .map(|(label, entry)| format!("({}, {})", python_repr(label), value(entry)))
        .collect();
    format!("[{}]", entries.join(", "))
}
