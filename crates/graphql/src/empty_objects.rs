//! Makes an object of which a document selects nothing appear as `{}`.
//!
//! A field of a union may be asked with fragments of which none fits the value. GraphQL answers an
//! empty object then; async-graphql answers null, which clients take for a missing value. So where
//! a selection consists of fragments only, a marked `__typename` is added to the document, and
//! taken out of the answer.

use async_graphql::{
    Name, Pos, Positioned, Value,
    parser::types::{DocumentOperations, ExecutableDocument, Field, Selection, SelectionSet},
};

/// The alias of what was added. No client chooses such a name.
pub(crate) const MARK: &str = "__rondelObject";

/// Marks the selections of a document which consist of fragments only; whether there are any.
pub(crate) fn mark(document: &mut ExecutableDocument) -> bool {
    let mut marked = false;
    let operations = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![operation],
        DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
    };
    for operation in operations {
        mark_fields(&mut operation.node.selection_set.node, &mut marked);
    }
    for fragment in document.fragments.values_mut() {
        mark_fields(&mut fragment.node.selection_set.node, &mut marked);
    }
    marked
}

/// Marks the fields of a selection, whatever fragment they stand in.
fn mark_fields(selection: &mut SelectionSet, marked: &mut bool) {
    for item in &mut selection.items {
        match &mut item.node {
            Selection::Field(field) => {
                let own = &mut field.node.selection_set;
                let pos = own.pos;
                let is_field =
                    |item: &Positioned<Selection>| matches!(item.node, Selection::Field(_));
                if !own.node.items.is_empty() && !own.node.items.iter().any(is_field) {
                    let mark = Positioned::new(Selection::Field(typename(pos)), pos);
                    own.node.items.push(mark);
                    *marked = true;
                }
                mark_fields(&mut own.node, marked);
            }
            Selection::InlineFragment(fragment) => {
                mark_fields(&mut fragment.node.selection_set.node, marked);
            }
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn typename(pos: Pos) -> Positioned<Field> {
    let field = Field {
        alias: Some(Positioned::new(Name::new(MARK), pos)),
        name: Positioned::new(Name::new("__typename"), pos),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet::default(), pos),
    };
    Positioned::new(field, pos)
}

/// Takes the marks out of an answer.
pub(crate) fn unmark(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.shift_remove(MARK);
            object.values_mut().for_each(unmark);
        }
        Value::List(items) => items.iter_mut().for_each(unmark),
        _ => {}
    }
}
