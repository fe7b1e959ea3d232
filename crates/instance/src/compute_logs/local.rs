//! `LocalComputeLogManager`: `<base_dir>/<key…>/<name>.{out,err,complete}`.
//!
//! Log keys come from requests, so a key may not lead out of the base directory, neither by `..`,
//! nor by an absolute part, nor through a symbolic link.

use std::io::{ErrorKind, SeekFrom};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use md5::{Digest, Md5};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::{ComputeLogs, ComputeLogsError, LogChunk, LogLocations, LogStream};

/// Longer file names are replaced by a hash, as Dagster does.
const MAX_FILE_NAME: usize = 255;

/// The marker a worker leaves when it has finished writing.
const COMPLETE: &str = "complete";

/// Files below one directory.
#[derive(Debug)]
pub struct LocalComputeLogs {
    base_dir: PathBuf,
}

impl LocalComputeLogs {
    /// Reads below this directory, which need not exist yet.
    pub fn new(base_dir: PathBuf) -> Self {
        Self { base_dir }
    }

    /// The path of one file of a key.
    ///
    /// # Errors
    /// [`ComputeLogsError::InvalidKey`] when it would not lie below the base directory.
    pub fn path(&self, log_key: &[String], extension: &str) -> Result<PathBuf, ComputeLogsError> {
        let invalid = || ComputeLogsError::InvalidKey(log_key.to_vec());
        let (name, namespace) = log_key.split_last().ok_or_else(invalid)?;
        let mut file_name = format!("{name}.{extension}");
        if file_name.chars().count() > MAX_FILE_NAME {
            let digest = Md5::digest(name.as_bytes());
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            file_name = format!("{hex}.{extension}");
        }
        let mut path = self.base_dir.clone();
        for part in namespace.iter().map(String::as_str).chain([file_name.as_str()]) {
            append(&mut path, part).ok_or_else(invalid)?;
        }
        self.refuse_links_outside(&path).map_err(|()| invalid())?;
        Ok(path)
    }

    /// An existing file must lie below the base directory once links are followed.
    fn refuse_links_outside(&self, path: &Path) -> Result<(), ()> {
        let Ok(real) = path.canonicalize() else { return Ok(()) };
        let base = self.base_dir.canonicalize().map_err(|_| ())?;
        if real.starts_with(&base) { Ok(()) } else { Err(()) }
    }
}

/// Appends the components of one key part; `None` if it tries to go anywhere but down.
fn append(path: &mut PathBuf, part: &str) -> Option<()> {
    if part.is_empty() || part.starts_with('/') || part.contains('\0') {
        return None;
    }
    for component in part.split('/') {
        match component {
            "" | "." => {}
            ".." => return None,
            name => path.push(name),
        }
    }
    Some(())
}

fn io_error(path: &Path, source: std::io::Error) -> ComputeLogsError {
    ComputeLogsError::Io { path: path.display().to_string(), source }
}

