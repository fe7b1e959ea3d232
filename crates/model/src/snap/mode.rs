//! Resources and loggers of a job.

use crate::record;
use crate::snap::ConfigFieldSnap;

record! {
    /// A resource of a job.
    #[derive(Default)]
    pub struct ResourceDefSnap = "ResourceDefSnap" {
        name: String,
        description: Option<String>,
        config_field_snap: Option<ConfigFieldSnap>,
    }
}

record! {
    /// A logger of a job.
    #[derive(Default)]
    pub struct LoggerDefSnap = "LoggerDefSnap" {
        name: String,
        description: Option<String>,
        config_field_snap: Option<ConfigFieldSnap>,
    }
}

record! {
    /// Resources and loggers of a job (jobs have one mode).
    #[derive(Default)]
    pub struct ModeDefSnap = "ModeDefSnap" {
        name: String,
        description: Option<String>,
        resource_def_snaps: Vec<ResourceDefSnap>,
        logger_def_snaps: Vec<LoggerDefSnap>,
        root_config_key: Option<String>,
    }
}
