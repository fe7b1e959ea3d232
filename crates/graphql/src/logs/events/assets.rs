//! Events about assets and checks.

use async_graphql::{Context, Object, Result, SimpleObject};
use rondel_model::event::{self as model, EventSpecificData};

use super::{core::EventCore, define::event};
use crate::{
    common::{AssetKey, EventTag},
    direct::direct,
    logs::{
        checks::AssetCheckEvaluation,
        kinds::{
            AssetMaterializationFailureReason, AssetMaterializationFailureType, DagsterEventType,
            LogLevel,
        },
        metadata::MetadataEntry,
        step_stats::{RunStepStats, step_stats_of_event},
    },
    runs::{RunOrError, run_or_error},
};

event!(MaterializationEvent: display asset;
    told {
        asset_lineage "assetLineage" = |event| -> Vec<AssetLineageInfo> {
            match event.data() {
                Some(EventSpecificData::StepMaterialization(data)) => {
                    data.asset_lineage.iter().map(AssetLineageInfo::from).collect()
                }
                _ => Vec::new(),
            }
        }
    }
);
event!(ObservationEvent: display asset);
event!(HealthChangedEvent: display asset);
event!(FailedToMaterializeEvent: display asset;
    told {
        materialization_failure_reason "materializationFailureReason" =
            |event| -> AssetMaterializationFailureReason {
                failure(event).map_or(AssetMaterializationFailureReason::Unknown, |failure| {
                    failure.reason.into()
                })
            }
        materialization_failure_type "materializationFailureType" =
            |event| -> AssetMaterializationFailureType {
                failure(event).map_or(AssetMaterializationFailureType::Failed, |failure| {
                    failure.failure_type.into()
                })
            }
    }
);
event!(AssetMaterializationPlannedEvent: run;
    told {
        asset_key "assetKey" = |event| -> Option<AssetKey> {
            event.asset().and_then(|asset| asset.asset_key).map(AssetKey::from)
        }
    }
    waits {
        async fn run_or_error(&self, ctx: &Context<'_>) -> RunOrError {
            run_or_error(ctx, &self.0.entry.run_id).await
        }
    }
);
event!(AssetCheckEvaluationPlannedEvent: ;
    told {
        asset_key "assetKey" = |event| -> Result<AssetKey> {
            planned(event).map(|planned| AssetKey::from(&planned.asset_key))
        }
        check_name "checkName" = |event| -> Result<String> {
            planned(event).map(|planned| planned.check_name.clone())
        }
    }
);
event!(AssetCheckEvaluationEvent: ;
    told {
        evaluation "evaluation" = |event| -> Result<AssetCheckEvaluation> {
            AssetCheckEvaluation::of(&event.entry)
                .ok_or_else(|| "the event carries no check evaluation".into())
        }
    }
);

fn failure(core: &EventCore) -> Option<&model::AssetMaterializationFailure> {
    match core.data()? {
        EventSpecificData::AssetFailedToMaterialize(data) => {
            Some(&data.asset_materialization_failure)
        }
        _ => None,
    }
}

fn planned(core: &EventCore) -> Result<&model::AssetCheckEvaluationPlanned> {
    match core.data() {
        Some(EventSpecificData::AssetCheckEvaluationPlanned(data)) => Ok(data),
        _ => Err("the event carries no planned check".into()),
    }
}

/// An asset which another was made from, as old events tell it.
#[derive(SimpleObject, Clone)]
pub(crate) struct AssetLineageInfo {
    asset_key: AssetKey,
    partitions: Vec<String>,
}

direct!(AssetLineageInfo { asset_key "assetKey", partitions "partitions" });

impl From<&model::AssetLineageInfo> for AssetLineageInfo {
    fn from(info: &model::AssetLineageInfo) -> Self {
        AssetLineageInfo {
            asset_key: AssetKey::from(&info.asset_key),
            partitions: info.partitions.as_slice().to_vec(),
        }
    }
}
