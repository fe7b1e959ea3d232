//! Reading one cron string into its five columns, with the syntax of the croniter version Dagster
//! vendors: names (`JAN`, `MON`), ranges and steps, ranges that wrap (`FRI-MON`), `L` as last day of
//! the month, `mon#2` and `L5` (last Friday), `?`, `@daily` and friends. Days given in both the
//! day-of-month and day-of-week column mean either. `W` does not exist there and is refused.

use std::collections::{BTreeMap, BTreeSet};

use crate::CronError;

/// One allowed value of a column. The order (star, numbers, last) is the one columns are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Value {
    Star,
    Number(i64),
    LastDay,
}

/// Which occurrence of a week day within its month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Nth {
    Number(i64),
    Last,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Column {
    name: &'static str,
    low: i64,
    high: i64,
    /// So many distinct values mean "every".
    full: usize,
}

pub(crate) const MINUTE: usize = 0;
pub(crate) const HOUR: usize = 1;
pub(crate) const DAY: usize = 2;
pub(crate) const MONTH: usize = 3;
pub(crate) const WEEKDAY: usize = 4;

const COLUMNS: [Column; 5] = [
    Column { name: "minute", low: 0, high: 59, full: 60 },
    Column { name: "hour", low: 0, high: 23, full: 24 },
    Column { name: "day-of-month", low: 1, high: 31, full: 31 },
    Column { name: "month", low: 1, high: 12, full: 12 },
    Column { name: "day-of-week", low: 0, high: 6, full: 7 },
];

const MONTH_NAMES: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAY_NAMES: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// A cron string and its expanded columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CronExpr {
    text: String,
    pub(crate) columns: [Vec<Value>; 5],
    pub(crate) nth: BTreeMap<i64, BTreeSet<Nth>>,
    /// The same string one day earlier, for strings that end in ` 29 2 *`: Dagster iterates
    /// 28 February and shifts leap years by a day.
    pub(crate) day_before_leap_day: Option<Box<CronExpr>>,
}

impl CronExpr {
    /// Reads a cron string; what `is_valid_cron_string` of Dagster refuses is an error.
    ///
    /// # Errors
    /// [`CronError`] naming the column and the offending part.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let (columns, nth) = expand(text)?;
        let only = |column: usize, wanted: &[i64]| matches!(columns[column].as_slice(), [Value::Number(n)] if wanted.contains(n));
        if only(MONTH, &[2]) && only(DAY, &[30, 31]) {
            return Err(CronError::Never { text: text.to_owned() });
        }
        let day_before_leap_day = match text.strip_suffix(" 29 2 *") {
            Some(minute_hour) => Some(Box::new(Self::parse(&format!("{minute_hour} 28 2 *"))?)),
            None => None,
        };
        Ok(Self { text: text.to_owned(), columns, nth, day_before_leap_day })
    }

    /// The string as given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the hour column is `*` (`cron_string_repeats_every_hour`).
    #[must_use]
    pub fn repeats_every_hour(&self) -> bool {
        self.is_star(HOUR)
    }

    pub(crate) fn is_star(&self, column: usize) -> bool {
        self.columns[column] == [Value::Star]
    }

    /// The value of a column that holds exactly one number.
    pub(crate) fn single(&self, column: usize) -> Option<i64> {
        match self.columns[column].as_slice() {
            [Value::Number(n)] => Some(*n),
            _ => None,
        }
    }

    /// All values of a column of plain numbers.
    pub(crate) fn numbers(&self, column: usize) -> Option<Vec<i64>> {
        self.columns[column]
            .iter()
            .map(|value| match value {
                Value::Number(n) => Some(*n),
                Value::Star | Value::LastDay => None,
            })
            .collect()
    }
}

type Expanded = ([Vec<Value>; 5], BTreeMap<i64, BTreeSet<Nth>>);

