//! Repositories, jobs and instigators by name. The SHA-1 of a serialized selector is the key of
//! ticks and instigator states.

use crate::record;
use crate::serdes::snapshot_id;

record! {
    /// A repository by the names of its code location and its own.
    #[derive(Default, Eq, Hash, PartialOrd, Ord)]
    pub struct RepositorySelector = "RepositorySelector" {
        location_name: String,
        repository_name: String,
    }
}

record! {
    /// A job by name.
    #[derive(Default, Eq, Hash, PartialOrd, Ord)]
    pub struct JobSelector = "JobSelector" {
        location_name: String,
        repository_name: String,
        job_name: String,
    }
}

record! {
    /// A schedule or sensor by name.
    #[derive(Default, Eq, Hash, PartialOrd, Ord)]
    pub struct InstigatorSelector = "InstigatorSelector" {
        location_name: String,
        repository_name: String,
        name: String,
    }
}

record! {
    /// A partition set by name.
    #[derive(Default, Eq, Hash, PartialOrd, Ord)]
    pub struct PartitionSetSelector = "PartitionSetSelector" {
        location_name: String,
        repository_name: String,
        partition_set_name: String,
    }
}

impl RepositorySelector {
    /// A selector.
    pub fn new(location_name: impl Into<String>, repository_name: impl Into<String>) -> Self {
        Self {
            location_name: location_name.into(),
            repository_name: repository_name.into(),
            ..Self::default()
        }
    }

    /// SHA-1 of the serialized selector.
    pub fn selector_id(&self) -> String {
        snapshot_id(self)
    }

    /// `repository@location`, the value of the tag `.dagster/repository`.
    pub fn label(&self) -> String {
        format!("{}@{}", self.repository_name, self.location_name)
    }

    /// A job of the repository.
    pub fn job(&self, job_name: impl Into<String>) -> JobSelector {
        JobSelector {
            location_name: self.location_name.clone(),
            repository_name: self.repository_name.clone(),
            job_name: job_name.into(),
            ..Default::default()
        }
    }

    /// A schedule or sensor of the repository.
    pub fn instigator(&self, name: impl Into<String>) -> InstigatorSelector {
        InstigatorSelector {
            location_name: self.location_name.clone(),
            repository_name: self.repository_name.clone(),
            name: name.into(),
            ..Default::default()
        }
    }
}

impl JobSelector {
    /// The repository of the job.
    pub fn repository(&self) -> RepositorySelector {
        RepositorySelector::new(&self.location_name, &self.repository_name)
    }

    /// SHA-1 of the serialized selector.
    pub fn selector_id(&self) -> String {
        snapshot_id(self)
    }
}

impl InstigatorSelector {
    /// A selector.
    pub fn new(
        location_name: impl Into<String>,
        repository_name: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        RepositorySelector::new(location_name, repository_name).instigator(name)
    }

    /// The repository of the instigator.
    pub fn repository(&self) -> RepositorySelector {
        RepositorySelector::new(&self.location_name, &self.repository_name)
    }

    /// SHA-1 of the serialized selector: the key of ticks and instigator states.
    pub fn selector_id(&self) -> String {
        snapshot_id(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serdes::to_text;

    #[test]
    fn selector_ids_equal_pythons() {
        let selector = InstigatorSelector::new("loc", "repo", "sched");
        assert_eq!(
            to_text(&selector),
            r#"{"__class__": "InstigatorSelector", "location_name": "loc", "name": "sched", "repository_name": "repo"}"#
        );
    }
}
