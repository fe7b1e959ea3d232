//! The run queue: launches queued runs as places, tags and pools allow
//! (`dagster/_daemon/run_coordinator`).
//!
//! Each launch is a task of its own, so that a slow one holds nobody up; runs being launched count
//! as in progress. A run leaves the queue by its RUN_STARTING event: what was interrupted before it is
//! still queued, what was interrupted after it is launched again ([`interrupted`]).

mod act;
mod decide;
mod interrupted;
mod launches;
mod observe;
mod pools;
mod tags;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rondel_instance::config::PoolGranularity;
use rondel_model::ids::UnixTime;
use rondel_model::run::{DagsterRun, RunRecord, RunStatus};

use act::LocationPauses;
use decide::QueueRules;
use launches::Launches;
use pools::{DEFAULT_SECONDS_TO_CLAIM, PoolRules};

use crate::DaemonError;
use crate::context::{Context, Pace};
use crate::flight::InFlight;

const DEFAULT_PAGE_SIZE: usize = 100;

/// While runs taken earlier wait for their launch, the queue is not read more often than so.
const BACKLOG_SPACING: Duration = Duration::from_millis(250);

/// The queue between iterations.
pub(crate) struct RunQueue {
    context: Context,
    page_size: usize,
    seconds_to_claim: f64,
    pauses: Arc<Mutex<LocationPauses>>,
    /// Runs whose pools were explained in the log already.
    explained: HashSet<String>,
    launches: Launches,
    looked_at: Option<Instant>,
    /// When the database failed a launch last, if what it left has not been looked at.
    accident: Option<f64>,
    /// What was last said about the queue, which is not repeated at each look.
    said: String,
    in_flight: InFlight<Result<bool, DaemonError>>,
}

impl RunQueue {
    pub(crate) fn new(context: Context) -> Self {
        let setting = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
        let page_size = setting("DAGSTER_RUN_QUEUE_PAGE_SIZE").map(|size: f64| size as usize);
        let seconds_to_claim =
            setting("DAGSTER_OP_CONCURRENCY_KEYS_ALLOTTED_FOR_STARTED_RUN_SECONDS");
        Self {
            context,
            page_size: page_size.unwrap_or(DEFAULT_PAGE_SIZE).max(1),
            seconds_to_claim: seconds_to_claim.unwrap_or(DEFAULT_SECONDS_TO_CLAIM),
            pauses: Arc::default(),
            explained: HashSet::new(),
            launches: Launches::default(),
            looked_at: None,
            accident: None,
            said: String::new(),
            in_flight: InFlight::new(),
        }
    }

    pub(crate) fn with_page_size(mut self, page_size: Option<usize>) -> Self {
        self.page_size = page_size.unwrap_or(self.page_size).max(1);
        self
    }

    /// What a later process has to know: until when locations are left alone, and what was explained.
    pub(crate) fn memory(&self) -> serde_json::Value {
        let pauses = act::lock(&self.pauses).clone();
        serde_json::json!({ "location_pauses": pauses, "explained": self.explained })
    }

    pub(crate) fn remember(&mut self, memory: &serde_json::Value) {
        let read = |key: &str| memory.get(key).cloned().unwrap_or_default();
        *act::lock(&self.pauses) =
            serde_json::from_value(read("location_pauses")).unwrap_or_default();
        self.explained = serde_json::from_value(read("explained")).unwrap_or_default();
    }

    /// One iteration: decides which runs to launch and begins to launch them.
    pub(crate) async fn iterate(&mut self) -> Result<(), DaemonError> {
        while let Some((run_id, ended)) = self.in_flight.try_next() {
            self.note(&run_id, ended);
        }
        let looked_lately = || self.looked_at.is_some_and(|at| at.elapsed() < BACKLOG_SPACING);
        if self.launches.has_waiting() && looked_lately() {
            return Ok(());
        }
        self.looked_at = Some(Instant::now());
        let batch = self.select().await?;
        let mut launched = 0;
        for run in batch {
            if self.context.pace == Pace::OneByOne {
                launched += usize::from(self.launch_now(run).await);
            } else if let Some(run) = self.launches.take(run) {
                self.begin(run);
            }
        }
        if launched > 0 {
            self.context.log.info(format_args!("Launched {launched} runs."));
        }
        Ok(())
    }

