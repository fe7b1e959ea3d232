//! Config types as the schema shows them.

use std::{ops::Deref, sync::Arc};

use async_graphql::{Interface, Object, SimpleObject, Union};
use rondel_model::snap::{
    ConfigFieldSnap, ConfigSchemaSnapshot, ConfigTypeKind as Kind, ConfigTypeSnap, JobDataSnap,
    JobSnap,
};

use super::schema_view::{SECRET_MASK, child_keys, fields, find, has_fields, inner, parameter};
use crate::errors::{ConfigTypeNotFoundError, PipelineNotFoundError, PythonError};

/// Where a config schema lives; kept alive by the types which are shown from it.
#[derive(Clone)]
pub(crate) enum SchemaSource {
    JobData(Arc<JobDataSnap>),
    Job(Arc<JobSnap>),
    Schema(Arc<ConfigSchemaSnapshot>),
}

impl Deref for SchemaSource {
    type Target = ConfigSchemaSnapshot;

    fn deref(&self) -> &ConfigSchemaSnapshot {
        match self {
            SchemaSource::JobData(job) => &job.job.config_schema_snapshot,
            SchemaSource::Job(job) => &job.config_schema_snapshot,
            SchemaSource::Schema(schema) => schema,
        }
    }
}

/// A type of a schema.
#[derive(Clone)]
pub(crate) struct TypeRef {
    schema: SchemaSource,
    key: Arc<str>,
}

impl TypeRef {
    fn snap(&self) -> Option<&ConfigTypeSnap> {
        find(&self.schema, &self.key)
    }

    fn key(&self) -> String {
        self.key.to_string()
    }

    fn description(&self) -> Option<String> {
        self.snap()?.description.clone()
    }

    fn given_name(&self) -> Option<String> {
        self.snap()?.given_name.clone()
    }

    fn type_param_keys(&self) -> Vec<String> {
        self.snap().and_then(|snap| snap.type_param_keys.clone()).unwrap_or_default()
    }

    fn is_selector(&self) -> bool {
        self.snap().is_some_and(|snap| snap.kind == Kind::Selector)
    }

    fn other(&self, key: Option<&str>) -> ConfigType {
        ConfigType::new(self.schema.clone(), key.unwrap_or_default())
    }

    /// Every type within the type, to the leaves.
    fn recursive(&self) -> Vec<ConfigType> {
        let mut seen = indexmap::IndexSet::new();
        let mut waiting: Vec<&str> = self.snap().map(child_keys).unwrap_or_default();
        while let Some(key) = waiting.pop() {
            if seen.insert(key)
                && let Some(snap) = find(&self.schema, key)
            {
                waiting.extend(child_keys(snap));
            }
        }
        seen.into_iter().map(|key| self.other(Some(key))).collect()
    }
}

/// Declares a type of config type: the fields which all have, then its own.
macro_rules! config_type {
    ($name:ident { $($own:tt)* }) => {
        #[derive(Clone)]
        pub(crate) struct $name(TypeRef);

        #[Object]
        impl $name {
            pub(crate) async fn key(&self) -> String {
                self.0.key()
            }
            pub(crate) async fn description(&self) -> Option<String> {
                self.0.description()
            }
            /// The keys of all types within, to the leaves: costly on large schemas.
            pub(crate) async fn recursive_config_types(&self) -> Vec<ConfigType> {
                self.0.recursive()
            }
            /// The keys of the types that a list, map or nullable is made of.
            pub(crate) async fn type_param_keys(&self) -> Vec<String> {
                self.0.type_param_keys()
            }
            pub(crate) async fn is_selector(&self) -> bool {
                self.0.is_selector()
            }
            $($own)*
        }
    };
}

config_type!(ArrayConfigType {
    pub(crate) async fn of_type(&self) -> ConfigType {
        self.0.other(self.0.snap().and_then(inner))
    }
});
config_type!(NullableConfigType {
    pub(crate) async fn of_type(&self) -> ConfigType {
        self.0.other(self.0.snap().and_then(inner))
    }
});
config_type!(RegularConfigType {
    async fn given_name(&self) -> String {
        self.0.given_name().unwrap_or_default()
    }
});
config_type!(EnumConfigType {
    async fn values(&self) -> Vec<EnumConfigValue> {
        let values = self.0.snap().and_then(|snap| snap.enum_values.as_ref());
        values
            .into_iter()
            .flatten()
            .map(|value| EnumConfigValue {
                value: value.value.clone(),
                description: value.description.clone(),
            })
            .collect()
    }
    async fn given_name(&self) -> String {
        self.0.given_name().unwrap_or_default()
    }
});
config_type!(CompositeConfigType {
    async fn fields(&self) -> Vec<ConfigTypeField> {
        let fields = self.0.snap().map(fields).unwrap_or_default();
        fields
            .into_iter()
            .map(|field| ConfigTypeField::new(self.0.schema.clone(), field.clone()))
            .collect()
    }
});
config_type!(MapConfigType {
    async fn key_type(&self) -> ConfigType {
        self.0.other(self.0.snap().and_then(|snap| parameter(snap, 0)))
    }
    async fn value_type(&self) -> ConfigType {
        self.0.other(self.0.snap().and_then(inner))
    }
    async fn key_label_name(&self) -> Option<String> {
        self.0.given_name()
    }
});
config_type!(ScalarUnionConfigType {
    async fn scalar_type(&self) -> ConfigType {
        self.0.other(self.0.snap().and_then(|snap| parameter(snap, 0)))
    }
    async fn non_scalar_type(&self) -> ConfigType {
        self.0.other(self.0.snap().and_then(|snap| parameter(snap, 1)))
    }
    async fn scalar_type_key(&self) -> String {
        self.0.snap().and_then(|snap| parameter(snap, 0)).unwrap_or_default().to_owned()
    }
    async fn non_scalar_type_key(&self) -> String {
        self.0.snap().and_then(|snap| parameter(snap, 1)).unwrap_or_default().to_owned()
    }
});

