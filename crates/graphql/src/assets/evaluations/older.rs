//! An evaluation as a list of its nodes, for clients older than conditions with operators.

use async_graphql::{Enum, SimpleObject, Union};
use rondel_model::automation::{AutomationConditionEvaluation as Evaluation, CandidateSubset};

use super::{
    key::EntityKey,
    part::{Node, candidate_count, children, flattened, has_key, is_partitioned, true_count},
};
use crate::logs::{MetadataEntry, metadata_entries};

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum AssetConditionEvaluationStatus {
    True,
    False,
    Skipped,
}

/// What every node tells.
#[derive(SimpleObject)]
struct NodeHead {
    unique_id: String,
    description: String,
    entity_key: EntityKey,
    child_unique_ids: Vec<String>,
}

impl NodeHead {
    fn of(node: &Evaluation) -> Self {
        Self {
            unique_id: node.condition_snapshot.unique_id.clone(),
            description: node.condition_snapshot.description.clone(),
            entity_key: (&node.true_subset.key).into(),
            child_unique_ids: children(node),
        }
    }
}

/// When a node was evaluated.
#[derive(SimpleObject)]
struct NodeTimes {
    start_timestamp: Option<f64>,
    end_timestamp: Option<f64>,
}

impl NodeTimes {
    fn of(node: &Evaluation) -> Self {
        Self { start_timestamp: node.start_timestamp, end_timestamp: node.end_timestamp }
    }
}

#[derive(SimpleObject)]
pub(crate) struct UnpartitionedAssetConditionEvaluationNode {
    #[graphql(flatten)]
    head: NodeHead,
    #[graphql(flatten)]
    times: NodeTimes,
    metadata_entries: Vec<MetadataEntry>,
    status: AssetConditionEvaluationStatus,
}

impl UnpartitionedAssetConditionEvaluationNode {
    fn of(node: &Evaluation) -> Self {
        let status = if true_count(node) > Some(0) {
            AssetConditionEvaluationStatus::True
        } else if candidate_count(node) > Some(0) {
            AssetConditionEvaluationStatus::False
        } else {
            AssetConditionEvaluationStatus::Skipped
        };
        let first = node.subsets_with_metadata.first();
        Self {
            head: NodeHead::of(node),
            times: NodeTimes::of(node),
            metadata_entries: first
                .map(|subset| metadata_entries(&subset.metadata))
                .unwrap_or_default(),
            status,
        }
    }
}

#[derive(SimpleObject)]
pub(crate) struct PartitionedAssetConditionEvaluationNode {
    #[graphql(flatten)]
    head: NodeHead,
    #[graphql(flatten)]
    times: NodeTimes,
    num_true: Option<i32>,
    num_candidates: Option<i32>,
}

impl PartitionedAssetConditionEvaluationNode {
    fn of(node: &Evaluation) -> Self {
        Self {
            head: NodeHead::of(node),
            times: NodeTimes::of(node),
            num_true: true_count(node),
            num_candidates: candidate_count(node),
        }
    }
}

#[derive(SimpleObject)]
pub(crate) struct SpecificPartitionAssetConditionEvaluationNode {
    #[graphql(flatten)]
    head: NodeHead,
    metadata_entries: Vec<MetadataEntry>,
    status: AssetConditionEvaluationStatus,
}

impl SpecificPartitionAssetConditionEvaluationNode {
    fn of(node: &Evaluation, key: &str) -> Self {
        let status = if !is_partitioned(node) {
            AssetConditionEvaluationStatus::Skipped
        } else if has_key(&node.true_subset.value, key) {
            AssetConditionEvaluationStatus::True
        } else {
            match &node.candidate_subset {
                CandidateSubset::Subset(subset) if !has_key(&subset.value, key) => {
                    AssetConditionEvaluationStatus::Skipped
                }
                _ => AssetConditionEvaluationStatus::False,
            }
        };
        let mut subsets = node.subsets_with_metadata.iter();
        let own = subsets.find(|subset| has_key(&subset.subset.value, key));
        Self {
            head: NodeHead::of(node),
            metadata_entries: own
                .map(|subset| metadata_entries(&subset.metadata))
                .unwrap_or_default(),
            status,
        }
    }
}

#[derive(Union)]
pub(crate) enum AssetConditionEvaluationNode {
    Unpartitioned(UnpartitionedAssetConditionEvaluationNode),
    Partitioned(PartitionedAssetConditionEvaluationNode),
    SpecificPartition(SpecificPartitionAssetConditionEvaluationNode),
}

/// An evaluation as a list of its nodes, for clients older than conditions with operators.
#[derive(SimpleObject)]
pub(crate) struct AssetConditionEvaluation {
    root_unique_id: String,
    evaluation_nodes: Vec<AssetConditionEvaluationNode>,
}

impl AssetConditionEvaluation {
    pub(super) fn of(root: &Evaluation, partition: Option<&str>) -> Self {
        let node = |node: Node| match (is_partitioned(root), partition) {
            (false, _) => UnpartitionedAssetConditionEvaluationNode::of(&node).into(),
            (true, None) => PartitionedAssetConditionEvaluationNode::of(&node).into(),
            (true, Some(key)) => {
                SpecificPartitionAssetConditionEvaluationNode::of(&node, key).into()
            }
        };
        Self {
            root_unique_id: root.condition_snapshot.unique_id.clone(),
            evaluation_nodes: flattened(root).into_iter().map(node).collect(),
        }
    }
}
