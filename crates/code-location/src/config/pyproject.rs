//! `pyproject.toml`: `[tool.dagster]` and `[tool.dg.project]`.
//!
//! Mirrors `get_target_from_toml_data` of `dagster/_core/workspace/load_target.py`.

use std::path::Path;

use toml::{Table, Value};

use super::target::{LocationTarget, PythonTarget};
use super::{Environment, WorkspaceConfigError};

/// Whether the file exists and has a block Dagster looks at; a broken file is an error.
pub(super) fn has_block(path: &str, env: &Environment) -> Result<bool, WorkspaceConfigError> {
    let file = env.resolve(path);
    if !file.exists() {
        return Ok(false);
    }
    let data = load(&file)?;
    let tool = data.get("tool").and_then(Value::as_table);
    Ok(tool.is_some_and(|tool| tool.contains_key("dagster") || tool.contains_key("dg")))
}

/// The locations the file names; none when it has no usable block.
pub(super) fn read(
    path: &str,
    env: &Environment,
) -> Result<Vec<LocationTarget>, WorkspaceConfigError> {
    let file = env.resolve(path);
    let data = load(&file)?;
    let wrong = |message: String| WorkspaceConfigError::File { file: file.clone(), message };
    let block = |names: &[&str]| {
        names.iter().try_fold(&data, |table, name| table.get(*name).and_then(Value::as_table))
    };
    let directory = env.directory.to_string_lossy().into_owned();

    if let Some(dagster) = block(&["tool", "dagster"]) {
        let name = text(dagster, "code_location_name");
        let modules = dagster.get("modules").and_then(Value::as_array);
        if let Some(modules) = modules {
            if modules.is_empty() {
                return Err(wrong("[tool.dagster] `modules` must not be empty".into()));
            }
            if text(dagster, "module_name").is_some() {
                return Err(wrong(
                    "[tool.dagster] takes either `module_name` or `modules`, not both".into(),
                ));
            }
        }
        if let Some(value) = dagster.get("module_name") {
            let module = value
                .as_str()
                .ok_or_else(|| wrong("[tool.dagster] `module_name` must be a string".into()))?;
            return Ok(vec![module_target(module, &directory, name)]);
        }
        if let Some(modules) = modules {
            return modules
                .iter()
                .enumerate()
                .map(|(index, module)| {
                    let table = module.as_table();
                    let field = |key: &str| table.and_then(|table| text(table, key));
                    match (field("type"), field("name")) {
                        (Some(kind), Some(module)) if kind == "module" => {
                            Ok(Some(module_target(&module, &directory, name.clone())))
                        }
                        (Some(_), Some(_)) => Ok(None),
                        _ => Err(wrong(format!(
                            "[tool.dagster] `modules[{index}]` must be a table with the strings \
                             `type` and `name`, such as {{type = \"module\", name = \"my.module\"}}"
                        ))),
                    }
                })
                .filter_map(Result::transpose)
                .collect();
        }
    }

    if let Some(project) = block(&["tool", "dg", "project"]).filter(|table| !table.is_empty()) {
        let name = text(project, "code_location_name");
        let root = || {
            text(project, "root_module")
                .ok_or_else(|| wrong("[tool.dg.project] needs the string `root_module`".into()))
        };
        let autoload = project.get("autoload_defs").and_then(Value::as_bool).unwrap_or(false);
        if autoload {
            let module = match text(project, "defs_module") {
                Some(module) => module,
                None => format!("{}.defs", root()?),
            };
            let target = PythonTarget {
                autoload_defs_module_name: Some(module),
                working_directory: Some(directory),
                ..PythonTarget::default()
            };
            return Ok(vec![LocationTarget::python(target, name)]);
        }
        let module = match text(project, "code_location_target_module") {
            Some(module) => module,
            None => format!("{}.definitions", root()?),
        };
        return Ok(vec![module_target(&module, &directory, name)]);
    }
    Ok(Vec::new())
}

fn load(file: &Path) -> Result<Table, WorkspaceConfigError> {
    let text = std::fs::read_to_string(file).map_err(|error| WorkspaceConfigError::Unreadable {
        file: file.to_owned(),
        reason: error.to_string(),
    })?;
    text.parse::<Table>().map_err(|error| {
        let line = error
            .span()
            .map_or(1, |span| 1 + text.get(..span.start).unwrap_or_default().matches('\n').count());
        WorkspaceConfigError::Invalid {
            file: file.to_owned(),
            line,
            message: format!("not valid TOML: {}", error.message()),
        }
    })
}

fn text(table: &Table, key: &str) -> Option<String> {
    table.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn module_target(module: &str, directory: &str, name: Option<String>) -> LocationTarget {
    let target = PythonTarget {
        module_name: Some(module.to_owned()),
        working_directory: Some(directory.to_owned()),
        ..PythonTarget::default()
    };
    LocationTarget::python(target, name)
}
