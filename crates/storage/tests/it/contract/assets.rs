//! Assets, partitions and checks, with wipes.

use rondel_model::event::{AssetRecordsFilter, DagsterEventType};
use rondel_model::ids::{AssetCheckKey, UnixTime};
use rondel_model::partition::AssetStatusCacheValue;
use rondel_model::serdes::Map;
use rondel_storage::{
    AssetCheckExecutionStatus, AssetEventsQuery, Order, PartitionEvents, PartitionFilter,
};

use super::open;
use crate::backend::Backend;
use crate::sample::{check_evaluation, check_planned, key, materialization, observation, planned};

const ALL: [Backend; 3] = [Backend::Sqlite, Backend::Consolidated, Backend::Postgres];

#[tokio::test]
async fn an_assets_row_follows_its_events_until_a_wipe() {
    for backend in ALL {
        let storage = open(backend).await;
        let (log, assets) = (storage.events(), storage.assets());
        log.store_event(&planned("r1", 10.0, "a/b", None)).await.unwrap();
        let record = &assets.get_asset_records(None).await.unwrap()[0];
        assert_eq!(record.last_run_id.as_deref(), Some("r1"), "{backend:?}");
        assert!(record.last_materialization.is_none());
        log.store_event(&materialization("r2", 11.0, "a/b", None, &[])).await.unwrap();
        log.store_event(&observation("r3", 12.0, "a/b")).await.unwrap();
        let status = AssetStatusCacheValue { latest_storage_id: 5, ..Default::default() };
        assets.update_cached_statuses(&[(key("a/b"), status.clone())]).await.unwrap();
        let record = assets.get_asset_records(None).await.unwrap().remove(0);
        assert_eq!(record.last_run_id.as_deref(), Some("r2"), "{backend:?}");
        assert_eq!(record.last_materialization.unwrap().entry.timestamp, 11.0);
        assert_eq!(record.cached_status, Some(status));

        assets.wipe_assets(&[key("a/b")], UnixTime(20.0)).await.unwrap();
        assert!(!assets.has_asset_key(&key("a/b")).await.unwrap(), "{backend:?}");
        assert!(assets.all_asset_keys().await.unwrap().is_empty());
        log.store_event(&planned("r4", 21.0, "a/b", None)).await.unwrap();
        let record = assets.get_asset_records(Some(&[key("a/b")])).await.unwrap().remove(0);
        assert_eq!(record.last_wipe_timestamp, Some(20.0), "{backend:?}");
        assert!(record.last_materialization.is_none() && record.cached_status.is_none());
        let filter = AssetRecordsFilter { asset_key: key("a/b"), ..Default::default() };
        let kind = DagsterEventType::AssetMaterialization;
        let page =
            log.fetch_asset_records(kind, &filter, 5, None, Order::Descending).await.unwrap();
        assert!(page.results.is_empty(), "{backend:?}");
    }
}

#[tokio::test]
async fn asset_keys_are_found_by_prefix_and_page() {
    for backend in ALL {
        let storage = open(backend).await;
        let names = ["a/b", "a/c", "a_/d", "ab", "z%"];
        let events: Vec<_> =
            names.iter().map(|name| materialization("r", 1.0, name, None, &[])).collect();
        storage.events().store_events(&events).await.unwrap();
        let assets = storage.assets();
        let found = assets.get_asset_keys(&["a".into()], None, None).await.unwrap();
        assert_eq!(found, [key("a/b"), key("a/c")], "{backend:?}");
        let found = assets.get_asset_keys(&["z%".into()], None, None).await.unwrap();
        assert_eq!(found, [key("z%")], "{backend:?}");
        let page = assets.get_asset_keys(&[], Some(2), None).await.unwrap();
        let cursor = page.last().unwrap().to_db_string();
        let rest = assets.get_asset_keys(&[], None, Some(&cursor)).await.unwrap();
        assert_eq!(page.len() + rest.len(), 5, "{backend:?}");
        let known = [key("ab"), key("nothing")];
        assert_eq!(assets.existing(&known).await.unwrap(), [key("ab")]);
    }
}

