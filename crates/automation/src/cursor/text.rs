//! The text of what entities remember, written without the stored form in between. Equal to the text of the stored
//! form, which tests hold it to.

use rondel_model::automation::HistoricalAllPartitionsSubsetSentinel;
use rondel_model::metadata::Metadata;
use rondel_model::serdes::{Extra, float_repr, to_text};
use rondel_partitions::Context;

use super::entity::{Candidates, EntityCursor, NodeCursor, Remembered, State};
use crate::error::Result;
use crate::text::PartTexts;

/// Writes one entity after the other.
#[derive(Default)]
pub(super) struct Text {
    pub(super) out: String,
    parts: PartTexts,
}

impl Text {
    /// Goes on after a text.
    pub(super) fn after(text: String) -> Self {
        Self { out: text, ..Self::default() }
    }

    pub(super) fn entity(&mut self, cursor: &EntityCursor) -> Result<()> {
        if cursor.has_unknown() {
            self.out.push_str(&to_text(&cursor.to_stored()?));
            return Ok(());
        }
        self.out
            .push_str("{\"__class__\": \"AutomationConditionCursor\", \"effective_timestamp\": ");
        self.out.push_str(&float_repr(cursor.effective_timestamp));
        self.out.push_str(", \"last_event_id\": ");
        self.out.push_str(&to_text(&cursor.last_event_id));
        self.out.push_str(", \"node_cursors_by_unique_id\": {");
        let mut nodes: Vec<_> = cursor.nodes().iter().collect();
        nodes.sort_unstable_by_key(|(id, _)| *id);
        for (place, (id, node)) in nodes.into_iter().enumerate() {
            self.out.push_str(if place == 0 { "\"" } else { ", \"" });
            self.out.push_str(&id.to_string());
            self.out.push_str("\": ");
            self.node(node)?;
        }
        self.out.push_str("}, \"previous_requested_subset\": ");
        self.part(&cursor.previous_requested)?;
        self.out.push_str(", \"result_value_hash\": ");
        self.out.push_str(&to_text(cursor.result_value_hash()));
        self.out.push('}');
        Ok(())
    }

    fn node(&mut self, node: &NodeCursor) -> Result<()> {
        if node.extra().is_some_and(|extra| *extra != Extra::default()) {
            self.out.push_str(&to_text(&node.to_stored()?));
            return Ok(());
        }
        self.out
            .push_str("{\"__class__\": \"AutomationConditionNodeCursor\", \"candidate_subset\": ");
        match &node.candidates {
            Candidates::All => {
                self.out.push_str(&to_text(&HistoricalAllPartitionsSubsetSentinel::default()));
            }
            Candidates::Some(part) => self.part(part)?,
            Candidates::Other(other) => self.out.push_str(&to_text(&**other)),
        }
        self.out.push_str(", \"extra_state\": ");
        match &node.state {
            State::None => self.out.push_str("null"),
            State::Part(part) => self.part(part)?,
            State::Parts(parts) => {
                self.out.push('[');
                for (place, part) in parts.iter().enumerate() {
                    self.out.push_str(if place == 0 { "" } else { ", " });
                    self.part(part)?;
                }
                self.out.push(']');
            }
            State::Value(value) => self.out.push_str(&to_text(&**value)),
        }
        self.out.push_str(", \"metadata\": ");
        match node.stored_metadata() {
            Some(metadata) if *metadata == Metadata::default() => self.out.push_str("{}"),
            metadata => self.out.push_str(&to_text(&metadata.cloned())),
        }
        self.out.push_str(", \"subsets_with_metadata\": ");
        match node.reasons() {
            [] => self.out.push_str("[]"),
            reasons => self.out.push_str(&to_text(&reasons.to_vec())),
        }
        self.out.push_str(", \"true_subset\": ");
        self.part(&node.true_subset)?;
        self.out.push('}');
        Ok(())
    }

    fn part(&mut self, remembered: &Remembered) -> Result<()> {
        let part = match remembered {
            Remembered::Part(part) => part,
            Remembered::Stored(stored) => {
                self.out.push_str(&to_text(&**stored));
                return Ok(());
            }
        };
        // Parts that are spelled out ask nothing of the context.
        self.parts.write(part, &Context::default(), &mut self.out)
    }
}
