//! What a workspace consists of: locations from flags, `workspace.yaml` or `pyproject.toml`.
//!
//! [`WorkspaceConfig`] keeps where the description came from, not its result, because
//! "reload workspace" reads the files again ([`WorkspaceConfig::locations`]). Names and paths come
//! out exactly as Dagster computes them (`dagster/_cli/workspace/cli_target.py`,
//! `_core/workspace/load_target.py`): origin ids are hashed from them.

mod code_servers;
mod error;
mod flags;
mod pyproject;
mod target;
#[cfg(test)]
mod tests;
mod workspace_yaml;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

pub use code_servers::{CodeServers, ServedElsewhere};
pub use error::WorkspaceConfigError;
pub use flags::WorkspaceFlags;
pub use target::{LocationSource, LocationTarget, PythonTarget, ServerTarget};

/// The process environment a configuration is read in: a value, so that tests need not change it.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The current directory, absolute.
    pub directory: PathBuf,
    /// Environment variables.
    pub variables: HashMap<String, String>,
}

impl Environment {
    /// The environment of this process. Variables that are not UTF-8 are left out.
    pub fn current() -> std::io::Result<Self> {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(Self { directory: std::env::current_dir()?, variables })
    }

    /// A variable's value.
    pub fn var(&self, name: &str) -> Option<String> {
        self.variables.get(name).cloned()
    }

    /// `path`, absolute and normalised as Python's `os.path.abspath` does.
    pub fn resolve(&self, path: &str) -> PathBuf {
        let mut absolute = PathBuf::from("/");
        for part in self.directory.join(path).components() {
            match part {
                std::path::Component::Normal(name) => absolute.push(name),
                std::path::Component::ParentDir => {
                    absolute.pop();
                }
                _ => {}
            }
        }
        absolute
    }

    /// `path` with a leading `~` replaced by the home directory (`os.path.expanduser`).
    pub fn expand_home(&self, path: &str) -> String {
        match (path.strip_prefix('~'), self.var("HOME")) {
            (Some(rest), Some(home)) if rest.is_empty() || rest.starts_with('/') => {
                format!("{}{rest}", home.trim_end_matches('/'))
            }
            _ => path.to_owned(),
        }
    }
}

/// Where the list of locations comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum WorkspaceSource {
    /// No location at all (`--empty-workspace`).
    Empty,
    /// One or more `workspace.yaml` files; a later file replaces same-named locations.
    Files(Vec<String>),
    /// `pyproject.toml`.
    PyProject(String),
    /// Named on the command line.
    Given(Vec<LocationTarget>),
}

/// A workspace's description; [`locations`](Self::locations) reads it anew each time.
#[derive(Debug, Clone)]
pub struct WorkspaceConfig {
    source: WorkspaceSource,
    environment: Environment,
    code_servers: Option<PathBuf>,
}

impl WorkspaceConfig {
    /// The workspace `flags` describe; without a target flag the current directory's
    /// `pyproject.toml`, `workspace.yaml` or `workspace.yml`.
    pub fn from_flags(
        flags: &WorkspaceFlags,
        environment: Environment,
    ) -> Result<Self, WorkspaceConfigError> {
        let source = flags.source(&environment)?;
        Ok(Self { source, environment, code_servers: None })
    }

    /// A workspace of exactly these locations.
    pub fn from_targets(targets: Vec<LocationTarget>, environment: Environment) -> Self {
        let source = WorkspaceSource::Given(targets);
        Self { source, environment, code_servers: None }
    }

    /// Takes locations named in the JSON file `file` from the server or error given there instead of
    /// starting one; their origins stay those of the workspace.
    #[must_use]
    pub fn with_code_servers(mut self, file: impl Into<PathBuf>) -> Self {
        self.code_servers = Some(file.into());
        self
    }

    /// Where the list comes from.
    pub fn source(&self) -> &WorkspaceSource {
        &self.source
    }

    /// The files that the description is read from.
    pub fn files(&self) -> Vec<PathBuf> {
        match &self.source {
            WorkspaceSource::Empty | WorkspaceSource::Given(_) => Vec::new(),
            WorkspaceSource::PyProject(path) => vec![self.environment.resolve(path)],
            WorkspaceSource::Files(paths) => {
                paths.iter().map(|path| self.environment.resolve(path)).collect()
            }
        }
    }

    /// The environment the description is read in.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// Reads the description and returns its locations in order.
    pub fn locations(&self) -> Result<Vec<LocationTarget>, WorkspaceConfigError> {
        let env = &self.environment;
        match &self.source {
            WorkspaceSource::Empty => Ok(Vec::new()),
            WorkspaceSource::Given(targets) => Ok(targets.clone()),
            WorkspaceSource::PyProject(path) => pyproject::read(path, env),
            WorkspaceSource::Files(paths) => {
                let mut locations: Vec<LocationTarget> = Vec::new();
                for path in paths {
                    for location in workspace_yaml::read(path, env)? {
                        match locations.iter_mut().find(|known| known.name == location.name) {
                            Some(known) => *known = location,
                            None => locations.push(location),
                        }
                    }
                }
                Ok(locations)
            }
        }
    }

    /// Locations which are served, or known to fail, already.
    pub fn served_elsewhere(&self) -> Result<CodeServers, WorkspaceConfigError> {
        match &self.code_servers {
            Some(file) => CodeServers::read(file),
            None => Ok(CodeServers::default()),
        }
    }
}

fn exists(path: &str, env: &Environment) -> bool {
    Path::new(&env.resolve(path)).exists()
}
