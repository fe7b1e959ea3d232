//! Queries for evaluations of automation conditions.

use async_graphql::{Context, ID, Object, Result};
use rondel_model::partition::SubsetValue;
use rondel_storage::AssetEvaluationRecord;

use super::{
    key::{AssetJobKeyInput, db_key},
    older::AssetConditionEvaluation,
    part::flattened,
    record::{
        AssetConditionEvaluationRecord, AssetConditionEvaluationRecords,
        AssetConditionEvaluationRecordsOrError,
    },
    rules::{self, AutoMaterializeAssetEvaluationRecordsOrError},
};
use crate::{
    common::{AssetCheckHandleInput, AssetKeyInput},
    context::ContextExt,
    errors::ResolverError,
    partitions::subset_keys,
};

fn number(text: &str) -> std::result::Result<i64, ResolverError> {
    text.parse().map_err(|_| {
        let text = format!("invalid literal for int() with base 10: '{text}'");
        ResolverError::raised("ValueError", text)
    })
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

/// Evaluations of a key, latest first, before the one that the cursor names.
async fn page_of(
    ctx: &Context<'_>,
    key: &str,
    limit: i32,
    cursor: Option<String>,
) -> std::result::Result<Vec<AssetEvaluationRecord>, ResolverError> {
    let cursor = cursor.filter(|cursor| !cursor.is_empty());
    let cursor = cursor.as_deref().map(number).transpose()?;
    let limit = usize::try_from(limit).unwrap_or_default();
    Ok(ctx.storage().schedules().get_asset_evaluations(key, limit, cursor).await?)
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
    /// Retrieve the auto materialization evaluation records for an asset.
    async fn auto_materialize_asset_evaluations_or_error(
        &self,
        ctx: &Context<'_>,
        asset_key: AssetKeyInput,
        limit: i32,
        cursor: Option<String>,
    ) -> Result<Option<AutoMaterializeAssetEvaluationRecordsOrError>> {
        let key = db_key(Some(asset_key), None, None)?;
        let stored = page_of(ctx, &key, limit, cursor).await?;
        Ok(Some(rules::records(stored)?))
    }

    /// Retrieve the auto materialization evaluation records for a given evaluation ID.
    async fn auto_materialize_evaluations_for_evaluation_id(
        &self,
        ctx: &Context<'_>,
        evaluation_id: ID,
    ) -> Result<Option<AutoMaterializeAssetEvaluationRecordsOrError>> {
        let id = number(&evaluation_id)?;
        let stored = ctx.storage().schedules().get_evaluations_of_tick(id).await;
        Ok(Some(rules::records(stored.map_err(ResolverError::from)?)?))
    }

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
        Ok(Some(all(page_of(ctx, &key, limit, cursor).await?)?))
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
