//! The automation sensor of a repository that brings none.
//!
//! Since Dagster 1.9 a repository brings the sensor that evaluates the conditions which no other sensor does. For
//! older code locations the host makes it, as `RemoteRepository._sensors` does with
//! `get_default_automation_condition_sensor_target`.

use std::collections::BTreeSet;

use rondel_model::{
    ids::{AssetCheckKey, AssetKey},
    instigation::SensorType,
    selection::{
        AllAssetCheckSelection, AllSelection, AssetSelection, OrAssetSelection,
        SubtractAssetSelection,
    },
    snap::SensorSnap,
};

use super::{
    AssetGraph,
    build::{RepositoryAssets, has_condition},
};
use crate::selection::{Missing, Selection};

/// The name of the sensor, whoever makes it.
pub const DEFAULT_AUTOMATION_SENSOR: &str = "default_automation_condition_sensor";

/// How often the sensor is evaluated, in seconds.
const MIN_INTERVAL: i64 = 30;

/// The automation sensor that the repository lacks: for its assets and checks with conditions, and its assets
/// to be observed now and then, that no automation sensor of its own selects. A selection that cannot be
/// resolved selects nothing.
#[must_use]
pub fn default_automation_sensor(repository: &RepositoryAssets) -> Option<SensorSnap> {
    let snap = &repository.snap;
    if snap.sensors.iter().any(|sensor| sensor.name == DEFAULT_AUTOMATION_SENSOR) {
        return None;
    }
    let automated = snap
        .asset_nodes
        .iter()
        .any(|node| has_condition(node) || node.auto_observe_interval_minutes.is_some())
        || super::checks::checks_of(snap)
            .iter()
            .any(|check| check.automation_condition_snapshot.is_some());
    if !automated {
        return None;
    }
    let graph = AssetGraph::of_repository(repository);
    let observed: BTreeSet<&AssetKey> = graph
        .nodes()
        .iter()
        .filter(|node| {
            let snap = node.snap();
            node.is_observable()
                && (has_condition(snap) || snap.auto_observe_interval_minutes.is_some())
        })
        .map(|node| &node.key)
        .collect();
    let conditioned =
        graph.nodes().iter().filter(|node| node.is_materializable() && has_condition(node.snap()));
    let mut assets: BTreeSet<&AssetKey> = conditioned.map(|node| &node.key).collect();
    assets.extend(&observed);
    let mut checks: BTreeSet<&AssetCheckKey> = graph
        .checks()
        .filter(|check| check.snap().automation_condition_snapshot.is_some())
        .map(|check| &check.key)
        .collect();

    let mut selections: Vec<(&String, &AssetSelection)> = snap
        .sensors
        .iter()
        .filter(|sensor| evaluates_conditions(sensor))
        .filter_map(|sensor| Some((&sensor.name, sensor.asset_selection.as_ref()?)))
        .collect();
    selections.sort_by_key(|(name, _)| *name);
    for (_, stored) in &selections {
        let Some(selection) = Selection::from_stored(stored) else { continue };
        for key in selection.resolve(&graph, Missing::Skip).unwrap_or_default() {
            assets.remove(&key);
        }
        for key in selection.resolve_checks(&graph, Missing::Skip).unwrap_or_default() {
            checks.remove(&key);
        }
    }
    if assets.is_empty() && checks.is_empty() {
        return None;
    }

    let all = AllSelection { include_sources: Some(!observed.is_empty()), ..Default::default() };
    let mut selection = AssetSelection::All(all);
    if !checks.is_empty() {
        let checks = AssetSelection::AllAssetChecks(AllAssetCheckSelection::default());
        let operands = vec![selection, checks];
        selection = AssetSelection::Or(OrAssetSelection { operands, ..Default::default() });
    }
    for (_, covered) in selections {
        selection = AssetSelection::Subtract(SubtractAssetSelection {
            left: Box::new(selection),
            right: Box::new(covered.clone()),
            extra: Default::default(),
        });
    }
    Some(SensorSnap {
        name: DEFAULT_AUTOMATION_SENSOR.to_owned(),
        min_interval: Some(MIN_INTERVAL),
        sensor_type: Some(SensorType::AutoMaterialize),
        asset_selection: Some(selection),
        ..SensorSnap::default()
    })
}

/// Whether the sensor requests only assets with an automation condition.
pub(super) fn evaluates_conditions(sensor: &SensorSnap) -> bool {
    matches!(sensor.sensor_type, Some(SensorType::AutoMaterialize | SensorType::Automation))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rondel_model::{
        ids::RepositorySelector, selection::KeysAssetSelection, serdes::from_text,
        snap::RepositorySnap,
    };

    use super::*;

    /// A repository of an asset with a policy, `a`, and one without, `b`.
    fn repository(sensors: Vec<SensorSnap>) -> RepositoryAssets {
        let asset = |name: &str, policy: &str| {
            format!(
                r#"{{"__class__": "ExternalAssetNode", "asset_key": {{"__class__": "AssetKey", "path": ["{name}"]}},
                "dependencies": [], "depended_by": [], "is_source": false, "op_names": ["{name}"],
                "execution_type": {{"__enum__": "AssetExecutionType.MATERIALIZATION"}},
                "auto_materialize_policy": {policy}}}"#
            )
        };
        let policy = r#"{"__class__": "AutoMaterializePolicy", "rules": {"__frozenset__": []},
            "max_materializations_per_minute": 1, "time_window_partition_scope_minutes": null}"#;
        let snap = RepositorySnap {
            asset_nodes: vec![
                from_text(&asset("a", policy)).unwrap(),
                from_text(&asset("b", "null")).unwrap(),
            ],
            sensors,
            ..RepositorySnap::default()
        };
        let repository = Arc::new(RepositorySelector::new("location", "repository"));
        RepositoryAssets { repository, snap: Arc::new(snap) }
    }

    fn automation(name: &str, key: &str) -> SensorSnap {
        let keys = KeysAssetSelection {
            selected_keys: vec![AssetKey::new([key])],
            ..KeysAssetSelection::default()
        };
        SensorSnap {
            name: name.to_owned(),
            sensor_type: Some(SensorType::Automation),
            asset_selection: Some(AssetSelection::Keys(keys)),
            ..SensorSnap::default()
        }
    }

    #[test]
    fn conditions_that_no_sensor_evaluates_get_one_for_all_assets() {
        let sensor = default_automation_sensor(&repository(Vec::new())).unwrap();
        assert_eq!(sensor.name, DEFAULT_AUTOMATION_SENSOR);
        let Some(AssetSelection::All(all)) = sensor.asset_selection else { panic!("{sensor:?}") };
        assert_eq!(all.include_sources, Some(false));
    }

    #[test]
    fn what_another_sensor_selects_is_left_to_it() {
        let sensor = default_automation_sensor(&repository(vec![automation("other", "b")]));
        let selection = sensor.unwrap().asset_selection;
        assert!(matches!(selection, Some(AssetSelection::Subtract(_))), "{selection:?}");
        assert!(default_automation_sensor(&repository(vec![automation("other", "a")])).is_none());
    }

    #[test]
    fn a_sensor_of_that_name_stands() {
        let own = automation(DEFAULT_AUTOMATION_SENSOR, "b");
        assert!(default_automation_sensor(&repository(vec![own])).is_none());
    }
}
