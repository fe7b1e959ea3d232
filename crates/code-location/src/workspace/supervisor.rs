//! The task that looks after one location, from its first load to the end of the workspace.
//!
//! It opens the location (see [`open`](super::open)), publishes what it finds, watches the server, and
//! opens again: on request, when the server's identity changes, when it ends or stays away. It never
//! gives up: pauses between attempts grow with jitter up to a limit. While a server is away the last
//! good definitions stay published as [`LocationState::Stale`]; code that fails to load is an
//! [`LocationState::Error`], as in Dagster. User code being slow or broken here delays no other location.

use std::sync::Arc;
use std::time::Duration;

use rondel_model::grpc::SerializableErrorInfo;
use rondel_model::origin::CodeLocationOrigin;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::open::{Opened, Opening, Plan};
use super::snapshot::unix_now;
use super::{LocationEntry, LocationState, LocationStateChange, LocationStateChangeKind, Shared};
use crate::backoff::Backoff;
use crate::config::{LocationTarget, ServedElsewhere};
use crate::error::CodeLocationError;
use crate::location::CodeLocation;
use crate::process::CodeServerProcess;

/// How long a server may take to answer a watch (`REQUEST_TIMEOUT`).
const WATCH_DEADLINE: Duration = Duration::from_secs(2);
/// A server that served for so long starts with short pauses again when it is lost.
const STEADY: Duration = Duration::from_secs(60);
/// Pauses between loads of code that raised an error: it may have met an outage while importing.
const BROKEN_CODE_PAUSES: (Duration, Duration) =
    (Duration::from_secs(30), Duration::from_secs(300));
/// Old servers serve requests that began before a reload for so long.
const OVERLAP: Duration = Duration::from_secs(10);

/// What can be asked of the task.
#[derive(Debug)]
pub(super) enum Command {
    /// Load anew; answered when that has succeeded or failed.
    Reload(oneshot::Sender<()>),
}

/// See the module.
pub(super) struct Supervisor {
    shared: Arc<Shared>,
    target: LocationTarget,
    origin: CodeLocationOrigin,
    served: Option<ServedElsewhere>,
    commands: mpsc::Receiver<Command>,
    stop: CancellationToken,
    /// The server in use.
    current: Option<Opened>,
    /// The last good definitions, while the server they came from is away.
    last: Option<Arc<CodeLocation>>,
    stale_since: Option<f64>,
    waiting: Vec<oneshot::Sender<()>>,
}

/// Why a watch ended.
enum Wake {
    Reload,
    Changed,
    Lost(CodeLocationError),
}

impl Supervisor {
    pub(super) fn new(
        shared: Arc<Shared>,
        target: LocationTarget,
        served: Option<ServedElsewhere>,
        commands: mpsc::Receiver<Command>,
        stop: CancellationToken,
    ) -> Self {
        let origin = target.origin();
        let supervisor = Self {
            shared,
            target,
            origin,
            served,
            commands,
            stop,
            current: None,
            last: None,
            stale_since: None,
            waiting: Vec::new(),
        };
        supervisor.publish(LocationState::Loading);
        supervisor
    }

