//! The text of evaluations, written without the stored form in between: a tick tells of each entity it evaluated
//! anew, in tens of kilobytes. Equal to the text of [`NodeResult::to_evaluation`], which tests hold it to.

use rondel_model::serdes::{float_repr, to_text};

use super::{NodeResult, Tick};
use crate::error::Result;
use crate::text::PartTexts;

/// Writes the evaluations of one tick.
#[derive(Debug)]
pub struct EvaluationTexts<'t> {
    tick: &'t Tick<'t>,
    /// What stands between a condition and the metadata.
    end: String,
    /// What stands between the metadata and the subsets with metadata.
    start: String,
    parts: PartTexts,
}

impl<'t> EvaluationTexts<'t> {
    /// For evaluations of a tick.
    pub fn new(tick: &'t Tick<'t>) -> Self {
        let timestamp = float_repr(tick.timestamp);
        Self {
            tick,
            end: format!(", \"end_timestamp\": {timestamp}, \"metadata\": "),
            start: format!(", \"start_timestamp\": {timestamp}, \"subsets_with_metadata\": "),
            parts: PartTexts::default(),
        }
    }

    /// Appends the serialized record of an evaluation.
    ///
    /// # Errors
    /// Keys of dynamic partitions that were not observed.
    pub fn write(&mut self, result: &NodeResult, out: &mut String) -> Result<()> {
        let partitions = &self.tick.observed.partitions;
        out.push_str("{\"__class__\": \"AssetConditionEvaluation\", \"candidate_subset\": ");
        if result.candidates.is_every_partition() {
            out.push_str(&to_text(&result.candidates.to_candidate(partitions)?));
        } else {
            self.parts.write(&result.candidates, partitions, out)?;
        }
        out.push_str(", \"child_evaluations\": [");
        for (place, child) in result.children.iter().enumerate() {
            out.push_str(if place == 0 { "" } else { ", " });
            self.write(child, out)?;
        }
        out.push_str("], \"condition_snapshot\": ");
        result.condition.write_snapshot(result.unique_id, out);
        out.push_str(&self.end);
        match result.has_details() {
            true => out.push_str(&to_text(&result.metadata())),
            false => out.push_str("{}"),
        }
        out.push_str(&self.start);
        match result.has_details() {
            true => out.push_str(&to_text(&result.subsets_with_metadata(self.tick)?)),
            false => out.push_str("[]"),
        }
        out.push_str(", \"true_subset\": ");
        self.parts.write(&result.true_subset, partitions, out)?;
        out.push('}');
        Ok(())
    }
}
