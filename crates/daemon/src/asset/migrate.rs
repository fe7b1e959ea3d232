//! One-time changes of what is stored: from ticks without sensors to sensors, and from the sensors'
//! former default name. Each is marked in the `kvs` table once done, as in Dagster.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use rondel_asset_graph::graph::{DEFAULT_AUTOMATION_SENSOR, RepositoryAssets};
use rondel_automation::{DaemonCursor, Key};
use rondel_model::ids::UnixTime;
use rondel_model::instigation::{
    InstigatorData, InstigatorState, InstigatorStatus, InstigatorType, SensorInstigatorData,
    SensorType,
};

use super::cursors::KnownGroups;
use super::group;
use super::is_paused;
use crate::DaemonError;
use crate::context::Context;
use crate::sensor::{Sensor, min_interval, sensor_type};

const TO_SENSORS: &str = "MIGRATED_CURSOR_TO_SENSORS";
const NAMES: &str = "MIGRATED_SENSOR_NAMES_KEY";

const FORMER_NAME: &str = "default_auto_materialize_sensor";

/// States by selector id.
pub(super) type States = HashMap<String, InstigatorState>;

/// Does what has not been done yet; `states` is brought up to date.
pub(super) async fn migrate(
    context: &Context,
    sensors: &[Arc<Sensor>],
    contributions: &[RepositoryAssets],
    states: &mut States,
) -> Result<(), DaemonError> {
    let kvs = context.storage().kvs();
    let done = kvs.get_cursor_values(&[TO_SENSORS, NAMES]).await?;
    let is_done = |key: &str| done.get(key).is_some_and(|value| !value.is_empty());
    if !is_done(TO_SENSORS) {
        let cursor = KnownGroups::default().of_everything(context).await?;
        if !cursor.is_empty() {
            context.log.info(
                "Translating legacy cursor into a new cursor for each new automation policy sensor",
            );
            *states = split_cursor(context, sensors, contributions, states, &cursor).await?;
        }
        kvs.set_cursor_values([(TO_SENSORS, "1")]).await?;
    }
    if !is_done(NAMES) {
        if !states.is_empty() {
            context.log.info("Renaming any states corresponding to the legacy default name");
            rename(context, states).await?;
        }
        kvs.set_cursor_values([(NAMES, "1")]).await?;
    }
    Ok(())
}

/// Gives each sensor the part of the cursor that is about its entities.
async fn split_cursor(
    context: &Context,
    sensors: &[Arc<Sensor>],
    contributions: &[RepositoryAssets],
    states: &States,
    cursor: &DaemonCursor,
) -> Result<States, DaemonError> {
    let otherwise = if is_paused(context).await? {
        InstigatorStatus::Stopped
    } else {
        InstigatorStatus::Running
    };
    let mut changed = States::new();
    for sensor in sensors.iter().filter(|sensor| sensor.snap.asset_selection.is_some()) {
        let keys: BTreeSet<Key> = group::selected(sensor, contributions)?.into_iter().collect();
        let text = match keys.is_empty() {
            true => None,
            false => Some(cursor.restricted(|key| keys.contains(key)).packed()?),
        };
        let declared = sensor.definition().runs_by_default();
        let data = SensorInstigatorData {
            min_interval: Some(min_interval(&sensor.snap)),
            cursor: text,
            last_sensor_start_timestamp: Some(context.now()),
            sensor_type: Some(sensor_type(&sensor.snap)),
            ..SensorInstigatorData::default()
        };
        let state = InstigatorState::new(
            sensor.origin.clone(),
            InstigatorType::Sensor,
            if declared { InstigatorStatus::DeclaredInCode } else { otherwise },
            Some(InstigatorData::Sensor(data)),
        );
        write(context, &state, states.contains_key(&sensor.selector_id)).await?;
        changed.insert(sensor.selector_id.clone(), state);
    }
    Ok(changed)
}

/// Copies the states of sensors under the former default name to the present one.
async fn rename(context: &Context, states: &mut States) -> Result<(), DaemonError> {
    let mut renamed = Vec::new();
    for state in states.values().filter(|state| state.origin.instigator_name == FORMER_NAME) {
        let kind = state.sensor_data().and_then(|data| data.sensor_type);
        if kind != Some(SensorType::AutoMaterialize) {
            continue;
        }
        let mut copy = state.clone();
        copy.origin.instigator_name = DEFAULT_AUTOMATION_SENSOR.to_owned();
        write(context, &copy, states.contains_key(&copy.selector_id())).await?;
        renamed.push(copy);
    }
    states.extend(renamed.into_iter().map(|state| (state.selector_id(), state)));
    Ok(())
}

async fn write(
    context: &Context,
    state: &InstigatorState,
    exists: bool,
) -> Result<(), DaemonError> {
    let (store, now) = (context.storage().schedules(), UnixTime(context.now()));
    if exists {
        store.update_state(state, now).await?;
    } else {
        store.add_state(state, now).await?;
    }
    Ok(())
}
