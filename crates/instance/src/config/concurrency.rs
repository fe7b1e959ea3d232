//! Run queue and pool limits: `run_queue`, the config of `QueuedRunCoordinator`, and `concurrency`.
//!
//! `concurrency.runs` and `concurrency.pools` override the coordinator's own values; setting both is
//! refused when the file is read. Mirrors `ConcurrencyConfig.from_concurrency_settings`.

use serde::Deserialize;

/// The value part of a tag limit: one value, or each distinct value for itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum TagLimitValue {
    /// Only runs whose tag has this value.
    Exactly(String),
    /// `{applyLimitPerUniqueValue: true}` limits each value separately.
    PerUniqueValue {
        /// Whether values are counted separately.
        #[serde(rename = "applyLimitPerUniqueValue")]
        apply: bool,
    },
}

/// At most `limit` runs in progress that carry the tag.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TagConcurrencyLimit {
    /// The tag's key.
    pub key: String,
    /// Which values count; all together when missing.
    #[serde(default)]
    pub value: Option<TagLimitValue>,
    /// How many at once.
    pub limit: i64,
}

/// `block_op_concurrency_limited_runs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct BlockOpConcurrencyLimitedRuns {
    /// Whether runs that could not start any step are held back.
    pub enabled: Option<bool>,
    /// How many such runs are let through nevertheless.
    pub op_concurrency_slot_buffer: Option<i64>,
}

/// The config of `QueuedRunCoordinator` as written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct QueuedCoordinator {
    /// Runs in progress at once; 10 when missing, -1 for no limit.
    pub max_concurrent_runs: Option<i64>,
    /// Limits by tag.
    pub tag_concurrency_limits: Option<Vec<TagConcurrencyLimit>>,
    /// How often the queue is looked at; 5 s when missing.
    pub dequeue_interval_seconds: Option<i64>,
    /// Whether several runs are launched at once.
    pub dequeue_use_threads: Option<bool>,
    /// How many launches at once.
    pub dequeue_num_workers: Option<i64>,
    /// How often a launch is retried when the code server cannot be reached.
    pub max_user_code_failure_retries: i64,
    /// How long to leave that code location alone in between, in seconds.
    pub user_code_failure_retry_delay: i64,
    /// Holding back runs that could not start a step.
    pub block_op_concurrency_limited_runs: Option<BlockOpConcurrencyLimitedRuns>,
}

impl QueuedCoordinator {
    /// The coordinator when `dagster.yaml` does not mention one.
    pub fn unconfigured() -> Self {
        Self { user_code_failure_retry_delay: 60, ..Self::default() }
    }

    /// Seconds between two looks at the queue.
    pub fn dequeue_interval(&self) -> i64 {
        self.dequeue_interval_seconds.unwrap_or(5)
    }

    fn run_queue(&self) -> RunQueueConfig {
        let blocking = self.block_op_concurrency_limited_runs;
        RunQueueConfig {
            max_concurrent_runs: self.max_concurrent_runs.unwrap_or(10),
            tag_concurrency_limits: self.tag_concurrency_limits.clone().unwrap_or_default(),
            max_user_code_failure_retries: self.max_user_code_failure_retries,
            user_code_failure_retry_delay: self.user_code_failure_retry_delay,
            should_block_op_concurrency_limited_runs: blocking
                .and_then(|b| b.enabled)
                .unwrap_or(true),
            op_concurrency_slot_buffer: blocking
                .and_then(|b| b.op_concurrency_slot_buffer)
                .unwrap_or(0),
            explicitly_enabled_concurrency_run_blocking: blocking
                .and_then(|b| b.enabled)
                .unwrap_or(false),
        }
    }
}

/// The limits the queue daemon works by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunQueueConfig {
    /// Runs in progress at once; -1 for no limit, 0 for none.
    pub max_concurrent_runs: i64,
    /// Limits by tag.
    pub tag_concurrency_limits: Vec<TagConcurrencyLimit>,
    /// How often a launch is retried when the code server cannot be reached.
    pub max_user_code_failure_retries: i64,
    /// Seconds between such retries, per code location.
    pub user_code_failure_retry_delay: i64,
    /// Whether runs that could not start any step are held back.
    pub should_block_op_concurrency_limited_runs: bool,
    /// How many such runs are let through nevertheless.
    pub op_concurrency_slot_buffer: i64,
    /// Whether the coordinator's own config asked for that.
    pub explicitly_enabled_concurrency_run_blocking: bool,
}

/// At which grain a pool's limit is enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PoolGranularity {
    /// Each step holds a slot while it runs.
    Op,
    /// Each run holds a slot while it runs.
    Run,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
struct PoolSettings {
    default_limit: Option<i64>,
    granularity: Option<PoolGranularity>,
    op_granularity_run_buffer: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
struct RunSettings {
    max_concurrent_runs: Option<i64>,
    // given as null: no limits, over whatever the coordinator says
    #[serde(deserialize_with = "given")]
    tag_concurrency_limits: Option<Option<Vec<TagConcurrencyLimit>>>,
}

fn given<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// The section `concurrency` as written.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct ConcurrencySection {
    pools: PoolSettings,
    runs: RunSettings,
    default_op_concurrency_limit: Option<i64>,
}

/// Limits of pools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PoolConfig {
    /// The grain; not set means op, unless the queue decides otherwise.
    pub granularity: Option<PoolGranularity>,
    /// The limit of pools that have none of their own.
    pub default_limit: Option<i64>,
    /// How many runs may wait for slots.
    pub op_granularity_run_buffer: Option<i64>,
}

/// Run and pool limits together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrencyConfig {
    /// Pools.
    pub pools: PoolConfig,
    /// The queue; `None` unless runs go through `QueuedRunCoordinator`.
    pub run_queue: Option<RunQueueConfig>,
}

impl ConcurrencyConfig {
    /// Lays the section `concurrency` over the coordinator's own config.
    pub fn combine(section: &ConcurrencySection, coordinator: Option<&QueuedCoordinator>) -> Self {
        let own = coordinator.map(QueuedCoordinator::run_queue);
        let mut granularity = section.pools.granularity;
        if granularity.is_none()
            && own.as_ref().is_some_and(|o| o.explicitly_enabled_concurrency_run_blocking)
        {
            granularity = Some(PoolGranularity::Op);
        }
        let run_queue = own.map(|own| RunQueueConfig {
            max_concurrent_runs: section
                .runs
                .max_concurrent_runs
                .unwrap_or(own.max_concurrent_runs),
            tag_concurrency_limits: match &section.runs.tag_concurrency_limits {
                Some(limits) => limits.clone().unwrap_or_default(),
                None => own.tag_concurrency_limits,
            },
            op_concurrency_slot_buffer: section
                .pools
                .op_granularity_run_buffer
                .unwrap_or(own.op_concurrency_slot_buffer),
            // Dagster drops the flag when it combines the two
            explicitly_enabled_concurrency_run_blocking: false,
            ..own
        });
        Self {
            pools: PoolConfig {
                granularity,
                default_limit: section.pools.default_limit.or(section.default_op_concurrency_limit),
                op_granularity_run_buffer: section.pools.op_granularity_run_buffer,
            },
            run_queue,
        }
    }
}
