//! Where a repository, job, instigator or partition set comes from, seen from outside.

use crate::ids::{InstigatorSelector, JobSelector, PartitionSetSelector, RepositorySelector};
use crate::origin::CodeLocationOrigin;
use crate::record;
use crate::serdes::{Extra, snapshot_id};

record! {
    /// A repository of a code location.
    pub struct RemoteRepositoryOrigin = "ExternalRepositoryOrigin" {
        code_location_origin as "repository_location_origin": CodeLocationOrigin,
        repository_name: String,
    }
}

record! {
    /// A job of a repository.
    pub struct RemoteJobOrigin = "ExternalPipelineOrigin" {
        repository_origin as "external_repository_origin": RemoteRepositoryOrigin,
        job_name as "pipeline_name": String,
    }
}

record! {
    /// A schedule or sensor of a repository; its id is the key of stored states.
    pub struct RemoteInstigatorOrigin = "ExternalJobOrigin" {
        repository_origin as "external_repository_origin": RemoteRepositoryOrigin,
        instigator_name as "job_name": String,
    }
}

record! {
    /// A partition set of a repository.
    pub struct RemotePartitionSetOrigin = "ExternalPartitionSetOrigin" {
        repository_origin as "external_repository_origin": RemoteRepositoryOrigin,
        partition_set_name: String,
    }
}

impl RemoteRepositoryOrigin {
    /// An origin.
    pub fn new(
        code_location_origin: impl Into<CodeLocationOrigin>,
        repository_name: impl Into<String>,
    ) -> Self {
        Self {
            code_location_origin: code_location_origin.into(),
            repository_name: repository_name.into(),
            extra: Extra::default(),
        }
    }

    /// SHA-1 of the serialized origin.
    pub fn id(&self) -> String {
        snapshot_id(self)
    }

    /// The names alone.
    pub fn selector(&self) -> RepositorySelector {
        RepositorySelector::new(self.location_name(), &self.repository_name)
    }

    /// SHA-1 of the serialized selector.
    pub fn selector_id(&self) -> String {
        self.selector().selector_id()
    }

    /// `repository@location`, the value of the tag `.dagster/repository`.
    pub fn label(&self) -> String {
        format!("{}@{}", self.repository_name, self.location_name())
    }

    /// The name of the code location.
    pub fn location_name(&self) -> &str {
        self.code_location_origin.location_name()
    }

    /// The origin of a job of the repository.
    pub fn job(&self, job_name: impl Into<String>) -> RemoteJobOrigin {
        RemoteJobOrigin {
            repository_origin: self.clone(),
            job_name: job_name.into(),
            extra: Extra::default(),
        }
    }

    /// The origin of a schedule or sensor of the repository.
    pub fn instigator(&self, instigator_name: impl Into<String>) -> RemoteInstigatorOrigin {
        RemoteInstigatorOrigin {
            repository_origin: self.clone(),
            instigator_name: instigator_name.into(),
            extra: Extra::default(),
        }
    }

    /// The origin of a partition set of the repository.
    pub fn partition_set(&self, name: impl Into<String>) -> RemotePartitionSetOrigin {
        RemotePartitionSetOrigin {
            repository_origin: self.clone(),
            partition_set_name: name.into(),
            extra: Extra::default(),
        }
    }
}

impl RemoteJobOrigin {
    /// SHA-1 of the serialized origin.
    pub fn id(&self) -> String {
        snapshot_id(self)
    }

    /// The name of the code location.
    pub fn location_name(&self) -> &str {
        self.repository_origin.location_name()
    }

    /// The names alone.
    pub fn selector(&self) -> JobSelector {
        self.repository_origin.selector().job(&self.job_name)
    }
}

impl RemoteInstigatorOrigin {
    /// SHA-1 of the serialized origin: the key of instigator states.
    pub fn id(&self) -> String {
        snapshot_id(self)
    }

    /// The name of the code location.
    pub fn location_name(&self) -> &str {
        self.repository_origin.location_name()
    }

    /// The names alone.
    pub fn selector(&self) -> InstigatorSelector {
        self.repository_origin.selector().instigator(&self.instigator_name)
    }
}

impl RemotePartitionSetOrigin {
    /// SHA-1 of the serialized origin.
    pub fn id(&self) -> String {
        snapshot_id(self)
    }

    /// The names alone.
    pub fn selector(&self) -> PartitionSetSelector {
        PartitionSetSelector {
            location_name: self.repository_origin.location_name().to_owned(),
            repository_name: self.repository_origin.repository_name.clone(),
            partition_set_name: self.partition_set_name.clone(),
            ..Default::default()
        }
    }
}
