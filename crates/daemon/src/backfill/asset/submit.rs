//! Submitting the runs a backfill has reserved, chunk by chunk
//! (`_submit_runs_and_update_backfill_in_chunks`).

use futures::StreamExt;
use rondel_backfill::{Progress, requested_by};
use rondel_model::backfill::{BulkActionStatus, PartitionBackfill};
use rondel_model::instigation::RunRequest;
use rondel_model::run::tags::BACKFILL_ID_TAG;
use rondel_model::serdes::Map;

use super::super::{current, store};
use super::Scene;
use crate::DaemonError;
use crate::asset::{Plans, submit_run};
use crate::context::Pace;

/// Runs submitted between two looks at whether the backfill was canceled.
const CHUNK_SIZE: usize = 25;

/// Submits what is reserved. After each chunk, and before an error is returned, what was submitted is
/// written down.
pub(super) async fn submit_all(
    scene: &Scene<'_>,
    backfill: PartitionBackfill,
) -> Result<(), DaemonError> {
    let Scene { context, graph, backfill_id, started, .. } = scene;
    let mut progress = Progress::of_backfill(&backfill, &graph.backfill, started)?;
    let mut left = left_of(backfill.submitting_run_requests, backfill.reserved_run_ids);
    let setting = std::env::var("DAGSTER_ASSET_BACKFILL_RUN_CHUNK_SIZE").ok();
    let size = setting.and_then(|text| text.parse().ok()).unwrap_or(CHUNK_SIZE).max(1);
    let mut plans = Plans::default();
    let mut place = 0;
    while !left.is_empty() {
        let rest = left.split_off(size.min(left.len()));
        let chunk = std::mem::replace(&mut left, rest);
        let count = chunk.len();
        let (submitted, mut failed, error) =
            submit_chunk(scene, &mut plans, chunk, &backfill.tags, place).await;
        place += count;
        progress
            .requested
            .add_all(&requested_by(&submitted, &graph.backfill, started)?, started)?;
        failed.append(&mut left);
        left = failed;
        let mut stored = current(context, backfill_id).await?;
        progress.store_in(&mut stored, &graph.backfill, started)?;
        stored.submitting_run_requests = left.iter().map(|run| run.request.clone()).collect();
        stored.reserved_run_ids = left.iter().filter_map(|run| run.run_id.clone()).collect();
        store(context, &stored).await?;
        if let Some(error) = error {
            return Err(error);
        }
        if stored.status != BulkActionStatus::Requested {
            break;
        }
    }
    Ok(())
}

/// A run to submit, with its id.
struct Reserved {
    request: RunRequest,
    run_id: Option<String>,
}

fn left_of(requests: Vec<RunRequest>, ids: Vec<String>) -> Vec<Reserved> {
    let ids = ids.into_iter().map(Some).chain(std::iter::repeat(None));
    requests.into_iter().zip(ids).map(|(request, run_id)| Reserved { request, run_id }).collect()
}

/// The requests submitted, those that were not, and the first error.
async fn submit_chunk(
    scene: &Scene<'_>,
    plans: &mut Plans,
    chunk: Vec<Reserved>,
    tags: &Map<String>,
    place: usize,
) -> (Vec<RunRequest>, Vec<Reserved>, Option<DaemonError>) {
    let Scene { context, graph, backfill_id, .. } = scene;
    let of_backfill = |request: &RunRequest| {
        let mut request = request.clone();
        request.tags.extend(tags.clone());
        request.tags.insert(BACKFILL_ID_TAG.to_owned(), (*backfill_id).to_owned());
        request
    };
    let requests: Vec<RunRequest> = chunk.iter().map(|run| of_backfill(&run.request)).collect();
    if let Err(error) = plans.fetch(context, &graph.automation, &requests).await {
        return (Vec::new(), chunk, Some(error));
    }
    let (at_once, stops_at_error) = match context.pace {
        Pace::Concurrent { submissions } => (submissions.max(1), false),
        Pace::OneByOne => (1, true),
    };
    let plans = &*plans;
    let mut work = Vec::with_capacity(chunk.len());
    for (index, (run, request)) in chunk.iter().zip(requests).enumerate() {
        work.push(Box::pin(async move {
            let run_id = run.run_id.as_deref();
            submit_run(context, &graph.automation, plans, run_id, &request, place + index).await
        }));
    }
    let mut results = Vec::with_capacity(chunk.len());
    let mut submissions = futures::stream::iter(work).buffered(at_once);
    while let Some(result) = submissions.next().await {
        let stops = stops_at_error && result.is_err();
        results.push(result);
        if stops {
            break;
        }
    }
    drop(submissions);
    let mut results = results.into_iter();
    let (mut submitted, mut failed, mut error) = (Vec::new(), Vec::new(), None);
    for run in chunk {
        match results.next() {
            Some(Ok(())) => submitted.push(run.request),
            Some(Err(met)) => {
                error = error.or(Some(met));
                failed.push(run);
            }
            None => failed.push(run),
        }
    }
    (submitted, failed, error)
}
