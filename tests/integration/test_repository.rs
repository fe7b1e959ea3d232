//! The test repository of dagster-graphql: some hundred jobs and assets that nobody here wrote.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Server, required, wait_for};

fn workspace(home: &std::path::Path) -> String {
    let sdist = required(
        "RONDEL_TEST_DAGSTER_GRAPHQL_SDIST",
        "the unpacked source distribution of dagster-graphql",
    );
    let file = home.join("workspace.yaml");
    std::fs::write(
        &file,
        format!(
            "load_from:\n  - python_file:\n      relative_path: {sdist}/dagster_graphql_tests/graphql/repo.py\n      \
             attribute: test_repo\n      working_directory: {sdist}\n      location_name: test_location\n"
        ),
    )
    .unwrap();
    file.to_str().unwrap().to_owned()
}

#[test]
fn it_loads_without_error_and_its_jobs_run_to_their_end() {
    let home = tempfile::tempdir().unwrap();
    let file = workspace(home.path());
    let server = Server::start(Some(home.path()), "", &["dev", "-w", &file]);
    server.wait_until_loaded();
    let data = server.graphql(
        "{ repositoriesOrError { __typename ... on RepositoryConnection { nodes { name pipelines { name } \
         assetNodes { id } } } ... on PythonError { message stack } } }",
        json!({}),
    );
    let repository = &data["repositoriesOrError"]["nodes"][0];
    assert_eq!(repository["name"], "test_repo", "{data}");
    assert!(repository["pipelines"].as_array().unwrap().len() >= 80);
    assert!(repository["assetNodes"].as_array().unwrap().len() >= 90);

    let expected = [
        ("noop_job", "SUCCESS"),
        ("csv_hello_world", "FAILURE"),
        ("naughty_programmer_job", "FAILURE"),
        ("tagged_job", "SUCCESS"),
        ("materialization_job", "SUCCESS"),
        ("dynamic_job", "SUCCESS"),
    ];
    let runs: Vec<_> = expected
        .iter()
        .filter_map(|(job, status)| {
            let output = server.command(&["job", "launch", job]);
            // A job with required configuration is refused with the reason.
            if !output.status.success() {
                let error = String::from_utf8_lossy(&output.stderr).into_owned();
                assert!(error.contains("Missing required config"), "{job}: {error}");
                return None;
            }
            let id = String::from_utf8(output.stdout).unwrap().trim().to_owned();
            Some((*job, id, *status))
        })
        .collect();
    assert!(runs.len() >= 4, "{runs:?}");
    for (job, id, status) in runs {
        let ended = wait_for(&format!("end of {job}"), Duration::from_secs(240), || {
            let status = server.run_status(&id);
            matches!(status.as_str(), "SUCCESS" | "FAILURE" | "CANCELED").then_some(status)
        });
        assert_eq!(ended, status, "{job}");
    }
}
