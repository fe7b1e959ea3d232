//! Changes of code locations, pushed as they happen.

use async_graphql::{Context, Enum, SimpleObject, Subscription};
use futures::Stream;
use rondel_code_location::{LocationStateChange, LocationStateChangeKind};
use tokio::sync::broadcast::error::RecvError;

use crate::context::ContextExt;

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
#[graphql(rename_items = "SCREAMING_SNAKE_CASE")]
pub(crate) enum LocationStateChangeEventType {
    LocationUpdated,
    LocationDisconnected,
    LocationReconnected,
    LocationError,
}

impl From<LocationStateChangeKind> for LocationStateChangeEventType {
    fn from(kind: LocationStateChangeKind) -> Self {
        match kind {
            LocationStateChangeKind::Updated => Self::LocationUpdated,
            LocationStateChangeKind::Disconnected => Self::LocationDisconnected,
            LocationStateChangeKind::Reconnected => Self::LocationReconnected,
            LocationStateChangeKind::Error => Self::LocationError,
        }
    }
}

#[derive(SimpleObject)]
pub(crate) struct LocationStateChangeEvent {
    event_type: LocationStateChangeEventType,
    message: String,
    location_name: String,
    server_id: Option<String>,
}

#[derive(SimpleObject)]
pub(crate) struct LocationStateChangeSubscription {
    event: LocationStateChangeEvent,
}

impl From<LocationStateChange> for LocationStateChangeSubscription {
    fn from(change: LocationStateChange) -> Self {
        Self {
            event: LocationStateChangeEvent {
                event_type: change.kind.into(),
                message: change.message,
                location_name: change.location_name,
                server_id: change.server_id,
            },
        }
    }
}

#[derive(Default)]
pub(crate) struct WorkspaceSubscription;

#[Subscription]
impl WorkspaceSubscription {
    /// Retrieve real-time events when a location in the workspace undergoes a state change.
    async fn location_state_change_events(
        &self,
        ctx: &Context<'_>,
    ) -> impl Stream<Item = LocationStateChangeSubscription> + use<> {
        let changes = ctx.request().app.workspace.location_events();
        futures::stream::unfold(changes, |mut changes| async move {
            loop {
                match changes.recv().await {
                    Ok(change) => return Some((change.into(), changes)),
                    // A slow client misses changes; the next one makes it fetch the location anyway.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => return None,
                }
            }
        })
    }
}
