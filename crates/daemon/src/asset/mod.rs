//! The asset daemon: evaluates automation conditions and requests runs or backfills
//! (`dagster/_daemon/asset_daemon.py`).
//!
//! An iteration starts one task for each automation sensor whose interval has passed (or one for
//! everything, where the instance does not use sensors). A tick writes its evaluations first, then the runs
//! it will make with their ids, then its cursor, and only then makes runs: interrupted before the cursor it
//! is made again under the same evaluation id, interrupted after it goes on with the same runs.
//!
//! Conditions which only their code location can evaluate (`use_user_code_server`) come with sensors of
//! another type, which the sensor daemon evaluates there.

mod act;
mod cursors;
mod decide;
mod group;
mod migrate;
mod submit;

use rondel_model::ids::UnixTime;
use rondel_model::instigation::{
    InstigatorData, InstigatorState, InstigatorStatus, InstigatorType, SensorInstigatorData,
};
use serde_json::{Value, json};

pub(crate) use submit::{Plans, submit_run};

use act::Graphs;
use cursors::KnownGroups;
use group::Group;
use migrate::States;

use crate::DaemonError;
use crate::assets::WorkspaceAssets;
use crate::context::{Context, Pace};
use crate::flight::InFlight;
use crate::sensor::{Sensor, has_passed, min_interval, sensor_type};

/// Seconds between two looks at which sensors are due.
pub(crate) const INTERVAL: f64 = 5.0;

/// Seconds between two ticks without sensors, unless told otherwise.
const PRE_SENSOR_INTERVAL: f64 = 30.0;

/// Whether ticks without sensors are switched off; they are until someone switches them on.
const PAUSED: &str = "ASSET_DAEMON_PAUSED";

/// The least seconds between two ticks of a sensor, whatever it says itself.
const MINIMUM_INTERVAL: &str = "DAGSTER_ASSET_DAEMON_MINIMUM_ALLOWED_MIN_INTERVAL";

/// The asset daemon between iterations.
pub(crate) struct AssetDaemon {
    context: Context,
    assets: WorkspaceAssets,
    known: KnownGroups,
    in_flight: InFlight<Result<(), DaemonError>>,
    is_migrated: bool,
    pre_sensor_interval: f64,
    /// When the last tick without sensors began.
    last_pre_sensor_tick: Option<f64>,
}

impl AssetDaemon {
    pub(crate) fn new(context: Context) -> Self {
        let settings = &context.instance.config().settings.auto_materialize;
        let respects = settings.respect_materialization_data_versions;
        Self {
            context,
            assets: WorkspaceAssets::default().respecting_data_versions(respects),
            known: KnownGroups::default(),
            in_flight: InFlight::new(),
            is_migrated: false,
            pre_sensor_interval: PRE_SENSOR_INTERVAL,
            last_pre_sensor_tick: None,
        }
    }

    /// Changes the time between two ticks without sensors, in seconds.
    pub(crate) fn with_pre_sensor_interval(mut self, seconds: Option<f64>) -> Self {
        self.pre_sensor_interval = seconds.unwrap_or(self.pre_sensor_interval);
        self
    }

    /// Takes over what [`memory`](Self::memory) returned.
    pub(crate) fn remember(&mut self, memory: &Value) {
        self.last_pre_sensor_tick = memory["last_pre_sensor_tick"].as_f64();
    }

    /// What is kept between iterations.
    pub(crate) fn memory(&self) -> Value {
        json!({ "last_pre_sensor_tick": self.last_pre_sensor_tick })
    }

