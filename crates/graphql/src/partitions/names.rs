//! The names of a job's partitions, whole or a page of them.

use std::sync::Arc;

use async_graphql::Context;
use rondel_model::{
    grpc::PartitionNamesArgs, ids::AssetKey, partition::PartitionsSnap, serdes::Extra,
};
use rondel_partitions::PartitionsDefinition;

use super::{
    context::Partitions,
    of_job::{definition_of_assets, set_of},
};
use crate::{context::ContextExt, errors::ResolverError, workspace::PreparedRepository};

/// A part of a list of names: after the cursor and so many, or before it and so many; from the beginning or the end
/// without a cursor, or with one that is no name.
#[derive(Default)]
pub(crate) struct NamesPage {
    cursor: Option<String>,
    limit: Option<usize>,
    is_reverse: bool,
}

impl NamesPage {
    /// What a client asks for. No limit and zero are the same.
    pub(crate) fn new(cursor: Option<String>, limit: Option<i32>, reverse: Option<bool>) -> Self {
        let limit = limit.and_then(|limit| usize::try_from(limit).ok());
        NamesPage {
            cursor: cursor.filter(|cursor| !cursor.is_empty()),
            limit: limit.filter(|limit| *limit != 0),
            is_reverse: reverse == Some(true),
        }
    }

    fn cut(&self, mut names: Vec<String>) -> Vec<String> {
        let at = self.cursor.as_ref().and_then(|cursor| names.iter().position(|it| it == cursor));
        match at {
            Some(at) if self.is_reverse => names.truncate(at),
            Some(at) => drop(names.drain(..=at)),
            None => {}
        }
        match self.limit {
            Some(limit) if self.is_reverse => {
                names.drain(..names.len().saturating_sub(limit));
            }
            Some(limit) => names.truncate(limit),
            None => {}
        }
        names
    }
}

impl Partitions {
    /// A page of the keys. Of windows of time only those of the page are made.
    fn page(&self, page: &NamesPage) -> Result<Vec<String>, ResolverError> {
        let (PartitionsDefinition::TimeWindow(_), Some(limit)) = (&self.definition, page.limit)
        else {
            return Ok(page.cut(self.keys()?));
        };
        let (definition, context) = (&self.definition, &self.context);
        let step = if page.is_reverse {
            PartitionsDefinition::previous_key
        } else {
            PartitionsDefinition::next_key
        };
        let is_known = |key: &str| definition.has_key(key, context).unwrap_or(false);
        let mut next = match page.cursor.as_deref().filter(|key| is_known(key)) {
            Some(cursor) => step(definition, cursor, context)?,
            None if page.is_reverse => definition.last_key(context)?,
            None => definition.first_key(context)?,
        };
        let mut keys = Vec::new();
        while let Some(key) = next.take().filter(|_| keys.len() < limit) {
            next = step(definition, &key, context)?;
            keys.push(key);
        }
        if page.is_reverse {
            keys.reverse();
        }
        Ok(keys)
    }
}

/// The names of a job's partitions, without asking the code server where its snapshot tells them.
pub(crate) async fn partition_names(
    ctx: &Context<'_>,
    repository: &Arc<PreparedRepository>,
    job_name: &str,
    selected: Option<&[AssetKey]>,
    page: &NamesPage,
) -> Result<Vec<String>, ResolverError> {
    let snap: Option<PartitionsSnap> = match set_of(repository, job_name) {
        Some(set) => match &set.partitions {
            Some(snap) => Some(snap.clone()),
            None => {
                let args = PartitionNamesArgs {
                    repository_origin: repository.origin.clone(),
                    partition_set_name: set.name.clone(),
                    job_name: Some(job_name.to_owned()),
                    extra: Extra::default(),
                };
                ctx.beyond_workspace();
                let names = repository.location.client().partition_names(&args).await?;
                return Ok(page.cut(names.partition_names));
            }
        },
        None => definition_of_assets(repository, job_name, selected)?,
    };
    match snap {
        Some(snap) => Partitions::load(ctx, &snap).await?.page(page),
        None => Ok(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use rondel_model::serdes::from_text;
    use rondel_partitions::Context;
    use serde_json::json;

    use super::*;

    #[test]
    fn pages_go_forwards_from_the_cursor_and_backwards_to_it() {
        let all = || ["a", "b", "c", "d"].map(str::to_owned).to_vec();
        let page = |cursor: Option<&str>, limit, reverse| {
            NamesPage::new(cursor.map(str::to_owned), limit, Some(reverse)).cut(all())
        };
        assert_eq!(page(None, None, false), all());
        assert_eq!(page(Some("b"), Some(1), false), ["c"]);
        assert_eq!(page(Some("d"), Some(2), true), ["b", "c"]);
        assert_eq!(page(None, Some(2), true), ["c", "d"]);
        assert_eq!(page(None, Some(9), true), all());
        assert_eq!(page(Some("d"), Some(0), false), Vec::<String>::new());
    }

    #[test]
    fn a_page_of_windows_is_that_of_their_list() {
        let snap = json!({"__class__": "ExternalTimeWindowPartitionsDefinitionData",
            "start": 1_767_225_600.0, "timezone": "UTC", "fmt": "%Y-%m-%d", "end_offset": 0, "end": null,
            "cron_schedule": "0 0 * * *"});
        let snap: PartitionsSnap = from_text(&snap.to_string()).unwrap();
        let definition = PartitionsDefinition::from_snap(&snap).unwrap();
        // Ten days later.
        let context = Context::at(1_767_225_600.0 + 10.5 * 86_400.0);
        let partitions = Partitions { definition, context };
        assert_eq!(partitions.keys().unwrap().len(), 10);
        for cursor in [None, Some("2026-01-01"), Some("2026-01-04"), Some("2026-01-10"), Some("x")]
        {
            for limit in [None, Some(0), Some(1), Some(3), Some(100)] {
                for reverse in [false, true] {
                    let page = NamesPage::new(cursor.map(str::to_owned), limit, Some(reverse));
                    let expected = page.cut(partitions.keys().unwrap());
                    let found = partitions.page(&page).unwrap();
                    assert_eq!(found, expected, "{cursor:?} {limit:?} {reverse}");
                }
            }
        }
    }
}
