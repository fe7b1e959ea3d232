//! What every handler can reach.

use std::sync::Arc;

use axum::http::HeaderMap;
use rondel_code_location::Workspace;
use rondel_graphql::Schema;
use rondel_instance::{Instance, RequestHeaders, on_behalf_of};
use tokio_util::sync::CancellationToken;

use crate::{options::WebserverOptions, ui::Bundle};

/// One server's state.
pub(crate) struct AppState {
    pub(crate) schema: Schema,
    pub(crate) instance: Arc<Instance>,
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) options: WebserverOptions,
    pub(crate) bundle: Bundle,
    /// The run storage's id.
    pub(crate) instance_id: String,
    pub(crate) shutdown: CancellationToken,
}

impl AppState {
    /// Does something on behalf of a request, whose headers a run coordinator of somebody else's may want.
    pub(crate) async fn on_behalf_of<T>(
        &self,
        headers: &HeaderMap,
        work: impl Future<Output = T>,
    ) -> T {
        if !self.instance.wants_request_headers() {
            return work.await;
        }
        on_behalf_of(told(headers), work).await
    }
}

/// Headers as Python's servers tell them: values are Latin-1.
fn told(headers: &HeaderMap) -> RequestHeaders {
    let text = |bytes: &[u8]| bytes.iter().map(|byte| char::from(*byte)).collect::<String>();
    headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, header};

    use super::*;

    #[test]
    fn headers_are_told_in_order_and_as_latin_1() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("a=1"));
        headers.append(header::COOKIE, HeaderValue::from_bytes(b"b=\xe9").unwrap());
        let pair = |value: &str| ("cookie".to_owned(), value.to_owned());
        assert_eq!(*told(&headers), [pair("a=1"), pair("b=\u{e9}")]);
    }
}
