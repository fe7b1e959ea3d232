//! What was last materialized of many assets, and which runs are about to
//! (`get_assets_latest_info`): three queries, however many assets.

use std::collections::{BTreeSet, HashMap};

use async_graphql::{Context, ID, SimpleObject};
use rondel_model::{ids::AssetKey as ModelAssetKey, run::RunStatus};

use super::{
    events::materialization,
    loaders::{AssetRecordKey, PlannedKey},
};
use crate::{
    common::AssetKey,
    context::ContextExt,
    errors::ResolverError,
    logs::MaterializationEvent,
    runs::{Run, load_runs},
};

/// What was last materialized of an asset, and which runs are about to.
#[derive(SimpleObject)]
pub(crate) struct AssetLatestInfo {
    id: ID,
    asset_key: AssetKey,
    latest_materialization: Option<MaterializationEvent>,
    unstarted_run_ids: Vec<String>,
    in_progress_run_ids: Vec<String>,
    latest_run: Option<Run>,
}

/// Where a run stands towards the assets it is to materialize.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Unstarted,
    InProgress,
    Over,
}

fn progress(status: RunStatus) -> Progress {
    match status {
        RunStatus::Started | RunStatus::Suspended | RunStatus::Canceling => Progress::InProgress,
        RunStatus::Starting | RunStatus::Managed | RunStatus::NotStarted | RunStatus::Queued => {
            Progress::Unstarted
        }
        _ => Progress::Over,
    }
}

pub(super) async fn latest_infos(
    ctx: &Context<'_>,
    keys: BTreeSet<ModelAssetKey>,
) -> Result<Vec<AssetLatestInfo>, ResolverError> {
    let loader = ctx.loader();
    let records = loader.load_many(keys.iter().cloned().map(AssetRecordKey)).await?;
    // What is not stored was never planned either.
    let planned = records.keys().map(|key| PlannedKey { asset: key.0.clone(), partition: None });
    let planned = loader.load_many(planned).await?;
    let planned: HashMap<&ModelAssetKey, &String> =
        planned.iter().map(|(key, plan)| (&key.asset, &plan.run_id)).collect();
    let run_ids: BTreeSet<String> = planned.values().map(|id| (*id).clone()).collect();
    let runs = load_runs(ctx, run_ids).await?;
    let info = |key: ModelAssetKey| {
        let record = records.get(&AssetRecordKey(key.clone()));
        let latest = record.and_then(|record| record.last_materialization.as_ref());
        let run = planned.get(&key).and_then(|run_id| runs.get(*run_id));
        let state = run.map_or(Progress::Over, |run| progress(run.run().status));
        // A run that has materialized the asset already is done with it.
        let done =
            run.zip(latest).is_some_and(|(run, latest)| run.run().run_id == latest.entry.run_id);
        let ids = |wanted: Progress| match run {
            Some(run) if !done && state == wanted => vec![run.run().run_id.to_string()],
            _ => Vec::new(),
        };
        AssetLatestInfo {
            id: key.to_escaped_user_string().into(),
            unstarted_run_ids: ids(Progress::Unstarted),
            in_progress_run_ids: ids(Progress::InProgress),
            latest_materialization: latest.map(|record| materialization(record.entry.clone())),
            latest_run: run.cloned(),
            asset_key: (&key).into(),
        }
    };
    Ok(keys.into_iter().map(info).collect())
}
