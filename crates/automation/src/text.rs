//! The text of parts of entities, for what is written of all of them on each tick.
//!
//! Nearly all sets of a group of entities are a few different ones, each of which names its partitions
//! definition in full: their texts are made once, like those of keys. Equal to the text of the stored form.

use std::sync::Arc;

use rondel_model::serdes::to_text;
use rondel_partitions::{
    Context, PartitionsDefinition, PartitionsSubset, TimeWindow, TimeWindowPartitions,
};

use crate::error::Result;
use crate::key::Key;
use crate::subset::{EntityPart, PartValue};

/// So many different sets, and keys, are kept.
const KEPT: usize = 64;

/// Writes one part after the other.
#[derive(Debug, Default)]
pub(crate) struct PartTexts {
    /// The latest last.
    keys: Vec<(Arc<Key>, String)>,
    sets: Vec<Set>,
}

/// A set of time windows with its text.
#[derive(Debug)]
struct Set {
    definition: Arc<TimeWindowPartitions>,
    windows: Box<[TimeWindow]>,
    text: String,
}

impl PartTexts {
    /// Appends a part as in evaluations and cursors.
    pub(crate) fn write(
        &mut self,
        part: &EntityPart,
        context: &Context,
        out: &mut String,
    ) -> Result<()> {
        let partitions = match &part.value {
            PartValue::Whole(whole) => {
                self.begin(&part.key, out);
                out.push_str(if *whole { "true}" } else { "false}" });
                return Ok(());
            }
            PartValue::Partitions(partitions) => partitions,
        };
        if matches!(**partitions.definition(), PartitionsDefinition::Dynamic(_)) {
            out.push_str(&to_text(&part.to_evaluation(context)?));
            return Ok(());
        }
        self.begin(&part.key, out);
        self.set(partitions.members(), context, out)?;
        out.push('}');
        Ok(())
    }

    /// What stands before the value.
    fn begin(&mut self, key: &Arc<Key>, out: &mut String) {
        out.push_str("{\"__class__\": \"AssetSubset\", \"asset_key\": ");
        match self.keys.iter().rev().find(|(known, _)| Arc::ptr_eq(known, key)) {
            Some((_, text)) => out.push_str(text),
            None => {
                let text = to_text(&key.to_stored());
                out.push_str(&text);
                if self.keys.len() == KEPT {
                    self.keys.clear();
                }
                self.keys.push((Arc::clone(key), text));
            }
        }
        out.push_str(", \"value\": ");
    }

    fn set(
        &mut self,
        members: &PartitionsSubset,
        context: &Context,
        out: &mut String,
    ) -> Result<()> {
        let PartitionsSubset::TimeWindow(subset) = members else {
            out.push_str(&to_text(&members.to_stored(context)?));
            return Ok(());
        };
        let known = self.sets.iter().find(|set| {
            Arc::ptr_eq(&set.definition, subset.definition()) && *set.windows == *subset.windows()
        });
        if let Some(set) = known {
            out.push_str(&set.text);
            return Ok(());
        }
        let set = Set {
            definition: Arc::clone(subset.definition()),
            windows: subset.windows().into(),
            text: to_text(&members.to_stored(context)?),
        };
        out.push_str(&set.text);
        if self.sets.len() == KEPT {
            self.sets.clear();
        }
        self.sets.push(set);
        Ok(())
    }
}
