//! A daemon that passes over what is settled decides the same as one that evaluates everything.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rondel_asset_graph::AssetGraph;
use rondel_asset_graph::graph::RepositoryAssets;
use rondel_model::automation::FreshnessState;
use rondel_model::ids::{AssetKey, RepositorySelector, RunId};
use rondel_model::run::{DagsterRun, RunStatus};
use rondel_model::serdes::{from_text, to_text};
use rondel_model::snap::RepositorySnap;
use rondel_partitions::{Context, PartitionsSubset};

use super::Memory;
use crate::cursor::DaemonCursor;
use crate::evaluate::{EvaluationTexts, Tick};
use crate::graph::AutomationGraph;
use crate::key::Key;
use crate::observation::{LatestEvent, Observation, PartitionStatus, Planned, RunFacts};

/// 2024-01-01.
const START: f64 = 1_704_067_200.0;

const ASSETS: usize = 7;

const EAGER: &str = include_str!("../../benches/eager.json");
const MISSING: &str = r#"{"__class__": "MissingAutomationCondition", "label": null}"#;
const UPDATED: &str = r#"{"__class__": "NewlyUpdatedCondition", "label": null}"#;
const REQUESTED: &str = r#"{"__class__": "NewlyRequestedCondition", "label": null}"#;
const RUNNING: &str = r#"{"__class__": "InProgressAutomationCondition", "label": null}"#;
const FAILED: &str = r#"{"__class__": "FailedAutomationCondition", "label": null}"#;
const CRON: &str = r#"{"__class__": "CronTickPassedCondition", "cron_schedule": "0 */6 * * *",
    "cron_timezone": "UTC", "label": null}"#;
const DOWNSTREAM: &str = r#"{"__class__": "AnyDownstreamConditionsCondition", "label": null}"#;
const STALE: &str = r#"{"__class__": "FreshnessResultCondition", "label": null,
    "state": {"__enum__": "FreshnessState.FAIL"}}"#;

fn since(trigger: &str, reset: &str) -> String {
    format!(
        r#"{{"__class__": "SinceCondition", "label": null, "trigger_condition": {trigger},
        "reset_condition": {reset}}}"#
    )
}

fn any_of(operands: &[&str]) -> String {
    format!(
        r#"{{"__class__": "OrAssetCondition", "label": null, "operands": [{}]}}"#,
        operands.join(", ")
    )
}

fn deps(class: &str, operand: &str) -> String {
    format!(
        r#"{{"__class__": "{class}", "label": null, "operand": {operand},
        "allow_selection": null, "ignore_selection": null, "resolves_virtual_deps": false}}"#
    )
}

fn newly(operand: &str) -> String {
    format!(r#"{{"__class__": "NewlyTrueCondition", "label": null, "operand": {operand}}}"#)
}

fn conditions() -> Vec<String> {
    let handled = any_of(&[REQUESTED, UPDATED]);
    vec![
        EAGER.to_owned(),
        EAGER.to_owned(),
        since(CRON, &handled),
        since(&newly(MISSING), &handled),
        since(&newly(FAILED), REQUESTED),
        deps("AnyDepsCondition", REQUESTED),
        deps("AllDepsCondition", &since(UPDATED, CRON)),
        deps("AnyDepsCondition", &any_of(&[UPDATED, RUNNING])),
        newly(STALE),
        any_of(&[DOWNSTREAM, &newly(RUNNING)]),
        MISSING.to_owned(),
    ]
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }
}

fn name(place: usize) -> String {
    format!("asset_{place}")
}

