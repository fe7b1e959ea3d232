//! `DAGSTER_HOME`, or a temporary directory in its place.
//!
//! Mirrors `create_instance_from_dagster_home` and `get_possibly_temporary_instance_for_cli`:
//! commands that serve an installation need the variable; `dev` makes do with a directory of its
//! own beside the project, which is removed with the [`Home`].

use std::path::{Path, PathBuf};

use super::error::ConfigError;

/// Where an instance keeps its files and finds its configuration.
#[derive(Debug)]
pub struct Home {
    base_dir: PathBuf,
    config_dir: PathBuf,
    /// Deletes the directory when dropped.
    temporary: Option<tempfile::TempDir>,
}

impl Home {
    /// The directory `DAGSTER_HOME` names.
    ///
    /// # Errors
    /// The variable is not set, not absolute, or not an existing directory.
    pub fn from_env() -> Result<Self, ConfigError> {
        match std::env::var("DAGSTER_HOME") {
            Ok(value) if !value.is_empty() => Self::from_variable(&value),
            _ => Err(ConfigError::HomeNotSet),
        }
    }

    /// As [`Home::from_env`], or a fresh temporary directory when the variable is not set.
    ///
    /// # Errors
    /// The variable is set but wrong, or the temporary directory cannot be made.
    pub fn from_env_or_temporary() -> Result<Self, ConfigError> {
        match Self::from_env() {
            Err(ConfigError::HomeNotSet) => {
                let here = std::env::current_dir().map_err(|source| ConfigError::Unreadable {
                    file: PathBuf::from("."),
                    source,
                })?;
                Self::temporary_in(&here)
            }
            other => other,
        }
    }

    /// An existing directory given by the value of the variable; `~` is the user's home.
    ///
    /// # Errors
    /// Not absolute, or not an existing directory.
    pub fn from_variable(value: &str) -> Result<Self, ConfigError> {
        let expanded = match (value.strip_prefix('~'), std::env::var("HOME")) {
            (Some(rest), Ok(user_home)) if rest.is_empty() || rest.starts_with('/') => {
                format!("{user_home}{rest}")
            }
            _ => value.to_owned(),
        };
        let path = PathBuf::from(&expanded);
        if !path.is_absolute() {
            return Err(ConfigError::HomeNotAbsolute(expanded));
        }
        if !path.is_dir() {
            return Err(ConfigError::HomeNotADirectory(path));
        }
        Ok(Self { config_dir: path.clone(), base_dir: path, temporary: None })
    }

    /// A new directory below `project`, whose own `dagster.yaml`, if any, applies.
    ///
    /// # Errors
    /// The directory cannot be made.
    pub fn temporary_in(project: &Path) -> Result<Self, ConfigError> {
        // below the project, as Dagster does, and under a name that projects already ignore
        let directory =
            tempfile::Builder::new().prefix(".tmp_dagster_home_").tempdir_in(project).map_err(
                |source| ConfigError::Unreadable { file: project.to_path_buf(), source },
            )?;
        Ok(Self {
            base_dir: directory.path().to_path_buf(),
            config_dir: project.to_path_buf(),
            temporary: Some(directory),
        })
    }

    /// Where the instance keeps its files.
    pub fn base_dir(&self) -> &Path {
        &self.base_dir
    }

    /// Where `dagster.yaml` is looked for.
    pub fn config_dir(&self) -> &Path {
        &self.config_dir
    }

    /// Whether everything in it is deleted at the end.
    pub fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }
}
