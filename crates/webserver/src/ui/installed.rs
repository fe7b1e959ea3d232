//! Dagster's own web UI, from an installed dagster-webserver.

use std::{path::PathBuf, process::Stdio};

use tokio::process::Command;

use crate::error::WebserverError;

/// Prints where the package lies, without importing it.
const FIND: &str = "
import importlib.util
spec = importlib.util.find_spec('dagster_webserver')
print(spec.submodule_search_locations[0] if spec else '')
";

/// The built UI of the dagster-webserver that an interpreter has.
///
/// # Errors
/// An interpreter that cannot be run, no dagster-webserver in it, or one without its UI.
pub async fn installed_ui(python: &std::path::Path) -> Result<PathBuf, WebserverError> {
    let missing = |reason: String| WebserverError::InstalledUi {
        python: python.display().to_string(),
        reason,
    };
    let output = Command::new(python)
        .args(["-c", FIND])
        .stdin(Stdio::null())
        .output()
        .await
        .map_err(|error| missing(error.to_string()))?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let last = text.lines().last().unwrap_or("it failed without a message");
        return Err(missing(last.to_owned()));
    }
    let package = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if package.is_empty() {
        return Err(missing("the package dagster_webserver is not installed there".to_owned()));
    }
    let build = PathBuf::from(package).join("webapp/build");
    if build.join("index.html").is_file() {
        Ok(build)
    } else {
        Err(missing(format!("{} has no index.html", build.display())))
    }
}
