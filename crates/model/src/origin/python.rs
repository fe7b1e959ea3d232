//! How a worker process loads a job.

use crate::code_pointer::CodePointer;
use crate::record;
use crate::serdes::snapshot_id;
use crate::serdes::{Map, Value};

record! {
    /// How a worker process loads a repository.
    pub struct RepositoryPythonOrigin = "RepositoryPythonOrigin" {
        executable_path: String,
        code_pointer: CodePointer,
        container_image: Option<String>,
        entry_point: Option<Vec<String>>,
        container_context: Option<Map<Value>>,
    }
}

record! {
    /// How a worker process loads a job.
    pub struct JobPythonOrigin = "PipelinePythonOrigin" {
        job_name as "pipeline_name": String,
        repository_origin: RepositoryPythonOrigin,
    }
}

impl RepositoryPythonOrigin {
    /// SHA-1 of the serialized origin.
    pub fn id(&self) -> String {
        snapshot_id(self)
    }
}

impl JobPythonOrigin {
    /// SHA-1 of the serialized origin.
    pub fn id(&self) -> String {
        snapshot_id(self)
    }
}