#[async_trait]
impl ComputeLogs for LocalComputeLogs {
    async fn read(
        &self,
        log_key: &[String],
        stream: LogStream,
        offset: u64,
        max_bytes: Option<u64>,
    ) -> Result<LogChunk, ComputeLogsError> {
        let path = self.path(log_key, stream.extension())?;
        let failed = |source| io_error(&path, source);
        let mut file = match tokio::fs::File::open(&path).await {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(LogChunk { data: None, next_offset: offset });
            }
            Err(error) => return Err(failed(error)),
        };
        if !file.metadata().await.map_err(failed)?.is_file() {
            return Ok(LogChunk { data: None, next_offset: offset });
        }
        file.seek(SeekFrom::Start(offset)).await.map_err(failed)?;
        let mut data = Vec::new();
        file.take(max_bytes.unwrap_or(u64::MAX)).read_to_end(&mut data).await.map_err(failed)?;
        let next_offset = offset + data.len() as u64;
        Ok(LogChunk { data: Some(data), next_offset })
    }

    async fn is_complete(&self, log_key: &[String]) -> Result<bool, ComputeLogsError> {
        let path = self.path(log_key, COMPLETE)?;
        tokio::fs::try_exists(&path).await.map_err(|source| io_error(&path, source))
    }

    async fn locations(&self, log_key: &[String]) -> Result<LogLocations, ComputeLogsError> {
        let location = |stream: LogStream| {
            self.path(log_key, stream.extension()).map(|path| Some(path.display().to_string()))
        };
        let url =
            |stream: LogStream| Some(format!("/logs/{}/{}", log_key.join("/"), stream.extension()));
        Ok(LogLocations {
            stdout_location: location(LogStream::Stdout)?,
            stderr_location: location(LogStream::Stderr)?,
            stdout_download_url: url(LogStream::Stdout),
            stderr_download_url: url(LogStream::Stderr),
        })
    }

    async fn keys_below(
        &self,
        prefix: &[String],
        stream: LogStream,
    ) -> Result<Vec<Vec<String>>, ComputeLogsError> {
        let mut directory = self.base_dir.clone();
        for part in prefix {
            append(&mut directory, part)
                .ok_or_else(|| ComputeLogsError::InvalidKey(prefix.to_vec()))?;
        }
        self.refuse_links_outside(&directory)
            .map_err(|()| ComputeLogsError::InvalidKey(prefix.to_vec()))?;
        let failed = |source| io_error(&directory, source);
        let mut entries = match tokio::fs::read_dir(&directory).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut keys = Vec::new();
        while let Some(entry) = entries.next_entry().await.map_err(failed)? {
            let path = entry.path();
            let wanted = path.extension().is_some_and(|e| e == stream.extension());
            if let Some(stem) = path.file_stem().filter(|_| wanted) {
                let mut key = prefix.to_vec();
                key.push(stem.to_string_lossy().into_owned());
                keys.push(key);
            }
        }
        Ok(keys)
    }

    async fn delete(&self, log_key: &[String]) -> Result<(), ComputeLogsError> {
        for extension in ["out", "err", "out.partial", "err.partial", COMPLETE] {
            let path = self.path(log_key, extension)?;
            match tokio::fs::remove_file(&path).await {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(io_error(&path, error)),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::super::LogCursor;
    use super::*;

    fn key(parts: &[&str]) -> Vec<String> {
        parts.iter().map(|part| (*part).to_owned()).collect()
    }

    fn logs_with(files: &[(&str, &str)]) -> (tempfile::TempDir, LocalComputeLogs) {
        let directory = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = directory.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let logs = LocalComputeLogs::new(directory.path().to_path_buf());
        (directory, logs)
    }

    #[tokio::test]
    async fn a_growing_file_is_read_piece_by_piece() {
        let (directory, logs) = logs_with(&[("run/compute_logs/step.out", "hello ")]);
        let key = key(&["run", "compute_logs", "step"]);
        let first = logs.read_both(&key, LogCursor::default(), Some(4)).await.unwrap();
        assert_eq!(first.stdout.as_deref(), Some(&b"hell"[..]));
        assert_eq!((first.stderr, first.cursor.to_string()), (None, "4:0".to_owned()));
        std::fs::write(directory.path().join("run/compute_logs/step.out"), "hello world").unwrap();
        let cursor = LogCursor::parse(Some("4:0"));
        let rest = logs.read_both(&key, cursor, None).await.unwrap();
        assert_eq!(rest.stdout.as_deref(), Some(&b"o world"[..]));
    }

    #[tokio::test]
    async fn nothing_captured_is_no_error() {
        let (_directory, logs) = logs_with(&[]);
        let key = key(&["run", "compute_logs", "step"]);
        assert_eq!(logs.read(&key, LogStream::Stdout, 7, None).await.unwrap().next_offset, 7);
        assert!(!logs.is_complete(&key).await.unwrap());
        assert!(logs.keys_below(&key[..2], LogStream::Stdout).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn the_marker_tells_that_the_worker_has_finished() {
        let (_directory, logs) = logs_with(&[("run/compute_logs/step.complete", "")]);
        assert!(logs.is_complete(&key(&["run", "compute_logs", "step"])).await.unwrap());
    }

    #[test]
    fn keys_cannot_leave_the_directory() {
        let (directory, logs) = logs_with(&[("inside/file.out", "x")]);
        for parts in [
            &["..", "etc", "passwd"][..],
            &["a/../../b"],
            &["/etc", "passwd"],
            &["", "x"],
            &["a\0b"],
            &[],
        ] {
            let result = logs.path(&key(parts), "out");
            assert!(matches!(result, Err(ComputeLogsError::InvalidKey(_))), "{parts:?}");
        }
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret.out"), "x").unwrap();
        std::os::unix::fs::symlink(outside.path(), directory.path().join("link")).unwrap();
        assert!(logs.path(&key(&["link", "secret"]), "out").is_err());
        assert!(logs.path(&key(&["inside", "file"]), "out").is_ok());
    }

    #[test]
    fn long_names_become_a_hash_as_in_dagster() {
        let (_directory, logs) = logs_with(&[]);
        let name = "x".repeat(300);
        let path = logs.path(&key(&["run", &name]), "out").unwrap();
        // hashlib.md5(b"x" * 300).hexdigest()
        assert_eq!(path.file_name().unwrap(), "8a4876ea55d998a5d91ed59db796af28.out");
    }

    #[tokio::test]
    async fn deleting_twice_is_fine() {
        let (_directory, logs) = logs_with(&[("run/step.out", "x"), ("run/step.complete", "")]);
        let key = key(&["run", "step"]);
        logs.delete(&key).await.unwrap();
        logs.delete(&key).await.unwrap();
        assert_eq!(logs.read(&key, LogStream::Stdout, 0, None).await.unwrap().data, None);
    }

    #[test]
    fn cursors_survive_the_wire_and_nonsense_is_the_beginning() {
        assert_eq!(LogCursor::parse(Some("12:34")), LogCursor { stdout: 12, stderr: 34 });
        for text in [None, Some(""), Some("12"), Some("a:b")] {
            assert_eq!(LogCursor::parse(text), LogCursor::default());
        }
    }
}
