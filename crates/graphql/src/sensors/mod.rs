//! Sensors: definitions, states, cursors, switching them on and off.

mod mutations;

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject, Union};
use rondel_model::{
    instigation::{
        self as model, DEFAULT_SENSOR_INTERVAL, InstigatorDefinition, InstigatorState,
        InstigatorStatus,
    },
    snap::{SensorSnap, TargetSnap},
};

pub(crate) use mutations::{SensorMutation, StopSensorMutationResultOrError};

use crate::{
    assets::AssetSelection,
    common::{AssetKey, DefinitionOwner, DefinitionTag, RepositorySelector, SensorSelector},
    context::ContextExt,
    errors::{
        PythonError, RepositoryNotFoundError, ResolverError, SensorNotFoundError,
        UnauthorizedError, capture, or_error,
    },
    instigation::{
        DryRunInstigationTick, InstigationState, InstigationStatus, LatestTicksKey, StateKey,
    },
    logs::{MetadataEntry, metadata_entries},
    permissions::Permission,
    workspace::{InstigatorIds, PreparedRepository, require_repository},
};

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
#[graphql(remote = "model::SensorType")]
pub(crate) enum SensorType {
    Standard,
    RunStatus,
    Asset,
    MultiAsset,
    FreshnessPolicy,
    AutoMaterialize,
    Automation,
    Unknown,
}

/// A job that a sensor may launch.
#[derive(SimpleObject)]
pub(crate) struct Target {
    pipeline_name: String,
    mode: String,
    solid_selection: Option<Vec<String>>,
}

impl From<&TargetSnap> for Target {
    fn from(snap: &TargetSnap) -> Self {
        Self {
            pipeline_name: snap.job_name.clone(),
            mode: snap.mode.clone(),
            solid_selection: snap.op_selection.clone(),
        }
    }
}

#[derive(SimpleObject)]
pub(crate) struct SensorMetadata {
    asset_keys: Option<Vec<AssetKey>>,
}

/// A sensor of a repository.
#[derive(Clone)]
pub(crate) struct Sensor {
    repository: Arc<PreparedRepository>,
    index: usize,
}

impl Sensor {
    pub(crate) fn new(repository: &Arc<PreparedRepository>, index: usize) -> Self {
        Self { repository: Arc::clone(repository), index }
    }

    pub(crate) fn find(repository: &Arc<PreparedRepository>, name: &str) -> Option<Self> {
        let index = repository.snap.sensors.iter().position(|sensor| sensor.name == name)?;
        Some(Self::new(repository, index))
    }

    /// The sensors that may launch a job.
    pub(crate) fn targeting<'a>(
        repository: &'a Arc<PreparedRepository>,
        job_name: &'a str,
    ) -> impl Iterator<Item = Self> + 'a {
        let sensors = repository.snap.sensors.iter().enumerate();
        let targets = move |snap: &SensorSnap| {
            snap.target_dict.values().any(|target| target.job_name == job_name)
        };
        sensors
            .filter(move |(_, snap)| targets(snap))
            .map(|(index, _)| Self::new(repository, index))
    }

    pub(crate) fn repository(&self) -> &Arc<PreparedRepository> {
        &self.repository
    }

    pub(crate) fn snap(&self) -> &SensorSnap {
        &self.repository.snap.sensors[self.index]
    }

    pub(crate) fn ids(&self) -> InstigatorIds {
        self.repository.instigator_ids(&self.snap().name)
    }

    pub(crate) fn kind(&self) -> SensorType {
        self.snap().sensor_type.unwrap_or(model::SensorType::Unknown).into()
    }

    pub(crate) fn definition(&self) -> InstigatorDefinition {
        InstigatorDefinition::sensor(
            self.repository.instigator_origin(&self.snap().name),
            self.snap(),
        )
    }

    fn interval(&self) -> i64 {
        self.snap()
            .min_interval
            .filter(|interval| *interval != 0)
            .unwrap_or(DEFAULT_SENSOR_INTERVAL)
    }

    async fn stored(
        &self,
        ctx: &Context<'_>,
    ) -> std::result::Result<Option<Arc<InstigatorState>>, ResolverError> {
        ctx.loader().load_one(StateKey(self.ids())).await
    }

    /// The state that counts.
    pub(crate) async fn state(
        &self,
        ctx: &Context<'_>,
    ) -> std::result::Result<InstigationState, ResolverError> {
        let stored = self.stored(ctx).await?;
        let current = self.definition().current(stored.as_deref());
        Ok(match stored {
            // Its origin may be one from before, as that of a code server on another port.
            Some(_) => InstigationState::new(Arc::new(current)),
            None => InstigationState::with_ids(current, self.ids()),
        })
    }

    /// The tick expected next, as long as it is not overdue.
    pub(crate) async fn next_tick(
        self,
        ctx: &Context<'_>,
        ids: &InstigatorIds,
    ) -> std::result::Result<Option<DryRunInstigationTick>, ResolverError> {
        let key = LatestTicksKey { selector_id: ids.selector_id.clone(), limit: 1 };
        let latest = ctx.loader().load_one(key).await?.unwrap_or_default();
        let Some(latest) = latest.first() else { return Ok(None) };
        let next = latest.tick_data.timestamp + self.interval() as f64;
        Ok((next >= ctx.now()).then(|| DryRunInstigationTick::sensor(self, Some(next), None)))
    }
}