fn expand(text: &str) -> Result<Expanded, CronError> {
    let lower = text.to_lowercase();
    let plain = match lower.as_str() {
        "@midnight" | "@daily" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        "@weekly" => "0 0 * * 0",
        "@monthly" => "0 0 1 * *",
        "@yearly" | "@annually" => "0 0 1 1 *",
        other => other,
    };
    let parts: Vec<&str> = plain.split_whitespace().collect();
    let Ok(parts) = <[&str; 5]>::try_from(parts.as_slice()) else {
        return Err(CronError::Columns { text: text.to_owned(), found: parts.len() });
    };

    let mut nth = BTreeMap::new();
    let mut columns: [Vec<Value>; 5] = Default::default();
    for (index, part) in parts.iter().enumerate() {
        let reader = ColumnReader { text, index };
        let values = reader.read(part, &mut nth)?;
        // A full list of days still counts as "restricted" for the day-or-week-day rule unless the
        // other column has a star.
        let may_be_star = match index {
            DAY => parts[WEEKDAY].contains('*'),
            WEEKDAY => parts[DAY].contains('*'),
            _ => true,
        };
        let every = may_be_star && values.len() == COLUMNS[index].full;
        columns[index] = if every { vec![Value::Star] } else { values.into_iter().collect() };
    }

    let plain_weekdays = columns[WEEKDAY]
        .iter()
        .any(|value| matches!(value, Value::Number(n) if !nth.contains_key(n)));
    if !nth.is_empty() && plain_weekdays && columns[WEEKDAY].len() != COLUMNS[WEEKDAY].full {
        return Err(CronError::MixedWeekdays { text: text.to_owned() });
    }
    Ok((columns, nth))
}

struct ColumnReader<'a> {
    text: &'a str,
    index: usize,
}

