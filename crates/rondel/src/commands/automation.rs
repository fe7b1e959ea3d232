//! `rondel automation …`: what conditions come to, without a daemon or a code server.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, anyhow};
use rondel_asset_graph::AssetGraph;
use rondel_asset_graph::graph::RepositoryAssets;
use rondel_automation::{AutomationGraph, DaemonCursor, Key, Needs, NodeResult, Tick, TickResult};
use rondel_instance::{Home, InstanceConfig};
use rondel_model::automation::AssetDaemonCursor;
use rondel_model::ids::{EntityKey, RepositorySelector};
use rondel_model::partition::EntitySubset;
use rondel_model::serdes::{Map, Pack, Value, from_text, to_text};
use rondel_model::snap::RepositorySnap;
use rondel_storage::{OpenOptions, Storage};
use serde_json::json;

use crate::cli::AutomationCommand;

/// Executes one of the `automation` commands.
pub async fn execute(command: AutomationCommand) -> anyhow::Result<ExitCode> {
    let AutomationCommand::Evaluate { request, at } = command;
    match evaluate(&request, at).await {
        Ok(answer) => {
            outln!("{answer}");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let message = format!("{error:#}");
            let exception = json!({
                "message": format!("Exception: {message}"),
                "stack": [],
                "cls_name": "Exception",
                "raw_message": message,
            });
            outln!("{}", json!({ "ok": false, "exception": exception }));
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What to evaluate.
struct Request {
    snapshot: Arc<RepositorySnap>,
    keys: Vec<Key>,
    cursor: DaemonCursor,
    evaluation_time: Option<f64>,
    evaluation_id: i64,
    mode: Mode,
}

/// Which part of a tick.
enum Mode {
    /// Everything, with execution sets and what was requested on the way.
    Tick,
    /// The condition of the first entity, with these parts requested before.
    Node(Vec<EntitySubset>),
}

impl Request {
    fn read(file: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        Self::parse(&text).with_context(|| format!("{} is no request", file.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let fields: Map<Value> = from_text(text)?;
        let field = |name: &str| fields.get(name).filter(|value| !value.is_null());
        let snapshot = field("repository_snapshot").context("repository_snapshot is missing")?;
        let keys: Vec<EntityKey> =
            field("entity_keys").context("entity_keys are missing")?.to_typed()?;
        let cursor = match field("cursor") {
            Some(cursor) => DaemonCursor::new(cursor.to_typed::<AssetDaemonCursor>()?),
            None => DaemonCursor::empty(0),
        };
        let evaluation_id = field("evaluation_id").and_then(Value::as_i64);
        let mode = match field("mode").and_then(Value::as_str) {
            None => Mode::Tick,
            Some("node") => Mode::Node(match field("requested_subsets") {
                Some(subsets) => subsets.to_typed()?,
                None => Vec::new(),
            }),
            Some(other) => {
                return Err(anyhow!("mode {other:?} is unknown; leave it out or use \"node\""));
            }
        };
        Ok(Self {
            snapshot: Arc::new(snapshot.to_typed()?),
            keys: keys.iter().map(Key::from_stored).collect::<Result<_, _>>()?,
            evaluation_time: field("evaluation_time").and_then(Value::as_f64),
            evaluation_id: evaluation_id.unwrap_or_else(|| cursor.evaluation_id()),
            cursor,
            mode,
        })
    }
}

async fn evaluate(file: &Path, at: Option<f64>) -> anyhow::Result<String> {
    let request = Request::read(file)?;
    let now = match at {
        Some(at) => at,
        None => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64(),
    };
    let time = request.evaluation_time.unwrap_or(now);

    let source = RepositoryAssets {
        repository: Arc::new(RepositorySelector {
            location_name: "request".to_owned(),
            repository_name: request.snapshot.name.clone(),
            ..RepositorySelector::default()
        }),
        snap: Arc::clone(&request.snapshot),
    };
    let assets = Arc::new(AssetGraph::build(vec![source.clone()]));
    let config = InstanceConfig::load(&Home::from_env()?)?;
    let automation = &config.settings.auto_materialize;
    let graph = AutomationGraph::build(assets, &[source])
        .respecting_data_versions(automation.respect_materialization_data_versions);
    let keys: BTreeSet<Key> = request.keys.iter().cloned().collect();

    let options =
        OpenOptions { create_tables: config.storage.create_tables, ..OpenOptions::default() };
    let storage = Storage::open(&config.storage.locations, options).await?;
    let needs = Needs::of(&graph, &keys, &request.cursor)?;
    let observed = rondel_observation::observe(&storage, &graph, &needs, time).await;
    storage.close().await;
    let mut observed = observed?;
    observed.run_tags = automation
        .run_tags
        .iter()
        .map(|(tag, value)| {
            (tag.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        })
        .collect();

    let tick = Tick {
        graph: &graph,
        observed: &observed,
        cursor: &request.cursor,
        evaluation_id: request.evaluation_id,
        timestamp: now,
    };
    let result = match &request.mode {
        Mode::Tick => tick.evaluate(&keys)?,
        Mode::Node(requested) => {
            let key = request.keys.first().context("entity_keys are empty")?;
            tick.evaluate_one(key, requested)?
        }
    };
    answer(&tick, &result, time)
}

fn answer(tick: &Tick<'_>, result: &TickResult, time: f64) -> anyhow::Result<String> {
    let cursor = result.cursor(tick, tick.cursor.evaluation_id() + 1, &[], time);
    let mut results = Vec::with_capacity(result.results.len());
    for node in &result.results {
        results.push(object([
            ("key", value(&node.true_subset.key.to_stored())?),
            ("evaluation", value(&node.to_evaluation(tick)?)?),
            ("value_hash", Value::String(node.value_hash.to_string())),
            ("condition_tree", tree(node)?),
            ("condition_cursor", value(&node.to_cursor(tick)?.to_stored()?)?),
        ]));
    }
    let partitions = &tick.observed.partitions;
    let requested = result.requested.iter().map(|part| value(&part.to_stored(partitions)?));
    let answer = object([
        ("ok", Value::Bool(true)),
        ("cursor", value(&cursor.stored()?)?),
        ("results", Value::List(results)),
        ("requested_subsets", Value::List(requested.collect::<anyhow::Result<_>>()?)),
    ]);
    Ok(to_text(&answer))
}

/// Conditions with the hashes of their results, those made during the evaluation included.
fn tree(node: &NodeResult) -> anyhow::Result<Value> {
    let children = node.children.iter().map(tree).collect::<anyhow::Result<_>>()?;
    Ok(object([
        ("condition", from_text(&node.condition.to_text())?),
        ("value_hash", Value::String(node.value_hash.to_string())),
        ("children", Value::List(children)),
    ]))
}

fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Map(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn value<T: Pack>(of: &T) -> anyhow::Result<Value> {
    Ok(from_text(&to_text(of))?)
}
