//! The ops and graphs of a repository with where they are used.

use std::{collections::BTreeMap, sync::Arc};

use async_graphql::{Object, SimpleObject};

use super::{
    definitions::{ISolidDefinition, definition},
    nodes::SolidHandle,
    pipeline::Pipeline,
    view::{DefRef, JobView},
};
use crate::{errors::ResolverError, workspace::PreparedRepository};

/// A use of a definition in a job.
#[derive(SimpleObject)]
pub(crate) struct NodeInvocationSite {
    pipeline: Pipeline,
    solid_handle: SolidHandle,
}

/// An op or graph, and where a repository uses it.
pub(crate) struct UsedSolid {
    job: JobView,
    def: DefRef,
    sites: Vec<(Pipeline, SolidHandle)>,
}

#[Object]
impl UsedSolid {
    async fn definition(&self) -> ISolidDefinition {
        definition(&self.job, self.def)
    }

    async fn invocations(&self) -> Vec<NodeInvocationSite> {
        let site = |(pipeline, handle): &(Pipeline, SolidHandle)| NodeInvocationSite {
            pipeline: pipeline.clone(),
            solid_handle: handle.clone(),
        };
        self.sites.iter().map(site).collect()
    }
}

/// Every definition that jobs of a repository use, by name.
pub(crate) async fn used_solids(
    repository: &Arc<PreparedRepository>,
) -> Result<BTreeMap<String, UsedSolid>, ResolverError> {
    let mut used: BTreeMap<String, UsedSolid> = BTreeMap::new();
    for job_name in repository.job_names() {
        let pipeline = Pipeline::of(repository, job_name);
        let view = pipeline.view().await?;
        for handle in SolidHandle::list(view, None) {
            let def = handle.def()?;
            let entry = used.entry(view.def_name(def).to_owned());
            let new = || UsedSolid { job: view.clone(), def, sites: Vec::new() };
            entry.or_insert_with(new).sites.push((pipeline.clone(), handle));
        }
    }
    for solid in used.values_mut() {
        solid.sites.sort_by(|a, b| a.1.id().cmp(b.1.id()));
    }
    Ok(used)
}
