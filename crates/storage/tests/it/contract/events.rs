//! Storing, reading and following events.

use std::time::Duration;

use rondel_model::event::{DagsterEventType, EngineEventData};
use rondel_model::run::StepEventStatus;
use rondel_storage::{EventLogCursor, EventRecordsFilter, Order, RunEventsQuery, StorageError};
use rstest::rstest;

use super::open;
use crate::backend::Backend;
use crate::sample::{entry, log_entry, materialization, of_type, planned, step};
use rondel_model::event::{DagsterEvent, EventLogEntry};

const ALL: [Backend; 3] = [Backend::Sqlite, Backend::Consolidated, Backend::Postgres];

#[tokio::test]
async fn a_runs_log_is_paged_by_cursor_type_and_direction() {
    for backend in ALL {
        let storage = open(backend).await;
        let log = storage.events();
        let mut entries: Vec<_> = (0..5).map(|n| log_entry("r1", f64::from(n))).collect();
        entries.push(of_type("r1", 9.0, DagsterEventType::RunSuccess));
        entries.push(log_entry("r2", 1.0));
        log.store_events(&entries).await.unwrap();

        let mut query = RunEventsQuery { limit: Some(4), ..Default::default() };
        let first = log.get_records_for_run("r1", &query).await.unwrap();
        assert_eq!((first.results.len(), first.has_more), (4, true), "{backend:?}");
        query.cursor = Some(EventLogCursor::parse(&first.cursor).unwrap());
        let second = log.get_records_for_run("r1", &query).await.unwrap();
        assert_eq!((second.results.len(), second.has_more), (2, false), "{backend:?}");
        query.cursor = Some(EventLogCursor::parse(&second.cursor).unwrap());
        let third = log.get_records_for_run("r1", &query).await.unwrap();
        assert_eq!((third.results.len(), &third.cursor), (0, &second.cursor), "{backend:?}");

        let offset =
            RunEventsQuery { cursor: Some(EventLogCursor::Offset(5)), ..Default::default() };
        let page = log.get_records_for_run("r1", &offset).await.unwrap();
        assert_eq!(page.results[0].entry.timestamp, 9.0, "{backend:?}");
        let typed = RunEventsQuery {
            types: vec![DagsterEventType::EngineEvent],
            order: Order::Descending,
            limit: Some(1),
            ..Default::default()
        };
        let page = log.get_records_for_run("r1", &typed).await.unwrap();
        assert_eq!(page.results[0].entry.timestamp, 4.0, "{backend:?}");
        let none = log.get_records_for_run("absent", &typed).await.unwrap();
        assert!(none.results.is_empty(), "{backend:?}");
    }
}

#[tokio::test]
async fn a_run_id_cannot_lead_out_of_the_directory() {
    let storage = open(Backend::Sqlite).await;
    for run_id in ["../x", "a/b", "index", ".."] {
        let stored = storage.events().store_event(&log_entry(run_id, 1.0)).await;
        assert!(matches!(stored, Err(StorageError::Invalid(_))), "{run_id}");
    }
}

#[tokio::test]
async fn events_of_many_runs_are_found_across_runs() {
    for backend in ALL {
        let storage = open(backend).await;
        let log = storage.events();
        let now = rondel_model::ids::UnixTime(1.0);
        for number in 0..3 {
            let run_id = format!("r{number}");
            let run = crate::sample::run(&run_id, Default::default(), &[]);
            storage.runs().add_run(&run, now).await.unwrap();
            let at = f64::from(number);
            log.store_events(&[
                of_type(&run_id, at, DagsterEventType::RunStart),
                step(&run_id, at, DagsterEventType::StepFailure, "s"),
                of_type(&run_id, at, DagsterEventType::RunFailure),
            ])
            .await
            .unwrap();
        }
        let failures = EventRecordsFilter::of_type(DagsterEventType::RunFailure);
        let page =
            log.fetch_run_status_changes(&failures, 2, None, Order::Ascending).await.unwrap();
        assert!(page.has_more, "{backend:?}");
        let rest = log
            .fetch_run_status_changes(&failures, 2, Some(&page.cursor), Order::Ascending)
            .await
            .unwrap();
        assert_eq!(rest.results[0].entry.run_id.as_str(), "r2", "{backend:?}");
        let steps = EventRecordsFilter::of_type(DagsterEventType::StepFailure);
        let found = log.get_event_records(&steps, Some(2), Order::Descending).await.unwrap();
        assert_eq!(found.len(), 2, "{backend:?}");
        let wrong = log.fetch_run_status_changes(&steps, 2, None, Order::Ascending).await;
        assert!(matches!(wrong, Err(StorageError::Invalid(_))), "{backend:?}");
        let after =
            log.get_records_after(-1, &[DagsterEventType::RunStart], Some(2)).await.unwrap();
        assert_eq!(after.len(), 2, "{backend:?}");
        assert!(log.get_maximum_record_id().await.unwrap() >= Some(6), "{backend:?}");
    }
}

