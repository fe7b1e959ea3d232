//! Evaluations of auto-materialize policies, told rule by rule as before there were conditions.
//!
//! A policy is stored as a condition of three parts: any of its materialize rules, none of its skip
//! rules, and what is discarded of the rest.

use async_graphql::{Context, ID, SimpleObject, Union};
use rondel_model::{
    automation::AutomationConditionEvaluation as Evaluation,
    ids::{AssetKey as ModelAssetKey, EntityKey as ModelKey},
    metadata::{Metadata, MetadataValue},
    partition::SubsetValue,
};
use rondel_storage::AssetEvaluationRecord;

use super::{
    part::{part_of, true_count},
    record::AssetConditionEvaluationRecord,
};
use crate::{
    assets::automation::{AutoMaterializeDecisionType, AutoMaterializeRule},
    common::AssetKey,
    context::ContextExt,
    errors::{
        AutoMaterializeAssetEvaluationNeedsMigrationError, PartitionSubsetDeserializationError,
        ResolverError,
    },
    partitions::{PartitionKeys, subset_keys},
};

#[derive(Union)]
pub(crate) enum PartitionKeysOrError {
    PartitionKeys(PartitionKeys),
    PartitionSubsetDeserializationError(PartitionSubsetDeserializationError),
}

/// No version in use stores it; it stays part of the schema for old clients' fragments.
#[derive(SimpleObject)]
pub(crate) struct TextRuleEvaluationData {
    text: Option<String>,
}

#[derive(SimpleObject)]
pub(crate) struct ParentMaterializedRuleEvaluationData {
    updated_asset_keys: Option<Vec<AssetKey>>,
    will_update_asset_keys: Option<Vec<AssetKey>>,
}

#[derive(SimpleObject)]
pub(crate) struct WaitingOnKeysRuleEvaluationData {
    waiting_on_asset_keys: Option<Vec<AssetKey>>,
}

#[derive(Union)]
pub(crate) enum AutoMaterializeRuleEvaluationData {
    TextRuleEvaluationData(TextRuleEvaluationData),
    ParentMaterializedRuleEvaluationData(ParentMaterializedRuleEvaluationData),
    WaitingOnKeysRuleEvaluationData(WaitingOnKeysRuleEvaluationData),
}

#[derive(SimpleObject)]
pub(crate) struct AutoMaterializeRuleEvaluation {
    partition_keys_or_error: Option<PartitionKeysOrError>,
    evaluation_data: Option<AutoMaterializeRuleEvaluationData>,
}

#[derive(SimpleObject)]
pub(crate) struct AutoMaterializeRuleWithRuleEvaluations {
    rule: AutoMaterializeRule,
    rule_evaluations: Vec<AutoMaterializeRuleEvaluation>,
}

/// What the policy of an asset evaluated to in one tick.
#[derive(SimpleObject)]
pub(crate) struct AutoMaterializeAssetEvaluationRecord {
    id: ID,
    evaluation_id: ID,
    num_requested: i32,
    num_skipped: i32,
    num_discarded: i32,
    rules_with_rule_evaluations: Vec<AutoMaterializeRuleWithRuleEvaluations>,
    timestamp: f64,
    run_ids: Vec<String>,
    rules: Option<Vec<AutoMaterializeRule>>,
    asset_key: AssetKey,
}

#[derive(SimpleObject)]
pub(crate) struct AutoMaterializeAssetEvaluationRecords {
    records: Vec<AutoMaterializeAssetEvaluationRecord>,
}

#[derive(Union)]
pub(crate) enum AutoMaterializeAssetEvaluationRecordsOrError {
    AutoMaterializeAssetEvaluationRecords(AutoMaterializeAssetEvaluationRecords),
    NeedsMigration(AutoMaterializeAssetEvaluationNeedsMigrationError),
}

impl AutoMaterializeAssetEvaluationRecord {
    fn of(stored: AssetEvaluationRecord) -> Result<Self, ResolverError> {
        let key = ModelAssetKey::from_db_string(&stored.key);
        let missing = || ResolverError::invariant(format!("{} is no asset's key", stored.key));
        let asset_key = AssetKey::from(&key.ok_or_else(missing)?);
        let record = AssetConditionEvaluationRecord::of(stored)?;
        let (mut rules, mut with_evaluations) = (Vec::new(), Vec::new());
        for (part, decision) in parts(record.root()) {
            let of_rules = part.child_evaluations.iter();
            for leaf in of_rules.filter(|it| it.condition_snapshot.class_name == "RuleCondition") {
                let description = leaf.condition_snapshot.description.clone();
                let rule = AutoMaterializeRule::new(description, decision);
                rules.push(rule.clone());
                let rule_evaluations = evaluations(leaf);
                if !rule_evaluations.is_empty() {
                    with_evaluations
                        .push(AutoMaterializeRuleWithRuleEvaluations { rule, rule_evaluations });
                }
            }
        }
        rules.sort_by(|a, b| a.class_name.cmp(&b.class_name));
        Ok(Self {
            id: record.row().id.into(),
            evaluation_id: record.row().evaluation_id.into(),
            num_requested: true_count(record.root()).unwrap_or(i32::MAX),
            num_skipped: 0,
            num_discarded: 0,
            rules_with_rule_evaluations: with_evaluations,
            timestamp: record.row().timestamp,
            run_ids: record.runs(),
            rules: Some(rules),
            asset_key,
        })
    }
}

