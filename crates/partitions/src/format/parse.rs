//! `datetime.strptime` of Python in the C locale: the same alternatives in the same order
//! (`Lib/_strptime.py`), matched with backtracking as its regular expression would.

use jiff::civil::{Date, DateTime, ISOWeekDate, Weekday};

use super::write::MONTHS;

/// What a text names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Parsed {
    pub(super) civil: DateTime,
    /// Offset from UTC, when the format has one.
    pub(super) offset_seconds: Option<f64>,
}

/// Days from Monday, as Python counts them.
const DAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Reads `text` by `format`; `None` where Python raises `ValueError`.
pub(super) fn strptime(format: &str, text: &str) -> Option<Parsed> {
    let items = items(format)?;
    let mut fields = Fields::default();
    let rest = matches(&items, text, &mut fields)?;
    if rest.is_empty() { fields.finish() } else { None }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Item {
    Literal(char),
    Space,
    Directive(char),
}

fn items(format: &str) -> Option<Vec<Item>> {
    let mut items = Vec::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c == '%' {
            match chars.next()? {
                'c' => items.extend(self::items("%a %b %d %H:%M:%S %Y")?),
                'x' => items.extend(self::items("%m/%d/%y")?),
                'X' => items.extend(self::items("%H:%M:%S")?),
                '%' => items.push(Item::Literal('%')),
                directive if "dfHIGjmMSUWwuVyYzAaBbpZ".contains(directive) => {
                    items.push(Item::Directive(directive));
                }
                _ => return None,
            }
        } else if c.is_whitespace() {
            if items.last() != Some(&Item::Space) {
                items.push(Item::Space);
            }
        } else {
            items.push(Item::Literal(c));
        }
    }
    Some(items)
}

/// Values by directive, last one wins.
#[derive(Debug, Clone, Copy, Default)]
struct Fields {
    year: Option<i32>,
    iso_year: Option<i32>,
    month: Option<i8>,
    day: Option<i8>,
    hour: i8,
    hour12: Option<i8>,
    is_pm: bool,
    minute: i8,
    second: i8,
    micros: i32,
    /// Days from Monday.
    weekday: Option<i32>,
    julian: Option<i32>,
    week_of_year: Option<(i32, bool)>,
    iso_week: Option<i8>,
    offset: Option<f64>,
}

/// Matches the items from the front; returns what is left over.
fn matches<'t>(items: &[Item], text: &'t str, fields: &mut Fields) -> Option<&'t str> {
    let Some((item, later)) = items.split_first() else { return Some(text) };
    match item {
        Item::Literal(expected) => {
            let found = text.chars().next()?;
            let same = found == *expected || found.to_lowercase().eq(expected.to_lowercase());
            if same { matches(later, &text[found.len_utf8()..], fields) } else { None }
        }
        Item::Space => {
            let length = text.len() - text.trim_start().len();
            // greedy, then shorter
            (1..=length).rev().filter(|end| text.is_char_boundary(*end)).find_map(|end| {
                let mut attempt = *fields;
                let rest = matches(later, &text[end..], &mut attempt)?;
                *fields = attempt;
                Some(rest)
            })
        }
        Item::Directive(directive) => candidates(*directive, text).into_iter().find_map(|end| {
            let mut attempt = *fields;
            attempt.set(*directive, text.get(..end)?)?;
            let rest = matches(later, &text[end..], &mut attempt)?;
            *fields = attempt;
            Some(rest)
        }),
    }
}