#[tokio::test]
async fn statistics_follow_attempts_and_markers() {
    for backend in ALL {
        let storage = open(backend).await;
        let marker = |at: f64, data: EngineEventData| {
            let event = DagsterEvent::engine_event("job", "m", data).with_step_key("s");
            entry("r1", at, event)
        };
        let begin = EngineEventData { marker_start: Some("init".into()), ..Default::default() };
        let end = EngineEventData { marker_end: Some("init".into()), ..Default::default() };
        storage
            .events()
            .store_events(&[
                of_type("r1", 1.0, DagsterEventType::RunEnqueued),
                of_type("r1", 2.0, DagsterEventType::RunStarting),
                of_type("r1", 3.0, DagsterEventType::RunStart),
                marker(3.5, begin),
                marker(3.75, end),
                step("r1", 4.0, DagsterEventType::StepStart, "s"),
                step("r1", 5.0, DagsterEventType::StepUpForRetry, "s"),
                step("r1", 6.0, DagsterEventType::StepRestarted, "s"),
                step("r1", 7.0, DagsterEventType::StepSuccess, "s"),
                materialization("r1", 6.5, "a", None, &[]),
                of_type("r1", 8.0, DagsterEventType::RunSuccess),
            ])
            .await
            .unwrap();
        let stats = storage.events().get_run_stats("r1").await.unwrap();
        assert_eq!((stats.steps_succeeded, stats.steps_failed, stats.materializations), (1, 0, 1));
        assert_eq!((stats.enqueued_time, stats.launch_time), (Some(1.0), Some(2.0)));
        assert_eq!((stats.start_time, stats.end_time), (Some(3.0), Some(8.0)));
        let keys = ["s".to_owned()];
        let steps = storage.events().get_step_stats("r1", Some(&keys)).await.unwrap();
        let of_step = &steps[0];
        assert_eq!(of_step.status, Some(StepEventStatus::Success), "{backend:?}");
        assert_eq!((of_step.attempts, of_step.attempts_list.len()), (Some(2), 2));
        assert_eq!(of_step.markers[0].end_time, Some(3.75));
    }
}

#[tokio::test]
async fn deleting_a_runs_events_leaves_those_of_others() {
    for backend in ALL {
        let storage = open(backend).await;
        let log = storage.events();
        let tags = [("dagster/data_version", "v")];
        log.store_events(&[
            materialization("r1", 1.0, "a", None, &tags),
            materialization("r2", 2.0, "a", None, &tags),
        ])
        .await
        .unwrap();
        log.delete_events("r1").await.unwrap();
        let query = RunEventsQuery::default();
        assert!(log.get_records_for_run("r1", &query).await.unwrap().results.is_empty());
        assert_eq!(log.get_records_for_run("r2", &query).await.unwrap().results.len(), 1);
        let filter = EventRecordsFilter::of_type(DagsterEventType::AssetMaterialization);
        let left = log.get_event_records(&filter, None, Order::Ascending).await.unwrap();
        assert_eq!(left.len(), 1, "{backend:?}");
    }
}

#[tokio::test]
async fn a_watch_gets_the_past_and_what_another_process_adds() {
    for backend in ALL {
        let place = crate::backend::Place::ready(backend).await;
        let (reader, writer) = (place.open().await, place.open().await);
        writer.events().store_event(&log_entry("r1", 1.0)).await.unwrap();
        let mut watch = reader.events().watch("r1", None);
        assert_eq!(watch.next().await.unwrap().len(), 1);
        let later = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(300)).await;
            writer.events().store_event(&log_entry("r2", 1.0)).await.unwrap();
            writer.events().store_event(&log_entry("r1", 2.0)).await.unwrap();
        });
        let news = tokio::time::timeout(Duration::from_secs(5), watch.next()).await;
        let news = news.expect("a hint or a poll").unwrap();
        assert_eq!(news[0].entry.timestamp, 2.0, "{backend:?}");
        later.await.unwrap();
    }
}

