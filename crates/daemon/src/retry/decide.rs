//! Reading cursors and tags of retries. Pure.

use rondel_instance::ReexecutionStrategy;
use rondel_model::event::DagsterEventType;
use rondel_model::run::DagsterRun;
use rondel_model::run::tags::{AUTO_RETRY_RUN_ID_TAG, RETRY_NUMBER_TAG, RETRY_STRATEGY_TAG};

use crate::DaemonError;

/// The stored cursor of an event type.
pub(crate) fn cursor(
    event_type: DagsterEventType,
    stored: Option<&String>,
) -> Result<Option<i64>, DaemonError> {
    stored
        .map(|text| {
            text.trim().parse().map_err(|_| {
                DaemonError::Check(format!(
                    "the stored cursor {text:?} of event type {} is not a number; delete it from the \
                     table kvs to begin at the end of the event log",
                    event_type.as_str()
                ))
            })
        })
        .transpose()
}

/// A boolean in a tag, as Python reads it.
pub(crate) fn is_true(tag: &str) -> bool {
    !matches!(tag.to_lowercase().as_str(), "false" | "none" | "0" | "")
}

/// What a run says about how it is retried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Strategy {
    /// So.
    Use(ReexecutionStrategy),
    /// In a way that does not exist; the default is used.
    Unreadable(String),
}

/// The strategy of a run: its tag's, else from failure.
pub(crate) fn strategy(run: &DagsterRun) -> Strategy {
    match run.tag(RETRY_STRATEGY_TAG) {
        None => Strategy::Use(ReexecutionStrategy::FromFailure),
        Some(name) => match ReexecutionStrategy::parse(name) {
            Some(strategy) => Strategy::Use(strategy),
            None => Strategy::Unreadable(name.to_owned()),
        },
    }
}

/// Where the automatic retry of a run is found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum KnownRetry<'a> {
    /// The run's tag names it.
    Named(String),
    /// A child that only this daemon can have made.
    Child(&'a DagsterRun),
}

/// The automatic retry made for the run before, if any.
pub(crate) fn known_retry<'a>(run: &DagsterRun, group: &'a [DagsterRun]) -> Option<KnownRetry<'a>> {
    if let Some(run_id) = run.tag(AUTO_RETRY_RUN_ID_TAG) {
        return Some(KnownRetry::Named(run_id.to_owned()));
    }
    let child =
        group.iter().find(|other| other.parent_run_id.as_deref() == Some(run.run_id.as_str()))?;
    // A child without a number was made by hand.
    child.tag(RETRY_NUMBER_TAG).map(|_| KnownRetry::Child(child))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str, tags: &[(&str, &str)]) -> DagsterRun {
        let mut run = DagsterRun::new(id, "a_job");
        run.tags = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        run
    }

    #[test]
    fn a_retry_is_known_by_tag_or_as_a_numbered_child() {
        let failed = run("a", &[]);
        let child = |tags| DagsterRun { parent_run_id: Some("a".to_owned()), ..run("b", tags) };
        let by_daemon = [child(&[(RETRY_NUMBER_TAG, "1")])];
        assert_eq!(known_retry(&failed, &by_daemon), Some(KnownRetry::Child(&by_daemon[0])));
        assert_eq!(known_retry(&failed, &[child(&[])]), None);
        let tagged = run("a", &[(AUTO_RETRY_RUN_ID_TAG, "c")]);
        assert_eq!(known_retry(&tagged, &[]), Some(KnownRetry::Named("c".to_owned())));
    }

    #[test]
    fn an_unknown_strategy_is_told() {
        let with = |name| run("a", &[(RETRY_STRATEGY_TAG, name)]);
        assert_eq!(strategy(&with("ALL_STEPS")), Strategy::Use(ReexecutionStrategy::AllSteps));
        assert_eq!(strategy(&with("SOME")), Strategy::Unreadable("SOME".to_owned()));
    }
}
