//! Servers that flap, hang, die or come back with other code, played in this process.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use rondel_code_location::config::{LocationTarget, ServerTarget};
use rondel_code_location::{
    CodeServerOptions, DiscoveredLocation, LocationState, LocationStateChangeKind as Kind,
    Workspace,
};
use support::fake::{Behaviour, FakeServer};
use support::{wait_for, workspace_of_yaml};

fn options() -> CodeServerOptions {
    let mut options = CodeServerOptions::new("/nonexistent/python");
    options.watch_interval = Duration::from_millis(30);
    options.max_backoff = Duration::from_millis(100);
    options.max_reconnect_attempts = 3;
    options
}

fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

fn yaml(servers: &[(&str, SocketAddr)]) -> String {
    let mut text = String::from("load_from:\n");
    for (name, address) in servers {
        text.push_str(&format!(
            "- grpc_server: {{host: 127.0.0.1, port: {}, location_name: {name}}}\n",
            address.port()
        ));
    }
    text
}

fn server_id(workspace: &Workspace, name: &str) -> Option<String> {
    let snapshot = workspace.snapshot();
    Some(snapshot.location(name)?.location()?.server_id.clone())
}

async fn next_event(
    events: &mut tokio::sync::broadcast::Receiver<rondel_code_location::LocationStateChange>,
) -> Kind {
    tokio::time::timeout(support::PATIENCE, events.recv()).await.unwrap().unwrap().kind
}

#[tokio::test]
async fn a_server_with_another_identity_is_loaded_anew() {
    let (server, at) = FakeServer::on_port(any_port(), Behaviour::serving("one", "repo")).await;
    let directory = tempfile::tempdir().unwrap();
    let workspace = workspace_of_yaml(directory.path(), &yaml(&[("a", at)]), options());
    let mut events = workspace.location_events();
    let entry = wait_for(&workspace, "a", |entry| entry.is_ready()).await;
    assert_eq!(entry.version_key, "[\"one\", \"image:1\"]");
    assert_eq!(entry.display_metadata["image"], "image:1");

    server.change(|now| *now = Behaviour::serving("two", "other"));

    wait_for(&workspace, "a", |entry| {
        entry.location().is_some_and(|location| location.repositories.contains_key("other"))
    })
    .await;
    assert_eq!(server_id(&workspace, "a").as_deref(), Some("two"));
    assert_eq!(next_event(&mut events).await, Kind::Updated);
    workspace.shutdown().await;
}

#[tokio::test]
async fn a_server_that_dies_leaves_its_definitions_and_returns_on_the_same_port_with_other_code() {
    let (server, at) = FakeServer::on_port(any_port(), Behaviour::serving("one", "repo")).await;
    let directory = tempfile::tempdir().unwrap();
    let workspace = workspace_of_yaml(directory.path(), &yaml(&[("a", at)]), options());
    wait_for(&workspace, "a", |entry| entry.is_ready()).await;
    let mut events = workspace.location_events();

    server.die().await;
    let entry =
        wait_for(&workspace, "a", |entry| matches!(entry.state, LocationState::Stale { .. })).await;
    assert!(entry.location().unwrap().repositories.contains_key("repo"));
    let error = entry.error().unwrap();
    assert_eq!(error.cls_name.as_deref(), Some("DagsterUserCodeUnreachableError"));
    assert_eq!(next_event(&mut events).await, Kind::Disconnected);
    assert_eq!(next_event(&mut events).await, Kind::Error);

    let (_back, _) = FakeServer::on_port(at, Behaviour::serving("two", "other")).await;
    wait_for(&workspace, "a", |entry| entry.is_ready()).await;
    assert_eq!(server_id(&workspace, "a").as_deref(), Some("two"));
    assert_eq!(next_event(&mut events).await, Kind::Updated);
    workspace.shutdown().await;
}

