//! Who executes the steps of a run: a run worker, or the control plane itself ("the host").
//!
//! The choice is made when the run is launched and is written into the run's tags, which every process
//! reads that launches, cancels or watches runs.

use rondel_model::run::DagsterRun;
use rondel_model::serdes::Map;

use crate::error::ExecutorError;

/// The tag of jobs and runs that chooses: `host` or `run_pod`.
pub const EXECUTOR_TAG: &str = "rondel/kubernetes_executor";

/// The value of the tag, and of the setting, for the host.
pub const HOST: &str = "host";

/// The value of the tag, and of the setting, for a run worker.
const RUN_POD: &str = "run_pod";

/// The tag by which runs are found whose steps the host executes; its value is [`HOST`].
pub const EXECUTED_BY_TAG: &str = "rondel/executed_by";

/// The tag that says which run that is about, by its id: tags are copied to re-executions, which may be
/// executed otherwise.
pub const HOST_RUN_TAG: &str = "rondel/host_run";

/// The name that `k8s_job_executor` has in plans.
const KUBERNETES_EXECUTOR: &str = "k8s";

/// Who executes the steps of runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExecutorChoice {
    /// The executor in the run worker, as in Dagster.
    #[default]
    RunPod,
    /// The control plane, for jobs with the Kubernetes executor.
    Host,
}

impl ExecutorChoice {
    /// Reads the value of the tag or of the setting.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            HOST => Some(Self::Host),
            RUN_POD => Some(Self::RunPod),
            _ => None,
        }
    }

    /// Who executes the steps of a run, given the setting: the run's tag first; without one, only jobs with
    /// the Kubernetes executor are executed by the host.
    ///
    /// # Errors
    /// The tag says neither.
    pub fn of_run(
        self,
        run: &DagsterRun,
        executor_name: Option<&str>,
    ) -> Result<Self, ExecutorError> {
        match run.tag(EXECUTOR_TAG) {
            Some(text) => Self::parse(text).ok_or_else(|| {
                ExecutorError::BadPlan(format!(
                    "its tag {EXECUTOR_TAG} is '{text}'; it must be {HOST} or {RUN_POD}"
                ))
            }),
            None if executor_name == Some(KUBERNETES_EXECUTOR) => Ok(self),
            None => Ok(Self::RunPod),
        }
    }
}

/// Whether the host executes the steps of this run.
#[must_use]
pub fn is_host_run(run: &DagsterRun) -> bool {
    run.tag(HOST_RUN_TAG) == Some(run.run_id.as_str())
}

/// The tags of a run whose steps the host executes.
#[must_use]
pub fn host_run_tags(run: &DagsterRun) -> Map<String> {
    Map::from_iter([
        (EXECUTED_BY_TAG.to_owned(), HOST.to_owned()),
        (HOST_RUN_TAG.to_owned(), run.run_id.to_string()),
    ])
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::by_setting(ExecutorChoice::Host, None, "k8s", ExecutorChoice::Host)]
    #[case::another_executor(ExecutorChoice::Host, None, "multiprocess", ExecutorChoice::RunPod)]
    #[case::opted_in(ExecutorChoice::RunPod, Some("host"), "in_process", ExecutorChoice::Host)]
    #[case::opted_out(ExecutorChoice::Host, Some("run_pod"), "k8s", ExecutorChoice::RunPod)]
    #[case::by_default(ExecutorChoice::default(), None, "k8s", ExecutorChoice::RunPod)]
    fn the_tag_prevails_over_the_setting(
        #[case] setting: ExecutorChoice,
        #[case] tag: Option<&str>,
        #[case] executor: &str,
        #[case] expected: ExecutorChoice,
    ) {
        let mut run = DagsterRun::new("r", "j");
        run.tags.extend(tag.map(|tag| (EXECUTOR_TAG.to_owned(), tag.to_owned())));
        assert_eq!(setting.of_run(&run, Some(executor)), Ok(expected));
    }

    #[test]
    fn the_mark_of_another_run_counts_for_nothing() {
        let mut run = DagsterRun::new("second", "j");
        run.tags = host_run_tags(&DagsterRun::new("first", "j"));
        assert!(!is_host_run(&run));
        run.tags.extend(host_run_tags(&run));
        assert!(is_host_run(&run));
    }
}
