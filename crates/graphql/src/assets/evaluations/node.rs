//! One node of an evaluated condition.

use async_graphql::{ID, Object, SimpleObject};
use rondel_model::{
    automation::{AutomationConditionEvaluation as Evaluation, AutomationConditionSnapshot},
    metadata::{Metadata, MetadataValue},
    serdes::Value,
};

use super::{
    key::EntityKey,
    part::{Node, candidate_count, children, is_partitioned, true_count},
};
use crate::assets::automation::AutomationCondition;

/// When a condition that holds since an event was set and reset.
#[derive(SimpleObject)]
pub(crate) struct SinceConditionMetadata {
    trigger_evaluation_id: Option<ID>,
    trigger_timestamp: Option<f64>,
    reset_evaluation_id: Option<ID>,
    reset_timestamp: Option<f64>,
}

impl From<&Metadata> for SinceConditionMetadata {
    fn from(metadata: &Metadata) -> Self {
        let id = |key: &str| match metadata.get(key) {
            Some(MetadataValue::Int(number)) => match &number.value {
                Value::Int(id) => Some(ID::from(*id)),
                _ => None,
            },
            _ => None,
        };
        let time = |key: &str| match metadata.get(key) {
            Some(MetadataValue::Float(number)) => number.value.as_ref().map(|value| value.as_f64()),
            _ => None,
        };
        Self {
            trigger_evaluation_id: id("trigger_evaluation_id"),
            trigger_timestamp: time("trigger_timestamp"),
            reset_evaluation_id: id("reset_evaluation_id"),
            reset_timestamp: time("reset_timestamp"),
        }
    }
}

pub(crate) struct AutomationConditionEvaluationNode(pub(super) Node);

/// The condition that was evaluated.
fn snapshot_of(node: &Evaluation) -> AutomationConditionSnapshot {
    AutomationConditionSnapshot {
        node_snapshot: node.condition_snapshot.clone(),
        children: node.child_evaluations.iter().map(snapshot_of).collect(),
        ..AutomationConditionSnapshot::default()
    }
}

#[Object]
impl AutomationConditionEvaluationNode {
    async fn unique_id(&self) -> &str {
        &self.0.condition_snapshot.unique_id
    }

    async fn user_label(&self) -> Option<&str> {
        self.0.condition_snapshot.label.as_deref()
    }

    async fn expanded_label(&self) -> Vec<String> {
        AutomationCondition::of_snapshot(&snapshot_of(&self.0)).into_expanded_label()
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

    async fn is_partitioned(&self) -> bool {
        is_partitioned(&self.0)
    }

    async fn child_unique_ids(&self) -> Vec<String> {
        children(&self.0)
    }

    async fn operator_type(&self) -> &str {
        &self.0.condition_snapshot.operator_type
    }

    async fn since_metadata(&self) -> Option<SinceConditionMetadata> {
        let is_since = self.0.condition_snapshot.class_name == "SinceCondition";
        is_since.then(|| {
            let none = Metadata::default();
            self.0.metadata.as_ref().unwrap_or(&none).into()
        })
    }
}
