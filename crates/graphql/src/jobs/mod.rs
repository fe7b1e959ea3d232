//! Jobs and graphs: their ops, inputs and outputs, types, resources and loggers, as loaded now or
//! as runs recorded them.

mod definitions;
mod graph;
mod mode;
mod nodes;
mod pipeline;
mod query;
mod references;
mod types;
mod used;
mod view;

pub(crate) use definitions::{ResourceRequirement, SolidDefinition};
pub(crate) use graph::SolidContainer;
pub(crate) use pipeline::{Job, Pipeline};
pub(crate) use query::{JobQuery, recorded};
pub(crate) use references::{IPipelineSnapshot, PipelineReference, UnknownPipeline};
pub(crate) use types::{DagsterType, WrappingDagsterType};
pub(crate) use used::{UsedSolid, used_solids};
pub(crate) use view::JobView;
