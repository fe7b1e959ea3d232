//! What operator commands print: tables for people, JSON for programs.

use std::io;

use comfy_table::{ContentArrangement, Table, presets};

/// `println!` that reports a closed stdout as an error in place of a panic.
#[macro_export]
macro_rules! outln {
    ($($arg:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout(), $($arg)*)?
    }};
}

/// Whether the command ended because its reader went away, as in `rondel run list | head`.
pub fn is_closed_stdout(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// Prints an error with its causes, each once.
pub fn print_error(error: &anyhow::Error) {
    eprintln!("error: {error}");
    let mut shown = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !shown.contains(&cause) {
            eprintln!("  because: {cause}");
        }
        shown = cause;
    }
}

/// Prints rows under a header; nothing but the header when there are none.
///
/// # Errors
/// When stdout is closed.
pub fn print_table(header: &[&str], rows: Vec<Vec<String>>) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().map(|name| name.to_uppercase()));
    for row in rows {
        table.add_row(row);
    }
    outln!("{table}");
    Ok(())
}

/// Prints a value as indented JSON.
///
/// # Errors
/// When stdout is closed.
pub fn print_json(value: &serde_json::Value) -> anyhow::Result<()> {
    outln!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

/// A unix time in seconds as local-independent text, `2026-01-02 03:04:05Z`; a dash when absent.
pub fn time_text(seconds: Option<f64>) -> String {
    seconds
        .and_then(|s| jiff::Timestamp::from_millisecond((s * 1000.0) as i64).ok())
        .map_or_else(|| "-".to_owned(), |t| t.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}

/// A duration in seconds as `850ms`, `12.3s`, `4m05s` or `2h03m`.
pub fn duration_text(seconds: f64) -> String {
    let whole = seconds as u64;
    match whole {
        0 => format!("{}ms", (seconds * 1000.0).round()),
        1..=59 => format!("{seconds:.1}s"),
        60..=3599 => format!("{}m{:02}s", whole / 60, whole % 60),
        _ => format!("{}h{:02}m", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_in_the_unit_that_fits() {
        let cases = [(0.85, "850ms"), (12.34, "12.3s"), (245.0, "4m05s"), (7380.0, "2h03m")];
        for (seconds, text) in cases {
            assert_eq!(duration_text(seconds), text);
        }
    }

    #[test]
    fn a_missing_time_is_a_dash() {
        assert_eq!(time_text(None), "-");
        assert_eq!(time_text(Some(0.0)), "1970-01-01 00:00:00Z");
    }
}
