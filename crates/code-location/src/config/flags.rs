//! Dagster's workspace flags and which of them go together.

use super::target::{LocationTarget, PythonTarget, ServerTarget};
use super::{Environment, WorkspaceConfigError, WorkspaceSource, exists, pyproject};

/// The workspace flags of `dagster dev`, `dagster-webserver` and `dagster-daemon`
/// (`WorkspaceOpts` of `dagster_shared/cli`), as given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkspaceFlags {
    /// `-w/--workspace`, repeatable.
    pub workspace: Vec<String>,
    /// `-f/--python-file`, repeatable.
    pub python_file: Vec<String>,
    /// `-m/--module-name`, repeatable.
    pub module_name: Vec<String>,
    /// `--package-name`, repeatable.
    pub package_name: Vec<String>,
    /// `--autoload-defs-module-name`.
    pub autoload_defs_module_name: Option<String>,
    /// `-d/--working-directory`.
    pub working_directory: Option<String>,
    /// `-a/--attribute`.
    pub attribute: Option<String>,
    /// `--grpc-port`.
    pub grpc_port: Option<u16>,
    /// `--grpc-socket`.
    pub grpc_socket: Option<String>,
    /// `--grpc-host`.
    pub grpc_host: Option<String>,
    /// `--use-ssl`.
    pub use_ssl: bool,
    /// `--empty-workspace`.
    pub empty_workspace: bool,
}

impl WorkspaceFlags {
    pub(super) fn source(
        &self,
        env: &Environment,
    ) -> Result<WorkspaceSource, WorkspaceConfigError> {
        let given = self.given();
        if given.is_empty() {
            return self.default_source(env);
        }
        let (main, with): (_, &[&str]) = if !self.workspace.is_empty() {
            ("-w/--workspace", &[])
        } else if !self.python_file.is_empty() {
            ("-f/--python-file", &["-a/--attribute", "-d/--working-directory"])
        } else if !self.module_name.is_empty() {
            ("-m/--module-name", &["-a/--attribute", "-d/--working-directory"])
        } else if !self.package_name.is_empty() {
            ("--package-name", &["-a/--attribute", "-d/--working-directory"])
        } else if self.autoload_defs_module_name.is_some() {
            ("--autoload-defs-module-name", &["-d/--working-directory"])
        } else if self.grpc_port.is_some() {
            ("--grpc-port", &["--grpc-host"])
        } else if self.grpc_socket.is_some() {
            ("--grpc-socket", &["--grpc-host"])
        } else {
            return Err(WorkspaceConfigError::Flags(format!(
                "{} says nothing about what to load; give -f FILE, -m MODULE, --package-name NAME, \
                 -w workspace.yaml, --grpc-port PORT or --grpc-socket PATH",
                given.join(" and ")
            )));
        };
        if let Some(other) = given.iter().find(|flag| **flag != main && !with.contains(flag)) {
            return Err(WorkspaceConfigError::Flags(format!(
                "{main} and {other} do not go together; give one of them"
            )));
        }
        Ok(match main {
            "-w/--workspace" => WorkspaceSource::Files(self.workspace.clone()),
            "--grpc-port" | "--grpc-socket" => WorkspaceSource::Given(vec![self.server()]),
            _ => WorkspaceSource::Given(self.python_targets(main, env)?),
        })
    }

    fn default_source(&self, env: &Environment) -> Result<WorkspaceSource, WorkspaceConfigError> {
        if self.empty_workspace {
            return Ok(WorkspaceSource::Empty);
        }
        if pyproject::has_block("pyproject.toml", env)? {
            return Ok(WorkspaceSource::PyProject("pyproject.toml".to_owned()));
        }
        ["workspace.yaml", "workspace.yml"]
            .into_iter()
            .find(|name| exists(name, env))
            .map(|name| WorkspaceSource::Files(vec![name.to_owned()]))
            .ok_or_else(|| WorkspaceConfigError::NothingToLoad(env.directory.clone()))
    }

    fn given(&self) -> Vec<&'static str> {
        [
            ("-w/--workspace", !self.workspace.is_empty()),
            ("-f/--python-file", !self.python_file.is_empty()),
            ("-m/--module-name", !self.module_name.is_empty()),
            ("--package-name", !self.package_name.is_empty()),
            ("--autoload-defs-module-name", self.autoload_defs_module_name.is_some()),
            ("-d/--working-directory", self.working_directory.is_some()),
            ("-a/--attribute", self.attribute.is_some()),
            ("--grpc-port", self.grpc_port.is_some()),
            ("--grpc-socket", self.grpc_socket.is_some()),
            ("--grpc-host", self.grpc_host.is_some()),
        ]
        .into_iter()
        .filter_map(|(flag, is_given)| is_given.then_some(flag))
        .collect()
    }

    fn server(&self) -> LocationTarget {
        let target = ServerTarget {
            host: self.grpc_host.clone().unwrap_or_else(|| "localhost".to_owned()),
            port: self.grpc_port,
            socket: if self.grpc_port.is_some() { None } else { self.grpc_socket.clone() },
            use_ssl: Some(self.use_ssl),
            additional_metadata: None,
        };
        LocationTarget::server(target, None)
    }

    fn python_targets(
        &self,
        main: &str,
        env: &Environment,
    ) -> Result<Vec<LocationTarget>, WorkspaceConfigError> {
        let directory = self
            .working_directory
            .clone()
            .filter(|directory| !directory.is_empty())
            .unwrap_or_else(|| env.directory.to_string_lossy().into_owned());
        let base = PythonTarget {
            working_directory: Some(directory),
            attribute: self.attribute.clone(),
            ..PythonTarget::default()
        };
        let each = |names: &[String], set: fn(&mut PythonTarget, String)| {
            names
                .iter()
                .map(|name| {
                    let mut target = base.clone();
                    set(&mut target, name.clone());
                    LocationTarget::python(target, None)
                })
                .collect::<Vec<_>>()
        };
        let targets = match main {
            "-f/--python-file" => each(&self.python_file, |t, name| t.python_file = Some(name)),
            "-m/--module-name" => each(&self.module_name, |t, name| t.module_name = Some(name)),
            "--package-name" => each(&self.package_name, |t, name| t.package_name = Some(name)),
            _ => {
                let names: Vec<String> = self.autoload_defs_module_name.iter().cloned().collect();
                each(&names, |t, name| t.autoload_defs_module_name = Some(name))
            }
        };
        if targets.len() > 1 && self.attribute.is_some() {
            return Err(WorkspaceConfigError::Flags(format!(
                "-a/--attribute names one attribute, but {main} is given {} times",
                targets.len()
            )));
        }
        // Dagster keys the workspace by name: a later target of the same name replaces the earlier.
        let mut unique: Vec<LocationTarget> = Vec::new();
        for target in targets {
            match unique.iter_mut().find(|known| known.name == target.name) {
                Some(known) => *known = target,
                None => unique.push(target),
            }
        }
        Ok(unique)
    }
}
