//! What can be wrong with a `dagster.yaml` or with where it is looked for.

use std::fmt;
use std::path::PathBuf;

use thiserror::Error;

/// One thing wrong in the file, at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, counted from one.
    pub line: usize,
    /// Dotted path of the key (`run_queue.max_concurrent_runs`); empty for the file itself.
    pub key: String,
    /// The fact and the remedy.
    pub message: String,
}

/// Everything wrong in one file; printed as one `file:line: key: message` per problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidConfig {
    /// The file.
    pub file: PathBuf,
    /// At least one problem, in file order.
    pub problems: Vec<Problem>,
}

impl fmt::Display for InvalidConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}:{}: ", self.file.display(), problem.line)?;
            if !problem.key.is_empty() {
                write!(f, "{}: ", problem.key)?;
            }
            f.write_str(&problem.message)?;
        }
        Ok(())
    }
}

/// The instance's configuration could not be loaded.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// `DAGSTER_HOME` is not set where it is needed.
    #[error(
        "DAGSTER_HOME is not set: export it as the absolute path of an existing directory, which holds dagster.yaml \
         and, unless configured otherwise, all metadata (for example: export DAGSTER_HOME=~/dagster_home)"
    )]
    HomeNotSet,
    /// `DAGSTER_HOME` is a relative path.
    #[error(
        "DAGSTER_HOME is \"{0}\", which is not an absolute path: set it to the absolute path of an existing directory"
    )]
    HomeNotAbsolute(String),
    /// `DAGSTER_HOME` does not exist or is a file.
    #[error(
        "DAGSTER_HOME is \"{0}\", which is not an existing directory: create it or correct the variable"
    )]
    HomeNotADirectory(PathBuf),
    /// A file could not be read.
    #[error("cannot read {file}: {source}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not YAML.
    #[error("{file}:{line}:{column}: not valid YAML: {reason}")]
    NotYaml {
        /// The file.
        file: PathBuf,
        /// Line, from one.
        line: usize,
        /// Column, from one.
        column: usize,
        /// What the parser says.
        reason: String,
    },
    /// The file is YAML but not a valid configuration.
    #[error("{0}")]
    Invalid(InvalidConfig),
    /// A validated value does not fit its type: the schema and the types of this crate disagree.
    #[error(
        "the configuration of {section} could not be read although it passed validation ({source}): please report this"
    )]
    Typing {
        /// The section.
        section: &'static str,
        /// What does not fit.
        source: serde_json::Error,
    },
}
