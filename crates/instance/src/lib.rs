//! The instance: dagster.yaml and everything that combines the stores, the coordinator and the launcher.
