//! States of schedules and sensors.

mod definition;
mod request;
mod tick;

pub use definition::*;
pub use request::*;
pub use tick::*;

use crate::origin::RemoteInstigatorOrigin;
use crate::serdes::Extra;
use crate::{either, py_enum, record, union};

py_enum! {
    /// Kinds of instigators.
    pub enum InstigatorType = "InstigatorType" | "JobType" {
        Schedule = "SCHEDULE",
        Sensor = "SENSOR",
        AutoMaterialize = "AUTO_MATERIALIZE",
    }
}

py_enum! {
    /// Whether an instigator is switched on; `DeclaredInCode` leaves it to its code.
    pub enum InstigatorStatus = "InstigatorStatus" | "JobStatus" {
        Running = "RUNNING",
        Stopped = "STOPPED",
        DeclaredInCode = "DECLARED_IN_CODE" | "AUTOMATICALLY_RUNNING",
    }
}

py_enum! {
    /// Kinds of sensors.
    pub enum SensorType = "SensorType" {
        Standard = "STANDARD",
        RunStatus = "RUN_STATUS",
        Asset = "ASSET",
        MultiAsset = "MULTI_ASSET",
        FreshnessPolicy = "FRESHNESS_POLICY",
        AutoMaterialize = "AUTO_MATERIALIZE",
        Automation = "AUTOMATION",
        Unknown = "UNKNOWN",
    }
}

either! {
    /// One cron schedule or several.
    pub enum OneOrMany {
        String => /// One.
        One(String),
        _ => /// Several; the schedule ticks whenever one of them does.
        Many(Vec<String>),
    }
}

record! {
    /// What is remembered about a schedule. Timestamps are in seconds since the epoch.
    pub struct ScheduleInstigatorData = "ScheduleInstigatorData" | "ScheduleJobData" {
        cron_schedule: OneOrMany,
        start_timestamp: Option<f64>,
        last_iteration_timestamp: Option<f64>,
    }
}

record! {
    /// What is remembered about a sensor. Timestamps are in seconds since the epoch, the interval
    /// in seconds.
    #[derive(Default)]
    pub struct SensorInstigatorData = "SensorInstigatorData" | "SensorJobData" {
        last_tick_timestamp: Option<f64>,
        last_run_key: Option<String>,
        min_interval: Option<i64>,
        cursor: Option<String>,
        last_tick_start_timestamp: Option<f64>,
        last_sensor_start_timestamp: Option<f64>,
        sensor_type: Option<SensorType>,
        last_tick_success_timestamp: Option<f64>,
    }
}

union! {
    /// What is remembered about an instigator.
    pub enum InstigatorData {
        /// `ScheduleInstigatorData`
        Schedule(ScheduleInstigatorData),
        /// `SensorInstigatorData`
        Sensor(SensorInstigatorData),
    }
}

record! {
    /// A stored state of a schedule or sensor.
    pub struct InstigatorState = "InstigatorState" | "JobState" {
        origin: RemoteInstigatorOrigin,
        instigator_type as "job_type": InstigatorType,
        status: InstigatorStatus,
        instigator_data as "job_specific_data": Option<InstigatorData>,
    }
}

impl InstigatorStatus {
    /// Has someone switched it on, or does its code?
    pub fn is_running(self) -> bool {
        self != Self::Stopped
    }
}

impl OneOrMany {
    /// The schedules.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(schedule) => std::slice::from_ref(schedule),
            Self::Many(schedules) => schedules,
        }
    }
}

impl ScheduleInstigatorData {
    /// Data of a schedule switched on at an instant.
    pub fn new(cron_schedule: OneOrMany, start_timestamp: Option<f64>) -> Self {
        Self {
            cron_schedule,
            start_timestamp,
            last_iteration_timestamp: None,
            extra: Extra::default(),
        }
    }
}

impl InstigatorState {
    /// A state.
    pub fn new(
        origin: RemoteInstigatorOrigin,
        instigator_type: InstigatorType,
        status: InstigatorStatus,
        instigator_data: Option<InstigatorData>,
    ) -> Self {
        Self { origin, instigator_type, status, instigator_data, extra: Extra::default() }
    }

    /// The instigator's name.
    pub fn name(&self) -> &str {
        &self.origin.instigator_name
    }

    /// SHA-1 of the serialized origin.
    pub fn origin_id(&self) -> String {
        self.origin.id()
    }

    /// SHA-1 of the serialized selector: the key of the state's row.
    pub fn selector_id(&self) -> String {
        self.origin.selector().selector_id()
    }

    /// SHA-1 of the serialized selector of the repository.
    pub fn repository_selector_id(&self) -> String {
        self.origin.repository_origin.selector_id()
    }

    /// What is remembered, if it is a schedule.
    pub fn schedule_data(&self) -> Option<&ScheduleInstigatorData> {
        match &self.instigator_data {
            Some(InstigatorData::Schedule(data)) => Some(data),
            _ => None,
        }
    }

    /// What is remembered, if it is a sensor.
    pub fn sensor_data(&self) -> Option<&SensorInstigatorData> {
        match &self.instigator_data {
            Some(InstigatorData::Sensor(data)) => Some(data),
            _ => None,
        }
    }
}
