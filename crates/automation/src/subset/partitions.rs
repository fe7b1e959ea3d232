//! Sets of partitions of one definition, by their keys.
//!
//! Everything here asks for sets through [`Partitions`], so that a form which does not list keys (intervals of
//! time windows) can take the place of the sets of keys without a change outside of this file and `stored.rs`.

use std::collections::BTreeSet;
use std::sync::Arc;

use rondel_model::ids::python_repr;
use rondel_model::partition::PartitionKeyRange;
use rondel_model::serdes::float_repr;
use rondel_partitions::{Context, PartitionsDefinition, TimeWindow, TimeWindowPartitions};

use crate::error::Result;

/// Some partitions of a definition, "every partition" kept apart.
#[derive(Debug, Clone)]
pub struct Partitions {
    definition: Arc<PartitionsDefinition>,
    /// None for all of them.
    members: Option<Arc<BTreeSet<String>>>,
}

impl Partitions {
    pub(crate) fn all(definition: &Arc<PartitionsDefinition>) -> Self {
        Self { definition: Arc::clone(definition), members: None }
    }

    pub(crate) fn none(definition: &Arc<PartitionsDefinition>) -> Self {
        Self::of_keys(definition, [])
    }

    /// Of keys known to be partitions of the definition.
    pub(crate) fn of_keys(
        definition: &Arc<PartitionsDefinition>,
        keys: impl IntoIterator<Item = String>,
    ) -> Self {
        let members = Some(Arc::new(keys.into_iter().collect()));
        Self { definition: Arc::clone(definition), members }
    }

    fn with(&self, keys: BTreeSet<String>) -> Self {
        Self::of_keys(&self.definition, keys)
    }

    /// The definition.
    pub fn definition(&self) -> &Arc<PartitionsDefinition> {
        &self.definition
    }

    /// Whether this stands for every partition.
    pub fn is_all(&self) -> bool {
        self.members.is_none()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.as_ref().is_some_and(|keys| keys.is_empty())
    }

    pub(crate) fn len(&self, context: &Context) -> Result<u64> {
        match &self.members {
            None => Ok(self.definition.count(context)?),
            Some(keys) => Ok(u64::try_from(keys.len()).unwrap_or(u64::MAX)),
        }
    }

    /// Whether a key is among them.
    pub(crate) fn contains(&self, key: &str, context: &Context) -> Result<bool> {
        match &self.members {
            None => Ok(self.definition.has_key(key, context)?),
            Some(keys) => Ok(keys.contains(key)),
        }
    }

    /// The keys, sorted.
    ///
    /// # Errors
    /// Keys of dynamic partitions that were not observed.
    pub fn keys(&self, context: &Context) -> Result<Arc<BTreeSet<String>>> {
        match &self.members {
            None => Ok(Arc::new(self.definition.keys(context)?.into_iter().collect())),
            Some(keys) => Ok(Arc::clone(keys)),
        }
    }

    /// The same partitions, all of them spelled out.
    pub(crate) fn spelled_out(&self, context: &Context) -> Result<Self> {
        let members = Some(self.keys(context)?);
        Ok(Self { definition: Arc::clone(&self.definition), members })
    }

    pub(crate) fn union(&self, other: &Self) -> Self {
        match (&self.members, &other.members) {
            (None, _) => self.clone(),
            (_, None) => other.clone(),
            (Some(a), Some(b)) => self.with(a.union(b).cloned().collect()),
        }
    }

    pub(crate) fn intersection(&self, other: &Self) -> Self {
        match (&self.members, &other.members) {
            (None, _) => other.clone(),
            (_, None) => self.clone(),
            (Some(a), Some(b)) => self.with(a.intersection(b).cloned().collect()),
        }
    }

    pub(crate) fn difference(&self, other: &Self, context: &Context) -> Result<Self> {
        match &other.members {
            None => Ok(Self::none(&self.definition)),
            Some(gone) => Ok(self.with(self.keys(context)?.difference(gone).cloned().collect())),
        }
    }

    /// The keys as ranges in the order of the definition (`get_partition_key_ranges`).
    pub(crate) fn ranges(&self, context: &Context) -> Result<Vec<PartitionKeyRange>> {
        let range = |start: &String, end: &String| PartitionKeyRange {
            start: start.clone(),
            end: end.clone(),
            ..PartitionKeyRange::default()
        };
        let all = self.definition.keys(context)?;
        let Some(members) = &self.members else {
            let ends = all.first().zip(all.last());
            return Ok(ends.map(|(first, last)| range(first, last)).into_iter().collect());
        };
        let runs = all.chunk_by(|a, b| members.contains(a) == members.contains(b));
        let within = runs.filter(|run| run.first().is_some_and(|key| members.contains(key)));
        Ok(within.filter_map(|run| Some(range(run.first()?, run.last()?))).collect())
    }

    /// The windows covered, neighbours joined; for definitions of time windows.
    pub(crate) fn windows(
        &self,
        windows: &TimeWindowPartitions,
        context: &Context,
    ) -> Result<Vec<TimeWindow>> {
        let Some(keys) = &self.members else {
            let first = windows.first_window(context.now)?;
            let last = windows.last_window(context.now)?;
            let whole = first.zip(last).map(|(first, last)| TimeWindow::new(first.start, last.end));
            return Ok(whole.into_iter().collect());
        };
        let mut single = keys
            .iter()
            .map(|key| windows.window_of_key(key))
            .collect::<std::result::Result<Vec<_>, _>>()?;
        single.sort_by_key(|window| window.start);
        let mut joined: Vec<TimeWindow> = Vec::new();
        for window in single {
            match joined.last_mut() {
                Some(last) if adjoin(windows, last.end, window.start)? => {
                    last.end = last.end.max(window.end);
                }
                _ => joined.push(window),
            }
        }
        Ok(joined)
    }

    /// What hashes are made of (`_compute_subset_value_str`).
    pub(crate) fn hash_text(&self, context: &Context) -> Result<String> {
        let Some(keys) = &self.members else { return Ok("AllPartitionsSubset".into()) };
        let items: Vec<String> = match &*self.definition {
            PartitionsDefinition::TimeWindow(windows) => {
                let of = |instant: i64| float_repr(instant as f64);
                let windows = self.windows(windows, context)?;
                windows.iter().map(|w| format!("({}, {})", of(w.start), of(w.end))).collect()
            }
            _ => keys.iter().map(|key| python_repr(key)).collect(),
        };
        Ok(format!("[{}]", items.join(", ")))
    }
}

/// Whether no partition lies between; excluded windows do not separate.
fn adjoin(windows: &TimeWindowPartitions, end: i64, start: i64) -> Result<bool> {
    Ok(end >= start
        || (!windows.exclusions().is_empty()
            && !windows.has_any_in_window(TimeWindow::new(end, start))?))
}
