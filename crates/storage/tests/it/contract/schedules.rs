//! Instigator states, ticks, evaluations, leases.

use std::time::Duration;

use rondel_model::heartbeat::DaemonHeartbeat;
use rondel_model::ids::UnixTime;
use rondel_model::instigation::{
    InstigatorState, InstigatorStatus, InstigatorTick, InstigatorType, TickData, TickStatus,
};
use rondel_model::serdes::from_text;
use rondel_storage::{AssetEvaluation, StorageError, TicksQuery};
use rstest::rstest;

use super::open;
use crate::backend::Backend;

fn state(name: &str) -> InstigatorState {
    let text = format!(
        r#"{{"__class__": "InstigatorState", "job_specific_data": null, "job_type": {{"__enum__": "InstigatorType.SENSOR"}}, "origin": {{"__class__": "ExternalJobOrigin", "external_repository_origin": {{"__class__": "ExternalRepositoryOrigin", "repository_location_origin": {{"__class__": "RegisteredRepositoryLocationOrigin", "location_name": "loc"}}, "repository_name": "repo"}}, "job_name": "{name}"}}, "status": {{"__enum__": "InstigatorStatus.RUNNING"}}}}"#
    );
    from_text(&text).unwrap()
}

fn tick(state: &InstigatorState, at: f64, status: TickStatus) -> TickData {
    let text = format!(
        r#"{{"__class__": "TickData", "job_origin_id": "{}", "job_name": "{}", "job_type": {{"__enum__": "InstigatorType.SENSOR"}}, "status": {{"__enum__": "TickStatus.{}"}}, "timestamp": {at}, "selector_id": "{}", "run_ids": [], "run_keys": [], "error": null, "skip_reason": null, "cursor": null, "origin_run_ids": [], "failure_count": 0, "log_key": null, "consecutive_failure_count": 0}}"#,
        state.origin_id(),
        state.name(),
        status.as_str(),
        state.selector_id(),
    );
    from_text(&text).unwrap()
}

#[rstest]
#[tokio::test]
async fn states_are_added_once_changed_and_deleted(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let schedules = storage.schedules();
    let (one, mut two) = (state("one"), state("two"));
    let now = UnixTime(1.0);
    let error = schedules.update_state(&one, now).await.unwrap_err();
    assert!(matches!(error, StorageError::NotPresent { .. }), "{error}");
    schedules.add_state(&one, now).await.unwrap();
    schedules.add_state(&two, now).await.unwrap();
    let error = schedules.add_state(&one, now).await.unwrap_err();
    assert!(matches!(error, StorageError::AlreadyPresent { .. }), "{error}");
    two.status = InstigatorStatus::Stopped;
    schedules.update_state(&two, now).await.unwrap();
    let running = [InstigatorStatus::Running];
    let kind = Some(InstigatorType::Sensor);
    let repository = one.repository_selector_id();
    let found = schedules.all_states(Some(&repository), kind, &running).await.unwrap();
    assert_eq!(found, std::slice::from_ref(&one));
    assert_eq!(schedules.get_state(&two.selector_id()).await.unwrap(), Some(two.clone()));
    schedules.delete_state(&two.origin_id(), &two.selector_id()).await.unwrap();
    // `jobs.selector_id` is only filled by an update, as with Dagster.
    assert_eq!(schedules.all_states(None, None, &[]).await.unwrap(), [one]);
}

