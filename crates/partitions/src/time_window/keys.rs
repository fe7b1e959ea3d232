//! Keys of windows: listing, counting, checking, ranges.

use jiff::Timestamp;
use rondel_cron::{CronSchedule, Direction};
use rondel_model::partition::PartitionKeyRange;

use super::bounds::next;
use super::{TimeWindow, TimeWindowPartitions};
use crate::error::{PartitionsError, Result};

impl TimeWindowPartitions {
    /// The key of the window starting at this tick.
    pub fn key_of(&self, window: TimeWindow) -> Result<String> {
        self.format.key(window.start)
    }

    /// All keys as of `now`, in order.
    pub fn keys(&self, now: f64) -> Result<Vec<String>> {
        let Some(last) = self.last_window(now)? else { return Ok(Vec::new()) };
        let mut keys = Vec::new();
        for window in self.windows_from(self.start)? {
            let window = window?;
            keys.push(self.key_of(window)?);
            if window.start >= last.start {
                break;
            }
        }
        Ok(keys)
    }

    /// The first key as of `now`.
    pub fn first_key(&self, now: f64) -> Result<Option<String>> {
        self.first_window(now)?.map(|window| self.key_of(window)).transpose()
    }

    /// The last key as of `now`.
    pub fn last_key(&self, now: f64) -> Result<Option<String>> {
        self.last_window(now)?.map(|window| self.key_of(window)).transpose()
    }

    /// The last of [`keys`](Self::keys). A definition that ends before its first window has a last window
    /// outside of its keys.
    pub(crate) fn last_listed_key(&self, now: f64) -> Result<Option<String>> {
        let (first, last) = (self.first_window(now)?, self.last_window(now)?);
        let listed = first.zip(last).map(|(first, last)| first.max(last));
        listed.map(|window| self.key_of(window)).transpose()
    }

    /// How many partitions there are as of `now`; cheap for daily and fixed-interval schedules.
    pub fn count(&self, now: f64) -> Result<u64> {
        match (self.first_window(now)?, self.last_window(now)?) {
            (Some(first), Some(last)) => {
                self.count_in_window(TimeWindow::new(first.start, last.end))
            }
            _ => Ok(0),
        }
    }

    /// How many partitions start within an interval that begins and ends at window edges.
    pub fn count_in_window(&self, window: TimeWindow) -> Result<u64> {
        if window.start >= window.end {
            return Ok(0);
        }
        if self.is_basic_daily() {
            let days = self.day_number(window.end) - self.day_number(window.start);
            return Ok(u64::try_from(days).unwrap_or(0));
        }
        if let Some(minutes) = self.fixed_minutes.filter(|_| self.exclusions.is_empty()) {
            let count = (window.end - window.start).div_euclid(60).div_euclid(minutes);
            return Ok(u64::try_from(count).unwrap_or(0));
        }
        let mut count = 0;
        for inside in self.windows_from(window.start as f64)? {
            if inside?.start >= window.end {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    /// Whether any partition starts within the interval.
    pub fn has_any_in_window(&self, window: TimeWindow) -> Result<bool> {
        if window.start >= window.end {
            return Ok(false);
        }
        if self.fixed_minutes.is_some() && self.exclusions.is_empty() {
            return Ok(self.count_in_window(window)? > 0);
        }
        Ok(next(&mut self.windows_from(window.start as f64)?)?.start < window.end)
    }

    /// The keys of the partitions starting within the interval.
    pub fn keys_in_window(&self, window: TimeWindow) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        for inside in self.windows_from(window.start as f64)? {
            let inside = inside?;
            if inside.start >= window.end {
                break;
            }
            keys.push(self.key_of(inside)?);
        }
        Ok(keys)
    }

    /// The window a key names: the first one at or after the time the key spells, so that a key may
    /// leave out what the schedule adds (`%Y-%m-%d` for windows starting at 7:00).
    pub fn window_of_key(&self, key: &str) -> Result<TimeWindow> {
        next(&mut self.windows_from(self.format.instant(key)?)?)
    }

    /// The start of the window a key names.
    pub fn start_of_key(&self, key: &str) -> Result<f64> {
        let spelled = self.format.instant(key)?;
        if self.is_basic_hourly() || self.is_basic_daily() {
            return Ok(spelled);
        }
        Ok(next(&mut self.windows_from(spelled)?)?.start as f64)
    }

    /// The windows the keys name, in order of time. With bounds as of `now`, keys outside the set are
    /// left out.
    pub fn windows_of_keys<S: AsRef<str>>(
        &self,
        keys: &[S],
        bounds_at: Option<f64>,
    ) -> Result<Vec<TimeWindow>> {
        let mut spelled = keys
            .iter()
            .map(|key| Ok((self.format.instant(key.as_ref())?, key.as_ref())))
            .collect::<Result<Vec<(f64, &str)>>>()?;
        spelled.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(right.1)));
        spelled.dedup();
        let Some(first) = spelled.first() else { return Ok(Vec::new()) };
        let mut walk = self.windows_from(first.0)?;
        let mut windows: Vec<TimeWindow> = Vec::with_capacity(spelled.len());
        for (at, key) in spelled {
            // Keys are often neighbours; otherwise begin anew at the time the key spells.
            let mut window = next(&mut walk)?;
            if self.key_of(window)? != key {
                walk = self.windows_from(at)?;
                window = next(&mut walk)?;
            }
            windows.push(window);
        }
        if let Some(now) = bounds_at {
            let (Some(first), Some(last)) = (self.first_window(now)?, self.last_window(now)?)
            else {
                return Err(PartitionsError::InvalidDefinition(
                    "there are no partitions in the definition yet".into(),
                ));
            };
            windows.retain(|window| window.start >= first.start && window.end <= last.end);
        }
        Ok(windows)
    }

