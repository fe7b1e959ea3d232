//! Names and identities of locations, compared with what Dagster computes for the same workspace.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use std::process::Command;

use rondel_code_location::{WorkspaceConfig, WorkspaceFlags};
use rondel_model::serdes::to_text;

const YAML: &str = r#"load_from:
- python_file: defs/a.py
- python_file:
    relative_path: b.py
    attribute: defs
- python_file: {relative_path: /abs/c.py, working_directory: ../w, location_name: named}
- python_module: some.module
- python_module: {module_name: {env: SOME_MODULE}, working_directory: rel, executable_path: ~/bin/python}
- python_package: {package_name: pkg, attribute: repo}
- autoload_defs_module: {module_name: auto.defs, location_name: auto}
- grpc_server: {port: 04266, host: example.org, ssl: on}
- grpc_server: {socket: /tmp/s, additional_metadata: {a: 1, b: yes, c: [x, 1.5]}}
"#;

const ASK_DAGSTER: &str = r#"
import json, sys
from dagster._serdes import serialize_value
from dagster._cli.workspace.cli_target import workspace_opts_to_load_target
from dagster_shared.cli import WorkspaceOpts
opts = WorkspaceOpts(**json.loads(sys.argv[1]))
for origin in workspace_opts_to_load_target(opts).create_origins():
    print(serialize_value(origin))
"#;

fn compare(directory: &std::path::Path, flags: &WorkspaceFlags, opts: &serde_json::Value) {
    let output = Command::new(support::python())
        .args(["-c", ASK_DAGSTER, &opts.to_string()])
        .current_dir(directory)
        .env("SOME_MODULE", "from.env")
        .env("HOME", "/home/somebody")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let expected: Vec<&str> = stdout.lines().collect();

    let mut environment = support::environment(directory);
    environment.variables.insert("SOME_MODULE".into(), "from.env".into());
    environment.variables.insert("HOME".into(), "/home/somebody".into());
    let config = WorkspaceConfig::from_flags(flags, environment).unwrap();
    let locations = config.locations().unwrap();
    let origins: Vec<String> =
        locations.iter().map(|location| to_text(&location.origin())).collect();
    assert_eq!(origins, expected, "{opts}");
    assert!(!origins.is_empty());
}

#[test]
fn origins_are_byte_for_byte_those_of_dagster() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path().canonicalize().unwrap();
    std::fs::create_dir(directory.join("sub")).unwrap();
    for file in ["workspace.yaml", "sub/workspace.yaml"] {
        std::fs::write(directory.join(file), YAML).unwrap();
    }
    let absolute = directory.join("workspace.yaml").to_string_lossy().into_owned();
    for path in ["workspace.yaml", "sub/workspace.yaml", "./sub/../workspace.yaml", &absolute] {
        let flags = WorkspaceFlags { workspace: vec![path.to_owned()], ..Default::default() };
        compare(&directory, &flags, &serde_json::json!({"workspace": [path]}));
    }
    compare(&directory, &WorkspaceFlags::default(), &serde_json::json!({}));

    let flags = WorkspaceFlags {
        python_file: vec!["a.py".into(), "sub/b.py".into()],
        working_directory: Some("sub".into()),
        ..Default::default()
    };
    let opts = serde_json::json!({"python_file": ["a.py", "sub/b.py"], "working_directory": "sub"});
    compare(&directory, &flags, &opts);

    let flags = WorkspaceFlags {
        module_name: vec!["m".into()],
        attribute: Some("defs".into()),
        ..Default::default()
    };
    compare(&directory, &flags, &serde_json::json!({"module_name": ["m"], "attribute": "defs"}));

    let flags = WorkspaceFlags { grpc_port: Some(4000), ..Default::default() };
    compare(&directory, &flags, &serde_json::json!({"grpc_port": 4000}));

    let toml = "[tool.dg.project]\nroot_module = \"proj\"\nautoload_defs = true\n";
    std::fs::write(directory.join("pyproject.toml"), toml).unwrap();
    compare(&directory, &WorkspaceFlags::default(), &serde_json::json!({}));
}
