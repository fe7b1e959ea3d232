//! `workspace.yaml`: the list of locations under `load_from`.
//!
//! Mirrors `dagster/_core/workspace/{config_schema,load}.py`: the same keys, string or mapping
//! forms, `{env: NAME}` where Dagster takes a source, and the same spelling of rebased paths.

use std::path::{Path, PathBuf};

use rondel_yaml::{Kind, Node};

use super::error::unknown_key;
use super::target::{LocationTarget, PythonTarget, ServerTarget};
use super::{Environment, WorkspaceConfigError};

const SOURCES: [&str; 5] =
    ["python_file", "python_module", "python_package", "autoload_defs_module", "grpc_server"];

/// Reads the locations of one `workspace.yaml`, in written order.
pub(super) fn read(
    path: &str,
    env: &Environment,
) -> Result<Vec<LocationTarget>, WorkspaceConfigError> {
    let file = env.resolve(path);
    let text = std::fs::read_to_string(&file).map_err(|error| {
        WorkspaceConfigError::Unreadable { file: file.clone(), reason: error.to_string() }
    })?;
    parse(&text, path, env)
}

/// Reads the locations of the text of a `workspace.yaml` known as `path`.
pub(super) fn parse(
    text: &str,
    path: &str,
    env: &Environment,
) -> Result<Vec<LocationTarget>, WorkspaceConfigError> {
    let reader = Reader { path, file: env.resolve(path), env };
    let root = rondel_yaml::parse(text).map_err(|error| WorkspaceConfigError::Invalid {
        file: reader.file.clone(),
        line: error.at.line,
        message: format!("not valid YAML: {}", error.reason),
    })?;
    reader.locations(&root.unwrap_or_else(|| Node::new(Kind::Null)))
}

struct Reader<'a> {
    path: &'a str,
    file: PathBuf,
    env: &'a Environment,
}

type Read<T> = Result<T, WorkspaceConfigError>;