    /// Whether a key is a partition of the set as of `now`.
    pub fn has_key(&self, key: &str, now: f64) -> Result<bool> {
        let start = match self.start_of_key(key) {
            Ok(start) => start,
            Err(PartitionsError::MalformedKey { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        if self.is_window_start_excluded(start)? {
            return Ok(false);
        }
        let (Some(first), Some(last)) = (self.first_window(now)?, self.last_window(now)?) else {
            return Ok(false);
        };
        if start < first.start as f64 || start > last.start as f64 {
            return Ok(false);
        }
        // A time that is no tick spells another key.
        Ok(start.fract() == 0.0 && self.format.key(start as i64)? == key)
    }

    /// The key after another one, if it belongs to the set as of `now`.
    pub fn next_key(&self, key: &str, now: f64) -> Result<Option<String>> {
        let Some(last) = self.last_window(now)? else { return Ok(None) };
        let mut windows = self.windows_from(self.format.instant(key)?)?;
        next(&mut windows)?;
        let following = next(&mut windows)?;
        if following.start >= last.end { Ok(None) } else { self.key_of(following).map(Some) }
    }

    /// The key before another one, if it belongs to the set as of `now`.
    pub fn previous_key(&self, key: &str, now: f64) -> Result<Option<String>> {
        let start = self.window_of_key(key)?.start;
        let previous = self.previous_window(start, Some(now))?;
        previous.map(|window| self.key_of(window)).transpose()
    }

    /// The keys from one to another, both included (`get_partition_keys_in_range`).
    pub fn keys_in_range(&self, range: &PartitionKeyRange) -> Result<Vec<String>> {
        self.keys_in_window(self.window_of_range(range)?)
    }

    /// A range cut into ranges of at most so many partitions; only the keys at their ends are made.
    pub(crate) fn ranges_of_at_most(
        &self,
        limit: usize,
        range: &PartitionKeyRange,
    ) -> Result<Vec<PartitionKeyRange>> {
        let whole = self.window_of_range(range)?;
        let mut chunks: Vec<(TimeWindow, TimeWindow, usize)> = Vec::new();
        for window in self.windows_from(whole.start as f64)? {
            let window = window?;
            if window.start >= whole.end {
                break;
            }
            match chunks.last_mut() {
                Some((_, last, count)) if *count < limit => (*last, *count) = (window, *count + 1),
                _ => chunks.push((window, window, 1)),
            }
        }
        let range = |(first, last, _)| {
            let (start, end) = (self.key_of(first)?, self.key_of(last)?);
            Ok(PartitionKeyRange { start, end, ..PartitionKeyRange::default() })
        };
        chunks.into_iter().map(range).collect()
    }

    /// Whether no two windows have one key, as far as that is known without a look at each: an hour that comes
    /// twice, or a format that leaves something out, may give them the same.
    pub(crate) fn has_distinct_keys(&self) -> bool {
        let format = self.format.as_str();
        let is_in_utc = self.timezone == "UTC" && self.exclusions.is_empty();
        (self.is_basic_daily() && format == "%Y-%m-%d")
            || (is_in_utc && self.fixed_minutes.is_some() && format == "%Y-%m-%d-%H:%M")
    }

    /// The interval from the start of a range's first window to the end of its last.
    pub fn window_of_range(&self, range: &PartitionKeyRange) -> Result<TimeWindow> {
        let invalid = |reason: String| PartitionsError::InvalidRange {
            start: range.start.clone(),
            end: range.end.clone(),
            reason,
        };
        let start = self.start_of_key(&range.start)?;
        if start < self.start {
            return Err(invalid("it begins before the partitions definition".into()));
        }
        let end = self.window_of_key(&range.end)?.end;
        if self.end.is_some_and(|limit| end as f64 > limit) {
            return Err(invalid("it reaches beyond the end of the partitions definition".into()));
        }
        Ok(TimeWindow::new(start as i64, end))
    }

    /// The first and last key inside an interval that begins and ends at window edges.
    pub fn range_of_window(
        &self,
        window: TimeWindow,
        bounds_at: Option<f64>,
    ) -> Result<PartitionKeyRange> {
        let last = self.previous_window(window.end, bounds_at)?.ok_or_else(|| {
            PartitionsError::InvalidDefinition(
                "the interval ends before the first partition of the definition".into(),
            )
        })?;
        Ok(PartitionKeyRange {
            start: self.key_at(window.start as f64)?,
            end: self.key_at(last.start as f64)?,
            ..PartitionKeyRange::default()
        })
    }

    /// The key of the window an instant lies in (`get_partition_key_for_timestamp`).
    pub fn key_at(&self, instant: f64) -> Result<String> {
        // The next tick counts when it is the instant itself.
        match self.tick_from(instant, Direction::Forward, |_| true)? {
            tick if tick as f64 <= instant => self.format.key(tick),
            _ => self.format.key(self.tick_from(instant, Direction::Backward, |_| true)?),
        }
    }

    /// The key of the window that ends at an instant or holds it inside.
    pub fn key_before(&self, instant: f64) -> Result<String> {
        let is_before = |tick: i64| tick as f64 != instant;
        self.format.key(self.tick_from(instant, Direction::Backward, is_before)?)
    }

    /// The first tick from an instant that fits and is not excluded.
    fn tick_from(
        &self,
        instant: f64,
        direction: Direction,
        fits: impl Fn(i64) -> bool,
    ) -> Result<i64> {
        for tick in self.schedule.ticks(&self.zone, instant, direction)?.take(50_000) {
            let tick = tick?;
            if fits(tick) && !self.is_window_start_excluded(tick as f64)? {
                return Ok(tick);
            }
        }
        Err(PartitionsError::InvalidDefinition("the cron schedule has no ticks".into()))
    }

    /// Whether the window starting at this tick is left out.
    pub fn is_window_start_excluded(&self, start: f64) -> Result<bool> {
        if self.excluded_instants.binary_search_by(|at| at.total_cmp(&start)).is_ok() {
            return Ok(true);
        }
        for expr in self.excluded_schedule.iter().flat_map(CronSchedule::exprs) {
            let schedule = CronSchedule::parse(expr.as_str())?;
            let tick = schedule.next_from(&self.zone, start)?;
            // Python compares wall times here, so the first pass of a repeated hour is met by a tick on
            // the second.
            if self.wall(tick) as f64 == self.wall(start.floor() as i64) as f64 + start.fract() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn day_number(&self, at: i64) -> i64 {
        self.wall(at).div_euclid(86_400)
    }

    /// Seconds on the zone's clock.
    fn wall(&self, at: i64) -> i64 {
        let offset = Timestamp::from_second(at)
            .map_or(0, |at| i64::from(self.zone.time_zone().to_offset(at).seconds()));
        at + offset
    }
}
