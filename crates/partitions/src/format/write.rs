//! `datetime.strftime` of Python on Linux in the C locale.

use std::fmt::Write as _;

use jiff::Zoned;

const DAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Writes `at` by `format`; a directive nobody knows stays as it is, as in glibc.
pub(super) fn strftime(format: &str, at: &Zoned) -> String {
    let mut out = String::with_capacity(format.len() + 8);
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        match chars.next() {
            None => out.push('%'),
            Some(directive) => {
                if write(&mut out, directive, at).is_none() {
                    out.push('%');
                    out.push(directive);
                }
            }
        }
    }
    out
}

fn write(out: &mut String, directive: char, at: &Zoned) -> Option<()> {
    let sunday_based = i32::from(at.weekday().to_sunday_zero_offset());
    let day_of_year = i32::from(at.day_of_year());
    let hour = i32::from(at.hour());
    let hour12 = if hour % 12 == 0 { 12 } else { hour % 12 };
    let year = i32::from(at.year());
    let day_name = DAYS.get(usize::try_from(sunday_based).ok()?)?;
    let month_name = MONTHS.get(usize::try_from(at.month() - 1).ok()?)?;
    let written = match directive {
        'Y' => write!(out, "{year}"),
        'm' => write!(out, "{:02}", at.month()),
        'd' => write!(out, "{:02}", at.day()),
        'e' => write!(out, "{:2}", at.day()),
        'H' => write!(out, "{hour:02}"),
        'k' => write!(out, "{hour:2}"),
        'I' => write!(out, "{hour12:02}"),
        'l' => write!(out, "{hour12:2}"),
        'M' => write!(out, "{:02}", at.minute()),
        'S' => write!(out, "{:02}", at.second()),
        'f' => write!(out, "{:06}", at.subsec_nanosecond() / 1000),
        'y' => write!(out, "{:02}", year.rem_euclid(100)),
        'C' => write!(out, "{:02}", year.div_euclid(100)),
        'j' => write!(out, "{day_of_year:03}"),
        'p' => write!(out, "{}", if hour < 12 { "AM" } else { "PM" }),
        'P' => write!(out, "{}", if hour < 12 { "am" } else { "pm" }),
        'A' => write!(out, "{day_name}"),
        'a' => write!(out, "{}", &day_name[..3]),
        'B' => write!(out, "{month_name}"),
        'b' | 'h' => write!(out, "{}", &month_name[..3]),
        'w' => write!(out, "{sunday_based}"),
        'u' => write!(out, "{}", if sunday_based == 0 { 7 } else { sunday_based }),
        'U' => write!(out, "{:02}", (day_of_year + 6 - sunday_based) / 7),
        'W' => write!(out, "{:02}", (day_of_year + 6 - (sunday_based + 6) % 7) / 7),
        'V' => write!(out, "{:02}", at.date().iso_week_date().week()),
        'G' => write!(out, "{}", at.date().iso_week_date().year()),
        'g' => write!(out, "{:02}", at.date().iso_week_date().year().rem_euclid(100)),
        's' => write!(out, "{}", at.timestamp().as_second()),
        'z' => {
            let offset = at.offset().seconds();
            let (sign, size) = (if offset < 0 { '-' } else { '+' }, offset.abs());
            let written = write!(out, "{sign}{:02}{:02}", size / 3600, size % 3600 / 60);
            if size % 60 == 0 { written } else { write!(out, "{:02}", size % 60) }
        }
        'Z' => write!(out, "{}", at.time_zone().to_offset_info(at.timestamp()).abbreviation()),
        'n' => out.write_char('\n'),
        't' => out.write_char('\t'),
        '%' => out.write_char('%'),
        'F' => write!(out, "{}", strftime("%Y-%m-%d", at)),
        'T' | 'X' => write!(out, "{}", strftime("%H:%M:%S", at)),
        'R' => write!(out, "{}", strftime("%H:%M", at)),
        'r' => write!(out, "{}", strftime("%I:%M:%S %p", at)),
        'D' | 'x' => write!(out, "{}", strftime("%m/%d/%y", at)),
        'c' => write!(out, "{}", strftime("%a %b %e %H:%M:%S %Y", at)),
        _ => return None,
    };
    written.ok()
}
