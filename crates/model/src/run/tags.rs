//! Tags Dagster gives a meaning (`dagster/_core/storage/tags.py`).

/// Kind of a tag, by its prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagKind {
    /// Given by a user.
    User,
    /// Used by Dagster and shown.
    System,
    /// Used by Dagster and not shown.
    Hidden,
}

/// The kind of a tag.
pub fn tag_kind(tag: &str) -> TagKind {
    if tag.starts_with(SYSTEM_TAG_PREFIX) {
        TagKind::System
    } else if tag.starts_with(HIDDEN_TAG_PREFIX) {
        TagKind::Hidden
    } else {
        TagKind::User
    }
}

/// The tag holding the partition of one dimension.
pub fn multidimensional_partition_tag(dimension: &str) -> String {
    format!("{MULTIDIMENSIONAL_PARTITION_PREFIX}{dimension}")
}

/// The dimension a tag made by [`multidimensional_partition_tag`] is about.
pub fn dimension_of_partition_tag(tag: &str) -> Option<&str> {
    tag.strip_prefix(MULTIDIMENSIONAL_PARTITION_PREFIX)
}

/// The prefix `dagster/`.
pub const SYSTEM_TAG_PREFIX: &str = "dagster/";
/// The prefix `.dagster/`.
pub const HIDDEN_TAG_PREFIX: &str = ".dagster/";
/// The prefix `dagster/kind/`.
pub const KIND_PREFIX: &str = "dagster/kind/";
/// The tag `.dagster/repository`.
pub const REPOSITORY_LABEL_TAG: &str = ".dagster/repository";
/// The tag `dagster/code_location`.
pub const CODE_LOCATION_TAG: &str = "dagster/code_location";
/// The tag `dagster/schedule_name`.
pub const SCHEDULE_NAME_TAG: &str = "dagster/schedule_name";
/// The tag `dagster/sensor_name`.
pub const SENSOR_NAME_TAG: &str = "dagster/sensor_name";
/// The tag `dagster/tick`.
pub const TICK_ID_TAG: &str = "dagster/tick";
/// The tag `dagster/backfill`.
pub const BACKFILL_ID_TAG: &str = "dagster/backfill";
/// The tag `dagster/partition`.
pub const PARTITION_NAME_TAG: &str = "dagster/partition";
/// The prefix `dagster/partition/`.
pub const MULTIDIMENSIONAL_PARTITION_PREFIX: &str = "dagster/partition/";
/// The tag `dagster/asset_partition_range_start`.
pub const ASSET_PARTITION_RANGE_START_TAG: &str = "dagster/asset_partition_range_start";
/// The tag `dagster/asset_partition_range_end`.
pub const ASSET_PARTITION_RANGE_END_TAG: &str = "dagster/asset_partition_range_end";
/// The tag `dagster/partition_set`.
pub const PARTITION_SET_TAG: &str = "dagster/partition_set";
/// The tag `dagster/parent_run_id`.
pub const PARENT_RUN_ID_TAG: &str = "dagster/parent_run_id";
/// The tag `dagster/parent_backfill_id`.
pub const PARENT_BACKFILL_ID_TAG: &str = "dagster/parent_backfill_id";
/// The tag `dagster/root_run_id`.
pub const ROOT_RUN_ID_TAG: &str = "dagster/root_run_id";
/// The tag `dagster/root_backfill_id`.
pub const ROOT_BACKFILL_ID_TAG: &str = "dagster/root_backfill_id";
/// The tag `dagster/is_resume_retry`.
pub const RESUME_RETRY_TAG: &str = "dagster/is_resume_retry";
/// The tag `dagster/is_asset_resume_retry`.
pub const ASSET_RESUME_RETRY_TAG: &str = "dagster/is_asset_resume_retry";
/// The tag `dagster/step_selection`.
pub const STEP_SELECTION_TAG: &str = "dagster/step_selection";
/// The tag `dagster/solid_selection`.
pub const OP_SELECTION_TAG: &str = "dagster/solid_selection";
/// The tag `.dagster/grpc_info`.
pub const GRPC_INFO_TAG: &str = ".dagster/grpc_info";
/// The tag `.dagster/scheduled_execution_time`.
pub const SCHEDULED_EXECUTION_TIME_TAG: &str = ".dagster/scheduled_execution_time";
/// The tag `dagster/run_key`.
pub const RUN_KEY_TAG: &str = "dagster/run_key";
/// The tag `dagster/priority`.
pub const PRIORITY_TAG: &str = "dagster/priority";
/// The tag `dagster/image`.
pub const DOCKER_IMAGE_TAG: &str = "dagster/image";
/// The tag `dagster/max_retries`.
pub const MAX_RETRIES_TAG: &str = "dagster/max_retries";
/// The tag `dagster/retry_number`.
pub const RETRY_NUMBER_TAG: &str = "dagster/retry_number";
/// The tag `dagster/retry_strategy`.
pub const RETRY_STRATEGY_TAG: &str = "dagster/retry_strategy";
/// The tag `dagster/retry_on_asset_or_op_failure`.
pub const RETRY_ON_ASSET_OR_OP_FAILURE_TAG: &str = "dagster/retry_on_asset_or_op_failure";
/// The tag `dagster/will_retry`.
pub const WILL_RETRY_TAG: &str = "dagster/will_retry";
/// The tag `dagster/auto_retry_run_id`.
pub const AUTO_RETRY_RUN_ID_TAG: &str = "dagster/auto_retry_run_id";
/// The tag `dagster/max_runtime`.
pub const MAX_RUNTIME_SECONDS_TAG: &str = "dagster/max_runtime";
/// The tag `dagster/auto_materialize`.
pub const AUTO_MATERIALIZE_TAG: &str = "dagster/auto_materialize";
/// The tag `dagster/from_automation_condition`.
pub const AUTOMATION_CONDITION_TAG: &str = "dagster/from_automation_condition";
/// The tag `dagster/asset_evaluation_id`.
pub const ASSET_EVALUATION_ID_TAG: &str = "dagster/asset_evaluation_id";
/// The tag `dagster/auto_observe`.
pub const AUTO_OBSERVE_TAG: &str = "dagster/auto_observe";
/// The tag `.dagster/run_worker`.
pub const RUN_WORKER_ID_TAG: &str = ".dagster/run_worker";
/// The tag `dagster/concurrency_key`.
pub const GLOBAL_CONCURRENCY_TAG: &str = "dagster/concurrency_key";
/// The tag `user`.
pub const USER_TAG: &str = "user";
/// The tag `dagster/reporting_user`.
pub const REPORTING_USER_TAG: &str = "dagster/reporting_user";
/// The tag `dagster/isolation`.
pub const RUN_ISOLATION_TAG: &str = "dagster/isolation";
/// The tag `dagster/failure_reason`.
pub const RUN_FAILURE_REASON_TAG: &str = "dagster/failure_reason";
/// The tag `kind`.
pub const LEGACY_COMPUTE_KIND_TAG: &str = "kind";
/// The tag `dagster/compute_kind`.
pub const COMPUTE_KIND_TAG: &str = "dagster/compute_kind";
/// The tag `.dagster/run_metrics_polling_interval`.
pub const RUN_METRICS_POLLING_INTERVAL_TAG: &str = ".dagster/run_metrics_polling_interval";
/// The tag `.dagster/python_runtime_metrics`.
pub const RUN_METRICS_PYTHON_RUNTIME_TAG: &str = ".dagster/python_runtime_metrics";
/// The prefix `.dagster/pool/`.
pub const POOL_TAG_PREFIX: &str = ".dagster/pool/";
/// The tag `dagster/external_job_source`.
pub const EXTERNAL_JOB_SOURCE_TAG_KEY: &str = "dagster/external_job_source";
/// The tag `dagster/defer_asset_events`.
pub const EXTERNALLY_MANAGED_ASSETS_TAG: &str = "dagster/defer_asset_events";

