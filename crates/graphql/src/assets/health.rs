//! The health of assets. Dagster's open source edition has the types in its schema but computes no health; a client
//! gets none.

use async_graphql::{SimpleObject, Union};

use super::freshness::{AssetHealthFreshnessMeta, AssetHealthStatus};

#[derive(SimpleObject)]
pub(crate) struct AssetHealth {
    asset_health: AssetHealthStatus,
    materialization_status: AssetHealthStatus,
    materialization_status_metadata: Option<AssetHealthMaterializationMeta>,
    asset_checks_status: AssetHealthStatus,
    asset_checks_status_metadata: Option<AssetHealthCheckMeta>,
    freshness_status: AssetHealthStatus,
    freshness_status_metadata: Option<AssetHealthFreshnessMeta>,
}

#[derive(Union)]
pub(crate) enum AssetHealthMaterializationMeta {
    AssetHealthMaterializationDegradedPartitionedMeta(
        AssetHealthMaterializationDegradedPartitionedMeta,
    ),
    AssetHealthMaterializationHealthyPartitionedMeta(
        AssetHealthMaterializationHealthyPartitionedMeta,
    ),
    AssetHealthMaterializationDegradedNotPartitionedMeta(
        AssetHealthMaterializationDegradedNotPartitionedMeta,
    ),
    AssetHealthMaterializationWarningPartitionedMeta(
        AssetHealthMaterializationWarningPartitionedMeta,
    ),
    AssetHealthMaterializationWarningNotPartitionedMeta(
        AssetHealthMaterializationWarningNotPartitionedMeta,
    ),
}

#[derive(SimpleObject)]
pub(crate) struct AssetHealthMaterializationDegradedPartitionedMeta {
    num_failed_partitions: i32,
    num_missing_partitions: i32,
    total_num_partitions: i32,
    latest_run_id: Option<String>,
    latest_failed_run_id: Option<String>,
}

#[derive(SimpleObject)]
pub(crate) struct AssetHealthMaterializationHealthyPartitionedMeta {
    num_missing_partitions: i32,
    total_num_partitions: i32,
    latest_run_id: Option<String>,
}

#[derive(SimpleObject)]
pub(crate) struct AssetHealthMaterializationDegradedNotPartitionedMeta {
    failed_run_id: Option<String>,
}

#[derive(SimpleObject)]
pub(crate) struct AssetHealthMaterializationWarningPartitionedMeta {
    num_up_for_retry_partitions: i32,
    num_missing_partitions: i32,
    total_num_partitions: i32,
    latest_run_id: Option<String>,
    latest_failed_run_id: Option<String>,
}

#[derive(SimpleObject)]
pub(crate) struct AssetHealthMaterializationWarningNotPartitionedMeta {
    failed_run_id: Option<String>,
}

#[derive(Union)]
pub(crate) enum AssetHealthCheckMeta {
    AssetHealthCheckDegradedMeta(AssetHealthCheckDegradedMeta),
    AssetHealthCheckWarningMeta(AssetHealthCheckWarningMeta),
    AssetHealthCheckUnknownMeta(AssetHealthCheckUnknownMeta),
}

#[derive(SimpleObject)]
pub(crate) struct AssetHealthCheckDegradedMeta {
    num_failed_checks: i32,
    num_warning_checks: i32,
    total_num_checks: i32,
}

#[derive(SimpleObject)]
pub(crate) struct AssetHealthCheckWarningMeta {
    num_warning_checks: i32,
    total_num_checks: i32,
}

#[derive(SimpleObject)]
pub(crate) struct AssetHealthCheckUnknownMeta {
    num_not_executed_checks: i32,
    total_num_checks: i32,
}
