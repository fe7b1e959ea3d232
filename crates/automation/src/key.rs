//! What a condition is about: an asset, an asset check or a job.

use rondel_model::ids::{AssetCheckKey, AssetJobKey, AssetKey, EntityKey};

use crate::error::{AutomationError, Result};

/// Dagster's `EntityKey` without classes unknown to this version, so that it can be sorted and hashed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// An asset.
    Asset(AssetKey),
    /// An asset check.
    Check(AssetCheckKey),
    /// A job.
    Job(AssetJobKey),
}

impl Key {
    /// From the stored form.
    ///
    /// # Errors
    /// A class this version does not know.
    pub fn from_stored(key: &EntityKey) -> Result<Self> {
        match key {
            EntityKey::Asset(key) => Ok(Self::Asset(key.clone())),
            EntityKey::Check(key) => Ok(Self::Check(key.clone())),
            EntityKey::Job(key) => Ok(Self::Job(key.clone())),
            EntityKey::Unknown(value) => Err(AutomationError::UnknownKey(value.to_string())),
        }
    }

    /// The stored form.
    pub fn to_stored(&self) -> EntityKey {
        match self {
            Self::Asset(key) => EntityKey::Asset(key.clone()),
            Self::Check(key) => EntityKey::Check(key.clone()),
            Self::Job(key) => EntityKey::Job(key.clone()),
        }
    }

    /// `a/b`, `a/b:check`, `job`.
    pub fn to_user_string(&self) -> String {
        match self {
            Self::Asset(key) => key.to_user_string(),
            Self::Check(key) => key.to_user_string(),
            Self::Job(key) => key.job_name.clone(),
        }
    }

    /// The check, if it is one.
    pub(crate) fn as_check(&self) -> Option<&AssetCheckKey> {
        match self {
            Self::Check(key) => Some(key),
            Self::Asset(_) | Self::Job(_) => None,
        }
    }

    /// The form of the database columns.
    pub(crate) fn to_db_string(&self) -> String {
        self.to_stored().to_db_string()
    }

    /// The asset, if it is one.
    pub fn as_asset(&self) -> Option<&AssetKey> {
        match self {
            Self::Asset(key) => Some(key),
            Self::Check(_) | Self::Job(_) => None,
        }
    }
}

impl From<AssetKey> for Key {
    fn from(key: AssetKey) -> Self {
        Self::Asset(key)
    }
}

impl From<AssetCheckKey> for Key {
    fn from(key: AssetCheckKey) -> Self {
        Self::Check(key)
    }
}
