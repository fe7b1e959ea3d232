//! What the condition of an asset, check or job evaluated to in one tick.

use async_graphql::{ID, Object, SimpleObject, Union};
use rondel_model::{
    automation::{
        AutomationConditionEvaluation as Evaluation, AutomationConditionEvaluationWithRunIds,
    },
    ids::EntityKey as ModelKey,
    serdes::from_text,
};
use rondel_storage::AssetEvaluationRecord;

use super::{
    key::EntityKey,
    node::AutomationConditionEvaluationNode,
    older::AssetConditionEvaluation,
    part::{flattened, true_count},
};
use crate::{
    common::AssetKey,
    errors::{AutoMaterializeAssetEvaluationNeedsMigrationError, ResolverError},
};

/// The form in which versions before 1.5 stored evaluations. Dagster reads it as an evaluation that tells
/// nothing, and so does this.
const FORGOTTEN_FORM: &str = "AutoMaterializeAssetEvaluation";
const NOTHING_KNOWN: &str = r#"{"__class__": "AssetConditionEvaluationWithRunIds", "evaluation": {"__class__": "AssetConditionEvaluation", "condition_snapshot": {"__class__": "AssetConditionSnapshot", "class_name": "", "description": "", "unique_id": "", "label": null, "name": null}, "start_timestamp": null, "end_timestamp": null, "true_subset": {"__class__": "AssetSubset", "asset_key": {"__class__": "AssetKey", "path": ["unknown"]}, "value": false}, "candidate_subset": {"__class__": "HistoricalAllPartitionsSubsetSentinel"}, "subsets_with_metadata": [], "child_evaluations": []}, "run_ids": {"__frozenset__": []}}"#;

/// The class a stored text names.
fn class_of(body: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(body).ok()?;
    Some(value.get("__class__")?.as_str()?.to_owned())
}

/// What the condition of an asset, check or job evaluated to in one tick.
pub(crate) struct AssetConditionEvaluationRecord {
    record: AssetEvaluationRecord,
    evaluation: AutomationConditionEvaluationWithRunIds,
}

impl AssetConditionEvaluationRecord {
    pub(super) fn of(record: AssetEvaluationRecord) -> Result<Self, ResolverError> {
        let evaluation = match from_text(&record.body) {
            Ok(evaluation) => evaluation,
            Err(_) if class_of(&record.body).as_deref() == Some(FORGOTTEN_FORM) => {
                from_text(NOTHING_KNOWN)?
            }
            Err(error) => return Err(error.into()),
        };
        Ok(Self { record, evaluation })
    }

    pub(super) fn root(&self) -> &Evaluation {
        &self.evaluation.evaluation
    }

    pub(super) fn row(&self) -> &AssetEvaluationRecord {
        &self.record
    }

    pub(super) fn runs(&self) -> Vec<String> {
        self.evaluation.run_ids.iter().cloned().collect()
    }
}

#[Object]
impl AssetConditionEvaluationRecord {
    async fn id(&self) -> ID {
        self.record.id.into()
    }

    async fn evaluation_id(&self) -> ID {
        self.record.evaluation_id.into()
    }

    async fn run_ids(&self) -> Vec<String> {
        self.runs()
    }

    async fn timestamp(&self) -> f64 {
        self.record.timestamp
    }

    async fn asset_key(&self) -> Option<AssetKey> {
        match &self.root().true_subset.key {
            ModelKey::Asset(key) => Some(key.into()),
            _ => None,
        }
    }

    async fn entity_key(&self) -> EntityKey {
        (&self.root().true_subset.key).into()
    }

    async fn num_requested(&self) -> Option<i32> {
        true_count(self.root())
    }

    async fn start_timestamp(&self) -> Option<f64> {
        self.root().start_timestamp
    }

    async fn end_timestamp(&self) -> Option<f64> {
        self.root().end_timestamp
    }

    /// Whether the condition is made of the rules that came before conditions.
    async fn is_legacy(&self) -> bool {
        flattened(self.root())
            .iter()
            .any(|node| node.condition_snapshot.class_name == "RuleCondition")
    }

    async fn evaluation(&self) -> AssetConditionEvaluation {
        AssetConditionEvaluation::of(self.root(), None)
    }

    async fn root_unique_id(&self) -> &str {
        &self.root().condition_snapshot.unique_id
    }

    async fn evaluation_nodes(&self) -> Vec<AutomationConditionEvaluationNode> {
        flattened(self.root()).into_iter().map(AutomationConditionEvaluationNode).collect()
    }
}

#[derive(SimpleObject)]
pub(crate) struct AssetConditionEvaluationRecords {
    pub(super) records: Vec<AssetConditionEvaluationRecord>,
}

#[derive(Union)]
pub(crate) enum AssetConditionEvaluationRecordsOrError {
    AssetConditionEvaluationRecords(AssetConditionEvaluationRecords),
    NeedsMigration(AutoMaterializeAssetEvaluationNeedsMigrationError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evaluation_in_a_form_that_dagster_forgot_tells_nothing() {
        let stored = AssetEvaluationRecord {
            id: 7,
            body: r#"{"__class__": "AutoMaterializeAssetEvaluation", "num_requested": 3}"#
                .to_owned(),
            evaluation_id: 2,
            timestamp: 1.0,
            key: r#"["a"]"#.to_owned(),
        };
        let record = AssetConditionEvaluationRecord::of(stored).ok().unwrap();
        assert!(record.root().child_evaluations.is_empty());
        assert_eq!(true_count(record.root()), Some(0));
    }
}
