//! At most so many steps at once that carry a tag (Dagster's `TagConcurrencyLimitsCounter`).

use std::collections::HashMap;

use serde_json::Value;

use crate::plan::Step;

/// A limit of `tag_concurrency_limits`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepLimit {
    /// The tag.
    pub key: String,
    /// Which values it is about.
    pub values: LimitedValues,
    /// At most so many steps at once.
    pub limit: usize,
}

/// Which values of a tag a limit is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LimitedValues {
    /// All of them together.
    All,
    /// This one.
    One(String),
    /// Each for itself.
    Each,
}

impl StepLimit {
    /// Reads an entry of `tag_concurrency_limits`.
    pub(crate) fn parse(value: &Value) -> Option<Self> {
        let values = match value.get("value") {
            Some(Value::String(text)) => LimitedValues::One(text.clone()),
            Some(Value::Object(object))
                if object.get("applyLimitPerUniqueValue") == Some(&Value::Bool(true)) =>
            {
                LimitedValues::Each
            }
            _ => LimitedValues::All,
        };
        let limit = usize::try_from(value.get("limit")?.as_i64()?).ok()?;
        Some(Self { key: value.get("key")?.as_str()?.to_owned(), values, limit })
    }
}

/// Counts steps against the limits of a run.
#[derive(Debug)]
pub(crate) struct StepLimits<'a> {
    limits: &'a [StepLimit],
    /// By limit and, where each value counts for itself, by value.
    counts: HashMap<(usize, String), usize>,
}

impl<'a> StepLimits<'a> {
    pub(crate) fn new<'s>(
        limits: &'a [StepLimit],
        in_flight: impl IntoIterator<Item = &'s Step>,
    ) -> Self {
        let mut counter = Self { limits, counts: HashMap::new() };
        for step in in_flight {
            counter.add(step);
        }
        counter
    }

    fn places(&self, step: &Step) -> Vec<((usize, String), usize)> {
        let limited = self.limits.iter().enumerate().filter_map(|(index, limit)| {
            let value = step.tags.get(&limit.key)?;
            let place = match &limit.values {
                LimitedValues::All => String::new(),
                LimitedValues::One(one) if one == value => String::new(),
                LimitedValues::One(_) => return None,
                LimitedValues::Each => value.clone(),
            };
            Some(((index, place), limit.limit))
        });
        limited.collect()
    }

    pub(crate) fn is_blocked(&self, step: &Step) -> bool {
        let used = |place| self.counts.get(place).copied().unwrap_or(0);
        self.places(step).iter().any(|(place, limit)| used(place) >= *limit)
    }

    pub(crate) fn add(&mut self, step: &Step) {
        for (place, _) in self.places(step) {
            *self.counts.entry(place).or_default() += 1;
        }
    }
}
