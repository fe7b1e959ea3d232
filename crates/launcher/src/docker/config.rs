//! The configuration of the launcher and of a code location (`dagster_docker/container_context.py`). Pure.

use std::collections::BTreeMap;
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::DockerError;

/// What `{env: NAME}` and `env_vars: [NAME]` read from.
pub(super) type Variables = HashMap<String, String>;

/// Credentials for a registry.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Registry {
    pub(super) url: String,
    pub(super) username: String,
    pub(super) password: String,
}

/// What a container is made from besides the run, of one layer or of several merged.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Context {
    pub(super) registry: Option<Registry>,
    pub(super) env_vars: Vec<String>,
    pub(super) networks: Vec<String>,
    pub(super) container_kwargs: Map<String, Value>,
}

/// The launcher's configuration.
#[derive(Clone, Default, PartialEq)]
pub(super) struct LauncherConfig {
    pub(super) image: Option<String>,
    context: Context,
}

/// The keys that `container_kwargs` may not have, and where to say it instead.
const ELSEWHERE: [(&str, &str); 3] =
    [("image", "image"), ("environment", "env_vars"), ("network", "networks")];

impl LauncherConfig {
    /// Reads `run_launcher.config`.
    pub(super) fn parse(config: &Value, variables: &Variables) -> Result<Self, DockerError> {
        const AT: &str = "run_launcher.config";
        let empty = Map::new();
        let config = match config {
            Value::Null => &empty,
            Value::Object(config) => config,
            _ => return Err(DockerError::invalid(AT, "must be a mapping")),
        };
        let own = ["image", "network"];
        let mut context = Context::read(config, &own, AT, variables)?;
        let text = |key| source(config.get(key), &format!("{AT}.{key}"), variables);
        let network = text("network")?.filter(|network| !network.is_empty());
        if let Some(network) = network {
            if !context.networks.is_empty() {
                return Err(DockerError::invalid(AT, "cannot set both `network` and `networks`"));
            }
            context.networks = vec![network];
        }
        for (key, instead) in ELSEWHERE {
            if context.container_kwargs.contains_key(key) {
                let reason =
                    format!("'{key}' cannot be used here; use the key '{instead}' of the config");
                return Err(DockerError::invalid(format!("{AT}.container_kwargs"), reason));
            }
        }
        Ok(Self { image: text("image")?, context })
    }

    /// The launcher's configuration with that of a code location laid over it.
    pub(super) fn with_code_location(
        &self,
        given: Option<&Value>,
        variables: &Variables,
    ) -> Result<Context, DockerError> {
        const AT: &str = "container_context";
        let mut context = self.context.clone();
        let Some(given) = given else { return Ok(context) };
        context.env_vars.extend(texts(given.get("env_vars"), &format!("{AT}.env_vars"))?);
        if let Some(Value::Object(own)) = given.get("docker") {
            context.lay_over(Context::read(own, &[], &format!("{AT}.docker"), variables)?);
        }
        Ok(context)
    }
}

impl Context {
    fn read(
        config: &Map<String, Value>,
        more: &[&str],
        at: &str,
        variables: &Variables,
    ) -> Result<Self, DockerError> {
        let known = ["registry", "env_vars", "container_kwargs", "networks"];
        for key in config.keys() {
            if !known.contains(&key.as_str()) && !more.contains(&key.as_str()) {
                let all = [more, &known[..]].concat().join(", ");
                return Err(DockerError::invalid(
                    at,
                    format!("there is no key '{key}'; there are {all}"),
                ));
            }
        }
        let registry = match config.get("registry") {
            None => None,
            Some(given) => {
                let part = |key: &str| {
                    let at = format!("{at}.registry.{key}");
                    source(given.get(key), &at, variables)?
                        .ok_or_else(|| DockerError::invalid(at, "is missing"))
                };
                Some(Registry {
                    url: part("url")?,
                    username: part("username")?,
                    password: part("password")?,
                })
            }
        };
        let mut networks = Vec::new();
        if let Some(given) = config.get("networks") {
            let at = format!("{at}.networks");
            let list =
                given.as_array().ok_or_else(|| DockerError::invalid(&at, "must be a list"))?;
            for item in list {
                networks.extend(source(Some(item), &at, variables)?);
            }
        }
        let container_kwargs = match config.get("container_kwargs") {
            None => Map::new(),
            Some(Value::Object(kwargs)) => kwargs.clone(),
            Some(_) => {
                let at = format!("{at}.container_kwargs");
                return Err(DockerError::invalid(at, "must be a mapping"));
            }
        };
        let env_vars = texts(config.get("env_vars"), &format!("{at}.env_vars"))?;
        Ok(Self { registry, env_vars, networks, container_kwargs })
    }

