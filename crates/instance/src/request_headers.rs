//! The headers of the HTTP request on whose behalf something is done.
//!
//! A run coordinator of somebody else's may ask for them when a run is submitted (Dagster's
//! `SubmitRunContext.get_request_header`), say to note who launched it. They go with the task that answers the
//! request; what it spawns has none.

use std::sync::Arc;

/// Names and values, in the order of the request.
pub type RequestHeaders = Arc<[(String, String)]>;

tokio::task_local! {
    static HEADERS: RequestHeaders;
}

/// Does something on behalf of a request.
pub async fn on_behalf_of<T>(headers: RequestHeaders, work: impl Future<Output = T>) -> T {
    HEADERS.scope(headers, work).await
}

/// The headers of the request that is being answered; none where there is no request.
pub(crate) fn of_request() -> RequestHeaders {
    HEADERS.try_with(Arc::clone).unwrap_or_default()
}
