//! The real clients against a small server that speaks the part of the protocols which we use. S3 and Google's
//! XML interface are one and the same there; Azure lists in words of its own.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;

use super::*;

type Objects = Arc<Mutex<BTreeMap<String, &'static str>>>;

/// Objects by path, the bucket's name included.
async fn serve(objects: &[(&str, &'static str)]) -> (Objects, String) {
    let objects = objects.iter().map(|(key, text)| ((*key).to_owned(), *text)).collect();
    let objects: Objects = Arc::new(Mutex::new(objects));
    let router = Router::new().fallback(answer).with_state(Arc::clone(&objects));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (objects, url)
}

async fn answer(
    State(objects): State<Objects>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let mut objects = objects.lock().unwrap();
    let path = percent_decode_str(uri.path()).decode_utf8().unwrap();
    let path = path.trim_matches('/').to_owned();
    let query: BTreeMap<String, String> =
        url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .into_owned()
            .collect();
    if let Some(prefix) = query.get("prefix") {
        return list(&objects, &path, prefix, query.contains_key("comp")).into_response();
    }
    if method == Method::POST {
        return delete_batch(&mut objects, &String::from_utf8_lossy(&body)).into_response();
    }
    if method == Method::DELETE {
        let status = objects.remove(&path).map_or(StatusCode::NOT_FOUND, |_| StatusCode::ACCEPTED);
        return status.into_response();
    }
    let Some(text) = objects.get(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let range = headers.get("range").or(headers.get("x-ms-range"));
    let range = range.and_then(|range| range.to_str().ok()).and_then(|range| {
        let (start, end) = range.strip_prefix("bytes=")?.split_once('-')?;
        Some(start.parse::<usize>().ok()?..=end.parse::<usize>().ok()?.min(text.len() - 1))
    });
    let described = [
        (HeaderName::from_static("etag"), "\"1\"".to_owned()),
        (HeaderName::from_static("last-modified"), "Wed, 21 Oct 2026 07:28:00 GMT".to_owned()),
    ];
    match range {
        Some(range) => {
            let (start, end) = (*range.start(), *range.end());
            let content = [("content-range", format!("bytes {start}-{end}/{}", text.len()))];
            (StatusCode::PARTIAL_CONTENT, described, content, &text[range]).into_response()
        }
        None => (described, *text).into_response(),
    }
}

/// Azure's way to delete: requests within a request.
fn delete_batch(objects: &mut BTreeMap<String, &str>, body: &str) -> impl IntoResponse + use<> {
    let asked = body.lines().find_map(|line| line.strip_prefix("DELETE ")).unwrap();
    let path = asked.split([' ', '?']).next().unwrap();
    let path = percent_decode_str(path).decode_utf8().unwrap();
    let status = match objects.remove(path.trim_matches('/')) {
        Some(_) => "202 Accepted",
        None => "404 Not Found",
    };
    let part = format!(
        "--x\r\nContent-Type: application/http\r\nContent-ID: 0\r\n\r\nHTTP/1.1 {status}\r\n\r\n\r\n--x--\r\n"
    );
    (StatusCode::ACCEPTED, [("content-type", "multipart/mixed; boundary=x")], part)
}

fn list(objects: &BTreeMap<String, &str>, bucket: &str, prefix: &str, of_azure: bool) -> String {
    let time = "2026-10-21T07:28:00.000Z";
    let begin = format!("{bucket}/{prefix}");
    let keys = objects.iter().filter_map(|(path, text)| {
        let rest = path.strip_prefix(&begin).filter(|rest| !rest.contains('/'))?;
        Some((format!("{prefix}{rest}"), text.len()))
    });
    if of_azure {
        let blobs: String = keys
            .map(|(key, size)| {
                format!(
                    "<Blob><Name>{key}</Name><Properties><Last-Modified>Wed, 21 Oct 2026 07:28:00 \
                     GMT</Last-Modified><Etag>1</Etag><Content-Length>{size}</Content-Length>\
                     <Content-Type>text/plain</Content-Type></Properties></Blob>"
                )
            })
            .collect();
        return format!(
            "<EnumerationResults><Blobs>{blobs}</Blobs><NextMarker/></EnumerationResults>"
        );
    }
    let contents: String = keys
        .map(|(key, size)| {
            format!(
                "<Contents><Key>{key}</Key><Size>{size}</Size><LastModified>{time}</LastModified>\
                 <ETag>1</ETag></Contents>"
            )
        })
        .collect();
    format!("<ListBucketResult>{contents}</ListBucketResult>")
}

const OBJECTS: [(&str, &str); 4] = [
    ("logs/dagster/storage/run/a b+c%20.out", "hello world"),
    ("logs/dagster/storage/run/empty.err", ""),
    ("logs/dagster/storage/run/deep/er.out", "x"),
    ("logs/dagster/storage/runs/other.out", "x"),
];

async fn behaves(bucket: &Bucket, objects: &Objects) {
    let odd = "dagster/storage/run/a b+c%20.out";
    assert_eq!(bucket.size(odd).await.unwrap(), Some(11));
    assert_eq!(bucket.size("dagster/storage/run/empty.err").await.unwrap(), Some(0));
    assert_eq!(bucket.size("dagster/storage/run/none.out").await.unwrap(), None);
    assert_eq!(bucket.read(odd, 6..11).await.unwrap().as_deref(), Some(&b"world"[..]));
    assert_eq!(bucket.read("dagster/storage/run/none.out", 0..1).await.unwrap(), None);
    let mut names = bucket.names_below("dagster/storage/run").await.unwrap();
    names.sort();
    assert_eq!(names, ["a b+c%20.out", "empty.err"]);
    assert!(bucket.names_below("dagster/nowhere").await.unwrap().is_empty());
    bucket.delete(odd).await.unwrap();
    bucket.delete(odd).await.unwrap();
    assert_eq!(objects.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn s3_is_read_and_cleaned() {
    let (objects, url) = serve(&OBJECTS).await;
    let settings = S3Settings {
        bucket: "logs".to_owned(),
        region: Some("eu-west-1".to_owned()),
        endpoint_url: Some(url.clone()),
        ..S3Settings::default()
    };
    let builder = providers::s3_builder(&settings).unwrap();
    let builder = builder.with_access_key_id("id").with_secret_access_key("secret");
    let bucket = Bucket::signing(builder.build().unwrap());
    behaves(&bucket, &objects).await;

    let hour = Duration::from_secs(3600);
    let signed = bucket.download_url("dagster/storage/run/empty.err", hour).await.unwrap().unwrap();
    assert!(signed.starts_with(&format!("{url}/logs/dagster/storage/run/empty.err?")), "{signed}");
    assert!(signed.contains("X-Amz-Expires=3600") && signed.contains("eu-west-1"), "{signed}");
}

#[tokio::test]
async fn google_cloud_storage_is_read_and_cleaned() {
    let (objects, url) = serve(&OBJECTS).await;
    let bucket =
        GcsSettings { bucket: "logs".to_owned(), emulator: Some(url), ..GcsSettings::default() };
    behaves(&Bucket::gcs(&bucket).unwrap(), &objects).await;
}

#[tokio::test]
async fn azure_is_read_and_cleaned() {
    let (objects, url) = serve(&OBJECTS).await;
    let settings = AzureSettings {
        account: "acme".to_owned(),
        container: "logs".to_owned(),
        endpoint_suffix: "core.windows.net".to_owned(),
        credential: AzureCredential::AccessKey("a2V5".to_owned()),
    };
    let builder = providers::azure_builder(&settings).unwrap().with_endpoint(url);
    behaves(&Bucket::signing(builder.with_allow_http(true).build().unwrap()), &objects).await;
}

#[tokio::test]
async fn a_store_that_is_not_there_is_told_soon() {
    let settings = GcsSettings {
        bucket: "logs".to_owned(),
        emulator: Some("127.0.0.1:9".to_owned()),
        ..GcsSettings::default()
    };
    let error = Bucket::gcs(&settings).unwrap().size("a/b").await.unwrap_err();
    assert!(
        error.to_string().starts_with("the object store could not look for \"a/b\""),
        "{error}"
    );
}

#[test]
fn certificates_that_are_none_are_refused() {
    let file = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let settings =
        S3Settings { bucket: "b".to_owned(), trust: Trust::File(file), ..S3Settings::default() };
    let error = Bucket::s3(&settings).unwrap_err();
    assert!(error.to_string().contains("Cargo.toml: there are none"), "{error}");
}

#[tokio::test]
async fn keys_that_objects_cannot_have_are_refused() {
    let bucket = Bucket::over(Arc::new(object_store::memory::InMemory::new()));
    for key in ["/a", "a/", "a//b", "a/../b", ""] {
        let refused = bucket.size(key).await;
        assert!(matches!(refused, Err(BucketError::InvalidKey(_))), "{key:?}: {refused:?}");
    }
}
