//! Sets of ranges of time windows are those of the keys in the range, and a million windows cost what one does.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test may fail")]

use std::time::{Duration, Instant};

use rondel_model::partition::PartitionKeyRange;
use rondel_model::serdes::from_text;
use rondel_partitions::{Context, PartitionsDefinition, PartitionsSubset};
use rstest::rstest;

/// 2024-10-01T00:00Z
const START: f64 = 1_727_740_800.0;

fn definition(cron: &str, format: &str, zone: &str, start: f64) -> PartitionsDefinition {
    let snap = format!(
        r#"{{"__class__": "ExternalTimeWindowPartitionsDefinitionData", "cron_schedule": "{cron}",
        "end_offset": 0, "fmt": "{format}", "start": {start:.1}, "timezone": "{zone}"}}"#
    );
    PartitionsDefinition::from_snap(&from_text(&snap).unwrap()).unwrap()
}

fn range(start: &str, end: &str) -> PartitionKeyRange {
    PartitionKeyRange { start: start.into(), end: end.into(), ..PartitionKeyRange::default() }
}

const DAILY: &str = "%Y-%m-%d";
const HOURLY: &str = "%Y-%m-%d-%H:%M";

#[rstest]
#[case::days("0 0 * * *", DAILY, "UTC", "2024-10-03", "2024-11-20")]
#[case::one_day("0 0 * * *", DAILY, "UTC", "2024-10-03", "2024-10-03")]
#[case::days_beyond_now("0 0 * * *", DAILY, "UTC", "2024-11-03", "2025-03-01")]
#[case::days_backwards("0 0 * * *", DAILY, "UTC", "2024-11-03", "2024-10-03")]
#[case::before_the_start("0 0 * * *", DAILY, "UTC", "2024-09-03", "2024-10-03")]
#[case::no_key("0 0 * * *", DAILY, "UTC", "2024-10-03", "someday")]
#[case::days_without_a_midnight("0 0 * * *", DAILY, "America/Havana", "2024-10-03", "2024-11-20")]
#[case::hours("0 * * * *", HOURLY, "UTC", "2024-10-03-05:00", "2024-11-20-07:00")]
#[case::not_on_the_hour("0 * * * *", HOURLY, "UTC", "2024-10-03-05:30", "2024-11-20-07:10")]
#[case::quarters("*/15 * * * *", HOURLY, "UTC", "2024-10-03-05:15", "2024-10-20-07:45")]
#[case::an_hour_twice(
    "0 * * * *",
    HOURLY,
    "America/New_York",
    "2024-11-02-05:00",
    "2024-11-04-07:00"
)]
#[case::short_keys("0 * * * *", DAILY, "UTC", "2024-10-03", "2024-10-20")]
#[case::weeks("0 0 * * 0", DAILY, "UTC", "2024-10-06", "2024-11-20")]
fn the_set_of_a_range_is_that_of_its_keys(
    #[case] cron: &str,
    #[case] format: &str,
    #[case] zone: &str,
    #[case] start: &str,
    #[case] end: &str,
) {
    let definition = definition(cron, format, zone, START);
    let context = Context::at(START + 60.0 * 86_400.0);
    let range = range(start, end);
    let ours = PartitionsSubset::of_range(&definition, &range, &context);
    let of_keys = definition
        .keys_in_range(&range, &context)
        .and_then(|keys| PartitionsSubset::of_keys(&definition, &keys, &context));
    assert_eq!(ours, of_keys);
    if let (Ok(ours), Ok(of_keys)) = (ours, of_keys) {
        assert_eq!(ours.count(&context), of_keys.count(&context));
    }
}

#[rstest]
#[case::days("0 0 * * *", DAILY, "2024-10-03", "2024-11-20")]
#[case::an_hour_twice("0 * * * *", HOURLY, "2024-11-02-05:00", "2024-11-04-07:00")]
#[case::one("0 0 * * *", DAILY, "2024-10-03", "2024-10-03")]
fn ranges_of_at_most_some_partitions_are_the_keys_in_pieces(
    #[case] cron: &str,
    #[case] format: &str,
    #[case] start: &str,
    #[case] end: &str,
    #[values(1, 2, 7, 1_000)] limit: usize,
) {
    let definition = definition(cron, format, "America/New_York", START);
    let context = Context::at(START + 60.0 * 86_400.0);
    let whole = range(start, end);
    let keys = definition.keys_in_range(&whole, &context).unwrap();
    let expected: Vec<_> = keys.chunks(limit).map(|it| range(&it[0], &it[it.len() - 1])).collect();
    assert_eq!(definition.ranges_of_at_most(limit, &whole, &context), Ok(expected));
    let subset = PartitionsSubset::of_keys(&definition, &keys, &context).unwrap();
    let first = subset.first_keys(limit, &context).unwrap();
    assert_eq!(first, keys[..limit.min(keys.len())]);
}

#[test]
fn nothing_about_a_million_time_windows_lists_them() {
    // Minutes of two years.
    let definition = definition("* * * * *", HOURLY, "UTC", 1_640_995_200.0);
    let context = Context::at(1_640_995_200.0 + 1_000_000.0 * 60.0);
    let began = Instant::now();
    let all = PartitionsSubset::all(&definition, &context).unwrap();
    assert_eq!(all.count(&context).unwrap(), 1_000_000);
    let part = range("2022-02-01-00:00", "2023-10-31-23:59");
    let part = PartitionsSubset::of_range(&definition, &part, &context).unwrap();
    let rest = all.difference(&part, &context).unwrap();
    assert_eq!(rest.union(&part, &context).unwrap(), all);
    assert!(rest.intersection(&part, &context).unwrap().is_empty());
    assert_eq!(rest.count(&context).unwrap() + part.count(&context).unwrap(), 1_000_000);
    assert_eq!(rest.key_ranges(&definition, &context).unwrap().len(), 2);
    let text = part.to_text(&context).unwrap();
    assert!(text.len() < 1_000, "{text}");
    assert_eq!(PartitionsSubset::from_text(&definition, &text, &context).unwrap(), part);
    assert!(part.contains("2022-06-01-12:34", &context).unwrap());
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
}