impl ColumnReader<'_> {
    fn bad(&self, value: &str, reason: impl Into<String>) -> CronError {
        CronError::Column {
            text: self.text.to_owned(),
            column: COLUMNS[self.index].name,
            value: value.to_owned(),
            reason: reason.into(),
        }
    }

    fn read(
        &self,
        part: &str,
        nth_of: &mut BTreeMap<i64, BTreeSet<Nth>>,
    ) -> Result<BTreeSet<Value>, CronError> {
        let part = match part {
            "?" if self.index == DAY || self.index == WEEKDAY => "*",
            other if other.contains('?') => {
                return Err(self.bad(
                    other,
                    "cannot hold '?', which stands alone in a day-of-month or day-of-week column",
                ));
            }
            other => other,
        };
        let part = self.expand_random(part)?;
        let mut values = BTreeSet::new();
        for item in part.split(',') {
            let (item, nth) = self.split_nth(item)?;
            if let Some(range) = self.range(item)? {
                for number in range {
                    self.insert(number, nth, item, &mut values, nth_of)?;
                }
            } else {
                match self.single(item)? {
                    Value::Number(number) => {
                        self.insert(number, nth, item, &mut values, nth_of)?;
                    }
                    other => {
                        values.insert(other);
                    }
                }
            }
        }
        Ok(values)
    }

    fn insert(
        &self,
        number: i64,
        nth: Option<Nth>,
        item: &str,
        values: &mut BTreeSet<Value>,
        nth_of: &mut BTreeMap<i64, BTreeSet<Nth>>,
    ) -> Result<(), CronError> {
        let column = COLUMNS[self.index];
        if number < column.low || number > column.high {
            return Err(self.bad(
                item,
                format!("is out of range, allowed are {} to {}", column.low, column.high),
            ));
        }
        values.insert(Value::Number(number));
        if let Some(nth) = nth {
            nth_of.entry(number).or_default().insert(nth);
        }
        Ok(())
    }

    /// `mon#2` → (`mon`, second), `l5` → (`5`, last); other items unchanged.
    fn split_nth<'i>(&self, item: &'i str) -> Result<(&'i str, Option<Nth>), CronError> {
        if self.index != WEEKDAY {
            return Ok((item, None));
        }
        if let Some(day) = item.strip_prefix('l').filter(|day| is_number(day)) {
            return Ok((day, Some(Nth::Last)));
        }
        let Some((day, nth)) = item.split_once('#') else {
            return Ok((item, None));
        };
        // A range before '#' is allowed between names only (mon-wed#2), as croniter's grammar has it.
        let is_word = !day.is_empty() && day.chars().all(|c| c.is_alphanumeric() || c == '_');
        let is_name_range = day
            .split_once('-')
            .is_some_and(|(from, to)| WEEKDAY_NAMES.contains(&from) && WEEKDAY_NAMES.contains(&to));
        if !(is_word || is_name_range) || !is_number(nth) {
            return Err(self.bad(item, "is not a week day followed by '#' and 1 to 5"));
        }
        match nth.parse::<i64>() {
            Ok(n @ 1..=5) => Ok((day, Some(Nth::Number(n)))),
            _ => Err(self.bad(item, "asks for a week day that no month has, allowed are #1 to #5")),
        }
    }

    /// The numbers of `a-b`, `a-b/step`, `*/step` or `a/step`; `None` for anything else.
    fn range(&self, item: &str) -> Result<Option<Vec<i64>>, CronError> {
        let column = COLUMNS[self.index];
        let bounds = match item.strip_prefix("*/") {
            Some(step) if !step.is_empty() => {
                split_range(&format!("{}-{}/{step}", column.low, column.high))
            }
            _ => split_range(item),
        };
        let bounds = bounds.or_else(|| {
            let (start, step) = item.rsplit_once('/')?;
            (!start.is_empty() && !step.is_empty())
                .then(|| split_range(&format!("{start}-{}/{step}", column.high)))?
        });
        let Some((low, high, step)) = bounds else { return Ok(None) };
        let high = if self.index == DAY && high == "l" { "31".to_owned() } else { high };
        let low = self.bound(&low, item)?;
        let high = self.bound(&high, item)?;
        if low.max(high) > column.high {
            return Err(self.bad(
                item,
                format!("is out of range, allowed are {} to {}", column.low, column.high),
            ));
        }
        if step == 0 {
            return Err(self.bad(item, "has step 0, which never advances"));
        }
        Ok(Some(range_numbers(column, low, high, step)))
    }

    fn bound(&self, bound: &str, item: &str) -> Result<i64, CronError> {
        let value = if is_number(bound) {
            bound.parse().map_err(|_| self.bad(item, "is too large"))?
        } else {
            match self.named(bound) {
                Some(Value::Number(n)) => n,
                _ => return Err(self.bad(item, self.name_hint())),
            }
        };
        Ok(self.alias(value))
    }

    fn single(&self, item: &str) -> Result<Value, CronError> {
        if item.starts_with('-') {
            return Err(self.bad(item, "is negative"));
        }
        if item == "*" {
            return Ok(Value::Star);
        }
        if is_number(item) {
            let number = item.parse().map_err(|_| self.bad(item, "is too large"))?;
            return Ok(Value::Number(self.alias(number)));
        }
        self.named(item).ok_or_else(|| self.bad(item, self.name_hint()))
    }

    /// Sunday may be written 7.
    fn alias(&self, value: i64) -> i64 {
        if self.index == WEEKDAY && value == 7 { 0 } else { value }
    }

    fn named(&self, word: &str) -> Option<Value> {
        let position = |names: &[&str]| names.iter().position(|name| *name == word);
        match self.index {
            DAY if word == "l" => Some(Value::LastDay),
            MONTH => position(&MONTH_NAMES).map(|i| Value::Number(i as i64 + 1)),
            WEEKDAY => position(&WEEKDAY_NAMES).map(|i| Value::Number(i as i64)),
            _ => None,
        }
    }

    fn name_hint(&self) -> &'static str {
        match self.index {
            DAY => "is not a day of the month (1 to 31, L for the last; W is not supported)",
            MONTH => "is not a month (1 to 12, jan to dec)",
            WEEKDAY => "is not a week day (0 to 7, sun to sat, mon#2, L5)",
            HOUR => "is not an hour (0 to 23)",
            _ => "is not a minute (0 to 59)",
        }
    }

    /// `r`, `r(0-29)`, `r/15`: croniter draws a random value once per process. A schedule must not
    /// move when a daemon restarts, so the value is derived from the cron string. `h` needs a hash
    /// id, which Dagster never gives.
    fn expand_random(&self, part: &str) -> Result<String, CronError> {
        let Some(rest) = part.strip_prefix('r').or_else(|| part.strip_prefix('h')) else {
            return Ok(part.to_owned());
        };
        let (limits, rest) = match rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
            Some((inside, rest)) => match inside.split_once('-') {
                Some((from, to)) if is_number(from) && is_number(to) => (Some((from, to)), rest),
                _ => return Ok(part.to_owned()),
            },
            None => (None, rest),
        };
        let divisor = match rest.strip_prefix('/') {
            Some(divisor) if is_number(divisor) => Some(divisor),
            None if rest.is_empty() => None,
            _ => return Ok(part.to_owned()),
        };
        if part.starts_with('h') {
            return Err(self.bad(part, "is a hashed value, which needs a hash id"));
        }
        let column = COLUMNS[self.index];
        let number =
            |digits: &str| digits.parse::<i64>().map_err(|_| self.bad(part, "is too large"));
        let (low, high) = match limits {
            Some((from, to)) => (number(from)?, number(to)?),
            None => (column.low, column.high),
        };
        if limits.is_some() && low >= high {
            return Err(self.bad(part, "must end after it begins"));
        }
        let draw = |count: i64| low + stable_draw(self.text, self.index) % count;
        match divisor.map(number).transpose()? {
            Some(0) => Err(self.bad(part, "has step 0, which never advances")),
            Some(step) => Ok(format!("{}-{high}/{step}", draw(step))),
            None => Ok(draw(high - low + 1).to_string()),
        }
    }
}

