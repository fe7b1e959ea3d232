//! Runs, tags, snapshots, backfills, cursors.

use rondel_model::backfill::{BulkActionStatus, PartitionBackfill};
use rondel_model::event::{DagsterEvent, DagsterEventType, JobFailureData, RunFailureReason};
use rondel_model::ids::{RunId, UnixTime};
use rondel_model::run::{RunStatus, RunsFilter, TagValues};
use rondel_storage::{BackfillsFilter, Order, RunOrderBy, RunsQuery, StorageError};
use rstest::rstest;

use super::open;
use crate::backend::Backend;
use crate::sample::{map, run};

const T: f64 = 1_763_692_845.371_026;

#[rstest]
#[tokio::test]
async fn runs_are_found_by_every_filter(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let runs = storage.runs();
    let mut other = run("r3", RunStatus::Success, &[("team", "y"), ("dagster/backfill", "b")]);
    other.job_name = "other".into();
    runs.add_run(&run("r1", RunStatus::Queued, &[("team", "x"), ("a%b", "1")]), UnixTime(T))
        .await
        .unwrap();
    runs.add_run(&run("r2", RunStatus::Started, &[("team", "y")]), UnixTime(T + 10.0))
        .await
        .unwrap();
    runs.add_run(&other, UnixTime(T + 20.0)).await.unwrap();

    let cases: Vec<(&str, RunsFilter, &[&str])> = vec![
        ("everything", RunsFilter::default(), &["r3", "r2", "r1"]),
        ("ids", RunsFilter::by_ids(["r1", "r3", "no"].map(RunId::from)), &["r3", "r1"]),
        ("no ids", RunsFilter::by_ids([]), &[]),
        ("job", RunsFilter { job_name: Some("other".into()), ..Default::default() }, &["r3"]),
        ("status", RunsFilter::by_statuses([RunStatus::Queued, RunStatus::Started]), &["r2", "r1"]),
        ("tag", RunsFilter::default().with_tag("team", "y"), &["r3", "r2"]),
        (
            "one of tag values",
            RunsFilter::default().with_tag("team", vec!["x".to_owned(), "z".to_owned()]),
            &["r1"],
        ),
        (
            "two tags",
            RunsFilter::default().with_tag("team", "y").with_tag("dagster/backfill", "b"),
            &["r3"],
        ),
        (
            "no value of a tag",
            RunsFilter::default().with_tag("team", TagValues::AnyOf(vec![])),
            &[],
        ),
        (
            "subruns",
            RunsFilter { exclude_subruns: Some(true), ..Default::default() },
            &["r2", "r1"],
        ),
        (
            "created between",
            RunsFilter {
                created_after: Some(UnixTime(T)),
                created_before: Some(UnixTime(T + 20.0)),
                ..Default::default()
            },
            &["r2"],
        ),
        (
            "updated after",
            RunsFilter { updated_after: Some(UnixTime(4e9)), ..Default::default() },
            &[],
        ),
    ];
    for (name, filter, expected) in cases {
        let found = runs.get_run_ids(filter.clone()).await.unwrap();
        assert_eq!(found, expected, "{name}");
        assert_eq!(runs.count(&filter).await.unwrap(), expected.len(), "{name}");
    }
    let record = runs.get_record("r2").await.unwrap().unwrap();
    assert_eq!(record.create_timestamp, UnixTime(T + 10.0));
    assert_eq!(record.run.tag("team"), Some("y"));
    assert!(runs.get_record("no").await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn pages_of_runs_continue_after_a_run_in_both_directions(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let all: Vec<_> = (0..5).map(|n| run(&format!("r{n}"), RunStatus::Success, &[])).collect();
    storage.runs().add_runs(&all, UnixTime(T)).await.unwrap();
    let page = |cursor: &str, order| RunsQuery {
        cursor: Some(cursor.to_owned()),
        limit: Some(2),
        order,
        order_by: RunOrderBy::Id,
        ..Default::default()
    };
    let newer_first = storage.runs().get_run_ids(page("r3", Order::Descending)).await.unwrap();
    assert_eq!(newer_first, ["r2", "r1"]);
    let older_first = storage.runs().get_run_ids(page("r3", Order::Ascending)).await.unwrap();
    assert_eq!(older_first, ["r4"]);
}

#[rstest]
#[tokio::test]
async fn a_second_run_of_the_same_id_is_refused_and_leaves_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let first = run("r1", RunStatus::Queued, &[("a", "b")]);
    storage.runs().add_run(&first, UnixTime(T)).await.unwrap();
    let both = [run("r2", RunStatus::Queued, &[]), first];
    let error = storage.runs().add_runs(&both, UnixTime(T)).await.unwrap_err();
    assert!(matches!(error, StorageError::RunAlreadyExists(_)), "{error}");
    assert!(!storage.runs().has_run("r2").await.unwrap());
}

#[rstest]
#[tokio::test]
async fn a_run_needs_its_snapshot(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let storage = open(backend).await;
    let mut lonely = run("r1", RunStatus::Queued, &[]);
    lonely.job_snapshot_id = Some("nowhere".into());
    let error = storage.runs().add_run(&lonely, UnixTime(T)).await.unwrap_err();
    assert!(matches!(error, StorageError::SnapshotNotFound(id) if id == "nowhere"));
}

#[rstest]
#[tokio::test]
async fn events_move_a_run_and_set_its_times(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let runs = storage.runs();
    runs.add_run(&run("r1", RunStatus::NotStarted, &[]), UnixTime(T)).await.unwrap();
    let apply = async |event: DagsterEvent, at: f64| {
        runs.handle_run_event("r1", &event, UnixTime(at)).await.unwrap();
        runs.get_record("r1").await.unwrap().unwrap()
    };
    let event = |event_type| DagsterEvent::new(event_type, "job");
    let record = apply(event(DagsterEventType::RunStarting), T + 1.0).await;
    assert_eq!((record.run.status, record.start_time), (RunStatus::Starting, None));
    let record = apply(event(DagsterEventType::RunStart), T + 2.0).await;
    assert_eq!((record.run.status, record.start_time), (RunStatus::Started, Some(T + 2.0)));
    let record = apply(event(DagsterEventType::EngineEvent), T + 3.0).await;
    assert_eq!(record.update_timestamp, UnixTime(T + 2.0));
    let failure = event(DagsterEventType::RunFailure).with_data(JobFailureData {
        failure_reason: Some(RunFailureReason::StepFailure),
        ..Default::default()
    });
    let record = apply(failure, T + 4.0).await;
    assert_eq!((record.run.status, record.end_time), (RunStatus::Failure, Some(T + 4.0)));
    assert_eq!(record.run.tag("dagster/failure_reason"), Some("STEP_FAILURE"));
    let tagged = RunsFilter::default().with_tag("dagster/failure_reason", "STEP_FAILURE");
    assert_eq!(runs.count(&tagged).await.unwrap(), 1);
    runs.handle_run_event("absent", &event(DagsterEventType::RunStart), UnixTime(T)).await.unwrap();
}

#[rstest]
#[tokio::test]
async fn tags_are_added_replaced_listed_and_deleted_with_the_run(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let runs = storage.runs();
    runs.add_run(&run("r1", RunStatus::Queued, &[("a", "1"), ("b", "50%")]), UnixTime(T))
        .await
        .unwrap();
    runs.add_tags("r1", &map(&[("a", "2"), ("dagster/partition", "p")]), UnixTime(T + 1.0))
        .await
        .unwrap();
    let stored = runs.get_run("r1").await.unwrap().unwrap();
    assert_eq!(stored.tags, map(&[("a", "2"), ("b", "50%"), ("dagster/partition", "p")]));
    assert_eq!(runs.get_tag_keys().await.unwrap(), ["a", "b", "dagster/partition"]);
    let keys = ["a".to_owned(), "b".to_owned()];
    let values = runs.get_tags(&keys, Some("50%"), None).await.unwrap();
    assert_eq!(values, [("b".to_owned(), ["50%".to_owned()].into())]);
    let by_tag = runs.get_run_ids_by_tag("a", &["2".to_owned()]).await.unwrap();
    assert_eq!(by_tag["2"], ["r1"]);
    let data = runs.get_partition_data(&RunsFilter::default()).await.unwrap();
    assert_eq!((data[0].partition.as_str(), data[0].run_id.as_str()), ("p", "r1"));
    let error = runs.add_tags("absent", &map(&[("a", "1")]), UnixTime(T)).await.unwrap_err();
    assert!(matches!(error, StorageError::RunNotFound(_)));
    runs.delete_run("r1").await.unwrap();
    assert!(runs.get_tag_keys().await.unwrap().is_empty());
}

#[rstest]
#[tokio::test]
async fn a_run_group_starts_with_its_root(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let mut child = run("child", RunStatus::Failure, &[("dagster/root_run_id", "root")]);
    child.root_run_id = Some("root".into());
    let root = run("root", RunStatus::Failure, &[]);
    storage.runs().add_runs(&[root, child], UnixTime(T)).await.unwrap();
    for asked in ["root", "child"] {
        let group = storage.runs().get_run_group(asked).await.unwrap();
        let ids: Vec<_> = group.runs.iter().map(|run| run.run_id.as_str()).collect();
        assert_eq!((group.root_run_id.as_str(), ids), ("root", vec!["root", "child"]));
    }
    let error = storage.runs().get_run_group("absent").await.unwrap_err();
    assert!(matches!(error, StorageError::RunNotFound(_)));
}

#[rstest]
#[tokio::test]
async fn concurrent_tags_and_events_lose_nothing(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    storage.runs().add_run(&run("r1", RunStatus::Queued, &[]), UnixTime(T)).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..8 {
        let runs = storage.runs().clone();
        tasks.spawn(async move {
            let tags = map(&[(&format!("k{number}"), "v")]);
            runs.add_tags("r1", &tags, UnixTime(T)).await
        });
    }
    let runs = storage.runs().clone();
    tasks.spawn(async move {
        let event = DagsterEvent::new(DagsterEventType::RunStart, "job");
        runs.handle_run_event("r1", &event, UnixTime(T)).await
    });
    while let Some(done) = tasks.join_next().await {
        done.unwrap().unwrap();
    }
    let stored = storage.runs().get_run("r1").await.unwrap().unwrap();
    assert_eq!((stored.tags.len(), stored.status), (8, RunStatus::Started));
}

fn backfill(id: &str, tags: &[(&str, &str)]) -> PartitionBackfill {
    let text = format!(
        r#"{{"__class__": "PartitionBackfill", "backfill_id": "{id}", "status": {{"__enum__": "BulkActionStatus.REQUESTED"}}, "from_failure": false, "tags": {{}}, "backfill_timestamp": {T}, "failure_count": 0}}"#
    );
    let mut backfill: PartitionBackfill = rondel_model::serdes::from_text(&text).unwrap();
    backfill.tags = map(tags);
    backfill
}

#[rstest]
#[tokio::test]
async fn backfills_are_filtered_paged_and_updated(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let backfills = storage.backfills();
    assert_eq!(backfills.newest().await.unwrap(), None);
    for (id, team) in [("b1", "x"), ("b2", "y"), ("b3", "x")] {
        backfills.add_backfill(&backfill(id, &[("team", team)])).await.unwrap();
    }
    let newest = backfills.newest().await.unwrap();
    backfills.add_backfill(&backfill("b4", &[])).await.unwrap();
    assert!(backfills.newest().await.unwrap() > newest);
    let error = backfills.add_backfill(&backfill("b1", &[])).await.unwrap_err();
    assert!(matches!(error, StorageError::AlreadyPresent { .. }), "{error}");
    let mut done = backfill("b2", &[("team", "y")]);
    done.status = BulkActionStatus::CompletedSuccess;
    backfills.update_backfill(&done).await.unwrap();
    let error = backfills.update_backfill(&backfill("b9", &[])).await.unwrap_err();
    assert!(matches!(error, StorageError::NotPresent { .. }), "{error}");

    let ids = async |filter: &BackfillsFilter, cursor: Option<&str>, limit| {
        let found = backfills.get_backfills(filter, cursor, limit).await.unwrap();
        found.into_iter().map(|backfill| backfill.backfill_id).collect::<Vec<_>>()
    };
    let all = BackfillsFilter::default();
    assert_eq!(ids(&all, None, None).await, ["b4", "b3", "b2", "b1"]);
    assert_eq!(ids(&all, Some("b3"), Some(1)).await, ["b2"]);
    let team = BackfillsFilter {
        tags: [("team".to_owned(), TagValues::from("x"))].into_iter().collect(),
        ..Default::default()
    };
    assert_eq!(ids(&team, None, None).await, ["b3", "b1"]);
    let finished = BackfillsFilter {
        statuses: vec![BulkActionStatus::CompletedSuccess],
        created_after: Some(UnixTime(T - 1.0)),
        ..Default::default()
    };
    assert_eq!(ids(&finished, None, None).await, ["b2"]);
    assert_eq!(backfills.count(&finished).await.unwrap(), 1);
}

#[rstest]
#[tokio::test]
async fn cursors_and_dynamic_partitions_are_upserted(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    storage.kvs().set_cursor_values([("a", "1"), ("b", "2")]).await.unwrap();
    storage.kvs().set_cursor_values([("b", "3"), ("c", "4")]).await.unwrap();
    let values = storage.kvs().get_cursor_values(&["a", "b", "x"]).await.unwrap();
    assert_eq!((values.len(), values["b"].as_str()), (2, "3"));

    let partitions = storage.dynamic_partitions();
    let keys: Vec<String> = (0..5).map(|n| format!("k{n}")).collect();
    partitions.add("d", &keys[..3]).await.unwrap();
    partitions.add("d", &keys).await.unwrap();
    partitions.delete("d", &keys[1..2]).await.unwrap();
    assert_eq!(partitions.get("d").await.unwrap(), ["k0", "k2", "k3", "k4"]);
    assert!(partitions.has("d", "k0").await.unwrap());
    assert!(!partitions.has("d", "k1").await.unwrap());
    assert_eq!(partitions.existing("d", &keys[..3]).await.unwrap().len(), 2);
    let first = partitions.get_page("d", 3, Order::Ascending, None).await.unwrap();
    assert!(first.has_more);
    let rest = partitions.get_page("d", 3, Order::Ascending, Some(&first.cursor)).await.unwrap();
    assert_eq!((rest.results, rest.has_more), (vec!["k4".to_owned()], false));
}
