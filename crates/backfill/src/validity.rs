//! Whether what a backfill is to target can be made, and whether what it targets is still there.

use std::collections::BTreeSet;

use rondel_model::ids::AssetKey;
use rondel_model::serdes::SortKey as _;
use rondel_partitions::{Context, PartitionsDefinition, PartitionsSubset};

use crate::describe::python_keys;
use crate::error::{BackfillError, Result};
use crate::graph::BackfillGraph;
use crate::part::Part;
use crate::progress::Progress;
use crate::subset::GraphSubset;

/// Refuses to begin what could not be worked off: partitions which do not exist or which need such ones, a
/// part of assets that are only made together (`assert_valid_asset_partition_backfill`).
pub fn check_new_target(
    target: &GraphSubset,
    graph: &BackfillGraph,
    context: &Context,
) -> Result<()> {
    let mut checked: BTreeSet<&AssetKey> = BTreeSet::new();
    for (key, part) in target.parts() {
        let node = graph.node(key)?;
        if checked.insert(key) {
            for other in node.execution_set_assets().iter().filter(|other| *other != key) {
                match target.get(other) {
                    None => return Err(BackfillError::PartOfTogether(key.clone(), other.clone())),
                    Some(other_part) if other_part != part => {
                        return Err(BackfillError::UnequalTogether(key.clone(), other.clone()));
                    }
                    Some(_) => checked.insert(other),
                };
            }
        }
        let (Part::Partitions(subset), Some(definition)) = (part, graph.partitions(key)?) else {
            continue;
        };
        let existing = PartitionsSubset::all(definition, context)?;
        let unknown = subset.difference(&existing, context)?;
        if !unknown.is_empty() {
            return Err(BackfillError::UnknownPartitions(unknown.keys(context)?));
        }
        for parent in node.parents() {
            if let Some(missing) = graph.parent_part(key, part, parent, context)?.nonexistent {
                return Err(BackfillError::NonexistentParents {
                    asset: key.clone(),
                    keys: subset.keys(context)?,
                    parent: parent.clone(),
                    missing: missing.keys(context)?,
                });
            }
        }
    }
    Ok(())
}

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
