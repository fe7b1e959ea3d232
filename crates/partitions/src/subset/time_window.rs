//! Sets of time windows as sorted disjoint intervals (`TimeWindowPartitionsSubset`).
//!
//! The intervals come out exactly as Dagster's, because they are stored: neighbours added by key are
//! merged across excluded windows, unions merge only what touches, and results without a partition in
//! them are dropped.

use std::sync::{Arc, OnceLock};

use rondel_model::partition::PartitionKeyRange;

use super::intervals::Intervals;
use crate::error::{PartitionsError, Result};
use crate::time_window::{TimeWindow, TimeWindowPartitions};

/// A set of time windows of one definition.
#[derive(Debug, Clone)]
pub struct TimeWindowSubset {
    definition: Arc<TimeWindowPartitions>,
    windows: Intervals,
    count: OnceLock<u64>,
}

impl PartialEq for TimeWindowSubset {
    fn eq(&self, other: &Self) -> bool {
        self.windows == other.windows
            && (Arc::ptr_eq(&self.definition, &other.definition)
                || self.definition == other.definition)
    }
}

impl TimeWindowSubset {
    /// A set of these intervals, sorted and disjoint, whose edges are window edges. A count that is not
    /// known is computed when first asked for.
    pub fn new(
        definition: Arc<TimeWindowPartitions>,
        windows: Vec<TimeWindow>,
        count: Option<u64>,
    ) -> Self {
        let known = OnceLock::new();
        if let Some(count) = count {
            let _ = known.set(count);
        }
        Self { definition, windows: windows.into(), count: known }
    }

    /// The empty set.
    pub fn empty(definition: Arc<TimeWindowPartitions>) -> Self {
        Self::new(definition, Vec::new(), Some(0))
    }

    /// Every window that exists at an instant.
    pub fn all(definition: Arc<TimeWindowPartitions>, now: f64) -> Result<Self> {
        let windows = match (definition.first_window(now)?, definition.last_window(now)?) {
            (Some(first), Some(last)) => vec![TimeWindow::new(first.start, last.end)],
            _ => Vec::new(),
        };
        Ok(Self::new(definition, windows, None))
    }

    /// The windows of a range of keys that exist at an instant, without making any of the keys; none where the
    /// keys have to be looked at one by one.
    pub(super) fn of_range(
        definition: &Arc<TimeWindowPartitions>,
        range: &PartitionKeyRange,
        now: f64,
    ) -> Result<Option<Self>> {
        if !definition.has_distinct_keys() {
            return Ok(None);
        }
        let (Some(first), Some(last)) =
            (definition.first_window(now)?, definition.last_window(now)?)
        else {
            return Ok(None);
        };
        let wanted = definition.window_of_range(range)?;
        let mut windows = definition.windows_from(wanted.start as f64)?;
        let begin = windows.next().transpose()?.map_or(wanted.end, |window| window.start);
        let window = TimeWindow::new(begin.max(first.start), wanted.end.min(last.end));
        let windows = if window.start < window.end { vec![window] } else { Vec::new() };
        Ok(Some(Self::new(Arc::clone(definition), windows, None)))
    }

    /// The definition.
    pub fn definition(&self) -> &Arc<TimeWindowPartitions> {
        &self.definition
    }

    /// The same intervals under a definition that may begin or end elsewhere.
    #[must_use]
    pub fn with_definition(&self, definition: Arc<TimeWindowPartitions>) -> Self {
        Self { definition, ..self.clone() }
    }

    /// The intervals.
    pub fn windows(&self) -> &[TimeWindow] {
        &self.windows
    }

    /// How many partitions the set has.
    pub fn count(&self) -> Result<u64> {
        if let Some(count) = self.count.get() {
            return Ok(*count);
        }
        let count = self.windows.iter().try_fold(0, |sum, window| {
            Ok::<u64, PartitionsError>(sum + self.definition.count_in_window(*window)?)
        })?;
        Ok(*self.count.get_or_init(|| count))
    }