fn graph(dice: &mut Dice) -> AutomationGraph {
    let conditions = conditions();
    let nodes: Vec<String> = (0..ASSETS)
        .map(|place| {
            let parents: BTreeSet<usize> = (0..place).filter(|_| dice.one_in(3)).collect();
            let edges: Vec<String> = parents
                .into_iter()
                .map(|parent| {
                    format!(
                        r#"{{"__class__": "ExternalAssetDependency", "upstream_asset_key":
                        {{"__class__": "AssetKey", "path": ["{}"]}}}}"#,
                        name(parent)
                    )
                })
                .collect();
            let partitions = if dice.one_in(2) {
                format!(
                    r#"{{"__class__": "ExternalTimeWindowPartitionsDefinitionData",
                    "cron_schedule": "0 0 * * *", "end_offset": 0, "fmt": "%Y-%m-%d",
                    "start": {START:.1}, "timezone": "UTC"}}"#
                )
            } else {
                "null".to_owned()
            };
            format!(
                r#"{{"__class__": "ExternalAssetNode",
                "asset_key": {{"__class__": "AssetKey", "path": ["{}"]}},
                "dependencies": [{}], "op_names": [], "job_names": [], "group_name": "default",
                "execution_type": {{"__enum__": "AssetExecutionType.MATERIALIZATION"}},
                "partitions_def_data": {partitions},
                "auto_materialize_policy": {{"__class__": "AutoMaterializePolicy",
                    "rules": {{"__frozenset__": []}}, "max_materializations_per_minute": null,
                    "asset_condition": {}}}}}"#,
                name(place),
                edges.join(", "),
                conditions[dice.below(conditions.len())],
            )
        })
        .collect();
    let snap: RepositorySnap = from_text(&format!(
        r#"{{"__class__": "ExternalRepositoryData", "name": "r",
            "external_schedule_datas": [], "external_partition_set_datas": [],
            "external_sensor_datas": [], "external_asset_graph_data": [{}]}}"#,
        nodes.join(", ")
    ))
    .unwrap();
    let source = RepositoryAssets {
        repository: Arc::new(RepositorySelector::default()),
        snap: Arc::new(snap),
    };
    AutomationGraph::build(Arc::new(AssetGraph::build(vec![source.clone()])), &[source])
}

/// What has happened so far.
struct World {
    now: f64,
    last_id: i64,
    made: Vec<Option<LatestEvent>>,
    partitions: Vec<BTreeMap<String, (i64, f64)>>,
    planned: Vec<Option<Planned>>,
    running: Vec<BTreeSet<String>>,
    runs: Vec<(String, RunStatus)>,
    freshness: Vec<FreshnessState>,
}

impl World {
    fn new() -> Self {
        Self {
            now: START + 3.5 * 86_400.0,
            last_id: 0,
            made: vec![None; ASSETS],
            partitions: vec![BTreeMap::new(); ASSETS],
            planned: vec![None; ASSETS],
            running: vec![BTreeSet::new(); ASSETS],
            runs: Vec::new(),
            freshness: vec![FreshnessState::Pass; ASSETS],
        }
    }

    fn go_on(&mut self, dice: &mut Dice, graph: &AutomationGraph) {
        self.now += [30.0, 30.0, 3_600.0, 40_000.0][dice.below(4)];
        for _ in 0..[0, 0, 1, 2][dice.below(4)] {
            let place = dice.below(ASSETS);
            let key = Key::Asset(AssetKey::new([name(place)]));
            let definition = graph.partitions(&key).unwrap();
            let keys = definition.map(|it| it.keys(&Context::at(self.now)).unwrap());
            let partition = keys.map(|keys| {
                let back = if dice.one_in(2) { 0 } else { dice.below(keys.len()) };
                keys[keys.len() - 1 - back].clone()
            });
            self.last_id += 1;
            let run_id = format!("run_{}", self.last_id);
            match dice.below(4) {
                0 => {
                    let status =
                        if dice.one_in(3) { RunStatus::Failure } else { RunStatus::Started };
                    self.runs.push((run_id.clone(), status));
                    self.running[place].extend(partition);
                    self.planned[place] = Some(Planned { storage_id: self.last_id, run_id });
                }
                1 => {
                    self.freshness[place] =
                        [FreshnessState::Pass, FreshnessState::Fail][dice.below(2)]
                }
                2 if !self.runs.is_empty() => {
                    let run = dice.below(self.runs.len());
                    self.runs[run].1 = RunStatus::Failure;
                }
                _ => {
                    let at = self.now - 10.0;
                    self.runs.push((run_id.clone(), RunStatus::Success));
                    if let Some(partition) = &partition {
                        self.partitions[place].insert(partition.clone(), (self.last_id, at));
                        self.running[place].remove(partition);
                    }
                    self.made[place] = Some(LatestEvent {
                        storage_id: self.last_id,
                        timestamp: at,
                        run_id,
                        partition,
                        data_version: None,
                    });
                }
            }
        }
    }

