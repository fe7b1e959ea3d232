//! A built web UI: the files within the binary, or a directory.

use std::{
    borrow::Cow,
    fs,
    path::{Component, Path, PathBuf},
};

use rust_embed::RustEmbed;

use crate::options::UiSource;

/// Rondel's own UI, as `web/` built it when the binary was compiled.
#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Embedded;

/// Where files come from.
pub(crate) enum Bundle {
    Embedded,
    Directory { root: PathBuf, policy: Option<String> },
}

/// One file of the bundle.
pub(crate) struct File {
    pub(crate) content: Cow<'static, [u8]>,
    pub(crate) mime: String,
    pub(crate) etag: Option<String>,
}

impl Bundle {
    pub(crate) fn new(source: &UiSource) -> Self {
        match source {
            UiSource::Embedded => Bundle::Embedded,
            UiSource::Directory(root) => Bundle::Directory {
                root: root.clone(),
                // Missing in bundles that need none.
                policy: fs::read_to_string(root.join("csp-header.txt")).ok(),
            },
        }
    }

    /// The file at an address.
    pub(crate) fn file(&self, path: &str) -> Option<File> {
        match self {
            Bundle::Embedded => Embedded::get(path).map(|file| File {
                mime: file.metadata.mimetype().to_owned(),
                etag: Some(etag(&file.metadata.sha256_hash())),
                content: file.data,
            }),
            Bundle::Directory { root, .. } => {
                let relative = Path::new(path);
                // Nothing outside of the bundle, whatever the address says.
                if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
                    return None;
                }
                let content = fs::read(root.join(relative)).ok()?;
                Some(File {
                    content: Cow::Owned(content),
                    mime: mime(relative).to_owned(),
                    etag: None,
                })
            }
        }
    }

    /// Whether an address lies in one of the bundle's directories: missing there is missing.
    pub(crate) fn owns(&self, path: &str) -> bool {
        let Some((top, _)) = path.split_once('/') else { return false };
        if top.is_empty() || top == ".." || top == "." {
            return false;
        }
        match self {
            Bundle::Embedded => Embedded::iter()
                .any(|file| file.strip_prefix(top).is_some_and(|rest| rest.starts_with('/'))),
            Bundle::Directory { root, .. } => root.join(top).is_dir(),
        }
    }

    /// The policy to send with the page, with a placeholder for the nonce.
    pub(crate) fn content_security_policy(&self) -> Option<&str> {
        match self {
            Bundle::Embedded => None,
            Bundle::Directory { policy, .. } => policy.as_deref(),
        }
    }
}

fn etag(hash: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::with_capacity(34);
    text.push('"');
    for byte in &hash[..16] {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text.push('"');
    text
}

fn mime(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "application/javascript",
        Some("css") => "text/css",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("woff") => "font/woff",
        Some("ttf") => "font/ttf",
        Some("wasm") => "application/wasm",
        Some("txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_serves_its_files_and_nothing_outside() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("_next")).unwrap();
        fs::write(dir.path().join("_next/a.js"), "1").unwrap();
        let bundle = Bundle::new(&UiSource::Directory(dir.path().to_owned()));
        assert_eq!(bundle.file("_next/a.js").unwrap().mime, "application/javascript");
        assert!(bundle.file("../etc/passwd").is_none());
        assert!(bundle.file("/etc/passwd").is_none());
        assert!(bundle.owns("_next/gone.js"));
        assert!(!bundle.owns("runs/1234"));
    }

    #[test]
    fn the_embedded_page_exists_even_where_the_ui_was_not_built() {
        assert!(Bundle::Embedded.file("index.html").is_some());
    }
}
