//! `rondel instance …`: the instance that DAGSTER_HOME names.

use std::process::ExitCode;

use rondel_instance::{Home, Instance};

use super::deployment::instance_options;
use crate::cli::{InstanceCommand, StorageArgs};

/// Executes one of the `instance` commands.
pub async fn execute(command: InstanceCommand) -> anyhow::Result<ExitCode> {
    match command {
        InstanceCommand::Info { storage } => info(&storage).await,
        InstanceCommand::Migrate { storage } => migrate(&storage).await,
    }
}

async fn open(storage: &StorageArgs) -> anyhow::Result<std::sync::Arc<Instance>> {
    Ok(Instance::open(Home::from_env()?, instance_options(storage)).await?)
}

async fn info(storage: &StorageArgs) -> anyhow::Result<ExitCode> {
    let instance = open(storage).await?;
    let config = instance.config();
    let file = config.file.as_ref().map_or_else(
        || "none: everything is default".to_owned(),
        |file| file.display().to_string(),
    );
    let coordinator = config.run_coordinator.class_name();
    outln!("home         {}", config.home.display());
    outln!("file         {file}");
    outln!("runs         {}", config.storage.locations.runs);
    outln!("events       {}", config.storage.locations.events);
    outln!("schedules    {}", config.storage.locations.schedules);
    outln!("launcher     {}", config.run_launcher.class_name());
    outln!("coordinator  {coordinator}");
    outln!("storage id   {}", instance.storage().run_storage_id().await?);
    let revisions = instance.storage().alembic_revisions().await?;
    for (store, revision) in ["runs", "events", "schedules"].iter().zip(revisions) {
        outln!("revision     {store} {}", revision.as_deref().unwrap_or("none"));
    }
    instance.shutdown().await;
    Ok(ExitCode::SUCCESS)
}

/// Opening creates what is missing and refuses what it does not know, so there is nothing more to do.
async fn migrate(storage: &StorageArgs) -> anyhow::Result<ExitCode> {
    let instance = open(storage).await?;
    let revisions = instance.storage().alembic_revisions().await?;
    let known: Vec<_> = revisions.into_iter().flatten().collect();
    outln!("up to date: {}", known.join(", "));
    instance.shutdown().await;
    Ok(ExitCode::SUCCESS)
}
