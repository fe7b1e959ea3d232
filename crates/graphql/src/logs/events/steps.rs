//! Events of steps: their course, inputs and outputs, hooks, expectations.

use async_graphql::{Object, SimpleObject};
use rondel_model::{
    event::{self as model, EventSpecificData, UserFailureData},
    plan::TypeCheckData,
    serdes::Number,
};

use super::{core::EventCore, define::event};
use crate::{
    direct::direct,
    errors::PythonError,
    logs::{
        kinds::{DagsterEventType, ErrorSource, LogLevel, ObjectStoreOperationType},
        metadata::{MetadataEntry, metadata_entries},
    },
};

event!(ExecutionStepStartEvent:);
event!(ExecutionStepRestartEvent:);
event!(ExecutionStepSkippedEvent:);
event!(ExecutionStepSuccessEvent:);
event!(HookCompletedEvent:);
event!(HookSkippedEvent:);
event!(HookErroredEvent: error);
event!(ExecutionStepUpForRetryEvent: error;
    told {
        seconds_to_wait "secondsToWait" = |event| -> Option<f64> {
            match event.data() {
                Some(EventSpecificData::StepRetry(data)) => data.seconds_to_wait.map(Number::as_f64),
                _ => None,
            }
        }
    }
);
event!(ExecutionStepFailureEvent: error;
    told {
        error_source "errorSource" = |event| -> Option<ErrorSource> {
            match event.data() {
                Some(EventSpecificData::StepFailure(data)) => Some(data.error_source.into()),
                _ => None,
            }
        }
        failure_metadata "failureMetadata" = |event| -> Option<FailureMetadata> {
            match event.data() {
                Some(EventSpecificData::StepFailure(data)) => {
                    data.user_failure_data.as_ref().map(FailureMetadata::from)
                }
                _ => None,
            }
        }
    }
);
event!(ExecutionStepInputEvent: ;
    told {
        input_name "inputName" = |event| -> String {
            match event.data() {
                Some(EventSpecificData::StepInput(data)) => data.input_name.clone(),
                _ => String::new(),
            }
        }
        type_check "typeCheck" = |event| -> TypeCheck {
            match event.data() {
                Some(EventSpecificData::StepInput(data)) => {
                    TypeCheck::of(Some(&data.type_check_data))
                }
                _ => TypeCheck::of(None),
            }
        }
    }
);
event!(ExecutionStepOutputEvent: display;
    told {
        output_name "outputName" = |event| -> String {
            match event.data() {
                Some(EventSpecificData::StepOutput(data)) => {
                    data.step_output_handle.output_name.clone()
                }
                _ => String::new(),
            }
        }
        type_check "typeCheck" = |event| -> TypeCheck {
            match event.data() {
                Some(EventSpecificData::StepOutput(data)) => {
                    TypeCheck::of(data.type_check_data.as_ref())
                }
                _ => TypeCheck::of(None),
            }
        }
    }
);
event!(HandledOutputEvent: display;
    told {
        output_name "outputName" = |event| -> String {
            match event.data() {
                Some(EventSpecificData::HandledOutput(data)) => data.output_name.clone(),
                _ => String::new(),
            }
        }
        manager_key "managerKey" = |event| -> String {
            match event.data() {
                Some(EventSpecificData::HandledOutput(data)) => data.manager_key.clone(),
                _ => String::new(),
            }
        }
    }
);
event!(LoadedInputEvent: display;
    told {
        input_name "inputName" = |event| -> String {
            loaded(event).map(|data| data.input_name.clone()).unwrap_or_default()
        }
        manager_key "managerKey" = |event| -> String {
            loaded(event).map(|data| data.manager_key.clone()).unwrap_or_default()
        }
        upstream_output_name "upstreamOutputName" = |event| -> Option<String> {
            loaded(event).and_then(|data| data.upstream_output_name.clone())
        }
        upstream_step_key "upstreamStepKey" = |event| -> Option<String> {
            loaded(event).and_then(|data| data.upstream_step_key.clone())
        }
    }
);
event!(ObjectStoreOperationEvent: ;
    told {
        operation_result "operationResult" =
            |event| -> async_graphql::Result<ObjectStoreOperationResult> {
                match event.data() {
                    Some(EventSpecificData::ObjectStoreOperation(data)) => {
                        Ok(ObjectStoreOperationResult {
                            label: None,
                            description: None,
                            metadata_entries: metadata_entries(&data.metadata),
                            op: operation(&data.op),
                        })
                    }
                    _ => Err("the event carries no object store operation".into()),
                }
            }
    }
);
event!(StepExpectationResultEvent: ;
    told {
        expectation_result "expectationResult" =
            |event| -> async_graphql::Result<ExpectationResult> {
                match event.data() {
                    Some(EventSpecificData::StepExpectation(data)) => {
                        Ok(ExpectationResult::from(&data.expectation_result))
                    }
                    _ => Err("the event carries no expectation result".into()),
                }
            }
    }
);

