//! As of when the data is that an asset is made of (`CachingDataTimeResolver`).
//!
//! A materialization records which events of its parents it was made of. Followed up to the assets
//! without materializable parents, this tells as of when their data is part of the asset. An asset
//! partitioned by time has its data up to the end of its first filled stretch.
//!
//! Events are read one after the other, as each leads to the next: the cost goes with the depth of the
//! graph above an asset, and only assets above a freshness policy of earlier versions ask.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use futures::{FutureExt, future::BoxFuture};
use rondel_asset_graph::{AssetGraph, AssetNode, Direction};
use rondel_automation::DataTimes;
use rondel_model::event::{AssetRecordsFilter, DagsterEventType, EventRecord};
use rondel_model::ids::{AssetKey, UnixTime};
use rondel_model::run::{RunStatus, RunsFilter};
use rondel_partitions::{Context, PartitionsDefinition, TimeWindow};
use rondel_storage::{AssetEventsQuery, Order, PartitionEvents, RunsQuery, Storage};

use crate::error::Result;
use crate::versions::{INPUT_POINTER_PREFIX, Versions, event_tags};

/// As of when the data of each source is included; none where some of it is missing.
pub type BySource = BTreeMap<AssetKey, Option<f64>>;

/// Runs that began longer ago are taken to be stuck, in seconds.
const OLDEST_RUN: f64 = 86_400.0;

/// No more unfinished runs are looked at, as in Dagster.
const MAX_RUNS: usize = 25;

/// Answers questions that have parts in common.
pub struct DataTimeResolver<'a> {
    storage: &'a Storage,
    graph: &'a AssetGraph,
    now: f64,
    known: HashMap<(AssetKey, i64), BySource>,
    current: HashMap<AssetKey, Option<f64>>,
    unfinished: Option<Vec<String>>,
    by_run: HashMap<String, ByRun>,
}

impl std::fmt::Debug for DataTimeResolver<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("DataTimeResolver").field("now", &self.now).finish_non_exhaustive()
    }
}

/// What a run is to make, and what of it is made.
#[derive(Debug, Clone, Default)]
struct ByRun {
    planned: BTreeSet<AssetKey>,
    made: BTreeSet<AssetKey>,
}

/// Times are told in whole milliseconds, so that they equal those of events.
fn whole_millis(seconds: f64) -> f64 {
    (seconds * 1_000.0).floor() / 1_000.0
}

fn earlier(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.zip(other).map(|(one, other)| one.min(other))
}

/// Whether an asset has a parent that can be materialized.
pub fn has_materializable_parents(graph: &AssetGraph, node: &AssetNode) -> bool {
    let is_materializable =
        |key: &AssetKey| graph.get(key).is_some_and(AssetNode::is_materializable);
    !node.is_external()
        && node.parents().iter().any(|key| *key != node.key && is_materializable(key))
}

impl<'a> DataTimeResolver<'a> {
    /// Answers as of now, in Unix seconds.
    pub fn new(storage: &'a Storage, graph: &'a AssetGraph, now: f64) -> Self {
        Self {
            storage,
            graph,
            now,
            known: HashMap::new(),
            current: HashMap::new(),
            unfinished: None,
            by_run: HashMap::new(),
        }
    }

