//! Which partitions of an asset are materialized, failed or in progress: Dagster's partition status cache
//! (`dagster/_core/storage/partition_status_cache.py`), read and kept up to date.
//!
//! The cache is a row's column of the asset with the id of the event it goes up to. What it says is taken
//! over, and only later events are read; assets without any cost nothing beyond their row. A run that was
//! going on is looked at again until it ends. Python writes and reads the same cache.

use std::collections::{BTreeSet, HashMap};

use futures::{StreamExt, TryStreamExt};
use rondel_automation::{AutomationGraph, PartitionStatus};
use rondel_model::ids::AssetKey;
use rondel_model::partition::AssetStatusCacheValue;
use rondel_model::run::RunStatus;
use rondel_partitions::{Context, PartitionsDefinition, PartitionsSubset};
use rondel_storage::{PartitionEvents, Storage};

use crate::error::Result;

/// Statements at once where assets are asked about one by one.
const AT_ONCE: usize = 8;

/// An asset as its row describes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// The latest materialization's id; zero for none.
    pub(crate) materialized: i64,
    pub(crate) cached: Option<AssetStatusCacheValue>,
}

/// An asset whose status has to be brought up to date.
struct Stale<'a> {
    key: &'a AssetKey,
    definition: &'a PartitionsDefinition,
    definition_id: String,
    row: &'a Row,
    planned: i64,
    /// The cache, unless it is of another definition.
    cached: Option<&'a AssetStatusCacheValue>,
}

/// The status of each asset's partitions; assets without partitions are left out.
pub(crate) async fn partition_status(
    storage: &Storage,
    graph: &AutomationGraph,
    keys: &BTreeSet<AssetKey>,
    rows: &HashMap<AssetKey, Row>,
    context: &Context,
) -> Result<HashMap<AssetKey, PartitionStatus>> {
    let keys: Vec<AssetKey> = keys.iter().cloned().collect();
    let planned = storage.assets().latest_planned_materializations(&keys, None).await?;
    let mut found = HashMap::new();
    let mut stale = Vec::new();
    for key in &keys {
        let Some(definition) = graph.partitions(&key.clone().into())? else { continue };
        let planned = planned.get(key).map_or(0, |planned| planned.storage_id);
        let Some(row) = rows.get(key).filter(|row| row.materialized.max(planned) > 0) else {
            found.insert(key.clone(), PartitionStatus::empty(definition));
            continue;
        };
        let definition_id = definition.unique_id(context)?;
        let cached = row.cached.as_ref();
        let cached =
            cached.filter(|it| it.partitions_def_id.as_deref() == Some(definition_id.as_str()));
        match cached
            .filter(|it| row.materialized <= it.latest_storage_id && planned <= looked_at(it))
        {
            Some(cached) => {
                found.insert(key.clone(), read(cached, definition, context)?);
            }
            None => stale.push(Stale { key, definition, definition_id, row, planned, cached }),
        }
    }
    let updated = update(storage, stale, context).await?;
    found.extend(updated);
    Ok(found)
}

/// Up to which event runs were looked at: before the first that was going on, if any.
fn looked_at(cached: &AssetStatusCacheValue) -> i64 {
    match cached.earliest_in_progress_materialization_event_id {
        Some(id) if id != 0 => id - 1,
        _ => cached.latest_storage_id,
    }
}

fn read(
    cached: &AssetStatusCacheValue,
    definition: &PartitionsDefinition,
    context: &Context,
) -> Result<PartitionStatus> {
    let subset = |text: &Option<String>| match text.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => PartitionsSubset::from_text(definition, text, context),
        None => Ok(PartitionsSubset::empty(definition)),
    };
    Ok(PartitionStatus {
        materialized: subset(&cached.serialized_materialized_partition_subset)?,
        failed: subset(&cached.serialized_failed_partition_subset)?,
        in_progress: PartitionsSubset::empty(definition),
    })
}

