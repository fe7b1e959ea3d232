//! Tags over all runs.

use async_graphql::{SimpleObject, Union};

use crate::errors::{PythonError, or_error};

/// A tag with all its values.
#[derive(SimpleObject)]
pub(crate) struct PipelineTagAndValues {
    pub(crate) key: String,
    pub(crate) values: Vec<String>,
}

#[derive(SimpleObject)]
pub(crate) struct RunTagKeys {
    pub(crate) keys: Vec<String>,
}

#[derive(SimpleObject)]
pub(crate) struct RunTags {
    pub(crate) tags: Vec<PipelineTagAndValues>,
}

#[derive(Union)]
pub(crate) enum RunTagKeysOrError {
    PythonError(PythonError),
    RunTagKeys(RunTagKeys),
}
or_error!(RunTagKeysOrError:);

#[derive(Union)]
pub(crate) enum RunTagsOrError {
    PythonError(PythonError),
    RunTags(RunTags),
}
or_error!(RunTagsOrError:);
