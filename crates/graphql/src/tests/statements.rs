//! How many SQL statements the heaviest queries of the web application take: as many for many rows as for
//! few.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use rondel_model::{
    backfill::PartitionBackfill,
    event::{AssetMaterialization, DagsterEventType, StepMaterializationData},
    ids::AssetKey,
    run::RunStatus,
    serdes::from_text,
};
use serde_json::{Value, json};
use tracing::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
    subscriber::Interest,
};

use super::{Deployment, event};
use crate::Limits;

/// What the pages ask for, over what is stored: runs, their logs, assets and their history, backfills.
const QUERIES: [(&str, &str); 11] = [
    ("runs feed", "{ runsFeedOrError(limit: 100, view: RUNS) { ... on RunsFeedConnection { results {
        id runStatus creationTime startTime endTime tags { key value } jobName
        assetSelection { path } ... on Run { id status stats { ... on RunStatsSnapshot { startTime } }
            hasReExecutePermission hasTerminatePermission } } } } }"),
    ("runs", "{ runsOrError(limit: 100) { ... on Runs { results { id status pipelineName
        pipelineSnapshotId startTime endTime updateTime canTerminate rootRunId parentRunId
        tags { key value } assets { id key { path } } repositoryOrigin { id }
        hasConcurrencyKeySlots } } } }"),
    ("what runs did", "{ runsOrError(limit: 100) { ... on Runs { results { id
        assetMaterializations { assetKey { path } } assetChecks { name }
        stepStats { stepKey status } } } } }"),
    ("run", "{ runOrError(runId: $RUN) { ... on Run { id status stepStats { stepKey status startTime }
        stats { ... on RunStatsSnapshot { stepsSucceeded materializations } } assets { key { path } }
        assetMaterializations { assetKey { path } } } } }"),
    ("run log", "{ logsForRun(runId: $RUN) { ... on EventConnection { cursor events {
        ... on MessageEvent { message timestamp stepKey eventType level }
        ... on MaterializationEvent { assetKey { path } metadataEntries { label } } } } } }"),
    ("timeline", "{ ongoing: runsOrError(filter: {statuses: [STARTED]}) { ... on Runs { results {
        id status startTime endTime pipelineName tags { key value } } } }
        finished: runsOrError(filter: {statuses: [SUCCESS]}) { ... on Runs { count results {
        id status startTime endTime pipelineName } } } }"),
    ("catalog", "{ assetsOrError { ... on AssetConnection { nodes { id key { path }
        latestMaterializationTimestamp assetMaterializations(limit: 1) { runId timestamp } } cursor } } }"),
    ("asset records", "{ assetRecordsOrError { ... on AssetRecordConnection {
        assets { id key { path } } cursor } } }"),
    ("asset history", "{ assetOrError(assetKey: {path: [\"asset_1\"]}) { ... on Asset { id
        assetMaterializations(limit: 100) { runId timestamp tags { key value }
            runOrError { ... on Run { id status pipelineName tags { key value } } }
            metadataEntries { label } } } } }"),
    ("backfills", "{ partitionBackfillsOrError(limit: 100) { ... on PartitionBackfills { results {
        id status timestamp partitionSetName numPartitions isAssetBackfill error { message }
        tags { key value } } } } }"),
    ("run tags", "{ runTagKeysOrError { ... on RunTagKeys { keys } }
        runTagsOrError(tagKeys: [\"team\"]) { ... on RunTags { tags { key values } } } }"),
];

/// By default SQLite has a file for the events of each run, and thus a statement for each.
const ONE_EVENT_LOG: &str = "event_log_storage:
  module: dagster._core.storage.event_log
  class: ConsolidatedSqliteEventLogStorage
  config: {base_dir: $HOME}
";

/// Of a busy machine; far fewer than the rows that are added.
const LATE_BATCHES: usize = 4;

/// Counts the statements that the storage tells.
struct StatementCounter(Arc<AtomicUsize>);

impl Subscriber for StatementCounter {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "rondel::sql"
    }

    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::sometimes()
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Runs with events and materializations of an asset each, and backfills, `count` of all.
async fn deployment(count: u32) -> Deployment {
    let deployment = Deployment::configured(ONE_EVENT_LOG, false, Limits::default()).await;
    for id in 1..=count {
        let status = if id % 3 == 0 { RunStatus::Started } else { RunStatus::Success };
        let run = deployment.add_run(id, status, f64::from(id)).await;
        let first = deployment.add_run(1_000 + id, RunStatus::Success, 0.5).await;
        for (run, asset) in [(&run, format!("asset_{id}")), (&first, "asset_1".to_owned())] {
            let at = f64::from(id);
            deployment.add_event(run, event(DagsterEventType::RunStart, run, "start"), at).await;
            let materialization = AssetMaterialization {
                asset_key: AssetKey::new([asset]),
                ..AssetMaterialization::default()
            };
            let data = StepMaterializationData { materialization, ..Default::default() };
            let made = event(DagsterEventType::AssetMaterialization, run, "made").with_data(data);
            deployment.add_event(run, made.with_step_key("step"), at + 0.5).await;
        }
        let backfill = json!({
            "__class__": "PartitionBackfill",
            "backfill_id": format!("backfill{id}"),
            "status": {"__enum__": "BulkActionStatus.REQUESTED"},
            "from_failure": false,
            "tags": {},
            "backfill_timestamp": f64::from(id),
            "partition_names": ["a"],
        });
        let backfill: PartitionBackfill = from_text(&backfill.to_string()).unwrap();
        deployment.instance.storage().backfills().add_backfill(&backfill).await.unwrap();
    }
    // The log of one run is as long as there are runs.
    let run = deployment.add_run(0, RunStatus::Success, 0.0).await;
    for at in 1..=count {
        let next = event(DagsterEventType::EngineEvent, &run, "event");
        deployment.add_event(&run, next, f64::from(at)).await;
    }
    deployment
}

/// The statements of each query.
async fn counted(deployment: &Deployment, statements: &AtomicUsize) -> Vec<(&'static str, usize)> {
    let run = "\"00000000-0000-4000-8000-000000000000\"";
    let mut counts = Vec::new();
    for (name, query) in QUERIES {
        let query = query.replace("$RUN", run);
        // Once for what is looked up only once in the life of a server.
        let answer = deployment.query(&query, json!({})).await;
        let refused = |value: &Value| value["__typename"] == "PythonError";
        assert!(!answer.as_object().unwrap().values().any(refused), "{name}: {answer}");
        // A place that another test's thread reached first is taken for switched off everywhere.
        tracing::callsite::rebuild_interest_cache();
        statements.store(0, Ordering::Relaxed);
        deployment.query(&query, json!({})).await;
        counts.push((name, statements.load(Ordering::Relaxed)));
    }
    counts
}

#[tokio::test]
async fn the_heaviest_queries_take_as_many_statements_for_many_rows_as_for_few() {
    let statements = Arc::new(AtomicUsize::new(0));
    let _counting = tracing::subscriber::set_default(StatementCounter(Arc::clone(&statements)));
    let few = counted(&deployment(3).await, &statements).await;
    let many = counted(&deployment(24).await, &statements).await;
    for ((name, few), (_, many)) in few.into_iter().zip(many) {
        assert!(few > 0, "{name}");
        // What is asked for later than a moment after the first goes into a batch of its own.
        assert!(many <= few + LATE_BATCHES, "{name}: {few} statements grew to {many}");
    }
}
