//! One code location as configured, before anything is started: what to load and from where.
//!
//! Default names and the exact spelling of paths matter: the location's origin is hashed into the
//! ids of stored schedule and sensor state (`dagster/_core/remote_origin.py`), so a target keeps
//! every path as Dagster would write it, odd slashes included.

use indexmap::IndexMap;
use rondel_model::origin::{
    CodeLocationOrigin, GrpcServerCodeLocationOrigin, LoadableTargetOrigin,
    ManagedGrpcPythonEnvCodeLocationOrigin,
};
use serde_json::Value as Json;

/// How a location is reached.
#[derive(Debug, Clone, PartialEq)]
pub struct LocationTarget {
    /// The location's name: given, or Dagster's default for the source.
    pub name: String,
    /// Where its definitions come from.
    pub source: LocationSource,
}

/// Where a location's definitions come from.
#[derive(Debug, Clone, PartialEq)]
pub enum LocationSource {
    /// Python code which Rondel serves by a process of its own
    /// (`ManagedGrpcPythonEnvCodeLocationOrigin`).
    Python(PythonTarget),
    /// A server somebody else runs (`GrpcServerCodeLocationOrigin`).
    Server(ServerTarget),
}

/// Python code to load (`LoadableTargetOrigin`); exactly one of file, module, package and autoload
/// module is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PythonTarget {
    /// Interpreter, when configured.
    pub executable_path: Option<String>,
    /// A file of definitions.
    pub python_file: Option<String>,
    /// An importable module.
    pub module_name: Option<String>,
    /// Directory put on the module search path.
    pub working_directory: Option<String>,
    /// The one attribute to load.
    pub attribute: Option<String>,
    /// An importable package.
    pub package_name: Option<String>,
    /// A module searched recursively for definitions.
    pub autoload_defs_module_name: Option<String>,
}

/// Address of a code server run by somebody else.
#[derive(Debug, Clone, PartialEq)]
pub struct ServerTarget {
    /// Host name.
    pub host: String,
    /// TCP port; exclusive with `socket`.
    pub port: Option<u16>,
    /// Unix socket path; exclusive with `port`.
    pub socket: Option<String>,
    /// Whether TLS is used; `None` when not configured, which hashes differently from `false`.
    pub use_ssl: Option<bool>,
    /// Free metadata shown with the location.
    pub additional_metadata: Option<serde_json::Map<String, Json>>,
}

impl LocationTarget {
    /// A location served by Rondel; named after its source when `name` is empty
    /// (`_assign_loadable_target_origin_name`).
    pub fn python(target: PythonTarget, name: Option<String>) -> Self {
        let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| target.default_name());
        Self { name, source: LocationSource::Python(target) }
    }

    /// A location served elsewhere; named `grpc:<host>:<port or socket>` when `name` is empty.
    pub fn server(target: ServerTarget, name: Option<String>) -> Self {
        let name = name.filter(|name| !name.is_empty()).unwrap_or_else(|| {
            let at = match (&target.socket, target.port) {
                (Some(socket), _) if !socket.is_empty() => socket.clone(),
                (_, Some(port)) => port.to_string(),
                _ => "None".to_owned(),
            };
            format!("grpc:{}:{at}", target.host)
        });
        Self { name, source: LocationSource::Server(target) }
    }
}

impl PythonTarget {
    fn default_name(&self) -> String {
        let set = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
        let base = set(&self.package_name)
            .or_else(|| set(&self.module_name))
            .or_else(|| set(&self.autoload_defs_module_name))
            .or_else(|| {
                // os.path.basename: what follows the last slash, even when that is nothing
                let file = set(&self.python_file)?;
                Some(file.rsplit('/').next().unwrap_or_default().to_owned())
            })
            .unwrap_or_default();
        match set(&self.attribute) {
            Some(attribute) => format!("{base}:{attribute}"),
            None => base,
        }
    }

    /// The target flags of `dagster api grpc`, in Dagster's order (`LoadableTargetOrigin.get_cli_args`).
    pub fn cli_args(&self) -> Vec<String> {
        [
            ("-f", &self.python_file),
            ("-m", &self.module_name),
            ("-d", &self.working_directory),
            ("-a", &self.attribute),
            ("--package-name", &self.package_name),
            ("--autoload-defs-module-name", &self.autoload_defs_module_name),
        ]
        .into_iter()
        .filter_map(|(flag, value)| Some((flag, value.as_ref().filter(|text| !text.is_empty())?)))
        .flat_map(|(flag, value)| [flag.to_owned(), value.clone()])
        .collect()
    }
}

impl LocationTarget {
    /// The location's identity, from which the ids of its repositories and instigators are hashed.
    pub fn origin(&self) -> CodeLocationOrigin {
        match &self.source {
            LocationSource::Python(target) => {
                CodeLocationOrigin::ManagedGrpcPythonEnv(ManagedGrpcPythonEnvCodeLocationOrigin {
                    loadable_target_origin: LoadableTargetOrigin {
                        executable_path: target.executable_path.clone(),
                        python_file: target.python_file.clone(),
                        module_name: target.module_name.clone(),
                        working_directory: target.working_directory.clone(),
                        attribute: target.attribute.clone(),
                        package_name: target.package_name.clone(),
                        autoload_defs_module_name: target.autoload_defs_module_name.clone(),
                        extra: Default::default(),
                    },
                    location_name: self.name.clone(),
                    extra: Default::default(),
                })
            }
            LocationSource::Server(target) => {
                CodeLocationOrigin::GrpcServer(GrpcServerCodeLocationOrigin {
                    host: target.host.clone(),
                    port: target.port.map(i64::from),
                    socket: target.socket.clone(),
                    location_name: self.name.clone(),
                    use_ssl: target.use_ssl,
                    additional_metadata: target.additional_metadata.as_ref().map(|metadata| {
                        metadata
                            .iter()
                            .map(|(key, value)| (key.clone(), value.clone().into()))
                            .collect()
                    }),
                    extra: Default::default(),
                })
            }
        }
    }

    /// What the UI shows beside the location's name, in Dagster's order (`get_display_metadata`).
    pub fn display_metadata(&self) -> IndexMap<String, String> {
        let mut metadata = IndexMap::new();
        let mut put = |key: &str, value: Option<String>| {
            if let Some(value) = value {
                metadata.insert(key.to_owned(), value);
            }
        };
        match &self.source {
            LocationSource::Python(target) => {
                put("python_file", target.python_file.clone());
                put("module_name", target.module_name.clone());
                put("autoload_defs_module_name", target.autoload_defs_module_name.clone());
                put("working_directory", target.working_directory.clone());
                put("attribute", target.attribute.clone());
                put("package_name", target.package_name.clone());
                put("executable_path", target.executable_path.clone());
            }
            LocationSource::Server(target) => {
                put("host", Some(target.host.clone()));
                put("port", target.port.map(|port| port.to_string()));
                put("socket", target.socket.clone());
                for (key, value) in target.additional_metadata.iter().flatten() {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    put(key, Some(text));
                }
            }
        }
        metadata
    }
}
