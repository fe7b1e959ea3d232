//! `rondel.yaml`: settings that only Rondel has.
//!
//! Dagster refuses `dagster.yaml` when it holds a key that it does not know, so what is Rondel's own
//! lies in a second, optional file beside it. It is read as strictly: YAML 1.1, `{env: NAME}` resolved
//! at start, every unknown key refused together with the known ones. What the command line or the
//! environment says about the same setting comes first.
//!
//! A new key is a field of [`RondelConfig`], a line in [`schema`], and a line in [`RondelConfig::from_text`].

use std::path::{Path, PathBuf};

use rondel_executor::ExecutorChoice;
use rondel_yaml::{Kind, Node};
use serde_json::Value;

use super::error::{ConfigError, InvalidConfig};
use super::schema::{Checker, EnvLookup, Schema, nearest, optional};

/// The name of the file.
pub const FILE_NAME: &str = "rondel.yaml";

/// A `rondel.yaml`, typed. Everything that it leaves out is `None`: whoever uses a setting knows its default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RondelConfig {
    /// The file read, `None` when there was none.
    pub file: Option<PathBuf>,
    /// `ui`: which web UI the webserver serves.
    pub ui: Option<UiSetting>,
    /// `kubernetes_executor`: who executes the steps of jobs with the Kubernetes executor.
    pub kubernetes_executor: Option<ExecutorChoice>,
}

/// Which web UI is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UiSetting {
    /// Rondel's own.
    Rondel,
    /// That of an installed dagster-webserver.
    Dagster,
    /// A built one in this directory.
    Directory(PathBuf),
}

impl UiSetting {
    /// What a name or a path means; relative paths start at `base`.
    pub fn from_name(name: &str, base: &Path) -> Self {
        match name {
            "rondel" => Self::Rondel,
            "dagster" => Self::Dagster,
            directory => Self::Directory(base.join(directory)),
        }
    }
}

/// The keys of the file.
fn schema() -> Schema {
    Schema::Shape(vec![
        optional("ui", Schema::StringSource),
        optional("kubernetes_executor", Schema::StringSource),
    ])
}

impl RondelConfig {
    /// Reads `<config_dir>/rondel.yaml`, if there is one.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn load(config_dir: &Path, env: EnvLookup<'_>) -> Result<Self, ConfigError> {
        let file = config_dir.join(FILE_NAME);
        match std::fs::read_to_string(&file) {
            Ok(text) => Self::from_text(&text, &file, env),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(source) => Err(ConfigError::Unreadable { file, source }),
        }
    }

    /// Reads the text of a `rondel.yaml`.
    ///
    /// # Errors
    /// See [`ConfigError`].
    pub fn from_text(text: &str, file: &Path, env: EnvLookup<'_>) -> Result<Self, ConfigError> {
        let root = super::parse(text, file)?;
        let mut checker = Checker::new(env);
        let checked = checker.check(&schema(), &root);
        let base = file.parent().unwrap_or(Path::new(""));
        let ui = ui(&mut checker, &root, &checked, base);
        let kubernetes_executor = kubernetes_executor(&mut checker, &root, &checked);
        let mut problems = checker.problems;
        if problems.is_empty() {
            Ok(Self { file: Some(file.to_path_buf()), ui, kubernetes_executor })
        } else {
            problems.sort_by_key(|problem| problem.line);
            Err(ConfigError::Invalid(InvalidConfig { file: file.to_path_buf(), problems }))
        }
    }
}

/// A word that is no known UI is taken for a slip, not for a directory, unless it looks like a path.
fn ui(checker: &mut Checker<'_>, root: &Node, checked: &Value, base: &Path) -> Option<UiSetting> {
    let name = checked.get("ui")?.as_str()?;
    let setting = UiSetting::from_name(name, base);
    let is_path = name.contains(['/', '\\']) || name.starts_with('.');
    if matches!(setting, UiSetting::Directory(_)) && !is_path {
        let hint = nearest(name, ["rondel", "dagster"].into_iter())
            .map(|nearest| format!("; did you mean {nearest}?"))
            .unwrap_or_default();
        let nowhere = Node::new(Kind::Null);
        checker.within("ui", |c| {
            c.problem(
                root.get("ui").unwrap_or(&nowhere),
                format!(
                    "expected rondel, dagster or the path of a directory with a built UI \
                     (./{name} for one beside this file), found {name:?}{hint}"
                ),
            );
        });
    }
    Some(setting)
}

/// An unknown word is refused.
fn kubernetes_executor(
    checker: &mut Checker<'_>,
    root: &Node,
    checked: &Value,
) -> Option<ExecutorChoice> {
    const KEY: &str = "kubernetes_executor";
    let name = checked.get(KEY)?.as_str()?;
    let choice = ExecutorChoice::parse(name);
    if choice.is_none() {
        let nowhere = Node::new(Kind::Null);
        let message = format!("expected run_pod or host, found {name:?}");
        checker.within(KEY, |c| c.problem(root.get(KEY).unwrap_or(&nowhere), message));
    }
    choice
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(text: &str) -> Result<RondelConfig, ConfigError> {
        let env = |name: &str| (name == "MY_UI").then(|| "dagster".to_owned());
        RondelConfig::from_text(text, Path::new("/home/rondel.yaml"), &env)
    }

    #[rstest]
    #[case::nothing("", None)]
    #[case::own("ui: rondel\n", Some(UiSetting::Rondel))]
    #[case::dagsters("ui: dagster\n", Some(UiSetting::Dagster))]
    #[case::from_the_environment("ui: {env: MY_UI}\n", Some(UiSetting::Dagster))]
    #[case::absolute("ui: /srv/ui\n", Some(UiSetting::Directory("/srv/ui".into())))]
    #[case::beside_the_file("ui: ./ui\n", Some(UiSetting::Directory("/home/./ui".into())))]
    fn the_ui_is_named_or_a_directory(#[case] text: &str, #[case] ui: Option<UiSetting>) {
        assert_eq!(read(text).unwrap().ui, ui);
    }

    #[rstest]
    #[case::unknown_key(
        "uii: dagster\n",
        "/home/rondel.yaml:1: uii: unknown key uii; did you mean ui? (allowed keys: "
    )]
    #[case::a_key_of_dagster_yaml("run_queue: {}\n", "unknown key run_queue (allowed keys: ")]
    #[case::unknown_ui("ui: dagstr\n", "found \"dagstr\"; did you mean dagster?")]
    #[case::unknown_executor(
        "kubernetes_executor: pod\n",
        "expected run_pod or host, found \"pod\""
    )]
    #[case::wrong_type("ui: 3\n", "ui: expected a string or {env: NAME}, found the integer 3")]
    fn what_is_wrong_is_told_with_what_is_allowed(#[case] text: &str, #[case] message: &str) {
        let error = read(text).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }

    #[test]
    fn the_kubernetes_executor_is_chosen() {
        let choice = |text| read(text).unwrap().kubernetes_executor;
        assert_eq!(choice(""), None);
        assert_eq!(choice("kubernetes_executor: host\n"), Some(ExecutorChoice::Host));
    }

    #[test]
    fn a_home_without_the_file_has_no_settings() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(RondelConfig::load(home.path(), &|_| None).unwrap(), RondelConfig::default());
        std::fs::write(home.path().join(FILE_NAME), "ui: dagster\n").unwrap();
        let config = RondelConfig::load(home.path(), &|_| None).unwrap();
        assert_eq!(config.ui, Some(UiSetting::Dagster));
        assert_eq!(config.file, Some(home.path().join(FILE_NAME)));
    }
}
