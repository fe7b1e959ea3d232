//! Keys of dynamic partitions definitions: adding and deleting them.

use std::sync::Arc;

use async_graphql::{Context, Object, SimpleObject, Union};
use rondel_model::partition::PartitionsSnap;

use crate::{
    common::RepositorySelector,
    context::ContextExt,
    errors::{
        DuplicateDynamicPartitionError, PythonError, ResolverError, UnauthorizedError,
        UnsupportedOperationError, capture, or_error,
    },
    permissions::Permission,
    workspace::{PreparedRepository, find_repository},
};

#[derive(SimpleObject)]
pub(crate) struct AddDynamicPartitionSuccess {
    partitions_def_name: String,
    partition_key: String,
}

#[derive(Union)]
pub(crate) enum AddDynamicPartitionResult {
    AddDynamicPartitionSuccess(AddDynamicPartitionSuccess),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
    DuplicateDynamicPartitionError(DuplicateDynamicPartitionError),
}
or_error!(AddDynamicPartitionResult: UnauthorizedError, DuplicateDynamicPartitionError);

#[derive(SimpleObject)]
pub(crate) struct DeleteDynamicPartitionsSuccess {
    partitions_def_name: String,
}

#[derive(Union)]
pub(crate) enum DeleteDynamicPartitionsResult {
    DeleteDynamicPartitionsSuccess(DeleteDynamicPartitionsSuccess),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
    UnsupportedOperationError(UnsupportedOperationError),
}
or_error!(DeleteDynamicPartitionsResult: UnauthorizedError, UnsupportedOperationError);

/// The repository, if an asset of it uses the definition.
fn home(
    ctx: &Context<'_>,
    selector: &RepositorySelector,
    name: &str,
) -> Result<Arc<PreparedRepository>, ResolverError> {
    let unused = || {
        ResolverError::raised(
            "dagster_graphql.implementation.utils.UserFacingGraphQLError",
            format!(
                "The repository does not contain a dynamic partitions definition with the given \
                 name {name}."
            ),
        )
    };
    let (location, repository) = (&selector.repository_location_name, &selector.repository_name);
    let repository = find_repository(ctx, location, repository).map_err(|_| unused())?;
    let is_it =
        |snap: &PartitionsSnap| matches!(snap, PartitionsSnap::Dynamic(d) if d.name == name);
    let mut definitions =
        repository.snap.asset_nodes.iter().filter_map(|node| node.partitions.as_ref());
    let used = definitions.any(|snap| match snap {
        PartitionsSnap::Multi(multi) => {
            multi.partition_dimensions.iter().any(|dimension| is_it(&dimension.partitions))
        }
        other => is_it(other),
    });
    if used { Ok(repository) } else { Err(unused()) }
}

#[derive(Default)]
pub(crate) struct DynamicPartitionsMutation;

#[Object]
impl DynamicPartitionsMutation {
    /// Adds a partition to a dynamic partition set.
    async fn add_dynamic_partition(
        &self,
        ctx: &Context<'_>,
        partition_key: String,
        partitions_def_name: String,
        repository_selector: RepositorySelector,
    ) -> AddDynamicPartitionResult {
        capture(ctx, async {
            ctx.require(Permission::EditDynamicPartitions)?;
            home(ctx, &repository_selector, &partitions_def_name)?;
            let store = ctx.storage().dynamic_partitions();
            if store.has(&partitions_def_name, &partition_key).await? {
                return Err(DuplicateDynamicPartitionError::new(
                    &*partitions_def_name,
                    &*partition_key,
                )
                .into());
            }
            store.add(&partitions_def_name, std::slice::from_ref(&partition_key)).await?;
            Ok(AddDynamicPartitionSuccess { partitions_def_name, partition_key })
        })
        .await
    }

    /// Deletes partitions from a dynamic partition set, optionally wiping materialization
    /// events for the deleted partitions from the assets that use the partition set.
    async fn delete_dynamic_partitions(
        &self,
        ctx: &Context<'_>,
        partition_keys: Vec<String>,
        partitions_def_name: String,
        repository_selector: RepositorySelector,
        #[graphql(
            desc = "Whether to also wipe materialization events for the deleted partition keys from all assets in the repository that use the dynamic partitions definition. Requires permission to wipe the affected assets."
        )]
        wipe_materializations: Option<bool>,
    ) -> DeleteDynamicPartitionsResult {
        capture(ctx, async {
            ctx.require(Permission::EditDynamicPartitions)?;
            home(ctx, &repository_selector, &partitions_def_name)?;
            if wipe_materializations == Some(true) {
                return Err(UnsupportedOperationError::new(
                    "The event log of this deployment cannot wipe single partitions.",
                )
                .into());
            }
            let store = ctx.storage().dynamic_partitions();
            store.delete(&partitions_def_name, &partition_keys).await?;

            Ok(DeleteDynamicPartitionsSuccess { partitions_def_name })
        })
        .await
    }
}
