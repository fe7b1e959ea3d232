//! Windows that overlap, shifted by offsets (`TimeWindowPartitionMapping`).
//!
//! Whole intervals are mapped, so the cost goes with the number of intervals and not of partitions.

use std::borrow::Cow;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::DateTime;
use rondel_model::partition::TimeWindowPartitionMapping;

use super::{Of, UpstreamPartitions};
use crate::context::Context;
use crate::definition::PartitionsDefinition;
use crate::error::{PartitionsError, Result};
use crate::format::instant_of;
use crate::subset::{PartitionsSubset, TimeWindowSubset};
use crate::time_window::{TimeWindow, TimeWindowPartitions};

/// The direction, with the offsets of the interval's ends in it.
#[derive(Clone, Copy)]
enum Way {
    /// Offsets in units of the definition mapped from.
    Upstream { start: i64, end: i64 },
    /// Offsets in units of the definition mapped to.
    Downstream { start: i64, end: i64 },
}

impl Way {
    fn offsets(self) -> (i64, i64) {
        match self {
            Self::Upstream { start, end } | Self::Downstream { start, end } => (start, end),
        }
    }
}

pub(super) fn upstream(
    mapping: &TimeWindowPartitionMapping,
    from: Of<'_>,
    to: &PartitionsDefinition,
    context: &Context,
) -> Result<UpstreamPartitions> {
    let way = Way::Upstream { start: mapping.start_offset, end: mapping.end_offset };
    map(mapping, way, from, to, context)
}

pub(super) fn downstream(
    mapping: &TimeWindowPartitionMapping,
    from: Of<'_>,
    to: &PartitionsDefinition,
    context: &Context,
) -> Result<PartitionsSubset> {
    let way = Way::Downstream { start: -mapping.end_offset, end: -mapping.start_offset };
    map(mapping, way, from, to, context).map(|found| found.existing)
}

fn windows_of(definition: &PartitionsDefinition) -> Result<&Arc<TimeWindowPartitions>> {
    match definition {
        PartitionsDefinition::TimeWindow(windows) => Ok(windows),
        other => Err(PartitionsError::InvalidMapping(format!(
            "TimeWindowPartitionMapping needs a TimeWindowPartitionsDefinition on both sides, got {}",
            other.class_name()
        ))),
    }
}

fn map(
    mapping: &TimeWindowPartitionMapping,
    way: Way,
    from: Of<'_>,
    to: &PartitionsDefinition,
    context: &Context,
) -> Result<UpstreamPartitions> {
    let (from_windows, to) = (windows_of(from.definition)?, windows_of(to)?);
    let subset = match from.subset {
        PartitionsSubset::TimeWindow(subset) => Cow::Borrowed(subset),
        PartitionsSubset::All(PartitionsDefinition::TimeWindow(windows)) => {
            Cow::Owned(TimeWindowSubset::all(Arc::clone(windows), context.now)?)
        }
        PartitionsSubset::All(_) | PartitionsSubset::Keys(_) => {
            return Err(PartitionsError::InvalidMapping(
                "TimeWindowPartitionMapping got partitions that are no time windows".into(),
            ));
        }
    };
    if to.timezone() != from_windows.timezone() {
        return Err(PartitionsError::InvalidMapping(format!(
            "timezones {} and {} don't match",
            to.timezone(),
            from_windows.timezone()
        )));
    }
    let map = Map { mapping, way, from: from_windows, to, subset: &subset, now: context.now };
    let result = match map.cheaply()? {
        Some(result) => result,
        None => map.by_windows()?,
    };
    Ok(UpstreamPartitions {
        existing: PartitionsSubset::TimeWindow(result.0),
        nonexistent: PartitionsSubset::TimeWindow(result.1),
    })
}

/// Existing and nonexistent windows.
type Found = (TimeWindowSubset, TimeWindowSubset);

struct Map<'a> {
    mapping: &'a TimeWindowPartitionMapping,
    way: Way,
    from: &'a Arc<TimeWindowPartitions>,
    to: &'a Arc<TimeWindowPartitions>,
    subset: &'a TimeWindowSubset,
    now: f64,
}

