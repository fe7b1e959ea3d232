//! Which of some candidate partitions can be requested now (`_should_backfill_atomic_asset_graph_subset_unit`).

use rondel_model::ids::AssetKey;
use rondel_partitions::{Context, PartitionsSubset};

use crate::error::{BackfillError, Result};
use crate::graph::BackfillGraph;
use crate::parent::Waiting;
use crate::part::Part;
use crate::progress::Progress;
use crate::subset::GraphSubset;
use crate::walk::{Exclusion, Verdict};

/// What decisions of one iteration look at.
pub(crate) struct Judge<'a> {
    pub(crate) graph: &'a BackfillGraph,
    pub(crate) context: &'a Context,
    /// Brought up to date with what was observed.
    pub(crate) progress: &'a Progress,
}

/// The part that is left over, and parts that are not, with reasons.
type Filtered = (Part, Vec<(Part, String)>);

impl Judge<'_> {
    /// Judges assets that are executed together; the same partitions of all of them pass.
    pub(crate) fn judge(&self, candidate: &GraphSubset, passed: &GraphSubset) -> Result<Verdict> {
        let keys: Vec<&AssetKey> = candidate.keys().collect();
        let Some((_, first)) = candidate.parts().next() else {
            return Ok(Verdict { passed: GraphSubset::default(), excluded: Vec::new() });
        };
        let mut part = first.clone();
        let mut failures = Vec::new();
        for key in &keys {
            if part.is_empty() {
                break;
            }
            let of_asset = self.graph.same_part_of(key, &part)?;
            let (left, new_failures) = self.filter(key, of_asset, candidate, passed)?;
            part = left;
            failures.extend(new_failures);
        }
        let of_all = |part: &Part| -> Result<GraphSubset> {
            let parts =
                keys.iter().map(|key| Ok(((*key).clone(), self.graph.same_part_of(key, part)?)));
            parts.collect()
        };
        let excluded = failures
            .into_iter()
            .map(|(part, reason)| Ok(Exclusion { subset: of_all(&part)?, reason }));
        Ok(Verdict { passed: of_all(&part)?, excluded: excluded.collect::<Result<_>>()? })
    }

    fn filter(
        &self,
        key: &AssetKey,
        part: Part,
        candidate: &GraphSubset,
        passed: &GraphSubset,
    ) -> Result<Filtered> {
        let (graph, context, progress) = (self.graph, self.context, self.progress);
        let mut part = part.intersection(&progress.target.part(key, graph)?, context)?;
        for done in [&progress.failed_and_downstream, &progress.materialized, &progress.requested] {
            part = part.difference(&done.part(key, graph)?, context)?;
        }
        let parents = graph.node(key)?.parents();
        let is_parent_requested = parents.iter().any(|parent| passed.contains(parent));
        let mut failures = Vec::new();
        for parent in parents {
            if part.is_empty() {
                break;
            }
            let needed = graph.parent_part(key, &part, parent, context)?;
            if let Some(missing) = needed.nonexistent {
                return Err(BackfillError::Invariant(format!(
                    "Asset partition subset of {} depends on non-existent partitions of {}: {}",
                    key.to_user_string(),
                    parent.to_user_string(),
                    missing.keys(context)?.join(", ")
                )));
            }
            let unready = needed
                .existing
                .intersection(&progress.target.part(parent, graph)?, context)?
                .difference(&progress.materialized.part(parent, graph)?, context)?;
            let waiting =
                graph.child_part(parent, &unready, key, context)?.intersection(&part, context)?;
            if waiting.is_empty() {
                continue;
            }
            let is_self_dependency = parent == key;
            let case = Waiting { judge: self, key, parent, part: &part, unready: &unready };
            if let Some(reason) = case.reason(candidate, passed)? {
                // Were a parent requested now with other partitions than its child, they would come into
                // different runs: then nothing of the child for now.
                if !is_self_dependency && is_parent_requested {
                    failures.push((part, reason));
                    part = graph.nothing(key)?;
                } else {
                    part = part.difference(&waiting, context)?;
                    failures.push((waiting, reason));
                }
            }
            if is_self_dependency {
                part = self.within_one_run(key, part, &mut failures)?;
            }
        }
        Ok((part, failures))
    }

    /// An asset that depends on itself gets only as many partitions at once as one run may have.
    fn within_one_run(
        &self,
        key: &AssetKey,
        part: Part,
        failures: &mut Vec<(Part, String)>,
    ) -> Result<Part> {
        let policy = self.graph.backfill_policy(key)?;
        let limit = policy
            .and_then(|policy| policy.max_partitions_per_run)
            .and_then(|limit| usize::try_from(limit).ok());
        let (Some(limit), Part::Partitions(subset)) = (limit, &part) else { return Ok(part) };
        let Some(definition) = self.graph.partitions(key)? else { return Ok(part) };
        if subset.count(self.context)? <= limit as u64 {
            return Ok(part);
        }
        let keys = subset.first_keys(limit, self.context)?;
        let first = PartitionsSubset::of_keys(definition, &keys, self.context)?;
        let first = Part::Partitions(first);
        let rest = part.difference(&first, self.context)?;
        failures.push((
            rest,
            "Respecting the maximum number of partitions per run for the backfill policy of a \
             self-dependant asset"
                .to_owned(),
        ));
        Ok(first)
    }
}
