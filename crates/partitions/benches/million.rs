//! A million partitions: sets, stored forms and mappings of minutely and hourly definitions, and of a product of
//! 10,000 fixed keys with 100 others.
//!
//! Time windows must cost by their intervals and not by their partitions; keys of a product by what is asked of them.

#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has nothing to measure")]

#[path = "../../../benches/support/cpu.rs"]
mod cpu;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rondel_model::partition::{PartitionKeyRange, PartitionMapping};
use rondel_model::serdes::from_text;
use rondel_partitions::{
    Context, Of, Order, PartitionsDefinition, PartitionsSubset, downstream_partitions,
    infer_mapping, upstream_partitions,
};

use cpu::CpuTime;

/// 2022-01-01
const START: f64 = 1_640_995_200.0;
const MILLION: u64 = 1_000_000;

/// The instant at which a million minutes of 2022 and 2023 have passed.
fn now() -> Context {
    Context::at(START + MILLION as f64 * 60.0)
}

fn time_windows(cron: &str, format: &str, start: f64, zone: &str) -> PartitionsDefinition {
    definition(&format!(
        r#"{{"__class__": "ExternalTimeWindowPartitionsDefinitionData", "cron_schedule": "{cron}", "end_offset": 0,
            "fmt": "{format}", "start": {start:.1}, "timezone": "{zone}"}}"#
    ))
}

fn minutes() -> PartitionsDefinition {
    time_windows("* * * * *", "%Y-%m-%d-%H:%M", START, "UTC")
}

fn product(first: usize, second: usize) -> PartitionsDefinition {
    let dimension = |name: &str, count: usize| {
        let keys: Vec<String> = (0..count).map(|key| format!("\"{name}{key:05}\"")).collect();
        format!(
            r#"{{"__class__": "ExternalPartitionDimensionDefinition", "name": "{name}", "external_partitions_def_data":
                {{"__class__": "ExternalStaticPartitionsDefinitionData", "partition_keys": [{}]}}}}"#,
            keys.join(", ")
        )
    };
    definition(&format!(
        r#"{{"__class__": "ExternalMultiPartitionsDefinitionData", "external_partition_dimension_definitions": [{}, {}]}}"#,
        dimension("customer", first),
        dimension("region", second)
    ))
}

fn definition(snap: &str) -> PartitionsDefinition {
    PartitionsDefinition::from_snap(&from_text(snap).expect("a snapshot")).expect("a definition")
}

fn mapping(text: &str) -> PartitionMapping {
    from_text(text).expect("a mapping")
}

fn range(start: &str, end: &str) -> PartitionKeyRange {
    PartitionKeyRange { start: start.into(), end: end.into(), ..PartitionKeyRange::default() }
}

/// A thousand intervals of eleven minutes.
fn scattered(definition: &PartitionsDefinition, context: &Context) -> PartitionsSubset {
    let of = |hour: usize| {
        let (day, hour) = (hour / 24, hour % 24);
        let (month, day) = (day / 28 + 1, day % 28 + 1);
        let [start, end] = [20, 30].map(|it| format!("2022-{month:02}-{day:02}-{hour:02}:{it}"));
        PartitionsSubset::of_range(definition, &range(&start, &end), context).expect("a range")
    };
    (0..1_000).map(of).reduce(|all, one| all.union(&one, context).expect("a union")).expect("some")
}

type Bench<'a> = criterion::BenchmarkGroup<'a, CpuTime>;

fn sets(
    group: &mut Bench<'_>,
    of: &str,
    definition: &PartitionsDefinition,
    some: &PartitionsSubset,
    context: &Context,
) {
    let all = PartitionsSubset::all(definition, context).expect("partitions");
    let rest = all.difference(some, context).expect("a difference");
    assert_eq!(all.count(context), Ok(MILLION));
    let text = rest.to_text(context).expect("a text");
    let new = some.keys(context).expect("keys");
    let new = &new[..new.len().min(1_000)];
    let mut bench = |what: &str, run: &dyn Fn()| {
        group.bench_function(format!("{of}: {what}"), |bencher| bencher.iter(run));
    };
    bench("all", &|| drop(black_box(PartitionsSubset::all(definition, context))));
    bench("count", &|| {
        let all = PartitionsSubset::all(definition, context).expect("partitions");
        black_box(all.count(context)).expect("a count");
    });
    bench("difference", &|| drop(black_box(all.difference(some, context))));
    bench("union", &|| drop(black_box(rest.union(some, context))));
    bench("intersection", &|| drop(black_box(rest.intersection(&all, context))));
    bench("1,000 keys more", &|| drop(black_box(rest.with_keys(new, context))));
    bench("ranges", &|| drop(black_box(rest.key_ranges(definition, context))));
    bench("write", &|| drop(black_box(rest.to_text(context))));
    bench("read", &|| drop(black_box(PartitionsSubset::from_text(definition, &text, context))));
    bench("a page of keys", &|| {
        drop(black_box(definition.page(context, 100, Order::Descending, None)));
    });
}

