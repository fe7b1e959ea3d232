//! A job of a loaded code location, and a job as a run recorded it.
//!
//! What the repository lists of a job (name, snapshot id, presets, owners) is answered from there;
//! the snapshot, which some code servers send on demand only, is read when a field needs it, once
//! for all fields of the object.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use rondel_model::{
    run::{RunsFilter, tags},
    snap::{JobRefSnap, PresetSnap},
};
use tokio::sync::OnceCell;

use super::{
    mode::Mode,
    nodes::{Solid, SolidHandle, solids},
    types::{DagsterType, DagsterTypeOrError, type_by_name},
    view::JobView,
};
use crate::{
    assets::AutomationCondition,
    common::{AssetKeyInput, DefinitionOwner, PipelineTag},
    config::str_of,
    context::ContextExt,
    errors::{ResolverError, capture},
    logs::{MetadataEntry, metadata_entries},
    partitions::{JobPartition, NamesPage, PartitionKeys, PartitionTagsAndConfig, partition_names},
    permissions::Permission,
    runs::{Run, fetch_runs},
    schedules::Schedule,
    sensors::Sensor,
    workspace::{PreparedRepository, Repository},
    yaml::dump_map,
};

/// The tag that names the tool which a job comes from.
const EXTERNAL_JOB_SOURCE_TAG: &str = "dagster/external_job_source";
/// Jobs that Dagster makes for assets outside of other jobs begin with this name.
const IMPLICIT_ASSET_JOB: &str = "__ASSET_JOB";

/// Run config and tags that a job brings along.
#[derive(SimpleObject)]
pub(crate) struct PipelinePreset {
    name: String,
    solid_selection: Option<Vec<String>>,
    run_config_yaml: String,
    mode: String,
    tags: Vec<PipelineTag>,
}

impl From<&PresetSnap> for PipelinePreset {
    fn from(preset: &PresetSnap) -> Self {
        Self {
            name: preset.name.clone(),
            solid_selection: preset.op_selection.clone(),
            run_config_yaml: dump_map(&preset.run_config),
            mode: preset.mode.clone(),
            tags: preset.tags.iter().map(PipelineTag::from).collect(),
        }
    }
}

/// A job: one that is loaded, by name or with its snapshot, or one that a run recorded.
#[derive(Clone)]
pub(crate) struct JobSource {
    listed: Option<Listed>,
    view: Arc<OnceCell<JobView>>,
}

#[derive(Clone)]
struct Listed {
    repository: Arc<PreparedRepository>,
    name: String,
}

impl Listed {
    fn reference(&self) -> Option<&JobRefSnap> {
        let mut refs = self.repository.snap.job_refs.iter().flatten();
        refs.find(|job| job.name == self.name)
    }
}

/// A job of a loaded code location.
#[derive(Clone)]
pub(crate) struct Pipeline(JobSource);

impl Pipeline {
    /// A job by the name under which its repository lists it.
    pub(crate) fn of(repository: &Arc<PreparedRepository>, name: &str) -> Self {
        let listed = Listed { repository: Arc::clone(repository), name: name.to_owned() };
        Self(JobSource { listed: Some(listed), view: Arc::default() })
    }

    /// As [`Self::of`], restricted to a selection whose snapshot the code server has sent.
    pub(super) fn subset(repository: &Arc<PreparedRepository>, name: &str, view: JobView) -> Self {
        let Self(source) = Self::of(repository, name);
        Self(JobSource { view: Arc::new(OnceCell::new_with(Some(view))), ..source })
    }

    pub(crate) async fn view(&self) -> std::result::Result<&JobView, ResolverError> {
        self.0.view().await
    }

    fn listed(&self) -> std::result::Result<&Listed, ResolverError> {
        let missing = || ResolverError::invariant("the job is not loaded");
        self.0.listed.as_ref().ok_or_else(missing)
    }

    fn preset_list(&self) -> Vec<PipelinePreset> {
        let Some(listed) = &self.0.listed else { return Vec::new() };
        let mut full = listed.repository.snap.job_datas.iter().flatten();
        // A subset's own are in its snapshot; the listing has those of the whole job.
        let presets = match (self.0.view.get().and_then(JobView::presets), listed.reference()) {
            (Some(presets), _) => presets,
            (None, Some(reference)) => &reference.active_presets,
            (None, None) => match full.find(|job| job.name == listed.name) {
                Some(job) => &job.active_presets,
                None => return Vec::new(),
            },
        };
        let mut presets: Vec<PipelinePreset> = presets.iter().map(PipelinePreset::from).collect();
        presets.sort_by(|a, b| a.name.cmp(&b.name));
        presets
    }