#[tokio::test]
async fn files_of_runs_may_be_replaced_under_open_handles() {
    let place = crate::backend::Place::ready(Backend::Sqlite).await;
    let storage = place.open().await;
    storage.events().store_event(&log_entry("r1", 1.0)).await.unwrap();
    for suffix in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(place.path().join(format!("history/runs/r1.db{suffix}")));
    }
    let query = RunEventsQuery::default();
    assert!(storage.events().get_records_for_run("r1", &query).await.unwrap().results.is_empty());
    storage.events().store_event(&log_entry("r1", 2.0)).await.unwrap();
    let page = storage.events().get_records_for_run("r1", &query).await.unwrap();
    assert_eq!(page.results[0].entry.timestamp, 2.0);
}

#[tokio::test]
async fn more_runs_than_open_files_are_served() {
    let place = crate::backend::Place::ready(Backend::Sqlite).await;
    let options = rondel_storage::OpenOptions { max_open_shards: 2, ..Default::default() };
    let storage = rondel_storage::Storage::open(&place.config(), options).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..12 {
        let log = storage.events().clone();
        tasks.spawn(async move {
            let run_id = format!("r{number}");
            log.store_event(&log_entry(&run_id, 1.0)).await.unwrap();
            log.store_event(&log_entry(&run_id, 2.0)).await.unwrap();
            log.get_records_for_run(&run_id, &RunEventsQuery::default()).await.unwrap()
        });
    }
    while let Some(page) = tasks.join_next().await {
        assert_eq!(page.unwrap().results.len(), 2);
    }
}

#[rstest]
#[tokio::test]
async fn a_thousand_planned_events_are_one_batch(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let entries: Vec<_> =
        (0..2_500).map(|n| planned("r1", f64::from(n), &format!("a{n}"), None)).collect();
    let ids = storage.events().store_events(&entries).await.unwrap();
    assert_eq!(ids.len(), 2_500);
    assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    assert_eq!(storage.assets().all_asset_keys().await.unwrap().len(), 2_500);
    let runs = ["r1".to_owned(), "r2".to_owned()];
    let planned = [DagsterEventType::AssetMaterializationPlanned];
    let keys = storage.events().get_asset_keys_of_runs(&runs, &planned).await.unwrap();
    assert_eq!(keys["r1"].len(), 2_500);
    assert!(!keys.contains_key("r2"));
}

#[rstest]
#[tokio::test]
async fn the_events_and_steps_of_many_runs_are_read_at_once(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    for (run_id, asset) in [("r1", "a"), ("r2", "b")] {
        let mut entries = vec![planned(run_id, 1.0, asset, None)];
        for (kind, at) in [(DagsterEventType::StepStart, 2.0), (DagsterEventType::StepSuccess, 3.0)]
        {
            let event = DagsterEvent::new(kind, "job").with_step_key(format!("step_{asset}"));
            entries.push(EventLogEntry::for_run(run_id, at, event));
        }
        storage.events().store_events(&entries).await.unwrap();
    }
    let runs = ["r2".to_owned(), "r1".to_owned(), "r3".to_owned(), "r1".to_owned()];
    let planned = [DagsterEventType::AssetMaterializationPlanned];
    let events = storage.events().get_events_of_runs(&runs, &planned).await.unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!((events["r1"].len(), events["r2"][0].run_id.as_str()), (1, "r2"));
    let steps = storage.events().get_step_stats_of_runs(&runs, None).await.unwrap();
    assert_eq!(steps["r1"][0].step_key, "step_a");
    assert_eq!((steps["r2"][0].start_time, steps["r2"][0].end_time), (Some(2.0), Some(3.0)));
    let one = ["step_b".to_owned()];
    let steps = storage.events().get_step_stats_of_runs(&runs, Some(&one)).await.unwrap();
    assert_eq!(steps.keys().collect::<Vec<_>>(), ["r2"]);
}