#[rstest]
#[tokio::test]
async fn ticks_are_listed_updated_and_purged(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let schedules = storage.schedules();
    let (one, two) = (state("one"), state("two"));
    let ticks: Vec<_> = (0..4)
        .flat_map(|n| {
            let at = 100.0 + f64::from(n);
            [tick(&one, at, TickStatus::Skipped), tick(&two, at, TickStatus::Success)]
        })
        .collect();
    let ids = schedules.create_ticks(&ticks).await.unwrap();
    let mut failed = ticks[0].clone();
    failed.status = TickStatus::Failure;
    let changed = InstigatorTick { tick_id: ids[0], tick_data: failed, extra: Default::default() };
    schedules.update_tick(&changed).await.unwrap();
    assert_eq!(schedules.get_tick(ids[0]).await.unwrap(), changed);
    let absent = schedules.get_tick(9_999).await.unwrap_err();
    assert!(matches!(absent, StorageError::NotPresent { .. }), "{absent}");

    let (origin, selector) = (one.origin_id(), one.selector_id());
    let query = TicksQuery { limit: Some(2), before: Some(103.0), ..Default::default() };
    let found = schedules.get_ticks(&origin, &selector, &query).await.unwrap();
    let times: Vec<f64> = found.iter().map(|tick| tick.tick_data.timestamp).collect();
    assert_eq!(times, [102.0, 101.0]);
    let failures = TicksQuery { statuses: vec![TickStatus::Failure], ..Default::default() };
    let summaries = schedules.get_tick_summaries(&origin, &selector, &failures).await.unwrap();
    assert_eq!((summaries.len(), summaries[0].timestamp), (1, 100.0));

    let selectors = [one.selector_id(), two.selector_id()];
    let batch = schedules.get_batch_ticks(&selectors, 1, &[]).await.unwrap();
    assert_eq!(batch[&selector][0].tick_data.timestamp, 103.0);
    assert_eq!(batch.len(), 2);
    let skipped = [TickStatus::Skipped];
    let purged = schedules.purge_ticks(&origin, &selector, 102.5, &skipped).await.unwrap();
    assert_eq!(purged, 2);
    let left = schedules.get_ticks(&origin, &selector, &TicksQuery::default()).await.unwrap();
    assert_eq!(left.len(), 2);
}

fn evaluation(key: &str, body: &str) -> AssetEvaluation {
    AssetEvaluation { key: key.into(), body: body.into(), num_requested: 1 }
}

#[rstest]
#[tokio::test]
async fn evaluations_are_replaced_within_a_tick(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let schedules = storage.schedules();
    schedules
        .add_asset_evaluations(1, vec![evaluation("a", "old"), evaluation("b", "b1")])
        .await
        .unwrap();
    schedules.add_asset_evaluations(1, vec![evaluation("a", "new")]).await.unwrap();
    // So large that PostgreSQL is asked to compress it in another way.
    let large = "{\"a\": 2} ".repeat(50_000);
    schedules.add_asset_evaluations(2, vec![evaluation("a", &large)]).await.unwrap();
    assert_eq!(schedules.get_evaluations_of_tick(2).await.unwrap()[0].body, large);
    let history = schedules.get_asset_evaluations("a", 5, None).await.unwrap();
    let bodies: Vec<_> = history.iter().map(|record| record.body.as_str()).collect();
    assert_eq!(bodies, [large.as_str(), "new"]);
    assert_eq!(schedules.get_asset_evaluations("a", 5, Some(2)).await.unwrap().len(), 1);
    assert_eq!(schedules.get_evaluations_of_tick(1).await.unwrap().len(), 2);
    assert_eq!(schedules.get_evaluated_keys(1).await.unwrap(), ["a", "b"]);
    let some = schedules.get_evaluations_of_keys(1, &["b".into(), "c".into()]).await.unwrap();
    assert_eq!(some.iter().map(|it| it.body.as_str()).collect::<Vec<_>>(), ["b1"]);
    assert_eq!(schedules.purge_asset_evaluations(4e9).await.unwrap(), 3);
}

