//! Which queued runs may be launched. Pure; mirrors `QueuedRunCoordinatorDaemon`.
//!
//! Runs come in pages, oldest first. After each page the batch (what was kept so far plus the page) is
//! sorted by priority and filtered anew by tag limits, pools and paused locations, then cut to the
//! free places, so that memory is bounded by the places plus one page.

use std::collections::{BTreeMap, HashSet};

use rondel_instance::config::TagConcurrencyLimit;
use rondel_model::run::tags::PRIORITY_TAG;
use rondel_model::run::{DagsterRun, RunRecord};

use super::pools::{PoolCounter, PoolRules, PoolView};
use super::tags::TagCounter;

/// What decides over a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QueueRules<'a> {
    pub(crate) tag_limits: &'a [TagConcurrencyLimit],
    /// `None` when pools do not hold runs back.
    pub(crate) pools: Option<PoolRules>,
    /// Free places; `None` when their number is not limited.
    pub(crate) places: Option<usize>,
}

/// A run held back by its pools.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HeldBack {
    pub(crate) run_id: String,
    pub(crate) explanation: serde_json::Value,
}

/// Adds a page of queued runs to the batch and filters it.
pub(crate) fn admit_page(
    batch: Vec<DagsterRun>,
    page: Vec<DagsterRun>,
    rules: QueueRules<'_>,
    in_progress: &[RunRecord],
    pools: &BTreeMap<String, PoolView>,
    paused_locations: &HashSet<String>,
    now: f64,
) -> (Vec<DagsterRun>, Vec<HeldBack>) {
    let mut tag_counter =
        TagCounter::new(rules.tag_limits, in_progress.iter().map(|record| &record.run));
    let mut pool_counter =
        rules.pools.map(|pool_rules| PoolCounter::new(pool_rules, pools, in_progress, now));

    let mut candidates = batch;
    candidates.extend(page);
    candidates.sort_by_key(|run| std::cmp::Reverse(priority(run)));

    let mut held_back = Vec::new();
    candidates.retain(|run| {
        if tag_counter.is_blocked(run) {
            return false;
        }
        tag_counter.add(run);
        if let Some(counter) = &mut pool_counter {
            if counter.is_blocked(run) {
                held_back.push(HeldBack {
                    run_id: run.run_id.to_string(),
                    explanation: counter.explain(run),
                });
                return false;
            }
            counter.add(run);
        }
        // Counted above although it stays: Dagster does so, and the location is paused only shortly.
        !run.location_name().is_some_and(|location| paused_locations.contains(location))
    });
    if let Some(places) = rules.places {
        candidates.truncate(places);
    }
    (candidates, held_back)
}

/// The priority tag as Python's `int()` reads it; anything else counts as 0.
fn priority(run: &DagsterRun) -> i64 {
    let text = run.tag(PRIORITY_TAG).unwrap_or("0").trim();
    text.strip_prefix('+').unwrap_or(text).parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rondel_instance::config::{PoolGranularity, TagLimitValue};
    use rondel_model::ids::UnixTime;
    use rondel_model::run::{RunOpConcurrency, RunStatus};

    fn run(id: &str, tags: &[(&str, &str)]) -> DagsterRun {
        let mut run = DagsterRun::new(id, "a_job").with_status(RunStatus::Queued);
        run.tags = tags.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        run
    }

    fn pooled(id: &str, pool: &str) -> DagsterRun {
        DagsterRun {
            run_op_concurrency: Some(RunOpConcurrency {
                root_key_counts: [(pool.to_owned(), 1)].into_iter().collect(),
                ..RunOpConcurrency::default()
            }),
            ..run(id, &[])
        }
    }

    fn record(run: DagsterRun) -> RunRecord {
        RunRecord {
            storage_id: 1,
            run: run.with_status(RunStatus::Starting),
            create_timestamp: UnixTime(0.0),
            update_timestamp: UnixTime(0.0),
            start_time: None,
            end_time: None,
        }
    }

    fn admit(page: Vec<DagsterRun>, rules: QueueRules<'_>, busy: &[RunRecord]) -> Vec<String> {
        let pools: BTreeMap<String, PoolView> =
            [("db".to_owned(), PoolView { slots: 2, pending_step_runs: Vec::new() })].into();
        let (batch, _) = admit_page(Vec::new(), page, rules, busy, &pools, &HashSet::new(), 0.0);
        batch.iter().map(|run| run.run_id.to_string()).collect()
    }

    const NO_RULES: QueueRules<'static> = QueueRules { tag_limits: &[], pools: None, places: None };

    #[test]
    fn higher_priority_goes_first_and_equal_priority_keeps_its_order() {
        let page = vec![
            run("a", &[]),
            run("b", &[(PRIORITY_TAG, "3")]),
            run("c", &[(PRIORITY_TAG, "-1")]),
            run("d", &[(PRIORITY_TAG, "high")]),
        ];
        assert_eq!(admit(page, QueueRules { places: Some(3), ..NO_RULES }, &[]), ["b", "a", "d"]);
    }

    #[test]
    fn tag_limits_count_runs_in_progress_and_runs_admitted() {
        let limit = |value, limit| TagConcurrencyLimit { key: "db".to_owned(), value, limit };
        let page =
            || vec![run("a", &[("db", "x")]), run("b", &[("db", "x")]), run("c", &[("db", "y")])];
        let busy = [record(run("z", &[("db", "x")]))];

        let total = [limit(None, 2)];
        let rules = QueueRules { tag_limits: &total, ..NO_RULES };
        assert_eq!(admit(page(), rules, &busy), ["a"]);

        let each = [limit(Some(TagLimitValue::PerUniqueValue { apply: true }), 2)];
        let rules = QueueRules { tag_limits: &each, ..NO_RULES };
        assert_eq!(admit(page(), rules, &busy), ["a", "c"]);

        let exactly = [limit(Some(TagLimitValue::Exactly("x".to_owned())), 1)];
        let rules = QueueRules { tag_limits: &exactly, ..NO_RULES };
        assert_eq!(admit(page(), rules, &busy), ["c"]);
    }

    #[test]
    fn a_pool_admits_as_many_runs_as_it_has_free_slots() {
        let pools =
            PoolRules { granularity: PoolGranularity::Op, buffer: 0, seconds_to_claim: 5.0 };
        let rules = QueueRules { pools: Some(pools), ..NO_RULES };
        let page = || vec![pooled("a", "db"), pooled("b", "db"), pooled("c", "other")];
        assert_eq!(admit(page(), rules, &[]), ["a", "b", "c"]);
        assert_eq!(admit(page(), rules, &[record(pooled("z", "db"))]), ["a", "c"]);
    }
}
