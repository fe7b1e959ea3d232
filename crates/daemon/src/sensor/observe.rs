//! What the sensor daemon sees: sensors of the workspace and user code's answer.

use std::collections::HashMap;
use std::sync::Arc;

use rondel_code_location::{Repository, WorkspaceSnapshot};
use rondel_model::grpc::{SensorExecutionArgs, SensorExecutionData};
use rondel_model::instigation::{
    InstigatorDefinition, InstigatorState, InstigatorType, SensorInstigatorData, SensorType,
};
use rondel_model::origin::RemoteInstigatorOrigin;
use rondel_model::snap::SensorSnap;

use super::decide;
use crate::DaemonError;
use crate::context::Context;

/// A sensor of the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Sensor {
    pub(crate) snap: SensorSnap,
    pub(crate) origin: RemoteInstigatorOrigin,
    pub(crate) selector_id: String,
}

impl Sensor {
    pub(crate) fn new(repository: &Repository, snap: &SensorSnap) -> Self {
        let origin = repository.origin.instigator(&snap.name);
        let selector_id = origin.selector().selector_id();
        Self { snap: snap.clone(), origin, selector_id }
    }

    pub(crate) fn name(&self) -> &str {
        &self.snap.name
    }

    pub(crate) fn location_name(&self) -> &str {
        self.origin.location_name()
    }

    pub(crate) fn repository_name(&self) -> &str {
        &self.origin.repository_origin.repository_name
    }

    pub(crate) fn definition(&self) -> InstigatorDefinition {
        InstigatorDefinition::sensor(self.origin.clone(), &self.snap)
    }
}

/// Everything an iteration decides on.
#[derive(Debug)]
pub(crate) struct Observation {
    pub(crate) sensors: Vec<Arc<Sensor>>,
    /// Stored states by selector id.
    pub(crate) states: HashMap<String, InstigatorState>,
}

/// Reads definitions and states.
pub(crate) async fn observe(context: &Context) -> Result<Observation, DaemonError> {
    let store = context.storage().schedules();
    let states = store.all_states(None, Some(InstigatorType::Sensor), &[]).await?;
    Ok(Observation {
        sensors: sensors_of(&context.snapshot()),
        states: states.into_iter().map(|state| (state.selector_id(), state)).collect(),
    })
}

/// Sensors evaluated by user code; the automation daemon has its own.
fn sensors_of(workspace: &WorkspaceSnapshot) -> Vec<Arc<Sensor>> {
    let repositories = workspace.loaded().flat_map(|location| location.repositories.values());
    repositories
        .flat_map(|repository| {
            let snaps = repository.snap.sensors.iter();
            let evaluated =
                snaps.filter(|snap| decide::sensor_type(snap) != SensorType::AutoMaterialize);
            evaluated.map(|snap| Arc::new(Sensor::new(repository, snap)))
        })
        .collect()
}

/// Asks user code what the sensor sees.
pub(crate) async fn evaluate(
    context: &Context,
    sensor: &Sensor,
    data: Option<&SensorInstigatorData>,
    log_key: Vec<String>,
) -> Result<SensorExecutionData, DaemonError> {
    let (location, repository) =
        context.repository(sensor.location_name(), sensor.repository_name())?;
    let last_tick = data.and_then(|data| data.last_tick_timestamp);
    let args = SensorExecutionArgs {
        repository_origin: repository.origin.clone(),
        instance_ref: Some(context.instance.evaluation_ref().clone()),
        sensor_name: sensor.name().to_owned(),
        last_tick_completion_time: last_tick,
        last_run_key: data.and_then(|data| data.last_run_key.clone()),
        cursor: data.and_then(|data| data.cursor.clone()),
        log_key,
        timeout: None,
        last_sensor_start_time: data.and_then(|data| data.last_sensor_start_timestamp),
        // Read by code servers of older versions under this name.
        last_completion_time: last_tick,
        extra: Default::default(),
    };
    Ok(location.client().sensor_execution(&args).await?)
}
