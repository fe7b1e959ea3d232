//! YAML, and the instance reference made from it, compared with PyYAML and Dagster themselves.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::Path;

use rondel_instance::InstanceConfig;
use rondel_model::serdes::to_text;
use rondel_yaml::{self as yaml, Kind, Node};
use support::run_python;

/// Scalars that are anything but obvious in YAML 1.1, and texts that are hard to quote.
const SCALARS: &[&str] = &[
    "yes",
    "No",
    "ON",
    "off",
    "y",
    "n",
    "true",
    "FALSE",
    "tRue",
    "null",
    "~",
    "Null",
    "none",
    "010",
    "0o10",
    "0x1F",
    "0b101",
    "08",
    "09.5",
    "1_000",
    "1:30",
    "1:30:00",
    "190:20:30.15",
    "0:1",
    "-1:30",
    "1e3",
    "1.5e+3",
    "1.e+3",
    ".5",
    "-.5",
    "+.inf",
    "-.INF",
    ".nan",
    "12e03",
    "6.8523015e+5",
    "685.230_15e+03",
    "+12",
    "-0",
    "0",
    "1.",
    "1.0",
    "-1.5",
    "2024-01-31",
    "2024-1-1",
    "2001-12-14t21:59:43.10-05:00",
    "2001-12-14 21:59:43.10 -5",
    "=",
    "<<",
    "hello",
    "hello world",
    "a: b",
    "a:b",
    "a #b",
    "a#b",
    "#x",
    "- a",
    "-a",
    "-",
    "?",
    "? a",
    ":",
    ":a",
    "[a]",
    "{a}",
    "a, b",
    "'quoted'",
    "\"double\"",
    "it's",
    "%x",
    "@x",
    "`x`",
    "!x",
    "&x",
    "*x",
    "|",
    ">",
    "---",
    "--- a",
    "...",
    " leading",
    "trailing ",
    "two\nlines",
    "two\n\nlines\n",
    "a\n b",
    "a \nb",
    "tab\there",
    "bell\u{7}",
    "é",
    "日本",
    "\u{1F600}",
    "\u{85}",
    "\u{2028}x",
    "\u{feff}bom",
    "back\\slash",
    "null\u{0}",
    "",
    " ",
    "0123",
    "postgresql://u:p@h:5432/d?sslmode=require",
    "{\"json\": [1, 2]}",
    "DAGSTER_K8S_PG_PASSWORD_SECRET",
    "a long line of words that goes on well beyond eighty columns so that the emitter has to fold it somewhere in between",
    "a long line, quoted: because of the colon, that goes on well beyond eighty columns so that the emitter has to fold it",
    "a long é line needing double quotes that goes on well beyond eighty columns so that the emitter has to fold it somewhere",
    "averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongword and another",
];

#[test]
fn strings_are_written_as_pyyaml_writes_them() {
    let script = "import sys, json, yaml\n\
        strings = json.load(sys.stdin)\n\
        doc = lambda s: {'key': s, 'deep': {'er': [s, [s], {s: 1} if s else {}]}}\n\
        print(json.dumps([yaml.dump(doc(s), default_flow_style=False) for s in strings]))";
    let expected: Vec<String> =
        serde_json::from_str(&run_python(script, &[], &serde_json::to_string(SCALARS).unwrap()))
            .unwrap();
    for (text, expected) in SCALARS.iter().zip(expected) {
        let string = || Node::str(*text);
        let keyed = if text.is_empty() {
            Node::new(Kind::Map(Vec::new()))
        } else {
            Node::map([(*text, Node::new(Kind::Int(1)))])
        };
        let list =
            Node::new(Kind::Seq(vec![string(), Node::new(Kind::Seq(vec![string()])), keyed]));
        let document = Node::map([("key", string()), ("deep", Node::map([("er", list)]))]);
        assert_eq!(yaml::dump(&document), expected, "for {text:?}");
    }
}

#[test]
fn plain_scalars_are_read_as_dagsters_loader_reads_them() {
    let readable: Vec<&str> = SCALARS
        .iter()
        .copied()
        .filter(|s| {
            !s.is_empty()
                && !s.contains(['\n', '\u{0}', '\u{7}', '\u{feff}', '\u{85}', '\u{2028}', '\t'])
        })
        .filter(|s| {
            !s.starts_with([
                '%', '@', '`', '!', '&', '*', '|', '>', '-', '?', '#', '[', '{', '\'', '"', ':',
                ' ',
            ])
        })
        .filter(|s| !s.contains(": ") && !s.contains('\\') && *s != "..." && *s != "=")
        .collect();
    let script = "import sys, json\n\
        from dagster_shared.yaml_utils import safe_load_yaml\n\
        print(json.dumps([repr(safe_load_yaml('key: ' + s)['key']) if s != '<<' else '' for s in json.load(sys.stdin)]))";
    let expected: Vec<String> =
        serde_json::from_str(&run_python(script, &[], &serde_json::to_string(&readable).unwrap()))
            .unwrap();
    for (text, expected) in readable.iter().zip(expected) {
        if *text == "<<" {
            continue;
        }
        let root = yaml::parse(&format!("key: {text}")).unwrap().unwrap();
        let shown = match &root.get("key").unwrap().kind {
            Kind::Null => "None".to_owned(),
            Kind::Bool(true) => "True".to_owned(),
            Kind::Bool(false) => "False".to_owned(),
            Kind::Int(value) => value.to_string(),
            Kind::Float(value) if value.is_nan() => "nan".to_owned(),
            Kind::Float(value) if value.is_infinite() => {
                if *value > 0.0 { "inf" } else { "-inf" }.to_owned()
            }
            Kind::Float(value) => format!("{value:?}"),
            Kind::Str(string) => {
                let expected_inside = expected.trim_matches(['\'', '"']);
                assert!(
                    expected.starts_with(['\'', '"']),
                    "{text:?} is {expected} in Python, a string here"
                );
                assert_eq!(string, expected_inside, "for {text:?}");
                continue;
            }
            other => format!("{other:?}"),
        };
        assert_eq!(shown, expected, "for {text:?}");
    }
}

