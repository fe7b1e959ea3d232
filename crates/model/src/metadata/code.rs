//! Where code lives: local files and URLs.

use crate::{record, union};

record! {
    /// A line of a local file.
    #[derive(Default)]
    pub struct LocalFileCodeReference = "LocalFileCodeReference" {
        file_path: String,
        line_number: Option<i64>,
        label: Option<String>,
    }
}

record! {
    /// A link to code.
    #[derive(Default)]
    pub struct UrlCodeReference = "UrlCodeReference" {
        url: String,
        label: Option<String>,
    }
}

union! {
    /// A place in code.
    pub enum CodeReference {
        /// `LocalFileCodeReference`
        LocalFile(LocalFileCodeReference),
        /// `UrlCodeReference`
        Url(UrlCodeReference),
    }
}
