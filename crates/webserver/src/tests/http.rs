use std::{
    io::{Read, Write},
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Running, bind, start};
use crate::{
    WebserverError,
    options::{UiSource, WebserverOptions},
};

/// Status and headers (lower case), and the body.
async fn exchange(
    server: &Running,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> (String, Vec<u8>) {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).await.unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
         content-length: {}\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|part| part == b"\r\n\r\n").unwrap();
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    (head, answer.split_off(end + 4))
}

fn status(head: &str) -> u16 {
    head.split(' ').nth(1).unwrap().parse().unwrap()
}

/// Status, headers (lower case) and body of one request.
pub(super) async fn fetch(
    server: &Running,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> (u16, String, String) {
    let (head, body) = exchange(server, method, path, headers, body).await;
    (status(&head), head, String::from_utf8_lossy(&body).into_owned())
}

pub(super) async fn get(server: &Running, path: &str) -> (u16, String, String) {
    fetch(server, "GET", path, "", "").await
}

pub(super) async fn fetch_bytes(server: &Running, path: &str) -> (u16, Vec<u8>) {
    let (head, body) = exchange(server, "GET", path, "", "").await;
    (status(&head), body)
}

/// A chunked body without its chunk sizes.
pub(super) fn unchunked(body: &str) -> String {
    let mut rest = body;
    let mut whole = String::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        whole.push_str(&after[..size]);
        rest = after[size..].trim_start_matches("\r\n");
    }
    whole
}

const JSON: &str = "content-type: application/json\r\n";

#[tokio::test]
async fn graphql_is_answered_in_every_form_that_dagster_takes() {
    let server = start(WebserverOptions::default()).await;
    let answer = r#"{"data":{"version":"1.13.27"}}"#;
    let json = r#"{"query":"query A { version }","operationName":"A","variables":null}"#;
    assert_eq!(fetch(&server, "POST", "/graphql?op=A", JSON, json).await.2, answer);
    let document = "content-type: application/graphql\r\n";
    assert_eq!(fetch(&server, "POST", "/graphql", document, "{ version }").await.2, answer);
    assert_eq!(get(&server, "/graphql?query=%7Bversion%7D").await.2, answer);
    let text = r#"{"query":"{ version }","variables":"{\"a\": 1}"}"#;
    assert_eq!(fetch(&server, "POST", "/graphql", JSON, text).await.2, answer);
    let batch = r#"[{"query":"{ version }"},{"query":"{ version }"}]"#;
    let (status, _, body) = fetch(&server, "POST", "/graphql", JSON, batch).await;
    assert_eq!((status, body), (200, format!("[{answer},{answer}]")));
}

