//! Forgetting what was materialized, and reporting what happened elsewhere.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject, Union};
use rondel_instance::RunlessAssetEvent;
use rondel_model::{
    event::{
        AssetCheckEvaluation, AssetCheckSeverity as ModelSeverity, AssetMaterialization,
        AssetObservation,
    },
    ids::AssetKey as ModelAssetKey,
    metadata::{
        BoolMetadataValue, FloatMetadataValue, IntMetadataValue, JsonMetadataValue, Metadata,
        MetadataValue, NullMetadataValue, TextMetadataValue,
    },
    serdes::{Number, Value},
};

use super::selectors::PartitionsByAssetSelector;
use crate::{
    common::{AssetKey, AssetKeyInput},
    context::ContextExt,
    errors::{
        AssetNotFoundError, PythonError, ResolverError, UnauthorizedError,
        UnsupportedOperationError, capture, or_error,
    },
    logs::AssetCheckSeverity,
    permissions::Permission,
};

#[derive(SimpleObject)]
pub(crate) struct PartitionRange {
    start: String,
    end: String,
}

#[derive(SimpleObject)]
pub(crate) struct AssetPartitionRange {
    asset_key: AssetKey,
    partition_range: Option<PartitionRange>,
}

/// Output indicating that asset history was deleted.
#[derive(SimpleObject)]
pub(crate) struct AssetWipeSuccess {
    asset_partition_ranges: Vec<AssetPartitionRange>,
}

#[derive(Union)]
pub(crate) enum AssetWipeMutationResult {
    AssetNotFoundError(AssetNotFoundError),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
    UnsupportedOperationError(UnsupportedOperationError),
    AssetWipeSuccess(AssetWipeSuccess),
}
or_error!(AssetWipeMutationResult:
    AssetNotFoundError, UnauthorizedError, UnsupportedOperationError);

/// The event type of an asset event.
#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum AssetEventType {
    AssetMaterialization,
    AssetObservation,
}

#[derive(InputObject)]
pub(crate) struct ReportRunlessAssetEventsParams {
    event_type: AssetEventType,
    asset_key: AssetKeyInput,
    partition_keys: Option<Vec<Option<String>>>,
    description: Option<String>,
}

#[derive(SimpleObject)]
pub(crate) struct ReportRunlessAssetEventsSuccess {
    asset_key: AssetKey,
}

#[derive(Union)]
pub(crate) enum ReportRunlessAssetEventsResult {
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
    ReportRunlessAssetEventsSuccess(ReportRunlessAssetEventsSuccess),
}
or_error!(ReportRunlessAssetEventsResult: UnauthorizedError);

#[derive(InputObject)]
pub(crate) struct ReportAssetCheckEvaluationsParams {
    asset_key: AssetKeyInput,
    check_name: String,
    passed: bool,
    severity: Option<AssetCheckSeverity>,
    serialized_metadata: Option<String>,
    partition_keys: Option<Vec<Option<String>>>,
    description: Option<String>,
}

#[derive(SimpleObject)]
pub(crate) struct ReportAssetCheckEvaluationsSuccess {
    asset_key: AssetKey,
    check_name: String,
}

#[derive(Union)]
pub(crate) enum ReportAssetCheckEvaluationResult {
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
    ReportAssetCheckEvaluationsSuccess(ReportAssetCheckEvaluationsSuccess),
}
or_error!(ReportAssetCheckEvaluationResult: UnauthorizedError);

#[derive(Default)]
pub(crate) struct AssetMutation;

#[Object]
impl AssetMutation {
    /// Deletes asset history from storage.
    async fn wipe_assets(
        &self,
        ctx: &Context<'_>,
        asset_partition_ranges: Vec<PartitionsByAssetSelector>,
    ) -> AssetWipeMutationResult {
        capture(ctx, async {
            ctx.require(Permission::WipeAssets)?;
            let mut keys = Vec::new();
            for selector in asset_partition_ranges {
                let key = ModelAssetKey::from(selector.asset_key);
                let names_partitions = selector.partitions.is_some_and(|partitions| {
                    partitions.range.is_some() || partitions.ranges.is_some()
                });
                if names_partitions {
                    if !ctx.prepared().asset_graph().contains(&key) {
                        return Err(AssetNotFoundError::of(&key.to_db_string()).into());
                    }
                    let text = "Partitioned asset wipe is not supported yet.";
                    return Err(UnsupportedOperationError::new(text).into());
                }
                keys.push(key);
            }
            ctx.instance().wipe_assets(&keys).await?;
            let range = |key: &ModelAssetKey| AssetPartitionRange {
                asset_key: key.into(),
                partition_range: None,
            };
            Ok(AssetWipeSuccess { asset_partition_ranges: keys.iter().map(range).collect() })
        })
        .await
    }

