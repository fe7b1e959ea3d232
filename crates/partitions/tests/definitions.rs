//! Random definitions, clock changes included: every answer equals the one Dagster gives.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use rondel_model::partition::PartitionKeyRange;
use rondel_partitions::{Context, Order, PartitionsDefinition, TimeWindow};
use serde_json::{Value, json};
use support::{Mismatches, cases, outcome};

const SEED: u64 = 20240310;
const COUNT: u64 = 2000;

fn range(start: &str, end: &str) -> PartitionKeyRange {
    PartitionKeyRange { start: start.into(), end: end.into(), ..PartitionKeyRange::default() }
}

fn pages(
    definition: &PartitionsDefinition,
    context: &Context,
    limit: usize,
    order: Order,
) -> Value {
    let mut cursor: Option<String> = None;
    let mut out = Vec::new();
    for _ in 0..4 {
        match definition.page(context, limit, order, cursor.as_deref()) {
            Ok(page) => {
                out.push(json!([page.keys, page.cursor, page.has_more]));
                cursor = Some(page.cursor);
                if !page.has_more {
                    break;
                }
            }
            Err(error) => return json!({"error": error.to_string()}),
        }
    }
    json!({"ok": out})
}

fn windows(windows: &[TimeWindow]) -> Value {
    windows.iter().map(|w| json!([w.start as f64, w.end as f64])).collect()
}

#[test]
fn answers_about_random_definitions_equal_dagsters() {
    let mut wrong = Mismatches::default();
    for case in cases("definitions.py", SEED, COUNT) {
        let text = case["snap"].as_str().unwrap();
        let definition =
            PartitionsDefinition::from_snap(&rondel_model::serdes::from_text(text).unwrap())
                .unwrap();
        assert_eq!(rondel_model::serdes::to_text(&definition.to_snap()), text);
        let keys = case["dynamic"].as_array().cloned().unwrap_or_default();
        let context = Context::at(case["now"].as_f64().unwrap())
            .with_dynamic_keys("dyn", keys.iter().map(|key| key.as_str().unwrap().to_owned()));
        let mut check = |what: &str, ours: Value, theirs: &Value| {
            wrong.check(&case, what, &ours, theirs);
        };
        check("keys", outcome(definition.keys(&context)), &case["keys"]);
        check("count", outcome(definition.count(&context)), &case["count"]);
        check("first", outcome(definition.first_key(&context)), &case["first"]);
        check("last", outcome(definition.last_key(&context)), &case["last"]);
        check("id", outcome(definition.unique_id(&context)), &case["id"]);
        let limit = usize::try_from(case["limit"].as_u64().unwrap()).unwrap();
        if let Some(theirs) = case.get("up") {
            check("up", pages(&definition, &context, limit, Order::Ascending), theirs);
            check("down", pages(&definition, &context, limit, Order::Descending), &case["down"]);
        }
        for (key, theirs) in case["has"].as_object().unwrap() {
            check(&format!("has {key:?}"), outcome(definition.has_key(key, &context)), theirs);
        }
        for (key, theirs) in case["tags"].as_object().unwrap() {
            check("tags", outcome(definition.tags_of_key(key)), theirs);
        }
        for item in case["ranges"].as_array().unwrap() {
            let range = range(item[0].as_str().unwrap(), item[1].as_str().unwrap());
            let ours = outcome(definition.keys_in_range(&range, &context));
            check(&format!("range {range:?}"), ours, &item[2]);
        }
        let PartitionsDefinition::TimeWindow(definition) = &definition else { continue };
        for (key, theirs) in case["windows"].as_object().unwrap() {
            let ours =
                outcome(definition.window_of_key(key).map(|w| [w.start as f64, w.end as f64]));
            check("window of key", ours, theirs);
        }
        for (key, theirs) in case["next"].as_object().unwrap() {
            check("next key", outcome(definition.next_key(key, context.now)), theirs);
        }
        let last = definition.last_window_ignoring_exclusions(context.now);
        let last = last.map(|window| window.map(|w| [w.start as f64, w.end as f64]));
        check("last unexcluded", outcome(last), &case["last_unexcluded"]);
        for item in case["at"].as_array().unwrap() {
            check("key at", outcome(definition.key_at(item[0].as_f64().unwrap())), &item[1]);
        }
        if let [chosen, theirs] = case["many"].as_array().unwrap().as_slice() {
            let chosen: Vec<&str> =
                chosen.as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
            let ours = definition.windows_of_keys(&chosen, Some(context.now));
            check("windows of keys", outcome(ours.map(|w| windows(&w))), theirs);
        }
        if let [window, count, any, ends] = case["inside"].as_array().unwrap().as_slice() {
            let edge = |at: usize| window[at].as_f64().unwrap() as i64;
            let window = TimeWindow::new(edge(0), edge(1));
            check("count in window", outcome(definition.count_in_window(window)), count);
            check("any in window", outcome(definition.has_any_in_window(window)), any);
            let ours = definition.range_of_window(window, Some(context.now));
            check("range of window", outcome(ours.map(|range| [range.start, range.end])), ends);
        }
    }
    wrong.report();
}