    /// Looks after the location until it is removed or the workspace stops, then ends its server.
    #[tracing::instrument(name = "code_location", skip_all, fields(code_location = self.target.name))]
    pub(super) async fn run(mut self) {
        let stop = self.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.supervise() => {}
        }
        if let Some(Opened { process: Some(process), location, .. }) = self.current.take() {
            let _ = location.client().shutdown_server_text(WATCH_DEADLINE).await;
            let options = &self.shared.options;
            process
                .stop((!options.wait_for_runs_on_shutdown).then_some(options.shutdown_grace))
                .await;
        }
    }

    async fn supervise(&mut self) {
        if let Some(ServedElsewhere::Failed { message, stack, cls_name }) = self.served.clone() {
            self.stay_failed(SerializableErrorInfo {
                message,
                stack,
                cls_name,
                ..SerializableErrorInfo::default()
            })
            .await;
            return;
        }
        let plan = Plan::new(&self.shared, &self.target, &self.origin, self.served.as_ref());
        let mut pauses = Backoff::new(Duration::from_millis(200), self.shared.options.max_backoff);
        let mut broken = Backoff::new(BROKEN_CODE_PAUSES.0, BROKEN_CODE_PAUSES.1);
        let mut how = Opening::Start;
        loop {
            let outcome = tokio::select! {
                outcome = plan.open(how) => outcome,
                Some(Command::Reload(done)) = self.commands.recv() => {
                    // Begin anew, so that what is loaded is not older than the request.
                    self.waiting.push(done);
                    how = Opening::Reload;
                    continue;
                }
            };
            how = match outcome {
                Ok(opened) => {
                    self.adopt(opened);
                    broken.reset();
                    let ready_at = Instant::now();
                    match self.watch().await {
                        Wake::Reload => Opening::Reload,
                        Wake::Changed => Opening::Start,
                        Wake::Lost(error) => {
                            self.retire_current();
                            self.fail(&error);
                            if ready_at.elapsed() > STEADY {
                                pauses.reset();
                            }
                            self.pause(&plan, pauses.next(), None).await
                        }
                    }
                }
                Err((error, seen)) => {
                    let is_broken = !error.is_unreachable();
                    self.retire_current();
                    self.fail(&error);
                    let pause = if is_broken { broken.next() } else { pauses.next() };
                    self.pause(&plan, pause, seen).await
                }
            };
        }
    }

    /// A location known to have failed stays so; it is not contacted.
    async fn stay_failed(&mut self, error: SerializableErrorInfo) {
        self.publish(LocationState::Error(error));
        while let Some(Command::Reload(done)) = self.commands.recv().await {
            let _ = done.send(());
        }
    }

    /// Publishes a freshly loaded location and lets its predecessor go.
    fn adopt(&mut self, opened: Opened) {
        let previous = self.current.as_ref().map(|old| &old.location).or(self.last.as_ref());
        let is_other = previous.is_some_and(|old| old.server_id != opened.location.server_id);
        let was_away = self.stale_since.take().is_some();
        let location = Arc::clone(&opened.location);
        tracing::info!(
            server_id = location.server_id,
            repositories = location.repositories.len(),
            "code location loaded"
        );
        self.retire_current();
        self.current = Some(opened);
        self.last = None;
        self.publish(LocationState::Ready(Arc::clone(&location)));
        if is_other {
            let id = Some(location.server_id.clone());
            self.tell(LocationStateChangeKind::Updated, "Server has been updated.", id);
        } else if was_away {
            self.tell(LocationStateChangeKind::Reconnected, "Reconnected to the server.", None);
        }
        self.answer();
    }

    /// Publishes a failure: stale while there are definitions to serve and the server is merely away.
    fn fail(&mut self, error: &CodeLocationError) {
        let info = error.to_error_info();
        tracing::warn!(error = %error, "code location is not available");
        let is_broken =
            matches!(error, CodeLocationError::UserCode(_) | CodeLocationError::Malformed { .. });
        if is_broken {
            self.last = None;
        }
        match self.last.clone() {
            Some(location) => self.publish_stale(location, info),
            None => {
                self.stale_since = None;
                let known = self.shared.snapshot.load();
                let repeated = known.location(&self.target.name).is_some_and(
                    |entry| matches!(&entry.state, LocationState::Error(old) if *old == info),
                );
                drop(known);
                if !repeated {
                    self.publish(LocationState::Error(info));
                    self.tell(LocationStateChangeKind::Error, &error.to_string(), None);
                }
            }
        }
        self.answer();
    }

    fn publish_stale(&mut self, location: Arc<CodeLocation>, reason: SerializableErrorInfo) {
        let is_new = self.stale_since.is_none();
        let since = *self.stale_since.get_or_insert_with(unix_now);
        self.publish(LocationState::Stale { location, reason, since });
        if is_new {
            let message = "Disconnected from the server.";
            self.tell(LocationStateChangeKind::Disconnected, message, None);
        }
    }

    /// Watches the current server until there is a reason to open the location again.
    async fn watch(&mut self) -> Wake {
        let Some((client, process, server_id)) = self.current.as_ref().map(|opened| {
            let location = &opened.location;
            (location.client().clone(), opened.process.clone(), location.server_id.clone())
        }) else {
            return Wake::Changed;
        };
        let interval = self.shared.options.watch_interval;
        let mut pauses = Backoff::new(interval, interval * 5);
        let mut pause = interval;
        let mut missed = 0_u32;
        let mut last_answer = Instant::now();
        loop {
            tokio::select! {
                Some(command) = self.commands.recv() => {
                    self.take(command);
                    return Wake::Reload;
                }
                status = ended(process.as_deref()) => {
                    return Wake::Lost(CodeLocationError::unreachable(format!(
                        "the code server ended ({status}); it is being started again"
                    )));
                }
                () = tokio::time::sleep(pause) => {}
            }
            let answer = match &process {
                // A server of ours cannot change its identity; it wants heartbeats.
                Some(_) => client.heartbeat(WATCH_DEADLINE).await.map(|()| server_id.clone()),
                None => client.server_id(WATCH_DEADLINE).await,
            };
            match answer {
                Ok(id) if id == server_id => {
                    last_answer = Instant::now();
                    pause = interval;
                    pauses.reset();
                    if missed > 0 {
                        missed = 0;
                        self.back_again();
                    }
                }
                Ok(_) => return Wake::Changed,
                Err(error) => {
                    missed += 1;
                    pause = pauses.next();
                    self.missed(missed, &error);
                    // A hung server of ours is replaced; others are waited for.
                    if process.is_some()
                        && last_answer.elapsed() > self.shared.options.startup_timeout
                    {
                        return Wake::Lost(error);
                    }
                }
            }
        }
    }

    fn missed(&mut self, times: u32, error: &CodeLocationError) {
        let Some(location) = self.current.as_ref().map(|opened| Arc::clone(&opened.location))
        else {
            return;
        };
        if times == 1 {
            tracing::warn!(error = %error, "code server does not answer");
            self.publish_stale(location, error.to_error_info());
        }
        if times == self.shared.options.max_reconnect_attempts {
            let message = "Unable to reconnect to server. Its last definitions stay in use; it is \
                           reloaded as soon as it can be reached again.";
            self.tell(LocationStateChangeKind::Error, message, None);
        }
    }

    fn back_again(&mut self) {
        self.stale_since = None;
        if let Some(opened) = &self.current {
            self.publish(LocationState::Ready(Arc::clone(&opened.location)));
        }
        self.tell(LocationStateChangeKind::Reconnected, "Reconnected to the server.", None);
    }

    /// Waits before the next attempt; a request ends the pause, and so does a server of somebody else
    /// that answers with another identity than the one `seen` at the failed attempt.
    async fn pause(&mut self, plan: &Plan, pause: Duration, seen: Option<String>) -> Opening {
        let until = Instant::now() + pause;
        loop {
            let step = until.min(Instant::now() + self.shared.options.watch_interval);
            tokio::select! {
                Some(command) = self.commands.recv() => {
                    self.take(command);
                    return Opening::Reload;
                }
                () = tokio::time::sleep_until(step) => {}
            }
            if Instant::now() >= until {
                return Opening::Start;
            }
            if let Some(client) = plan.foreign_client()
                && let Ok(id) = client.server_id(WATCH_DEADLINE).await
                && Some(&id) != seen.as_ref()
            {
                return Opening::Start;
            }
        }
    }

    fn take(&mut self, command: Command) {
        let Command::Reload(done) = command;
        self.waiting.push(done);
        while let Ok(Command::Reload(done)) = self.commands.try_recv() {
            self.waiting.push(done);
        }
    }

    fn answer(&mut self) {
        for done in self.waiting.drain(..) {
            let _ = done.send(());
        }
    }

    /// Lets the current server go: its definitions stay the last good ones, requests under way may
    /// finish, and it ends by itself when its runs have.
    fn retire_current(&mut self) {
        let Some(Opened { process, location }) = self.current.take() else { return };
        self.last = Some(Arc::clone(&location));
        let Some(process) = process else { return };
        let (shared, client) = (Arc::clone(&self.shared), location.client().clone());
        self.shared.tasks.spawn(async move {
            tokio::select! {
                () = shared.stop.cancelled() => {}
                _ = process.exited() => {}
                () = tokio::time::sleep(OVERLAP) => {}
            }
            let told = client.shutdown_server_text(WATCH_DEADLINE).await.is_ok();
            let patience = if told {
                // Runs it executes may take days.
                Duration::from_secs(30 * 24 * 3600)
            } else {
                shared.options.heartbeat_timeout * 2
            };
            tokio::select! {
                () = shared.stop.cancelled() => {}
                _ = process.exited() => {}
                () = tokio::time::sleep(patience) => {}
            }
            process.stop(Some(shared.options.shutdown_grace)).await;
        });
    }

    fn publish(&self, state: LocationState) {
        let mut metadata = self.target.display_metadata();
        if let LocationState::Ready(location) | LocationState::Stale { location, .. } = &state
            && let Some(image) = &location.container_image
        {
            metadata.insert("image".to_owned(), image.clone());
        }
        // A location removed meanwhile must not come back.
        if self.stop.is_cancelled() {
            return;
        }
        let entry = LocationEntry::new(&self.target.name, self.origin.clone(), state, metadata);
        self.shared.publish(|snapshot| snapshot.with(entry));
    }

    fn tell(&self, kind: LocationStateChangeKind, message: &str, server_id: Option<String>) {
        // Nobody listening is fine.
        let _ = self.shared.events.send(LocationStateChange {
            kind,
            location_name: self.target.name.clone(),
            message: message.to_owned(),
            server_id,
        });
    }
}

async fn ended(process: Option<&CodeServerProcess>) -> String {
    match process {
        Some(process) => process.exited().await,
        None => std::future::pending().await,
    }
}
