//! The same list of actions, performed by Rondel (here) and by Dagster (`python/reference.py`).

use std::collections::BTreeMap;
use std::time::Duration;

use rondel_instance::{CreateRun, JobTarget, Reexecution, ReexecutionStrategy};
use rondel_model::ids::{AssetCheckKey, AssetKey, RepositorySelector, RunId};
use rondel_model::run::RunStatus;
use rondel_model::serdes::to_text;
use serde_json::{Value, json};

use super::{PATIENCE, Rig, definitions, run_python};

/// What is recorded about the runs made so far, as stored texts by alias.
#[derive(Debug, Default, serde::Deserialize)]
pub struct Dump {
    pub runs: BTreeMap<String, Option<String>>,
    pub events: BTreeMap<String, Vec<String>>,
    pub plans: BTreeMap<String, Option<String>>,
}

/// Has Dagster perform the actions in a home with this `dagster.yaml`.
pub fn perform_with_dagster(dagster_yaml: &str, actions: &Value) -> (tempfile::TempDir, Vec<Dump>) {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("dagster.yaml"), dagster_yaml).unwrap();
    let script = include_str!("../python/reference.py");
    let paths =
        [home.path().to_string_lossy(), definitions().to_string_lossy().into_owned().into()];
    let printed = run_python(script, &[&paths[0], &paths[1]], &actions.to_string());
    let dumps = printed.lines().find_map(|line| line.strip_prefix("DUMPS "));
    (home, serde_json::from_str(dumps.unwrap_or_else(|| panic!("no dumps in {printed}"))).unwrap())
}

/// Performs the actions with Rondel.
pub async fn perform_with_rondel(rig: &Rig, actions: &Value) -> Vec<Dump> {
    let mut aliases: BTreeMap<String, RunId> = BTreeMap::new();
    let mut dumps = Vec::new();
    for action in actions.as_array().unwrap() {
        perform(rig, action, &mut aliases, &mut dumps).await;
    }
    dumps
}

fn text(action: &Value, key: &str) -> String {
    action[key].as_str().unwrap_or_else(|| panic!("{key} in {action}")).to_owned()
}

fn texts(action: &Value, key: &str) -> Option<Vec<String>> {
    let list = action.get(key)?.as_array()?;
    Some(list.iter().map(|item| item.as_str().unwrap().to_owned()).collect())
}

fn target_of(action: &Value) -> JobTarget {
    let job = RepositorySelector::new("definitions.py", "__repository__").job(text(action, "job"));
    let key = |name: &str| AssetKey::new([name]);
    JobTarget {
        op_selection: texts(action, "ops"),
        asset_selection: texts(action, "assets").map(|a| a.iter().map(|a| key(a)).collect()),
        asset_check_selection: action.get("checks").and_then(Value::as_array).map(|checks| {
            let pair = |c: &Value, i: usize| c[i].as_str().unwrap().to_owned();
            checks.iter().map(|c| AssetCheckKey::new(key(&pair(c, 0)), pair(c, 1))).collect()
        }),
        ..JobTarget::whole(job)
    }
}

fn tags_of(action: &Value) -> rondel_model::serdes::Map<String> {
    let tags = action.get("tags").cloned().unwrap_or(json!({}));
    serde_json::from_value(tags).unwrap()
}

async fn perform(
    rig: &Rig,
    action: &Value,
    aliases: &mut BTreeMap<String, RunId>,
    dumps: &mut Vec<Dump>,
) {
    let instance = &rig.instance;
    let workspace = rig.workspace.snapshot();
    let run_id = || aliases[action["run"].as_str().unwrap()].clone();
    match action["do"].as_str().unwrap() {
        "create" => {
            let run_config = action.get("run_config").cloned().unwrap_or(json!({}));
            let request = CreateRun {
                target: target_of(action),
                run_config: serde_json::from_value(run_config).unwrap(),
                tags: tags_of(action),
                step_keys: texts(action, "step_keys"),
                ..CreateRun::default()
            };
            let run = instance.create_run(request, &workspace).await.unwrap();
            aliases.insert(text(action, "as"), run.run_id);
        }
        "add_partitions" => {
            let store = instance.storage().dynamic_partitions();
            store.add(&text(action, "name"), &texts(action, "keys").unwrap()).await.unwrap();
        }
        "submit" => {
            if let Err(error) = instance.submit_run(&run_id(), &workspace).await {
                eprintln!("{error}");
            }
        }
        "launch" => drop(instance.launch_run(&run_id(), &workspace).await.unwrap()),
        "wait" => wait(rig, &run_id(), action).await,
        "cancel" => drop(instance.cancel_run(&run_id()).await.unwrap()),
        "reexecute" => {
            let strategy = ReexecutionStrategy::parse(&text(action, "strategy")).unwrap();
            let mut request = Reexecution::new(run_id(), strategy);
            request.extra_tags = tags_of(action);
            let run = instance.reexecute(request, &workspace).await.unwrap();
            aliases.insert(text(action, "as"), run.run_id);
        }
        "delete" => instance.delete_run(&run_id()).await.unwrap(),
        "dump" => dumps.push(dump(rig, aliases).await),
        other => panic!("{other}"),
    }
}

async fn wait(rig: &Rig, run_id: &RunId, action: &Value) {
    let wanted: Vec<RunStatus> =
        texts(action, "for").unwrap().iter().map(|name| RunStatus::parse(name).unwrap()).collect();
    let event = action.get("event").and_then(Value::as_str);
    let reached = async {
        loop {
            let run = rig.instance.run(run_id).await.unwrap();
            let entries = rig.instance.events_of(run_id, &[]).await.unwrap();
            let seen = event.is_none_or(|event| {
                let is = |e: &rondel_model::event::DagsterEvent| e.event_type_value == event;
                entries.iter().any(|entry| entry.dagster_event.as_ref().is_some_and(is))
            });
            if wanted.contains(&run.status) && seen {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    if tokio::time::timeout(PATIENCE, reached).await.is_err() {
        let entries = rig.instance.events_of(run_id, &[]).await.unwrap();
        let run = rig.instance.run(run_id).await.unwrap();
        let log: Vec<&str> = entries.iter().map(|entry| entry.message()).collect();
        panic!("still waiting for {action}: run is {} with {log:#?}", run.status);
    }
}

async fn dump(rig: &Rig, aliases: &BTreeMap<String, RunId>) -> Dump {
    let mut dump = Dump::default();
    for (alias, run_id) in aliases {
        let run = rig.instance.storage().runs().get_run(run_id.as_str()).await.unwrap();
        dump.runs.insert(alias.clone(), run.as_ref().map(to_text));
        let plan_id = run.and_then(|run| run.execution_plan_snapshot_id).unwrap_or_default();
        let snapshots = rig.instance.storage().snapshots();
        let plan = snapshots.get_execution_plan_snapshot(&plan_id).await.unwrap();
        dump.plans.insert(alias.clone(), plan.map(|plan| plan.text().to_owned()));
        let entries = rig.instance.events_of(run_id, &[]).await.unwrap();
        dump.events.insert(alias.clone(), entries.iter().map(to_text).collect());
    }
    dump
}
