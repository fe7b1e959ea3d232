//! Python's `timedelta` in seconds and in words.

use rondel_model::automation::SerializableTimeDelta;

/// Length in seconds.
pub(crate) fn seconds(delta: &SerializableTimeDelta) -> f64 {
    delta.days as f64 * 86_400.0 + delta.seconds as f64 + delta.microseconds as f64 / 1e6
}

/// `str(timedelta)`.
pub(crate) fn to_text(delta: &SerializableTimeDelta) -> String {
    let (hours, minutes, seconds) =
        (delta.seconds / 3600, delta.seconds / 60 % 60, delta.seconds % 60);
    let mut text = match delta.days {
        0 => String::new(),
        days if days.abs() == 1 => format!("{days} day, "),
        days => format!("{days} days, "),
    };
    text.push_str(&format!("{hours}:{minutes:02}:{seconds:02}"));
    if delta.microseconds != 0 {
        text.push_str(&format!(".{:06}", delta.microseconds));
    }
    text
}
