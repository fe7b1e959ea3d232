//! A partitions definition as clients see it.

use async_graphql::{Enum, Object, Result, SimpleObject};
use rondel_model::partition::{MultiPartitionsSnap, PartitionDimensionSnap, PartitionsSnap};
use rondel_partitions::PartitionsDefinition;

use super::describe::describe;
use crate::errors::ResolverError;

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum PartitionDefinitionType {
    TimeWindow,
    Static,
    Multipartitioned,
    Dynamic,
}

impl PartitionDefinitionType {
    /// None for a kind that this version does not know.
    pub(crate) fn of(snap: &PartitionsSnap) -> Option<Self> {
        Some(match snap {
            PartitionsSnap::TimeWindow(_) => Self::TimeWindow,
            PartitionsSnap::Static(_) => Self::Static,
            PartitionsSnap::Multi(_) => Self::Multipartitioned,
            PartitionsSnap::Dynamic(_) => Self::Dynamic,
            PartitionsSnap::Unknown(_) => return None,
        })
    }
}

#[derive(SimpleObject)]
pub(crate) struct DimensionDefinitionType {
    name: String,
    description: String,
    #[graphql(name = "type")]
    kind: PartitionDefinitionType,
    is_primary_dimension: bool,
    dynamic_partitions_definition_name: Option<String>,
}

/// A partitions definition of a known kind.
pub(crate) struct PartitionDefinition {
    snap: PartitionsSnap,
    kind: PartitionDefinitionType,
}

impl PartitionDefinition {
    /// None for a kind that this version does not know.
    pub(crate) fn of(snap: &PartitionsSnap) -> Option<Self> {
        Some(Self { kind: PartitionDefinitionType::of(snap)?, snap: snap.clone() })
    }
}

/// The name under which a dynamic definition keeps its keys.
fn dynamic_name(snap: &PartitionsSnap) -> Option<String> {
    match snap {
        PartitionsSnap::Dynamic(dynamic) => Some(dynamic.name.clone()),
        _ => None,
    }
}

/// The dimension which partitions are foremost told apart by: the one of time windows if there is
/// exactly one, else the first by name.
fn primary(multi: &MultiPartitionsSnap) -> Option<&PartitionDimensionSnap> {
    let mut times = multi
        .partition_dimensions
        .iter()
        .filter(|dimension| matches!(dimension.partitions, PartitionsSnap::TimeWindow(_)));
    match (times.next(), times.next()) {
        (Some(only), None) => Some(only),
        _ => multi.partition_dimensions.iter().min_by(|a, b| a.name.cmp(&b.name)),
    }
}

fn words(snap: &PartitionsSnap) -> std::result::Result<String, ResolverError> {
    describe(&PartitionsDefinition::from_snap(snap)?)
}

#[Object]
impl PartitionDefinition {
    async fn description(&self) -> Result<String> {
        Ok(words(&self.snap)?)
    }

    #[graphql(name = "type")]
    async fn kind(&self) -> PartitionDefinitionType {
        self.kind
    }

    async fn dimension_types(&self) -> Result<Vec<DimensionDefinitionType>> {
        let PartitionsSnap::Multi(multi) = &self.snap else {
            return Ok(vec![DimensionDefinitionType {
                name: "default".to_owned(),
                description: String::new(),
                kind: self.kind,
                is_primary_dimension: true,
                dynamic_partitions_definition_name: dynamic_name(&self.snap),
            }]);
        };
        let primary = primary(multi).map(|dimension| dimension.name.as_str());
        let mut dimensions = Vec::new();
        for dimension in &multi.partition_dimensions {
            let Some(kind) = PartitionDefinitionType::of(&dimension.partitions) else { continue };
            dimensions.push(DimensionDefinitionType {
                name: dimension.name.clone(),
                description: words(&dimension.partitions)?,
                kind,
                is_primary_dimension: primary == Some(dimension.name.as_str()),
                dynamic_partitions_definition_name: dynamic_name(&dimension.partitions),
            });
        }
        Ok(dimensions)
    }

    async fn name(&self) -> Option<String> {
        dynamic_name(&self.snap)
    }

    async fn fmt(&self) -> Option<&str> {
        match &self.snap {
            PartitionsSnap::TimeWindow(windows) => Some(&windows.fmt),
            _ => None,
        }
    }
}