    /// Launches runs whose launch was not finished before an accident: the end of the leader before, or of the
    /// database.
    pub(crate) async fn relaunch_interrupted(&self, accident: f64) -> Result<(), DaemonError> {
        interrupted::relaunch(&self.context, accident, &self.launches).await
    }

    /// When the database failed a launch, told once.
    pub(crate) fn take_accident(&mut self) -> Option<f64> {
        self.accident.take()
    }

    /// Waits until the queue is worth a look because launches have ended; for ever when there is none.
    pub(crate) async fn launches_ended(&mut self) {
        loop {
            let Some((run_id, ended)) = self.in_flight.next().await else {
                return std::future::pending().await;
            };
            let launched = matches!(ended, Ok(Ok(true)));
            self.note(&run_id, ended);
            if !launched || !self.launches.has_waiting() {
                return;
            }
        }
    }

    /// Leaves runs whose launch has not begun in the queue.
    pub(crate) fn leave_waiting(&mut self) {
        self.launches.leave_waiting();
    }

    /// Waits for all launches.
    pub(crate) async fn finish(&mut self) {
        while let Some((run_id, ended)) = self.in_flight.next().await {
            self.note(&run_id, ended);
        }
    }

    async fn select(&mut self) -> Result<Vec<DagsterRun>, DaemonError> {
        let config = &self.context.instance.config().concurrency;
        let Some(queue) = config.run_queue.clone() else {
            return Err(DaemonError::Check(
                "Expected QueuedRunCoordinator, but runs are not queued on this instance"
                    .to_owned(),
            ));
        };
        let granularity = config.pools.granularity.unwrap_or(PoolGranularity::Op);
        let now = self.context.now();

        let mut page = observe::queued_page(&self.context, None, self.page_size).await?;
        if page.len() < self.page_size && page.iter().all(|run| self.launches.contains(run)) {
            return Ok(Vec::new());
        }
        // There may be thousands, so they are read only for what counts them.
        let counts = queue.max_concurrent_runs != -1 || !queue.tag_concurrency_limits.is_empty();
        let mut in_progress = if counts { Some(self.in_progress().await?) } else { None };
        let taken = in_progress.as_ref().map_or(0, Vec::len);
        let places = match usize::try_from(queue.max_concurrent_runs) {
            Err(_) if queue.max_concurrent_runs == -1 => None,
            limit => Some(limit.unwrap_or(0).saturating_sub(taken)),
        };
        if places == Some(0) {
            self.say(format!(
                "{taken} runs are currently in progress. Maximum is {}, won't launch more.",
                queue.max_concurrent_runs
            ));
            return Ok(Vec::new());
        }
        let mut paused = act::lock(&self.pauses).paused_at(now);
        self.log_look(&paused);
        paused.extend(self.launches.full_locations());

        let pool_rules = PoolRules {
            granularity,
            buffer: queue.op_concurrency_slot_buffer,
            seconds_to_claim: self.seconds_to_claim,
        };
        let mut pools = observe::Pools::default();
        let mut batch: Vec<DagsterRun> = Vec::new();
        loop {
            let is_last = page.len() < self.page_size;
            let cursor = page.last().map(|run| run.run_id.to_string());
            page.retain(|run| !self.launches.contains(run));
            let mut rules =
                QueueRules { tag_limits: &queue.tag_concurrency_limits, pools: None, places };
            if queue.should_block_op_concurrency_limited_runs {
                let runs = batch.iter().chain(&page);
                match pools.see(&self.context, runs, granularity).await {
                    Ok(()) => rules.pools = Some(pool_rules),
                    // Without a view of the pools no run is held back.
                    Err(error) => self.context.log.error(format_args!(
                        "Failed to initialize op concurrency counter: {error}"
                    )),
                }
            }
            if !pools.views.is_empty() && in_progress.is_none() {
                in_progress = Some(self.in_progress().await?);
            }
            let known = in_progress.as_deref().unwrap_or_default();
            let (admitted, held_back) =
                decide::admit_page(batch, page, rules, known, &pools.views, &paused, now);
            batch = admitted;
            self.explain(held_back);
            if is_last {
                break;
            }
            page = observe::queued_page(&self.context, cursor, self.page_size).await?;
            if page.is_empty() {
                break;
            }
        }
        Ok(batch)
    }