#[tokio::test]
async fn partitions_tell_what_is_done_and_what_is_not() {
    for backend in ALL {
        let storage = open(backend).await;
        let (log, assets) = (storage.events(), storage.assets());
        let tags = [("dagster/data_version", "v1"), ("unindexed", "x")];
        log.store_events(&[
            planned("r1", 1.0, "a", Some("p1")),
            planned("r1", 1.0, "a", Some("p2")),
            materialization("r1", 2.0, "a", Some("p1"), &tags),
            materialization("r1", 3.0, "b", Some("p9"), &[]),
        ])
        .await
        .unwrap();
        let all = PartitionEvents::default();
        let keys = [key("a"), key("b"), key("c")];
        let done = assets.get_materialized_partitions(&keys, &all).await.unwrap();
        assert_eq!(done[&key("a")], ["p1".to_owned()].into(), "{backend:?}");
        assert!(done[&key("c")].is_empty());
        let counts = assets.count_materializations_by_partition(&keys, &all).await.unwrap();
        assert_eq!(counts[&key("b")]["p9"], 1);
        let wanted = [(key("a"), 0), (key("b"), 0)];
        let unfinished = assets.unfinished_partitions(&wanted).await.unwrap();
        assert_eq!(unfinished.len(), 1, "{backend:?}");
        let (run, plan) = &unfinished[&key("a")]["p2"];
        assert_eq!((run.as_str(), unfinished[&key("a")].len()), ("r1", 1));
        assert!(assets.unfinished_partitions(&[(key("a"), *plan)]).await.unwrap().is_empty());
        let done = assets.materialized_partitions_after(&wanted).await.unwrap();
        assert_eq!(done[&key("a")], ["p1".to_owned()].into(), "{backend:?}");
        let later = [(key("a"), *plan), (key("b"), 99)];
        let done = assets.materialized_partitions_after(&later).await.unwrap();
        assert_eq!(done.len(), 1, "{backend:?}");
        let kind = DagsterEventType::AssetMaterialization;
        let latest = assets.latest_storage_id_by_partition(&key("a"), kind, &all).await.unwrap();
        let tag_keys = ["dagster/data_version".to_owned()];
        let versions =
            assets.latest_tags_by_partition(&key("a"), kind, &tag_keys, &all).await.unwrap();
        assert_eq!(versions["p1"]["dagster/data_version"], "v1", "{backend:?}");
        let event_tags = assets.get_event_tags(&key("a"), &Map::default(), None).await.unwrap();
        assert_eq!(event_tags.values().next().unwrap().len(), 1);
        for (version, found) in [("v1", 1), ("other", 0)] {
            let filter = Map::from([("dagster/data_version".to_owned(), version.into())]);
            let tagged = assets.get_event_tags(&key("a"), &filter, None).await.unwrap();
            assert_eq!(tagged.len(), found, "{backend:?} {version}");
        }

        let newer = [("dagster/data_version", "v2")];
        log.store_event(&materialization("r2", 4.0, "a", Some("p1"), &newer)).await.unwrap();
        let changed = assets
            .partitions_with_new_data_version(&key("a"), &["p1".to_owned()], latest["p1"])
            .await
            .unwrap();
        assert_eq!(changed, ["p1".to_owned()].into(), "{backend:?}");
        let plans = assets.latest_planned_materializations(&keys, Some("p1")).await.unwrap();
        assert_eq!(plans[&key("a")].run_id, "r1");
        let query = AssetEventsQuery {
            event_type: kind,
            asset_key: Some(key("a")),
            run_id: None,
            storage_ids: None,
            after_storage_id: Some(latest["p1"]),
            before_storage_id: None,
            limit: Some(5),
            order: Order::Ascending,
        };
        let summaries = assets.get_event_summaries(&query).await.unwrap();
        assert_eq!((summaries.len(), summaries[0].timestamp), (1, 4.0), "{backend:?}");
    }
}

#[tokio::test]
async fn a_check_goes_from_planned_to_evaluated_in_one_row() {
    for backend in ALL {
        let storage = open(backend).await;
        let (log, assets) = (storage.events(), storage.assets());
        let check = AssetCheckKey::new(key("a"), "c");
        let other = AssetCheckKey::new(key("a"), "unplanned");
        log.store_events(&[
            check_planned("r1", 1.0, "a", "c"),
            check_evaluation("r1", 2.0, "a", "c", true),
            check_evaluation("r1", 3.0, "a", "unplanned", false),
        ])
        .await
        .unwrap();
        log.store_event(&check_planned("r2", 4.0, "a", "c")).await.unwrap();
        let any = PartitionFilter::Any;
        let history = assets.check_execution_history(&check, 5, None, &[], &any).await.unwrap();
        let statuses: Vec<_> = history.iter().map(|record| record.status).collect();
        assert_eq!(
            statuses,
            [AssetCheckExecutionStatus::Planned, AssetCheckExecutionStatus::Succeeded],
            "{backend:?}"
        );
        let absent = AssetCheckKey::new(key("b"), "c");
        let keys = [check.clone(), other.clone(), absent.clone()];
        let summaries = assets.check_summaries(&keys).await.unwrap();
        assert_eq!(summaries[&check].last.as_ref().unwrap().run_id, "r2");
        assert_eq!(summaries[&check].last_completed.as_ref().unwrap().run_id, "r1");
        assert_eq!(
            summaries[&other].last.as_ref().unwrap().status,
            AssetCheckExecutionStatus::Failed
        );
        assert!(summaries[&absent].last.is_none());
        let unpartitioned = PartitionFilter::Unpartitioned;
        let latest = assets.latest_check_executions(&keys, &[], &unpartitioned).await.unwrap();
        assert_eq!(latest.len(), 2, "{backend:?}");
        let infos = assets.check_partition_info(&keys, None, None).await.unwrap();
        assert_eq!(infos.len(), 2, "{backend:?}");
        assert!(infos.iter().all(rondel_storage::AssetCheckPartitionInfo::is_current));
    }
}
