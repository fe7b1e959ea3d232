//! What can be done to a tick in memory, as Dagster's `InstigatorTick` does it.

use rondel_model::SerializableErrorInfo;
use rondel_model::instigation::{RunRequest, TickData, TickStatus};

/// Changes the status. An end has a time; a tick that ends well forgets its failures.
pub(crate) fn set_status(tick: &mut TickData, status: TickStatus, now: f64) {
    tick.status = status;
    tick.end_timestamp = status.is_finished().then_some(now);
    if matches!(status, TickStatus::Skipped | TickStatus::Success) {
        tick.failure_count = 0;
        tick.consecutive_failure_count = 0;
    }
}

/// Ends the tick without runs.
pub(crate) fn skip(tick: &mut TickData, reason: Option<String>, now: f64) {
    set_status(tick, TickStatus::Skipped, now);
    if let Some(reason) = reason.filter(|reason| !reason.is_empty()) {
        tick.skip_reason = Some(reason);
    }
}

/// Whether a failure uses up one of the tick's retries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureCounts {
    /// Yes.
    AsAttempt,
    /// No: the code server could not be reached, which is tried again for ever.
    AsOutage,
}

/// Ends the tick as failed. Failures in a row are counted in any case.
pub(crate) fn fail(
    tick: &mut TickData,
    error: SerializableErrorInfo,
    counts: FailureCounts,
    consecutive_before: i64,
    now: f64,
) {
    set_status(tick, TickStatus::Failure, now);
    tick.error = Some(error);
    tick.consecutive_failure_count = consecutive_before + 1;
    if counts == FailureCounts::AsAttempt {
        tick.failure_count += 1;
    }
}

/// Notes a run, each id and key once.
pub(crate) fn add_run(tick: &mut TickData, run_id: Option<&str>, run_key: Option<&str>) {
    let add = |list: &mut Vec<String>, item: Option<&str>| {
        if let Some(item) = item.filter(|item| !item.is_empty())
            && !list.iter().any(|known| known == item)
        {
            list.push(item.to_owned());
        }
    };
    add(&mut tick.run_ids, run_id);
    add(&mut tick.run_keys, run_key);
}

/// Reserved run ids whose runs are not noted yet, with their requests.
pub(crate) fn unsubmitted(tick: &TickData) -> Vec<(String, RunRequest)> {
    let reserved = tick.reserved_run_ids.iter().flatten();
    let requests = tick.run_requests.iter().flatten();
    reserved
        .zip(requests)
        .filter(|(run_id, _)| !tick.run_ids.contains(run_id))
        .map(|(run_id, request)| (run_id.clone(), request.clone()))
        .collect()
}

/// Failures in a row up to and including this tick, if it did not end well.
pub(crate) fn consecutive_failures(latest: Option<&TickData>) -> i64 {
    match latest {
        Some(tick) if matches!(tick.status, TickStatus::Failure | TickStatus::Started) => {
            consecutive_or_own(tick)
        }
        _ => 0,
    }
}

/// Ticks of older versions count only their own failures.
pub(crate) fn consecutive_or_own(tick: &TickData) -> i64 {
    match tick.consecutive_failure_count {
        0 => tick.failure_count,
        count => count,
    }
}
