//! What is evaluated together: the assets, checks and jobs of one automation sensor, or, where the instance
//! does not use sensors, all there are.

use std::collections::BTreeSet;
use std::sync::Arc;

use rondel_asset_graph::graph::RepositoryAssets;
use rondel_asset_graph::selection::Missing;
use rondel_asset_graph::{AssetGraph, Selection};
use rondel_automation::{AutomationGraph, Key, ManyPartitions};
use rondel_code_location::WorkspaceSnapshot;
use rondel_model::ids::{AssetJobKey, AssetKey, RepositorySelector};
use rondel_model::instigation::{InstigatorType, SensorType, TickData, TickStatus};
use rondel_model::metadata::MetadataValue;
use rondel_model::serdes::Extra;
use rondel_model::snap::SensorSnap;

use crate::DaemonError;
use crate::sensor::{Sensor, sensor_type};

/// Names under which ticks without a sensor are stored.
const ORIGIN_ID: &str = "asset_daemon_origin";
const SELECTOR_ID: &str = "asset_daemon_selector";
const INSTIGATOR_NAME: &str = "asset_daemon";

/// The name of the repository that plain definitions make up.
const SINGLETON_REPOSITORY: &str = "__repository__";

const EMIT_BACKFILLS: &str = "dagster/emit_backfills";
const ASSET_JOB_KEYS: &str = "dagster/asset_job_keys";

/// Names entities that are left alone, separated by commas.
const SKIPPED_KEYS: &str = "DAGSTER_SKIP_DECLARATIVE_AUTOMATION_KEYS";

/// What is evaluated together.
#[derive(Debug, Clone)]
pub(super) struct Group {
    /// The automation sensor; none for everything at once.
    pub(super) sensor: Option<Arc<Sensor>>,
    pub(super) origin_id: String,
    pub(super) selector_id: String,
}

/// The entities of a group.
#[derive(Debug, Default)]
pub(super) struct Entities {
    /// Those with conditions.
    pub(super) conditioned: BTreeSet<Key>,
    /// How many of them an operator has taken out: with nothing else left there is a tick all the same.
    pub(super) skipped: usize,
    /// Assets that are observed now and then.
    pub(super) observed: BTreeSet<AssetKey>,
}

/// The sensors which this daemon evaluates.
pub(super) fn sensors(workspace: &WorkspaceSnapshot) -> Vec<Arc<Sensor>> {
    let repositories = workspace.loaded().flat_map(|location| location.repositories.values());
    repositories
        .flat_map(|repository| {
            let ours = |snap: &&SensorSnap| sensor_type(snap) == SensorType::AutoMaterialize;
            let snaps = repository.snap.sensors.iter().filter(ours);
            snaps.map(|snap| Arc::new(Sensor::new(repository, snap)))
        })
        .collect()
}

impl Group {
    pub(super) fn everything() -> Self {
        Self { sensor: None, origin_id: ORIGIN_ID.to_owned(), selector_id: SELECTOR_ID.to_owned() }
    }

    pub(super) fn of(sensor: Arc<Sensor>) -> Self {
        Self {
            origin_id: sensor.origin.id(),
            selector_id: sensor.selector_id.clone(),
            sensor: Some(sensor),
        }
    }

    /// ` for <sensor> in <repository>`, for logs.
    pub(super) fn label(&self) -> String {
        let Some(sensor) = &self.sensor else { return String::new() };
        let location = sensor.location_name();
        let repository = match sensor.repository_name() {
            SINGLETON_REPOSITORY => location.to_owned(),
            name => format!("{name}@{location}"),
        };
        format!(" for {} in {repository}", sensor.name())
    }

    /// A tick that begins.
    pub(super) fn new_tick(&self, now: f64) -> TickData {
        match &self.sensor {
            Some(sensor) => {
                TickData::new(&sensor.origin, InstigatorType::Sensor, TickStatus::Started, now)
            }
            None => TickData {
                instigator_origin_id: ORIGIN_ID.to_owned(),
                instigator_name: INSTIGATOR_NAME.to_owned(),
                instigator_type: InstigatorType::AutoMaterialize,
                status: TickStatus::Started,
                timestamp: now,
                run_ids: Vec::new(),
                run_keys: Vec::new(),
                error: None,
                skip_reason: None,
                cursor: None,
                origin_run_ids: Vec::new(),
                failure_count: 0,
                selector_id: Some(SELECTOR_ID.to_owned()),
                log_key: None,
                dynamic_partitions_request_results: Vec::new(),
                end_timestamp: None,
                run_requests: None,
                auto_materialize_evaluation_id: None,
                reserved_run_ids: None,
                consecutive_failure_count: 0,
                user_interrupted: false,
                extra: Extra::default(),
            },
        }
    }

