//! What a Job's status means for the run that waits for it. Pure.

use k8s_openapi::api::batch::v1::Job;

/// Why a Job has failed as a whole, unless that is just its pods' end.
pub(super) fn job_failure(job: &Job) -> Option<String> {
    let conditions = job.status.as_ref()?.conditions.as_ref()?;
    let failed = conditions.iter().find(|one| one.type_ == "Failed" && one.status == "True")?;
    match failed.reason.as_deref()? {
        "BackoffLimitExceeded" => None,
        reason => {
            Some(format!("{reason}: {}", failed.message.as_deref().unwrap_or("no message given")))
        }
    }
}

/// Whether a Job will start no more pods.
pub(super) fn is_over(job: &Job) -> bool {
    let Some(status) = &job.status else { return false };
    let ended = |count: Option<i32>| count.unwrap_or_default() > 0;
    let concluded = status
        .conditions
        .iter()
        .flatten()
        .any(|one| matches!(one.type_.as_str(), "Complete" | "Failed") && one.status == "True");
    concluded || (!ended(status.active) && (ended(status.succeeded) || ended(status.failed)))
}