    /// Reports runless events for an asset or a subset of its partitions.
    async fn report_runless_asset_events(
        &self,
        ctx: &Context<'_>,
        event_params: ReportRunlessAssetEventsParams,
    ) -> ReportRunlessAssetEventsResult {
        capture(ctx, async {
            ctx.require(Permission::ReportRunlessAssetEvents)?;
            let key = ModelAssetKey::from(event_params.asset_key);
            for partition in event_params.partition_keys.unwrap_or_else(|| vec![None]) {
                let description = event_params.description.clone();
                let event = match event_params.event_type {
                    AssetEventType::AssetMaterialization => {
                        RunlessAssetEvent::Materialization(AssetMaterialization {
                            asset_key: key.clone(),
                            description,
                            partition,
                            tags: Some(Default::default()),
                            ..AssetMaterialization::default()
                        })
                    }
                    AssetEventType::AssetObservation => {
                        RunlessAssetEvent::Observation(AssetObservation {
                            asset_key: key.clone(),
                            description,
                            partition,
                            ..AssetObservation::default()
                        })
                    }
                };
                ctx.instance().report_runless_asset_event(event).await?;
            }
            Ok(ReportRunlessAssetEventsSuccess { asset_key: (&key).into() })
        })
        .await
    }

    /// Reports an asset check evaluation result.
    async fn report_asset_check_evaluations(
        &self,
        ctx: &Context<'_>,
        event_params: ReportAssetCheckEvaluationsParams,
    ) -> ReportAssetCheckEvaluationResult {
        capture(ctx, async {
            ctx.require(Permission::ReportRunlessAssetEvents)?;
            let key = ModelAssetKey::from(event_params.asset_key);
            let metadata = match event_params.serialized_metadata.as_deref() {
                Some(text) if !text.is_empty() => metadata_of(text)?,
                _ => Metadata::default(),
            };
            let severity = match event_params.severity {
                Some(AssetCheckSeverity::Warn) => ModelSeverity::Warn,
                Some(AssetCheckSeverity::Error) | None => ModelSeverity::Error,
            };
            for partition in event_params.partition_keys.unwrap_or_else(|| vec![None]) {
                let evaluation = AssetCheckEvaluation {
                    asset_key: key.clone(),
                    check_name: event_params.check_name.clone(),
                    passed: event_params.passed,
                    metadata: metadata.clone(),
                    target_materialization_data: None,
                    severity,
                    description: event_params.description.clone(),
                    blocking: None,
                    partition,
                    extra: Default::default(),
                };
                let event = RunlessAssetEvent::CheckEvaluation(evaluation);
                ctx.instance().report_runless_asset_event(event).await?;
            }
            let check_name = event_params.check_name;
            Ok(ReportAssetCheckEvaluationsSuccess { asset_key: (&key).into(), check_name })
        })
        .await
    }
}

/// Plain JSON values as metadata (`normalize_metadata`).
fn metadata_of(text: &str) -> Result<Metadata, ResolverError> {
    let Value::Map(entries) = Value::from_json_text(text)? else {
        return Err(ResolverError::raised(
            "dagster_shared.check.functions.ParameterCheckError",
            "Param \"metadata\" is not a mapping.",
        ));
    };
    let value = |value: &Value| -> MetadataValue {
        match value {
            Value::Null => NullMetadataValue::default().into(),
            Value::Bool(value) => {
                BoolMetadataValue { value: Some(*value), ..Default::default() }.into()
            }
            Value::Int(_) | Value::BigInt(_) => {
                IntMetadataValue { value: value.clone(), ..Default::default() }.into()
            }
            Value::Float(number) => {
                let value = Some(Number::from(*number));
                FloatMetadataValue { value, ..Default::default() }.into()
            }
            Value::String(text) => {
                TextMetadataValue { text: Some(text.clone()), ..Default::default() }.into()
            }
            Value::List(_) | Value::Map(_) => {
                JsonMetadataValue { data: value.clone(), ..Default::default() }.into()
            }
        }
    };
    Ok(entries.iter().map(|(key, entry)| (key.clone(), value(entry))).collect())
}
