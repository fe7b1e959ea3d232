//! Events about assets and checks.

use async_graphql::{Context, Object, Result, SimpleObject};
use rondel_model::event::{self as model, EventSpecificData};

use super::{core::EventCore, define::event};
use crate::{
    common::{AssetKey, EventTag},
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
    async fn asset_lineage(&self) -> Vec<AssetLineageInfo> {
        match self.0.data() {
            Some(EventSpecificData::StepMaterialization(data)) => {
                data.asset_lineage.iter().map(AssetLineageInfo::from).collect()
            }
            _ => Vec::new(),
        }
    }
);
event!(ObservationEvent: display asset);
event!(HealthChangedEvent: display asset);
event!(FailedToMaterializeEvent: display asset;
    async fn materialization_failure_reason(&self) -> AssetMaterializationFailureReason {
        failure(&self.0)
            .map_or(AssetMaterializationFailureReason::Unknown, |failure| failure.reason.into())
    }
    async fn materialization_failure_type(&self) -> AssetMaterializationFailureType {
        failure(&self.0)
            .map_or(AssetMaterializationFailureType::Failed, |failure| failure.failure_type.into())
    }
);
event!(AssetMaterializationPlannedEvent: run;
    async fn asset_key(&self) -> Option<AssetKey> {
        self.0.asset()?.asset_key.map(AssetKey::from)
    }
    async fn run_or_error(&self, ctx: &Context<'_>) -> RunOrError {
        run_or_error(ctx, &self.0.entry.run_id).await
    }
);
event!(AssetCheckEvaluationPlannedEvent: ;
    async fn asset_key(&self) -> Result<AssetKey> {
        Ok(AssetKey::from(&planned(&self.0)?.asset_key))
    }
    async fn check_name(&self) -> Result<String> {
        Ok(planned(&self.0)?.check_name.clone())
    }
);
event!(AssetCheckEvaluationEvent: ;
    async fn evaluation(&self) -> Result<AssetCheckEvaluation> {
        AssetCheckEvaluation::of(&self.0.entry)
            .ok_or_else(|| "the event carries no check evaluation".into())
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

impl From<&model::AssetLineageInfo> for AssetLineageInfo {
    fn from(info: &model::AssetLineageInfo) -> Self {
        AssetLineageInfo {
            asset_key: AssetKey::from(&info.asset_key),
            partitions: info.partitions.as_slice().to_vec(),
        }
    }
}
