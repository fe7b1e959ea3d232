//! What a Job's status says about a run's worker (`K8sRunLauncher.check_run_worker_health`). Pure.

use k8s_openapi::api::batch::v1::JobStatus;
use rondel_model::run::RunStatus;

use crate::launcher::{WorkerHealth, WorkerStatus};

/// How a worker is doing whose Job has this status.
pub(super) fn health(run: RunStatus, job: &JobStatus) -> WorkerHealth {
    let count = |count: Option<i32>| count.unwrap_or_default() > 0;
    let (active, succeeded, failed) = (count(job.active), count(job.succeeded), count(job.failed));
    let is_over = !active && (succeeded || failed);
    // The run should be running, and nothing runs it.
    if is_over && matches!(run, RunStatus::Started | RunStatus::Canceling) {
        return told(
            WorkerStatus::Failed,
            "Run has not completed but K8s job has no active pods".to_owned(),
        );
    }
    if succeeded {
        return silent(WorkerStatus::Success);
    }
    if failed && !active {
        return told(WorkerStatus::Failed, "K8s job failed".to_owned());
    }
    silent(WorkerStatus::Running)
}

/// How a worker is doing that has no Job.
pub(super) fn without_job(name: &str) -> WorkerHealth {
    told(WorkerStatus::Unknown, format!("Job {name} could not be found"))
}

fn told(status: WorkerStatus, message: String) -> WorkerHealth {
    WorkerHealth { message: Some(message), ..silent(status) }
}

fn silent(status: WorkerStatus) -> WorkerHealth {
    WorkerHealth { status, message: None, transient: None, run_worker_id: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// The cases of `test_check_run_health` in dagster-k8s.
    #[rstest]
    #[case([0, 0, 0], WorkerStatus::Running, WorkerStatus::Running)]
    #[case([0, 1, 0], WorkerStatus::Failed, WorkerStatus::Success)]
    #[case([1, 0, 0], WorkerStatus::Failed, WorkerStatus::Failed)]
    #[case([1, 0, 1], WorkerStatus::Running, WorkerStatus::Running)]
    #[case([1, 1, 0], WorkerStatus::Failed, WorkerStatus::Success)]
    fn a_job_without_active_pods_is_a_failure_of_a_started_run(
        #[case] pods: [i32; 3],
        #[case] of_started_run: WorkerStatus,
        #[case] of_failed_run: WorkerStatus,
    ) {
        let [failed, succeeded, active] = pods;
        let job = JobStatus {
            failed: Some(failed),
            succeeded: Some(succeeded),
            active: Some(active),
            ..JobStatus::default()
        };
        assert_eq!(health(RunStatus::Started, &job).status, of_started_run);
        assert_eq!(health(RunStatus::Failure, &job).status, of_failed_run);
    }
}
