//! What a viewer may do (`dagster/_core/workspace/permissions.py`): with `--read-only` nothing that
//! changes state, else everything Dagster's open source edition allows its editors.
//!
//! A mutation checks first and does nothing when refused: `ctx.require(Permission::…)?`.

use async_graphql::SimpleObject;

/// The text Dagster gives with every refused permission.
const DISABLED_REASON: &str = "Disabled by your administrator";

/// One right, named as Dagster stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Permission {
    LaunchPipelineExecution,
    LaunchPipelineReexecution,
    StartSchedule,
    StopRunningSchedule,
    ScheduleDryRun,
    EditSensor,
    SensorDryRun,
    UpdateSensorCursor,
    TerminatePipelineExecution,
    DeletePipelineRun,
    ReloadRepositoryLocation,
    ReloadWorkspace,
    WipeAssets,
    ReportRunlessAssetEvents,
    LaunchPartitionBackfill,
    CancelPartitionBackfill,
    EditDynamicPartitions,
    ToggleAutoMaterialize,
    EditConcurrencyLimit,
    EditAppManagedComponents,
    RefreshComponentState,
}

impl Permission {
    /// Every right in Dagster's order.
    pub(crate) const ALL: [Permission; 21] = [
        Permission::LaunchPipelineExecution,
        Permission::LaunchPipelineReexecution,
        Permission::StartSchedule,
        Permission::StopRunningSchedule,
        Permission::ScheduleDryRun,
        Permission::EditSensor,
        Permission::SensorDryRun,
        Permission::UpdateSensorCursor,
        Permission::TerminatePipelineExecution,
        Permission::DeletePipelineRun,
        Permission::ReloadRepositoryLocation,
        Permission::ReloadWorkspace,
        Permission::WipeAssets,
        Permission::ReportRunlessAssetEvents,
        Permission::LaunchPartitionBackfill,
        Permission::CancelPartitionBackfill,
        Permission::EditDynamicPartitions,
        Permission::ToggleAutoMaterialize,
        Permission::EditConcurrencyLimit,
        Permission::EditAppManagedComponents,
        Permission::RefreshComponentState,
    ];

    /// The name in `Permission.permission`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Permission::LaunchPipelineExecution => "launch_pipeline_execution",
            Permission::LaunchPipelineReexecution => "launch_pipeline_reexecution",
            Permission::StartSchedule => "start_schedule",
            Permission::StopRunningSchedule => "stop_running_schedule",
            Permission::ScheduleDryRun => "schedule_dry_run",
            Permission::EditSensor => "edit_sensor",
            Permission::SensorDryRun => "sensor_dry_run",
            Permission::UpdateSensorCursor => "update_sensor_cursor",
            Permission::TerminatePipelineExecution => "terminate_pipeline_execution",
            Permission::DeletePipelineRun => "delete_pipeline_run",
            Permission::ReloadRepositoryLocation => "reload_repository_location",
            Permission::ReloadWorkspace => "reload_workspace",
            Permission::WipeAssets => "wipe_assets",
            Permission::ReportRunlessAssetEvents => "report_runless_asset_events",
            Permission::LaunchPartitionBackfill => "launch_partition_backfill",
            Permission::CancelPartitionBackfill => "cancel_partition_backfill",
            Permission::EditDynamicPartitions => "edit_dynamic_partitions",
            Permission::ToggleAutoMaterialize => "toggle_auto_materialize",
            Permission::EditConcurrencyLimit => "edit_concurrency_limit",
            Permission::EditAppManagedComponents => "edit_app_managed_components",
            Permission::RefreshComponentState => "refresh_component_state",
        }
    }

    /// Whether the right may be given for one code location only.
    pub(crate) fn is_location_scoped(self) -> bool {
        !matches!(
            self,
            Permission::ReloadWorkspace
                | Permission::ToggleAutoMaterialize
                | Permission::EditConcurrencyLimit
        )
    }

    /// Whether a viewer has the right.
    pub(crate) fn granted(self, read_only: bool) -> bool {
        // Components managed from the UI exist in Dagster+ only.
        !read_only && self != Permission::EditAppManagedComponents
    }
}

/// One right and whether the viewer has it.
#[derive(SimpleObject, Clone)]
#[graphql(name = "Permission")]
pub(crate) struct PermissionState {
    permission: &'static str,
    value: bool,
    disabled_reason: Option<&'static str>,
}

/// The rights of a viewer of the whole deployment.
pub(crate) fn deployment_permissions(read_only: bool) -> Vec<PermissionState> {
    Permission::ALL.into_iter().map(|permission| state(permission, read_only)).collect()
}

/// The rights of a viewer that can be given for a code location.
pub(crate) fn location_permissions(read_only: bool) -> Vec<PermissionState> {
    Permission::ALL
        .into_iter()
        .filter(|permission| permission.is_location_scoped())
        .map(|permission| state(permission, read_only))
        .collect()
}

fn state(permission: Permission, read_only: bool) -> PermissionState {
    let value = permission.granted(read_only);
    PermissionState {
        permission: permission.name(),
        value,
        disabled_reason: (!value).then_some(DISABLED_REASON),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_only_viewer_has_no_right_and_is_told_why() {
        let all = deployment_permissions(true);
        assert_eq!(all.len(), 21);
        assert!(all.iter().all(|p| !p.value && p.disabled_reason == Some(DISABLED_REASON)));
    }

    #[test]
    fn an_editor_may_do_everything_but_edit_managed_components() {
        let refused: Vec<_> =
            deployment_permissions(false).into_iter().filter(|p| !p.value).collect();
        assert_eq!(refused.len(), 1);
        assert_eq!(refused[0].permission, "edit_app_managed_components");
        assert_eq!(location_permissions(false).len(), 18);
    }
}