    /// Lists are joined, the registry is replaced, kwargs one by one.
    fn lay_over(&mut self, over: Self) {
        self.registry = over.registry.or(self.registry.take());
        self.env_vars.extend(over.env_vars);
        self.networks.extend(over.networks);
        self.container_kwargs.extend(over.container_kwargs);
    }

    /// The container's variables; the last of a name counts.
    pub(super) fn environment(
        &self,
        variables: &Variables,
    ) -> Result<BTreeMap<String, String>, DockerError> {
        let mut all = BTreeMap::new();
        for entry in &self.env_vars {
            let (name, value) = match entry.split_once('=') {
                Some((name, value)) => (name, value),
                None => {
                    let value = variables.get(entry).ok_or_else(|| {
                        let reason = format!(
                            "Tried to load environment variable {entry}, but it was not set"
                        );
                        DockerError::invalid("env_vars", reason)
                    })?;
                    (entry.as_str(), value.as_str())
                }
            };
            all.insert(name.to_owned(), value.to_owned());
        }
        Ok(all)
    }
}

/// Text or `{env: NAME}`.
fn source(
    value: Option<&Value>,
    at: &str,
    variables: &Variables,
) -> Result<Option<String>, DockerError> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(value) => match value.get("env").and_then(Value::as_str) {
            Some(name) => match variables.get(name) {
                Some(text) => Ok(Some(text.clone())),
                None => {
                    let reason = format!(
                        "the environment variable {name} is not set; set it or give the value"
                    );
                    Err(DockerError::invalid(at, reason))
                }
            },
            None => {
                Err(DockerError::invalid(at, format!("must be text or {{env: NAME}}, not {value}")))
            }
        },
    }
}

fn texts(value: Option<&Value>, at: &str) -> Result<Vec<String>, DockerError> {
    let wrong = || DockerError::invalid(at, "must be a list of texts");
    match value {
        None => Ok(Vec::new()),
        Some(value) => value
            .as_array()
            .ok_or_else(wrong)?
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use rstest::rstest;
    use serde_json::json;

    fn variables() -> Variables {
        [("TOKEN", "t0k3n"), ("NET", "inner")].map(|(k, v)| (k.to_owned(), v.to_owned())).into()
    }

    #[test]
    fn a_code_location_adds_to_the_launchers_configuration() {
        let config = json!({
            "image": "etl:1",
            "network": {"env": "NET"},
            "env_vars": ["A=1", "TOKEN"],
            "container_kwargs": {"auto_remove": true, "mem_limit": "1g"},
        });
        let launcher = LauncherConfig::parse(&config, &variables()).unwrap();
        let given = json!({
            "env_vars": ["A=2"],
            "docker": {
                "networks": ["other"],
                "registry": {"url": "r", "username": "u", "password": {"env": "TOKEN"}},
                "container_kwargs": {"mem_limit": "2g"},
            },
            "k8s": {"anything": true},
        });
        let context = launcher.with_code_location(Some(&given), &variables()).unwrap();
        assert_eq!(launcher.image.as_deref(), Some("etl:1"));
        assert_eq!(context.networks, ["inner", "other"]);
        assert_eq!(context.registry.as_ref().unwrap().password, "t0k3n");
        assert_eq!(
            Value::from(context.container_kwargs.clone()),
            json!({"auto_remove": true, "mem_limit": "2g"})
        );
        let environment = context.environment(&variables()).unwrap();
        assert_eq!(environment["A"], "2");
        assert_eq!(environment["TOKEN"], "t0k3n");
    }

    #[rstest]
    #[case(json!({"imag": "x"}), "'imag'")]
    #[case(json!({"network": "a", "networks": ["b"]}), "both `network` and `networks`")]
    #[case(json!({"container_kwargs": {"environment": {}}}), "use the key 'env_vars'")]
    #[case(json!({"image": {"env": "NOPE"}}), "NOPE is not set")]
    #[case(json!({"env_vars": "A"}), "must be a list of texts")]
    #[case(json!({"registry": {"url": "u"}}), "registry.username: is missing")]
    fn what_is_wrong_is_told(#[case] config: Value, #[case] words: &str) {
        let error = LauncherConfig::parse(&config, &variables()).err().unwrap().to_string();
        assert!(error.contains(words), "{error}");
    }
}
