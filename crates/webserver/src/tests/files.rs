use std::{fs, io::Read};

use rondel_model::{event::DagsterEventType, ids::UnixTime, run::DagsterRun};
use rondel_storage::{EventRecordsFilter, Order};

use super::{
    http::{fetch, fetch_bytes, get},
    start,
};
use crate::options::{UiSource, WebserverOptions};

const JSON: &str = "content-type: application/json\r\n";

#[tokio::test]
async fn captured_output_is_downloaded_whole_and_nothing_else() {
    let server = start(WebserverOptions::default()).await;
    let folder = server.home.path().join("storage/run1/compute_logs");
    fs::create_dir_all(&folder).unwrap();
    let text = "line\n".repeat(100_000);
    fs::write(folder.join("abc.out"), &text).unwrap();
    let (status, headers, body) = get(&server, "/logs/run1/compute_logs/abc/out").await;
    assert_eq!(status, 200);
    assert!(headers.contains("filename=\"run1__compute_logs__abc.out\""), "{headers}");
    assert_eq!(super::http::unchunked(&body).len(), text.len());
    for path in ["abc/err", "none/out", "abc/complete", "%2e%2e/%2e%2e/x/out"] {
        let path = format!("/logs/run1/compute_logs/{path}");
        assert_eq!(get(&server, &path).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_run_is_downloaded_for_debugging_as_dagster_packs_it() {
    let server = start(WebserverOptions::default()).await;
    let run = DagsterRun::new("11111111-1111-4111-8111-111111111111", "job");
    server.instance.storage().runs().add_run(&run, UnixTime(1.0)).await.unwrap();
    let path = format!("/download_debug/{}", run.run_id);
    let (status, body) = fetch_bytes(&server, &path).await;
    assert_eq!(status, 200);
    let mut text = String::new();
    flate2::read::GzDecoder::new(body.as_slice()).read_to_string(&mut text).unwrap();
    assert!(text.starts_with(r#"{"__class__": "DebugRunPayload", "event_list": []"#), "{text}");
    assert_eq!(get(&server, "/download_debug/none").await.0, 404);
}

#[tokio::test]
async fn asset_events_are_reported_from_path_body_and_query() {
    let server = start(WebserverOptions::default()).await;
    let body = r#"{"metadata":{"rows":3},"data_version":"v1","partition":"p"}"#;
    let path = "/report_asset_materialization/a/b?description=d";
    assert_eq!(fetch(&server, "POST", path, JSON, body).await.2, "{}");
    let path = "/report_asset_observation/?asset_key=%5B%22a%22%5D";
    assert_eq!(fetch(&server, "POST", path, "", "").await.0, 200);
    let path = "/report_asset_check/a/b?check_name=c&passed=true&severity=WARN";
    assert_eq!(fetch(&server, "POST", path, "", "").await.0, 200);
    let events = server.instance.storage().events();
    let filter = EventRecordsFilter::of_type(DagsterEventType::AssetMaterialization);
    let stored = events.get_event_records(&filter, None, Order::Ascending).await.unwrap();
    let text = rondel_model::serdes::to_text(&stored[0].entry);
    for part in [r#"["a", "b"]"#, "dagster/data_version", r#""partition": "p""#, "\"rows\""] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[tokio::test]
async fn wrong_reports_are_refused_with_the_reason() {
    let server = start(WebserverOptions::default()).await;
    for (path, headers, body, reason) in [
        ("/report_asset_materialization/", "", "", "Empty asset key"),
        (
            "/report_asset_materialization/a",
            "content-type: text/plain\r\n",
            "",
            "Unhandled content",
        ),
        ("/report_asset_materialization/a?metadata=%7B", "", "", "Error parsing metadata json"),
        ("/report_asset_check/a?check_name=c", "", "", "Missing required parameter 'passed'"),
        ("/report_asset_check/a?check_name=c&passed=true&severity=X", "", "", "'X' is not a valid"),
    ] {
        let (status, _, answer) = fetch(&server, "POST", path, headers, body).await;
        assert_eq!(status, 400, "{path}");
        assert!(answer.contains(reason), "{answer}");
    }
    assert_eq!(fetch(&server, "POST", "/report_asset_check", "", "").await.0, 405);
    assert_eq!(get(&server, "/report_asset_check/a").await.0, 405);
    let server = start(WebserverOptions { read_only: true, ..Default::default() }).await;
    let path = "/report_asset_materialization/a";
    assert_eq!(fetch(&server, "POST", path, "", "").await.0, 401);
}

#[tokio::test]
async fn the_server_is_ready_when_its_database_answers() {
    let server = start(WebserverOptions::default()).await;
    let (status, _, body) = get(&server, "/ready").await;
    assert_eq!(status, 200);
    assert!(body.contains(r#""database":"ok""#), "{body}");
}

#[tokio::test]
async fn a_notebook_needs_a_path_of_one_and_a_loaded_location() {
    let server = start(WebserverOptions::default()).await;
    let (status, _, body) = get(&server, "/notebook?path=x.py&repoLocName=a").await;
    assert_eq!((status, body.as_str()), (400, "Invalid Path"));
    assert_eq!(get(&server, "/notebook?path=x.ipynb").await.0, 400);
    let (status, _, body) = get(&server, "/dagit/notebook?path=x.ipynb&repoLocName=a").await;
    assert_eq!((status, body.as_str()), (404, "code location a is not loaded"));
}

#[tokio::test]
async fn the_ui_of_an_installed_dagster_webserver_is_served_with_its_template_filled() {
    let python = std::env::var("RONDEL_TEST_PYTHON").expect(
        "RONDEL_TEST_PYTHON is not set: give the path of a Python interpreter with dagster-webserver installed",
    );
    let ui = crate::installed_ui(python.as_ref()).await.unwrap();
    let options = WebserverOptions {
        ui: UiSource::Directory(ui),
        path_prefix: "/team".to_owned(),
        ..WebserverOptions::default()
    };
    let server = start(options).await;
    let (status, headers, page) = get(&server, "/team/runs/1234?tab=1").await;
    assert_eq!(status, 200);
    for placeholder in ["REPLACE_ME", "__PATH_PREFIX__", "__INSTANCE_ID__", "NONCE-PLACEHOLDER"] {
        assert!(!page.contains(placeholder) && !headers.contains(placeholder), "{placeholder}");
    }
    let nonce = page.split("nonce=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(headers.contains(&format!("'nonce-{nonce}'")), "{headers}");
    let script = page.split("src=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(script.starts_with("/team/_next/static/"), "{script}");
    let (status, headers, _) = get(&server, script).await;
    assert_eq!(status, 200);
    assert!(headers.contains("content-type: application/javascript"), "{headers}");
    assert_eq!(get(&server, "/team/_next/static/gone.js").await.0, 404);
}

#[tokio::test]
async fn an_interpreter_without_dagster_webserver_is_named_with_the_remedy() {
    let error = crate::installed_ui("/nowhere/python".as_ref()).await.unwrap_err().to_string();
    assert!(error.contains("/nowhere/python") && error.contains("RONDEL_PYTHON"), "{error}");
}
