//! Where a step's input comes from.

use crate::plan::{NodeHandle, StepOutputHandle, UnresolvedStepOutputHandle};
use crate::serdes::PySet;
use crate::{record, union};

record! {
    /// From run config.
    #[derive(Default)]
    pub struct FromConfig = "FromConfig" {
        node_handle as "solid_handle": Option<NodeHandle>,
        input_name: String,
    }
}

record! {
    /// From the input's default.
    #[derive(Default)]
    pub struct FromDefaultValue = "FromDefaultValue" {
        node_handle as "solid_handle": NodeHandle,
        input_name: String,
    }
}

record! {
    /// From a value given in process.
    #[derive(Default)]
    pub struct FromDirectInputValue = "FromDirectInputValue" {
        input_name: String,
    }
}

record! {
    /// From every output of a dynamic step.
    pub struct FromDynamicCollect = "FromDynamicCollect" {
        source: Box<StepInputSource>,
        node_handle as "solid_handle": NodeHandle = NodeHandle::default(),
        input_name: String = String::new(),
    }
}

record! {
    /// From an input manager.
    #[derive(Default)]
    pub struct FromInputManager = "FromRootInputManager" {
        node_handle as "solid_handle": NodeHandle,
        input_name: String,
    }
}

record! {
    /// From an asset made by another run.
    #[derive(Default)]
    pub struct FromLoadableAsset = "FromSourceAsset" {
        node_handle as "solid_handle": NodeHandle,
        input_name: String,
        ordering_step_keys: PySet<String>,
    }
}

record! {
    /// From several sources at once.
    #[derive(Default)]
    pub struct FromMultipleSources = "FromMultipleSources" {
        sources: Vec<StepInputSource>,
        node_handle as "solid_handle": NodeHandle = NodeHandle::default(),
        input_name: String = String::new(),
    }
}

record! {
    /// From one of several sources.
    pub struct FromMultipleSourcesLoadSingleSource = "FromMultipleSourcesLoadSingleSource" {
        sources: Vec<StepInputSource>,
        source_to_load_from: Box<StepInputSource>,
    }
}

record! {
    /// From an output of a dynamic step not yet executed.
    #[derive(Default)]
    pub struct FromPendingDynamicStepOutput = "FromPendingDynamicStepOutput" {
        step_output_handle: StepOutputHandle,
        node_handle as "solid_handle": NodeHandle = NodeHandle::default(),
        input_name: String = String::new(),
    }
}

record! {
    /// From another step's output.
    #[derive(Default)]
    pub struct FromStepOutput = "FromStepOutput" {
        step_output_handle: StepOutputHandle,
        fan_in: bool,
        node_handle as "solid_handle": NodeHandle = NodeHandle::default(),
        input_name: String = String::new(),
    }
}

record! {
    /// From an output of a step not yet resolved.
    #[derive(Default)]
    pub struct FromUnresolvedStepOutput = "FromUnresolvedStepOutput" {
        unresolved_step_output_handle: UnresolvedStepOutputHandle,
        node_handle as "solid_handle": NodeHandle = NodeHandle::default(),
        input_name: String = String::new(),
    }
}

union! {
    /// Where a step's input comes from.
    pub enum StepInputSource {
        /// `FromConfig`
        Config(FromConfig),
        /// `FromDefaultValue`
        DefaultValue(FromDefaultValue),
        /// `FromDirectInputValue`
        DirectInputValue(FromDirectInputValue),
        /// `FromDynamicCollect`
        DynamicCollect(FromDynamicCollect),
        /// `FromInputManager`
        InputManager(FromInputManager),
        /// `FromLoadableAsset`
        LoadableAsset(FromLoadableAsset),
        /// `FromMultipleSources`
        MultipleSources(FromMultipleSources),
        /// `FromMultipleSourcesLoadSingleSource`
        MultipleSourcesLoadSingleSource(FromMultipleSourcesLoadSingleSource),
        /// `FromPendingDynamicStepOutput`
        PendingDynamicStepOutput(FromPendingDynamicStepOutput),
        /// `FromStepOutput`
        StepOutput(FromStepOutput),
        /// `FromUnresolvedStepOutput`
        UnresolvedStepOutput(FromUnresolvedStepOutput),
    }
}