    /// How more than one partition of an asset is requested.
    pub(super) fn many(&self) -> ManyPartitions {
        match self.metadata(EMIT_BACKFILLS) {
            Some(_) => ManyPartitions::AsBackfill,
            None => ManyPartitions::AsRuns,
        }
    }

    fn metadata(&self, label: &str) -> Option<&MetadataValue> {
        let metadata = self.sensor.as_ref()?.snap.metadata.as_ref()?;
        metadata.standard_metadata.as_ref()?.get(label)
    }

    /// What the group is about. An asset defined in several code locations belongs to the one that speaks
    /// for it, so that it is requested once.
    pub(super) fn entities(
        &self,
        graph: &AutomationGraph,
        contributions: &[RepositoryAssets],
    ) -> Result<Entities, DaemonError> {
        let mut entities = Entities::default();
        let eligible = match &self.sensor {
            Some(sensor) => eligible(sensor, graph, contributions)?,
            None => graph.assets().nodes().iter().map(|node| node.key.clone().into()).collect(),
        };
        for key in eligible {
            if let Some(asset) = key.as_asset()
                && graph
                    .assets()
                    .get(asset)
                    .is_some_and(|node| node.snap().auto_observe_interval_minutes.is_some())
            {
                entities.observed.insert(asset.clone());
            }
            if graph.get(&key)?.condition.is_some() {
                entities.conditioned.insert(key);
            }
        }
        let count = entities.conditioned.len();
        entities.conditioned = without_skipped(entities.conditioned);
        entities.skipped = count - entities.conditioned.len();
        match &self.sensor {
            Some(_) => entities.conditioned.extend(self.jobs(graph)),
            None => {
                let jobs = graph.entities().filter(|entity| matches!(&*entity.key, Key::Job(_)));
                entities.conditioned.extend(jobs.map(|entity| (*entity.key).clone()));
            }
        }
        Ok(entities)
    }

    /// The jobs that the sensor claims.
    fn jobs(&self, graph: &AutomationGraph) -> Vec<Key> {
        let Some(MetadataValue::Json(names)) = self.metadata(ASSET_JOB_KEYS) else {
            return Vec::new();
        };
        let names =
            names.data.as_list().unwrap_or_default().iter().filter_map(|name| name.as_str());
        names
            .map(|name| {
                Key::Job(AssetJobKey { job_name: name.to_owned(), ..AssetJobKey::default() })
            })
            .filter(|key| graph.contains(key))
            .collect()
    }
}

/// Those of the selected entities for which the sensor's repository speaks.
fn eligible(
    sensor: &Sensor,
    graph: &AutomationGraph,
    contributions: &[RepositoryAssets],
) -> Result<Vec<Key>, DaemonError> {
    let repository: RepositorySelector = sensor.origin.repository_origin.selector();
    let is_ours = |key: &Key| {
        let entity = graph.get(key).ok();
        entity.and_then(|entity| entity.repository()).is_some_and(|owner| **owner == repository)
    };
    Ok(selected(sensor, contributions)?.into_iter().filter(is_ours).collect())
}

/// The selection of a sensor, resolved in its repository.
pub(super) fn selected(
    sensor: &Sensor,
    contributions: &[RepositoryAssets],
) -> Result<Vec<Key>, DaemonError> {
    let repository: RepositorySelector = sensor.origin.repository_origin.selector();
    let Some(stored) = &sensor.snap.asset_selection else {
        return Err(DaemonError::Check(format!("sensor {} selects no assets", sensor.name())));
    };
    let selection = Selection::from_stored(stored).ok_or_else(|| {
        DaemonError::NotSupported(format!(
            "the asset selection class {} of sensor {} is not known here; let dagster-daemon evaluate it",
            stored.class_name(),
            sensor.name()
        ))
    })?;
    let Some(own) = contributions.iter().find(|source| *source.repository == repository) else {
        return Ok(Vec::new());
    };
    let own = AssetGraph::of_repository(own);
    let unresolved = |error: rondel_asset_graph::ResolveError| {
        DaemonError::Check(format!("the selection of sensor {}: {error}", sensor.name()))
    };
    let assets = selection.resolve(&own, Missing::Refuse).map_err(unresolved)?;
    let checks = selection.resolve_checks(&own, Missing::Refuse).map_err(unresolved)?;
    Ok(assets.into_iter().map(Key::from).chain(checks.into_iter().map(Key::from)).collect())
}

/// Without the entities that an operator has taken out by the environment.
fn without_skipped(mut keys: BTreeSet<Key>) -> BTreeSet<Key> {
    if let Ok(skipped) = std::env::var(SKIPPED_KEYS) {
        for name in skipped.split(',').filter(|name| !name.is_empty()) {
            keys.remove(&Key::Asset(AssetKey::from_user_string(name)));
        }
    }
    keys
}