#[tokio::test]
async fn a_short_interruption_ends_in_a_reconnection_without_loading() {
    let (server, at) = FakeServer::on_port(any_port(), Behaviour::serving("one", "repo")).await;
    let directory = tempfile::tempdir().unwrap();
    let workspace = workspace_of_yaml(directory.path(), &yaml(&[("a", at)]), options());
    wait_for(&workspace, "a", |entry| entry.is_ready()).await;
    let mut events = workspace.location_events();

    server.die().await;
    wait_for(&workspace, "a", |entry| !entry.is_ready()).await;
    let (back, _) = FakeServer::on_port(at, Behaviour::serving("one", "repo")).await;
    wait_for(&workspace, "a", |entry| entry.is_ready()).await;

    assert_eq!(back.loads.load(Ordering::SeqCst), 0);
    assert_eq!(next_event(&mut events).await, Kind::Disconnected);
    loop {
        match next_event(&mut events).await {
            Kind::Error => {}
            kind => break assert_eq!(kind, Kind::Reconnected),
        }
    }
    workspace.shutdown().await;
}

#[tokio::test]
async fn a_server_not_there_at_the_start_is_waited_for() {
    let (server, at) = FakeServer::on_port(any_port(), Behaviour::serving("one", "repo")).await;
    server.die().await;
    let directory = tempfile::tempdir().unwrap();
    let workspace = workspace_of_yaml(directory.path(), &yaml(&[("a", at)]), options());
    let entry =
        wait_for(&workspace, "a", |entry| matches!(entry.state, LocationState::Error(_))).await;
    assert!(entry.error().unwrap().message.contains("UNAVAILABLE"), "{entry:?}");
    let (_server, _) = FakeServer::on_port(at, Behaviour::serving("one", "repo")).await;
    wait_for(&workspace, "a", |entry| entry.is_ready()).await;
    workspace.shutdown().await;
}

#[tokio::test]
async fn a_hanging_location_delays_no_other() {
    let hanging = Behaviour { hangs: true, ..Behaviour::serving("one", "repo") };
    let (hanging, at) = FakeServer::on_port(any_port(), hanging).await;
    let (_well, well_at) = FakeServer::on_port(any_port(), Behaviour::serving("two", "repo")).await;
    let directory = tempfile::tempdir().unwrap();
    let text = yaml(&[("hanging", at), ("well", well_at)]);
    let workspace = workspace_of_yaml(directory.path(), &text, options());
    wait_for(&workspace, "well", |entry| entry.is_ready()).await;
    let snapshot = workspace.snapshot();
    assert!(matches!(snapshot.location("hanging").unwrap().state, LocationState::Loading));
    assert_eq!(
        snapshot.locations().map(|entry| entry.name.as_str()).collect::<Vec<_>>(),
        ["hanging", "well"]
    );

    // A reload does not wait for the attempt that hangs.
    hanging.change(|now| now.hangs = false);
    assert!(workspace.reload("hanging").await.unwrap().is_ready());
    workspace.shutdown().await;
}

#[tokio::test]
async fn a_server_that_begins_to_hang_is_stale_until_it_answers_again() {
    let (server, at) = FakeServer::on_port(any_port(), Behaviour::serving("one", "repo")).await;
    let directory = tempfile::tempdir().unwrap();
    let workspace = workspace_of_yaml(directory.path(), &yaml(&[("a", at)]), options());
    wait_for(&workspace, "a", |entry| entry.is_ready()).await;
    server.change(|now| now.hangs = true);
    let entry = wait_for(&workspace, "a", |entry| !entry.is_ready()).await;
    assert!(entry.error().unwrap().message.contains("timed out"), "{:?}", entry.error());
    server.change(|now| now.hangs = false);
    wait_for(&workspace, "a", |entry| entry.is_ready()).await;
    workspace.shutdown().await;
}

#[tokio::test]
async fn code_that_fails_to_load_is_the_python_error_and_is_tried_again_when_the_server_changes() {
    let broken = Behaviour {
        load_error: Some("SyntaxError: invalid syntax".into()),
        ..Behaviour::serving("one", "repo")
    };
    let (server, at) = FakeServer::on_port(any_port(), broken).await;
    let directory = tempfile::tempdir().unwrap();
    let workspace = workspace_of_yaml(directory.path(), &yaml(&[("a", at)]), options());
    let entry =
        wait_for(&workspace, "a", |entry| matches!(entry.state, LocationState::Error(_))).await;
    let error = entry.error().unwrap();
    assert_eq!(error.cls_name.as_deref(), Some("SyntaxError"));
    assert_eq!(error.stack.len(), 1);

    server.change(|now| *now = Behaviour::serving("two", "repo"));
    wait_for(&workspace, "a", |entry| entry.is_ready()).await;
    workspace.shutdown().await;
}