fn both_ways(
    group: &mut Bench<'_>,
    what: &str,
    mapping: Option<&PartitionMapping>,
    up: (&PartitionsDefinition, &PartitionsSubset),
    down: (&PartitionsDefinition, &PartitionsSubset),
    context: &Context,
) {
    let mapping = infer_mapping(mapping, Some(down.0), Some(up.0));
    let upwards = || {
        let from = Of { subset: down.1, definition: down.0 };
        upstream_partitions(&mapping, Some(from), up.0, context).expect("partitions")
    };
    let downwards = || {
        let from = Of { subset: up.1, definition: up.0 };
        downstream_partitions(&mapping, from, down.0, context).expect("partitions")
    };
    assert!(!upwards().existing.is_empty() && !downwards().is_empty(), "{what} leads nowhere");
    group.bench_function(format!("{what}, upstream"), |bencher| {
        bencher.iter(|| black_box(upwards()));
    });
    group.bench_function(format!("{what}, downstream"), |bencher| {
        bencher.iter(|| black_box(downwards()));
    });
}

fn time_window_mappings(group: &mut Bench<'_>, context: &Context) {
    let minutes = minutes();
    let some = scattered(&minutes, context);
    let all = PartitionsSubset::all(&minutes, context).expect("partitions");
    let rest = all.difference(&some, context).expect("a difference");
    let hours = time_windows("0 * * * *", "%Y-%m-%d-%H:%M", START, "UTC");
    let all_hours = PartitionsSubset::all(&hours, context).expect("partitions");
    let days = time_windows("0 0 * * *", "%Y-%m-%d", START, "UTC");
    let all_days = PartitionsSubset::all(&days, context).expect("partitions");
    let later = time_windows("* * * * *", "%Y-%m-%d-%H:%M", START + 86_400.0 * 30.0, "UTC");
    let all_later = PartitionsSubset::all(&later, context).expect("partitions");
    let before = mapping(
        r#"{"__class__": "TimeWindowPartitionMapping", "start_offset": -1, "end_offset": -1,
            "allow_nonexistent_upstream_partitions": true}"#,
    );
    let identity = mapping(r#"{"__class__": "IdentityPartitionMapping"}"#);
    let last = mapping(r#"{"__class__": "LastPartitionMapping"}"#);
    for (what, mapping, up, down) in [
        ("minutes to hours", None, (&minutes, &rest), (&hours, &all_hours)),
        ("minutes to days", None, (&minutes, &rest), (&days, &all_days)),
        ("hours to minutes", None, (&hours, &all_hours), (&minutes, &rest)),
        ("the minute before", Some(&before), (&minutes, &rest), (&minutes, &rest)),
        ("minutes that begin later", None, (&minutes, &rest), (&later, &all_later)),
        ("identity", Some(&identity), (&minutes, &rest), (&later, &all_later)),
        ("the last minute", Some(&last), (&minutes, &all), (&days, &all_days)),
    ] {
        both_ways(group, what, mapping, up, down, context);
    }
}

fn product_mappings(group: &mut Bench<'_>, context: &Context) {
    let both = product(10_000, 100);
    let PartitionsDefinition::Multi(multi) = &both else { return };
    let all = PartitionsSubset::all(&both, context).expect("partitions");
    for (name, what) in [("customer", "10,000"), ("region", "100")] {
        let single = multi.dimension(name).expect("a dimension").clone();
        let every = PartitionsSubset::all(&single, context).expect("partitions");
        let what = format!("a product to its dimension of {what}");
        both_ways(group, &what, None, (&both, &all), (&single, &every), context);
    }
    let other = product(10_000, 50);
    let fewer = PartitionsSubset::all(&other, context).expect("partitions");
    both_ways(group, "a product to another", None, (&both, &all), (&other, &fewer), context);
}

/// Tells how much memory the process has taken at most so far.
fn tell_memory(after: &str) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let taken = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    eprintln!("memory {after}: {}", taken.replace('\t', " "));
}

fn benches(criterion: &mut Criterion<CpuTime>) {
    let context = now();
    let mut group = criterion.benchmark_group("a million partitions");
    group.sample_size(10);
    let by_minute = minutes();
    sets(&mut group, "minutes", &by_minute, &scattered(&by_minute, &context), &context);
    // An hour comes twice, or not at all, each year.
    let century = Context::at(START);
    let begin = START - MILLION as f64 * 3_600.0;
    let hours = time_windows("0 * * * *", "%Y-%m-%d-%H:%M", begin, "America/New_York");
    let part = range("1990-01-01-00:00", "2019-12-31-23:00");
    let part = PartitionsSubset::of_range(&hours, &part, &century).expect("a range");
    sets(&mut group, "hours of New York", &hours, &part, &century);
    time_window_mappings(&mut group, &context);
    tell_memory("after time windows");
    let both = product(10_000, 100);
    let part = range("customer02000|region00010", "customer03999|region00059");
    let part = PartitionsSubset::of_range(&both, &part, &context).expect("a range");
    sets(&mut group, "a product", &both, &part, &context);
    product_mappings(&mut group, &context);
    tell_memory("after products");
    group.finish();
}

criterion_group! {
    name = all;
    config = Criterion::default().with_measurement(CpuTime);
    targets = benches
}
criterion_main!(all);