/// `dagster.yaml` files whose references are compared, by what they exercise.
const FILES: &[(&str, &str)] = &[
    ("nothing configured", ""),
    (
        "postgres by parts with env and params",
        "storage:\n  postgres:\n    postgres_db:\n      username: {env: PGUSER_X}\n      password: '0123'\n      hostname: db\n      db_name: dagster\n      port: 5433\n      params: {sslmode: require, connect_timeout: 010}\n",
    ),
    ("postgres by url from env", "storage:\n  postgres:\n    postgres_url: {env: PG_URL_X}\n"),
    ("sqlite elsewhere", "storage:\n  sqlite:\n    base_dir: /tmp/some where\n"),
    ("sqlite from env", "storage:\n  sqlite:\n    base_dir: {env: SQLITE_DIR_X}\n"),
    (
        "custom storage class",
        "storage:\n  custom:\n    module: dagster_postgres\n    class: DagsterPostgresStorage\n    config:\n      postgres_url: postgresql://u:p@h/d\n",
    ),
    (
        "three storages, consolidated events",
        "event_log_storage:\n  module: dagster.core.storage.event_log\n  class: ConsolidatedSqliteEventLogStorage\n  config: {base_dir: /tmp/events}\n",
    ),
    (
        "legacy postgres",
        "run_storage: &pg\n  module: dagster_postgres.run_storage\n  class: PostgresRunStorage\n  config: {postgres_url: 'postgresql://u:p@h/d'}\nevent_log_storage:\n  <<: *pg\n  module: dagster_postgres.event_log\n  class: PostgresEventLogStorage\nschedule_storage:\n  <<: *pg\n  module: dagster_postgres.schedule_storage\n  class: PostgresScheduleStorage\n",
    ),
    (
        "kubernetes launcher, queue and settings",
        "run_launcher:\n  module: dagster_k8s\n  class: K8sRunLauncher\n  config:\n    job_namespace: {env: NS}\n    env_vars: [A, 'B=x y', 'yes', 'C: d']\n    run_k8s_config:\n      container_config: {resources: {limits: {cpu: '1', memory: 2.5}}}\n      job_spec_config: {ttl_seconds_after_finished: 7200}\n      pod_spec_config: {}\n\
run_queue:\n  max_concurrent_runs: 25\n  tag_concurrency_limits:\n  - {key: dagster/backfill, limit: 10}\n  - key: team\n    value: {applyLimitPerUniqueValue: yes}\n    limit: 1\n\
run_monitoring: {enabled: on, max_runtime_seconds: 0777}\ntelemetry: {enabled: off}\nretention:\n  sensor:\n    purge_after_days: {skipped: 3, failure: -1}\n  schedule: {purge_after_days: 90}\n\
auto_materialize: {enabled: {env: AM}, run_tags: {team: a, n: 1.5}}\nsecrets:\n  custom:\n    module: dagster._core.secrets.env_file\n    class: PerProjectEnvFileLoader\n    config: {location_paths: {a: b}}\n",
    ),
    (
        "default coordinator and every component by class",
        "run_coordinator: {module: dagster._core.run_coordinator, class: DefaultRunCoordinator}\nrun_launcher: {module: dagster.core.launcher, class: DefaultRunLauncher}\n\
compute_logs: {module: dagster.core.storage.local_compute_log_manager, class: LocalComputeLogManager, config: {base_dir: /tmp/logs}}\n\
local_artifact_storage: {module: dagster.core.storage.root, class: LocalArtifactStorage, config: {base_dir: /tmp/art}}\n\
scheduler: {module: dagster.core.scheduler, class: DagsterDaemonScheduler, config: {max_catchup_runs: 3}}\npython_logs: {python_log_level: INFO, managed_python_loggers: [root]}\n",
    ),
];

fn env(name: &str) -> Option<String> {
    match name {
        "PG_URL_X" => Some("postgresql+psycopg2://u:p@h/d".to_owned()),
        "AM" => Some("true".to_owned()),
        "PGUSER_X" | "NS" | "SQLITE_DIR_X" => Some("value".to_owned()),
        _ => None,
    }
}

#[test]
fn the_instance_reference_equals_the_one_dagster_serializes() {
    let script = "import sys, json\n\
        from dagster._core.instance.ref import InstanceRef\n\
        from dagster._serdes import serialize_value\n\
        print(json.dumps([serialize_value(InstanceRef.from_dir(d)) for d in json.load(sys.stdin)]))";
    let homes: Vec<tempfile::TempDir> = FILES
        .iter()
        .map(|(_, text)| {
            let home = tempfile::tempdir().unwrap();
            std::fs::write(home.path().join("dagster.yaml"), text).unwrap();
            home
        })
        .collect();
    let paths: Vec<&Path> = homes.iter().map(tempfile::TempDir::path).collect();
    let expected: Vec<String> =
        serde_json::from_str(&run_python(script, &[], &serde_json::to_string(&paths).unwrap()))
            .unwrap();
    for ((what, _), (home, expected)) in FILES.iter().zip(homes.iter().zip(expected)) {
        let config = InstanceConfig::load_with_env(home.path(), home.path(), &env)
            .unwrap_or_else(|e| panic!("{what}: {e}"));
        assert_eq!(to_text(&config.instance_ref), expected, "{what}");
    }
}
