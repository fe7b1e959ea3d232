#![allow(clippy::unwrap_used)]

use rondel_storage::{EventLocation, PostgresConfig, StorageConfig, StoreLocation};
use rstest::rstest;

use super::*;

fn no_env(_: &str) -> Option<String> {
    None
}

fn load(text: &str) -> Result<InstanceConfig, ConfigError> {
    InstanceConfig::from_text(text, Path::new("/home/dagster.yaml"), Path::new("/home"), &no_env)
}

fn load_with(text: &str, env: EnvLookup<'_>) -> Result<InstanceConfig, ConfigError> {
    InstanceConfig::from_text(text, Path::new("/home/dagster.yaml"), Path::new("/home"), env)
}

#[test]
fn nothing_configured_means_sqlite_and_a_queue() {
    let config = load("").unwrap();
    assert_eq!(config.storage, StorageSettings::sqlite(Path::new("/home")));
    assert_eq!(config.compute_logs, ComputeLogsSettings::Local("/home/storage".into()));
    assert_eq!(
        config.run_coordinator,
        RunCoordinatorSettings::Queued(QueuedCoordinator::unconfigured())
    );
    let queue = config.concurrency.run_queue.unwrap();
    assert_eq!((queue.max_concurrent_runs, queue.user_code_failure_retry_delay), (10, 60));
    assert!(queue.should_block_op_concurrency_limited_runs);
    assert_eq!(config.settings.run_monitoring.start_timeout_seconds, 180);
    assert_eq!(config.settings.retention.sensor.skipped, 7);
}

#[rstest]
#[case::unknown_section(
    "run_qeue: {}\n",
    "/home/dagster.yaml:1: run_qeue: unknown key run_qeue; did you mean run_queue?"
)]
#[case::unknown_key(
    "run_monitoring:\n  enabled: true\n  max_runtme_seconds: 3\n",
    "/home/dagster.yaml:3: run_monitoring.max_runtme_seconds: unknown key max_runtme_seconds; did you mean max_runtime_seconds? (allowed keys: cancel_timeout_seconds"
)]
#[case::wrong_type(
    "run_queue:\n  max_concurrent_runs: 'ten'\n",
    "/home/dagster.yaml:2: run_queue.max_concurrent_runs: expected an integer or {env: NAME}, found the string \"ten\""
)]
#[case::a_yaml_1_1_boolean(
    "python_logs: {python_log_level: off}\n",
    "python_logs.python_log_level: expected a string, found the boolean false"
)]
#[case::empty_section("telemetry:\n", "telemetry: expected a mapping, found nothing")]
#[case::missing_key("run_launcher: {module: dagster}\n", "run_launcher: the key class is missing")]
#[case::unknown_class(
    "run_launcher:\n  module: dagster_aws.ecs\n  class: EcsRunLauncher\n",
    "the class EcsRunLauncher of module dagster_aws.ecs is not supported; did you mean K8sRunLauncher? (supported: DefaultRunLauncher, K8sRunLauncher, DockerRunLauncher)"
)]
#[case::own_instance_class(
    "instance_class: {module: mine, class: MyInstance}\n",
    "the custom instance class MyInstance of module mine cannot be used"
)]
#[case::mysql(
    "storage: {mysql: {mysql_url: x}}\n",
    "storage.mysql: MySQL is not supported: use postgres or sqlite"
)]
#[case::storage_typo("storage: {postgre: {}}\n", "unknown key postgre; did you mean postgres?")]
#[case::both_storage_forms(
    "storage: {sqlite: {base_dir: /a}}\nrun_storage: {module: dagster.core.storage.runs, class: SqliteRunStorage, config: {base_dir: /a}}\n",
    "storage cannot be combined with run_storage"
)]
#[case::queue_and_coordinator(
    "run_queue: {}\nrun_coordinator: {module: dagster, class: DefaultRunCoordinator}\n",
    "run_queue cannot be combined with run_coordinator"
)]
#[case::queue_and_concurrency(
    "run_queue: {max_concurrent_runs: 3}\nconcurrency: {runs: {max_concurrent_runs: 4}}\n",
    "run_queue.max_concurrent_runs: cannot be combined with concurrency.runs"
)]
#[case::pool_limit_too_large(
    "concurrency: {pools: {default_limit: 1001}}\n",
    "expected a value between 0 and 1000"
)]
#[case::granularity(
    "concurrency: {pools: {granularity: step}}\n",
    "expected run or op, found \"step\""
)]
#[case::negative_queue("run_queue: {max_concurrent_runs: -2}\n", "max_concurrent_runs must be -1")]
#[case::resume_with_default_launcher(
    "run_monitoring: {enabled: true, max_resume_run_attempts: 2}\n",
    "DefaultRunLauncher cannot resume runs"
)]
#[case::both_postgres_forms(
    "storage: {postgres: {postgres_url: 'postgresql://h/d', postgres_db: {username: a, hostname: h, db_name: d}}}\n",
    "expected exactly one of postgres_url and postgres_db"
)]
#[case::foreign_url("storage: {postgres: {postgres_url: 'mysql://h/d'}}\n", "storage.postgres: ")]
#[case::not_a_mapping("- a\n- b\n", "expected a mapping of sections, found a list")]
#[case::syntax("a: [1\nb: 2\n", "not valid YAML")]
fn a_wrong_file_names_line_key_and_remedy(#[case] text: &str, #[case] expected: &str) {
    let error = load(text).unwrap_err().to_string();
    assert!(error.contains(expected), "{error}\ndoes not contain\n{expected}");
}