/// FNV-1a over the text and column, as a non-negative number.
fn stable_draw(text: &str, index: usize) -> i64 {
    let seed = 0xcbf2_9ce4_8422_2325_u64 ^ index as u64;
    let hash = text
        .bytes()
        .fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 33) as i64
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// `low-high` or `low-high/step` (a missing step is 1); `None` when the text has another shape.
fn split_range(text: &str) -> Option<(String, String, i64)> {
    let (low, rest) = text.split_once('-')?;
    let (high, step) = match rest.split_once('/') {
        Some((high, step)) if is_number(step) => (high, step.parse().ok()?),
        Some(_) => return None,
        None => (rest, 1),
    };
    let is_shaped = !low.is_empty() && !high.is_empty() && !high.contains('-');
    is_shaped.then(|| (low.to_owned(), high.to_owned(), step))
}

fn range_numbers(column: Column, low: i64, high: i64, step: i64) -> Vec<i64> {
    let stepped = |from: i64, to: i64| {
        let step = usize::try_from(step).unwrap_or(usize::MAX);
        (from..=to).step_by(step)
    };
    if low < high {
        return stepped(low, high).collect();
    }
    if low == high {
        // mon-mon is the whole cycle.
        return stepped(column.low, column.high).collect();
    }
    // fri-mon wraps: go on from the start of the column in step with the first half.
    let mut numbers: Vec<i64> = stepped(low, column.high).collect();
    let mut skip = 0;
    if let Some(last) = numbers.last() {
        let behind = column.high - last;
        let position = last - column.low;
        let width = column.high - column.low + 1;
        if position + step > width && behind < step {
            skip = step - behind;
        }
    }
    numbers.extend(stepped(column.low + skip, high));
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("* * * * *")]
    #[case("@Daily")]
    #[case("0 0 L * *")]
    #[case("0 0 15-L/2 * *")]
    #[case("0 0 * jan-mar,DEC mon-fri")]
    #[case("0 0 * * mon#2,wed#4")]
    #[case("0 0 * * mon-wed#1")]
    #[case("0 0 * * L5")]
    #[case("0 0 ? * ?")]
    #[case("5/20 22-3 * nov-feb sat-mon")]
    #[case("r r * * *")]
    fn accepts(#[case] text: &str) {
        CronExpr::parse(text).unwrap();
    }

    #[rstest]
    #[case("", "0 columns")]
    #[case("0 0 * * * *", "6 columns")]
    #[case("60 * * * *", "0 to 59")]
    #[case("*/0 * * * *", "step 0")]
    #[case("0 0 15W * *", "W is not supported")]
    #[case("0 0 31 2 *", "February")]
    #[case("0 0 * * mon#6", "#1 to #5")]
    #[case("0 0 * * mon#1,tue", "mix")]
    #[case("h * * * *", "hash id")]
    #[case("0 ? * * *", "'?'")]
    #[case("-1 * * * *", "negative")]
    #[case("@reboot", "1 columns")]
    fn refuses_with_the_reason(#[case] text: &str, #[case] reason: &str) {
        let error = CronExpr::parse(text).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }

    #[test]
    fn a_wrapping_range_keeps_its_step() {
        let expr = CronExpr::parse("0 0 * * fri-mon").unwrap();
        assert_eq!(expr.numbers(WEEKDAY), Some(vec![0, 1, 5, 6]));
    }
}