/// System tags which users may change.
pub const USER_EDITABLE_SYSTEM_TAGS: &[&str] = &[
    PRIORITY_TAG,
    MAX_RETRIES_TAG,
    RETRY_STRATEGY_TAG,
    MAX_RUNTIME_SECONDS_TAG,
    RUN_ISOLATION_TAG,
    RETRY_ON_ASSET_OR_OP_FAILURE_TAG,
];

/// Tags which ask for metrics of the run's worker.
pub const RUN_METRIC_TAGS: &[&str] = &[".dagster/run_metrics", "dagster/run_metrics"];

/// Tags tying a run to backfills.
pub const BACKFILL_TAGS: &[&str] = &[BACKFILL_ID_TAG, PARENT_BACKFILL_ID_TAG, ROOT_BACKFILL_ID_TAG];

/// Tags of a run which its retry does not inherit by itself.
pub const TAGS_TO_MAYBE_OMIT_ON_RETRY: &[&str] = &[
    ".dagster/run_metrics",
    "dagster/run_metrics",
    RUN_FAILURE_REASON_TAG,
    RETRY_NUMBER_TAG,
    RESUME_RETRY_TAG,
    WILL_RETRY_TAG,
    AUTO_RETRY_RUN_ID_TAG,
    BACKFILL_ID_TAG,
    PARENT_BACKFILL_ID_TAG,
    ROOT_BACKFILL_ID_TAG,
];

/// Tags of a job which its reference in the repository carries.
pub const TAGS_INCLUDE_IN_REMOTE_JOB_REF: &[&str] = &[EXTERNAL_JOB_SOURCE_TAG_KEY];
