//! News of runs' containers from the Engine's stream of events.
//!
//! When the stream breaks it is opened again for ever, from the second on in which the one before was opened
//! or said something last: nothing is missed, and some news comes twice.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::Stream;
use futures::stream;
use rondel_model::ids::RunId;
use serde_json::Value;

use super::engine::{Engine, Feed};
use super::launcher::RUN_LABEL;
use crate::launcher::{WorkerCondition, WorkerNotice};

/// Pause before the stream is opened again.
const PAUSE: Duration = Duration::from_secs(1);

/// What a container's end is called.
const ENDS: [&str; 2] = ["die", "destroy"];

struct Watch {
    engine: Engine,
    feed: Option<Feed>,
    since: u64,
    is_broken: bool,
}

/// The ends of runs' containers from now on.
pub(super) fn notices(engine: Engine) -> impl Stream<Item = WorkerNotice> + Send {
    let watch = Watch { engine, feed: None, since: now(), is_broken: false };
    stream::unfold(watch, |mut watch| async move { Some((watch.next().await, watch)) })
}

impl Watch {
    async fn next(&mut self) -> WorkerNotice {
        loop {
            match &mut self.feed {
                None => self.open().await,
                Some(feed) => match feed.next().await {
                    None => {
                        self.feed = None;
                        tokio::time::sleep(PAUSE).await;
                    }
                    Some(event) => {
                        self.since = event["time"].as_u64().unwrap_or(self.since);
                        if let Some(notice) = notice(&event) {
                            return notice;
                        }
                    }
                },
            }
        }
    }

    async fn open(&mut self) {
        let asked = now();
        match self.engine.events(&[RUN_LABEL], &ENDS, self.since).await {
            Ok(feed) => {
                // what has happened since is told first
                (self.feed, self.since, self.is_broken) = (Some(feed), asked, false);
            }
            Err(error) => {
                if !std::mem::replace(&mut self.is_broken, true) {
                    tracing::warn!(
                        %error,
                        "containers cannot be watched; until they can, dead ones are found by polling"
                    );
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn notice(event: &Value) -> Option<WorkerNotice> {
    let run_id = event["Actor"]["Attributes"][RUN_LABEL].as_str()?;
    let (run_id, condition) = (RunId::from(run_id), WorkerCondition::Ended);
    Some(WorkerNotice { run_id, condition, reason: String::new() })
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
