//! Partition sets and what code servers answer about their partitions.

use crate::automation::BackfillPolicy;
use crate::partition::PartitionsSnap;
use crate::record;
use crate::serdes::{Map, Value};

record! {
    /// The partitions of a job.
    #[derive(Default)]
    pub struct PartitionSetSnap = "ExternalPartitionSetData" {
        name: String,
        job_name as "pipeline_name": String,
        op_selection as "solid_selection": Option<Vec<String>>,
        mode: Option<String>,
        partitions as "external_partitions_data": Option<PartitionsSnap>,
        backfill_policy: Option<BackfillPolicy>,
    }
}

record! {
    /// Names of partitions.
    #[derive(Default)]
    pub struct PartitionNamesSnap = "ExternalPartitionNamesData" {
        partition_names: Vec<String>,
    }
}

record! {
    /// Run config of a partition.
    #[derive(Default)]
    pub struct PartitionConfigSnap = "ExternalPartitionConfigData" {
        name: String,
        run_config: Map<Value>,
    }
}

record! {
    /// Tags of a partition.
    #[derive(Default)]
    pub struct PartitionTagsSnap = "ExternalPartitionTagsData" {
        name: String,
        tags: Map<Value>,
    }
}

record! {
    /// Run config and tags of a partition.
    #[derive(Default)]
    pub struct PartitionExecutionParamSnap = "ExternalPartitionExecutionParamData" {
        name: String,
        tags: Map<String>,
        run_config: Map<Value>,
    }
}

record! {
    /// Run config and tags of several partitions.
    #[derive(Default)]
    pub struct PartitionSetExecutionParamSnap = "ExternalPartitionSetExecutionParamData" {
        partition_data: Vec<PartitionExecutionParamSnap>,
    }
}
