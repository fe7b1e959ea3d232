//! A step's outputs and the results of its type checks.

use crate::ids::{AssetCheckKey, AssetKey};
use crate::metadata::MetadataEntries;
use crate::plan::{NodeHandle, StepOutputHandle};
use crate::{py_enum, record};

py_enum! {
    /// Dagster's `AssetExecutionType`.
    pub enum AssetExecutionType = "AssetExecutionType" {
        Observation = "OBSERVATION",
        Unexecutable = "UNEXECUTABLE",
        Materialization = "MATERIALIZATION",
    }
}

record! {
    /// Dagster's `StepOutputProperties`.
    #[derive(Default)]
    pub struct StepOutputProperties = "StepOutputProperties" {
        is_required: bool,
        is_dynamic: bool,
        is_asset: bool,
        should_materialize: bool,
        asset_key: Option<AssetKey>,
        is_asset_partitioned: bool = false,
        asset_check_key: Option<AssetCheckKey>,
        asset_execution_type: Option<AssetExecutionType>,
    }
}

record! {
    /// Dagster's `StepOutput`.
    #[derive(Default)]
    pub struct StepOutput = "StepOutput" {
        node_handle as "solid_handle": NodeHandle,
        name: String,
        dagster_type_key: String,
        properties: StepOutputProperties,
    }
}

record! {
    /// Dagster's `TypeCheckData`.
    #[derive(Default)]
    pub struct TypeCheckData = "TypeCheckData" {
        success: bool,
        label: String,
        description: Option<String>,
        metadata as "metadata_entries": MetadataEntries,
    }
}

record! {
    /// Dagster's `StepOutputData`.
    #[derive(Default)]
    pub struct StepOutputData = "StepOutputData" {
        step_output_handle: StepOutputHandle,
        type_check_data: Option<TypeCheckData>,
        version: Option<String>,
        metadata as "metadata_entries": MetadataEntries,
    }
}

record! {
    /// Dagster's `StepInputData`.
    #[derive(Default)]
    pub struct StepInputData = "StepInputData" {
        input_name: String,
        type_check_data: TypeCheckData,
    }
}
