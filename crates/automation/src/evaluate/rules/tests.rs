use rondel_model::run::DagsterRun;
use rondel_partitions::Context;

use crate::cursor::DaemonCursor;
use crate::evaluate::tests::{asset, graph, materialized, tick};
use crate::graph::AutomationGraph;
use crate::key::Key;
use crate::needs::Needs;
use crate::observation::{AssetFacts, DataTimes, Observation, RunFacts};

/// The latest tick of the schedule below before [`NOW`].
const TICK: i64 = 7_200;
const NOW: f64 = 7_500.0;

const SINCE_CRON: &str = r#"{"__class__": "NotAssetCondition", "label": null, "operand":
    {"__class__": "RuleCondition", "label": null, "rule":
    {"__class__": "SkipOnNotAllParentsUpdatedSinceCronRule", "cron_schedule": "0 * * * *",
    "timezone": "UTC"}}}"#;
const PARENT_OF_BLUE: &str = r#"{"__class__": "RuleCondition", "label": null, "rule":
    {"__class__": "MaterializeOnParentUpdatedRule", "updated_parent_filter":
    {"__class__": "AutoMaterializeAssetPartitionsFilter",
    "latest_run_required_tags": {"team": "blue"}}}}"#;
const PARENT: &str = r#"{"__class__": "RuleCondition", "label": null, "rule":
    {"__class__": "MaterializeOnParentUpdatedRule", "updated_parent_filter": null}}"#;
const OUTDATED: &str = r#"{"__class__": "RuleCondition", "label": null, "rule":
    {"__class__": "SkipOnParentOutdatedRule"}}"#;
const REQUIRED: &str = r#"{"__class__": "RuleCondition", "label": null, "rule":
    {"__class__": "MaterializeOnRequiredForFreshnessRule"}}"#;
const MISSING: &str = r#"{"__class__": "MissingAutomationCondition", "label": null}"#;

fn at(now: f64) -> Observation {
    Observation { partitions: Context::at(now), ..Observation::default() }
}

fn facts<'o>(observed: &'o mut Observation, name: &str) -> &'o mut AssetFacts {
    let Key::Asset(key) = asset(name) else { panic!("{name} is no asset") };
    observed.assets.entry(key).or_default()
}

fn made_with_version(observed: &mut Observation, name: &str, id: i64, version: &str) {
    materialized(observed, name, id);
    let made = facts(observed, name).materialization.as_mut().unwrap();
    made.data_version = Some(version.to_owned());
}

fn first_after(observed: &mut Observation, name: &str, tick: i64, id: i64) {
    facts(observed, name).first_after.insert(tick, id);
}

#[test]
fn an_asset_waits_until_every_parent_was_made_since_the_tick_of_the_schedule() {
    let graph = graph(&[("a", &[], MISSING), ("b", &[], MISSING), ("c", &["a", "b"], SINCE_CRON)]);
    let mut observed = at(NOW);
    materialized(&mut observed, "a", 5);
    materialized(&mut observed, "b", 3);
    first_after(&mut observed, "a", TICK, 5);
    let (result, cursor) = tick(&graph, &observed, &DaemonCursor::empty(0), &["c"]);
    assert!(result.requested.is_empty(), "b was made before the tick");

    // On the next tick it is known of a, and only what is new is looked at.
    materialized(&mut observed, "b", 8);
    let (result, cursor) = tick(&graph, &observed, &cursor, &["c"]);
    assert_eq!(result.requested.len(), 1);

    let mut later = at(NOW + 3_600.0);
    later.assets = observed.assets.clone();
    later.last_event_id = observed.last_event_id;
    let (result, _) = tick(&graph, &later, &cursor, &["c"]);
    assert!(result.requested.is_empty(), "nothing was made since the next tick of the schedule");
}

#[test]
fn the_first_events_since_a_schedule_ticked_are_asked_for() {
    let graph = graph(&[("a", &[], MISSING), ("c", &["a"], SINCE_CRON)]);
    let needs = Needs::of(&graph, &[asset("c")].into(), &DaemonCursor::empty(0)).unwrap();
    let Key::Asset(parent) = asset("a") else { panic!() };
    let asked = (parent, "0 * * * *".to_owned(), "UTC".to_owned());
    assert!(needs.first_after.contains(&asked));
}

