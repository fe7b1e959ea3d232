//! Rondel's schema against Dagster's own, as the installed `dagster-graphql` prints it: every type,
//! interface, field, argument, default, enum value, union member and deprecation of Dagster's must
//! be there in the same form.
//!
//! `additions.txt` lists what Rondel has besides. `incomplete.txt` lists what is still missing or
//! different; an entry that no longer is fails the test, so that the list can only shrink.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod elements;

use std::{collections::BTreeSet, process::Command};

use elements::{Elements, elements};

const PRINT_SCHEMA: &str = "
from dagster_graphql.schema import create_schema
from graphql import print_schema
print(print_schema(create_schema().graphql_schema))
";

fn dagsters_schema() -> Elements {
    let python = std::env::var("RONDEL_TEST_PYTHON").expect(
        "RONDEL_TEST_PYTHON is not set: give the path of a Python interpreter with dagster-graphql 1.13.27 installed",
    );
    let output = Command::new(&python).args(["-c", PRINT_SCHEMA]).output().unwrap();
    assert!(
        output.status.success(),
        "{python} cannot print the schema: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    elements(&String::from_utf8(output.stdout).unwrap())
}

/// The entries of a list: one a line, `#` begins a comment.
fn entries(text: &str) -> BTreeSet<String> {
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// Whether a list has an element, the field whose argument it is, or the type that it belongs to.
fn lists(entries: &BTreeSet<String>, element: &str) -> bool {
    let field = element.split('(').next().unwrap_or_default();
    let owner = element.split(['.', ' ']).next().unwrap_or_default();
    [element, field, owner].iter().any(|name| entries.contains(*name))
}

fn report(title: &str, lines: &[String]) -> String {
    format!("{title} ({}):\n{}\n", lines.len(), lines.join("\n"))
}

#[test]
fn the_schema_has_every_element_of_dagsters() {
    let dagsters = dagsters_schema();
    let ours = elements(&rondel_graphql::sdl());
    let incomplete = entries(include_str!("incomplete.txt"));
    let additions = entries(include_str!("additions.txt"));

    let wanting: Vec<(String, String)> = dagsters
        .iter()
        .filter(|(element, form)| ours.get(*element) != Some(*form))
        .map(|(element, form)| {
            let now = ours.get(element).map_or("missing", String::as_str);
            (element.clone(), format!("{element}: {now}, should be {form}"))
        })
        .collect();
    let unlisted: Vec<String> = wanting
        .iter()
        .filter(|(element, _)| !lists(&incomplete, element))
        .map(|(_, line)| line.clone())
        .collect();
    let complete: Vec<String> = incomplete
        .iter()
        .filter(|entry| {
            let only = BTreeSet::from([(*entry).clone()]);
            !wanting.iter().any(|(element, _)| lists(&only, element))
        })
        .cloned()
        .collect();
    let added: Vec<String> = ours
        .keys()
        .filter(|element| !dagsters.contains_key(*element) && !lists(&additions, element))
        .cloned()
        .collect();

    assert!(
        unlisted.is_empty() && complete.is_empty() && added.is_empty(),
        "{}{}{}",
        report("Missing or different elements", &unlisted),
        report("Entries of incomplete.txt which are complete: remove them", &complete),
        report("Elements that Dagster's schema does not have: list them in additions.txt", &added),
    );
}
