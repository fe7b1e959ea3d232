//! The rules of auto-materialize policies, which preceded conditions
//! (`dagster/_core/definitions/auto_materialize_rule_impls.py`).
//!
//! Rules look at single partitions and at what has changed since the last tick; what they found then is
//! carried forward with its reason, where nothing has changed.

mod carried;
mod filter;
mod freshness;
mod materialize;
mod parents;
mod since;
mod skip;
#[cfg(test)]
mod tests;
mod waiting;

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use rondel_model::automation::AutoMaterializeRule;
use rondel_model::ids::AssetKey;

use super::context::Context;
use super::result::Outcome;
use crate::cursor::{Candidates, NodeCursor};
use crate::error::{AutomationError, Result};
use crate::key::Key;
use crate::subset::{EntityPart, PartValue};
use crate::view::View;

pub(super) use carried::repr;
pub(super) use freshness::expected_data_time;

use carried::Carried;

/// A partition of an asset; none for an asset without partitions.
type Place = (AssetKey, Option<String>);

/// Evaluates a rule where the context stands.
pub(super) fn evaluate(context: &Context<'_>, rule: &AutoMaterializeRule) -> Result<Outcome> {
    Rules::of(context)?.evaluate(rule)
}

/// What the rules of one node share.
struct Rules<'c, 'a> {
    context: &'c Context<'a>,
    asset: &'c AssetKey,
    /// Outdated ancestors by partition, once found.
    outdated: RefCell<HashMap<Place, BTreeSet<AssetKey>>>,
}

impl<'c, 'a> Rules<'c, 'a> {
    fn of(context: &'c Context<'a>) -> Result<Self> {
        let Key::Asset(asset) = context.key() else {
            return Err(AutomationError::WrongEntity {
                condition: context.condition.name.clone(),
                key: context.key().clone(),
            });
        };
        Ok(Self { context, asset, outdated: RefCell::default() })
    }

    fn evaluate(&self, rule: &AutoMaterializeRule) -> Result<Outcome> {
        use AutoMaterializeRule as Rule;
        match rule {
            Rule::MaterializeOnRequiredForFreshness(_) => self.required_for_freshness(),
            Rule::MaterializeOnCron(cron) => self.cron(cron),
            Rule::MaterializeOnParentUpdated(rule) => {
                self.parent_updated(rule.updated_parent_filter.as_ref())
            }
            Rule::MaterializeOnMissing(_) => self.missing(),
            Rule::SkipOnParentOutdated(_) => self.waits_for(|place| self.outdated_parents(place)),
            Rule::SkipOnParentMissing(_) => self.waits_for(|place| self.missing_parents(place)),
            Rule::SkipOnNotAllParentsUpdated(rule) => {
                let whole = rule.require_update_for_all_parent_partitions;
                self.waits_for(|place| self.parents_not_updated(place, whole))
            }
            Rule::SkipOnRequiredButNonexistentParents(_) => {
                self.waits_for(|place| Ok(self.parents_of(place)?.nonexistent))
            }
            Rule::SkipOnBackfillInProgress(rule) => self.backfill_in_progress(rule.all_partitions),
            Rule::DiscardOnMaxMaterializationsExceeded(rule) => self.above_limit(rule.limit),
            Rule::SkipOnRunInProgress(_) => self.run_in_progress(),
            Rule::SkipOnNotAllParentsUpdatedSinceCron(rule) => self.parents_since_cron(rule),
            Rule::Unknown(_) => Err(AutomationError::LegacyRule(rule.class_name().to_owned())),
        }
    }

    fn view(&self) -> View<'a> {
        self.context.view()
    }

    fn partitions(&self) -> &'a rondel_partitions::Context {
        self.context.partitions()
    }

    fn key(&self) -> &Key {
        self.context.key()
    }

    fn candidates(&self) -> &EntityPart {
        &self.context.candidates
    }

    fn node_cursor(&self) -> Option<&'a NodeCursor> {
        self.context.node_cursor()
    }

    /// The event id of the last tick.
    fn previous_id(&self) -> Option<i64> {
        self.context.cursor?.last_event_id
    }

    fn is_partitioned(&self, asset: &AssetKey) -> Result<bool> {
        Ok(self.view().graph.partitions(&Key::Asset(asset.clone()))?.is_some())
    }

    /// The partitions of a part, one by one.
    fn places(&self, part: &EntityPart) -> Result<Vec<Option<String>>> {
        Ok(match &part.value {
            PartValue::Whole(false) => Vec::new(),
            PartValue::Whole(true) => vec![None],
            PartValue::Partitions(partitions) => {
                partitions.keys(self.view().context())?.iter().cloned().map(Some).collect()
            }
        })
    }

    /// The part of the asset made of partitions.
    fn part_of(&self, places: impl IntoIterator<Item = Option<String>>) -> Result<EntityPart> {
        let places: Vec<Option<String>> = places.into_iter().collect();
        if self.is_partitioned(self.asset)? {
            return self.view().of_keys(self.key(), places.into_iter().flatten());
        }
        Ok(if places.is_empty() { self.context.empty() } else { self.context.full() })
    }

    fn has(&self, part: &EntityPart, partition: Option<&str>) -> Result<bool> {
        Ok(match &part.value {
            PartValue::Whole(whole) => *whole,
            PartValue::Partitions(partitions) => match partition {
                Some(key) => partitions.contains(key, self.view().context())?,
                None => false,
            },
        })
    }

    fn minus(&self, part: &EntityPart, other: &EntityPart) -> Result<EntityPart> {
        part.difference(other, self.view().context())
    }

    fn previous_true(&self) -> Result<EntityPart> {
        match self.context.previous_true()? {
            Some(part) => Ok(part),
            None => Ok(self.context.empty()),
        }
    }

    /// Candidates that were none on the last tick.
    fn new_candidates(&self) -> Result<EntityPart> {
        match self.node_cursor().map(|cursor| &cursor.candidates) {
            None => Ok(self.candidates().clone()),
            Some(Candidates::Some(before)) => match self.view().of_remembered(before)? {
                Some(before) => self.minus(self.candidates(), &before),
                None => Ok(self.candidates().clone()),
            },
            Some(_) => Ok(self.context.empty()),
        }
    }

    /// New candidates, and those whose parents have changed or will in this tick.
    fn to_look_at(&self) -> Result<EntityPart> {
        let changed = self
            .candidates()
            .intersection(&self.parent_has_or_will_update()?, self.partitions())?;
        self.new_candidates()?.union(&changed, self.partitions())
    }

    /// A rule that holds a partition back while others are waited for.
    fn waits_for(
        &self,
        waited_for: impl Fn(&Place) -> Result<BTreeSet<AssetKey>>,
    ) -> Result<Outcome> {
        let looked_at = self.to_look_at()?;
        let mut carried = Carried::default();
        for partition in self.places(&looked_at)? {
            let place = (self.asset.clone(), partition);
            let assets = waited_for(&place)?;
            if !assets.is_empty() {
                carried.add(carried::waiting_on(&assets), place.1);
            }
        }
        self.with_carried(carried, &looked_at)
    }
}
