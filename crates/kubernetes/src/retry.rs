//! Trying again what may work a moment later.

use std::time::Duration;

/// The pauses between attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempts(pub Vec<Duration>);

impl Default for Attempts {
    /// Half a minute in all, as in Dagster (three pauses of ten seconds), but a first try soon.
    fn default() -> Self {
        Self([500, 2_000, 8_000, 20_000].map(Duration::from_millis).to_vec())
    }
}

/// Whether a failure may pass. Some clusters answer 401 for a moment, which Dagster counts among them too.
pub fn is_transient(error: &kube::Error) -> bool {
    match error {
        kube::Error::Api(status) => matches!(status.code, 401 | 429 | 500 | 503 | 504),
        kube::Error::HyperError(_) | kube::Error::Service(_) => true,
        _ => false,
    }
}

/// What a failure tells a person.
pub fn describe(error: &kube::Error) -> String {
    match error {
        kube::Error::Api(status) if !status.message.is_empty() => {
            format!("{} (HTTP {})", status.message, status.code)
        }
        kube::Error::Service(source) => {
            let mut text = format!("the API server cannot be reached: {source}");
            let mut cause = source.source();
            while let Some(error) = cause {
                text.push_str(&format!(": {error}"));
                cause = error.source();
            }
            text
        }
        other => other.to_string(),
    }
}

/// Makes a call, again while it fails in a passing way and attempts are left.
///
/// # Errors
/// The last failure.
pub async fn with_retries<T, Call>(
    what: &str,
    attempts: &Attempts,
    mut call: impl FnMut() -> Call,
) -> Result<T, kube::Error>
where
    Call: Future<Output = Result<T, kube::Error>>,
{
    for pause in &attempts.0 {
        match call().await {
            Err(error) if is_transient(&error) => {
                tracing::warn!(call = what, error = describe(&error), "trying again");
                tokio::time::sleep(*pause).await;
            }
            answer => return answer,
        }
    }
    call().await
}
