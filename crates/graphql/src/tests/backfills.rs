use rondel_model::{backfill::PartitionBackfill, serdes::from_text};
use serde_json::json;

use super::Deployment;

#[tokio::test]
async fn a_former_backfill_whose_assets_are_gone_tells_that_it_cannot_be_read() {
    let deployment = Deployment::new().await;
    let empty = json!({
        "partitions_subsets_by_asset_key": {},
        "serializable_partitions_def_ids_by_asset_key": {},
        "partitions_def_class_names_by_asset_key": {},
        "non_partitioned_asset_keys": [],
    });
    let mut target = empty.clone();
    target["partitions_subsets_by_asset_key"] = json!({"gone": "[]"});
    for (id, target) in [("gone", target), ("empty", empty.clone())] {
        let data = json!({
            "serialized_target_subset": target,
            "latest_storage_id": null,
            "requested_runs_for_target_roots": false,
            "serialized_requested_subset": empty,
            "serialized_materialized_subset": empty,
            "serialized_failed_subset": empty,
        });
        let backfill = json!({
            "__class__": "PartitionBackfill",
            "backfill_id": id,
            "status": {"__enum__": "BulkActionStatus.COMPLETED"},
            "from_failure": false,
            "tags": {},
            "backfill_timestamp": 1.0,
            "serialized_asset_backfill_data": data.to_string(),
        });
        let backfill: PartitionBackfill = from_text(&backfill.to_string()).unwrap();
        deployment.instance.storage().backfills().add_backfill(&backfill).await.unwrap();
    }
    let query = "query A($id: String!) { partitionBackfillOrError(backfillId: $id) {
        ... on PartitionBackfill { isValidSerialization numPartitions } } }";
    let of = async |id: &str| {
        let answer = deployment.query(query, json!({"id": id})).await;
        answer["partitionBackfillOrError"].clone()
    };
    assert_eq!(of("gone").await, json!({"isValidSerialization": false, "numPartitions": null}));
    assert_eq!(of("empty").await, json!({"isValidSerialization": true, "numPartitions": 0}));
}