    fn targets_assets(&self) -> bool {
        let Some(listed) = &self.0.listed else { return false };
        let is_implicit = listed.name.starts_with(IMPLICIT_ASSET_JOB);
        let graph = listed.repository.asset_graph();
        is_implicit || graph.materialized_by_job(&listed.name).iter().next().is_some()
    }
}

impl JobSource {
    /// The snapshot, from the code server the first time.
    async fn view(&self) -> std::result::Result<&JobView, ResolverError> {
        let load = || async {
            let missing = || ResolverError::invariant("a recorded job has its snapshot");
            let listed = self.listed.as_ref().ok_or_else(missing)?;
            let repository = &listed.repository;
            let data = repository.location.job(&repository.name, &listed.name).await?;
            let id = listed.reference().map(|reference| reference.snapshot_id.clone());
            let name = listed.name.clone();
            Ok::<_, ResolverError>(JobView::loaded(Arc::clone(repository), name, data, id))
        };
        self.view.get_or_try_init(load).await
    }

    async fn name(&self) -> std::result::Result<String, ResolverError> {
        match &self.listed {
            Some(listed) => Ok(listed.name.clone()),
            None => Ok(self.view().await?.name().to_owned()),
        }
    }

    async fn snapshot_id(&self) -> std::result::Result<String, ResolverError> {
        // A narrowed job has its snapshot already and another id than the whole one.
        let reference = self.listed.as_ref().filter(|_| self.view.get().is_none());
        match reference.and_then(Listed::reference) {
            Some(reference) => Ok(reference.snapshot_id.clone()),
            None => Ok(self.view().await?.snapshot_id().to_owned()),
        }
    }

    async fn id(&self) -> std::result::Result<String, ResolverError> {
        match &self.listed {
            Some(listed) => Ok(listed.repository.job_origin_id(&listed.name)),
            None => self.snapshot_id().await,
        }
    }

    async fn owners(&self) -> std::result::Result<Vec<DefinitionOwner>, ResolverError> {
        if let Some(reference) = self.listed.as_ref().and_then(Listed::reference) {
            return Ok(DefinitionOwner::list(reference.owners.as_deref()));
        }
        Ok(DefinitionOwner::list(self.view().await?.snap().owners.as_deref()))
    }

    async fn external_source(&self) -> std::result::Result<Option<String>, ResolverError> {
        if let Some(reference) = self.listed.as_ref().and_then(Listed::reference) {
            let tags = reference.preview_tags.as_ref();
            return Ok(tags.and_then(|tags| tags.get(EXTERNAL_JOB_SOURCE_TAG)).cloned());
        }
        Ok(self.view().await?.snap().tags.get(EXTERNAL_JOB_SOURCE_TAG).map(str_of))
    }

    /// Runs of the job, in this repository if it is loaded.
    async fn runs(
        &self,
        ctx: &Context<'_>,
        cursor: Option<String>,
        limit: Option<i32>,
    ) -> std::result::Result<Vec<Run>, ResolverError> {
        let filter = RunsFilter { job_name: Some(self.name().await?), ..RunsFilter::default() };
        let filter = match &self.listed {
            Some(listed) => filter.with_tag(tags::REPOSITORY_LABEL_TAG, listed.repository.label()),
            None => filter,
        };
        fetch_runs(ctx, &filter, cursor.as_deref(), limit).await
    }

    fn schedules(&self) -> Vec<Schedule> {
        let Some(listed) = &self.listed else { return Vec::new() };
        Schedule::targeting(&listed.repository, &listed.name).collect()
    }

    fn sensors(&self) -> Vec<Sensor> {
        let Some(listed) = &self.listed else { return Vec::new() };
        Sensor::targeting(&listed.repository, &listed.name).collect()
    }
}

fn asset_keys(keys: Vec<AssetKeyInput>) -> Vec<rondel_model::ids::AssetKey> {
    keys.into_iter().map(Into::into).collect()
}

