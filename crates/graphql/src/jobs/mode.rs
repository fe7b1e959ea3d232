//! The resources and loggers of a job.

use async_graphql::{Object, SimpleObject};
use rondel_model::snap::{ConfigFieldSnap, ModeDefSnap};

use super::view::JobView;
use crate::config::{ConfigTypeField, SchemaSource};

/// A resource of a job.
#[derive(SimpleObject)]
pub(crate) struct Resource {
    name: String,
    description: Option<String>,
    config_field: Option<ConfigTypeField>,
}

/// A logger of a job.
#[derive(SimpleObject)]
pub(crate) struct Logger {
    name: String,
    description: Option<String>,
    config_field: Option<ConfigTypeField>,
}

/// The resources and loggers of a job; jobs have one mode, `default`.
pub(crate) struct Mode {
    job: JobView,
    job_id: String,
    at: usize,
}

/// The config of a resource or logger; none when a mapping hides its type from the schema.
fn config_field(schema: &SchemaSource, field: Option<&ConfigFieldSnap>) -> Option<ConfigTypeField> {
    let field = field?;
    schema.all_config_snaps_by_key.get(&field.type_key)?;
    Some(ConfigTypeField::new(schema.clone(), field.clone()))
}

impl Mode {
    /// The modes of a job, by name; `job_id` is the prefix of their ids.
    pub(super) fn list(job: &JobView, job_id: &str) -> Vec<Self> {
        let modes = &job.snap().mode_def_snaps;
        let mut order: Vec<usize> = (0..modes.len()).collect();
        order.sort_by(|&a, &b| modes[a].name.cmp(&modes[b].name));
        let mode = |at| Self { job: job.clone(), job_id: job_id.to_owned(), at };
        order.into_iter().map(mode).collect()
    }

    fn snap(&self) -> Option<&ModeDefSnap> {
        self.job.snap().mode_def_snaps.get(self.at)
    }

    pub(super) fn resource_list(&self) -> Vec<Resource> {
        let schema = self.job.schema();
        let snaps = self.snap().map(|mode| mode.resource_def_snaps.as_slice()).unwrap_or_default();
        let resource = |snap: &rondel_model::snap::ResourceDefSnap| Resource {
            name: snap.name.clone(),
            description: snap.description.clone(),
            config_field: config_field(&schema, snap.config_field_snap.as_ref()),
        };
        let mut resources: Vec<Resource> = snaps.iter().map(resource).collect();
        resources.sort_by(|a, b| a.name.cmp(&b.name));
        resources
    }
}

#[Object]
impl Mode {
    async fn id(&self) -> String {
        format!("{}-{}", self.job_id, self.snap().map_or("", |mode| &mode.name))
    }

    async fn name(&self) -> &str {
        self.snap().map_or("", |mode| &mode.name)
    }

    async fn description(&self) -> Option<&str> {
        self.snap()?.description.as_deref()
    }

    async fn resources(&self) -> Vec<Resource> {
        self.resource_list()
    }

    async fn loggers(&self) -> Vec<Logger> {
        let schema = self.job.schema();
        let snaps = self.snap().map(|mode| mode.logger_def_snaps.as_slice()).unwrap_or_default();
        let logger = |snap: &rondel_model::snap::LoggerDefSnap| Logger {
            name: snap.name.clone(),
            description: snap.description.clone(),
            config_field: config_field(&schema, snap.config_field_snap.as_ref()),
        };
        let mut loggers: Vec<Logger> = snaps.iter().map(logger).collect();
        loggers.sort_by(|a, b| a.name.cmp(&b.name));
        loggers
    }
}
