//! States and ticks, fetched in batches.

use std::{collections::HashMap, sync::Arc};

use async_graphql::dataloader::Loader;
use rondel_model::instigation::{InstigatorState, Tick};

use crate::{context::StorageLoader, errors::ResolverError, workspace::InstigatorIds};

/// The stored state of an instigator.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct StateKey(pub(crate) InstigatorIds);

impl Loader<StateKey> for StorageLoader {
    type Value = Arc<InstigatorState>;
    type Error = ResolverError;

    async fn load(&self, keys: &[StateKey]) -> Result<HashMap<StateKey, Self::Value>, Self::Error> {
        let ids: Vec<String> = keys.iter().map(|key| key.0.selector_id.clone()).collect();
        let mut states: HashMap<String, Arc<InstigatorState>> = self
            .storage
            .schedules()
            .get_states(&ids)
            .await?
            .into_iter()
            .map(|(id, state)| (id, Arc::new(state)))
            .collect();
        let found =
            keys.iter().filter_map(|key| Some((key.clone(), states.remove(&key.0.selector_id)?)));
        Ok(found.collect())
    }
}

/// A tick by its id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TickKey(pub(crate) i64);

impl Loader<TickKey> for StorageLoader {
    type Value = Arc<Tick>;
    type Error = ResolverError;

    async fn load(&self, keys: &[TickKey]) -> Result<HashMap<TickKey, Self::Value>, Self::Error> {
        let ids: Vec<i64> = keys.iter().map(|key| key.0).collect();
        let ticks = self.storage.schedules().get_ticks_by_ids(&ids).await?;
        Ok(ticks.into_iter().map(|tick| (TickKey(tick.tick_id), Arc::new(tick))).collect())
    }
}

/// The latest ticks of an instigator.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct LatestTicksKey {
    pub(crate) selector_id: String,
    pub(crate) limit: usize,
}

impl Loader<LatestTicksKey> for StorageLoader {
    type Value = Vec<Arc<Tick>>;
    type Error = ResolverError;

    async fn load(
        &self,
        keys: &[LatestTicksKey],
    ) -> Result<HashMap<LatestTicksKey, Self::Value>, Self::Error> {
        // One statement for all with the largest limit: clients ask the same of every instigator of a page.
        let most = keys.iter().map(|key| key.limit).max().unwrap_or_default();
        let ids: Vec<String> = keys.iter().map(|key| key.selector_id.clone()).collect();
        let ticks = self.storage.schedules().get_batch_ticks(&ids, most, &[]).await?;
        let ticks: HashMap<String, Vec<Arc<Tick>>> = ticks
            .into_iter()
            .map(|(id, ticks)| (id, ticks.into_iter().map(Arc::new).collect()))
            .collect();
        let latest = |key: &LatestTicksKey| {
            let mut latest = ticks.get(&key.selector_id).cloned().unwrap_or_default();
            latest.truncate(key.limit);
            latest
        };
        Ok(keys.iter().map(|key| (key.clone(), latest(key))).collect())
    }
}
