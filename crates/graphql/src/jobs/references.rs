//! What stands for a job where its exact type is open: the job a run names, and the interface of all types.

use async_graphql::{Interface, SimpleObject};

use super::{
    mode::Mode,
    nodes::{Solid, SolidHandle},
    pipeline::{Job, Pipeline, PipelineSnapshot},
    types::{DagsterType, DagsterTypeOrError},
};
use crate::{
    common::{DefinitionOwner, PipelineTag},
    logs::MetadataEntry,
    runs::Run,
    schedules::Schedule,
    sensors::Sensor,
};

/// A job that a run names, of which nothing else is known.
#[derive(SimpleObject)]
pub(crate) struct UnknownPipeline {
    #[graphql(owned)]
    pub(crate) name: String,
    #[graphql(owned)]
    pub(crate) solid_selection: Option<Vec<String>>,
}

/// The job that a run names.
#[derive(Interface)]
#[graphql(
    field(name = "name", ty = "String"),
    field(name = "solid_selection", ty = "Option<Vec<String>>")
)]
pub(crate) enum PipelineReference {
    PipelineSnapshot(PipelineSnapshot),
    UnknownPipeline(UnknownPipeline),
}

/// What the types of job have in common.
#[derive(Interface)]
#[graphql(
    name = "IPipelineSnapshot",
    field(name = "name", ty = "String"),
    field(name = "description", ty = "Option<String>"),
    field(name = "owners", ty = "Vec<DefinitionOwner>"),
    field(name = "pipeline_snapshot_id", ty = "String"),
    field(name = "dagster_types", ty = "Vec<DagsterType>"),
    field(
        name = "dagster_type_or_error",
        ty = "DagsterTypeOrError",
        arg(name = "dagster_type_name", ty = "String")
    ),
    field(name = "solids", ty = "Vec<Solid>"),
    field(name = "modes", ty = "Vec<Mode>"),
    field(
        name = "solid_handles",
        ty = "Vec<SolidHandle>",
        arg(name = "parentHandleID", ty = "Option<String>")
    ),
    field(
        name = "solid_handle",
        ty = "Option<SolidHandle>",
        arg(name = "handleID", ty = "String")
    ),
    field(name = "tags", ty = "Vec<PipelineTag>"),
    field(name = "metadata_entries", ty = "Vec<MetadataEntry>"),
    field(
        name = "runs",
        ty = "Vec<Run>",
        arg(name = "cursor", ty = "Option<String>"),
        arg(name = "limit", ty = "Option<i32>")
    ),
    field(name = "schedules", ty = "Vec<Schedule>"),
    field(name = "sensors", ty = "Vec<Sensor>"),
    field(name = "parent_snapshot_id", ty = "Option<String>"),
    field(name = "graph_name", ty = "String")
)]
pub(crate) enum IPipelineSnapshot {
    Pipeline(Pipeline),
    Job(Job),
    PipelineSnapshot(PipelineSnapshot),
}
