//! How partitions of two assets correspond, in words.

use async_graphql::SimpleObject;
use rondel_model::partition::PartitionMapping as Model;

use crate::config::{repr, repr_list, repr_str};

/// How partitions of two assets correspond.
#[derive(SimpleObject, Clone)]
pub(crate) struct PartitionMapping {
    class_name: String,
    description: String,
}

impl From<&Model> for PartitionMapping {
    fn from(mapping: &Model) -> Self {
        Self { class_name: mapping.class_name().to_owned(), description: describe(mapping) }
    }
}

fn describe(mapping: &Model) -> String {
    match mapping {
        Model::Identity(_) => "Assumes upstream and downstream assets share the same partitions \
             definition. Maps each partition in the downstream asset to the same partition in the \
             upstream asset."
            .to_owned(),
        Model::All(_) => {
            "Each downstream partition depends on all partitions of the upstream asset.".to_owned()
        }
        Model::Last(_) => {
            "Each downstream partition depends on the last partition of the upstream asset."
                .to_owned()
        }
        Model::Static(table) => {
            let entries = table.downstream_partition_keys_by_upstream_partition_key.iter();
            let entries = entries.map(|(key, value)| format!("{}: {}", repr_str(key), repr(value)));
            format!(
                "Maps upstream partitions to their downstream dependencies according to the \
                 following mapping: \n{{{}}}",
                entries.collect::<Vec<_>>().join(", ")
            )
        }
        Model::SpecificPartitions(given) => format!(
            "Each downstream partition depends on the following upstream partitions: {}",
            repr_list(&given.partition_keys)
        ),
        Model::TimeWindow(windows) => {
            let mut text = "Maps a downstream partition to any upstream partition with an \
                            overlapping time window."
                .to_owned();
            if windows.start_offset != 0 || windows.end_offset != 0 {
                text += &format!(
                    " The start and end of the upstream time window is offsetted by {} and {} \
                     partitions respectively.",
                    windows.start_offset, windows.end_offset
                );
            }
            text
        }
        Model::MultiToSingleDimension(_) => "Assumes that the single-dimension partitions \
             definition is a dimension of the multi-partitions definition. For a single-dimension \
             partition key X, any multi-partition key with X in the matching dimension is a \
             dependency."
            .to_owned(),
        Model::Multi(dimensions) => {
            let lines = dimensions.downstream_mappings_by_upstream_dimension.iter();
            let lines = lines.map(|(upstream, downstream)| {
                format!(
                    "Upstream dimension '{upstream}' mapped to downstream dimension '{}' using {}.",
                    downstream.dimension_name,
                    downstream.partition_mapping.class_name()
                )
            });
            lines.collect::<Vec<_>>().join("\n ")
        }
        Model::Unknown(_) => String::new(),
    }
}
