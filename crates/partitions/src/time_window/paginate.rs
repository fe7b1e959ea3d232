//! Pages of keys (`get_paginated_partition_keys`), with Dagster's cursors.

use rondel_model::partition::TimeWindowCursor;

use super::bounds::next;
use super::{TimeWindow, TimeWindowPartitions};
use crate::cursor;
use crate::error::Result;
use crate::page::{Order, Page};

impl TimeWindowPartitions {
    /// One page of keys as of `now`.
    pub fn page(&self, now: f64, limit: usize, order: Order, cursor: Option<&str>) -> Result<Page> {
        let walk = match cursor.filter(|cursor| !cursor.is_empty()) {
            Some(text) => {
                let cursor: TimeWindowCursor = cursor::decode(text)?;
                Walk {
                    start: cursor.start_timestamp as f64,
                    end: cursor.end_timestamp as f64,
                    beyond: cursor.offset_partition_count,
                    is_continued: true,
                }
            }
            None => Walk { start: self.start, end: now, beyond: 0, is_continued: false },
        };
        match order {
            Order::Ascending => self.page_up(walk, limit),
            Order::Descending => self.page_down(walk, limit),
        }
    }

    fn page_up(&self, mut walk: Walk, limit: usize) -> Result<Page> {
        let cut = self.cut();
        let mut windows = Vec::new();
        let mut has_more = false;
        for window in self.windows_from(walk.start)? {
            let window = window?;
            if self.end.is_some_and(|end| window.end as f64 > end) {
                break;
            }
            let is_complete = window.end as f64 <= walk.end;
            if !is_complete && walk.beyond >= self.end_offset {
                break;
            }
            windows.push(window);
            if !is_complete {
                walk.beyond += 1;
            }
            if windows.len() >= limit + cut {
                has_more = true;
                break;
            }
        }
        if has_more {
            windows.truncate(limit);
        } else {
            windows.truncate(windows.len().saturating_sub(cut));
        }
        if let Some(last) = self.window_named_by_last(&windows)? {
            walk.start = last.end as f64;
        }
        self.finish(&windows, &walk, has_more)
    }

    fn page_down(&self, mut walk: Walk, limit: usize) -> Result<Page> {
        let cut = self.cut();
        let mut windows = Vec::new();
        if self.end_offset > 0 && self.end_offset > walk.beyond {
            let wanted = usize::try_from(self.end_offset - walk.beyond).unwrap_or(0);
            let complete_until = next(&mut self.windows_before(walk.end)?)?.end as f64;
            for window in self.windows_from(complete_until)? {
                let window = window?;
                if windows.len() >= wanted || self.end.is_some_and(|end| window.end as f64 > end) {
                    break;
                }
                windows.push(window);
            }
            windows.reverse();
            windows.truncate(limit);
            walk.beyond += i64::try_from(windows.len()).unwrap_or(0);
        }
        let mut has_more = false;
        for window in self.windows_before(walk.end)? {
            let window = window?;
            if windows.len() >= limit + cut {
                has_more = true;
                break;
            }
            if (window.start as f64) < walk.start {
                break;
            }
            windows.push(window);
        }
        if cut > 0 && !walk.is_continued {
            windows.drain(..cut.min(windows.len()));
        }
        if let Some(last) = self.window_named_by_last(&windows)? {
            let is_before_now = self.end_offset <= 0 || walk.beyond >= self.end_offset;
            if is_before_now {
                walk.end = last.start as f64;
            }
        }
        self.finish(&windows, &walk, has_more)
    }

    /// How many of the last partitions a negative end offset takes away.
    fn cut(&self) -> usize {
        usize::try_from(-self.end_offset.min(0)).unwrap_or(0)
    }

    /// Dagster continues from the window it parses out of the last key.
    fn window_named_by_last(&self, windows: &[TimeWindow]) -> Result<Option<TimeWindow>> {
        let key = windows.last().map(|window| self.key_of(*window)).transpose()?;
        key.map(|key| self.window_of_key(&key)).transpose()
    }

    fn finish(&self, windows: &[TimeWindow], walk: &Walk, has_more: bool) -> Result<Page> {
        let cursor = TimeWindowCursor {
            start_timestamp: walk.start as i64,
            end_timestamp: walk.end as i64,
            offset_partition_count: walk.beyond,
            ..TimeWindowCursor::default()
        };
        Ok(Page {
            keys: windows.iter().map(|window| self.key_of(*window)).collect::<Result<_>>()?,
            cursor: cursor::encode(&cursor),
            has_more,
        })
    }
}

/// Where a page begins.
struct Walk {
    start: f64,
    end: f64,
    /// Partitions beyond the last complete window handed out already.
    beyond: i64,
    is_continued: bool,
}
