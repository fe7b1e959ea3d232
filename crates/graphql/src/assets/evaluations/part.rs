//! Sizes and members of the parts of an entity that an evaluation tells about.

use std::sync::Arc;

use rondel_model::{
    automation::{AutomationConditionEvaluation as Evaluation, CandidateSubset},
    partition::SubsetValue,
};

use crate::partitions::{part_size, subset_keys};

/// An evaluation or a part of it.
pub(super) type Node = Arc<Evaluation>;

pub(super) fn children(node: &Evaluation) -> Vec<String> {
    node.child_evaluations.iter().map(|child| child.condition_snapshot.unique_id.clone()).collect()
}

/// For how much of what it was asked about the node holds.
pub(super) fn part_of(node: &Evaluation) -> usize {
    part_size(&node.true_subset.value)
}

pub(super) fn true_count(node: &Evaluation) -> Option<i32> {
    i32::try_from(part_of(node)).ok()
}

/// None where the condition was asked about everything there was.
pub(super) fn candidate_count(node: &Evaluation) -> Option<i32> {
    match &node.candidate_subset {
        CandidateSubset::Subset(subset) => i32::try_from(part_size(&subset.value)).ok(),
        _ => None,
    }
}

pub(super) fn is_partitioned(node: &Evaluation) -> bool {
    matches!(node.true_subset.value, SubsetValue::Partitions(_))
}

pub(super) fn has_key(part: &SubsetValue, key: &str) -> bool {
    match part {
        SubsetValue::Whole(_) => false,
        SubsetValue::Partitions(subset) => subset_keys(subset).iter().any(|known| known == key),
    }
}

/// The root, then each child with its own.
pub(super) fn flattened(root: &Evaluation) -> Vec<Node> {
    let mut nodes = vec![Arc::new(root.clone())];
    nodes.extend(root.child_evaluations.iter().flat_map(flattened));
    nodes
}
