//! Partitions of the same key (`IdentityPartitionMapping`).
//!
//! Definitions that differ are compared by their keys. Where both are the same time windows but for where they begin
//! and end, intervals tell which keys both have; otherwise the keys are listed, as Dagster does.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Of, UpstreamPartitions};
use crate::context::Context;
use crate::definition::PartitionsDefinition;
use crate::error::Result;
use crate::subset::{KeySet, PartitionsSubset, TimeWindowSubset};

pub(super) fn upstream(
    from: Of<'_>,
    to: &PartitionsDefinition,
    context: &Context,
) -> Result<UpstreamPartitions> {
    if from.definition == to {
        return Ok(UpstreamPartitions::existing(from.subset.clone(), to));
    }
    if let Some((existing, missing)) = by_intervals(from, to, context)? {
        let nonexistent = KeySet::of(missing.keys()?).into();
        return Ok(UpstreamPartitions { existing, nonexistent });
    }
    let wanted = KeySet::of(from.subset.keys(context)?);
    let known = KeySet::all(to, context)?;
    let existing = wanted.intersection(&known).sorted();
    Ok(UpstreamPartitions {
        existing: PartitionsSubset::of_keys(to, &existing, context)?,
        nonexistent: wanted.difference(&known).into(),
    })
}

pub(super) fn downstream(
    from: Of<'_>,
    to: &PartitionsDefinition,
    context: &Context,
) -> Result<PartitionsSubset> {
    if from.definition == to {
        return Ok(from.subset.clone());
    }
    if let Some((existing, _)) = by_intervals(from, to, context)? {
        return Ok(existing);
    }
    let known = KeySet::all(to, context)?;
    let keys = KeySet::of(from.subset.keys(context)?).intersection(&known).sorted();
    PartitionsSubset::of_keys(to, &keys, context)
}

/// The windows the other definition has too, and those it has not; none where the keys have to be looked at.
fn by_intervals(
    from: Of<'_>,
    to: &PartitionsDefinition,
    context: &Context,
) -> Result<Option<(PartitionsSubset, TimeWindowSubset)>> {
    let (PartitionsDefinition::TimeWindow(source), PartitionsDefinition::TimeWindow(to)) =
        (from.definition, to)
    else {
        return Ok(None);
    };
    if !to.has_distinct_keys() || !source.is_same_but_for_bounds(to) {
        return Ok(None);
    }
    let given = match from.subset {
        PartitionsSubset::TimeWindow(subset) => Cow::Borrowed(subset),
        PartitionsSubset::All(PartitionsDefinition::TimeWindow(windows)) => {
            Cow::Owned(TimeWindowSubset::all(Arc::clone(windows), context.now)?)
        }
        PartitionsSubset::All(_) | PartitionsSubset::Keys(_) => return Ok(None),
    };
    let known = TimeWindowSubset::all(Arc::clone(to), context.now)?;
    let has_order = |subset: &TimeWindowSubset| subset.windows().iter().all(|w| w.start < w.end);
    if known.windows().is_empty() || !has_order(&known) || !has_order(&given) {
        return Ok(None);
    }
    let existing = given.intersection(&known)?.with_definition(Arc::clone(to));
    Ok(Some((PartitionsSubset::TimeWindow(existing), given.difference(&known)?)))
}
