//! How clients name partitions of assets.

use async_graphql::InputObject;

use crate::common::AssetKeyInput;

#[derive(InputObject)]
pub(crate) struct PartitionRangeSelector {
    pub(crate) start: String,
    pub(crate) end: String,
}

#[derive(InputObject)]
pub(crate) struct PartitionsSelector {
    pub(crate) range: Option<PartitionRangeSelector>,
    pub(crate) ranges: Option<Vec<PartitionRangeSelector>>,
}

#[derive(InputObject)]
pub(crate) struct PartitionsByAssetSelector {
    pub(crate) asset_key: AssetKeyInput,
    pub(crate) partitions: Option<PartitionsSelector>,
}
