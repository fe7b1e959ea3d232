//! Python writes and Rondel reads equal; Rondel writes and Python reads equal.

use rondel_model::event::{AssetRecordsFilter, DagsterEventType, EventRecord};
use rondel_model::ids::{AssetCheckKey, AssetKey, UnixTime};
use rondel_model::run::{RunRecord, RunStatus};
use rondel_model::serdes::{Map, to_text};
use rondel_storage::{
    AssetCheckExecutionRecord, BackfillsFilter, EventRecordsFilter, Order, PartitionEvents,
    PartitionFilter, RunEventsQuery, RunsQuery, Storage, TicksQuery,
};
use rstest::rstest;
use serde_json::{Value, json};

use crate::backend::{Backend, Place};
use crate::python;

fn event(record: &EventRecord) -> Value {
    json!([record.storage_id, to_text(&record.entry)])
}

fn events(records: &[EventRecord]) -> Vec<Value> {
    records.iter().map(event).collect()
}

fn check(record: &AssetCheckExecutionRecord) -> Value {
    json!([
        record.id,
        record.run_id,
        record.status.as_str(),
        record.event.as_ref().map(to_text),
        record.partition
    ])
}

async fn all_runs(storage: &Storage) -> Vec<RunRecord> {
    let query = RunsQuery { order: Order::Ascending, ..RunsQuery::default() };
    storage.runs().get_records(query).await.unwrap()
}

async fn dump_run(storage: &Storage, record: &RunRecord) -> Value {
    let run = &record.run;
    let log = storage.events();
    let run_id = run.run_id.as_str();
    let page = log.get_records_for_run(run_id, &RunEventsQuery::default()).await.unwrap();
    let mut job_snapshot = None;
    if let Some(id) = &run.job_snapshot_id {
        job_snapshot = storage.snapshots().get_job_snapshot(id).await.unwrap();
    }
    let mut plan = None;
    if let Some(id) = &run.execution_plan_snapshot_id {
        plan = storage.snapshots().get_execution_plan_snapshot(id).await.unwrap();
    }
    let steps = log.get_step_stats(run_id, None).await.unwrap();
    json!({
        "storage_id": record.storage_id,
        "run": to_text(run),
        "created": record.create_timestamp.seconds(),
        "started": record.start_time,
        "ended": record.end_time,
        "job_snapshot": job_snapshot.map(|snapshot| snapshot.text().to_owned()),
        "plan": plan.map(|snapshot| snapshot.text().to_owned()),
        "events": events(&page.results),
        "cursor": page.cursor,
        "stats": to_text(&log.get_run_stats(run_id).await.unwrap()),
        "steps": steps.iter().map(to_text).collect::<Vec<_>>(),
    })
}

async fn dump_asset(storage: &Storage, key: &AssetKey) -> Value {
    let assets = storage.assets();
    let one = std::slice::from_ref(key);
    let record = assets.get_asset_records(Some(one)).await.unwrap().remove(0);
    let partitions =
        assets.get_materialized_partitions(one, &PartitionEvents::default()).await.unwrap();
    let planned = assets.latest_planned_materializations(one, None).await.unwrap();
    let tags = assets.get_event_tags(key, &Map::default(), None).await.unwrap();
    let filter = AssetRecordsFilter { asset_key: key.clone(), ..Default::default() };
    let history = storage
        .events()
        .fetch_asset_records(
            DagsterEventType::AssetMaterialization,
            &filter,
            10,
            None,
            Order::Descending,
        )
        .await
        .unwrap();
    json!({
        "key": key.to_db_string(),
        "materialization": record.last_materialization.as_ref().map(event),
        "last_run_id": record.last_run_id,
        "partitions": partitions[key],
        "planned": planned.get(key).map(|planned| json!([planned.storage_id, planned.run_id])),
        "tags": tags.into_values().map(|tags| {
            tags.into_iter().collect::<std::collections::BTreeMap<_, _>>()
        }).collect::<Vec<_>>(),
        "history": events(&history.results),
    })
}

