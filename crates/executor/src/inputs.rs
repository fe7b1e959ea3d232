//! Which outputs an input is made of (`dagster/_core/execution/plan/inputs.py`).

use rondel_model::plan::{FromMultipleSources, FromStepOutput, StepInputSource, StepOutputHandle};

/// The steps that an input waits for.
pub(crate) fn step_keys(source: &StepInputSource) -> Vec<&str> {
    match source {
        StepInputSource::LoadableAsset(from) => {
            from.ordering_step_keys.as_slice().iter().map(String::as_str).collect()
        }
        StepInputSource::StepOutput(from) => vec![&from.step_output_handle.step_key],
        StepInputSource::MultipleSources(from) => from.sources.iter().flat_map(step_keys).collect(),
        StepInputSource::MultipleSourcesLoadSingleSource(from) => {
            from.sources.iter().flat_map(step_keys).collect()
        }
        _ => Vec::new(),
    }
}

/// The outputs that an input is loaded from.
pub(crate) fn outputs(source: &StepInputSource) -> Vec<&StepOutputHandle> {
    match source {
        StepInputSource::StepOutput(from) => vec![&from.step_output_handle],
        StepInputSource::MultipleSources(from) => from.sources.iter().flat_map(outputs).collect(),
        StepInputSource::MultipleSourcesLoadSingleSource(from) => {
            from.sources.iter().flat_map(outputs).collect()
        }
        _ => Vec::new(),
    }
}

/// The dynamic output (step, output) that must be known before the input is; `None` for one that is known.
pub(crate) fn resolved_by(source: &StepInputSource) -> Option<(&str, &str)> {
    match source {
        StepInputSource::PendingDynamicStepOutput(from) => {
            let handle = &from.step_output_handle;
            Some((&handle.step_key, &handle.output_name))
        }
        StepInputSource::UnresolvedStepOutput(from) => {
            let handle = &from.unresolved_step_output_handle;
            Some((&handle.resolved_by_step_key, &handle.resolved_by_output_name))
        }
        StepInputSource::DynamicCollect(from) => resolved_by(&from.source),
        _ => None,
    }
}

/// The source for one mapping key.
pub(crate) fn for_mapping_key(source: &StepInputSource, mapping_key: &str) -> StepInputSource {
    let handle = match source {
        StepInputSource::PendingDynamicStepOutput(from) => StepOutputHandle {
            mapping_key: Some(mapping_key.to_owned()),
            ..from.step_output_handle.clone()
        },
        StepInputSource::UnresolvedStepOutput(from) => {
            let handle = &from.unresolved_step_output_handle;
            let node = &handle.unresolved_step_handle.node_handle;
            StepOutputHandle {
                step_key: format!("{node}[{mapping_key}]"),
                output_name: handle.output_name.clone(),
                ..StepOutputHandle::default()
            }
        }
        known => return known.clone(),
    };
    from_output(handle)
}

/// The source that collects all mapping keys. `None` for a dynamic output that was skipped, which makes a
/// source that is never there, so that what waits for it is skipped too.
pub(crate) fn for_all_keys(
    source: &StepInputSource,
    mapping_keys: Option<&[String]>,
) -> StepInputSource {
    let StepInputSource::DynamicCollect(from) = source else { return source.clone() };
    match (mapping_keys, resolved_by(&from.source)) {
        (Some(keys), _) => StepInputSource::MultipleSources(FromMultipleSources {
            sources: keys.iter().map(|key| for_mapping_key(&from.source, key)).collect(),
            ..FromMultipleSources::default()
        }),
        (None, Some((step_key, output_name))) => from_output(StepOutputHandle {
            step_key: step_key.to_owned(),
            output_name: output_name.to_owned(),
            ..StepOutputHandle::default()
        }),
        (None, None) => (*from.source).clone(),
    }
}

fn from_output(step_output_handle: StepOutputHandle) -> StepInputSource {
    StepInputSource::StepOutput(FromStepOutput { step_output_handle, ..FromStepOutput::default() })
}
