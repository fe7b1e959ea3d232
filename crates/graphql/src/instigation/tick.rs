//! Ticks: what happened at each evaluation of a schedule or sensor.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use indexmap::IndexSet;
use rondel_instance::compute_logs::LogStream;
use rondel_model::{
    ids::AssetKey as ModelAssetKey,
    instigation::{self as model, Tick},
};

use super::{
    dry_run::DynamicPartitionsRequestType, loaders::LatestTicksKey, requested,
    state::InstigationType,
};
use crate::{
    common::AssetKey,
    context::ContextExt,
    errors::{PythonError, ResolverError},
    logs::LogLevel,
    runs::{Run, load_runs},
    workspace::InstigatorIds,
};

/// Most ticks per answer (`DAGSTER_MAX_TICKS_QUERY_LIMIT`).
const MOST_TICKS: usize = 1_000;
const SECONDS_PER_DAY: f64 = 86_400.0;

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
#[graphql(remote = "model::TickStatus")]
pub(crate) enum InstigationTickStatus {
    Started,
    Skipped,
    Success,
    Failure,
}

#[derive(SimpleObject)]
pub(crate) struct InstigationEvent {
    pub(crate) message: String,
    pub(crate) timestamp: String,
    pub(crate) level: LogLevel,
}

#[derive(SimpleObject, Default)]
pub(crate) struct InstigationEventConnection {
    pub(crate) events: Vec<InstigationEvent>,
    pub(crate) cursor: String,
    pub(crate) has_more: bool,
}

#[derive(SimpleObject)]
pub(crate) struct RequestedMaterializationsForAsset {
    asset_key: AssetKey,
    partition_keys: Vec<String>,
}

#[derive(SimpleObject)]
pub(crate) struct RequestedRunsForJob {
    job_name: String,
    partition_keys: Vec<String>,
}

#[derive(SimpleObject)]
pub(crate) struct DynamicPartitionsRequestResult {
    partition_keys: Option<Vec<String>>,
    partitions_def_name: String,
    #[graphql(name = "type")]
    kind: DynamicPartitionsRequestType,
    skipped_partition_keys: Vec<String>,
}

/// One evaluation of a schedule or sensor.
pub(crate) struct InstigationTick(Arc<Tick>);

impl InstigationTick {
    pub(crate) fn new(tick: Arc<Tick>) -> Self {
        Self(tick)
    }

    fn data(&self) -> &model::TickData {
        &self.0.tick_data
    }

    /// Microseconds, the precision of the column, so that a tick has one id however it was read.
    fn seconds(&self) -> f64 {
        (self.data().timestamp * 1e6).round() / 1e6
    }
}

#[Object]
impl InstigationTick {
    async fn id(&self) -> ID {
        let time = rondel_model::serdes::float_repr(self.seconds());
        format!("{}:{time}", self.data().instigator_origin_id).into()
    }

    async fn tick_id(&self) -> ID {
        self.0.tick_id.to_string().into()
    }

    async fn status(&self) -> InstigationTickStatus {
        self.data().status.into()
    }

    async fn timestamp(&self) -> f64 {
        self.seconds()
    }

    async fn run_ids(&self) -> &[String] {
        &self.data().run_ids
    }

    async fn run_keys(&self) -> &[String] {
        &self.data().run_keys
    }

    async fn error(&self) -> Option<PythonError> {
        self.data().error.as_ref().map(PythonError::from)
    }

    async fn skip_reason(&self) -> Option<&str> {
        self.data().skip_reason.as_deref()
    }

    async fn cursor(&self) -> Option<&str> {
        self.data().cursor.as_deref()
    }

