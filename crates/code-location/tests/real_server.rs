//! The real `dagster api grpc`, started, loaded, asked, reloaded and ended by a workspace.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rondel_code_location::{
    CodeLocationError, LocationState, Workspace, WorkspaceConfig, WorkspaceFlags,
};
use rondel_model::grpc::{
    ExecutionPlanSnapshotArgs, ExternalScheduleExecutionArgs, JobSubsetSnapshotArgs, PartitionArgs,
    PartitionNamesArgs, SensorExecutionArgs,
};
use rondel_model::ids::{AssetKey, RunId};
use rondel_model::serdes::{snapshot_id, to_text};
use support::{definitions, environment, options, processes_mentioning, wait_for};

const NAME: &str = "definitions.py";
const REPOSITORY: &str = "__repository__";

fn workspace_of_file(directory: &Path, file: &Path) -> Arc<Workspace> {
    let flags = WorkspaceFlags {
        python_file: vec![file.to_string_lossy().into_owned()],
        ..WorkspaceFlags::default()
    };
    let config = WorkspaceConfig::from_flags(&flags, environment(directory)).unwrap();
    Workspace::start(config, options(directory)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_served_loaded_and_asked_for_everything_and_nothing_is_left_behind() {
    let directory = tempfile::tempdir().unwrap();
    let workspace = workspace_of_file(directory.path(), &definitions());
    let entry = wait_for(&workspace, NAME, |entry| entry.is_ready()).await;
    let location = Arc::clone(entry.location().unwrap());
    let repository = location.repository(REPOSITORY).unwrap();
    let client = location.client();
    let marker = match client.address() {
        rondel_code_location::ServerAddress::Socket(path) => path.to_string_lossy().into_owned(),
        other => panic!("{other}"),
    };
    assert_eq!(processes_mentioning(&marker).len(), 1);

    // Definitions, of which nothing is lost.
    assert_eq!(repository.snap.schedules.len(), 2);
    let text = client.repository_text(repository.origin_text(), true).await.unwrap();
    assert_eq!(to_text(&*repository.snap), text);
    assert!(location.dagster_library_versions.as_ref().unwrap().contains_key("dagster"));
    assert!(client.is_serving(Duration::from_secs(10)).await.unwrap());

    // A job's snapshot, fetched once; its id is the one Python computed.
    let job = location.job(REPOSITORY, "greeting").await.unwrap();
    let again = location.job(REPOSITORY, "greeting").await.unwrap();
    assert!(Arc::ptr_eq(&job, &again));
    let reference = repository.snap.job_refs.iter().flatten().find(|job| job.name == "greeting");
    let job_snapshot_id = reference.unwrap().snapshot_id.clone();
    assert_eq!(snapshot_id(&job.job), job_snapshot_id);
    let unknown = location.job(REPOSITORY, "nothing").await.unwrap_err();
    assert!(matches!(unknown, CodeLocationError::NotFound(_)), "{unknown}");

    // An execution plan.
    let origin = repository.job_origin("greeting");
    let plan = client
        .execution_plan_snapshot(&ExecutionPlanSnapshotArgs {
            job_origin: origin.clone(),
            op_selection: vec![],
            run_config: Default::default(),
            step_keys_to_execute: None,
            job_snapshot_id: job_snapshot_id.clone(),
            known_state: None,
            instance_ref: None,
            asset_selection: None,
            asset_check_selection: None,
            mode: "default".into(),
            extra: Default::default(),
        })
        .await
        .unwrap();
    assert_eq!(plan.steps.iter().map(|step| step.key.as_str()).collect::<Vec<_>>(), ["greet"]);
    assert_eq!(to_text(&**plan.value()), plan.text());

    // Schedules and sensors; an error in user code is an error with its stack.
    let schedule = |name: &str| ExternalScheduleExecutionArgs {
        repository_origin: repository.origin.clone(),
        instance_ref: None,
        schedule_name: name.into(),
        scheduled_execution_timestamp: Some(1_704_067_200.0),
        scheduled_execution_timezone: Some("UTC".into()),
        log_key: vec![],
        timeout: None,
        extra: Default::default(),
    };
    let tick = client.schedule_execution(&schedule("hourly")).await.unwrap();
    let request = &tick.run_requests.unwrap()[0];
    assert_eq!(request.run_key.as_deref(), Some("2024-01-01T00:00:00+00:00"));
    let error = client.schedule_execution(&schedule("failing")).await.unwrap_err();
    let CodeLocationError::UserCode(info) = &error else { panic!("{error}") };
    assert!(info.cause.as_ref().unwrap().message.contains("no schedule today"), "{info:?}");
    assert!(!info.stack.is_empty());

    let sensor = SensorExecutionArgs {
        repository_origin: repository.origin.clone(),
        instance_ref: None,
        sensor_name: "counting".into(),
        last_tick_completion_time: None,
        last_run_key: None,
        cursor: Some("1".into()),
        log_key: vec![],
        timeout: None,
        last_sensor_start_time: None,
        last_completion_time: None,
        extra: Default::default(),
    };
    let tick = client.sensor_execution(&sensor).await;
    // Sensors need an instance; without one the server says so as a user-code error.
    match tick {
        Ok(tick) => assert_eq!(tick.skip_message.as_deref(), Some("even")),
        Err(error) => assert!(matches!(error, CodeLocationError::UserCode(_)), "{error}"),
    }

    // Partitions.
    let names = PartitionNamesArgs {
        repository_origin: repository.origin.clone(),
        partition_set_name: "daily_job_partition_set".into(),
        job_name: Some("daily_job".into()),
        extra: Default::default(),
    };
    let names = client.partition_names(&names).await.unwrap();
    assert_eq!(names.partition_names[0], "2024-01-01");
    let partition = PartitionArgs {
        repository_origin: repository.origin.clone(),
        partition_set_name: "daily_job_partition_set".into(),
        partition_name: "2024-01-01".into(),
        job_name: Some("daily_job".into()),
        instance_ref: None,
        extra: Default::default(),
    };
    let tags = client.partition_tags(&partition).await.unwrap();
    assert!(tags.tags.contains_key("dagster/partition"), "{tags:?}");
    client.partition_config(&partition).await.unwrap();

    // A selection of a job.
    let subset = client
        .job_subset_snapshot(&JobSubsetSnapshotArgs {
            job_origin: repository.job_origin("__ASSET_JOB"),
            op_selection: None,
            asset_selection: Some(vec![AssetKey::new(["numbers"])]),
            asset_check_selection: None,
            include_parent_snapshot: false,
            extra: Default::default(),
        })
        .await
        .unwrap();
    assert!(subset.job_data_snap.is_some());

    // Runs the server does not know.
    assert!(client.get_current_runs().await.unwrap().is_empty());
    let run = RunId::random();
    assert!(!client.can_cancel_execution(&run, Duration::from_secs(10)).await.unwrap());
    assert!(!client.cancel_execution(&run).await.unwrap().success);
    assert_eq!(client.notebook_data(&definitions().to_string_lossy()).await.ok(), None);

    workspace.shutdown().await;
    assert_eq!(processes_mentioning(&marker), Vec::<u32>::new());
    assert!(!Path::new(&marker).exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_syntax_error_is_shown_with_its_stack_and_mended_by_a_reload() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("definitions.py");
    std::fs::write(&file, "import dagster as dg\n\ndefs = dg.Definitions(\n").unwrap();
    let workspace = workspace_of_file(directory.path(), &file);
    let entry =
        wait_for(&workspace, NAME, |entry| matches!(entry.state, LocationState::Error(_))).await;
    let error = entry.error().unwrap();
    let whole = format!("{error:?}");
    assert!(whole.contains("SyntaxError"), "{whole}");
    assert!(whole.contains("definitions.py"), "{whole}");

    std::fs::copy(definitions(), &file).unwrap();
    let entry = workspace.reload(NAME).await.unwrap();
    assert!(entry.is_ready(), "{:?}", entry.state);
    workspace.shutdown().await;
    assert_eq!(processes_mentioning(&file.to_string_lossy()), Vec::<u32>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_is_started_again_and_meanwhile_its_definitions_stay() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("definitions.py");
    std::fs::copy(definitions(), &file).unwrap();
    let workspace = workspace_of_file(directory.path(), &file);
    let first = wait_for(&workspace, NAME, |entry| entry.is_ready()).await;
    let first = first.location().unwrap().server_id.clone();
    let running = processes_mentioning(&file.to_string_lossy());
    assert_eq!(running.len(), 1);

    std::fs::write(&file, "import dagster as dg\n\ndefs = dg.Definitions()\n").unwrap();
    let killed = nix::unistd::Pid::from_raw(i32::try_from(running[0]).unwrap());
    nix::sys::signal::kill(killed, nix::sys::signal::Signal::SIGKILL).unwrap();
    let stale =
        wait_for(&workspace, NAME, |entry| matches!(entry.state, LocationState::Stale { .. }))
            .await;
    assert_eq!(stale.location().unwrap().server_id, first);

    let second = wait_for(&workspace, NAME, |entry| entry.is_ready()).await;
    let second = second.location().unwrap();
    assert_ne!(second.server_id, first);
    assert!(second.repository(REPOSITORY).unwrap().snap.schedules.is_empty());

    // Dropping without a shutdown must not leave anything either.
    drop(workspace);
    for _ in 0..1000 {
        if processes_mentioning(&file.to_string_lossy()).is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("left behind: {:?}", processes_mentioning(&file.to_string_lossy()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_test_repository_of_dagster_graphql_loads_and_reserializes_identically() {
    let sources = std::env::var("RONDEL_TEST_DAGSTER_GRAPHQL_SDIST").expect(
        "RONDEL_TEST_DAGSTER_GRAPHQL_SDIST must name the unpacked source distribution of \
         dagster-graphql; `make test` fetches it",
    );
    let directory = tempfile::tempdir().unwrap();
    let yaml = format!(
        "load_from: [{{python_file: {{relative_path: {sources}/dagster_graphql_tests/graphql/repo.py, \
         attribute: test_repo, working_directory: {sources}, location_name: test}}}}]"
    );
    let workspace = support::workspace_of_yaml(directory.path(), &yaml, options(directory.path()));
    let entry =
        wait_for(&workspace, "test", |entry| !matches!(entry.state, LocationState::Loading)).await;
    assert!(entry.is_ready(), "{:?}", entry.state);
    let location = entry.location().unwrap();
    let repository = location.repository("test_repo").unwrap();
    let text = location.client().repository_text(repository.origin_text(), true).await.unwrap();
    assert_eq!(to_text(&*repository.snap), text);

    let references: Vec<_> = repository.snap.job_refs.iter().flatten().cloned().collect();
    assert!(references.len() > 80, "{}", references.len());
    for reference in references {
        let job = location.job("test_repo", &reference.name).await.unwrap();
        assert_eq!(snapshot_id(&job.job), reference.snapshot_id, "{}", reference.name);
    }
    workspace.shutdown().await;
}
