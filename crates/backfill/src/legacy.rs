//! The form in which old versions stored a backfill's progress: a JSON text with the subsets' own texts in
//! it (`AssetBackfillData.serialize`). It is kept for backfills that have it.

use rondel_model::ids::AssetKey;
use rondel_model::partition::SerializedPartitionsSubset;
use rondel_model::serdes::{Map, Value, to_text};
use rondel_partitions::{Context, PartitionsSubset, can_read};

use crate::error::{BackfillError, Result};
use crate::graph::BackfillGraph;
use crate::part::Part;
use crate::progress::Progress;
use crate::subset::GraphSubset;

const SUBSETS: &str = "partitions_subsets_by_asset_key";
const IDS: &str = "serializable_partitions_def_ids_by_asset_key";
const CLASSES: &str = "partitions_def_class_names_by_asset_key";
const WHOLE: &str = "non_partitioned_asset_keys";

pub(crate) fn read(text: &str, graph: &BackfillGraph, context: &Context) -> Result<Progress> {
    let unreadable =
        || BackfillError::Check(format!("cannot read the stored backfill data `{text}`"));
    let Ok(Value::Map(fields)) = Value::from_json_text(text) else { return Err(unreadable()) };
    let subset = |name: &str| match fields.get(name) {
        Some(Value::Map(stored)) => read_subset(stored, graph, context),
        _ => Err(unreadable()),
    };
    Ok(Progress {
        target: subset("serialized_target_subset")?,
        requested_roots: fields.get("requested_runs_for_target_roots") == Some(&Value::Bool(true)),
        latest_storage_id: match fields.get("latest_storage_id") {
            Some(Value::Int(id)) => Some(*id),
            _ => None,
        },
        materialized: subset("serialized_materialized_subset")?,
        requested: subset("serialized_requested_subset")?,
        failed_and_downstream: subset("serialized_failed_subset")?,
    })
}

fn read_subset(
    stored: &Map<Value>,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<GraphSubset> {
    let text_of = |field: &str, name: &str| match stored.get(field) {
        Some(Value::Map(entries)) => match entries.get(name) {
            Some(Value::String(text)) => text.clone(),
            _ => String::new(),
        },
        _ => String::new(),
    };
    let mut parts = Vec::new();
    if let Some(Value::Map(subsets)) = stored.get(SUBSETS) {
        for (name, text) in subsets {
            let Value::String(text) = text else { continue };
            let key = AssetKey::from_user_string(name);
            if !graph.assets().contains(&key) {
                return Err(BackfillError::DefinitionChanged(format!(
                    "Asset {name} existed at storage-time, but no longer does"
                )));
            }
            let definition = graph.partitions(&key)?.ok_or_else(|| {
                BackfillError::DefinitionChanged(format!(
                    "Asset {name} had a PartitionsDefinition at storage-time, but no longer does"
                ))
            })?;
            let serialized = SerializedPartitionsSubset {
                serialized_subset: text.clone(),
                serialized_partitions_def_unique_id: text_of(IDS, name),
                serialized_partitions_def_class_name: text_of(CLASSES, name),
                ..SerializedPartitionsSubset::default()
            };
            if !can_read(definition, &serialized, context)? {
                return Err(BackfillError::DefinitionChanged(format!(
                    "Cannot deserialize stored partitions subset for asset {name}. This likely indicates \
                     that the partitions definition has changed since this was stored"
                )));
            }
            let subset = PartitionsSubset::from_text(definition, text, context)?;
            parts.push((key, Part::Partitions(subset)));
        }
    }
    if let Some(Value::List(whole)) = stored.get(WHOLE) {
        for name in whole {
            let Value::String(name) = name else { continue };
            let key = AssetKey::from_user_string(name);
            if graph.assets().contains(&key) {
                parts.push((key, Part::Whole(true)));
            }
        }
    }
    Ok(parts.into_iter().collect())
}

pub(crate) fn write(
    progress: &Progress,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<String> {
    let subset = |subset| write_subset(subset, graph, context);
    let fields: Map<Value> = [
        ("requested_runs_for_target_roots", Value::Bool(progress.requested_roots)),
        ("serialized_target_subset", subset(&progress.target)?),
        ("latest_storage_id", progress.latest_storage_id.map_or(Value::Null, Value::Int)),
        ("serialized_requested_subset", subset(&progress.requested)?),
        ("serialized_materialized_subset", subset(&progress.materialized)?),
        ("serialized_failed_subset", subset(&progress.failed_and_downstream)?),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect();
    Ok(to_text(&Value::Map(fields)))
}

fn write_subset(subset: &GraphSubset, graph: &BackfillGraph, context: &Context) -> Result<Value> {
    let (mut texts, mut ids, mut classes) = (Map::new(), Map::new(), Map::new());
    let mut whole = Vec::new();
    for (key, part) in subset.parts() {
        let name = key.to_user_string();
        let (Part::Partitions(partitions), Some(definition)) = (part, graph.partitions(key)?)
        else {
            whole.push(Value::String(name));
            continue;
        };
        texts.insert(name.clone(), Value::String(partitions.to_text(context)?));
        ids.insert(name.clone(), Value::String(definition.unique_id(context)?));
        classes.insert(name, Value::String(definition.class_name().to_owned()));
    }
    let mut fields = Map::new();
    for (name, entries) in [(SUBSETS, texts), (IDS, ids), (CLASSES, classes)] {
        fields.insert(name.to_owned(), Value::Map(entries));
    }
    fields.insert(WHOLE.to_owned(), Value::List(whole));
    Ok(Value::Map(fields))
}
