//! How clients name repositories, jobs, schedules and so on.

use async_graphql::InputObject;

use super::{AssetCheckHandleInput, AssetKeyInput};

#[derive(InputObject, Clone, Debug)]
pub(crate) struct RepositorySelector {
    pub(crate) repository_name: String,
    pub(crate) repository_location_name: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct PipelineSelector {
    pub(crate) pipeline_name: String,
    pub(crate) repository_name: String,
    pub(crate) repository_location_name: String,
    pub(crate) solid_selection: Option<Vec<String>>,
    pub(crate) asset_selection: Option<Vec<AssetKeyInput>>,
    pub(crate) asset_check_selection: Option<Vec<AssetCheckHandleInput>>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct JobOrPipelineSelector {
    pub(crate) pipeline_name: Option<String>,
    pub(crate) job_name: Option<String>,
    pub(crate) repository_name: String,
    pub(crate) repository_location_name: String,
    pub(crate) solid_selection: Option<Vec<String>>,
    pub(crate) asset_selection: Option<Vec<AssetKeyInput>>,
    pub(crate) asset_check_selection: Option<Vec<AssetCheckHandleInput>>,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct ScheduleSelector {
    pub(crate) repository_name: String,
    pub(crate) repository_location_name: String,
    pub(crate) schedule_name: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct SensorSelector {
    pub(crate) repository_name: String,
    pub(crate) repository_location_name: String,
    pub(crate) sensor_name: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct ResourceSelector {
    pub(crate) repository_name: String,
    pub(crate) repository_location_name: String,
    pub(crate) resource_name: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct GraphSelector {
    pub(crate) graph_name: String,
    pub(crate) repository_name: String,
    pub(crate) repository_location_name: String,
}

#[derive(InputObject, Clone, Debug)]
pub(crate) struct InstigationSelector {
    pub(crate) repository_name: String,
    pub(crate) repository_location_name: String,
    pub(crate) name: String,
}
