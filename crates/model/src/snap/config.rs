//! Config types of a job, by key.

use crate::serdes::Map;
use crate::{py_enum, record};

py_enum! {
    /// Kinds of config types.
    pub enum ConfigTypeKind = "ConfigTypeKind" {
        Any = "ANY",
        Scalar = "SCALAR",
        Enum = "ENUM",
        Selector = "SELECTOR",
        StrictShape = "STRICT_SHAPE",
        PermissiveShape = "PERMISSIVE_SHAPE",
        ScalarUnion = "SCALAR_UNION",
        Map = "MAP",
        Array = "ARRAY",
        Noneable = "NONEABLE",
    }
}

py_enum! {
    /// Kinds of scalars.
    pub enum ConfigScalarKind = "ConfigScalarKind" {
        Int = "INT",
        String = "STRING",
        Float = "FLOAT",
        Bool = "BOOL",
    }
}

record! {
    /// A value of an enum in config.
    #[derive(Default)]
    pub struct ConfigEnumValueSnap = "ConfigEnumValueSnap" {
        value: String,
        description: Option<String>,
    }
}

record! {
    /// A field of a config type.
    #[derive(Default)]
    pub struct ConfigFieldSnap = "ConfigFieldSnap" {
        name: Option<String>,
        type_key: String,
        is_required: bool,
        default_provided: bool,
        default_value_as_json_str: Option<String>,
        description: Option<String>,
        is_secret [skip_none]: Option<bool>,
    }
}

record! {
    /// A config type.
    pub struct ConfigTypeSnap = "ConfigTypeSnap" {
        kind: ConfigTypeKind,
        key: String,
        given_name: Option<String>,
        description: Option<String>,
        type_param_keys: Option<Vec<String>>,
        enum_values: Option<Vec<ConfigEnumValueSnap>>,
        fields: Option<Vec<ConfigFieldSnap>>,
        scalar_kind: Option<ConfigScalarKind>,
        field_aliases [skip_empty]: Option<Map<String>>,
    }
}

record! {
    /// Config types of a job by key.
    #[derive(Default)]
    pub struct ConfigSchemaSnapshot = "ConfigSchemaSnapshot" {
        all_config_snaps_by_key: Map<ConfigTypeSnap>,
    }
}