    /// As of when the data of each source is that an event of an asset brought.
    ///
    /// # Errors
    /// Database errors, unreadable events and definitions.
    pub fn of_record<'s>(
        &'s mut self,
        key: &'s AssetKey,
        record: EventRecord,
    ) -> BoxFuture<'s, Result<BySource>> {
        async move {
            let at = (key.clone(), record.storage_id);
            if let Some(known) = self.known.get(&at) {
                return Ok(known.clone());
            }
            let Some(node) = self.graph.get(key) else { return Ok(BySource::new()) };
            let snap = node.snap().partitions.as_deref();
            let definition = snap.map(PartitionsDefinition::from_snap).transpose()?;
            let times = match definition {
                Some(definition @ PartitionsDefinition::TimeWindow(_)) => {
                    let time = self.of_windows(key, record.storage_id, &definition).await?;
                    self.sources_of(key).into_iter().map(|source| (source, time)).collect()
                }
                _ if node.is_observable() => self.of_observation(key, &record).await?,
                _ => self.of_inputs(node, &record).await?,
            };
            self.known.insert(at, times.clone());
            Ok(times)
        }
        .boxed()
    }

    /// As of when all data of the sources is part of the asset (`get_current_data_time`).
    ///
    /// # Errors
    /// As [`of_record`](Self::of_record).
    pub async fn current(&mut self, key: &AssetKey) -> Result<Option<f64>> {
        if let Some(known) = self.current.get(key) {
            return Ok(*known);
        }
        let time = match self.latest(key, None).await? {
            None => None,
            Some(latest) => {
                let times = self.of_record(key, latest).await?;
                let all: Option<Vec<f64>> = times.into_values().collect();
                all.and_then(|times| times.into_iter().reduce(f64::min))
            }
        };
        self.current.insert(key.clone(), time);
        Ok(time)
    }

    /// The latest materialization of an asset, or observation of one that is observed.
    ///
    /// # Errors
    /// Database errors, an unreadable event.
    pub async fn latest(&self, key: &AssetKey, before: Option<i64>) -> Result<Option<EventRecord>> {
        let observed = self.graph.get(key).is_some_and(AssetNode::is_observable);
        let kind = if observed {
            DagsterEventType::AssetObservation
        } else {
            DagsterEventType::AssetMaterialization
        };
        let filter = AssetRecordsFilter {
            asset_key: key.clone(),
            before_storage_id: before,
            ..AssetRecordsFilter::default()
        };
        let events = self.storage.events();
        let found = events.fetch_asset_records(kind, &filter, 1, None, Order::Descending).await?;
        Ok(found.results.into_iter().next())
    }

    /// The times a decision on freshness takes: now, once the runs going on are over, and had the last run
    /// not failed.
    ///
    /// # Errors
    /// As [`of_record`](Self::of_record).
    pub async fn all(&mut self, key: &AssetKey) -> Result<DataTimes> {
        Ok(DataTimes {
            current: self.current(key).await?,
            in_progress: self.in_progress(key).await?,
            failed: self.ignoring_failure(key).await?,
        })
    }

    /// `get_in_progress_data_time`
    async fn in_progress(&mut self, key: &AssetKey) -> Result<Option<f64>> {
        let mut latest: Option<f64> = None;
        for run_id in self.unfinished_runs().await? {
            if !self.run(&run_id).await?.planned.contains(key) {
                continue;
            }
            let time = self.in_run(&run_id, key, self.now).await?;
            latest = match (latest, time) {
                (Some(latest), Some(time)) => Some(latest.max(time)),
                (latest, time) => latest.or(time),
            };
        }
        Ok(latest)
    }

    async fn unfinished_runs(&mut self) -> Result<Vec<String>> {
        if let Some(known) = &self.unfinished {
            return Ok(known.clone());
        }
        let filter = RunsFilter {
            statuses: RunStatus::NOT_FINISHED.to_vec(),
            created_after: Some(UnixTime(self.now - OLDEST_RUN)),
            ..RunsFilter::default()
        };
        let records = self.storage.runs().get_records(RunsQuery::newest(filter, MAX_RUNS)).await?;
        let ids: Vec<String> =
            records.iter().map(|record| record.run.run_id.as_str().to_owned()).collect();
        self.unfinished = Some(ids.clone());
        Ok(ids)
    }

    async fn run(&mut self, run_id: &str) -> Result<ByRun> {
        if let Some(known) = self.by_run.get(run_id) {
            return Ok(known.clone());
        }
        let mut of = ByRun::default();
        for (kind, keys) in [
            (DagsterEventType::AssetMaterializationPlanned, &mut of.planned),
            (DagsterEventType::AssetMaterialization, &mut of.made),
        ] {
            let query = AssetEventsQuery {
                event_type: kind,
                asset_key: None,
                run_id: Some(run_id.to_owned()),
                storage_ids: None,
                after_storage_id: None,
                before_storage_id: None,
                limit: None,
                order: Order::Ascending,
            };
            let events = self.storage.assets().get_event_summaries(&query).await?;
            keys.extend(events.into_iter().map(|event| event.asset_key));
        }
        self.by_run.insert(run_id.to_owned(), of.clone());
        Ok(of)
    }

    /// As of when the data of an asset is expected to be once a run is over
    /// (`_get_in_progress_data_time_in_run`).
    fn in_run<'s>(
        &'s mut self,
        run_id: &'s str,
        key: &'s AssetKey,
        now: f64,
    ) -> BoxFuture<'s, Result<Option<f64>>> {
        async move {
            let run = self.run(run_id).await?;
            if !run.planned.contains(key) || run.made.contains(key) {
                return self.current(key).await;
            }
            let graph = self.graph;
            let Some(node) = graph.get(key).filter(|node| has_materializable_parents(graph, node))
            else {
                return Ok(Some(now));
            };
            let mut time = Some(now);
            for parent in node.parents() {
                if graph.get(parent).is_some_and(AssetNode::is_materializable) {
                    time = earlier(time, self.in_run(run_id, parent, now).await?);
                    if time.is_none() {
                        return Ok(None);
                    }
                }
            }
            Ok(time)
        }
        .boxed()
    }

    /// `get_ignored_failure_data_time`
    async fn ignoring_failure(&mut self, key: &AssetKey) -> Result<Option<f64>> {
        let current = self.current(key).await?;
        let keys = [key.clone()];
        let records = self.storage.assets().get_asset_records(Some(&keys)).await?;
        let Some(record) = records.into_iter().next() else { return Ok(current) };
        let Some(run_id) = record.last_run_id else { return Ok(current) };
        let run = self.storage.runs().get_record(&run_id).await?;
        let failed = run.filter(|record| record.run.status == RunStatus::Failure);
        let Some(failed) = failed else { return Ok(current) };
        let made_by = record.last_materialization.as_ref().map(|made| made.entry.run_id.as_str());
        if made_by == Some(failed.run.run_id.as_str()) {
            return Ok(current);
        }
        let failed_at = failed.end_time.unwrap_or(failed.create_timestamp.0);
        let run_id = failed.run.run_id.as_str().to_owned();
        self.in_run(&run_id, key, failed_at).await
    }

    /// The assets without parents which the asset is made of in the end.
    fn sources_of(&self, key: &AssetKey) -> Vec<AssetKey> {
        let graph = self.graph;
        let mut upstream = graph.no_nodes();
        let keys = graph.ancestors(key).into_iter().chain([key]);
        for index in keys.filter_map(|key| graph.index_of(key)) {
            upstream.insert(index);
        }
        let sources = graph.ends_within(&upstream, Direction::Upstream);
        sources.iter().map(|index| graph.node(index).key.clone()).collect()
    }

    async fn of_windows(
        &self,
        key: &AssetKey,
        up_to: i64,
        definition: &PartitionsDefinition,
    ) -> Result<Option<f64>> {
        let PartitionsDefinition::TimeWindow(windows) = definition else {
            return Ok(None);
        };
        let context = Context::at(self.now);
        let store = self.storage.assets();
        let keys = [key.clone()];
        let any = PartitionEvents::default();
        let mut materialized = store.get_materialized_partitions(&keys, &any).await?;
        let materialized = materialized.swap_remove(key).unwrap_or_default();
        let names = materialized.iter().filter(|name| {
            // A key in another format is none of the definition's.
            definition.has_key(name, &context).unwrap_or(false)
        });
        let names: Vec<&String> = names.collect();
        let mut filled = windows.windows_of_keys(&names, None)?;
        filled.sort_by_key(|window| window.start);
        let Some(first) = filled.into_iter().reduce(|first, next| {
            if next.start <= first.end { TimeWindow::new(first.start, next.end) } else { first }
        }) else {
            return Ok(None);
        };
        let Some(earliest) = windows.first_window(self.now)? else {
            return Ok(None);
        };
        if earliest.start < first.start {
            return Ok(None);
        }
        let before = PartitionEvents { before: Some(up_to + 1), ..PartitionEvents::default() };
        let before = store.get_materialized_partitions(&keys, &before).await?;
        let before = before.get(key);
        let mut newly_filled = Vec::new();
        for name in names {
            if !before.is_some_and(|before| before.contains(name)) {
                newly_filled.push(windows.window_of_key(name)?.start);
            }
        }
        let until = newly_filled.into_iter().min().map_or(first.end, |new| new.min(first.end));
        Ok(Some(until as f64))
    }

    /// An observed version is the source's data until another version is observed.
    async fn of_observation(&self, key: &AssetKey, record: &EventRecord) -> Result<BySource> {
        let tags = event_tags(&record.entry);
        let version = tags.and_then(|tags| tags.get("dagster/data_version"));
        let Some(version) = version else { return Ok(BySource::from([(key.clone(), None)])) };
        let filter = AssetRecordsFilter {
            asset_key: key.clone(),
            after_storage_id: Some(record.storage_id),
            ..AssetRecordsFilter::default()
        };
        let mut cursor: Option<String> = None;
        loop {
            let events = self.storage.events();
            let kind = DagsterEventType::AssetObservation;
            let page = events
                .fetch_asset_records(kind, &filter, 1_000, cursor.as_deref(), Order::Ascending)
                .await?;
            let changed = page.results.iter().find(|record| {
                Versions::recorded(&record.entry).is_some_and(|other| other != *version)
            });
            if let Some(changed) = changed {
                let time = whole_millis(changed.entry.timestamp);
                return Ok(BySource::from([(key.clone(), Some(time))]));
            }
            if !page.has_more {
                return Ok(BySource::from([(key.clone(), Some(self.now))]));
            }
            cursor = Some(page.cursor);
        }
    }

    async fn of_inputs(&mut self, node: &'a AssetNode, record: &EventRecord) -> Result<BySource> {
        let tags = event_tags(&record.entry);
        let mut inputs: Vec<(&'a AssetKey, EventRecord)> = Vec::new();
        for parent in node.parents() {
            if !self.graph.get(parent).is_some_and(AssetNode::is_executable) {
                continue;
            }
            let pointer = format!("{INPUT_POINTER_PREFIX}{}", parent.to_user_string());
            let before = match tags.and_then(|tags| tags.get(&pointer)).map(String::as_str) {
                // Not recorded by old versions: the latest event before this one.
                None => Some(record.storage_id),
                Some("NULL") => None,
                Some(id) => id.parse::<i64>().ok().map(|id| id + 1),
            };
            if let Some(before) = before
                && let Some(input) = self.latest(parent, Some(before)).await?
            {
                inputs.push((parent, input));
            }
        }
        if inputs.is_empty() {
            if has_materializable_parents(self.graph, node) {
                return Ok(BySource::new());
            }
            let time = whole_millis(record.entry.timestamp);
            return Ok(BySource::from([(node.key.clone(), Some(time))]));
        }
        let mut times = BySource::new();
        for (parent, input) in inputs {
            for (source, time) in self.of_record(parent, input).await? {
                let known = times.entry(source).or_insert(time);
                *known = known.zip(time).map(|(known, time)| known.min(time));
            }
        }
        Ok(times)
    }
}
