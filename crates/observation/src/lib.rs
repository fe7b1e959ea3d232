//! Reads from the stores what automation conditions ask for: the "observe" before `rondel-automation`
//! decides.
//!
//! One statement per kind of fact, whatever the number of assets. Only what depends on an event id of its
//! own (partitions updated since the last tick, data versions before it) is read asset by asset, and only
//! for assets that were updated: the cost grows with what changed. The id of the latest event is read
//! first, so that what happens meanwhile counts for the next tick at the latest.
//!
//! [`stale`] tells how up to date assets are, for the daemons and the API alike.

mod assets;
mod checks;
pub mod data_time;
mod data_versions;
mod error;
mod partitions;
mod runs;
pub mod stale;
mod status;
pub mod versions;

pub use error::{ObservationError, Result};
pub use status::read_partition_statuses;

use data_time::DataTimeResolver;
use rondel_automation::{AutomationGraph, DataTimes, Needs, Observation};
use rondel_model::backfill::BulkActionStatus;
use rondel_partitions::Context;
use rondel_storage::{BackfillsFilter, Storage};

use runs::WantedRuns;

/// Reads what is needed as of now; conditions will be evaluated for `time` (Unix seconds).
///
/// # Errors
/// Database errors, an unreadable event.
pub async fn observe(
    storage: &Storage,
    graph: &AutomationGraph,
    needs: &Needs,
    time: f64,
) -> Result<Observation> {
    let last = storage.events().get_maximum_record_id().await?;
    read(storage, graph, needs, time, (last, None)).await
}

/// As [`observe`], with updates counted up to an event only (`enforce_event_id_upper_bound`): later ones
/// are left to the next tick.
///
/// # Errors
/// As [`observe`].
pub async fn observe_until(
    storage: &Storage,
    graph: &AutomationGraph,
    needs: &Needs,
    time: f64,
    last: Option<i64>,
) -> Result<Observation> {
    read(storage, graph, needs, time, (last, last)).await
}

async fn read(
    storage: &Storage,
    graph: &AutomationGraph,
    needs: &Needs,
    time: f64,
    (last, until): (Option<i64>, Option<i64>),
) -> Result<Observation> {
    let mut observed = Observation {
        last_event_id: last,
        partitions: dynamic_partitions(storage, needs, time).await?,
        ..Observation::default()
    };
    let mut wanted = WantedRuns::default();
    let rows = assets::observe(storage, graph, needs, &mut observed, &mut wanted).await?;
    if let Some(until) = until {
        assets::observe_earlier(storage, graph, &mut observed, until).await?;
    }
    checks::observe(storage, needs, &mut observed, &mut wanted).await?;
    let context = &observed.partitions;
    let status =
        status::partition_status(storage, graph, &needs.partition_status, &rows, context).await?;
    for (key, status) in status {
        observed.assets.entry(key).or_default().partition_status = Some(status);
    }
    partitions::observe(storage, graph, needs, until, &mut observed, &mut wanted).await?;
    data_versions::observe(storage, graph, needs, &mut observed).await?;
    observed.runs = wanted.read(storage).await?;
    runs::observe_planned(storage, needs, &mut observed).await?;
    assets::observe_failures(storage, needs, &mut observed).await?;
    let asked = needs.data_times.iter().chain(&needs.current_data_times);
    let mut resolver = DataTimeResolver::new(storage, graph.assets(), time);
    for key in asked {
        let times = match needs.data_times.contains(key) {
            true => resolver.all(key).await?,
            false => DataTimes { current: resolver.current(key).await?, ..DataTimes::default() },
        };
        observed.assets.entry(key.clone()).or_default().data_times = Some(times);
    }
    if needs.backfills {
        let statuses = vec![BulkActionStatus::Requested];
        let filter = BackfillsFilter { statuses, ..BackfillsFilter::default() };
        let backfills = storage.backfills().get_backfills(&filter, None, None).await?;
        observed.backfills =
            backfills.into_iter().filter_map(|backfill| backfill.asset_backfill_data).collect();
    }
    Ok(observed)
}

async fn dynamic_partitions(storage: &Storage, needs: &Needs, time: f64) -> Result<Context> {
    let mut context = Context::at(time);
    for name in &needs.dynamic_partitions {
        let keys = storage.dynamic_partitions().get(name).await?;
        context = context.with_dynamic_keys(name, keys);
    }
    Ok(context)
}
