//! Everything Dagster's own serializer writes is read into our types, without any part left
//! unknown, and written back to the identical text.
//!
//! Runs Python (`RONDEL_TEST_PYTHON`: an interpreter with dagster and dagster-graphql) on the
//! scripts beside this file. The large repository is the one inside the source distribution of
//! dagster-graphql: its directory is given by `RONDEL_TEST_DAGSTER_GRAPHQL_SDIST` or fetched by
//! pip once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "golden/checks.rs"]
mod checks;
#[path = "golden/python.rs"]
mod python;

use checks::check_lines;

/// Classes which every_class.py cannot make; own_objects.py does, except for stored forms which
/// are no class of Dagster's any more.
const BY_HAND: &[&str] = &[
    "AllPartitionsSubset",
    "AutoMaterializePolicy",
    "CronFreshnessPolicy",
    "DebugRunPayload",
    "DynamicPartitionsRequestResult",
    "ObjectStoreOperationResultData",
    "StepOutputVersionData",
];

#[test]
fn the_large_repository_survives_reading_and_writing() {
    let sdist = python::graphql_sdist();
    let lines = python::run("large_repository.py", &[sdist.to_str().unwrap()]);
    let classes = check_lines(&lines);
    for class in ["ExternalRepositoryData", "ExternalPipelineData", "PipelineSnapshot"] {
        assert!(classes.contains_key(class), "the script wrote no {class}");
    }
}

#[test]
fn every_class_survives_reading_and_writing() {
    let names: Vec<&str> = checks::KNOWN.iter().map(|(name, _)| *name).collect();
    let classes = check_lines(&python::run("every_class.py", &[&names.join(",")]));
    let missing: Vec<&&str> = names
        .iter()
        .filter(|name| !classes.contains_key(**name) && !BY_HAND.contains(name))
        .collect();
    assert!(missing.is_empty(), "no instance was made of {missing:?}");
}

#[test]
fn every_kind_of_object_survives_reading_and_writing() {
    check_lines(&python::run("own_objects.py", &[]));
}

#[test]
fn the_check_notices_an_unknown_class_or_field() {
    let check = checks::KNOWN.iter().find(|(name, _)| *name == "InstigatorState").unwrap().1;
    let state = |origin: &str, more: &str| {
        format!(
            r#"{{"__class__": "InstigatorState", "job_specific_data": null, "job_type": {{"__enum__": "InstigatorType.SENSOR"}}, "origin": {{"__class__": "ExternalJobOrigin", "external_repository_origin": {{"__class__": "ExternalRepositoryOrigin", "repository_location_origin": {{"__class__": "{origin}", "location_name": "l"}}, "repository_name": "r"}}, "job_name": "s"}}, "status": {{"__enum__": "InstigatorStatus.RUNNING"}}{more}}}"#
        )
    };
    let known = "RegisteredRepositoryLocationOrigin";
    check(&state(known, "")).unwrap();
    assert!(check(&state("FutureOrigin", "")).unwrap_err().contains("an unknown class"));
    assert!(check(&state(known, r#", "zz": 1"#)).unwrap_err().contains("an unknown field"));
    assert!(check(&state(known, r#", "a": 1"#)).unwrap_err().contains("written back"));
}
