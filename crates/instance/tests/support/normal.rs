//! Makes two recordings of the same operations comparable: ids, times, paths and process ids are
//! replaced by fixed words, everything else stays as it was stored, the order of keys included.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::actions::Dump;

/// Readable, comparable text of a dump.
pub fn normalized(dump: &Dump, home: &str) -> String {
    let mut words: BTreeMap<String, String> =
        BTreeMap::from([(home.to_owned(), "<home>".to_owned())]);
    for (alias, run) in &dump.runs {
        if let Some(run) = run {
            let run: Value = serde_json::from_str(run).unwrap();
            words.insert(run["run_id"].as_str().unwrap().to_owned(), format!("<run {alias}>"));
        }
    }
    let mut out = String::new();
    for (alias, plan) in &dump.plans {
        let plan = plan.as_deref().unwrap_or("null");
        out.push_str(&format!("plan {alias}: {}\n", line(plan, &words)));
    }
    for (alias, run) in &dump.runs {
        out.push_str(&format!("run {alias}: {}\n", line(run.as_deref().unwrap_or("null"), &words)));
        let mut lines: Vec<String> = dump.events[alias].iter().map(|e| line(e, &words)).collect();
        // written by the code server some time after the run's last event
        lines.retain(|line| !line.contains("Process for run exited"));
        // the partitions of a range are planned in the order of a Python set
        let is_planned = |line: &String| line.contains("_PLANNED\"");
        lines.chunk_by_mut(|a, b| is_planned(a) && is_planned(b)).for_each(<[String]>::sort);
        for line in lines {
            out.push_str(&format!("  {line}\n"));
        }
    }
    out
}

fn line(text: &str, words: &BTreeMap<String, String>) -> String {
    let mut value: Value = serde_json::from_str(text).unwrap();
    replace(&mut value, words);
    value.to_string()
}

/// Values that differ from run to run by their nature.
const VARYING: &[&str] = &[
    "timestamp",
    "pid",
    "duration_ms",
    "log_key",
    "file_key",
    "storage_id",
    // an interrupt arrives wherever the worker happens to be
    "stack",
    // of a reexecution: holds the parent's run id, so the plans themselves are compared instead
    "execution_plan_snapshot_id",
];

/// Tags and metadata derived from run ids or storage ids.
const VARYING_PREFIXES: &[&str] = &[
    "dagster/data_version",
    "dagster/input_data_version",
    "dagster/input_event_pointer",
    "dagster/code_version",
    ".dagster/grpc_info",
];

fn replace(value: &mut Value, words: &BTreeMap<String, String>) {
    match value {
        Value::String(text) => *text = replaced(text, words),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, words)),
        Value::Object(map) => {
            let label = map.get("label").cloned();
            if label == Some(json!("pid")) || label == Some(json!("python_version")) {
                map.insert("entry_data".to_owned(), json!("<varies>"));
            }
            for (key, inner) in map.iter_mut() {
                let varies = VARYING.contains(&key.as_str())
                    || VARYING_PREFIXES.iter().any(|prefix| key.starts_with(prefix));
                if varies && !inner.is_object() && !inner.is_null() {
                    *inner = json!("<varies>");
                } else {
                    replace(inner, words);
                }
            }
        }
        _ => {}
    }
}

fn replaced(text: &str, words: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    for (word, name) in words {
        text = text.replace(word, name);
    }
    if is_duration(&text) {
        return "<duration>".to_owned();
    }
    text = without_digits_after(&text, "pid: ");
    text = without_digits_after(&text, "process (pid ");
    without_duration_at_end(&text)
}

/// `0.18ms`, `12s`
fn is_duration(text: &str) -> bool {
    let number = text.strip_suffix("ms").or_else(|| text.strip_suffix('s')).unwrap_or_default();
    number.starts_with(|c: char| c.is_ascii_digit()) && number.parse::<f64>().is_ok()
}

fn without_digits_after(text: &str, marker: &str) -> String {
    let Some((before, after)) = text.split_once(marker) else { return text.to_owned() };
    format!("{before}{marker}N{}", after.trim_start_matches(|c: char| c.is_ascii_digit()))
}

/// `… in 12ms.` becomes `… in N.`
fn without_duration_at_end(text: &str) -> String {
    match text.strip_suffix('.').unwrap_or(text).rsplit_once(" in ") {
        Some((before, duration)) if is_duration(duration) => format!("{before} in N."),
        _ => text.to_owned(),
    }
}
