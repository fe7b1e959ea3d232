//! Where a code location comes from.

use crate::serdes::snapshot_id;
use crate::serdes::{Map, Value};
use crate::{record, union};

record! {
    /// Which Python code to load: a file, module or package, in which environment.
    #[derive(Default)]
    pub struct LoadableTargetOrigin = "LoadableTargetOrigin" {
        executable_path: Option<String>,
        python_file: Option<String>,
        module_name: Option<String>,
        working_directory: Option<String>,
        attribute: Option<String>,
        package_name: Option<String>,
        autoload_defs_module_name [skip_none]: Option<String>,
    }
}

record! {
    /// A location known to the workspace by name only.
    #[derive(Default)]
    pub struct RegisteredCodeLocationOrigin = "RegisteredRepositoryLocationOrigin" {
        location_name: String,
    }
}

record! {
    /// A location loaded in the same Python process (tests).
    #[derive(Default)]
    pub struct InProcessCodeLocationOrigin = "InProcessRepositoryLocationOrigin" {
        loadable_target_origin: LoadableTargetOrigin,
        location_name: String,
        container_image: Option<String>,
        entry_point: Vec<String>,
        container_context: Option<Map<Value>>,
    }
}

record! {
    /// A location whose code server Rondel starts.
    #[derive(Default)]
    pub struct ManagedGrpcPythonEnvCodeLocationOrigin = "ManagedGrpcPythonEnvRepositoryLocationOrigin" {
        loadable_target_origin: LoadableTargetOrigin,
        location_name: String,
    }
}

record! {
    /// A location served by a code server someone else runs.
    #[derive(Default)]
    pub struct GrpcServerCodeLocationOrigin = "GrpcServerRepositoryLocationOrigin" {
        host: String,
        port: Option<i64>,
        socket: Option<String>,
        location_name: String,
        use_ssl [skip_empty]: Option<bool>,
        additional_metadata [skip_empty]: Option<Map<Value>>,
    }
}

union! {
    /// Where a code location comes from.
    pub enum CodeLocationOrigin {
        /// `RegisteredCodeLocationOrigin`
        Registered(RegisteredCodeLocationOrigin),
        /// `InProcessCodeLocationOrigin`
        InProcess(InProcessCodeLocationOrigin),
        /// `ManagedGrpcPythonEnvCodeLocationOrigin`
        ManagedGrpcPythonEnv(ManagedGrpcPythonEnvCodeLocationOrigin),
        /// `GrpcServerCodeLocationOrigin`
        GrpcServer(GrpcServerCodeLocationOrigin),
    }
}

/// The name Dagster gives the location of code loaded in the same process.
pub const IN_PROCESS_NAME: &str = "<<in_process>>";

impl CodeLocationOrigin {
    /// The location's name.
    pub fn location_name(&self) -> &str {
        match self {
            Self::Registered(origin) => &origin.location_name,
            Self::InProcess(origin) => &origin.location_name,
            Self::ManagedGrpcPythonEnv(origin) => &origin.location_name,
            Self::GrpcServer(origin) => &origin.location_name,
            Self::Unknown(value) => {
                value.get("location_name").and_then(Value::as_str).unwrap_or_default()
            }
        }
    }

    /// SHA-1 of the serialized origin.
    pub fn id(&self) -> String {
        snapshot_id(self)
    }

    /// What people are shown about the origin, in Dagster's order.
    pub fn display_metadata(&self) -> Map<String> {
        let text = |value: &Option<String>| value.clone();
        let pairs: Vec<(&str, Option<String>)> = match self {
            Self::ManagedGrpcPythonEnv(origin) => {
                let target = &origin.loadable_target_origin;
                vec![
                    ("python_file", text(&target.python_file)),
                    ("module_name", text(&target.module_name)),
                    ("autoload_defs_module_name", text(&target.autoload_defs_module_name)),
                    ("working_directory", text(&target.working_directory)),
                    ("attribute", text(&target.attribute)),
                    ("package_name", text(&target.package_name)),
                    ("executable_path", text(&target.executable_path)),
                ]
            }
            Self::GrpcServer(origin) => {
                let mut pairs = vec![
                    ("host", Some(origin.host.clone())),
                    ("port", origin.port.filter(|port| *port != 0).map(|port| port.to_string())),
                    ("socket", text(&origin.socket)),
                ];
                for (key, value) in origin.additional_metadata.iter().flatten() {
                    let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    pairs.push((key, (!value.is_null()).then_some(shown)));
                }
                pairs
            }
            Self::Registered(_) | Self::InProcess(_) | Self::Unknown(_) => Vec::new(),
        };
        pairs.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect()
    }
}

impl LoadableTargetOrigin {
    /// The name a location of this target gets when none is given
    /// (`_assign_loadable_target_origin_name`); `None` if the target names no code.
    pub fn default_location_name(&self) -> Option<String> {
        let given = |value: &Option<String>| value.clone().filter(|text| !text.is_empty());
        let base_name = |path: String| path.rsplit('/').next().unwrap_or_default().to_owned();
        let code = given(&self.package_name)
            .or_else(|| given(&self.module_name))
            .or_else(|| given(&self.autoload_defs_module_name))
            .or_else(|| given(&self.python_file).map(base_name))?;
        Some(match given(&self.attribute) {
            Some(attribute) => format!("{code}:{attribute}"),
            None => code,
        })
    }
}

impl GrpcServerCodeLocationOrigin {
    /// The name a location of this server gets when none is given.
    pub fn default_location_name(host: &str, port: Option<u16>, socket: Option<&str>) -> String {
        let address = socket.map_or_else(
            || port.map_or_else(|| "None".to_owned(), |port| port.to_string()),
            str::to_owned,
        );
        format!("grpc:{host}:{address}")
    }
}
