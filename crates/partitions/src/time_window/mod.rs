//! Partitions that are time windows between the ticks of a cron schedule.
//!
//! Mirrors `TimeWindowPartitionsDefinition` (`dagster/_core/definitions/partitions/definition/time_window.py`),
//! including its treatment of end offsets, exclusions and clock changes. Windows are half-open intervals of
//! whole Unix seconds; a key is the formatted start of its window.

mod bounds;
mod keys;
mod paginate;
mod windows;

use rondel_cron::{CronSchedule, Zone};
use rondel_model::partition::{
    Exclusion, ScheduleType, TimeWindowPartitionsDefinition, TimeWindowPartitionsSnap,
};
use rondel_model::serdes::{float_repr, sha1_hex};

pub use windows::{TimeWindow, Windows};

use crate::error::{PartitionsError, Result};
use crate::format::KeyFormat;

/// A time-window partitions definition, ready to compute with.
#[derive(Debug, Clone)]
pub struct TimeWindowPartitions {
    start: f64,
    end: Option<f64>,
    timezone: String,
    zone: Zone,
    format: KeyFormat,
    end_offset: i64,
    cron_schedule: String,
    schedule: CronSchedule,
    exclusions: Vec<Exclusion>,
    excluded_instants: Vec<f64>,
    excluded_schedule: Option<CronSchedule>,
    fixed_minutes: Option<i64>,
    known_bounds: bounds::KnownBounds,
}

impl TimeWindowPartitions {
    /// From the form code servers send (`TimeWindowPartitionsSnap.get_partitions_definition`).
    pub fn from_snap(snap: &TimeWindowPartitionsSnap) -> Result<Self> {
        let cron_schedule = match (&snap.cron_schedule, &snap.schedule_type) {
            (Some(cron), _) => cron.clone(),
            (None, Some(kind)) => legacy_schedule(kind, snap),
            (None, None) => {
                return Err(PartitionsError::InvalidDefinition(
                    "a time window needs a cron schedule or a schedule type".into(),
                ));
            }
        };
        Self::new(Parts {
            start: snap.start,
            end: snap.end.filter(|end| *end != 0.0),
            timezone: snap.timezone.clone(),
            fmt: &snap.fmt,
            end_offset: snap.end_offset,
            cron_schedule,
            exclusions: snap.exclusions.clone(),
        })
    }

    /// From the form stored inside subsets.
    pub fn from_definition(definition: &TimeWindowPartitionsDefinition) -> Result<Self> {
        Self::new(Parts {
            start: definition.start.timestamp.as_f64(),
            end: definition.end.as_ref().map(|end| end.timestamp.as_f64()),
            timezone: Some(definition.timezone.clone()),
            fmt: &definition.fmt,
            end_offset: definition.end_offset,
            cron_schedule: definition.cron_schedule.clone(),
            exclusions: definition.exclusions.clone(),
        })
    }

    fn new(parts: Parts<'_>) -> Result<Self> {
        let timezone =
            parts.timezone.filter(|name| !name.is_empty()).unwrap_or_else(|| "UTC".to_owned());
        let zone = Zone::named(Some(&timezone))?;
        let schedule = CronSchedule::parse(&parts.cron_schedule)?;
        let repeats = schedule.exprs().iter().any(rondel_cron::CronExpr::repeats_every_hour);
        let exclusions = parts.exclusions.unwrap_or_default();
        let mut excluded_instants: Vec<f64> = Vec::new();
        let mut excluded_crons: Vec<&str> = Vec::new();
        for exclusion in &exclusions {
            match exclusion {
                Exclusion::Cron(cron) => excluded_crons.push(cron),
                Exclusion::Instant(at) => excluded_instants.push(at.timestamp.as_f64()),
            }
        }
        excluded_instants.sort_by(f64::total_cmp);
        let excluded_schedule = if excluded_crons.is_empty() {
            None
        } else {
            Some(CronSchedule::parse_all(&excluded_crons)?)
        };
        let format = KeyFormat::new(parts.fmt, zone.time_zone().clone(), repeats);
        Ok(Self {
            start: parts.start,
            end: parts.end,
            fixed_minutes: fixed_minute_interval(&parts.cron_schedule),
            timezone,
            zone,
            format,
            end_offset: parts.end_offset,
            cron_schedule: parts.cron_schedule,
            schedule,
            exclusions,
            excluded_instants,
            excluded_schedule,
            known_bounds: bounds::KnownBounds::default(),
        })
    }