    async fn runs(&self, ctx: &Context<'_>) -> Result<Vec<Run>> {
        let data = self.data();
        let ids = if data.origin_run_ids.is_empty() { &data.run_ids } else { &data.origin_run_ids };
        // Backfills have shorter ids than runs.
        let ids: Vec<String> = ids.iter().filter(|id| is_run_id(id)).cloned().collect();
        let mut found = load_runs(ctx, ids.clone()).await?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    async fn origin_run_ids(&self) -> &[String] {
        &self.data().origin_run_ids
    }

    async fn log_key(&self) -> Option<&[String]> {
        self.data().log_key.as_deref()
    }

    async fn log_events(&self, ctx: &Context<'_>) -> Result<InstigationEventConnection> {
        match &self.data().log_key {
            Some(log_key) if !log_key.is_empty() => Ok(captured_events(ctx, log_key).await?),
            _ => Ok(InstigationEventConnection::default()),
        }
    }

    async fn dynamic_partitions_request_results(&self) -> Vec<DynamicPartitionsRequestResult> {
        let results = self.data().dynamic_partitions_request_results.iter();
        let result =
            |result: &model::DynamicPartitionsRequestResult| DynamicPartitionsRequestResult {
                kind: if result.added_partitions.is_some() {
                    DynamicPartitionsRequestType::AddPartitions
                } else {
                    DynamicPartitionsRequestType::DeletePartitions
                },
                partition_keys: result
                    .added_partitions
                    .clone()
                    .or_else(|| result.deleted_partitions.clone()),
                partitions_def_name: result.partitions_def_name.clone(),
                skipped_partition_keys: result.skipped_partitions.clone(),
            };
        results.map(result).collect()
    }

    async fn end_timestamp(&self) -> Option<f64> {
        self.data().end_timestamp
    }

    async fn requested_asset_keys(&self) -> Vec<AssetKey> {
        requested::assets(self.data()).into_keys().map(AssetKey::from).collect()
    }

    async fn requested_asset_materialization_count(&self) -> i32 {
        i32::try_from(requested::materialization_count(self.data())).unwrap_or(i32::MAX)
    }

    async fn requested_materializations_for_assets(
        &self,
    ) -> Vec<RequestedMaterializationsForAsset> {
        let requested = requested::assets(self.data()).into_iter();
        let entry = |(key, partitions): (&ModelAssetKey, IndexSet<String>)| {
            RequestedMaterializationsForAsset {
                asset_key: key.into(),
                partition_keys: partitions.into_iter().collect(),
            }
        };
        requested.map(entry).collect()
    }

    async fn requested_job_run_count(&self) -> i32 {
        i32::try_from(requested::job_runs(self.data()).count()).unwrap_or(i32::MAX)
    }

    async fn requested_runs_for_jobs(&self) -> Vec<RequestedRunsForJob> {
        let mut by_job: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (job, partition) in requested::job_runs(self.data()) {
            by_job.entry(job).or_default().extend(partition);
        }
        let entry = |(job, partitions): (&str, BTreeSet<&str>)| RequestedRunsForJob {
            job_name: job.to_owned(),
            partition_keys: partitions.into_iter().map(str::to_owned).collect(),
        };
        by_job.into_iter().map(entry).collect()
    }

    async fn auto_materialize_asset_evaluation_id(&self) -> Option<ID> {
        Some(
            self.data().auto_materialize_evaluation_id.unwrap_or(self.0.tick_id).to_string().into(),
        )
    }

    async fn instigation_type(&self) -> InstigationType {
        self.data().instigator_type.into()
    }
}

/// Which ticks a client asks for.
pub(crate) struct TicksFilter {
    pub(crate) day_range: Option<i32>,
    pub(crate) day_offset: Option<i32>,
    pub(crate) limit: Option<i32>,
    pub(crate) cursor: Option<String>,
    pub(crate) statuses: Option<Vec<InstigationTickStatus>>,
    pub(crate) before_timestamp: Option<f64>,
    pub(crate) after_timestamp: Option<f64>,
}

/// The ticks of one instigator, newest first. Mirrors `get_instigation_ticks`.
pub(crate) async fn fetch_ticks(
    ctx: &Context<'_>,
    ids: &InstigatorIds,
    filter: TicksFilter,
) -> std::result::Result<Vec<InstigationTick>, ResolverError> {
    let limit = filter
        .limit
        .and_then(|limit| usize::try_from(limit).ok())
        .map_or(MOST_TICKS, |l| l.min(MOST_TICKS));
    let days = |days: i32| f64::from(days) * SECONDS_PER_DAY;
    let offset = filter.day_offset.filter(|offset| *offset != 0);
    let before = filter.before_timestamp.or_else(|| match (offset, &filter.cursor) {
        (Some(offset), _) => Some(ctx.now() - days(offset)),
        // A cursor is a tick's id, which ends with its time.
        (None, Some(cursor)) => cursor.rsplit(':').next().and_then(|time| time.parse().ok()),
        (None, None) => None,
    });
    let range = filter.day_range.filter(|range| *range != 0);
    let after = filter
        .after_timestamp
        .or_else(|| range.map(|range| ctx.now() - days(range + offset.unwrap_or(0))));
    let statuses: Vec<model::TickStatus> =
        filter.statuses.into_iter().flatten().map(Into::into).collect();
    let ticks = if before.is_none() && after.is_none() && statuses.is_empty() {
        let key = LatestTicksKey { selector_id: ids.selector_id.clone(), limit };
        ctx.loader().load_one(key).await?.unwrap_or_default()
    } else {
        let query = rondel_storage::TicksQuery { before, after, limit: Some(limit), statuses };
        let ticks =
            ctx.storage().schedules().get_ticks(&ids.origin_id, &ids.selector_id, &query).await?;
        ticks.into_iter().map(Arc::new).collect()
    };
    Ok(ticks.into_iter().map(InstigationTick::new).collect())
}

/// Whether the text is a UUID, as run ids are and backfill ids are not.
fn is_run_id(text: &str) -> bool {
    let hex = text.bytes().filter(u8::is_ascii_hexdigit).count();
    hex == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}

/// What user code logged during a tick: one JSON record per captured line
/// (`dagster/_core/definitions/instigation_logger.py`).
async fn captured_events(
    ctx: &Context<'_>,
    log_key: &[String],
) -> std::result::Result<InstigationEventConnection, ResolverError> {
    let logs = ctx.instance().compute_logs();
    let captured = logs.read(log_key, LogStream::Stderr, 0, None).await?;
    let text = String::from_utf8_lossy(captured.data.as_deref().unwrap_or_default());
    let events = text.lines().filter_map(event_of).collect();
    Ok(InstigationEventConnection { events, ..InstigationEventConnection::default() })
}

fn event_of(line: &str) -> Option<InstigationEvent> {
    let record: serde_json::Value = serde_json::from_str(line).ok()?;
    let message = record.get("dagster_meta")?.get("orig_message")?.as_str()?;
    let message = match record.get("exc_info").and_then(serde_json::Value::as_str) {
        Some(exception) if !exception.is_empty() => format!("{message}\n\n{exception}"),
        _ => message.to_owned(),
    };
    let created = record.get("created")?.as_f64()?;
    let level = record.get("levelno").and_then(serde_json::Value::as_i64).unwrap_or(20);
    Some(InstigationEvent {
        message,
        timestamp: format!("{}", (created * 1_000.0) as i64),
        level: LogLevel::from(&rondel_model::event::LogLevel::Number(level)),
    })
}
