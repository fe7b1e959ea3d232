//! Backfills that a sensor asks for: recorded as requested, to be worked off by the backfill daemon.

use rondel_model::backfill::{AssetBackfillData, BulkActionStatus, PartitionBackfill};
use rondel_model::ids::{AssetKey, RunId};
use rondel_model::instigation::RunRequest;
use rondel_model::partition::{AssetGraphSubset, PartitionsSubset, TimestampWithTimezone};
use rondel_model::serdes::Extra;

use crate::DaemonError;
use crate::context::Context;

/// An id in Dagster's form: eight lowercase letters.
pub(crate) fn new_id() -> String {
    let random = RunId::random().to_string().replace('-', "");
    let bytes = random.as_bytes().chunks(4).map(|digits| {
        digits
            .iter()
            .fold(0_u32, |sum, digit| sum * 16 + (*digit as char).to_digit(16).unwrap_or(0))
    });
    bytes.take(8).map(|number| char::from(b'a' + (number % 26) as u8)).collect()
}

/// Records the backfill under its reserved id; one that an interrupted tick recorded is left as it is.
pub(crate) async fn request(
    context: &Context,
    backfill_id: &str,
    request: &RunRequest,
    subset: &AssetGraphSubset,
    title: Option<String>,
) -> Result<(), DaemonError> {
    let store = context.storage().backfills();
    if store.get_backfill(backfill_id).await?.is_some() {
        return Ok(());
    }
    let mut backfill = of_subset(backfill_id, request, subset, context.now());
    backfill.title = title;
    Ok(store.add_backfill(&backfill).await?)
}

/// Dagster's `PartitionBackfill.from_asset_graph_subset`.
fn of_subset(
    backfill_id: &str,
    request: &RunRequest,
    subset: &AssetGraphSubset,
    now: f64,
) -> PartitionBackfill {
    let start = TimestampWithTimezone {
        timestamp: now.into(),
        timezone: "UTC".to_owned(),
        ..TimestampWithTimezone::default()
    };
    PartitionBackfill {
        backfill_id: backfill_id.to_owned(),
        status: BulkActionStatus::Requested,
        from_failure: false,
        tags: request.tags.clone(),
        backfill_timestamp: now,
        error: None,
        asset_selection: Some(assets_of(subset)),
        title: None,
        description: None,
        run_config: Some(request.run_config.clone()),
        partition_set_origin: None,
        partition_names: None,
        last_submitted_partition_name: None,
        reexecution_steps: None,
        serialized_asset_backfill_data: None,
        asset_backfill_data: Some(AssetBackfillData {
            target_subset: subset.clone(),
            backfill_start_time: start,
            ..AssetBackfillData::default()
        }),
        failure_count: 0,
        submitting_run_requests: Vec::new(),
        reserved_run_ids: Vec::new(),
        backfill_end_timestamp: None,
        extra: Extra::default(),
    }
}

fn assets_of(subset: &AssetGraphSubset) -> Vec<AssetKey> {
    let is_empty = |subset: &PartitionsSubset| match subset {
        PartitionsSubset::TimeWindow(subset) => subset.included_time_windows.is_empty(),
        PartitionsSubset::Keys(subset) => subset.subset.is_empty(),
        PartitionsSubset::KeyRanges(subset) => subset.key_ranges.is_empty(),
        _ => false,
    };
    let partitioned = subset.partitions_subsets_by_asset_key.iter();
    let partitioned = partitioned.filter(|(_, subset)| !is_empty(subset)).map(|(key, _)| key);
    partitioned.chain(subset.non_partitioned_asset_keys.iter()).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backfill_id_is_eight_lowercase_letters() {
        let id = new_id();
        assert!(id.len() == 8 && id.bytes().all(|b| b.is_ascii_lowercase()), "{id}");
        assert_ne!(id, new_id());
    }
}
