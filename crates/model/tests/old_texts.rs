//! Texts stored by earlier Dagster versions, or by later ones, are read without loss of meaning.

use rondel_model::automation::{AutoMaterializePolicy, AutoMaterializeRule, AutomationCondition};
use rondel_model::event::{DagsterEvent, DagsterEventType, EventLogEntry, EventSpecificData};
use rondel_model::grpc::ConfigurableClassData;
use rondel_model::heartbeat::DaemonHeartbeat;
use rondel_model::instigation::{InstigatorState, InstigatorStatus, TickData, TickStatus};
use rondel_model::run::{DagsterRun, RunStatus};
use rondel_model::serdes::{Raw, from_text, to_text};
use rstest::rstest;

#[test]
fn a_run_of_an_early_version_is_read() {
    let run: DagsterRun = from_text(
        r#"{"__class__": "PipelineRun", "environment_dict": {"a": 1}, "mode": "default",
            "pipeline_name": "p", "previous_run_id": "prev", "reexecution_config": null,
            "run_id": "r", "status": {"__enum__": "PipelineRunStatus.SUCCESS"}, "tags": null}"#,
    )
    .unwrap();
    assert_eq!(run.run_config.get("a").unwrap().as_i64(), Some(1));
    assert_eq!(run.root_run_id.as_deref(), Some("prev"));
    assert_eq!(run.parent_run_id.as_deref(), Some("prev"));
    assert_eq!(run.status, RunStatus::Success);
    assert!(run.tags.is_empty());
}

#[rstest]
#[case("PIPELINE_PROCESS_STARTED", "null", DagsterEventType::EngineEvent)]
#[case("STEP_MATERIALIZATION", "null", DagsterEventType::AssetMaterialization)]
#[case(
    "PIPELINE_INIT_FAILURE",
    r#"{"__class__": "PipelineInitFailureData", "error": {"__class__": "SerializableErrorInfo", "message": "m", "stack": [], "cls_name": null}}"#,
    DagsterEventType::RunFailure
)]
#[case(
    "ASSET_STORE_OPERATION",
    r#"{"__class__": "AssetStoreOperationData", "op": {"__enum__": "AssetStoreOperationType.GET_ASSET"}, "output_name": "o", "asset_store_key": "k"}"#,
    DagsterEventType::LoadedInput
)]
#[case(
    "ASSET_STORE_OPERATION",
    r#"{"__class__": "AssetStoreOperationData", "op": "SET_ASSET", "output_name": "o", "asset_store_key": "k"}"#,
    DagsterEventType::HandledOutput
)]
fn events_of_early_versions_have_their_present_type(
    #[case] old_type: &str,
    #[case] data: &str,
    #[case] event_type: DagsterEventType,
) {
    let event: DagsterEvent = from_text(&format!(
        r#"{{"__class__": "DagsterEvent", "event_type_value": "{old_type}", "pipeline_name": "p",
             "event_specific_data": {data}}}"#
    ))
    .unwrap();
    assert_eq!(event.event_type(), Some(event_type));
    assert!(!matches!(event.event_specific_data, Some(EventSpecificData::Unknown(_))));
}

#[test]
fn an_event_of_a_newer_version_keeps_its_text() {
    let text = r#"{"__class__": "EventLogEntry", "dagster_event": {"__class__": "DagsterEvent", "event_specific_data": {"__class__": "FutureData", "x": 1}, "event_type_value": "FUTURE_EVENT", "logging_tags": {}, "message": "m", "new_field": [1], "pid": 1, "pipeline_name": "p", "solid_handle": null, "step_handle": null, "step_key": null, "step_kind_value": null}, "error_info": null, "level": 20, "message": "", "pipeline_name": "p", "run_id": "r", "step_key": null, "timestamp": 1.5, "user_message": ""}"#;
    let entry: EventLogEntry = from_text(text).unwrap();
    assert_eq!(entry.event_type(), None);
    assert_eq!(to_text(&entry), text);
}

#[test]
fn states_and_ticks_of_early_versions_are_read() {
    let state: InstigatorState = from_text(
        r#"{"__class__": "JobState", "job_specific_data": {"__class__": "SensorJobData", "last_run_key": "k", "last_tick_timestamp": 1.0},
            "job_type": {"__enum__": "JobType.SENSOR"},
            "origin": {"__class__": "ExternalJobOrigin", "external_repository_origin": {"__class__": "ExternalRepositoryOrigin", "repository_location_origin": {"__class__": "RegisteredRepositoryLocationOrigin", "location_name": "l"}, "repository_name": "r"}, "job_name": "s"},
            "status": {"__enum__": "JobStatus.AUTOMATICALLY_RUNNING"}}"#,
    )
    .unwrap();
    assert_eq!(state.status, InstigatorStatus::DeclaredInCode);
    assert_eq!(state.sensor_data().unwrap().last_run_key.as_deref(), Some("k"));
    let tick: TickData = from_text(
        r#"{"__class__": "JobTickData", "job_name": "s", "job_origin_id": "o", "job_type": {"__enum__": "JobType.SCHEDULE"},
            "status": {"__enum__": "JobTickStatus.SKIPPED"}, "timestamp": 1.0, "run_ids": null}"#,
    )
    .unwrap();
    assert_eq!(tick.status, TickStatus::Skipped);
    assert!(tick.run_ids.is_empty());
}

#[test]
fn a_policy_of_an_early_version_becomes_rules() {
    let policy: AutoMaterializePolicy = from_text(
        r#"{"__class__": "AutoMaterializePolicy", "for_freshness": true, "on_missing": true,
            "on_new_parent_data": false, "time_window_partition_scope_minutes": 1e-06}"#,
    )
    .unwrap();
    assert_eq!(policy.rules.len(), 6);
    assert!(
        policy
            .rules
            .iter()
            .any(|rule| matches!(rule, AutoMaterializeRule::MaterializeOnMissing(_)))
    );
}

#[test]
fn a_heartbeat_of_an_early_version_has_one_error() {
    let heartbeat: DaemonHeartbeat = from_text(
        r#"{"__class__": "DaemonHeartbeat", "daemon_id": "d", "daemon_type": "SENSOR", "timestamp": 1.0,
            "error": {"__class__": "SerializableErrorInfo", "cls_name": null, "message": "m", "stack": []}}"#,
    )
    .unwrap();
    assert_eq!(heartbeat.errors.unwrap()[0].message, "m");
}

#[test]
fn modules_of_instance_classes_are_written_under_their_public_name() {
    let data = ConfigurableClassData::new("dagster._core.storage.x", "X", "{}\n");
    assert_eq!(data.module_name, "dagster.core.storage.x");
    assert_eq!(data.private_module_name(), "dagster._core.storage.x");
    assert_eq!(
        ConfigurableClassData::new("dagster_k8s", "X", "").private_module_name(),
        "dagster_k8s"
    );
}

#[test]
fn a_condition_nested_to_the_limit_fits_the_stack_of_a_worker_thread() {
    let depth = 127;
    let leaf = r#"{"__class__": "MissingAutomationCondition", "label": null}"#;
    let text = format!(
        "{}{leaf}{}",
        r#"{"__class__": "AndAssetCondition", "label": null, "operands": ["#.repeat(depth),
        "]}".repeat(depth)
    );
    let condition: Raw<AutomationCondition> = Raw::parse(text.as_str()).unwrap();
    assert_eq!(to_text(condition.value().as_ref()), text);
    assert!(!format!("{:?}", condition.value()).contains("Unknown("));
}