/// Tags with values of any type, as Python writes them.
fn tag_list<'a>(
    tags: impl Iterator<Item = (&'a String, &'a rondel_model::serdes::Value)>,
) -> Vec<PipelineTag> {
    tags.map(|(key, value)| PipelineTag { key: key.clone(), value: str_of(value) }).collect()
}

/// Declares a type of job: the fields which all have, then its own.
macro_rules! job_type {
    ($name:ident { $($own:tt)* }) => {
        #[Object]
        impl $name {
            pub(crate) async fn id(&self) -> Result<ID> {
                Ok(self.shown_id().await?.into())
            }
            pub(crate) async fn name(&self) -> Result<String> {
                Ok(self.source().name().await?)
            }
            pub(crate) async fn description(&self) -> Result<Option<String>> {
                Ok(self.source().view().await?.snap().description.clone())
            }
            pub(crate) async fn solids(&self) -> Result<Vec<Solid>> {
                Ok(solids(self.source().view().await?, None))
            }
            pub(crate) async fn solid_handle(
                &self,
                #[graphql(name = "handleID")] handle_id: String,
            ) -> Result<Option<SolidHandle>> {
                Ok(SolidHandle::find(self.source().view().await?, &handle_id))
            }
            pub(crate) async fn solid_handles(
                &self,
                #[graphql(name = "parentHandleID")] parent_handle_id: Option<String>,
            ) -> Result<Vec<SolidHandle>> {
                let view = self.source().view().await?;
                Ok(SolidHandle::list(view, parent_handle_id.as_deref()))
            }
            pub(crate) async fn modes(&self) -> Result<Vec<Mode>> {
                Ok(Mode::list(self.source().view().await?, &self.shown_id().await?))
            }
            pub(crate) async fn owners(&self) -> Result<Vec<DefinitionOwner>> {
                Ok(self.source().owners().await?)
            }
            pub(crate) async fn pipeline_snapshot_id(&self) -> Result<String> {
                Ok(self.source().snapshot_id().await?)
            }
            pub(crate) async fn dagster_types(&self) -> Result<Vec<DagsterType>> {
                Ok(DagsterType::named_of(self.source().view().await?)?)
            }
            pub(crate) async fn dagster_type_or_error(
                &self,
                ctx: &Context<'_>,
                dagster_type_name: String,
            ) -> DagsterTypeOrError {
                capture(ctx, async {
                    type_by_name(self.source().view().await?, &dagster_type_name)
                })
                .await
            }
            pub(crate) async fn tags(&self) -> Result<Vec<PipelineTag>> {
                let snap = self.source().view().await?.snap();
                let shown = |key: &str| tags::tag_kind(key) != tags::TagKind::Hidden;
                Ok(tag_list(snap.tags.iter().filter(|(key, _)| shown(key))))
            }
            pub(crate) async fn metadata_entries(&self) -> Result<Vec<MetadataEntry>> {
                Ok(metadata_entries(&self.source().view().await?.snap().metadata))
            }
            pub(crate) async fn runs(
                &self,
                ctx: &Context<'_>,
                cursor: Option<String>,
                limit: Option<i32>,
            ) -> Result<Vec<Run>> {
                Ok(self.source().runs(ctx, cursor, limit).await?)
            }
            pub(crate) async fn schedules(&self) -> Vec<Schedule> {
                self.source().schedules()
            }
            pub(crate) async fn sensors(&self) -> Vec<Sensor> {
                self.source().sensors()
            }
            pub(crate) async fn parent_snapshot_id(&self) -> Result<Option<String>> {
                let lineage = self.source().view().await?.snap().lineage_snapshot.as_ref();
                Ok(lineage.map(|lineage| lineage.parent_snapshot_id.clone()))
            }
            pub(crate) async fn graph_name(&self) -> Result<String> {
                Ok(self.source().view().await?.snap().graph_def_name.clone())
            }
            async fn run_tags(&self) -> Result<Vec<PipelineTag>> {
                Ok(tag_list(self.source().view().await?.snap().run_tags.iter().flatten()))
            }
            async fn external_job_source(&self) -> Result<Option<String>> {
                Ok(self.source().external_source().await?)
            }
            $($own)*
        }
    };
}