#[test]
fn all_problems_are_reported_together_in_file_order() {
    let error =
        load("run_queue: {max_concurrent_runs: a}\nnux: {enable: true}\n").unwrap_err().to_string();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), 2, "{error}");
    assert!(lines[0].contains(":1: run_queue"), "{error}");
    assert!(lines[1].contains(":2: nux.enable"), "{error}");
}

#[test]
fn a_missing_environment_variable_is_named_with_its_key() {
    let error = load("storage:\n  postgres:\n    postgres_url:\n      env: PG_URL\n")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains(
            ":4: storage.postgres.postgres_url: the environment variable PG_URL is not set"
        ),
        "{error}"
    );
}

#[test]
fn an_environment_value_of_the_wrong_type_is_not_shown() {
    let env = |_: &str| Some("s3cret".to_owned());
    let error =
        load_with("run_queue: {max_concurrent_runs: {env: N}}\n", &env).unwrap_err().to_string();
    assert!(
        error.contains("the environment variable N does not hold an integer")
            && !error.contains("s3cret"),
        "{error}"
    );
}

#[test]
fn environment_values_become_strings_integers_and_booleans() {
    let env = |name: &str| Some(if name == "N" { "12" } else { "False" }.to_owned());
    let config = load_with(
        "run_queue: {max_concurrent_runs: {env: N}}\nauto_materialize: {enabled: {env: B}}\n",
        &env,
    )
    .unwrap();
    assert_eq!(config.concurrency.run_queue.unwrap().max_concurrent_runs, 12);
    assert!(!config.settings.auto_materialize.enabled);
}

#[rstest]
#[case::url(
    "{postgres_url: 'postgresql://u:p@h:1/d?sslmode=require'}",
    "postgresql://u:p@h:1/d?sslmode=require"
)]
#[case::psycopg2("{postgres_url: 'postgresql+psycopg2://u@h/d'}", "postgresql://u@h/d")]
#[case::short_scheme("{postgres_url: 'postgres://u@h/d'}", "postgresql://u@h/d")]
#[case::parts(
    "{postgres_db: {username: u, password: 'p@:/ w', hostname: h, db_name: d}}",
    "postgresql://u:p%40%3A%2F%20w@h:5432/d"
)]
#[case::parts_with_options(
    "{postgres_db: {username: u, hostname: h, db_name: d, port: 6543, scheme: postgresql+psycopg2, params: {sslmode: require, connect_timeout: 10}}}",
    "postgresql://u@h:6543/d?sslmode=require&connect_timeout=10"
)]
fn every_form_of_a_postgres_address_becomes_one(#[case] postgres: &str, #[case] expected: &str) {
    let config = load(&format!("storage: {{postgres: {postgres}}}\n")).unwrap();
    let expected = StorageConfig::postgres(PostgresConfig::from_url(expected).unwrap());
    assert_eq!(config.storage, StorageSettings { locations: expected, create_tables: true });
}

