//! The schemas of `dagster.yaml`'s own sections and of the configs of the classes Rondel knows.
//!
//! Mirrors `dagster/_core/instance/config.py`, `dagster/_core/storage/config.py` and the
//! `config_type` of each class.

use serde_json::json;

use super::schema::{Field, Schema, defaulted, optional, required};

fn shape(fields: Vec<Field>) -> Schema {
    Schema::Shape(fields)
}

/// `module`, `class`, `config`: the config is checked against the class's own schema separately.
pub fn configurable_class() -> Schema {
    shape(vec![
        required("module", Schema::Str),
        required("class", Schema::Str),
        optional("config", Schema::Permissive(Vec::new())),
    ])
}

/// A config of one directory.
pub fn base_dir() -> Schema {
    shape(vec![required("base_dir", Schema::StringSource)])
}

/// `LocalComputeLogManager`.
pub fn local_compute_logs() -> Schema {
    shape(vec![
        required("base_dir", Schema::StringSource),
        optional("polling_timeout", Schema::Float),
    ])
}

fn noneable(schema: Schema) -> Schema {
    Schema::Noneable(Box::new(schema))
}

/// `S3ComputeLogManager`.
pub fn s3_compute_logs() -> Schema {
    shape(vec![
        required("bucket", Schema::StringSource),
        optional("local_dir", Schema::StringSource),
        defaulted("prefix", Schema::StringSource, "dagster"),
        defaulted("use_ssl", Schema::Bool, true),
        defaulted("verify", Schema::Bool, true),
        optional("verify_cert_path", Schema::StringSource),
        optional("endpoint_url", Schema::StringSource),
        defaulted("skip_empty_files", Schema::Bool, false),
        optional("upload_interval", noneable(Schema::Int)),
        optional("upload_extra_args", Schema::Permissive(Vec::new())),
        defaulted("show_url_only", Schema::Bool, false),
        optional("region", Schema::StringSource),
    ])
}

/// `GCSComputeLogManager`.
pub fn gcs_compute_logs() -> Schema {
    shape(vec![
        required("bucket", Schema::StringSource),
        optional("local_dir", Schema::StringSource),
        defaulted("prefix", Schema::StringSource, "dagster"),
        optional("json_credentials_envvar", Schema::StringSource),
        optional("upload_interval", noneable(Schema::Int)),
        defaulted("show_url_only", Schema::Bool, false),
    ])
}

/// `AzureBlobComputeLogManager`.
pub fn azure_compute_logs() -> Schema {
    let secret = shape(vec![
        required("client_id", Schema::StringSource),
        required("client_secret", Schema::StringSource),
        required("tenant_id", Schema::StringSource),
    ]);
    shape(vec![
        required("storage_account", Schema::StringSource),
        required("container", Schema::StringSource),
        optional("access_key_or_sas_token", noneable(Schema::StringSource)),
        optional("secret_credential", noneable(secret)),
        optional("default_azure_credential", noneable(Schema::Permissive(Vec::new()))),
        optional("local_dir", noneable(Schema::StringSource)),
        defaulted("prefix", Schema::StringSource, "dagster"),
        optional("upload_interval", noneable(Schema::Int)),
        defaulted("show_url_only", Schema::Bool, false),
        defaulted("endpoint_suffix", Schema::StringSource, "core.windows.net"),
    ])
}

/// `DagsterDaemonScheduler`.
pub fn scheduler() -> Schema {
    shape(vec![
        defaulted("max_catchup_runs", Schema::IntSource, 5),
        defaulted("max_tick_retries", Schema::IntSource, 0),
    ])
}

/// The PostgreSQL storages.
pub fn postgres() -> Schema {
    let parts = shape(vec![
        required("username", Schema::StringSource),
        defaulted("password", Schema::StringSource, ""),
        required("hostname", Schema::StringSource),
        required("db_name", Schema::StringSource),
        defaulted("port", Schema::IntSource, 5432),
        defaulted("params", Schema::Permissive(Vec::new()), json!({})),
        defaulted("scheme", Schema::StringSource, "postgresql"),
    ]);
    let auth_provider = Schema::Selector(vec![
        required(
            "azure_wif",
            shape(vec![defaulted(
                "scope",
                Schema::StringSource,
                "https://ossrdbms-aad.database.windows.net/.default",
            )]),
        ),
        required("gcp_wif", shape(Vec::new())),
        required("aws_wif", shape(vec![required("region", Schema::StringSource)])),
    ]);
    shape(vec![
        optional("postgres_url", Schema::StringSource),
        optional("postgres_db", parts),
        optional("auth_provider", auth_provider),
        defaulted("should_autocreate_tables", Schema::Bool, true),
    ])
}

/// `storage:`; the choices are checked one by one where they are read.
pub fn storage_choices() -> [&'static str; 4] {
    ["postgres", "mysql", "sqlite", "custom"]
}

fn tag_concurrency_limits() -> Schema {
    let value = Schema::ScalarUnion(
        Box::new(Schema::Str),
        Box::new(shape(vec![required("applyLimitPerUniqueValue", Schema::Bool)])),
    );
    let limit = shape(vec![
        required("key", Schema::Str),
        optional("value", value),
        required("limit", Schema::Int),
    ]);
    Schema::Noneable(Box::new(Schema::Array(Box::new(limit))))
}

