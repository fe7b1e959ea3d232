//! What the runs of a backfill have made, and which of them failed.
//!
//! The latest event id is read first, failed runs second, materializations last: an event that comes
//! meanwhile counts for the next iteration at the latest, and what a failed run made before it failed is
//! among the materializations, so that it needs no question run by run.

use std::collections::HashSet;
use std::time::Duration;

use rondel_backfill::{FailedRun, Materialization, Observation, Progress};
use rondel_model::event::DagsterEventType;
use rondel_model::ids::{AssetKey, RunId};
use rondel_model::partition::PartitionKeyRange;
use rondel_model::run::tags::{
    ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG, AUTO_RETRY_RUN_ID_TAG,
    BACKFILL_ID_TAG, PARTITION_NAME_TAG, WILL_RETRY_TAG,
};
use rondel_model::run::{DagsterRun, RunStatus, RunsFilter};
use rondel_storage::{AssetEventSummary, AssetEventsQuery, Order, RunsQuery};

use super::Scene;
use crate::DaemonError;

/// Events read at once.
const PAGE: usize = 10_000;

/// Runs asked about at once.
const RUNS_AT_ONCE: usize = 500;

/// For no more targeted assets than this, events are read asset by asset instead of for all assets of the
/// instance.
const FEW_ASSETS: usize = 8;

/// Everything an iteration looks at.
pub(super) async fn observe(
    scene: &Scene<'_>,
    progress: &Progress,
) -> Result<Observation, DaemonError> {
    let storage = scene.context.storage();
    // Events may become visible later than ones with higher ids; then these settings make up for it.
    let latest = storage.events().get_maximum_record_id().await?.unwrap_or(0);
    let latest_storage_id = (latest - setting("ASSET_BACKFILL_CURSOR_OFFSET")).max(0);
    if !progress.requested_roots {
        return Ok(Observation { latest_storage_id, ..Observation::default() });
    }
    let delay = u64::try_from(setting("ASSET_BACKFILL_CURSOR_DELAY_TIME")).unwrap_or(0);
    if delay > 0 {
        tokio::time::sleep(Duration::from_secs(delay)).await;
    }
    let failed_runs = failed_runs(scene).await?;
    let materializations = materializations(scene, progress).await?;
    Ok(Observation { latest_storage_id, materializations, failed_runs })
}

fn setting(name: &str) -> i64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Materializations by runs of the backfill since its last iteration.
pub(super) async fn materializations(
    scene: &Scene<'_>,
    progress: &Progress,
) -> Result<Vec<Materialization>, DaemonError> {
    let Some(after) = progress.latest_storage_id else { return Ok(Vec::new()) };
    let mut events = Vec::new();
    if progress.target.len() <= FEW_ASSETS {
        for key in progress.target.keys() {
            read_events(scene, Some(key), after, &mut events).await?;
        }
    } else {
        read_events(scene, None, after, &mut events).await?;
        events.retain(|event| progress.target.contains(&event.asset_key));
    }
    let runs = runs_of_backfill(scene, &events).await?;
    let of_backfill = events.into_iter().filter_map(|event| {
        let run_id = event.run_id.filter(|run_id| runs.contains(run_id))?;
        Some(Materialization { asset_key: event.asset_key, partition: event.partition, run_id })
    });
    Ok(of_backfill.collect())
}

async fn read_events(
    scene: &Scene<'_>,
    asset_key: Option<&AssetKey>,
    mut after: i64,
    events: &mut Vec<AssetEventSummary>,
) -> Result<(), DaemonError> {
    loop {
        let query = AssetEventsQuery {
            event_type: DagsterEventType::AssetMaterialization,
            asset_key: asset_key.cloned(),
            run_id: None,
            storage_ids: None,
            after_storage_id: Some(after),
            before_storage_id: None,
            limit: Some(PAGE),
            order: Order::Ascending,
        };
        let page = scene.context.storage().assets().get_event_summaries(&query).await?;
        let is_last = page.len() < PAGE;
        after = page.last().map_or(after, |event| event.storage_id);
        events.extend(page);
        if is_last {
            return Ok(());
        }
    }
}