    /// The form code servers send (`TimeWindowPartitionsSnap.from_def`).
    pub fn to_snap(&self) -> TimeWindowPartitionsSnap {
        TimeWindowPartitionsSnap {
            start: self.start,
            timezone: Some(self.timezone.clone()),
            fmt: self.format.as_str().to_owned(),
            end_offset: self.end_offset,
            end: self.end,
            cron_schedule: Some(self.cron_schedule.clone()),
            exclusions: (!self.exclusions.is_empty()).then(|| self.exclusions.clone()),
            ..TimeWindowPartitionsSnap::default()
        }
    }

    /// The form stored inside subsets.
    pub fn to_definition(&self) -> TimeWindowPartitionsDefinition {
        TimeWindowPartitionsDefinition {
            start: windows::persisted(self.start, &self.timezone),
            timezone: self.timezone.clone(),
            end: self.end.map(|end| windows::persisted(end, &self.timezone)),
            fmt: self.format.as_str().to_owned(),
            end_offset: self.end_offset,
            cron_schedule: self.cron_schedule.clone(),
            exclusions: (!self.exclusions.is_empty()).then(|| self.exclusions.clone()),
            ..TimeWindowPartitionsDefinition::default()
        }
    }

    /// Start of the definition, in Unix seconds; the first window starts at the first tick from here.
    pub fn start(&self) -> f64 {
        self.start
    }

    /// End of the definition, in Unix seconds.
    pub fn end(&self) -> Option<f64> {
        self.end
    }

    /// The time zone's name.
    pub fn timezone(&self) -> &str {
        &self.timezone
    }

    /// The time zone.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// How keys are written.
    pub fn format(&self) -> &KeyFormat {
        &self.format
    }

    /// How many windows past the last completed one belong to the set; negative: how many of the last
    /// ones do not.
    pub fn end_offset(&self) -> i64 {
        self.end_offset
    }

    /// The cron schedule.
    pub fn cron_schedule(&self) -> &str {
        &self.cron_schedule
    }

    /// What is left out.
    pub fn exclusions(&self) -> &[Exclusion] {
        &self.exclusions
    }

    /// Whether windows begin at each midnight, none left out.
    pub fn is_basic_daily(&self) -> bool {
        self.exclusions.is_empty() && self.cron_schedule == "0 0 * * *"
    }

    /// Whether windows begin at each full hour, none left out.
    pub fn is_basic_hourly(&self) -> bool {
        self.exclusions.is_empty() && self.cron_schedule == "0 * * * *"
    }

    /// The cadence when the schedule is a plain hourly, daily, weekly or monthly one.
    pub fn schedule_type(&self) -> Option<ScheduleType> {
        let fields: Vec<&str> = self.cron_schedule.split(' ').collect();
        let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let [minute, hour, day, month, weekday] = fields.as_slice() else { return None };
        if !is_number(minute) || *month != "*" {
            return None;
        }
        match (*hour, *day, *weekday) {
            ("*", "*", "*") => Some(ScheduleType::Hourly),
            (hour, "*", "*") if is_number(&hour) => Some(ScheduleType::Daily),
            (hour, "*", weekday) if is_number(&hour) && is_number(&weekday) => {
                Some(ScheduleType::Weekly)
            }
            (hour, day, "*") if is_number(&hour) && is_number(&day) => Some(ScheduleType::Monthly),
            _ => None,
        }
    }

    /// Whether two definitions differ at most in their start and end (`equal_except_for_start_or_end`).
    pub fn is_same_but_for_bounds(&self, other: &Self) -> bool {
        self.timezone == other.timezone
            && self.format.as_str() == other.format.as_str()
            && self.cron_schedule == other.cron_schedule
            && self.end_offset == other.end_offset
            && self.exclusions == other.exclusions
    }

