//! An asset's neighbours in the graph.

use async_graphql::{Context, Enum, Object, Result};
use rondel_model::ids::AssetKey as ModelAssetKey;

use super::node::AssetNode;
use crate::{context::ContextExt, errors::ResolverError, partitions::PartitionMapping};

/// What changed in an asset between two deployments; none outside of branch deployments.
#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum ChangeReason {
    New,
    CodeVersion,
    Dependencies,
    PartitionsDefinition,
    Tags,
    Metadata,
    Removed,
}

/// One dependency of an asset, or one asset that depends on it. The neighbour is always shown as
/// the workspace knows it, because it may be defined in another repository.
pub(crate) struct AssetDependency {
    pub(super) key: ModelAssetKey,
    pub(super) mapping: Option<PartitionMapping>,
}

#[Object]
impl AssetDependency {
    async fn asset(&self, ctx: &Context<'_>) -> Result<AssetNode> {
        let node = AssetNode::find(ctx.prepared(), &self.key);
        Ok(node.ok_or_else(|| ResolverError::raised("KeyError", self.key.to_user_string()))?)
    }

    async fn partition_mapping(&self) -> Option<PartitionMapping> {
        self.mapping.clone()
    }
}
