//! Handles of nodes and steps within a job.

use crate::ids::python_repr;
use crate::serdes::SortKey;
use crate::{record, union};

record! {
    /// A node's place in nested graphs.
    #[derive(Default)]
    pub struct NodeHandle = "SolidHandle" {
        name: String,
        parent: Option<Box<NodeHandle>>,
    }
}

record! {
    /// A step of a node.
    #[derive(Default)]
    pub struct StepHandle = "StepHandle" {
        node_handle as "solid_handle": NodeHandle,
        key: String,
    }
}

record! {
    /// A step that will be multiplied by a dynamic output.
    #[derive(Default)]
    pub struct UnresolvedStepHandle = "UnresolvedStepHandle" {
        node_handle as "solid_handle": NodeHandle,
    }
}

record! {
    /// A step for one mapping key of a dynamic output.
    #[derive(Default)]
    pub struct ResolvedFromDynamicStepHandle = "ResolvedFromDynamicStepHandle" {
        node_handle as "solid_handle": NodeHandle,
        mapping_key: String,
        key: String,
    }
}

record! {
    /// An output of a step.
    #[derive(Default)]
    pub struct StepOutputHandle = "StepOutputHandle" {
        step_key: String,
        output_name: String = "result".into(),
        mapping_key: Option<String>,
    }
}

record! {
    /// An output of a step that will be multiplied.
    #[derive(Default)]
    pub struct UnresolvedStepOutputHandle = "UnresolvedStepOutputHandle" {
        unresolved_step_handle: UnresolvedStepHandle,
        output_name: String,
        resolved_by_step_key: String,
        resolved_by_output_name: String,
    }
}

union! {
    /// A handle of a step in any state of resolution.
    pub enum StepHandleKind {
        /// `StepHandle`
        Resolved(StepHandle),
        /// `UnresolvedStepHandle`
        Unresolved(UnresolvedStepHandle),
        /// `ResolvedFromDynamicStepHandle`
        FromDynamic(ResolvedFromDynamicStepHandle),
    }
}

impl NodeHandle {
    /// A handle of a node at the top of a job.
    pub fn top(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Reads the dotted form.
    pub fn from_dotted(text: &str) -> Self {
        text.split('.')
            .fold(None, |parent: Option<Self>, name| {
                Some(Self {
                    name: name.to_owned(),
                    parent: parent.map(Box::new),
                    ..Self::default()
                })
            })
            .unwrap_or_default()
    }
}

/// The dotted form: names from the job's top down to the node.
impl std::fmt::Display for NodeHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(parent) = &self.parent {
            write!(f, "{parent}.")?;
        }
        f.write_str(&self.name)
    }
}

/// Sets of handles are sorted by Python's text of the named tuple.
impl SortKey for StepOutputHandle {
    fn sort_key(&self) -> String {
        let mapping_key = self.mapping_key.as_deref().map_or("None".to_owned(), python_repr);
        format!(
            "StepOutputHandle(step_key={}, output_name={}, mapping_key={mapping_key})",
            python_repr(&self.step_key),
            python_repr(&self.output_name),
        )
    }
}
