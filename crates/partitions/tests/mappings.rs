//! Random mappings between random definitions give the partitions Dagster's give, both ways.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use rondel_model::partition::PartitionMapping;
use rondel_model::serdes::from_text;
use rondel_partitions::{
    Context, Of, PartitionsDefinition, PartitionsSubset, downstream_partitions, infer_mapping,
    upstream_partitions,
};
use serde_json::{Value, json};
use support::{Mismatches, cases, definition, definition_of, outcome};

const SEED: u64 = 20240331;
const COUNT: u64 = 3000;

fn told(subset: &PartitionsSubset, context: &Context) -> Value {
    let class = match subset {
        PartitionsSubset::All(_) => "AllPartitionsSubset",
        PartitionsSubset::TimeWindow(_) => "TimeWindowPartitionsSubset",
        PartitionsSubset::Keys(_) => "DefaultPartitionsSubset",
    };
    json!([class, subset.to_text(context).unwrap()])
}

fn subset_of(
    definition: &PartitionsDefinition,
    keys: &Value,
    context: &Context,
) -> PartitionsSubset {
    match keys.as_array() {
        None => PartitionsSubset::All(definition.clone()),
        Some(keys) => {
            let keys: Vec<&str> = keys.iter().map(|key| key.as_str().unwrap()).collect();
            PartitionsSubset::of_keys(definition, &keys, context).unwrap()
        }
    }
}

#[test]
fn random_mappings_lead_where_dagsters_do() {
    let mut wrong = Mismatches::default();
    for case in cases("mappings.py", SEED, COUNT) {
        let (upstream, context) = definition_of(&case);
        let downstream = definition(case["down"].as_str().unwrap());
        let declared: Option<PartitionMapping> =
            case["mapping"].as_str().map(|text| from_text(text).unwrap());
        let mapping = infer_mapping(declared.as_ref(), Some(&downstream), Some(&upstream));
        let actual: PartitionMapping = from_text(case["actual"].as_str().unwrap()).unwrap();
        assert_eq!(*mapping, actual);

        let subset = subset_of(&downstream, &case["upwards"][0], &context);
        let from = Of { subset: &subset, definition: &downstream };
        let ours = upstream_partitions(&mapping, Some(from), &upstream, &context)
            .map(|found| [told(&found.existing, &context), told(&found.nonexistent, &context)]);
        let what = format!("{}-upwards of {}", mapping.class_name(), case["upwards"][0]);
        wrong.check(&case, &what, &outcome(ours), &case["upwards"][1]);

        let subset = subset_of(&upstream, &case["downwards"][0], &context);
        let from = Of { subset: &subset, definition: &upstream };
        let ours = downstream_partitions(&mapping, from, &downstream, &context);
        let ours = ours.map(|found| told(&found, &context));
        let what = format!("{}-downwards of {}", mapping.class_name(), case["downwards"][0]);
        wrong.check(&case, &what, &outcome(ours), &case["downwards"][1]);
    }
    wrong.report();
}
