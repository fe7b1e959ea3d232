//! Runs by id, batched: a page that shows the run of each of its rows reads them at once.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, dataloader::Loader};
use rondel_model::{
    ids::RunId,
    run::{RunRecord, RunsFilter},
};

use super::Run;
use crate::{
    context::{ContextExt, StorageLoader},
    errors::ResolverError,
};

/// A run to load.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RunKey(pub(crate) String);

impl Loader<RunKey> for StorageLoader {
    type Value = Arc<RunRecord>;
    type Error = ResolverError;

    async fn load(&self, keys: &[RunKey]) -> Result<HashMap<RunKey, Self::Value>, Self::Error> {
        let ids = keys.iter().map(|key| RunId::from(key.0.clone()));
        let query =
            rondel_storage::RunsQuery { filter: RunsFilter::by_ids(ids), ..Default::default() };
        let records = self.storage.runs().get_records(query).await?;
        Ok(records
            .into_iter()
            .map(|record| (RunKey(record.run.run_id.as_str().to_owned()), Arc::new(record)))
            .collect())
    }
}

/// One run.
pub(crate) async fn load_run(
    ctx: &Context<'_>,
    run_id: &RunId,
) -> Result<Option<Run>, ResolverError> {
    let record = ctx.loader().load_one(RunKey(run_id.as_str().to_owned())).await?;
    Ok(record.map(Run::new))
}

/// Several runs, by id; what does not exist is left out.
pub(crate) async fn load_runs(
    ctx: &Context<'_>,
    run_ids: impl IntoIterator<Item = String>,
) -> Result<HashMap<String, Run>, ResolverError> {
    let records = ctx.loader().load_many(run_ids.into_iter().map(RunKey)).await?;
    Ok(records.into_iter().map(|(key, record)| (key.0, Run::new(record))).collect())
}