    fn observe(&self, graph: &AutomationGraph) -> Observation {
        let context = Context::at(self.now);
        let mut observed = Observation {
            partitions: context.clone(),
            last_event_id: Some(self.last_id),
            ..Observation::default()
        };
        for place in 0..ASSETS {
            let key = AssetKey::new([name(place)]);
            let facts = observed.assets.entry(key.clone()).or_default();
            facts.materialization.clone_from(&self.made[place]);
            facts.planned.clone_from(&self.planned[place]);
            facts.freshness = Some(self.freshness[place]);
            for (partition, (id, at)) in &self.partitions[place] {
                facts.latest_by_partition.insert(partition.clone(), *id);
                facts.event_timestamps.insert(*id, *at);
            }
            if let Some(definition) = graph.partitions(&key.into()).unwrap() {
                let of =
                    |keys: Vec<&String>| PartitionsSubset::of_keys(definition, &keys, &context);
                let mut status = PartitionStatus::empty(definition);
                status.materialized = of(self.partitions[place].keys().collect()).unwrap();
                status.in_progress = of(self.running[place].iter().collect()).unwrap();
                facts.partition_status = Some(status);
            }
        }
        for (id, status) in &self.runs {
            let run = DagsterRun {
                run_id: RunId::from(id.as_str()),
                status: *status,
                ..DagsterRun::default()
            };
            let facts = RunFacts { run, create_timestamp: START, planned: BTreeSet::new() };
            observed.runs.insert(id.clone(), facts);
        }
        observed
    }
}

#[test]
fn passing_over_what_is_settled_changes_nothing() {
    let (mut evaluated, mut passed_over) = (0, 0);
    for seed in 0..30 {
        let mut dice = Dice(seed);
        let graph = Arc::new(graph(&mut dice));
        let keys: BTreeSet<Key> = graph.entities().map(|entity| (*entity.key).clone()).collect();
        let mut world = World::new();
        let mut memory = Memory::default();
        let (mut plain, mut kept) = (DaemonCursor::empty(0), Arc::new(DaemonCursor::empty(0)));
        for id in 1..25 {
            world.go_on(&mut dice, &graph);
            let observed = Arc::new(world.observe(&graph));
            let tick = Tick {
                graph: &graph,
                observed: &observed,
                cursor: &plain,
                evaluation_id: id,
                timestamp: world.now,
            };
            let all = tick.evaluate(&keys).unwrap();
            let mut told = Vec::new();
            let mut tell = |result| {
                told.push(result);
                Ok(())
            };
            let now = (id, world.now);
            let some = memory.evaluate(&graph, &observed, &kept, now, &keys, &mut tell).unwrap();
            let context = format!("seed {seed}, tick {id}");
            assert_eq!(all.requested, some.requested, "{context}");
            for result in &all.results {
                let key = &result.true_subset.key;
                match told.iter().find(|other| other.true_subset.key == *key) {
                    Some(other) => {
                        assert_eq!(result.value_hash, other.value_hash, "{context}: {key:?}");
                        assert_eq!(
                            result.to_evaluation(&tick).unwrap(),
                            other.to_evaluation(&tick).unwrap(),
                            "{context}: {key:?}"
                        );
                        evaluated += 1;
                    }
                    None => {
                        let before = kept.of(key).unwrap().result_value_hash();
                        assert!(result.value_hash == *before, "{context}: {key:?}");
                        assert!(result.true_subset.is_empty(), "{context}: {key:?}");
                        passed_over += 1;
                    }
                }
            }
            // Written node by node they are the texts of the stored form.
            let mut texts = EvaluationTexts::new(&tick);
            for result in &all.results {
                let mut text = String::new();
                texts.write(result, &mut text).unwrap();
                assert_eq!(text, to_text(&result.to_evaluation(&tick).unwrap()), "{context}");
            }
            let next = all.cursor(&tick, id, &[], world.now);
            let tick = Tick { cursor: &kept, ..tick };
            kept = Arc::new(some.cursor(&tick, id, &[], world.now));
            plain = next;
            for key in &keys {
                let (one, other) = (plain.of(key).unwrap(), kept.of(key).unwrap());
                assert!(one.is_same_but_for_time(other), "{context}: {key:?}");
            }
            // Written entity by entity it is the text of the stored form.
            assert_eq!(kept.plain().unwrap(), to_text(&kept.stored().unwrap()), "{context}");
        }
    }
    assert!(passed_over > evaluated / 4, "{evaluated} evaluated, {passed_over} passed over");
}
