//! Random subsets: algebra, stored forms and ranges equal those of Dagster.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod support;

use rondel_model::partition::PartitionsSubset as Stored;
use rondel_model::serdes::{from_text, to_text};
use rondel_partitions::{Context, PartitionsDefinition, PartitionsSubset};
use serde_json::{Value, json};
use support::{Mismatches, cases, definition_of, outcome};

const SEED: u64 = 20241103;
const COUNT: u64 = 1000;

fn class(subset: &PartitionsSubset) -> &'static str {
    match subset {
        PartitionsSubset::All(_) => "AllPartitionsSubset",
        PartitionsSubset::TimeWindow(_) => "TimeWindowPartitionsSubset",
        PartitionsSubset::Keys(_) => "DefaultPartitionsSubset",
    }
}

struct Checked<'a> {
    case: &'a Value,
    definition: &'a PartitionsDefinition,
    context: &'a Context,
    wrong: &'a mut Mismatches,
}

impl Checked<'_> {
    fn check(&mut self, what: &str, subset: &PartitionsSubset, theirs: &Value) {
        let (definition, context) = (self.definition, self.context);
        let mut compare = |question: &str, ours: Value| {
            self.wrong.check(self.case, &format!("{what}-{question}"), &ours, &theirs[question]);
        };
        compare("class", json!(class(subset)));
        compare("empty", json!({"ok": subset.is_empty()}));
        compare("text", outcome(subset.to_text(context)));
        compare("count", outcome(subset.count(context)));
        let ranges = subset.key_ranges(definition, context).map(|ranges| {
            let mut ends: Vec<_> = ranges.into_iter().map(|r| [r.start, r.end]).collect();
            ends.sort();
            ends
        });
        compare("ranges", outcome(ranges));
        if theirs.get("missing").is_some() {
            compare("missing", outcome(subset.keys_not_in(definition, context)));
        }
        for (key, theirs) in theirs["has"].as_object().unwrap() {
            let ours = outcome(subset.contains(key, context));
            self.wrong.check(self.case, &format!("{what}-has {key:?}"), &ours, theirs);
        }
        // What Dagster stores is read, and what is stored here is what Dagster would store.
        let text = theirs["stored"]["ok"].as_str().unwrap();
        let stored: Stored = from_text(text).unwrap();
        let read = PartitionsSubset::from_stored(&stored, Some(definition), context).unwrap();
        assert_eq!(read, subset.spelled_out(context).unwrap(), "{what}");
        if matches!(stored, Stored::TimeWindow(_)) {
            assert_eq!(to_text(&subset.to_stored(context).unwrap()), text, "{what}");
        }
        let text = theirs["text"]["ok"].as_str().unwrap();
        assert_eq!(PartitionsSubset::from_text(definition, text, context).unwrap(), read);
    }
}

#[test]
fn random_subsets_behave_like_dagsters() {
    let mut wrong = Mismatches::default();
    for case in cases("subsets.py", SEED, COUNT) {
        let (definition, context) = definition_of(&case);
        let mut checked =
            Checked { case: &case, definition: &definition, context: &context, wrong: &mut wrong };
        let subset_of = |told: &Value| match told["keys"].as_array() {
            None => PartitionsSubset::All(definition.clone()),
            Some(keys) => {
                let keys: Vec<&str> = keys.iter().map(|key| key.as_str().unwrap()).collect();
                PartitionsSubset::of_keys(&definition, &keys, &context).unwrap()
            }
        };
        let (a, b) = (subset_of(&case["sets"][0]), subset_of(&case["sets"][1]));
        checked.check("a", &a, &case["sets"][0]);
        checked.check("b", &b, &case["sets"][1]);
        checked.check("or", &a.union(&b, &context).unwrap(), &case["or"]);
        checked.check("and", &a.intersection(&b, &context).unwrap(), &case["and"]);
        checked.check("sub", &a.difference(&b, &context).unwrap(), &case["sub"]);
        let more: Vec<&str> =
            case["more"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
        checked.check("plus", &a.with_keys(&more, &context).unwrap(), &case["plus"]);
        for old in case["old"].as_array().unwrap() {
            let read = PartitionsSubset::from_text(&definition, old[0].as_str().unwrap(), &context);
            let ours = outcome(read.and_then(|subset| subset.to_text(&context)));
            wrong.check(&case, &format!("old {}", old[0]), &ours, &old[1]);
        }
        if let [text, keys] = case["key_ranges"].as_array().map_or(&[][..], Vec::as_slice) {
            let stored: Stored = from_text(text.as_str().unwrap()).unwrap();
            let read = PartitionsSubset::from_stored(&stored, None, &context);
            let ours = read.and_then(|subset| subset.keys(&context)).map(|mut keys| {
                keys.sort();
                keys
            });
            wrong.check(&case, "key ranges", &outcome(ours), keys);
        }
    }
    wrong.report();
}
