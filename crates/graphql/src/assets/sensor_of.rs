//! The automation sensor that looks after an asset, and how many times it has evaluated.

use std::sync::Arc;

use async_graphql::Context;
use rondel_automation::unpack_cursor;
use rondel_model::{
    automation::AssetDaemonCursor,
    ids::AssetKey,
    instigation::{InstigatorData, SensorType},
    serdes::from_text,
};

use crate::{
    context::ContextExt, errors::ResolverError, instigation::StateKey,
    workspace::PreparedRepository,
};

/// Under what the daemon kept its cursor before automation ran in sensors; the older key held a form
/// which tells its evaluation id under the same name.
const CURSOR_KEYS: [&str; 2] = ["ASSET_DAEMON_CURSOR_NEW", "ASSET_DAEMON_CURSOR"];

/// The name of the sensor of auto-materialize policies that targets an asset.
fn sensor_of<'a>(
    ctx: &'a Context<'_>,
    repository: &'a PreparedRepository,
    key: &AssetKey,
) -> Option<&'a str> {
    let definition = ctx.prepared().asset_graph().get(key)?.definition_in(&repository.selector)?;
    let mut sensors = repository.snap.sensors.iter();
    let sensor = sensors.find(|sensor| {
        sensor.sensor_type == Some(SensorType::AutoMaterialize)
            && definition.sensors.contains(&sensor.name)
    });
    sensor.map(|sensor| sensor.name.as_str())
}

/// The id of the last evaluation of an asset's policy; none where no sensor evaluates it
/// (`get_current_evaluation_id`).
pub(super) async fn current_evaluation_id(
    ctx: &Context<'_>,
    repository: &Arc<PreparedRepository>,
    key: &AssetKey,
) -> Result<Option<i64>, ResolverError> {
    if !ctx.instance().config().settings.auto_materialize.use_sensors {
        return Ok(Some(before_sensors(ctx).await?));
    }
    let Some(name) = sensor_of(ctx, repository, key) else { return Ok(None) };
    let state = ctx.loader().load_one(StateKey(repository.instigator_ids(name))).await?;
    let cursor = state.as_deref().and_then(|state| match &state.instigator_data {
        Some(InstigatorData::Sensor(data)) => data.cursor.as_deref(),
        _ => None,
    });
    let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) else { return Ok(None) };
    let unknown = |error| ResolverError::invariant(format!("sensor {name}: {error}"));
    let cursor = unpack_cursor(cursor).map_err(unknown)?;
    Ok(Some(cursor.map_or(0, |cursor| cursor.evaluation_id)))
}

async fn before_sensors(ctx: &Context<'_>) -> Result<i64, ResolverError> {
    let mut values = ctx.storage().kvs().get_cursor_values(&CURSOR_KEYS).await?;
    let mut stored = CURSOR_KEYS.iter().filter_map(|key| values.swap_remove(*key));
    let Some(text) = stored.find(|text| !text.is_empty()) else { return Ok(0) };
    if let Ok(cursor) = from_text::<AssetDaemonCursor>(&text) {
        return Ok(cursor.evaluation_id);
    }
    let older: Option<serde_json::Value> = serde_json::from_str(&text).ok();
    let id = older.as_ref().and_then(|cursor| cursor.get("evaluation_id"));
    Ok(id.and_then(serde_json::Value::as_i64).unwrap_or(0))
}
