//! Filters of event records, as they cross the wire.

use crate::ids::AssetKey;
use crate::record;

record! {
    /// Which events of an asset to look for.
    #[derive(Default)]
    pub struct AssetRecordsFilter = "AssetRecordsFilter" {
        asset_key: AssetKey,
        asset_partitions: Option<Vec<String>>,
        after_timestamp: Option<f64>,
        before_timestamp: Option<f64>,
        after_storage_id: Option<i64>,
        before_storage_id: Option<i64>,
        storage_ids: Option<Vec<i64>>,
    }
}
