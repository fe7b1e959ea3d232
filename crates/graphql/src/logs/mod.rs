//! What happened in runs: events with their metadata, captured output, and both as they come.

mod captured;
mod checks;
mod events;
mod kinds;
mod metadata;
mod query;
mod step_stats;
mod subscription;
mod table;

pub(crate) use captured::CapturedLogs;
pub(crate) use checks::AssetCheckEvaluation;
pub(crate) use events::*;
pub(crate) use kinds::{AssetCheckSeverity, LogLevel};
pub(crate) use metadata::{MetadataEntry, MetadataItemDefinition, metadata_entries};
pub(crate) use query::LogsQuery;
pub(crate) use step_stats::{PipelineRunStepStats, RunStepStats, stats_of_step, step_stats};
pub(crate) use subscription::LogsSubscription;
