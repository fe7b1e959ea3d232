//! Where a repository comes from, and what is shown of it.

use async_graphql::{Object, SimpleObject};
use rondel_model::origin::{CodeLocationOrigin, RemoteRepositoryOrigin};

use crate::direct::{Selected, Write, Writer, Written, direct};

/// A fact about where code is loaded from.
#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct RepositoryMetadata {
    #[graphql(owned)]
    key: String,
    #[graphql(owned)]
    value: String,
}

impl RepositoryMetadata {
    /// The image of a location.
    pub(crate) fn image(image: &str) -> Self {
        Self { key: "image".to_owned(), value: image.to_owned() }
    }

    /// Facts by name.
    pub(crate) fn list<'a>(facts: impl IntoIterator<Item = (&'a String, &'a String)>) -> Vec<Self> {
        facts
            .into_iter()
            .map(|(key, value)| Self { key: key.clone(), value: value.clone() })
            .collect()
    }
}

/// `get_display_metadata` of the origin's class.
pub(crate) fn display_metadata(origin: &CodeLocationOrigin) -> Vec<RepositoryMetadata> {
    let fact = |key: &str, value: Option<String>| {
        value.map(|value| RepositoryMetadata { key: key.to_owned(), value })
    };
    match origin {
        CodeLocationOrigin::ManagedGrpcPythonEnv(managed) => {
            let target = &managed.loadable_target_origin;
            [
                fact("python_file", target.python_file.clone()),
                fact("module_name", target.module_name.clone()),
                fact("autoload_defs_module_name", target.autoload_defs_module_name.clone()),
                fact("working_directory", target.working_directory.clone()),
                fact("attribute", target.attribute.clone()),
                fact("package_name", target.package_name.clone()),
                fact("executable_path", target.executable_path.clone()),
            ]
            .into_iter()
            .flatten()
            .collect()
        }
        CodeLocationOrigin::GrpcServer(server) => {
            let port = server.port.filter(|port| *port != 0).map(|port| port.to_string());
            let own = [
                fact("host", Some(server.host.clone())),
                fact("port", port),
                fact("socket", server.socket.clone()),
            ];
            let more = server.additional_metadata.iter().flatten().map(|(key, value)| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                fact(key, (!value.is_null()).then_some(text))
            });
            own.into_iter().chain(more).flatten().collect()
        }
        _ => Vec::new(),
    }
}

/// The name of the location of any origin class.
pub(crate) fn location_name(origin: &CodeLocationOrigin) -> &str {
    match origin {
        CodeLocationOrigin::Registered(origin) => &origin.location_name,
        CodeLocationOrigin::InProcess(origin) => &origin.location_name,
        CodeLocationOrigin::ManagedGrpcPythonEnv(origin) => &origin.location_name,
        CodeLocationOrigin::GrpcServer(origin) => &origin.location_name,
        CodeLocationOrigin::Unknown(value) => {
            value.get("location_name").and_then(|name| name.as_str()).unwrap_or_default()
        }
    }
}

/// Where a repository comes from.
pub(crate) struct RepositoryOrigin(pub(crate) RemoteRepositoryOrigin);

#[Object]
impl RepositoryOrigin {
    async fn id(&self) -> String {
        self.0.id()
    }

    async fn repository_location_name(&self) -> String {
        location_name(&self.0.code_location_origin).to_owned()
    }

    async fn repository_name(&self) -> String {
        self.0.repository_name.clone()
    }

    async fn repository_location_metadata(&self) -> Vec<RepositoryMetadata> {
        display_metadata(&self.0.code_location_origin)
    }
}

direct!(RemoteRepositoryOrigin as "RepositoryOrigin" => {
    ("id", |origin| OriginId(origin))
    ("repositoryLocationName", |origin| location_name(&origin.code_location_origin))
    ("repositoryName", |origin| origin.repository_name)
});

/// The id of an origin; found once for all that are equal in a list, since the runs of a page come from few.
struct OriginId<'o>(&'o RemoteRepositoryOrigin);

impl Write for OriginId<'_> {
    fn write<'q>(&self, selected: &Selected<'q>, out: &mut Writer<'q>) -> Written {
        out.origin_id(self.0).write(selected, out)
    }
}
