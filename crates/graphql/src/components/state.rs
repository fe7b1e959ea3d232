//! The recorded state of definitions: which version each key has, in the key-value table, and the
//! components kept in it, in files (`dagster/_core/storage/defs_state`).
//!
//! Versions are always readable. The content of a version lies where `defs_state_storage` of
//! dagster.yaml says, by default in `defs_state` below the local artifacts; another place than a
//! folder of this machine is refused with its name.

use std::path::PathBuf;

use async_graphql::Context;
use rondel_model::{
    serdes::{self, from_text},
    snap::DefsStateInfo,
};

use crate::{context::ContextExt, errors::ResolverError};

/// Where the versions are kept.
const VERSIONS_KEY: &str = "__latest_defs_state_info__";
/// Keys of components kept in the state begin with this.
const MANAGED_PREFIX: &str = "dagster-app-managed-components";

/// The latest version of every key.
pub(super) async fn latest(ctx: &Context<'_>) -> Result<Option<DefsStateInfo>, ResolverError> {
    let text = ctx.storage().kvs().get_cursor_value(VERSIONS_KEY).await?;
    Ok(text.map(|text| from_text(&text)).transpose()?)
}

/// A component kept in the state.
pub(super) struct ManagedComponent {
    pub(super) id: String,
    pub(super) component_type: String,
    /// YAML, as its author wrote it.
    pub(super) attributes: String,
}

/// The components kept in the state for a location, by id.
pub(super) async fn managed_components(
    ctx: &Context<'_>,
    info: Option<&DefsStateInfo>,
    location_name: &str,
) -> Result<Vec<ManagedComponent>, ResolverError> {
    let mut components = Vec::new();
    let Some(info) = info else { return Ok(components) };
    let prefix = format!("{MANAGED_PREFIX}[{location_name}]/");
    for (key, state) in &info.info_mapping {
        let (Some(id), Some(state)) = (key.strip_prefix(&prefix), state) else { continue };
        let path = folder(ctx)?.join(file_name(key)).join(&state.version);
        let text = tokio::fs::read_to_string(&path).await.map_err(|error| {
            ResolverError::raised(
                "ValueError",
                format!(
                    "No state found for key {key} and version {}: cannot read {}: {error}",
                    state.version,
                    path.display()
                ),
            )
        })?;
        components.push(parse_entry(id, &text)?);
    }
    components.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(components)
}

fn parse_entry(id: &str, text: &str) -> Result<ManagedComponent, ResolverError> {
    let entry: serdes::Value = from_text(text)?;
    let field = |name: &str| {
        entry.get(name).and_then(serdes::Value::as_str).map(str::to_owned).ok_or_else(|| {
            ResolverError::raised(
                "dagster_shared.serdes.errors.DeserializationError",
                format!("the recorded component {id} has no field {name}"),
            )
        })
    };
    Ok(ManagedComponent {
        id: id.to_owned(),
        component_type: field("component_type")?,
        attributes: field("attributes")?,
    })
}

/// The name of a key's folder.
fn file_name(key: &str) -> String {
    let kept = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    key.chars().map(|c| if kept(c) { c.to_string() } else { "__".to_owned() }).collect()
}

/// The folder with the state's content.
fn folder(ctx: &Context<'_>) -> Result<PathBuf, ResolverError> {
    let config = ctx.instance().config();
    let Some(storage) = &ctx.instance().instance_ref().defs_state_storage_data else {
        return Ok(config.local_artifact_storage.join("defs_state"));
    };
    let base = match rondel_yaml::parse(&storage.config_yaml) {
        Ok(Some(node)) => node.get("base_path").and_then(|base| base.as_str().map(str::to_owned)),
        Ok(None) | Err(_) => None,
    };
    match base {
        Some(base) if !base.contains("://") => Ok(PathBuf::from(base)),
        base => Err(ResolverError::invariant(format!(
            "the state of definitions lies in {} of class {}, which can be read from a local folder only: give \
             UPathDefsStateStorage a base_path that is mounted here",
            base.as_deref().unwrap_or("a storage"),
            storage.class_name
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_the_folders_that_python_makes_of_them() {
        assert_eq!(file_name("a[b c]/d.e-f_1"), "a__b__c____d.e-f_1");
    }

    #[test]
    fn a_recorded_component_is_read() {
        let text = r#"{"__class__": "AppManagedComponentEntry", "component_type": "m.T", "attributes": "a: 1\n"}"#;
        let component = parse_entry("c", text).ok().unwrap();
        assert_eq!((&*component.component_type, &*component.attributes), ("m.T", "a: 1\n"));
    }
}