async fn runs_of_backfill(
    scene: &Scene<'_>,
    events: &[AssetEventSummary],
) -> Result<HashSet<String>, DaemonError> {
    let all: HashSet<&String> = events.iter().filter_map(|event| event.run_id.as_ref()).collect();
    let all: Vec<&String> = all.into_iter().collect();
    let mut of_backfill = HashSet::new();
    for some in all.chunks(RUNS_AT_ONCE) {
        let run_ids = some.iter().map(|run_id| RunId::from(run_id.as_str())).collect();
        let filter = RunsFilter { run_ids: Some(run_ids), ..RunsFilter::default() }
            .with_tag(BACKFILL_ID_TAG, scene.backfill_id);
        let query = RunsQuery { filter, ..RunsQuery::default() };
        of_backfill.extend(scene.context.storage().runs().get_run_ids(query).await?);
    }
    Ok(of_backfill)
}

async fn failed_runs(scene: &Scene<'_>) -> Result<Vec<FailedRun>, DaemonError> {
    let filter = RunsFilter::by_statuses([RunStatus::Canceled, RunStatus::Failure])
        .with_tag(BACKFILL_ID_TAG, scene.backfill_id);
    let query = RunsQuery { filter, ..RunsQuery::default() };
    let mut failed = Vec::new();
    for run in scene.context.storage().runs().get_runs(query).await? {
        let assets = match &run.asset_selection {
            Some(assets) if !assets.as_slice().is_empty() => assets.as_slice().to_vec(),
            _ => planned_assets(scene, &run).await?,
        };
        let partition = run.tag(PARTITION_NAME_TAG).map(ToString::to_string);
        let ends = run
            .tag(ASSET_PARTITION_RANGE_START_TAG)
            .zip(run.tag(ASSET_PARTITION_RANGE_END_TAG))
            .filter(|_| partition.is_none());
        let range = ends.map(|(start, end)| PartitionKeyRange {
            start: start.to_string(),
            end: end.to_string(),
            ..PartitionKeyRange::default()
        });
        failed.push(FailedRun { assets, partition, range });
    }
    Ok(failed)
}

/// For runs that were not made by this daemon, such as a retry of a whole job.
async fn planned_assets(scene: &Scene<'_>, run: &DagsterRun) -> Result<Vec<AssetKey>, DaemonError> {
    let query = AssetEventsQuery {
        event_type: DagsterEventType::AssetMaterializationPlanned,
        asset_key: None,
        run_id: Some(run.run_id.to_string()),
        storage_ids: None,
        after_storage_id: None,
        before_storage_id: None,
        limit: None,
        order: Order::Ascending,
    };
    let planned = scene.context.storage().assets().get_event_summaries(&query).await?;
    let mut assets: Vec<AssetKey> = planned.into_iter().map(|event| event.asset_key).collect();
    assets.sort();
    assets.dedup();
    Ok(assets)
}

/// Failed runs of the backfill that the retry daemon is going to retry.
pub(super) async fn runs_waiting_for_retry(scene: &Scene<'_>) -> Result<Vec<String>, DaemonError> {
    let filter = RunsFilter::by_statuses([RunStatus::Failure])
        .with_tag(BACKFILL_ID_TAG, scene.backfill_id)
        .with_tag(WILL_RETRY_TAG, "true");
    let query = RunsQuery { filter, ..RunsQuery::default() };
    let runs = scene.context.storage().runs().get_runs(query).await?;
    let waiting = runs.into_iter().filter(|run| run.tag(AUTO_RETRY_RUN_ID_TAG).is_none());
    Ok(waiting.map(|run| run.run_id.to_string()).collect())
}
