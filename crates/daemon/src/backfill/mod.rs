//! The backfill daemon: works off requested backfills, ends those being canceled or failing
//! (`dagster/_daemon/backfill.py`).
//!
//! An iteration starts one task for each backfill that has not ended; a backfill whose task has not
//! ended is left alone. The stored backfill is the memory: how far it came is written after the runs
//! it speaks of, and runs have ids derived from backfill and partition ([`run_id`]), so that an
//! interrupted iteration goes on with the same runs. An error that may pass leaves the backfill
//! requested, up to a number of times; any other one has its runs canceled and the backfill failed.

mod asset;
mod cancel;
mod failure;
mod job;

use rondel_model::backfill::{BulkActionStatus, PartitionBackfill};
use rondel_model::ids::RunId;
use rondel_model::serdes::sha1_hex;
use rondel_storage::{BackfillsFilter, StorageError};

use crate::DaemonError;
use crate::context::{Context, Pace};
use crate::flight::InFlight;

/// Seconds between two iterations, Dagster's default for daemons.
pub(crate) const INTERVAL: f64 = 30.0;

/// The statuses in which there is something to do.
const UNFINISHED: [BulkActionStatus; 3] =
    [BulkActionStatus::Requested, BulkActionStatus::Canceling, BulkActionStatus::Failing];

/// The backfill daemon between iterations.
pub(crate) struct BackfillDaemon {
    context: Context,
    assets: asset::Graphs,
    in_flight: InFlight<Result<(), DaemonError>>,
}

impl BackfillDaemon {
    pub(crate) fn new(context: Context) -> Self {
        Self { context, assets: asset::Graphs::default(), in_flight: InFlight::new() }
    }

    /// One iteration. Tasks it started may go on after it.
    pub(crate) async fn iterate(&mut self) -> Result<(), DaemonError> {
        while let Some((backfill_id, ended)) = self.in_flight.try_next() {
            self.note(&backfill_id, ended);
        }
        let filter =
            BackfillsFilter { statuses: UNFINISHED.to_vec(), ..BackfillsFilter::default() };
        let mut backfills =
            self.context.storage().backfills().get_backfills(&filter, None, None).await?;
        backfills.sort_by(|a, b| a.backfill_timestamp.total_cmp(&b.backfill_timestamp));
        for backfill in backfills {
            let backfill_id = backfill.backfill_id;
            if self.in_flight.contains(&backfill_id) {
                continue;
            }
            let work = work_off(self.context.clone(), self.assets.clone(), backfill_id.clone());
            self.in_flight.spawn(backfill_id, Box::pin(work));
            if self.context.pace == Pace::OneByOne {
                self.finish().await;
            }
        }
        Ok(())
    }

    /// Waits until one of the backfills being worked off rests; for ever when there is none.
    pub(crate) async fn one_ended(&mut self) {
        match self.in_flight.next().await {
            Some((backfill_id, ended)) => self.note(&backfill_id, ended),
            None => std::future::pending().await,
        }
    }

    /// Waits for all tasks.
    pub(crate) async fn finish(&mut self) {
        while let Some((backfill_id, ended)) = self.in_flight.next().await {
            self.note(&backfill_id, ended);
        }
    }

    /// Ends all tasks where they are; the next iteration goes on from what is stored.
    pub(crate) async fn abandon(&mut self) {
        self.in_flight.abandon().await;
    }

    fn note(&self, backfill_id: &str, ended: Result<Result<(), DaemonError>, DaemonError>) {
        if let Err(error) = ended.and_then(|result| result) {
            let headline = format!("BackfillDaemon caught an error for backfill {backfill_id}");
            self.context.report(&headline, &error);
        }
    }
}

/// One iteration of one backfill, and what its failure leads to.
async fn work_off(
    context: Context,
    assets: asset::Graphs,
    backfill_id: String,
) -> Result<(), DaemonError> {
    // Read again: it may have ended meanwhile.
    let backfill = current(&context, &backfill_id).await?;
    if backfill.status.is_finished() {
        return Ok(());
    }
    let is_asset_backfill =
        backfill.asset_backfill_data.is_some() || backfill.serialized_asset_backfill_data.is_some();
    let result = if is_asset_backfill {
        Box::pin(asset::iterate(&context, &assets, backfill)).await
    } else {
        Box::pin(job::iterate(&context, backfill)).await
    };
    match result {
        Ok(()) => Ok(()),
        Err(error) => failure::settle(&context, &backfill_id, error).await,
    }
}

/// The backfill as it is stored now.
async fn current(context: &Context, backfill_id: &str) -> Result<PartitionBackfill, DaemonError> {
    let backfill = context.storage().backfills().get_backfill(backfill_id).await?;
    backfill.ok_or_else(|| {
        StorageError::NotPresent { kind: "backfill", id: backfill_id.to_owned() }.into()
    })
}

/// Stores a backfill.
async fn store(context: &Context, backfill: &PartitionBackfill) -> Result<(), DaemonError> {
    Ok(context.storage().backfills().update_backfill(backfill).await?)
}

/// The id of the run that a backfill makes for a piece of its work: always the same, so that a run
/// made just before a crash is found instead of made twice. A UUID of version 4 in form.
fn run_id(backfill_id: &str, piece: &str) -> RunId {
    let digest = sha1_hex(&format!("rondel backfill run\n{backfill_id}\n{piece}"));
    let variant = match digest.as_bytes()[16] {
        b'0'..=b'3' => '8',
        b'4'..=b'7' => '9',
        b'8' | b'9' | b'a' | b'b' => 'a',
        _ => 'b',
    };
    let text = format!(
        "{}-{}-4{}-{variant}{}-{}",
        &digest[..8],
        &digest[8..12],
        &digest[13..16],
        &digest[17..20],
        &digest[20..32]
    );
    RunId::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_of_a_backfill_has_one_run_id() {
        let id = run_id("abcdefgh", "2024-01-01");
        assert_eq!(id, run_id("abcdefgh", "2024-01-01"));
        assert_ne!(id, run_id("abcdefgh", "2024-01-02"));
        assert_ne!(id, run_id("abcdefgi", "2024-01-01"));
        let groups: Vec<usize> = id.as_str().split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
    }
}
