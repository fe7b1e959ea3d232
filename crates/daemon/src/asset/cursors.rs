//! What automation remembers between ticks: with sensors in their states, without in the `kvs` table; and
//! what this process keeps beside it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rondel_asset_graph::graph::RepositoryAssets;
use rondel_automation::{
    AutomationGraph, DaemonCursor, Memory, Packer, evaluation_id_of_old, unpack_cursor,
};
use rondel_model::automation::AssetDaemonCursor;
use rondel_model::ids::UnixTime;
use rondel_model::instigation::{InstigatorData, SensorInstigatorData};
use rondel_model::serdes::from_text;

use super::group::{Entities, Group};
use crate::DaemonError;
use crate::context::Context;
use crate::sensor::{min_interval, sensor_type};

/// Where the cursor without sensors is.
const CURSOR: &str = "ASSET_DAEMON_CURSOR_NEW";

/// Where versions before conditions kept it, of which only the evaluation id is of use.
const OLD_CURSOR: &str = "ASSET_DAEMON_CURSOR";

/// What the process keeps of each group between its ticks, by selector id: the cursor's text in the
/// database is large, and the one written last is usually the one read next.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownGroups(Arc<Mutex<HashMap<String, Known>>>);

/// What is kept of a group.
#[derive(Debug, Default)]
struct Known {
    /// The cursor as last read or written, beside its stored text.
    cursor: Option<(String, Arc<DaemonCursor>)>,
    /// What its evaluations looked at.
    memory: Memory,
    packer: Packer,
    /// Its entities in the graph they were found in.
    entities: Option<(Arc<AutomationGraph>, Arc<Entities>)>,
}

impl KnownGroups {
    fn with<T>(&self, selector_id: &str, of: impl FnOnce(&mut Known) -> T) -> T {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match known.get_mut(selector_id) {
            Some(known) => of(known),
            None => of(known.entry(selector_id.to_owned()).or_default()),
        }
    }

    fn get(&self, selector_id: &str, text: &str) -> Option<Arc<DaemonCursor>> {
        self.with(selector_id, |known| {
            let (known_text, cursor) = known.cursor.as_ref()?;
            (known_text == text).then(|| Arc::clone(cursor))
        })
    }

    fn put(&self, selector_id: &str, text: String, cursor: Arc<DaemonCursor>) {
        self.with(selector_id, |known| known.cursor = Some((text, cursor)));
    }

    /// Takes out what the group's evaluations looked at. Not put back, it is begun anew.
    pub(super) fn take_memory(&self, group: &Group) -> Memory {
        self.with(&group.selector_id, |known| std::mem::take(&mut known.memory))
    }

    pub(super) fn put_memory(&self, group: &Group, memory: Memory) {
        self.with(&group.selector_id, |known| known.memory = memory);
    }

    /// The entities of a group; found anew only in another graph.
    pub(super) fn entities(
        &self,
        group: &Group,
        graph: &Arc<AutomationGraph>,
        contributions: &[RepositoryAssets],
    ) -> Result<Arc<Entities>, DaemonError> {
        let known = self.with(&group.selector_id, |known| {
            let (of, entities) = known.entities.as_ref()?;
            Arc::ptr_eq(of, graph).then(|| Arc::clone(entities))
        });
        if let Some(entities) = known {
            return Ok(entities);
        }
        let entities = Arc::new(group.entities(graph, contributions)?);
        let found = Some((Arc::clone(graph), Arc::clone(&entities)));
        self.with(&group.selector_id, |known| known.entities = found);
        Ok(entities)
    }

    /// The cursor of a sensor from the text in its state.
    pub(super) fn of_sensor(
        &self,
        group: &Group,
        text: Option<&str>,
    ) -> Result<Arc<DaemonCursor>, DaemonError> {
        let Some(text) = text else { return Ok(Arc::default()) };
        if let Some(known) = self.get(&group.selector_id, text) {
            return Ok(known);
        }
        let stored = unpack_cursor(text)?;
        let cursor = Arc::new(stored.map(DaemonCursor::new).unwrap_or_default());
        self.put(&group.selector_id, text.to_owned(), Arc::clone(&cursor));
        Ok(cursor)
    }

    /// The cursor of everything.
    pub(super) async fn of_everything(
        &self,
        context: &Context,
    ) -> Result<Arc<DaemonCursor>, DaemonError> {
        let stored = context.storage().kvs().get_cursor_values(&[CURSOR, OLD_CURSOR]).await?;
        let Some(text) = stored.get(CURSOR).filter(|text| !text.is_empty()) else {
            let old = stored.get(OLD_CURSOR).filter(|text| !text.is_empty());
            let id = old.map_or(0, |text| evaluation_id_of_old(text));
            return Ok(Arc::new(DaemonCursor::empty(id)));
        };
        let group = Group::everything();
        if let Some(known) = self.get(&group.selector_id, text) {
            return Ok(known);
        }
        let parsed: AssetDaemonCursor = from_text(text).map_err(|error| {
            DaemonError::Check(format!("the stored cursor of automation cannot be read: {error}"))
        })?;
        let cursor = Arc::new(DaemonCursor::new(parsed));
        self.put(&group.selector_id, text.clone(), Arc::clone(&cursor));
        Ok(cursor)
    }

    /// Writes the cursor: from here on, what it counts as requested is not requested again.
    pub(super) async fn write(
        &self,
        context: &Context,
        group: &Group,
        cursor: Arc<DaemonCursor>,
        tick_timestamp: f64,
    ) -> Result<(), DaemonError> {
        let text = match &group.sensor {
            None => {
                let text = cursor.plain()?;
                context.storage().kvs().set_cursor_values([(CURSOR, &text)]).await?;
                text
            }
            Some(sensor) => {
                let store = context.storage().schedules();
                let Some(mut state) = store.get_state(&group.selector_id).await? else {
                    return Err(DaemonError::Check(format!(
                        "the state of sensor {} was deleted during its tick",
                        sensor.name()
                    )));
                };
                let mut packer =
                    self.with(&group.selector_id, |known| std::mem::take(&mut known.packer));
                let text = packer.pack(&cursor)?;
                self.with(&group.selector_id, |known| known.packer = packer);
                state.instigator_data = Some(InstigatorData::Sensor(SensorInstigatorData {
                    last_tick_timestamp: Some(tick_timestamp),
                    min_interval: Some(min_interval(&sensor.snap)),
                    cursor: Some(text.clone()),
                    sensor_type: Some(sensor_type(&sensor.snap)),
                    ..SensorInstigatorData::default()
                }));
                store.update_state(&state, UnixTime(context.now())).await?;
                text
            }
        };
        self.put(&group.selector_id, text, cursor);
        Ok(())
    }
}
