//! Executes the steps of runs that have no run worker (`rondel_executor`), as Kubernetes Jobs.
//!
//! Each such run has a driver, a task that sleeps until the run's log, its steps' workers or the clock have
//! news. Everything a driver knows it has from the log and from the workers that there are; before it starts
//! a step it writes so into the log, fenced by the leader's lease. A driver that ends in the middle is
//! replaced by another, of this process or of the next leader, which goes on where it was.
//!
//! Failures: an error of one run is reported and its driver begins again after a pause; a run whose steps can
//! never be executed is failed with the reason.

mod act;
mod driver;
mod inbox;
mod inquiry;
mod pools;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::BoxStream;
use rondel_executor::{EXECUTED_BY_TAG, HOST, is_host_run};
use rondel_launcher::{StepLauncher, StepNotice};
use rondel_model::ids::RunId;
use rondel_model::run::{RunStatus, RunsFilter};
use rondel_storage::RunsQuery;
use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::DaemonError;
use crate::context::Context;
use crate::flight::InFlight;
use driver::Driver;
use inbox::Inbox;

/// How often runs are looked for that another process has handed over.
const POLL: Duration = Duration::from_secs(1);

/// Pause of a driver after an error.
const ERROR_PAUSE: Duration = Duration::from_secs(5);

/// News of workers that are passed on together.
const NOTICES: usize = 256;

/// What the drivers have in common.
#[derive(Clone)]
pub(crate) struct Surroundings {
    context: Context,
    steps: Arc<dyn StepLauncher>,
    /// A step of a run driven here has given its pool slot back.
    slot_freed: Arc<Notify>,
}

/// Drives the runs that need it, until `shutdown`. Where the launcher knows no workers of steps, nothing.
pub(crate) async fn run(context: Context, shutdown: CancellationToken) {
    let Some(steps) = context.instance.launcher().steps() else {
        shutdown.cancelled().await;
        return;
    };
    let surroundings = Surroundings { context, steps, slot_freed: Arc::default() };
    let mut executor = Executor { surroundings, drivers: InFlight::new(), inboxes: HashMap::new() };
    executor.run(&shutdown).await;
    // what is under way stays under way: the next leader finds it
    executor.drivers.abandon().await;
}

struct Executor {
    surroundings: Surroundings,
    drivers: InFlight<()>,
    inboxes: HashMap<String, Arc<Inbox>>,
}

impl Executor {
    async fn run(&mut self, shutdown: &CancellationToken) {
        let Surroundings { context, steps, .. } = self.surroundings.clone();
        // Who has no such runs shall not notice that there could be some.
        let mut notices: Option<BoxStream<'static, Vec<StepNotice>>> = None;
        let mut has_swept = false;
        loop {
            if let Err(error) = self.take_over().await {
                context.report("Could not look for runs to execute", &error);
            }
            if !has_swept {
                has_swept = true;
                if let Err(error) = self.sweep().await {
                    context.report("Could not look for steps of runs that are over", &error);
                }
            }
            if notices.is_none() && !self.inboxes.is_empty() {
                notices = Some(steps.notices().ready_chunks(NOTICES).boxed());
            }
            loop {
                tokio::select! {
                    () = shutdown.cancelled() => return,
                    () = sleep(POLL) => break,
                    () = steps.run_handed_over() => break,
                    Some(notices) = next_of(&mut notices) => self.pass_on(notices),
                    Some((run_id, ended)) = self.drivers.next() => {
                        self.inboxes.remove(&run_id);
                        if let Err(error) = ended {
                            context.report(&format!("The driver of run {run_id} ended"), &error);
                        }
                    }
                }
            }
        }
    }

    /// Gives each run that has none a driver.
    async fn take_over(&mut self) -> Result<(), DaemonError> {
        let statuses = [RunStatus::Starting, RunStatus::Started, RunStatus::Canceling];
        let filter = RunsFilter::by_statuses(statuses).with_tag(EXECUTED_BY_TAG, HOST);
        let runs = self.surroundings.context.storage().runs();
        for run_id in runs.get_run_ids(filter).await? {
            if self.inboxes.contains_key(&run_id) {
                continue;
            }
            // a re-execution may have the tags of another run
            let Some(run) = runs.get_run(&run_id).await?.filter(is_host_run) else { continue };
            let inbox = Arc::<Inbox>::default();
            self.inboxes.insert(run_id.clone(), Arc::clone(&inbox));
            let work = drive(self.surroundings.clone(), run.run_id, inbox);
            self.drivers.spawn(run_id, Box::pin(work));
        }
        Ok(())
    }

    fn pass_on(&self, notices: Vec<StepNotice>) {
        for notice in notices {
            if let Some(inbox) = self.inboxes.get(notice.run_id.as_str()) {
                inbox.put(notice);
            }
        }
    }

    /// Takes away the workers of runs that ended while nobody was leading.
    async fn sweep(&self) -> Result<(), DaemonError> {
        let Surroundings { context, steps, .. } = &self.surroundings;
        let filter = RunsFilter::default().with_tag(EXECUTED_BY_TAG, HOST);
        let newest = context.storage().runs().get_run_ids(RunsQuery::newest(filter, 1)).await?;
        if newest.is_empty() {
            return Ok(());
        }
        let run_ids: Vec<String> =
            steps.runs_with_workers().await?.into_iter().map(|id| id.0).collect();
        if run_ids.is_empty() {
            return Ok(());
        }
        let statuses = context.storage().runs().get_statuses(&run_ids).await?;
        for (run_id, status) in statuses {
            if status.is_finished() {
                let instance = &context.instance;
                let run = instance.run(&RunId::from(run_id)).await?;
                instance.launcher().discard(&run, instance.as_ref()).await?;
            }
        }
        Ok(())
    }
}

/// The next of a stream; for ever when there is none.
async fn next_of<T>(stream: &mut Option<BoxStream<'static, T>>) -> Option<T> {
    match stream {
        Some(stream) => stream.next().await,
        None => std::future::pending().await,
    }
}

async fn drive(surroundings: Surroundings, run_id: RunId, inbox: Arc<Inbox>) {
    loop {
        let driven = async {
            match Box::pin(Driver::begin(surroundings.clone(), &run_id)).await? {
                Some(mut driver) => Box::pin(driver.drive(&inbox)).await,
                None => Ok(()),
            }
        };
        let Err(error) = driven.await else { return };
        let headline = format!("Could not go on with the steps of run {run_id}, trying again");
        surroundings.context.report(&headline, &error);
        sleep(ERROR_PAUSE).await;
    }
}
