//! The executor's configuration of a run (`dagster_k8s/executor.py`, `_K8S_EXECUTOR_CONFIG_SCHEMA`).
//!
//! It is run config, completed by the defaults of the job's config schema. An executor that was configured
//! in code, or a job whose run config is made by a function, hides it: then it cannot be told from here.

use rondel_model::run::DagsterRun;
use rondel_model::serdes::to_text;
use rondel_model::snap::{ConfigFieldSnap, ConfigTypeSnap, JobSnap};
use serde_json::{Map, Value};

use crate::error::ExecutorError;
use crate::limits::StepLimit;
use crate::progress::Rules;

/// A field that only the Kubernetes executor has.
const OWN_FIELD: &str = "per_step_k8s_config";

/// What other executors' configuration has in common with the Kubernetes executor's.
const SHARED_FIELDS: [&str; 3] = ["max_concurrent", "retries", "tag_concurrency_limits"];

/// The executor's configuration of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutorConfig {
    /// All of it, as `k8s_job_executor` takes it.
    pub raw: Value,
    /// At most so many steps at once.
    pub max_concurrent: Option<usize>,
    /// At most so many steps with a tag at once.
    pub limits: Vec<StepLimit>,
    /// Whether steps that ask for it are tried again.
    pub retries: bool,
    /// When steps can start.
    pub rules: Rules,
}

impl ExecutorConfig {
    /// The configuration of a run. Of an executor other than the Kubernetes one, only what both have counts.
    ///
    /// # Errors
    /// It cannot be told, or is wrong.
    pub fn of_run(
        job: &JobSnap,
        run: &DagsterRun,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, ExecutorError> {
        let schema = Schema::of(job)?;
        let given: Option<Value> =
            run.run_config.get("execution").and_then(|v| serde_json::from_str(&to_text(v)).ok());
        let execution = match given {
            Some(given) if !given.is_null() => given,
            _ => default_of(schema.execution),
        };
        let config = match execution.get("config") {
            Some(config) => config.clone(),
            None => schema.config.map_or(Value::Null, default_of),
        };
        let config = if schema.is_kubernetes { config } else { shared(&config) };
        Self::parse(config, variable)
    }

    /// Reads the value of `execution.config`.
    fn parse(raw: Value, variable: impl Fn(&str) -> Option<String>) -> Result<Self, ExecutorError> {
        let bad = |key, reason: String| ExecutorError::BadConfig { key, reason };
        let max_concurrent = match raw.get("max_concurrent") {
            None | Some(Value::Null) => None,
            Some(value) => {
                let number = match value.get("env").and_then(Value::as_str) {
                    None => value.as_i64(),
                    Some(name) => variable(name).and_then(|text| text.trim().parse().ok()),
                };
                let number = number.and_then(|number| usize::try_from(number).ok());
                let positive = number.filter(|number| *number > 0);
                Some(positive.ok_or_else(|| {
                    bad("max_concurrent", format!("{value} is no positive integer"))
                })?)
            }
        };
        let limits = match raw.get("tag_concurrency_limits") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(limits)) => limits
                .iter()
                .map(|limit| {
                    StepLimit::parse(limit).ok_or_else(|| {
                        bad("tag_concurrency_limits", format!("{limit} has no key or limit"))
                    })
                })
                .collect::<Result<_, _>>()?,
            Some(other) => {
                return Err(bad("tag_concurrency_limits", format!("{other} is no list")));
            }
        };
        let retries = raw.get("retries").is_none_or(|retries| retries.get("disabled").is_none());
        let whole_steps = raw
            .get("step_dependency_config")
            .and_then(|config| config.get("require_upstream_step_success")?.as_bool())
            .unwrap_or(true);
        Ok(Self { raw, max_concurrent, limits, retries, rules: Rules { whole_steps } })
    }
}

/// The part of a job's config schema that is about the executor.
struct Schema<'a> {
    execution: &'a ConfigFieldSnap,
    config: Option<&'a ConfigFieldSnap>,
    is_kubernetes: bool,
}

impl<'a> Schema<'a> {
    fn of(job: &'a JobSnap) -> Result<Self, ExecutorError> {
        let hidden = |why| ExecutorError::HiddenConfig(why);
        let type_of = |key: &str| job.config_schema_snapshot.all_config_snaps_by_key.get(key);
        let root = job.mode_def_snaps.first().and_then(|mode| mode.root_config_key.as_deref());
        let root = root.and_then(type_of).ok_or(hidden("the snapshot has no config schema"))?;
        let execution = field(root, "execution")
            .ok_or(hidden("the job's run config is made by a function (a config mapping)"))?;
        let config = type_of(&execution.type_key).and_then(|shape| field(shape, "config"));
        let shape = config.and_then(|config| type_of(&config.type_key));
        let fields = shape.and_then(|shape| shape.fields.as_deref()).unwrap_or_default();
        let has = |name: &str| fields.iter().any(|field| field.name.as_deref() == Some(name));
        // `configured` leaves a schema without fields, or one of its own
        if fields.is_empty() {
            return Err(hidden("the executor was configured in code"));
        }
        let is_kubernetes = has(OWN_FIELD);
        if !is_kubernetes && !has("multiprocess") && !has("in_process") && !has("retries") {
            return Err(hidden("its configuration is of an unknown kind"));
        }
        Ok(Self { execution, config, is_kubernetes })
    }
}

fn field<'a>(shape: &'a ConfigTypeSnap, name: &str) -> Option<&'a ConfigFieldSnap> {
    shape.fields.iter().flatten().find(|field| field.name.as_deref() == Some(name))
}

