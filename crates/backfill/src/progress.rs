//! How far an asset backfill has come (`AssetBackfillData`).

use rondel_model::backfill::{AssetBackfillData, PartitionBackfill};
use rondel_model::partition::TimestampWithTimezone;
use rondel_model::serdes::Extra;
use rondel_partitions::Context;

use crate::error::{BackfillError, Result};
use crate::graph::BackfillGraph;
use crate::legacy;
use crate::subset::GraphSubset;

/// What a backfill targets and what became of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Progress {
    /// What it is to materialize.
    pub target: GraphSubset,
    /// Whether the first runs were requested.
    pub requested_roots: bool,
    /// Materializations up to this event are known.
    pub latest_storage_id: Option<i64>,
    /// Materialized by runs of the backfill.
    pub materialized: GraphSubset,
    /// For which runs were submitted.
    pub requested: GraphSubset,
    /// Failed, or waiting for something that failed.
    pub failed_and_downstream: GraphSubset,
}

impl Progress {
    /// Nothing done yet.
    pub fn new(target: GraphSubset) -> Self {
        Self { target, ..Self::default() }
    }

    /// Reads what a backfill has stored, of either form.
    pub fn of_backfill(
        backfill: &PartitionBackfill,
        graph: &BackfillGraph,
        context: &Context,
    ) -> Result<Self> {
        if let Some(text) = &backfill.serialized_asset_backfill_data {
            return legacy::read(text, graph, context);
        }
        let Some(data) = &backfill.asset_backfill_data else {
            return Err(BackfillError::Check(
                "Expected either serialized_asset_backfill_data or asset_backfill_data".into(),
            ));
        };
        let read = |subset| GraphSubset::from_stored(subset, graph, context);
        Ok(Self {
            target: read(&data.target_subset)?,
            requested_roots: data.requested_runs_for_target_roots,
            latest_storage_id: data.latest_storage_id,
            materialized: read(&data.materialized_subset)?,
            requested: read(&data.requested_subset)?,
            failed_and_downstream: read(&data.failed_and_downstream_subset)?,
        })
    }

    /// Puts the progress into a backfill, in the form it already has.
    pub fn store_in(
        &self,
        backfill: &mut PartitionBackfill,
        graph: &BackfillGraph,
        context: &Context,
    ) -> Result<()> {
        if backfill.serialized_asset_backfill_data.is_some() {
            backfill.serialized_asset_backfill_data = Some(legacy::write(self, graph, context)?);
            return Ok(());
        }
        backfill.asset_backfill_data = Some(self.to_data(backfill.backfill_timestamp, context)?);
        Ok(())
    }

    /// The stored form of a backfill started at an instant.
    pub fn to_data(&self, started: f64, context: &Context) -> Result<AssetBackfillData> {
        Ok(AssetBackfillData {
            target_subset: self.target.to_stored(context)?,
            requested_runs_for_target_roots: self.requested_roots,
            latest_storage_id: self.latest_storage_id,
            materialized_subset: self.materialized.to_stored(context)?,
            requested_subset: self.requested.to_stored(context)?,
            failed_and_downstream_subset: self.failed_and_downstream.to_stored(context)?,
            backfill_start_time: TimestampWithTimezone {
                timestamp: started.into(),
                timezone: "UTC".to_owned(),
                extra: Extra::default(),
            },
            extra: Extra::default(),
        })
    }

    /// What is targeted and neither materialized nor failed.
    pub fn without_status(&self, context: &Context) -> Result<GraphSubset> {
        self.target
            .difference(&self.materialized, context)?
            .difference(&self.failed_and_downstream, context)
    }

    /// What is requested and neither materialized nor failed.
    pub fn in_progress(&self, context: &Context) -> Result<GraphSubset> {
        self.requested
            .difference(&self.materialized, context)?
            .difference(&self.failed_and_downstream, context)
    }
}