    /// Whether the window a key names is in the set; a malformed key is not.
    pub fn contains(&self, key: &str) -> Result<bool> {
        match self.definition.window_of_key(key) {
            Ok(window) => Ok(self.contains_start(window.start)),
            Err(PartitionsError::MalformedKey { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether the window starting at this tick is in the set.
    pub fn contains_start(&self, start: i64) -> bool {
        let after = self.windows.partition_point(|window| window.start <= start);
        after > 0 && start < self.windows[after - 1].end
    }

    /// The keys, in order of time.
    pub fn keys(&self) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        for window in self.windows.iter() {
            keys.extend(self.definition.keys_in_window(*window)?);
        }
        Ok(keys)
    }

    /// So many of the keys, in order of time.
    pub fn first_keys(&self, limit: usize) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        for window in self.windows.iter() {
            for inside in self.definition.windows_from(window.start as f64)? {
                let inside = inside?;
                if keys.len() == limit {
                    return Ok(keys);
                }
                if inside.start >= window.end {
                    break;
                }
                keys.push(self.definition.key_of(inside)?);
            }
        }
        Ok(keys)
    }

    /// First and last key of each interval.
    pub fn key_ranges(&self, now: f64) -> Result<Vec<PartitionKeyRange>> {
        self.windows
            .iter()
            .map(|window| self.definition.range_of_window(*window, Some(now)))
            .collect()
    }

    /// The keys existing at an instant that are not in the set, in order of time.
    pub fn keys_not_in(&self, now: f64) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        for window in self.gaps(now)? {
            keys.extend(self.definition.keys_in_window(window)?);
        }
        Ok(keys)
    }

    /// The intervals between first and last window that the set leaves open.
    fn gaps(&self, now: f64) -> Result<Vec<TimeWindow>> {
        let definition = &self.definition;
        let (Some(first), Some(last)) =
            (definition.first_window(now)?, definition.last_window(now)?)
        else {
            return Ok(Vec::new());
        };
        let mut gaps = Vec::new();
        let mut open_from = first.start;
        for window in self.windows.iter() {
            if window.start > open_from {
                gaps.push(TimeWindow::new(open_from, window.start.min(last.end)));
            }
            open_from = open_from.max(window.end);
            if open_from >= last.end {
                break;
            }
        }
        if open_from < last.end {
            gaps.push(TimeWindow::new(open_from, last.end));
        }
        Ok(gaps)
    }

    /// This set and the windows the keys name (`_add_partitions_to_time_windows`).
    pub fn with_keys<S: AsRef<str>>(&self, keys: &[S], now: f64) -> Result<Self> {
        let added = self.definition.windows_of_keys(keys, Some(now))?;
        let mut windows = self.windows.to_vec();
        let mut count = self.count()?;
        for window in added {
            count += u64::from(self.insert(&mut windows, window)?);
        }
        Ok(Self::new(Arc::clone(&self.definition), windows, Some(count)))
    }

    /// Puts one window in; whether it was not there yet.
    fn insert(&self, windows: &mut Vec<TimeWindow>, window: TimeWindow) -> Result<bool> {
        let after = windows.partition_point(|known| known.start <= window.start);
        let Some(before) = after.checked_sub(1) else {
            match windows.first_mut() {
                Some(first) if first.start == window.end => first.start = window.start,
                _ => windows.insert(0, window),
            }
            return Ok(true);
        };
        if window.start < windows[before].end {
            return Ok(false);
        }
        let joins_before = self.can_merge(windows[before].end, window.start)?;
        let joins_after = match windows.get(after) {
            Some(next) => self.can_merge(window.end, next.start)?,
            None => false,
        };
        match (joins_before, joins_after) {
            (true, true) => {
                windows[before].end = windows[after].end;
                windows.remove(after);
            }
            (true, false) => windows[before].end = window.end,
            (false, true) => windows[after].start = window.start,
            (false, false) => windows.insert(after, window),
        }
        Ok(true)
    }

    fn can_merge(&self, end: i64, start: i64) -> Result<bool> {
        if end == start {
            return Ok(true);
        }
        if self.definition.exclusions().is_empty() {
            return Ok(false);
        }
        Ok(!self.definition.has_any_in_window(TimeWindow::new(end, start))?)
    }

    /// Windows in either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (&self.windows, &other.windows) {
            (Intervals::None | Intervals::One(_), Intervals::None) => return self.clone(),
            (Intervals::None, Intervals::One(_)) => {
                return other.with_definition(Arc::clone(&self.definition));
            }
            (Intervals::One(mine), Intervals::One(theirs)) if mine == theirs => {
                return self.clone();
            }
            _ => {}
        }
        let both = self.windows.iter().chain(other.windows.iter());
        let mut all: Vec<TimeWindow> = both.copied().collect();
        all.sort_by_key(|window| window.start);
        let mut merged: Vec<TimeWindow> = Vec::with_capacity(all.len());
        for window in all {
            match merged.last_mut() {
                Some(last) if window.start <= last.end => last.end = last.end.max(window.end),
                _ => merged.push(window),
            }
        }
        Self::new(Arc::clone(&self.definition), merged, None)
    }

    /// Windows in both sets.
    pub fn intersection(&self, other: &Self) -> Result<Self> {
        if self.windows.is_empty() || other.windows.is_empty() {
            return Ok(Self::empty(Arc::clone(&self.definition)));
        }
        let (mut left, mut right) = (self.windows.iter(), other.windows.iter());
        let (mut a, mut b) = (left.next(), right.next());
        let mut common = Vec::new();
        while let (Some(mine), Some(theirs)) = (a, b) {
            let window = TimeWindow::new(mine.start.max(theirs.start), mine.end.min(theirs.end));
            if window.start < window.end {
                common.push(window);
            }
            if mine.end < theirs.end {
                a = left.next();
            } else {
                b = right.next();
            }
        }
        self.without_empty(common)
    }

    /// Windows in this set and not in the other.
    pub fn difference(&self, other: &Self) -> Result<Self> {
        if self.windows.is_empty() {
            return Ok(self.clone());
        }
        if other.windows.is_empty() && self.definition.exclusions().is_empty() {
            return Ok(self.clone());
        }
        let mut rest = Vec::new();
        let mut cuts = other.windows.iter().peekable();
        for window in self.windows.iter() {
            let mut from = window.start;
            while let Some(cut) = cuts.peek() {
                if cut.end <= from {
                    cuts.next();
                    continue;
                }
                if cut.start >= window.end {
                    break;
                }
                if cut.start > from {
                    rest.push(TimeWindow::new(from, cut.start));
                }
                from = cut.end;
                if from >= window.end {
                    break;
                }
            }
            if from < window.end {
                rest.push(TimeWindow::new(from, window.end));
            }
        }
        self.without_empty(rest)
    }

    /// Intervals over excluded time alone hold no partition and are dropped.
    fn without_empty(&self, mut windows: Vec<TimeWindow>) -> Result<Self> {
        if !self.definition.exclusions().is_empty() {
            let mut kept = Vec::with_capacity(windows.len());
            for window in windows {
                if self.definition.has_any_in_window(window)? {
                    kept.push(window);
                }
            }
            windows = kept;
        }
        Ok(Self::new(Arc::clone(&self.definition), windows, None))
    }
}

