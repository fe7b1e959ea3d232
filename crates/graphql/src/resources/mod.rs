//! Top-level resources of a repository, and the environment variables that its definitions use.

use std::sync::Arc;

use async_graphql::{Context, Enum, Object, SimpleObject, Union};
use rondel_model::snap::{self as model, ResourceSnap};

use crate::{
    common::{AssetKey, RepositorySelector, ResourceSelector},
    config::{ConfigTypeField, SECRET_MASK, SchemaSource},
    errors::{
        PythonError, RepositoryNotFoundError, ResolverError, ResourceNotFoundError, capture,
        or_error,
    },
    workspace::{PreparedRepository, require_repository},
};

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConfiguredValueType {
    Value,
    EnvVar,
    Secret,
}

/// A value that a user configured.
#[derive(SimpleObject)]
pub(crate) struct ConfiguredValue {
    key: String,
    value: String,
    #[graphql(name = "type")]
    kind: ConfiguredValueType,
}

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
#[graphql(remote = "model::NestedResourceType")]
pub(crate) enum NestedResourceType {
    Anonymous,
    TopLevel,
}

/// A resource within another, or around it.
#[derive(SimpleObject)]
pub(crate) struct NestedResourceEntry {
    name: String,
    #[graphql(name = "type")]
    kind: NestedResourceType,
    resource: Option<ResourceDetails>,
}

/// A job with those of its ops that use a resource.
#[derive(SimpleObject)]
pub(crate) struct JobWithOps {
    job_name: String,
    #[graphql(name = "opHandleIDs")]
    op_handle_ids: Vec<String>,
}

/// A resource that has a name of its own.
#[derive(Clone)]
pub(crate) struct ResourceDetails {
    repository: Arc<PreparedRepository>,
    at: usize,
}

fn snaps(repository: &PreparedRepository) -> &[ResourceSnap] {
    repository.snap.resources.as_deref().unwrap_or_default()
}

impl ResourceDetails {
    /// Those which the repository defines itself, by name if asked for.
    pub(crate) fn top_level_of(repository: &Arc<PreparedRepository>) -> Vec<Self> {
        let snaps = snaps(repository).iter().enumerate().filter(|(_, snap)| snap.is_top_level);
        snaps.map(|(at, _)| Self { repository: Arc::clone(repository), at }).collect()
    }

    fn find(repository: &Arc<PreparedRepository>, name: &str) -> Option<Self> {
        let at = snaps(repository).iter().position(|snap| snap.name == name)?;
        Some(Self { repository: Arc::clone(repository), at })
    }

    pub(crate) fn snap(&self) -> &ResourceSnap {
        &snaps(&self.repository)[self.at]
    }
}

#[Object]
impl ResourceDetails {
    async fn id(&self) -> String {
        let PreparedRepository { location, name, .. } = &*self.repository;
        format!("{}-{name}-{}", location.name, self.snap().name)
    }

    async fn name(&self) -> &str {
        &self.snap().name
    }

    async fn description(&self) -> Option<&str> {
        self.snap().resource_snapshot.description.as_deref()
    }

    /// Snapshots of all the fields for the given resource
    async fn config_fields(&self) -> Vec<ConfigTypeField> {
        let schema = SchemaSource::Schema(Arc::new(self.snap().config_schema_snap.clone()));
        let fields = self.snap().config_field_snaps.iter();
        fields.map(|field| ConfigTypeField::new(schema.clone(), field.clone())).collect()
    }

    /// List of K/V pairs of user-configured values for each of the top-level fields on the resource
    async fn configured_values(&self) -> Vec<ConfiguredValue> {
        let fields = &self.snap().config_field_snaps;
        let is_secret = |key: &str| {
            let mut fields = fields.iter();
            fields.any(|field| field.name.as_deref() == Some(key) && field.is_secret == Some(true))
        };
        let value = |(key, value): (&String, &model::ConfiguredValue)| {
            let (kind, value) = match value {
                model::ConfiguredValue::EnvVar(variable) => {
                    (ConfiguredValueType::EnvVar, variable.name.clone())
                }
                model::ConfiguredValue::Json(_) if is_secret(key) => {
                    (ConfiguredValueType::Secret, SECRET_MASK.to_owned())
                }
                model::ConfiguredValue::Json(json) => (ConfiguredValueType::Value, json.clone()),
            };
            ConfiguredValue { key: key.clone(), value, kind }
        };
        self.snap().configured_values.iter().map(value).collect()
    }

    async fn is_top_level(&self) -> bool {
        self.snap().is_top_level
    }

    /// List of nested resources for the given resource
    async fn nested_resources(&self) -> Vec<NestedResourceEntry> {
        let entry = |(name, nested): (&String, &model::NestedResource)| NestedResourceEntry {
            name: name.clone(),
            kind: nested.kind.into(),
            resource: match nested.kind {
                model::NestedResourceType::TopLevel => Self::find(&self.repository, &nested.name),
                model::NestedResourceType::Anonymous => None,
            },
        };
        self.snap().nested_resources.iter().map(entry).collect()
    }