#[rstest]
#[tokio::test]
async fn the_ends_of_evaluations_are_replaced_where_they_are_as_expected(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let schedules = storage.schedules();
    let old = r#""run_ids": {"__set__": []}}"#;
    let body = |name: &str, end: &str| format!(r#"{{"über": "{name}", {end}"#);
    let rows = vec![
        evaluation("a", &body("a", old)),
        evaluation("b", &body("b", old)),
        evaluation("c", &body("c", r#""run_ids": {"x_set__": []}}"#)),
    ];
    schedules.add_asset_evaluations(1, rows.clone()).await.unwrap();
    schedules.add_asset_evaluations(2, rows.clone()).await.unwrap();
    let ends = ["a", "c", "nobody's"].map(|key| (key.to_owned(), format!("\"{key}'s\"}}")));
    assert_eq!(schedules.replace_evaluation_ends(1, old, &ends).await.unwrap(), 1);
    let bodies = |records: Vec<rondel_storage::AssetEvaluationRecord>| {
        records.into_iter().map(|record| record.body).collect::<Vec<_>>()
    };
    let before: Vec<String> = rows.iter().map(|row| row.body.clone()).collect();
    let mut after = before.clone();
    after[0] = body("a", "\"a's\"}");
    assert_eq!(bodies(schedules.get_evaluations_of_tick(1).await.unwrap()), after);
    assert_eq!(bodies(schedules.get_evaluations_of_tick(2).await.unwrap()), before);
}

#[rstest]
#[tokio::test]
async fn a_lease_changes_hands_with_a_new_epoch_only_after_it_ran_out(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let leases = storage.leases();
    let long = Duration::from_secs(60);
    let first = leases.acquire("daemon", "one", long).await.unwrap().unwrap();
    assert!(leases.acquire("daemon", "two", long).await.unwrap().is_none());
    assert_eq!(leases.acquire("daemon", "one", long).await.unwrap().unwrap().epoch, first.epoch);
    assert!(leases.renew(&first, Duration::from_millis(20)).await.unwrap());
    tokio::time::sleep(Duration::from_millis(60)).await;
    let second = leases.acquire("daemon", "two", long).await.unwrap().unwrap();
    assert_eq!(second.epoch, first.epoch + 1);
    assert!(!leases.renew(&first, long).await.unwrap());
    leases.release(&first).await.unwrap();
    assert!(leases.acquire("daemon", "one", long).await.unwrap().is_none());
    leases.release(&second).await.unwrap();
    assert!(leases.acquire("daemon", "one", long).await.unwrap().is_some());
}

#[rstest]
#[tokio::test]
async fn a_lease_given_before_the_clock_was_set_back_holds_nobody_up(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let leases = storage.leases();
    let ttl = Duration::from_secs(2);
    // as it looks when the clock was an hour ahead
    let ahead = Duration::from_secs(3600) + ttl;
    let first = leases.acquire("daemon", "one", ahead).await.unwrap().unwrap();
    let second = leases.acquire("daemon", "two", ttl).await.unwrap().unwrap();
    assert_eq!(second.epoch, first.epoch + 1);
    assert!(!leases.renew(&first, ttl).await.unwrap());
    assert!(leases.acquire("daemon", "one", ttl).await.unwrap().is_none());
}

#[rstest]
#[tokio::test]
async fn a_fenced_storage_changes_nothing_after_a_takeover(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let storage = open(backend).await;
    let leases = storage.leases();
    let heartbeat = |id: &str| DaemonHeartbeat {
        daemon_type: "SENSOR".to_owned(),
        daemon_id: Some(id.to_owned()),
        ..DaemonHeartbeat::default()
    };
    let first = leases.acquire("daemon", "one", Duration::from_millis(20)).await.unwrap().unwrap();
    storage.fence(first);
    // a lease that ran out is good as long as nobody took it
    tokio::time::sleep(Duration::from_millis(60)).await;
    storage.heartbeats().add(&[heartbeat("one")]).await.unwrap();
    storage.kvs().set_cursor_values([("key".to_owned(), "one".to_owned())]).await.unwrap();

    let second = leases.acquire("daemon", "two", Duration::from_secs(60)).await.unwrap().unwrap();
    let refused = storage.heartbeats().add(&[heartbeat("late")]).await.unwrap_err();
    assert!(matches!(refused, StorageError::Fenced { epoch: 1, .. }), "{refused}");
    let cursor = [("key".to_owned(), "late".to_owned())];
    assert!(storage.kvs().set_cursor_values(cursor).await.is_err());
    let stored = storage.heartbeats().get().await.unwrap();
    assert_eq!(stored["SENSOR"].daemon_id.as_deref(), Some("one"));

    // under the new lease the same process may write again
    storage.fence(second);
    storage.heartbeats().add(&[heartbeat("two")]).await.unwrap();
}

#[tokio::test]
async fn a_holder_that_stops_within_a_transaction_does_not_hold_up_its_successor() {
    let place = crate::backend::Place::ready(Backend::Postgres).await;
    let storage = place.open().await;
    let leases = storage.leases();
    let ttl = Duration::from_millis(20);
    leases.acquire("daemon", "one", ttl).await.unwrap().unwrap();
    let mut stopped = place.postgres().await;
    for statement in [
        "BEGIN",
        "SET LOCAL idle_in_transaction_session_timeout = 1500",
        "SELECT epoch FROM rondel.leases WHERE name = 'daemon' AND holder = 'one' FOR KEY SHARE",
    ] {
        sqlx::query(statement).execute(&mut stopped).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(60)).await;
    let began = std::time::Instant::now();
    let second = leases.acquire("daemon", "two", Duration::from_secs(60)).await.unwrap();
    assert!(second.is_some());
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    sqlx::query("COMMIT").execute(&mut stopped).await.unwrap_err();
}
