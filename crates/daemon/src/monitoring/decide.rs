//! Timeouts of runs and what a sick run worker leads to. Pure; mirrors
//! `dagster/_daemon/monitoring/run_monitoring.py`.

use indexmap::IndexMap;
use rondel_launcher::{WorkerCondition, WorkerNotice};
use rondel_model::ids::RunId;
use rondel_model::run::DagsterRun;
use rondel_model::run::tags::MAX_RUNTIME_SECONDS_TAG;

/// One notice per run, the weightiest: an end before a dead end before a delay.
pub(crate) fn by_run(notices: Vec<WorkerNotice>) -> IndexMap<RunId, WorkerNotice> {
    let weight = |condition: &WorkerCondition| match condition {
        WorkerCondition::Ended => 2,
        WorkerCondition::Stuck => 1,
        WorkerCondition::Delayed => 0,
    };
    let mut by_run: IndexMap<RunId, WorkerNotice> = IndexMap::new();
    for notice in notices {
        match by_run.get_mut(&notice.run_id) {
            Some(known) if weight(&known.condition) > weight(&notice.condition) => {}
            Some(known) => *known = notice,
            None => drop(by_run.insert(notice.run_id.clone(), notice)),
        }
    }
    by_run
}

/// The other spelling of the tag, equal to the name of the setting.
const MAX_RUNTIME_SECONDS_SETTING_TAG: &str = "dagster/max_runtime_seconds";

/// How long a run may take.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum MaxRuntime {
    /// Without limit.
    Unlimited,
    /// So many seconds.
    Seconds(f64),
    /// A tag says something that is no number.
    Unreadable(String),
}

/// The limit of a run: its tag, else the setting; zero is no limit.
pub(crate) fn max_runtime(run: &DagsterRun, default_seconds: f64) -> MaxRuntime {
    let tag = run
        .tag(MAX_RUNTIME_SECONDS_TAG)
        .or_else(|| run.tag(MAX_RUNTIME_SECONDS_SETTING_TAG))
        .filter(|text| !text.is_empty());
    let seconds = match tag {
        None => default_seconds,
        Some(text) => match text.trim().parse::<f64>() {
            Ok(seconds) => seconds,
            Err(_) => return MaxRuntime::Unreadable(text.to_owned()),
        },
    };
    if seconds == 0.0 { MaxRuntime::Unlimited } else { MaxRuntime::Seconds(seconds) }
}

/// What the log says of a run that is canceled because it took longer than its limit.
pub(crate) fn canceling_overdue(seconds: i64) -> String {
    format!("Canceling due to exceeding maximum runtime of {seconds} seconds.")
}

/// The limit, if a run is being canceled for that reason.
pub(crate) fn overdue_by(message: &str) -> Option<i64> {
    let (_, rest) = message.split_once("exceeding maximum runtime of ")?;
    let seconds = rest.split(' ').next()?.parse().ok()?;
    (message == canceling_overdue(seconds)).then_some(seconds)
}

/// What to do with a run whose worker is not well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SickWorker {
    /// Launch another worker.
    Resume { attempt: i64 },
    /// Fail the run; resuming did not help so many times (`None`: it is not resumed at all).
    Fail { after_resumes: Option<i64> },
}

/// The consequence of a sick worker.
pub(crate) fn on_sick_worker(
    attempts_so_far: i64,
    max_attempts: i64,
    launcher_can_resume: bool,
) -> SickWorker {
    if attempts_so_far < max_attempts {
        return SickWorker::Resume { attempt: attempts_so_far + 1 };
    }
    let was_resumable = launcher_can_resume && max_attempts > 0;
    SickWorker::Fail { after_resumes: was_resumable.then_some(max_attempts) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(&[], MaxRuntime::Seconds(60.0))]
    #[case(&[("dagster/max_runtime", "2.5")], MaxRuntime::Seconds(2.5))]
    #[case(&[("dagster/max_runtime_seconds", "7")], MaxRuntime::Seconds(7.0))]
    #[case(&[("dagster/max_runtime", "0")], MaxRuntime::Unlimited)]
    #[case(&[("dagster/max_runtime", "soon")], MaxRuntime::Unreadable("soon".to_owned()))]
    fn a_tag_overrides_the_setting(#[case] tags: &[(&str, &str)], #[case] expected: MaxRuntime) {
        let mut run = DagsterRun::new("r", "j");
        run.tags = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        assert_eq!(max_runtime(&run, 60.0), expected);
    }

    #[test]
    fn a_run_canceled_for_its_runtime_is_told_by_its_log() {
        assert_eq!(overdue_by(&canceling_overdue(60)), Some(60));
        assert_eq!(overdue_by("Sending run termination request."), None);
        assert_eq!(overdue_by("exceeding maximum runtime of a day"), None);
    }

    #[test]
    fn of_many_notices_about_a_run_the_weightiest_counts() {
        let notice = |run: &str, condition, reason: &str| WorkerNotice {
            run_id: RunId::from(run),
            condition,
            reason: reason.to_owned(),
        };
        let notices = by_run(vec![
            notice("a", WorkerCondition::Delayed, "1"),
            notice("a", WorkerCondition::Ended, "2"),
            notice("b", WorkerCondition::Delayed, "3"),
            notice("a", WorkerCondition::Stuck, "4"),
            notice("b", WorkerCondition::Delayed, "5"),
        ]);
        let reasons: Vec<&str> = notices.values().map(|notice| notice.reason.as_str()).collect();
        assert_eq!(reasons, ["2", "5"]);
    }

    #[test]
    fn a_sick_worker_is_resumed_until_the_attempts_are_used_up() {
        assert_eq!(on_sick_worker(0, 2, true), SickWorker::Resume { attempt: 1 });
        assert_eq!(on_sick_worker(2, 2, true), SickWorker::Fail { after_resumes: Some(2) });
        assert_eq!(on_sick_worker(0, 0, true), SickWorker::Fail { after_resumes: None });
    }
}