fn default_of(field: &ConfigFieldSnap) -> Value {
    let text = field.default_value_as_json_str.as_deref();
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null)
}

fn shared(config: &Value) -> Value {
    let selected = ["multiprocess", "in_process"].iter().find_map(|name| config.get(name));
    let config = selected.unwrap_or(config);
    let shared = SHARED_FIELDS.iter().filter_map(|key| {
        // zero and null mean "as many as there are processors", which says nothing about a cluster
        let value = config.get(*key).filter(|value| !value.is_null() && **value != 0)?;
        Some(((*key).to_owned(), value.clone()))
    });
    Value::Object(Map::from_iter(shared))
}

#[cfg(test)]
mod tests {
    use rondel_model::serdes::{Map, Value as Stored, from_text};
    use rondel_model::snap::{ConfigSchemaSnapshot, ConfigTypeKind, ModeDefSnap};
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn shape(key: &str, fields: &[(&str, &str, Option<Value>)]) -> (String, ConfigTypeSnap) {
        let fields = fields.iter().map(|(name, type_key, default)| ConfigFieldSnap {
            name: Some((*name).to_owned()),
            type_key: (*type_key).to_owned(),
            default_value_as_json_str: default.as_ref().map(Value::to_string),
            ..ConfigFieldSnap::default()
        });
        let snap = ConfigTypeSnap {
            kind: ConfigTypeKind::StrictShape,
            key: key.to_owned(),
            given_name: None,
            description: None,
            type_param_keys: None,
            enum_values: None,
            fields: Some(fields.collect()),
            scalar_kind: None,
            field_aliases: None,
            extra: Default::default(),
        };
        (key.to_owned(), snap)
    }

    fn job(executor_fields: &[&str], default: Value) -> JobSnap {
        let fields: Vec<_> = executor_fields.iter().map(|name| (*name, "Any", None)).collect();
        let types = [
            shape("root", &[("execution", "execution", Some(json!({"config": default})))]),
            shape("execution", &[("config", "config", Some(default))]),
            shape("config", &fields),
        ];
        JobSnap {
            config_schema_snapshot: ConfigSchemaSnapshot {
                all_config_snaps_by_key: Map::from_iter(types),
                ..ConfigSchemaSnapshot::default()
            },
            mode_def_snaps: vec![ModeDefSnap {
                root_config_key: Some("root".to_owned()),
                ..ModeDefSnap::default()
            }],
            ..JobSnap::default()
        }
    }

    fn read(job: &JobSnap, run_config: &Value) -> Result<ExecutorConfig, ExecutorError> {
        let mut run = DagsterRun::new("r", "j");
        run.run_config = from_text::<Map<Stored>>(&run_config.to_string()).unwrap();
        ExecutorConfig::of_run(job, &run, |name| (name == "MAX").then(|| "5".to_owned()))
    }

    const KUBERNETES: &[&str] = &["per_step_k8s_config", "retries", "max_concurrent"];

    #[rstest]
    #[case::default_of_the_job(json!({}), Some(2), true)]
    #[case::given(json!({"execution": {"config": {"max_concurrent": 3}}}), Some(3), true)]
    #[case::of_the_environment(json!({"execution": {"config": {"max_concurrent": {"env": "MAX"}}}}), Some(5), true)]
    #[case::without_retries(json!({"execution": {"config": {"retries": {"disabled": {}}}}}), None, false)]
    fn run_config_comes_before_the_job_s_default(
        #[case] run_config: Value,
        #[case] max_concurrent: Option<usize>,
        #[case] retries: bool,
    ) {
        let job = job(KUBERNETES, json!({"max_concurrent": 2}));
        let config = read(&job, &run_config).unwrap();
        assert_eq!((config.max_concurrent, config.retries), (max_concurrent, retries));
    }

    #[test]
    fn of_other_executors_only_limits_and_retries_count() {
        let job = job(
            &["multiprocess", "in_process"],
            json!({"multiprocess": {"max_concurrent": 0, "retries": {"enabled": {}}, "start_method": {}}}),
        );
        let config = read(&job, &json!({})).unwrap();
        assert_eq!(config.raw, json!({"retries": {"enabled": {}}}));
        assert_eq!(config.max_concurrent, None);
    }

    #[test]
    fn configuration_in_code_is_told_apart() {
        let error = read(&job(&[], json!({})), &json!({})).unwrap_err();
        assert_eq!(error, ExecutorError::HiddenConfig("the executor was configured in code"));
        let mapped = JobSnap {
            config_schema_snapshot: ConfigSchemaSnapshot {
                all_config_snaps_by_key: Map::from_iter([shape("root", &[("x", "Int", None)])]),
                ..ConfigSchemaSnapshot::default()
            },
            ..job(KUBERNETES, json!({}))
        };
        assert!(read(&mapped, &json!({})).is_err());
    }

    #[test]
    fn limits_by_tag_are_read() {
        let limits = json!([{"key": "db", "limit": 1}, {"key": "k", "value": "v", "limit": 2}]);
        let job = job(KUBERNETES, json!({"tag_concurrency_limits": limits}));
        assert_eq!(read(&job, &json!({})).unwrap().limits.len(), 2);
        let wrong = json!({"execution": {"config": {"tag_concurrency_limits": [{"key": "db"}]}}});
        assert!(read(&job, &wrong).unwrap_err().to_string().contains("no key or limit"));
    }
}