impl Reader<'_> {
    fn locations(&self, root: &Node) -> Read<Vec<LocationTarget>> {
        if root.is_null() {
            return Err(WorkspaceConfigError::File {
                file: self.file.clone(),
                message: "the file is empty; give a list of code locations under `load_from:`"
                    .into(),
            });
        }
        self.known_keys(root, "the top level", &["load_from"])?;
        let Some(list) = root.get("load_from") else { return Ok(Vec::new()) };
        let Kind::Seq(items) = &list.kind else {
            return Err(self.wrong(list, "load_from", "a list of code locations"));
        };
        let mut locations: Vec<LocationTarget> = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let location = self.location(item, &format!("load_from[{index}]"))?;
            if locations.iter().any(|known| known.name == location.name) {
                return Err(self.invalid(
                    item,
                    format!(
                        "two locations are named `{}`; give one of them a `location_name`",
                        location.name
                    ),
                ));
            }
            locations.push(location);
        }
        Ok(locations)
    }

    fn location(&self, node: &Node, at: &str) -> Read<LocationTarget> {
        self.known_keys(node, at, &SOURCES)?;
        let entries = node.as_map().unwrap_or_default();
        let [(key, value)] = entries else {
            return Err(self.invalid(
                node,
                format!(
                    "{at} must have exactly one of {}; it has {}",
                    SOURCES.join(", "),
                    entries.len()
                ),
            ));
        };
        let source = key.as_str().unwrap_or_default();
        let at = format!("{at}.{source}");
        match source {
            "python_file" => self.python_file(value, &at),
            "python_module" => self.importable(value, &at, "module_name", true, |target, name| {
                target.module_name = Some(name);
            }),
            "python_package" => {
                self.importable(value, &at, "package_name", true, |target, name| {
                    target.package_name = Some(name);
                })
            }
            "autoload_defs_module" => {
                self.importable(value, &at, "module_name", false, |target, name| {
                    target.autoload_defs_module_name = Some(name);
                })
            }
            _ => self.grpc_server(value, &at),
        }
    }

    fn python_file(&self, node: &Node, at: &str) -> Read<LocationTarget> {
        if let Some(file) = node.as_str() {
            let target =
                PythonTarget { python_file: Some(self.rebase(file)), ..PythonTarget::default() };
            return Ok(LocationTarget::python(target, None));
        }
        let fields =
            ["relative_path", "attribute", "location_name", "working_directory", "executable_path"];
        self.known_keys(node, at, &fields)?;
        let file = self.required(node, at, "relative_path")?;
        let working_directory = match self.text(node, at, "working_directory")? {
            Some(directory) if !directory.is_empty() => self.rebase(&directory),
            // Dagster rebases the directory part of the path it was given, which for a bare
            // `workspace.yaml` leaves a trailing slash; origin ids hash it.
            _ => self.rebase(dirname(self.path)),
        };
        let target = PythonTarget {
            python_file: Some(self.rebase(&file)),
            attribute: self.text(node, at, "attribute")?,
            working_directory: Some(working_directory),
            executable_path: self.executable(node, at)?,
            ..PythonTarget::default()
        };
        Ok(LocationTarget::python(target, self.text(node, at, "location_name")?))
    }

    fn importable(
        &self,
        node: &Node,
        at: &str,
        name_key: &'static str,
        takes_attribute: bool,
        set_name: impl Fn(&mut PythonTarget, String),
    ) -> Read<LocationTarget> {
        let mut target = PythonTarget::default();
        if let Some(name) = node.as_str() {
            set_name(&mut target, name.to_owned());
            return Ok(LocationTarget::python(target, None));
        }
        let mut fields = vec![name_key, "working_directory", "location_name", "executable_path"];
        if takes_attribute {
            fields.insert(1, "attribute");
        }
        self.known_keys(node, at, &fields)?;
        set_name(&mut target, self.required(node, at, name_key)?);
        target.working_directory = self.text(node, at, "working_directory")?;
        target.executable_path = self.executable(node, at)?;
        if takes_attribute {
            target.attribute = self.text(node, at, "attribute")?;
        }
        Ok(LocationTarget::python(target, self.text(node, at, "location_name")?))
    }

    fn grpc_server(&self, node: &Node, at: &str) -> Read<LocationTarget> {
        let fields = ["host", "socket", "port", "location_name", "ssl", "additional_metadata"];
        self.known_keys(node, at, &fields)?;
        let socket = self.text(node, at, "socket")?.filter(|socket| !socket.is_empty());
        let port = self.port(node, at)?.filter(|port| *port != 0);
        if socket.is_some() == port.is_some() {
            return Err(self.invalid(node, format!("{at} needs either a `port` or a `socket`")));
        }
        let use_ssl = match node.get("ssl").map(|ssl| (&ssl.kind, ssl)) {
            None => None,
            Some((Kind::Bool(flag), _)) => Some(*flag),
            Some((_, ssl)) => return Err(self.wrong(ssl, &format!("{at}.ssl"), "true or false")),
        };
        let additional_metadata = match node.get("additional_metadata") {
            None => None,
            Some(metadata) => match metadata.to_json() {
                serde_json::Value::Object(entries) => Some(entries),
                _ => {
                    let key = format!("{at}.additional_metadata");
                    return Err(self.wrong(metadata, &key, "a mapping"));
                }
            },
        };
        let host = self.text(node, at, "host")?.filter(|host| !host.is_empty());
        let target = ServerTarget {
            host: host.unwrap_or_else(|| "localhost".to_owned()),
            port,
            socket,
            use_ssl,
            additional_metadata,
        };
        Ok(LocationTarget::server(target, self.text(node, at, "location_name")?))
    }

    fn port(&self, node: &Node, at: &str) -> Read<Option<u16>> {
        let Some(value) = node.get("port") else { return Ok(None) };
        let key = format!("{at}.port");
        let number = match &value.kind {
            Kind::Int(number) => *number,
            Kind::Map(_) => {
                let text = self.source(value, &key)?;
                text.trim().parse().map_err(|_| {
                    self.invalid(value, format!("{key}: `{text}` is not an integer"))
                })?
            }
            _ => return Err(self.wrong(value, &key, "a port number or {env: NAME}")),
        };
        u16::try_from(number)
            .map(Some)
            .map_err(|_| self.invalid(value, format!("{key}: {number} is not a port (0 to 65535)")))
    }

    fn executable(&self, node: &Node, at: &str) -> Read<Option<String>> {
        let path = self.text(node, at, "executable_path")?.filter(|path| !path.is_empty());
        Ok(path.map(|path| self.env.expand_home(&path)))
    }

    fn required(&self, node: &Node, at: &str, key: &str) -> Read<String> {
        self.text(node, at, key)?
            .ok_or_else(|| self.invalid(node, format!("{at} needs the key `{key}`")))
    }

    /// A `StringSource`: text, or `{env: NAME}`.
    fn text(&self, node: &Node, at: &str, key: &str) -> Read<Option<String>> {
        let Some(value) = node.get(key) else { return Ok(None) };
        let path = format!("{at}.{key}");
        match &value.kind {
            Kind::Str(text) => Ok(Some(text.clone())),
            Kind::Map(_) => self.source(value, &path).map(Some),
            _ => Err(self.wrong(value, &path, "a string (quote it) or {env: NAME}")),
        }
    }

    fn source(&self, node: &Node, path: &str) -> Read<String> {
        self.known_keys(node, path, &["env"])?;
        let Some(name) = node.get("env").and_then(Node::as_str) else {
            return Err(self.invalid(node, format!("{path} must be text or {{env: NAME}}")));
        };
        self.env.var(name).ok_or_else(|| {
            self.invalid(
                node,
                format!(
                    "{path}: the environment variable `{name}` is not set; set it or give the value"
                ),
            )
        })
    }

    fn known_keys(&self, node: &Node, at: &str, allowed: &[&str]) -> Read<()> {
        let Some(entries) = node.as_map() else {
            return Err(self.wrong(node, at, &format!("a mapping with {}", allowed.join(", "))));
        };
        for (key, _) in entries {
            let name = key.as_str().map_or_else(|| key.key_text(), str::to_owned);
            if !allowed.contains(&name.as_str()) {
                return Err(self.invalid(key, unknown_key(&name, at, allowed)));
            }
        }
        Ok(())
    }

    fn wrong(&self, node: &Node, at: &str, expected: &str) -> WorkspaceConfigError {
        self.invalid(node, format!("{at} must be {expected}, not {}", node.describe()))
    }

    fn invalid(&self, node: &Node, message: String) -> WorkspaceConfigError {
        WorkspaceConfigError::Invalid { file: self.file.clone(), line: node.at.line, message }
    }

    /// `rebase_file`: relative to the directory the file resides in.
    fn rebase(&self, relative: &str) -> String {
        join(dirname(&self.file.to_string_lossy()), relative)
    }
}

/// `os.path.join(directory, path)`.
fn join(directory: &str, path: &str) -> String {
    if Path::new(path).is_absolute() {
        path.to_owned()
    } else if directory.ends_with('/') {
        format!("{directory}{path}")
    } else {
        format!("{directory}/{path}")
    }
}

/// `os.path.dirname(path)`.
fn dirname(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) => "/",
        Some(at) => path[..at].trim_end_matches('/'),
        None => "",
    }
}
