//! What a condition is about: an asset, a check or a job.

use async_graphql::{InputObject, SimpleObject, Union};
use rondel_model::ids::{AssetCheckKey, AssetJobKey as ModelJobKey, EntityKey as ModelKey};

use crate::{
    common::{AssetCheckHandle, AssetCheckHandleInput, AssetKey, AssetKeyInput},
    errors::ResolverError,
};

#[derive(InputObject)]
pub(crate) struct AssetJobKeyInput {
    job_name: String,
}

#[derive(SimpleObject)]
pub(crate) struct AssetJobKey {
    job_name: String,
}

/// What a condition is about.
#[derive(Union)]
pub(crate) enum EntityKey {
    AssetKey(AssetKey),
    AssetCheckhandle(AssetCheckHandle),
    AssetJobKey(AssetJobKey),
}

impl From<&ModelKey> for EntityKey {
    fn from(key: &ModelKey) -> Self {
        match key {
            ModelKey::Asset(key) => EntityKey::AssetKey(key.into()),
            ModelKey::Check(key) => EntityKey::AssetCheckhandle(key.into()),
            ModelKey::Job(key) => {
                EntityKey::AssetJobKey(AssetJobKey { job_name: key.job_name.clone() })
            }
            ModelKey::Unknown(value) => {
                EntityKey::AssetJobKey(AssetJobKey { job_name: value.to_string() })
            }
        }
    }
}

/// The key a client names, in its database form.
pub(super) fn db_key(
    asset: Option<AssetKeyInput>,
    check: Option<AssetCheckHandleInput>,
    job: Option<AssetJobKeyInput>,
) -> Result<String, ResolverError> {
    let key = match (asset, check, job) {
        (Some(asset), ..) => ModelKey::Asset(asset.into()),
        (None, Some(check), _) => ModelKey::Check(AssetCheckKey::from(check)),
        (None, None, Some(job)) => {
            ModelKey::Job(ModelJobKey { job_name: job.job_name, extra: Default::default() })
        }
        (None, None, None) => {
            return Err(ResolverError::raised(
                "dagster_shared.check.functions.CheckError",
                "Expected non-None value: None",
            ));
        }
    };
    Ok(key.to_db_string())
}