/// A value of an enum.
#[derive(SimpleObject, Clone)]
pub(crate) struct EnumConfigValue {
    value: String,
    description: Option<String>,
}

/// A type of config.
#[derive(Interface, Clone)]
#[graphql(
    field(name = "key", ty = "String"),
    field(name = "description", ty = "Option<String>"),
    field(name = "recursive_config_types", ty = "Vec<ConfigType>"),
    field(name = "type_param_keys", ty = "Vec<String>"),
    field(name = "is_selector", ty = "bool")
)]
pub(crate) enum ConfigType {
    ArrayConfigType(ArrayConfigType),
    CompositeConfigType(CompositeConfigType),
    EnumConfigType(EnumConfigType),
    NullableConfigType(NullableConfigType),
    RegularConfigType(RegularConfigType),
    ScalarUnionConfigType(ScalarUnionConfigType),
    MapConfigType(MapConfigType),
}

/// A type around another.
#[derive(Interface)]
#[graphql(field(name = "of_type", ty = "ConfigType"))]
pub(crate) enum WrappingConfigType {
    ArrayConfigType(ArrayConfigType),
    NullableConfigType(NullableConfigType),
}

/// The type of a key, or why there is none.
#[derive(Union)]
pub(crate) enum ConfigTypeOrError {
    EnumConfigType(EnumConfigType),
    CompositeConfigType(CompositeConfigType),
    RegularConfigType(RegularConfigType),
    PipelineNotFoundError(PipelineNotFoundError),
    ConfigTypeNotFoundError(ConfigTypeNotFoundError),
    PythonError(PythonError),
}

impl ConfigType {
    /// The type of a key of a schema. A key which the schema lacks is shown as a scalar.
    pub(crate) fn new(schema: SchemaSource, key: &str) -> Self {
        let kind = find(&schema, key).map(|snap| snap.kind);
        let reference = TypeRef { schema, key: key.into() };
        match kind {
            Some(Kind::Enum) => EnumConfigType(reference).into(),
            Some(kind) if has_fields(kind) => CompositeConfigType(reference).into(),
            Some(Kind::Array) => ArrayConfigType(reference).into(),
            Some(Kind::Map) => MapConfigType(reference).into(),
            Some(Kind::Noneable) => NullableConfigType(reference).into(),
            Some(Kind::ScalarUnion) => ScalarUnionConfigType(reference).into(),
            _ => RegularConfigType(reference).into(),
        }
    }
}

/// A field of a composite type, or the config of a resource, op, logger…
#[derive(Clone)]
pub(crate) struct ConfigTypeField {
    schema: SchemaSource,
    field: Arc<ConfigFieldSnap>,
}

impl ConfigTypeField {
    pub(crate) fn new(schema: SchemaSource, field: ConfigFieldSnap) -> Self {
        ConfigTypeField { schema, field: Arc::new(field) }
    }
}

#[Object]
impl ConfigTypeField {
    async fn name(&self) -> &str {
        self.field.name.as_deref().unwrap_or_default()
    }

    async fn description(&self) -> Option<&str> {
        self.field.description.as_deref()
    }

    async fn config_type(&self) -> ConfigType {
        ConfigType::new(self.schema.clone(), &self.field.type_key)
    }

    async fn config_type_key(&self) -> &str {
        &self.field.type_key
    }

    async fn is_required(&self) -> bool {
        self.field.is_required
    }

    async fn is_secret(&self) -> bool {
        self.field.is_secret == Some(true)
    }

    /// The default as JSON; of a secret only that there is one.
    async fn default_value_as_json(&self) -> Option<String> {
        let default = self.field.default_value_as_json_str.as_ref()?;
        if self.field.is_secret == Some(true) {
            return (!default.is_empty()).then(|| format!("\"{SECRET_MASK}\""));
        }
        Some(default.clone())
    }
}