#[tokio::test]
async fn a_reload_asks_the_server_to_reload_and_concurrent_requests_are_all_answered() {
    let (server, at) = FakeServer::on_port(any_port(), Behaviour::serving("one", "repo")).await;
    let directory = tempfile::tempdir().unwrap();
    let workspace = workspace_of_yaml(directory.path(), &yaml(&[("a", at)]), options());
    wait_for(&workspace, "a", |entry| entry.is_ready()).await;
    let reloads = (0..5).map(|_| workspace.reload("a"));
    for outcome in futures::future::join_all(reloads).await {
        assert!(outcome.unwrap().is_ready());
    }
    assert!(server.reloads.load(Ordering::SeqCst) >= 1);
    assert!(workspace.reload("unknown").await.is_err());
    workspace.shutdown().await;
}

#[tokio::test]
async fn reloading_the_workspace_follows_the_file_and_keeps_its_order() {
    let (_one, one) = FakeServer::on_port(any_port(), Behaviour::serving("1", "repo")).await;
    let (_two, two) = FakeServer::on_port(any_port(), Behaviour::serving("2", "repo")).await;
    let directory = tempfile::tempdir().unwrap();
    let text = yaml(&[("a", one), ("b", two)]);
    let workspace = workspace_of_yaml(directory.path(), &text, options());
    workspace.wait_until_loaded(support::PATIENCE).await;

    let file = directory.path().join("workspace.yaml");
    std::fs::write(&file, yaml(&[("c", one), ("b", two)])).unwrap();
    let snapshot = workspace.reload_all().await.unwrap();
    let names: Vec<_> = snapshot.locations().map(|entry| entry.name.clone()).collect();
    assert_eq!(names, ["c", "b"]);
    assert!(snapshot.locations().all(|entry| entry.is_ready()));

    std::fs::write(&file, "load_form: []").unwrap();
    let error = workspace.reload_all().await.unwrap_err();
    assert!(error.to_string().contains("load_from"), "{error}");
    assert_eq!(workspace.snapshot().locations().len(), 2);
    workspace.shutdown().await;
}

#[tokio::test]
async fn a_server_on_a_unix_socket_without_streaming_is_loaded_by_the_plain_call() {
    let directory = tempfile::tempdir().unwrap();
    let socket = directory.path().join("s");
    let old = Behaviour { streams: false, ..Behaviour::serving("one", "repo") };
    let _server = FakeServer::on_socket(socket.clone(), old);
    let text =
        format!("load_from: [{{grpc_server: {{socket: {}, location_name: a}}}}]", socket.display());
    let workspace = workspace_of_yaml(directory.path(), &text, options());
    wait_for(&workspace, "a", |entry| entry.is_ready()).await;
    workspace.shutdown().await;
}

#[tokio::test]
async fn an_interpreter_that_does_not_exist_is_named_in_the_error() {
    let directory = tempfile::tempdir().unwrap();
    let text = "load_from: [{python_module: some.module}]";
    let workspace = workspace_of_yaml(directory.path(), text, options());
    let entry = wait_for(&workspace, "some.module", |entry| entry.error().is_some()).await;
    assert!(entry.error().unwrap().message.contains("/nonexistent/python"));
    workspace.shutdown().await;
}