#[test]
fn parents_count_only_where_a_run_with_the_tags_made_them() {
    let graph = graph(&[("a", &[], MISSING), ("c", &["a"], PARENT_OF_BLUE)]);
    let mut observed = at(NOW);
    materialized(&mut observed, "a", 5);
    let run = |team: &str| RunFacts {
        run: DagsterRun {
            tags: [("team".to_owned(), team.to_owned())].into_iter().collect(),
            ..DagsterRun::default()
        },
        create_timestamp: 0.0,
        planned: Default::default(),
    };
    for (team, count) in [("red", 0), ("blue", 1)] {
        observed.runs.insert("run 5".to_owned(), run(team));
        let (result, _) = tick(&graph, &observed, &DaemonCursor::empty(0), &["c"]);
        assert_eq!(result.requested.len(), count, "{team}");
    }
}

#[test]
fn requested_parents_count_where_the_runs_of_this_tick_have_the_tags() {
    let graph = graph(&[("a", &[], MISSING), ("c", &["a"], PARENT_OF_BLUE)]);
    let mut observed = at(NOW);
    let (result, _) = tick(&graph, &observed, &DaemonCursor::empty(0), &["a", "c"]);
    assert_eq!(result.requested.len(), 1, "runs have no such tag");
    observed.run_tags.insert("team".to_owned(), "blue".to_owned());
    let (result, _) = tick(&graph, &observed, &DaemonCursor::empty(0), &["a", "c"]);
    assert_eq!(result.requested.len(), 2);
}

#[test]
fn an_asset_without_a_freshness_policy_below_is_not_required_for_one() {
    let graph = graph(&[("a", &[], REQUIRED)]);
    let mut observed = at(NOW);
    let needs = Needs::of(&graph, &[asset("a")].into(), &DaemonCursor::empty(0)).unwrap();
    assert!(needs.data_times.is_empty());
    let Key::Asset(key) = asset("a") else { panic!() };
    observed.assets.entry(key).or_default().data_times = Some(DataTimes::default());
    let (result, _) = tick(&graph, &observed, &DaemonCursor::empty(0), &["a"]);
    assert!(result.requested.is_empty());
}

#[test]
fn a_parent_made_anew_with_the_data_version_it_had_is_taken_for_unchanged_where_that_is_set() {
    let assets: &[(&str, &[&str], &str)] = &[("a", &[], MISSING), ("c", &["a"], PARENT)];
    for (respects, version, count) in [(false, "1", 1), (true, "1", 0), (true, "2", 1)] {
        let graph = graph(assets).respecting_data_versions(respects);
        let mut observed = at(NOW);
        made_with_version(&mut observed, "a", 1, "1");
        materialized(&mut observed, "c", 3);
        let (_, cursor) = tick(&graph, &observed, &DaemonCursor::empty(0), &["c"]);
        made_with_version(&mut observed, "a", 5, version);
        facts(&mut observed, "a").data_version_at.insert(3, Some("1".to_owned()));
        let (result, _) = tick(&graph, &observed, &cursor, &["c"]);
        assert_eq!(result.requested.len(), count, "{respects} {version}");
    }
}

#[test]
fn data_versions_are_asked_for_of_parents_that_rules_compare_and_only_where_that_is_set() {
    let assets: &[(&str, &[&str], &str)] = &[
        ("a", &[], MISSING),
        ("b", &["a"], MISSING),
        ("c", &["b"], PARENT),
        ("d", &["b"], OUTDATED),
    ];
    let pairs = |graph: &AutomationGraph, name: &str| -> Vec<String> {
        let needs = Needs::of(graph, &[asset(name)].into(), &DaemonCursor::empty(0)).unwrap();
        let pairs = needs.versioned_parents.iter();
        pairs.map(|(child, parent)| format!("{child} of {parent}")).collect()
    };
    assert!(pairs(&graph(assets), "d").is_empty());
    let graph = graph(assets).respecting_data_versions(true);
    assert_eq!(pairs(&graph, "c"), ["c of b"]);
    assert_eq!(pairs(&graph, "d"), ["b of a", "d of b"]);
}
