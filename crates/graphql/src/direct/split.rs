//! Fields that a document selects at several places of the same object.
//!
//! `a { b } ... on A { a { c } }` answers one object `a` with `b` and `c`. async-graphql resolves both and merges
//! their values.

use std::collections::{BTreeMap, HashSet};

use async_graphql::{
    Pos,
    parser::types::{ExecutableDocument, Field, Selection, SelectionSet},
};

/// So many selections are looked at; a longer document counts as split everywhere.
const MOST: usize = 50_000;
/// Fragments that contain themselves are found out only when the document is validated.
const DEEPEST: usize = 100;

/// The positions of fields with a selection which the same object is asked for at another place too, whatever the
/// conditions of the fragments around them; none if there is too much to look at.
pub(crate) fn split_fields(document: &ExecutableDocument) -> Option<HashSet<Pos>> {
    let mut search = Search { document, found: HashSet::new(), left: MOST };
    for (_, operation) in document.operations.iter() {
        search.look(&[&operation.node.selection_set.node], 0)?;
    }
    Some(search.found)
}

struct Search<'d> {
    document: &'d ExecutableDocument,
    found: HashSet<Pos>,
    left: usize,
}

type ByKey<'d> = BTreeMap<&'d str, Vec<(Pos, &'d Field)>>;

impl<'d> Search<'d> {
    /// Looks at all that is selected of one object.
    fn look(&mut self, sets: &[&'d SelectionSet], depth: usize) -> Option<()> {
        let mut fields = ByKey::new();
        for set in sets {
            self.gather(set, &mut fields, depth)?;
        }
        for (_, fields) in fields {
            if fields.len() > 1 {
                self.found.extend(fields.iter().map(|(pos, _)| *pos));
            }
            let sets: Vec<_> = fields.iter().map(|it| &it.1.selection_set.node).collect();
            self.look(&sets, depth + 1)?;
        }
        Some(())
    }

    /// Adds the fields of a selection and of its fragments.
    fn gather(
        &mut self,
        set: &'d SelectionSet,
        fields: &mut ByKey<'d>,
        depth: usize,
    ) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        for item in &set.items {
            self.left = self.left.checked_sub(1)?;
            match &item.node {
                Selection::Field(field) if field.node.selection_set.node.items.is_empty() => {}
                Selection::Field(field) => {
                    let key = field.node.response_key().node.as_str();
                    fields.entry(key).or_default().push((field.pos, &field.node));
                }
                Selection::InlineFragment(fragment) => {
                    self.gather(&fragment.node.selection_set.node, fields, depth + 1)?;
                }
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    // One that is missing is found when the document is validated.
                    if let Some(fragment) = self.document.fragments.get(name) {
                        self.gather(&fragment.node.selection_set.node, fields, depth + 1)?;
                    }
                }
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    /// The columns of the fields found in a document of one line.
    fn columns(text: &str) -> Option<Vec<usize>> {
        let found = split_fields(&parse_query(text).unwrap())?;
        let mut columns: Vec<_> = found.into_iter().map(|pos| pos.column).collect();
        columns.sort_unstable();
        Some(columns)
    }

    #[test]
    fn a_field_asked_at_two_places_of_one_object_is_split() {
        assert_eq!(columns("{ a { b } c { b } }"), Some(Vec::new()));
        assert_eq!(columns("{ a { b b } a2: a { c } }"), Some(Vec::new()));
        assert_eq!(columns("{ a { b } ... on Q { a { c } } }"), Some(vec![3, 22]));
        let nested = "{ x { ...F } ... on Q { x { a { c } } } } fragment F on X { a { b } }";
        assert_eq!(columns(nested), Some(vec![3, 25, 29, 61]));
    }

    #[test]
    fn documents_without_end_count_as_split() {
        assert_eq!(columns("{ ...F } fragment F on Q { ...F }"), None);
        assert_eq!(columns("{ ...F } fragment F on Q { a { ...F } }"), None);
    }
}
