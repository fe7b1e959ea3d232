//! What automation conditions evaluated to, tick by tick.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject, Union};
use rondel_model::{
    automation::{
        AutomationConditionEvaluation as Evaluation, AutomationConditionEvaluationWithRunIds,
        AutomationConditionSnapshot, CandidateSubset,
    },
    ids::{AssetCheckKey, AssetJobKey as ModelJobKey, EntityKey as ModelKey},
    metadata::{Metadata, MetadataValue},
    partition::SubsetValue,
    serdes::{Value, from_text},
};
use rondel_storage::AssetEvaluationRecord;

use super::automation::AutomationCondition;
use crate::{
    common::{AssetCheckHandle, AssetCheckHandleInput, AssetKey, AssetKeyInput},
    context::ContextExt,
    errors::{AutoMaterializeAssetEvaluationNeedsMigrationError, ResolverError},
    logs::{MetadataEntry, metadata_entries},
    partitions::{part_size, subset_keys},
};

#[derive(InputObject)]
pub(crate) struct AssetJobKeyInput {
    job_name: String,
}

#[derive(SimpleObject)]
pub(crate) struct AssetJobKey {
    job_name: String,
}

/// What a condition is about.
#[derive(Union)]
pub(crate) enum EntityKey {
    AssetKey(AssetKey),
    AssetCheckhandle(AssetCheckHandle),
    AssetJobKey(AssetJobKey),
}

impl From<&ModelKey> for EntityKey {
    fn from(key: &ModelKey) -> Self {
        match key {
            ModelKey::Asset(key) => EntityKey::AssetKey(key.into()),
            ModelKey::Check(key) => EntityKey::AssetCheckhandle(key.into()),
            ModelKey::Job(key) => {
                EntityKey::AssetJobKey(AssetJobKey { job_name: key.job_name.clone() })
            }
            ModelKey::Unknown(value) => {
                EntityKey::AssetJobKey(AssetJobKey { job_name: value.to_string() })
            }
        }
    }
}

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum AssetConditionEvaluationStatus {
    True,
    False,
    Skipped,
}

/// An evaluation or a part of it.
type Node = Arc<Evaluation>;

fn children(node: &Evaluation) -> Vec<String> {
    node.child_evaluations.iter().map(|child| child.condition_snapshot.unique_id.clone()).collect()
}

fn true_count(node: &Evaluation) -> Option<i32> {
    i32::try_from(part_size(&node.true_subset.value)).ok()
}

/// None where the condition was asked about everything there was.
fn candidate_count(node: &Evaluation) -> Option<i32> {
    match &node.candidate_subset {
        CandidateSubset::Subset(subset) => i32::try_from(part_size(&subset.value)).ok(),
        _ => None,
    }
}

fn is_partitioned(node: &Evaluation) -> bool {
    matches!(node.true_subset.value, SubsetValue::Partitions(_))
}