/// The same as the Python script's `dump`.
async fn dump(storage: &Storage) -> Value {
    let mut runs = Vec::new();
    for record in all_runs(storage).await {
        runs.push(dump_run(storage, &record).await);
    }
    let log = storage.events();
    let runless = log.get_records_for_run("", &RunEventsQuery::default()).await.unwrap();
    let tag_keys = storage.runs().get_tag_keys().await.unwrap();
    let tags = storage.runs().get_tags(&tag_keys, None, None).await.unwrap();
    let successes = log
        .fetch_run_status_changes(
            &EventRecordsFilter::of_type(DagsterEventType::RunSuccess),
            10,
            None,
            Order::Ascending,
        )
        .await
        .unwrap();
    let failed = log
        .get_event_records(
            &EventRecordsFilter::of_type(DagsterEventType::StepFailure),
            None,
            Order::Descending,
        )
        .await
        .unwrap();
    let mut assets = Vec::new();
    for key in storage.assets().all_asset_keys().await.unwrap() {
        assets.push(dump_asset(storage, &key).await);
    }
    let mut checks = Vec::new();
    for (asset, name) in [("whole", "passes"), ("whole", "fails"), ("outside", "c")] {
        let key = AssetCheckKey::new(AssetKey::from_user_string(asset), name);
        let history = storage
            .assets()
            .check_execution_history(&key, 10, None, &[], &PartitionFilter::Any)
            .await
            .unwrap();
        checks.push(history.iter().map(check).collect::<Vec<_>>());
    }
    let schedules = storage.schedules();
    let mut instigators = Vec::new();
    for state in schedules.all_states(None, None, &[]).await.unwrap() {
        let ticks = schedules
            .get_ticks(&state.origin_id(), &state.selector_id(), &TicksQuery::default())
            .await
            .unwrap();
        instigators.push(json!({
            "state": to_text(&state),
            "selector_id": state.selector_id(),
            "ticks": ticks.iter().map(|tick| json!([tick.tick_id, to_text(&tick.tick_data)])).collect::<Vec<_>>(),
        }));
    }
    let mut cursors = storage.kvs().get_cursor_values(&["one", "two"]).await.unwrap();
    cursors.sort_keys();
    let heartbeats = storage.heartbeats().get().await.unwrap();
    let pools = storage.concurrency().pool_limits().await.unwrap();
    let backfills =
        storage.backfills().get_backfills(&BackfillsFilter::default(), None, None).await.unwrap();
    json!({
        "run_storage_id": storage.run_storage_id().await.unwrap(),
        "runs": runs,
        "runless": events(&runless.results),
        "tag_keys": tag_keys,
        "tags": tags.iter().map(|(key, values)| json!([key, values])).collect::<Vec<_>>(),
        "successes": events(&successes.results),
        "failed_steps": failed.iter().map(|record| to_text(&record.entry)).collect::<Vec<_>>(),
        "assets": assets,
        "checks": checks,
        "instigators": instigators,
        "cursors": cursors,
        "heartbeats": heartbeats.values().map(to_text).collect::<Vec<_>>(),
        "dynamic_partitions": storage.dynamic_partitions().get("colors").await.unwrap(),
        "pools": pools.iter().map(|pool| json!([pool.name, pool.limit, pool.from_default])).collect::<Vec<_>>(),
        "backfills": backfills.iter().map(to_text).collect::<Vec<_>>(),
    })
}

/// Writes everything `from` holds into `to` the way the control plane would have.
async fn replay(from: &Storage, to: &Storage) {
    let mut log: Vec<EventRecord> = Vec::new();
    for record in all_runs(from).await {
        if let Some(id) = &record.run.job_snapshot_id {
            let snapshot = from.snapshots().get_job_snapshot(id).await.unwrap().unwrap();
            assert_eq!(&to.snapshots().add_job_snapshot(&snapshot).await.unwrap(), id);
        }
        if let Some(id) = &record.run.execution_plan_snapshot_id {
            let plan = from.snapshots().get_execution_plan_snapshot(id).await.unwrap().unwrap();
            assert_eq!(&to.snapshots().add_execution_plan_snapshot(&plan).await.unwrap(), id);
        }
        let mut run = record.run.clone().with_status(RunStatus::NotStarted);
        run.tags.shift_remove("dagster/failure_reason");
        run.tags.shift_remove("extra");
        to.runs().add_run(&run, record.create_timestamp).await.unwrap();
        let query = RunEventsQuery::default();
        let run_id = record.run.run_id.as_str();
        log.extend(from.events().get_records_for_run(run_id, &query).await.unwrap().results);
    }
    let runless = from.events().get_records_for_run("", &RunEventsQuery::default()).await.unwrap();
    log.extend(runless.results);
    // One by one where status follows, as the control plane stores; the rest in batches.
    let mut batch = Vec::new();
    for record in log {
        let changes_status = record.entry.event_type().is_some_and(|t| t.run_status().is_some());
        batch.push(record.entry);
        if changes_status {
            let entry = batch.last().unwrap().clone();
            to.events().store_events(&std::mem::take(&mut batch)).await.unwrap();
            to.runs()
                .handle_run_event(
                    entry.run_id.as_str(),
                    entry.dagster_event.as_ref().unwrap(),
                    UnixTime(entry.timestamp),
                )
                .await
                .unwrap();
        }
    }
    to.events().store_events(&batch).await.unwrap();
    for record in all_runs(from).await {
        if let Some(extra) = record.run.tag("extra") {
            let tags = Map::from([("extra".to_owned(), extra.to_owned())]);
            let run_id = record.run.run_id.as_str();
            to.runs().add_tags(run_id, &tags, UnixTime(2.0)).await.unwrap();
        }
    }
    replay_rest(from, to).await;
}

