//! What a selection means for a type of object: fields in the order of the answer, fragments that fit resolved,
//! the same field selected twice merged.
//!
//! Skipped and included selections are already decided when a document is executed.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use async_graphql::{
    ContextSelectionSet, Name, Positioned,
    parser::types::{Field, FragmentDefinition, Selection, SelectionSet},
    registry::Registry,
};

use super::{Direct, Waits};
use crate::empty_objects::MARK;

/// The document and the schema that a plan is made of.
#[derive(Clone, Copy)]
pub(crate) struct Source<'q> {
    fragments: &'q HashMap<Name, Positioned<FragmentDefinition>>,
    registry: &'q Registry,
}

impl<'q> Source<'q> {
    pub(crate) fn of(ctx: &ContextSelectionSet<'q>) -> Self {
        Source { fragments: &ctx.query_env.fragments, registry: &ctx.schema_env.registry }
    }
}

/// A type's plan, by its name; none if something selected has to wait.
type Known<'q> = (&'static str, Option<Rc<Plan<'q>>>);

/// All that is selected of a field, and what it means for the types met so far.
pub(crate) struct Selected<'q> {
    sets: Vec<&'q SelectionSet>,
    plans: RefCell<Vec<Known<'q>>>,
}

/// The fields to write of an object of one type.
pub(crate) struct Plan<'q> {
    pub(crate) steps: Vec<Step<'q>>,
}

/// One field to write.
pub(crate) struct Step<'q> {
    key: &'q str,
    /// `"key":`, after a comma unless it is the first.
    pub(crate) head: Vec<u8>,
    pub(crate) told: Told,
    pub(crate) selected: Selected<'q>,
}

/// Where the value of a field comes from.
#[derive(Clone, Copy)]
pub(crate) enum Told {
    Typename,
    /// By its place in [`Direct::FIELDS`].
    Field(usize),
}

impl<'q> Selected<'q> {
    pub(crate) fn new(set: &'q SelectionSet) -> Self {
        Selected { sets: vec![set], plans: RefCell::default() }
    }

    /// The plan for a type, made when first asked for.
    pub(crate) fn plan<T: Direct>(&self, source: Source<'q>) -> Result<Rc<Plan<'q>>, Waits> {
        let known =
            self.plans.borrow().iter().find(|(name, _)| *name == T::NAME).map(|it| it.1.clone());
        let plan = known.unwrap_or_else(|| {
            let plan = Plan::of::<T>(&self.sets, source).ok().map(Rc::new);
            self.plans.borrow_mut().push((T::NAME, plan.clone()));
            plan
        });
        plan.ok_or(Waits)
    }
}

impl<'q> Plan<'q> {
    fn of<T: Direct>(sets: &[&'q SelectionSet], source: Source<'q>) -> Result<Self, Waits> {
        let mut plan = Plan { steps: Vec::new() };
        for set in sets {
            plan.add_set::<T>(set, source)?;
        }
        Ok(plan)
    }

    fn add_set<T: Direct>(
        &mut self,
        set: &'q SelectionSet,
        source: Source<'q>,
    ) -> Result<(), Waits> {
        for item in &set.items {
            let (condition, set) = match &item.node {
                Selection::Field(field) => {
                    self.add_field::<T>(&field.node)?;
                    continue;
                }
                Selection::InlineFragment(fragment) => {
                    (fragment.node.type_condition.as_ref(), &fragment.node.selection_set)
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = source.fragments.get(&spread.node.fragment_name.node);
                    let fragment = &fragment.ok_or(Waits)?.node;
                    (Some(&fragment.type_condition), &fragment.selection_set)
                }
            };
            let fits = condition.is_none_or(|condition| {
                let name = condition.node.on.node.as_str();
                let named = || source.registry.types.get(name);
                name == T::NAME || named().is_some_and(|kind| kind.is_possible_type(T::NAME))
            });
            if fits {
                self.add_set::<T>(&set.node, source)?;
            }
        }
        Ok(())
    }

    fn add_field<T: Direct>(&mut self, field: &'q Field) -> Result<(), Waits> {
        let key = field.response_key().node.as_str();
        if key == MARK {
            return Ok(());
        }
        if !field.arguments.is_empty() {
            return Err(Waits);
        }
        let set = &field.selection_set.node;
        if let Some(step) = self.steps.iter_mut().find(|step| step.key == key) {
            step.selected.sets.push(set);
            return Ok(());
        }
        let name = field.name.node.as_str();
        let told = if name == "__typename" {
            Told::Typename
        } else {
            Told::Field(T::FIELDS.iter().position(|(known, _)| *known == name).ok_or(Waits)?)
        };
        let comma = if self.steps.is_empty() { "" } else { "," };
        // A name of GraphQL holds nothing to escape.
        let head = format!("{comma}\"{key}\":").into_bytes();
        self.steps.push(Step { key, head, told, selected: Selected::new(set) });
        Ok(())
    }
}
