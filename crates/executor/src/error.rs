//! Why the steps of a run cannot be executed from here.

/// A plan or a configuration that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExecutorError {
    /// The snapshot is of a version of Dagster that did not record enough.
    #[error(
        "the plan of the run was recorded without what is needed to execute its steps; launch the run again with a current version of Dagster"
    )]
    OldPlan,
    /// The plan contradicts itself.
    #[error("the plan of the run cannot be executed: {0}")]
    BadPlan(String),
    /// The executor's configuration lies in user code.
    #[error(
        "the configuration of the executor cannot be told from the job's snapshot, because {0}; give it as run config of a plain k8s_job_executor, or leave the job to a run worker"
    )]
    HiddenConfig(&'static str),
    /// A value of the executor's configuration is wrong.
    #[error("execution.config.{key}: {reason}")]
    BadConfig {
        /// The key below `execution.config`.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}
