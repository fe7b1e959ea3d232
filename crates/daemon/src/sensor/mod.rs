//! The sensor daemon: evaluates sensors and launches what they request
//! (`dagster/_daemon/sensor.py`).
//!
//! An iteration starts one task for each sensor whose interval has passed; a sensor whose task has not
//! ended is left alone. A tick's runs get their ids before the first is made, so that an
//! interrupted tick goes on with the same runs; run keys keep different ticks from repeating a run.

mod act;
pub(crate) mod backfill;
mod decide;
pub(crate) mod evaluations;
mod observe;
mod submit;
mod tick;

use std::sync::Arc;

use rondel_model::instigation::InstigatorState;

pub(crate) use decide::{data_when_begun, has_passed, min_interval, sensor_type};
pub(crate) use evaluations::Evaluations;
pub(crate) use observe::Sensor;

use crate::DaemonError;
use crate::context::{Context, Pace};
use crate::flight::InFlight;

/// Seconds between two looks at which sensors are due.
pub(crate) const INTERVAL: f64 = 5.0;

/// The sensor daemon between iterations.
pub(crate) struct SensorDaemon {
    context: Context,
    in_flight: InFlight<Result<(), DaemonError>>,
}

impl SensorDaemon {
    pub(crate) fn new(context: Context) -> Self {
        Self { context, in_flight: InFlight::new() }
    }

    /// One iteration. Tasks it started may go on after it.
    pub(crate) async fn iterate(&mut self) -> Result<(), DaemonError> {
        while let Some((selector_id, ended)) = self.in_flight.try_next() {
            self.note(&selector_id, ended);
        }
        let observation = observe::observe(&self.context).await?;
        for sensor in observation.sensors {
            if self.in_flight.contains(&sensor.selector_id) {
                continue;
            }
            let stored = observation.states.get(&sensor.selector_id);
            if !sensor.definition().current(stored).status.is_running() {
                continue;
            }
            if let Err(error) = self.start(&sensor, stored).await {
                self.report(sensor.name(), &error);
            }
        }
        Ok(())
    }

    /// Waits for all tasks.
    pub(crate) async fn finish(&mut self) {
        while let Some((selector_id, ended)) = self.in_flight.next().await {
            self.note(&selector_id, ended);
        }
    }

    /// Ends all tasks where they are; what they reserved is taken up at the next start.
    pub(crate) async fn abandon(&mut self) {
        self.in_flight.abandon().await;
    }

    async fn start(
        &mut self,
        sensor: &Arc<Sensor>,
        stored: Option<&InstigatorState>,
    ) -> Result<(), DaemonError> {
        let now = self.context.now();
        match stored {
            None => act::declare(&self.context, sensor, now).await?,
            Some(state) if !decide::is_due(state.sensor_data(), &sensor.snap, now) => return Ok(()),
            Some(_) => {}
        }
        let work = act::tick(self.context.clone(), Arc::clone(sensor));
        self.in_flight.spawn(sensor.selector_id.clone(), Box::pin(work));
        if self.context.pace == Pace::OneByOne {
            self.finish().await;
        }
        Ok(())
    }

    fn note(&self, selector_id: &str, ended: Result<Result<(), DaemonError>, DaemonError>) {
        // Errors of ticks are reported by the tick, with the sensor's name; this is about panics.
        if let Err(error) = ended {
            self.report(selector_id, &error);
        }
    }

    fn report(&self, sensor: &str, error: &DaemonError) {
        self.context.report(&format!("Sensor daemon caught an error for sensor {sensor}"), error);
    }
}