    /// One iteration. Tasks it started may go on after it.
    pub(crate) async fn iterate(&mut self) -> Result<(), DaemonError> {
        while let Some((selector_id, ended)) = self.in_flight.try_next() {
            self.note(&selector_id, ended);
        }
        if self.context.instance.config().settings.auto_materialize.use_sensors {
            return self.iterate_sensors().await;
        }
        if is_paused(&self.context).await? {
            return Ok(());
        }
        let now = self.context.now();
        let waits = self
            .last_pre_sensor_tick
            .is_some_and(|last| !has_passed(self.pre_sensor_interval, last, now));
        if !waits {
            self.last_pre_sensor_tick = Some(now);
            self.start(Group::everything()).await;
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

    async fn iterate_sensors(&mut self) -> Result<(), DaemonError> {
        let workspace = self.context.snapshot();
        let sensors = group::sensors(&workspace);
        if sensors.is_empty() {
            return Ok(());
        }
        let store = self.context.storage().schedules();
        let states = store.all_states(None, Some(InstigatorType::Sensor), &[]).await?;
        let mut states: States =
            states.into_iter().map(|state| (state.selector_id(), state)).collect();
        if !self.is_migrated {
            let (_, contributions) = self.assets.automation(&workspace);
            migrate::migrate(&self.context, &sensors, &contributions, &mut states).await?;
            self.is_migrated = true;
        }
        for sensor in sensors {
            let stored = states.get(&sensor.selector_id);
            if self.in_flight.contains(&sensor.selector_id)
                || !sensor.definition().current(stored).status.is_running()
            {
                continue;
            }
            if stored.is_none() {
                self.declare(&sensor).await?;
            } else if !is_due(stored, &sensor, self.context.now()) {
                continue;
            }
            self.start(Group::of(sensor)).await;
        }
        Ok(())
    }

    /// Stores the first state of a sensor that its code declares running.
    async fn declare(&self, sensor: &Sensor) -> Result<(), DaemonError> {
        let now = self.context.now();
        let data = SensorInstigatorData {
            min_interval: Some(min_interval(&sensor.snap)),
            last_sensor_start_timestamp: Some(now),
            sensor_type: Some(sensor_type(&sensor.snap)),
            ..SensorInstigatorData::default()
        };
        let state = InstigatorState::new(
            sensor.origin.clone(),
            InstigatorType::Sensor,
            InstigatorStatus::DeclaredInCode,
            Some(InstigatorData::Sensor(data)),
        );
        Ok(self.context.storage().schedules().add_state(&state, UnixTime(now)).await?)
    }

    async fn start(&mut self, group: Group) {
        if self.in_flight.contains(&group.selector_id) {
            return;
        }
        let (automation, contributions) = self.assets.automation(&self.context.snapshot());
        let graphs = Graphs { automation, contributions };
        let selector_id = group.selector_id.clone();
        let work = act::tick(self.context.clone(), group, graphs, self.known.clone());
        self.in_flight.spawn(selector_id, Box::pin(work));
        if self.context.pace == Pace::OneByOne {
            self.finish().await;
        }
    }

    fn note(&self, selector_id: &str, ended: Result<Result<(), DaemonError>, DaemonError>) {
        // Errors of ticks are reported by the tick; this is about panics.
        if let Err(error) = ended {
            self.context.report(&format!("Automation tick {selector_id} ended abnormally"), &error);
        }
    }
}

/// Whether ticks without sensors are switched off.
async fn is_paused(context: &Context) -> Result<bool, DaemonError> {
    let value = context.storage().kvs().get_cursor_value(PAUSED).await?;
    Ok(value.as_deref() != Some("false"))
}

/// Whether enough time has passed since the last tick of the sensor.
fn is_due(state: Option<&InstigatorState>, sensor: &Sensor, now: f64) -> bool {
    let Some(data) = state.and_then(InstigatorState::sensor_data) else { return true };
    let started = data.last_tick_start_timestamp.unwrap_or(0.0);
    let ended = data.last_tick_timestamp.unwrap_or(0.0);
    let least = std::env::var(MINIMUM_INTERVAL).ok().and_then(|text| text.parse().ok());
    let interval = min_interval(&sensor.snap).max(least.unwrap_or(0));
    (started == 0.0 && ended == 0.0) || has_passed(interval as f64, started.max(ended), now)
}