/// One list of intervals from several, first lists winning where they overlap, in order of time
/// (`fetch_flattened_time_window_ranges`). Each list is sorted and disjoint.
pub fn flatten<T: Clone>(by_priority: &[(T, &[TimeWindow])]) -> Vec<(TimeWindow, T)> {
    let mut flat: Vec<(TimeWindow, T)> = Vec::new();
    for (value, windows) in by_priority {
        let mut visible = Vec::new();
        let mut taken = flat.iter().map(|(window, _)| window).peekable();
        for window in *windows {
            let mut from = window.start;
            while let Some(cut) = taken.peek().filter(|cut| cut.start < window.end) {
                if cut.start > from {
                    visible.push((TimeWindow::new(from, cut.start), value.clone()));
                }
                from = from.max(cut.end);
                if cut.end > window.end {
                    // It may reach into the next window as well.
                    break;
                }
                taken.next();
            }
            if from < window.end {
                visible.push((TimeWindow::new(from, window.end), value.clone()));
            }
        }
        flat.extend(visible);
        flat.sort_by_key(|(window, _)| window.start);
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn higher_priority_intervals_cut_lower_ones() {
        let window = TimeWindow::new;
        let flat = flatten(&[
            ("failed", [window(2, 3), window(5, 6), window(8, 11)].as_slice()),
            ("done", [window(0, 4), window(5, 7), window(8, 9), window(10, 12)].as_slice()),
        ]);
        let expected = [
            (window(0, 2), "done"),
            (window(2, 3), "failed"),
            (window(3, 4), "done"),
            (window(5, 6), "failed"),
            (window(6, 7), "done"),
            (window(8, 11), "failed"),
            (window(11, 12), "done"),
        ];
        assert_eq!(flat, expected);
    }
}