    /// List of parent resources for the given resource
    async fn parent_resources(&self) -> Vec<NestedResourceEntry> {
        let entry = |(name, attribute): (&String, &String)| NestedResourceEntry {
            name: attribute.clone(),
            kind: NestedResourceType::TopLevel,
            resource: Self::find(&self.repository, name),
        };
        self.snap().parent_resources.iter().map(entry).collect()
    }

    async fn resource_type(&self) -> &str {
        &self.snap().resource_type
    }

    async fn asset_keys_using(&self) -> Vec<AssetKey> {
        self.snap().asset_keys_using.iter().map(AssetKey::from).collect()
    }

    async fn jobs_ops_using(&self) -> Vec<JobWithOps> {
        let entry = |entry: &model::ResourceJobUsageEntry| JobWithOps {
            job_name: entry.job_name.clone(),
            op_handle_ids: entry.node_handles.iter().map(ToString::to_string).collect(),
        };
        self.snap().job_ops_using.iter().map(entry).collect()
    }

    async fn schedules_using(&self) -> &[String] {
        &self.snap().schedules_using
    }

    async fn sensors_using(&self) -> &[String] {
        &self.snap().sensors_using
    }
}

#[derive(Union)]
pub(crate) enum ResourceDetailsOrError {
    ResourceDetails(ResourceDetails),
    ResourceNotFoundError(ResourceNotFoundError),
    PythonError(PythonError),
}
or_error!(ResourceDetailsOrError: ResourceNotFoundError);

#[derive(SimpleObject)]
pub(crate) struct ResourceDetailsList {
    results: Vec<ResourceDetails>,
}

#[derive(Union)]
pub(crate) enum ResourceDetailsListOrError {
    ResourceDetailsList(ResourceDetailsList),
    RepositoryNotFoundError(RepositoryNotFoundError),
    PythonError(PythonError),
}
or_error!(ResourceDetailsListOrError: RepositoryNotFoundError);

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum EnvVarConsumerType {
    Resource,
}

#[derive(SimpleObject)]
pub(crate) struct EnvVarConsumer {
    #[graphql(name = "type")]
    kind: EnvVarConsumerType,
    name: String,
}

#[derive(SimpleObject)]
pub(crate) struct EnvVarWithConsumers {
    env_var_name: String,
    env_var_consumers: Vec<EnvVarConsumer>,
}

#[derive(SimpleObject)]
pub(crate) struct EnvVarWithConsumersList {
    results: Vec<EnvVarWithConsumers>,
}

#[derive(Union)]
pub(crate) enum EnvVarWithConsumersOrError {
    EnvVarWithConsumersList(EnvVarWithConsumersList),
    PythonError(PythonError),
}
or_error!(EnvVarWithConsumersOrError:);

#[derive(Default)]
pub(crate) struct ResourceQuery;

#[Object]
impl ResourceQuery {
    /// Retrieve a top level resource by its location name, repository name, and resource name.
    async fn top_level_resource_details_or_error(
        &self,
        ctx: &Context<'_>,
        resource_selector: ResourceSelector,
    ) -> ResourceDetailsOrError {
        capture(ctx, async {
            let ResourceSelector { repository_name, repository_location_name, resource_name } =
                resource_selector;
            let selector = RepositorySelector { repository_name, repository_location_name };
            let repository = require_repository(ctx, &selector)?;
            let found = ResourceDetails::find(&repository, &resource_name);
            found.ok_or_else(|| ResourceNotFoundError::new(resource_name).into())
        })
        .await
    }

    /// Retrieve all the top level resources.
    async fn all_top_level_resource_details_or_error(
        &self,
        ctx: &Context<'_>,
        repository_selector: RepositorySelector,
    ) -> ResourceDetailsListOrError {
        capture(ctx, async {
            let repository = require_repository(ctx, &repository_selector)?;
            Ok(ResourceDetailsList { results: ResourceDetails::top_level_of(&repository) })
        })
        .await
    }

    /// Retrieve all the utilized environment variables for the given repo.
    async fn utilized_env_vars_or_error(
        &self,
        ctx: &Context<'_>,
        repository_selector: RepositorySelector,
    ) -> EnvVarWithConsumersOrError {
        capture(ctx, async {
            let repository = require_repository(ctx, &repository_selector)?;
            let consumer = |consumer: &model::EnvVarConsumer| EnvVarConsumer {
                kind: EnvVarConsumerType::Resource,
                name: consumer.name.clone(),
            };
            let used = repository.snap.utilized_env_vars.iter().flatten();
            let results = used.map(|(name, consumers)| EnvVarWithConsumers {
                env_var_name: name.clone(),
                env_var_consumers: consumers.iter().map(consumer).collect(),
            });
            Ok::<_, ResolverError>(EnvVarWithConsumersList { results: results.collect() })
        })
        .await
    }
}