/// `run_queue:` and the config of `QueuedRunCoordinator`.
pub fn run_queue() -> Schema {
    shape(vec![
        optional("max_concurrent_runs", Schema::IntSource),
        optional("tag_concurrency_limits", tag_concurrency_limits()),
        optional("dequeue_interval_seconds", Schema::IntSource),
        optional("dequeue_use_threads", Schema::Bool),
        optional("dequeue_num_workers", Schema::IntSource),
        defaulted("max_user_code_failure_retries", Schema::IntSource, 0),
        defaulted("user_code_failure_retry_delay", Schema::IntSource, 60),
        optional(
            "block_op_concurrency_limited_runs",
            shape(vec![
                optional("enabled", Schema::Bool),
                optional("op_concurrency_slot_buffer", Schema::Int),
            ]),
        ),
    ])
}

fn daemon_workers() -> Schema {
    shape(vec![
        defaulted("use_threads", Schema::Bool, false),
        optional("num_workers", Schema::Int),
        optional("num_submit_workers", Schema::Int),
    ])
}

fn tick_retention() -> Schema {
    let per_status = shape(vec![
        optional("skipped", Schema::Int),
        optional("success", Schema::Int),
        optional("failure", Schema::Int),
        optional("started", Schema::Int),
    ]);
    shape(vec![required(
        "purge_after_days",
        Schema::ScalarUnion(Box::new(Schema::Int), Box::new(per_status)),
    )])
}

fn enabled_switch() -> Schema {
    shape(vec![optional("enabled", Schema::Bool)])
}

fn concurrency() -> Schema {
    shape(vec![
        optional(
            "pools",
            shape(vec![
                optional("default_limit", Schema::Int),
                optional("granularity", Schema::Str),
                optional("op_granularity_run_buffer", Schema::Int),
            ]),
        ),
        optional(
            "runs",
            shape(vec![
                optional("max_concurrent_runs", Schema::Int),
                optional("tag_concurrency_limits", tag_concurrency_limits()),
            ]),
        ),
        optional("default_op_concurrency_limit", Schema::Int),
    ])
}

/// The sections that hold plain settings, kept by name in the instance reference.
pub fn settings() -> Vec<Field> {
    let any_mapping = || Schema::Permissive(Vec::new());
    vec![
        optional(
            "auto_materialize",
            shape(vec![
                optional("enabled", Schema::BoolSource),
                optional("minimum_interval_seconds", Schema::IntSource),
                optional("run_tags", any_mapping()),
                optional("respect_materialization_data_versions", Schema::BoolSource),
                defaulted("max_tick_retries", Schema::IntSource, 3),
                optional("use_sensors", Schema::BoolSource),
                defaulted("use_threads", Schema::Bool, false),
                optional("num_workers", Schema::Int),
            ]),
        ),
        optional("backfills", daemon_workers()),
        optional(
            "code_servers",
            shape(vec![
                optional("local_startup_timeout", Schema::Int),
                optional("reload_timeout", Schema::Int),
                optional("wait_for_local_processes_on_shutdown", Schema::Bool),
            ]),
        ),
        optional("concurrency", concurrency()),
        optional("freshness", shape(vec![required("enabled", Schema::Bool)])),
        optional("nux", enabled_switch()),
        optional(
            "python_logs",
            shape(vec![
                optional("managed_python_loggers", Schema::Array(Box::new(Schema::Str))),
                optional("python_log_level", Schema::Str),
                optional(
                    "dagster_handler_config",
                    shape(vec![
                        optional("handlers", any_mapping()),
                        optional("formatters", any_mapping()),
                        optional("filters", any_mapping()),
                    ]),
                ),
            ]),
        ),
        optional(
            "retention",
            shape(vec![
                optional("schedule", tick_retention()),
                optional("sensor", tick_retention()),
                optional("auto_materialize", tick_retention()),
            ]),
        ),
        optional(
            "run_monitoring",
            shape(vec![
                optional("enabled", Schema::Bool),
                optional("start_timeout_seconds", Schema::Int),
                optional("cancel_timeout_seconds", Schema::Int),
                optional("max_runtime_seconds", Schema::Int),
                optional("max_resume_run_attempts", Schema::Int),
                optional("poll_interval_seconds", Schema::Int),
                optional("cancellation_thread_poll_interval_seconds", Schema::Int),
                optional("free_slots_after_run_end_seconds", Schema::Int),
            ]),
        ),
        optional(
            "run_retries",
            shape(vec![
                defaulted("enabled", Schema::Bool, false),
                defaulted("max_retries", Schema::Int, 0),
                defaulted("retry_on_asset_or_op_failure", Schema::Bool, true),
            ]),
        ),
        optional("schedules", daemon_workers()),
        optional("sensors", daemon_workers()),
        optional("telemetry", enabled_switch()),
    ]
}

/// The sections that name a Python class.
pub const COMPONENTS: [&str; 11] = [
    "compute_logs",
    "defs_state_storage",
    "event_log_storage",
    "instance_class",
    "local_artifact_storage",
    "run_coordinator",
    "run_launcher",
    "run_storage",
    "schedule_storage",
    "scheduler",
    "secrets",
];