    /// Runs in progress, those included that are taken for launching.
    async fn in_progress(&self) -> Result<Vec<RunRecord>, DaemonError> {
        let mut records = observe::in_progress(&self.context).await?;
        let seen: HashSet<String> =
            records.iter().map(|record| record.run.run_id.to_string()).collect();
        for run in self.launches.runs() {
            if !seen.contains(run.run_id.as_str()) {
                records.push(RunRecord {
                    storage_id: 0,
                    run: run.clone().with_status(RunStatus::Starting),
                    create_timestamp: UnixTime(0.0),
                    update_timestamp: UnixTime(0.0),
                    start_time: None,
                    end_time: None,
                });
            }
        }
        Ok(records)
    }

    fn say(&mut self, text: String) {
        if self.said != text {
            self.context.log.info(&text);
            self.said = text;
        }
    }

    fn log_look(&mut self, paused: &HashSet<String>) {
        let clause = if paused.is_empty() {
            String::new()
        } else {
            let names: Vec<&str> = paused.iter().map(String::as_str).collect();
            format!(
                " Temporarily skipping runs from the following locations due to a user code error: {}",
                names.join(",")
            )
        };
        self.say(format!(
            "Priority sorting and checking tag concurrency limits for queued runs.{clause}"
        ));
    }

    fn explain(&mut self, held_back: Vec<decide::HeldBack>) {
        for held in held_back {
            if self.explained.insert(held.run_id.clone()) {
                let explanation = python_json(&held.explanation);
                self.context.log.info(format_args!(
                    "Run {} is blocked by global concurrency limits: {explanation}",
                    held.run_id
                ));
            }
        }
    }

    async fn launch_now(&mut self, run: DagsterRun) -> bool {
        let run_id = run.run_id.to_string();
        self.explained.remove(&run_id);
        let launched = act::dequeue(&self.context, &self.pauses, run).await;
        match launched {
            Ok(launched) => launched,
            Err(error) => {
                self.report(&run_id, &error);
                false
            }
        }
    }

    fn begin(&mut self, run: DagsterRun) {
        let run_id = run.run_id.to_string();
        self.explained.remove(&run_id);
        let (context, pauses) = (self.context.clone(), Arc::clone(&self.pauses));
        let work = async move { act::dequeue(&context, &pauses, run).await };
        self.in_flight.spawn(run_id, Box::pin(work));
    }

    fn note(&mut self, run_id: &str, ended: Result<Result<bool, DaemonError>, DaemonError>) {
        if let Err(error) = ended.and_then(|result| result) {
            if error.is_of_database() {
                self.accident = Some(self.context.now());
            }
            self.report(run_id, &error);
        }
        if let Some(next) = self.launches.ended(run_id) {
            self.begin(next);
        }
    }

    fn report(&self, run_id: &str, error: &DaemonError) {
        self.context.report(&format!("Caught an error dequeuing run {run_id}"), error);
    }
}

/// JSON as Python's `json.dumps` writes it.
fn python_json(value: &serde_json::Value) -> String {
    let text = value.to_string();
    match rondel_model::serdes::from_text::<rondel_model::serdes::Value>(&text) {
        Ok(value) => rondel_model::serdes::to_text(&value),
        Err(_) => text,
    }
}