fn loaded(core: &EventCore) -> Option<&model::LoadedInputData> {
    match core.data()? {
        EventSpecificData::LoadedInput(data) => Some(data),
        _ => None,
    }
}

/// The operation, stored as an enum of Python or as its text.
fn operation(op: &rondel_model::serdes::Value) -> ObjectStoreOperationType {
    let text = op.as_str().or_else(|| op.get("__enum__").and_then(|name| name.as_str()));
    match text {
        Some(name) if name.ends_with("GET_OBJECT") => ObjectStoreOperationType::GetObject,
        Some(name) if name.ends_with("RM_OBJECT") => ObjectStoreOperationType::RmObject,
        Some(name) if name.ends_with("CP_OBJECT") => ObjectStoreOperationType::CpObject,
        _ => ObjectStoreOperationType::SetObject,
    }
}

/// What a step said when it failed on purpose.
#[derive(SimpleObject, Clone)]
pub(crate) struct FailureMetadata {
    #[graphql(owned)]
    pub(crate) label: Option<String>,
    #[graphql(owned)]
    pub(crate) description: Option<String>,
    #[graphql(owned)]
    pub(crate) metadata_entries: Vec<MetadataEntry>,
}

direct!(FailureMetadata {
    label "label",
    description "description",
    metadata_entries "metadataEntries",
});

impl From<&UserFailureData> for FailureMetadata {
    fn from(failure: &UserFailureData) -> Self {
        FailureMetadata {
            label: Some(failure.label.clone()),
            description: failure.description.clone(),
            metadata_entries: metadata_entries(&failure.metadata),
        }
    }
}

/// The result of checking a value against its type.
#[derive(SimpleObject, Clone)]
pub(crate) struct TypeCheck {
    #[graphql(owned)]
    pub(crate) label: Option<String>,
    #[graphql(owned)]
    pub(crate) description: Option<String>,
    #[graphql(owned)]
    pub(crate) metadata_entries: Vec<MetadataEntry>,
    pub(crate) success: bool,
}

direct!(TypeCheck {
    label "label",
    description "description",
    metadata_entries "metadataEntries",
    success "success",
});

impl TypeCheck {
    fn of(data: Option<&TypeCheckData>) -> Self {
        TypeCheck {
            label: data.map(|data| data.label.clone()),
            description: data.and_then(|data| data.description.clone()),
            metadata_entries: data.map(|data| metadata_entries(&data.metadata)).unwrap_or_default(),
            success: data.is_none_or(|data| data.success),
        }
    }
}

/// The result of an expectation.
#[derive(SimpleObject, Clone)]
pub(crate) struct ExpectationResult {
    #[graphql(owned)]
    pub(crate) label: Option<String>,
    #[graphql(owned)]
    pub(crate) description: Option<String>,
    #[graphql(owned)]
    pub(crate) metadata_entries: Vec<MetadataEntry>,
    pub(crate) success: bool,
}

direct!(ExpectationResult {
    label "label",
    description "description",
    metadata_entries "metadataEntries",
    success "success",
});

impl From<&model::ExpectationResult> for ExpectationResult {
    fn from(result: &model::ExpectationResult) -> Self {
        ExpectationResult {
            label: result.label.clone(),
            description: result.description.clone(),
            metadata_entries: metadata_entries(&result.metadata),
            success: result.success,
        }
    }
}

/// What was done with an object in a store.
#[derive(SimpleObject, Clone)]
pub(crate) struct ObjectStoreOperationResult {
    #[graphql(owned)]
    pub(crate) label: Option<String>,
    #[graphql(owned)]
    pub(crate) description: Option<String>,
    #[graphql(owned)]
    pub(crate) metadata_entries: Vec<MetadataEntry>,
    op: ObjectStoreOperationType,
}
direct!(ObjectStoreOperationResult {
    label "label",
    description "description",
    metadata_entries "metadataEntries",
    op "op",
});