#[tokio::test]
async fn bad_graphql_requests_are_refused_with_dagsters_statuses() {
    let server = start(WebserverOptions::default()).await;
    let (status, _, body) = fetch(&server, "POST", "/graphql", JSON, "{").await;
    assert_eq!(status, 400);
    assert!(body.starts_with("GraphQL request is invalid JSON"), "{body}");
    let (status, _, body) = fetch(&server, "POST", "/graphql", JSON, "{}").await;
    assert_eq!((status, body.as_str()), (400, "No GraphQL query found in the request"));
    let variables = r#"{"query":"{ version }","variables":"{"}"#;
    let (status, _, body) = fetch(&server, "POST", "/graphql", JSON, variables).await;
    assert_eq!(status, 400);
    assert!(body.starts_with("Malformed GraphQL variables"), "{body}");
    let wrong = r#"{"query":"{ nothing }"}"#;
    let (status, _, body) = fetch(&server, "POST", "/graphql", JSON, wrong).await;
    assert_eq!(status, 400);
    assert!(body.starts_with(r#"{"data":null,"errors":[{"message""#), "{body}");
    assert_eq!(fetch(&server, "PUT", "/graphql", "", "").await.0, 405);
    assert_eq!(fetch(&server, "DELETE", "/graphql", "", "").await.0, 405);
}

#[tokio::test]
async fn a_browser_gets_the_editor_and_every_unknown_address_the_page() {
    let server = start(WebserverOptions::default()).await;
    let (status, _, body) = fetch(&server, "GET", "/graphql", "accept: text/html\r\n", "").await;
    assert_eq!(status, 200);
    assert!(body.contains("<title>GraphQL"), "{body}");
    for path in ["/", "/runs/1234", "/locations/a@b/jobs/x?tab=1"] {
        let (status, headers, body) = get(&server, path).await;
        assert_eq!(status, 200, "{path}");
        assert!(headers.contains("cache-control: no-store"), "{headers}");
        assert!(headers.contains("x-content-type-options: nosniff"), "{headers}");
        assert!(!body.contains("__PATH_PREFIX__"), "{body}");
    }
}

#[tokio::test]
async fn everything_lies_below_the_path_prefix() {
    let options = WebserverOptions { path_prefix: "/team/a".to_owned(), ..Default::default() };
    let server = start(options).await;
    assert!(server.base.ends_with("/team/a"));
    let (status, headers, _) = get(&server, "/").await;
    assert_eq!(status, 307);
    assert!(headers.contains("location: /team/a\r\n"), "{headers}");
    let (status, headers, _) = get(&server, "/team/a?x=1").await;
    assert_eq!(status, 307);
    assert!(headers.contains("location: /team/a/?x=1\r\n"), "{headers}");
    for path in ["/team/a/", "/team/a/runs", "/team/a/server_info"] {
        assert_eq!(get(&server, path).await.0, 200, "{path}");
    }
    for path in ["/server_info", "/runs", "/team/ab/server_info"] {
        let (status, headers, body) = get(&server, path).await;
        assert_eq!((status, body.as_str()), (404, "Not Found"), "{path}");
        assert!(headers.contains("content-type: text/plain"), "{headers}");
    }
}

#[tokio::test]
async fn a_ui_directory_is_served_with_its_content_security_policy() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    write("index.html", "<script nonce=\"NONCE-PLACEHOLDER\">__PATH_PREFIX__</script>");
    write("csp-header.txt", "script-src 'nonce-NONCE-PLACEHOLDER'\n");
    std::fs::create_dir(dir.path().join("_next")).unwrap();
    write("_next/a.js", "1");
    let ui = UiSource::Directory(dir.path().to_owned());
    let server = start(WebserverOptions { ui, ..Default::default() }).await;
    let (_, headers, body) = get(&server, "/assets").await;
    let nonce = headers.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
    assert_eq!(nonce.len(), 32);
    assert!(body.contains(&nonce), "{body}");
    let (status, headers, _) = get(&server, "/_next/a.js").await;
    assert_eq!(status, 200);
    assert!(headers.contains("content-type: application/javascript"), "{headers}");
    assert_eq!(get(&server, "/_next/gone.js").await.0, 404);
}

#[tokio::test]
async fn versions_health_and_metrics_are_told() {
    let server = start(WebserverOptions::default()).await;
    for path in ["/server_info", "/dagit_info", "/dagster_info"] {
        assert!(get(&server, path).await.2.contains("\"dagster_webserver_version\":\"1.13.27\""));
    }
    assert_eq!(get(&server, "/health").await.2, "ok");
    assert!(get(&server, "/metrics").await.2.contains("rondel_http_requests_total"));
}

#[tokio::test]
async fn a_port_in_use_is_named_with_the_remedy() {
    let server = start(WebserverOptions::default()).await;
    let options = WebserverOptions { port: server.port, ..Default::default() };
    let home = tempfile::tempdir().unwrap();
    let (Err(error), _) = bind(options, &home, Default::default()).await else {
        panic!("bound a port in use")
    };
    assert!(matches!(error, WebserverError::PortInUse { .. }));
    let text = error.to_string();
    assert!(text.contains(&server.port.to_string()) && text.contains("--port"), "{text}");
}

#[tokio::test]
async fn an_unusable_path_prefix_is_refused() {
    for prefix in ["x", "/x/", "/{x}"] {
        let options =
            WebserverOptions { path_prefix: prefix.to_owned(), port: 0, ..Default::default() };
        let home = tempfile::tempdir().unwrap();
        assert!(bind(options, &home, Default::default()).await.0.is_err(), "{prefix}");
    }
}

#[tokio::test]
async fn what_is_kept_goes_out_compressed_to_those_who_take_it() {
    let server = start(WebserverOptions::default()).await;
    let body = r#"{"query":"{ __schema { types { name } } }"}"#;
    let json = "content-type: application/json\r\n";
    let (head, plain) = exchange(&server, "POST", "/graphql", json, body).await;
    assert!(!head.contains("content-encoding"), "{head}");
    let headers = format!("{json}accept-encoding: gzip\r\n");
    for _ in 0..2 {
        let (head, packed) = exchange(&server, "POST", "/graphql", &headers, body).await;
        assert!(head.contains("content-encoding: gzip"), "{head}");
        let mut text = Vec::new();
        flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut text).unwrap();
        assert_eq!(text, plain);
    }
}

/// Where a test's log goes.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_slow_request_is_logged_under_the_name_of_its_operation() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let options =
        WebserverOptions { slow_query: std::time::Duration::ZERO, ..WebserverOptions::default() };
    let server = start(options).await;
    let body = r#"{"query":"query Slow { version }"}"#;
    fetch(&server, "POST", "/graphql", "content-type: application/json\r\n", body).await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(text.contains("slow GraphQL request"), "{text}");
    assert!(text.contains("operation=\"Slow\"") && text.contains("status=200"), "{text}");
}
