//! What automation remembers between ticks: with sensors in their states, without in the `kvs` table.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rondel_automation::{
    DaemonCursor, evaluation_id_of_old, pack_cursor, plain_cursor, unpack_cursor,
};
use rondel_model::automation::AssetDaemonCursor;
use rondel_model::ids::UnixTime;
use rondel_model::instigation::{InstigatorData, SensorInstigatorData};
use rondel_model::serdes::from_text;

use super::group::Group;
use crate::DaemonError;
use crate::context::Context;
use crate::sensor::{min_interval, sensor_type};

/// Where the cursor without sensors is.
const CURSOR: &str = "ASSET_DAEMON_CURSOR_NEW";

/// Where versions before conditions kept it, of which only the evaluation id is of use.
const OLD_CURSOR: &str = "ASSET_DAEMON_CURSOR";

/// Cursors as last read or written, by selector id: the text in the database is large, and the one
/// written last is usually the one read next.
#[derive(Debug, Clone, Default)]
pub(super) struct KnownCursors(Arc<Mutex<HashMap<String, Known>>>);

/// A cursor beside its stored text.
type Known = (String, Arc<DaemonCursor>);

impl KnownCursors {
    fn get(&self, selector_id: &str, text: &str) -> Option<Arc<DaemonCursor>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (known_text, cursor) = known.get(selector_id)?;
        (known_text == text).then(|| Arc::clone(cursor))
    }

    fn put(&self, selector_id: &str, text: String, cursor: Arc<DaemonCursor>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(selector_id.to_owned(), (text, cursor));
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
                let text = plain_cursor(&cursor.stored());
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
                let text = pack_cursor(&cursor.stored());
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