#[test]
fn the_three_storages_may_be_given_one_by_one() {
    let config = load(
        "run_storage: {module: dagster_postgres.run_storage, class: PostgresRunStorage, config: {postgres_url: 'postgresql://h/d'}}\n\
         event_log_storage: {module: dagster.core.storage.event_log, class: ConsolidatedSqliteEventLogStorage, config: {base_dir: /e}}\n",
    )
    .unwrap();
    let postgres = PostgresConfig::from_url("postgresql://h/d").unwrap();
    let expected = StorageConfig {
        runs: StoreLocation::Postgres(postgres),
        events: EventLocation::SqliteConsolidated("/e".into()),
        schedules: StoreLocation::Sqlite("/home/schedules".into()),
    };
    assert_eq!(config.storage.locations, expected);
}

#[test]
fn concurrency_overrides_the_queue() {
    let config = load(
        "concurrency:\n  runs:\n    max_concurrent_runs: 4\n    tag_concurrency_limits:\n    - {key: a, limit: 1, value: {applyLimitPerUniqueValue: true}}\n  pools: {default_limit: 2, granularity: run, op_granularity_run_buffer: 7}\n",
    )
    .unwrap();
    let queue = config.concurrency.run_queue.unwrap();
    assert_eq!((queue.max_concurrent_runs, queue.op_concurrency_slot_buffer), (4, 7));
    assert_eq!(
        queue.tag_concurrency_limits[0].value,
        Some(TagLimitValue::PerUniqueValue { apply: true })
    );
    assert_eq!(config.concurrency.pools.granularity, Some(PoolGranularity::Run));
    assert_eq!(config.concurrency.pools.default_limit, Some(2));
}

#[test]
fn an_explicit_block_on_op_limits_means_op_granularity() {
    let config = load("run_queue: {block_op_concurrency_limited_runs: {enabled: true}}\n").unwrap();
    assert_eq!(config.concurrency.pools.granularity, Some(PoolGranularity::Op));
}

#[test]
fn retention_may_be_one_number_or_one_per_status() {
    let config = load("retention: {schedule: {purge_after_days: 90}, sensor: {purge_after_days: {failure: 30}}}\n").unwrap();
    let retention = config.settings.retention;
    assert_eq!(
        retention.schedule,
        TickRetention { started: 90, skipped: 90, success: 90, failure: 90 }
    );
    assert_eq!(
        retention.sensor,
        TickRetention { started: -1, skipped: 7, success: -1, failure: 30 }
    );
}

#[test]
fn launchers_that_come_later_keep_their_config() {
    let config = load(
        "run_launcher: {module: dagster_k8s, class: K8sRunLauncher, config: {job_namespace: a}}\n",
    )
    .unwrap();
    assert_eq!(
        config.run_launcher,
        RunLauncherSettings::Kubernetes(serde_json::json!({"job_namespace": "a"}))
    );
}

#[test]
fn home_must_be_an_existing_absolute_directory() {
    assert!(matches!(Home::from_variable("relative/path"), Err(ConfigError::HomeNotAbsolute(_))));
    assert!(matches!(
        Home::from_variable("/does/not/exist/at/all"),
        Err(ConfigError::HomeNotADirectory(_))
    ));
}

#[test]
fn a_temporary_home_uses_the_projects_file_and_vanishes() {
    let project = tempfile::tempdir().unwrap();
    std::fs::write(project.path().join(FILE_NAME), "nux: {enabled: false}\n").unwrap();
    let home = Home::temporary_in(project.path()).unwrap();
    let base_dir = home.base_dir().to_path_buf();
    let config = InstanceConfig::load(&home).unwrap();
    assert!(!config.settings.nux_enabled);
    assert_eq!(config.home, base_dir);
    drop(home);
    assert!(!base_dir.exists());
}