/// Brings stale caches up to date and stores them.
async fn update(
    storage: &Storage,
    stale: Vec<Stale<'_>>,
    context: &Context,
) -> Result<Vec<(AssetKey, PartitionStatus)>> {
    if stale.is_empty() {
        return Ok(Vec::new());
    }
    let materialized = new_materializations(storage, &stale).await?;
    let mut unfinished = unfinished(storage, &stale).await?;
    let runs: BTreeSet<&String> =
        unfinished.values().flat_map(|it| it.values()).map(|(run, _)| run).collect();
    let runs: Vec<String> = runs.into_iter().cloned().collect();
    let statuses = storage.runs().get_statuses(&runs).await?;

    let mut found = Vec::with_capacity(stale.len());
    let mut changed = Vec::new();
    for asset in stale {
        let existing = |keys: Vec<String>| {
            let mut existing = Vec::with_capacity(keys.len());
            for key in keys {
                if asset.definition.has_key(&key, context)? {
                    existing.push(key);
                }
            }
            Ok::<_, rondel_partitions::PartitionsError>(existing)
        };
        let mut status = match asset.cached {
            Some(cached) => read(cached, asset.definition, context)?,
            None => PartitionStatus::empty(asset.definition),
        };
        let new = materialized.get(asset.key).cloned().unwrap_or_default();
        let new = existing(new)?;
        if !new.is_empty() {
            status.materialized = status.materialized.with_keys(&new, context)?;
            let new = PartitionsSubset::of_keys(asset.definition, &new, context)?;
            status.failed = status.failed.difference(&new, context)?;
        }
        let (mut failed, mut in_progress, mut earliest) = (Vec::new(), Vec::new(), None::<i64>);
        for (partition, (run, event)) in unfinished.remove(asset.key).unwrap_or_default() {
            match statuses.get(&run) {
                Some(RunStatus::Failure) => failed.push(partition),
                Some(status) if !status.is_finished() => {
                    in_progress.push(partition);
                    earliest = Some(earliest.map_or(event, |earliest| earliest.min(event)));
                }
                // Finished otherwise, or deleted.
                _ => {}
            }
        }
        status.failed = status.failed.with_keys(&existing(failed)?, context)?;
        status.in_progress = status.in_progress.with_keys(&existing(in_progress)?, context)?;
        let value = AssetStatusCacheValue {
            latest_storage_id: asset.row.materialized.max(asset.planned),
            partitions_def_id: Some(asset.definition_id),
            serialized_materialized_partition_subset: Some(status.materialized.to_text(context)?),
            serialized_failed_partition_subset: Some(status.failed.to_text(context)?),
            serialized_in_progress_partition_subset: Some(status.in_progress.to_text(context)?),
            earliest_in_progress_materialization_event_id: earliest,
            extra: rondel_model::serdes::Extra::default(),
        };
        if asset.row.cached.as_ref() != Some(&value) {
            changed.push((asset.key.clone(), value));
        }
        found.push((asset.key.clone(), status));
    }
    for (key, value) in &changed {
        storage.assets().update_cached_status(key, value).await?;
    }
    Ok(found)
}

/// Partitions materialized since the cache was written; all of them where there is none.
async fn new_materializations(
    storage: &Storage,
    stale: &[Stale<'_>],
) -> Result<HashMap<AssetKey, Vec<String>>> {
    let mut found: HashMap<AssetKey, Vec<String>> = HashMap::new();
    let cold: Vec<AssetKey> = stale
        .iter()
        .filter(|asset| asset.cached.is_none())
        .map(|asset| asset.key.clone())
        .collect();
    if !cold.is_empty() {
        let all = PartitionEvents::default();
        let partitions = storage.assets().get_materialized_partitions(&cold, &all).await?;
        found.extend(partitions.into_iter().map(|(key, keys)| (key, keys.into_iter().collect())));
    }
    let warm = stale.iter().filter_map(|asset| {
        let cached = asset.cached.filter(|it| asset.row.materialized > it.latest_storage_id)?;
        Some((asset.key.clone(), cached.latest_storage_id))
    });
    let mut reads = Vec::new();
    for (key, after) in warm {
        reads.push(async move {
            let events = PartitionEvents { after: Some(after), ..PartitionEvents::default() };
            let keys = std::slice::from_ref(&key);
            storage.assets().get_materialized_partitions(keys, &events).await
        });
    }
    let reads: Vec<_> =
        futures::stream::iter(reads).buffer_unordered(AT_ONCE).try_collect().await?;
    for (key, keys) in reads.into_iter().flatten() {
        found.insert(key, keys.into_iter().collect());
    }
    Ok(found)
}

/// Runs by partition with the event that planned it.
type Unfinished = HashMap<String, (String, i64)>;

/// What was planned and has not been made since the cache was written.
async fn unfinished(
    storage: &Storage,
    stale: &[Stale<'_>],
) -> Result<HashMap<AssetKey, Unfinished>> {
    let mut reads = Vec::new();
    for asset in stale {
        let after = asset.cached.map(looked_at);
        if asset.planned == 0 || after.is_some_and(|after| after != 0 && asset.planned <= after) {
            continue;
        }
        let key = asset.key.clone();
        reads.push(async move {
            let partitions = storage.assets().unfinished_partitions(&key, after).await?;
            Ok::<_, crate::ObservationError>((key, partitions.into_iter().collect()))
        });
    }
    futures::stream::iter(reads).buffer_unordered(AT_ONCE).try_collect().await
}