impl Map<'_> {
    fn empty(&self) -> TimeWindowSubset {
        TimeWindowSubset::empty(Arc::clone(self.to))
    }

    fn of(&self, windows: Vec<TimeWindow>) -> TimeWindowSubset {
        TimeWindowSubset::new(Arc::clone(self.to), windows, None)
    }

    /// Where no window has to be looked for (`_do_cheap_partition_mapping_if_possible`).
    fn cheaply(&self) -> Result<Option<Found>> {
        let (from, to) = (self.from, self.to);
        let (Some(first), Some(last)) =
            (self.subset.windows().first(), self.subset.windows().last())
        else {
            return Ok(Some((self.empty(), self.empty())));
        };
        if self.way.offsets() != (0, 0) {
            return Ok(None);
        }
        if from == to {
            return Ok(Some((self.subset.clone(), self.empty())));
        }
        let starts_inside = from.start() >= to.start() || first.start as f64 >= to.start();
        let ends_inside = match (to.end(), from.end()) {
            (None, _) => true,
            (Some(to), Some(from)) => to >= from,
            (Some(_), None) => false,
        };
        if from.is_same_but_for_bounds(to) && starts_inside && ends_inside {
            return Ok(Some((self.subset.with_definition(Arc::clone(to)), self.empty())));
        }
        let last_windows = from.last_window(self.now)?.zip(to.last_window(self.now)?);
        let reaches_no_further = last_windows.is_some_and(|(from, to)| from.end <= to.end);
        if from.is_basic_daily() && to.is_basic_hourly() && starts_inside && reaches_no_further {
            return Ok(Some((self.of(self.subset.windows().to_vec()), self.empty())));
        }
        if last.end as f64 <= to.start() {
            let mut nonexistent = self.empty();
            if !self.mapping.allow_nonexistent_upstream_partitions {
                for window in self.subset.windows() {
                    nonexistent = nonexistent.union(&self.of(vec![*window]));
                }
            }
            return Ok(Some((self.empty(), nonexistent)));
        }
        Ok(None)
    }

    fn by_windows(&self) -> Result<Found> {
        let bounds = self.to.first_window(self.now)?.zip(self.to.last_window(self.now)?);
        let full = bounds.map(|(first, last)| TimeWindow::new(first.start, last.end));
        let mut existing = Vec::new();
        let mut nonexistent = self.empty();
        for window in self.subset.windows() {
            let window = self.image(*window, full)?;
            if window.start >= window.end {
                continue;
            }
            if let Some((first, last)) = bounds
                && window.start <= last.start
                && window.end >= first.end
            {
                existing
                    .push(TimeWindow::new(window.start.max(first.start), window.end.min(last.end)));
            }
            if !self.mapping.allow_nonexistent_upstream_partitions
                && let Some(outside) = outside(window, full)
            {
                nonexistent = nonexistent.union(&self.of(vec![outside]));
            }
        }
        let nothing = self.empty();
        let existing = existing
            .into_iter()
            .fold(nothing, |merged, window| merged.union(&self.of(vec![window])));
        Ok((existing, nonexistent))
    }

    /// The interval that corresponds to one mapped from, whether or not it exists.
    fn image(&self, window: TimeWindow, full: Option<TimeWindow>) -> Result<TimeWindow> {
        let (from, to) = (self.from, self.to);
        let mut image = window;
        if let Way::Upstream { start, end } = self.way {
            image.start = offset_within(from, image.start, start, full)?;
            image.end = offset_within(from, image.end, end, full)?;
        }
        let edges_agree = from.cron_schedule() == to.cron_schedule()
            || (from.is_basic_daily() && to.is_basic_hourly());
        if !edges_agree {
            // Edges may lie inside of windows mapped to. Dagster goes by their keys, which may leave out
            // what the schedule adds.
            let first = to.key_at(image.start as f64)?;
            let last = to.key_before(image.end as f64)?;
            image.start = to.start_of_key(&first)? as i64;
            image.end = to.window_of_key(&last)?.end;
        }
        if let Way::Downstream { start, end } = self.way {
            image.start = offset_within(to, image.start, start, full)?;
            image.end = offset_within(to, image.end, end, full)?;
        }
        Ok(image)
    }
}

/// The part of an interval beyond the first and last window; of one beyond both ends, all of it.
fn outside(window: TimeWindow, full: Option<TimeWindow>) -> Option<TimeWindow> {
    let Some(full) = full else { return Some(window) };
    match (window.start < full.start, window.end > full.end) {
        (true, true) => Some(window),
        (true, false) => Some(TimeWindow::new(window.start, window.end.min(full.start))),
        (false, true) => Some(TimeWindow::new(window.start.max(full.end), window.end)),
        (false, false) => None,
    }
}

/// An edge so many windows away, not beyond the bounds (`_offsetted_datetime_with_bounds`).
fn offset_within(
    windows: &TimeWindowPartitions,
    at: i64,
    offset: i64,
    bounds: Option<TimeWindow>,
) -> Result<i64> {
    let moved = offset_edge(windows, at, offset)?;
    Ok(match bounds {
        Some(bounds) if offset < 0 => moved.max(bounds.start),
        Some(bounds) if offset > 0 => moved.min(bounds.end),
        _ => moved,
    })
}

fn offset_edge(windows: &TimeWindowPartitions, at: i64, offset: i64) -> Result<i64> {
    if offset == 0 {
        return Ok(at);
    }
    if windows.is_basic_daily() {
        return offset_days(windows, at, offset);
    }
    if windows.is_basic_hourly() {
        return Ok(at + offset * 3600);
    }
    let mut edge = at;
    for _ in 0..offset.unsigned_abs() {
        let next = if offset < 0 {
            windows.previous_window(edge, None)?.map(|window| window.start)
        } else {
            windows.next_window(edge, None)?.map(|window| window.end)
        };
        edge = next.unwrap_or(edge);
    }
    Ok(edge)
}

/// Days on the zone's clock; midnights that do not exist are the first time after them.
fn offset_days(windows: &TimeWindowPartitions, at: i64, days: i64) -> Result<i64> {
    let beyond = || PartitionsError::Cron(rondel_cron::CronError::OutOfRange(at as f64));
    let zone = windows.zone().time_zone();
    let instant = Timestamp::from_second(at).map_err(|_| beyond())?;
    let day = jiff::Span::new().try_days(days).map_err(|_| beyond())?;
    let moved: DateTime =
        instant.to_zoned(zone.clone()).datetime().checked_add(day).map_err(|_| beyond())?;
    let hour = jiff::Span::new().hours(1);
    let midnight = match moved.hour() {
        0 => Ok(moved),
        23 => moved.checked_add(hour),
        1 => moved.checked_sub(hour),
        _ => {
            return Err(PartitionsError::InvalidMapping(format!(
                "unexpected time after adding day offset {moved}"
            )));
        }
    };
    let midnight = midnight.map_err(|_| beyond())?;
    instant_of(zone, midnight).map(Timestamp::as_second).ok_or_else(beyond)
}
