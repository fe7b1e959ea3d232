//! The filter of runs as clients give it.

use async_graphql::InputObject;
use rondel_model::{
    ids::{RunId, UnixTime},
    run::{self, TagValues},
};

use super::RunStatus;
use crate::common::ExecutionTag;

/// A filter of runs: every given part must match.
#[derive(InputObject, Clone, Debug, Default)]
#[graphql(name = "RunsFilter")]
pub(crate) struct RunsFilterInput {
    pub(crate) run_ids: Option<Vec<Option<String>>>,
    pub(crate) pipeline_name: Option<String>,
    pub(crate) tags: Option<Vec<ExecutionTag>>,
    pub(crate) statuses: Option<Vec<RunStatus>>,
    pub(crate) snapshot_id: Option<String>,
    pub(crate) updated_after: Option<f64>,
    pub(crate) updated_before: Option<f64>,
    pub(crate) created_before: Option<f64>,
    pub(crate) created_after: Option<f64>,
    pub(crate) mode: Option<String>,
}

impl RunsFilterInput {
    /// As the store takes it. Empty parts and times of zero match everything, as in Dagster.
    pub(crate) fn into_filter(self) -> run::RunsFilter {
        let time = |seconds: Option<f64>| seconds.filter(|&s| s != 0.0).map(UnixTime);
        let run_ids: Vec<RunId> =
            self.run_ids.into_iter().flatten().flatten().map(RunId::from).collect();
        run::RunsFilter {
            run_ids: (!run_ids.is_empty()).then_some(run_ids),
            job_name: self.pipeline_name,
            statuses: self.statuses.into_iter().flatten().map(Into::into).collect(),
            tags: self
                .tags
                .into_iter()
                .flatten()
                .map(|tag| (tag.key, TagValues::One(tag.value)))
                .collect(),
            snapshot_id: self.snapshot_id,
            updated_after: time(self.updated_after),
            updated_before: time(self.updated_before),
            created_after: time(self.created_after),
            created_before: time(self.created_before),
            exclude_subruns: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_parts_of_a_filter_match_everything() {
        let input = RunsFilterInput {
            run_ids: Some(vec![]),
            tags: Some(vec![]),
            statuses: Some(vec![]),
            updated_after: Some(0.0),
            ..Default::default()
        };
        assert_eq!(input.into_filter(), run::RunsFilter::default());
    }
}
