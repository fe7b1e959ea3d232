//! `SinceCondition`: true from when the trigger was true until the reset is.

use rondel_model::metadata::{FloatMetadataValue, IntMetadataValue, Metadata, MetadataValue};
use rondel_model::serdes::{Extra, Number, Value};

use super::context::Context;
use super::result::Outcome;
use crate::error::{AutomationError, Result};

pub(super) fn since(context: &Context<'_>) -> Result<Outcome> {
    let partitions = &context.tick.observed.partitions;
    let [trigger, reset] = context.condition.children.as_slice() else {
        return Err(AutomationError::WrongEntity {
            condition: context.condition.name.clone(),
            key: context.key().clone(),
        });
    };
    // Everywhere, so that no change is missed.
    let everywhere = context.full();
    let trigger = context.child(trigger, &[Some(0)], everywhere.clone())?;
    let reset = context.child(reset, &[Some(1)], everywhere)?;

    let before = match context.previous_true()? {
        Some(before) => before,
        None => context.empty(),
    };
    let mut found = before.union(&trigger.true_subset, partitions)?;
    found = found.difference(&reset.true_subset, partitions)?;
    // Where both became true in this tick the later one decides, if times are known.
    let both = trigger.true_subset.intersection(&reset.true_subset, partitions)?;
    if let (false, Some(triggered), Some(was_reset)) =
        (both.is_empty(), &trigger.timing, &reset.timing)
    {
        let later = triggered.later_than(was_reset, context.empty(), partitions)?;
        found = found.union(&later.intersection(&both, partitions)?, partitions)?;
    }

    let mut remembered =
        Remembered::read(context.node_cursor().and_then(|cursor| cursor.metadata()));
    let now = (Value::Int(context.tick.evaluation_id), Some(context.tick.observed.time()));
    if !trigger.true_subset.is_empty() {
        remembered.trigger = now.clone();
    }
    if !reset.true_subset.is_empty() {
        remembered.reset = now;
    }
    let timing = trigger.timing.clone();
    let outcome = Outcome::with_children(found, vec![trigger, reset]);
    Ok(Outcome { metadata: remembered.write(), timing, ..outcome })
}

/// Evaluation id and time of when the trigger and the reset were last true (`SinceConditionData`).
struct Remembered {
    trigger: (Value, Option<f64>),
    reset: (Value, Option<f64>),
}

impl Remembered {
    fn read(metadata: Option<&Metadata>) -> Self {
        let get = |label: &str| metadata.and_then(|metadata| metadata.get(label));
        let id = |label: &str| match get(label) {
            Some(MetadataValue::Int(value)) => value.value.clone(),
            _ => Value::Null,
        };
        let time = |label: &str| match get(label) {
            Some(MetadataValue::Float(value)) => value.value.map(Number::as_f64),
            _ => None,
        };
        Self {
            trigger: (id("trigger_evaluation_id"), time("trigger_timestamp")),
            reset: (id("reset_evaluation_id"), time("reset_timestamp")),
        }
    }

    fn write(self) -> Metadata {
        let id =
            |value: Value| MetadataValue::Int(IntMetadataValue { value, extra: Extra::default() });
        let time = |value: Option<f64>| {
            let value = value.map(Number::from);
            MetadataValue::Float(FloatMetadataValue { value, extra: Extra::default() })
        };
        Metadata::from_iter([
            ("trigger_evaluation_id".to_owned(), id(self.trigger.0)),
            ("trigger_timestamp".to_owned(), time(self.trigger.1)),
            ("reset_evaluation_id".to_owned(), id(self.reset.0)),
            ("reset_timestamp".to_owned(), time(self.reset.1)),
        ])
    }
}
