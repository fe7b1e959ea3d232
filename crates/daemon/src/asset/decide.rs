//! Which tick an evaluation continues, and what it comes to. Pure; mirrors
//! `_async_process_auto_materialize_tick` of `dagster/_daemon/asset_daemon.py`.

use std::sync::Arc;

use rondel_automation::{
    AutomationGraph, DaemonCursor, EvaluationTexts, ManyPartitions, Memory, NodeResult,
    Observation, Tick as Evaluation, View, observe_requests, run_requests,
};
use rondel_model::ids::AssetKey;
use rondel_model::instigation::{RunRequest, Tick, TickStatus};
use rondel_model::serdes::Map;
use rondel_storage::AssetEvaluation;

use super::group::Entities;
use crate::sensor::evaluations;
use crate::ticks;

/// An interrupted tick older than this is not taken up again, in seconds: what it asked for may not be
/// right any more.
const MAX_TIME_TO_RESUME: f64 = 86_400.0;

/// What to do with the previous tick before a new evaluation.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Continuation {
    /// It was interrupted while submitting: go on with it.
    Resume,
    /// It failed while submitting: a new tick takes its reserved runs over.
    Retry,
    /// Begin a new tick.
    Fresh {
        /// The id of an evaluation that was begun but left no cursor; it is made again.
        evaluation_id: Option<i64>,
        consecutive_failures: i64,
        /// Whether the previous tick hangs and is to be marked skipped.
        abandons: bool,
    },
}

/// The id of a tick's evaluations: its own, unless it repeats another's.
pub(super) fn evaluation_id(tick: &Tick) -> i64 {
    tick.tick_data.auto_materialize_evaluation_id.unwrap_or(tick.tick_id)
}

/// How an evaluation continues from the latest tick.
///
/// A cursor that is not the tick's own means that the tick ended before it could write one, so that no
/// run was made either: everything may be evaluated again.
pub(super) fn continuation(
    latest: Option<&Tick>,
    cursor: &DaemonCursor,
    max_retries: i64,
    now: f64,
) -> Continuation {
    let Some(latest) = latest else {
        return Continuation::Fresh {
            evaluation_id: None,
            consecutive_failures: 0,
            abandons: false,
        };
    };
    let data = &latest.tick_data;
    let is_recent = now - data.timestamp <= MAX_TIME_TO_RESUME;
    let wrote_cursor = evaluation_id(latest) == cursor.evaluation_id();
    if is_recent && wrote_cursor {
        match data.status {
            TickStatus::Started => return Continuation::Resume,
            TickStatus::Failure if data.failure_count <= max_retries => return Continuation::Retry,
            _ => {}
        }
    }
    Continuation::Fresh {
        evaluation_id: (is_recent && !wrote_cursor).then(|| evaluation_id(latest)),
        consecutive_failures: ticks::consecutive_failures(Some(data)),
        abandons: data.status == TickStatus::Started && !(is_recent && wrote_cursor),
    }
}

/// What is evaluated, and how its requests are marked.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) entities: Arc<Entities>,
    pub(super) evaluation_id: i64,
    pub(super) run_tags: Map<String>,
    pub(super) observe_tags: Map<String>,
    pub(super) many: ManyPartitions,
}

/// What a tick comes to.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) requests: Vec<RunRequest>,
    pub(super) cursor: DaemonCursor,
    /// Entities of which something is requested, with how much.
    pub(super) requested: Vec<(String, u64)>,
}

/// Evaluates the conditions and makes requests of what they ask for. `tell` gets the evaluations that
/// differ from the last ones or ask for something, as they are made, without runs.
pub(super) fn answer(
    memory: &mut Memory,
    graph: &Arc<AutomationGraph>,
    observed: &Arc<Observation>,
    cursor: &Arc<DaemonCursor>,
    question: &Question,
    now: f64,
    tell: &mut dyn FnMut(AssetEvaluation) -> rondel_automation::Result<()>,
) -> rondel_automation::Result<Answer> {
    let time = observed.time();
    let tick = Evaluation {
        graph,
        observed,
        cursor,
        evaluation_id: question.evaluation_id,
        timestamp: now,
    };
    let observations =
        observe_requests(graph, &question.entities.observed, cursor, time, &question.observe_tags)?;
    let keys = &question.entities.conditioned;
    let mut requested = Vec::new();
    let mut texts = EvaluationTexts::new(&tick);
    let mut each = |node: NodeResult| {
        let key = &*node.true_subset.key;
        let before = cursor.of(key).map(|cursor| cursor.result_value_hash());
        let is_empty = node.true_subset.is_empty();
        if !is_empty {
            let size = node.true_subset.size(&observed.partitions)?;
            requested.push((key.to_user_string(), size));
        }
        if is_empty && before.is_some_and(|before| node.value_hash == *before) {
            return Ok(());
        }
        let subset = node.stored_true_subset(&tick)?;
        tell(evaluations::row_of_text(&subset, |body| texts.write(&node, body))?)
    };
    let result =
        memory.evaluate(graph, observed, cursor, (tick.evaluation_id, now), keys, &mut each)?;
    let view = View { graph, observed };
    let mut requests = run_requests(view, &result.requested, &question.run_tags, question.many)?;

    let assets = observations.iter().filter_map(|request| request.asset_selection.as_ref());
    let newly_observed: Vec<AssetKey> = assets.flatten().cloned().collect();
    let new_cursor = result.cursor(&tick, question.evaluation_id, &newly_observed, time);
    requests.extend(observations);

    Ok(Answer { requests, cursor: new_cursor, requested })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::tick_data;
    use rondel_model::serdes::Extra;
    use rstest::rstest;

    fn tick(status: TickStatus, timestamp: f64, failures: i64) -> Tick {
        let mut tick_data = tick_data("an_automation", status, timestamp);
        tick_data.failure_count = failures;
        Tick { tick_id: 7, tick_data, extra: Extra::default() }
    }

    fn fresh(id: Option<i64>, consecutive_failures: i64, abandons: bool) -> Continuation {
        Continuation::Fresh { evaluation_id: id, consecutive_failures, abandons }
    }

    #[rstest]
    #[case::interrupted_after_the_cursor(
        7,
        tick(TickStatus::Started, 90.0, 0),
        Continuation::Resume
    )]
    #[case::interrupted_before(6, tick(TickStatus::Started, 90.0, 0), fresh(Some(7), 0, true))]
    #[case::failed_after_the_cursor(7, tick(TickStatus::Failure, 90.0, 1), Continuation::Retry)]
    #[case::failed_too_often(7, tick(TickStatus::Failure, 90.0, 4), fresh(None, 4, false))]
    #[case::failed_before(6, tick(TickStatus::Failure, 90.0, 1), fresh(Some(7), 1, false))]
    #[case::long_ago(7, tick(TickStatus::Started, -90_000.0, 0), fresh(None, 0, true))]
    #[case::done(7, tick(TickStatus::Success, 90.0, 0), fresh(None, 0, false))]
    fn a_tick_is_continued_from_where_its_cursor_is(
        #[case] cursor: i64,
        #[case] latest: Tick,
        #[case] expected: Continuation,
    ) {
        let cursor = DaemonCursor::empty(cursor);
        assert_eq!(continuation(Some(&latest), &cursor, 3, 100.0), expected);
    }
}