#[tokio::test]
async fn locations_served_elsewhere_keep_the_identity_of_their_workspace() {
    let (_server, at) = FakeServer::on_port(any_port(), Behaviour::serving("one", "repo")).await;
    let directory = tempfile::tempdir().unwrap();
    let yaml = directory.path().join("workspace.yaml");
    std::fs::write(&yaml, "load_from: [{python_module: here}, {python_module: failed}]").unwrap();
    let servers = directory.path().join("servers.json");
    let text = serde_json::json!({
        "here": {"host": "127.0.0.1", "port": at.port()},
        "failed": {"error": {"message": "boom", "stack": [], "cls_name": "E"}},
    });
    std::fs::write(&servers, text.to_string()).unwrap();
    let flags = rondel_code_location::WorkspaceFlags {
        workspace: vec![yaml.to_string_lossy().into_owned()],
        ..Default::default()
    };
    let config = rondel_code_location::WorkspaceConfig::from_flags(
        &flags,
        support::environment(directory.path()),
    )
    .unwrap()
    .with_code_servers(&servers);
    let workspace: Arc<Workspace> = Workspace::start(config, options()).unwrap();
    let snapshot = workspace.wait_until_loaded(support::PATIENCE).await;
    let here = snapshot.location("here").unwrap();
    assert!(here.is_ready());
    let origin = rondel_model::serdes::to_text(&here.origin);
    assert!(origin.contains("ManagedGrpcPythonEnvRepositoryLocationOrigin"), "{origin}");
    let failed = snapshot.location("failed").unwrap();
    assert_eq!(failed.error().unwrap().message, "boom");
    workspace.shutdown().await;
}

#[tokio::test]
async fn a_location_added_to_the_file_appears_and_the_others_are_left_alone() {
    let (_one, at_one) = FakeServer::on_port(any_port(), Behaviour::serving("one", "repo")).await;
    let (_two, at_two) = FakeServer::on_port(any_port(), Behaviour::serving("two", "repo")).await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("workspace.yaml");
    let mut options = options();
    options.config_interval = Duration::from_millis(20);
    let workspace = workspace_of_yaml(directory.path(), &yaml(&[("a", at_one)]), options);
    let first = wait_for(&workspace, "a", |entry| entry.is_ready()).await;

    std::fs::write(&file, yaml(&[("a", at_one), ("b", at_two)])).unwrap();
    wait_for(&workspace, "b", |entry| entry.is_ready()).await;
    let names: Vec<String> =
        workspace.snapshot().locations().map(|entry| entry.name.clone()).collect();
    assert_eq!(names, ["a", "b"]);
    let same = wait_for(&workspace, "a", |entry| entry.is_ready()).await;
    assert!(Arc::ptr_eq(&first, &same), "an unchanged location was loaded anew");

    // a file that is being written, or wrong, takes nothing away
    std::fs::write(&file, "load_from: [").unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(workspace.snapshot().location("b").is_some());
    std::fs::write(&file, yaml(&[("b", at_two)])).unwrap();
    let gone = async {
        while workspace.snapshot().location("a").is_some() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(support::PATIENCE, gone).await.unwrap();
    workspace.shutdown().await;
}

#[tokio::test]
async fn a_discovered_location_whose_name_is_taken_is_shown_as_an_error() {
    let (_one, at_one) = FakeServer::on_port(any_port(), Behaviour::serving("one", "repo")).await;
    let (_two, at_two) = FakeServer::on_port(any_port(), Behaviour::serving("two", "repo")).await;
    let directory = tempfile::tempdir().unwrap();
    let workspace = workspace_of_yaml(directory.path(), &yaml(&[("a", at_one)]), options());
    let found = |name: &str, service: &str| DiscoveredLocation {
        target: LocationTarget::server(
            ServerTarget {
                host: "127.0.0.1".to_owned(),
                port: Some(at_two.port()),
                socket: None,
                use_ssl: None,
                additional_metadata: None,
            },
            Some(name.to_owned()),
        ),
        found_at: format!("Service default/{service}"),
    };
    workspace.set_discovered(vec![found("b", "s"), found("a", "t")]).await.unwrap();
    wait_for(&workspace, "b", |entry| entry.is_ready()).await;
    wait_for(&workspace, "a", |entry| entry.is_ready()).await;
    let conflict =
        wait_for(&workspace, "a (Service default/t)", |entry| entry.error().is_some()).await;
    let message = conflict.error().unwrap().message.clone();
    assert!(message.contains("rename one of them"), "{message}");
    workspace.set_discovered(Vec::new()).await.unwrap();
    assert!(workspace.snapshot().location("b").is_none());
    workspace.shutdown().await;
}
