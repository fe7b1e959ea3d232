#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use serde_json::json;

use super::super::LogCursor;
use super::*;

struct Bench {
    store: Arc<InMemory>,
    logs: ObjectStoreComputeLogs,
    local: tempfile::TempDir,
}

impl Bench {
    fn new(prefix: &str) -> Self {
        let store = Arc::new(InMemory::new());
        let local = tempfile::tempdir().unwrap();
        let config = json!({"bucket": "b", "prefix": prefix, "local_dir": local.path()});
        let place = Place::new("S3ComputeLogManager", &config);
        let bucket = Bucket::over(Arc::<InMemory>::clone(&store) as Arc<dyn ObjectStore>);
        let logs = ObjectStoreComputeLogs::over(place, &config, Ok(bucket));
        Self { store, logs, local }
    }

    async fn put(&self, key: &str, content: &'static str) {
        self.store.put(&Path::parse(key).unwrap(), content.into()).await.unwrap();
    }
}

fn key(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

#[tokio::test]
async fn what_a_worker_uploads_meanwhile_is_read_until_the_whole_is_there() {
    let bench = Bench::new("/acme//logs/");
    let step = key(&["run", "compute_logs", "step"]);
    let nothing = bench.logs.read(&step, LogStream::Stdout, 0, None).await.unwrap();
    assert_eq!(nothing, LogChunk::default());

    bench.put("acme/logs/storage/run/compute_logs/step.out.partial", "one ").await;
    let first = bench.logs.read_both(&step, LogCursor::default(), None).await.unwrap();
    assert_eq!(first.stdout.as_deref(), Some(&b"one "[..]));
    assert_eq!((first.stderr, first.cursor.to_string()), (None, "4:0".to_owned()));
    assert!(!bench.logs.is_complete(&step).await.unwrap());
    assert_eq!(bench.logs.locations(&step).await.unwrap(), LogLocations::default());

    bench.put("acme/logs/storage/run/compute_logs/step.out", "one two").await;
    bench.put("acme/logs/storage/run/compute_logs/step.err", "").await;
    let rest = bench.logs.read_both(&step, LogCursor::parse(Some("4:0")), Some(100)).await.unwrap();
    assert_eq!(rest.stdout.as_deref(), Some(&b"two"[..]));
    assert_eq!((rest.stderr, rest.cursor.to_string()), (Some(Vec::new()), "7:0".to_owned()));
    assert!(bench.logs.is_complete(&step).await.unwrap());
    let piece = bench.logs.read(&step, LogStream::Stdout, 1, Some(3)).await.unwrap();
    assert_eq!((piece.data.as_deref(), piece.next_offset), (Some(&b"ne "[..]), 4));

    let locations = bench.logs.locations(&step).await.unwrap();
    let place = "s3://b/acme/logs/storage/run/compute_logs/step.out";
    assert_eq!(locations.stdout_location.as_deref(), Some(place));
    // this store cannot sign
    let url = "/logs/run/compute_logs/step/out";
    assert_eq!(locations.stdout_download_url.as_deref(), Some(url));
}

#[tokio::test]
async fn the_file_of_a_worker_on_the_same_machine_is_read_as_it_grows() {
    let bench = Bench::new("dagster");
    let step = key(&["run", "compute_logs", "step"]);
    let folder = bench.local.path().join("run/compute_logs");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("step.out"), "growing").unwrap();
    let read = bench.logs.read(&step, LogStream::Stdout, 0, None).await.unwrap();
    assert_eq!(read.data.as_deref(), Some(&b"growing"[..]));
}

#[tokio::test]
async fn the_logs_of_ticks_are_found_by_what_they_have_in_common() {
    let bench = Bench::new("dagster");
    let prefix = key(&["repo", "sensor", "tick"]);
    for name in ["1.err", "1.out", "2.x.err", "3.err.partial", "deeper/4.err"] {
        bench.put(&format!("dagster/storage/repo/sensor/tick/{name}"), "x").await;
    }
    bench.put("dagster/storage/repo/sensor/ticks/5.err", "x").await;
    let mut found = bench.logs.keys_below(&prefix, LogStream::Stderr).await.unwrap();
    found.sort();
    let wanted = |name: &str| [&prefix[..], &[name.to_owned()]].concat();
    assert_eq!(found, [wanted("1"), wanted("2.x")]);
}

#[tokio::test]
async fn deleting_takes_both_streams_and_what_was_uploaded_meanwhile() {
    let bench = Bench::new("dagster");
    for ending in ["out", "err", "out.partial", "err.partial"] {
        bench.put(&format!("dagster/storage/run/step.{ending}"), "x").await;
    }
    bench.put("dagster/storage/run/step2.out", "x").await;
    bench.logs.delete(&key(&["run", "step"])).await.unwrap();
    bench.logs.delete(&key(&["run", "step"])).await.unwrap();
    let found = bench.logs.keys_below(&key(&["run"]), LogStream::Stdout).await.unwrap();
    assert_eq!(found, [key(&["run", "step2"])]);
}

#[tokio::test]
async fn keys_cannot_leave_the_prefix() {
    let bench = Bench::new("dagster");
    bench.put("secret.out", "x").await;
    for parts in [&["..", "..", "secret"][..], &["a", "..", "..", "secret"], &["", "secret"], &[]] {
        let read = bench.logs.read(&key(parts), LogStream::Stdout, 0, None).await;
        assert!(matches!(read, Err(ComputeLogsError::InvalidKey(_))), "{parts:?}: {read:?}");
    }
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_told_when_logs_are_read() {
    let config = json!({"bucket": "b", "json_credentials_envvar": "RONDEL_TEST_NOT_SET"});
    let logs = ObjectStoreComputeLogs::new("GCSComputeLogManager", &config);
    let error = logs.read(&key(&["run", "step"]), LogStream::Stdout, 0, None).await.unwrap_err();
    assert!(error.to_string().contains("RONDEL_TEST_NOT_SET is not set"), "{error}");
}
