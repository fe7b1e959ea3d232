//! One tick of a sensor in hand: its record, and writing it together with the sensor's state.

use std::sync::Arc;

use rondel_model::ids::UnixTime;
use rondel_model::instigation::{InstigatorData, SensorType, Tick, TickStatus};

use super::decide::{self, CursorOnFailure};
use super::observe::Sensor;
use crate::DaemonError;
use crate::context::Context;
use crate::error::describe;
use crate::ticks::{self, FailureCounts};

/// A tick being worked on.
pub(crate) struct HeldTick {
    pub(crate) sensor: Arc<Sensor>,
    pub(crate) tick: Tick,
    pub(crate) cursor_on_failure: CursorOnFailure,
}

impl HeldTick {
    pub(crate) fn new(sensor: Arc<Sensor>, tick: Tick) -> Self {
        let mut held = Self { sensor, tick, cursor_on_failure: CursorOnFailure::Keep };
        held.tick.tick_data.log_key = Some(held.log_key());
        held
    }

    /// Where user code's log of this tick is captured.
    pub(crate) fn log_key(&self) -> Vec<String> {
        vec![
            self.sensor.repository_name().to_owned(),
            self.sensor.name().to_owned(),
            self.tick.tick_id.to_string(),
        ]
    }

    /// Notes the cursor user code returned; an empty one is none.
    pub(crate) fn set_cursor(&mut self, cursor: Option<&str>) {
        if let Some(cursor) = cursor.filter(|cursor| !cursor.is_empty()) {
            self.tick.tick_data.cursor = Some(cursor.to_owned());
        }
    }

    /// Notes that the tick failed. Returns nothing: the caller goes on with the same error.
    pub(crate) fn fail(&mut self, context: &Context, error: &DaemonError) {
        let (counts, info) = if error.is_unreachable() {
            let wrapped = DaemonError::UserCodeUnreachable {
                message: format!(
                    "Unable to reach the user code server for sensor {}. Sensor will resume \
                     execution once the server is available.",
                    self.sensor.name()
                ),
                source: Box::new(DaemonError::Check(error.to_string())),
            };
            let mut info = wrapped.to_error_info();
            info.cause = Some(Box::new(error.to_error_info()));
            (FailureCounts::AsOutage, info)
        } else {
            (FailureCounts::AsAttempt, error.to_error_info())
        };
        context.log.error(format_args!("Sensor tick caught an error\n{}", describe(&info)));
        let data = &mut self.tick.tick_data;
        let before = data.consecutive_failure_count;
        ticks::fail(data, info, counts, before, context.now());
    }

    /// Writes the tick, and once it has ended what the sensor remembers of it.
    pub(crate) async fn write(&self, context: &Context) -> Result<(), DaemonError> {
        let store = context.storage().schedules();
        if decide::sensor_type(&self.sensor.snap) == SensorType::Automation {
            // The cursor of automation is large and lives in the state only.
            let mut tick = self.tick.clone();
            tick.tick_data.cursor = None;
            context.save_tick(&tick).await?;
        } else {
            context.save_tick(&self.tick).await?;
        }
        if self.tick.tick_data.status == TickStatus::Started {
            return Ok(());
        }
        // Read just before writing: someone may have changed the state while user code ran.
        let Some(mut state) = store.get_state(&self.sensor.selector_id).await? else {
            return Ok(());
        };
        let now = context.now();
        let data = decide::data_when_finished(
            state.sensor_data(),
            &self.sensor.snap,
            &self.tick,
            self.cursor_on_failure,
            now,
        );
        state.instigator_data = Some(InstigatorData::Sensor(data));
        Ok(store.update_state(&state, UnixTime(now)).await?)
    }
}
