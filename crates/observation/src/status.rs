//! Which partitions of an asset are materialized, failed or in progress: Dagster's partition status cache
//! (`dagster/_core/storage/partition_status_cache.py`), read and kept up to date.
//!
//! The cache is a row's column of the asset with the id of the event it goes up to. What it says is taken
//! over, and only later events are read; assets without any cost nothing beyond their row. A run that was
//! going on is looked at again until it ends. Python writes and reads the same cache.

use std::collections::{BTreeSet, HashMap};

use rondel_automation::{AutomationGraph, PartitionStatus};
use rondel_model::ids::AssetKey;
use rondel_model::partition::AssetStatusCacheValue;
use rondel_model::run::RunStatus;
use rondel_partitions::{Context, PartitionsDefinition, PartitionsSubset};
use rondel_storage::{Storage, UnfinishedPartitions};

use crate::error::Result;

/// An asset as its row describes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    /// The latest materialization's id; zero for none.
    pub(crate) materialized: i64,
    pub(crate) cached: Option<AssetStatusCacheValue>,
}

/// A partitioned asset whose status is asked for.
#[derive(Clone, Copy)]
struct Asked<'a> {
    key: &'a AssetKey,
    definition: &'a PartitionsDefinition,
    context: &'a Context,
}

/// An asset whose status has to be brought up to date.
struct Stale<'a> {
    asset: Asked<'a>,
    definition_id: String,
    row: &'a Row,
    planned: i64,
    /// The cache, unless it is of another definition.
    cached: Option<&'a AssetStatusCacheValue>,
}

/// How the partitions of assets stand, each by its definition and what that depends on: a handful of
/// statements, whatever the number of assets.
///
/// # Errors
/// Database errors, an unreadable cache or event.
pub async fn read_partition_statuses(
    storage: &Storage,
    assets: &[(AssetKey, &PartitionsDefinition, &Context)],
) -> Result<HashMap<AssetKey, PartitionStatus>> {
    let keys: Vec<AssetKey> = assets.iter().map(|(key, ..)| key.clone()).collect();
    let records = storage.assets().get_asset_records(Some(&keys)).await?.into_iter();
    let rows = records.map(|record| {
        let latest = record.last_materialization.as_ref();
        let materialized = latest.map_or(0, |latest| latest.storage_id);
        (record.asset_key, Row { materialized, cached: record.cached_status })
    });
    let rows: HashMap<AssetKey, Row> = rows.collect();
    let asked = assets.iter().map(|(key, definition, context)| Asked { key, definition, context });
    statuses(storage, asked.collect(), &rows).await
}

/// The status of each asset's partitions; assets without partitions are left out.
pub(crate) async fn partition_status(
    storage: &Storage,
    graph: &AutomationGraph,
    keys: &BTreeSet<AssetKey>,
    rows: &HashMap<AssetKey, Row>,
    context: &Context,
) -> Result<HashMap<AssetKey, PartitionStatus>> {
    let mut asked = Vec::with_capacity(keys.len());
    for key in keys {
        if let Some(definition) = graph.partitions(&key.clone().into())? {
            asked.push(Asked { key, definition, context });
        }
    }
    statuses(storage, asked, rows).await
}