/// The parts of a policy's condition that hold its rules.
fn parts(root: &Evaluation) -> Vec<(&Evaluation, AutoMaterializeDecisionType)> {
    let children = &root.child_evaluations;
    let of_one = |at: usize| children.get(at).filter(|part| part.child_evaluations.len() == 1);
    let mut found = Vec::new();
    found.extend(children.first().map(|part| (part, AutoMaterializeDecisionType::Materialize)));
    let skip = of_one(1).and_then(|negated| negated.child_evaluations.first());
    found.extend(skip.map(|part| (part, AutoMaterializeDecisionType::Skip)));
    found.extend(of_one(2).map(|part| (part, AutoMaterializeDecisionType::Discard)));
    found
}

fn keys_of(value: &SubsetValue) -> Option<PartitionKeysOrError> {
    match value {
        SubsetValue::Whole(_) => None,
        SubsetValue::Partitions(subset) => {
            Some(PartitionKeys { partition_keys: subset_keys(subset) }.into())
        }
    }
}

fn evaluations(leaf: &Evaluation) -> Vec<AutoMaterializeRuleEvaluation> {
    if leaf.subsets_with_metadata.is_empty() {
        let holds = part_of(leaf) > 0;
        let whole = || AutoMaterializeRuleEvaluation {
            partition_keys_or_error: keys_of(&leaf.true_subset.value),
            evaluation_data: None,
        };
        return holds.then(whole).into_iter().collect();
    }
    let with_metadata = leaf.subsets_with_metadata.iter();
    let evaluation = with_metadata.map(|part| AutoMaterializeRuleEvaluation {
        partition_keys_or_error: keys_of(&part.subset.value),
        evaluation_data: data_of(&part.metadata),
    });
    evaluation.collect()
}

/// The assets that metadata entries of a name tell, in the order of the names.
fn assets_named(metadata: &Metadata, prefix: &str) -> Vec<AssetKey> {
    let mut entries: Vec<(&String, &MetadataValue)> =
        metadata.iter().filter(|(name, _)| name.starts_with(prefix)).collect();
    entries.sort_by_key(|(name, _)| *name);
    let key = |(_, value): (&String, &MetadataValue)| match value {
        MetadataValue::DagsterAsset(asset) => Some(AssetKey::from(&asset.asset_key)),
        _ => None,
    };
    entries.into_iter().filter_map(key).collect()
}

fn data_of(metadata: &Metadata) -> Option<AutoMaterializeRuleEvaluationData> {
    let has = |prefix: &str| metadata.keys().any(|name| name.starts_with(prefix));
    if has("updated_parent") {
        let data = ParentMaterializedRuleEvaluationData {
            updated_asset_keys: Some(assets_named(metadata, "updated_parent")),
            will_update_asset_keys: Some(assets_named(metadata, "will_update_parent")),
        };
        return Some(data.into());
    }
    has("waiting_on_ancestor").then(|| {
        let keys = assets_named(metadata, "waiting_on_ancestor");
        WaitingOnKeysRuleEvaluationData { waiting_on_asset_keys: Some(keys) }.into()
    })
}

/// All of them in the form for old clients. Only assets had policies; what is told of checks and jobs is
/// left out.
pub(super) fn records(
    stored: Vec<AssetEvaluationRecord>,
) -> Result<AutoMaterializeAssetEvaluationRecordsOrError, ResolverError> {
    let of_assets =
        stored.into_iter().filter(|record| ModelAssetKey::from_db_string(&record.key).is_some());
    let records = of_assets.map(AutoMaterializeAssetEvaluationRecord::of);
    let records = records.collect::<Result<_, _>>()?;
    Ok(AutoMaterializeAssetEvaluationRecords { records }.into())
}

/// The latest evaluation of an asset, or the one that was the latest as of an evaluation id.
pub(in crate::assets) async fn latest_of(
    ctx: &Context<'_>,
    key: &ModelAssetKey,
    as_of: Option<i64>,
) -> Result<Option<AutoMaterializeAssetEvaluationRecord>, ResolverError> {
    let key = ModelKey::Asset(key.clone()).to_db_string();
    let store = ctx.storage().schedules();
    let found = store.get_asset_evaluations(&key, 1, as_of.map(|id| id + 1)).await?;
    found.into_iter().next().map(AutoMaterializeAssetEvaluationRecord::of).transpose()
}
