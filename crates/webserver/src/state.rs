//! What every handler can reach.

use std::sync::Arc;

use rondel_code_location::Workspace;
use rondel_graphql::Schema;
use rondel_instance::Instance;
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
