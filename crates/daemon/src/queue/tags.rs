//! Tag concurrency limits: at most so many runs in progress that carry a tag, a tag with one value,
//! or each distinct value of a tag (Dagster's `TagConcurrencyLimitsCounter`).

use std::collections::HashMap;

use rondel_instance::config::{TagConcurrencyLimit, TagLimitValue};
use rondel_model::run::DagsterRun;

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    limit: i64,
    used: i64,
}

impl Count {
    fn is_full(self) -> bool {
        self.used >= self.limit
    }
}

/// Counts runs against the limits.
#[derive(Debug, Clone, Default)]
pub(crate) struct TagCounter {
    by_key: HashMap<String, Count>,
    by_value: HashMap<(String, String), Count>,
    per_unique_value: HashMap<String, i64>,
    unique_values: HashMap<(String, String), i64>,
}

impl TagCounter {
    /// A counter with the runs in progress counted.
    pub(crate) fn new<'a>(
        limits: &[TagConcurrencyLimit],
        in_progress: impl IntoIterator<Item = &'a DagsterRun>,
    ) -> Self {
        let mut counter = Self::default();
        for limit in limits {
            let key = limit.key.clone();
            let count = Count { limit: limit.limit, used: 0 };
            match &limit.value {
                Some(TagLimitValue::Exactly(value)) => {
                    counter.by_value.insert((key, value.clone()), count);
                }
                Some(TagLimitValue::PerUniqueValue { apply: true }) => {
                    counter.per_unique_value.insert(key, limit.limit);
                }
                Some(TagLimitValue::PerUniqueValue { apply: false }) | None => {
                    counter.by_key.insert(key, count);
                }
            }
        }
        for run in in_progress {
            counter.add(run);
        }
        counter
    }

    /// Whether a limit keeps the run from starting.
    pub(crate) fn is_blocked(&self, run: &DagsterRun) -> bool {
        run.tags.iter().any(|(key, value)| {
            let pair = (key.clone(), value.clone());
            self.by_key.get(key).is_some_and(|count| count.is_full())
                || self.by_value.get(&pair).is_some_and(|count| count.is_full())
                || self.per_unique_value.get(key).is_some_and(|limit| {
                    self.unique_values.get(&pair).copied().unwrap_or(0) >= *limit
                })
        })
    }

    /// Counts a run as started.
    pub(crate) fn add(&mut self, run: &DagsterRun) {
        for (key, value) in &run.tags {
            if let Some(count) = self.by_key.get_mut(key) {
                count.used += 1;
            }
            let pair = (key.clone(), value.clone());
            if let Some(count) = self.by_value.get_mut(&pair) {
                count.used += 1;
            }
            if self.per_unique_value.contains_key(key) {
                *self.unique_values.entry(pair).or_default() += 1;
            }
        }
    }
}
