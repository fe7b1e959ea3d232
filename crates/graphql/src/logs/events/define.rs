//! The macro that declares an event type: the fields of `MessageEvent`, then those of the groups
//! it belongs to, then its own.
//!
//! Groups: `run` (of a run as a whole), `display` (label, description, metadata), `marker` (a span
//! of the timeline), `error`, `asset` (what is said about an asset).
//!
//! Each field is declared as async-graphql resolves it and, unless it has to wait, also as it is written with a
//! whole page of events ([`crate::direct`]). Own fields which need not wait stand under `told`, once for both.

macro_rules! event {
    ($name:ident: $($group:ident)*) => {
        event!(@build $name [$($group)*] {} {});
    };
    (
        $name:ident: $($group:ident)*;
        $(told {
            $($own:ident $field:literal = |$event:ident| -> $type:ty $value:block)*
        })?
        $(waits { $($waiting:tt)* })?
    ) => {
        event!(@build $name [$($group)*]
            {
                $($(async fn $own(&self) -> $type { let $event = &self.0; $value })*)?
                $($($waiting)*)?
            }
            { $($(($field, |$event| { let $event = &$event.0; ::std::convert::identity::<$type>($value) }))*)? }
        );
    };
    (@build $name:ident [run $($rest:ident)*] { $($fields:tt)* } { $($told:tt)* }) => {
        event!(@build $name [$($rest)*]
            {
                pub(crate) async fn pipeline_name(&self) -> String {
                    self.0.job_name.to_string()
                }
                $($fields)*
            }
            { ("pipelineName", |event| *event.0.job_name) $($told)* }
        );
    };
    (@build $name:ident [display $($rest:ident)*] { $($fields:tt)* } { $($told:tt)* }) => {
        event!(@build $name [$($rest)*]
            {
                pub(crate) async fn label(&self) -> Option<String> {
                    self.0.label()
                }
                pub(crate) async fn description(&self) -> Option<String> {
                    self.0.description().cloned()
                }
                pub(crate) async fn metadata_entries(&self) -> Vec<MetadataEntry> {
                    self.0.metadata()
                }
                $($fields)*
            }
            {
                ("label", |event| event.0.label())
                ("description", |event| event.0.description())
                ("metadataEntries", |event| event.0.metadata())
                $($told)*
            }
        );
    };
    (@build $name:ident [marker $($rest:ident)*] { $($fields:tt)* } { $($told:tt)* }) => {
        event!(@build $name [$($rest)*]
            {
                pub(crate) async fn marker_start(&self) -> Option<String> {
                    self.0.markers().0.cloned()
                }
                pub(crate) async fn marker_end(&self) -> Option<String> {
                    self.0.markers().1.cloned()
                }
                $($fields)*
            }
            {
                ("markerStart", |event| event.0.markers().0)
                ("markerEnd", |event| event.0.markers().1)
                $($told)*
            }
        );
    };
    (@build $name:ident [error $($rest:ident)*] { $($fields:tt)* } { $($told:tt)* }) => {
        event!(@build $name [$($rest)*]
            {
                pub(crate) async fn error(&self) -> Option<PythonError> {
                    self.0.error()
                }
                $($fields)*
            }
            { ("error", |event| event.0.error()) $($told)* }
        );
    };
    (@build $name:ident [asset $($rest:ident)*] { $($fields:tt)* } { $($told:tt)* }) => {
        event!(@build $name [$($rest)*]
            {
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
                    self.0.tags()
                }
                $($fields)*
            }
            {
                ("assetKey", |event| event.0.asset().and_then(|asset| asset.asset_key))
                ("partition", |event| event.0.asset().and_then(|asset| asset.partition))
                ("tags", |event| event.0.tags())
                $($told)*
            }
        );
    };
    (@build $name:ident [] { $($fields:tt)* } { $($told:tt)* }) => {
        #[derive(Clone)]
        pub(crate) struct $name(pub(crate) EventCore);

        #[Object]
        impl $name {
            pub(crate) async fn run_id(&self) -> String {
                self.0.run_id().to_owned()
            }
            pub(crate) async fn message(&self) -> String {
                self.0.message().to_owned()
            }
            pub(crate) async fn timestamp(&self) -> String {
                self.0.timestamp()
            }
            pub(crate) async fn level(&self) -> LogLevel {
                self.0.level()
            }
            pub(crate) async fn step_key(&self) -> Option<String> {
                self.0.step_key().map(str::to_owned)
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

        direct!($name as stringify!($name) => {
            ("runId", |event| event.0.run_id())
            ("message", |event| event.0.message())
            ("timestamp", |event| event.0.timestamp())
            ("level", |event| event.0.level())
            ("stepKey", |event| event.0.step_key())
            ("solidHandleID", |event| event.0.node_handle_id())
            ("eventType", |event| event.0.event_type())
            $($told)*
        });
    };
}
pub(super) use event;
