//! What every handler can reach.

use rondel_graphql::Schema;
use tokio_util::sync::CancellationToken;

use crate::{options::WebserverOptions, ui::Bundle};

/// One server's state.
pub(crate) struct AppState {
    pub(crate) schema: Schema,
    pub(crate) options: WebserverOptions,
    pub(crate) bundle: Bundle,
    /// The run storage's id.
    pub(crate) instance_id: String,
    pub(crate) shutdown: CancellationToken,
}
