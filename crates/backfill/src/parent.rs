//! Why partitions must wait for a parent that is not materialized yet, if they must: whether both can be
//! materialized by the same run (`_get_cant_run_because_of_parent_reason`).

use rondel_model::ids::AssetKey;
use rondel_model::partition::PartitionMapping;

use crate::describe::describe_partitions;
use crate::eligible::Judge;
use crate::error::Result;
use crate::part::Part;
use crate::subset::GraphSubset;

/// A candidate part of an asset and targeted partitions of a parent that are not materialized.
pub(crate) struct Waiting<'a> {
    pub(crate) judge: &'a Judge<'a>,
    pub(crate) key: &'a AssetKey,
    pub(crate) parent: &'a AssetKey,
    pub(crate) part: &'a Part,
    pub(crate) unready: &'a Part,
}

impl Waiting<'_> {
    /// Why the part cannot be requested together with the parent.
    pub(crate) fn reason(
        &self,
        candidate: &GraphSubset,
        passed: &GraphSubset,
    ) -> Result<Option<String>> {
        let graph = self.judge.graph;
        let (key, parent) = (self.key.to_user_string(), self.parent.to_user_string());
        let is_self_dependency = self.key == self.parent;
        let requested = passed.part(self.parent, graph)?;
        if !is_self_dependency
            && requested != *self.part
            && candidate.part(self.parent, graph)? != *self.part
        {
            return Ok(Some(if candidate.len() == 1 && requested.is_empty() {
                format!("Waiting for parent {parent} to be materialized.")
            } else {
                format!(
                    "parent {parent} is requesting a different set of partitions from {key}, meaning \
                     they cannot be grouped together in the same run."
                )
            }));
        }
        if let Some(difference) = self.difference()? {
            return Ok(Some(format!(
                "parent {parent} and {key} {difference} so they cannot be materialized in the same \
                 run. {key} can be materialized once {parent} is materialized."
            )));
        }
        let depends_on_itself = graph.node(self.key)?.has_self_dependency();
        if depends_on_itself && !candidate.contains(self.parent) && !requested.is_empty() {
            return Ok(Some(
                "Self-dependant assets cannot be materialized in the same run as other assets."
                    .to_owned(),
            ));
        }
        if is_self_dependency {
            return self.reason_of_self_dependency();
        }
        if self.is_mapping_simple()? || self.fits_run_of_parent(&requested)? {
            return Ok(None);
        }
        Ok(Some(format!(
            "partition mapping between {parent} and {key} is not simple and {parent} does not meet \
             requirements of: targeting the same partitions as {key}, have all of its partitions \
             requested in this iteration, having a backfill policy, and that backfill policy size limit \
             is not exceeded by adding {key} to the run. {key} can be materialized once {parent} is \
             materialized."
        )))
    }

    /// In which way the two assets belong into different runs.
    fn difference(&self) -> Result<Option<&'static str>> {
        let graph = self.judge.graph;
        Ok(if graph.backfill_policy(self.parent)? != graph.backfill_policy(self.key)? {
            Some("have different backfill policies")
        } else if graph.node(self.parent)?.repository() != graph.node(self.key)?.repository() {
            Some("are in different code locations")
        } else if graph.partitions(self.parent)? != graph.partitions(self.key)? {
            Some("have different partitions definitions")
        } else {
            None
        })
    }

    fn reason_of_self_dependency(&self) -> Result<Option<String>> {
        let Judge { graph, context, progress } = self.judge;
        let mut required = self.unready.clone();
        if graph.backfill_policy(self.parent)?.is_some() {
            // One run may do both.
            required = required
                .difference(self.part, context)?
                .difference(&progress.materialized.part(self.parent, graph)?, context)?;
        }
        match &required {
            Part::Partitions(subset) if !subset.is_empty() => Ok(Some(format!(
                "Waiting for the following parent partitions of a self-dependant asset to \
                 materialize: {}",
                describe_partitions(subset, context)?
            ))),
            _ => Ok(None),
        }
    }

    /// Whether a partition depends on the one of the same key.
    fn is_mapping_simple(&self) -> Result<bool> {
        let graph = self.judge.graph;
        let is_partitioned =
            graph.partitions(self.key)?.is_some() || graph.partitions(self.parent)?.is_some();
        Ok(!is_partitioned
            || match &*graph.mapping(self.key, self.parent)? {
                PartitionMapping::Identity(_) => true,
                PartitionMapping::TimeWindow(windows) => {
                    windows.start_offset == 0 && windows.end_offset == 0
                }
                _ => false,
            })
    }

    /// Whether one run makes all that is targeted of the parent.
    fn fits_run_of_parent(&self, requested: &Part) -> Result<bool> {
        let Judge { graph, context, progress } = self.judge;
        let Some(policy) = graph.backfill_policy(self.parent)? else { return Ok(false) };
        let target_of_parent = progress.target.part(self.parent, graph)?;
        let count = requested.count(context)?;
        let is_within_limit = policy
            .max_partitions_per_run
            .is_none_or(|limit| u64::try_from(limit).is_ok_and(|limit| limit > count));
        Ok(target_of_parent == progress.target.part(self.key, graph)?
            && is_within_limit
            && count == target_of_parent.count(context)?)
    }
}