async fn statuses(
    storage: &Storage,
    asked: Vec<Asked<'_>>,
    rows: &HashMap<AssetKey, Row>,
) -> Result<HashMap<AssetKey, PartitionStatus>> {
    if asked.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<AssetKey> = asked.iter().map(|asset| asset.key.clone()).collect();
    let planned = storage.assets().latest_planned_materializations(&keys, None).await?;
    let mut found = HashMap::new();
    let mut stale = Vec::new();
    for asset in asked {
        let Asked { key, definition, context } = asset;
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
            None => stale.push(Stale { asset, definition_id, row, planned, cached }),
        }
    }
    let updated = update(storage, stale).await?;
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
) -> Result<Vec<(AssetKey, PartitionStatus)>> {
    if stale.is_empty() {
        return Ok(Vec::new());
    }
    let mut materialized = new_materializations(storage, &stale).await?;
    let mut unfinished = unfinished(storage, &stale).await?;
    let runs: BTreeSet<&String> =
        unfinished.values().flat_map(UnfinishedPartitions::values).map(|(run, _)| run).collect();
    let runs: Vec<String> = runs.into_iter().cloned().collect();
    let statuses = storage.runs().get_statuses(&runs).await?;

    let mut found = Vec::with_capacity(stale.len());
    let mut changed = Vec::new();
    for stale in stale {
        let Asked { key, definition, context } = stale.asset;
        let existing = |keys: BTreeSet<String>| -> Vec<String> {
            // A key in another format is none of the definition's.
            let has = |key: &String| definition.has_key(key, context).unwrap_or(false);
            keys.into_iter().filter(has).collect()
        };
        let mut status = match stale.cached {
            Some(cached) => read(cached, definition, context)?,
            None => PartitionStatus::empty(definition),
        };
        let new = existing(materialized.remove(key).unwrap_or_default());
        if !new.is_empty() {
            status.materialized = status.materialized.with_keys(&new, context)?;
            let new = PartitionsSubset::of_keys(definition, &new, context)?;
            status.failed = status.failed.difference(&new, context)?;
        }
        let (mut failed, mut in_progress, mut earliest) =
            (BTreeSet::new(), BTreeSet::new(), None::<i64>);
        for (partition, (run, event)) in unfinished.remove(key).unwrap_or_default() {
            match statuses.get(&run) {
                Some(RunStatus::Failure) => {
                    failed.insert(partition);
                }
                Some(status) if !status.is_finished() => {
                    in_progress.insert(partition);
                    earliest = Some(earliest.map_or(event, |earliest| earliest.min(event)));
                }
                // Finished otherwise, or deleted.
                _ => {}
            }
        }
        status.failed = status.failed.with_keys(&existing(failed), context)?;
        status.in_progress = status.in_progress.with_keys(&existing(in_progress), context)?;
        let value = AssetStatusCacheValue {
            latest_storage_id: stale.row.materialized.max(stale.planned),
            partitions_def_id: Some(stale.definition_id),
            serialized_materialized_partition_subset: Some(status.materialized.to_text(context)?),
            serialized_failed_partition_subset: Some(status.failed.to_text(context)?),
            serialized_in_progress_partition_subset: Some(status.in_progress.to_text(context)?),
            earliest_in_progress_materialization_event_id: earliest,
            extra: rondel_model::serdes::Extra::default(),
        };
        if stale.row.cached.as_ref() != Some(&value) {
            changed.push((key.clone(), value));
        }
        found.push((key.clone(), status));
    }
    storage.assets().update_cached_statuses(&changed).await?;
    Ok(found)
}

/// Partitions materialized since the cache was written; all of them where there is none.
async fn new_materializations(
    storage: &Storage,
    stale: &[Stale<'_>],
) -> Result<HashMap<AssetKey, BTreeSet<String>>> {
    let wanted = stale.iter().filter_map(|stale| {
        let after = stale.cached.map_or(0, |cached| cached.latest_storage_id);
        (stale.row.materialized > after).then(|| (stale.asset.key.clone(), after))
    });
    let wanted: Vec<(AssetKey, i64)> = wanted.collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(storage.assets().materialized_partitions_after(&wanted).await?)
}

/// What was planned and has not been made since the cache was written.
async fn unfinished(
    storage: &Storage,
    stale: &[Stale<'_>],
) -> Result<HashMap<AssetKey, UnfinishedPartitions>> {
    let wanted = stale.iter().filter_map(|stale| {
        let after = stale.cached.map_or(0, looked_at);
        (stale.planned > after).then(|| (stale.asset.key.clone(), after))
    });
    let wanted: Vec<(AssetKey, i64)> = wanted.collect();
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(storage.assets().unfinished_partitions(&wanted).await?)
}
