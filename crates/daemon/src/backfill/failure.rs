//! What a failed iteration of a backfill leads to.

use rondel_instance::InstanceError;
use rondel_model::backfill::BulkActionStatus;

use super::{current, store};
use crate::DaemonError;
use crate::context::Context;

/// Iterations in a row that may fail before the backfill does.
const DEFAULT_MAX_RETRIES: i64 = 5;

/// Reports the error, and leaves the backfill to be tried again or has it fail.
pub(super) async fn settle(
    context: &Context,
    backfill_id: &str,
    error: DaemonError,
) -> Result<(), DaemonError> {
    if let DaemonError::NotSupported(_) = error {
        // Another daemon may be able to; the backfill stays as it is.
        context.report(&format!("Backfill {backfill_id} cannot be worked off"), &error);
        return Ok(());
    }
    let mut backfill = current(context, backfill_id).await?;
    let may_be_retried = backfill.status == BulkActionStatus::Requested
        && backfill.failure_count < max_retries()
        && is_retryable(&error);
    if !may_be_retried {
        let info = context.report(&format!("Backfill failed for {backfill_id}"), &error);
        backfill.status = BulkActionStatus::Failing;
        backfill.error = Some(info);
        backfill.failure_count += 1;
        return store(context, &backfill).await;
    }
    if error.is_unreachable() {
        let error = DaemonError::UserCodeUnreachable {
            message:
                "Unable to reach the code server. Backfill will resume once the code server is \
                      available."
                    .to_owned(),
            source: Box::new(error),
        };
        let headline = format!(
            "Backfill failed for {backfill_id} due to unreachable code server and will retry"
        );
        context.report(&headline, &error);
        return Ok(());
    }
    context.report(&format!("Backfill failed for {backfill_id} and will retry."), &error);
    backfill.failure_count += 1;
    store(context, &backfill).await
}

fn max_retries() -> i64 {
    let setting = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    setting("DAGSTER_MAX_BACKFILL_RETRIES")
        .or_else(|| setting("DAGSTER_MAX_ASSET_BACKFILL_RETRIES"))
        .unwrap_or(DEFAULT_MAX_RETRIES)
}

/// Whether the error may pass (`_is_retryable_backfill_error`): what Dagster itself raises does not,
/// but for code servers out of reach and for lost races.
fn is_retryable(error: &DaemonError) -> bool {
    if error.is_unreachable() || matches!(error, DaemonError::Instance(InstanceError::RunExists(_)))
    {
        return true;
    }
    let info = error.to_error_info();
    let is_dagsters = info.cls_name.as_deref().is_some_and(|class| {
        class.starts_with("Dagster") || class == "CheckError" || class.ends_with("CheckError")
    });
    let is_user_code = matches!(
        error,
        DaemonError::CodeLocation(rondel_code_location::CodeLocationError::UserCode(_))
            | DaemonError::Instance(InstanceError::CodeLocation(
                rondel_code_location::CodeLocationError::UserCode(_)
            ))
    );
    !is_dagsters && !is_user_code
}

#[cfg(test)]
mod tests {
    use super::*;
    use rondel_storage::StorageError;

    #[test]
    fn what_may_pass_is_retried() {
        let passing = [
            DaemonError::LocationLoading { location: "a".to_owned() },
            DaemonError::Instance(InstanceError::RunExists("r".into())),
            DaemonError::Storage(StorageError::RunNotFound("r".to_owned())),
            DaemonError::Injected("boom".to_owned()),
        ];
        for error in &passing {
            assert!(is_retryable(error), "{error}");
        }
        let lasting = [
            DaemonError::Check("must hold".to_owned()),
            DaemonError::BackfillFailed("no such job".to_owned()),
            DaemonError::Instance(InstanceError::NothingToRetry("nothing")),
        ];
        for error in &lasting {
            assert!(!is_retryable(error), "{error}");
        }
    }
}