/// Declares a type for jobs that are loaded.
macro_rules! loaded_job_type {
    ($name:ident) => {
        job_type!($name {
            async fn presets(&self) -> Vec<PipelinePreset> {
                self.pipeline().preset_list()
            }
            /// Every job is one; before 0.13 there were pipelines.
            async fn is_job(&self) -> bool {
                true
            }
            async fn is_asset_job(&self) -> bool {
                self.pipeline().targets_assets()
            }
            async fn repository(&self) -> Result<Repository> {
                Ok(Repository(Arc::clone(&self.pipeline().listed()?.repository)))
            }
            async fn partition_keys_or_error(
                &self,
                ctx: &Context<'_>,
                cursor: Option<String>,
                limit: Option<i32>,
                reverse: Option<bool>,
                selected_asset_keys: Option<Vec<AssetKeyInput>>,
            ) -> Result<PartitionKeys> {
                let listed = self.pipeline().listed()?;
                let selected = selected_asset_keys.map(asset_keys);
                let (repository, name) = (&listed.repository, &listed.name);
                let (selected, page) = (selected.as_deref(), NamesPage::new(cursor, limit, reverse));
                let partition_keys =
                    partition_names(ctx, repository, name, selected, &page).await?;
                Ok(PartitionKeys { partition_keys })
            }
            async fn partition(
                &self,
                partition_name: String,
                selected_asset_keys: Option<Vec<AssetKeyInput>>,
            ) -> Result<Option<PartitionTagsAndConfig>> {
                let listed = self.pipeline().listed()?;
                Ok(Some(PartitionTagsAndConfig(JobPartition {
                    repository: Arc::clone(&listed.repository),
                    job_name: listed.name.clone(),
                    name: partition_name,
                    selected: selected_asset_keys.map(asset_keys),
                })))
            }
            async fn has_launch_execution_permission(&self, ctx: &Context<'_>) -> bool {
                ctx.may(Permission::LaunchPipelineExecution)
            }
            async fn has_launch_reexecution_permission(&self, ctx: &Context<'_>) -> bool {
                ctx.may(Permission::LaunchPipelineReexecution)
            }
            async fn node_names(&self) -> Result<Vec<String>> {
                let nodes = self.source().view().await?.nodes(None);
                Ok(nodes.iter().map(|node| node.node_name.clone()).collect())
            }
            async fn automation_condition(&self) -> Result<Option<AutomationCondition>> {
                let listed = self.pipeline().listed()?;
                if let Some(reference) = listed.reference() {
                    let condition = reference.automation_condition.as_ref();
                    return Ok(condition.map(AutomationCondition::of));
                }
                let condition = &self.source().view().await?.snap().automation_condition;
                Ok(condition.as_ref().map(AutomationCondition::of))
            }
        });
    };
}

impl Pipeline {
    fn source(&self) -> &JobSource {
        &self.0
    }

    async fn shown_id(&self) -> std::result::Result<String, ResolverError> {
        self.0.id().await
    }

    fn pipeline(&self) -> &Pipeline {
        self
    }
}

/// A job of a loaded code location, under its newer name.
#[derive(Clone)]
pub(crate) struct Job(pub(crate) Pipeline);

impl Job {
    fn source(&self) -> &JobSource {
        self.0.source()
    }

    async fn shown_id(&self) -> std::result::Result<String, ResolverError> {
        self.0.shown_id().await
    }

    fn pipeline(&self) -> &Pipeline {
        &self.0
    }
}

/// A job as a snapshot shows it: the loaded one, or one that a run recorded.
#[derive(Clone)]
pub(crate) struct PipelineSnapshot(JobSource);

impl PipelineSnapshot {
    pub(crate) fn recorded(view: JobView) -> Self {
        let view = Arc::new(OnceCell::new_with(Some(view)));
        Self(JobSource { listed: None, view })
    }

    pub(super) fn loaded(pipeline: Pipeline) -> Self {
        Self(pipeline.0)
    }

    fn source(&self) -> &JobSource {
        &self.0
    }

    /// A snapshot is known by its own id, even when it is that of a loaded job.
    async fn shown_id(&self) -> std::result::Result<String, ResolverError> {
        self.0.snapshot_id().await
    }
}

loaded_job_type!(Pipeline);
loaded_job_type!(Job);
job_type!(PipelineSnapshot {
    pub(crate) async fn solid_selection(&self) -> Result<Option<Vec<String>>> {
        let lineage = self.source().view().await?.snap().lineage_snapshot.as_ref();
        Ok(lineage.and_then(|lineage| lineage.op_selection.clone()))
    }
});