fn has_key(part: &SubsetValue, key: &str) -> bool {
    match part {
        SubsetValue::Whole(_) => false,
        SubsetValue::Partitions(subset) => subset_keys(subset).iter().any(|known| known == key),
    }
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
    fn of(root: &Evaluation, partition: Option<&str>) -> Self {
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

/// The root, then each child with its own.
fn flattened(root: &Evaluation) -> Vec<Node> {
    let mut nodes = vec![Arc::new(root.clone())];
    nodes.extend(root.child_evaluations.iter().flat_map(flattened));
    nodes
}

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

pub(crate) struct AutomationConditionEvaluationNode(Node);

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

/// What the condition of an asset, check or job evaluated to in one tick.
pub(crate) struct AssetConditionEvaluationRecord {
    record: AssetEvaluationRecord,
    evaluation: AutomationConditionEvaluationWithRunIds,
}

impl AssetConditionEvaluationRecord {
    fn of(record: AssetEvaluationRecord) -> std::result::Result<Self, ResolverError> {
        let evaluation = from_text(&record.body)?;
        Ok(Self { record, evaluation })
    }

    fn root(&self) -> &Evaluation {
        &self.evaluation.evaluation
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
        self.evaluation.run_ids.iter().cloned().collect()
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
    records: Vec<AssetConditionEvaluationRecord>,
}

#[derive(Union)]
pub(crate) enum AssetConditionEvaluationRecordsOrError {
    AssetConditionEvaluationRecords(AssetConditionEvaluationRecords),
    NeedsMigration(AutoMaterializeAssetEvaluationNeedsMigrationError),
}

fn number(text: &str) -> std::result::Result<i64, ResolverError> {
    text.parse().map_err(|_| {
        let text = format!("invalid literal for int() with base 10: '{text}'");
        ResolverError::raised("ValueError", text)
    })
}

/// The key a client names, in its database form.
fn db_key(
    asset: Option<AssetKeyInput>,
    check: Option<AssetCheckHandleInput>,
    job: Option<AssetJobKeyInput>,
) -> std::result::Result<String, ResolverError> {
    let key = match (asset, check, job) {
        (Some(asset), ..) => ModelKey::Asset(asset.into()),
        (None, Some(check), _) => ModelKey::Check(AssetCheckKey::from(check)),
        (None, None, Some(job)) => {
            ModelKey::Job(ModelJobKey { job_name: job.job_name, extra: Default::default() })
        }
        (None, None, None) => {
            return Err(ResolverError::raised(
                "dagster_shared.check.functions.CheckError",
                "Expected non-None value: None",
            ));
        }
    };
    Ok(key.to_db_string())
}

/// The evaluation of a key in a tick.
async fn evaluation_of(
    ctx: &Context<'_>,
    key: &str,
    evaluation_id: i64,
) -> std::result::Result<AssetConditionEvaluationRecord, ResolverError> {
    let store = ctx.storage().schedules();
    let found = store.get_asset_evaluations(key, 1, Some(evaluation_id + 1)).await?;
    let record = found.into_iter().find(|record| record.evaluation_id == evaluation_id);
    let missing = || {
        ResolverError::raised(
            "dagster_shared.check.functions.CheckError",
            format!(
                "Invariant failed. Description: Could not find evaluation with id {evaluation_id}"
            ),
        )
    };
    AssetConditionEvaluationRecord::of(record.ok_or_else(missing)?)
}

fn all(
    records: Vec<AssetEvaluationRecord>,
) -> std::result::Result<AssetConditionEvaluationRecordsOrError, ResolverError> {
    let records = records.into_iter().map(AssetConditionEvaluationRecord::of);
    let records = records.collect::<std::result::Result<_, _>>()?;
    Ok(AssetConditionEvaluationRecords { records }.into())
}

#[derive(Default)]
pub(crate) struct EvaluationQuery;

#[Object]
impl EvaluationQuery {
    /// Retrieve the partition keys which were true for a specific automation condition evaluation node.
    async fn true_partitions_for_automation_condition_evaluation_node(
        &self,
        ctx: &Context<'_>,
        asset_key: Option<AssetKeyInput>,
        asset_job_key: Option<AssetJobKeyInput>,
        evaluation_id: ID,
        node_unique_id: Option<String>,
    ) -> Result<Vec<String>> {
        let key = db_key(asset_key, None, asset_job_key)?;
        let record = evaluation_of(ctx, &key, number(&evaluation_id)?).await?;
        let wanted = node_unique_id.unwrap_or_default();
        let mut nodes = flattened(record.root()).into_iter();
        let node = nodes.find(|node| node.condition_snapshot.unique_id == wanted);
        let missing = || {
            ResolverError::raised(
                "dagster_shared.check.functions.CheckError",
                "Failure condition: No matching unique id found",
            )
        };
        Ok(match &node.ok_or_else(missing)?.true_subset.value {
            SubsetValue::Partitions(subset) => subset_keys(subset),
            SubsetValue::Whole(_) => vec!["None".to_owned()],
        })
    }

    /// Retrieve the condition evaluation for an asset and partition.
    async fn asset_condition_evaluation_for_partition(
        &self,
        ctx: &Context<'_>,
        asset_key: Option<AssetKeyInput>,
        evaluation_id: ID,
        partition: String,
    ) -> Result<Option<AssetConditionEvaluation>> {
        let key = db_key(asset_key, None, None)?;
        let record = evaluation_of(ctx, &key, number(&evaluation_id)?).await?;
        Ok(Some(AssetConditionEvaluation::of(record.root(), Some(&partition))))
    }

    /// Retrieve the condition evaluation records for an asset.
    async fn asset_condition_evaluation_records_or_error(
        &self,
        ctx: &Context<'_>,
        asset_key: Option<AssetKeyInput>,
        asset_check_key: Option<AssetCheckHandleInput>,
        asset_job_key: Option<AssetJobKeyInput>,
        limit: i32,
        cursor: Option<String>,
    ) -> Result<Option<AssetConditionEvaluationRecordsOrError>> {
        let key = db_key(asset_key, asset_check_key, asset_job_key)?;
        let cursor = cursor.filter(|cursor| !cursor.is_empty());
        let cursor = cursor.as_deref().map(number).transpose()?;
        let limit = usize::try_from(limit).unwrap_or_default();
        let store = ctx.storage().schedules();
        let records = store.get_asset_evaluations(&key, limit, cursor).await;
        Ok(Some(all(records.map_err(ResolverError::from)?)?))
    }

    /// Retrieve the condition evaluation records for a given evaluation ID.
    async fn asset_condition_evaluations_for_evaluation_id(
        &self,
        ctx: &Context<'_>,
        evaluation_id: ID,
    ) -> Result<Option<AssetConditionEvaluationRecordsOrError>> {
        let id = number(&evaluation_id)?;
        let records = ctx.storage().schedules().get_evaluations_of_tick(id).await;
        Ok(Some(all(records.map_err(ResolverError::from)?)?))
    }
}
