//! Dagster types: what inputs and outputs of ops carry.

use async_graphql::{Interface, Object, Result, Union};
use rondel_model::snap::{DagsterTypeKind as Kind, DagsterTypeSnap};

use super::{nodes::broken, view::JobView};
use crate::{
    config::ConfigType,
    errors::{
        DagsterTypeNotFoundError, PipelineNotFoundError, PythonError, ResolverError, or_error,
    },
    logs::{MetadataEntry, metadata_entries},
};

/// A type of a job, by key.
#[derive(Clone)]
pub(crate) struct TypeView {
    job: JobView,
    key: String,
}

impl TypeView {
    fn snap(&self) -> std::result::Result<&DagsterTypeSnap, ResolverError> {
        let types = &self.job.snap().dagster_type_namespace_snapshot.all_dagster_type_snaps_by_key;
        types.get(&self.key).ok_or_else(|| broken("type", &self.key))
    }

    fn inner(&self) -> Result<Vec<DagsterType>> {
        let keys = self.snap()?.type_param_keys.iter();
        Ok(keys
            .map(|key| DagsterType::of(&self.job, key))
            .collect::<std::result::Result<_, _>>()?)
    }

    fn of_type(&self) -> Result<DagsterType> {
        let key = self.snap()?.type_param_keys.first();
        let key = key.ok_or_else(|| broken("inner type of", &self.key))?;
        Ok(DagsterType::of(&self.job, key)?)
    }
}

/// Declares a type of Dagster type: the fields which all have, then its own.
macro_rules! dagster_type {
    ($name:ident { $($own:tt)* }) => {
        #[derive(Clone)]
        pub(crate) struct $name(TypeView);

        #[Object]
        impl $name {
            pub(crate) async fn key(&self) -> String {
                self.0.key.clone()
            }
            pub(crate) async fn name(&self) -> Result<Option<String>> {
                Ok(self.0.snap()?.name.clone())
            }
            pub(crate) async fn display_name(&self) -> Result<String> {
                Ok(self.0.snap()?.display_name.clone())
            }
            pub(crate) async fn description(&self) -> Result<Option<String>> {
                Ok(self.0.snap()?.description.clone())
            }
            pub(crate) async fn is_nullable(&self) -> Result<bool> {
                Ok(self.0.snap()?.kind == Kind::Nullable)
            }
            pub(crate) async fn is_list(&self) -> Result<bool> {
                Ok(self.0.snap()?.kind == Kind::List)
            }
            pub(crate) async fn is_builtin(&self) -> Result<bool> {
                Ok(self.0.snap()?.is_builtin)
            }
            pub(crate) async fn is_nothing(&self) -> Result<bool> {
                Ok(self.0.snap()?.kind == Kind::Nothing)
            }
            pub(crate) async fn input_schema_type(&self) -> Result<Option<ConfigType>> {
                let key = self.0.snap()?.loader_schema_key.as_deref();
                Ok(key.map(|key| ConfigType::new(self.0.job.schema(), key)))
            }
            /// Dagster does not tell it any more.
            pub(crate) async fn output_schema_type(&self) -> Option<ConfigType> {
                None
            }
            pub(crate) async fn inner_types(&self) -> Result<Vec<DagsterType>> {
                self.0.inner()
            }
            pub(crate) async fn metadata_entries(&self) -> Result<Vec<MetadataEntry>> {
                Ok(metadata_entries(&self.0.snap()?.metadata))
            }
            $($own)*
        }
    };
}

dagster_type!(RegularDagsterType {});
dagster_type!(ListDagsterType {
    pub(crate) async fn of_type(&self) -> Result<DagsterType> {
        self.0.of_type()
    }
});
dagster_type!(NullableDagsterType {
    pub(crate) async fn of_type(&self) -> Result<DagsterType> {
        self.0.of_type()
    }
});

/// What an input or output carries.
#[derive(Interface, Clone)]
#[graphql(
    field(name = "key", ty = "String"),
    field(name = "name", ty = "Option<String>"),
    field(name = "display_name", ty = "String"),
    field(name = "description", ty = "Option<String>"),
    field(name = "is_nullable", ty = "bool"),
    field(name = "is_list", ty = "bool"),
    field(name = "is_builtin", ty = "bool"),
    field(name = "is_nothing", ty = "bool"),
    field(name = "input_schema_type", ty = "Option<ConfigType>"),
    field(name = "output_schema_type", ty = "Option<ConfigType>"),
    field(name = "inner_types", ty = "Vec<DagsterType>"),
    field(name = "metadata_entries", ty = "Vec<MetadataEntry>")
)]
pub(crate) enum DagsterType {
    RegularDagsterType(RegularDagsterType),
    ListDagsterType(ListDagsterType),
    NullableDagsterType(NullableDagsterType),
}

/// A type around another one.
#[derive(Interface)]
#[graphql(field(name = "of_type", ty = "DagsterType"))]
pub(crate) enum WrappingDagsterType {
    ListDagsterType(ListDagsterType),
    NullableDagsterType(NullableDagsterType),
}

impl DagsterType {
    /// The type of a key.
    pub(crate) fn of(job: &JobView, key: &str) -> std::result::Result<Self, ResolverError> {
        let view = TypeView { job: job.clone(), key: key.to_owned() };
        Ok(match view.snap()?.kind {
            Kind::List => ListDagsterType(view).into(),
            Kind::Nullable => NullableDagsterType(view).into(),
            _ => RegularDagsterType(view).into(),
        })
    }

    /// Every type of a job that has a name, by name.
    pub(super) fn named_of(job: &JobView) -> std::result::Result<Vec<Self>, ResolverError> {
        let types = &job.snap().dagster_type_namespace_snapshot.all_dagster_type_snaps_by_key;
        let mut named: Vec<(&str, &str)> = types
            .values()
            .filter_map(|snap| Some((snap.name.as_deref()?, snap.key.as_str())))
            .collect();
        named.sort_unstable();
        named.into_iter().map(|(_, key)| Self::of(job, key)).collect()
    }
}

#[derive(Union)]
pub(crate) enum DagsterTypeOrError {
    RegularDagsterType(RegularDagsterType),
    PipelineNotFoundError(PipelineNotFoundError),
    DagsterTypeNotFoundError(DagsterTypeNotFoundError),
    PythonError(PythonError),
}
or_error!(DagsterTypeOrError: PipelineNotFoundError, DagsterTypeNotFoundError);

/// The type of a name.
pub(super) fn type_by_name(
    job: &JobView,
    name: &str,
) -> std::result::Result<RegularDagsterType, ResolverError> {
    let types = &job.snap().dagster_type_namespace_snapshot.all_dagster_type_snaps_by_key;
    let found = types.values().find(|snap| snap.name.as_deref() == Some(name));
    let found = found.ok_or_else(|| DagsterTypeNotFoundError::new(name))?;
    Ok(RegularDagsterType(TypeView { job: job.clone(), key: found.key.clone() }))
}