async fn replay_rest(from: &Storage, to: &Storage) {
    for state in from.schedules().all_states(None, None, &[]).await.unwrap() {
        to.schedules().add_state(&state, UnixTime(1.0)).await.unwrap();
        to.schedules().update_state(&state, UnixTime(2.0)).await.unwrap();
        let query = TicksQuery::default();
        let mut ticks = from
            .schedules()
            .get_ticks(&state.origin_id(), &state.selector_id(), &query)
            .await
            .unwrap();
        ticks.sort_by_key(|tick| tick.tick_id);
        let data: Vec<_> = ticks.into_iter().map(|tick| tick.tick_data).collect();
        to.schedules().create_ticks(&data).await.unwrap();
    }
    let cursors = from.kvs().get_cursor_values(&["one", "two"]).await.unwrap();
    to.kvs().set_cursor_values([("one", "to be replaced")]).await.unwrap();
    to.kvs().set_cursor_values(&cursors).await.unwrap();
    let heartbeats: Vec<_> = from.heartbeats().get().await.unwrap().into_values().collect();
    to.heartbeats().add(&heartbeats).await.unwrap();
    let colors = from.dynamic_partitions().get("colors").await.unwrap();
    to.dynamic_partitions().add("colors", &colors).await.unwrap();
    for pool in from.concurrency().pool_limits().await.unwrap() {
        to.concurrency().set_slots(&pool.name, pool.limit).await.unwrap();
    }
    let filter = BackfillsFilter::default();
    for backfill in from.backfills().get_backfills(&filter, None, None).await.unwrap() {
        to.backfills().add_backfill(&backfill).await.unwrap();
    }
}

/// Compares part by part, so that a difference is readable.
fn assert_same(left: &Value, right: &Value) {
    for (part, value) in left.as_object().unwrap() {
        let empty = Vec::new();
        let lists = (value.as_array().unwrap_or(&empty), right[part].as_array().unwrap_or(&empty));
        for (index, (one, other)) in lists.0.iter().zip(lists.1).enumerate() {
            if let (Some(one), Some(other)) = (one.as_object(), other.as_object()) {
                for (field, value) in one {
                    assert_eq!(value, &other[field], "{part}[{index}].{field}");
                }
            }
            assert_eq!(one, other, "{part}[{index}]");
        }
        assert_eq!(value, &right[part], "{part}");
    }
}

#[rstest]
#[tokio::test]
async fn what_python_wrote_is_read_equal_and_written_back_equal(
    #[values(Backend::Sqlite, Backend::Consolidated, Backend::Postgres)] backend: Backend,
) {
    let theirs = Place::empty(backend).await;
    python::run("write", &theirs.location());
    let written = python::dump(&theirs.location());

    // Rondel adopts the database as found and reads the same.
    let adopted = theirs.open().await;
    assert_same(&dump(&adopted).await, &written);

    // A database made and filled by Rondel opens in Python and reads the same.
    let ours = Place::empty(backend).await;
    let made = ours.open().await;
    replay(&adopted, &made).await;
    let mut expected = written.clone();
    expected["run_storage_id"] = json!(made.run_storage_id().await.unwrap());
    if backend != Backend::Sqlite {
        // Replayed run by run, ids of the one log come out in another order.
        renumber(&mut expected, &made).await;
    }
    assert_same(&dump(&made).await, &expected);
    assert_same(&python::dump(&ours.location()), &expected);
}

#[rstest]
#[tokio::test]
async fn python_and_rondel_write_the_same_files_at_the_same_time(
    #[values(Backend::Sqlite, Backend::Consolidated)] backend: Backend,
) {
    let place = Place::ready(backend).await;
    let storage = place.open().await;
    let location = place.location();
    let python = tokio::task::spawn_blocking(move || python::run("write", &location));
    let mut stored = 0;
    while !python.is_finished() {
        let run_id = format!("rust-{}", stored % 3);
        let event = crate::sample::materialization(&run_id, 1.0, "from_rust", None, &[]);
        storage.events().store_event(&event).await.unwrap();
        storage.kvs().set_cursor_values([("rust", stored.to_string())]).await.unwrap();
        stored += 1;
    }
    python.await.unwrap();
    assert!(stored > 10);
    let mut found = 0;
    for run_id in ["rust-0", "rust-1", "rust-2"] {
        let query = RunEventsQuery::default();
        let page = storage.events().get_records_for_run(run_id, &query).await.unwrap();
        found += page.results.len();
    }
    assert_eq!(found, stored);
    assert_eq!(all_runs(&storage).await.len(), 4);
}

/// Takes over the ids of the replayed log where only they may differ.
async fn renumber(expected: &mut Value, made: &Storage) {
    let actual = dump(made).await;
    fn adopt(expected: &mut Value, actual: &Value) {
        match (expected, actual) {
            (Value::Array(expected), Value::Array(actual)) => {
                for (one, other) in expected.iter_mut().zip(actual) {
                    adopt(one, other);
                }
            }
            (Value::Object(expected), Value::Object(actual)) => {
                for (key, value) in expected.iter_mut() {
                    if key == "cursor" {
                        *value = actual[key].clone();
                    } else {
                        adopt(value, &actual[key]);
                    }
                }
            }
            (Value::Number(expected), Value::Number(actual)) if expected.is_i64() => {
                *expected = actual.clone();
            }
            _ => {}
        }
    }
    adopt(expected, &actual);
}
