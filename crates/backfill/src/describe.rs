//! Parts of assets as the backfill's log tells them (`_asset_graph_subset_to_str`).

use rondel_model::ids::python_repr;
use rondel_model::serdes::SortKey as _;
use rondel_partitions::{Context, PartitionsSubset};

use crate::error::Result;
use crate::part::Part;
use crate::progress::Progress;
use crate::subset::GraphSubset;

/// A line for each asset, with its partitions or ranges of them.
pub fn describe(subset: &GraphSubset, context: &Context) -> Result<String> {
    let lines = subset.parts().map(|(key, part)| {
        let key = key.to_user_string();
        Ok(match part {
            Part::Whole(_) => format!("- {key}"),
            Part::Partitions(partitions) => {
                format!("- {key}: {{{}}}", describe_partitions(partitions, context)?)
            }
        })
    });
    Ok(lines.collect::<Result<Vec<String>>>()?.join("\n"))
}

pub(crate) fn describe_partitions(subset: &PartitionsSubset, context: &Context) -> Result<String> {
    let PartitionsSubset::TimeWindow(windows) = subset else {
        return Ok(subset.keys(context)?.join(", "));
    };
    let definition = windows.definition();
    let ranges = windows.windows().iter().map(|window| {
        let range = definition.range_of_window(*window, None)?;
        Ok(match definition.count_in_window(*window)? {
            1 => format!("1 partition: {}", range.start),
            count => format!("{count} partitions: {} -> {}", range.start, range.end),
        })
    });
    Ok(ranges.collect::<Result<Vec<String>>>()?.join(", "))
}

/// The keys as Python shows them: a list of time windows, a set of others.
pub(crate) fn python_keys(subset: &PartitionsSubset, context: &Context) -> Result<String> {
    let keys: Vec<String> = subset.keys(context)?.iter().map(|key| python_repr(key)).collect();
    let keys = keys.join(", ");
    Ok(match subset {
        PartitionsSubset::TimeWindow(_) => format!("[{keys}]"),
        _ => format!("{{{keys}}}"),
    })
}

/// The progress in full, for people who know Dagster's debug log.
pub fn describe_progress(progress: &Progress, context: &Context) -> Result<String> {
    let id = progress.latest_storage_id.map_or_else(|| "None".to_owned(), |id| id.to_string());
    Ok(format!(
        "AssetBackfillData(target_subset={}, requested_runs_for_target_roots={}, \
         latest_storage_id={id}, materialized_subset={}, requested_subset={}, \
         failed_and_downstream_subset={})",
        python_subset(&progress.target, context)?,
        if progress.requested_roots { "True" } else { "False" },
        python_subset(&progress.materialized, context)?,
        python_subset(&progress.requested, context)?,
        python_subset(&progress.failed_and_downstream, context)?,
    ))
}

fn python_subset(subset: &GraphSubset, context: &Context) -> Result<String> {
    let (mut whole, mut partitioned) = (Vec::new(), Vec::new());
    for (key, part) in subset.parts() {
        let name = key.sort_key();
        match part {
            Part::Whole(_) => whole.push(name),
            Part::Partitions(partitions @ PartitionsSubset::TimeWindow(_)) => {
                let ranges = describe_partitions(partitions, context)?;
                partitioned.push(format!("{name}: TimeWindowPartitionsSubset([{ranges}])"));
            }
            Part::Partitions(partitions) => {
                let keys = python_keys(partitions, context)?;
                partitioned.push(format!("{name}: DefaultPartitionsSubset(subset={keys})"));
            }
        }
    }
    Ok(format!(
        "AssetGraphSubset(non_partitioned_asset_keys={{{}}}, partitions_subsets_by_asset_key={{{}}})",
        whole.join(", "),
        partitioned.join(", ")
    ))
}