#[Object]
impl Sensor {
    async fn id(&self) -> ID {
        self.ids().compound().into()
    }

    async fn job_origin_id(&self) -> String {
        self.ids().origin_id
    }

    async fn name(&self) -> &str {
        &self.snap().name
    }

    async fn targets(&self) -> Option<Vec<Target>> {
        Some(self.snap().target_dict.values().map(Target::from).collect())
    }

    async fn default_status(&self) -> InstigationStatus {
        if self.definition().runs_by_default() {
            InstigationStatus::Running
        } else {
            InstigationStatus::Stopped
        }
    }

    async fn can_reset(&self, ctx: &Context<'_>) -> Result<bool> {
        let stored = self.stored(ctx).await?;
        Ok(stored.is_some_and(|state| state.status != InstigatorStatus::DeclaredInCode))
    }

    async fn has_cursor_update_permissions(&self, ctx: &Context<'_>) -> bool {
        ctx.may(Permission::UpdateSensorCursor)
    }

    async fn sensor_state(&self, ctx: &Context<'_>) -> Result<InstigationState> {
        Ok(self.state(ctx).await?)
    }

    async fn min_interval_seconds(&self) -> i32 {
        i32::try_from(self.interval()).unwrap_or(i32::MAX)
    }

    async fn description(&self) -> Option<&str> {
        self.snap().description.as_deref()
    }

    #[graphql(name = "nextTick")]
    async fn expected_tick(&self, ctx: &Context<'_>) -> Result<Option<DryRunInstigationTick>> {
        let stored = self.stored(ctx).await?;
        if !self.definition().current(stored.as_deref()).status.is_running() {
            return Ok(None);
        }
        Ok(self.clone().next_tick(ctx, &self.ids()).await?)
    }

    async fn metadata(&self) -> SensorMetadata {
        let keys = self.snap().metadata.as_ref().and_then(|metadata| metadata.asset_keys.as_ref());
        SensorMetadata { asset_keys: keys.map(|keys| keys.iter().map(AssetKey::from).collect()) }
    }

    async fn sensor_type(&self) -> SensorType {
        self.kind()
    }

    async fn asset_selection(&self) -> Option<AssetSelection> {
        AssetSelection::of(&self.repository, self.snap().asset_selection.as_ref()?)
    }

    async fn owners(&self) -> Vec<DefinitionOwner> {
        DefinitionOwner::list(self.snap().owners.as_deref())
    }

    async fn tags(&self) -> Vec<DefinitionTag> {
        self.snap().tags.iter().map(DefinitionTag::from).collect()
    }

    async fn metadata_entries(&self) -> Vec<MetadataEntry> {
        let metadata =
            self.snap().metadata.as_ref().and_then(|metadata| metadata.standard_metadata.as_ref());
        metadata.map(metadata_entries).unwrap_or_default()
    }
}

#[derive(Union)]
pub(crate) enum SensorOrError {
    Sensor(Sensor),
    SensorNotFoundError(SensorNotFoundError),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
}
or_error!(SensorOrError: SensorNotFoundError, UnauthorizedError);

#[derive(SimpleObject)]
pub(crate) struct Sensors {
    results: Vec<Sensor>,
}

#[derive(Union)]
pub(crate) enum SensorsOrError {
    Sensors(Sensors),
    RepositoryNotFoundError(RepositoryNotFoundError),
    PythonError(PythonError),
}
or_error!(SensorsOrError: RepositoryNotFoundError);

/// The sensor a client names.
fn find_sensor(
    ctx: &Context<'_>,
    selector: &SensorSelector,
) -> std::result::Result<Sensor, ResolverError> {
    let workspace = ctx.prepared();
    let repository =
        workspace.repository(&selector.repository_location_name, &selector.repository_name);
    let sensor = repository.and_then(|repository| Sensor::find(repository, &selector.sensor_name));
    sensor.ok_or_else(|| SensorNotFoundError::new(&selector.sensor_name).into())
}

#[derive(Default)]
pub(crate) struct SensorQuery;

#[Object]
impl SensorQuery {
    /// Retrieve a sensor by its location name, repository name, and sensor name.
    async fn sensor_or_error(
        &self,
        ctx: &Context<'_>,
        sensor_selector: SensorSelector,
    ) -> SensorOrError {
        capture(ctx, async { find_sensor(ctx, &sensor_selector) }).await
    }

    /// Retrieve all the sensors.
    async fn sensors_or_error(
        &self,
        ctx: &Context<'_>,
        repository_selector: RepositorySelector,
        sensor_status: Option<InstigationStatus>,
    ) -> SensorsOrError {
        capture(ctx, async {
            let repository = require_repository(ctx, &repository_selector)?;
            let all: Vec<Sensor> = (0..repository.snap.sensors.len())
                .map(|index| Sensor::new(&repository, index))
                .collect();
            let Some(wanted) = sensor_status else { return Ok(Sensors { results: all }) };
            let stored =
                ctx.loader().load_many(all.iter().map(|sensor| StateKey(sensor.ids()))).await?;
            let running = |sensor: &Sensor| {
                let stored = stored.get(&StateKey(sensor.ids()));
                sensor.definition().current(stored.map(Arc::as_ref)).status.is_running()
            };
            let results = all
                .into_iter()
                .filter(|s| running(s) == (wanted == InstigationStatus::Running))
                .collect();
            Ok(Sensors { results })
        })
        .await
    }
}
