//! Events about assets that no run produced, read back by Dagster from the same files.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use rondel_instance::RunlessAssetEvent;
use rondel_model::event::{
    AssetCheckEvaluation, AssetCheckSeverity, AssetMaterialization, AssetObservation,
};
use rondel_model::ids::AssetKey;
use rondel_model::metadata::Metadata;
use rondel_model::serdes::Extra;
use support::{Rig, run_python};

const SCRIPT: &str = r#"
import json, sys
from dagster import AssetCheckKey, AssetKey, DagsterInstance, DagsterEventType as T

with DagsterInstance.from_config(sys.argv[1]) as instance:
    kept, wiped = AssetKey("kept"), AssetKey("wiped")
    latest = instance.get_latest_materialization_events([kept, wiped])
    observations = instance.fetch_observations(kept, limit=10).records
    checks = instance.event_log_storage.get_latest_asset_check_execution_by_key(
        [AssetCheckKey(kept, "fine")]
    )
    print(json.dumps({
        "latest": [latest[kept].run_id, latest[kept].asset_materialization.partition, latest.get(wiped)],
        "observations": [record.event_log_entry.asset_observation.description for record in observations],
        "checks": [check.status.value for check in checks.values()],
        "wiped": len(instance.all_logs("", of_type=T.ASSET_WIPED)),
    }))
"#;

#[tokio::test]
async fn dagster_reads_runless_events_and_wipes() {
    let home = tempfile::tempdir().unwrap();
    let instance = Rig::open(home.path()).await;
    let (kept, wiped) = (AssetKey::new(["kept"]), AssetKey::new(["wiped"]));
    for (asset_key, partition) in [(&kept, Some("2024-01-01".to_owned())), (&wiped, None)] {
        let asset_key = asset_key.clone();
        let event = AssetMaterialization { asset_key, partition, ..Default::default() };
        let event = RunlessAssetEvent::Materialization(event);
        instance.report_runless_asset_event(event).await.unwrap();
    }
    let observation = AssetObservation {
        asset_key: kept.clone(),
        description: Some("seen".to_owned()),
        ..Default::default()
    };
    let observation = RunlessAssetEvent::Observation(observation);
    instance.report_runless_asset_event(observation).await.unwrap();
    let check = AssetCheckEvaluation {
        asset_key: kept,
        check_name: "fine".to_owned(),
        passed: true,
        metadata: Metadata::default(),
        target_materialization_data: None,
        severity: AssetCheckSeverity::Error,
        description: None,
        blocking: None,
        partition: None,
        extra: Extra::default(),
    };
    let check = RunlessAssetEvent::CheckEvaluation(check);
    instance.report_runless_asset_event(check).await.unwrap();
    instance.wipe_assets(&[wiped]).await.unwrap();
    instance.shutdown().await;

    let home = home.path().to_string_lossy().into_owned();
    let read: serde_json::Value =
        tokio::task::spawn_blocking(move || run_python(SCRIPT, &[&home], ""))
            .await
            .map(|printed| serde_json::from_str(&printed).unwrap())
            .unwrap();
    let expected = serde_json::json!({
        "latest": ["", "2024-01-01", null],
        "observations": ["seen"],
        "checks": ["SUCCEEDED"],
        "wiped": 1,
    });
    assert_eq!(read, expected);
}
