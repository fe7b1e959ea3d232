//! Keys of assets and checks, tags: as answers and as arguments.

use async_graphql::{InputObject, SimpleObject};
use rondel_model::ids;

use crate::direct::direct;

/// An asset's key.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AssetKey {
    #[graphql(owned)]
    pub(crate) path: Vec<String>,
}

direct!(AssetKey { path "path" });

// As events and runs hold it.
direct!(ids::AssetKey as "AssetKey" => { ("path", |key| key.path()) });

/// An asset's key.
#[derive(InputObject, Clone, Debug)]
pub(crate) struct AssetKeyInput {
    pub(crate) path: Vec<String>,
}

/// An asset check's key.
#[derive(SimpleObject, Clone, Debug)]
#[graphql(name = "AssetCheckhandle")]
pub(crate) struct AssetCheckHandle {
    #[graphql(owned)]
    pub(crate) name: String,
    #[graphql(owned)]
    pub(crate) asset_key: AssetKey,
}

/// An asset check's key.
#[derive(InputObject, Clone, Debug)]
pub(crate) struct AssetCheckHandleInput {
    pub(crate) asset_key: AssetKeyInput,
    pub(crate) name: String,
}

/// A tag of a run, job, schedule…
#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct PipelineTag {
    #[graphql(owned)]
    pub(crate) key: String,
    #[graphql(owned)]
    pub(crate) value: String,
}

/// A tag of an asset event.
#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct EventTag {
    #[graphql(owned)]
    pub(crate) key: String,
    #[graphql(owned)]
    pub(crate) value: String,
}

/// A tag to set or to filter by.
#[derive(InputObject, Clone, Debug)]
pub(crate) struct ExecutionTag {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// A tag of a definition.
#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct DefinitionTag {
    #[graphql(owned)]
    pub(crate) key: String,
    #[graphql(owned)]
    pub(crate) value: String,
}

direct!(PipelineTag { key "key", value "value" });
direct!(EventTag { key "key", value "value" });
direct!(DefinitionTag { key "key", value "value" });

impl From<(&String, &String)> for DefinitionTag {
    fn from((key, value): (&String, &String)) -> Self {
        DefinitionTag { key: key.clone(), value: value.clone() }
    }
}

impl From<(&String, &String)> for PipelineTag {
    fn from((key, value): (&String, &String)) -> Self {
        PipelineTag { key: key.clone(), value: value.clone() }
    }
}