/// Lengths of the texts the directive matches at the front, in the order Python tries them.
fn candidates(directive: char, text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number =
        |length: usize| (digits >= length).then(|| text[..length].parse::<u32>().ok()).flatten();
    let between = |length: usize, low: u32, high: u32| {
        number(length).is_some_and(|value| (low..=high).contains(&value)).then_some(length)
    };
    let first_of = |options: &[Option<usize>]| options.iter().flatten().copied().collect();
    match directive {
        'd' => {
            let spaced = bytes.first() == Some(&b' ')
                && bytes.get(1).is_some_and(|byte| (b'1'..=b'9').contains(byte));
            first_of(&[between(2, 1, 31), between(1, 1, 9), spaced.then_some(2)])
        }
        'm' | 'I' => first_of(&[between(2, 1, 12), between(1, 1, 9)]),
        'H' => first_of(&[between(2, 0, 23), between(1, 0, 9)]),
        'M' => first_of(&[between(2, 0, 59), between(1, 0, 9)]),
        'S' => first_of(&[between(2, 0, 61), between(1, 0, 9)]),
        'U' | 'W' => first_of(&[between(2, 0, 53), between(1, 0, 9)]),
        'V' => first_of(&[between(2, 1, 53), between(1, 0, 9)]),
        'j' => first_of(&[between(3, 1, 366), between(2, 1, 99), between(1, 1, 9)]),
        'w' => first_of(&[between(1, 0, 6)]),
        'u' => first_of(&[between(1, 1, 7)]),
        'y' => first_of(&[number(2).map(|_| 2)]),
        'Y' | 'G' => first_of(&[number(4).map(|_| 4)]),
        'f' => (1..=digits.min(6)).rev().collect(),
        'A' => names(
            text,
            DAYS.iter().map(|name| name.len()).zip(DAYS.iter().map(|name| (*name).to_owned())),
        ),
        'a' => names(text, DAYS.iter().map(|name| (3, name[..3].to_owned()))),
        'B' => names(text, MONTHS.iter().map(|name| (name.len(), name.to_lowercase()))),
        'b' => names(text, MONTHS.iter().map(|name| (3, name[..3].to_lowercase()))),
        'p' => names(text, ["am", "pm"].into_iter().map(|name| (2, name.to_owned()))),
        'Z' => names(text, ["utc", "gmt"].into_iter().map(|name| (3, name.to_owned()))),
        'z' => offsets(text),
        _ => Vec::new(),
    }
}

/// Lengths of the names at the front of the text, longest first.
fn names(text: &str, known: impl Iterator<Item = (usize, String)>) -> Vec<usize> {
    let mut found: Vec<usize> = known
        .filter(|(length, name)| {
            text.get(..*length).is_some_and(|front| front.eq_ignore_ascii_case(name))
        })
        .map(|(length, _)| length)
        .collect();
    found.sort_by(|left, right| right.cmp(left));
    found
}

/// `[+-]HH:?MM(:?SS(.ffffff)?)?` or `Z`, longest first.
fn offsets(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    if bytes.first() == Some(&b'Z') {
        return vec![1];
    }
    let pair = |at: usize, below: u8| {
        bytes.get(at).is_some_and(|b| b.is_ascii_digit() && *b < b'0' + below)
            && bytes.get(at + 1).is_some_and(u8::is_ascii_digit)
    };
    if !matches!(bytes.first(), Some(b'+' | b'-')) || !pair(1, 10) {
        return Vec::new();
    }
    let colon = |at: usize| usize::from(bytes.get(at) == Some(&b':'));
    let minutes = 3 + colon(3);
    if !pair(minutes, 6) {
        return Vec::new();
    }
    let end = minutes + 2;
    let mut lengths = vec![end];
    let seconds = end + colon(end);
    if pair(seconds, 6) {
        lengths.push(seconds + 2);
        if bytes.get(seconds + 2) == Some(&b'.') {
            let fraction = bytes[seconds + 3..].iter().take_while(|b| b.is_ascii_digit()).count();
            lengths.extend((1..=fraction.min(6)).map(|length| seconds + 3 + length));
        }
    }
    lengths.reverse();
    lengths
}

impl Fields {
    fn set(&mut self, directive: char, text: &str) -> Option<()> {
        let small = || text.trim_start().parse::<i8>().ok();
        let number = || text.parse::<i32>().ok();
        let place = |names: &[&str], length: usize| {
            names.iter().position(|name| {
                name.get(..length.min(name.len())).is_some_and(|n| n.eq_ignore_ascii_case(text))
            })
        };
        match directive {
            'Y' => self.year = Some(number()?),
            'y' => self.year = Some(number().map(|y| if y <= 68 { 2000 + y } else { 1900 + y })?),
            'G' => self.iso_year = Some(number()?),
            'm' => self.month = Some(small()?),
            'B' => self.month = i8::try_from(place(&MONTHS, usize::MAX)? + 1).ok(),
            'b' => self.month = i8::try_from(place(&MONTHS, 3)? + 1).ok(),
            'd' => self.day = Some(small()?),
            'H' => self.hour = small()?,
            'I' => self.hour12 = Some(small()?),
            'p' => self.is_pm = text.eq_ignore_ascii_case("pm"),
            'M' => self.minute = small()?,
            'S' => self.second = small()?,
            'f' => self.micros = format!("{text:0<6}").parse().ok()?,
            'A' => self.weekday = i32::try_from(place(&DAYS, usize::MAX)?).ok(),
            'a' => self.weekday = i32::try_from(place(&DAYS, 3)?).ok(),
            'w' => self.weekday = Some((number()? + 6) % 7),
            'u' => self.weekday = Some(number()? - 1),
            'j' => self.julian = Some(number()?),
            'U' => self.week_of_year = Some((number()?, false)),
            'W' => self.week_of_year = Some((number()?, true)),
            'V' => self.iso_week = Some(small()?),
            'z' => self.offset = Some(offset(text)?),
            'Z' => {}
            _ => return None,
        }
        Some(())
    }

