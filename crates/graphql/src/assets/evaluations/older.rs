//! An evaluation as a list of its nodes, for clients older than conditions with operators.

use async_graphql::{Enum, Object, SimpleObject, Union};
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

pub(crate) struct UnpartitionedAssetConditionEvaluationNode(Node);

#[Object]
impl UnpartitionedAssetConditionEvaluationNode {
    async fn unique_id(&self) -> &str {
        &self.0.condition_snapshot.unique_id
    }

    async fn description(&self) -> &str {
        &self.0.condition_snapshot.description
    }

    async fn entity_key(&self) -> EntityKey {
        (&self.0.true_subset.key).into()
    }

    async fn start_timestamp(&self) -> Option<f64> {
        self.0.start_timestamp
    }

    async fn end_timestamp(&self) -> Option<f64> {
        self.0.end_timestamp
    }

    async fn metadata_entries(&self) -> Vec<MetadataEntry> {
        let first = self.0.subsets_with_metadata.first();
        first.map(|subset| metadata_entries(&subset.metadata)).unwrap_or_default()
    }

    async fn status(&self) -> AssetConditionEvaluationStatus {
        if true_count(&self.0) > Some(0) {
            AssetConditionEvaluationStatus::True
        } else if candidate_count(&self.0) > Some(0) {
            AssetConditionEvaluationStatus::False
        } else {
            AssetConditionEvaluationStatus::Skipped
        }
    }

    async fn child_unique_ids(&self) -> Vec<String> {
        children(&self.0)
    }
}

pub(crate) struct PartitionedAssetConditionEvaluationNode(Node);

#[Object]
impl PartitionedAssetConditionEvaluationNode {
    async fn unique_id(&self) -> &str {
        &self.0.condition_snapshot.unique_id
    }

    async fn description(&self) -> &str {
        &self.0.condition_snapshot.description
    }

    async fn entity_key(&self) -> EntityKey {
        (&self.0.true_subset.key).into()
    }

    async fn start_timestamp(&self) -> Option<f64> {
        self.0.start_timestamp
    }

    async fn end_timestamp(&self) -> Option<f64> {
        self.0.end_timestamp
    }

    async fn num_true(&self) -> Option<i32> {
        true_count(&self.0)
    }

    async fn num_candidates(&self) -> Option<i32> {
        candidate_count(&self.0)
    }

    async fn child_unique_ids(&self) -> Vec<String> {
        children(&self.0)
    }
}

pub(crate) struct SpecificPartitionAssetConditionEvaluationNode(Node, String);

#[Object]
impl SpecificPartitionAssetConditionEvaluationNode {
    async fn unique_id(&self) -> &str {
        &self.0.condition_snapshot.unique_id
    }

    async fn description(&self) -> &str {
        &self.0.condition_snapshot.description
    }

    async fn entity_key(&self) -> EntityKey {
        (&self.0.true_subset.key).into()
    }

    async fn metadata_entries(&self) -> Vec<MetadataEntry> {
        let mut subsets = self.0.subsets_with_metadata.iter();
        let own = subsets.find(|subset| has_key(&subset.subset.value, &self.1));
        own.map(|subset| metadata_entries(&subset.metadata)).unwrap_or_default()
    }

    async fn status(&self) -> AssetConditionEvaluationStatus {
        if !is_partitioned(&self.0) {
            return AssetConditionEvaluationStatus::Skipped;
        }
        if has_key(&self.0.true_subset.value, &self.1) {
            return AssetConditionEvaluationStatus::True;
        }
        match &self.0.candidate_subset {
            CandidateSubset::Subset(subset) if !has_key(&subset.value, &self.1) => {
                AssetConditionEvaluationStatus::Skipped
            }
            _ => AssetConditionEvaluationStatus::False,
        }
    }

    async fn child_unique_ids(&self) -> Vec<String> {
        children(&self.0)
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
            (false, _) => UnpartitionedAssetConditionEvaluationNode(node).into(),
            (true, None) => PartitionedAssetConditionEvaluationNode(node).into(),
            (true, Some(key)) => {
                SpecificPartitionAssetConditionEvaluationNode(node, key.to_owned()).into()
            }
        };
        Self {
            root_unique_id: root.condition_snapshot.unique_id.clone(),
            evaluation_nodes: flattened(root).into_iter().map(node).collect(),
        }
    }
}
