//! Whether a failed run will be retried automatically: decided when it fails, recorded in its tags.

use rondel_model::event::RunFailureReason;
use rondel_model::run::{DagsterRun, RunStatus, tags};
use rondel_storage::StorageError;

use crate::error::InstanceError;
use crate::instance::Instance;

/// Python's reading of a boolean in a tag.
pub(crate) fn tag_is_true(value: &str) -> bool {
    !matches!(value.to_lowercase().as_str(), "false" | "none" | "0" | "")
}

impl Instance {
    /// Whether a failed run is to be retried automatically, by its tags, the settings and the
    /// retries made so far.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_to_be_retried(&self, run: &DagsterRun) -> Result<bool, InstanceError> {
        should_retry(self, run).await
    }
}

/// Mirrors `auto_reexecution_should_retry_run`.
pub(crate) async fn should_retry(
    instance: &Instance,
    run: &DagsterRun,
) -> Result<bool, InstanceError> {
    let settings = &instance.config().settings.run_retries;
    if run.status != RunStatus::Failure {
        return Ok(false);
    }
    let reason = run.tag(tags::RUN_FAILURE_REASON_TAG).and_then(RunFailureReason::parse);
    let retry_on_step_failure = run
        .tag(tags::RETRY_ON_ASSET_OR_OP_FAILURE_TAG)
        .map_or(settings.retry_on_asset_or_op_failure, tag_is_true);
    if reason == Some(RunFailureReason::StepFailure) && !retry_on_step_failure {
        return Ok(false);
    }
    let max_retries = match run.tag(tags::MAX_RETRIES_TAG) {
        None => settings.max_retries,
        Some(text) => match text.trim().parse::<i64>() {
            Ok(number) => number,
            Err(_) => {
                tracing::warn!(run_id = %run.run_id, tag = tags::MAX_RETRIES_TAG, "not an integer, the run is not retried");
                return Ok(false);
            }
        },
    };
    if max_retries <= 0 {
        return Ok(false);
    }
    match instance.storage().runs().get_run_group(run.run_id.as_str()).await {
        // the group holds the original run too
        Ok(group) => Ok(i64::try_from(group.runs.len()).is_ok_and(|size| size <= max_retries)),
        Err(StorageError::RunNotFound(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
