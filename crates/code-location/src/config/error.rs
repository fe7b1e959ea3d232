//! What can be wrong with the description of a workspace, said so that it can be mended: the file,
//! the line, the key, what is allowed there and the nearest known name.

use std::path::PathBuf;

/// A workspace that cannot be understood. Nothing has been started when this is returned.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkspaceConfigError {
    /// Flags that contradict each other.
    #[error("{0}")]
    Flags(String),
    /// No flag, no `pyproject.toml` with a `[tool.dagster]` or `[tool.dg]` block, no `workspace.yaml`.
    #[error(
        "nothing to load: give -f FILE, -m MODULE, -w workspace.yaml or --empty-workspace, or run in a \
         directory with a workspace.yaml or a pyproject.toml that has a [tool.dagster] block (looked in {})",
        .0.display()
    )]
    NothingToLoad(PathBuf),
    /// A file that cannot be read.
    #[error("cannot read {}: {reason}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// The operating system's words.
        reason: String,
    },
    /// A file that is read but wrong at a place.
    #[error("{}:{line}: {message}", .file.display())]
    Invalid {
        /// The file.
        file: PathBuf,
        /// Line, counted from 1.
        line: usize,
        /// Fact and remedy.
        message: String,
    },
    /// A file that is wrong as a whole.
    #[error("{}: {message}", .file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Fact and remedy.
        message: String,
    },
}

/// Words for a key that is not among `allowed`: the nearest one first, then all.
pub(crate) fn unknown_key(key: &str, path: &str, allowed: &[&str]) -> String {
    let nearest = allowed
        .iter()
        .map(|known| (strsim::jaro_winkler(known, key), known))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|(left, _), (right, _)| left.total_cmp(right));
    let hint = match nearest {
        Some((_, known)) => format!("; did you mean `{known}`?"),
        None => String::new(),
    };
    format!("unknown key `{key}` at {path}{hint} (allowed: {})", allowed.join(", "))
}
