//! The freshness daemon: evaluates freshness policies and records changes of state
//! (`dagster/_daemon/freshness.py`).
//!
//! An iteration is three reads and, when something changed, one write, whatever the number of assets.
//! The event that records a state is also the memory of it: an iteration that is repeated or interrupted
//! finds what was written and adds nothing. A policy that cannot be evaluated is reported and leaves the
//! state of its asset alone.

mod decide;

use std::collections::HashSet;
use std::sync::Arc;

use rondel_asset_graph::AssetGraph;
use rondel_instance::RunlessAssetEvent;
use rondel_model::automation::FreshnessState;
use rondel_model::event::FreshnessStateChange;
use rondel_model::ids::AssetKey;
use rondel_model::serdes::Extra;

use crate::DaemonError;
use crate::context::Context;

/// Seconds between two iterations, unless the environment says otherwise.
const DEFAULT_INTERVAL: f64 = 30.0;

/// The freshness daemon. Its memory is in the database, but for what need not be looked at again.
pub(crate) struct Freshness {
    context: Context,
    /// The definitions seen last.
    graph: Option<Arc<AssetGraph>>,
    /// Assets of theirs that have no policy, and whose recorded state says so: nothing changes about them.
    settled: HashSet<AssetKey>,
}

impl Freshness {
    pub(crate) fn new(context: Context) -> Self {
        Self { context, graph: None, settled: HashSet::new() }
    }

    /// Seconds between two iterations.
    pub(crate) fn interval() -> f64 {
        let setting = std::env::var("FRESHNESS_DAEMON_INTERVAL_SECONDS").ok();
        setting.and_then(|text| text.parse().ok()).unwrap_or(DEFAULT_INTERVAL)
    }

    /// One iteration over all assets.
    pub(crate) async fn iterate(&mut self) -> Result<(), DaemonError> {
        let now = self.context.now();
        let graph = self.context.asset_graph();
        if !self.graph.as_ref().is_some_and(|known| Arc::ptr_eq(known, &graph)) {
            self.settled.clear();
            self.graph = Some(Arc::clone(&graph));
        }
        let unsettled = graph.nodes().iter().filter(|node| !self.settled.contains(&node.key));
        let policies: Vec<_> =
            unsettled.map(|node| (&node.key, decide::policy_of(node.snap()))).collect();
        if policies.is_empty() {
            return Ok(());
        }
        let all: Vec<AssetKey> = policies.iter().map(|(key, _)| (*key).clone()).collect();
        let with_policy = policies.iter().filter(|(_, policy)| policy.is_some());
        let with_policy: Vec<AssetKey> = with_policy.map(|(key, _)| (*key).clone()).collect();

        let store = self.context.storage().assets();
        let known = store.get_freshness_states(&all).await?;
        let materialized = store.get_latest_materializations(&with_policy).await?;

        let mut changes = Vec::new();
        for (key, policy) in &policies {
            let materialized_at = materialized.get(*key).map(|event| event.entry.timestamp);
            let new_state = match decide::state(policy.as_ref(), materialized_at, now) {
                Ok(state) => state,
                Err(error) => {
                    let headline =
                        format!("The freshness of {} is not known", key.to_user_string());
                    self.context.report(&headline, &error.into());
                    continue;
                }
            };
            let previous = known.get(*key).map(|record| record.state);
            if previous == Some(new_state) {
                if policy.is_none() {
                    self.settled.insert((*key).clone());
                }
            } else {
                changes.push(RunlessAssetEvent::FreshnessChange(FreshnessStateChange {
                    key: (*key).clone(),
                    new_state,
                    previous_state: previous.unwrap_or(FreshnessState::Unknown),
                    state_change_timestamp: now,
                    extra: Extra::default(),
                }));
            }
        }
        self.context.instance.report_runless_asset_events(changes).await?;
        Ok(())
    }
}
