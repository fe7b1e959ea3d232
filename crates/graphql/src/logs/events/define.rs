//! The macro that declares an event type: the fields of `MessageEvent`, then those of the groups
//! it belongs to, then its own.
//!
//! Groups: `run` (of a run as a whole), `display` (label, description, metadata), `marker` (a span
//! of the timeline), `error`, `asset` (what is said about an asset).

macro_rules! event {
    ($name:ident: $($group:ident)*) => {
        event!(@build $name [$($group)*] {});
    };
    ($name:ident: $($group:ident)*; $($own:tt)*) => {
        event!(@build $name [$($group)*] { $($own)* });
    };
    (@build $name:ident [run $($rest:ident)*] { $($fields:tt)* }) => {
        event!(@build $name [$($rest)*] {
            pub(crate) async fn pipeline_name(&self) -> String {
                self.0.job_name.to_string()
            }
            $($fields)*
        });
    };
    (@build $name:ident [display $($rest:ident)*] { $($fields:tt)* }) => {
        event!(@build $name [$($rest)*] {
            pub(crate) async fn label(&self) -> Option<String> {
                self.0.label()
            }
            pub(crate) async fn description(&self) -> Option<String> {
                self.0.description()
            }
            pub(crate) async fn metadata_entries(&self) -> Vec<MetadataEntry> {
                self.0.metadata()
            }
            $($fields)*
        });
    };
    (@build $name:ident [marker $($rest:ident)*] { $($fields:tt)* }) => {
        event!(@build $name [$($rest)*] {
            pub(crate) async fn marker_start(&self) -> Option<String> {
                self.0.markers().0
            }
            pub(crate) async fn marker_end(&self) -> Option<String> {
                self.0.markers().1
            }
            $($fields)*
        });
    };
    (@build $name:ident [error $($rest:ident)*] { $($fields:tt)* }) => {
        event!(@build $name [$($rest)*] {
            pub(crate) async fn error(&self) -> Option<PythonError> {
                self.0.error()
            }
            $($fields)*
        });
    };
    (@build $name:ident [asset $($rest:ident)*] { $($fields:tt)* }) => {
        event!(@build $name [$($rest)*] {
            async fn asset_key(&self) -> Option<AssetKey> {
                self.0.asset()?.asset_key.map(AssetKey::from)
            }
            async fn run_or_error(&self, ctx: &Context<'_>) -> RunOrError {
                run_or_error(ctx, &self.0.entry.run_id).await
            }
            async fn step_stats(&self, ctx: &Context<'_>) -> Result<RunStepStats> {
                step_stats_of_event(ctx, &self.0).await
            }
            async fn partition(&self) -> Option<String> {
                self.0.asset()?.partition.cloned()
            }
            async fn tags(&self) -> Vec<EventTag> {
                self.0
                    .asset()
                    .and_then(|asset| asset.tags)
                    .into_iter()
                    .flatten()
                    .map(|(key, value)| EventTag { key: key.clone(), value: value.clone() })
                    .collect()
            }
            $($fields)*
        });
    };
    (@build $name:ident [] { $($fields:tt)* }) => {
        #[derive(Clone)]
        pub(crate) struct $name(pub(crate) EventCore);

        #[Object]
        impl $name {
            pub(crate) async fn run_id(&self) -> String {
                self.0.run_id()
            }
            pub(crate) async fn message(&self) -> String {
                self.0.message()
            }
            pub(crate) async fn timestamp(&self) -> String {
                self.0.timestamp()
            }
            pub(crate) async fn level(&self) -> LogLevel {
                self.0.level()
            }
            pub(crate) async fn step_key(&self) -> Option<String> {
                self.0.step_key()
            }
            #[graphql(name = "solidHandleID")]
            pub(crate) async fn solid_handle_id(&self) -> Option<String> {
                self.0.node_handle_id()
            }
            pub(crate) async fn event_type(&self) -> Option<DagsterEventType> {
                self.0.event_type()
            }
            $($fields)*
        }
    };
}
pub(super) use event;
