//! Whether what a backfill targets is still there.

use rondel_model::ids::AssetKey;
use rondel_model::serdes::SortKey as _;
use rondel_partitions::{Context, PartitionsDefinition, PartitionsSubset};

use crate::describe::python_keys;
use crate::error::{BackfillError, Result};
use crate::graph::BackfillGraph;
use crate::part::Part;
use crate::progress::Progress;
use crate::subset::GraphSubset;

/// Fails when a targeted asset is gone, is partitioned no longer or newly, or lost targeted partitions
/// (`_check_asset_backfill_data_validity`). Partitions are those of now, not of the backfill's start.
pub fn check_target(progress: &Progress, graph: &BackfillGraph, context: &Context) -> Result<()> {
    for (key, part) in progress.target.parts() {
        check_part(key, part, graph, context)?;
    }
    Ok(())
}

fn check_part(key: &AssetKey, part: &Part, graph: &BackfillGraph, context: &Context) -> Result<()> {
    let changed = |what: String| {
        Err(BackfillError::DefinitionChanged(format!("Asset {} {what}", key.sort_key())))
    };
    if !graph.assets().contains(key) {
        return changed("existed at storage-time, but no longer does".into());
    }
    match (part, graph.partitions(key)?) {
        (Part::Whole(_), None) => Ok(()),
        (Part::Whole(_), Some(_)) => {
            changed("was not partitioned at storage-time, but is now".into())
        }
        (Part::Partitions(_), None) => {
            changed("had a PartitionsDefinition at storage-time, but no longer does".into())
        }
        (Part::Partitions(target), Some(definition)) => {
            let existing = PartitionsSubset::all(definition, context)?;
            let existing = existing.intersection(target, context)?;
            let removed = target.difference(&existing, context)?;
            if removed.is_empty() {
                return Ok(());
            }
            Err(BackfillError::DefinitionChanged(format!(
                "Targeted partitions for asset {} have been removed since this backfill was stored. \
                 The following partitions were removed: {}",
                key.sort_key(),
                python_keys(&removed, context)?
            )))
        }
    }
}

/// The same parts under the definitions of now, with which they are combined
/// (`_with_current_partitions_def`).
pub(crate) fn with_current_definitions(
    subset: &GraphSubset,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<GraphSubset> {
    let parts = subset.parts().map(|(key, part)| {
        let part = match (part, graph.partitions(key)?) {
            (Part::Whole(_), None) => part.clone(),
            (Part::Whole(_), Some(_)) => {
                return Err(incompatible(key, "was un-partitioned when originally stored"));
            }
            (Part::Partitions(_), None) => {
                return Err(incompatible(key, "was partitioned when originally stored"));
            }
            (
                Part::Partitions(PartitionsSubset::TimeWindow(stored)),
                Some(definition @ PartitionsDefinition::TimeWindow(current)),
            ) => {
                let was = stored.definition();
                if was == current {
                    return Ok((key.clone(), part.clone()));
                }
                if was.timezone() != current.timezone()
                    || was.format().as_str() != current.format().as_str()
                    || was.cron_schedule() != current.cron_schedule()
                {
                    return Err(incompatible(key, "had another partitions definition when stored"));
                }
                let current = stored.with_definition(current.clone());
                let all = PartitionsSubset::all(definition, context)?;
                let current = PartitionsSubset::TimeWindow(current);
                if !current.difference(&all, context)?.is_empty() {
                    return Err(incompatible(
                        key,
                        "includes partitions that are no longer present",
                    ));
                }
                Part::Partitions(current)
            }
            (Part::Partitions(PartitionsSubset::TimeWindow(_)), Some(_)) => {
                return Err(incompatible(key, "had another partitions definition when stored"));
            }
            (Part::Partitions(_), Some(_)) => part.clone(),
        };
        Ok((key.clone(), part))
    });
    parts.collect()
}

fn incompatible(key: &AssetKey, how: &str) -> BackfillError {
    BackfillError::Check(format!(
        "{} {how}, and no longer fits its latest partitions definition",
        key.to_user_string()
    ))
}
