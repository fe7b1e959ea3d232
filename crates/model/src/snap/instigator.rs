//! Schedules and sensors.

use crate::ids::AssetKey;
use crate::instigation::{OneOrMany, SensorType};
use crate::metadata::Metadata;
use crate::selection::AssetSelection;
use crate::serdes::Map;
use crate::{py_enum, record};

py_enum! {
    /// Whether a schedule runs unless switched.
    pub enum DefaultScheduleStatus = "DefaultScheduleStatus" {
        Running = "RUNNING",
        Stopped = "STOPPED",
    }
}

py_enum! {
    /// Whether a sensor runs unless switched.
    pub enum DefaultSensorStatus = "DefaultSensorStatus" {
        Running = "RUNNING",
        Stopped = "STOPPED",
    }
}

record! {
    /// A job a sensor may ask for.
    #[derive(Default)]
    pub struct TargetSnap = "ExternalTargetData" {
        job_name as "pipeline_name": String,
        mode: String,
        op_selection as "solid_selection": Option<Vec<String>>,
    }
}

record! {
    /// What a sensor tells about itself.
    #[derive(Default)]
    pub struct SensorMetadataSnap = "ExternalSensorMetadata" {
        asset_keys: Option<Vec<AssetKey>>,
        standard_metadata: Option<Metadata>,
    }
}

record! {
    /// A schedule.
    pub struct ScheduleSnap = "ExternalScheduleData" {
        name: String,
        cron_schedule: OneOrMany,
        job_name as "pipeline_name": String,
        op_selection as "solid_selection": Option<Vec<String>>,
        mode: Option<String>,
        environment_vars: Map<String>,
        partition_set_name: Option<String>,
        execution_timezone: Option<String>,
        description: Option<String>,
        default_status [skip_empty]: Option<DefaultScheduleStatus>,
        asset_selection: Option<AssetSelection>,
        tags: Map<String>,
        metadata: Metadata,
        owners: Option<Vec<String>>,
    }
}

record! {
    /// A sensor. The interval is in seconds.
    #[derive(Default)]
    pub struct SensorSnap = "ExternalSensorData" {
        name: String,
        job_name as "pipeline_name": Option<String>,
        op_selection as "solid_selection": Option<Vec<String>>,
        mode: Option<String>,
        min_interval: Option<i64>,
        description: Option<String>,
        target_dict: Map<TargetSnap>,
        metadata: Option<SensorMetadataSnap>,
        default_status [skip_empty]: Option<DefaultSensorStatus>,
        sensor_type [skip_empty]: Option<SensorType>,
        asset_selection: Option<AssetSelection>,
        tags: Map<String>,
        run_tags: Map<String>,
        owners: Option<Vec<String>>,
    }
}