    fn finish(self) -> Option<Parsed> {
        let hour = match self.hour12 {
            Some(12) => {
                if self.is_pm {
                    12
                } else {
                    0
                }
            }
            Some(hour) => {
                if self.is_pm {
                    hour + 12
                } else {
                    hour
                }
            }
            None => self.hour,
        };
        // `datetime` refuses the leap seconds `strptime` lets through.
        let time =
            jiff::civil::Time::new(hour, self.minute, self.second, self.micros * 1000).ok()?;
        let date = self.date()?;
        Some(Parsed { civil: date.to_datetime(time), offset_seconds: self.offset })
    }

    fn date(self) -> Option<Date> {
        match (self.year, self.iso_year, self.iso_week, self.weekday) {
            (None, Some(_), None, _) | (None, Some(_), _, None) => return None,
            (None, Some(_), ..) if self.julian.is_some() => return None,
            (None, Some(year), Some(week), Some(weekday)) => {
                let weekday = Weekday::from_monday_zero_offset(i8::try_from(weekday).ok()?).ok()?;
                let date = ISOWeekDate::new(i16::try_from(year).ok()?, week, weekday).ok()?;
                return Some(date.date());
            }
            (_, _, Some(_), _) if self.week_of_year.is_none() => return None,
            _ => {}
        }
        let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
        let year = i16::try_from(self.year.unwrap_or(1900)).ok()?;
        let julian = self.julian.or_else(|| {
            let (week, starts_monday) = self.week_of_year?;
            Some(day_of_year(year, week, self.weekday?, starts_monday))
        });
        match julian {
            Some(julian) => {
                let first = Date::new(year, 1, 1).ok()?;
                first.checked_add(jiff::Span::new().days(i64::from(julian) - 1)).ok()
            }
            // Without a year Python checks 29 February against a leap year and then fails on 1900.
            None => Date::new(year, month, day).ok(),
        }
    }
}

/// `_calc_julian_from_U_or_W`; `weekday` counts from Monday.
fn day_of_year(year: i16, week: i32, weekday: i32, starts_monday: bool) -> i32 {
    let mut first =
        Date::new(year, 1, 1).map_or(0, |date| i32::from(date.weekday().to_monday_zero_offset()));
    let mut weekday = weekday;
    if !starts_monday {
        first = (first + 1) % 7;
        weekday = (weekday + 1) % 7;
    }
    let week_0_length = (7 - first) % 7;
    if week == 0 { 1 + weekday - first } else { 1 + week_0_length + 7 * (week - 1) + weekday }
}

fn offset(text: &str) -> Option<f64> {
    if text == "Z" {
        return Some(0.0);
    }
    let sign = if text.starts_with('-') { -1.0 } else { 1.0 };
    let (clock, fraction) = text[1..].split_once('.').unwrap_or((&text[1..], ""));
    // Colons everywhere or nowhere.
    let parts: Vec<&str> = if clock.contains(':') {
        clock.split(':').collect()
    } else {
        (0..clock.len() / 2).map(|at| &clock[2 * at..2 * at + 2]).collect()
    };
    if parts.iter().any(|part| part.len() != 2) {
        return None;
    }
    let value = |at: usize| parts.get(at).map_or(Some(0.0), |part| part.parse::<f64>().ok());
    let micros: f64 = format!("{fraction:0<6}").parse().ok()?;
    Some(sign * (value(0)? * 3600.0 + value(1)? * 60.0 + value(2)? + micros / 1e6))
}
