//! Sets of keys as ranges: of time windows, and of a product's primary dimension.

use std::collections::{BTreeMap, BTreeSet};

use rondel_partitions::{Context, MultiPartitions, TimeWindow, TimeWindowPartitions};

use crate::errors::ResolverError;

/// Neighbouring time windows.
pub(crate) struct WindowRange {
    pub(crate) start_key: String,
    pub(crate) end_key: String,
    pub(crate) start_time: f64,
    pub(crate) end_time: f64,
}

/// The windows of keys, neighbours joined, in the order of time.
pub(crate) fn window_ranges(
    windows: &TimeWindowPartitions,
    keys: &BTreeSet<String>,
) -> Result<Vec<WindowRange>, ResolverError> {
    let mut placed: Vec<(TimeWindow, &String)> = Vec::with_capacity(keys.len());
    for key in keys {
        placed.push((windows.window_of_key(key)?, key));
    }
    placed.sort_by_key(|(window, _)| window.start);
    let mut ranges: Vec<WindowRange> = Vec::new();
    let mut last_end = None;
    for (window, key) in placed {
        match ranges.last_mut() {
            Some(range) if last_end == Some(window.start) => {
                range.end_key.clone_from(key);
                range.end_time = window.end as f64;
            }
            _ => ranges.push(WindowRange {
                start_key: key.clone(),
                end_key: key.clone(),
                start_time: window.start as f64,
                end_time: window.end as f64,
            }),
        }
        last_end = Some(window.end);
    }
    Ok(ranges)
}

/// Neighbouring keys of the primary dimension which have the same to tell of the secondary one.
pub(crate) struct PrimaryRange<R> {
    pub(crate) start_key: String,
    pub(crate) end_key: String,
    pub(crate) start_time: Option<f64>,
    pub(crate) end_time: Option<f64>,
    pub(crate) secondary: R,
}

/// Joins neighbouring keys of the primary dimension whose `sets` are equal, and tells those once.
pub(crate) fn alike_by_primary<S: PartialEq, R>(
    multi: &MultiPartitions,
    context: &Context,
    sets: &BTreeMap<String, S>,
    tell: impl Fn(&S) -> Result<R, ResolverError>,
) -> Result<Vec<PrimaryRange<R>>, ResolverError> {
    let (primary, _) = multi.primary_and_secondary();
    let missing = || ResolverError::invariant("partitions of two dimensions have two");
    let (_, definition) = multi.dimensions().get(primary).ok_or_else(missing)?;
    let keys = definition.keys(context)?;
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(start) = keys.get(at) {
        let Some(alike) = sets.get(start) else {
            at += 1;
            continue;
        };
        let count = keys[at..].iter().take_while(|key| sets.get(*key) == Some(alike)).count();
        let end = &keys[at + count - 1];
        ranges.push(PrimaryRange {
            start_key: start.clone(),
            end_key: end.clone(),
            start_time: definition.window_of_key(start)?.map(|window| window.start as f64),
            end_time: definition.window_of_key(end)?.map(|window| window.end as f64),
            secondary: tell(alike)?,
        });
        at += count;
    }
    Ok(ranges)
}