    /// The id stored beside serialized subsets: SHA-1 of Python's `repr`.
    pub fn unique_id(&self) -> String {
        sha1_hex(&self.repr())
    }

    fn repr(&self) -> String {
        let exclusions = if self.exclusions.is_empty() {
            String::new()
        } else {
            let parts: Vec<String> = self.exclusions.iter().map(exclusion_repr).collect();
            format!(", exclusions=[{}]", parts.join(", "))
        };
        format!(
            "TimeWindowPartitionsDefinition(start={}, end={}, timezone='{}', fmt='{}', end_offset={}, \
             cron_schedule='{}'){exclusions}",
            float_repr(self.start),
            self.end.map_or_else(|| "None".to_owned(), float_repr),
            self.timezone,
            self.format.as_str(),
            self.end_offset,
            self.cron_schedule,
        )
    }
}

impl PartialEq for TimeWindowPartitions {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
            || (self.start == other.start
                && self.end == other.end
                && self.is_same_but_for_bounds(other))
    }
}

struct Parts<'a> {
    start: f64,
    end: Option<f64>,
    timezone: Option<String>,
    fmt: &'a str,
    end_offset: i64,
    cron_schedule: String,
    exclusions: Option<Vec<Exclusion>>,
}

fn exclusion_repr(exclusion: &Exclusion) -> String {
    match exclusion {
        Exclusion::Cron(cron) => format!("'{cron}'"),
        Exclusion::Instant(at) => format!(
            "TimestampWithTimezone(timestamp={}, timezone='{}')",
            rondel_model::serdes::to_text(&at.timestamp),
            at.timezone
        ),
    }
}

/// `cron_schedule_from_schedule_type_and_offsets`.
fn legacy_schedule(kind: &ScheduleType, snap: &TimeWindowPartitionsSnap) -> String {
    let minute = snap.minute_offset.unwrap_or(0);
    let hour = snap.hour_offset.unwrap_or(0);
    let day = snap.day_offset.filter(|day| *day != 0);
    match kind {
        ScheduleType::Hourly => format!("{minute} * * * *"),
        ScheduleType::Daily => format!("{minute} {hour} * * *"),
        ScheduleType::Weekly => format!("{minute} {hour} * * {}", day.unwrap_or(0)),
        ScheduleType::Monthly => format!("{minute} {hour} {} * *", day.unwrap_or(1)),
    }
}

/// Minutes between any two ticks, for schedules where that is a constant (`get_fixed_minute_interval`).
fn fixed_minute_interval(cron: &str) -> Option<i64> {
    let mut fields = cron.split_whitespace();
    let minute = fields.next()?;
    if fields.any(|field| field != "*") {
        return None;
    }
    match minute {
        "0" => return (cron == "0 * * * *").then_some(60),
        "*" => return (cron == "* * * * *").then_some(1),
        _ => {}
    }
    if let Some(step) = minute.strip_prefix("*/") {
        let step: i64 = step.parse().ok()?;
        return (step > 0 && step < 60 && 60 % step == 0).then_some(step);
    }
    let mut minutes =
        minute.split(',').map(|part| part.parse::<i64>().ok()).collect::<Option<Vec<_>>>()?;
    minutes.sort_unstable();
    let (first, last) = (*minutes.first()?, *minutes.last()?);
    if minutes.len() < 2 || last > 59 || first < 0 {
        return None;
    }
    let around = 60 - last + first;
    minutes.windows(2).all(|pair| pair[1] - pair[0] == around).then_some(around)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("0 * * * *", Some(60))]
    #[case("* * * * *", Some(1))]
    #[case("*/15 * * * *", Some(15))]
    #[case("*/7 * * * *", None)]
    #[case("0,30 * * * *", Some(30))]
    #[case("5,35 * * * *", Some(30))]
    #[case("0,20 * * * *", None)]
    #[case("5 * * * *", None)]
    #[case("0 0 * * *", None)]
    #[case("*/15 3 * * *", None)]
    fn intervals_are_fixed_only_where_clock_changes_cannot_matter(
        #[case] cron: &str,
        #[case] minutes: Option<i64>,
    ) {
        assert_eq!(fixed_minute_interval(cron), minutes);
    }
}
