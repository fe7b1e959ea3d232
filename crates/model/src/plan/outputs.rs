//! A step's outputs and the results of its type checks.

use crate::ids::{AssetCheckKey, AssetKey};
use crate::metadata::MetadataEntries;
use crate::plan::{NodeHandle, StepOutputHandle};
use crate::{py_enum, record};

py_enum! {
    /// What executing an asset does.
    pub enum AssetExecutionType = "AssetExecutionType" {
        Observation = "OBSERVATION",
        Unexecutable = "UNEXECUTABLE",
        Materialization = "MATERIALIZATION",
    }
}

record! {
    /// What kind of output it is, and for which asset or check.
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
    /// An output of a step.
    #[derive(Default)]
    pub struct StepOutput = "StepOutput" {
        node_handle as "solid_handle": NodeHandle,
        name: String,
        dagster_type_key: String,
        properties: StepOutputProperties,
    }
}

record! {
    /// Result of a type check.
    #[derive(Default)]
    pub struct TypeCheckData = "TypeCheckData" {
        success: bool,
        label: String,
        description: Option<String>,
        metadata as "metadata_entries": MetadataEntries,
    }
}

record! {
    /// Payload of `STEP_OUTPUT`.
    #[derive(Default)]
    pub struct StepOutputData = "StepOutputData" {
        step_output_handle: StepOutputHandle,
        type_check_data: Option<TypeCheckData>,
        version: Option<String>,
        metadata as "metadata_entries": MetadataEntries,
    }
}

record! {
    /// Payload of `STEP_INPUT`.
    #[derive(Default)]
    pub struct StepInputData = "StepInputData" {
        input_name: String,
        type_check_data: TypeCheckData,
    }
}
